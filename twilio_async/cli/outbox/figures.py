"""What a ledger tells of a send when its rows are counted: by the minute, by code, and how long Twilio took to accept."""

from __future__ import annotations

import bisect
import datetime as dt
import itertools
from collections import Counter
from dataclasses import dataclass, field

from twilio_async.outbox import Outbox, Row
from twilio_async.outbox.ledger import State

EDGES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds at which one bar of the times ends and the next begins."""
_FINE = 1.05
"""The ratio of one bucket to the next of those from which quantiles are read: they are right to five percent."""
_SHORTEST = 0.001


@dataclass(slots=True)
class Times:
    """How long something took, in buckets, so that a million of them take no room."""

    buckets: Counter[int] = field(default_factory=Counter[int])
    bars: Counter[int] = field(default_factory=Counter[int])

    def add(self, seconds: float) -> None:
        """Count one."""
        self.bars[bisect.bisect_left(EDGES, seconds)] += 1
        bucket, bound = 0, _SHORTEST
        while bound < seconds:
            bucket, bound = bucket + 1, bound * _FINE
        self.buckets[bucket] += 1

    @property
    def count(self) -> int:
        """How many there are."""
        return self.buckets.total()

    def quantile(self, share: float) -> float:
        """The seconds within which a share of them ended; 0 if there are none."""
        wanted = share * self.count
        for bucket, so_far in zip(
            sorted(self.buckets), itertools.accumulate(self.buckets[bucket] for bucket in sorted(self.buckets)), strict=True
        ):
            if so_far >= wanted:
                return float(_SHORTEST * _FINE**bucket)
        return 0.0


@dataclass(slots=True)
class Figures:
    """A campaign, or all, in figures.

    Attributes:
        rows: by state.
        segments: by state.
        codes: refused rows by Twilio's code.
        minutes: rows that came to an end, by Unix minute and whether they were accepted.
        times: from the intent to the answer that accepted.
        attempts: rows by how often they were tried.
        deliveries: what callbacks told of delivery.
        began: Unix seconds of the first intent; `None` if there was none.
        ended: Unix seconds of the last answer.
    """

    rows: Counter[State] = field(default_factory=Counter[State])
    segments: Counter[State] = field(default_factory=Counter[State])
    codes: Counter[int | None] = field(default_factory=Counter["int | None"])
    minutes: Counter[tuple[int, bool]] = field(default_factory=Counter["tuple[int, bool]"])
    times: Times = field(default_factory=Times)
    attempts: Counter[int] = field(default_factory=Counter[int])
    deliveries: Counter[str] = field(default_factory=Counter[str])
    began: float | None = None
    ended: float | None = None

    def add(self, row: Row) -> None:
        """Count a row."""
        self.rows[row.state] += 1
        self.segments[row.state] += row.segments
        self.attempts[row.attempt] += 1
        if row.state in {"rejected", "skipped"}:
            self.codes[row.code] += 1
        if row.delivery is not None:
            self.deliveries[row.delivery] += 1
        if row.intent_at is None or row.settled_at is None:
            return
        self.began = min(self.began or row.intent_at, row.intent_at)
        self.ended = max(self.ended or row.settled_at, row.settled_at)
        self.minutes[int(row.settled_at // 60), row.state == "accepted"] += 1
        if row.state == "accepted" and row.evidence == "answer":
            self.times.add(row.settled_at - row.intent_at)

    @property
    def total(self) -> int:
        """All rows."""
        return self.rows.total()

    @property
    def tried(self) -> int:
        """Rows that were tried at least once."""
        return self.total - self.attempts[0]


async def figures(outbox: Outbox, campaign: str | None) -> Figures:
    """Count all rows of a campaign, or of all."""
    found = Figures()
    async for row in outbox.rows(campaign=campaign):
        found.add(row)
    return found


def per_minute(found: Figures, most: int = 240) -> list[tuple[dt.datetime, int, int]]:
    """Accepted and other rows by time, from the first to the last; several minutes together if there are too many.

    Args:
        found: the figures.
        most: entries at most.
    """
    if not found.minutes:
        return []
    first = min(minute for minute, _ in found.minutes)
    last = max(minute for minute, _ in found.minutes)
    step = (last - first) // most + 1
    counts: Counter[tuple[int, bool]] = Counter()
    for (minute, accepted), count in found.minutes.items():
        counts[(minute - first) // step, accepted] += count
    return [
        (dt.datetime.fromtimestamp((first + place * step) * 60, dt.UTC), counts[place, True], counts[place, False])
        for place in range((last - first) // step + 1)
    ]
