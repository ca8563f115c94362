"""``twilio-async outbox resume``: a paused campaign may go on."""

from __future__ import annotations

import click

from twilio_async.cli.failures import told
from twilio_async.cli.interrupts import run
from twilio_async.cli.outbox.where import campaign_option, chosen, opened, where_argument


@click.command()
@where_argument
@campaign_option
def command(*, where: str, campaign: str | None) -> None:
    """Undo `pause`: whoever sends WHERE begins the rows of that campaign again.

    The campaign need not be named if it is the only one.
    """
    with told():
        name = run(_resume(where, campaign))
    click.echo(f"{name} is not paused. Workers go on with it; `twilio-async outbox work` is one.")


async def _resume(where: str, campaign: str | None) -> str:
    async with opened(where) as outbox:
        name = await chosen(outbox, campaign)
        await outbox.resume(name)
        return name
