"""What an account owns, and what goes with what."""

from __future__ import annotations

import pytest

from tests.emulator.conftest import NOON
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.collection import Collection
from twilio_async.emulator.domain.history import write_message
from twilio_async.emulator.domain.records import Feedback, Number, Sender, Service
from twilio_async.emulator.domain.state import NUMBERS, seeded_account


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


def _with_service(account: Account, *numbers: Number) -> None:
    """Give an account a Messaging Service (``MG``) with these of its numbers."""
    account.services.add(
        Service(sid="MG", account_sid=account.sid, friendly_name="", date_created=NOON, date_updated=NOON), NOON
    )
    account.pools["MG"] = Collection()
    for number in numbers:
        sender = Sender(
            sid=number.sid,
            account_sid=account.sid,
            service_sid="MG",
            address=number.number,
            country=number.country,
            capabilities=number.capabilities,
            date_created=NOON,
            date_updated=NOON,
        )
        account.pools["MG"].add(sender, NOON)


def test_stop_ends_what_a_number_sends_until_start() -> None:
    """Other numbers are not meant."""
    account = seeded_account()
    one, other = NUMBERS[0].number, NUMBERS[1].number
    account.stop("+1", one)
    assert [account.opted_out(sender, "+1") for sender in (one, other)] == [True, False]
    assert not account.opted_out(one, "+2")
    account.start("+1", other)
    assert account.opted_out(one, "+1")
    account.start("+1", one)
    assert not account.opted_out(one, "+1")


def test_stop_ends_what_a_service_sends() -> None:
    """If the number is in its pool: from its other numbers too, and START to any of them begins it again."""
    account = seeded_account()
    one, other, outside = NUMBERS[:3]
    _with_service(account, one, other)
    account.stop("+1", one.number)
    senders = ("MG", one.number, other.number, outside.number)
    assert [account.opted_out(sender, "+1") for sender in senders] == [True, True, True, False]
    account.start("+1", other.number)
    assert [account.opted_out(sender, "+1") for sender in senders] == [False] * 4


def test_start_begins_again_what_all_senders_ended() -> None:
    """Whoever wants no texts at all wants some again."""
    account = seeded_account()
    account.opt_outs.add((None, "+1"))
    account.start("+1", NUMBERS[0].number)
    assert not account.opted_out(NUMBERS[0].number, "+1")


def test_a_number_is_added_once_and_taken_away() -> None:
    """Out of its service's pool too; it is remembered among those that were there."""
    account = seeded_account()
    number = account.add_number("+14165550188", sms_url="http://x.example", capabilities=["SMS"])
    assert (number.sid[:2], number.country, number.capabilities, number.sms_url) == ("PN", "CA", ("SMS",), "http://x.example")
    assert account.add_number("80808").sid.startswith("SC")
    with pytest.raises(ValueError, match="already"):
        account.add_number("+14165550188")
    _with_service(account, number)
    account.remove_number(number.sid)
    assert account.number(number.number) is None
    assert account.service_of(number.sid) is None
    assert account.released == {number.sid: number}
    with pytest.raises(KeyError):
        account.remove_number(number.sid)


def test_an_account_is_suspended_with_its_subaccounts() -> None:
    """And reactivated with them."""
    account = seeded_account()
    child = Account("AC" + "1" * 32, "token", {}, (), parent=account)
    account.suspend()
    assert (account.status, account.active, child.status, child.active) == ("suspended", False, "active", False)
    account.reactivate()
    child.suspend()
    assert (account.active, child.active) == (True, False)


def test_what_is_closed_stays_closed() -> None:
    """Its numbers are free for others."""
    account = seeded_account()
    account.close()
    account.close()
    assert not account.active
    assert not account.numbers
    for revive in (account.reactivate, account.suspend):
        with pytest.raises(ValueError, match="stays closed"):
            revive()


def test_countries_are_allowed_and_blocked() -> None:
    """All are allowed at first; where nobody knows the country there is nothing to forbid."""
    account = seeded_account()
    assert account.may_text("+447700900144")
    account.blocked_countries.add("GB")
    assert not account.may_text("+447700900144")
    account.allowed_countries = {"US", "GB"}
    assert [account.may_text(to) for to in ("+15558675310", "+447700900144", "+4915112345678", "+8001234567")] == [
        True,
        False,
        False,
        True,
    ]


def test_an_account_says_what_it_is() -> None:
    """And no secret of it."""
    account = seeded_account()
    assert repr(account) == f"<Account {account.sid} active messages=0>"


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
