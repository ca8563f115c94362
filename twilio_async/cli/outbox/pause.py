"""``twilio-async outbox pause``: nobody begins further rows of a campaign."""

from __future__ import annotations

import click

from twilio_async.cli.failures import told
from twilio_async.cli.interrupts import run
from twilio_async.cli.outbox.where import campaign_option, chosen, opened, where_argument


@click.command()
@where_argument
@campaign_option
def command(*, where: str, campaign: str | None) -> None:
    """Let nobody begin further rows of a campaign of WHERE, on any machine, until `resume`. What is in flight ends.

    The campaign need not be named if it is the only one. A file is worked on by one process: what runs there is paused with
    Ctrl-C.
    """
    with told():
        name = run(_pause(where, campaign))
    click.echo(f"{name} is paused.")


async def _pause(where: str, campaign: str | None) -> str:
    async with opened(where) as outbox:
        name = await chosen(outbox, campaign)
        await outbox.pause(name)
        return name
