"""What is owed to a ledger: it is noted once there is room, and never forgotten before."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from tests.outbox.conformance import draft
from twilio_async.outbox.arrears import Arrears
from twilio_async.outbox.errors import OutboxFull
from twilio_async.outbox.ledger import Settlement
from twilio_async.outbox.memory import MemoryStore
from twilio_async.outbox.store import Row

ACCEPTED = Settlement(event="accept", sid="SM1")


class Fickle(MemoryStore):
    """A ledger that refuses, or never ends, to give rows back."""

    full = False
    slow = False

    async def release(self, rows: Sequence[Row]) -> None:
        """See `Store.release`."""
        if self.full:
            raise OutboxFull("no room")
        if self.slow:
            await asyncio.Event().wait()
        await super().release(rows)


async def owing(store: MemoryStore) -> tuple[Arrears, Row, Row]:
    """One row with an answer, and one that was never begun."""
    await store.add("spring", [draft("sent"), draft("unsent")])
    sent, unsent = (await store.claim("me", campaign=None, limit=2, lease=60.0)).rows
    await store.begin([sent], lease=60.0)
    arrears = Arrears()
    arrears.owe([sent], ACCEPTED)
    arrears.owe([unsent])
    return arrears, sent, unsent


async def states(store: MemoryStore) -> dict[str, str]:
    """Each row's state."""
    return {row.key: row.state for row in await store.rows((), campaign=None)}


async def test_answers_are_noted_and_rows_given_back() -> None:
    """And then nothing is owed any more: a row that was claimed again is not taken away."""
    store = MemoryStore()
    arrears, _, _ = await owing(store)
    await arrears.pay(store)
    assert await states(store) == {"sent": "accepted", "unsent": "pending"}
    await store.claim("me", campaign=None, limit=2, lease=60.0)
    await arrears.pay(store)
    assert await states(store) == {"sent": "accepted", "unsent": "claimed"}


async def test_what_fails_stays_owed() -> None:
    """Until there is room."""
    store = Fickle()
    arrears, _, _ = await owing(store)
    store.full = True
    with pytest.raises(OutboxFull):
        await arrears.pay(store)
    store.full = False
    await arrears.pay(store)
    assert await states(store) == {"sent": "accepted", "unsent": "pending"}


async def test_what_is_cut_short_stays_owed() -> None:
    """Whoever is cancelled meanwhile has paid nothing for certain."""
    store = Fickle()
    arrears, _, _ = await owing(store)
    store.slow = True
    paying = asyncio.create_task(arrears.pay(store))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    paying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await paying
    store.slow = False
    await arrears.pay(store)
    assert await states(store) == {"sent": "accepted", "unsent": "pending"}
