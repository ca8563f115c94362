"""The moves of the ledger as SQL, each within the transaction that is open on the connection. Knows no thread and no loop."""
# ruff: noqa: S608 - statements are put together from constants of this file; every value is bound

from __future__ import annotations

import json
import math
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, Literal

from twilio_async.outbox.ledger import DOUBTFUL, EXACT, MOVES, STATES, Event, Settlement, State, later_delivery
from twilio_async.outbox.schema import CODES, IN_DOUBT, IN_HAND, PENDING, REFUSED, WITH_DEADLINE, WITHOUT_SID
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

_COLUMNS: Final = (
    "id", "campaign", "key", "state", "payload", "recipient", "sender", "segments", "added_at", "attempt", "epoch", "owner",
    "not_before", "deadline", "intent_at", "settled_at", "sid", "code", "reason", "evidence", "asked_at", "absent_at",
    "delivery", "delivery_code",
)  # fmt: skip
_ALL: Final = ", ".join(_COLUMNS)
_PENDING, _CLAIMED, _SENDING = CODES["pending"], CODES["claimed"], CODES["sending"]
_SOURCES: Final = {event: sorted((CODES[state] for state in MOVES[event].sources), key=_SENDING.__ne__) for event in MOVES}
"""From where each event leads, first from the wire, since nearly all rows are settled there."""

# Each row is moved by these two, so they are put together once.
_BEGIN: Final = (
    f"UPDATE rows SET state = {_SENDING}, attempt = attempt + 1, intent_at = ?, lease = ?, asked_at = NULL, absent_at = NULL "
    f"WHERE id = ? AND state = {_CLAIMED} AND owner = ? AND epoch = ? AND lease > ? AND (deadline IS NULL OR deadline > ?)"
)
_SETTLE: Final = (
    "UPDATE rows SET state = ?, settled_at = ?, sid = ?, code = ?, reason = ?, evidence = ?, "
    "not_before = coalesce(?, not_before) WHERE id = ? AND owner = ? AND epoch = ? AND state = ?"
)


class Tables:
    """A ledger on a connection.

    Args:
        connection: as `schema.connect` made it.
        clock: Unix seconds.
    """

    def __init__(self, connection: sqlite3.Connection, clock: Callable[[], float]) -> None:
        self._sql = connection
        self._clock = clock
        self._moved: Counter[tuple[int, int]] = Counter()
        self._segments: Counter[tuple[int, int]] = Counter()
        self._turn = 0
        self.forget()

    def forget(self) -> None:
        """Read anew what is kept in memory, after a transaction was undone."""
        self._moved.clear()
        self._segments.clear()
        self._campaigns: dict[str, int] = {}
        self._campaign_names: dict[int, str] = {}
        self._paused: set[int] = set()
        self._senders: dict[str, int] = {}
        self._sender_names: dict[int, str] = {}
        for number, name, paused in self._sql.execute("SELECT id, name, paused FROM campaigns"):
            self._campaigns[name], self._campaign_names[number] = number, name
            if paused:
                self._paused.add(number)
        for number, name in self._sql.execute("SELECT id, name FROM senders"):
            self._senders[name], self._sender_names[number] = number, name
        self._lanes: set[tuple[int, int]] = set(self._sql.execute("SELECT campaign, sender FROM lanes"))

    def count(self) -> None:
        """Bring the counters up to date; to be called before each commit."""
        if not self._moved:
            return
        self._sql.executemany(
            "INSERT INTO counts VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "rows = rows + excluded.rows, segments = segments + excluded.segments",
            [(*place, rows, self._segments[place]) for place, rows in self._moved.items()],
        )
        self._moved.clear()
        self._segments.clear()

    # --- rows come in ----------------------------------------------------------------------------------------------------

    def add(self, name: str, drafts: Sequence[Draft]) -> Added:
        """See `Store.add`."""
        campaign, now = self._campaign(name), self._clock()
        keys = json.dumps([draft.key for draft in drafts])
        stored: dict[str, str] = dict(
            self._sql.execute(
                "SELECT key, payload FROM rows WHERE campaign = ? AND key IN (SELECT value FROM json_each(?))", (campaign, keys)
            )
        )
        fresh: list[tuple[Any, ...]] = []
        known = changed = segments = 0
        for draft in drafts:
            found = stored.get(draft.key)
            if found is not None:
                known += 1
                changed += found != draft.payload
                continue
            stored[draft.key] = draft.payload
            segments += draft.segments
            fresh.append((
                campaign, draft.key, self._lane(campaign, draft.sender), draft.to, draft.payload, draft.segments, now,
                draft.not_before, draft.deadline,
            ))  # fmt: skip
        self._sql.executemany(
            "INSERT INTO rows (campaign, key, sender, recipient, payload, segments, added_at, not_before, deadline) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            fresh,
        )
        self._note(campaign, None, _PENDING, len(fresh), segments)
        return Added(len(fresh), known, changed)

    def _campaign(self, name: str) -> int:
        number = self._campaigns.get(name)
        if number is None:
            number = int(self._sql.execute("INSERT INTO campaigns (name) VALUES (?)", (name,)).lastrowid or 0)
            self._campaigns[name], self._campaign_names[number] = number, name
        return number

    def _lane(self, campaign: int, sender: str) -> int:
        number = self._senders.get(sender)
        if number is None:
            number = int(self._sql.execute("INSERT INTO senders (name) VALUES (?)", (sender,)).lastrowid or 0)
            self._senders[sender], self._sender_names[number] = number, sender
        if (campaign, number) not in self._lanes:
            self._sql.execute("INSERT INTO lanes VALUES (?, ?)", (campaign, number))
            self._lanes.add((campaign, number))
        return number

    # --- and go out ------------------------------------------------------------------------------------------------------

    def claim(
        self, owner: str, campaign: str | None, limit: int, lease: float, quota: int | None, quotas: Mapping[str, int]
    ) -> Claimed:
        """See `Store.claim`."""
        now = self._clock()
        lanes = self._open_lanes(campaign)
        rests = self._rests()
        awake = [lane for lane in lanes if rests.get(lane[1], 0.0) <= now]
        self._turn += 1
        first = self._turn % len(awake) if awake else 0
        left = {
            lane: quotas.get(self._sender_names[lane[1]], limit if quota is None else quota)
            for lane in awake[first:] + awake[:first]
        }
        rows: list[Row] = []
        while len(rows) < limit and left:
            share = max((limit - len(rows)) // len(left), 1)
            for lane in list(left):
                wanted = min(share, left[lane], limit - len(rows))
                taken = self._take(owner, lane, wanted, now, lease) if wanted > 0 else []
                left[lane] -= len(taken)
                rows += taken
                if len(taken) < wanted or left[lane] <= 0:
                    del left[lane]
                if len(rows) >= limit:
                    break
        return Claimed(sorted(rows, key=_by_id), self._next_in(lanes, rests, now))

    def _open_lanes(self, campaign: str | None) -> list[tuple[int, int]]:
        wanted = None if campaign is None else self._campaigns.get(campaign, 0)
        return sorted(lane for lane in self._lanes if lane[0] not in self._paused and wanted in {None, lane[0]})

    def _rests(self) -> dict[int, float]:
        return dict(self._sql.execute("SELECT id, rests_until FROM senders WHERE rests_until > 0"))

    def _take(self, owner: str, lane: tuple[int, int], count: int, now: float, lease: float) -> list[Row]:
        found = self._sql.execute(
            f"UPDATE rows SET state = {_CLAIMED}, owner = ?, epoch = epoch + 1, lease = ? WHERE id IN ("
            f"SELECT id FROM rows INDEXED BY rows_pending WHERE {PENDING} AND campaign = ? AND sender = ? AND not_before <= ? "
            f"AND (deadline IS NULL OR deadline > ?) ORDER BY not_before, id LIMIT ?) RETURNING {_ALL}",
            (owner, now + lease, *lane, now, now, count),
        ).fetchall()
        self._note(lane[0], _PENDING, _CLAIMED, len(found), sum(values[7] for values in found))
        return [self._row(values) for values in found]

    def _next_in(self, lanes: Sequence[tuple[int, int]], rests: Mapping[int, float], now: float) -> float | None:
        earliest = math.inf
        for lane in lanes:
            found = self._sql.execute(
                f"SELECT not_before FROM rows INDEXED BY rows_pending WHERE {PENDING} AND campaign = ? AND sender = ? "
                "AND (deadline IS NULL OR deadline > ?) ORDER BY not_before LIMIT 1",
                (*lane, now),
            ).fetchone()
            if found is not None:
                ready: float = max(found[0], rests.get(lane[1], 0.0))
                earliest = min(earliest, ready)
                if earliest <= now:
                    break
        return None if earliest == math.inf else max(earliest - now, 0.0)

    def begin(self, rows: Sequence[Row], lease: float) -> set[int]:
        """See `Store.begin`."""
        now, begun = self._clock(), set[int]()
        for row in rows:
            campaign = self._campaigns[row.campaign]
            if campaign in self._paused:
                continue
            moved = self._sql.execute(_BEGIN, (now, now + lease, row.id, row.owner, row.epoch, now, now)).rowcount
            if moved:
                self._note(campaign, _CLAIMED, _SENDING, 1, row.segments)
                begun.add(row.id)
        return begun

    def settle(self, row: Row, settlement: Settlement) -> bool:
        """See `Store.settle`."""
        try:
            return self._settle(row, settlement, settlement.sid)
        except sqlite3.IntegrityError:  # another row has that sid
            return self._settle(row, settlement, self._freed(settlement.sid))

    def _settle(self, row: Row, settlement: Settlement, sid: str | None) -> bool:
        now, event = self._clock(), settlement.event
        target, evidence = CODES[MOVES[event].target], "answer" if event == "accept" else None
        later = now + settlement.delay if event == "put_back" and settlement.delay else None
        noted = target, now, sid, settlement.code, settlement.reason, evidence, later, row.id, row.owner, row.epoch
        for source in _SOURCES[event]:
            if self._sql.execute(_SETTLE, (*noted, source)).rowcount:
                self._note(self._campaigns[row.campaign], source, target, 1, row.segments)
                return True
        return False

    def _freed(self, sid: str | None) -> str | None:
        """The sid, taken from a row that had it by inference; ``None`` if its holder knows it for certain."""
        holder = self._sql.execute(f"SELECT {_ALL} FROM rows WHERE sid = ?", (sid,)).fetchone()
        if holder is None:
            return sid
        row = self._row(holder)
        if row.evidence in EXACT:
            return None
        self._displace(row)
        return sid

    def _displace(self, row: Row) -> None:
        if row.evidence == "listed":
            self._sql.execute("UPDATE rows SET sid = NULL, evidence = 'answer' WHERE id = ?", (row.id,))
        else:
            self._change(row, "displace", sid=None, evidence=None, asked_at=None, absent_at=None, reason=DISPLACED)

    def release(self, rows: Sequence[Row]) -> None:
        """See `Store.release`."""
        for row in rows:
            moved = self._sql.execute(
                f"UPDATE rows SET state = {_PENDING} WHERE id = ? AND state = {_CLAIMED} AND owner = ? AND epoch = ?",
                (row.id, row.owner, row.epoch),
            ).rowcount
            if moved:
                self._note(self._campaigns[row.campaign], _CLAIMED, _PENDING, 1, row.segments)

    def rest(self, sender: str, seconds: float) -> None:
        """See `Store.rest`."""
        until = self._clock() + seconds
        self._sql.execute("UPDATE senders SET rests_until = max(rests_until, ?) WHERE name = ?", (until, sender))

    # --- in doubt --------------------------------------------------------------------------------------------------------

    def sweep(self, *, everything: bool) -> Swept:
        """See `Store.sweep`."""
        now = self._clock()
        over, values = (IN_HAND, ()) if everything else (f"{IN_HAND} AND lease <= ?", (now,))
        late = f"{WITH_DEADLINE} AND deadline <= ?"
        return Swept(
            released=self._mass("release", MOVES["release"].sources, over, values, index="rows_in_hand"),
            lost=self._mass(
                "lose", MOVES["lose"].sources, over, values, index="rows_in_hand", settled_at=now, code=None, reason=LOST
            ),
            expired=self._mass(
                "expire", frozenset[State]({"pending"}), late, (now,), index="rows_with_deadline", settled_at=now
            ),
        )

    def unknowns(self, campaign: str | None, after: int, limit: int) -> list[Row]:
        """See `Store.unknowns`."""
        where, values = self._where(campaign)
        found = [
            self._row(found)
            for index, condition in (("rows_in_doubt", IN_DOUBT), ("rows_without_sid", WITHOUT_SID))
            for found in self._sql.execute(
                f"SELECT {_ALL} FROM rows INDEXED BY {index} WHERE {condition} AND id > ? AND {where} ORDER BY id LIMIT ?",
                (after, *values, limit),
            )
        ]
        return sorted(found, key=_by_id)[:limit]

    def known_sids(self, sids: Collection[str]) -> set[str]:
        """See `Store.known_sids`."""
        asked = json.dumps(list(sids))
        return {
            sid for (sid,) in self._sql.execute("SELECT sid FROM rows WHERE sid IN (SELECT value FROM json_each(?))", (asked,))
        }

    def resolve(self, verdicts: Sequence[Verdict], at: float, apart: float, *, resend_absent: bool) -> Resolved:
        """See `Store.resolve`."""
        done: Counter[str] = Counter()
        for verdict in verdicts:
            found = self._sql.execute(f"SELECT {_ALL} FROM rows WHERE id = ?", (verdict.id,)).fetchone()
            row = None if found is None else self._row(found)
            if row is not None and row.epoch == verdict.epoch:
                done[self._resolve(row, verdict, at, apart, resend_absent=resend_absent)] += 1
        del done[""]
        return Resolved(**done)

    def _resolve(self, row: Row, verdict: Verdict, at: float, apart: float, *, resend_absent: bool) -> str:
        if verdict.finding == "match":
            return self._match(row, verdict.sid)
        if row.state not in DOUBTFUL:
            return ""
        if verdict.finding == "hold":
            self._change(row, "hold", reason=verdict.reason)
            return "held"
        if verdict.finding == "wait":
            self._sql.execute("UPDATE rows SET asked_at = coalesce(asked_at, ?) WHERE id = ?", (at, row.id))
            return ""
        if row.absent_at is None:
            self._sql.execute("UPDATE rows SET absent_at = ? WHERE id = ?", (at, row.id))
            return ""
        if at - row.absent_at < apart:
            return ""
        if resend_absent:
            self._change(row, "resend", reason=ABSENT)
            return "resent"
        if row.state == "absent":
            return ""
        self._change(row, "miss", reason=ABSENT)
        return "absent"

    def _match(self, row: Row, sid: str | None) -> str:
        if sid is None or self.known_sids([sid]):
            return ""
        if row.state == "accepted" and row.sid is None:
            self._sql.execute("UPDATE rows SET sid = ?, evidence = 'listed' WHERE id = ?", (sid, row.id))
            return "matched"
        if row.state in DOUBTFUL:
            self._change(row, "match", sid=sid, evidence="match", reason=None, code=None)
            return "matched"
        return ""

    def observe(self, campaign: str, key: str, sid: str, status: str | None, code: int | None) -> Observed:
        """See `Store.observe`."""
        found = self._sql.execute(
            f"SELECT {_ALL} FROM rows WHERE campaign = ? AND key = ?", (self._campaigns.get(campaign, 0), key)
        ).fetchone()
        if found is None:
            return "stranger"
        row = self._row(found)
        exact = row.state == "accepted" and row.evidence in EXACT and row.sid is not None
        if exact and row.sid != sid:
            return "another"
        learned = not exact
        if learned:
            free = sid if row.sid == sid else self._freed(sid)
            self._change(row, "observe", sid=free, evidence="callback", code=None, reason=None)
        if status is not None and later_delivery(row.delivery, status):
            self._sql.execute("UPDATE rows SET delivery = ?, delivery_code = ? WHERE id = ?", (status, code, row.id))
            learned = True
        return "learned" if learned else "known"

    # --- what people decide ----------------------------------------------------------------------------------------------

    def pause(self, campaign: str, *, paused: bool) -> bool:
        """See `Store.pause`."""
        number = self._campaigns.get(campaign)
        if number is None:
            return False
        self._sql.execute("UPDATE campaigns SET paused = ? WHERE id = ?", (paused, number))
        (self._paused.add if paused else self._paused.discard)(number)
        return True

    def withdraw(self, campaign: str | None, state: Literal["cancelled", "expired"], keys: Collection[str] | None) -> int:
        """See `Store.withdraw`."""
        where, values = self._where(campaign, keys)
        event: Event = "cancel" if state == "cancelled" else "expire"
        return self._mass(event, MOVES[event].sources, where, values, settled_at=self._clock())

    def retry(
        self, campaign: str | None, states: Collection[State], codes: Collection[int] | None, keys: Collection[str] | None
    ) -> int:
        """See `Store.retry`."""
        where, values = self._where(campaign, keys)
        if codes is not None:
            where, values = f"{where} AND code IN (SELECT value FROM json_each(?))", (*values, json.dumps(list(codes)))
        now, sources = self._clock(), MOVES["retry"].sources & set(states)
        late = self._mass("retry", sources & {"expired"}, where, values, settled_at=now, not_before=0.0, deadline=None)
        return late + self._mass("retry", sources - {"expired"}, where, values, settled_at=now, not_before=0.0)

    # --- to look at ------------------------------------------------------------------------------------------------------

    def campaigns(self) -> list[Campaign]:
        """See `Store.campaigns`."""
        found = self._sql.execute("SELECT name, paused FROM campaigns ORDER BY id")
        return [Campaign(name, bool(paused)) for name, paused in found]

    def progress(self, campaign: str | None) -> Counts:
        """See `Store.progress`."""
        where, values = self._where(campaign)
        found = self._sql.execute(
            f"SELECT state, sum(rows), sum(segments) FROM counts WHERE {where} GROUP BY state HAVING sum(rows) > 0", values
        ).fetchall()
        return Counts(
            {STATES[state]: rows for state, rows, _ in found}, {STATES[state]: segments for state, _, segments in found}
        )

    def codes(self, campaign: str | None) -> dict[int | None, int]:
        """See `Store.codes`."""
        where, values = self._where(campaign)
        return dict(
            self._sql.execute(
                f"SELECT code, count(*) FROM rows INDEXED BY rows_refused WHERE {REFUSED} AND {where} GROUP BY code", values
            )
        )

    def rows(self, states: Collection[State], campaign: str | None, after: int, limit: int) -> list[Row]:
        """See `Store.rows`."""
        where, values = self._where(campaign)
        chosen = f"state IN ({', '.join(str(CODES[state]) for state in states)})" if states else "1"
        found = self._sql.execute(
            f"SELECT {_ALL} FROM rows WHERE id > ? AND {chosen} AND {where} ORDER BY id LIMIT ?", (after, *values, limit)
        )
        return [self._row(values) for values in found]

    # --- tools -----------------------------------------------------------------------------------------------------------

    def _where(self, campaign: str | None, keys: Collection[str] | None = None) -> tuple[str, tuple[Any, ...]]:
        conditions: list[str] = []
        values: list[Any] = []
        if campaign is not None:
            conditions.append("campaign = ?")
            values.append(self._campaigns.get(campaign, 0))
        if keys is not None:
            conditions.append("key IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(list(keys)))
        return " AND ".join(conditions) or "1", tuple(values)

    def _mass(
        self,
        event: Event,
        sources: Collection[State],
        where: str,
        values: Sequence[Any],
        *,
        index: str | None = None,
        **changes: Any,
    ) -> int:
        """Move all rows that fulfil a condition, which are found by *index*; how many."""
        target, moved = CODES[MOVES[event].target], 0
        sets = ", ".join(["state = ?", *(f"{name} = ?" for name in changes)])
        rows = "rows" if index is None else f"rows INDEXED BY {index}"
        for state in sources:
            chosen = f"{where} AND state = {CODES[state]}"
            found = self._sql.execute(
                f"SELECT campaign, count(*), sum(segments) FROM {rows} WHERE {chosen} GROUP BY campaign", values
            ).fetchall()
            if not found:
                continue
            self._sql.execute(f"UPDATE {rows} SET {sets} WHERE {chosen}", (target, *changes.values(), *values))
            for campaign, count, segments in found:
                self._note(campaign, CODES[state], target, count, segments)
                moved += count
        return moved

    def _change(self, row: Row, event: Event, **changes: Any) -> None:
        """Move one row whose state is known."""
        sources, target = MOVES[event]
        assert row.state in sources, f"{event} of a row that is {row.state}"  # noqa: S101 - the table is the law
        sets = ", ".join(["state = ?", "settled_at = ?", *(f"{name} = ?" for name in changes)])
        values = (CODES[target], self._clock(), *changes.values(), row.id)
        self._sql.execute(f"UPDATE rows SET {sets} WHERE id = ?", values)
        self._note(self._campaigns[row.campaign], CODES[row.state], CODES[target], 1, row.segments)

    def _note(self, campaign: int, source: int | None, target: int, rows: int, segments: int) -> None:
        """Remember a move for the counters."""
        if not rows:
            return
        self._moved[campaign, target] += rows
        self._segments[campaign, target] += segments
        if source is not None:
            self._moved[campaign, source] -= rows
            self._segments[campaign, source] -= segments

    def _row(self, values: Sequence[Any]) -> Row:
        (
            number, campaign, key, state, payload, recipient, sender, segments, added_at, attempt, epoch, owner, not_before,
            deadline, intent_at, settled_at, sid, code, reason, evidence, asked_at, absent_at, delivery,
            delivery_code,
        ) = values  # fmt: skip
        known: State = STATES[int(state)]
        return Row(
            id=number, campaign=self._campaign_names[campaign], key=key, state=known, payload=payload, to=recipient,
            sender=self._sender_names[sender], segments=segments, added_at=added_at, attempt=attempt, epoch=epoch, owner=owner,
            not_before=not_before, deadline=deadline, intent_at=intent_at, settled_at=settled_at, sid=sid, code=code,
            reason=reason, evidence=evidence, asked_at=asked_at, absent_at=absent_at, delivery=delivery,
            delivery_code=delivery_code,
        )  # fmt: skip


def _by_id(row: Row) -> int:
    return row.id
