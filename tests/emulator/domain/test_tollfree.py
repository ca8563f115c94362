"""Toll-free verifications as Twilio decides about them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.emulator.conftest import NOON
from twilio_async.emulator.domain.reviews import Verdict
from twilio_async.emulator.domain.tollfree import EDIT_WINDOW, TollfreeVerification

LATER = NOON + timedelta(hours=1)
VERIFICATION = TollfreeVerification(
    sid="HH1",
    account_sid="AC1",
    tollfree_phone_number_sid="PN1",
    tollfree_phone_number="+18005550123",
    business_name="Owl",
    business_website="https://example.com",
    notification_email="ann@example.com",
    use_case_categories=("MARKETING",),
    use_case_summary="Offers",
    production_message_sample="Hello",
    opt_in_image_urls=("https://example.com/1.png",),
    opt_in_type="VERBAL",
    message_volume="10",
    date_created=NOON,
    date_updated=NOON,
)
REJECTED = VERIFICATION.decided(Verdict(approved=False, reason="Website is down", code=30492), NOON)


@pytest.mark.parametrize(
    ("status", "pending"),
    [("PENDING_REVIEW", True), ("IN_REVIEW", True), ("TWILIO_APPROVED", False), ("TWILIO_REJECTED", False)],
)
def test_it_waits_until_it_is_decided(status: str, pending: bool) -> None:
    """Whether somebody has begun to look at it or not."""
    assert replace(VERIFICATION, status=status).pending is pending


def test_what_is_rejected_says_why() -> None:
    """Once in words, once for each reason."""
    assert (REJECTED.status, REJECTED.rejection_reason, REJECTED.error_code) == ("TWILIO_REJECTED", "Website is down", 30492)
    assert REJECTED.rejection_reasons == ({"code": 30492, "reason": "Website is down"},)
    assert (REJECTED.edit_allowed, REJECTED.edit_expiration) == (True, NOON + EDIT_WINDOW)


def test_what_is_rejected_can_be_edited_for_a_week() -> None:
    """Unless the reason forbids it; nothing else can."""
    assert REJECTED.editable(NOON + EDIT_WINDOW)
    assert not REJECTED.editable(NOON + EDIT_WINDOW + timedelta(seconds=1))
    assert replace(REJECTED, edit_expiration=None).editable(NOON + EDIT_WINDOW * 2)
    assert not replace(REJECTED, edit_allowed=False).editable(NOON)
    assert not VERIFICATION.editable(NOON)
    assert not REJECTED.decided(Verdict(approved=True), NOON).editable(NOON)


def test_what_is_handed_in_again_has_nothing_of_its_rejection() -> None:
    """It waits as a new one does."""
    assert REJECTED.resubmitted(LATER) == replace(VERIFICATION, date_updated=LATER)


def test_what_is_approved_is_in_trust_hub() -> None:
    """And has nothing of an earlier rejection."""
    approved = REJECTED.decided(Verdict(approved=True), LATER)
    assert approved == replace(
        VERIFICATION, status="TWILIO_APPROVED", trust_product_sid="BU1", regulated_item_sid="RA1", date_updated=LATER
    )
