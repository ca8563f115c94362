"""A ledger in memory: the model that the real stores are held against, and a quick one for tests. It survives nothing."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from twilio_async.limits import RateLimit
from twilio_async.outbox.ledger import DOUBTFUL, EXACT, MOVES, Event, Settlement, State, later_delivery
from twilio_async.outbox.store import (
    ABSENT,
    DISPLACED,
    LOST,
    Added,
    Campaign,
    Claimed,
    Counts,
    Draft,
    Observed,
    Resolved,
    Row,
    Swept,
    Verdict,
)


class MemoryStore:
    """Rows in a dict, each move checked against `ledger.MOVES`.

    Args:
        clock: Unix seconds. Default `time.time`.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._rows: dict[int, Row] = {}
        self._leases: dict[int, float] = {}
        self._by_key: dict[tuple[str, str], int] = {}
        self._paused: dict[str, bool] = {}
        self._rests: dict[str, float] = {}
        self._rates: dict[tuple[str, float, float], RateLimit] = {}
        self._turn = 0

    async def now(self) -> float:
        """The time of its clock."""
        return self._clock()

    async def add(self, campaign: str, drafts: Sequence[Draft]) -> Added:
        """See `Store.add`."""
        self._paused.setdefault(campaign, False)
        added = known = changed = 0
        for draft in drafts:
            found = self._by_key.get((campaign, draft.key))
            if found is not None:
                known += 1
                changed += self._rows[found].payload != draft.payload
                continue
            added += 1
            self._by_key[campaign, draft.key] = number = len(self._rows) + 1
            self._rows[number] = Row(
                id=number, campaign=campaign, state="pending", added_at=self._clock(), **msgspec.structs.asdict(draft)
            )
        return Added(added, known, changed)

    async def claim(
        self,
        owner: str,
        *,
        campaign: str | None,
        limit: int,
        lease: float,
        quota: int | None = None,
        quotas: Mapping[str, int] = {},
    ) -> Claimed:
        """See `Store.claim`."""
        now = self._clock()
        lanes = self._lanes(campaign)
        self._turn += 1
        order = sorted(lanes)
        order = order[self._turn % len(order) :] + order[: self._turn % len(order)] if order else []
        ready = {
            lane: sorted(
                (row for row in lanes[lane] if row.not_before <= now and self._rests.get(lane[1], 0.0) <= now),
                key=lambda row: (row.not_before, row.id),
            )[: quotas.get(lane[1], limit if quota is None else quota)]
            for lane in order
        }
        rows: list[Row] = []
        while len(rows) < limit and any(ready.values()):
            for lane in order:
                if ready[lane] and len(rows) < limit:
                    row = self._move(ready[lane].pop(0), "claim", owner=owner)
                    row = self._keep(row, epoch=row.epoch + 1)
                    self._leases[row.id] = now + lease
                    rows.append(row)
        times = (
            max(row.not_before, self._rests.get(row.sender, 0.0)) for lane in self._lanes(campaign).values() for row in lane
        )
        earliest = min(times, default=None)
        return Claimed(sorted(rows, key=lambda row: row.id), None if earliest is None else max(earliest - now, 0.0))

    def _lanes(self, campaign: str | None) -> dict[tuple[str, str], list[Row]]:
        lanes: dict[tuple[str, str], list[Row]] = {}
        for row in self._of(campaign):
            if row.state == "pending" and not self._paused[row.campaign] and not self._is_late(row):
                lanes.setdefault((row.campaign, row.sender), []).append(row)
        return lanes

    async def begin(self, rows: Sequence[Row], *, lease: float) -> set[int]:
        """See `Store.begin`."""
        now = self._clock()
        begun: set[int] = set()
        for mine in rows:
            row = self._rows[mine.id]
            if not self._is_ours(row, mine) or row.state != "claimed" or self._leases[row.id] <= now:
                continue
            if self._paused[row.campaign] or self._is_late(row):
                continue
            self._keep(self._move(row, "begin"), attempt=row.attempt + 1, intent_at=now, asked_at=None, absent_at=None)
            self._leases[row.id] = now + lease
            begun.add(row.id)
        return begun

    async def settle(self, row: Row, settlement: Settlement) -> bool:
        """See `Store.settle`."""
        kept = self._rows[row.id]
        if not self._is_ours(kept, row) or kept.state not in MOVES[settlement.event].sources:
            return False
        if settlement.event == "accept":
            sid = self._claim_sid(kept.id, settlement.sid)
            self._settled(kept, "accept", sid=sid, code=settlement.code, reason=settlement.reason, evidence="answer")
            return True
        changes: dict[str, Any] = {"code": settlement.code, "reason": settlement.reason}
        if settlement.event == "put_back":
            changes["not_before"] = self._clock() + settlement.delay if settlement.delay else kept.not_before
        self._settled(kept, settlement.event, **changes)
        return True

    async def release(self, rows: Sequence[Row]) -> None:
        """See `Store.release`."""
        for mine in rows:
            row = self._rows[mine.id]
            if self._is_ours(row, mine) and row.state == "claimed":
                self._move(row, "release")

    async def sweep(self, *, everything: bool = False) -> Swept:
        """See `Store.sweep`."""
        now = self._clock()
        done: Counter[str] = Counter()
        for row in self._of(None):
            over = everything or self._leases.get(row.id, 0.0) <= now
            if row.state == "claimed" and over:
                self._move(row, "release")
                done["released"] += 1
            elif row.state == "sending" and over:
                self._settled(row, "lose", code=None, reason=LOST)
                done["lost"] += 1
        for row in self._of(None):
            if row.state == "pending" and self._is_late(row):
                self._settled(row, "expire")
                done["expired"] += 1
        return Swept(**done)

    async def unknowns(self, *, campaign: str | None, after: int = 0, limit: int = 1000) -> list[Row]:
        """See `Store.unknowns`."""
        found = (
            row for row in self._of(campaign)
            if row.id > after and (row.state in DOUBTFUL or (row.state == "accepted" and row.sid is None))
        )  # fmt: skip
        return sorted(found, key=lambda row: row.id)[:limit]

    async def known_sids(self, sids: Collection[str]) -> set[str]:
        """See `Store.known_sids`."""
        return {row.sid for row in self._rows.values() if row.sid is not None} & set(sids)

    async def resolve(
        self, verdicts: Sequence[Verdict], *, at: float, apart: float = 60.0, resend_absent: bool = False
    ) -> Resolved:
        """See `Store.resolve`."""
        done: Counter[str] = Counter()
        for verdict in verdicts:
            row = self._rows[verdict.id]
            if row.epoch == verdict.epoch:
                done[self._resolve(row, verdict, at=at, apart=apart, resend_absent=resend_absent)] += 1
        del done[""]
        return Resolved(**done)

    def _resolve(self, row: Row, verdict: Verdict, *, at: float, apart: float, resend_absent: bool) -> str:
        if verdict.finding == "match":
            if self._holder(verdict.sid) is not None:
                return ""
            if row.state == "accepted" and row.sid is None:
                self._keep(row, sid=verdict.sid, evidence="listed")
                return "matched"
            if row.state in DOUBTFUL:
                self._settled(row, "match", sid=verdict.sid, evidence="match", reason=None, code=None)
                return "matched"
            return ""
        if row.state not in DOUBTFUL:
            return ""
        if verdict.finding == "hold":
            self._settled(row, "hold", reason=verdict.reason)
            return "held"
        if verdict.finding == "wait":
            self._keep(row, asked_at=at if row.asked_at is None else row.asked_at)
            return ""
        if row.absent_at is None:
            self._keep(row, absent_at=at)
            return ""
        if at - row.absent_at < apart:
            return ""
        if resend_absent:
            self._settled(row, "resend", reason=ABSENT)
            return "resent"
        if row.state == "absent":
            return ""
        self._settled(row, "miss", reason=ABSENT)
        return "absent"

    async def observe(self, campaign: str, key: str, *, sid: str, status: str | None, code: int | None) -> Observed:
        """See `Store.observe`."""
        number = self._by_key.get((campaign, key))
        if number is None:
            return "stranger"
        row = self._rows[number]
        if row.state == "accepted" and row.sid is not None and row.sid != sid:
            if row.evidence in EXACT:
                return "another"
            row = self._displaced(row)
        known = row.state == "accepted" and row.sid == sid and row.evidence in EXACT
        if not known:
            sid_or_none = self._claim_sid(row.id, sid)
            row = self._settled(row, "observe", sid=sid_or_none, evidence="callback", code=None, reason=None)
        if status is not None and later_delivery(row.delivery, status):
            self._keep(row, delivery=status, delivery_code=code)
            known = False
        return "known" if known else "learned"

    async def reserve(self, bucket: str, *, rate: float, burst: float, cost: float) -> float:
        """See `Store.reserve`."""
        return reserve(self._rates, bucket, rate, burst, cost)

    async def rest(self, sender: str, seconds: float) -> None:
        """See `Store.rest`."""
        self._rests[sender] = max(self._rests.get(sender, 0.0), self._clock() + seconds)

    async def pause(self, campaign: str, *, paused: bool) -> bool:
        """See `Store.pause`."""
        if campaign not in self._paused:
            return False
        self._paused[campaign] = paused
        return True

    async def withdraw(
        self, campaign: str | None, state: Literal["cancelled", "expired"], *, keys: Collection[str] | None = None
    ) -> int:
        """See `Store.withdraw`."""
        event: Event = "cancel" if state == "cancelled" else "expire"
        chosen = [row for row in self._of(campaign, keys) if row.state in MOVES[event].sources]
        for row in chosen:
            self._settled(row, event)
        return len(chosen)

    async def retry(
        self,
        campaign: str | None,
        *,
        states: Collection[State],
        codes: Collection[int] | None = None,
        keys: Collection[str] | None = None,
    ) -> int:
        """See `Store.retry`."""
        wanted = MOVES["retry"].sources & set(states)
        chosen = [row for row in self._of(campaign, keys) if row.state in wanted and (codes is None or row.code in codes)]
        for row in chosen:
            deadline = None if row.state == "expired" else row.deadline
            self._settled(row, "retry", not_before=0.0, deadline=deadline)
        return len(chosen)

    async def campaigns(self) -> list[Campaign]:
        """See `Store.campaigns`."""
        return [Campaign(name, paused) for name, paused in self._paused.items()]

    async def progress(self, campaign: str | None) -> Counts:
        """See `Store.progress`."""
        rows: dict[State, int] = {}
        segments: dict[State, int] = {}
        for row in self._of(campaign):
            rows[row.state] = rows.get(row.state, 0) + 1
            segments[row.state] = segments.get(row.state, 0) + row.segments
        return Counts(rows, segments)

    async def codes(self, campaign: str | None) -> dict[int | None, int]:
        """See `Store.codes`."""
        return dict(Counter(row.code for row in self._of(campaign) if row.state in {"rejected", "skipped"}))

    async def rows(self, states: Collection[State], *, campaign: str | None, after: int = 0, limit: int = 1000) -> list[Row]:
        """See `Store.rows`."""
        chosen = [row for row in self._of(campaign) if row.id > after and (not states or row.state in states)]
        return sorted(chosen, key=lambda row: row.id)[:limit]

    async def aclose(self) -> None:
        """Nothing to let go."""

    # --- moves -----------------------------------------------------------------------------------------------------------

    def _of(self, campaign: str | None, keys: Iterable[str] | None = None) -> list[Row]:
        wanted = None if keys is None else set(keys)
        return [
            row for row in self._rows.values()
            if campaign in {None, row.campaign} and (wanted is None or row.key in wanted)
        ]  # fmt: skip

    def _is_ours(self, row: Row, mine: Row) -> bool:
        return (row.owner, row.epoch) == (mine.owner, mine.epoch)

    def _is_late(self, row: Row) -> bool:
        return row.deadline is not None and row.deadline <= self._clock()

    def _move(self, row: Row, event: Event, **changes: Any) -> Row:
        sources, target = MOVES[event]
        if row.state not in sources:
            raise AssertionError(f"{event} of a row that is {row.state}")
        return self._keep(row, state=target, **changes)

    def _settled(self, row: Row, event: Event, **changes: Any) -> Row:
        return self._move(row, event, settled_at=self._clock(), **changes)

    def _keep(self, row: Row, **changes: Any) -> Row:
        self._rows[row.id] = kept = msgspec.structs.replace(self._rows[row.id], **changes)
        return kept

    def _holder(self, sid: str | None) -> Row | None:
        return next((row for row in self._rows.values() if sid is not None and row.sid == sid), None)

    def _claim_sid(self, number: int, sid: str | None) -> str | None:
        """The sid, for a row that has exact evidence for it; ``None`` if another has evidence as good."""
        holder = self._holder(sid)
        if holder is None or holder.id == number:
            return sid
        if holder.evidence in EXACT:
            return None
        self._displaced(holder)
        return sid

    def _displaced(self, row: Row) -> Row:
        """The row without a sid that was only inferred; whether it was accepted is unknown again, unless Twilio said so."""
        if row.evidence == "listed":
            return self._keep(row, sid=None, evidence="answer")
        return self._settled(row, "displace", sid=None, evidence=None, asked_at=None, absent_at=None, reason=DISPLACED)


def reserve(rates: dict[tuple[str, float, float], RateLimit], bucket: str, rate: float, burst: float, cost: float) -> float:
    """`Store.reserve` for a store that one process uses alone: its rates need not outlive it."""
    limit = rates.get((bucket, rate, burst))
    if limit is None:
        limit = rates[bucket, rate, burst] = RateLimit(rate, burst=burst)
    return limit.reserve(cost)
