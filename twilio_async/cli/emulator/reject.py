"""``twilio-async emulator reject``: let Twilio refuse what was applied for, in a running emulator."""

from __future__ import annotations

import click

from twilio_async.cli.emulator.remote import Remote, url_option


@click.command()
@click.argument("sid")
@click.option("--reason", metavar="TEXT", help="Why, in words.")
@click.option("--code", type=int, help="Why, as Twilio's error code.")
@url_option
def command(*, sid: str, reason: str | None, code: int | None, remote: Remote) -> None:
    """Let Twilio refuse what SID is: a brand, a campaign, a toll-free verification, a template, a sender."""
    given = {"reason": reason, "code": code}
    remote.post(f"/reviews/{sid}/reject", {name: value for name, value in given.items() if value is not None})
    click.echo(f"{sid} is refused.")
