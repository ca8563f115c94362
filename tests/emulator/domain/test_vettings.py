"""Vettings, and what they make of a brand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.emulator.conftest import NOON
from tests.emulator.domain.test_reviews import BRAND
from twilio_async.emulator.domain.reviews import Verdict
from twilio_async.emulator.domain.vettings import SCORE, Vetting, vetted

LATER = NOON + timedelta(hours=1)
VETTING = Vetting(
    sid="VT1", account_sid="AC1", brand_sid=BRAND.sid, vetting_provider="aegis", date_created=NOON, date_updated=NOON
)


def test_a_vetting_that_succeeds_raises_the_brand() -> None:
    """Its score and what is known of its identity; all else of it stays."""
    success = VETTING.decided(Verdict(approved=True), LATER)
    assert (success.vetting_status, success.pending, success.date_updated) == ("SUCCESS", False, LATER)
    brand = vetted(BRAND, [success])
    assert brand == replace(BRAND, brand_score=SCORE, identity_status="VETTED_VERIFIED")


def test_any_other_vetting_changes_nothing() -> None:
    """One that waits, one that failed, and one of another brand."""
    failed = VETTING.decided(Verdict(approved=False, reason="no"), LATER)
    assert failed.vetting_status == "FAILED"
    foreign = replace(VETTING, brand_sid="BN2", vetting_status="SUCCESS")
    assert vetted(BRAND, [VETTING, failed, foreign]) is BRAND


@pytest.mark.parametrize(("provider", "kind"), [("aegis", "STANDARD"), ("campaign-verify", "POLITICAL")])
def test_the_provider_tells_the_kind(provider: str, kind: str) -> None:
    """Campaign Verify looks at who moves voters, Aegis at everybody else."""
    assert replace(VETTING, vetting_provider=provider).vetting_class == kind
