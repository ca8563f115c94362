"""Twilio's own client, synchronous and asynchronous, in all that the emulator can do.

Each answer is held against Twilio's OpenAPI documents on its way.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import anyio.to_thread
import pytest
from msgspec.structs import replace
from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient

from tests.emulator.api.conftest import ANN, OFFICIAL, Judged, Official, client_of
from twilio_async.emulator import Emulator, Message, Switches

pytestmark = OFFICIAL

BOB = "+15558675311"
NOWHERE = "SM" + "0" * 32


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


async def test_a_subaccount_lives_beside_its_parent(official: Official) -> None:
    """Made, listed, used with the parent's credentials and with its own, suspended, and closed."""
    accounts = official.client.api.v2010.accounts
    made = await official(accounts, "create", friendly_name="Branch")
    assert (made.friendly_name, made.status, made.type, made.owner_account_sid) == (
        "Branch",
        "active",
        "Full",
        official.emulator.account_sid,
    )
    child = official.emulator._state.accounts[made.sid]
    assert made.auth_token == child.auth_token
    assert [account.sid for account in await official(accounts, "list", page_size=1)] == [
        made.sid,
        official.emulator.account_sid,
    ]
    assert [account.sid for account in await official(accounts, "list", friendly_name="Branch", status="active")] == [made.sid]
    number = child.add_number("+12025550188").number
    official.client.account_sid = made.sid  # the third argument of the official client
    branch = official.client.api.v2010.accounts(made.sid)
    sent = await official(branch.messages, "create", to=ANN, from_=number, body="Hello")
    assert (sent.account_sid, sent.status) == (made.sid, "queued")
    assert len(official.emulator.account.messages) == 0
    official.client.auth = (made.sid, made.auth_token)
    assert [message.sid for message in await official(branch.messages, "list")] == [sent.sid]
    assert await official.refused(accounts, "create") == (403, 20403)
    assert (await official(accounts(made.sid), "fetch")).friendly_name == "Branch"
    assert await official.refused(accounts(official.emulator.account_sid), "fetch") == (401, 20003)
    official.client.auth = (official.emulator.account_sid, official.emulator.auth_token)
    assert await official.refused(accounts(official.emulator.account_sid), "update", status="suspended") == (400, 20001)
    assert (await official(accounts(made.sid), "update", status="suspended", friendly_name="Old branch")).status == "suspended"
    assert await official.refused(branch.messages, "create", to=ANN, from_=number, body="x") == (403, 20403)
    assert (await official(accounts(made.sid), "update", status="active")).friendly_name == "Old branch"
    closed = await official(accounts(made.sid), "update", status="closed")
    assert (closed.status, child.numbers) == ("closed", {})
    assert await official.refused(accounts(made.sid), "update", status="active") == (400, 20001)
    assert (await official(accounts(made.sid), "fetch")).status == "closed"


async def test_a_subaccount_has_a_name_in_any_case(official: Official) -> None:
    """Its date, if none is given; a subaccount of a trial is on trial."""
    official.emulator.account.trial = True
    made = await official(official.client.api.v2010.accounts, "create")
    assert made.friendly_name.startswith("SubAccount Created at ")
    assert made.type == "Trial"
    assert made.uri == f"/2010-04-01/Accounts/{made.sid}.json"


async def test_a_standard_key_makes_no_accounts(official: Official) -> None:
    """401 (20003), as for a stranger."""
    official.client.auth = (official.emulator.api_key, official.emulator.api_secret)
    assert await official.refused(official.client.api.v2010.accounts, "create") == (401, 20003)


async def test_a_number_is_bought_set_up_and_given_back(official: Official) -> None:
    """With what is to be called when somebody texts it; then it texts."""
    numbers = official.client.incoming_phone_numbers
    bought = await official(
        numbers, "create", phone_number="+12025550188", sms_url="https://x.example/in", friendly_name="Shop"
    )
    assert (bought.phone_number, bought.friendly_name, bought.sms_url, bought.sms_method) == (
        "+12025550188",
        "Shop",
        "https://x.example/in",
        "POST",
    )
    assert bought.capabilities == {"fax": False, "mms": True, "sms": True, "voice": True}
    assert await official.refused(numbers, "create", phone_number="+12025550188") == (400, 21422)
    changed = await official(
        numbers(bought.sid),
        "update",
        sms_url="",
        sms_fallback_url="https://x.example/else",
        sms_fallback_method="GET",
        sms_application_sid="AP" + "1" * 32,
        status_callback="https://x.example/status",
        voice_caller_id_lookup=True,
    )
    assert (changed.sms_url, changed.sms_fallback_url, changed.sms_fallback_method, changed.friendly_name) == (
        None,
        "https://x.example/else",
        "GET",
        "Shop",
    )
    owned = official.emulator.account.number("+12025550188")
    assert owned is not None
    assert (owned.status_callback, owned.voice_caller_id_lookup) == ("https://x.example/status", True)
    assert (await official.send(from_=bought.phone_number)).from_ == bought.phone_number
    assert await official(numbers(bought.sid), "delete") is True
    assert await official.refused(numbers(bought.sid), "fetch") == (404, 20404)
    form = {"to": ANN, "from_": bought.phone_number, "body": "x"}
    assert await official.refused(official.client.messages, "create", **form) == (400, 21606)


async def test_numbers_are_listed_page_by_page(official: Official) -> None:
    """All, or those of a part, a name or an origin; deleting what is listed loses no place. Short codes are elsewhere."""
    numbers, owned = official.client.incoming_phone_numbers, official.emulator.numbers
    listed = await official(numbers, "list", page_size=1)
    assert [number.phone_number for number in listed] == [number.number for number in owned[3::-1]]
    for filters, found in (
        ({"phone_number": "+1415*550142"}, [owned[1].number]),
        ({"phone_number": "0144"}, [owned[3].number]),
        ({"phone_number": "*0144"}, [owned[3].number]),
        ({"phone_number": "(.*)"}, []),
        ({"friendly_name": owned[0].number}, [owned[0].number]),
        ({"origin": "hosted"}, []),
        ({"beta": True}, []),
        ({"beta": False, "origin": "twilio", "friendly_name": owned[0].number}, [owned[0].number]),
    ):
        assert [number.phone_number for number in await official(numbers, "list", **filters)] == found
    first = await official(numbers, "page", page_size=2)
    for number in list(first):
        await official(number, "delete")
    second = await official(first, "next_page")
    assert [number.phone_number for number in second] == [owned[1].number, owned[0].number]
    assert await official.refused(numbers(owned[4].sid), "fetch") == (404, 20404)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({}, 21421),
        ({"phone_number": "5558675310"}, 21421),
        ({"phone_number": "+1202"}, 21421),
        ({"phone_number": "+15017122661"}, 21422),
        ({"area_code": "12"}, 21451),
        ({"phone_number": "+12025550188", "sms_url": "here"}, 20001),
        ({"phone_number": "+12025550188", "sms_application_sid": "SM1"}, 20001),
        ({"phone_number": "+12025550188", "emergency_status": "Perhaps"}, 20001),
        ({"phone_number": "+12025550188", "friendly_name": "x" * 65}, 20001),
    ],
)
async def test_not_every_number_can_be_bought(official: Official, wanted: dict[str, str], code: int) -> None:
    """400, and nothing is owned more."""
    before = official.emulator.numbers
    assert await official.refused(official.client.incoming_phone_numbers, "create", **wanted) == (400, code)
    assert official.emulator.numbers == before


async def test_any_number_of_an_area_can_be_bought(official: Official) -> None:
    """Each time another one; magic numbers are numbers like others for real credentials."""
    numbers = official.client.incoming_phone_numbers
    bought = [(await official(numbers, "create", area_code="202")).phone_number for _ in range(2)]
    assert len(set(bought)) == 2
    assert all(number.startswith("+1202555") for number in bought)
    assert (await official(numbers, "create", phone_number="+15005550001")).phone_number == "+15005550001"
    assert (await official.send(from_="+15005550001", to="+15005550002")).status == "queued"


async def test_a_number_is_handed_over_within_the_family(official: Official) -> None:
    """Out of the pool that it was in; not to strangers."""
    state, sid = official.emulator._state, official.emulator.numbers[0].sid
    child, stranger = state.add_account("Branch", parent=official.emulator.account), state.add_account("Rival")
    service = await official.service(0)
    numbers = official.client.incoming_phone_numbers
    assert await official.refused(numbers(sid), "update", account_sid=stranger.sid) == (400, 20001)
    moved = await official(numbers(sid), "update", account_sid=child.sid, sms_url="https://x.example")
    assert (moved.account_sid, moved.sms_url) == (child.sid, "https://x.example")
    assert list(child.numbers) == [sid]
    assert await official(service.phone_numbers, "list") == []
    back = await official(
        official.client.api.v2010.accounts(child.sid).incoming_phone_numbers(sid),
        "update",
        account_sid=official.emulator.account_sid,
    )
    assert back.account_sid == official.emulator.account_sid
    assert sid in official.emulator.account.numbers


VALID = "+15005550006"


@pytest.fixture
def pretending(official: Official) -> Official:
    """The client with test credentials."""
    account = official.emulator.account
    official.client.auth = (account.test_sid, account.test_token)
    official.client.username = official.client.account_sid = account.test_sid
    return official


def unchanged(emulator: Emulator) -> bool:
    """Whether nothing but what every emulator begins with is there."""
    fresh = Emulator()
    return emulator.messages == [] and emulator.numbers == fresh.numbers and emulator.account.media == {}


async def test_test_credentials_make_what_is_not_real(pretending: Official) -> None:
    """A message, a call and a number, as they would be answered; nothing is kept."""
    client, account = pretending.client, pretending.emulator.account
    message = await pretending(
        client.messages, "create", to=ANN, from_=VALID, body="Hello", media_url=["https://x.example/a.png"]
    )
    assert (message.account_sid, message.status, message.from_, message.num_media) == (account.test_sid, "queued", VALID, "1")
    call = await pretending(client.calls, "create", to=ANN, from_=VALID, url="https://x.example")
    assert (call.account_sid, call.status, call.to, call.direction) == (account.test_sid, "queued", ANN, "outbound-api")
    assert call.sid.startswith("CA")
    numbers = client.incoming_phone_numbers
    assert (await pretending(numbers, "create", phone_number=VALID)).phone_number == VALID
    assert (await pretending(numbers, "create", area_code="500")).phone_number.startswith("+1500")
    assert (
        await pretending(numbers, "create", phone_number=VALID, sms_url="https://x.example")
    ).account_sid == account.test_sid
    assert unchanged(pretending.emulator)


@pytest.mark.parametrize(
    ("form", "refusal"),
    [
        ({"from_": "+15005550001"}, (400, 21212)),
        ({"from_": "+15005550007"}, (400, 21606)),
        ({"from_": "+15005550008"}, (429, 21611)),
        ({"from_": "+15017122661"}, (400, 21606)),
        ({"from_": "Acme"}, (400, 21606)),
        ({"from_": "70707"}, (400, 21606)),
        ({"from_": "+1"}, (400, 21212)),
        ({"to": "+15005550001"}, (400, 21211)),
        ({"to": "+15005550002"}, (400, 21612)),
        ({"to": "+15005550003"}, (400, 21408)),
        ({"to": "+15005550004"}, (400, 21610)),
        ({"to": "+15005550009"}, (400, 21614)),
        ({"to": "+15005550001", "from_": "+15005550001"}, (400, 21211)),
        ({"to": "+15005550004", "from_": "+15005550008"}, (400, 21610)),
        ({"to": VALID}, (400, 21266)),
        ({"to": "whatsapp:+15558675310"}, (400, 21910)),
        ({"to": "70707"}, (400, 21265)),
        ({"body": ""}, (400, 21602)),
        ({"body": "x" * 1601}, (400, 21617)),
        ({"messaging_service_sid": "MG" + "0" * 32}, (400, 21701)),
    ],
)
async def test_magic_messages_are_refused(pretending: Official, form: dict[str, str], refusal: tuple[int, int]) -> None:
    """Each number for its own reason, behind what is wrong with any message."""
    asked = {"to": ANN, "from_": VALID, "body": "Hello", **form}
    assert await pretending.refused(pretending.client.messages, "create", **asked) == refusal
    assert unchanged(pretending.emulator)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"from_": "+15005550001"}, 21212),
        ({"from_": "+15017122661"}, 21210),
        ({"to": "+15005550001"}, 21217),
        ({"to": "+15005550002"}, 21214),
        ({"to": "+15005550003"}, 21215),
        ({"to": "+15005550004"}, 21216),
        ({"to": "junk!"}, 21217),
        ({"to": ""}, 21201),
        ({"from_": ""}, 21213),
        ({"url": ""}, 21205),
    ],
)
async def test_magic_calls_are_refused(pretending: Official, form: dict[str, str], code: int) -> None:
    """Each number for its own reason."""
    asked = {"to": ANN, "from_": VALID, "url": "https://x.example", **form}
    assert await pretending.refused(pretending.client.calls, "create", **asked) == (400, code)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"phone_number": "+15005550000"}, 21422),
        ({"phone_number": "+15005550001"}, 21421),
        ({"area_code": "533"}, 21452),
        ({"phone_number": "junk"}, 21421),
        ({"area_code": "1"}, 21451),
    ],
)
async def test_magic_numbers_cannot_be_bought(pretending: Official, form: dict[str, str], code: int) -> None:
    """Each for its own reason."""
    assert await pretending.refused(pretending.client.incoming_phone_numbers, "create", **form) == (400, code)


async def test_test_credentials_see_nothing(pretending: Official) -> None:
    """403 (20008), whatever they ask for."""
    client = pretending.client
    assert await pretending.refused(client.messages(NOWHERE), "fetch") == (403, 20008)
    assert await pretending.refused(client.messages(NOWHERE), "delete") == (403, 20008)
    assert await pretending.refused(client.messaging.v1.services, "create", friendly_name="Shop") == (403, 20008)
    assert await pretending.refused(client.api.v2010.accounts, "create") == (403, 20008)
    assert await pretending.not_listed(client.incoming_phone_numbers) == 403


async def test_a_hint_reaches_the_official_client() -> None:
    """A strict emulator says in the details what may be wrong."""
    with Emulator(strict=True) as emulator:
        http = Judged()
        client = client_of(emulator, http)
        with pytest.raises(TwilioRestException) as caught:
            await anyio.to_thread.run_sync(client.messages("PN" + "0" * 32).fetch)
        assert "is the sid of a phone number; that of a message is SM or MM" in caught.value.details["hint"]
        await http.close()


async def test_an_error_may_have_the_newer_form() -> None:
    """The official client has an exception of its own for that of RFC 9457."""
    with Emulator(switches=Switches(problem_type="application/problem+json")) as emulator:
        http = TwilioHttpClient()
        client = client_of(emulator, http)
        with pytest.raises(TwilioServiceException) as caught:
            await anyio.to_thread.run_sync(client.messages(NOWHERE).fetch)
        assert (caught.value.status, caught.value.code) == (404, 20404)
        http.session.close()
