from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.cli.shell import run, start

FAST = ("--latency", "0", "--rate", "5000")


async def test_messages_are_made_up_sent_and_read_back() -> None:
    """The bare demo needs nothing, says what was sent, and how to go on; a wrong address of Twilio does not matter to it."""
    done = await run(
        "demo", "--count", "40", *FAST, env={"TWILIO_BASE_URL": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}
    )
    assert done.code == 0
    assert "40 messages, 45 segments" in done.out
    assert "40 delivered" in done.out
    assert "twilio-async demo FILE.csv" in done.out
    assert "\x1b" not in done.out + done.err


async def test_a_file_of_ones_own_is_sent(tmp_path: Path) -> None:
    """A spreadsheet's CSV with a byte order mark, semicolons and another column is taken as it is."""
    file = tmp_path / "rows.csv"
    file.write_bytes("to;body;name\r\n+14155550100;Grüße;Ada\r\n+14155550100;Grüße;Ada\r\n".encode("utf-8-sig"))
    done = await run("demo", str(file), *FAST)
    assert done.code == 0
    assert done.err.startswith("Columns not used: name.\n")
    assert "2 delivered" in done.out


async def test_rows_from_stdin_with_bad_ones_among_them() -> None:
    """What cannot be sent, here or in Twilio's eyes, is named by its line; the rest goes on, and the exit code is 1."""
    rows = b"to,body\n4155550100,Hi\n+14155550101,Hi\nwhatsapp:nobody,Hi\n+14155550102,\n"
    done = await run("demo", "-", *FAST, given=rows)
    assert done.code == 1
    assert "line 2: to: '…0100' is neither E.164" in done.err
    assert "line 5: body: empty" in done.err
    assert "line 4: messages.create: Invalid 'To' Phone Number" in done.err
    assert "415555010" not in done.err + done.out
    assert "1 delivered" in done.out


@pytest.mark.parametrize(
    ("content", "code", "reason"),
    [
        (b"", 2, "it is empty"),
        ("to,body\n+14155550100,Grüße\n".encode("latin-1"), 2, "line 2 is not UTF-8"),
        (b"to,body\n1,2\n", 1, "no row can be sent"),
    ],
)
async def test_a_file_that_cannot_be_sent_is_an_error_without_a_traceback(content: bytes, code: int, reason: str) -> None:
    """The file is named with what is wrong with it."""
    done = await run("demo", "-", given=content)
    assert done.code == code
    assert f"Error: <stdin>: {reason}" in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


@pytest.mark.parametrize("arguments", [("nowhere.csv",), ("--rate", "0"), ("--count", "1", "-")])
async def test_usage_errors_exit_with_2(arguments: tuple[str, ...]) -> None:
    """A missing file, a number out of range, and two sources of messages."""
    done = await run("demo", *arguments)
    assert done.code == 2
    assert "Traceback" not in done.err


def test_an_interrupt_ends_it_with_a_summary() -> None:
    """Ctrl-C in the middle: what was in flight ends, what was done is told, and the exit code says that it was not all."""
    with start("demo", "--latency", "0.05") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        while "100 of 1,000" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert process.returncode == 1
    assert "interrupted before their turn" in out
    assert "delivered" in out
    assert "Traceback" not in err
