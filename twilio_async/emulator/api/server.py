"""Sockets on loopback."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiohttp import web

from twilio_async.emulator.api.sabotage import Refusal

LOOPBACK = "127.0.0.1"
EVERYWHERE = frozenset({"", "0.0.0.0"})  # noqa: S104  # to be recognised, not to be listened on
BACKLOG = 4096
"""Connections that may wait to be accepted; the kernel may allow fewer."""
PATIENCE = 0.1
"""Seconds that a request in flight gets to end when the server stops."""

Handler: TypeAlias = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Server:
    """A listening socket and what answers on it. Made and closed in the loop that serves it.

    Attributes:
        url: scheme, host and port.
    """

    def __init__(self, http: web.Server, listener: asyncio.Server, host: str, port: int) -> None:
        self._http = http
        self._listener = listener
        self.url: str = f"http://{LOOPBACK if host in EVERYWHERE else host}:{port}"

    @classmethod
    async def open(
        cls, handler: Handler, port: int = 0, refuses: Callable[[], bool] = lambda: False, *, host: str = LOOPBACK
    ) -> Server:
        """Listen from now on.

        Args:
            handler: answers each request.
            port: 0 for any that is free.
            refuses: whether a connection that is being opened is reset at once.
            host: the address to listen on. Default: this machine's own programs alone can connect.

        Raises:
            OSError: the port is taken.
        """
        http = web.Server(handler, access_log=None)

        def protocol() -> asyncio.BaseProtocol:
            return Refusal() if refuses() else http()

        socket_ = socket.create_server((host, port), backlog=BACKLOG)
        listener = await asyncio.get_running_loop().create_server(protocol, sock=socket_, backlog=BACKLOG)
        return cls(http, listener, host, socket_.getsockname()[1])

    async def close(self) -> None:
        """Listen no more, and close what is open."""
        self._listener.close()
        await self._http.shutdown(PATIENCE)
        await self._listener.wait_closed()
