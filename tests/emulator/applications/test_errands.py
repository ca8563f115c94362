"""What the courier is given and what it brings back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from twilio_async.emulator.applications.errands import Attempt, Errand
from twilio_async.emulator.domain.credentials import Key

NOON = datetime(2024, 5, 24, 12, 0, tzinfo=UTC)


def attempt(status: int | None, code: int | None = None) -> Attempt:
    """An attempt that ended so."""
    return Attempt(
        at=NOON,
        url="http://h/?From=%2B15558675310",
        method="POST",
        request_headers=(),
        request_body=b"From=%2B15558675310",
        status=status,
        headers=(("CONTENT-type", "text/xml"), ("Content-Type", "text/plain")),
        code=code,
        error=None if code is None else "it failed",
    )


def test_a_key_signs_with_its_own_algorithm_and_hides_its_secret() -> None:
    """An auth token with SHA1, a shared key with SHA256."""
    assert Key("s3cret").algorithm == "HMAC_SHA1"
    assert Key("s3cret", "SK1").algorithm == "HMAC_SHA256"
    assert "s3cret" not in repr(Key("s3cret", "SK1"))
    assert "SK1" in repr(Key("s3cret", "SK1"))


def test_neither_an_errand_nor_an_attempt_shows_what_is_in_it() -> None:
    """Representations end up in logs, where nobody's number and no password belongs."""
    errand = Errand(url="http://u:p4ss@h/", fields=(("From", "+15558675310"),), token="t")
    assert repr(errand) == "<Errand POST 1 fields token=t>"
    assert repr(Errand(url="http://h/", json=b"{}", token="t")) == "<Errand POST json token=t>"
    assert repr(attempt(200)) == "<Attempt 1 POST 200 0.000s>"
    assert repr(attempt(500, 11217)) == "<Attempt 1 POST 500 code=11217 0.000s>"


@pytest.mark.parametrize(
    ("status", "code", "ok"),
    [(200, None, True), (299, None, True), (302, None, False), (200, 12100, False), (None, 11205, False)],
)
def test_only_a_success_without_a_code_is_ok(status: int | None, code: int | None, ok: bool) -> None:
    """A followed redirect is no failure, but not the end either."""
    assert attempt(status, code).ok is ok


def test_headers_are_found_in_any_case() -> None:
    """The first of several counts; one that is missing is empty."""
    assert attempt(200).content_type == "text/xml"
    assert attempt(200).header("x-nothing") == ""
