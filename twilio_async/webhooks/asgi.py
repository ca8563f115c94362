"""Webhooks in any ASGI application: a middleware, and the raw parts of a request for the adapters of frameworks.

With uvicorn's ``--root-path`` the path that an application sees has the prefix already: then ``public_url`` needs none.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import quote

from twilio_async.webhooks._reception import EVENT, check_length, refuse, take
from twilio_async.webhooks.errors import BodyTooLarge, WebhookError
from twilio_async.webhooks.receiver import Webhooks

__all__ = ["EVENT", "WebhookMiddleware", "read_body", "request_target"]

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_PATH_KEPT = "/!$&'()*+,;=:@~"  # what RFC 3986 lets stand in a path as it is, beside what `quote` always leaves


class WebhookMiddleware:
    """Lets through only what Twilio signed, and leaves the event in ``scope[EVENT]``. The body can still be read.

    Put it around a part of the application that holds nothing but webhooks: whatever else is asked for there is answered 403
    (400, 413), without a reason; that is in the log ``twilio_async.webhooks``. A WebSocket is refused.

    Args:
        app: the ASGI application behind it.
        webhooks: what verifies.
    """

    def __init__(self, app: App, webhooks: Webhooks) -> None:
        self._app = app
        self._webhooks = webhooks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI wants it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await read_body(scope, _chunks(receive), self._webhooks.max_body)
            scope[EVENT] = take(self._webhooks, scope["method"], request_target(scope), scope["headers"], body)
        except WebhookError as error:
            await _answer(refuse(error), send)
        except _Disconnected:
            return
        else:
            await self._app(scope, _replay(body, receive), send)


def request_target(scope: Scope) -> bytes:
    """Path and query of a request, as they came.

    Args:
        scope: of an HTTP request. A server that does not tell the raw path has lost whether a slash was written ``%2F``.
    """
    path: bytes = scope.get("raw_path") or quote(scope["path"], safe=_PATH_KEPT, errors="replace").encode()
    query: bytes = scope.get("query_string") or b""
    return path + b"?" + query if query else path


async def read_body(scope: Scope, chunks: AsyncIterable[bytes], limit: int) -> bytes:
    """The whole body of a request, and never much more than may be.

    Args:
        scope: of an HTTP request.
        chunks: its body as it comes.
        limit: bytes that it may have.

    Raises:
        BodyTooLarge: it has more, or says that it will.
        MalformedRequest: its Content-Length is no number.
    """
    for name, value in scope["headers"]:
        if name.lower() == b"content-length":
            check_length(value.decode("latin-1"), limit)
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > limit:
            raise BodyTooLarge(limit)
    return bytes(body)


class _Disconnected(Exception):
    """Nobody waits for an answer any more."""


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Disconnected
        yield message.get("body", b"")
        more = message.get("more_body", False)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A channel that gives *body* once, and then what the server has to say."""
    told: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return told.pop() if told else await receive()

    return replay


async def _answer(status: int, send: Send) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
