"""Workers through procrastinate: slots go on when a worker dies, and what is periodic happens once for all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from croniter import croniter  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from tests.outbox.conftest import texts
from tests.outbox.crews import until, work_with_a_loss
from tests.outbox.postgres.conftest import opened
from tests.postgres import database, server
from twilio_async import AsyncSession
from twilio_async.emulator import Emulator
from twilio_async.errors import ConfigError, SessionClosed
from twilio_async.outbox import Outbox
from twilio_async.outbox.plan import Plan
from twilio_async.outbox.postgres import PostgresStore
from twilio_async.outbox.postgres.access import Sql
from twilio_async.outbox.slots import Slots, _cron, _digest, work_slots
from twilio_async.outbox.worker import Duties

UNTIL_DONE = Duties(sweep_every=1.0, reconcile_every=1.0, until_complete=True)
SLOTS = Slots(total=3, each=1, stalled_after=3.0, tend_every=1.0)


@pytest.fixture
async def dsn() -> AsyncIterator[str]:
    """An empty database."""
    async with database() as dsn:
        yield dsn


@pytest.fixture
async def store(dsn: str) -> AsyncIterator[PostgresStore]:
    """A ledger in it."""
    async with opened(dsn) as store:
        yield store


@pytest.mark.timeout(120)
@pytest.mark.parametrize("count", [2, 4])
async def test_workers_lose_one_of_them_and_nothing_else(count: int) -> None:
    """Killed amid its work; its slots start again by themselves, and what is absent is sent without a person."""
    await work_with_a_loss("slots", count)


async def test_a_slot_of_a_worker_that_is_gone_is_started_again(
    dsn: str, store: PostgresStore, plain: AsyncSession, emulator: Emulator
) -> None:
    """Its job says that it is being done, and nobody else may have the slot, until it is seen that nobody is there."""
    await work_slots(dsn, plain, duties=UNTIL_DONE, store=store, slots=SLOTS)
    ((jobs,),) = await store._access.run(
        lambda sql: sql.fetch(b"SELECT schemaname FROM pg_tables WHERE tablename = 'procrastinate_workers'")
    )
    queue = f"drains-{_digest(None)}"
    gone = f"""
        WITH gone AS (
            INSERT INTO {jobs}.procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id)
        INSERT INTO {jobs}.procrastinate_jobs (queue_name, task_name, lock, args, status, worker_id)
        SELECT '{queue}', 'twilio_async.drain', '{queue} 0', '{{"slot": 0}}', 'doing', id FROM gone"""
    await store._access.run(lambda sql: sql.execute(gone.encode()))
    async with Outbox(store) as outbox:
        await outbox.add(texts(10))
        only = Slots(total=1, each=1, stalled_after=3.0, tend_every=1.0)
        await work_slots(dsn, plain, duties=UNTIL_DONE, store=store, slots=only)
    assert len(emulator.messages) == 10


async def test_it_sends_everything_and_ends(dsn: str, store: PostgresStore, plain: AsyncSession, emulator: Emulator) -> None:
    """Also for a campaign with the longest of names, and only for that."""
    outbox, name = Outbox(store), "ü" * 100
    async with outbox:
        await outbox.add(texts(20), campaign=name)
        await outbox.add(texts(3))
        assert await work_slots(dsn, plain, Plan(campaign=name), UNTIL_DONE, store=store, slots=SLOTS) is None
        assert (await outbox.report()).rows == {"accepted": 20, "pending": 3}
    assert len(emulator.messages) == 20


async def test_nothing_is_left_of_jobs_that_were_done(dsn: str, store: PostgresStore, plain: AsyncSession) -> None:
    """All are in a schema of their own, away from the user's."""
    await Outbox(store).store.add("spring", [])
    await work_slots(dsn, plain, Plan(), UNTIL_DONE, store=store, slots=SLOTS)
    schemas = await store._access.run(lambda sql: sql.fetch(b"SELECT DISTINCT schemaname FROM pg_stat_user_tables ORDER BY 1"))
    (ledger,), (jobs,) = schemas
    assert ledger == "twilio_async"
    assert jobs.startswith("twilio_async_jobs_")
    left = await store._access.run(lambda sql: sql.fetch(f"SELECT status FROM {jobs}.procrastinate_jobs".encode()))
    assert {status for (status,) in left} <= {"todo"}


async def test_it_says_why_it_stopped_by_itself(dsn: str, store: PostgresStore, emulator: Emulator) -> None:
    """Refused credentials are nothing to go on with."""
    async with Outbox(store) as outbox, AsyncSession.from_env({**emulator.env, "TWILIO_AUTH_TOKEN": "wrong"}) as twilio:
        await outbox.add(texts(3))
        assert "refused" in str(await work_slots(dsn, twilio, store=store, slots=SLOTS))
        assert (await outbox.report()).rows == {"pending": 3}


async def test_a_session_that_cannot_be_used_is_an_error(dsn: str, store: PostgresStore, emulator: Emulator) -> None:
    """It is raised, although it was a job that met it."""
    async with Outbox(store) as outbox:
        await outbox.add(texts(3))
        async with AsyncSession.from_env(emulator.env) as twilio:
            pass
        with pytest.raises(SessionClosed):
            await work_slots(dsn, twilio, store=store, slots=SLOTS)
        assert (await outbox.report()).rows == {"pending": 3}


async def test_told_to_stop_it_leaves_the_ledger_in_order(
    dsn: str, store: PostgresStore, plain: AsyncSession, emulator: Emulator
) -> None:
    """Answers are waited for, what was not begun is put back, and no job is held."""
    emulator.faults.add("POST", latency=0.05)
    async with Outbox(store) as outbox:
        await outbox.add(texts(400))
        stop = asyncio.Event()
        working = asyncio.ensure_future(work_slots(dsn, plain, store=store, slots=SLOTS, stop=stop))
        await until(lambda: emulator.in_flight)
        stop.set()
        assert await working is None
        counts = (await outbox.report()).rows
        assert counts.keys() == {"pending", "accepted"}
        assert counts["accepted"] == len(emulator.messages)
        ((jobs,),) = await store._access.run(
            lambda sql: sql.fetch(b"SELECT schemaname FROM pg_tables WHERE tablename = 'procrastinate_workers'")
        )
        for held in ("procrastinate_workers", "procrastinate_jobs WHERE status = 'doing'"):
            query = f"SELECT count(*) FROM {jobs}.{held}".encode()
            assert await store._access.run(lambda sql, query=query: sql.fetch(query)) == [(0,)]  # type: ignore[misc]


@pytest.mark.timeout(120)
async def test_it_goes_on_when_the_database_was_away(
    dsn: str, store: PostgresStore, plain: AsyncSession, emulator: Emulator
) -> None:
    """Rows that are added afterwards are sent, too."""
    async with Outbox(store) as outbox:
        await outbox.add(texts(50))
        stop = asyncio.Event()
        working = asyncio.ensure_future(work_slots(dsn, plain, store=store, slots=SLOTS, stop=stop))
        await until(lambda: emulator.messages)
        server().stop()
        await asyncio.to_thread(server().start)
        await outbox.add(texts(60))
        await until(lambda: len(emulator.messages) == 60)
        stop.set()
        await working
        assert (await outbox.report()).rows == {"accepted": 60}


async def test_it_goes_on_when_the_database_went_away_before_jobs_could_be_asked_for(
    dsn: str, store: PostgresStore, plain: AsyncSession, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pool of connections that is opened for them says so in words of its own."""

    async def away(pool: AsyncConnectionPool, **_: object) -> None:
        monkeypatch.undo()
        raise PoolTimeout("nobody is there")

    monkeypatch.setattr(AsyncConnectionPool, "open", away)
    async with Outbox(store) as outbox:
        await outbox.add(texts(3))
        await work_slots(dsn, plain, duties=UNTIL_DONE, store=store, slots=SLOTS)
    assert len(emulator.messages) == 3


async def test_a_job_that_is_gone_when_it_has_ended_is_no_error(
    dsn: str, store: PostgresStore, plain: AsyncSession, emulator: Emulator
) -> None:
    """Somebody thought its worker dead, or the database was cut off before it had kept it; the ledger tells what was done."""
    emulator.faults.add("POST", latency=0.05)
    async with Outbox(store) as outbox:
        await outbox.add(texts(40))
        stop = asyncio.Event()
        working = asyncio.ensure_future(work_slots(dsn, plain, store=store, slots=SLOTS, stop=stop))
        await until(lambda: emulator.in_flight)
        await store._access.run(jobs_vanish)
        await until(lambda: len(emulator.messages) == 40)
        stop.set()
        assert await working is None
        assert (await outbox.report()).rows == {"accepted": 40}


async def jobs_vanish(sql: Sql) -> None:
    """Take away every job that is being done."""
    ((jobs,),) = await sql.fetch(b"SELECT schemaname FROM pg_tables WHERE tablename = 'procrastinate_jobs'")
    async with sql.transaction():
        await sql.execute(f"SET LOCAL search_path TO {jobs}".encode())
        await sql.execute(b"DELETE FROM procrastinate_jobs WHERE status = 'doing'")


@given(st.floats(1.0, 86_400.0))
def test_a_duty_comes_at_least_as_often_as_it_is_to(seconds: float) -> None:
    """As far as cron can say: every whole second up to a minute, every whole minute up to an hour."""
    times = croniter(_cron(seconds), 1_800_000_000)
    first = times.get_next()
    assert all(times.get_next() - first <= (number + 1) * seconds + 1e-6 for number in range(5))


@pytest.mark.parametrize("wrong", [{"each": 0}, {"each": 3, "total": 2}, {"stalled_after": 0.0}, {"tend_every": 60.0}])
def test_what_makes_no_slots_is_refused(wrong: dict[str, float]) -> None:
    """Before anything happens."""
    with pytest.raises(ConfigError, match="slots"):
        Slots(**wrong)  # type: ignore[arg-type]
