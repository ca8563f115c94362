"""``twilio-async emulator fault``: let requests or webhooks go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import click

from twilio_async.cli.emulator.pairs import pairs
from twilio_async.cli.emulator.remote import Remote, url_option
from twilio_async.cli.texts import counted
from twilio_async.emulator.api import faults
from twilio_async.emulator.applications import webhook_faults


@click.command()
@click.argument("match", default="")
@click.option("--kind", type=click.Choice(get_args(faults.Kind)), help="What happens. Default: a status, or latency alone.")
@click.option("--status", type=click.IntRange(100, 599), help="HTTP status.")
@click.option("--code", type=int, help="Twilio's error code. Default: the usual one for the status.")
@click.option("--message", metavar="TEXT", help="Twilio's text. Default: the usual one for the status.")
@click.option("--latency", type=click.FloatRange(0), help="Seconds until the answer.")
@click.option("--retry-after", type=click.FloatRange(0), help="Seconds, for a Retry-After header.")
@click.option(
    "--parameter",
    "parameters",
    metavar="NAME=VALUE",
    callback=pairs,
    multiple=True,
    help="A value that a parameter must have; may be repeated.",
)
@click.option("--times", type=click.IntRange(1), help="How often. Default: for ever.")
@click.option("--probability", type=click.FloatRange(0, 1), help="Of striking what matches. Default: 1.")
@click.option("--webhook", type=click.Choice(get_args(webhook_faults.Kind)), help="Let webhooks go wrong instead.")
@click.option("--seconds", type=click.FloatRange(0, min_open=True), help="Of --webhook delay.")
@click.option("--copies", type=click.IntRange(1), help="Of --webhook duplicate. Default: 1.")
@click.option("--clear", is_flag=True, help="Let nothing go wrong any more.")
@url_option
def command(*, remote: Remote, webhook: str | None, clear: bool, **options: Any) -> None:
    """Let requests to a running emulator go wrong.

    MATCH is a method, a part of the path, or both: "POST /Messages.json". With --webhook it is a part of the URL.

        twilio-async emulator fault "POST /Messages" --status 503 --times 2
    """
    wanted = {name: value for name, value in options.items() if value not in (None, "", {})}
    if clear:
        if wanted or webhook:
            raise click.UsageError("--clear takes everything away; it goes alone.")
        _clear(remote)
    elif webhook:
        _add(remote, "/webhook-faults", {"kind": webhook, **wanted})
    else:
        _add(remote, "/faults", wanted)


def _add(remote: Remote, path: str, rule: Mapping[str, Any]) -> None:
    made = remote.post(path, rule)
    often = "for ever" if made["times"] is None else counted(made["times"], "time")
    click.echo(f"{made['kind']} from now on for {made['match'] or 'everything'}, {often}")


def _clear(remote: Remote) -> None:
    for path in ("/faults", "/webhook-faults"):
        remote.ask("DELETE", path)
    click.echo("Nothing goes wrong any more.")
