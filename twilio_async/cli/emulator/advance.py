"""``twilio-async emulator advance``: wind a running emulator's clock on."""

from __future__ import annotations

import click

from twilio_async.cli.emulator.remote import Remote, url_option


@click.command()
@click.argument("seconds", type=click.FloatRange(0))
@url_option
def command(*, seconds: float, remote: Remote) -> None:
    """Wind a running emulator's clock on by SECONDS. What becomes due by that happens at once."""
    click.echo(f"It is {remote.post('/clock/advance', {'seconds': seconds})['now']} now.")
