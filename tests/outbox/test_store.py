"""Every store keeps a ledger in the same way: the in-memory model, the file, and whatever joins them in `STORES`."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.outbox.conformance import STORES, Hand, draft, everything, machine
from twilio_async.outbox.ledger import Settlement
from twilio_async.outbox.store import Counts, Row, Store, Verdict

ACCEPTED = Settlement(event="accept", sid="SM1")
LOST = Settlement(event="lose", reason="no answer")


@pytest.fixture
def clock() -> Hand:
    """A clock that stands still."""
    return Hand()


@pytest.fixture(params=STORES)
async def store(request: pytest.FixtureRequest, clock: Hand) -> AsyncIterator[Store]:
    """An empty store of each kind."""
    async with STORES[request.param](clock) as store:
        yield store


async def claimed(store: Store, owner: str = "me", limit: int = 100) -> list[Row]:
    """Rows in hand."""
    return (await store.claim(owner, campaign=None, limit=limit, lease=60.0)).rows


async def begun(store: Store, *keys: str) -> list[Row]:
    """Rows on the wire."""
    await store.add("spring", [draft(key) for key in keys])
    rows = await claimed(store)
    assert await store.begin(rows, lease=60.0) == {row.id for row in rows}
    return rows


async def states(store: Store) -> dict[str, str]:
    """Each row's state."""
    return {row.key: row.state for row in await everything(store)}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", STORES)
def test_a_store_does_what_the_model_does(name: str) -> None:
    """Whatever is asked, in whatever order: the same rows are in the same states for the same reasons."""
    run_state_machine_as_test(machine(name), settings=settings(max_examples=25, stateful_step_count=25, deadline=None))


async def test_a_row_is_stored_once(store: Store) -> None:
    """A key that is there already is left as it is, and another content is told."""
    assert (await store.add("spring", [draft("a"), draft("b"), draft("a")])).added == 2
    again = await store.add("spring", [draft("a"), draft("b", payload="{}")])
    assert (again.added, again.known, again.changed) == (0, 2, 1)
    assert (await store.add("autumn", [draft("a")])).added == 1


async def test_an_intent_is_noted_only_by_whoever_has_the_row(store: Store, clock: Hand) -> None:
    """After its lease a row may be another's, and then the first may neither send nor settle it."""
    await store.add("spring", [draft()])
    first = await claimed(store, "first")
    clock.now += 61
    assert (await store.sweep()).released == 1
    second = await claimed(store, "second")
    assert await store.begin(first, lease=60.0) == set()
    assert await store.begin(second, lease=60.0) == {second[0].id}
    assert not await store.settle(first[0], ACCEPTED)
    assert await store.settle(second[0], ACCEPTED)
    assert await states(store) == {"a": "accepted"}


async def test_an_earlier_claim_is_no_claim(store: Store, clock: Hand) -> None:
    """Not even of the same worker: what it remembers of the row is out of date."""
    await store.add("spring", [draft()])
    first = await claimed(store)
    clock.now += 61
    await store.sweep()
    second = await claimed(store)
    assert await store.begin(first, lease=60.0) == set()
    await store.release(first)
    assert await states(store) == {"a": "claimed"}
    assert await store.begin(second, lease=60.0) == {second[0].id}


async def test_a_lease_that_is_over_begins_nothing(store: Store, clock: Hand) -> None:
    """Even if nobody has swept it up yet."""
    await store.add("spring", [draft()])
    rows = await claimed(store)
    clock.now += 60
    assert await store.begin(rows, lease=60.0) == set()


async def test_what_was_on_the_wire_is_unknown_and_never_pending(store: Store, clock: Hand) -> None:
    """When its worker goes away."""
    await begun(store, "a", "b")
    clock.now += 61
    assert (await store.sweep()).lost == 2
    assert await states(store) == {"a": "unknown", "b": "unknown"}
    assert await claimed(store) == []


async def test_a_late_answer_is_evidence_all_the_same(store: Store, clock: Hand) -> None:
    """Whoever sent it may tell what came of it after its lease, as long as nobody else has had it."""
    (row,) = await begun(store, "a")
    clock.now += 61
    await store.sweep()
    assert await store.settle(row, ACCEPTED)
    assert await states(store) == {"a": "accepted"}


async def test_absence_takes_two_looks_and_leave_to_resend(store: Store, clock: Hand) -> None:
    """Twilio's silence counts when it lasts, and even then nothing is sent again unasked."""
    (row,) = await begun(store, "a")
    await store.settle(row, LOST)
    miss = [Verdict(id=row.id, epoch=row.epoch, finding="miss")]
    await store.resolve(miss, at=1000.0)
    clock.now += 1e6
    assert (await store.resolve(miss, at=1059.0)).absent == 0
    assert (await store.resolve(miss, at=1060.0)).absent == 1
    assert await states(store) == {"a": "absent"}
    assert (await store.resolve(miss, at=1060.0, resend_absent=True)).resent == 1
    assert await states(store) == {"a": "pending"}


async def test_the_first_look_for_a_row_is_kept(store: Store) -> None:
    """Until it is sent again, or turns out to be in doubt once more."""
    one, other = await begun(store, "a", "b")
    await store.settle(one, LOST)
    wait = [Verdict(id=one.id, epoch=one.epoch, finding="wait")]
    await store.resolve(wait, at=1000.0)
    await store.resolve(wait, at=2000.0)
    assert [row.asked_at for row in await everything(store)] == [1000.0, None]
    await store.resolve([Verdict(id=one.id, epoch=one.epoch, finding="miss")], at=3000.0)
    await store.resolve([Verdict(id=one.id, epoch=one.epoch, finding="match", sid="SM1")], at=3000.0)
    assert await store.settle(other, ACCEPTED)
    (again,) = await store.unknowns(campaign=None)
    assert (again.state, again.asked_at, again.absent_at) == ("unknown", None, None)
    await store.resolve(wait, at=4000.0)
    await store.settle(one, Settlement(event="put_back"))
    await store.begin(await claimed(store), lease=60.0)
    assert {row.asked_at for row in await everything(store)} == {None}


async def test_looks_at_an_earlier_attempt_do_not_count(store: Store, clock: Hand) -> None:
    """A row that was sent again is looked for twice again."""
    (row,) = await begun(store, "a")
    await store.settle(row, LOST)
    await store.resolve([Verdict(id=row.id, epoch=row.epoch, finding="miss")], at=1000.0)
    clock.now += 100
    await store.settle(row, Settlement(event="put_back"))
    (again,) = await claimed(store)
    await store.begin([again], lease=60.0)
    await store.settle(again, LOST)
    assert (await store.resolve([Verdict(id=again.id, epoch=again.epoch, finding="miss")], at=1100.0)).absent == 0
    stale = [Verdict(id=row.id, epoch=row.epoch, finding="match", sid="SM1")]
    assert (await store.resolve(stale, at=1100.0)).matched == 0


async def test_a_message_that_was_inferred_gives_way_to_one_that_is_known(store: Store) -> None:
    """Two alike: one was thought to be the message that the other's answer names."""
    one, other = await begun(store, "a", "b")
    await store.settle(one, LOST)
    await store.resolve([Verdict(id=one.id, epoch=one.epoch, finding="match", sid="SM1")], at=1000.0)
    assert await store.settle(other, ACCEPTED)
    rows = {row.key: (row.state, row.sid) for row in await everything(store)}
    assert rows == {"a": ("unknown", None), "b": ("accepted", "SM1")}


async def test_a_callback_proves_what_nothing_else_does(store: Store) -> None:
    """Rows in any state are accepted by it, also one that this ledger, restored from a copy, thinks unsent."""
    await begun(store, "a")
    await store.add("spring", [draft("b")])
    assert await store.observe("spring", "a", sid="SM1", status="delivered", code=None) == "learned"
    assert await store.observe("spring", "a", sid="SM1", status="sent", code=None) == "known"
    assert await store.observe("spring", "a", sid="SM9", status="sent", code=None) == "another"
    assert await store.observe("spring", "b", sid="SM2", status=None, code=None) == "learned"
    assert await store.observe("spring", "c", sid="SM3", status=None, code=None) == "stranger"
    assert await states(store) == {"a": "accepted", "b": "accepted"}
    assert {row.delivery for row in await everything(store)} == {"delivered", None}


async def test_senders_have_their_turns(store: Store) -> None:
    """One with many rows does not keep the others waiting, and none has more than its quota."""
    await store.add("spring", [draft(f"a{number}", sender="A") for number in range(50)])
    await store.add("spring", [draft(f"b{number}", sender="B") for number in range(3)])
    rows = await claimed(store, limit=6)
    assert sorted(row.sender for row in rows) == ["A", "A", "A", "B", "B", "B"]
    found = await store.claim("me", campaign=None, limit=10, lease=60.0, quota=4)
    assert len(found.rows) == 4
    found = await store.claim("me", campaign=None, limit=10, lease=60.0, quotas={"A": 0})
    assert (found.rows, found.next_in) == ([], 0.0)


async def test_a_resting_sender_is_left_alone(store: Store, clock: Hand) -> None:
    """The others are not concerned, and it is told when to come again."""
    await store.add("spring", [draft("a", sender="A"), draft("b", sender="B")])
    await store.rest("A", 60.0)
    assert [row.key for row in await claimed(store)] == ["b"]
    found = await store.claim("me", campaign=None, limit=10, lease=60.0)
    assert (found.rows, found.next_in) == ([], 60.0)
    clock.now += 60
    assert [row.key for row in await claimed(store)] == ["a"]


async def test_a_pause_holds_for_rows_in_hand(store: Store) -> None:
    """They are claimed, and may not be begun any more."""
    await store.add("spring", [draft("a"), draft("b")])
    (row,) = await claimed(store, limit=1)
    assert await store.pause("spring", paused=True)
    assert await store.begin([row], lease=60.0) == set()
    found = await store.claim("me", campaign=None, limit=10, lease=60.0)
    assert (found.rows, found.next_in) == ([], None)
    assert [campaign.paused for campaign in await store.campaigns()] == [True]


async def test_a_deadline_holds_for_rows_in_hand(store: Store, clock: Hand) -> None:
    """What is not begun by then expires."""
    await store.add("spring", [draft("a", deadline=clock.now + 10), draft("b", deadline=clock.now + 10)])
    rows = await claimed(store, limit=1)
    clock.now += 10
    assert await store.begin(rows, lease=60.0) == set()
    assert await claimed(store) == []
    await store.release(rows)
    assert (await store.sweep()).expired == 2


async def test_a_rate_is_shared_by_whoever_names_it(store: Store) -> None:
    """Bookings under one name follow one another; under another name they do not wait."""
    delays = [await store.reserve("all", rate=2.0, burst=1.0, cost=1.0) for _ in range(3)]
    assert delays == pytest.approx([0.0, 0.5, 1.0], abs=0.4)
    assert await store.reserve("other", rate=2.0, burst=1.0, cost=1.0) == 0.0


async def test_rows_are_read_in_pages(store: Store) -> None:
    """By number, of some states, of one campaign."""
    await store.add("spring", [draft(str(number)) for number in range(5)])
    await store.add("autumn", [draft("x")])
    await store.withdraw("spring", "cancelled", keys=["1", "3"])
    first = await store.rows(["pending"], campaign="spring", limit=2)
    rest = await store.rows(["pending"], campaign="spring", after=first[-1].id)
    assert [row.key for row in first + rest] == ["0", "2", "4"]
    assert await store.progress("spring") == Counts({"pending": 3, "cancelled": 2}, {"pending": 3, "cancelled": 2})
