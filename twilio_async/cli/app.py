"""The group of all commands. The file of a command is imported when it is run, and not before."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any, cast

import click

from twilio_async._version import __version__

_COMMANDS = {
    "bulk": "Send a text to each row of a file, and to nobody twice.",
    "demo": "Send a thousand messages to an emulator, and watch.",
    "emulator": "Run a Twilio of your own on this machine.",
    "outbox": "Look after what is to be sent.",
    "segments": "Show how many SMS segments a text costs, and why.",
    "send": "Send one message.",
    "webhook": "Find out why a webhook is refused, or send one to your application.",
}


class Commands(click.Group):
    """Commands of which only the names are known until one is run, so that ``--help`` is quick.

    Args:
        folder: the package that holds the file of each.
        listed: their names, each with the line that lists it.
        **settings: as of any group.
    """

    def __init__(self, *, folder: str, listed: Mapping[str, str], **settings: Any) -> None:
        super().__init__(commands=[click.Command(name, help=line) for name, line in listed.items()], **settings)
        self._folder = folder

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Put the command that its file holds in the place of the line that lists it."""
        name, listed, rest = super().resolve_command(ctx, args)
        return name, listed and cast("click.Command", import_module(f"{self._folder}.{name}").command), rest


@click.group(
    cls=Commands,
    folder=__package__,
    listed=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, message="twilio-async %(version)s")
def commands() -> None:
    """Send text messages through Twilio, and try everything offline first.

    Credentials come from TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or TWILIO_API_KEY and TWILIO_API_SECRET, or
    TWILIO_CLIENT_ID and TWILIO_CLIENT_SECRET.

    Exit codes: 0 all went well, 1 something failed or was interrupted, 2 usage, 3 credentials.
    """


def run() -> None:
    """Run the command that ``sys.argv`` names, and exit."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a text may hold what the terminal cannot show
    commands(prog_name="twilio-async")
