"""Access tokens: whose they are, for how long, and what is none."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import jwt
import pytest

from tests.emulator.conftest import NOON
from twilio_async.emulator.domain.access_tokens import LIFETIME, AccessTokens

APP = "OQ" + "1" * 32
LAST = NOON + timedelta(seconds=LIFETIME)


@pytest.fixture
def tokens() -> AccessTokens:
    """An issuer."""
    return AccessTokens()


def test_a_token_is_a_jwt_that_says_whose_it_is_and_until_when(tokens: AccessTokens) -> None:
    """Any library can read it; no two are the same."""
    token = tokens.issue(APP, NOON)
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["sub"], claims["iat"], claims["exp"]) == (APP, NOON.timestamp(), LAST.timestamp())
    assert tokens.issue(APP, NOON) != token


def test_a_token_counts_until_it_expires(tokens: AccessTokens) -> None:
    """By the clock that it was issued by."""
    token = tokens.issue(APP, NOON)
    assert tokens.app_of(token, LAST - timedelta(seconds=1)) == APP
    assert tokens.app_of(token, LAST) is None


def test_a_revoked_token_counts_no_more(tokens: AccessTokens) -> None:
    """A new one does."""
    token = tokens.issue(APP, NOON)
    tokens.revoke()
    assert tokens.app_of(token, NOON) is None
    assert tokens.app_of(tokens.issue(APP, NOON), NOON) == APP


def forged() -> str:
    """A token that was never issued, with another issuer's signature."""
    return AccessTokens().issue(APP, NOON)


def unsigned() -> str:
    """One that says that it needs no signature."""
    _, claims, _ = forged().split(".")
    nothing = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")
    return f"{nothing}.{claims}."


@pytest.mark.parametrize("token", ["", ".", "..", "x", "a.b.c", "tökén", "a.b.\udcff", forged(), unsigned()])
def test_what_was_not_issued_here_is_no_token(tokens: AccessTokens, token: str) -> None:
    """Whatever it looks like."""
    assert tokens.app_of(token, NOON) is None
