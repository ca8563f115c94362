"""The ledger that many machines share: PostgreSQL, through psycopg."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple, TypeVar

import psycopg

from twilio_async.errors import ConfigError
from twilio_async.outbox.errors import OutboxError
from twilio_async.outbox.ledger import MOVES, Settlement, State
from twilio_async.outbox.postgres.access import PATIENCE, Access, Connection, Sql, Work, lent, refusals
from twilio_async.outbox.postgres.grouping import Grouped
from twilio_async.outbox.postgres.moves import Moves, clean, clean_code, row
from twilio_async.outbox.postgres.rates import SharedRates
from twilio_async.outbox.postgres.schema import DEFAULT, migrate
from twilio_async.outbox.postgres.statements import STORED, Statements
from twilio_async.outbox.store import (
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

T = TypeVar("T")

CONNECTIONS: Final = 4
"""For intents, outcomes, claims and whatever else, each at the same time as the others."""
LOOK_BACK: Final = 10.0
"""Seconds after which lanes are looked through from their beginning again, for rows that were put back."""


class _Lane(NamedTuple):
    """The rows of one sender in one campaign."""

    campaign: str
    sender: str


class _Place(NamedTuple):
    """How far a lane has been claimed."""

    not_before: float = -1.0
    id: int = 0


class PostgresStore:
    """A `Store` in a database that many processes use at once, each through a store of its own. Made by `open`.

    Times are the database's, so that the machines need not agree on theirs. Every intent and every outcome is on the server's
    disk before it is acted upon (``synchronous_commit = on``, whatever the database's default is; the server's ``fsync`` has
    to be on, too). A standby that may take over has to be a synchronous one, or what it has missed may be sent twice. Through
    a pooler such as PgBouncer it needs the pool mode *session*.
    """

    def __init__(self, access: Access, hurried: Access, schema: str, clock: Callable[[], float] | None) -> None:
        self._access = access
        self._hurried = hurried
        self._schema = schema
        self._clock = clock
        self._statements = Statements(schema, own_clock=clock is not None)
        self._rates = SharedRates(hurried, self._statements)
        self._begins = Grouped(self._begin)
        self._settlings = Grouped(self._settle)
        self._named: set[_Lane] = set()
        self._places: dict[_Lane, _Place] = {}
        """Where to go on claiming, since the index is full of what was claimed before until the next vacuum."""
        self._looked_at = 0.0
        self._turn = 0

    @classmethod
    async def open(
        cls,
        dsn: str,
        *,
        schema: str = DEFAULT,
        read_only: bool = False,
        patience: float = PATIENCE,
        clock: Callable[[], float] | None = None,
    ) -> PostgresStore:
        """Connect, and make the ledger's tables if there are none.

        Args:
            dsn: ``postgresql://user:password@host:5432/database``, with all that libpq understands behind a ``?``.
            schema: where the tables are: lower-case letters, digits and ``_``. Default ``twilio_async``.
            read_only: look without changing anything. Default: no.
            patience: seconds that the database may be away, now and later, before that is an error. Default 30.
            clock: Unix seconds, for tests. Default: the database's.

        Raises:
            ConfigError: an argument cannot be right.
            OutboxUnreachable: there is no way to the database, or it does not let this user in.
            OutboxError: it cannot be used; the class and the message say what to do about it.
        """
        if not re.fullmatch(r"[a-z_][a-z0-9_]{0,40}", schema):
            raise ConfigError("schema: expected a name of lower-case letters, digits and '_', at most 41")
        if not 0 <= patience < float("inf"):
            raise ConfigError("patience: expected seconds, 0 or more")
        access = Access(dsn, most=CONNECTIONS, patience=patience, read_only=read_only)
        hurried = Access(dsn, most=1, patience=patience, durable=False)
        try:
            await access.run(lambda sql: migrate(sql, schema, read_only=read_only))
        except BaseException:
            await access.aclose()
            raise
        return cls(access, hurried, schema, clock)

    @property
    def schema(self) -> str:
        """Where its tables are."""
        return self._schema

    def __repr__(self) -> str:
        return f"<PostgresStore {self._schema!r}>"

    async def aclose(self) -> None:
        """Disconnect, all that was asked for done. Safe to repeat."""
        try:
            await self._begins.aclose()
            await self._settlings.aclose()
        finally:
            await self._hurried.aclose()
            await self._access.aclose()

    # --- tools -----------------------------------------------------------------------------------------------------------

    def _values(self, **values: Any) -> dict[str, Any]:
        return values if self._clock is None else {**values, "now": self._clock()}

    async def _fetch(self, statement: bytes, **values: Any) -> list[tuple[Any, ...]]:
        return await self._access.run(lambda sql: sql.fetch(statement, self._values(**values)))

    async def _execute(self, statement: bytes, **values: Any) -> int:
        return await self._access.run(lambda sql: sql.execute(statement, self._values(**values)))

    async def _moving(self, decide: Callable[[Moves], Any]) -> Any:
        """Let `Moves` decide within a transaction; anew if what it saw was changed under it."""

        async def work(sql: Sql) -> Any:
            async with sql.transaction():
                ((now,),) = await sql.fetch(self._statements.now, self._values())
                return await decide(Moves(sql, self._statements, now))

        return await self._with_sids_of_others(work)

    async def _with_sids_of_others(self, work: Work[T]) -> T:
        for _ in range(5):
            try:
                return await self._access.run(work)
            except psycopg.errors.UniqueViolation:  # a sid was noted meanwhile; now it can be seen whose it is
                continue
        return await self._access.run(work)

    async def now(self) -> float:
        """The time of the database."""
        ((now,),) = await self._fetch(self._statements.now)
        return float(now)

    # --- rows come in ----------------------------------------------------------------------------------------------------

    async def add(self, campaign: str, drafts: Sequence[Draft]) -> Added:
        """See `Store.add`."""
        added = await self._access.run(lambda sql: self._add(sql, campaign, drafts))
        self._named |= _lanes(campaign, drafts)
        return added

    async def add_within(self, connection: Connection, campaign: str, drafts: Sequence[Draft]) -> Added:
        """Store rows as part of somebody's own transaction: they are there when it is committed, and never if it is not.

        Args:
            connection: to the same database, with a transaction open on it.
            campaign: its name.
            drafts: rows.

        Raises:
            ConfigError: *connection* is none, or not in a transaction.
        """
        async with refusals():
            return await self._add(lent(connection), campaign, drafts)

    async def _add(self, sql: Sql, campaign: str, drafts: Sequence[Draft]) -> Added:
        first: dict[str, Draft] = {}
        for draft in drafts:
            first.setdefault(draft.key, draft)
        named = _lanes(campaign, drafts)
        if not drafts or not named <= self._named:
            senders = sorted(lane.sender for lane in named)
            await sql.execute(self._statements.add_names, {"campaign": campaign, "senders": senders})
        if not drafts:
            return Added()
        now, known = await self._known(sql, campaign, list(first))
        fresh = [draft for key, draft in first.items() if key not in known]
        try:
            async with sql.transaction():
                await sql.copy(self._statements.copy, [(campaign, now, *_stored(draft)) for draft in fresh])
        except psycopg.errors.UniqueViolation:  # somebody has added some of them in this moment
            known |= await self._add_around(sql, campaign, now, fresh)
        changed = sum(known.get(draft.key, first[draft.key].payload) != draft.payload for draft in drafts)
        return Added(len(first) - len(known), len(drafts) - len(first) + len(known), changed)

    async def _add_around(self, sql: Sql, campaign: str, now: float, drafts: Sequence[Draft]) -> dict[str, str]:
        """Add those that are not there; the payloads of those that are."""
        arrays: list[list[Any]] = [list(column) for column in zip(*map(_stored, drafts), strict=True)]
        values = {"campaign": campaign, "at": now, **dict(zip(STORED, arrays, strict=True))}
        added = {key for (key,) in await sql.fetch(self._statements.add, values)}
        _, known = await self._known(sql, campaign, [draft.key for draft in drafts if draft.key not in added])
        return known

    async def _known(self, sql: Sql, campaign: str, keys: list[str]) -> tuple[float, dict[str, str]]:
        """The time, and the payloads of the rows that are there already."""
        found = await sql.fetch(self._statements.known, self._values(campaign=campaign, keys=keys))
        return found[0][0], {key: payload for _, key, payload in found if key is not None}

    # --- and go out ------------------------------------------------------------------------------------------------------

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
        lanes = await self._fetch(self._statements.lanes, campaign=campaign)
        if not lanes:
            return Claimed([], None)
        now: float = lanes[0][3]
        if not 0 <= now - self._looked_at < LOOK_BACK:
            self._places.clear()
            self._looked_at = now
        until = {_Lane(*found[:2]): found[2] for found in lanes}
        self._turn += 1
        awake = [lane for lane, rests in until.items() if rests <= now]
        first = self._turn % len(awake) if awake else 0
        left = {
            lane: most
            for lane in awake[first:] + awake[:first]
            if (most := quotas.get(lane.sender, limit if quota is None else quota)) > 0
        }
        rows: list[Row] = []
        next_in: float | None = 0.0
        try:
            while left and len(rows) < limit:
                rows += await self._take(owner, left, limit - len(rows), now, lease)
            next_in = await self._next_in(until, now)
        except OutboxError:
            if not rows:  # what is in hand is not forgotten; the next claim meets the error
                raise
        return Claimed(sorted(rows, key=lambda row: row.id), next_in)

    async def _take(self, owner: str, left: dict[_Lane, int], limit: int, now: float, lease: float) -> list[Row]:
        """Claim rows of the lanes in turn; what may be claimed of each is brought up to date."""
        share = max(limit // len(left), 1)
        wanted = {lane: min(share, most) for lane, most in left.items()}
        values = {"owner": owner, "lease": lease, "limit": limit, "at": now}
        found = await self._fetch(self._statements.take, **values, **self._lanes_from_here(wanted))
        rows = [row(values) for values in found]
        taken = Counter(_Lane(row.campaign, row.sender) for row in rows)
        for each in rows:
            lane = _Lane(each.campaign, each.sender)
            self._places[lane] = max(self._places.get(lane, _Place()), _Place(each.not_before, each.id))
        if len(rows) >= limit:
            return rows
        for lane, most in wanted.items():
            left[lane] -= taken[lane]
            looked_through = taken[lane] < most and self._places.pop(lane, None) is None
            if looked_through or left[lane] <= 0:
                del left[lane]
        return rows

    def _lanes_from_here(self, wanted: Mapping[_Lane, int], until: Mapping[_Lane, float] | None = None) -> dict[str, list[Any]]:
        places = [self._places.get(lane, _Place()) for lane in wanted]
        return {
            "campaigns": [lane.campaign for lane in wanted],
            "senders": [lane.sender for lane in wanted],
            "wanted": list(wanted.values()),
            "until": [0.0 if until is None else until[lane] for lane in wanted],
            "times": [place.not_before for place in places],
            "ids": [place.id for place in places],
        }

    async def _next_in(self, until: Mapping[_Lane, float], now: float) -> float | None:
        """When the next row may be claimed; if there is none further on that may be at once, all are looked through."""
        lanes = dict.fromkeys(until, 1)
        ((earliest,),) = await self._fetch(self._statements.peek, at=now, **self._lanes_from_here(lanes, until))
        if (earliest is None or earliest > now) and self._places:
            self._places.clear()
            ((earliest,),) = await self._fetch(self._statements.peek, at=now, **self._lanes_from_here(lanes, until))
        return None if earliest is None else max(earliest - now, 0.0)

    async def begin(self, rows: Sequence[Row], *, lease: float) -> set[int]:
        """See `Store.begin`."""
        asked = [{"row": row, "lease": lease} for row in rows]
        if len(asked) == 1:
            return {rows[0].id} if await self._begins.ask(asked[0]) else set()
        return {row.id for row, begun in zip(rows, await self._begin(asked), strict=True) if begun}

    async def _begin(self, asked: list[dict[str, Any]]) -> list[bool]:
        rows: list[Row] = [each["row"] for each in asked]
        values = {
            **_claims(rows), "attempt": [row.attempt for row in rows], "lease": [each["lease"] for each in asked],
        }  # fmt: skip

        async def work(sql: Sql) -> set[int]:
            return {number for (number,) in await sql.fetch(self._statements.begin, self._values(**values, again=sql.again))}

        begun = await self._access.run(work)
        return [row.id in begun for row in rows]

    async def settle(self, row: Row, settlement: Settlement) -> bool:
        """See `Store.settle`."""
        return await self._settlings.ask((row, settlement))

    async def _settle(self, asked: list[tuple[Row, Settlement]]) -> list[bool]:
        rows = [row for row, _ in asked]
        if len({row.id for row in rows}) < len(rows):
            return [await self._settle_alone(row, noted) for row, noted in asked]
        values = {
            **_claims(rows),
            "event": [noted.event for _, noted in asked],
            "state": [noted.state for _, noted in asked],
            "sid": [clean(noted.sid) for _, noted in asked],
            "code": [clean_code(noted.code) for _, noted in asked],
            "reason": [clean(noted.reason) for _, noted in asked],
            "delay": [noted.delay for _, noted in asked],
        }

        async def work(sql: Sql) -> set[int]:
            kept = {number for (number,) in await sql.fetch(self._statements.settle, self._values(**values))}
            if sql.again:  # the answer was lost, the outcome perhaps not
                kept |= {number for (number,) in await sql.fetch(self._statements.settled, values)}
            return kept

        try:
            kept = await self._access.run(work)
        except psycopg.errors.UniqueViolation:  # a sid that another row has
            return [await self._settle_alone(row, noted) for row, noted in asked]
        return [row.id in kept for row in rows]

    async def _settle_alone(self, mine: Row, noted: Settlement) -> bool:
        return bool(await self._moving(lambda moves: moves.settle(mine, noted)))

    async def release(self, rows: Sequence[Row]) -> None:
        """See `Store.release`."""
        if rows:
            await self._execute(self._statements.release, **_claims(rows))

    async def rest(self, sender: str, seconds: float) -> None:
        """See `Store.rest`."""
        await self._execute(self._statements.rest, sender=sender, seconds=seconds)

    async def reserve(self, bucket: str, *, rate: float, burst: float, cost: float) -> float:
        """See `Store.reserve`."""
        return await self._rates.reserve(bucket, rate=rate, burst=burst, cost=cost)

    # --- in doubt --------------------------------------------------------------------------------------------------------

    async def sweep(self, *, everything: bool = False) -> Swept:
        """See `Store.sweep`. *everything* takes rows out of other workers' hands."""
        values = {"everything": everything, "reason": LOST, "name": f"{self._schema} tallies"}

        async def work(sql: Sql) -> Swept:
            async with sql.transaction():
                released = await sql.execute(self._statements.sweep_claimed, self._values(**values))
                lost = await sql.execute(self._statements.sweep_sending, self._values(**values))
                expired = await sql.execute(self._statements.sweep_late, self._values(**values))
            await sql.execute(self._statements.fold, values)
            return Swept(released, lost, expired)

        return await self._access.run(work)

    async def unknowns(self, *, campaign: str | None, after: int = 0, limit: int = 1000) -> list[Row]:
        """See `Store.unknowns`."""
        return [
            row(values) for values in await self._fetch(self._statements.unknowns, campaign=campaign, after=after, limit=limit)
        ]

    async def known_sids(self, sids: Collection[str]) -> set[str]:
        """See `Store.known_sids`."""
        asked = [clean(sid) for sid in sids]
        return {sid for (sid,) in await self._fetch(self._statements.known_sids, sids=asked)}

    async def resolve(
        self, verdicts: Sequence[Verdict], *, at: float, apart: float = 60.0, resend_absent: bool = False
    ) -> Resolved:
        """See `Store.resolve`."""
        resolved: Resolved = await self._moving(lambda moves: moves.resolve(verdicts, at, apart, resend_absent=resend_absent))
        return resolved

    async def observe(self, campaign: str, key: str, *, sid: str, status: str | None, code: int | None) -> Observed:
        """See `Store.observe`."""
        named, message = (clean(campaign) or "", clean(key) or ""), clean(sid) or ""
        observed: Observed = await self._moving(
            lambda moves: moves.observe(*named, sid=message, status=clean(status), code=code)
        )
        return observed

    # --- what people decide ----------------------------------------------------------------------------------------------

    async def pause(self, campaign: str, *, paused: bool) -> bool:
        """See `Store.pause`."""
        return await self._execute(self._statements.pause, campaign=campaign, paused=paused) > 0

    async def withdraw(
        self, campaign: str | None, state: Literal["cancelled", "expired"], *, keys: Collection[str] | None = None
    ) -> int:
        """See `Store.withdraw`."""
        sources, target = MOVES["cancel" if state == "cancelled" else "expire"]
        return await self._execute(
            self._statements.withdraw, campaign=campaign, target=target, sources=sorted(sources), keys=_listed(keys)
        )

    async def retry(
        self,
        campaign: str | None,
        *,
        states: Collection[State],
        codes: Collection[int] | None = None,
        keys: Collection[str] | None = None,
    ) -> int:
        """See `Store.retry`."""
        sources = sorted(MOVES["retry"].sources & set(states))
        return await self._execute(
            self._statements.retry, campaign=campaign, sources=sources, codes=_listed(codes), keys=_listed(keys)
        )

    # --- to look at ------------------------------------------------------------------------------------------------------

    async def campaigns(self) -> list[Campaign]:
        """See `Store.campaigns`."""
        return [Campaign(name, paused) for name, paused in await self._fetch(self._statements.campaigns)]

    async def progress(self, campaign: str | None) -> Counts:
        """See `Store.progress`."""
        found = await self._fetch(self._statements.progress, campaign=campaign)
        return Counts({state: rows for state, rows, _ in found}, {state: segments for state, _, segments in found})

    async def codes(self, campaign: str | None) -> dict[int | None, int]:
        """See `Store.codes`."""
        return dict(await self._fetch(self._statements.codes, campaign=campaign))

    async def rows(self, states: Collection[State], *, campaign: str | None, after: int = 0, limit: int = 1000) -> list[Row]:
        """See `Store.rows`."""
        found = await self._fetch(self._statements.rows(states), campaign=campaign, after=after, limit=limit)
        return [row(values) for values in found]


def _lanes(campaign: str, drafts: Sequence[Draft]) -> set[_Lane]:
    return {_Lane(campaign, clean(draft.sender) or "") for draft in drafts}


def _stored(draft: Draft) -> tuple[Any, ...]:
    """A draft as `statements.STORED` has it."""
    return (
        draft.key, clean(draft.sender), clean(draft.to), draft.payload, draft.segments, draft.not_before, draft.deadline,
    )  # fmt: skip


def _claims(rows: Sequence[Row]) -> dict[str, list[Any]]:
    """What proves that rows are in our hands."""
    return {"id": [row.id for row in rows], "owner": [row.owner for row in rows], "epoch": [row.epoch for row in rows]}


def _listed(values: Collection[T] | None) -> list[T] | None:
    return None if values is None else list(values)
