"""What an account owns, and what goes with what."""

from __future__ import annotations

import pytest

from tests.emulator.conftest import NOON
from twilio_async.emulator.collection import Collection
from twilio_async.emulator.history import write_message
from twilio_async.emulator.records import Feedback, Service
from twilio_async.emulator.state import NUMBERS, seeded_account


def test_a_number_is_found_by_its_address() -> None:
    """What the account does not own is nothing."""
    account = seeded_account()
    assert account.number("70707") == NUMBERS[-1]
    assert account.number("+15558675310") is None


def test_who_opted_out_is_out_for_a_sender_or_for_all() -> None:
    """A pair holds for the pair."""
    account = seeded_account()
    account.opt_outs |= {("70707", "+1"), (None, "+2")}
    assert account.opted_out("70707", "+1")
    assert not account.opted_out("70708", "+1")
    assert account.opted_out("70708", "+2")


@pytest.mark.parametrize("way", ["remove", "forget"])
def test_a_message_takes_its_belongings_along(way: str) -> None:
    """Media and feedback go with their message."""
    account = seeded_account()
    message = write_message(account, "0" * 32, NOON, to="+1", from_="+2", body="", status="sent", direction="outbound-api")
    account.media[message.sid] = Collection()
    account.feedback[message.sid] = Feedback(
        account_sid=account.sid, message_sid=message.sid, outcome="confirmed", date_created=NOON, date_updated=NOON
    )
    if way == "remove":
        account.remove_message(message.sid)
    else:
        account.forget_oldest_message()
    assert not account.messages
    assert not account.media
    assert not account.feedback
    assert account.messages.knows(message.sid) is (way == "remove")


def test_a_service_takes_its_pool_along() -> None:
    """Its numbers are in no service any more."""
    account = seeded_account()
    account.services.add(
        Service(sid="MG", account_sid=account.sid, friendly_name="", date_created=NOON, date_updated=NOON), NOON
    )
    account.pools["MG"] = Collection()
    assert account.service_of(NUMBERS[0].sid) is None
    account.remove_service("MG")
    assert not account.pools
    assert account.services.get("MG") is None
