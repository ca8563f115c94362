"""What happens, as Server-Sent Events.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Final

import msgspec
from aiohttp import web

from twilio_async.emulator.events import Event, Subscription
from twilio_async.emulator.remote.plain import plain

MARK: Final = "X-Twilio-Emulator"
"""The header by which an answer is known to be an emulator's."""

_HEADERS: Final = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", MARK: "1"}
_WELCOME: Final = b": what happens from now on\n\n"
_STILL_HERE: Final = b": nothing happens\n\n"


async def stream(
    request: web.BaseRequest, events: Subscription, *, keep_alive: float = 15.0, patience: float = 10.0
) -> web.StreamResponse:
    """Tell of events until there are no more, or nobody listens.

    Args:
        request: is answered.
        events: what is told; they have begun before the first byte of the answer.
        keep_alive: seconds without an event until a comment says that all is well. Default 15.
        patience: seconds that a reader may leave something unread, before he is dropped. Default 10.
    """
    response = web.StreamResponse(headers=_HEADERS)
    await response.prepare(request)
    serials = count(1)
    try:
        await _write(response, _WELCOME, patience)
        while (event := await _next(events, keep_alive)) is not None:
            await _write(response, _STILL_HERE if isinstance(event, TimeoutError) else _frame(next(serials), event), patience)
        await response.write_eof()
    except (TimeoutError, ConnectionError):  # slow, or gone
        if request.transport is not None:
            request.transport.abort()
    return response


async def _next(events: Subscription, keep_alive: float) -> Event | TimeoutError | None:
    try:
        async with asyncio.timeout(keep_alive):
            return await anext(events)
    except StopAsyncIteration:
        return None
    except TimeoutError as nothing:
        return nothing


async def _write(response: web.StreamResponse, data: bytes, patience: float) -> None:
    async with asyncio.timeout(patience):
        await response.write(data)


def _frame(serial: int, event: Event) -> bytes:
    # JSON has no line ends but as escapes, so that one line of data holds it all.
    return b"event: %s\nid: %d\ndata: %s\n\n" % (event.name.encode(), serial, msgspec.json.encode(plain(event)))
