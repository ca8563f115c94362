"""What a session tells its hooks while it works: one frozen Struct for each thing that happens.

A hook is any callable that takes one of these; it is called on the event loop and should return at once. None of them holds
a credential, a message body or a phone number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from twilio_async.errors import Outcome


class RequestStarted(msgspec.Struct, frozen=True, kw_only=True):
    """A request has its turn and goes out now."""

    operation: str
    """The operation's name (``"messages.create"``)."""
    method: str
    path: str
    attempt: int
    """1 for the first try."""


class RequestEnded(msgspec.Struct, frozen=True, kw_only=True):
    """A try ended, with an answer or without."""

    operation: str
    attempt: int
    outcome: Outcome
    status: int | None
    """HTTP status; ``None`` when no answer came."""
    code: int | None
    """Twilio's error code, if it answered with one."""
    request_id: str | None
    elapsed: float
    """Seconds that the try took, waiting for its turn not included."""
    concurrent_requests: int | None
    """Requests of the account in flight when this one was served, as Twilio counted them."""


class Retrying(msgspec.Struct, frozen=True, kw_only=True):
    """A try failed without effect and will be made again."""

    operation: str
    attempt: int
    """The number of the try that failed."""
    delay: float
    """Seconds until the next."""
    error: str
    """The name of the error's class."""


class Waited(msgspec.Struct, frozen=True, kw_only=True):
    """A request waited for its turn."""

    operation: str
    limit: Literal["rate", "concurrency"]
    seconds: float


Event: TypeAlias = RequestStarted | RequestEnded | Retrying | Waited
Hook: TypeAlias = "Callable[[Event], None]"
