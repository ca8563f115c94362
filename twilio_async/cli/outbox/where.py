"""What the commands of the outbox have in common: where the ledger is, and which campaign is meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from twilio_async.cli.bulk.job import without_password
from twilio_async.cli.failures import Unusable
from twilio_async.outbox import Outbox

F = TypeVar("F", bound=Callable[..., Any])

STATES = ("rejected", "skipped", "absent", "held", "expired", "cancelled")
"""Where rows are that can be taken up again."""


def where_argument(command: F) -> F:
    """Give a command the ledger; it hands it to `opened`."""
    return click.argument("where")(command)


def campaign_option(command: F) -> F:
    """Give a command the choice of a campaign."""
    return click.option("--campaign", metavar="NAME", help="Only this campaign. Default: all.")(command)


def keys_option(command: F) -> F:
    """Give a command the choice of rows."""
    return click.option(
        "--key", "keys", metavar="KEY", multiple=True, help="Only the row with this key; more than once for more."
    )(command)


def opened(where: str, *, read_only: bool = False) -> Outbox:
    """The outbox, for ``async with``.

    Args:
        where: path of a file that is there, or a URL ``postgresql://…``.
        read_only: look without changing anything, also while it is sent.

    Raises:
        Unusable: there is none. A typing mistake is not to make an empty one.
    """
    if "://" not in where and not Path(where).is_file():
        raise Unusable(f"{where} does not exist: there is no outbox.")
    return Outbox.open(where, read_only=read_only)


async def chosen(outbox: Outbox, campaign: str | None) -> str:
    """The campaign that is meant: the one that was named, or the only one.

    Raises:
        Unusable: there is no such campaign, or which one is meant cannot be told.
    """
    names = [found.name for found in await outbox.store.campaigns()]
    if campaign is None and len(names) == 1:
        return names[0]
    if campaign in names:
        return campaign
    listed = ", ".join(map(repr, names)) or "none"
    raise Unusable(
        f"which campaign? Say --campaign with one of: {listed}"
        if campaign is None
        else f"there is no campaign {campaign!r}; there are: {listed}"
    )


async def known(outbox: Outbox, campaign: str | None) -> str | None:
    """The campaign that was named, which has to be there; `None` for all.

    Raises:
        Unusable: there is no such campaign.
    """
    return None if campaign is None else await chosen(outbox, campaign)


def spoken(where: str) -> str:
    """The ledger as it may be shown."""
    return without_password(where)
