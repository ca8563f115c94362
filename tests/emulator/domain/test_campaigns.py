"""Campaigns, and which texts they cover."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.emulator.conftest import NOON
from tests.emulator.domain.test_reviews import BRAND
from twilio_async.emulator import Emulator, Message
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.campaigns import Campaign, campaign_of, is_registered, is_unregistered, rate_limits
from twilio_async.emulator.domain.reviews import Verdict

LATER = NOON + timedelta(hours=1)
CAMPAIGN = Campaign(sid="QE1", account_sid="AC1", messaging_service_sid="MG1", date_created=NOON, date_updated=NOON)
ANN, GERMAN = "+15558675310", "+4915123456789"


def test_a_campaign_that_is_verified_has_an_id() -> None:
    """And nothing of an earlier refusal, which said why."""
    refused = CAMPAIGN.decided(Verdict(approved=False, reason="Disallowed Content", code=30897), NOON)
    assert (refused.campaign_status, refused.pending) == ("FAILED", False)
    assert refused.errors == (
        {
            "error_code": 30897,
            "description": "Disallowed Content",
            "fields": [],
            "url": "https://www.twilio.com/docs/api/errors/30897",
        },
    )
    verified = refused.decided(Verdict(approved=True), LATER)
    assert (verified.campaign_status, verified.errors, verified.date_updated) == ("VERIFIED", (), LATER)
    assert verified.campaign_id


def test_a_campaign_from_elsewhere_keeps_its_id() -> None:
    """The Campaign Registry gave it already."""
    assert replace(CAMPAIGN, campaign_id="CABC").decided(Verdict(approved=True), LATER).campaign_id == "CABC"


@pytest.mark.parametrize(
    ("status", "waits"), [("PENDING", True), ("IN_PROGRESS", True), ("VERIFIED", False), ("FAILED", False)]
)
def test_a_campaign_waits_until_it_is_decided(status: str, waits: bool) -> None:
    """By whichever word it waits."""
    assert replace(CAMPAIGN, campaign_status=status).pending is waits


@pytest.mark.parametrize(
    ("score", "mps", "tier"), [(None, 4.0, "LOW"), (25, 4.0, "LOWER_MID"), (74, 40.0, "UPPER_MID"), (75, 75.0, "TOP")]
)
def test_what_carriers_let_through_depends_on_the_score(score: int | None, mps: float, tier: str) -> None:
    """Each in its own terms."""
    limits = rate_limits(replace(BRAND, brand_score=score))
    assert (limits["att"]["mps"], limits["tmobile"]) == (mps, {"brand_tier": tier})


def test_a_sole_proprietor_texts_slowly() -> None:
    """Whatever his score."""
    assert rate_limits(replace(BRAND, brand_type="SOLE_PROPRIETOR", brand_score=100))["att"]["mps"] == 0.25


@pytest.fixture
def emulator() -> Emulator:
    """One whose first number is in a service."""
    emulator = Emulator()
    sender = {"service_sid": "MG1", "address": emulator.number}
    emulator.seed({"services": [{"sid": "MG1"}], "senders": [sender]})
    return emulator


@pytest.fixture
def account(emulator: Emulator) -> Account:
    """Its account."""
    return emulator.account


def text(emulator: Emulator, to: str = ANN, from_: str | None = None) -> Message:
    """A text."""
    return emulator.add_message(to=to, from_=from_)


def test_a_verified_campaign_registers_the_service(emulator: Emulator, account: Account) -> None:
    """And with it the numbers of its pool; one that waits, or was refused, does not."""
    assert campaign_of(account, "MG1") is None
    account.shelf(Campaign).add(CAMPAIGN, NOON)
    for status, registered in ("PENDING", False), ("FAILED", False), ("VERIFIED", True):
        account.shelf(Campaign).replace(replace(CAMPAIGN, campaign_status=status))
        assert is_registered(account, "MG1") is registered
        assert is_unregistered(account, text(emulator)) is not registered
    assert not is_registered(account, "MG2")


def test_a_service_may_be_seeded_as_registered(emulator: Emulator, account: Account) -> None:
    """Without any campaign, for whom that is beside the point."""
    emulator.seed({"services": [{"sid": "MG1", "us_app_to_person_registered": True}]})
    assert is_registered(account, "MG1")
    assert not is_unregistered(account, text(emulator))


def test_who_need_not_be_registered(emulator: Emulator, account: Account) -> None:
    """Texts to other countries, and those from short codes, toll-free numbers, other countries and other channels."""
    alone = emulator.numbers[1].number
    assert is_unregistered(account, text(emulator, from_=alone))
    assert not is_unregistered(account, text(emulator, to=GERMAN, from_=alone))
    for sender in ("70707", "+18885550123", "+447700900144", "Shop"):
        assert not is_unregistered(account, text(emulator, from_=sender))
    assert not is_unregistered(account, text(emulator, to=f"whatsapp:{ANN}", from_="whatsapp:+14155238886"))
