"""Twilio's own client, synchronous and asynchronous, in all that the emulator can do.

Each answer is held against Twilio's OpenAPI documents on its way.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio.to_thread
import pytest
from msgspec.structs import replace
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from tests.emulator.openapi import check_exchange
from twilio_async.emulator import Emulator, Message

# The official client gives its credentials to aiohttp in a way that aiohttp 3.14 deprecated. It is not ours to mend.
pytestmark = [
    pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'auth' parameter is deprecated:DeprecationWarning"),
]

ANN, BOB = "+15558675310", "+15558675311"
NOWHERE = "SM" + "0" * 32


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
            yield Official(_client(emulator, http), emulator, asynchronous=True)
            await http.close()
    else:
        with Emulator(lifecycle=pace) as emulator:
            blocking = Judged()
            yield Official(_client(emulator, blocking), emulator, asynchronous=False)
            await blocking.close()


def _client(emulator: Emulator, http: object) -> Any:
    client = Client(emulator.account_sid, emulator.auth_token, http_client=http)
    client.api.base_url = client.messaging.base_url = emulator.url
    return client


def only(messages: list[Message]) -> Message:
    """The one that there is."""
    (message,) = messages
    return message


async def test_a_message_is_created_and_fetched(official: Official) -> None:
    """What was asked for, in Twilio's types, and on its way."""
    created = await official.send(body="Grüße", status_callback="http://127.0.0.1/back", validity_period=60)
    assert (created.status, created.body, created.from_, created.to) == ("queued", "Grüße", official.emulator.number, ANN)
    assert (created.num_segments, created.num_media, created.price, created.price_unit) == ("1", "0", None, "USD")
    assert (created.date_sent, created.direction, created.api_version) == (None, "outbound-api", "2010-04-01")
    fetched = await official(official.client.messages(created.sid), "fetch")
    assert (fetched.status, fetched.price, fetched.error_code) == ("delivered", "-0.00750", None)
    assert fetched.date_sent.tzinfo is UTC
    assert fetched.date_created == only(official.emulator.messages).date_created
    assert only(official.emulator.messages).status_callback == "http://127.0.0.1/back"


async def test_messages_are_listed_page_by_page(official: Official) -> None:
    """With a limit, with a page size, with both, and with filters; the client follows the links by itself."""
    end = datetime(2024, 5, 29, tzinfo=UTC)
    official.emulator.seed_messages(120, since=end - timedelta(days=5), until=end, to=[ANN, BOB])
    messages = official.client.messages
    everything = await official(messages, "list", page_size=50)
    assert [message.body for message in everything] == [f"Message {number}" for number in range(119, -1, -1)]
    assert len(official.emulator.requests) == 3
    assert [m.sid for m in await official(messages, "list", limit=70, page_size=20)] == [m.sid for m in everything[:70]]
    assert [m.sid for m in await official(messages, "list", limit=1)] == [everything[0].sid]
    to_bob = await official(messages, "list", to=BOB, from_=official.emulator.number, page_size=7)
    assert [message.sid for message in to_bob] == [message.sid for message in everything[::2]]
    last_day = await official(messages, "list", date_sent=datetime(2024, 5, 28, tzinfo=UTC))
    assert [message.sid for message in last_day] == [message.sid for message in everything[:24]]
    before = await official(messages, "list", date_sent_before=datetime(2024, 5, 24, 2, tzinfo=UTC))
    assert [message.body for message in before] == ["Message 2", "Message 1", "Message 0"]
    after = await official(messages, "list", date_sent_after=datetime(2024, 5, 28, 22, tzinfo=UTC))
    assert [message.body for message in after] == ["Message 119", "Message 118"]


async def test_a_page_leads_to_its_neighbours(official: Official) -> None:
    """Next and previous, by the client's own pages."""
    official.emulator.seed_messages(5)
    first = await official(official.client.messages, "page", page_size=2)
    second = await official(first, "next_page")
    third = await official(second, "next_page")
    assert [[message.body[-1] for message in page] for page in (first, second, third)] == [["4", "3"], ["2", "1"], ["0"]]
    assert third.next_page_url is None
    assert [message.body[-1] for message in await official(third, "previous_page")] == ["2", "1"]


async def test_a_message_is_redacted_and_deleted(official: Official) -> None:
    """Its text goes first, then all of it."""
    sid = (await official.send()).sid
    assert (await official(official.client.messages(sid), "update", body="")).body == ""
    assert only(official.emulator.messages).body == ""
    assert await official.refused(official.client.messages(sid), "update", body="New") == (400, 20001)
    assert await official(official.client.messages(sid), "delete") is True
    assert official.emulator.messages == []
    assert await official.refused(official.client.messages(sid), "delete") == (404, 20404)


@pytest.mark.parametrize("pace", ["manual"])
async def test_what_is_in_flight_is_neither_redacted_nor_deleted(official: Official) -> None:
    """409 (20009), until it is done."""
    sid = (await official.send()).sid
    message = official.client.messages(sid)
    assert await official.refused(message, "update", body="") == (409, 20009)
    assert await official.refused(message, "delete") == (409, 20009)
    official.emulator.undeliver(sid)
    failed = await official(message, "fetch")
    assert (failed.status, failed.error_code) == ("undelivered", 30003)
    assert await official(message, "delete") is True


async def test_a_scheduled_message_is_canceled_once(official: Official) -> None:
    """Whatever is not scheduled, or no more, cannot be."""
    service = await official.service(0)
    later = datetime.now(UTC) + timedelta(hours=1)
    scheduled = await official.send(messaging_service_sid=service.sid, schedule_type="fixed", send_at=later)
    assert (scheduled.status, scheduled.from_, scheduled.num_segments) == ("scheduled", None, "0")
    assert only(official.emulator.messages).send_at == later.replace(microsecond=0)
    canceled = await official(official.client.messages(scheduled.sid), "update", status="canceled")
    assert canceled.status == "canceled"
    assert await official.refused(official.client.messages(scheduled.sid), "update", status="canceled") == (400, 30409)
    assert await official(official.client.messages(scheduled.sid), "delete") is True
    sent = await official.send()
    assert await official.refused(official.client.messages(sent.sid), "update", status="canceled") == (400, 30409)


async def test_a_message_through_a_service_gets_its_sender_later(official: Official) -> None:
    """Accepted without one, delivered with one of the pool."""
    service = await official.service(1)
    accepted = await official.send(messaging_service_sid=service.sid)
    assert (accepted.status, accepted.from_, accepted.num_segments, accepted.price_unit) == ("accepted", None, "0", None)
    delivered = await official(official.client.messages(accepted.sid), "fetch")
    assert (delivered.status, delivered.from_, delivered.num_segments) == (
        "delivered",
        official.emulator.numbers[1].number,
        "1",
    )
    assert delivered.messaging_service_sid == service.sid


async def test_media_are_listed_fetched_and_deleted(official: Official) -> None:
    """An MMS has a sid of its own kind, and its files are resources."""
    urls = ["https://x.example/a.jpg", "https://x.example/b.gif"]
    created = await official.send(media_url=urls)
    assert (created.sid[:2], created.num_media, created.num_segments) == ("MM", "2", "1")
    media = official.client.messages(created.sid).media
    found = await official(media, "list")
    assert sorted(item.content_type for item in found) == ["image/gif", "image/jpeg"]
    fetched = await official(media(found[0].sid), "fetch")
    assert (fetched.parent_sid, fetched.content_type) == (created.sid, found[0].content_type)
    assert await official(media(found[0].sid), "delete") is True
    assert await official.refused(media(found[0].sid), "fetch") == (404, 20404)
    assert [item.sid for item in await official(media, "list", limit=5)] == [found[1].sid]
    assert await official.not_listed(official.client.messages(NOWHERE).media) == 404


async def test_an_mms_may_have_no_media(official: Official) -> None:
    """If it is asked for as one."""
    assert (await official.send(send_as_mms=True)).sid.startswith("MM")


async def test_feedback_is_noted(official: Official) -> None:
    """Confirmed unless it says otherwise; the last word counts."""
    sid = (await official.send()).sid
    feedback = official.client.messages(sid).feedback
    assert (await official(feedback, "create")).outcome == "confirmed"
    given = await official(feedback, "create", outcome="unconfirmed")
    assert (given.outcome, given.message_sid) == ("unconfirmed", sid)
    noted = official.emulator.feedback(sid)
    assert noted is not None
    assert noted.outcome == "unconfirmed"
    assert await official.refused(feedback, "create", outcome="perhaps") == (400, 20001)
    assert await official.refused(official.client.messages(NOWHERE).feedback, "create") == (404, 20404)


async def test_a_service_is_made_changed_and_deleted(official: Official) -> None:
    """A change is partial: what is not named stays, and an empty URL is taken away."""
    services = official.client.messaging.v1.services
    made = await official.service(inbound_request_url="https://x.example/in", sticky_sender=False, usecase="marketing")
    assert (made.friendly_name, made.sticky_sender, made.usecase, made.validity_period) == ("Shop", False, "marketing", 36000)
    changed = await official(services(made.sid), "update", inbound_request_url="", validity_period=600)
    assert (changed.inbound_request_url, changed.validity_period, changed.sticky_sender) == (None, 600, False)
    fetched = await official(services(made.sid), "fetch")
    assert fetched.url == f"{official.emulator.url}/v1/Services/{made.sid}"
    assert fetched.links["phone_numbers"] == f"{fetched.url}/PhoneNumbers"
    other = await official.service()
    assert {service.sid for service in await official(services, "list", page_size=1)} == {made.sid, other.sid}
    assert await official(services(made.sid), "delete") is True
    assert await official.refused(services(made.sid), "fetch") == (404, 20404)
    assert [service.sid for service in official.emulator.services] == [other.sid]


@pytest.mark.parametrize(
    "settings",
    [
        {"friendly_name": ""},
        {"friendly_name": "x" * 65},
        {"inbound_request_url": "here"},
        {"inbound_method": "PUT"},
        {"validity_period": 0},
        {"validity_period": 36001},
        {"usecase": "spam"},
        {"scan_message_content": "perhaps"},
    ],
)
async def test_a_service_has_no_impossible_settings(official: Official, settings: dict[str, Any]) -> None:
    """400 (20001), and nothing is made."""
    services = official.client.messaging.v1.services
    assert await official.refused(services, "create", **{"friendly_name": "Shop", **settings}) == (400, 20001)
    assert official.emulator.services == []


@pytest.mark.parametrize(
    ("folder", "parameter", "number", "field"),
    [
        ("phone_numbers", "phone_number_sid", 0, "phone_number"),
        ("short_codes", "short_code_sid", 4, "short_code"),
        ("alpha_senders", "alpha_sender", None, "alpha_sender"),
    ],
)
async def test_a_pool_has_senders(official: Official, folder: str, parameter: str, number: int | None, field: str) -> None:
    """Of each kind: added, listed, fetched, removed, and added once only."""
    pool = getattr(await official.service(), folder)
    owned = None if number is None else official.emulator.numbers[number]
    given, address = (owned.sid, owned.number) if owned else ("Acme", "Acme")
    added = await official(pool, "create", **{parameter: given})
    assert getattr(added, field) == address
    assert added.capabilities == ([*owned.capabilities] if owned else ["SMS"])
    assert await official.refused(pool, "create", **{parameter: given}) == (409, 21710)
    assert [sender.sid for sender in await official(pool, "list")] == [added.sid]
    assert getattr(await official(pool(added.sid), "fetch"), field) == address
    assert await official(pool(added.sid), "delete") is True
    assert await official.refused(pool(added.sid), "fetch") == (404, 20404)
    assert await official(pool, "list") == []
    assert getattr(await official(pool, "create", **{parameter: given}), field) == address


async def test_a_number_is_in_one_service(official: Official) -> None:
    """Until that service is deleted."""
    one, other = await official.service(0), await official.service()
    sid = official.emulator.numbers[0].sid
    assert await official.refused(other.phone_numbers, "create", phone_number_sid=sid) == (409, 21712)
    await official(one, "delete")
    assert (await official(other.phone_numbers, "create", phone_number_sid=sid)).sid == sid


async def test_only_what_is_owned_and_of_its_kind_can_be_added(official: Official) -> None:
    """Kinds do not mix, neither in adding nor in reading."""
    service = await official.service(0)
    number, short_code = official.emulator.numbers[0].sid, official.emulator.numbers[4].sid
    assert await official.refused(service.phone_numbers, "create", phone_number_sid=short_code) == (404, 21711)
    assert await official.refused(service.short_codes, "create", short_code_sid="SC" + "0" * 32) == (404, 21711)
    assert await official.refused(service.phone_numbers, "create", phone_number_sid="") == (400, 20001)
    assert await official.refused(service.alpha_senders, "create", alpha_sender="12345") == (400, 21709)
    assert await official.refused(service.short_codes(number), "fetch") == (404, 20404)
    assert await official(service.short_codes, "list") == []
    await official(service, "delete")
    assert await official.not_listed(service.phone_numbers) == 404
    assert await official.refused(service.phone_numbers, "create", phone_number_sid=number) == (404, 20404)
    assert await official.refused(service.phone_numbers(number), "delete") == (404, 20404)


async def test_a_pool_is_full_at_four_hundred(official: Official) -> None:
    """412 (21714)."""
    service = await official.service(0)
    pool = official.emulator.account.pools[service.sid]
    member = pool.oldest()
    for index in range(399):
        pool.add(replace(member, sid=f"PN{index:032}"), member.date_created)
    sid = official.emulator.numbers[1].sid
    assert await official.refused(service.phone_numbers, "create", phone_number_sid=sid) == (412, 21714)


async def test_credentials_must_be_right(official: Official) -> None:
    """401 (20003) for the wrong token; an API key needs the account beside it."""
    client, emulator = official.client, official.emulator
    client.auth = (client.username, "wrong")
    assert await official.refused(client.messages(NOWHERE), "fetch") == (401, 20003)
    client.auth = (emulator.api_key, emulator.api_secret)
    assert (await official.send()).account_sid == emulator.account_sid


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"to": ""}, 21604),
        ({"to": "+15005550"}, 21211),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"from_": BOB}, 21606),
        ({"to": BOB}, 21610),
    ],
)
async def test_a_wrong_message_is_refused(official: Official, message: dict[str, str], code: int) -> None:
    """With the code that programs look at, and nothing is sent."""
    official.emulator.opt_out(BOB)
    form = {"to": ANN, "from_": official.emulator.number, "body": "Hello", **message}
    assert await official.refused(official.client.messages, "create", **form) == (400, code)
    assert official.emulator.messages == []


async def test_a_fault_reaches_the_client(official: Official) -> None:
    """Such as a limit that Twilio has reached."""
    official.emulator.faults.add("POST /Messages", status=429, times=1)
    assert await official.refused(official.client.messages, "create", to=ANN) == (429, 20429)
    assert (await official.send()).status == "queued"
