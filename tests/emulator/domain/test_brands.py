"""Brands as the Campaign Registry knows them."""

from __future__ import annotations

from datetime import timedelta

from tests.emulator.conftest import NOON
from tests.emulator.domain.test_reviews import BRAND
from twilio_async.emulator.domain.reviews import Verdict

LATER = NOON + timedelta(hours=1)


def test_a_brand_that_is_registered_has_an_id_and_a_score() -> None:
    """And nothing of an earlier refusal."""
    refused = BRAND.decided(Verdict(approved=False, reason="Invalid region", code=30701), NOON)
    assert (refused.status, refused.failure_reason, refused.errors[0]["error_code"]) == ("FAILED", "Invalid region", 30701)
    brand = refused.decided(Verdict(approved=True), LATER)
    assert (brand.status, brand.identity_status, brand.failure_reason, brand.errors) == ("APPROVED", "VERIFIED", None, ())
    assert brand.tcr_id
    assert brand.brand_score
    assert (brand.date_created, brand.date_updated) == (NOON, LATER)
