"""The emulator as its users see it."""

from __future__ import annotations

import asyncio
import shlex
import ssl
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self

from anyio.from_thread import start_blocking_portal

from twilio_async.emulator.api.server import LOOPBACK, Server
from twilio_async.emulator.blocking import Blocking
from twilio_async.emulator.domain.records import Number
from twilio_async.emulator.domain.state import (
    API_KEY,
    API_SECRET,
    CONTENT_SID,
    OAUTH_CLIENT_ID,
    OAUTH_CLIENT_SECRET,
    RCS,
    WHATSAPP,
)
from twilio_async.emulator.inspection import Inspection
from twilio_async.emulator.remote.control import Control
from twilio_async.emulator.stage import Stage
from twilio_async.emulator.switches import DEFAULT, Switches
from twilio_async.emulator.world import Pace, Time

if TYPE_CHECKING:
    from twilio_async.emulator.api.proxy import Proxy


LAST_PORT = 65_535


class Emulator(Stage, Inspection):
    """A Twilio Messaging API on loopback, for tests, demonstrations and any Twilio client.

    In the running loop, or in a thread of its own for synchronous code::

        async with Emulator() as emulator:
            ...
        with Emulator() as emulator:
            ...

    Args:
        port: of the API; 0 for any that is free.
        concurrency_limit: requests in flight; one more is answered 429 (20429) at once and not processed. Default
            `None`: no limit.
        latency: seconds until each answer; what is asked for is done at once. Default 0.
        lifecycle: the pace of messages. ``"immediate"``: whoever looks finds them delivered, only the answer to the
            create says ``queued``. ``"manual"``: nothing moves but by `deliver` and the like. A `Profile`: by the
            clock. Default ``"immediate"``.
        strict: refuse parameters that an operation does not know (400/20001), which Twilio ignores. Default `False`.
        clock: ``"real"``, or ``"manual"``, which stands still but for `Clock.advance`; or a function that tells an aware
            datetime. Default ``"real"``.
        seed: for the same sids and the same chances in every run. Default `None`: no two runs are alike. The account,
            its keys and its numbers are always the same.
        switches: what to do where Twilio's behaviour is not known for sure.
        max_messages: how many are kept; the oldest go first. Default `None`: all.
        max_requests: how many are remembered in `requests`, `media_requests`, `deliveries` and `alerts`. Default `None`:
            all.
        host: the address to listen on; with any but a loopback address everybody who reaches this machine can use it,
            for its credentials are no secret. Default ``127.0.0.1``.
        proxy: whether there is a proxy as well, through which programs come here that cannot be told another address
            than Twilio's: see `proxy_env`. Takes the extra ``proxy``. Default `False`.
        webhook_ssl: makes what the certificates of applications are judged by, for an authority of your own:
            ``lambda: ssl.create_default_context(cafile="ca.pem")``. Default: the system's authorities.

    Raises:
        ValueError: an argument is out of its range.

    Attributes:
        faults: what goes wrong with requests; see `Faults.add`.
        webhook_faults: what goes wrong with webhooks; see `WebhookFaults.add`.
        clock: the time; `Clock.advance` winds it on.
        account: all that the main account owns.
        blocking: `receive`, `wait_for` and `settled` for synchronous code.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        concurrency_limit: int | None = None,
        latency: float = 0.0,
        lifecycle: Pace = "immediate",
        strict: bool = False,
        clock: Time = "real",
        seed: int | None = None,
        switches: Switches = DEFAULT,
        max_messages: int | None = None,
        max_requests: int | None = None,
        proxy: bool = False,
        host: str = LOOPBACK,
        webhook_ssl: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        super().__init__(
            concurrency_limit=concurrency_limit,
            latency=latency,
            lifecycle=lifecycle,
            strict=strict,
            clock=clock,
            seed=seed,
            switches=switches,
            max_messages=max_messages,
            max_requests=max_requests,
            webhook_ssl=webhook_ssl,
        )
        self.blocking: Blocking = Blocking(self)
        self._control = Control(self, host, self._gateway.handle)
        if not 0 <= port <= LAST_PORT:
            raise ValueError(f"port: from 0 to {LAST_PORT}, not {port}")
        self._port = port
        self._host = host
        self._wants_proxy = proxy
        self._proxy: Proxy | None = None
        self._running = AsyncExitStack()
        self._thread = ExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            api = await Server.open(self._control.handle, self._port, self.faults.refuses, host=self._host)
            stack.push_async_callback(api.close)
            media = await Server.open(self._media_host.handle, host=self._host)
            stack.push_async_callback(media.close)
            if self._wants_proxy:
                self._proxy = await self._open_proxy()
                stack.push_async_callback(self._proxy.close)
            self._url, self._state.media_origin = api.url, media.url
            self._loop = asyncio.get_running_loop()
            self._gateway.open()
            stack.callback(self._gateway.close)
            self._post.open()
            stack.push_async_callback(self._post.close)
            self._pulse.open()
            stack.push_async_callback(self._pulse.close)
            stack.callback(self._events.close)
            self._running = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop = None
        await self._running.aclose()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            portal = stack.enter_context(start_blocking_portal("asyncio"))
            stack.enter_context(portal.wrap_async_context_manager(self))
            self._thread = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._thread.close()

    async def _open_proxy(self) -> Proxy:
        from twilio_async.emulator.api.proxy import Proxy  # it needs trustme, of the extra `proxy`

        return await Proxy.open(self._gateway.handle, refuses=self.faults.refuses)

    @property
    def media_url(self) -> str:
        """The other origin, where files are served: those of messages, and the lists of deactivated numbers."""
        return self._state.media_origin

    @property
    def account_sid(self) -> str:
        """Of the account; always the same."""
        return self.account.sid

    @property
    def auth_token(self) -> str:
        """Of the account; always the same."""
        return self.account.auth_token

    @property
    def api_key(self) -> str:
        """A standard API key (``SK…``) of the account."""
        return API_KEY

    @property
    def api_secret(self) -> str:
        """The secret of `api_key`."""
        return API_SECRET

    @property
    def oauth_client_id(self) -> str:
        """An OAuth app (``OQ…``) of the account. Its access tokens open what `api_key` does, for an hour."""
        return OAUTH_CLIENT_ID

    @property
    def oauth_client_secret(self) -> str:
        """The secret of `oauth_client_id`."""
        return OAUTH_CLIENT_SECRET

    @property
    def test_account_sid(self) -> str:
        """Of the test credentials, with which only the magic numbers mean something and nothing is kept."""
        return self.account.test_sid

    @property
    def test_auth_token(self) -> str:
        """Of the test credentials."""
        return self.account.test_token

    @property
    def numbers(self) -> list[Number]:
        """What the account owns: numbers of the US and one of the UK, which takes no MMS, and a short code."""
        return list(self.account.numbers.values())

    @property
    def whatsapp(self) -> str:
        """An address to send from on WhatsApp."""
        return WHATSAPP

    @property
    def rcs(self) -> str:
        """An address to send from on RCS."""
        return RCS

    @property
    def content_sid(self) -> str:
        """A content template: ``Hello {{1}}``. `add_content` makes more."""
        return CONTENT_SID

    @property
    def env(self) -> dict[str, str]:
        """The environment variables that lead a program here."""
        return {
            "TWILIO_BASE_URL": self.url,
            "TWILIO_ACCOUNT_SID": self.account_sid,
            "TWILIO_AUTH_TOKEN": self.auth_token,
            "TWILIO_NUMBER": self.number,
        }

    @property
    def proxy_env(self) -> dict[str, str]:
        """The environment variables that lead a program here through the proxy, though it knows no address but Twilio's.

        Raises:
            RuntimeError: there is no proxy: say ``Emulator(proxy=True)``, and start it.
        """
        if self._proxy is None:
            raise RuntimeError("there is no proxy: say Emulator(proxy=True), and use `async with` or `with`")
        return self._proxy.env

    def shell_lines(self) -> list[str]:
        """`env` as lines for a shell."""
        return [f"export {name}={shlex.quote(value)}" for name, value in self.env.items()]

    def __repr__(self) -> str:
        counts = f"messages={len(self.account.messages)} requests={len(self._gateway.requests)}"
        return f"<Emulator {self._url or 'not started'} {counts}>"
