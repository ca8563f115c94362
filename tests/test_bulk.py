"""Many messages in memory: every row has one result, so many are in flight, and nobody who leaves loses one."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tasks import no_task_left, settle
from twilio_async.bulk import Row, SendMany, SendResult
from twilio_async.errors import (
    APIError,
    AuthenticationError,
    InvalidArgument,
    InvalidNumber,
    OptedOut,
    Outcome,
    QueueFull,
    TimedOut,
    TwilioError,
    UnreadableAnswer,
)
from twilio_async.limits import RateLimit
from twilio_async.resources.messages import Message

FIELDS = frozenset({"to", "from_", "messaging_service_sid", "body", "media_url", "timeout"})

ERRORS: dict[str, Callable[[], TwilioError]] = {
    "bad number": lambda: InvalidNumber("no number", status=400, code=21211),
    "opted out": lambda: OptedOut("said STOP", status=400, code=21610),
    "queue full": lambda: QueueFull("full", status=429, code=21611),
    "refused": lambda: AuthenticationError("who?", status=401, code=20003),
    "lost": lambda: TimedOut("no answer", outcome="unknown"),
    "not sent": lambda: TimedOut("no connection", outcome="not_sent"),
    "unreadable": lambda: UnreadableAnswer("cut off", operation="messages.create", outcome="accepted"),
}


class Desk:
    """Stands in for Twilio: takes messages, keeps account of them, and answers by what the body says."""

    def __init__(self, *, delays: Iterable[int] = ()) -> None:
        self.delays = list(delays)
        self.begun: list[Row] = []
        self.ended = 0
        self.in_flight = 0
        self.most = 0
        self.open = asyncio.Event()
        """Unless set, a message whose body is "slow" waits."""

    async def create(self, **row: Any) -> Message:
        """`Messages.create`."""
        number = len(self.begun)
        self.begun.append(row)
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        try:
            for _ in range(self.delays[number % len(self.delays)] if self.delays else 1):
                await asyncio.sleep(0)
            body = row.get("body", "")
            if body == "slow":
                await self.open.wait()
            if body == "bug":
                raise KeyError("a bug")
            if body in ERRORS:
                error = ERRORS[body]()
                raise error
            return sent(number)
        finally:
            self.in_flight -= 1
            self.ended += 1

    def send(self, rows: Any, **options: Any) -> SendMany:
        """`Messages.send_many`, with this desk behind it."""
        defaults: dict[str, Any] = {
            "concurrency": 3, "rate": None, "per_sender_rate": None, "stop_on": (), "cost": lambda _: 1.0, "fields": FIELDS,
        }  # fmt: skip
        return SendMany(self.create, rows, **(defaults | options))


def sent(number: int) -> Message:
    """What Twilio answers."""
    return Message(sid=f"SM{number}", account_sid="AC1", status="queued", direction="outbound-api")


def numbered(bodies: Iterable[str]) -> list[Row]:
    """A row for each body, all different."""
    return [{"to": f"+1555{number:07}", "from_": "+15017122661", "body": body} for number, body in enumerate(bodies)]


class Tray:
    """Rows that are read lazily, with an account of how many."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = rows
        self.taken = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self.rows:
            self.taken += 1
            yield row


class AsyncTray(Tray):
    """The same, each row after a while."""

    async def __aiter__(self) -> AsyncIterator[Row]:
        for row in self.rows:
            await asyncio.sleep(0)
            self.taken += 1
            yield row


async def all_of(sending: SendMany) -> list[SendResult]:
    """Every result, in the order of the rows."""
    return sorted([result async for result in sending], key=lambda result: result.index)


def outcome_of(body: str) -> Outcome:
    """What should become of a row."""
    return "unknown" if body == "bug" else ERRORS[body]().outcome if body in ERRORS else "accepted"


# --- results -------------------------------------------------------------------------------------------------------------


@given(
    bodies=st.lists(st.sampled_from([*ERRORS, "hi", "hi", "bug"]), max_size=40),
    concurrency=st.integers(1, 50),
    delays=st.lists(st.integers(0, 10), max_size=7),
    kind=st.sampled_from([list, iter, Tray, AsyncTray]),
)
def test_every_row_has_one_result(
    bodies: list[str], concurrency: int, delays: list[int], kind: Callable[[list[Row]], Any]
) -> None:
    """Whatever happens to a row, and in whatever order they end, each is sent once and reported once, with its outcome."""

    async def main() -> None:
        desk = Desk(delays=delays)
        rows = numbered(bodies)
        sending = desk.send(kind(rows), concurrency=concurrency)
        async with no_task_left():
            results = await all_of(sending)

        assert [result.index for result in results] == list(range(len(rows)))
        assert [result.row for result in results] == rows
        assert [result.outcome for result in results] == [outcome_of(body) for body in bodies]
        assert all((result.message is None) != (result.error is None) for result in results)
        assert sorted(row["to"] for row in desk.begun) == [row["to"] for row in rows]
        assert sending.counts == collections.Counter(result.outcome for result in results)
        assert (sending.leftover, sending.stopped_by) == ([], None)
        assert desk.most <= concurrency

    asyncio.run(main())


async def test_results_come_as_they_end() -> None:
    """A slow row holds up no other; its result comes when it is there."""
    desk = Desk()
    order = []
    async for result in desk.send(numbered(["slow", "hi", "hi", "hi"]), concurrency=2):
        order.append(result.index)
        if len(order) == 3:
            desk.open.set()

    assert order == [1, 2, 3, 0]


async def test_as_many_are_in_flight_as_allowed() -> None:
    """Five at once means five, not four and not six."""
    desk = Desk(delays=[10])
    await all_of(desk.send(numbered(["hi"] * 30), concurrency=5))

    assert desk.most == 5


async def test_no_rows_no_results() -> None:
    """An empty job ends at once."""
    desk = Desk()
    async with no_task_left():
        assert await all_of(desk.send([])) == []


@pytest.mark.parametrize("body", [*ERRORS])
async def test_an_error_is_kept_as_it_is(body: str) -> None:
    """The result's outcome is the error's, and the error is the one that was raised."""
    (result,) = await all_of(Desk().send(numbered([body])))

    assert type(result.error) is type(ERRORS[body]())
    assert result.outcome == ERRORS[body]().outcome
    assert result.message is None


@pytest.mark.parametrize("concurrency", [1, 3])
async def test_a_bug_loses_no_row(concurrency: int) -> None:
    """An exception that is none of ours, after which nobody knows what happened, is one row's result and not the end."""
    results = await all_of(Desk().send(numbered(["hi", "bug", "hi", "hi"]), concurrency=concurrency))

    assert [result.outcome for result in results] == ["accepted", "unknown", "accepted", "accepted"]
    error = results[1].error
    assert error is not None
    assert error.outcome == "unknown"
    assert isinstance(error.__cause__, KeyError)
    assert "KeyError" in str(error)
    assert "a bug" not in str(error)


# --- rows ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("+15558675310", "row: expected a mapping, got str"),
        (None, "row: expected a mapping, got NoneType"),
        (["to", "from_"], "row: expected a mapping, got list"),
        ({"to": "+1", "bdoy": "hi"}, "bdoy: no such argument of create(); did you mean 'body'?"),
        ({"to": "+1", "from": "+2"}, "from: no such argument of create(); did you mean 'from_'?"),
        ({"to": "+1", "zzz": 1}, "zzz: no such argument of create()"),
        ({"to": "+1", 5: 1}, "5: no such argument of create()"),
    ],
)
async def test_a_bad_row_is_a_result(row: Any, words: str) -> None:
    """A row that cannot be right is reported by its field, is never sent, and the others go on."""
    desk = Desk()
    results = await all_of(desk.send([*numbered(["hi"]), row, *numbered(["hi"])], concurrency=1))

    assert [result.outcome for result in results] == ["accepted", "not_sent", "accepted"]
    assert isinstance(results[1].error, InvalidArgument)
    assert str(results[1].error) == f"messages.send_many: {words}"
    assert results[1].row is row
    assert len(desk.begun) == 2


@pytest.mark.parametrize("row", [{"from_": "+2", "body": "hi"}, {"to": None, "from_": "+2", "body": "hi"}, {}])
async def test_a_row_without_a_recipient_is_a_result(row: Row) -> None:
    """What `create` requires and a row lacks is reported by its name, before the row costs a turn, and the others go on."""
    desk = Desk()

    async def create(*, to: str, from_: str | None = None, body: str | None = None) -> Message:
        return await desk.create(to=to, from_=from_, body=body)

    sending = SendMany(
        create, [row, {"to": "+1", "body": "hi"}], concurrency=1, rate=None, per_sender_rate=None, stop_on=(),
        cost=lambda _: 1.0, fields=FIELDS,
    )  # fmt: skip
    results = await all_of(sending)

    assert [result.outcome for result in results] == ["not_sent", "accepted"]
    assert isinstance(results[0].error, InvalidArgument)
    assert results[0].error.argument == "to"
    assert [created["to"] for created in desk.begun] == ["+1"]


async def test_any_mapping_is_a_row() -> None:
    """A row need not be a dict; it comes back as it went in."""
    row = collections.ChainMap({"to": "+1"}, {"body": "hi", "from_": "+2"})
    desk = Desk()
    (result,) = await all_of(desk.send([row]))

    assert desk.begun == [{"to": "+1", "body": "hi", "from_": "+2"}]
    assert result.row is row


@pytest.mark.parametrize("rows", ["abc", b"abc", {"to": "+1"}, 5, None])
def test_rows_are_an_iterable_of_rows(rows: Any) -> None:
    """A lone row or a text is a mistake that is raised where it stands."""
    with pytest.raises(InvalidArgument, match=r"^messages\.send_many: rows: ") as caught:
        Desk().send(rows)

    assert caught.value.argument == "rows"


@pytest.mark.parametrize("kind", [Tray, AsyncTray])
@pytest.mark.parametrize("concurrency", [1, 4, 10])
async def test_rows_are_read_no_further_ahead_than_needed(kind: Callable[[Iterable[Row]], Any], concurrency: int) -> None:
    """Of a million rows only those are read that are in flight or wait to be taken: a slow consumer slows the reading."""
    tray = kind(numbered(["hi"] * 200))
    consumed = 0
    async for _ in Desk().send(tray, concurrency=concurrency):
        consumed += 1
        await settle()
        assert tray.taken <= consumed + 2 * concurrency + 1

    assert consumed == 200


async def test_nothing_is_sent_before_it_is_iterated() -> None:
    """Making a bulk send reads no row and sends nothing."""
    tray, desk = Tray(numbered(["hi"])), Desk()
    sending = desk.send(tray)
    await settle()

    assert (tray.taken, desk.begun, repr(sending)) == (0, [], "<SendMany nothing sent yet>")


@pytest.mark.parametrize("concurrency", [1, 3])
@pytest.mark.parametrize("asynchronous", [True, False])
async def test_rows_that_break_off_are_reported_first(concurrency: int, asynchronous: bool) -> None:
    """When reading the rows fails, those already taken are finished and reported, and then the error is raised."""

    def torn() -> Iterator[Row]:
        yield from numbered(["hi"] * 5)
        raise OSError("disk full")

    async def torn_asynchronously() -> AsyncIterator[Row]:
        for row in torn():
            await asyncio.sleep(0)
            yield row

    desk = Desk(delays=[10])
    got = []
    async with no_task_left():
        with pytest.raises(OSError, match="disk full"):
            async for result in desk.send(torn_asynchronously() if asynchronous else torn(), concurrency=concurrency):
                got.append(result.index)  # noqa: PERF401 - the loop is to be interrupted

    assert sorted(got) == list(range(5))
    assert desk.ended == 5


async def test_rows_that_are_cancelled_are_not_taken_for_complete() -> None:
    """When what the rows wait for is cancelled elsewhere, the loop does not end as if all had been sent."""
    forever = asyncio.get_running_loop().create_future()

    async def rows() -> AsyncIterator[Row]:
        for row in numbered(["hi"] * 2):
            yield row
        await forever

    got = []
    async with no_task_left():
        with pytest.raises(asyncio.CancelledError):
            async for result in Desk().send(rows()):
                got.append(result.index)
                if len(got) == 2:
                    forever.cancel()

    assert sorted(got) == [0, 1]


async def test_it_runs_once() -> None:
    """A second iteration would send everything again, so it is refused, and sends nothing."""
    desk = Desk()
    sending = desk.send(numbered(["hi"] * 3))
    await all_of(sending)

    with pytest.raises(RuntimeError, match="send_many"):
        await all_of(sending)
    assert len(desk.begun) == 3


# --- stopping by itself --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stop_on", [[20003], {AuthenticationError}, (99999, APIError, QueueFull)])
async def test_it_stops_on_what_it_is_told(stop_on: Any) -> None:
    """After the first such error no row is begun; those in flight are finished and come out of the loop as usual."""
    desk = Desk()
    tray = Tray(numbered(["slow", "refused", *["hi"] * 50]))
    sending = desk.send(tray, concurrency=2, stop_on=stop_on)
    results = []
    async with no_task_left():
        async for result in sending:
            results.append(result)
            await settle()
            desk.open.set()

    assert [(result.index, result.outcome) for result in results] == [(1, "rejected"), (0, "accepted")]
    assert sending.stopped_by is results[0]
    assert (len(desk.begun), tray.taken) == (2, 2)
    assert sending.leftover == []


async def test_other_errors_stop_nothing() -> None:
    """Neither another code nor another class, nor an error without a code."""
    sending = Desk().send(numbered([*ERRORS]), stop_on=[21614, InvalidArgument])

    assert len(await all_of(sending)) == len(ERRORS)
    assert sending.stopped_by is None


async def test_the_first_reason_is_the_reason() -> None:
    """Of several rows in flight that are refused, the first is named."""
    desk = Desk(delays=[1, 5])
    sending = desk.send(numbered(["refused"] * 2), concurrency=2, stop_on=[20003])
    results = [result async for result in sending]

    assert sending.stopped_by is results[0]
    assert len(results) == 2


@pytest.mark.parametrize("stop_on", [20003, AuthenticationError, "20003", ["20003"], [20003.0], [True], [KeyError], [None]])
def test_reasons_to_stop_are_codes_and_classes(stop_on: Any) -> None:
    """What could never stop anything is refused where it stands."""
    with pytest.raises(InvalidArgument, match=r"^messages\.send_many: stop_on"):
        Desk().send([], stop_on=stop_on)


# --- leaving the loop ----------------------------------------------------------------------------------------------------


def slow_rows() -> list[Row]:
    """One that ends at once, and many that wait."""
    return numbered(["hi", *["slow"] * 50])


async def broken_off(sending: SendMany, desk: Desk) -> None:
    """Leave by ``break``."""
    async for _ in sending:
        await settle()
        break
    await settle()
    desk.open.set()
    await settle()


async def failed(sending: SendMany, desk: Desk) -> None:
    """Leave by an exception."""
    with contextlib.suppress(KeyError):
        async for _ in sending:
            await settle()
            raise KeyError
    await settle()
    desk.open.set()
    await settle()


async def cancelled(sending: SendMany, desk: Desk) -> None:
    """Leave by being cancelled while waiting for a result."""
    task = asyncio.ensure_future(all_of(sending))
    await settle()
    task.cancel()
    await settle()
    assert not task.done()
    desk.open.set()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def closed(sending: SendMany, desk: Desk) -> None:
    """Leave by closing the iterator."""
    results = aiter(sending)
    await anext(results)
    await settle()
    closing = asyncio.ensure_future(results.aclose())
    await settle()
    assert not closing.done()
    desk.open.set()
    await closing


async def timed_out(sending: SendMany, desk: Desk) -> None:
    """Leave by a deadline."""
    async with asyncio.TaskGroup() as group:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(None) as deadline:
                group.create_task(at_last(lambda: deadline.reschedule(0.0), desk.open.set))
                await all_of(sending)


async def left_by_scope(sending: SendMany, desk: Desk) -> None:
    """Leave by an anyio scope, which cancels every wait again and again."""
    async with asyncio.TaskGroup() as group:
        with anyio.CancelScope() as scope:
            group.create_task(at_last(scope.cancel, desk.open.set))
            await all_of(sending)
        assert scope.cancelled_caught


async def at_last(*steps: Callable[[], object]) -> None:
    """Do one thing after the other, each when nothing else is left to happen."""
    for step in steps:
        await settle()
        step()


LEAVING = [broken_off, failed, cancelled, closed, timed_out, left_by_scope]


@pytest.mark.parametrize("leave", LEAVING)
@pytest.mark.parametrize("concurrency", [1, 3])
async def test_leaving_begins_nothing_and_finishes_what_was_begun(
    leave: Callable[[SendMany, Desk], Awaitable[None]], concurrency: int
) -> None:
    """However the loop is left, rows in flight are finished and kept, no further row is begun, and no task is left."""
    desk = Desk()
    sending = desk.send(slow_rows(), concurrency=concurrency)
    async with no_task_left():
        await leave(sending, desk)

    assert sorted(result.index for result in sending.leftover) == list(range(1, concurrency + 1))
    assert {result.outcome for result in sending.leftover} == {"accepted"}
    assert len(desk.begun) == desk.ended == concurrency + 1
    assert sending.counts == {"accepted": concurrency + 1}


@pytest.mark.parametrize("leave", LEAVING)
async def test_rows_that_wait_for_their_turn_are_not_sent(leave: Callable[[SendMany, Desk], Awaitable[None]]) -> None:
    """A row that waits for the rate when the loop is left is kept as not sent, at once."""
    desk = Desk()
    gate = Gate(open_for=2)
    sending = desk.send(slow_rows(), concurrency=4, rate=gate)
    async with no_task_left():
        await leave(sending, desk)

    assert len(desk.begun) == 2
    assert collections.Counter(result.outcome for result in sending.leftover) == {"accepted": 1, "not_sent": 3}
    assert sending.counts == {"accepted": 2, "not_sent": 3}


async def test_a_row_that_is_not_on_the_wire_is_stopped_like_one_that_waits() -> None:
    """Where it is known who is on the wire, leaving waits for those alone; whoever waits inside `create` is not sent."""
    desk, on_wire = Desk(), set[Any]()

    async def create(**row: Any) -> Message:
        if row["body"] == "queued":
            await asyncio.Event().wait()
        on_wire.add(asyncio.current_task())
        try:
            return await desk.create(**row)
        finally:
            on_wire.discard(asyncio.current_task())

    sending = SendMany(
        create, numbered(["hi", "slow", "queued", "queued"]), concurrency=3, rate=None, per_sender_rate=None, stop_on=(),
        cost=lambda _: 1.0, fields=FIELDS, on_wire=on_wire,
    )  # fmt: skip
    async with no_task_left():
        await closed(sending, desk)

    assert sorted((result.index, result.outcome) for result in sending.leftover) == [
        (1, "accepted"),
        (2, "not_sent"),
        (3, "not_sent"),
    ]
    assert [row["body"] for row in desk.begun] == ["hi", "slow"]


@pytest.mark.parametrize("length", [3, 50])
async def test_results_that_nobody_took_are_kept(length: int) -> None:
    """Finished, but not yet taken out of the loop when it is left: kept like those in flight, be they the last or not."""
    desk = Desk()
    sending = desk.send(numbered(["hi"] * length), concurrency=3)
    async with no_task_left():
        results = aiter(sending)
        first = await anext(results)
        await settle()
        await results.aclose()

    assert sorted([first.index, *(result.index for result in sending.leftover)]) == list(range(len(desk.begun)))
    assert sending.counts == {"accepted": len(desk.begun)}


@pytest.mark.parametrize("concurrency", [1, 3])
@pytest.mark.parametrize("quick", [0, 1, 2])
async def test_a_second_cancellation_ends_it_and_still_loses_no_row(concurrency: int, quick: int) -> None:
    """Cut short while it finishes, a row in flight is kept as unknown, never as not sent: sent again, it would come twice."""
    desk = Desk()
    sending = desk.send(numbered([*["hi"] * quick, *["slow"] * 50]), concurrency=concurrency)
    holding = asyncio.Event()
    got = []

    async def consume() -> None:
        async with contextlib.aclosing(aiter(sending)) as results:
            async for result in results:
                got.append(result)
                await holding.wait()

    async with no_task_left():
        task = asyncio.ensure_future(consume())
        await settle()
        task.cancel()
        await settle()
        in_flight = desk.in_flight
        assert in_flight == concurrency
        assert not task.done()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    rows = [result.row["to"] for result in [*got, *sending.leftover]]
    assert sorted(rows) == sorted(row["to"] for row in desk.begun)
    assert collections.Counter(result.outcome for result in sending.leftover)["unknown"] == in_flight
    assert all(result.outcome == ("unknown" if result.row["body"] == "slow" else "accepted") for result in sending.leftover)
    assert sum(sending.counts.values()) == len(rows)
    assert desk.in_flight == 0


def test_a_loop_that_ends_sends_nothing_more() -> None:
    """When the program ends and cancels every task, no worker goes on to the next row, and those in flight are unknown."""
    desk: list[Desk] = []
    sendings: list[SendMany] = []

    async def main() -> None:
        desk.append(Desk())
        sendings.append(desk[0].send(numbered(["slow"] * 50), concurrency=3))
        task = asyncio.ensure_future(all_of(sendings[0]))
        await settle()
        assert not task.done()

    asyncio.run(main())

    assert len(desk[0].begun) == desk[0].ended == 3
    assert [result.outcome for result in sendings[0].leftover] == ["unknown"] * 3


async def test_a_source_that_waits_is_let_go() -> None:
    """Leaving while the rows keep it waiting does not wait for the next row, and gives the source time to clean up."""
    cleaned_up = False

    async def rows() -> AsyncIterator[Row]:
        nonlocal cleaned_up
        for row in numbered(["hi"] * 2):
            yield row
        try:
            await asyncio.Event().wait()
        finally:
            await settle()
            cleaned_up = True

    sending = Desk().send(rows(), rate=Gate(open_for=1))
    async with no_task_left():
        results = aiter(sending)
        await anext(results)
        await settle()
        await results.aclose()

    assert cleaned_up
    assert [(result.index, result.outcome) for result in sending.leftover] == [(1, "not_sent")]


async def test_a_source_that_does_not_let_go_begins_nothing() -> None:
    """A row that comes after the loop was left is kept as not sent, whoever insists on giving it."""
    row, late = numbered(["hi"] * 2)

    async def rows() -> AsyncIterator[Row]:
        yield row
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        yield late

    desk = Desk()
    sending = desk.send(rows())
    async with no_task_left():
        results = aiter(sending)
        await anext(results)
        await settle()
        await results.aclose()

    assert len(desk.begun) == 1
    assert [(result.index, result.outcome) for result in sending.leftover] == [(1, "not_sent")]


async def test_an_iterator_that_never_began_sends_nothing() -> None:
    """Closing before the first result reads no row."""
    desk, tray = Desk(), Tray(slow_rows())
    async with no_task_left():
        await aiter(desk.send(tray)).aclose()

    assert (desk.begun, tray.taken) == ([], 0)


# --- rates ---------------------------------------------------------------------------------------------------------------


class Gate(RateLimit):
    """A limit that lets a given cost pass and then nothing more."""

    def __init__(self, open_for: float) -> None:
        super().__init__(1.0)
        self.left = open_for
        self.asked: list[float] = []

    async def acquire(self, cost: float = 1.0) -> None:
        """Pass, or wait for ever."""
        self.asked.append(cost)
        self.left -= cost
        if self.left < 0:
            await asyncio.Event().wait()


async def test_a_row_pays_what_it_costs_before_it_is_sent() -> None:
    """The rate counts segments, and a row is begun only after they are paid for."""
    desk, gate = Desk(), Gate(open_for=7)
    costs = iter([3.0, 1.0, 2.0, 1.0])
    sending = desk.send(numbered(["hi"] * 4), concurrency=1, rate=gate, cost=lambda _: next(costs))

    assert len(await all_of(sending)) == 4
    assert (gate.asked, gate.left) == ([3.0, 1.0, 2.0, 1.0], 0)


async def test_a_bad_row_costs_no_turn() -> None:
    """What is never sent takes nothing of the rate."""
    gate = Gate(open_for=1)
    results = await all_of(Desk().send([{"bdoy": "hi"}, "x", *numbered(["hi"])], concurrency=1, rate=gate))

    assert [result.outcome for result in results] == ["not_sent", "not_sent", "accepted"]
    assert gate.asked == [1.0]


async def test_a_stop_ends_the_wait_for_a_turn() -> None:
    """Rows that wait for the rate when the sending stops come out of the loop as not sent."""
    desk, gate = Desk(), Gate(open_for=1)
    results = await all_of(desk.send(numbered(["refused", "hi", "hi", "hi"]), concurrency=3, rate=gate, stop_on=[20003]))

    assert [result.outcome for result in results] == ["rejected", "not_sent", "not_sent"]
    assert len(desk.begun) == 1


class Stopwatch(Desk):
    """A desk that notes when each message came."""

    def __init__(self) -> None:
        super().__init__()
        self.came: list[tuple[str, float]] = []

    async def create(self, **row: Any) -> Message:
        """`Messages.create`."""
        self.came.append((str(row.get("from_")), time.monotonic()))
        return await super().create(**row)


def assert_spaced(times: list[float], began: float, rate: float) -> None:
    """The n-th came no sooner than n spaces after the beginning; how much later depends on the machine."""
    for number, moment in enumerate(times):
        assert moment - began >= number / rate - 0.001


async def test_a_rate_spaces_the_messages() -> None:
    """At 500 a second, however many workers there are, the n-th message is not sent before n times 2 ms."""
    desk = Stopwatch()
    began = time.monotonic()
    await all_of(desk.send(numbered(["hi"] * 12), concurrency=10, rate=500))

    assert len(desk.came) == 12
    assert_spaced([moment for _, moment in desk.came], began, 500)


@pytest.mark.parametrize("rates", [400.0, {"+1": 400.0, "+2": 400.0}])
async def test_each_sender_has_its_own_rate(rates: Any) -> None:
    """A sender's messages are spaced by its rate, whether one number is given for all or one for each."""
    desk = Stopwatch()
    rows = [{"to": "+3", "from_": sender, "body": "hi"} for _ in range(8) for sender in ("+1", "+2")]
    began = time.monotonic()
    await all_of(desk.send(rows, concurrency=16, per_sender_rate=rates))

    for sender in ("+1", "+2"):
        times = [moment for name, moment in desk.came if name == sender]
        assert len(times) == 8
        assert_spaced(times, began, 400)


async def test_a_sender_without_a_rate_is_not_held_up() -> None:
    """Only the senders of the mapping are limited, numbers and services alike."""
    desk = Desk()
    rows = [
        {"to": "+3", "from_": "+1"}, {"to": "+4", "messaging_service_sid": "MG1"}, {"to": "+5", "from_": "+2"}, {"to": "+6"},
        {"to": "+7", "messaging_service_sid": "MG1"}, {"to": "+8", "from_": "+2"},
    ]  # fmt: skip
    sending = desk.send(rows, concurrency=6, per_sender_rate={"MG1": 1e-6})
    results = aiter(sending)
    got = {(await anext(results)).index for _ in range(5)}
    await results.aclose()

    assert got == {0, 1, 2, 3, 5}
    assert [(result.index, result.outcome) for result in sending.leftover] == [(4, "not_sent")]


async def test_both_rates_are_paid() -> None:
    """A row waits for its sender and for all together."""
    desk, gate = Desk(), Gate(open_for=100)
    sending = desk.send([{"to": "+3", "from_": "+1"}] * 2, concurrency=2, rate=gate, per_sender_rate=1e-6)
    results = aiter(sending)
    await anext(results)
    await settle()
    await results.aclose()

    assert (len(desk.begun), gate.asked) == (1, [1.0])


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("rate", 0),
        ("rate", -1),
        ("rate", float("nan")),
        ("rate", float("inf")),
        ("rate", "fast"),
        ("per_sender_rate", 0),
        ("per_sender_rate", "fast"),
        ("per_sender_rate", {"+1": 0}),
        ("per_sender_rate", {"+1": None}),
        ("concurrency", 0),
        ("concurrency", -1),
        ("concurrency", 1.5),
        ("concurrency", True),
        ("concurrency", "3"),
    ],
)
def test_an_impossible_limit_is_refused(argument: str, value: Any) -> None:
    """Where the bulk send is made, and by the argument's name."""
    with pytest.raises(InvalidArgument, match=rf"^messages\.send_many: {argument}") as caught:
        Desk().send([], **{argument: value})

    assert caught.value.argument == argument


# --- reading it ----------------------------------------------------------------------------------------------------------


async def test_it_counts_as_it_goes() -> None:
    """The counts are there during the loop, and the repr says them."""
    sending = Desk().send(numbered(["hi", "bad number", "lost"]), concurrency=1)
    await all_of(sending)

    assert repr(sending) == "<SendMany accepted=1 rejected=1 unknown=1>"


async def test_a_result_shows_no_number_and_no_text() -> None:
    """The repr of a result can go into a log: it says which row, what became of it, and no more."""
    results = await all_of(Desk().send(numbered(["hi", "bad number"]), concurrency=1))

    assert [repr(result) for result in results] == [
        "<SendResult 0 accepted <Message SM0 outbound-api queued>>",
        "<SendResult 1 rejected InvalidNumber>",
    ]
