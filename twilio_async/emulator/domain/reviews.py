"""What Twilio, and those behind it, decide after a while: about brands, campaigns, verifications, templates and senders."""

from __future__ import annotations

from datetime import UTC, datetime
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self, TypeGuard

from twilio_async.emulator.domain.collection import Record

if TYPE_CHECKING:
    from twilio_async.emulator.domain.accounts import Account


class Verdict(NamedTuple):
    """What was decided.

    Attributes:
        approved: whether what was applied for is granted.
        reason: why not, in words.
        code: why not, as Twilio's error code.
    """

    approved: bool
    reason: str = ""
    code: int | None = None

    @property
    def error(self) -> dict[str, object]:
        """Why not, as Twilio writes it into a brand or a campaign."""
        url = None if self.code is None else f"https://www.twilio.com/docs/api/errors/{self.code}"
        return {"error_code": self.code, "description": self.reason, "fields": [], "url": url}


class Reviewed(Record, Protocol):
    """A record that somebody decides about."""

    @property
    def pending(self) -> bool:
        """Whether it waits for the decision."""
        ...

    def decided(self, verdict: Verdict, when: datetime) -> Self:
        """The record after the decision; there may have been another one before."""
        ...


class _Review(NamedTuple):
    """A decision to come. The serial keeps those of one moment in order, and the heap from comparing accounts."""

    due: float
    serial: int
    account: Account
    kind: type[Reviewed]
    sid: str


class Reviews:
    """Decides. Nothing ticks in here: `settle` catches up with what has become due.

    Args:
        seconds: how long a decision takes; it is always a good one. `None` leaves every one to `decide`.
    """

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._reviews: list[_Review] = []
        self._serials = count()

    @property
    def due(self) -> float | None:
        """When the next decision is taken, in seconds since 1970."""
        return self._reviews[0].due if self._reviews else None

    def open(self, account: Account, record: Reviewed, now: datetime) -> None:
        """Let somebody think about a record, if it waits for a decision."""
        if self._seconds is not None and record.pending:
            due = now.timestamp() + self._seconds
            heappush(self._reviews, _Review(due, next(self._serials), account, type(record), record.sid))

    def settle(self, now: datetime) -> None:
        """Let everything be decided that was due until *now*."""
        while self._reviews and self._reviews[0].due <= now.timestamp():
            review = heappop(self._reviews)
            record = review.account.shelf(review.kind).get(review.sid)
            if record is not None and record.pending:
                when = datetime.fromtimestamp(int(review.due), UTC)
                review.account.shelf(review.kind).replace(record.decided(Verdict(approved=True), when))

    def decide(self, account: Account, record: Reviewed, verdict: Verdict, now: datetime) -> Reviewed:
        """Decide about a record now, whatever was planned or decided before."""
        decided = record.decided(verdict, now.replace(microsecond=0))
        account.shelf(type(record)).replace(decided)
        return decided

    def forget(self) -> None:
        """Begin anew: nothing is being thought about."""
        self._reviews.clear()


def is_reviewed(record: Record) -> TypeGuard[Reviewed]:
    """Whether somebody decides about records of this kind."""
    return hasattr(record, "decided")
