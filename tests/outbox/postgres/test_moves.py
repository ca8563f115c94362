"""The moves that look before: with what several processes do meanwhile."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from tests.outbox.postgres.conftest import Opener, begun
from twilio_async.outbox.ledger import Settlement
from twilio_async.outbox.postgres.moves import LARGEST_CODE, clean, clean_code
from twilio_async.outbox.store import Verdict

LOST = Settlement(event="lose", reason="no answer")


@given(st.text() | st.text(alphabet=st.sampled_from("\0\ud800a")))
def test_cleaned_text_can_be_stored(text: str) -> None:
    """It is UTF-8 without NUL, and ordinary text stays as it is."""
    cleaned = clean(text)
    assert cleaned is not None
    assert "\0" not in cleaned
    assert cleaned.encode().decode() == cleaned
    if "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text):
        assert cleaned == text


def test_what_cannot_be_a_code_is_dropped() -> None:
    """And what can be is kept."""
    assert [clean_code(code) for code in (None, 0, 21211, LARGEST_CODE, LARGEST_CODE + 1)] == [
        None, 0, 21211, LARGEST_CODE, None,
    ]  # fmt: skip


async def test_two_that_look_at_twilio_at_once_find_one_message_once(another: Opener) -> None:
    """Two alike rows and one message, which each gives to another row."""
    stores = [await another() for _ in range(2)]
    rows = await begun(stores[0], "a", "b")
    for row in rows:
        await stores[0].settle(row, LOST)
    resolved = await asyncio.gather(
        *(
            store.resolve([Verdict(id=row.id, epoch=row.epoch, finding="match", sid="SM1")], at=0.0)
            for store, row in zip(stores, rows, strict=True)
        )
    )
    assert sorted(each.matched for each in resolved) == [0, 1]
    assert sorted(str(row.sid) for row in await stores[0].rows((), campaign=None)) == ["None", "SM1"]


async def test_an_answer_and_an_inference_at_once_end_with_the_answer(another: Opener) -> None:
    """Whichever of them comes first."""
    for number in range(10):
        one, other = await another(), await another()
        mine, lost = await begun(one, f"a{number}", f"b{number}")
        await one.settle(lost, LOST)
        sid = f"SM{number}"
        kept, _ = await asyncio.gather(
            one.settle(mine, Settlement(event="accept", sid=sid)),
            other.resolve([Verdict(id=lost.id, epoch=lost.epoch, finding="match", sid=sid)], at=0.0),
        )
        assert kept
        found = {row.key: (row.state, row.sid) for row in await one.rows((), campaign=None)}
        assert found[f"a{number}"] == ("accepted", sid)
        assert found[f"b{number}"] == ("unknown", None)


async def test_callbacks_that_contradict_each_other_leave_one_of_them(another: Opener) -> None:
    """Two rows, two callbacks that name each other's message, at once."""
    one, other = await another(), await another()
    await begun(one, "a", "b")
    for number in range(5):
        await asyncio.gather(
            one.observe("spring", "a", sid=f"SM{number}", status=None, code=None),
            other.observe("spring", "b", sid=f"SM{number}", status=None, code=None),
        )
    rows = await one.rows((), campaign=None)
    assert [row.state for row in rows] == ["accepted", "accepted"]
    sids = [row.sid for row in rows if row.sid]
    assert len(set(sids)) == len(sids)
