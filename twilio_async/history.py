"""Many days of messages at once: a long range is cut into UTC days, and several are read while one is consumed."""

from __future__ import annotations

import asyncio
import collections
import datetime as dt
import itertools
from collections.abc import AsyncGenerator, Callable, Collection, Iterator
from typing import TYPE_CHECKING, TypeAlias

import anyio

from twilio_async import _wire
from twilio_async.errors import InvalidArgument

if TYPE_CHECKING:
    from twilio_async.pages import Page, Pages
    from twilio_async.resources.messages import Message


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
    ahead: collections.deque[_Begun] = collections.deque()
    try:
        ahead.extend(_begin(list_day(day)) for day in itertools.islice(days, concurrency))
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
        await _abandon(ahead)


_Reader: TypeAlias = "AsyncGenerator[Page[Message], None]"
_Begun: TypeAlias = "asyncio.Task[tuple[_Reader, Page[Message] | None]]"


def _begin(pages: Pages[Message]) -> _Begun:
    """Start reading a day now; what has been read of it waits until its turn comes."""

    async def first() -> tuple[_Reader, Page[Message] | None]:
        reader = pages.pages()
        return reader, await anext(reader, None)

    return asyncio.ensure_future(first())


async def _abandon(days: Collection[_Begun]) -> None:
    """Stop reading, so that no request is left running."""
    for begun in days:
        begun.cancel()
    with anyio.CancelScope(shield=True):  # a cancelled scope would wait for none of them
        for begun in days:
            await asyncio.wait([begun])
            if not begun.cancelled() and begun.exception() is None:
                reader, _ = begun.result()
                await reader.aclose()


def _days(since: dt.datetime, until: dt.datetime) -> Iterator[dt.date]:
    """The UTC days that hold a moment of the range, newest first."""
    if since < until:
        last = (until - dt.timedelta.resolution).toordinal()
        yield from map(dt.date.fromordinal, range(last, since.toordinal() - 1, -1))


def _moment(name: str, value: dt.date) -> dt.datetime:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime.combine(value, dt.time(), dt.UTC)
    try:
        return _wire.in_utc(value)
    except _wire.Unsendable as error:
        raise InvalidArgument(f"{name}: {error}", argument=name, operation="messages.history") from None
