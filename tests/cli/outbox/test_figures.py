from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from tests.outbox.conftest import texts
from twilio_async import AsyncSession
from twilio_async.cli.outbox.figures import EDGES, Figures, Times, figures, per_minute
from twilio_async.emulator import Emulator
from twilio_async.outbox import MemoryStore, Outbox, Row
from twilio_async.outbox.ledger import State

MINUTE = 28_000_000
"""A Unix minute."""


def row(state: State, *, began: float | None = None, took: float = 0.1, code: int | None = None) -> Row:
    """A row that came to an end."""
    tried = began is not None
    return Row(
        id=1, campaign="x", key="k", state=state, payload="{}", to="+1", sender="+2", segments=2, added_at=0.0,
        attempt=int(tried), intent_at=began, settled_at=began + took if began is not None else None, code=code,
        evidence="answer" if state == "accepted" else None,
    )  # fmt: skip


@given(st.lists(st.floats(0.001, 100), min_size=1), st.floats(0.01, 1))
def test_quantiles_are_right_to_five_percent(seconds: list[float], share: float) -> None:
    """Though nothing is kept but counts."""
    times = Times()
    for one in seconds:
        times.add(one)
    exact = sorted(seconds)[max(-int(-share * len(seconds) // 1) - 1, 0)]
    assert exact * 0.999 <= times.quantile(share) <= exact * 1.051
    assert times.bars.total() == times.count == len(seconds)
    assert max(times.bars) <= len(EDGES)


def test_no_times_have_no_quantile() -> None:
    """Nothing was accepted yet."""
    assert Times().quantile(0.5) == 0


def test_rows_are_counted_by_all_that_is_shown() -> None:
    """State, segments, code, minute, and how long the answer took."""
    found = Figures()
    for one in (row("accepted", began=MINUTE * 60.0), row("rejected", began=MINUTE * 60.0 + 59.95, code=21614), row("pending")):
        found.add(one)
    assert found.rows == {"accepted": 1, "rejected": 1, "pending": 1}
    assert (found.segments.total(), found.codes, found.tried) == (6, {21614: 1}, 2)
    assert found.minutes == {(MINUTE, True): 1, (MINUTE + 1, False): 1}
    assert found.times.count == 1
    assert found.began is not None
    assert found.ended is not None
    assert 60 < found.ended - found.began < 60.1


def test_minutes_without_rows_are_shown_and_too_many_are_put_together() -> None:
    """A night of two days fits the page, and no row is lost."""
    found = Figures()
    for minute in (0, 1, 2879):
        found.add(row("accepted", began=(MINUTE + minute) * 60.0))
    shown = per_minute(found, most=240)
    assert len(shown) == 240
    assert sum(accepted for _, accepted, _ in shown) == 3
    assert shown[0] == (dt.datetime.fromtimestamp(MINUTE * 60, dt.UTC), 2, 0)
    assert shown[1][0] - shown[0][0] == dt.timedelta(minutes=12)
    assert per_minute(Figures()) == []


async def test_a_ledger_is_counted(emulator: Emulator) -> None:
    """One campaign, or all."""
    outbox = Outbox(MemoryStore())
    await outbox.add(texts(3), campaign="a")
    await outbox.add(texts(2), campaign="b")
    async with AsyncSession.from_env(emulator.env) as twilio:
        await outbox.send(twilio, campaign="a")
    found = await figures(outbox, "a")
    assert (found.rows, found.times.count) == ({"accepted": 3}, 3)
    assert (await figures(outbox, None)).rows == {"accepted": 3, "pending": 2}
