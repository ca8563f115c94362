from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.cli.shell import COMMAND, environment, run
from twilio_async.webhooks import sign

TOKEN = "0123456789abcdef" * 2
URL = "https://example.com/sms"
ARGUMENTS = ("webhook", "verify", URL, "--signature", sign(URL, auth_token=TOKEN).headers["X-Twilio-Signature"])


async def test_a_secret_comes_from_the_environment_a_file_or_an_option(tmp_path: Path) -> None:
    """A file wins over the option, which wins over the environment."""
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    for more, env in (
        ((), {"TWILIO_AUTH_TOKEN": TOKEN}),
        (("--token", TOKEN), {"TWILIO_AUTH_TOKEN": "another"}),
        (("--token-file", str(file), "--token", "another"), {"TWILIO_AUTH_TOKEN": "another"}),
    ):
        done = await run(*ARGUMENTS, *more, env=env)
        assert (done.code, done.err) == (0, "")
    assert (await run(*ARGUMENTS, "--token-file", "-", given=TOKEN.encode())).code == 0


@pytest.mark.parametrize("around", ["{} ", "'{}'", '"{}"\n', "{}\n\n", "\ufeff{}"])
async def test_what_stands_around_a_secret_is_taken_away_and_told(around: str, tmp_path: Path) -> None:
    """For an application that read it the same way would verify nothing; the secret itself is not shown."""
    file = tmp_path / "token"
    file.write_text(around.format(TOKEN))
    done = await run(*ARGUMENTS, "--token-file", str(file))
    assert done.code == 0
    assert "around the secret" in done.err
    assert TOKEN not in done.err + done.out


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff", b"a\x00b", b"''"])
async def test_without_a_secret_there_is_nothing_to_do(content: bytes, tmp_path: Path) -> None:
    """None, an empty one and one that is no text exit with 3."""
    file = tmp_path / "token"
    file.write_bytes(content)
    for more in ((), ("--token-file", str(file))):
        done = await run(*ARGUMENTS, *more)
        assert (done.code, done.out) == (3, "")
        assert "Traceback" not in done.err


async def test_an_environment_that_is_no_text_is_said_so() -> None:
    """A variable may hold any bytes."""
    done = await run(*ARGUMENTS, env={"TWILIO_AUTH_TOKEN": "\udcff" * 32})
    assert done.code == 3
    assert "no secret has" in done.err


def test_whoever_sits_at_a_terminal_is_asked() -> None:
    """What is typed is not shown."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *ARGUMENTS],
        env=environment(),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # else it would ask at the terminal of whoever runs the tests
    ) as process:
        assert process.stderr is not None
        asked = b""
        while not asked.endswith(b": "):
            asked += process.stderr.read(1)
        os.write(ours, f"{TOKEN}\n".encode())
        out, err = process.communicate()
    os.set_blocking(ours, False)
    os.close(theirs)
    try:
        echoed = os.read(ours, 65536)
    except OSError:
        echoed = b""
    os.close(ours)
    assert process.returncode == 0
    assert asked == b"Auth token: "
    assert TOKEN.encode() not in echoed + out + err
