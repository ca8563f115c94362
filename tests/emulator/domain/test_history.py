"""The past that a test begins with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from tests.emulator.conftest import NOON
from twilio_async.emulator import Clock, Emulator

ANN, BOB = "+15558675310", "+15558675311"


def test_a_history_is_spread_evenly() -> None:
    """From its beginning up to, and without, its end; ends are taken in turn."""
    emulator = Emulator()
    seeded = emulator.seed_messages(
        4, since=NOON, until=NOON + timedelta(hours=4), to=[ANN, BOB], body="Number {index}", direction="inbound"
    )
    assert emulator.messages == seeded
    assert [message.date_sent for message in seeded] == [NOON + timedelta(hours=hour) for hour in range(4)]
    assert [message.to for message in seeded] == [ANN, BOB, ANN, BOB]
    assert seeded[3].body == "Number 3"
    assert {message.direction for message in seeded} == {"inbound"}
    assert len({message.sid for message in seeded}) == 4


def test_a_history_ends_now_and_is_thirty_days_long_unless_it_says_otherwise(clock: Clock) -> None:
    """Nothing of it is in the future."""
    emulator = Emulator(clock=clock)
    seeded = emulator.seed_messages(30)
    assert [message.date_created for message in seeded] == [NOON - timedelta(days=day) for day in range(30, 0, -1)]
    assert {(message.to, message.from_) for message in seeded} == {(ANN, emulator.number)}
    assert emulator.seed_messages(0) == []


def test_one_message_can_be_put_anywhere() -> None:
    """In any status and zone; what is not sent has neither date nor price of it."""
    emulator = Emulator()
    zone = timezone(timedelta(hours=-4))
    failed = emulator.add_message(
        at=datetime(2024, 5, 24, 8, 0, 0, 5, zone), status="undelivered", error_code=30003, body="x" * 161
    )
    assert (failed.date_sent, failed.error_code, failed.num_segments) == (NOON, 30003, 2)
    assert failed.date_created.tzinfo is UTC
    assert str(failed.price) == "-0.01500"
    waiting = emulator.add_message(status="accepted", from_=BOB, messaging_service_sid="MG")
    assert (waiting.date_sent, waiting.price, waiting.from_, waiting.messaging_service_sid) == (None, None, BOB, "MG")
    assert emulator.messages == [failed, waiting]
