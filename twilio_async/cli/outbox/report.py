"""``twilio-async outbox report``: what a send came to, in words or as a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from twilio_async.cli.advice import advice
from twilio_async.cli.bulk.results import check_writable, replaced
from twilio_async.cli.course import funnel
from twilio_async.cli.failures import told
from twilio_async.cli.interrupts import run
from twilio_async.cli.outbox.figures import Figures, figures
from twilio_async.cli.outbox.page import page
from twilio_async.cli.outbox.where import campaign_option, known, opened, where_argument
from twilio_async.cli.texts import counted


@click.command()
@where_argument
@campaign_option
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Write a page that needs nothing else.")
def command(*, where: str, campaign: str | None, html: Path | None) -> None:
    """Say what the sending of WHERE came to, also while it goes on: rows by state, times, errors with what to do.

    It holds no phone number and no text.
    """
    with told():
        if html is not None:
            check_writable(html, Path(where))
        found = run(_count(where, campaign))
    if html is None:
        Console(highlight=False).print(_shown(found))
        return
    with replaced(html) as file:
        file.write(page(_title(where, campaign), found, made=dt.datetime.now(dt.UTC)))
    click.echo(f"{html} written.")


async def _count(where: str, campaign: str | None) -> Figures:
    async with opened(where, read_only=True) as outbox:
        return await figures(outbox, await known(outbox, campaign))


def _title(where: str, campaign: str | None) -> str:
    return campaign or (Path(where).name.removesuffix(".db").removesuffix(".outbox") if "://" not in where else "Outbox")


def _shown(found: Figures) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column()
    for label, text in _rows(found):
        table.add_row(label, Text(text))
    return table


def _rows(found: Figures) -> Iterator[tuple[str, str]]:
    yield "Rows", f"{found.total:,}: {', '.join(f'{count:,} {name}' for name, count in funnel(found.rows)) or 'none'}"
    yield "Segments", f"{found.segments['accepted']:,} accepted"
    if found.began is not None and found.ended is not None:
        seconds = found.ended - found.began
        yield "Took", f"{seconds:,.1f} s from the first intent to the last answer"
    if found.times.count:
        told_times = ", ".join(f"{share:.0%} within {found.times.quantile(share):.2g} s" for share in (0.5, 0.9, 0.99))
        yield "To accept", told_times
    for code, count in found.codes.most_common():
        said = advice(code)
        yield str(code or "no code"), f"{counted(count, 'row')}: {said.meaning}; {said.remedy}"
