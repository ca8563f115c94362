"""Credentials: what goes into the header, what is refused before anything is sent, and that no secret shows."""

from __future__ import annotations

import base64
import pickle
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_async import AsyncSession
from twilio_async.auth import AccountToken, ApiKey, Auth, OAuthAuth, UnseenBytes, checked_sid
from twilio_async.errors import ConfigError

ACCOUNT = "AC" + "0123456789abcdef" * 2
KEY = "SK" + "0123456789ABCDEF" * 2
APP = "OQ" + "0123456789abcdef" * 2
SECRET = "correct horse battery"

MAKERS: list[Callable[[Any], Auth]] = [
    lambda secret: AccountToken(ACCOUNT, secret),
    lambda secret: ApiKey(KEY, secret, account_sid=ACCOUNT),
]
EVERY: list[Callable[[Any], Auth | OAuthAuth]] = [
    *MAKERS,
    lambda secret: OAuthAuth(client_id=APP, client_secret=secret, account_sid=ACCOUNT),
]
"""Those too that make no header by themselves."""


def pair(authorization: str) -> str:
    """The user name and password that a Basic header carries."""
    scheme, _, encoded = authorization.partition(" ")
    assert scheme == "Basic"
    return base64.b64decode(encoded, validate=True).decode()


async def test_a_token_goes_with_its_account() -> None:
    """The account's sid is the user name and the token the password."""
    auth = AccountToken(ACCOUNT, SECRET)

    assert pair(await auth.authorization()) == f"{ACCOUNT}:{SECRET}"
    assert auth.account_sid == ACCOUNT


async def test_a_key_goes_with_its_secret_and_works_for_its_account() -> None:
    """The key's sid is the user name, not the account's, and paths hold the account's, not the key's."""
    auth = ApiKey(KEY, SECRET, account_sid=ACCOUNT)

    assert pair(await auth.authorization()) == f"{KEY}:{SECRET}"
    assert (auth.key, auth.account_sid) == (KEY, ACCOUNT)


@pytest.mark.parametrize("make", MAKERS)
async def test_a_header_is_one_line_of_ascii(make: Callable[[str], Auth]) -> None:
    """A long secret with letters of any alphabet makes a header that can be sent, without a line break."""
    secret = "pä:ß…" * 100
    authorization = await make(secret).authorization()

    assert authorization.isascii()
    assert authorization.isprintable()
    assert pair(authorization).endswith(f":{secret}")


@pytest.mark.parametrize("make", EVERY)
@pytest.mark.parametrize(
    "secret", ["", " ", "token\n", "token\r\n", "\ttoken", " token", "tok\0en", "to\nken", "\ud800", None, b"token", 5]
)
def test_a_malformed_secret_is_refused(make: Callable[[Any], Auth], secret: object) -> None:
    """A trailing line break of a file, nothing at all, or something else than text is found before the first request."""
    with pytest.raises(ConfigError, match=r"^(token|secret|client_secret): "):
        make(secret)


@pytest.mark.parametrize(
    "sid",
    [
        "",
        "AC",
        ACCOUNT[:-1],
        f"{ACCOUNT}0",
        f"{ACCOUNT}\n",
        f" {ACCOUNT}",
        ACCOUNT.lower(),
        KEY,
        "AC" + "g" * 32,
        "AC" + "٠" * 32,
        "AC../../../../../../../../../../..",
        None,
        ACCOUNT.encode(),
        5,
    ],
)
def test_a_malformed_account_is_refused(sid: Any) -> None:
    """What is no account sid never becomes part of a path; the error names the argument and what it should be."""
    for make in (
        lambda: AccountToken(sid, SECRET),
        lambda: ApiKey(KEY, SECRET, account_sid=sid),
        lambda: OAuthAuth(client_id=APP, client_secret=SECRET, account_sid=sid),
    ):
        with pytest.raises(ConfigError, match=r"^account_sid: expected 'AC'"):
            make()


@pytest.mark.parametrize("key", ["", ACCOUNT, KEY[:-1], f"{KEY}\n", None])
def test_a_malformed_key_is_refused(key: Any) -> None:
    """An account's sid is no key."""
    with pytest.raises(ConfigError, match=r"^key: expected 'SK'"):
        ApiKey(key, SECRET, account_sid=ACCOUNT)


@pytest.mark.parametrize("client_id", ["", ACCOUNT, KEY, APP[:-1], f"{APP}\n", None])
def test_a_malformed_app_is_refused(client_id: Any) -> None:
    """Neither is an account's sid an app."""
    with pytest.raises(ConfigError, match=r"^client_id: expected 'OQ'"):
        OAuthAuth(client_id=client_id, client_secret=SECRET, account_sid=ACCOUNT)


def test_an_app_is_no_account() -> None:
    """Who gives its credentials in place of the account's is told what to give."""
    with pytest.raises(ConfigError, match=r"^account: .*OAuthAuth"):
        AsyncSession(APP, SECRET)


def test_a_key_needs_its_account() -> None:
    """A key does not name its account, so it cannot be left out."""
    with pytest.raises(TypeError, match="account_sid"):
        ApiKey(KEY, SECRET)  # type: ignore[call-arg]  # what is proved


@given(st.from_regex(r"AC[0-9a-fA-F]{32}", fullmatch=True))
def test_every_sid_of_an_account_is_taken(sid: str) -> None:
    """Hexadecimal digits of either case, as Twilio documents them."""
    if sid.isascii():
        assert checked_sid("account_sid", sid, "AC") == sid


@pytest.mark.parametrize("make", EVERY)
def test_no_secret_shows(make: Callable[[str], Auth | OAuthAuth]) -> None:
    """Neither repr nor str of credentials holds the secret or the header, only whose they are."""
    auth = make(SECRET)

    for text in (repr(auth), str(auth), f"{auth}"):
        assert ACCOUNT in text
        assert SECRET not in text
        assert base64.b64encode(SECRET.encode()).decode()[4:-4] not in text


@pytest.mark.parametrize("make", EVERY)
def test_credentials_are_not_pickled(make: Callable[[str], Auth | OAuthAuth]) -> None:
    """A secret is not to lie in a file or a queue that somebody filled without thinking of it."""
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(make(SECRET))


def test_bytes_are_used_and_not_seen() -> None:
    """As text is."""
    assert UnseenBytes(b"secret") == b"secret"
    assert "secret" not in repr(UnseenBytes(b"secret"))


@pytest.mark.parametrize(
    "mixed_up",
    [
        lambda: AccountToken(SECRET, ACCOUNT),
        lambda: AccountToken((ACCOUNT, SECRET), SECRET),  # type: ignore[arg-type]  # a user's mistake
        lambda: AccountToken(SECRET.encode(), SECRET),  # type: ignore[arg-type]  # a user's mistake
        lambda: AccountToken(ACCOUNT, f"{SECRET}\n"),
        lambda: ApiKey(SECRET, KEY, account_sid=ACCOUNT),
        lambda: ApiKey(KEY, KEY, account_sid=SECRET),
        lambda: OAuthAuth(client_id=SECRET, client_secret=APP, account_sid=ACCOUNT),
        lambda: OAuthAuth(client_id=APP, client_secret=APP, account_sid=SECRET),
    ],
)
def test_no_error_shows_a_secret(mixed_up: Callable[[], Auth]) -> None:
    """A secret in the wrong place is refused without being quoted."""
    with pytest.raises(ConfigError) as caught:
        mixed_up()

    assert SECRET not in str(caught.value)
    assert SECRET[3:] not in repr(caught.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda secret: AccountToken("AC" + "0" * 32, secret),
        lambda secret: AccountToken("AC", secret),
        lambda secret: ApiKey("SK" + "0" * 32, secret, account_sid="AC"),
        lambda secret: OAuthAuth(client_id="OQ", client_secret=secret, account_sid="AC" + "0" * 32),
        lambda secret: AsyncSession("AC" + "0" * 32, secret),
        lambda secret: AsyncSession("SK" + "0" * 32, secret),
        lambda secret: AsyncSession("AC" + "0" * 32, secret.strip(), base_url="nowhere"),
        lambda secret: AsyncSession.from_env({"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": secret}),
        lambda secret: AsyncSession(
            OAuthAuth(client_id="OQ" + "0" * 32, client_secret=secret.strip(), account_sid="AC" + "0" * 32), region="ie1"
        ),
        lambda secret: AsyncSession.from_env({"TWILIO_CLIENT_ID": "OQ" + "0" * 32, "TWILIO_CLIENT_SECRET": secret}),
        lambda secret: AsyncSession.from_env({"TWILIO_API_KEY": "SK" + "0" * 32, "TWILIO_API_SECRET": secret}),
    ],
)
def test_no_refusal_shows_the_secret_in_local_variables(make: Callable[[str], object]) -> None:
    """A report of errors prints the variables of each frame: of ours, none holds the secret in clear."""
    with pytest.raises(ConfigError) as caught:
        make("correct-horse-battery \n")
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
    ours = [frame.locals for frame in frames if frame.filename != __file__]
    assert ours
    assert "correct-horse" not in str(ours)
