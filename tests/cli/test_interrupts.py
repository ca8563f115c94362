from __future__ import annotations

import asyncio
import os
import signal
import subprocess

import pytest

from tests.cli.shell import start
from twilio_async.cli.interrupts import Interruptible, heed_termination, run


def test_what_is_not_interrupted_gives_its_result() -> None:
    """Without Ctrl-C it is `asyncio.run`, results and errors included."""

    async def work(divisor: int) -> float:
        return 1 / divisor

    assert run(work(2)) == 0.5
    with pytest.raises(ZeroDivisionError):
        run(work(0))


def test_whoever_does_not_want_to_wait_presses_again() -> None:
    """Ctrl-C again and again ends it long before the answers come, and without a traceback."""
    with start("demo", "--latency", "30") as process:
        assert process.stderr is not None
        assert "messages to the emulator" in process.stderr.readline()
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(0.2)
            except subprocess.TimeoutExpired:
                continue
        err = process.stderr.read()
    assert process.returncode in {1, -signal.SIGINT}  # the latter if one came when all was over
    assert "Traceback" not in err


async def test_a_block_that_is_interrupted_ends_and_the_rest_goes_on() -> None:
    """The first cancellation is for the block, which swallows it; the task can wait for something else afterwards."""
    task = asyncio.current_task()
    assert task is not None
    with Interruptible() as block:
        task.cancel()
        await asyncio.sleep(10)
    assert block.interrupted
    assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_a_second_cancellation_is_not_swallowed() -> None:
    """Whoever cancels twice means the whole task."""

    async def work() -> None:
        with Interruptible():
            await asyncio.sleep(10)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_errors_pass_through_a_block() -> None:
    """Only Ctrl-C is dealt with."""
    with pytest.raises(ZeroDivisionError), Interruptible():
        raise ZeroDivisionError


async def test_termination_is_as_good_as_ctrl_c() -> None:
    """Services and containers are stopped with SIGTERM: it cancels the task."""
    heed_termination()
    with Interruptible() as block:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(10)
    asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)
    assert block.interrupted
