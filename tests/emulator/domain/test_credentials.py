"""Tokens and keys: which open an account, and which no longer do."""

from __future__ import annotations

import pytest

from twilio_async.emulator.domain.credentials import Credentials

SID, KEY, TEST = "AC" + "1" * 32, "SK" + "1" * 32, "AC" + "2" * 32


@pytest.fixture
def credentials() -> Credentials:
    """Those of an account with one key."""
    return Credentials(SID, "token", {KEY: "secret"}, (TEST, "test token"))


@pytest.mark.parametrize(
    ("user", "password", "standing"),
    [
        (SID, "token", "token"),
        (KEY, "secret", "standard key"),
        (TEST, "test token", "test"),
        (SID, "secret", None),
        (SID, "", None),
        (SID, "tökén", None),
        (KEY, "token", None),
        (TEST, "token", None),
        (SID, "test token", None),
        ("", "", None),
    ],
)
def test_credentials_open_what_is_theirs(credentials: Credentials, user: str, password: str, standing: str | None) -> None:
    """Token, key and test credentials each have a password of their own."""
    assert credentials.standing_of(user, password) == standing


def test_a_key_opens_until_it_is_revoked(credentials: Credentials) -> None:
    """And a main key is more than a standard one."""
    sid, secret = standard = credentials.add_api_key()
    main = credentials.add_api_key(main=True)
    assert credentials.standing_of(sid, secret) == "standard key"
    assert credentials.standing_of(*main) == "main key"
    assert credentials.api_keys == {KEY: "secret", sid: secret, main.sid: main.secret}
    credentials.revoke_api_key(sid)
    assert credentials.standing_of(*standard) is None
    assert credentials.standing_of(*main) == "main key"
    with pytest.raises(KeyError):
        credentials.revoke_api_key(sid)


def test_an_app_has_its_secret_until_it_is_removed(credentials: Credentials) -> None:
    """Its credentials are no password of the account."""
    client_id, client_secret = app = credentials.add_oauth_app()
    assert client_id.startswith("OQ")
    assert credentials.has_oauth_app(*app)
    assert not credentials.has_oauth_app(client_id, "secret")
    assert credentials.standing_of(*app) is None
    credentials.remove_oauth_app(client_id)
    assert not credentials.has_oauth_app(client_id, client_secret)


def test_a_rotated_token_is_void_at_once(credentials: Credentials) -> None:
    """The new one is another one."""
    fresh = credentials.rotate_token()
    assert fresh == credentials.auth_token != "token"
    assert credentials.standing_of(SID, fresh) == "token"
    assert credentials.standing_of(SID, "token") is None


def test_a_secondary_token_opens_beside_the_primary_one_until_it_is_promoted(credentials: Credentials) -> None:
    """Then the one before opens nothing any more."""
    second = credentials.add_secondary_token()
    assert [credentials.standing_of(SID, token) for token in ("token", second)] == ["token", "token"]
    assert credentials.auth_token == "token"
    assert credentials.promote_secondary_token() == second == credentials.auth_token
    assert [credentials.standing_of(SID, token) for token in ("token", second)] == [None, "token"]
    assert credentials.secondary_token is None
    with pytest.raises(ValueError, match="no secondary token"):
        credentials.promote_secondary_token()


def test_a_secondary_token_can_be_dropped(credentials: Credentials) -> None:
    """It opens nothing then, and dropping what is not there does nothing."""
    second = credentials.add_secondary_token()
    credentials.drop_secondary_token()
    assert credentials.standing_of(SID, second) is None
    credentials.drop_secondary_token()
    assert credentials.standing_of(SID, "token") == "token"


def test_no_secret_is_shown(credentials: Credentials) -> None:
    """A key says its sid and no more."""
    key = credentials.add_api_key()
    assert key.secret not in repr(key)
    assert key.sid in repr(key)


def test_new_test_credentials_are_nobody_elses() -> None:
    """Where none are given they are made."""
    one, other = Credentials(SID, "token", {}), Credentials(SID, "token", {})
    assert one.test_sid != other.test_sid
    assert one.standing_of(one.test_sid, one.test_token) == "test"
    assert one.standing_of(one.test_sid, other.test_token) is None
