"""``twilio-async emulator events``: what happens in a running emulator, as it happens."""

from __future__ import annotations

import contextlib
import json
import sys

import click

from twilio_async.cli.emulator.lines import event_line
from twilio_async.cli.emulator.remote import Remote, url_option


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@url_option
def command(*, as_json: bool, remote: Remote) -> None:
    """Show what happens in a running emulator until it ends, or Ctrl-C: messages, requests, webhooks, alerts."""
    with contextlib.suppress(KeyboardInterrupt):
        for event in remote.events():
            click.echo(json.dumps(event) if as_json else event_line(event))
            sys.stdout.flush()
