"""A worker that needs no job engine: it sends, sweeps and reconciles until it is told to stop. For k8s, systemd, Celery.

Any number of them may run, on any machines, on a ledger that can be shared; each runs the same `drain`, and the ledger decides.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from twilio_async.errors import InvalidArgument, TwilioError
from twilio_async.outbox.engine import drain
from twilio_async.outbox.errors import OutboxError
from twilio_async.outbox.ledger import OPEN
from twilio_async.outbox.plan import Plan
from twilio_async.outbox.reconcile import APART, QUIET, reconcile
from twilio_async.outbox.store import Store

if TYPE_CHECKING:
    from twilio_async.session import AsyncSession

logger: logging.Logger = logging.getLogger("twilio_async.outbox")

IDLE: Final = 1.0
"""Seconds between two looks for rows when there are none."""
SHORTLY: Final = 1.0
"""Seconds between two reconciliations at least, unless more are wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """What a worker does besides sending.

    Attributes:
        sweep_every: seconds between two looks for what a worker that died left in hand. Default 15.
        reconcile_every: seconds between two looks at Twilio for rows in doubt, at most. Default 60.
        quiet: seconds after the first look for a row before "Twilio does not have it" is believed. Default 600.
        apart: seconds between the two looks that it takes. Default 60.
        resend_absent: whether rows that Twilio does not have are sent again. Default: no, since it promises no time by which
            it lists a message.
        until_complete: whether to end when there is nothing left to do in any campaign that is not paused. Default: no.
    """

    sweep_every: float = 15.0
    reconcile_every: float = 60.0
    quiet: float = QUIET
    apart: float = APART
    resend_absent: bool = False
    until_complete: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no time."""
        for name in ("sweep_every", "reconcile_every"):
            if not 0 < getattr(self, name) < float("inf"):
                raise InvalidArgument(f"{name}: expected seconds, more than 0", argument=name, operation="outbox.work")


async def work(
    store: Store,
    twilio: AsyncSession,
    plan: Plan | None = None,
    duties: Duties | None = None,
    *,
    stop: asyncio.Event | None = None,
) -> str | None:
    """Send what is pending and whatever will be, until told to stop.

    Args:
        store: the ledger.
        twilio: the account.
        plan: how to send. Default: `Plan()`, all campaigns at whatever rate the session allows.
        duties: what else to do. Default: `Duties()`.
        stop: set it to begin nothing more; what is on the wire is waited for.

    Returns:
        Why it ended, if nobody told it to: credentials were refused, too many rows rejected, the deadline passed.

    Raises:
        OutboxError: the ledger cannot be used.
        TwilioError: the session cannot be used.
    """
    worker = Worker(store, twilio, plan or Plan(), duties or Duties(), stop or asyncio.Event())
    return await worker.run([worker.send, worker.sweep, worker.reconcile, worker.watch])


class Worker:
    """What a worker does, each part until it stops.

    Attributes:
        ended: why it stopped by itself.
    """

    def __init__(self, store: Store, twilio: AsyncSession, plan: Plan, duties: Duties, stop: asyncio.Event) -> None:
        self.ended: str | None = None
        self.stopping = stop
        self.plan = plan
        self.duties = duties
        self._store = store
        self._twilio = twilio
        self._failure: Exception | None = None

    async def run(self, parts: list[Callable[[], Awaitable[object]]]) -> str | None:
        """Do several parts at once. When one fails the others begin nothing more, and it is raised once they have ended."""
        running = [asyncio.ensure_future(self.part(part)) for part in parts]
        try:
            await asyncio.gather(*running, return_exceptions=True)
        except asyncio.CancelledError:
            self.stopping.set()
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            raise
        if self._failure is not None:
            raise self._failure
        return self.ended

    async def part(self, part: Callable[[], Awaitable[object]]) -> None:
        """Do one part. If it fails, everything is to stop, and `run` raises it, whoever else it is told."""
        try:
            await part()
        except Exception as error:
            self._failure = self._failure or error
            self.stopping.set()
            raise

    async def pause(self, seconds: float) -> bool:
        """Wait; whether it is to go on."""
        try:
            async with asyncio.timeout(seconds):
                await self.stopping.wait()
        except TimeoutError:
            return True
        return False

    def end(self, reason: str | None) -> None:
        """Let everything stop."""
        self.ended = self.ended or reason
        self.stopping.set()

    # --- the parts -------------------------------------------------------------------------------------------------------

    async def send(self) -> None:
        """Drain, and look again after a while."""
        while not self.stopping.is_set():
            await self.drain()
            await self.pause(IDLE)

    async def sweep(self) -> None:
        """Sweep again and again."""
        while await self.pause(self.duties.sweep_every):
            await self._store.sweep()

    async def reconcile(self) -> None:
        """Look for rows in doubt again and again."""
        while await self.pause(await self.look()):
            pass

    async def watch(self) -> None:
        """End when everything is done, if that is wanted."""
        while self.duties.until_complete and await self.pause(IDLE / 2):
            if await self.is_complete():
                self.end(None)

    # --- and what they do ------------------------------------------------------------------------------------------------

    async def drain(self) -> None:
        """Send what is pending."""
        drained = await drain(self._store, self._twilio, self.plan, stop=self.stopping)
        if drained.stopped is not None and not self.stopping.is_set():
            self.end(drained.stopped)

    async def look(self) -> float:
        """Look once for rows in doubt; seconds until the next look."""
        duties = self.duties
        try:
            found = await reconcile(
                self._store, self._twilio, campaign=self.plan.campaign, quiet=duties.quiet, apart=duties.apart,
                resend_absent=duties.resend_absent,
            )  # fmt: skip
        except OutboxError:
            raise
        except TwilioError as error:
            logger.warning("not reconciled, which will be tried again: %s", error)
            return duties.reconcile_every
        soon = duties.reconcile_every if found.again_in is None else max(found.again_in, SHORTLY)
        return min(soon, duties.reconcile_every)

    async def has_pending(self) -> bool:
        """Whether anything may be claimed, now or later."""
        return await self._has("pending")

    async def is_complete(self) -> bool:
        """Whether there is nothing left that a worker could do."""
        doubtful = ("unknown", "absent") if self.duties.resend_absent else ("unknown",)
        return not await self._has(*OPEN, *doubtful)

    async def _has(self, *states: str) -> bool:
        names = [found.name for found in await self._store.campaigns() if not found.paused]
        for name in names if self.plan.campaign is None else {self.plan.campaign} & set(names):
            counts = await self._store.progress(name)
            if any(count for state, count in counts.rows.items() if state in states):
                return True
        return False
