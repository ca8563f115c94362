"""Senders on other channels: how they come online, and what an account may send from."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.emulator.conftest import NOON
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.channels import ChannelSender
from twilio_async.emulator.domain.reviews import Verdict
from twilio_async.emulator.domain.state import RCS, WHATSAPP, seeded_account

LATER = NOON + timedelta(hours=1)
GRANTED, REFUSED = Verdict(approved=True), Verdict(approved=False, reason="No such business", code=63100)
MESSENGER = "messenger:shop"

SENDER = ChannelSender(sid="XE1", account_sid="AC", sender_id="whatsapp:+15017122661", date_created=NOON, date_updated=NOON)


@pytest.fixture
def account() -> Account:
    """An account as every emulator has it."""
    return seeded_account()


def test_a_sender_with_a_number_of_the_account_comes_online() -> None:
    """Nobody has to prove anything."""
    assert SENDER.pending
    assert not SENDER.online
    sender = SENDER.decided(GRANTED, LATER)
    assert (sender.status, sender.online, sender.pending, sender.date_updated) == ("ONLINE", True, False, LATER)


def test_another_number_has_to_be_verified_first() -> None:
    """Twilio waits for the code, then looks at it; whoever grants it before needs none."""
    asked = replace(SENDER, verified=False).decided(GRANTED, LATER)
    assert (asked.status, asked.pending, asked.online) == ("PENDING_VERIFICATION", False, False)
    checked = replace(asked, status="VERIFYING")
    assert checked.pending
    for granted in (checked.decided(GRANTED, LATER), asked.decided(GRANTED, LATER)):
        assert (granted.status, granted.verified) == ("ONLINE", True)


def test_a_refused_sender_is_offline_and_says_why() -> None:
    """The reason is gone when it is granted later; there need not be a code."""
    refused = SENDER.decided(REFUSED, LATER)
    assert (refused.status, refused.online, refused.pending) == ("OFFLINE", False, False)
    assert refused.offline_reasons == (
        {"code": "63100", "message": "No such business", "more_info": "https://www.twilio.com/docs/errors/63100"},
    )
    assert refused.decided(GRANTED, LATER).offline_reasons == ()
    (reason,) = SENDER.decided(Verdict(approved=False, reason="No"), LATER).offline_reasons
    assert reason == {"code": None, "message": "No", "more_info": None}


def test_a_sender_that_is_changed_goes_on_sending() -> None:
    """Until the change is refused."""
    changed = replace(SENDER, status="ONLINE:UPDATING")
    assert changed.online
    assert changed.pending
    assert changed.decided(GRANTED, LATER).status == "ONLINE"
    assert not changed.decided(REFUSED, LATER).online


def test_the_channels_of_an_account_are_its_senders_online(account: Account) -> None:
    """One that is offline is none of them, and is still there."""
    assert account.channels == {WHATSAPP, RCS}
    sender = account.channel_sender(WHATSAPP)
    assert sender is not None
    account.shelf(ChannelSender).replace(sender.decided(REFUSED, NOON))
    assert account.channels == {RCS}
    assert len(account.channels) == 1
    assert repr(account.channels) == repr({RCS})
    assert account.channel_sender(WHATSAPP) is not None
    account.channels.add(WHATSAPP)
    again = account.channel_sender(WHATSAPP)
    assert again is not None
    assert (again.sid, again.status, again.offline_reasons) == (sender.sid, "ONLINE", ())


def test_channels_are_added_and_discarded_like_those_of_any_set(account: Account) -> None:
    """Each new address is a sender with a sid of its own."""
    account.channels |= {MESSENGER, WHATSAPP}
    assert account.channels == {WHATSAPP, RCS, MESSENGER}
    assert account.channels - {RCS} == {WHATSAPP, MESSENGER}
    sender = account.channel_sender(MESSENGER)
    assert sender is not None
    assert (sender.sid[:2], len(sender.sid), sender.online) == ("XE", 34, True)
    account.channels.discard(MESSENGER)
    account.channels.discard(MESSENGER)
    assert MESSENGER not in account.channels
    with pytest.raises(KeyError):
        account.channels.remove(MESSENGER)
    account.channels = {MESSENGER, RCS}
    assert account.channels == {MESSENGER, RCS}
