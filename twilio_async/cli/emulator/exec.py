"""``twilio-async emulator exec``: a command with a Twilio of its own, which lives as long as it does."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from typing import Any

import click

from twilio_async.cli.emulator.options import described, emulator_options, not_startable
from twilio_async.cli.emulator.relay import run_relayed
from twilio_async.cli.texts import counted
from twilio_async.emulator import Emulator

# As shells have them.
_NOT_FOUND = 127
_NOT_EXECUTABLE = 126


@click.command(context_settings={"allow_interspersed_args": False})
@emulator_options
@click.option("-q", "--quiet", is_flag=True, help="Do not say in the end what was sent.")
@click.argument("program", metavar="-- COMMAND…", nargs=-1, required=True, type=click.UNPROCESSED)
def command(*, program: tuple[str, ...], quiet: bool, **options: Any) -> None:
    """Start an emulator, run COMMAND with TWILIO_BASE_URL and the like set, and stop the emulator when it ends.

    With --proxy, a COMMAND comes here too that knows no other address than Twilio's. Signals reach it. The exit code is its
    own; 127 if it is not found; 128 and the number of the signal that ended it.

        twilio-async emulator exec -- pytest
    """
    emulator = described(**options)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(emulator)
        except (OSError, ImportError) as error:
            raise not_startable(error, host=options["host"], port=options["port"]) from error
        code = _run(program, emulator.env | (emulator.proxy_env if options["proxy"] else {}))
        if not quiet:
            click.echo(summary(emulator), err=True)
    raise click.exceptions.Exit(code)


def _run(program: tuple[str, ...], more: dict[str, str]) -> int:
    try:
        return run_relayed(program, {**os.environ, **more})
    except FileNotFoundError:
        click.echo(f"{program[0]}: not found", err=True)
        return _NOT_FOUND
    except OSError as error:
        click.echo(f"{program[0]}: {os.strerror(error.errno or 0)}", err=True)
        return _NOT_EXECUTABLE


def summary(emulator: Emulator) -> str:
    """What was sent, in one line."""
    messages = [message for message in emulator.messages if message.direction != "inbound"]
    statuses = Counter(message.status for message in messages)
    found = ", ".join(f"{count:,} {status}" for status, count in statuses.most_common())
    parts = [f"{counted(len(messages), 'message')} sent{f' ({found})' if found else ''}"]
    parts.append(counted(len(emulator.requests), "request"))
    if webhooks := len(emulator.deliveries):
        parts.append(counted(webhooks, "webhook"))
    return f"emulator: {', '.join(parts)}."
