"""Documents that people write: what is left out, what is meant, and what cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.conftest import NOON
from twilio_async.emulator import Clock, Emulator

ANN = "+15558675310"
SHOP = "MG" + "1" * 32
SMS = "SM" + "2" * 32


def test_a_line_is_enough() -> None:
    """What is not said is as `add_message` has it."""
    one, other = Emulator(seed=1, clock=Clock(lambda: NOON)), Emulator(seed=1, clock=Clock(lambda: NOON))
    one.seed('{"messages": [{"to": "+15558675311", "body": "Hi"}]}')
    other.add_message(to="+15558675311", body="Hi")
    assert one.messages == other.messages


def test_what_is_seeded_is_added() -> None:
    """What was there stays, and the same sid means the same record, of which the rest stays."""
    emulator = Emulator()
    there = emulator.add_message(body="there")
    emulator.seed({"messages": [{"body": "new"}, {"sid": there.sid, "status": "read"}]})
    old, new = emulator.messages
    assert (old.body, old.status, old.date_sent) == ("there", "read", there.date_sent)
    assert (new.body, new.from_, new.direction) == ("new", emulator.number, "outbound-api")


def test_a_number_is_known_by_what_it_is() -> None:
    """So that its webhook can be set without knowing its sid; a new one is at home where it says."""
    emulator = Emulator()
    before = len(emulator.numbers)
    emulator.seed({"numbers": [{"number": emulator.number, "sms_url": "http://127.0.0.1/in"}, {"number": "+447700900150"}]})
    assert emulator.numbers[0].sms_url == "http://127.0.0.1/in"
    assert len(emulator.numbers) == before + 1
    assert (emulator.numbers[-1].country, emulator.numbers[-1].sid[:2]) == ("GB", "PN")


def test_what_belongs_together_can_come_together() -> None:
    """An account, its number, its service with a pool, its message with a file, and what was thought of it."""
    emulator = Emulator()
    account = "AC" + "3" * 32
    emulator.seed(
        {
            "accounts": [{"sid": account, "friendly_name": "Sub", "parent_sid": emulator.account_sid}],
            "numbers": [{"account_sid": account, "number": "+15550001111"}],
            "services": [{"account_sid": account, "sid": SHOP, "friendly_name": "Shop"}],
            "senders": [{"service_sid": SHOP, "address": "+15550001111"}, {"service_sid": SHOP, "address": "PARCELS"}],
            "messages": [{"account_sid": account, "sid": SMS, "messaging_service_sid": SHOP, "num_media": 1}],
            "media": [{"parent_sid": SMS, "url": "https://example.com/a.png"}],
            "feedback": [{"message_sid": SMS}],
            "opt_outs": [{"account_sid": account, "recipient": ANN}],
            "fates": {ANN: 30003},
        }
    )
    sub = emulator.accounts[1]
    assert (sub.friendly_name, sub.parent) == ("Sub", emulator.account)
    assert [sender.sid[:2] for sender in sub.pools[SHOP]] == ["PN", "AI"]
    assert emulator.message(SMS).from_ == "+15550001111"
    assert [media.content_type for media in emulator.media(SMS)] == ["image/png"]
    feedback = emulator.feedback(SMS)
    assert feedback is not None
    assert feedback.outcome == "confirmed"
    assert sub.opted_out("+15550001111", ANN)
    assert not emulator.account.opted_out(emulator.number, ANN)


def test_who_replaces_begins_anew() -> None:
    """The account that everybody holds is the same object, with what every emulator has; nothing else is left."""
    emulator = Emulator(lifecycle="manual")
    account, number = emulator.account, emulator.number
    emulator.add_message(body="old")
    emulator.add_account()
    emulator.opt_out(ANN)
    emulator.refuse_delivery(ANN)
    emulator.seed({"replaces": True, "messages": [{"body": "new"}]})
    assert emulator.account is account
    assert emulator.accounts == [account]
    assert [message.body for message in emulator.messages] == ["new"]
    assert emulator.number == number
    assert not account.opt_outs
    assert b'"fates":{}' in emulator.export()


def test_a_limit_of_messages_holds_for_seeds_too() -> None:
    """The oldest go."""
    emulator = Emulator(max_messages=2)
    emulator.seed({"messages": [{"body": str(index)} for index in range(4)]})
    assert [message.body for message in emulator.messages] == ["2", "3"]


async def test_a_clock_that_is_seeded_goes_on() -> None:
    """What becomes due by that happens; and only who replaces everything can turn it back."""
    async with Emulator(clock="manual") as emulator:
        before = emulator.clock()
        emulator.seed({"clock_ahead": 60})
        assert (emulator.clock() - before).total_seconds() == 60
        with pytest.raises(ValueError, match=r"forwards only - at `\$\.clock_ahead`"):
            emulator.seed({"clock_ahead": 59})
        emulator.seed({"clock_ahead": 0, "replaces": True})
        assert emulator.clock() == before


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ({"messages": [{"account_sid": "AC1"}]}, r"there is no account AC1 - at `\$\.messages\[0\]\.account_sid`"),
        ({"accounts": [{"sid": "AC1", "parent_sid": "AC2"}]}, r"no account AC2 before it - at `\$\.accounts\[0\]\.parent_sid`"),
        ({"accounts": [{"main_keys": ["SK1"]}]}, r"api_keys, which are missing - at `\$\.accounts\[0\]\.main_keys`"),
        ({"numbers": [{"sms_url": "x"}]}, r"missing required field `number` - at `\$\.numbers\[0\]`"),
        (
            {"accounts": [{"sid": "AC1"}], "numbers": [{"number": "+1555"}, {"account_sid": "AC1", "number": "+1555"}]},
            r"has the number \+1555 already - at `\$\.numbers\[1\]\.number`",
        ),
        ({"senders": [{"address": "x", "service_sid": SHOP}]}, rf"no service {SHOP} - at `\$\.senders\[0\]\.service_sid`"),
        ({"senders": [{"address": "x"}]}, r"missing required field `service_sid` - at `\$\.senders\[0\]`"),
        ({"media": [{"url": "x", "parent_sid": SMS}]}, rf"no message {SMS} - at `\$\.media\[0\]\.parent_sid`"),
        ({"media": [{"parent_sid": SMS}]}, r"missing required field `url` - at `\$\.media\[0\]`"),
        ({"feedback": [{}]}, r"missing required field `message_sid` - at `\$\.feedback\[0\]`"),
        ({"courses": [{"message_sid": SMS, "accepted": 1}]}, r"no message .* - at `\$\.courses\[0\]\.message_sid`"),
    ],
)
def test_what_cannot_be_changes_nothing(document: dict[str, Any], complaint: str) -> None:
    """Not even what stands before it in the document; the complaint names the place."""
    emulator = Emulator()
    emulator.add_message(body="there")
    before = emulator.export()
    for more in ({}, {"replaces": True}):
        first = [{"body": "never", "sid": "SM" + "9" * 32}]
        messages = [*first, *document["messages"]] if "messages" in document else first
        changed = complaint.replace(r"messages\[0\]", r"messages\[1\]")
        with pytest.raises(ValueError, match=changed):
            emulator.seed({"opt_outs": [{"recipient": ANN}], **document, "messages": messages, **more})
        assert emulator.export() == before


def test_a_sid_belongs_to_one_account() -> None:
    """A message or a service of another account is not taken from it."""
    emulator = Emulator()
    other = emulator.add_account()
    emulator.seed({"messages": [{"sid": SMS}], "services": [{"sid": SHOP}]})
    with pytest.raises(ValueError, match=rf"account {emulator.account_sid} has that message - at `\$\.messages\[0\]\.sid`"):
        emulator.seed({"messages": [{"sid": SMS, "account_sid": other.sid}]})
    with pytest.raises(ValueError, match="has that service"):
        emulator.seed({"services": [{"sid": SHOP, "account_sid": other.sid}]})
