"""The drain: nothing is sent without an intent, nothing twice, and whatever goes wrong leaves the ledger in order."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from tests.outbox.conftest import texts, until
from tests.raw_server import ACCOUNT, TOKEN, Peer, RawServer, certificate
from twilio_async import AsyncSession, CertificateError, Concurrency, InvalidNumber, RateLimit, SessionClosed
from twilio_async.outbox.drafts import Drafter
from twilio_async.outbox.engine import Drain, drain
from twilio_async.outbox.errors import OutboxFull, OutboxUnreachable
from twilio_async.outbox.ledger import Settlement, State
from twilio_async.outbox.memory import MemoryStore
from twilio_async.outbox.plan import Plan
from twilio_async.outbox.store import Row
from twilio_async.outbox.window import SendingWindow

if TYPE_CHECKING:
    from twilio_async.emulator import Emulator


@pytest.fixture
def store() -> MemoryStore:
    """An empty ledger."""
    return MemoryStore()


async def add(store: MemoryStore, rows: list[dict[str, Any]], **options: Any) -> None:
    """Store rows."""
    drafter = Drafter(**options)
    await store.add("spring", [drafter.draft(number, row) for number, row in enumerate(rows)])


async def states(store: MemoryStore) -> dict[State, int]:
    """Rows by state."""
    return (await store.progress(None)).rows


def bodies(emulator: Emulator) -> Counter[str]:
    """How often each text was created."""
    return Counter(message.body for message in emulator.messages)


# --- at most once --------------------------------------------------------------------------------------------------------


async def test_everybody_is_texted_once(store: MemoryStore, emulator: Emulator, plain: AsyncSession) -> None:
    """All rows are accepted with the sid of their own message."""
    await add(store, texts(60))
    drained = await drain(store, plain, Plan())
    assert drained.events == {"accept": 60}
    assert drained.stopped is None
    assert set(bodies(emulator).values()) == {1}
    sids = {row.payload: row.sid for row in await store.rows((), campaign=None)}
    assert {emulator.message(sid or "").body for sid in sids.values()} == set(bodies(emulator))


async def test_the_intent_comes_before_the_request(store: MemoryStore, emulator: Emulator, plain: AsyncSession) -> None:
    """When Twilio sees a request, the ledger says that it may be on the wire."""
    seen: list[str] = []

    class Watched(MemoryStore):
        async def settle(self, row: Row, settlement: Settlement) -> bool:
            seen.append(self._rows[row.id].state)
            return await super().settle(row, settlement)

    watched = Watched()
    await add(watched, texts(5))
    await drain(watched, plain, Plan())
    assert seen == ["sending"] * 5


@pytest.mark.parametrize("kind", ["accept_then_drop", "accept_then_500", "reset", "html"])
async def test_a_lost_answer_is_never_followed_by_another_request(
    store: MemoryStore, emulator: Emulator, plain: AsyncSession, kind: Any
) -> None:
    """It is unknown, whether Twilio took it or not, and stays so."""
    emulator.faults.add("POST", kind=kind, times=7)
    await add(store, texts(20))
    drained = await drain(store, plain, Plan())
    assert drained.events == {"accept": 13, "lose": 7}
    assert await states(store) == {"accepted": 13, "unknown": 7}
    assert len([request for request in emulator.requests if request.method == "POST"]) == 20


async def test_an_answer_that_cannot_be_read_is_an_answer(store: MemoryStore, emulator: Emulator, plain: AsyncSession) -> None:
    """A 201 says that it was accepted, whatever became of its body."""
    emulator.faults.add("POST", kind="truncated", times=1)
    await add(store, texts(1))
    assert (await drain(store, plain, Plan())).events == {"accept": 1}
    (row,) = await store.rows((), campaign=None)
    assert (row.state, row.sid, row.evidence) == ("accepted", None, "answer")


async def test_one_too_many_is_sent_again(store: MemoryStore, emulator: Emulator, plain: AsyncSession) -> None:
    """A 429 with 20429 was not processed; nobody is lost, and nobody texted twice."""
    emulator.faults.add("POST", status=429, code=20429, times=3)
    await add(store, texts(10))
    drained = await drain(store, plain, Plan())
    assert drained.events == {"accept": 10, "put_back": 3}
    assert drained.throttled == 3
    assert bodies(emulator) == {f"Hello {number}": 1 for number in range(10)}


async def test_what_never_connected_is_sent_again(store: MemoryStore, emulator: Emulator) -> None:
    """While nobody listens, no byte is written; each row is tried again after a break, until somebody does."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    env = {**emulator.env, "TWILIO_BASE_URL": f"http://127.0.0.1:{port}"}
    await add(store, texts(5))
    async with AsyncSession.from_env(env) as twilio:
        draining = asyncio.create_task(drain(store, twilio, Plan()))
        await until(lambda: any(row.attempt for row in store._rows.values()))
        async with type(emulator)(port=port) as other:
            drained = await draining
            assert bodies(other) == {f"Hello {number}": 1 for number in range(5)}
    assert drained.events["put_back"] >= 1
    assert await states(store) == {"accepted": 5}


async def test_breaks_grow_while_nobody_can_be_reached(store: MemoryStore, plain: AsyncSession) -> None:
    """Those that fail together count once, and an answer ends it."""
    draining = Drain(store, plain, Plan())
    lengths: list[float] = []
    for _ in range(10):
        draining._take_a_break()
        draining._take_a_break()
        lengths.append(round(draining._break_until - time.monotonic()))
        draining._break_until = 0.0
    assert lengths == [0, 0, 1, 2, 4, 8, 16, 30, 30, 30]


async def test_refusals_are_final(store: MemoryStore, emulator: Emulator, plain: AsyncSession) -> None:
    """A number that cannot be texted is rejected with its code; who answered STOP is skipped."""
    await add(store, [*texts(3), {"to": "+15550000000", "from_": "+19999999999", "body": "no sender of ours"}])
    emulator.opt_out("+15558600001")
    drained = await drain(store, plain, Plan())
    assert drained.events == {"accept": 2, "skip": 1, "reject": 1}
    codes = await store.codes(None)
    assert codes.pop(21610) == 1
    assert list(codes.values()) == [1]


async def test_a_frozen_worker_sends_nothing_when_it_wakes(emulator: Emulator, plain: AsyncSession) -> None:
    """Whoever stands still between asking for the intent and the request finds the fence closed; the row is put back."""

    class Freezing(MemoryStore):
        frozen = False

        async def begin(self, rows: Sequence[Row], *, lease: float) -> set[int]:
            begun = await super().begin(rows, lease=lease)
            if not self.frozen:
                self.frozen = True
                await asyncio.sleep(1.1)
            return begun

    frozen = Freezing()
    await add(frozen, texts(1))
    drained = await drain(frozen, plain, Plan(fence=1.0))
    assert drained.events == {"put_back": 1, "accept": 1}
    assert bodies(emulator) == {"Hello 0": 1}
    assert len(emulator.requests) == 1


# --- limits --------------------------------------------------------------------------------------------------------------


async def test_a_rate_counts_segments(store: MemoryStore, emulator: Emulator, plain: AsyncSession) -> None:
    """Nine segments at 20 a second take eight twentieths of a second at least."""
    await add(store, [{**row, "body": "x" * 400} for row in texts(3)])
    began = time.monotonic()
    await drain(store, plain, Plan(rate=20.0))
    assert time.monotonic() - began >= 6 / 20
    assert len(emulator.messages) == 3


async def test_a_sender_with_a_rate_does_not_hold_up_the_others(
    store: MemoryStore, emulator: Emulator, plain: AsyncSession
) -> None:
    """Its rows wait for their time, and meanwhile others are sent."""
    slow, quick = emulator.numbers[0].number, emulator.numbers[1].number
    await add(store, texts(3, sender=slow) + [{**row, "key": f"q{row['key']}"} for row in texts(8, sender=quick)])
    await drain(store, plain, Plan(per_sender_rate={slow: 5.0}, queue_lead=0.0))
    order = [message.from_ for message in emulator.messages]
    assert order[-1] == slow
    assert Counter(order) == {slow: 3, quick: 8}


async def test_a_full_queue_rests_its_sender_only(store: MemoryStore, emulator: Emulator, plain: AsyncSession) -> None:
    """21611 is about one sender: its rows stay pending, and the others are sent."""
    full, free = emulator.numbers[0].number, emulator.numbers[1].number
    emulator.faults.add("POST", status=429, code=21611, parameters={"From": full}, times=1)
    await add(store, texts(5, sender=full) + [{**row, "key": f"f{row['key']}"} for row in texts(5, sender=free)])
    stop = asyncio.Event()
    draining = asyncio.create_task(drain(store, plain, Plan(concurrency=1), stop=stop))
    await until(lambda: sum(message.from_ == free for message in emulator.messages) == 5)
    stop.set()
    assert (await draining).stopped == "asked to"
    assert (await states(store))["pending"] >= 1
    assert store._rests.keys() == {full}


async def test_no_more_are_in_flight_than_allowed(store: MemoryStore, emulator: Emulator) -> None:
    """By the session, and by the plan below that."""
    emulator.faults.add(latency=0.02)
    async with AsyncSession.from_env(emulator.env, concurrency=Concurrency(4, start=4)) as twilio:
        await add(store, texts(12))
        await drain(store, twilio, Plan())
        assert 1 < emulator.in_flight_peak <= 4
        await add(store, [{**row, "key": f"again {row['key']}"} for row in texts(6)])
        most = max([await watched(store, twilio, emulator)])
    assert most <= 2


async def watched(store: MemoryStore, twilio: AsyncSession, emulator: Emulator) -> int:
    """The most requests at once during a drain that allows two."""
    most = 0
    draining = asyncio.create_task(drain(store, twilio, Plan(concurrency=2)))
    while not draining.done():
        most = max(most, emulator.in_flight)
        await asyncio.sleep(0.001)
    await draining
    return most


async def test_the_sessions_own_rate_is_paid(store: MemoryStore, emulator: Emulator) -> None:
    """A session with a limit keeps it, whoever sends through it; and it is paid once."""
    rate = RateLimit(50.0)
    async with AsyncSession.from_env(emulator.env, rate=rate) as twilio:
        await add(store, texts(4))
        began = time.monotonic()
        await drain(store, twilio, Plan())
        assert time.monotonic() - began >= 3 / 50
    assert rate._bookings == 4


# --- reasons to stop -----------------------------------------------------------------------------------------------------


async def test_refused_credentials_stop_it_and_reject_nobody(store: MemoryStore, emulator: Emulator) -> None:
    """It is not the rows' fault: they are pending, and can be sent with better credentials."""
    env = {**emulator.env, "TWILIO_AUTH_TOKEN": "wrong"}
    async with AsyncSession.from_env(env) as twilio:
        await add(store, texts(30))
        drained = await drain(store, twilio, Plan())
    assert drained.stopped is not None
    assert "20003" in drained.stopped
    assert await states(store) == {"pending": 30}


async def test_too_many_rejections_stop_it(store: MemoryStore, emulator: Emulator, plain: AsyncSession) -> None:
    """If nearly all are refused, the rest is not tried."""
    emulator.faults.add("POST", status=400, code=21211)
    await add(store, texts(400))
    drained = await drain(store, plain, Plan(max_rejected=0.5))
    assert drained.stopped is not None
    assert "rejected" in drained.stopped
    assert 50 <= drained.events["reject"] < 300
    assert sum((await states(store)).values()) == 400


async def test_a_chosen_error_stops_it(store: MemoryStore, emulator: Emulator, plain: AsyncSession) -> None:
    """By class or by code."""
    emulator.faults.add("POST", status=400, code=21211, times=1)
    await add(store, texts(50))
    drained = await drain(store, plain, Plan(stop_on=[InvalidNumber], concurrency=1))
    assert drained.stopped is not None
    assert drained.events["reject"] == 1
    assert (await states(store))["pending"] > 0


async def test_a_deadline_stops_it_and_what_is_left_expires(
    store: MemoryStore, emulator: Emulator, plain: AsyncSession
) -> None:
    """Nothing is begun after it."""
    await add(store, texts(10))
    drained = await drain(store, plain, Plan(rate=10.0, deadline=time.time() + 0.25))
    assert drained.stopped == "the deadline has passed"
    found = await states(store)
    assert found["expired"] >= 1
    assert found.keys() <= {"expired", "accepted"}
    assert sum(found.values()) == 10


async def test_a_deadline_is_none_of_a_paused_campaigns(store: MemoryStore, emulator: Emulator, plain: AsyncSession) -> None:
    """It is not sent, and so nothing of it is too late."""
    await add(store, texts(3))
    drafter = Drafter()
    await store.add("autumn", [drafter.draft(number, row) for number, row in enumerate(texts(3))])
    await store.pause("autumn", paused=True)
    await drain(store, plain, Plan(deadline=time.time()))
    assert (await store.progress("spring")).rows == {"expired": 3}
    assert (await store.progress("autumn")).rows == {"pending": 3}


async def test_rows_past_their_own_deadline_expire(store: MemoryStore, emulator: Emulator, plain: AsyncSession) -> None:
    """They are not sent, and the others are."""
    await add(store, texts(2), deadline=time.time() - 1)
    await add(store, [{**row, "key": f"late {row['key']}"} for row in texts(3)])
    await drain(store, plain, Plan())
    assert await states(store) == {"expired": 2, "accepted": 3}


async def test_it_waits_for_its_window(store: MemoryStore, emulator: Emulator, plain: AsyncSession) -> None:
    """Outside of its hours nothing goes out, and nothing is in hand."""
    await add(store, texts(3))
    window = SendingWindow("09:00", "17:00", zone="UTC")
    clock = [3 * 3600.0]
    draining = Drain(store, plain, Plan(window=window), clock=lambda: clock[0])
    task = asyncio.create_task(draining.run())
    await asyncio.sleep(0)
    assert await states(store) == {"pending": 3}
    assert emulator.messages == []
    clock[0] = 10 * 3600.0
    draining._wake.set()
    await task
    assert await states(store) == {"accepted": 3}


async def test_a_window_that_closes_meanwhile_lets_nobody_pass(
    store: MemoryStore, emulator: Emulator, plain: AsyncSession
) -> None:
    """Not even those whose turn was booked."""
    await add(store, texts(3))
    window = SendingWindow("09:00", "17:00", zone="UTC")
    clock = [10 * 3600.0]
    draining = Drain(store, plain, Plan(window=window, rate=4.0), clock=lambda: clock[0])
    task = asyncio.create_task(draining.run())
    await until(lambda: draining.events["accept"] == 1)
    clock[0] = 18 * 3600.0
    await until(lambda: not draining._line and not draining._buffer and counted(store) == (1, 2))
    draining.stop("asked to")
    await task
    assert len(emulator.messages) == 1


def counted(store: MemoryStore) -> tuple[int, int]:
    """Rows that are accepted, and pending."""
    found = [row.state for row in store._rows.values()]
    return found.count("accepted"), found.count("pending")


async def test_nothing_pending_ends_it_at_once(store: MemoryStore, emulator: Emulator, plain: AsyncSession) -> None:
    """Nor does a paused campaign keep it."""
    assert (await drain(store, plain, Plan())).events == {}
    await add(store, texts(3))
    await store.pause("spring", paused=True)
    assert (await drain(store, plain, Plan())).events == {}
    assert emulator.requests == []


async def test_a_closed_session_is_raised_and_rejects_nobody(store: MemoryStore, emulator: Emulator) -> None:
    """It is the program's mistake; the rows can be sent by the next."""
    twilio = AsyncSession.from_env(emulator.env)
    await twilio.aclose()
    await add(store, texts(3))
    with pytest.raises(SessionClosed):
        await drain(store, twilio, Plan())
    assert await states(store) == {"pending": 3}


# --- stopping ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["event", "cancel", "scope"])
async def test_stopping_waits_for_what_is_on_the_wire(
    store: MemoryStore, emulator: Emulator, plain: AsyncSession, how: str
) -> None:
    """Asked to stop or cancelled, it begins nothing more, and no outcome is thrown away."""
    emulator.faults.add(latency=0.3)
    await add(store, texts(200))
    stop = asyncio.Event()
    with anyio.CancelScope() as scope:

        async def run() -> None:
            await drain(store, plain, Plan(), stop=stop)

        if how == "scope":
            async with anyio.create_task_group() as group:
                group.start_soon(run)
                await until(lambda: emulator.in_flight >= 5)
                scope.cancel()
        else:
            task = asyncio.create_task(run())
            await until(lambda: emulator.in_flight >= 5)
            stop.set() if how == "event" else task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
    found = await states(store)
    assert found.keys() == {"accepted", "pending"}
    assert found["accepted"] == len(emulator.messages) < 200
    assert plain.concurrency.in_flight == 0
    assert not [task for task in asyncio.all_tasks() if "Drain" in repr(task.get_coro())]


async def test_cancelled_twice_it_waits_no_longer(store: MemoryStore, emulator: Emulator, plain: AsyncSession) -> None:
    """What was on the wire is unknown then; nothing is lost, and nothing is in hand."""
    emulator.faults.add(latency=30.0)
    await add(store, texts(40))
    task = asyncio.create_task(drain(store, plain, Plan()))
    await until(lambda: emulator.in_flight >= 10)
    task.cancel()
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await states(store) == {"unknown": 10, "pending": 30}
    assert plain.concurrency.in_flight == 0


async def test_cancelled_when_it_ends_already_it_waits_all_the_same(
    store: MemoryStore, emulator: Emulator, plain: AsyncSession
) -> None:
    """Whatever has stopped it, the first time it is cancelled no answer is thrown away."""
    emulator.faults.add(latency=0.3)
    await add(store, texts(40))
    stop = asyncio.Event()
    task = asyncio.create_task(drain(store, plain, Plan(), stop=stop))
    await until(lambda: emulator.in_flight >= 10)
    stop.set()
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    found = await states(store)
    assert found.keys() == {"accepted", "pending"}
    assert found["accepted"] == len(emulator.messages)


async def test_rows_whose_turn_cannot_be_booked_are_given_back(emulator: Emulator, plain: AsyncSession) -> None:
    """All of a claim, not only those that were booked before."""

    class Away(MemoryStore):
        booked = 0

        async def reserve(self, bucket: str, *, rate: float, burst: float, cost: float) -> float:
            self.booked += 1
            if self.booked > 2:
                raise OutboxUnreachable("away")
            return await super().reserve(bucket, rate=rate, burst=burst, cost=cost)

    away = Away()
    await add(away, texts(20))
    with pytest.raises(OutboxUnreachable):
        await drain(away, plain, Plan(per_sender_rate=10.0))
    found = await states(away)
    assert found["pending"] == 20 - len(emulator.messages)
    assert found.keys() <= {"accepted", "pending"}


async def test_rows_cancelled_meanwhile_are_not_sent(store: MemoryStore, emulator: Emulator, plain: AsyncSession) -> None:
    """Whoever takes rows back while they are sent, gets those back that were not begun."""
    emulator.faults.add(latency=0.05)
    await add(store, texts(60))
    draining = asyncio.create_task(drain(store, plain, Plan(concurrency=2)))
    await until(lambda: emulator.in_flight >= 2)
    taken = await store.withdraw("spring", "cancelled")
    await draining
    found = await states(store)
    assert found["cancelled"] == taken
    assert found["accepted"] == len(emulator.messages) == 60 - taken


async def test_a_ledger_without_room_stops_it(emulator: Emulator, plain: AsyncSession) -> None:
    """What cannot be noted is not sent; and an outcome waits until it can be."""

    class Full(MemoryStore):
        room = 5
        refused = 0

        async def begin(self, rows: Sequence[Row], *, lease: float) -> set[int]:
            if not self.room:
                raise OutboxFull("no room")
            self.room -= 1
            return await super().begin(rows, lease=lease)

        async def settle(self, row: Row, settlement: Settlement) -> bool:
            if not self.refused:
                self.refused += 1
                raise OutboxFull("no room")
            return await super().settle(row, settlement)

    full = Full()
    await add(full, texts(20))
    with pytest.raises(OutboxFull):
        await drain(full, plain, Plan())
    found = await states(full)
    assert len(emulator.messages) == found["accepted"] == 5
    assert full.refused == 1


async def test_a_server_that_is_not_trusted_is_told(store: MemoryStore, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A certificate that does not fit would not fit the next time either."""
    _, tls = certificate(tmp_path_factory.getbasetemp())

    async def over_tls(peer: Peer) -> None:
        await peer.start_tls()

    async with RawServer(over_tls, tls=tls) as server, AsyncSession(ACCOUNT, TOKEN, base_url=server.secure_url) as twilio:
        await add(store, texts(2))
        with pytest.raises(CertificateError):
            await drain(store, twilio, Plan(concurrency=1))
    assert await states(store) == {"pending": 2}


async def test_a_callback_carries_the_rows_reference(store: MemoryStore, emulator: Emulator, plain: AsyncSession) -> None:
    """So that what Twilio tells later names the row."""
    await add(store, texts(1, status_callback="https://example.com/status?a=b"))
    await drain(store, plain, Plan())
    (request,) = emulator.requests
    assert request.parameters["StatusCallback"] == ["https://example.com/status?a=b&ref=spring~k0"]
