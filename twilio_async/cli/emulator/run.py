"""``twilio-async emulator run``: a Twilio on this machine for any program, until it is told to stop."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import sys
import time
from pathlib import Path
from typing import Any

import click

from twilio_async.cli.emulator.options import described, emulator_options, not_startable

_A_WHILE = 3600.0
_REMEMBERED = 10_000
"""Requests and webhooks that are kept to be shown."""


@click.command()
@emulator_options
def command(**options: Any) -> None:
    """Run a Twilio of your own on this machine until Ctrl-C.

    Once it listens it prints where it is and what opens it, as lines for a shell: TWILIO_BASE_URL, TWILIO_ACCOUNT_SID,
    TWILIO_AUTH_TOKEN and TWILIO_NUMBER. To have it in the background of a shell, with these set:

        eval "$(twilio-async emulator run &)"
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as stack:
        emulator = described(**options, max_requests=_REMEMBERED)
        try:
            stack.enter_context(emulator)
        except (OSError, ImportError) as error:
            raise not_startable(error, host=options["host"], port=options["port"]) from error
        variables = emulator.env | (emulator.proxy_env if options["proxy"] else {})
        print(*(f"export {name}={shlex.quote(value)}" for name, value in variables.items()), sep="\n", flush=True)
        print(f"{emulator.url} is ready. Ctrl-C or `kill {os.getpid()}` ends it.", file=sys.stderr, flush=True)
        _let_go_of_stdout()
        while True:
            time.sleep(_A_WHILE)


def _let_go_of_stdout() -> None:
    """Nothing more will come: a ``$(…)`` that reads it need not wait until the emulator ends."""
    if not sys.stdout.isatty():
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
