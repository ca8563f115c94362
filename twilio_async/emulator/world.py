"""All rooms of an emulator, put together."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Literal, TypeAlias, TypeVar

from twilio_async.emulator.api.faults import Faults
from twilio_async.emulator.api.gateway import Gateway
from twilio_async.emulator.api.media_host import MediaHost
from twilio_async.emulator.applications.callbacks import Callbacks
from twilio_async.emulator.applications.handset import Handset
from twilio_async.emulator.applications.post_office import PostOffice
from twilio_async.emulator.applications.webhook_faults import WebhookFaults
from twilio_async.emulator.chances import dice
from twilio_async.emulator.clock import Clock, standing_at, utc_now
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.lifecycle import Lifecycle, Profile
from twilio_async.emulator.domain.reviews import Reviews
from twilio_async.emulator.domain.state import State, seeded_account
from twilio_async.emulator.events import Events
from twilio_async.emulator.pulse import Pulse
from twilio_async.emulator.switches import DEFAULT, Switches

Pace: TypeAlias = Literal["immediate", "manual"] | Profile
Time: TypeAlias = Literal["real", "manual"] | Callable[[], datetime]

T = TypeVar("T")


class World:
    """What the parts of an emulator that its users see have in common. `Emulator` explains the arguments."""

    def __init__(
        self,
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
        webhook_ssl: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        if latency < 0:
            raise ValueError(f"latency: seconds, at least 0, not {latency:g}")
        if concurrency_limit is not None and concurrency_limit < 1:
            raise ValueError(f"concurrency_limit: at least 1, or None for no limit, not {concurrency_limit}")
        self.clock: Clock = _clock(clock)
        self.faults: Faults = Faults(seed)
        self.webhook_faults: WebhookFaults = WebhookFaults(seed)
        self.account: Account = seeded_account()
        profile = _profile(lifecycle)
        self._state = State(
            clock=self.clock,
            lifecycle=Lifecycle(profile, switches),
            reviews=Reviews(None if profile is None else profile.review),
            switches=switches,
            random=dice(seed),
            max_messages=max_messages,
            accounts={self.account.sid: self.account},
        )
        self._events = Events(self.clock)
        self._pulse = Pulse(self.clock, self._settle)
        self._post = PostOffice(
            self.clock,
            self._state.lock,
            self.webhook_faults,
            self._events,
            max_deliveries=max_requests,
            trust=webhook_ssl,
        )
        self._state.lifecycle.watcher = Callbacks(self.clock, self._state.unique, self._post, self._events, self._pulse.nudge)
        self._handset = Handset(self._state, self._post, self._events)
        self._gateway = Gateway(
            self._state,
            self.faults,
            self._events,
            concurrency_limit=concurrency_limit,
            latency=latency,
            strict=strict,
            max_requests=max_requests,
        )
        self._media_host = MediaHost(self._state, max_requests=max_requests)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._url: str | None = None

    @property
    def url(self) -> str:
        """Where it listens, with every product at one origin: ``http://127.0.0.1:8080``.

        Raises:
            RuntimeError: it was never started.
        """
        if self._url is None:
            raise RuntimeError("the emulator has no address before it is started: use `async with` or `with`")
        return self._url

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The event loop that it runs in; `None` while it does not."""
        return self._loop

    def _settle(self) -> float | None:
        """Let everything happen that is due, and tell when something will be next."""
        with self._state.lock:
            now = self.clock()
            self._state.settle(now)
            self._post.settle(now)
            dues = [due for due in (self._state.lifecycle.due, self._state.reviews.due, self._post.due) if due is not None]
        return min(dues, default=None)

    async def _hosted(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the emulator's own loop, whichever loop this is."""
        if self._loop is None:
            work.close()
            raise RuntimeError("the emulator is not started: use `async with` or `with`")
        if asyncio.get_running_loop() is self._loop:
            return await work
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))


def _profile(pace: Pace) -> Profile | None:
    if isinstance(pace, Profile):
        return pace
    if pace not in {"immediate", "manual"}:
        raise ValueError(f"a lifecycle is 'immediate', 'manual' or a Profile, not {pace!r}")
    return Profile() if pace == "immediate" else None


def _clock(time: Time) -> Clock:
    if isinstance(time, Clock):
        return time
    if callable(time):
        return Clock(time)
    if time not in {"real", "manual"}:
        raise ValueError(f"a clock is 'real', 'manual' or a function that tells the time, not {time!r}")
    return Clock() if time == "real" else Clock(standing_at(utc_now()), runs=False)
