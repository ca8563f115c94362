from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.shell import run
from twilio_async.cli.texts import counted, masked, visible


@pytest.mark.parametrize(
    ("address", "shown"),
    [("+14155552671", "…2671"), ("whatsapp:+14155552671", "whatsapp:…2671"), ("70707", "…0707"), ("", "…")],
)
def test_an_address_is_shown_by_its_last_four_characters(address: str, shown: str) -> None:
    """Output ends in logs, and a whole phone number does not belong there."""
    assert masked(address) == shown


@given(st.text())
def test_no_control_character_reaches_the_terminal(text: str) -> None:
    """Whatever somebody wrote, it can neither move the cursor nor change a colour."""
    assert visible(text).plain.isprintable()


def test_one_is_not_plural() -> None:
    """Numbers are written as people write them."""
    assert [counted(count, "segment") for count in (0, 1, 2, 1000)] == [
        "0 segments",
        "1 segment",
        "2 segments",
        "1,000 segments",
    ]


@pytest.mark.parametrize("given_", [b"hello\n", b"\xef\xbb\xbfhello\r\n"])
async def test_a_text_from_stdin_is_without_the_line_end_of_echo(given_: bytes) -> None:
    """``echo hello | twilio-async segments -`` counts five characters."""
    assert "5 septets" in (await run("segments", "-", given=given_)).out


async def test_a_text_from_stdin_that_is_not_utf_8_is_a_usage_error() -> None:
    """Bytes that are no text are refused by name, not guessed at."""
    done = await run("segments", "-", given="Grüße".encode("latin-1"))
    assert done.code == 2
    assert "stdin is not UTF-8 at byte 2" in done.err
