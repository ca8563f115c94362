"""``twilio-async bulk`` as a user meets it."""

from __future__ import annotations

import contextlib
import csv
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from tests.cli.shell import COMMAND, Ended, environment, run
from tests.outbox.conftest import until
from tests.postgres import PASSWORD, database
from twilio_async.emulator import Emulator

HEADER = "id;Name;Phone\n"
GOOD = "1;Ann;+1 415 555 0100\n2;Bob;+14155550101\n"
BAD = "3;;+14155550102\n4;Cy;555-0103\n5;Di;+14155550100\n"
HI = ("--body", "Hi {name}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with two rows that can be sent and three that cannot."""
    path = tmp_path / "promo.csv"
    path.write_bytes((HEADER + GOOD + BAD).encode("utf-8-sig"))
    return path


async def bulk(file: Path | str, *arguments: str, emulator: Emulator | None = None, given: bytes = b"") -> Ended:
    """Run the command."""
    return await run("bulk", str(file), *arguments, env=emulator.env if emulator else None, given=given)


def table(path: Path) -> list[dict[str, str]]:
    """A file of results."""
    return list(csv.DictReader(path.read_text().splitlines()))


def names(folder: Path) -> list[str]:
    """What lies in a folder."""
    return [entry.name for entry in folder.iterdir()]


def write(file: Path, text: str) -> None:
    """Put something else into a file."""
    file.write_text(text)


async def test_every_row_is_sent_or_named(emulator: Emulator, file: Path, tmp_path: Path) -> None:
    """Good rows are sent once, bad ones are named by line, column and reason, and each row has a line in the results."""
    results, rejects = tmp_path / "results.csv", tmp_path / "rejects.csv"
    done = await bulk(file, *HI, "--yes", "--results", str(results), "--rejects", str(rejects), emulator=emulator)
    assert done.code == 1
    sent = sorted((message.to, message.body) for message in emulator.messages)
    assert sent == [("+14155550100", "Hi Ann"), ("+14155550101", "Hi Bob")]
    assert "line 4, Name: empty, and the text needs it\nline 5, Phone: '…0103' has no country code" in done.err
    assert "line 6, Phone: the same recipient as in line 2" in done.err
    assert "line 2 to …0100  Hi Ann" in done.out
    assert [(row["line"], row["state"]) for row in table(results)] == [
        ("2", "accepted"), ("3", "accepted"), ("4", "invalid"), ("5", "invalid"), ("6", "invalid"),
    ]  # fmt: skip
    assert {row["sid"] for row in table(results)} - {""} == {message.sid for message in emulator.messages}
    assert len(rejects.read_text().splitlines()) == 4
    assert "4155550" not in done.out + done.err


async def test_the_same_command_again_sends_nothing_again(emulator: Emulator, file: Path) -> None:
    """The ledger beside the file remembers; to start anew is another campaign."""
    for _ in range(2):
        done = await bulk(file, *HI, "--yes", emulator=emulator)
    assert "Nothing is left to send. To send to the same people again, say --campaign" in done.out
    assert len(emulator.messages) == 2
    assert (file.parent / "promo.outbox.db").is_file()
    await bulk(file, *HI, "--yes", "--campaign", "again", emulator=emulator)
    assert len(emulator.messages) == 4


async def test_all_went_well_is_told_by_the_exit_code(emulator: Emulator, tmp_path: Path) -> None:
    """0 if every row was accepted, with the columns to and body alone and the sender from the environment."""
    file = tmp_path / "x.csv"
    file.write_text("to,body\n+14155550100,Hello\n")
    done = await bulk(file, "--yes", emulator=emulator)
    assert done.code == 0
    assert (emulator.messages[0].from_, emulator.messages[0].body) == (emulator.number, "Hello")


async def test_what_twilio_refuses_is_counted_with_what_to_do(emulator: Emulator, tmp_path: Path) -> None:
    """A landline and somebody who opted out fail alone."""
    emulator.account.landlines.add("+14155550100")
    emulator.opt_out("+14155550101")
    file = tmp_path / "x.csv"
    file.write_text("to,body\n+14155550100,a\n+14155550101,b\n+14155550102,c\n")
    done = await bulk(file, "--yes", "--results", str(tmp_path / "r.csv"), emulator=emulator)
    assert done.code == 1
    assert "21614" in done.out
    assert "landlines take no texts" in done.out
    assert "twilio-async outbox retry" in done.out
    assert [(row["state"], row["code"]) for row in table(tmp_path / "r.csv")] == [
        ("rejected", "21614"), ("skipped", "21610"), ("accepted", ""),
    ]  # fmt: skip


async def test_a_file_of_which_no_row_can_be_sent_is_told_row_by_row(emulator: Emulator, file: Path, tmp_path: Path) -> None:
    """It fails, with a line for each in the results, and makes no ledger."""
    write(file, HEADER + "1;Ann;0100\n2;Bob;0101\n")
    done = await bulk(file, *HI, "--yes", "--results", str(tmp_path / "r.csv"), emulator=emulator)
    assert done.code == 1
    assert "no row can be sent" in done.err
    assert [row["state"] for row in table(tmp_path / "r.csv")] == ["invalid", "invalid"]
    assert sorted(names(tmp_path)) == ["promo.csv", "r.csv"]


async def test_a_dry_run_sends_and_keeps_nothing(file: Path) -> None:
    """It needs neither credentials nor a sender, and fails if a row cannot be sent."""
    done = await bulk(file, *HI, "--dry-run")
    assert done.code == 1
    assert "2 rows to send, 3 that cannot be sent" in done.out
    assert "Nothing was sent." in done.out
    assert names(file.parent) == ["promo.csv"]


async def test_a_rehearsal_needs_nothing_and_keeps_nothing(file: Path) -> None:
    """It goes to an emulator in the process, from its number, and no ledger remains that would say it was sent."""
    done = await bulk(file, *HI, "--emulator", "--yes")
    assert done.code == 1
    assert "2 messages to the emulator." in done.err
    assert "Accepted  2" in done.out
    assert names(file.parent) == ["promo.csv"]


@pytest.mark.parametrize(
    ("content", "arguments", "reason"),
    [
        (b"", HI, "it is empty"),
        (b"name;city\nAnn;Oslo\n", HI, "which column holds the recipients? Say --to-column with one of: 'name', 'city'"),
        (b"to;city\n+14155550100;Oslo\n", HI, "--body: there is no column 'name'; there are: {to}, {city}"),
        (b"to\n+14155550100\n", (), "what is the text? Say --body"),
        (b"to\n", ("--body", "Hi"), "there are no rows below the first line"),
        (b'to,body\n+14155550100,"Hi\n', (), "line 2: a quotation mark is opened and not closed"),
        (b"PK\x03\x04", (), "an Excel workbook"),
        (b"to,body,body\n+14155550100,a,b\n", (), "there are 2 columns 'body'"),
        (b"to\n+14155550100\n", ("--body", "{to.__class__}"), "only a column's name may stand between braces"),
        (b"to\n+14155550100\n", ("--body", "{{ to", "--jinja"), "--body: line 1"),
        (b"to\n+14155550100\n", ("--body", "Hi", "--key-column", "id"), "there is no column 'id'"),
    ],
)
async def test_a_broken_file_is_refused_before_anything_is_sent(
    emulator: Emulator, tmp_path: Path, content: bytes, arguments: tuple[str, ...], reason: str
) -> None:
    """With what to do about it, exit code 2, and no ledger."""
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    done = await bulk(file, *arguments, "--yes", emulator=emulator)
    assert done.code == 2
    assert reason in done.err
    assert "Traceback" not in done.err
    assert emulator.messages == []
    assert names(tmp_path) == ["x.csv"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--from", "a", "--service", "b"), "not both"),
        (("--db", "a", "--dsn", "b"), "not both"),
        (("--emulator", "--db", "a"), "keeps no ledger"),
        (("--window", "9-17"), "no span of hours"),
        (("--stop-after-rejected", "lots"), "no share"),
        (("--results", "promo.csv"), "used for something else"),
        (("--campaign", "a~b"), "--campaign"),
    ],
)
async def test_options_that_cannot_be_are_refused(file: Path, arguments: tuple[str, ...], reason: str) -> None:
    """Before the file is read."""
    given = tuple(str(file) if argument == "promo.csv" else argument for argument in arguments)
    done = await run("bulk", str(file), *HI, "--yes", *given, env={"TWILIO_NUMBER": "+15017122661"})
    assert done.code == 2
    assert reason in done.err


async def test_nobody_is_sent_to_without_being_asked(emulator: Emulator, file: Path) -> None:
    """Where nobody can be asked, the option to add is named."""
    done = await bulk(file, *HI, emulator=emulator)
    assert done.code == 2
    assert "add --yes" in done.err
    assert emulator.messages == []


@pytest.mark.parametrize(("answer", "sent", "code"), [(b"y\n", 2, 1), (b"n\n", 0, 1)])
def test_the_question_is_asked_in_a_terminal(file: Path, answer: bytes, sent: int, code: int) -> None:
    """After the first texts and the totals; only a yes sends, and the panel shows it."""
    with Emulator() as emulator:
        ours, theirs = pty.openpty()
        command = [*COMMAND, "bulk", str(file), *HI]
        with subprocess.Popen(command, env=environment(emulator.env), stdin=theirs, stdout=theirs, stderr=theirs) as process:
            os.close(theirs)
            said, answered = b"", False
            try:
                while chunk := os.read(ours, 65536):
                    said += chunk
                    if not answered and b"[y/N]" in said:
                        answered = True
                        os.write(ours, answer)
            except OSError:  # Linux says so when the other end is closed
                pass
            os.close(ours)
        assert process.returncode == code
        assert f"Send 2 messages to {emulator.url}?".encode() in said
        assert len(emulator.messages) == sent
        assert (b"2 accepted" in said) == bool(sent)


async def test_another_text_than_was_stored_is_a_question_of_its_own(emulator: Emulator, file: Path, tmp_path: Path) -> None:
    """The first text counts and nobody gets two: --yes alone does not answer that."""
    await bulk(file, *HI, "--yes", emulator=emulator)
    write(file, HEADER + GOOD + "6;Eve;+14155550106\n")
    done = await bulk(file, "--body", "Bye {name}", "--yes", emulator=emulator)
    assert done.code == 2
    assert "2 rows would read otherwise now" in done.out
    assert "add --anyway" in done.err
    done = await bulk(file, "--body", "Bye {name}", "--yes", "--anyway", emulator=emulator)
    assert done.code == 0
    assert sorted(message.body for message in emulator.messages) == ["Bye Eve", "Hi Ann", "Hi Bob"]


async def test_credentials_are_looked_for_before_anybody_is_asked(emulator: Emulator, file: Path) -> None:
    """Missing ones and refused ones exit with 3; the rows stay to be sent."""
    done = await bulk(file, *HI, "--from", "+15017122661")
    assert done.code == 3
    done = await run("bulk", str(file), *HI, "--yes", env=emulator.env | {"TWILIO_AUTH_TOKEN": "0" * 32})
    assert done.code == 3
    assert "To go on where it was:\n    twilio-async bulk " in done.err
    assert (await bulk(file, *HI, "--yes", emulator=emulator)).code == 1
    assert len(emulator.messages) == 2


async def test_rows_may_come_from_stdin(emulator: Emulator, tmp_path: Path) -> None:
    """With a name and a place for the ledger; in UTF-16, tabs and a template of Jinja's."""
    rows = "to\tname\n+14155550100\tZoë\n+14155550101\t\n".encode("utf-16")
    more = ("--jinja", "--body", "Hi {{ name or 'you' }}", "--db", str(tmp_path / "x.db"), "--campaign", "x", "--yes")
    assert (await bulk("-", *more, emulator=emulator, given=rows)).code == 0
    assert sorted(message.body for message in emulator.messages) == ["Hi Zoë", "Hi you"]


async def test_a_guessed_encoding_is_said(emulator: Emulator, tmp_path: Path) -> None:
    """Windows-1252 is read and told, since the texts depend on it."""
    file = tmp_path / "x.csv"
    file.write_bytes("to,name\n+14155550100,Zoë\n".encode("cp1252"))
    done = await bulk(file, *HI, "--yes", emulator=emulator)
    assert f"{file}: line 2 is not UTF-8; it is read as Windows-1252" in done.err
    assert emulator.messages[0].body == "Hi Zoë"


async def test_whoever_does_not_want_to_wait_presses_again(emulator: Emulator, file: Path) -> None:
    """A second Ctrl-C waits for no answer: what was on the wire is in doubt, and the next run finds it at Twilio."""
    emulator.faults.add("POST /Messages.json", latency=30.0, times=2)
    command = [*COMMAND, "bulk", str(file), *HI, "--yes"]
    async with await anyio.open_process(command, env=environment(emulator.env), stderr=subprocess.PIPE) as process:
        await until(lambda: len(emulator.messages) == 2)
        while process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGINT)  # `send_signal` looks whether it has ended, and takes its exit code away
            with anyio.move_on_after(0.5):  # the next would break the cleaning up if it came amid the second
                await process.wait()
        assert process.stderr is not None
        said = b"".join([chunk async for chunk in process.stderr]).decode()
    assert process.returncode == 1
    assert "To go on where it was:\n    twilio-async bulk " in said
    assert "Traceback" not in said
    assert "unknown" in (await run("outbox", "status", str(file.with_name("promo.outbox.db")))).out
    done = await bulk(file, *HI, "--yes", emulator=emulator)
    assert "Accepted  2" in done.out
    assert len(emulator.messages) == 2


async def test_rows_are_told_apart_by_a_column_of_keys(emulator: Emulator, file: Path, tmp_path: Path) -> None:
    """The user's ids stand in the results, and a change of keys is a question, since people would be texted twice."""
    await bulk(file, *HI, "--yes", "--key-column", "ID", "--results", str(tmp_path / "r.csv"), emulator=emulator)
    assert [row["key"] for row in table(tmp_path / "r.csv")] == ["1", "2", "3", "4", "5"]
    done = await bulk(file, *HI, "--yes", emulator=emulator)
    assert done.code == 2
    assert "Is --key-column the same as before?" in done.out
    assert len(emulator.messages) == 2


async def test_a_paused_campaign_is_not_sent(emulator: Emulator, file: Path) -> None:
    """The command that lets it go on is named."""
    await bulk(file, *HI, "--yes", emulator=emulator)
    write(file, HEADER + GOOD + "6;Eve;+14155550106\n")
    ledger = str(file.with_name("promo.outbox.db"))
    await run("outbox", "pause", ledger)
    done = await bulk(file, *HI, "--yes", emulator=emulator)
    assert done.code == 1
    assert f"twilio-async outbox resume {ledger}" in done.err
    assert len(emulator.messages) == 2


async def test_the_ledger_may_be_in_postgresql(emulator: Emulator, file: Path) -> None:
    """The same command goes on there as well; the line that is shown holds no password."""
    async with database() as dsn:
        done = await run("bulk", str(file), *HI, "--yes", "--dsn", dsn, env=emulator.env | {"TWILIO_AUTH_TOKEN": "0" * 32})
        assert done.code == 3
        assert "--dsn 'postgresql://outbox@/" in done.err
        assert PASSWORD not in done.out + done.err
        for _ in range(2):
            done = await bulk(file, *HI, "--yes", "--dsn", dsn, emulator=emulator)
            assert done.code == 1
            assert PASSWORD not in done.out + done.err
    assert len(emulator.messages) == 2


def test_jinja_is_an_extra(file: Path) -> None:
    """Without it, the line that installs it is named."""
    code = "import sys; sys.modules['jinja2'] = None; from twilio_async.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "bulk", str(file), *HI, "--jinja", "--from", "+15017122661"],
        env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert 'pip install "twilio_async[templates]"' in done.stderr
