"""`twilio_async.webhooks.asgi`: the middleware, and a request's raw parts. What holds everywhere is in `test_reception`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from tests.webhooks.apps import asgi_middleware_app, uvicorn_serving
from tests.webhooks.caller import INBOUND, TOKEN, call, signature
from twilio_async.webhooks import BodyTooLarge, InboundMessage, MalformedRequest, Webhooks
from twilio_async.webhooks.asgi import EVENT, Message, Receive, Scope, Send, WebhookMiddleware, read_body, request_target
from twilio_async.webhooks.starlette import receive as receive_again
from twilio_async.webhooks.starlette import respond

WEBHOOKS = Webhooks(TOKEN)
BODY = urlencode(INBOUND).encode()


def scope(**changed: Any) -> Scope:
    """A signed request, as a server tells of it."""
    headers = [
        (b"host", b"example.com"),
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"x-twilio-signature", signature("https://example.com/sms?a=1", INBOUND).encode()),
    ]
    told = {"type": "http", "method": "POST", "path": "/sms", "raw_path": b"/sms", "query_string": b"a=1", "headers": headers}
    return {**told, **changed}


class Server:
    """Tells the messages that it was given, and keeps what it is sent."""

    def __init__(self, *messages: Message) -> None:
        self._messages = list(messages)
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        return self._messages.pop(0)

    async def send(self, message: Message) -> None:
        self.sent.append(message)


class Application:
    """Keeps what reaches it; reads *reads* messages of a request."""

    def __init__(self, reads: int = 0) -> None:
        self._reads = reads
        self.scopes: list[Scope] = []
        self.messages: list[Message] = []

    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        self.scopes.append(scope)
        for _ in range(self._reads):
            self.messages.append(await receive())


async def test_the_body_is_given_once_and_then_what_the_server_says() -> None:
    """An application reads the body as if it were the first, and still learns that the caller has gone."""
    server = Server(
        {"type": "http.request", "body": BODY[:20], "more_body": True},
        {"type": "http.request", "more_body": True},
        {"type": "http.request", "body": BODY[20:]},
        {"type": "http.disconnect"},
    )
    application = Application(reads=2)

    await WebhookMiddleware(application, WEBHOOKS)(scope(), server.receive, server.send)

    assert application.messages == [{"type": "http.request", "body": BODY, "more_body": False}, {"type": "http.disconnect"}]
    assert isinstance(application.scopes[0][EVENT], InboundMessage)


async def test_the_form_can_still_be_read_over_a_real_connection() -> None:
    """What a server sends in pieces reaches the application whole."""
    fields = [*INBOUND, ("Pad", "x" * 200_000)]
    async with asgi_middleware_app(WEBHOOKS) as app:
        await call(f"{app.url}/sms", fields)

    assert app.forms == [fields]


async def test_a_caller_who_goes_away_reaches_nobody() -> None:
    """Half a request is not handed on, and nothing is answered to nobody."""
    server = Server({"type": "http.request", "body": BODY[:20], "more_body": True}, {"type": "http.disconnect"})
    application = Application()

    await WebhookMiddleware(application, WEBHOOKS)(scope(), server.receive, server.send)

    assert (application.scopes, server.sent) == ([], [])


async def test_a_refusal_is_a_status_and_nothing_else() -> None:
    """The sender learns the status; the application, nothing."""
    server = Server({"type": "http.request", "body": b"Body=changed"})
    application = Application()

    await WebhookMiddleware(application, WEBHOOKS)(scope(), server.receive, server.send)

    start, body = server.sent
    assert (start["status"], start["headers"], body["body"]) == (403, [(b"content-length", b"0")], b"")
    assert application.scopes == []


async def test_start_and_stop_of_the_application_pass() -> None:
    """The application behind it is told when the server starts."""
    application = Application()

    await WebhookMiddleware(application, WEBHOOKS)({"type": "lifespan"}, Server().receive, Server().send)

    assert application.scopes == [{"type": "lifespan"}]


async def test_a_websocket_is_refused() -> None:
    """Nothing passes for not being HTTP."""
    server, application = Server({"type": "websocket.connect"}), Application()

    await WebhookMiddleware(application, WEBHOOKS)({**scope(), "type": "websocket"}, server.receive, server.send)

    assert [message["type"] for message in server.sent] == ["websocket.close"]
    assert application.scopes == []


@pytest.mark.parametrize("mounted", [False, True], ids=["whole application", "mounted"])
async def test_it_goes_with_starlettes_own_ways(mounted: bool) -> None:
    """Given as a ``Middleware``, or around what is mounted, it sees the whole path; the event may also be received again."""
    seen: list[InboundMessage] = []

    async def handle(request: Request) -> Response:
        assert isinstance(request.scope[EVENT], InboundMessage)
        assert await request.body() == BODY
        seen.append(await receive_again(WEBHOOKS, request, InboundMessage))
        return respond()

    routes = [Route("/sms", handle, methods=["POST"])]
    middleware = Middleware(WebhookMiddleware, webhooks=WEBHOOKS)
    inner = Starlette(routes=routes, middleware=[middleware])
    application = Starlette(routes=[Mount("/twilio", inner)]) if mounted else inner

    async with uvicorn_serving(application) as url:
        answer = await call(f"{url}/twilio/sms" if mounted else f"{url}/sms", INBOUND)

    assert (answer.status, len(seen)) == (200, 1)


@pytest.mark.parametrize(
    ("told", "target"),
    [
        ({"path": "/a/b", "raw_path": b"/a%2Fb", "query_string": b"x=1&x=2"}, b"/a%2Fb?x=1&x=2"),
        ({"path": "/sms", "raw_path": b"/sms", "query_string": b""}, b"/sms"),
        ({"path": "/sms", "raw_path": None, "query_string": b"x"}, b"/sms?x"),
        ({"path": "/café/a b"}, b"/caf%C3%A9/a%20b"),
        ({"path": "/a!$&'()*+,;=:@-._~b"}, b"/a!$&'()*+,;=:@-._~b"),
        ({"path": "/\ud800"}, b"/%3F"),
    ],
)  # fmt: skip
def test_the_target_is_the_raw_one_if_the_server_tells_it(told: Scope, target: bytes) -> None:
    """Otherwise the path is written as RFC 3986 would have it."""
    assert request_target(told) == target


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_path_is_not_changed_by_writing_it_again(path: str) -> None:
    """Whatever the decoded path is, it is what the written one decodes to, and nothing in it begins a query."""
    written = request_target({"path": f"/{path}"})

    assert unquote_to_bytes(written) == f"/{path}".encode()
    assert not set(written) & set(b"?# ")


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    """A body as it comes."""
    for part in parts:
        yield part


async def test_a_body_is_read_up_to_its_limit_and_no_further() -> None:
    """The piece that exceeds the limit is the last that is taken, and a length that says so is believed at once."""
    assert await read_body({"headers": []}, pieces(b"12345", b"", b"67890"), 10) == b"1234567890"

    left = pieces(b"12345", b"678901", b"never")
    with pytest.raises(BodyTooLarge):
        await read_body({"headers": []}, left, 10)
    assert [part async for part in left] == [b"never"]

    with pytest.raises(BodyTooLarge):
        await read_body({"headers": [(b"Content-Length", b"11")]}, pieces(), 10)
    with pytest.raises(MalformedRequest):
        await read_body({"headers": [(b"content-length", b"\xb2")]}, pieces(), 10)


def test_it_needs_no_framework() -> None:
    """Neither the webhooks nor the bare middlewares load what an application may not have."""
    code = (
        "import sys; from twilio_async.webhooks import asgi, wsgi\n"
        "print(sorted({'aiohttp', 'starlette', 'fastapi', 'flask', 'django', 'werkzeug', 'yarl', 'anyio'} & set(sys.modules)))"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
