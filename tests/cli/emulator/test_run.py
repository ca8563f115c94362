from __future__ import annotations

import shlex
import signal
import socket
from pathlib import Path

import anyio
import pytest

from tests.cli.shell import COMMAND, environment, run, start
from twilio_async import AsyncSession


def variables(out: str) -> dict[str, str]:
    """What a shell that evaluates these lines has afterwards."""
    words = shlex.split(out)
    assert words[::2] == ["export"] * (len(words) // 2)
    return dict(word.split("=", 1) for word in words[1::2])


async def test_it_prints_what_opens_it_and_stops_when_told() -> None:
    """The lines are all that stdout has, they are there at once, and with them a session sends; SIGTERM ends it well."""
    with start("emulator", "run") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        env = variables(process.stdout.read())  # to the end: nothing keeps a shell's $(…) waiting
        assert env.keys() == {"TWILIO_BASE_URL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_NUMBER"}
        async with AsyncSession.from_env(env) as twilio:
            message = await twilio.messages.create(to="+14155552671", from_=env["TWILIO_NUMBER"], body="Hello")
        assert message.sid.startswith("SM")
        process.send_signal(signal.SIGTERM)
        assert process.stderr.read() == f"{env['TWILIO_BASE_URL']} is ready. Ctrl-C or `kill {process.pid}` ends it.\n"
    assert process.returncode == 0


def test_an_interrupt_ends_it_quietly() -> None:
    """Ctrl-C is how it is meant to end."""
    with start("emulator", "run") as process:
        assert process.stderr is not None
        assert "is ready" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == ""
    assert process.returncode == 0


async def test_a_taken_port_is_named() -> None:
    """Nothing is printed for a shell to evaluate, and the exit code is that of a usage error."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = await run("emulator", "run", "--port", str(port))
    assert (done.code, done.out) == (2, "")
    assert done.err == f"Error: cannot listen on port {port}: Address already in use.\n"


async def test_what_is_no_port_is_a_usage_error() -> None:
    """Only 0 to 65535 can be listened on."""
    assert (await run("emulator", "run", "--port", "65536")).code == 2


async def test_a_shell_can_have_it_in_the_background(tmp_path: Path) -> None:
    """``eval "$(… &)"`` returns while the emulator runs on, and other commands find it by what was set."""
    emulator, send = (shlex.join([*COMMAND, name]) for name in ("emulator", "send"))
    (tmp_path / "seed.json").write_text('{"messages": [{"body": "from a file"}]}')
    script = f"""
        eval "$({emulator} run --seed-file {tmp_path}/seed.json & echo export PID=$!)"
        {send} +14155552671 Hello --wait; {emulator} messages; kill $PID
    """
    done = await anyio.run_process(["sh", "-c", script], env=environment(), check=False)
    assert b" delivered" in done.stdout
    assert b" from a file\n" in done.stdout
    assert done.stdout.endswith(b" Hello\n")
    assert done.returncode == 0


def test_it_leads_programs_through_its_proxy() -> None:
    """Whose variables a shell sets as well."""
    pytest.importorskip("trustme", exc_type=ImportError)
    with start("emulator", "run", "--proxy") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        env = variables(process.stdout.read())
        assert env["HTTPS_PROXY"].startswith("http://127.0.0.1:")
        assert Path(env["SSL_CERT_FILE"]).is_file()
        process.send_signal(signal.SIGTERM)
        process.stderr.read()
    assert not Path(env["SSL_CERT_FILE"]).exists()
