"""What Twilio decides: by the clock, or as a test says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.emulator.conftest import NOON
from twilio_async.emulator import Clock, Emulator, Profile
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.brands import Brand
from twilio_async.emulator.domain.reviews import Reviews, Verdict
from twilio_async.emulator.domain.state import seeded_account

BRAND = Brand(
    sid="BN1",
    account_sid="AC1",
    customer_profile_bundle_sid="BU1",
    a2p_profile_bundle_sid="BU2",
    date_created=NOON,
    date_updated=NOON,
)


@pytest.fixture
def account() -> Account:
    """An account with a brand that waits."""
    account = seeded_account()
    account.shelf(Brand).add(BRAND, NOON)
    return account


def status(account: Account) -> str | None:
    """What became of the brand."""
    brand = account.shelf(Brand).get(BRAND.sid)
    return None if brand is None else brand.status


def test_a_decision_takes_its_time(account: Account) -> None:
    """It is taken when it is due and not before, and is a good one."""
    reviews = Reviews(60.0)
    reviews.open(account, BRAND, NOON)
    assert [reviews.due] == [(NOON + timedelta(seconds=60)).timestamp()]
    reviews.settle(NOON + timedelta(seconds=59))
    assert status(account) == "PENDING"
    reviews.settle(NOON + timedelta(seconds=300))
    decided = account.shelf(Brand).get(BRAND.sid)
    assert decided is not None
    assert (decided.status, decided.date_updated) == ("APPROVED", NOON + timedelta(seconds=60))
    assert reviews.due is None


def test_nothing_is_decided_by_the_clock_if_a_test_decides(account: Account) -> None:
    """Whatever time it is."""
    reviews = Reviews(None)
    reviews.open(account, BRAND, NOON)
    reviews.settle(NOON + timedelta(days=1000))
    assert status(account) == "PENDING"
    reviews.decide(account, BRAND, Verdict(approved=False, reason="no"), NOON)
    assert status(account) == "FAILED"


def test_what_is_decided_or_gone_is_left_alone(account: Account) -> None:
    """A test that was quicker than the clock has the last word."""
    reviews = Reviews(60.0)
    reviews.open(account, BRAND, NOON)
    reviews.decide(account, BRAND, Verdict(approved=False), NOON)
    reviews.settle(NOON + timedelta(seconds=60))
    assert status(account) == "FAILED"
    reviews.open(account, BRAND, NOON)
    account.shelf(Brand).remove(BRAND.sid)
    reviews.settle(NOON + timedelta(seconds=60))
    assert status(account) is None


def test_reviews_that_are_forgotten_decide_nothing(account: Account) -> None:
    """As after another state was put in place of this one."""
    reviews = Reviews(0.0)
    reviews.open(account, BRAND, NOON)
    reviews.forget()
    reviews.settle(NOON)
    assert status(account) == "PENDING"


def test_the_pulse_beats_for_a_decision() -> None:
    """The clock of the emulator drives it, and what a seeded document says is thought about, too."""
    emulator = Emulator(lifecycle=Profile(review=60.0), clock=Clock(lambda: NOON))
    profiles = {"customer_profile_bundle_sid": "BU1", "a2p_profile_bundle_sid": "BU2"}
    emulator.seed({"brands": [{"sid": "BN1", **profiles}]})
    assert emulator._settle() == (NOON + timedelta(seconds=60)).timestamp()
    emulator.clock.advance(60)
    assert emulator._settle() is None
    assert status(emulator.account) == "APPROVED"


def test_only_what_is_applied_for_can_be_decided() -> None:
    """A sid of nothing, or of a message, is a KeyError."""
    emulator = Emulator()
    for sid in ("BN9", emulator.add_message().sid):
        with pytest.raises(KeyError):
            emulator.approve(sid)
        with pytest.raises(KeyError):
            emulator.reject(sid)


def test_a_review_takes_no_negative_time() -> None:
    """Nobody decides before he is asked."""
    with pytest.raises(ValueError, match="review"):
        Profile(review=-1.0)
