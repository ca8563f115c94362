"""Twilio's own client with an OAuth app.

Its asynchronous half asks for tokens by the blocking client too, in the middle of the event loop; so there is one story.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.credential.client_credential_provider import ClientCredentialProvider
from twilio.http.client_token_manager import ClientTokenManager
from twilio.rest import Client

from tests.emulator.api.conftest import Judged
from twilio_async.emulator import Emulator


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """One in a thread of its own, since the official client blocks."""
    with Emulator() as emulator:
        yield emulator


def official(emulator: Emulator, http: Judged, secret: str) -> Any:
    """The official client, led to the emulator with all its products."""
    manager = ClientTokenManager("client_credentials", emulator.oauth_client_id, secret)
    manager.client.http_client, manager.client.oauth.base_url = http, emulator.url
    provider = ClientCredentialProvider(emulator.oauth_client_id, secret, token_manager=manager)
    client = Client(account_sid=emulator.account_sid, credential_provider=provider, http_client=http)
    client.api.base_url = client.messaging.base_url = emulator.url
    return client


@pytest.fixture
def http() -> Iterator[Judged]:
    """Its connections."""
    http = Judged()
    yield http
    http._client.session.close()


def test_it_works_by_tokens(emulator: Emulator, http: Judged) -> None:
    """One token serves all its calls, and no other credentials are sent."""
    client = official(emulator, http, emulator.oauth_client_secret)
    message = client.messages.create(to="+15558675310", from_=emulator.number, body="Hello")
    assert client.messages(message.sid).fetch().body == "Hello"
    assert client.messaging.v1.services.create(friendly_name="Shop").friendly_name == "Shop"
    asked, *calls = emulator.requests
    assert (asked.path, asked.headers.get("Authorization")) == ("/v2/token", None)
    assert {call.headers["Authorization"].partition(" ")[0] for call in calls} == {"Bearer"}
    assert len(calls) == 3


def test_it_is_refused_in_words_that_it_understands(emulator: Emulator, http: Judged) -> None:
    """With a wrong secret, and with a token that was revoked, which it does not renew."""
    with pytest.raises(TwilioRestException) as caught:
        official(emulator, http, "wrong").messages.list(limit=1)
    assert (caught.value.status, caught.value.code) == (400, 322402)
    client = official(emulator, http, emulator.oauth_client_secret)
    client.messages.create(to="+15558675310", from_=emulator.number, body="Hello")
    emulator.revoke_tokens()
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(to="+15558675310", from_=emulator.number, body="Hello")
    assert (caught.value.status, caught.value.code) == (401, 20003)
