"""How a message goes from accepted to delivered: by the clock, or step by step as a test says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from msgspec.structs import replace

from twilio_async._segments import segment_count
from twilio_async.emulator.accounts import Account
from twilio_async.emulator.pool import choose_sender
from twilio_async.emulator.records import Message, Status

IN_FLIGHT: frozenset[Status] = frozenset({"accepted", "scheduled", "queued", "sending", "receiving"})
"""Statuses in which a message can be neither redacted nor deleted. Not ``sent``: some carriers never report more."""

_NEXT: Mapping[Status, Status] = {"scheduled": "accepted", "accepted": "queued", "queued": "sent", "sent": "delivered"}
_LATER: Mapping[Status, frozenset[Status]] = {
    "scheduled": frozenset({"accepted", "queued", "sending", "sent", "delivered", "undelivered", "failed", "canceled"}),
    "accepted": frozenset({"queued", "sending", "sent", "delivered", "undelivered", "failed"}),
    "queued": frozenset({"sending", "sent", "delivered", "undelivered", "failed"}),
    "sending": frozenset({"sent", "delivered", "undelivered", "failed"}),
    "sent": frozenset({"delivered", "undelivered", "read"}),
    "delivered": frozenset({"read"}),
}
_LEFT_QUEUE: frozenset[Status] = frozenset({"sent", "delivered", "undelivered", "read"})
_NEEDS_SENDER: frozenset[Status] = frozenset({"queued", "sending", "sent", "delivered", "undelivered", "read"})

PRICE_OF_SEGMENT = Decimal("-0.00750")
PRICE_OF_MMS = Decimal("-0.02000")
CURRENCY = "USD"

NO_SENDER = 21703
"""Delivery error of a message for which its Messaging Service finds no sender."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """When a message that nobody disturbs takes its steps, in seconds from the moment that it was accepted.

    Args:
        queued: when a Messaging Service has picked a sender. Default 0.
        sent: when it leaves the queue. Default 0.
        delivered: when the carrier reports it delivered; `None` for a carrier that never does. Default 0.

    Raises:
        ValueError: the steps are not in this order.
    """

    queued: float = 0.0
    sent: float = 0.0
    delivered: float | None = 0.0

    def __post_init__(self) -> None:
        steps = [0.0, self.queued, self.sent, self.sent if self.delivered is None else self.delivered]
        if steps != sorted(steps):
            raise ValueError("a message is queued, then sent, then delivered")


class _Step(NamedTuple):
    """A step to come. The serial keeps those of one moment in order, and the heap from comparing accounts."""

    due: float
    serial: int
    account: Account
    sid: str
    expects: Status
    accepted: float


class Lifecycle:
    """Moves messages along. Nothing ticks: what has become due by now is caught up with when somebody looks.

    Args:
        profile: the pace of messages; `None` leaves every step to `move`.
    """

    def __init__(self, profile: Profile | None) -> None:
        self._profile = profile
        self._steps: list[_Step] = []
        self._serials = count()

    def enter(self, account: Account, message: Message, now: datetime) -> None:
        """Take a new message in.

        Args:
            account: whose it is.
            message: as it is answered to its creation.
            now: the exact moment.
        """
        accepted = now.timestamp()
        account.messages.add(message, self._sent_at(message, accepted) or message.date_created)
        self._plan(account, message, accepted)

    def settle(self, now: datetime) -> None:
        """Let everything happen that was due until *now*."""
        moment = now.timestamp()
        while self._steps and self._steps[0].due <= moment:
            step = heappop(self._steps)
            message = step.account.messages.get(step.sid)
            if message is not None and message.status == step.expects:
                self._take(step, message)

    def move(self, account: Account, sid: str, status: Status, now: datetime, error_code: int | None = None) -> Message:
        """Let a message take a step now, whatever was planned for it.

        Args:
            account: whose it is.
            sid: which one.
            status: where it goes.
            now: the exact moment.
            error_code: why it failed.

        Raises:
            KeyError: there is no such message.
            ValueError: a message does not go from its present status to this one.
        """
        message = account.messages.get(sid)
        if message is None:
            raise KeyError(sid)
        if status not in _LATER.get(message.status, ()):
            raise ValueError(f"a message that is {message.status} does not become {status}")
        moved = _moved(account, message, status, now.replace(microsecond=0), error_code)
        account.messages.replace(moved, moved.date_sent)
        self._plan(account, moved, now.timestamp())
        return moved

    def _take(self, step: _Step, message: Message) -> None:
        accepted = step.due if message.status == "scheduled" else step.accepted
        moved = _moved(step.account, message, _NEXT[message.status], _second(step.due))
        step.account.messages.replace(moved, self._sent_at(moved, accepted))
        self._plan(step.account, moved, accepted)

    def _sent_at(self, message: Message, accepted: float) -> datetime | None:
        # Lists are ordered by the date sent. Where that is known beforehand the message takes its place at once, so
        # that nothing moves, and nothing is missed, while somebody turns the pages.
        if message.date_sent is not None:
            return message.date_sent
        if self._profile is None or message.status == "scheduled" or message.status not in IN_FLIGHT:
            return None
        return _second(accepted + self._profile.sent)

    def _plan(self, account: Account, message: Message, accepted: float) -> None:
        due = self._due(message, accepted)
        if due is not None:
            heappush(self._steps, _Step(due, next(self._serials), account, message.sid, message.status, accepted))

    def _due(self, message: Message, accepted: float) -> float | None:
        if self._profile is None:
            return None
        if message.status == "scheduled":
            return None if message.send_at is None else message.send_at.timestamp()
        delays: dict[Status, float | None] = {
            "accepted": self._profile.queued,
            "queued": self._profile.sent,
            "sent": self._profile.delivered,
        }
        delay = delays.get(message.status)
        return None if delay is None else accepted + delay


def _second(moment: float) -> datetime:
    return datetime.fromtimestamp(int(moment), UTC)


def _moved(account: Account, message: Message, status: Status, when: datetime, error_code: int | None = None) -> Message:
    """The message after one step."""
    if message.from_ is None and status in _NEEDS_SENDER:
        message = _with_sender(account, message)
        if message.from_ is None:
            status, error_code = "failed", NO_SENDER
    message = replace(message, status=status, date_updated=when, error_code=error_code)
    if message.date_sent is None and status in _LEFT_QUEUE:
        message = replace(message, date_sent=when, price=_price(message), price_unit=CURRENCY)
    return message


def _with_sender(account: Account, message: Message) -> Message:
    service = account.services.get(message.messaging_service_sid or "")
    media = message.sid.startswith("MM")
    sender = None if service is None else choose_sender(account, service, message.to, media=media)
    if service is None or sender is None:
        return message
    smart = service.smart_encoding if message.smart_encoded is None else message.smart_encoded
    return replace(message, from_=sender.address, num_segments=segments_of(message.body, sms=not media, smart=smart))


def segments_of(body: str, *, sms: bool, smart: bool) -> int:
    """How many segments a message is counted as; on anything but SMS it is one piece."""
    return segment_count(body, smart_encoding=smart) if sms else 1


def _price(message: Message) -> Decimal:
    return PRICE_OF_MMS if message.sid.startswith("MM") else PRICE_OF_SEGMENT * message.num_segments
