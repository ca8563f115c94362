"""``twilio-async emulator export``: the whole state of a running emulator as a JSON document."""

from __future__ import annotations

from typing import BinaryIO

import click

from twilio_async.cli.emulator.remote import Remote, url_option


@click.command()
@click.argument("file", type=click.File("wb", lazy=True), default="-")
@url_option
def command(*, file: BinaryIO, remote: Remote) -> None:
    """Write the whole state of a running emulator to FILE, or to stdout: for `seed`, and for `run --seed-file`."""
    file.write(remote.ask("GET", "/state") + b"\n")
