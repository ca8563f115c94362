"""A long range read by days: every message of it once, newest first, with so many days at once and nothing left behind."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from typing import Any

import anyio
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.tasks import no_task_left, settle
from twilio_async.errors import ConnectError, InvalidArgument
from twilio_async.history import newest_first
from twilio_async.pages import Page, Pages
from twilio_async.resources.messages import Message

NOON = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
EAST = dt.timezone(dt.timedelta(hours=9))
WEST = dt.timezone(dt.timedelta(hours=-5))


def message(number: int, sent: dt.datetime | None) -> Message:
    """A message that differs from every other."""
    return Message(sid=f"SM{number}", account_sid="AC1", status="sent", direction="inbound", date_sent=sent)


class Archive:
    """What Twilio holds, listed by UTC day, newest first, in small pages; with an account of what is being asked."""

    def __init__(
        self, sent: Sequence[dt.datetime], *, page: int = 3, torn: dt.date | None = None, delays: Sequence[int] = ()
    ) -> None:
        self.messages = [message(number, time) for number, time in enumerate(sorted(sent, reverse=True))]
        self.page = page
        self.torn = torn
        """The day that cannot be read."""
        self.delays = delays
        self.stuck: asyncio.Event | None = None
        """If set, every fetch waits for it."""
        self.days: list[dt.date] = []
        self.in_flight = 0
        self.most = 0
        self.fetches = 0

    def list_day(self, day: dt.date) -> Pages[Message]:
        """The messages of one UTC day."""
        self.days.append(day)
        found = [held for held in self.messages if held.date_sent and held.date_sent.astimezone(dt.UTC).date() == day]

        async def fetch(token: str | None, size: int) -> Page[Message]:
            start = int(token or 0)
            await self._trip()
            if day == self.torn:
                raise ConnectError("torn", operation="messages.list")
            rest = len(found) > start + self.page
            return Page(found[start : start + self.page], str(start + self.page) if rest else None)

        return Pages(fetch, operation="messages.list", largest=self.page)

    async def _trip(self) -> None:
        self.fetches += 1
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        try:
            for _ in range(1 + (self.delays[self.fetches % len(self.delays)] if self.delays else 0)):
                await asyncio.sleep(0)
            if self.stuck is not None:
                await self.stuck.wait()
        except asyncio.CancelledError:
            for _ in range(3):
                await asyncio.sleep(0)
            raise
        finally:
            self.in_flight -= 1

    async def read(self, since: dt.date, until: dt.date, concurrency: int = 3) -> list[Message]:
        """The whole of a range."""
        return [got async for got in newest_first(self.list_day, since, until, concurrency)]

    def sent_between(self, since: dt.datetime, until: dt.datetime) -> list[Message]:
        """The same by looking at every message."""
        return [held for held in self.messages if held.date_sent and since <= held.date_sent < until]


def hourly(days: int) -> list[dt.datetime]:
    """A message each hour, up to now."""
    return [NOON - dt.timedelta(hours=hours) for hours in range(24 * days)]


def midnight(bound: dt.date) -> dt.datetime:
    """The moment that a bound means."""
    return bound if isinstance(bound, dt.datetime) else dt.datetime.combine(bound, dt.time(), dt.UTC)


offsets = st.one_of(st.integers(-4 * 86400, 4 * 86400), st.integers(-4, 4).map(lambda days: days * 86400 + 43200))
moments = offsets.map(lambda seconds: NOON + dt.timedelta(seconds=seconds))
zones = st.sampled_from([dt.UTC, EAST, WEST])
bounds = st.one_of(st.builds(dt.datetime.astimezone, moments, zones), moments.map(dt.datetime.date))


@given(
    sent=st.lists(moments, max_size=30),
    since=bounds,
    until=bounds,
    page=st.integers(1, 5),
    concurrency=st.integers(1, 12),
    delays=st.lists(st.integers(0, 10), max_size=7),
)
@example([NOON, NOON], NOON, NOON + dt.timedelta(seconds=1), 1, 1, [])
@example([NOON], NOON, NOON, 1, 1, [])
@example([dt.datetime(2026, 3, 10, tzinfo=dt.UTC)], dt.date(2026, 3, 10), dt.date(2026, 3, 11), 1, 1, [])
@example([dt.datetime(2026, 3, 10, tzinfo=dt.UTC)], dt.date(2026, 3, 9), dt.date(2026, 3, 10), 1, 1, [])
def test_every_message_of_a_range_comes_once_newest_first(
    sent: list[dt.datetime], since: dt.date, until: dt.date, page: int, concurrency: int, delays: list[int]
) -> None:
    """Whatever was sent when and however slow each day is, what comes is what looking at every message would give."""

    async def main() -> None:
        archive = Archive(sent, page=page, delays=delays)
        async with no_task_left():
            got = await archive.read(since, until, concurrency)

        assert got == archive.sent_between(midnight(since), midnight(until))
        assert archive.most <= concurrency
        assert len(set(archive.days)) == len(archive.days)
        assert archive.in_flight == 0

    asyncio.run(main())


async def test_the_first_moment_is_in_it_and_the_last_is_not() -> None:
    """Two ranges that meet have every message once between them."""
    archive = Archive([NOON - DAY, NOON, NOON + DAY])
    early, late = await archive.read(NOON - DAY, NOON), await archive.read(NOON, NOON + DAY)

    assert [got.date_sent for got in late + early] == [NOON, NOON - DAY]


async def test_only_days_of_the_range_are_asked_for() -> None:
    """A bound at midnight does not touch the day that it ends, and one behind it does; newest first."""
    archive = Archive([])
    await archive.read(dt.date(2026, 3, 8), dt.date(2026, 3, 10))
    assert archive.days == [dt.date(2026, 3, 9), dt.date(2026, 3, 8)]

    archive = Archive([])
    await archive.read(NOON - DAY, dt.datetime(2026, 3, 10, 0, 0, 0, 1, tzinfo=dt.UTC))
    assert archive.days == [dt.date(2026, 3, 10), dt.date(2026, 3, 9)]


async def test_a_day_is_twilios_day() -> None:
    """Bounds in another zone are moments: their local date does not matter."""
    archive = Archive([])
    await archive.read(dt.datetime(2026, 3, 10, 8, 0, tzinfo=EAST), dt.datetime(2026, 3, 10, 20, 0, tzinfo=WEST))

    assert archive.days == [dt.date(2026, 3, 11), dt.date(2026, 3, 10), dt.date(2026, 3, 9)]


@pytest.mark.parametrize(("since", "until"), [(NOON, NOON), (NOON, NOON - DAY), (dt.date(2026, 3, 10), dt.date(2026, 3, 10))])
async def test_an_empty_range_asks_nothing(since: dt.date, until: dt.date) -> None:
    """From a moment to itself, or backwards, there is nothing, and no request is made for it."""
    archive = Archive(hourly(3))

    assert await archive.read(since, until) == []
    assert archive.days == []


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (dt.date.min, dt.date(1, 1, 3)),
        (dt.datetime(1, 1, 1, tzinfo=dt.UTC), dt.date(1, 1, 3)),
        (dt.date(9999, 12, 30), dt.datetime.max.replace(tzinfo=dt.UTC)),
    ],
)
async def test_the_calendar_has_ends(since: dt.date, until: dt.date) -> None:
    """The first and the last day that there is are days like any other."""
    archive = Archive([])

    assert await archive.read(since, until) == []
    assert len(archive.days) == 2


async def test_what_was_not_sent_yet_is_not_in_it() -> None:
    """A message without a time of sending has no place in the order."""
    archive = Archive([NOON])

    async def fetch(token: str | None, size: int) -> Page[Message]:
        return Page([message(7, None), *archive.messages], None)

    def list_day(_: dt.date) -> Pages[Message]:
        return Pages(fetch, operation="messages.list", largest=10)

    assert [got async for got in newest_first(list_day, NOON - dt.timedelta(hours=1), NOON + DAY / 4, 1)] == archive.messages


# --- how much at once ----------------------------------------------------------------------------------------------------


async def test_days_are_read_ahead_as_many_as_allowed() -> None:
    """Before the first message is there, the first four days are being read, and no other."""
    archive = Archive(hourly(10))
    archive.stuck = asyncio.Event()
    reading = asyncio.ensure_future(archive.read(NOON - 9 * DAY, NOON, concurrency=4))
    await settle()

    assert (len(archive.days), archive.in_flight) == (4, 4)
    archive.stuck.set()
    await reading
    assert archive.most == 4


async def test_a_consumer_that_does_not_ask_is_not_overrun() -> None:
    """However long it works on one message, of each day being read two pages are fetched at most, and no further day."""
    archive = Archive(hourly(10), page=2)
    history = newest_first(archive.list_day, NOON - 9 * DAY, NOON, 3)
    await anext(history)
    await settle()

    assert len(archive.days) == 3
    assert archive.fetches <= 3 * 2
    await history.aclose()


async def test_nothing_happens_before_the_first_message_is_asked_for() -> None:
    """Making a history makes no request."""
    archive = Archive(hourly(3))
    history = newest_first(archive.list_day, NOON - DAY, NOON, 3)
    await settle()

    assert archive.fetches == 0
    await history.aclose()


# --- leaving -------------------------------------------------------------------------------------------------------------


async def test_leaving_the_loop_stops_every_day() -> None:
    """After a ``break`` all that was being read is cancelled and cleans up, and nothing new begins."""
    archive = Archive(hourly(10))
    async with no_task_left():
        async for _ in newest_first(archive.list_day, NOON - 9 * DAY, NOON, 4):
            archive.stuck = asyncio.Event()
            await settle()
            begun = archive.fetches
            break
        await settle()

    assert (archive.in_flight, archive.fetches) == (0, begun)


async def test_closing_waits_until_every_day_is_gone() -> None:
    """When ``aclose()`` returns, no task is left, not even one that is being cancelled."""
    archive = Archive(hourly(10))
    async with no_task_left():
        history = newest_first(archive.list_day, NOON - 9 * DAY, NOON, 4)
        await anext(history)
        archive.stuck = asyncio.Event()
        await settle()
        await history.aclose()

    assert archive.in_flight == 0


@pytest.mark.parametrize("seen", [0, 1, 20])
async def test_a_cancelled_consumer_takes_every_day_along(seen: int) -> None:
    """Cancelled while it waits for a page, a consumer leaves nothing running."""
    archive = Archive(hourly(10))

    async def consume() -> None:
        history = newest_first(archive.list_day, NOON - 9 * DAY, NOON, 4)
        for _ in range(seen):
            await anext(history)
        archive.stuck = asyncio.Event()
        async for _ in history:
            pass

    async with no_task_left():
        task = asyncio.ensure_future(consume())
        await settle()
        assert archive.in_flight
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert archive.in_flight == 0


async def test_a_cancelled_scope_takes_every_day_along() -> None:
    """Where every wait is cancelled again, the days behind the first are stopped as well."""
    archive = Archive(hourly(10))
    archive.stuck = asyncio.Event()

    async def interrupt() -> None:
        await settle()
        assert archive.in_flight == 4
        scope.cancel()

    async with no_task_left(), asyncio.TaskGroup() as group:
        with anyio.CancelScope() as scope:
            group.create_task(interrupt())
            await archive.read(NOON - 9 * DAY, NOON, concurrency=4)
        assert scope.cancelled_caught
        assert archive.in_flight == 0


@pytest.mark.parametrize("torn", range(5))
async def test_an_error_in_the_middle_leaves_nothing_running(torn: int) -> None:
    """All newer messages come first, then the error as it is, and no request is left."""
    day = NOON.date() - torn * DAY
    archive = Archive(hourly(6), torn=day)
    got = []
    async with no_task_left():
        with pytest.raises(ConnectError, match="torn"):
            async for each in newest_first(archive.list_day, NOON - 5 * DAY, NOON + DAY, 3):
                got.append(each)  # noqa: PERF401 - the loop is to be interrupted

    assert got == archive.sent_between(midnight(day + DAY), NOON + DAY)
    assert archive.in_flight == 0


async def test_a_list_that_cannot_be_made_leaves_nothing_running() -> None:
    """A mistake that shows with the second day takes the first along."""
    archive = Archive(hourly(6))

    def list_day(day: dt.date) -> Pages[Message]:
        if archive.days:
            raise InvalidArgument("to: wrong", argument="to", operation="messages.list")
        return archive.list_day(day)

    async with no_task_left():
        with pytest.raises(InvalidArgument, match="to: wrong"):
            await anext(newest_first(list_day, NOON - 5 * DAY, NOON, 3))


# --- mistakes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("since", dt.datetime(2026, 3, 9)),  # noqa: DTZ001 - naive on purpose
        ("until", dt.datetime(2026, 3, 9)),  # noqa: DTZ001 - naive on purpose
        ("since", dt.datetime(1, 1, 1, tzinfo=EAST)),
        ("until", dt.datetime(9999, 12, 31, 23, tzinfo=WEST)),
        ("since", "2026-03-09"),
        ("until", None),
        ("since", 1_767_344_400),
        ("concurrency", 0),
        ("concurrency", -1),
        ("concurrency", 2.0),
        ("concurrency", True),
        ("concurrency", "3"),
    ],
)
def test_a_mistake_is_raised_where_it_stands(argument: str, value: Any) -> None:
    """Not at the first message, but where the history is made; the error names the argument."""
    arguments: dict[str, Any] = {"since": NOON - DAY, "until": NOON, "concurrency": 3, argument: value}
    with pytest.raises(InvalidArgument, match=rf"^messages\.history: {argument}") as caught:
        newest_first(Archive([]).list_day, **arguments)

    assert caught.value.argument == argument
