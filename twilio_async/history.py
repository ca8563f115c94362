"""Many days of messages at once: a long range is cut into UTC days, and several are read while one is consumed."""

from __future__ import annotations

import asyncio
import collections
import datetime as dt
import itertools
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from twilio_async.errors import InvalidArgument

if TYPE_CHECKING:
    from twilio_async.pages import Page, Pages
    from twilio_async.resources.messages import Message

_DAY = dt.timedelta(days=1)


def newest_first(
    list_day: Callable[[dt.date], Pages[Message]], since: dt.date, until: dt.date, concurrency: int
) -> AsyncGenerator[Message, None]:
    """The messages sent from *since* up to, and without, *until*; the arguments are checked at once, not at the first item.

    Args:
        list_day: the messages of one UTC day, newest first.
        since: a moment, or a date for its midnight in UTC.
        until: a moment, or a date for its midnight in UTC.
        concurrency: days read at once.

    Raises:
        InvalidArgument: a naive datetime, or fewer than one day at once.
    """
    if isinstance(concurrency, bool) or not isinstance(concurrency, int) or concurrency < 1:
        raise InvalidArgument(f"concurrency={concurrency!r}: at least 1", argument="concurrency", operation="messages.history")
    return _read(list_day, _moment("since", since), _moment("until", until), concurrency)


async def _read(
    list_day: Callable[[dt.date], Pages[Message]], since: dt.datetime, until: dt.datetime, concurrency: int
) -> AsyncGenerator[Message, None]:
    days = _days(since, until)
    ahead = collections.deque(_begin(list_day(day)) for day in itertools.islice(days, concurrency))
    try:
        while ahead:
            reader, page = await ahead[0]
            while page is not None:
                for message in page:
                    if message.date_sent is not None and since <= message.date_sent < until:
                        yield message
                page = await anext(reader, None)
            ahead.popleft()
            ahead.extend(_begin(list_day(day)) for day in itertools.islice(days, 1))
    finally:
        for begun in ahead:
            await _abandon(begun)


_Reader: TypeAlias = "AsyncGenerator[Page[Message], None]"
_Begun: TypeAlias = "asyncio.Task[tuple[_Reader, Page[Message] | None]]"


def _begin(pages: Pages[Message]) -> _Begun:
    """Start reading a day now; what has been read of it waits until its turn comes."""

    async def first() -> tuple[_Reader, Page[Message] | None]:
        reader = pages.pages()
        return reader, await anext(reader, None)

    return asyncio.ensure_future(first())


async def _abandon(begun: _Begun) -> None:
    """Stop reading a day, so that no request of it is left running."""
    begun.cancel()
    await asyncio.wait([begun])
    if not begun.cancelled() and begun.exception() is None:
        reader, _ = begun.result()
        await reader.aclose()


def _days(since: dt.datetime, until: dt.datetime) -> Iterator[dt.date]:
    """The UTC days that hold a moment of the range, newest first."""
    if since >= until:
        return
    day = (until - dt.timedelta.resolution).date()
    while day >= since.date():
        yield day
        day -= _DAY


def _moment(name: str, value: dt.date) -> dt.datetime:
    if isinstance(value, dt.datetime):
        if value.utcoffset() is None:
            raise InvalidArgument(
                f"{name}: a naive datetime names no instant: add a zone, for instance tzinfo=datetime.UTC",
                argument=name, operation="messages.history",
            )  # fmt: skip
        return value.astimezone(dt.UTC)
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time(), dt.UTC)
    raise InvalidArgument(
        f"{name}: expected a date or a datetime, got {type(value).__name__}", argument=name, operation="messages.history"
    )
