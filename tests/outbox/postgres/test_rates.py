"""A rate that many share: what they book never adds up to more."""

from __future__ import annotations

import asyncio

import pytest

from tests.outbox.postgres.conftest import Opener
from twilio_async.outbox.postgres import PostgresStore
from twilio_async.outbox.postgres.rates import BLOCK, SLACK, SharedRates


class Hand:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


def rates(store: PostgresStore, clock: Hand) -> SharedRates:
    """The store's rates by a clock that stands still; the database's goes on."""
    return SharedRates(store._hurried, store._statements, clock=clock)


async def test_two_processes_share_a_rate(another: Opener) -> None:
    """Ten each of one in fifty seconds take as long as twenty."""
    stores = [await another() for _ in range(2)]
    delays = [await store.reserve("all", rate=0.02, burst=1.0, cost=1.0) for _ in range(10) for store in stores]
    assert delays == pytest.approx([50.0 * number for number in range(20)], abs=10.0)


async def test_a_block_is_handed_out_evenly(store: PostgresStore) -> None:
    """A thousand a second are a millisecond apart, and one booking serves many."""
    shared = rates(store, Hand())
    delays = [await shared.reserve("all", rate=1000.0, burst=1.0, cost=1.0) for _ in range(50)]
    # The clock stands still, so that the last of a block comes a block after the first.
    assert delays[-1] - delays[0] == pytest.approx(BLOCK - 0.001, abs=SLACK + 1e-6)
    assert delays == sorted(delays)


async def test_what_was_not_used_in_time_is_given_up(store: PostgresStore) -> None:
    """Rather than sent all at once later."""
    clock = Hand()
    shared = rates(store, clock)
    await shared.reserve("all", rate=1000.0, burst=1.0, cost=1.0)
    assert shared._blocks
    kept = shared._blocks["all", 1000.0].left
    clock.now += 10 * BLOCK
    await shared.reserve("all", rate=1000.0, burst=1.0, cost=1.0)
    assert shared._blocks["all", 1000.0].left == kept  # of another block


async def test_a_burst_may_run_ahead(store: PostgresStore) -> None:
    """After a rest as many as it allows, and then evenly; several segments cost as many."""
    delays = [await store.reserve("sender", rate=0.02, burst=5.0, cost=1.0) for _ in range(7)]
    assert delays[:5] == [0.0] * 5
    assert delays[5:] == pytest.approx([50.0, 100.0], abs=10.0)
    assert await store.reserve("sender", rate=0.02, burst=5.0, cost=3.0) == pytest.approx(250.0, abs=10.0)
    assert await store.reserve("sender", rate=0.02, burst=5.0, cost=0.0) == 0.0


@pytest.mark.parametrize("cost", [1.0, 2.0, 3.0, 7.0, 11.0])
async def test_messages_of_several_segments_cost_as_many(store: PostgresStore, cost: float) -> None:
    """Neither less nor more, although they do not fit into a block without a rest."""
    shared, free_at = rates(store, Hand()), b"SELECT free_at FROM twilio_async.rates"
    await shared.reserve("all", rate=100.0, burst=1.0, cost=cost)
    ((first,),) = await store._hurried.run(lambda sql: sql.fetch(free_at))
    paid = cost + shared._blocks["all", 100.0].left
    for _ in range(300):
        await shared.reserve("all", rate=100.0, burst=1.0, cost=cost)
    ((last,),) = await store._hurried.run(lambda sql: sql.fetch(free_at))
    assert last - first == pytest.approx((301 * cost + shared._blocks["all", 100.0].left - paid) / 100.0, abs=0.001)


async def test_names_do_not_wait_for_each_other(store: PostgresStore) -> None:
    """Nor do many that book at once under one name get the same time."""
    delays = await asyncio.gather(*(store.reserve("one", rate=0.02, burst=1.0, cost=1.0) for _ in range(5)))
    assert sorted(delays) == pytest.approx([50.0 * number for number in range(5)], abs=10.0)
    assert await store.reserve("other", rate=0.02, burst=1.0, cost=1.0) == 0.0
