"""The moves that take a look before: whose a sid is, what is known of a row. Each within the transaction that is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from twilio_async.outbox.ledger import DOUBTFUL, EXACT, MOVES, Event, Settlement, later_delivery
from twilio_async.outbox.postgres.access import Sql
from twilio_async.outbox.postgres.statements import Statements
from twilio_async.outbox.store import ABSENT, DISPLACED, Observed, Resolved, Row, Verdict

LARGEST_CODE: Final = 2**31 - 1


def clean(text: str | None) -> str | None:
    """Text that PostgreSQL can hold: whatever a server or a callback told, without NUL and without halves of characters."""
    return None if text is None else text.replace("\0", "").encode("utf-8", "replace").decode()


def clean_code(code: int | None) -> int | None:
    """A code of Twilio's; what cannot be one is dropped."""
    return code if code is not None and abs(code) <= LARGEST_CODE else None


def row(values: Sequence[Any]) -> Row:
    """A row of a statement that gives `statements.COLUMNS`."""
    (
        number, campaign, key, state, payload, recipient, sender, segments, added_at, attempt, epoch, owner, not_before,
        deadline, intent_at, settled_at, sid, code, reason, evidence, asked_at, absent_at, delivery, delivery_code,
    ) = values  # fmt: skip
    return Row(
        id=number, campaign=campaign, key=key, state=state, payload=payload, to=recipient, sender=sender, segments=segments,
        added_at=added_at, attempt=attempt, epoch=epoch, owner=owner, not_before=not_before, deadline=deadline,
        intent_at=intent_at, settled_at=settled_at, sid=sid, code=code, reason=reason, evidence=evidence, asked_at=asked_at,
        absent_at=absent_at, delivery=delivery, delivery_code=delivery_code,
    )  # fmt: skip


class Moves:
    """Moves on one connection, at one moment.

    Args:
        sql: the connection, in a transaction.
        statements: of the schema.
        now: Unix seconds.
    """

    def __init__(self, sql: Sql, statements: Statements, now: float) -> None:
        self._sql = sql
        self._statements = statements
        self._now = now

    async def _rows(self, statement: bytes, **values: Any) -> list[Row]:
        return [row(found) for found in await self._sql.fetch(statement, values)]

    async def _keep(self, number: int, **changes: Any) -> None:
        """Change columns of a row."""
        sets = ", ".join(f"{name} = %({name})s" for name in changes)
        await self._sql.execute(self._statements.change.format(sets).encode(), {"id": number, **changes})

    async def _move(self, row: Row, event: Event, **changes: Any) -> None:
        """Move a row that is locked."""
        sources, target = MOVES[event]
        assert row.state in sources, f"{event} of a row that is {row.state}"  # noqa: S101 - the table is the law
        await self._keep(row.id, state=target, settled_at=self._now, **changes)

    async def _freed(self, number: int, sid: str | None) -> str | None:
        """The sid, taken from a row that had it by inference; ``None`` if its holder knows it for certain."""
        holders = [] if sid is None else await self._rows(self._statements.by_sid, sid=sid)
        for holder in holders:
            if holder.id == number:
                return sid
            if holder.evidence in EXACT:
                return None
            await self._displace(holder)
        return sid

    async def _displace(self, holder: Row) -> None:
        if holder.evidence == "listed":
            await self._keep(holder.id, sid=None, evidence="answer")
        else:
            await self._move(holder, "displace", sid=None, evidence=None, asked_at=None, absent_at=None, reason=DISPLACED)

    # --- one answer ------------------------------------------------------------------------------------------------------

    async def settle(self, mine: Row, noted: Settlement) -> bool:
        """See `Store.settle`; for a message that may be another row's already."""
        for kept in await self._rows(self._statements.held, ids=[mine.id]):
            if (kept.owner, kept.epoch) != (mine.owner, mine.epoch) or kept.state not in MOVES[noted.event].sources:
                continue
            changes: dict[str, Any] = {"code": clean_code(noted.code), "reason": clean(noted.reason)}
            if noted.event == "accept":
                changes |= {"sid": await self._freed(kept.id, clean(noted.sid)), "evidence": "answer"}
            elif noted.event == "put_back" and noted.delay:
                changes["not_before"] = self._now + noted.delay
            await self._move(kept, noted.event, **changes)
            return True
        return False

    # --- what Twilio's list tells ----------------------------------------------------------------------------------------

    async def resolve(self, verdicts: Sequence[Verdict], at: float, apart: float, *, resend_absent: bool) -> Resolved:
        """See `Store.resolve`."""
        rows = {kept.id: kept for kept in await self._rows(self._statements.held, ids=[verdict.id for verdict in verdicts])}
        sids = [clean(verdict.sid) for verdict in verdicts if verdict.sid is not None]
        known = {sid for (sid,) in await self._sql.fetch(self._statements.known_sids, {"sids": sids})}
        done: Counter[str] = Counter()
        for verdict in verdicts:
            kept = rows.pop(verdict.id, None)
            if kept is not None and kept.epoch == verdict.epoch:
                done[await self._resolve(kept, verdict, known, at, apart, resend_absent=resend_absent)] += 1
        del done[""]
        return Resolved(**done)

    async def _resolve(
        self, kept: Row, verdict: Verdict, known: set[str], at: float, apart: float, *, resend_absent: bool
    ) -> str:
        if verdict.finding == "match":
            return await self._match(kept, clean(verdict.sid), known)
        if kept.state not in DOUBTFUL:
            return ""
        if verdict.finding == "hold":
            await self._move(kept, "hold", reason=clean(verdict.reason))
            return "held"
        if verdict.finding == "wait":
            if kept.asked_at is None:
                await self._keep(kept.id, asked_at=at)
            return ""
        if kept.absent_at is None:
            await self._keep(kept.id, absent_at=at)
            return ""
        if at - kept.absent_at < apart or (kept.state == "absent" and not resend_absent):
            return ""
        await self._move(kept, "resend" if resend_absent else "miss", reason=ABSENT)
        return "resent" if resend_absent else "absent"

    async def _match(self, kept: Row, sid: str | None, known: set[str]) -> str:
        if sid is None or sid in known:
            return ""
        if kept.state == "accepted" and kept.sid is None:
            await self._keep(kept.id, sid=sid, evidence="listed")
        elif kept.state in DOUBTFUL:
            await self._move(kept, "match", sid=sid, evidence="match", reason=None, code=None)
        else:
            return ""
        known.add(sid)
        return "matched"

    # --- what a callback tells -------------------------------------------------------------------------------------------

    async def observe(self, campaign: str, key: str, *, sid: str, status: str | None, code: int | None) -> Observed:
        """See `Store.observe`."""
        rows = await self._rows(self._statements.by_key, campaign=campaign, key=key)
        if not rows:
            return "stranger"
        (kept,) = rows
        if kept.state == "accepted" and kept.sid is not None and kept.sid != sid:
            if kept.evidence in EXACT:
                return "another"
            await self._displace(kept)
            (kept,) = await self._rows(self._statements.by_key, campaign=campaign, key=key)
        known = kept.state == "accepted" and kept.sid == sid and kept.evidence in EXACT
        if not known:
            free = await self._freed(kept.id, sid)
            await self._move(kept, "observe", sid=free, evidence="callback", code=None, reason=None)
        if status is not None and later_delivery(kept.delivery, status):
            await self._keep(kept.id, delivery=status, delivery_code=clean_code(code))
            known = False
        return "known" if known else "learned"
