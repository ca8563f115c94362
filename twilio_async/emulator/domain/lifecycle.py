"""How a message goes from accepted to delivered: by the clock, or step by step as a test says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple, Protocol

from msgspec.structs import replace

from twilio_async._segments import segment_count
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.campaigns import is_unregistered
from twilio_async.emulator.domain.delivery_errors import (
    ACCOUNT_SUSPENDED,
    NO_SENDER,
    OPTED_OUT,
    QUEUE_OVERFLOW,
    UNREGISTERED,
    VALIDITY_EXPIRED,
    bad_end,
)
from twilio_async.emulator.domain.pool import choose_sender
from twilio_async.emulator.domain.prices import CURRENCY, PRICES
from twilio_async.emulator.domain.records import Message, Status
from twilio_async.emulator.domain.throughput import Queues
from twilio_async.emulator.switches import DEFAULT, Switches

IN_FLIGHT: frozenset[Status] = frozenset({"accepted", "scheduled", "queued", "sending", "receiving"})
"""Statuses in which a message can be neither redacted nor deleted. Not ``sent``: some carriers never report more."""

_NEXT: Mapping[Status, Status] = {
    "scheduled": "accepted",
    "accepted": "queued",
    "queued": "sent",
    "sent": "delivered",
    "delivered": "read",
}
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
_WAITING: frozenset[Status] = frozenset({"accepted", "queued"})

PRICE_OF_SEGMENT = -PRICES["US"].outbound
"""To wherever it goes."""
PRICE_OF_MMS = Decimal("-0.02000")


class Watcher(Protocol):
    """Is told of messages, in the order in which things happen to them."""

    def entered(self, account: Account, message: Message) -> None:
        """A message is new."""

    def moved(self, account: Account, message: Message) -> None:
        """A message has another status."""

    def edited(self, message: Message) -> None:
        """A message was redacted."""

    def removed(self, message: Message) -> None:
        """A message was deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """When a message that nobody disturbs takes its steps, in seconds from the moment that it was accepted.

    Args:
        queued: when a Messaging Service has picked a sender. Default 0.
        sent: when it leaves the queue. Default 0.
        delivered: when the carrier reports it delivered; `None` for a carrier that never does. Default 0.
        read: when the recipient has read it, on WhatsApp and RCS; `None` if he never does. Default `None`.
        throughput: whether a sender sends only as many segments a second as it may, the rest waiting in its queue.
            Default `False`.
        review: how long Twilio takes to decide about a brand, a campaign and the like, from when it is applied for.
            Default 0.

    Raises:
        ValueError: the steps are not in this order, or *review* is negative.
    """

    queued: float = 0.0
    sent: float = 0.0
    delivered: float | None = 0.0
    read: float | None = None
    throughput: bool = False
    review: float = 0.0

    def __post_init__(self) -> None:
        if self.review < 0:
            raise ValueError("review: seconds, at least 0")
        steps = [0.0, self.queued, self.sent, self.delivered, self.read]
        given = [step for step in steps if step is not None]
        if given != sorted(given) or (self.read is not None and self.delivered is None):
            raise ValueError("a message is queued, then sent, then delivered, then read")

    def delay(self, status: Status) -> float | None:
        """Seconds from the moment that a message was accepted until it leaves *status*; `None` if it stays."""
        delays: Mapping[Status, float | None] = {
            "accepted": self.queued,
            "queued": self.sent,
            "sent": self.delivered,
            "delivered": self.read,
        }
        return delays.get(status)


TYPICAL = Profile(queued=0.2, sent=1.0, delivered=4.0, read=60.0, throughput=True, review=60.0)
"""About what one sees of a text to a mobile phone."""


class _Step(NamedTuple):
    """A step to come. The serial keeps those of one moment in order, and the heap from comparing accounts."""

    due: float
    serial: int
    account: Account
    sid: str
    expects: Status
    accepted: float
    expires: bool


class Lifecycle:
    """Moves messages along. Nothing ticks in here: `settle` catches up with what has become due.

    Args:
        profile: the pace of messages; `None` leaves every step to `move`.
        switches: what to do where Twilio's behaviour is not known for sure.

    Attributes:
        watcher: is told of each message that is new or has another status.
        queues: what waits at each sender.
        fates: the error that messages to a recipient end with, by his address.
    """

    def __init__(self, profile: Profile | None, switches: Switches = DEFAULT) -> None:
        self.watcher: Watcher | None = None
        self.queues: Queues = Queues()
        self.fates: dict[str, int] = {}
        self._profile = profile
        self._switches = switches
        self._steps: list[_Step] = []
        self._serials = count()

    @property
    def due(self) -> float | None:
        """When the next step is to be taken, in seconds since 1970."""
        return self._steps[0].due if self._steps else None

    def enter(self, account: Account, message: Message, now: datetime) -> None:
        """Take a new message in.

        Args:
            account: whose it is.
            message: as it is answered to its creation.
            now: the exact moment.
        """
        accepted = self._queue_up(message, now.timestamp())
        account.messages.add(message, self._sent_at(message, accepted) or message.date_created)
        self._plan(account, message, accepted)
        if self.watcher is not None:
            self.watcher.entered(account, message)

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
        self._tell_of(account, moved)
        return moved

    def courses(self) -> dict[str, float]:
        """The messages that will go on by themselves: the moment from which each one's steps are counted, by its sid."""
        return {step.sid: step.accepted for step in self._steps if _awaits(step)}

    def resume(self, account: Account, message: Message, accepted: float) -> None:
        """Let a message that is there already go on by itself.

        Args:
            account: whose it is.
            message: as it is now.
            accepted: the moment from which its steps are counted, in seconds since 1970.
        """
        self._plan(account, message, accepted)

    def forget(self) -> None:
        """Begin anew: no step is planned, no queue waits, no recipient has a fate."""
        self._steps.clear()
        self.fates.clear()
        self.queues = Queues()

    def _take(self, step: _Step, message: Message) -> None:
        status, error_code = self._next(step, message)
        moved = _moved(step.account, message, status, _second(step.due), error_code)
        if moved.status == "queued":
            moved = self._admitted(step, moved)
        accepted = step.due if message.status == "scheduled" else step.accepted
        if message.status == "accepted":
            accepted = self._queue_up(moved, accepted)
        step.account.messages.replace(moved, self._sent_at(moved, accepted))
        self._plan(step.account, moved, accepted)
        self._tell_of(step.account, moved)

    def _tell_of(self, account: Account, moved: Message) -> None:
        if self.watcher is None:
            return
        if moved.status == "sent" and self._switches.sending_callback:
            self.watcher.moved(account, replace(moved, status="sending"))
        self.watcher.moved(account, moved)

    def _next(self, step: _Step, message: Message) -> tuple[Status, int | None]:
        if step.expires:
            return bad_end(VALIDITY_EXPIRED), VALIDITY_EXPIRED
        status = _NEXT[message.status]
        if status == "sent" and not step.account.active:
            return bad_end(ACCOUNT_SUSPENDED), ACCOUNT_SUSPENDED
        fate = self.fates.get(message.to)
        if fate is None and self._switches.unregistered_10dlc == "fail" and is_unregistered(step.account, message):
            fate = UNREGISTERED
        if fate is not None and status == ("sent" if bad_end(fate) == "failed" else "delivered"):
            return bad_end(fate), fate
        return status, None

    def _admitted(self, step: _Step, message: Message) -> Message:
        """The message for which a Messaging Service has picked a sender, or its end if that one cannot send it."""
        sender = message.from_ or ""
        if self.queues.is_full(sender, step.due):
            return _moved(step.account, message, bad_end(QUEUE_OVERFLOW), _second(step.due), QUEUE_OVERFLOW)
        if step.account.opted_out(sender, message.to) or step.account.opted_out(
            message.messaging_service_sid or "", message.to
        ):
            return _moved(step.account, message, bad_end(OPTED_OUT), _second(step.due), OPTED_OUT)
        return message

    def _queue_up(self, message: Message, accepted: float) -> float:
        """When a message was accepted, later by what it has to wait for those in front of it."""
        if self._profile is None or not self._profile.throughput or message.status != "queued":
            return accepted
        leaves = self.queues.join(message.from_ or "", message.num_segments, accepted + self._profile.sent)
        return leaves - self._profile.sent

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
        if due is None:
            return
        ends = _accepted_at(message) + message.validity_period if message.status in _WAITING else due
        step = _Step(min(due, ends), next(self._serials), account, message.sid, message.status, accepted, due > ends)
        heappush(self._steps, step)

    def _due(self, message: Message, accepted: float) -> float | None:
        if self._profile is None:
            return None
        if message.status == "scheduled":
            return None if message.send_at is None else message.send_at.timestamp()
        if message.status == "delivered" and not message.to.startswith(("whatsapp:", "rcs:")):
            return None
        delay = self._profile.delay(message.status)
        return None if delay is None else accepted + delay


def _awaits(step: _Step) -> bool:
    message = step.account.messages.get(step.sid)
    return message is not None and message.status == step.expects


def _accepted_at(message: Message) -> float:
    return (message.send_at or message.date_created).timestamp()


def _second(moment: float) -> datetime:
    return datetime.fromtimestamp(int(moment), UTC)


def _moved(account: Account, message: Message, status: Status, when: datetime, error_code: int | None = None) -> Message:
    """The message after one step; the account pays for one that leaves the queue."""
    if message.from_ is None and status in _NEEDS_SENDER and error_code != VALIDITY_EXPIRED:
        message = _with_sender(account, message)
        if message.from_ is None:
            status, error_code = "failed", NO_SENDER
    message = replace(message, status=status, date_updated=when, error_code=error_code)
    if message.date_sent is None and status in _LEFT_QUEUE and error_code != VALIDITY_EXPIRED:
        price = _price(message)
        account.charge(price)
        message = replace(message, date_sent=when, price=price, price_unit=CURRENCY)
    return message


def _with_sender(account: Account, message: Message) -> Message:
    service = account.services.get(message.messaging_service_sid or "")
    media = message.sid.startswith("MM")
    sms = not media and message.to.startswith("+")
    sender = None if service is None else choose_sender(account, service, message.to, media=media)
    if service is None or sender is None:
        return message
    smart = service.smart_encoding if message.smart_encoded is None else message.smart_encoded
    return replace(message, from_=sender.address, num_segments=segments_of(message.body, sms=sms, smart=smart))


def segments_of(body: str, *, sms: bool, smart: bool) -> int:
    """How many segments a message is counted as; on anything but SMS it is one piece."""
    return segment_count(body, smart_encoding=smart) if sms else 1


def _price(message: Message) -> Decimal:
    return PRICE_OF_MMS if message.sid.startswith("MM") else PRICE_OF_SEGMENT * message.num_segments
