"""How to drain: the numbers and conditions of one send, checked before anything happens."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeGuard

from twilio_async.bulk import StopReason
from twilio_async.errors import InvalidArgument, TwilioError
from twilio_async.outbox.window import SendingWindow

LEASE: Final = 60.0
"""Seconds after which a worker that settles nothing counts as gone; more than fence and timeout together."""
MARGIN: Final = 5.0
MOST_SEGMENTS: Final = 24
"""Of a text of 1,600 characters that are not in GSM-7."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a drain goes by; see `Outbox.send` for each.

    Attributes:
        deadline: Unix seconds.
        fence: seconds from asking for an intent to the last moment at which its request may be written.
    """

    campaign: str | None = None
    rate: float | None = None
    per_sender_rate: float | Mapping[str, float] | None = None
    queue_lead: float = 60.0
    concurrency: int | None = None
    timeout: float = 35.0
    deadline: float | None = None
    window: SendingWindow | None = None
    stop_on: Collection[StopReason] = ()
    max_rejected: float | None = 0.5
    fence: float = 5.0

    def __post_init__(self) -> None:
        """Refuse what makes no plan."""
        if self.rate is not None:
            _positive("rate", self.rate, "segments per second")
        for rate in _rates(self.per_sender_rate):
            _positive("per_sender_rate", rate, "segments per second")
        if not _is_number(self.queue_lead) or not 0 <= self.queue_lead < math.inf:
            raise _refused("queue_lead", "expected seconds, 0 or more")
        if self.concurrency is not None and (type(self.concurrency) is not int or self.concurrency < 1):
            raise _refused("concurrency", "expected a whole number, at least 1")
        _positive("timeout", self.timeout, "seconds")
        _positive("fence", self.fence, "seconds")
        if self.timeout > (most := LEASE - self.fence - MARGIN):
            raise _refused("timeout", f"at most {most:g} seconds, so that no outcome comes after its lease")
        if self.max_rejected is not None and not (_is_number(self.max_rejected) and 0 < self.max_rejected <= 1):
            raise _refused("max_rejected", "expected a share of the rows, more than 0 and at most 1, or None")
        if self.window is not None and not isinstance(self.window, SendingWindow):
            raise _refused("window", "expected a SendingWindow")
        if not isinstance(self.stop_on, Iterable) or not all(map(_is_reason, self.stop_on)):
            raise _refused("stop_on", "expected Twilio's codes and TwilioError classes")

    def sender_rate(self, sender: str) -> float | None:
        """Segments per second of a sender, if it has a limit."""
        if isinstance(self.per_sender_rate, Mapping):
            return self.per_sender_rate.get(sender)
        return self.per_sender_rate

    def patience(self, batch: int) -> float:
        """Seconds that rows of a claim may wait for their turn, when each has as many segments as a text can have."""
        slowest = min((float(rate) for rate in _rates(self.per_sender_rate)), default=math.inf)
        everybody = 0.0 if self.rate is None else batch * MOST_SEGMENTS / self.rate
        return max(everybody, max(slowest, 1.0) * MOST_SEGMENTS / slowest if slowest < math.inf else 0.0)

    def stops(self, error: TwilioError) -> bool:
        """Whether *error* is one of *stop_on*."""
        code = getattr(error, "code", None)
        return any(isinstance(error, reason) if isinstance(reason, type) else code == reason for reason in self.stop_on)


def _rates(rates: float | Mapping[str, float] | None) -> Iterable[float]:
    if isinstance(rates, Mapping):
        return rates.values()
    return () if rates is None else (rates,)


def _positive(argument: str, value: object, unit: str) -> None:
    if not _is_number(value) or not 0 < value < math.inf:
        raise _refused(argument, f"expected {unit}, more than 0")


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_reason(reason: object) -> bool:
    if isinstance(reason, type):
        return issubclass(reason, TwilioError)
    return isinstance(reason, int) and not isinstance(reason, bool)


def _refused(argument: str, message: str) -> InvalidArgument:
    return InvalidArgument(f"{argument}: {message}", argument=argument, operation="outbox.send")
