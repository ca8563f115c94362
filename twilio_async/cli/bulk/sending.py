"""The sending itself: rows into the ledger, out of the ledger to Twilio, and what came of it back onto the roll."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass

import click

from twilio_async.bulk import Row
from twilio_async.cli.bulk.job import Job
from twilio_async.cli.bulk.roll import End, Roll
from twilio_async.cli.course import OutboxCourse
from twilio_async.cli.interrupts import Interruptible, heed_termination
from twilio_async.cli.pacing import Pacing
from twilio_async.cli.progress import followed
from twilio_async.cli.texts import counted
from twilio_async.events import Hook
from twilio_async.outbox import Outbox, OutboxMissing, Report
from twilio_async.session import AsyncSession

TAKEN_AT_ONCE = 30
"""Requests that the emulator of a rehearsal works on at once; it answers one more with a 429."""
_LATENCY = 0.1
_EVERY = 0.5
"""Seconds between two looks at the ledger."""
_NOTED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Sent:
    """What a send came to.

    Attributes:
        report: of the ledger.
        interrupted: whether Ctrl-C ended it.
        unauthorized: whether Twilio refused the credentials.
    """

    report: Report
    interrupted: bool
    unauthorized: bool


async def carry_out(job: Job, roll: Roll) -> Sent:
    """Store the rows, send what is to be sent, and note on the roll what became of each.

    Args:
        job: what was ordered.
        roll: the rows.
    """
    heed_termination()
    async with _session(job) as (connect, sender), Outbox.open(job.ledger) as outbox:
        with Interruptible() as storing:
            if roll.good:
                place = "" if job.rehearsal else f" in {job.spoken_ledger}"
                click.echo(f"Storing {counted(roll.good, 'row')}{place}.", err=True)
            await outbox.add(rows(roll, sender), campaign=job.campaign)
        if storing.interrupted:
            sent = Sent(await outbox.report(job.campaign), interrupted=True, unauthorized=False)
        else:
            towards = "the emulator" if job.rehearsal else destination()
            sent = await send_outbox(outbox, connect, job.campaign, job.pacing, towards=towards)
        await _note(outbox, job.campaign, roll)
        return sent


async def look_back(job: Job, roll: Roll) -> Sent:
    """Note on the roll what the ledger says, if there is one, without sending anything."""
    nothing = Sent(Report(rows={}, segments={}, codes={}), interrupted=False, unauthorized=False)
    if not job.is_begun:
        return nothing
    try:
        async with Outbox.open(job.ledger, read_only=True) as outbox:
            await _note(outbox, job.campaign, roll)
            return Sent(await outbox.report(job.campaign), interrupted=False, unauthorized=False)
    except OutboxMissing:  # a database that nobody has used so far
        return nothing


Connect = Callable[[Hook], AsyncSession]


@contextlib.asynccontextmanager
async def _session(job: Job) -> AsyncGenerator[tuple[Connect, Mapping[str, str]], None]:
    """What opens a session with Twilio, or with an emulator, and who sends."""
    if not job.rehearsal:
        yield connector(job.pacing), job.sender
        return
    from twilio_async.emulator import Emulator  # nobody else needs it

    async with Emulator(concurrency_limit=TAKEN_AT_ONCE, latency=_LATENCY, max_requests=0) as emulator:
        yield connector(job.pacing, emulator.env), {"from_": emulator.number}


def connector(pacing: Pacing, environ: Mapping[str, str] | None = None) -> Connect:
    """What makes a session of what the environment names, or of *environ*."""
    return lambda hook: AsyncSession.from_env(environ, concurrency=pacing.concurrency, hooks=(hook,))


def rows(roll: Roll, sender: Mapping[str, str]) -> Iterator[Row]:
    """The rows that can be sent, as the outbox takes them; a row without a key of its own has its recipient for one."""
    for row in roll.good_rows():
        yield {"key": row.key or row.recipient, "to": row.recipient, "body": row.body, **sender}


async def send_outbox(outbox: Outbox, connect: Connect, campaign: str | None, pacing: Pacing, *, towards: str) -> Sent:
    """Send what is pending, and show how it goes, until all is sent or Ctrl-C was pressed.

    Args:
        outbox: open.
        connect: opens a session that tells what happens.
        campaign: `None` for all.
        pacing: how fast and when.
        towards: where the messages go, in words.
    """

    async def send(twilio: AsyncSession) -> Report:
        return await outbox.send(twilio, campaign=campaign, **pacing.arguments())

    return await watched(send, outbox, connect, campaign, pacing, towards=towards)


async def watched(
    send: Callable[[AsyncSession], Awaitable[Report]],
    outbox: Outbox,
    connect: Connect,
    campaign: str | None,
    pacing: Pacing,
    *,
    towards: str,
) -> Sent:
    """Send in some way, and show how it goes, until that ends or Ctrl-C was pressed.

    Args:
        send: sends what is in the outbox, and says what it came to.
        outbox: open.
        connect: opens a session that tells what happens.
        campaign: `None` for all.
        pacing: how fast and when.
        towards: where the messages go, in words.
    """
    course = OutboxCourse(await outbox.report(campaign), window=pacing.window)
    async with connect(course) as twilio:
        title = f"{counted(course.total, 'message')} to {towards}"
        with followed(title, course, twilio.concurrency, pacing.rate) as advance:
            async with _shown(outbox, campaign, course, advance):
                report: Report | None = None
                with Interruptible() as sending:
                    report = await send(twilio)
    return Sent(report or await outbox.report(campaign), sending.interrupted, course.unauthorized)


def destination() -> str:
    """Where messages go, in words."""
    return os.environ.get("TWILIO_BASE_URL") or "Twilio"


@contextlib.asynccontextmanager
async def _shown(
    outbox: Outbox, campaign: str | None, course: OutboxCourse, advance: Callable[[], None]
) -> AsyncGenerator[None, None]:
    """Show the ledger's report meanwhile, and once more at the end."""

    async def show() -> None:
        course.show(await outbox.report(campaign))
        advance()

    async def show_again_and_again() -> None:
        while True:
            await show()
            await asyncio.sleep(_EVERY)

    follower = asyncio.ensure_future(show_again_and_again())
    try:
        yield
        await show()
    finally:
        follower.cancel()
        await asyncio.wait([follower])


async def _note(outbox: Outbox, campaign: str, roll: Roll) -> None:
    """Write onto the roll what the ledger says of each row."""
    ends: list[End] = []
    async for row in outbox.rows(campaign=campaign):
        ends.append(End(row.key, row.state, row.sid, row.code, row.reason))
        if len(ends) == _NOTED_AT_ONCE:
            roll.note(ends)
            ends.clear()
    roll.note(ends)
