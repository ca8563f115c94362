from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from twilio_async import AsyncSession
from twilio_async.cli.bulk.job import Job
from twilio_async.cli.bulk.roll import Good, Roll
from twilio_async.cli.bulk.sending import Connect, carry_out, destination, look_back, send_outbox
from twilio_async.cli.pacing import Pacing
from twilio_async.emulator import Emulator
from twilio_async.events import Event, Hook, RequestStarted
from twilio_async.outbox import Outbox

PACING = Pacing(rate=None, per_sender_rate=None, concurrency=10, window=None, deadline=None, max_rejected=None)
SENDER = "+15017122661"


@pytest.fixture
def roll() -> Iterator[Roll]:
    """Thirty rows."""
    with Roll() as roll:
        for number in range(30):
            roll.add(Good(number + 2, f"+1415555{number:04}", None, f"Hello {number}"))
        yield roll


def connecting(emulator: Emulator, more: Hook | None = None) -> Connect:
    """What opens a session on an emulator."""
    return lambda hook: AsyncSession.from_env(emulator.env, hooks=(hook, more) if more else (hook,))


async def test_a_rehearsal_sends_everything_to_an_emulator(
    tmp_path: Path, roll: Roll, capsys: pytest.CaptureFixture[str]
) -> None:
    """It needs no credentials, and each row is told its end."""
    ledger = str(tmp_path / "x.db")
    job = Job(file="x.csv", campaign="x", ledger=ledger, sender={}, pacing=PACING, rehearsal=True, line="")
    sent = await carry_out(job, roll)
    assert (sent.report.rows, sent.interrupted, sent.unauthorized) == ({"accepted": 30}, False, False)
    fates = list(roll.fates())
    assert {fate.state for fate in fates} == {"accepted"}
    assert len({fate.sid for fate in fates}) == 30
    assert "30 messages to the emulator." in capsys.readouterr().err
    again = await look_back(job, roll)
    assert again.report.rows == sent.report.rows


async def test_refused_credentials_are_noticed(tmp_path: Path, emulator: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    """They end it, and its rows stay to be sent."""
    env = emulator.env | {"TWILIO_AUTH_TOKEN": "0" * 32}
    async with Outbox.open(tmp_path / "x.db") as outbox:
        await outbox.add([{"to": "+14155550100", "from_": SENDER, "body": "Hi"}])
        sent = await send_outbox(
            outbox, lambda hook: AsyncSession.from_env(env, hooks=(hook,)), None, PACING, towards="nowhere"
        )
    assert sent.unauthorized
    assert sent.report.rows == {"pending": 1}
    assert capsys.readouterr().err.startswith("1 message to nowhere.\n")


async def test_an_interrupt_ends_what_is_in_flight_and_the_next_run_goes_on(
    tmp_path: Path, emulator: Emulator, roll: Roll, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C cancels the task: what is on the wire is accepted, the rest stays to be sent, and a report comes all the same."""
    task = asyncio.current_task()
    assert task is not None
    started: list[Event] = []

    def press(event: Event) -> None:
        if isinstance(event, RequestStarted):
            started.append(event)
            if len(started) == 5:
                task.cancel()

    async with Outbox.open(tmp_path / "x.db") as outbox:
        await outbox.add({"to": row.recipient, "from_": SENDER, "body": row.body} for row in roll.good_rows())
        sent = await send_outbox(outbox, connecting(emulator, press), None, PACING, towards="the test")
        assert sent.interrupted
        assert sent.report["accepted"] == len(emulator.messages) < 30
        assert sent.report["accepted"] + sent.report["pending"] == 30
        assert task.cancelling() == 0
        sent = await send_outbox(outbox, connecting(emulator), None, PACING, towards="the test")
    assert (sent.interrupted, sent.report.rows) == (False, {"accepted": 30})
    assert len({message.to for message in emulator.messages}) == len(emulator.messages) == 30


def test_where_messages_go_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who rehearses wants to see that it does not go to Twilio."""
    monkeypatch.delenv("TWILIO_BASE_URL", raising=False)
    assert destination() == "Twilio"
    monkeypatch.setenv("TWILIO_BASE_URL", "http://127.0.0.1:8010")
    assert destination() == "http://127.0.0.1:8010"
