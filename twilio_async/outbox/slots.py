"""Workers through procrastinate: jobs "drain in slot k", "sweep" and "reconcile", which go on when a worker dies.

A job is never a message. An engine that runs a job again after a crash would send such a message again; a drain that runs
again asks the ledger, which has noted what was about to be sent. So the engine is free to do what it is good at: to start
slots wherever there is a worker, to supervise them, to call the periodic duties once for all machines, and to start again
what was left by a worker that is gone.

Its jobs can be made anew from the ledger at any time, so its tables are never migrated: each layout has a schema of its own.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import procrastinate
import psycopg
from procrastinate import JobContext
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.schema import SchemaManager
from psycopg import conninfo

from twilio_async.errors import ConfigError
from twilio_async.outbox.plan import Plan
from twilio_async.outbox.postgres.access import Access, Sql
from twilio_async.outbox.postgres.schema import has_table
from twilio_async.outbox.postgres.store import PostgresStore
from twilio_async.outbox.worker import Duties, Worker, logger

if TYPE_CHECKING:
    from twilio_async.session import AsyncSession

TEND_EVERY: Final = 5.0
"""Seconds between two looks for rows to start slots for, and for jobs of workers that are gone."""
DRAIN, TEND, SWEEP, RECONCILE = "twilio_async.drain", "twilio_async.tend", "twilio_async.sweep", "twilio_async.reconcile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """How many drains run at once, and when one counts as dead.

    Attributes:
        total: slots of a campaign, on all machines together: as many as may drain it at the same time. Default 16.
        each: slots that this worker takes at once. Default 2.
        stalled_after: seconds without a sign of life after which a worker's slots are started again. Default 30.
        tend_every: seconds between two looks for rows to start slots for, up to 59. Default 5.
    """

    total: int = 16
    each: int = 2
    stalled_after: float = 30.0
    tend_every: float = TEND_EVERY

    def __post_init__(self) -> None:
        """Refuse what makes no slots."""
        if not 1 <= self.each <= self.total:
            raise ConfigError("slots: expected 1 ≤ each ≤ total")
        if not 0 < self.stalled_after < math.inf or not 0 < self.tend_every < 60:
            raise ConfigError("slots: stalled_after and tend_every are seconds, more than 0, the latter less than 60")


async def work_slots(
    dsn: str,
    twilio: AsyncSession,
    plan: Plan | None = None,
    duties: Duties | None = None,
    *,
    store: PostgresStore,
    slots: Slots | None = None,
    stop: asyncio.Event | None = None,
) -> str | None:
    """Work as `twilio_async.outbox.worker.work` does, together with others like it, through procrastinate.

    Args:
        dsn: the database in which jobs are kept, the ledger's.
        twilio: the account.
        plan: how to send. Default: `Plan()`, all campaigns at whatever rate the session allows.
        duties: what else to do. Default: `Duties()`.
        store: the ledger.
        slots: how many drains at once. Default: `Slots()`.
        stop: set it to begin nothing more; what is on the wire is waited for.

    Returns:
        Why it ended, if nobody told it to: credentials were refused, too many rows rejected, the deadline passed.

    Raises:
        OutboxError: the ledger cannot be used.
        TwilioError: the session cannot be used.
    """
    worker = Worker(store, twilio, plan or Plan(), duties or Duties(), stop or asyncio.Event())
    crew = _Crew(dsn, f"{store.schema}_jobs_{_fingerprint()}", worker, store, slots or Slots())
    return await worker.run([crew.drain, crew.tend, worker.watch])


class _Crew:
    """A worker's part in procrastinate: one loop takes slots, another the rest, so that neither waits for the other."""

    def __init__(self, dsn: str, schema: str, worker: Worker, store: PostgresStore, slots: Slots) -> None:
        self._dsn = dsn
        self._schema = schema
        self._worker = worker
        self._store = store
        self._slots = slots
        name = _digest(worker.plan.campaign)
        self._drains, self._chores = f"drains-{name}", f"chores-{name}"

    async def drain(self) -> None:
        """Take slots until told to stop."""
        await self._supervised(self._drains, self._slots.each)

    async def tend(self) -> None:
        """See to slots, sweeping and reconciling until told to stop."""
        await self._supervised(self._chores, 1)

    async def _supervised(self, queue: str, concurrency: int) -> None:
        """Run a worker of procrastinate's, again when the database was away."""
        worker = self._worker
        while not worker.stopping.is_set():
            await self._prepare()
            app = self._app(queue)
            try:
                await self._run(app, queue, concurrency)
            except (ConnectorException, psycopg.Error):  # the latter when its pool cannot be opened
                logger.warning("the database of the jobs was away; trying again")
                await worker.pause(0.5)

    async def _run(self, app: procrastinate.App, queue: str, concurrency: int) -> None:
        async with app.open_async():
            running = asyncio.ensure_future(
                app.run_worker_async(
                    queues=[queue],
                    concurrency=concurrency,
                    delete_jobs="always",
                    install_signal_handlers=False,
                    fetch_job_polling_interval=self._slots.tend_every,
                    update_heartbeat_interval=self._slots.stalled_after / 3,
                    stalled_worker_timeout=self._slots.stalled_after,
                )
            )
            stopping = asyncio.ensure_future(self._worker.stopping.wait())
            try:
                await asyncio.wait([running, stopping], return_when=asyncio.FIRST_COMPLETED)
            finally:
                stopping.cancel()
                running.cancel()  # it waits for its jobs, which have been told to stop
                with suppress(asyncio.CancelledError):
                    await running

    # --- the database ----------------------------------------------------------------------------------------------------

    async def _prepare(self) -> None:
        """Make procrastinate's tables if there are none, and wait for the database if it is away."""
        access = Access(self._dsn, most=1)
        try:
            await access.run(self._make)
        finally:
            await access.aclose()

    async def _make(self, sql: Sql) -> None:
        async with sql.transaction():
            await sql.execute(b"SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))", {"name": self._schema})
            if not await has_table(sql, self._schema, "procrastinate_jobs"):
                await sql.execute(f"CREATE SCHEMA {self._schema}".encode())
                await sql.execute(f"SET LOCAL search_path TO {self._schema}".encode())
                await sql.execute(SchemaManager.get_schema().encode())

    def _app(self, queue: str) -> procrastinate.App:
        given = conninfo.conninfo_to_dict(self._dsn)
        connector = procrastinate.PsycopgConnector(
            conninfo=conninfo.make_conninfo(
                self._dsn,
                options=f"{given.get('options', '')} -c search_path={self._schema}",
                application_name="twilio_async jobs",
            ),
            min_size=1,
            max_size=self._slots.each + 2,
            timeout=5.0,
        )
        app = procrastinate.App(connector=connector)
        app.job_manager = _Jobs(connector)
        if queue == self._drains:
            app.task(name=DRAIN, queue=queue)(self._drain_slot)
            return app
        periodic: list[tuple[str, Callable[[JobContext, int], Awaitable[None]], float]] = [
            (TEND, self._tend, self._slots.tend_every),
            (SWEEP, self._sweep, self._worker.duties.sweep_every),
            (RECONCILE, self._reconcile, self._worker.duties.reconcile_every),
        ]
        for name, job, every in periodic:
            # One is enough for all machines; but if somebody who is gone tends, others have to, or nobody would notice.
            lock = None if name == TEND else f"{name} {queue}"
            task = app.task(name=name, queue=queue, queueing_lock=f"{name} {queue}", lock=lock, pass_context=True)(job)
            app.periodic(cron=_cron(every))(task)
        return app

    # --- jobs ------------------------------------------------------------------------------------------------------------

    async def _kept(self, job: Callable[[], Awaitable[object]]) -> None:
        """Do a job. If it fails so does this worker: whoever started it is to know, and others have the jobs meanwhile."""
        if not self._worker.stopping.is_set():
            await self._worker.part(job)

    async def _drain_slot(self, **_: int) -> None:
        await self._kept(self._worker.drain)

    async def _sweep(self, _: JobContext, timestamp: int) -> None:  # noqa: ARG002 - it is told so
        await self._kept(self._store.sweep)

    async def _reconcile(self, _: JobContext, timestamp: int) -> None:  # noqa: ARG002 - it is told so
        await self._kept(self._worker.look)

    async def _tend(self, context: JobContext, timestamp: int) -> None:  # noqa: ARG002 - it is told so
        await self._rescue(context.app)
        if await self._worker.has_pending():
            await self._start(context.app)

    async def _rescue(self, app: procrastinate.App) -> None:
        """Take away the jobs of workers that are gone; what there is to do is started anew."""
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=self._slots.stalled_after):
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)

    async def _start(self, app: procrastinate.App) -> None:
        """Start the slots. Those that are waiting already are left as they are."""
        for slot in range(self._slots.total):
            lock = f"{self._drains} {slot}"
            with suppress(AlreadyEnqueued):
                await app.configure_task(DRAIN, queue=self._drains, lock=lock, queueing_lock=lock).defer_async(slot=slot)


class _Jobs(JobManager):
    """Takes it as it is when a job that has ended is gone: its worker was thought dead, or the database lost it.

    Whoever ended it could do nothing about it, and what there is to do is started anew in any case.
    """

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:  # noqa: FBT001 - it is called so
        """Note that a job has ended, if that can be noted."""
        with suppress(ConnectorException):
            await super().finish_job(job, status, delete_job)


def _digest(campaign: str | None) -> str:
    """What names a campaign in a queue: its own name may be longer than that of a channel on which PostgreSQL notifies."""
    return hashlib.blake2b((campaign or "").encode(), digest_size=6).hexdigest()


def _fingerprint() -> str:
    """What names procrastinate's layout of tables."""
    return hashlib.blake2b(SchemaManager.get_schema().encode(), digest_size=4).hexdigest()


def _cron(seconds: float) -> str:
    """The times every so many seconds, as cron has them, seconds last: the next shorter that divides a minute or an hour."""
    if seconds < 60:
        return f"* * * * * */{max(int(seconds), 1)}"
    return f"*/{min(int(seconds / 60), 59)} * * * *"
