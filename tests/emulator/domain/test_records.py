"""Records: what a test holds stays as it was."""

from __future__ import annotations

import pytest

from twilio_async.emulator import Emulator, Message


def test_a_record_is_a_snapshot() -> None:
    """A message that moves on is another record."""
    emulator = Emulator(lifecycle="manual")
    held = emulator.add_message(status="queued")
    assert emulator.deliver(held.sid) != held
    assert held.status == "queued"
    with pytest.raises(AttributeError, match="immutable"):
        held.status = "sent"  # type: ignore[misc]  # the mistake that is refused


def test_a_record_is_compared_by_its_fields() -> None:
    """So that a test can say what it expects."""
    emulator = Emulator()
    message = emulator.add_message(body="Hello")
    assert message == Message(
        sid=message.sid,
        account_sid=emulator.account_sid,
        to="+15558675310",
        from_=emulator.number,
        body="Hello",
        status="delivered",
        date_created=message.date_created,
        date_updated=message.date_created,
        date_sent=message.date_created,
        num_segments=1,
        price=message.price,
        price_unit="USD",
    )
