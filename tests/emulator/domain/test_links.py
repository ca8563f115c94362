"""Domains for short links: what becomes of their certificates."""

from __future__ import annotations

from datetime import timedelta

from tests.emulator.conftest import NOON
from twilio_async.emulator.domain.links import MANAGED_LIFE, UPLOADED_LIFE, Certificate, LinkDomain
from twilio_async.emulator.domain.reviews import Verdict

DOMAIN = LinkDomain(sid="DN1", account_sid="AC1", domain_name="https://go.example.com", date_created=NOON, date_updated=NOON)
LATER = NOON + timedelta(minutes=5)
YES, NO = Verdict(approved=True), Verdict(approved=False)


def test_a_domain_without_a_certificate_waits_for_nothing() -> None:
    """Whatever is decided about it."""
    assert not DOMAIN.pending
    assert DOMAIN.decided(YES, LATER) == DOMAIN


def test_an_uploaded_certificate_is_used_once_it_is_accepted() -> None:
    """Until then the one before it is."""
    expires = NOON + UPLOADED_LIFE
    first = DOMAIN.with_certificate("CW1", NOON, managed=False)
    assert first.pending
    assert first.certificate == Certificate(sid="CW1", date_expires=expires)
    assert first.certificate.in_use_until is None
    valid = first.decided(YES, LATER)
    assert not valid.pending
    assert (valid.certificate, valid.date_updated) == (Certificate(sid="CW1", date_expires=expires, status="valid"), LATER)
    second = valid.with_certificate("CW2", LATER, managed=False).certificate
    assert second == Certificate(sid="CW1", date_expires=LATER + UPLOADED_LIFE, previous=expires)
    assert second.in_use_until == expires


def test_a_refused_certificate_is_not_used() -> None:
    """Until there is another, or somebody thinks better of it."""
    pending = DOMAIN.with_certificate("CW1", NOON, managed=False)
    for refused in (pending.decided(NO, LATER), pending.decided(YES, NOON).decided(NO, LATER)):
        assert refused.certificate == Certificate(sid="CW1", date_expires=NOON + UPLOADED_LIFE, status="failed")
        assert refused.certificate.in_use_until is None
        assert not refused.pending
        assert refused.decided(YES, LATER) == pending.decided(YES, LATER)


def test_a_managed_certificate_is_procured() -> None:
    """It lives shorter; and an upload takes its place."""
    requested = DOMAIN.with_certificate("CW1", NOON, managed=True)
    assert requested.pending
    assert requested.certificate == Certificate(sid="CW1", managed=True, date_expires=NOON + MANAGED_LIFE)
    uploaded = requested.decided(YES, LATER).with_certificate("CW2", LATER, managed=False).certificate
    assert uploaded == Certificate(sid="CW1", date_expires=LATER + UPLOADED_LIFE, previous=NOON + MANAGED_LIFE)
