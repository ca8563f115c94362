"""``twilio-async outbox retry``: rows that came to nothing are to be sent after all."""

from __future__ import annotations

import sys
from typing import cast

import click

from twilio_async.cli.failures import Failure, told
from twilio_async.cli.interrupts import run
from twilio_async.cli.outbox.where import STATES, campaign_option, keys_option, known, opened, where_argument
from twilio_async.cli.texts import counted
from twilio_async.outbox import State

_RISKY = {"absent", "held"}


@click.command()
@where_argument
@campaign_option
@click.option(
    "--state",
    "states",
    type=click.Choice(STATES),
    multiple=True,
    help="Rows in this state; more than once for more. Default: rejected.",
)
@click.option(
    "--code", "codes", type=int, multiple=True, help="Only rows that Twilio refused with this code; more than once for more."
)
@keys_option
@click.option("--yes", is_flag=True, help="Do not ask about rows that Twilio may have after all.")
def command(
    *, where: str, campaign: str | None, states: tuple[str, ...], codes: tuple[int, ...], keys: tuple[str, ...], yes: bool
) -> None:
    """Let rows of WHERE be sent again that came to nothing. They are sent by the next `work` or `bulk`."""
    wanted = states or ("rejected",)
    if _RISKY & {*wanted} and not yes:
        _ask(" and ".join(sorted(_RISKY & {*wanted})))
    with told():
        count = run(_retry(where, campaign, wanted, codes, keys))
    click.echo(f"{counted(count, 'row')} to be sent again.")


def _ask(states: str) -> None:
    click.echo(f"Rows that are {states} may have been sent: to send them again may text somebody twice.", err=True)
    if not sys.stdin.isatty():
        raise click.UsageError("nobody is there to be asked; if that is what you want, add --yes.")
    if not click.confirm("Send them again?"):
        raise Failure("nothing was changed.")


async def _retry(
    where: str, campaign: str | None, states: tuple[str, ...], codes: tuple[int, ...], keys: tuple[str, ...]
) -> int:
    async with opened(where) as outbox:
        name = await known(outbox, campaign)
        return await outbox.retry(name, states=cast("tuple[State, ...]", states), codes=codes or None, keys=keys or None)
