from __future__ import annotations

from tests.cli.shell import run


async def test_a_plain_text_is_gsm_7() -> None:
    """The facts: encoding, segments, units, and the text of each segment."""
    done = await run("segments", "x" * 161)
    assert done.code == 0
    assert [line.split() for line in done.out.splitlines()[:4]] == [
        ["Encoding", "GSM-7"], ["Segments", "2"], ["Units", "161", "septets"], ["Characters", "161"],
    ]  # fmt: skip
    assert "Outside GSM-7" not in done.out


async def test_characters_that_cost_are_named_with_their_places() -> None:
    """Each offender once, with where it stands and what smart encoding would make of it."""
    done = await run("segments", "It’s here — it’s yours 🎁" + "’" * 5, env={"COLUMNS": "120"})
    assert done.code == 0
    rows = {line.split("  ")[0]: line for line in done.out.splitlines()}
    assert "Right single quotation mark" in rows["’"]
    assert "2, 14, 24, 25 … 7 in all" in rows["’"]
    assert '"\'"' in rows["’"]
    assert "stays" in rows["🎁"]
    assert "Smart encoding would change neither" in done.out


async def test_what_smart_encoding_would_save_is_told() -> None:
    """The advice is the result: encoding, segments and units afterwards."""
    text = "It’s " + "x" * 100
    assert "With smart encoding: GSM-7, 1 segment, 105 septets." in (await run("segments", text)).out
    assert "GSM-7" in (await run("segments", "--smart-encoding", text)).out.splitlines()[0]


async def test_a_text_cannot_play_with_the_terminal() -> None:
    """Control characters and markup are shown as they are written."""
    done = await run("segments", "a\x1b[31mb\n[bold]c")
    assert r"a\x1b[31mb\n[bold]c" in done.out
    assert "\x1b" not in done.out


async def test_an_empty_text_takes_one_segment() -> None:
    """Nothing is a text, too."""
    done = await run("segments", "")
    assert done.code == 0
    assert "0 septets" in done.out


async def test_bytes_that_are_no_text_are_a_usage_error() -> None:
    """What cannot be sent is said, not counted."""
    done = await run("segments", "\udcff")
    assert done.code == 2
    assert "surrogate" in done.err
