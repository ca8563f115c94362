"""``twilio-async emulator messages``: what a running emulator has."""

from __future__ import annotations

import json

import click

from twilio_async.cli.emulator.lines import message_line
from twilio_async.cli.emulator.remote import Remote, url_option


@click.command()
@click.option("--limit", type=click.IntRange(1), default=100, help="How many of the newest. Default: 100.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@url_option
def command(*, limit: int, as_json: bool, remote: Remote) -> None:
    """Show the messages that a running emulator has, the newest last."""
    for message in remote.get(f"/messages?limit={limit}")["messages"]:
        click.echo(json.dumps(message) if as_json else message_line(message))
