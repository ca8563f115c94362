"""The emulator as its users see it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, ExitStack
from datetime import datetime, timedelta
from types import TracebackType
from typing import Literal, Self, TypeAlias

from anyio.from_thread import start_blocking_portal

from twilio_async.emulator.accounts import Account
from twilio_async.emulator.clock import Clock, utc_now
from twilio_async.emulator.faults import Faults, dice
from twilio_async.emulator.gateway import Gateway
from twilio_async.emulator.history import write_history, write_message
from twilio_async.emulator.lifecycle import Lifecycle, Profile
from twilio_async.emulator.media_host import MediaHost
from twilio_async.emulator.records import Direction, Feedback, Media, Message, Number, Service, Status
from twilio_async.emulator.requests import ReceivedRequest
from twilio_async.emulator.server import Server
from twilio_async.emulator.state import API_KEY, API_SECRET, CONTENT_SID, WHATSAPP, HostedMedia, State, seeded_account
from twilio_async.emulator.switches import DEFAULT, Switches

Pace: TypeAlias = Literal["immediate", "manual"] | Profile

SOMEBODY = "+15558675310"
"""The recipient in histories that name none."""
HISTORY = timedelta(days=30)
"""How far back a history goes that does not say since when."""


class Emulator:
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
        clock: what time it is, as an aware datetime. Default: the real time.
        seed: for the same sids and the same chances in every run. Default `None`: no two runs are alike. The account,
            its keys and its numbers are always the same.
        switches: what to do where Twilio's behaviour is not known for sure.
        max_messages: how many are kept; the oldest go first. Default `None`: all.
        max_requests: how many are remembered in `requests`. Default `None`: all.

    Attributes:
        faults: what goes wrong; see `Faults.add`.
        clock: the time; `Clock.advance` winds it on.
        account: all that the account owns.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        concurrency_limit: int | None = None,
        latency: float = 0.0,
        lifecycle: Pace = "immediate",
        strict: bool = False,
        clock: Callable[[], datetime] = utc_now,
        seed: int | None = None,
        switches: Switches = DEFAULT,
        max_messages: int | None = None,
        max_requests: int | None = None,
    ) -> None:
        self._port = port
        self.clock: Clock = Clock(clock)
        self.faults: Faults = Faults(seed)
        self.account: Account = seeded_account()
        self._state = State(
            clock=self.clock,
            lifecycle=Lifecycle(_profile(lifecycle)),
            switches=switches,
            random=dice(seed),
            max_messages=max_messages,
            accounts={self.account.sid: self.account},
        )
        self._gateway = Gateway(
            self._state,
            self.faults,
            concurrency_limit=concurrency_limit,
            latency=latency,
            strict=strict,
            max_requests=max_requests,
        )
        self._media_host = MediaHost(self._state, max_requests=max_requests)
        self._url: str | None = None
        self._running = AsyncExitStack()
        self._thread = ExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            api = await Server.open(self._gateway.handle, self._port, self.faults.refuses)
            stack.push_async_callback(api.close)
            media = await Server.open(self._media_host.handle)
            stack.push_async_callback(media.close)
            self._gateway.open()
            stack.callback(self._gateway.close)
            self._url, self._state.media_origin = api.url, media.url
            self._running = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._running.aclose()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            portal = stack.enter_context(start_blocking_portal("asyncio"))
            stack.enter_context(portal.wrap_async_context_manager(self))
            self._thread = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._thread.close()

    @property
    def url(self) -> str:
        """Where it listens, with every product at one origin: ``http://127.0.0.1:8080``.

        Raises:
            RuntimeError: it is not started.
        """
        if self._url is None:
            raise RuntimeError("the emulator has no address before it is started: use `async with` or `with`")
        return self._url

    @property
    def media_url(self) -> str:
        """The other origin, where the files of messages are served."""
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
    def numbers(self) -> list[Number]:
        """What the account owns: numbers of the US and one of the UK, which takes no MMS, and a short code."""
        return list(self.account.numbers.values())

    @property
    def number(self) -> str:
        """A US number to send from, capable of SMS and MMS."""
        return self.numbers[0].number

    @property
    def whatsapp(self) -> str:
        """An address to send from on WhatsApp."""
        return WHATSAPP

    @property
    def content_sid(self) -> str:
        """A content template: ``Hello {{1}}``. There may be more in ``account.contents``."""
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

    def shell_lines(self) -> list[str]:
        """`env` as lines for a shell."""
        return [f"export {name}={shlex.quote(value)}" for name, value in self.env.items()]

    @property
    def messages(self) -> list[Message]:
        """All messages as they are now, the oldest first."""
        with self._state.lock:
            self._state.lifecycle.settle(self.clock())
            return list(self.account.messages)

    def message(self, sid: str) -> Message:
        """A message as it is now.

        Raises:
            KeyError: there is none with this sid.
        """
        with self._state.lock:
            self._state.lifecycle.settle(self.clock())
            message = self.account.messages.get(sid)
        if message is None:
            raise KeyError(sid)
        return message

    @property
    def services(self) -> list[Service]:
        """All Messaging Services, the oldest first."""
        with self._state.lock:
            return list(self.account.services)

    def media(self, message_sid: str) -> list[Media]:
        """The media of a message, in the order in which they were given."""
        with self._state.lock:
            return list(self.account.media.get(message_sid, ()))

    def feedback(self, message_sid: str) -> Feedback | None:
        """The feedback on a message, if there is any."""
        return self.account.feedback.get(message_sid)

    @property
    def requests(self) -> list[ReceivedRequest]:
        """What the API was asked, the oldest first, with those that were refused or dropped."""
        with self._state.lock:
            return list(self._gateway.requests)

    @property
    def media_requests(self) -> list[ReceivedRequest]:
        """What the media host was asked, the oldest first. No ``Authorization`` belongs in their headers."""
        with self._state.lock:
            return list(self._media_host.requests)

    @property
    def in_flight(self) -> int:
        """How many requests are being worked on."""
        return self._gateway.in_flight

    @property
    def in_flight_peak(self) -> int:
        """The most requests that were worked on at once; those over the limit were not."""
        return self._gateway.in_flight_peak

    @property
    def rejected(self) -> int:
        """How many requests were answered 429 for the `concurrency_limit`."""
        return self._gateway.rejected

    def send(self, sid: str) -> Message:
        """Let a message leave the queue now.

        Raises:
            KeyError: there is none with this sid.
            ValueError: it is past that.
        """
        return self._move(sid, "sent")

    def deliver(self, sid: str) -> Message:
        """Let a message be delivered now. Raises as `send` does."""
        return self._move(sid, "delivered")

    def read(self, sid: str) -> Message:
        """Let the recipient read a message now, as WhatsApp reports it. Raises as `send` does."""
        return self._move(sid, "read")

    def fail(self, sid: str, code: int = 30008) -> Message:
        """Let a message fail before it reaches a carrier. Raises as `send` does.

        Args:
            sid: which message.
            code: Twilio's delivery error. Default 30008: unknown error.
        """
        return self._move(sid, "failed", code)

    def undeliver(self, sid: str, code: int = 30003) -> Message:
        """Let the carrier report that a message did not arrive. Raises as `send` does.

        Args:
            sid: which message.
            code: Twilio's delivery error. Default 30003: unreachable handset.
        """
        return self._move(sid, "undelivered", code)

    def _move(self, sid: str, status: Status, error_code: int | None = None) -> Message:
        with self._state.lock:
            now = self.clock()
            self._state.lifecycle.settle(now)
            return self._state.lifecycle.move(self.account, sid, status, now, error_code)

    def opt_out(self, recipient: str, sender: str | None = None) -> None:
        """Let a recipient want no more texts: sending to him fails with 21610.

        Args:
            recipient: his number.
            sender: from this number or Messaging Service (``MG…``). Default: from every one.
        """
        with self._state.lock:
            self.account.opt_outs.add((sender, recipient))

    def opt_in(self, recipient: str, sender: str | None = None) -> None:
        """Take back what `opt_out` did with the same arguments."""
        with self._state.lock:
            self.account.opt_outs.discard((sender, recipient))

    def host_media(self, url: str, content: bytes, content_type: str) -> None:
        """Say what is at a media URL, which the emulator does not fetch. Else it serves a few bytes that name the URL.

        Args:
            url: as in ``MediaUrl``.
            content: the file.
            content_type: such as ``image/png``; messages created from now on have it.
        """
        with self._state.lock:
            self._state.hosted_media[url] = HostedMedia(content, content_type)

    def add_message(
        self,
        *,
        to: str = SOMEBODY,
        from_: str | None = None,
        body: str = "",
        at: datetime | None = None,
        status: Status = "delivered",
        direction: Direction = "outbound-api",
        messaging_service_sid: str | None = None,
        error_code: int | None = None,
    ) -> Message:
        """Put one message into the past without sending it.

        Args:
            to: recipient. Default: somebody.
            from_: sender. Default: the account's number.
            body: text. Default: none.
            at: when it was created, and sent if its status says that it was; an aware datetime. Default: now.
            status: it stays in it. Default ``delivered``.
            direction: Default ``outbound-api``.
            messaging_service_sid: the service that it was sent through. Default: none.
            error_code: why it failed. Default: it did not.
        """
        with self._state.lock:
            return write_message(
                self.account,
                self._state.unique(),
                at or self.clock(),
                to=to,
                from_=from_ or self.number,
                body=body,
                status=status,
                direction=direction,
                messaging_service_sid=messaging_service_sid,
                error_code=error_code,
            )

    def seed_messages(
        self,
        count: int,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        to: str | Sequence[str] = SOMEBODY,
        from_: str | Sequence[str] | None = None,
        body: str = "Message {index}",
        status: Status = "delivered",
        direction: Direction = "outbound-api",
    ) -> list[Message]:
        """Put many messages into the past, spread evenly, without sending them: some 100,000 a second.

        Args:
            count: how many.
            since: when the oldest was sent; an aware datetime. Default: 30 days before *until*.
            until: when one more would have been sent. Default: now.
            to: one recipient, or several that are taken in turn. Default: somebody.
            from_: one sender, or several that are taken in turn. Default: the account's number.
            body: text; ``{index}`` in it counts from 0, the oldest. Default ``Message {index}``.
            status: of all. Default ``delivered``.
            direction: of all. Default ``outbound-api``.

        Returns:
            The messages, oldest first.
        """
        until = until or self.clock()
        with self._state.lock:
            return write_history(
                self.account,
                self._state.unique,
                count,
                since=since or until - HISTORY,
                until=until,
                to=[to] if isinstance(to, str) else to,
                from_=[from_ or self.number] if from_ is None or isinstance(from_, str) else from_,
                body=body,
                status=status,
                direction=direction,
            )

    def __repr__(self) -> str:
        counts = f"messages={len(self.account.messages)} requests={len(self._gateway.requests)}"
        return f"<Emulator {self._url or 'not started'} {counts}>"


def _profile(pace: Pace) -> Profile | None:
    if isinstance(pace, Profile):
        return pace
    if pace not in {"immediate", "manual"}:
        raise ValueError(f"a lifecycle is 'immediate', 'manual' or a Profile, not {pace!r}")
    return Profile() if pace == "immediate" else None
