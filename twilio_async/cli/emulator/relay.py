"""Runs a program that gets the signals that this one gets."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Generator, Mapping, Sequence
from types import FrameType

_ALWAYS = ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2")
_FROM_TERMINAL = ("SIGINT", "SIGQUIT")
"""What a terminal sends to all of its foreground by itself: relayed, they would come twice."""


def run_relayed(program: Sequence[str], env: Mapping[str, str]) -> int:
    """Run a program to its end.

    Args:
        program: its name and arguments.
        env: its whole environment.

    Returns:
        Its exit code; 128 and the number of the signal that ended it, as a shell has it.

    Raises:
        OSError: it cannot be started.
    """
    relay = _Relay()
    with relay.listening():
        process = subprocess.Popen(program, env=env)  # noqa: S603  # the user's own command
        relay.to(process)
        code = process.wait()
    return code if code >= 0 else 128 - code


class _Relay:
    """Passes signals on; what comes before there is somebody to pass it to waits."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting: list[int] = []

    @contextlib.contextmanager
    def listening(self) -> Generator[None, None, None]:
        """Take the signals that come inside of the block."""
        answered_by_itself = _FROM_TERMINAL if _in_foreground() else ()
        known = [name for name in (*_ALWAYS, *_FROM_TERMINAL) if name in signal.Signals.__members__]  # Windows has few
        with contextlib.ExitStack() as stack:
            for name in known:
                number = signal.Signals[name]
                if signal.getsignal(number) is not signal.SIG_IGN:
                    before = signal.signal(number, self._ignore if name in answered_by_itself else self._take)
                    stack.callback(signal.signal, number, before)
            yield

    def to(self, process: subprocess.Popen[bytes]) -> None:
        """Pass on to this one what came, and what comes."""
        self._process = process
        while self._waiting:
            process.send_signal(self._waiting.pop(0))

    def _take(self, number: int, frame: FrameType | None) -> None:
        del frame
        if self._process is None:
            self._waiting.append(number)
        else:
            self._process.send_signal(number)

    def _ignore(self, number: int, frame: FrameType | None) -> None:
        """Not `signal.SIG_IGN`, which the program would inherit."""


def _in_foreground() -> bool:
    """Whether the keys of a terminal reach this process, and with it the programs that it starts."""
    try:
        terminal = os.open(os.ctermid(), os.O_RDONLY | os.O_NOCTTY)
    except (OSError, AttributeError):  # there is none; Windows has no such name
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    finally:
        os.close(terminal)
