"""``twilio-async outbox reconcile``: Twilio's list of messages tells what became of rows in doubt."""

from __future__ import annotations

import click

from twilio_async.cli.failures import told
from twilio_async.cli.interrupts import run
from twilio_async.cli.outbox.where import campaign_option, known, opened, where_argument
from twilio_async.cli.texts import counted
from twilio_async.outbox import Reconciled
from twilio_async.outbox.reconcile import APART, QUIET
from twilio_async.session import AsyncSession

_SECONDS = click.FloatRange(0, max=86_400)


@click.command()
@where_argument
@campaign_option
@click.option("--resend-absent", is_flag=True, help="Let rows be sent again that Twilio does not have, looked for twice.")
@click.option("--quiet", type=_SECONDS, default=QUIET, help="Seconds before its silence is believed. Default: 600.")
@click.option("--apart", type=_SECONDS, default=APART, help="Seconds between the two looks. Default: 60.")
def command(*, where: str, campaign: str | None, resend_absent: bool, quiet: float, apart: float) -> None:
    """Look once at Twilio for the rows of WHERE of which it is not known whether they were sent.

    Twilio promises no time by which it lists a message: with a short --quiet, --resend-absent may text somebody twice.
    """
    with told():
        found = run(_reconcile(where, campaign, resend_absent=resend_absent, quiet=quiet, apart=apart))
    for line in _lines(found):
        click.echo(line)
    if found.left or found.held or found.absent:
        raise click.exceptions.Exit(1)


async def _reconcile(where: str, campaign: str | None, *, resend_absent: bool, quiet: float, apart: float) -> Reconciled:
    async with AsyncSession.from_env() as twilio, opened(where) as outbox:
        name = await known(outbox, campaign)
        return await outbox.reconcile(twilio, campaign=name, quiet=quiet, apart=apart, resend_absent=resend_absent)


def _lines(found: Reconciled) -> list[str]:
    counts = (
        (found.matched, "found at Twilio: accepted"),
        (found.absent, "absent: Twilio does not have them; with --resend-absent they are sent again"),
        (found.resent, "to be sent again: Twilio does not have them"),
        (found.held, "held: look at them in Twilio's console; `outbox retry --state held` sends them again"),
        (found.left, f"open: look again in {found.again_in or 0:.0f} s"),
    )
    return [f"{counted(count, 'row')} {what}." for count, what in counts if count] or ["Nothing is in doubt."]
