"""``twilio-async bulk``: one text for each row of a file, durably, and to nobody twice."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from twilio_async.cli.bulk.asking import ask, earlier, is_to_do
from twilio_async.cli.bulk.ending import ending, is_complete, next_steps
from twilio_async.cli.bulk.job import Job, campaign_of, command_line, ledger_of
from twilio_async.cli.bulk.preview import preview
from twilio_async.cli.bulk.reading import read
from twilio_async.cli.bulk.results import check_writable, write_rejects, write_results
from twilio_async.cli.bulk.roll import Roll
from twilio_async.cli.bulk.sending import Sent, carry_out, look_back
from twilio_async.cli.bulk.source import STDIN
from twilio_async.cli.failures import BadCredentials, Failure, told
from twilio_async.cli.interrupts import run
from twilio_async.cli.pacing import pacing, pacing_options
from twilio_async.cli.texts import counted

_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("file")
@click.option("--body", metavar="TEXT", help='The text, with columns in braces: "Hi {name}". Default: the column body.')
@click.option("--jinja", is_flag=True, help="The text is a Jinja template, run in its sandbox.")
@click.option("--from", "from_", metavar="NUMBER", help="The sender. Default: TWILIO_NUMBER.")
@click.option("--service", metavar="SID", help="A Messaging Service (MG…) that chooses the sender.")
@click.option("--to-column", metavar="NAME", help="The column with the recipients. Default: to, phone or the like.")
@click.option("--key-column", metavar="NAME", help="A column with ids that tell the rows apart. Default: the recipient does.")
@pacing_options
@click.option("--db", metavar="FILE", help="The ledger. Default: beside FILE, named after it and the campaign.")
@click.option("--dsn", metavar="URL", help="A ledger in PostgreSQL, which many machines share; its password: PGPASSWORD.")
@click.option("--campaign", metavar="NAME", help="What this send is called in the ledger. Default: FILE's name.")
@click.option("--yes", is_flag=True, help="Do not ask before sending.")
@click.option("--anyway", is_flag=True, help="Go on though an earlier run stored something else.")
@click.option("--dry-run", is_flag=True, help="Check the file, show what would be sent, and send nothing.")
@click.option("--emulator", is_flag=True, help="Send to an emulator in this process instead, and keep nothing.")
@click.option("--results", type=_PATH, metavar="FILE", help="Write what became of each row, as CSV.")
@click.option("--rejects", type=_PATH, metavar="FILE", help="Write the rows that cannot be sent, each with the reason, as CSV.")
def command(
    *, file: str, body: str | None, jinja: bool, to_column: str | None, key_column: str | None,
    results: Path | None, rejects: Path | None, yes: bool, anyway: bool, dry_run: bool, **options: Any,
) -> None:  # fmt: skip
    """Send a text to each row of FILE, a CSV whose first line names the columns. `-` reads it from stdin.

    The whole file is checked before the first message: encoding, columns, numbers, duplicates, what the text needs. Rows that
    cannot be sent are named by line and reason, and the others go on.

    Nobody gets a text twice: what is about to be sent is written into a ledger first. Ctrl-C ends what is in flight, and the
    same command goes on where it was; so it does after a crash.

    Credentials come from TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or TWILIO_API_KEY and TWILIO_API_SECRET, or
    TWILIO_CLIENT_ID and TWILIO_CLIENT_SECRET.
    """
    with told(), contextlib.ExitStack() as stack:
        job = _job(stack, file, needs_sender=not dry_run, **options)
        _check_places(job, results, rejects)
        roll = stack.enter_context(Roll())
        findings, header = read(file, roll, body, jinja=jinja, to=to_column, key=key_column)
        if rejects is not None:
            write_rejects(rejects, roll.bad_rows(), header)
        if roll.good:
            Console(highlight=False).print(preview(findings, roll, job.spoken_sender))
        if dry_run:
            _end_dry_run(roll)
            return
        stored = earlier(job, roll)
        is_to_send = is_to_do(stored, roll, file)
        if is_to_send:
            ask(stored, roll, job, yes=yes, anyway=anyway)
        with _resumable(job):
            sent = run(carry_out(job, roll) if is_to_send else look_back(job, roll))
        if results is not None:
            click.echo(f"{write_results(results, roll.fates()):,} lines written to {results}.")
        _tell(sent, job, roll)


# --- what was ordered ----------------------------------------------------------------------------------------------------


def _job(
    stack: contextlib.ExitStack, file: str, *, from_: str | None, service: str | None, db: str | None, dsn: str | None,
    campaign: str | None, emulator: bool, needs_sender: bool, **paces: Any,
) -> Job:  # fmt: skip
    if db is not None and dsn is not None:
        raise click.UsageError("give --db or --dsn, not both.")
    if emulator and (db is not None or dsn is not None):
        raise click.UsageError("a rehearsal with --emulator keeps no ledger: what it noted as sent would not be sent for real.")
    if from_ and service:
        raise click.UsageError("give --from or --service, not both.")
    place = "rehearsal.outbox.db"
    if emulator:
        place = str(Path(stack.enter_context(tempfile.TemporaryDirectory())) / place)
    return Job(
        file=file,
        campaign=campaign_of(file, campaign),
        ledger=place if emulator else ledger_of(file, campaign, db=db, dsn=dsn),
        sender={} if emulator else _sender(from_, service, is_needed=needs_sender),
        pacing=pacing(**paces),
        rehearsal=emulator,
        line=command_line(sys.argv[1:]),
    )


def _sender(from_: str | None, service: str | None, *, is_needed: bool) -> Mapping[str, str]:
    if service:
        return {"messaging_service_sid": service}
    number = from_ or os.environ.get("TWILIO_NUMBER")
    if not number and not is_needed:
        return {}
    if not number:
        raise click.UsageError("who sends it? Give --from or --service, or set TWILIO_NUMBER.")
    return {"from_": number}


def _check_places(job: Job, results: Path | None, rejects: Path | None) -> None:
    taken = [Path(job.ledger)] if job.file == STDIN else [Path(job.ledger), Path(job.file)]
    for path, others in ((results, [rejects] if rejects else []), (rejects, [])):
        if path is not None:
            check_writable(path, *taken, *others)


# --- how it ends ---------------------------------------------------------------------------------------------------------


def _end_dry_run(roll: Roll) -> None:
    click.echo("\nNothing was sent.")
    if roll.bad:
        raise Failure(f"{counted(roll.bad, 'row')} cannot be sent.")


@contextlib.contextmanager
def _resumable(job: Job) -> Generator[None, None, None]:
    """Whatever breaks it off, say how to go on."""
    try:
        yield
    except (KeyboardInterrupt, asyncio.CancelledError):
        _tell_line(job)
        raise click.Abort from None
    except BaseException:
        _tell_line(job)
        raise


def _tell_line(job: Job) -> None:
    if not job.rehearsal:
        click.echo(f"To go on where it was:\n    {job.line}", err=True)


def _tell(sent: Sent, job: Job, roll: Roll) -> None:
    """Tell what it came to.

    Raises:
        BadCredentials: Twilio refused them.
        Failure: not all was accepted.
    """
    Console(highlight=False).print(ending(sent.report, bad=roll.bad))
    if not job.rehearsal:
        click.echo("".join(f"{step}\n" for step in next_steps(sent.report.rows, job.spoken_ledger)), nl=False)
    if sent.interrupted or sent.report.stopped:
        _tell_line(job)
    if sent.unauthorized:
        raise BadCredentials(f"{sent.report.stopped}\nCheck TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.")
    if sent.report.stopped:
        raise Failure(f"stopped: {sent.report.stopped}")
    if sent.interrupted:
        raise Failure("interrupted; what was in flight has ended, and nobody was texted twice.")
    if roll.bad or not is_complete(sent.report.rows):
        raise click.exceptions.Exit(1)
