"""How the tests run a command: in a process of its own, with pipes or with a terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from typing import NamedTuple

import anyio

COMMAND = (sys.executable, "-W", "error", "-m", "twilio_async")
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Ended(NamedTuple):
    """A command that has ended."""

    code: int
    out: str
    err: str


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This environment without what a command would listen to, and with *more*."""
    deaf = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE", "TTY_INTERACTIVE"}
    kept = {name: value for name, value in os.environ.items() if name not in deaf and not name.startswith("TWILIO_")}
    return {**kept, "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8", **(more or {})}


async def run(*arguments: str, env: Mapping[str, str] | None = None, given: bytes = b"") -> Ended:
    """Run ``twilio-async`` with pipes.

    Args:
        *arguments: of the command line.
        env: variables that it finds.
        given: what it reads from stdin.
    """
    done = await anyio.run_process([*COMMAND, *arguments], input=given, env=environment(env), check=False)
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start ``twilio-async`` with pipes, to be talked with."""
    return subprocess.Popen(
        [*COMMAND, *arguments], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


def in_terminal(*arguments: str, columns: int = 80, env: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run ``twilio-async`` in a terminal, and return its exit code and all that the terminal was sent."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    with subprocess.Popen([*COMMAND, *arguments], env=environment(env), stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        sent = b""
        try:
            while chunk := os.read(ours, 65536):
                sent += chunk
        except OSError:  # Linux says so when the other end is closed
            pass
        os.close(ours)
    return process.returncode, sent.decode()


def without_controls(sent: str) -> str:
    """What a terminal was sent without colours and movements of the cursor."""
    return _CONTROL.sub("", sent)
