"""What stands between the check and the first message: what an earlier run left, and the question whether to send."""

from __future__ import annotations

import sys

import click

from twilio_async.cli.bulk.job import Job
from twilio_async.cli.bulk.roll import Roll
from twilio_async.cli.bulk.sending import destination
from twilio_async.cli.bulk.source import STDIN
from twilio_async.cli.bulk.stored import Stored, look
from twilio_async.cli.failures import Failure, Unusable
from twilio_async.cli.interrupts import run
from twilio_async.cli.texts import counted
from twilio_async.outbox import Outbox, OutboxMissing
from twilio_async.session import AsyncSession


def earlier(job: Job, roll: Roll) -> Stored:
    """What an earlier run left; the credentials are looked for before anybody is asked anything.

    Raises:
        ConfigError: there are no credentials.
        OutboxError: the ledger cannot be read.
    """
    if not job.rehearsal:
        AsyncSession.from_env()
    if not job.is_begun:
        return Stored()

    async def looked() -> Stored:
        try:
            async with Outbox.open(job.ledger, read_only=True) as outbox:
                return await look(outbox, job.campaign, roll, job.sender)
        except OutboxMissing:  # a database that nobody has used so far
            return Stored()

    return run(looked())


def is_to_do(stored: Stored, roll: Roll, file: str) -> bool:
    """Whether anything is left to be sent; if not, that is told."""
    if stored.total:
        click.echo(f"\n{stored.summary()}")
    if stored.open or stored.doubtful or roll.good > stored.known:
        return True
    if not roll.good:
        click.echo(f"{file}: no row can be sent.", err=True)
        return False
    click.echo("Nothing is left to send. To send to the same people again, say --campaign with another name.")
    return False


def ask(stored: Stored, roll: Roll, job: Job, *, yes: bool, anyway: bool) -> None:
    """Ask whether to send.

    Raises:
        Unusable: nobody can be asked.
        Failure: the answer was no.
    """
    differences = list(stored.differences())
    for difference in differences:
        click.echo(difference)
    if stored.paused:
        raise Failure(f"campaign {job.campaign!r} is paused; to go on: twilio-async outbox resume {job.spoken_ledger}")
    needed = [
        option for option, given, wanted in (("--anyway", anyway, differences), ("--yes", yes, True)) if wanted and not given
    ]
    if not needed:
        return
    if not sys.stdin.isatty() or job.file == STDIN:
        raise Unusable(f"nobody is there to be asked; if that is what you want, add {' '.join(needed)}.")
    towards = "the emulator" if job.rehearsal else destination()
    count = roll.good - stored.known + stored.open
    question = f"Send {counted(count, 'message')} to {towards}?" if count else "Look for those in doubt?"
    if not click.confirm(f"\n{'Go on anyway? ' if differences else ''}{question}"):
        raise Failure("nothing was sent.")
