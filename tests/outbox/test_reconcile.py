"""Looking for rows in doubt: what Twilio's list proves is noted, with its clock and not ours."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.outbox.conformance import Hand
from tests.outbox.conftest import texts
from tests.raw_server import ACCOUNT, TOKEN, RawServer, answering, http
from twilio_async import AsyncSession, InvalidArgument, TwilioError, UnreadableAnswer
from twilio_async.outbox.drafts import Drafter
from twilio_async.outbox.engine import drain
from twilio_async.outbox.ledger import State
from twilio_async.outbox.memory import MemoryStore
from twilio_async.outbox.plan import Plan
from twilio_async.outbox.reconcile import FEW, reconcile

if TYPE_CHECKING:
    from twilio_async.emulator import Emulator


async def lost(store: MemoryStore, twilio: AsyncSession, emulator: Emulator, rows: list[dict[str, Any]], kind: Any) -> None:
    """Send rows whose answers do not come."""
    fault = emulator.faults.add("POST", kind=kind)
    drafter = Drafter()
    await store.add("spring", [drafter.draft(number, row) for number, row in enumerate(rows)])
    await drain(store, twilio, Plan())
    fault.times = 0


async def states(store: MemoryStore) -> dict[State, int]:
    """Rows by state."""
    return (await store.progress(None)).rows


@pytest.mark.parametrize("count", [1, 7, FEW + 10])
async def test_what_twilio_has_is_accepted(emulator: Emulator, plain: AsyncSession, count: int) -> None:
    """With the sid of its own message, whether recipients are asked for one by one or the list is read through."""
    store = MemoryStore()
    await lost(store, plain, emulator, texts(count), "accept_then_drop")
    assert await states(store) == {"unknown": count}
    found = await reconcile(store, plain)
    assert (found.matched, found.left, found.again_in) == (count, 0, None)
    for row in await store.rows((), campaign=None):
        assert (row.state, row.evidence) == ("accepted", "match")
        assert emulator.message(row.sid or "").body == row.arguments["body"]


async def test_many_in_doubt_cost_few_requests(emulator: Emulator, plain: AsyncSession) -> None:
    """A sender's newest messages are read in large pages."""
    store = MemoryStore()
    await lost(store, plain, emulator, texts(FEW + 10), "accept_then_drop")
    before = len(emulator.requests)
    await reconcile(store, plain)
    assert len(emulator.requests) - before <= 2


async def test_what_twilio_has_not_is_absent_after_two_looks(emulator: Emulator, plain: AsyncSession) -> None:
    """After the quiet period, and a while apart; then it is sent again only if that is wanted."""
    store = MemoryStore()
    await lost(store, plain, emulator, texts(2), "reset")
    found = await reconcile(store, plain)
    assert found.left == 2
    assert found.again_in == 600
    emulator.clock.advance(600)
    found = await reconcile(store, plain)
    assert found.absent == 0
    assert found.again_in == 60
    emulator.clock.advance(60)
    found = await reconcile(store, plain)
    assert (found.absent, found.left, found.again_in) == (2, 0, None)
    assert (await reconcile(store, plain)).absent == 0
    assert await states(store) == {"absent": 2}
    found = await reconcile(store, plain, resend_absent=True)
    assert found.resent == 2
    await drain(store, plain, Plan())
    assert await states(store) == {"accepted": 2}
    assert Counter(message.body for message in emulator.messages) == {"Hello 0": 1, "Hello 1": 1}


async def test_a_late_listing_is_found_as_long_as_nothing_was_concluded(emulator: Emulator, plain: AsyncSession) -> None:
    """A message that appears between the two looks is matched."""
    store = MemoryStore()
    await lost(store, plain, emulator, texts(1), "reset")
    assert (await reconcile(store, plain, quiet=0.0)).left == 1
    emulator.add_message(to="+15558600000", body="Hello 0")
    assert (await reconcile(store, plain, quiet=0.0, apart=0.0)).matched == 1


@pytest.mark.parametrize("ahead", [5_000.0, 0.0])
async def test_twilios_clock_is_the_one_that_counts(emulator: Emulator, plain: AsyncSession, ahead: float) -> None:
    """A machine whose clock is wrong finds its messages all the same."""
    emulator.clock.advance(ahead)
    store = MemoryStore()
    await lost(store, plain, emulator, texts(3), "accept_then_500")
    assert (await reconcile(store, plain)).matched == 3


@pytest.mark.parametrize("jump", [-1e6, 700.0, 1e6])
async def test_a_clock_that_is_set_makes_no_time_pass(emulator: Emulator, plain: AsyncSession, jump: float) -> None:
    """Neither the quiet period nor the time between the looks: both go by Twilio's clock, from the first look on."""
    clock = Hand()
    clock.now = time.time()
    store = MemoryStore(clock=clock)
    await lost(store, plain, emulator, texts(1), "reset")
    for passes in (599, 1, 59):
        for _ in range(3):
            clock.now += jump
            found = await reconcile(store, plain, resend_absent=True)
            assert (found.resent, found.left) == (0, 1)
        emulator.clock.advance(passes)
    emulator.clock.advance(1)
    assert (await reconcile(store, plain, resend_absent=True)).resent == 1


@pytest.mark.parametrize("jump", [200_000.0, -200_000.0])
async def test_a_clock_that_was_days_wrong_hides_no_message(emulator: Emulator, plain: AsyncSession, jump: float) -> None:
    """Before it was set it told another day than Twilio's, and the message is there."""
    clock = Hand()
    clock.now = time.time() - jump
    store = MemoryStore(clock=clock)
    await lost(store, plain, emulator, texts(1), "accept_then_drop")
    clock.now += jump
    found = await reconcile(store, plain, quiet=0.0, apart=0.0, resend_absent=True)
    assert (found.held, found.resent, found.left) == (1, 0, 0)


async def test_answers_without_a_date_prove_nothing(emulator: Emulator, plain: AsyncSession) -> None:
    """Nothing tells then how long Twilio has been silent."""
    store = MemoryStore()
    await lost(store, plain, emulator, texts(1), "reset")
    server = RawServer(answering(http(200, b'{"messages": []}')))
    async with server, AsyncSession(ACCOUNT, TOKEN, base_url=server.url) as twilio:
        with pytest.raises(UnreadableAnswer, match="no date"):
            await reconcile(store, twilio, quiet=0.0, apart=0.0)
    assert await states(store) == {"unknown": 1}


async def test_what_could_be_it_is_held_for_a_person(emulator: Emulator, plain: AsyncSession) -> None:
    """Another text to the same person at the same time, of which the ledger knows nothing."""
    store = MemoryStore()
    await lost(store, plain, emulator, texts(1), "reset")
    emulator.add_message(to="+15558600000", body="")
    assert (await reconcile(store, plain, quiet=0.0)).held == 1
    (row,) = await store.rows((), campaign=None)
    assert (row.state, row.reason) == ("held", "Twilio has 1 like it that may be this one or not")


async def test_messages_of_other_rows_are_not_mistaken(emulator: Emulator, plain: AsyncSession) -> None:
    """Two rows alike, one accepted: its message is not the other's."""
    store = MemoryStore()
    await lost(store, plain, emulator, texts(1), "reset")
    drafter = Drafter()
    await store.add("autumn", [drafter.draft(0, texts(1)[0])])
    await drain(store, plain, Plan())
    found = await reconcile(store, plain, quiet=0.0)
    assert (found.matched, found.held, found.left) == (0, 0, 1)
    assert (await reconcile(store, plain, quiet=0.0, apart=0.0)).absent == 1


async def test_an_accepted_row_gets_its_sid(emulator: Emulator, plain: AsyncSession) -> None:
    """The answer was cut off, and the list tells what it would have."""
    store = MemoryStore()
    await lost(store, plain, emulator, texts(2), "truncated")
    assert await states(store) == {"accepted": 2}
    assert (await reconcile(store, plain)).matched == 2
    rows = await store.rows((), campaign=None)
    assert {row.sid for row in rows} == {message.sid for message in emulator.messages}
    assert {row.evidence for row in rows} == {"listed"}


async def test_nothing_is_concluded_from_a_list_that_cannot_be_read(emulator: Emulator) -> None:
    """An error is no silence."""
    store = MemoryStore()
    async with AsyncSession.from_env(emulator.env) as twilio:
        await lost(store, twilio, emulator, texts(3), "reset")
        emulator.faults.add("GET", status=403)
        with pytest.raises(TwilioError) as caught:
            await reconcile(store, twilio, quiet=0.0, apart=0.0)
    assert caught.value.operation == "messages.list"
    assert await states(store) == {"unknown": 3}


async def test_nothing_in_doubt_asks_nothing(emulator: Emulator, plain: AsyncSession) -> None:
    """Not one request."""
    found = await reconcile(MemoryStore(), plain)
    assert (found.matched, found.again_in) == (0, None)
    assert emulator.requests == []


@pytest.mark.parametrize("argument", ["quiet", "apart"])
async def test_times_are_checked(plain: AsyncSession, argument: str) -> None:
    """By name."""
    with pytest.raises(InvalidArgument, match=argument):
        await reconcile(MemoryStore(), plain, **{argument: -1.0})  # type: ignore[arg-type]
