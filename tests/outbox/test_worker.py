"""The plain worker: it does all there is to do until it is told to stop, or until all is done."""

from __future__ import annotations

import asyncio

import pytest

from tests.outbox.conftest import texts
from tests.outbox.crews import until, work_with_a_loss
from twilio_async import AsyncSession
from twilio_async.emulator import Emulator
from twilio_async.errors import InvalidArgument
from twilio_async.outbox import MemoryStore, Outbox
from twilio_async.outbox.ledger import Settlement
from twilio_async.outbox.plan import Plan
from twilio_async.outbox.store import Swept
from twilio_async.outbox.worker import Duties, work

HASTY = Duties(sweep_every=0.05, reconcile_every=0.05, quiet=0.0, apart=0.0, resend_absent=True, until_complete=True)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("count", [2, 4])
async def test_workers_lose_one_of_them_and_nothing_else(count: int) -> None:
    """Killed amid its work; the others do the rest without anybody's help."""
    await work_with_a_loss("plain", count)


async def test_it_sends_everything_and_ends(plain: AsyncSession, emulator: Emulator) -> None:
    """If it is told to when it is complete."""
    outbox = Outbox(MemoryStore())
    async with outbox:
        await outbox.add(texts(20))
        assert await work(outbox.store, plain, duties=HASTY) is None
        assert (await outbox.report()).rows == {"accepted": 20}
    assert len(emulator.messages) == 20


async def test_what_is_added_later_is_sent_too(plain: AsyncSession) -> None:
    """Until it is told to stop."""
    async with Outbox(MemoryStore()) as outbox:
        stop = asyncio.Event()
        working = asyncio.ensure_future(work(outbox.store, plain, stop=stop))
        await asyncio.sleep(0)
        await outbox.add(texts(5))
        async for progress in outbox.progress(every=0.01):
            if progress.total == 5 and not progress.left:
                break
        stop.set()
        assert await working is None


async def test_what_is_in_doubt_is_looked_for_and_sent_again(plain: AsyncSession, emulator: Emulator) -> None:
    """Where that is allowed: the last absent rows need nobody."""
    async with Outbox(MemoryStore()) as outbox:
        await outbox.add(texts(2))
        for row in (await outbox.store.claim("gone", campaign=None, limit=2, lease=60.0)).rows:
            await outbox.store.begin([row], lease=60.0)
            await outbox.store.settle(row, Settlement(event="lose"))
        await work(outbox.store, plain, duties=HASTY)
        assert (await outbox.report()).rows == {"accepted": 2}
    assert len(emulator.messages) == 2


async def test_a_paused_campaign_keeps_nobody_waiting(plain: AsyncSession) -> None:
    """It is complete without it."""
    async with Outbox(MemoryStore()) as outbox:
        await outbox.add(texts(3), campaign="paused")
        await outbox.pause("paused")
        await outbox.add(texts(3))
        await work(outbox.store, plain, duties=HASTY)
        assert (await outbox.report()).rows == {"pending": 3, "accepted": 3}


async def test_it_says_why_it_stopped_by_itself(emulator: Emulator) -> None:
    """Refused credentials are nothing to go on with."""
    async with Outbox(MemoryStore()) as outbox, AsyncSession.from_env({**emulator.env, "TWILIO_AUTH_TOKEN": "wrong"}) as twilio:
        await outbox.add(texts(3))
        assert "refused" in str(await work(outbox.store, twilio))
        assert (await outbox.report()).rows == {"pending": 3}


async def test_an_error_of_the_ledger_ends_everything(plain: AsyncSession) -> None:
    """And is raised as it is."""

    class Broken(MemoryStore):
        async def sweep(self, **_: object) -> Swept:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await work(Broken(), plain, Plan(), HASTY)


async def test_cancelled_it_leaves_the_ledger_in_order(plain: AsyncSession, emulator: Emulator) -> None:
    """Answers are waited for, and what was not begun is put back."""
    emulator.faults.add("POST", latency=0.05)
    async with Outbox(MemoryStore()) as outbox:
        await outbox.add(texts(200))
        working = asyncio.ensure_future(work(outbox.store, plain))
        await until(lambda: emulator.in_flight)
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working
        counts = (await outbox.report()).rows
        assert counts.keys() <= {"pending", "accepted"}
        assert counts["accepted"] == len(emulator.messages)


def test_times_that_are_none_are_refused() -> None:
    """By name."""
    with pytest.raises(InvalidArgument, match="sweep_every"):
        Duties(sweep_every=0.0)
    with pytest.raises(InvalidArgument, match="reconcile_every"):
        Duties(reconcile_every=float("inf"))
