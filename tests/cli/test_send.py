from __future__ import annotations

import re
import signal
import subprocess

import anyio
import pytest

from tests.cli.shell import COMMAND, environment, run
from tests.raw_server import ACCOUNT, TOKEN, RawServer
from twilio_async import AsyncSession
from twilio_async.emulator import Emulator, Switches

TO = "+14155552671"


async def test_a_message_is_sent_and_its_sid_printed(emulator: Emulator) -> None:
    """The default sender is TWILIO_NUMBER; the recipient is shown by the last four digits."""
    done = await run("send", TO, "Hello", env=emulator.env)
    (message,) = emulator.messages
    assert (done.code, done.err) == (0, "")
    assert done.out == f"{message.sid} queued to …2671, 1 segment\n"
    assert (message.to, message.from_, message.body) == (TO, emulator.number, "Hello")


async def test_waiting_tells_the_end(emulator: Emulator) -> None:
    """With --wait a second line says what became of it."""
    done = await run("send", TO, "Hello", "--wait", env=emulator.env)
    assert done.code == 0
    assert [line.split()[1] for line in done.out.splitlines()] == ["queued", "delivered"]


async def test_waiting_for_a_message_that_fails_fails() -> None:
    """What was accepted and could not be delivered is not well, and the code says why."""
    async with Emulator(switches=Switches(empty_service="fail")) as emulator:
        async with AsyncSession.from_env(emulator.env) as twilio:
            service = await twilio.services.create(friendly_name="Without a sender")
        done = await run("send", TO, "Hello", "--wait", "--service", service.sid, env=emulator.env)
    assert done.code == 1
    assert [line.split()[1] for line in done.out.splitlines()] == ["accepted", "failed"]
    assert "not delivered: 21703, see https://www.twilio.com/docs/api/errors/21703" in done.err


async def test_sender_and_media_can_be_named(emulator: Emulator) -> None:
    """--from wins over TWILIO_NUMBER, --media may come twice, and - reads the body from stdin."""
    media = ("--media", "https://example.com/a.png", "--media", "https://example.com/b.png")
    done = await run("send", TO, "-", "--from", "+14155550142", *media, env=emulator.env, given=b"Look\n")
    (message,) = emulator.messages
    assert done.code == 0
    assert (message.from_, message.num_media, message.body) == ("+14155550142", 2, "Look")


async def test_a_service_wins_over_the_default_sender(emulator: Emulator) -> None:
    """With --service the number of the environment stays out of it."""
    done = await run("send", TO, "Hello", "--service", "MG" + "0" * 32, env=emulator.env)
    assert done.code == 1
    assert "21701" in done.err
    assert emulator.requests[-1].parameters.get("From") is None


@pytest.mark.parametrize("more", [{"TWILIO_AUTH_TOKEN": "0" * 32}, {"TWILIO_AUTH_TOKEN": ""}, {"TWILIO_ACCOUNT_SID": "AC1"}])
async def test_credentials_that_do_not_open_exit_with_3(emulator: Emulator, more: dict[str, str]) -> None:
    """Wrong, missing and malformed credentials are one thing to a script, and no secret is shown."""
    done = await run("send", TO, "Hello", env={**emulator.env, **more})
    assert done.code == 3
    assert "Traceback" not in done.err
    assert "0" * 32 not in done.err
    assert emulator.messages == []


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((TO, "Hello"), "Give --from or --service, or set TWILIO_NUMBER"),
        ((TO, "Hello", "--from", "a", "--service", "b"), "not both"),
        ((TO, "", "--from", "+15017122661"), "nothing to send"),
        ((TO,), "Missing argument 'BODY'"),
    ],
)
async def test_usage_errors_exit_with_2(arguments: tuple[str, ...], reason: str) -> None:
    """What can be told without asking Twilio is told before."""
    done = await run("send", *arguments)
    assert done.code == 2
    assert reason in done.err


async def test_an_argument_that_cannot_be_sent_exits_with_2(emulator: Emulator) -> None:
    """The library refuses it by name before any request."""
    done = await run("send", TO, "\udcff", env=emulator.env)
    assert done.code == 2
    assert "body" in done.err
    assert len(emulator.requests) == 0


async def test_a_refusal_exits_with_1_and_hides_the_number(emulator: Emulator) -> None:
    """Twilio's words and code are shown, the number is not."""
    emulator.opt_out(TO)
    done = await run("send", TO, "Hello", env=emulator.env)
    assert done.code == 1
    assert "21610" in done.err
    assert "Nothing was sent." in done.err
    assert TO[1:] not in done.err


@pytest.mark.parametrize("kind", ["accept_then_drop", "accept_then_500"])
async def test_a_lost_answer_is_told_and_not_repeated(emulator: Emulator, kind: str) -> None:
    """It may have been sent: that is said, with where to look, and it was sent once."""
    emulator.faults.add("POST /Messages.json", kind=kind)  # type: ignore[arg-type]  # one of its literals
    done = await run("send", TO, "Hello", env=emulator.env)
    assert done.code == 1
    assert "it may have happened, so it is not repeated" in done.err
    assert re.search(r"look for a message to …2671 created since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", done.err)
    assert len(emulator.messages) == 1


async def test_an_answer_that_cannot_be_read_is_no_reason_to_send_again(emulator: Emulator) -> None:
    """A 201 says that it was accepted, whatever came after."""
    emulator.faults.add("POST /Messages.json", kind="malformed")
    done = await run("send", TO, "Hello", env=emulator.env)
    assert done.code == 1
    assert "do not send it again" in done.err


async def test_an_interrupt_in_flight_is_told_honestly() -> None:
    """Ctrl-C while the answer is awaited: it may have been sent."""
    async with RawServer() as server:
        env = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_BASE_URL": server.url}
        command = [*COMMAND, "send", TO, "Hello", "--from", "+15017122661"]
        async with await anyio.open_process(command, env=environment(env), stderr=subprocess.PIPE) as process:
            await server.sees(lambda: server.requests)
            process.send_signal(signal.SIGINT)
            assert process.stderr is not None
            said = b"".join([chunk async for chunk in process.stderr]).decode()
        assert process.returncode == 1
    assert said.startswith("Error: interrupted: it may have been sent.\nBefore you send it again, look for a message to …2671")
    assert "Traceback" not in said


async def test_a_dry_run_needs_nothing_and_sends_nothing() -> None:
    """It shows what the text costs and why, without credentials."""
    done = await run("send", TO, "It’s here", "--dry-run")
    assert done.code == 0
    assert "UCS-2" in done.out
    assert "Right single quotation mark" in done.out
    assert "With smart encoding: GSM-7" in done.out
    assert done.out.endswith("Nothing was sent to …2671.\n")


@pytest.mark.parametrize(
    ("to", "body", "reason"), [("2025550143", "Hello", "neither E.164"), (TO, 1601 * "x", "1,601 characters")]
)
async def test_a_dry_run_tells_what_would_be_refused(to: str, body: str, reason: str) -> None:
    """What shows without asking Twilio is shown, and fails."""
    done = await run("send", to, body, "--dry-run")
    assert done.code == 1
    assert reason in done.err
    assert "2025550143" not in done.err


async def test_a_dry_run_with_media_says_that_segments_do_not_count() -> None:
    """An MMS has no segments, and needs no text."""
    done = await run("send", TO, "", "--dry-run", "--media", "https://example.com/a.png")
    assert done.code == 0
    assert "one MMS" in done.out
