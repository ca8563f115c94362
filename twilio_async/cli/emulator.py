"""``twilio-async emulator``: a Twilio on this machine for any program, until it is told to stop."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path

import click

from twilio_async.cli.failures import Unusable
from twilio_async.emulator import Emulator

_A_WHILE = 3600.0


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Where to listen on 127.0.0.1. Default: a free one.")
def command(*, port: int) -> None:
    """Run a Twilio of your own on this machine until Ctrl-C.

    Once it listens it prints where it is and what opens it, as lines for a shell: TWILIO_BASE_URL, TWILIO_ACCOUNT_SID,
    TWILIO_AUTH_TOKEN and TWILIO_NUMBER. To have it in the background of a shell, with these set:

        eval "$(twilio-async emulator &)"
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as stack:
        emulator = Emulator(port, max_requests=0)
        try:
            stack.enter_context(emulator)
        except OSError as error:
            raise Unusable(f"cannot listen on port {port}: {os.strerror(error.errno or 0)}.") from error
        print(*emulator.shell_lines(), sep="\n", flush=True)
        print(f"{emulator.url} is ready. Ctrl-C or `kill {os.getpid()}` ends it.", file=sys.stderr, flush=True)
        _let_go_of_stdout()
        while True:
            time.sleep(_A_WHILE)


def _let_go_of_stdout() -> None:
    """Nothing more will come: a ``$(…)`` that reads it need not wait until the emulator ends."""
    if not sys.stdout.isatty():
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
