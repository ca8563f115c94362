"""Twilio's own client, both halves of it, on an emulator, where Twilio's documents judge each answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import anyio.to_thread
import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from tests.emulator.openapi import check_exchange
from twilio_async.emulator import Emulator

# The official client gives its credentials to aiohttp in a way that aiohttp 3.14 deprecated. It is not ours to mend.
OFFICIAL = [
    pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'auth' parameter is deprecated:DeprecationWarning"),
]
"""What a module is marked with whose tests use the official client."""

ANN = "+15558675310"


class Judged:
    """An HTTP client of the official client's, each answer of which Twilio's documents judge."""

    is_async = False

    def __init__(self) -> None:
        self._client = TwilioHttpClient()

    def request(self, method: str, url: str, **options: Any) -> Any:
        answer = self._client.request(method, url, **options)
        check_exchange(method, url, answer.status_code, answer.text)
        return answer

    async def close(self) -> None:
        self._client.session.close()


class JudgedAsync:
    """The same for the asynchronous half."""

    is_async = True

    def __init__(self) -> None:
        self._client = AsyncTwilioHttpClient()

    async def request(self, method: str, url: str, **options: Any) -> Any:
        answer = await self._client.request(method, url, **options)
        check_exchange(method, url, answer.status_code, answer.text)
        return answer

    async def close(self) -> None:
        await self._client.close()


@dataclass
class Official:
    """Twilio's client on an emulator, with one way to call both of its halves."""

    client: Any
    emulator: Emulator
    asynchronous: bool

    async def __call__(self, resource: Any, verb: str, *arguments: Any, **keywords: Any) -> Any:
        """Do something with a resource, in a thread if it would block."""
        if self.asynchronous:
            return await getattr(resource, f"{verb}_async")(*arguments, **keywords)
        return await anyio.to_thread.run_sync(lambda: getattr(resource, verb)(*arguments, **keywords))

    async def send(self, **keywords: Any) -> Any:
        """Have a message accepted, from the account's number unless a service is named."""
        sender = {} if "messaging_service_sid" in keywords else {"from_": self.emulator.number}
        return await self(self.client.messages, "create", **{"to": ANN, "body": "Hello", **sender, **keywords})

    async def service(self, *numbers: int, **settings: Any) -> Any:
        """Make a Messaging Service with these of the account's numbers."""
        service = await self(self.client.messaging.v1.services, "create", friendly_name="Shop", **settings)
        for number in numbers:
            await self(service.phone_numbers, "create", phone_number_sid=self.emulator.numbers[number].sid)
        return service

    async def refused(self, resource: Any, verb: str, *arguments: Any, **keywords: Any) -> tuple[int, int]:
        """Status and code of what cannot be done."""
        with pytest.raises(TwilioRestException) as caught:
            await self(resource, verb, *arguments, **keywords)
        return caught.value.status, caught.value.code

    async def not_listed(self, resource: Any) -> int | None:
        """Status of a list that cannot be had, of which the official client's own error says nothing."""
        with pytest.raises(TwilioException, match="Unable to fetch page"):
            await self(resource, "list")
        return self.emulator.requests[-1].status


@pytest.fixture(params=["sync", "async"])
def half(request: pytest.FixtureRequest) -> str:
    """Which half of the official client is meant."""
    half: str = request.param
    return half


@pytest.fixture
def pace() -> str:
    """The lifecycle of the emulator; tests that want another say so."""
    return "immediate"


@pytest.fixture
async def official(half: str, pace: Any) -> AsyncIterator[Official]:
    """The asynchronous half on an emulator in its own loop, the synchronous one on an emulator in another thread."""
    if half == "async":
        async with Emulator(lifecycle=pace) as emulator:
            http = JudgedAsync()
            yield Official(client_of(emulator, http), emulator, asynchronous=True)
            await http.close()
    else:
        with Emulator(lifecycle=pace) as emulator:
            blocking = Judged()
            yield Official(client_of(emulator, blocking), emulator, asynchronous=False)
            await blocking.close()


def client_of(emulator: Emulator, http: object) -> Any:
    """Twilio's client, led to the emulator with all its products."""
    client = Client(emulator.account_sid, emulator.auth_token, http_client=http)
    for domain in (client.api, client.content, client.messaging, client.pricing):
        domain.base_url = emulator.url
    return client
