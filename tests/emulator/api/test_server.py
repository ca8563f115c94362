"""Sockets on loopback: where they listen, and how they end."""

from __future__ import annotations

import anyio
import httpx
import pytest
from aiohttp import web

from twilio_async.emulator.api.server import Server


async def hello(_: web.BaseRequest) -> web.StreamResponse:
    """Answers anything."""
    return web.Response(text="Hello")


async def for_ever(_: web.BaseRequest) -> web.StreamResponse:
    """Never answers."""
    await anyio.sleep_forever()
    raise AssertionError


async def test_a_server_listens_on_loopback_alone() -> None:
    """At a port of its own, or at the one that is asked for, if it is free."""
    server = await Server.open(hello)
    assert server.url.startswith("http://127.0.0.1:")
    async with httpx.AsyncClient(verify=False) as client:
        assert (await client.get(server.url)).text == "Hello"
    port = int(server.url.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"):
        await Server.open(hello, port)
    await server.close()
    again = await Server.open(hello, port)
    assert again.url == server.url
    await again.close()


async def test_a_closed_server_is_gone_with_its_connections() -> None:
    """Idle connections do not hold it up, and nobody is answered any more."""
    server = await Server.open(hello)
    async with httpx.AsyncClient(verify=False) as client:
        await client.get(server.url)
        await server.close()
        with pytest.raises(httpx.TransportError):
            await client.get(server.url)


async def test_a_request_in_flight_does_not_hold_up_the_end() -> None:
    """It gets a moment, then its connection is closed."""
    server = await Server.open(for_ever)
    stream = await anyio.connect_tcp("127.0.0.1", int(server.url.rpartition(":")[2]))
    await stream.send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    await anyio.sleep(0.05)
    await server.close()
    with pytest.raises((anyio.EndOfStream, anyio.BrokenResourceError)):
        await stream.receive()
    await stream.aclose()


async def test_a_server_may_refuse_connections() -> None:
    """As long as somebody says so, they are reset."""
    refusals = iter([True, False])
    server = await Server.open(hello, refuses=lambda: next(refusals))
    async with httpx.AsyncClient(verify=False) as client:
        with pytest.raises(httpx.TransportError):
            await client.get(server.url)
        assert (await client.get(server.url)).text == "Hello"
    await server.close()
