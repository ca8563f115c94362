"""What every store has to be: a ledger whose rows move as the in-memory model's do, whatever is asked in whatever order.

A store joins by a row in `STORES`: how to open an empty one that goes by a given clock.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.postgres import database
from twilio_async.outbox.ledger import MOVES, STATES, Settlement, Verb
from twilio_async.outbox.memory import MemoryStore
from twilio_async.outbox.postgres import PostgresStore
from twilio_async.outbox.sqlite import SqliteStore
from twilio_async.outbox.store import Draft, Finding, Row, Store, Verdict


class Hand:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        """Unix seconds."""
        return self.now


@contextlib.asynccontextmanager
async def memory(clock: Callable[[], float]) -> AsyncIterator[Store]:
    """The model itself."""
    yield MemoryStore(clock=clock)


@contextlib.asynccontextmanager
async def sqlite(clock: Callable[[], float]) -> AsyncIterator[Store]:
    """A file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        store = await SqliteStore.open(Path(folder) / "outbox.db", clock=clock)
        try:
            yield store
        finally:
            await store.aclose()


@contextlib.asynccontextmanager
async def postgres(clock: Callable[[], float]) -> AsyncIterator[Store]:
    """A database of its own."""
    async with database() as dsn, contextlib.aclosing(await PostgresStore.open(dsn, clock=clock)) as store:
        yield store


STORES: dict[str, Callable[[Callable[[], float]], contextlib.AbstractAsyncContextManager[Store]]] = {
    "memory": memory,
    "sqlite": sqlite,
    "postgres": postgres,
}

SENDERS = ("+15017122661", "+15017122662", "MG1")
CAMPAIGNS = ("spring", "autumn")
SIDS = tuple(f"SM{number:032x}" for number in range(6))
FINDINGS: tuple[Finding | None, ...] = ("match", "wait", "miss", "miss", "hold", None)
OWNERS = ("first", "first", "second")


def draft(key: str = "a", **changes: Any) -> Draft:
    """A row to be stored."""
    made = Draft(key=key, payload='{"body":"hi","to":"+15558675310"}', to="+15558675310", sender=SENDERS[0], segments=1)
    return msgspec.structs.replace(made, **changes)


async def everything(store: Store) -> list[Row]:
    """All rows, by campaign and key; their numbers are each store's own affair."""
    rows = await store.rows((), campaign=None)
    return sorted((msgspec.structs.replace(row, id=0) for row in rows), key=lambda row: (row.campaign, row.key))


class LedgerMachine(RuleBasedStateMachine):
    """A store and the model, told the same; afterwards they hold the same."""

    store_name = "memory"

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = Hand()
        self.open = contextlib.AsyncExitStack()
        self.hands: list[Row] = []
        """Every claim that was ever made, so that stale ones are used, too."""

    @initialize()
    def start(self) -> None:
        """An empty store of either kind."""
        self.model = MemoryStore(clock=self.clock)
        self.store = self.wait(self.open.enter_async_context(STORES[self.store_name](self.clock)))

    def wait(self, awaitable: Any) -> Any:
        """The result of something asynchronous."""

        async def awaited() -> Any:
            return await awaitable

        return self.runner.run(awaited())

    def both(self, ask: Callable[[Any, Callable[[Row], Row]], Any]) -> Any:
        """Ask both the same; each knows a row by its own number. They say the same."""
        ours = self.wait(ask(self.store, lambda row: row))
        assert self.wait(ask(self.model, self.twin)) == ours
        return ours

    def twin(self, row: Row) -> Row:
        """The same claim of the model's row."""
        return msgspec.structs.replace(row, id=self.model._by_key[row.campaign, row.key])

    @rule(seconds=st.sampled_from([0.5, 10.0, 31.0, 61.0, 700.0]))
    def time_goes_by(self, seconds: float) -> None:
        """For both."""
        self.clock.now += seconds

    @rule(
        campaign=st.sampled_from(CAMPAIGNS),
        drafts=st.lists(
            st.builds(
                draft,
                st.sampled_from("abcdefgh"),
                sender=st.sampled_from(SENDERS),
                segments=st.integers(1, 3),
                payload=st.sampled_from(["{}", '{"body":"x"}']),
            ),
            max_size=6,
        ),
        not_before=st.sampled_from([0.0, 0.0, 20.0]),
        deadline=st.sampled_from([None, None, 15.0, 300.0]),
    )
    def rows_are_added(self, campaign: str, drafts: list[Draft], not_before: float, deadline: float | None) -> None:
        """Some of them not for the first time."""
        timed = [
            msgspec.structs.replace(
                each,
                not_before=self.clock.now + not_before if not_before else 0.0,
                deadline=None if deadline is None else self.clock.now + deadline,
            )
            for each in drafts
        ]
        self.both(lambda store, _: store.add(campaign, timed))

    @rule(
        owner=st.sampled_from(OWNERS),
        campaign=st.sampled_from([None, *CAMPAIGNS]),
        limit=st.integers(1, 6),
        quota=st.sampled_from([None, None, 1]),
        quotas=st.dictionaries(st.sampled_from(SENDERS), st.integers(0, 2), max_size=2),
    )
    def rows_are_claimed(self, owner: str, campaign: str | None, limit: int, quota: int | None, quotas: dict[str, int]) -> None:
        """As many as may be, and only such; which, is the store's affair."""
        lanes = self.model._lanes(campaign)
        ready = {
            lane: [
                row for row in rows
                if row.not_before <= self.clock.now and self.model._rests.get(lane[1], 0.0) <= self.clock.now
            ]
            for lane, rows in lanes.items()
        }  # fmt: skip
        most = {lane: min(len(rows), quotas.get(lane[1], limit if quota is None else quota)) for lane, rows in ready.items()}
        claimed = self.wait(self.store.claim(owner, campaign=campaign, limit=limit, lease=60.0, quota=quota, quotas=quotas))
        assert len(claimed.rows) == min(limit, sum(most.values()))
        for row in claimed.rows:
            twin = self.model._rows[self.model._by_key[row.campaign, row.key]]
            lane = twin.campaign, twin.sender
            assert twin.id in {each.id for each in ready[lane]}
            most[lane] -= 1
            assert most[lane] >= 0
            moved = self.model._move(twin, "claim", owner=owner)
            self.model._keep(moved, epoch=moved.epoch + 1)
            self.model._leases[twin.id] = self.clock.now + 60.0
        self.hands += claimed.rows
        left = [row for rows in self.model._lanes(campaign).values() for row in rows]
        times = [max(row.not_before, self.model._rests.get(row.sender, 0.0)) - self.clock.now for row in left]
        assert claimed.next_in == (max(min(times), 0.0) if times else None)

    @rule(
        owner=st.sampled_from(OWNERS),
        outcomes=st.lists(st.sampled_from(["accept", "accept", "lose", "reject", "put_back", None]), min_size=1, max_size=4),
        sids=st.permutations(SIDS),
        again=st.booleans(),
    )
    def rows_are_sent(self, owner: str, outcomes: list[Verb | None], sids: list[str], *, again: bool) -> None:
        """From claim to outcome; of some, none is ever told, and Twilio may repeat itself."""
        before = len(self.hands)
        self.rows_are_claimed(owner=owner, campaign=None, limit=len(outcomes), quota=None, quotas={})
        for row, event, sid in zip(self.hands[before:], outcomes, sids, strict=False):
            self.both(lambda store, own, row=row: _flag(store.begin([own(row)], lease=60.0)))  # type: ignore[misc]
            if event is not None:
                noted = Settlement(event=event, sid=(SIDS[0] if again else sid) if event == "accept" else None)
                self.both(lambda store, own, row=row, noted=noted: store.settle(own(row), noted))  # type: ignore[misc]

    def some(self, data: st.DataObject) -> list[Row]:
        """Claims of now or of long ago, each row once."""
        if not self.hands:
            return []
        chosen = data.draw(st.lists(st.integers(0, len(self.hands) - 1), max_size=4, unique=True))
        return list({self.hands[-1 - number].id: self.hands[-1 - number] for number in chosen}.values())

    @rule(data=st.data())
    def intents_are_noted(self, data: st.DataObject) -> None:
        """Only of rows that are still in hand."""
        rows = self.some(data)
        begun = self.wait(self.store.begin(rows, lease=60.0))
        twins = self.wait(self.model.begin([self.twin(row) for row in rows], lease=60.0))
        assert {(row.campaign, row.key) for row in rows if row.id in begun} == {
            (row.campaign, row.key) for row in rows if self.twin(row).id in twins
        }

    @rule(
        data=st.data(),
        event=st.sampled_from(["accept", "accept", "reject", "skip", "put_back", "lose"]),
        sid=st.sampled_from([None, *SIDS]),
        delay=st.sampled_from([0.0, 5.0]),
    )
    def outcomes_are_noted(self, data: st.DataObject, event: Verb, sid: str | None, delay: float) -> None:
        """In time or late, by whoever has the row or by somebody else."""
        noted = Settlement(event=event, sid=sid if event == "accept" else None, code=21211, reason="so it was", delay=delay)
        for row in self.some(data):
            self.both(lambda store, own, row=row: store.settle(own(row), noted))  # type: ignore[misc]

    @rule(data=st.data())
    def rows_are_put_back(self, data: st.DataObject) -> None:
        """Those that were not begun."""
        rows = self.some(data)
        self.both(lambda store, own: store.release([own(row) for row in rows]))

    @rule(everything=st.sampled_from([False, False, True]))
    def leases_end(self, *, everything: bool) -> None:
        """What is over, is put in order."""
        self.both(lambda store, _: store.sweep(everything=everything))

    @rule(data=st.data(), ahead=st.sampled_from([0.0, 0.0, -5000.0]), resend=st.booleans(), stale=st.booleans())
    def twilio_is_asked(self, data: st.DataObject, *, ahead: float, resend: bool, stale: bool) -> None:
        """And says this or that of rows in doubt."""
        rows = self.wait(self.store.unknowns(campaign=None))
        twins = self.wait(self.model.unknowns(campaign=None))
        assert sorted((row.campaign, row.key) for row in rows) == sorted((row.campaign, row.key) for row in twins)
        possible = st.sampled_from(FINDINGS)
        chosen = [(row, data.draw(possible)) for row in rows]
        sids = data.draw(st.permutations(SIDS))
        at = self.clock.now + ahead

        def verdicts(own: Callable[[Row], Row]) -> list[Verdict]:
            return [
                Verdict(
                    id=own(row).id,
                    epoch=row.epoch - stale,
                    finding=finding,
                    sid=sids[number % len(sids)] if finding == "match" else None,
                    reason="too many" if finding == "hold" else None,
                )
                for number, (row, finding) in enumerate(chosen)
                if finding is not None
            ]

        self.both(lambda store, own: store.resolve(verdicts(own), at=at, apart=60.0, resend_absent=resend))

    @rule(
        campaign=st.sampled_from(CAMPAIGNS),
        key=st.sampled_from("abcdefghz"),
        sid=st.sampled_from(SIDS),
        status=st.sampled_from([None, "queued", "sent", "delivered", "read"]),
    )
    def callbacks_come(self, campaign: str, key: str, sid: str, status: str | None) -> None:
        """For rows of ours and for others."""
        self.both(lambda store, _: store.observe(campaign, key, sid=sid, status=status, code=None))

    @rule(sender=st.sampled_from(SENDERS), seconds=st.sampled_from([5.0, 60.0]))
    def a_sender_rests(self, sender: str, seconds: float) -> None:
        """Its queue is full. One that no row has cannot rest."""
        if any(row.sender == sender for row in self.model._rows.values()):
            self.both(lambda store, _: store.rest(sender, seconds))

    @rule(campaign=st.sampled_from([*CAMPAIGNS, "winter"]), paused=st.booleans())
    def a_campaign_is_paused(self, campaign: str, *, paused: bool) -> None:
        """Or goes on."""
        self.both(lambda store, _: store.pause(campaign, paused=paused))

    @rule(
        campaign=st.sampled_from([None, *CAMPAIGNS]),
        state=st.sampled_from(["cancelled", "expired"]),
        keys=st.one_of(st.none(), st.lists(st.sampled_from("abcdefgh"), max_size=3)),
    )
    def rows_are_withdrawn(self, campaign: str | None, state: Any, keys: list[str] | None) -> None:
        """All or some."""
        self.both(lambda store, _: store.withdraw(campaign, state, keys=keys))

    @rule(
        campaign=st.sampled_from([None, *CAMPAIGNS]),
        states=st.sets(st.sampled_from(sorted(MOVES["retry"].sources)), min_size=1),
        codes=st.one_of(st.none(), st.just({21211})),
        keys=st.one_of(st.none(), st.lists(st.sampled_from("abcdefgh"), max_size=3)),
    )
    def rows_are_retried(self, campaign: str | None, states: Any, codes: Any, keys: list[str] | None) -> None:
        """Those that came to an end."""
        self.both(lambda store, _: store.retry(campaign, states=states, codes=codes, keys=keys))

    @invariant()
    def both_hold_the_same(self) -> None:
        """Row by row, and counted."""
        if not hasattr(self, "store"):
            return
        rows = self.wait(everything(self.store))
        assert rows == self.wait(everything(self.model))
        for campaign in (None, CAMPAIGNS[0]):
            mine = [row for row in rows if campaign in {None, row.campaign}]
            counts = self.wait(self.store.progress(campaign))
            for state in STATES:
                of_state = [row for row in mine if row.state == state]
                assert counts.rows.get(state, 0) == len(of_state)
                assert counts.segments.get(state, 0) == sum(row.segments for row in of_state)
            assert self.wait(self.store.codes(campaign)) == self.wait(self.model.codes(campaign))

    @invariant()
    def no_message_is_two_rows(self) -> None:
        """A sid belongs to one row, which was accepted."""
        if not hasattr(self, "store"):
            return
        rows = self.wait(self.store.rows((), campaign=None))
        sids = [row.sid for row in rows if row.sid is not None]
        assert len(set(sids)) == len(sids)
        assert all(row.state == "accepted" for row in rows if row.sid is not None)
        assert self.wait(self.store.known_sids(SIDS)) == set(sids)

    def teardown(self) -> None:
        """Close it."""
        self.wait(self.open.aclose())
        self.runner.close()


async def _flag(numbers: Any) -> bool:
    return bool(await numbers)


def machine(name: str) -> type[LedgerMachine]:
    """The machine for one store."""
    return type(f"{name.title()}Machine", (LedgerMachine,), {"store_name": name})
