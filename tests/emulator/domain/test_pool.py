"""Which sender a Messaging Service takes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.conftest import NOON
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.collection import Collection
from twilio_async.emulator.domain.history import write_message
from twilio_async.emulator.domain.pool import choose_sender
from twilio_async.emulator.domain.records import Sender, Service
from twilio_async.emulator.domain.state import NUMBERS, WHATSAPP, seeded_account

ANN, NEAR, BRITON = "+15558675310", "+12025550100", "+447700900199"


def service(**settings: Any) -> Service:
    """The service of these tests."""
    return Service(sid="MG", account_sid="AC", friendly_name="Shop", date_created=NOON, date_updated=NOON, **settings)


@pytest.fixture
def account() -> Account:
    """An account that has that service, with an empty pool."""
    account = seeded_account()
    account.services.add(service(), NOON)
    account.pools["MG"] = Collection()
    return account


def add(account: Account, address: str, country: str | None = "US", capabilities: tuple[str, ...] = ("SMS", "MMS")) -> None:
    """Put a sender into the pool."""
    sid = f"PN{len(account.pools['MG'])}"
    sender = Sender(
        sid=sid,
        account_sid="AC",
        service_sid="MG",
        address=address,
        country=country,
        capabilities=capabilities,
        date_created=NOON,
        date_updated=NOON,
    )
    account.pools["MG"].add(sender, NOON)


def chosen(account: Account, recipient: str = ANN, *, media: bool = False, **settings: bool) -> str | None:
    """The address of the choice."""
    sender = choose_sender(account, service(**settings), recipient, media=media)
    return sender.address if sender else None


def text(account: Account, from_: str, to: str) -> None:
    """Let a message have been sent before."""
    unique = str(len(account.messages))
    write_message(account, unique, NOON, to=to, from_=from_, body="", status="delivered", direction="outbound-api")


def test_an_empty_pool_has_no_sender(account: Account) -> None:
    """Nor has one whose senders cannot reach the recipient."""
    assert chosen(account) is None
    add(account, "70707")
    assert chosen(account, BRITON) is None
    assert chosen(account, "whatsapp:+15558675310") is None


def test_media_need_a_sender_capable_of_mms(account: Account) -> None:
    """The others are passed over."""
    add(account, NUMBERS[0].number, capabilities=("SMS",))
    assert chosen(account) == NUMBERS[0].number
    assert chosen(account, media=True) is None


def test_an_alphanumeric_id_is_for_abroad(account: Account) -> None:
    """North American carriers take none."""
    add(account, "Acme", country=None, capabilities=("SMS",))
    assert chosen(account, BRITON) == "Acme"
    assert chosen(account, ANN) is None


def test_an_alphanumeric_id_for_a_country_goes_before_one_for_all(account: Account) -> None:
    """Where there is none for the country, the general one is taken; a number goes on taking its turn."""
    add(account, "Acme", country=None, capabilities=("SMS",))
    add(account, "Acme UK", country="GB", capabilities=("SMS",))
    assert chosen(account, BRITON) == "Acme UK"
    assert chosen(account, "+33612345678") == "Acme"
    text(account, "Acme UK", ANN)
    add(account, NUMBERS[3].number, country="GB")
    assert chosen(account, BRITON) == NUMBERS[3].number


def test_a_channel_is_reached_from_a_sender_of_its_own(account: Account) -> None:
    """With media too; as long as that one is online; and no text goes out from it."""
    add(account, NUMBERS[0].number)
    add(account, WHATSAPP, capabilities=())
    assert chosen(account, f"whatsapp:{ANN}", media=True) == WHATSAPP
    assert chosen(account, f"rcs:{ANN}") is None
    assert chosen(account, ANN) == NUMBERS[0].number
    account.channels.discard(WHATSAPP)
    add(account, WHATSAPP, capabilities=())
    assert chosen(account, f"whatsapp:{ANN}") is None


def test_a_short_code_stays_at_home(account: Account) -> None:
    """It reaches its own country."""
    add(account, "70707")
    assert chosen(account, ANN) == "70707"


def test_the_least_used_is_taken_in_turn(account: Account) -> None:
    """Strangers are shared out evenly."""
    for number in NUMBERS[:2]:
        add(account, number.number)
    text(account, NUMBERS[0].number, BRITON)
    assert chosen(account) == NUMBERS[1].number


def test_who_knows_a_sender_keeps_it(account: Account) -> None:
    """A sticky sender is the one that the recipient has heard from, unless that is switched off."""
    for number in NUMBERS[:2]:
        add(account, number.number)
    text(account, NUMBERS[0].number, ANN)
    assert chosen(account) == NUMBERS[0].number
    assert chosen(account, sticky_sender=False) == NUMBERS[1].number


def test_a_neighbour_is_preferred(account: Account) -> None:
    """A number of the recipient's area code, unless that is switched off."""
    for number in NUMBERS[:3]:
        add(account, number.number)
    assert chosen(account, NEAR) == NUMBERS[2].number
    assert chosen(account, NEAR, area_code_geomatch=False) == NUMBERS[0].number
