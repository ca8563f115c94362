"""What happens, told while it happens."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator

import anyio
import httpx
import pytest
from aiohttp import web

from tests.emulator.conftest import Connect, until
from twilio_async.emulator import Emulator
from twilio_async.emulator.api.server import Server
from twilio_async.emulator.domain.records import Message
from twilio_async.emulator.events import Events
from twilio_async.emulator.remote.event_stream import stream

EVENTS = "/_emulator/events"


async def frame(lines: AsyncIterator[str]) -> dict[str, str]:
    """The next event or comment, by the names of its fields; a comment's is empty."""
    found: dict[str, str] = {}
    async for line in lines:
        if not line:
            return found
        name, _, value = line.partition(":")
        found[name] = value.strip()
    return found


async def test_what_happens_is_told_as_it_happens(connect: Connect) -> None:
    """Each event with its name, its number, and the record as JSON in one line; it ends with the emulator."""
    async with Emulator(lifecycle="manual") as emulator, connect(emulator) as api, api.stream("GET", EVENTS) as answer:
        assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        lines = answer.aiter_lines()
        assert "" in await frame(lines)
        sent = {"To": "+15558675310", "From": emulator.number, "Body": "two\nlines"}
        await api.post(f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json", data=sent)
        created, asked = await frame(lines), await frame(lines)
        assert (created["event"], created["id"], asked["event"], asked["id"]) == ("message.created", "1", "request", "2")
        told = json.loads(created["data"])
        assert (told["name"], told["record"]["body"], told["record"]["from"]) == (
            "message.created",
            "two\nlines",
            emulator.number,
        )
        emulator.deliver(emulator.messages[0])
        assert json.loads((await frame(lines))["data"])["record"]["status"] == "delivered"
        await emulator.__aexit__(None, None, None)
        assert await frame(lines) == {}


@pytest.fixture
async def endless() -> AsyncIterator[tuple[Events, Server]]:
    """A stream of what a test says that happens, to readers of whom little patience is had."""
    emulator = Emulator()
    events = Events(emulator.clock)

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        with events.subscribe() as subscription:
            return await stream(request, subscription, keep_alive=0.01, patience=0.05)

    server = await Server.open(handle)
    yield events, server
    events.close()
    await server.close()


async def test_silence_is_no_end(endless: tuple[Events, Server]) -> None:
    """While nothing happens, comments keep the connection alive."""
    _, server = endless
    async with httpx.AsyncClient(verify=False) as client, client.stream("GET", server.url) as answer:
        lines = answer.aiter_lines()
        assert [await frame(lines) for _ in range(3)] == [{"": "what happens from now on"}, *[{"": "nothing happens"}] * 2]


async def test_who_reads_nothing_is_dropped(endless: tuple[Events, Server]) -> None:
    """What he does not read would be kept for ever."""
    events, server = endless
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))) as silent:
        silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        silent.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await until(lambda: events._subscriptions)
        event: Message = Emulator().add_message(body="x" * 100_000)
        for _ in range(200):
            events.tell("message.created", event)
        with anyio.fail_after(10):
            await until(lambda: not events._subscriptions)


async def test_who_has_gone_is_dropped(endless: tuple[Events, Server]) -> None:
    """It is noticed when there is something to tell him, be it nothing."""
    events, server = endless
    async with httpx.AsyncClient(verify=False) as client, client.stream("GET", server.url) as answer:
        await anext(answer.aiter_lines())
        assert events._subscriptions
    with anyio.fail_after(10):
        await until(lambda: not events._subscriptions)
