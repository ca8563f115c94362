"""An application that Twilio calls: it keeps what it is told, and answers what a test says."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple, TypeAlias
from urllib.parse import parse_qsl

from aiohttp import web


class Told(NamedTuple):
    """A request that arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def fields(self) -> dict[str, str]:
        """Of the form, or of the query."""
        encoded = self.body.decode() if self.method == "POST" else self.target.partition("?")[2]
        return dict(parse_qsl(encoded, keep_blank_values=True))


Answer: TypeAlias = web.Response | Callable[[Told], Awaitable[web.Response]]


def twiml(document: str) -> web.Response:
    """A document as an answer."""
    return web.Response(text=document, content_type="text/xml")


class Application:
    """A server with an answer for each request.

    Attributes:
        url: scheme, host and port.
        told: what arrived, in order.
        answers: what the next requests get, in order; afterwards an empty 200.
    """

    def __init__(self) -> None:
        self.url = ""
        self.told: list[Told] = []
        self.answers: deque[Answer] = deque()

    @property
    def statuses(self) -> list[str]:
        """What status callbacks told, in order."""
        return [told.fields["MessageStatus"] for told in self.told]

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Note a request and answer it."""
        told = Told(request.method, request.raw_path, dict(request.headers), await request.read())
        self.told.append(told)
        if not self.answers:
            return web.Response()
        answer = self.answers.popleft()
        return answer if isinstance(answer, web.Response) else await answer(told)


@asynccontextmanager
async def running_application() -> AsyncIterator[Application]:
    """An application on loopback."""
    application = Application()
    runner = web.ServerRunner(web.Server(application.handle), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    application.url = f"http://{host}:{port}"
    try:
        yield application
    finally:
        await runner.cleanup()
