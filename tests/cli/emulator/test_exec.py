from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.shell import COMMAND, environment, run
from twilio_async.cli.emulator.exec import summary
from twilio_async.emulator import Emulator

SEND = """
import asyncio, os
from twilio_async import AsyncSession

async def main():
    async with AsyncSession.from_env() as twilio:
        await twilio.messages.create(to="+14155552671", from_=os.environ["TWILIO_NUMBER"], body="Hello")

asyncio.run(main())
"""
COUNTING = """
import signal, sys
signal.signal(signal.SIGINT, lambda *_: print("interrupted", flush=True))
signal.signal(signal.SIGUSR1, lambda *_: sys.exit(print("!", flush=True)))
print("ready", flush=True)
while True:
    signal.pause()
"""
OFFICIAL = """
from twilio.rest import Client
client = Client("AC" + "e" * 32, "e0" * 16)
print(client.messages.create(to="+14155552671", from_="+15017122661", body="Hello").status)
"""


async def test_a_command_has_an_emulator_of_its_own() -> None:
    """What it sends goes there, and one line on stderr says what that was."""
    done = await run("emulator", "exec", "--", sys.executable, "-c", SEND)
    assert (done.code, done.out) == (0, "")
    assert done.err == "emulator: 1 message sent (1 delivered), 1 request.\n"


async def test_a_command_that_knows_only_twilio_comes_here_too() -> None:
    """Through the proxy, by environment variables alone."""
    pytest.importorskip("trustme", exc_type=ImportError)
    done = await run("emulator", "exec", "-q", "--proxy", "--lifecycle", "manual", "--", sys.executable, "-c", OFFICIAL)
    assert (done.code, done.out, done.err) == (0, "queued\n", "")


@pytest.mark.parametrize(
    ("program", "code"),
    [
        (["sh", "-c", "exit 7"], 7),
        (["sh", "-c", "kill -9 $$"], 137),
        (["no-such-program"], 127),
        (["/"], 126),
    ],
)
async def test_the_exit_code_is_the_commands(program: list[str], code: int) -> None:
    """Also when it ended by a signal, or did not even begin."""
    done = await run("emulator", "exec", "-q", "--", *program)
    assert (done.code, done.out) == (code, "")
    assert done.err == {127: "no-such-program: not found\n", 126: "/: Permission denied\n"}.get(code, "")


async def test_options_after_the_command_are_its_own() -> None:
    """And before it, one that is not known is a usage error."""
    done = await run("emulator", "exec", "-q", "printf", "%s", "--port")
    assert (done.code, done.out) == (0, "--port")
    assert (await run("emulator", "exec", "--prot", "1", "--", "true")).code == 2
    assert (await run("emulator", "exec")).code == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1])
def test_signals_reach_the_command(number: signal.Signals, tmp_path: Path) -> None:
    """It may end as it likes; the emulator ends after it."""
    script = f"trap 'echo caught; exit 3' {number.name.removeprefix('SIG')}; echo ready; while :; do sleep 0.01; done"
    with subprocess.Popen(
        [*COMMAND, "emulator", "exec", "-q", "--", "sh", "-c", script],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # away from the terminal of whoever runs the tests, which interrupts by itself
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.stdout.read() == "caught\n"
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert process.returncode == 3


def test_a_terminal_interrupts_the_command_once() -> None:
    """Its keys reach the command without our help; relayed, an interrupt would come twice."""
    ours, theirs = os.openpty()
    adopt = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
    with subprocess.Popen(
        [sys.executable, "-c", adopt, *COMMAND, "emulator", "exec", "-q", "--", sys.executable, "-c", COUNTING],
        env=environment(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        seen = read_until(ours, b"ready")
        os.write(ours, b"\x03")
        seen += read_until(ours, b"interrupted")
        process.send_signal(signal.SIGUSR1)  # relayed behind an interrupt, if that were
        seen += read_until(ours, b"!")
    os.close(ours)  # not before, since that hangs up
    assert seen.count(b"interrupted") == 1
    assert process.returncode == 0


def read_until(terminal: int, word: bytes) -> bytes:
    """What a terminal shows up to a word."""
    seen = b""
    while word not in seen:
        seen += os.read(terminal, 4096)
    return seen


def test_the_summary_counts_what_went_out() -> None:
    """By status; what came in is no message that was sent."""
    emulator = Emulator()
    assert summary(emulator) == "emulator: 0 messages sent, 0 requests."
    for status in ("delivered", "delivered", "failed"):
        emulator.add_message(status=status)
    emulator.add_message(direction="inbound", status="received")
    assert summary(emulator) == "emulator: 3 messages sent (2 delivered, 1 failed), 0 requests."
