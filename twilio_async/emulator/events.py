"""What happens in the emulator, as it happens."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Literal, Self, TypeAlias
from weakref import WeakSet

from msgspec import Struct

from twilio_async.emulator.api.requests import ReceivedRequest
from twilio_async.emulator.applications.deliveries import Alert, Delivery
from twilio_async.emulator.domain.records import Message

Name: TypeAlias = Literal["message.created", "message.updated", "message.deleted", "request", "delivery", "alert"]
Record: TypeAlias = Message | ReceivedRequest | Delivery | Alert


class Event(Struct, frozen=True, kw_only=True):
    """Something that happened.

    Attributes:
        name: ``message.created``, ``message.updated``, ``message.deleted``; ``request``, when one was answered;
            ``delivery``, when a webhook was delivered, or failed for good; ``alert``, when Twilio's debugger would show one.
        at: when, by the emulator's clock.
        record: what it happened to, as it was then.
    """

    name: Name
    at: datetime
    record: Record


class Subscription:
    """The events that happen from now on, for one task of any loop: an async iterator.

    It ends when it is closed, as at the end of its ``with``, or with the emulator.
    """

    def __init__(self, leave: Callable[[Subscription], None]) -> None:
        self._leave = leave
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[Event] = deque()
        self._some = asyncio.Event()
        self._over = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        while not self._waiting:
            if self._over:
                raise StopAsyncIteration
            self._some.clear()
            await self._some.wait()
        return self._waiting.popleft()

    def close(self) -> None:
        """Get no more events; those that are here already still come."""
        self._leave(self)
        self.end()

    def put(self, event: Event) -> None:
        """Hand over an event; from any thread."""
        self._waiting.append(event)
        self._wake()

    def end(self) -> None:
        """There will be no more; from any thread."""
        self._over = True
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(RuntimeError):  # its loop ended with nobody left to listen
            self._loop.call_soon_threadsafe(self._some.set)


class Events:
    """Tells everybody who listens what happens.

    Args:
        clock: what time it is.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._subscriptions: WeakSet[Subscription] = WeakSet()  # whoever just walks away needs not say so

    def subscribe(self) -> Subscription:
        """Listen, in the running loop, to what happens from now on."""
        subscription = Subscription(self._leave)
        with self._lock:
            self._subscriptions.add(subscription)
        return subscription

    def tell(self, name: Name, record: Record) -> None:
        """Say that something happened; from any thread. Costs nothing while nobody listens."""
        if not self._subscriptions:
            return
        event = Event(name=name, at=self._clock(), record=record)
        for subscription in self._listeners():
            subscription.put(event)

    def close(self) -> None:
        """End all subscriptions."""
        for subscription in self._listeners():
            subscription.close()

    def _listeners(self) -> list[Subscription]:
        with self._lock:
            return list(self._subscriptions)

    def _leave(self, subscription: Subscription) -> None:
        with self._lock:
            self._subscriptions.discard(subscription)
