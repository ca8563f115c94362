"""``twilio-async emulator approve``: let Twilio grant what was applied for, in a running emulator."""

from __future__ import annotations

import click

from twilio_async.cli.emulator.remote import Remote, url_option


@click.command()
@click.argument("sid")
@url_option
def command(*, sid: str, remote: Remote) -> None:
    """Let Twilio grant what SID is: a brand, a campaign, a toll-free verification, a template, a sender."""
    remote.post(f"/reviews/{sid}/approve")
    click.echo(f"{sid} is granted.")
