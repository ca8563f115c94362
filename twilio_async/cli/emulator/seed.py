"""``twilio-async emulator seed``: a JSON document into a running emulator."""

from __future__ import annotations

import json
from typing import BinaryIO

import click

from twilio_async.cli.emulator.remote import Remote, url_option
from twilio_async.cli.texts import counted


@click.command()
@click.argument("file", type=click.File("rb"))
@url_option
def command(*, file: BinaryIO, remote: Remote) -> None:
    """Put what FILE says into a running emulator; `-` reads it from stdin.

    It is a JSON document as `export` writes it, or so much as {"messages": [{"to": "+15558675310", "body": "Hi"}]}.
    """
    there = json.loads(remote.ask("POST", "/state", file.read()))["messages"]
    click.echo(f"It has {counted(there, 'message')} now.")
