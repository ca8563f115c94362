from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from twilio_async.cli.rehearsal import TAKEN_AT_ONCE, rehearse
from twilio_async.cli.sheet import Recipient


async def test_everybody_is_sent_to_and_read_back(capsys: pytest.CaptureFixture[str]) -> None:
    """Each message is accepted once, and found delivered in the history."""
    recipients = [Recipient(number, f"+1555{number:07}", "Hello") for number in range(50)]
    report = await rehearse(recipients, rate=10_000, concurrency=10, latency=0)
    assert (report.tally.accepted, report.tally.segments, report.interrupted) == (50, 50, False)
    assert report.statuses == {"delivered": 50}
    assert "50 of 50" in capsys.readouterr().err


async def test_too_many_at_once_are_refused_and_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    """The emulator's limit shows as 429s, each followed by a repeat, and nothing is lost or doubled."""
    recipients = [Recipient(number, f"+1555{number:07}", "Hello") for number in range(6 * TAKEN_AT_ONCE)]
    report = await rehearse(recipients, rate=100_000, concurrency=4 * TAKEN_AT_ONCE, latency=0.05)
    assert report.tally.throttled == report.tally.retries > 0
    assert report.statuses == {"delivered": 6 * TAKEN_AT_ONCE}


async def test_other_channels_have_a_sender_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    """A WhatsApp recipient is sent to from WhatsApp; an address that the channel does not know fails alone."""
    recipients = [Recipient(2, "whatsapp:+14155550100", "Hello"), Recipient(3, "whatsapp:nobody", "Hello")]
    report = await rehearse(recipients, rate=1000, concurrency=1, latency=0)
    assert report.tally.accepted == 1
    assert [result.index for result in report.tally.failures] == [1]


class Interrupting(list[Recipient]):
    """Recipients of whom the hundredth is read when Ctrl-C is pressed."""

    def __iter__(self) -> Iterator[Recipient]:
        for number, recipient in enumerate(super().__iter__()):
            if number == 99:
                self.task.cancel()
            yield recipient

    task: asyncio.Task[object]


async def test_an_interrupt_lets_what_is_in_flight_end(capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C cancels the task: what is in flight is counted, what is not begun is not, and the report still comes."""
    recipients = Interrupting(Recipient(number, f"+1555{number:07}", "Hello") for number in range(1000))
    task = asyncio.current_task()
    assert task is not None
    recipients.task = task
    report = await rehearse(recipients, rate=10_000, concurrency=5, latency=0)
    assert report.interrupted
    assert 95 <= report.tally.accepted <= 100
    assert report.statuses == {"delivered": report.tally.accepted}
    assert not report.tally.failures
    assert task.cancelling() == 0
