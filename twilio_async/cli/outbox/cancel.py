"""``twilio-async outbox cancel``: rows are taken back before their turn."""

from __future__ import annotations

import click

from twilio_async.cli.failures import told
from twilio_async.cli.interrupts import run
from twilio_async.cli.outbox.where import campaign_option, keys_option, known, opened, where_argument
from twilio_async.cli.texts import counted


@click.command()
@where_argument
@campaign_option
@keys_option
def command(*, where: str, campaign: str | None, keys: tuple[str, ...]) -> None:
    """Take back rows of WHERE that have not been begun. `retry --state cancelled` undoes it."""
    with told():
        count = run(_cancel(where, campaign, keys))
    click.echo(f"{counted(count, 'row')} cancelled.")


async def _cancel(where: str, campaign: str | None, keys: tuple[str, ...]) -> int:
    async with opened(where) as outbox:
        return await outbox.cancel(await known(outbox, campaign), keys=keys or None)
