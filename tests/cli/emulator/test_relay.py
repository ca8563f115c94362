from __future__ import annotations

import os
import signal
import sys
import threading

import pytest

from twilio_async.cli.emulator.relay import run_relayed


def test_a_program_runs_with_its_environment() -> None:
    """With that, and nothing else."""
    code = "import os, sys; sys.exit(len(os.environ.get('MINE', '')))"
    assert run_relayed([sys.executable, "-c", code], {"MINE": "12345"}) == 5


def test_afterwards_signals_are_ours_again() -> None:
    """Nobody is left to pass them on to."""
    if threading.current_thread() is not threading.main_thread():
        pytest.skip("only the main thread handles signals")
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    assert run_relayed(["sh", "-c", "kill -TERM $$"], os.environ) == 128 + signal.SIGTERM
    with pytest.raises(FileNotFoundError):
        run_relayed(["no-such-program"], os.environ)
    assert {number: signal.getsignal(number) for number in before} == before
