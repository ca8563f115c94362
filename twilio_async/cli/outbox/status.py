"""``twilio-async outbox status``: how far each campaign is."""

from __future__ import annotations

import click
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from twilio_async.cli.advice import advice
from twilio_async.cli.failures import told
from twilio_async.cli.interrupts import run
from twilio_async.cli.outbox.where import campaign_option, chosen, opened, where_argument
from twilio_async.cli.texts import visible
from twilio_async.outbox import Report
from twilio_async.outbox.ledger import STATES


@click.command()
@where_argument
@campaign_option
def command(*, where: str, campaign: str | None) -> None:
    """Show how far the campaigns of WHERE are, also while they are sent."""
    with told():
        found = run(_look(where, campaign))
    console = Console(highlight=False)
    for name, is_paused, report in found:
        console.print(_shown(name, report, is_paused=is_paused))
    if not found:
        click.echo("There are no campaigns.")


async def _look(where: str, campaign: str | None) -> list[tuple[str, bool, Report]]:
    async with opened(where, read_only=True) as outbox:
        wanted = None if campaign is None else await chosen(outbox, campaign)
        return [
            (found.name, found.paused, await outbox.report(found.name))
            for found in await outbox.store.campaigns()
            if wanted in {None, found.name}
        ]


def _shown(name: str, report: Report, *, is_paused: bool) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), title_justify="left", title_style="bold")
    table.title = visible(f"{name}{' (paused)' if is_paused else ''}")
    table.add_column("State", style="dim")
    table.add_column("Rows", justify="right")
    table.add_column("Segments", justify="right")
    table.add_column("")
    for state in STATES:
        if count := report[state]:
            table.add_row(state, f"{count:,}", f"{report.segments.get(state, 0):,}")
    for code, count in sorted(report.codes.items(), key=lambda item: -item[1]):
        found = advice(code)
        table.add_row(str(code or "no code"), f"{count:,}", "", Text(f"{found.meaning}: {found.remedy}"))
    return Padding(table, (0, 0, 1, 0))
