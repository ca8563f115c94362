"""``twilio-async outbox``: look after what is to be sent, in a file or in a database."""

from __future__ import annotations

import click

from twilio_async.cli.app import Commands

_COMMANDS = {
    "status": "Show how far it is.",
    "work": "Send what is to be sent.",
    "pause": "Let nobody begin further rows of a campaign.",
    "resume": "Undo `pause`.",
    "cancel": "Take back rows that have not been begun.",
    "retry": "Take up rows again that came to nothing.",
    "reconcile": "Look at Twilio for rows in doubt.",
    "report": "Say what it came to, or write a page about it.",
}


@click.group(cls=Commands, folder=__package__, listed=_COMMANDS)
def command() -> None:
    """Look after what is to be sent. WHERE is the ledger: the path of a file, or a URL that begins with postgresql://.

    `twilio-async bulk` puts rows into a ledger, and so does a program with `Outbox.add`.
    """
