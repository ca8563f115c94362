"""``twilio-async demo``: a thousand messages, or a table of one's own, to an emulator in this process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

import click
from rich.console import Console

from twilio_async.cli.failures import Failure, Unusable, told
from twilio_async.cli.interrupts import run
from twilio_async.cli.rehearsal import Report, rehearse
from twilio_async.cli.sheet import Recipient, Sheet, SheetError, read_sheet
from twilio_async.cli.summary import next_steps, summary
from twilio_async.cli.texts import visible

_TEXTS = (
    "Your parcel is here. Come by until 6 pm, and bring your id.",
    "Your parcel’s here — come by until 6 pm! It’s the blue door next to the bakery, and don’t forget your id.",
)
_COUNT = 1000


@click.command()
@click.argument("file", type=click.File("rb"), required=False)
@click.option("--count", type=click.IntRange(1, 9_999_999), help=f"Messages to make up. Default: {_COUNT:,}.")
@click.option("--rate", type=click.FloatRange(0, min_open=True), default=200.0, help="Segments per second. Default: 200.")
@click.option("--concurrency", type=click.IntRange(1, 400), default=50, help="Requests in flight at most. Default: 50.")
@click.option("--latency", type=click.FloatRange(0, 30), default=0.15, help="Seconds that an answer takes. Default: 0.15.")
def command(*, file: BinaryIO | None, count: int | None, rate: float, concurrency: int, latency: float) -> None:
    """Send messages to an emulator of Twilio inside this process, and watch. Nothing is ever sent to Twilio.

    FILE is a CSV with the columns to and body (`-` reads it from stdin). Without it, a thousand messages are made up.

    The emulator takes 30 requests at once and answers one more with a 429, so that you see the client adapt.
    """
    if file is not None and count is not None:
        raise click.UsageError("--count makes messages up; it goes without a FILE.")
    sheet = _made_up(count or _COUNT) if file is None else _read(file)
    with told():
        report = run(rehearse(sheet.recipients, rate=rate, concurrency=concurrency, latency=latency))
    _name_failures(report, sheet.recipients, "message" if file is None else "line")
    console = Console(highlight=False)
    console.print(summary(report))
    console.print(next_steps())
    if report.interrupted or report.tally.failures or sheet.bad_rows:
        raise click.exceptions.Exit(1)


def _made_up(count: int) -> Sheet:
    """Recipients that differ; one text in eight takes two segments."""
    return Sheet([Recipient(number, f"+1555{number:07}", _TEXTS[number % 8 == 0]) for number in range(1, count + 1)])


def _read(file: BinaryIO) -> Sheet:
    """The rows of a file; what is wrong with it is told on stderr."""
    try:
        sheet = read_sheet(file.read())
    except SheetError as error:
        raise Unusable(f"{file.name}: {error}") from error
    if sheet.ignored_columns:
        click.echo(f"Columns not used: {visible(', '.join(sheet.ignored_columns))}.", err=True)
    for row in sheet.bad_rows:
        click.echo(f"line {row.line}: {row.reason}", err=True)
    if not sheet.recipients:
        raise Failure(f"{file.name}: no row can be sent.")
    return sheet


def _name_failures(report: Report, recipients: Sequence[Recipient], word: str) -> None:
    for result in sorted(report.tally.failures, key=lambda result: result.index):
        click.echo(f"{word} {recipients[result.index].line}: {result.error}", err=True)
