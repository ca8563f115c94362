"""What happens to the workers: killed, stopped for longer than their lease, their database stopped as by a power cut."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.chaos_twilio import Twilio
from benchmarks.chaos_worker import SHORT_LEASE

FREEZE: Final = SHORT_LEASE * 1.3
"""Seconds that a worker stands still: its rows have been given up when it wakes."""
LOOK_EVERY: Final = 0.01
MOST_FAILURES: Final = 3
"""Ends of a worker that nobody brought about."""


@dataclass(slots=True)
class Reaped:
    """What was done."""

    kills: int = 0
    freezes: int = 0
    power_cuts: int = 0
    failures: list[str] = field(default_factory=list[str])
    """What workers said that ended by themselves, and not because all was done."""


@dataclass(slots=True)
class Reaper:
    """Keeps workers running, and does them harm at random moments.

    Args:
        command: starts a worker.
        twilio: what they send to.
        workers: how many run at once.
        chance: when, whom and what.
        cut_power: stops the database without warning and starts it again. Default: there is none.
    """

    command: list[str]
    twilio: Twilio
    workers: int
    chance: random.Random
    cut_power: Callable[[], None] | None = None
    log: Path = Path(os.devnull)
    done: Reaped = field(default_factory=Reaped)
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list[subprocess.Popen[bytes]])
    _wakes: dict[int, float] = field(default_factory=dict[int, float])

    def run(self, rows: int, kills: int, freezes: int, power_cuts: int) -> Reaped:
        """Let the workers work until all is done.

        Args:
            rows: to be sent, which tells when what is to happen: each at some request of the first *rows*.
            kills: by SIGKILL.
            freezes: by SIGSTOP, for longer than a lease.
            power_cuts: of the database.
        """
        harm: list[Callable[[], bool]] = [self._kill] * kills + [self._freeze] * freezes + [self._cut] * power_cuts
        self.chance.shuffle(harm)
        moments = sorted(self.chance.randrange(rows // 50, rows) for _ in harm)
        try:
            while True:
                self._wake()
                if self._is_over():
                    return self.done
                if harm and self.twilio.requests() >= moments[0]:
                    time.sleep(self.chance.random() * 0.05)
                    if harm[0]():
                        harm.pop(0)
                        moments.pop(0)
                time.sleep(LOOK_EVERY)
        finally:
            for process in self._running:
                process.kill()
                process.wait()

    def _is_over(self) -> bool:
        """Start those that are missing; whether one has said that nothing is left to do."""
        for process in list(self._running):
            code = process.poll()
            if code == 0:
                return True
            if code is not None:
                self._running.remove(process)
                if code != -signal.SIGKILL:
                    self._failed(code)
        while len(self._running) < self.workers:
            with self.log.open("ab") as log:
                self._running.append(subprocess.Popen(self.command, env={**os.environ, **self.twilio.env}, stderr=log))
        return False

    def _failed(self, code: int) -> None:
        said = self.log.read_text(errors="replace").splitlines() if self.log.is_file() else []
        self.done.failures.append(f"exit {code}: {said[-1] if said else 'nothing said'}")
        if len(self.done.failures) > MOST_FAILURES:
            raise RuntimeError("\n".join(said[-40:]))

    # --- harm; each says whether it could be done now --------------------------------------------------------------------

    def _kill(self) -> bool:
        victims = [process for process in self._running if process.poll() is None]
        if not victims:
            return False
        victim = self.chance.choice(victims)
        victim.kill()
        victim.wait()
        self._wakes.pop(victim.pid, None)
        self.done.kills += 1
        return True

    def _freeze(self) -> bool:
        victims = [process for process in self._running if process.poll() is None and process.pid not in self._wakes]
        if not victims:
            return False
        victim = self.chance.choice(victims)
        victim.send_signal(signal.SIGSTOP)
        self._wakes[victim.pid] = time.monotonic() + FREEZE
        self.done.freezes += 1
        return True

    def _wake(self) -> None:
        for process in self._running:
            if self._wakes.get(process.pid, float("inf")) <= time.monotonic():
                del self._wakes[process.pid]
                process.send_signal(signal.SIGCONT)

    def _cut(self) -> bool:
        if self.cut_power is not None:
            self.cut_power()
            self.done.power_cuts += 1
        return True


def worker_command(where: str, diary: Path) -> list[str]:
    """What starts a worker."""
    return [sys.executable, "-m", "benchmarks.chaos_worker", where, str(diary)]
