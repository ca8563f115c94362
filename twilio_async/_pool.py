"""When there are connections and when not: opened at the first request, in the loop that makes it; closed once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twilio_async.errors import ConfigError, SessionClosed

if TYPE_CHECKING:
    import ssl
    from collections.abc import Sequence

    import aiohttp

    from twilio_async._transport import Transport


@dataclass(frozen=True, slots=True)
class PoolOptions:
    """What connections are made with; see `AsyncSession` for each."""

    size: int
    timeout: float
    tls: ssl.SSLContext | bool
    proxy: str | None
    trust_env: bool
    connector: aiohttp.BaseConnector | None
    trace_configs: Sequence[aiohttp.TraceConfig]

    def __post_init__(self) -> None:
        """Refuse what cannot work before there is anything to clean up."""
        if self.size < 1:
            raise ConfigError(f"pool_size={self.size!r}: at least 1")
        if not 0 < self.timeout < float("inf"):
            raise ConfigError(f"timeout={self.timeout!r}: a finite number of seconds, more than 0")
        if self.proxy is not None and not self.proxy.startswith(("http://", "https://")):
            raise ConfigError("proxy: expected http://host:port")


class Pool:
    """The one transport of a session and of all that share its connections."""

    def __init__(self, options: PoolOptions) -> None:
        self._options = options
        self._transport: Transport | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.closed = False

    @property
    def is_open(self) -> bool:
        """Whether there are connections to close."""
        return self._transport is not None and not self.closed

    def transport(self) -> Transport:
        """The transport for the running loop.

        Raises:
            SessionClosed: the session was closed, or another running loop uses it.
        """
        loop = asyncio.get_running_loop()
        if self._transport is not None and self._loop is loop:
            return self._transport
        if self.closed:
            raise SessionClosed("the session is closed: make requests before aclose(), or make a new session")
        if self._transport is not None and self._loop is not None and not self._loop.is_closed():
            raise SessionClosed("the session is in use in another event loop: make one for each loop")
        return self._open(loop)

    def _open(self, loop: asyncio.AbstractEventLoop) -> Transport:
        from twilio_async._transport import Transport  # aiohttp costs 0.3 s to import: not before there is a request to send

        if self._transport is not None:
            self._transport.discard()
        self._loop, self._transport = loop, Transport(self._options)
        return self._transport

    async def aclose(self) -> None:
        """Close the connections; those of a loop that is gone are let go. Safe to repeat."""
        self.closed = True
        transport, self._transport = self._transport, None
        if transport is None:
            return
        if self._loop is asyncio.get_running_loop():
            await transport.close()
        else:
            transport.discard()
