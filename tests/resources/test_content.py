"""Content templates over a real socket: written, read back whole, looked for, approved, and sent."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from tests.emulator.domain.test_contents import GOOD
from twilio_async import (
    Action,
    AmbiguousOutcome,
    AsyncSession,
    Buttons,
    ContentTypes,
    InvalidArgument,
    InvalidRequest,
    NotFound,
    Template,
    TimedOut,
    TwilioCard,
    TwilioMedia,
    TwilioText,
    WhatsappAuthentication,
)
from twilio_async._operation import Options
from twilio_async.emulator import Emulator
from twilio_async.emulator.domain.contents import TYPES
from twilio_async.resources.content import Content

UNKNOWN = "HX" + "0" * 32
HELLO = ContentTypes(text=TwilioText(body="Hello {{1}}"))
MADE = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
SENT_AS: dict[str, tuple[Any, list[str]]] = {
    "sort_by_date": ("asc", ["asc"]),
    "sort_by_content_name": ("desc", ["desc"]),
    "date_created_after": (MADE, ["2026-01-02T03:04:05Z"]),
    "date_created_before": (MADE, ["2026-01-02T03:04:05Z"]),
    "content_name": ("gree", ["gree"]),
    "content": ("hello", ["hello"]),
    "language": (["en", "de"], ["en", "de"]),
    "content_type": ("twilio/text", ["twilio/text"]),
    "channel_eligibility": (["whatsapp:approved", "whatsapp:pending"], ["whatsapp:approved", "whatsapp:pending"]),
}
"""A value for each thing that templates are looked for by, and what stands in the query for it."""
WIRE_NAMES = {parameter.name: parameter.wire_name for parameter in Content.operations["search"].parameters}


async def names(listed: Any) -> list[str]:
    """The names of what is listed, in order."""
    return [template.friendly_name async for template in listed]


async def test_a_template_is_made_of_structs(twilio: AsyncSession, emulator: Emulator) -> None:
    """What is not said is not sent; what comes back is what was given."""
    types = ContentTypes(
        text=TwilioText(body="Hello {{1}}"),
        quick_reply=Buttons(body="Hello {{1}}!", actions=(Action(title="Hi", id="hi"),)),
        whatsapp_authentication=WhatsappAuthentication(actions=(Action(type="COPY_CODE", copy_code_text="Copy"),)),
    )
    template = await twilio.content.create(friendly_name="greeting", language="en", types=types, variables={"1": "you"})
    assert emulator.requests[-1].json == {
        "friendly_name": "greeting",
        "language": "en",
        "types": {
            "twilio/text": {"body": "Hello {{1}}"},
            "twilio/quick-reply": {"body": "Hello {{1}}!", "actions": [{"title": "Hi", "id": "hi"}]},
            "whatsapp/authentication": {"actions": [{"type": "COPY_CODE", "copy_code_text": "Copy"}]},
        },
        "variables": {"1": "you"},
    }
    assert (template.types, template.variables, template.language) == (types, {"1": "you"}, "en")
    assert template.date_created is not None
    assert template.date_created.utcoffset() == dt.timedelta(0)
    assert template.links is not None
    assert template.links["approval_fetch"] == f"{template.url}/ApprovalRequests"
    assert await twilio.content.fetch(template.sid) == template
    assert template in await twilio.content.list().to_list()


@pytest.mark.parametrize("name", TYPES)
async def test_each_type_is_read_as_it_was_written(name: str, twilio: AsyncSession) -> None:
    """A mapping is sent as it is, by Twilio's names; read, it has a type of its own, and nothing of it is lost."""
    template = await twilio.content.create(language="en", types={name: GOOD[name]})
    assert msgspec.json.decode(msgspec.json.encode(template.types)) == {name: GOOD[name]}


async def test_null_is_nothing(twilio: AsyncSession, emulator: Emulator) -> None:
    """Twilio says so of what others left out of a template."""
    sid = emulator.add_content({"twilio/card": {"title": "Card", "body": None, "media": None, "actions": None}}).sid
    assert (await twilio.content.fetch(sid)).types == ContentTypes(card=TwilioCard(title="Card"))


def test_every_type_of_content_has_a_field() -> None:
    """And none more than Twilio has."""
    assert {field.encode_name for field in msgspec.structs.fields(ContentTypes)} == set(TYPES)


async def test_what_this_version_does_not_know_is_sent(emulator: Emulator) -> None:
    """A mapping may hold more than a Struct has fields for; so may extra. Twilio's documents of today know neither."""
    types = {"twilio/text": {"body": "Hello", "tone": "kind"}}
    async with AsyncSession.from_env(emulator.env) as twilio:
        await twilio.content.create(language="en", types=types, extra={"NewThing": {"a": [1]}})
    assert emulator.requests[-1].json == {"language": "en", "types": types, "NewThing": {"a": [1]}}


@pytest.mark.parametrize(
    ("arguments", "argument", "reason"),
    [
        ({"types": {"twilio/text": {}}}, "types", "missing required field `body`"),
        ({"types": {"twilio/media": {"media": "https://x.example"}}}, "types", "array"),
        ({"types": "Hello"}, "types", "object"),
        ({"types": {}, "variables": {"1": 1}}, "variables", "str"),
        ({"types": {}, "language": None}, "language", "str"),
    ],
)
async def test_what_cannot_be_sent_is_named(
    arguments: dict[str, Any], argument: str, reason: str, twilio: AsyncSession, emulator: Emulator
) -> None:
    """It fails before anything goes out."""
    with pytest.raises(InvalidArgument, match=reason) as caught:
        await twilio.content.create(**{"language": "en", **arguments})
    assert (caught.value.argument, caught.value.operation) == (argument, "content.create")
    assert emulator.requests == []


async def test_a_create_is_not_made_again(twilio: AsyncSession, emulator: Emulator) -> None:
    """A repeat would make a second template."""
    emulator.faults.add("POST /Content", kind="accept_then_drop", times=1)
    with pytest.raises(AmbiguousOutcome) as caught:
        await twilio.content.create(language="en", types=HELLO)
    assert caught.value.parameters == {"language": "en", "types": {"twilio/text": {"body": "Hello {{1}}"}}}
    assert len(emulator.requests) == 1


async def test_an_update_replaces_what_it_says(twilio: AsyncSession, emulator: Emulator) -> None:
    """By PUT, which is made again when its answer is lost; what it does not name stays."""
    template = await twilio.content.create(friendly_name="greeting", language="en", types=HELLO, variables={"1": "you"})
    emulator.faults.add("PUT /Content", kind="accept_then_drop", times=1)
    card = ContentTypes(card=TwilioCard(title="Hello {{1}}", media=("https://x.example/a.png",)))
    changed = await twilio.content.update(template.sid, types=card, language="de")
    assert (emulator.requests[-1].method, len(emulator.requests)) == ("PUT", 3)
    assert emulator.requests[-1].json == {
        "types": {"twilio/card": {"title": "Hello {{1}}", "media": ["https://x.example/a.png"]}},
        "language": "de",
    }
    assert (changed.types, changed.language) == (card, "de")
    assert (changed.friendly_name, changed.variables) == ("greeting", {"1": "you"})
    named = await twilio.content.update(template.sid, types=HELLO, friendly_name="hello", variables={})
    assert (named.friendly_name, named.variables, named.types) == ("hello", {}, HELLO)


async def test_a_deleted_template_is_gone(twilio: AsyncSession, emulator: Emulator) -> None:
    """A lost answer is made up for; nothing can be sent by it, and the next time there is nothing to delete."""
    template = await twilio.content.create(language="en", types=HELLO)
    emulator.faults.add("DELETE /Content", kind="accept_then_500", times=1)
    await twilio.content.delete(template.sid)
    with pytest.raises(InvalidRequest) as caught:
        await twilio.messages.create(to="+15558675310", from_=emulator.number, content_sid=template.sid)
    assert caught.value.code == 21655
    with pytest.raises(NotFound):
        await twilio.content.delete(template.sid)


async def test_what_does_not_exist_is_not_found(twilio: AsyncSession) -> None:
    """Reading, changing and asking say so in the same way."""
    calls = (
        twilio.content.fetch(UNKNOWN),
        twilio.content.update(UNKNOWN, types=HELLO),
        twilio.content.delete(UNKNOWN),
        twilio.content.fetch_approval(UNKNOWN),
        twilio.content.request_approval(UNKNOWN, name="x", category="UTILITY"),
    )
    for call in calls:
        with pytest.raises(NotFound) as caught:
            await call
        assert (caught.value.status, caught.value.code) == (404, 20404)


async def test_a_template_is_sent(twilio: AsyncSession, emulator: Emulator) -> None:
    """With its variables, and with a file as MMS."""
    types = ContentTypes(media=TwilioMedia(body="{{1}}, here is {{2}}.", media=("https://x.example/{{2}}.png",)))
    template = await twilio.content.create(language="en", types=types, variables={"1": "Friend", "2": "a cat"})
    message = await twilio.messages.create(
        to="+15558675310", from_=emulator.number, content_sid=template.sid, content_variables={"2": "dog"}
    )
    assert (message.body, message.num_media) == ("Friend, here is dog.", 1)
    assert [item.url for item in emulator.media(message.sid)] == ["https://x.example/dog.png"]


async def test_whatsapp_approves(twilio: AsyncSession, emulator: Emulator) -> None:
    """First the template waits, then it is approved; a lost answer is not asked for again."""
    template = await twilio.content.create(language="en", types=HELLO)
    assert (await twilio.content.fetch_approval(template.sid)).whatsapp is not None
    asked = await twilio.content.request_approval(template.sid, name="greeting", category="MARKETING", send_ttl_seconds=600)
    assert emulator.requests[-1].json == {"name": "greeting", "category": "MARKETING", "send_ttl_seconds": 600}
    assert (asked.status, asked.name, asked.category, asked.content_type) == (
        "received",
        "greeting",
        "MARKETING",
        "twilio/text",
    )
    assert (asked.send_ttl_seconds, asked.allow_category_change) == (600, True)
    approval = await twilio.content.wait_for_approval(template.sid)
    assert (approval.status, approval.type, approval.rejection_reason) == ("approved", "whatsapp", "")
    with pytest.raises(InvalidRequest) as caught:
        await twilio.content.request_approval(template.sid, name="greeting", category="MARKETING")
    assert caught.value.code == 92009


async def test_a_request_for_approval_is_not_repeated(twilio: AsyncSession, emulator: Emulator) -> None:
    """The repeat would be refused."""
    emulator.faults.add("POST /ApprovalRequests", kind="accept_then_drop", times=1)
    with pytest.raises(AmbiguousOutcome):
        await twilio.content.request_approval(emulator.content_sid, name="greeting", category="UTILITY")
    assert len(emulator.requests) == 1


async def test_one_can_wait_for_any_decision() -> None:
    """A refusal is one; what was never asked for is never decided."""
    async with Emulator(lifecycle="manual") as emulator, AsyncSession.from_env(emulator.env) as twilio:
        sid = emulator.content_sid
        with pytest.raises(TimedOut, match="unsubmitted"):
            await twilio.content.wait_for_approval(sid, timeout=0.01, interval=0.02)
        await twilio.content.request_approval(sid, name="greeting", category="UTILITY")
        with pytest.raises(TimedOut, match="pending"):
            await twilio.content.wait_for_approval(sid, timeout=0.01, interval=0.02)
        emulator.reject(sid, "INVALID_FORMAT")
        refused = await twilio.content.wait_for_approval(sid)
        assert (refused.status, refused.rejection_reason) == ("rejected", "INVALID_FORMAT")


# --- looking for templates -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", ["search", "search_with_approvals"])
def test_the_table_names_every_filter(operation: str) -> None:
    """None goes without a try on the wire."""
    assert SENT_AS.keys() == Content.operations[operation].arguments - Options.__annotations__.keys()


@pytest.mark.parametrize("operation", ["search", "search_with_approvals"])
async def test_every_filter_goes_out(operation: str, twilio: AsyncSession, emulator: Emulator) -> None:
    """Under Twilio's name, a list of values as that name several times."""
    search = getattr(twilio.content, operation)
    await search(**{name: value for name, (value, _) in SENT_AS.items()}, page_size=7)
    sent = {WIRE_NAMES[name]: values for name, (_, values) in SENT_AS.items()}
    assert emulator.requests[-1].parameters == {**sent, "PageSize": ["7"]}
    assert emulator.requests[-1].path == ("/v2/Content" if operation == "search" else "/v2/ContentAndApprovals")


TEXT, CARD, FILE = (
    {"twilio/text": {"body": "Fire in {{1}}"}},
    {"twilio/card": {"title": "Rechnung", "subtitle": "Nr. 7"}},
    {"twilio/text": {"body": "Code"}, "twilio/media": {"media": []}},
)


@pytest.fixture
async def library(emulator: Emulator) -> Emulator:
    """An emulator with templates made in 2024 (greeting), 2025 (alarm, Bill) and 2026 (code), and changed later."""
    rows = (
        ("alarm", "en", TEXT, 2025, 2030, "approved"),
        ("Bill", "de", CARD, 2025, 2028, "rejected"),
        ("code", "en", FILE, 2026, 2029, "paused"),
    )
    contents = [
        {
            "friendly_name": name,
            "language": language,
            "types": types,
            "date_created": f"{made}-06-01T00:00:00Z",
            "date_updated": f"{changed}-06-01T00:00:00Z",
            "approval": {"name": f"wa_{name.lower()}", "status": status},
        }
        for name, language, types, made, changed, status in rows
    ]
    emulator.seed({"contents": contents})
    return emulator


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["code", "Bill", "alarm", "greeting"]),
        ({"content_name": "^a"}, ["alarm"]),
        ({"content_name": "WA_(b|c)"}, ["code", "Bill"]),
        ({"content": "fire"}, ["alarm"]),
        ({"content": "nr. 7"}, ["Bill"]),
        ({"content": "greet"}, ["greeting"]),
        ({"language": "de"}, ["Bill"]),
        ({"language": ["de", "fr"]}, ["Bill"]),
        ({"content_type": ["twilio/media", "twilio/card"]}, ["code", "Bill"]),
        ({"channel_eligibility": "whatsapp:unsubmitted"}, ["greeting"]),
        ({"channel_eligibility": ["whatsapp:approved", "whatsapp:paused"]}, ["code", "alarm"]),
        ({"channel_eligibility": "rcs:approved"}, []),
        ({"date_created_after": dt.datetime(2025, 6, 1, tzinfo=dt.UTC)}, ["code", "Bill", "alarm"]),
        ({"date_created_before": dt.datetime(2025, 6, 1, tzinfo=dt.UTC)}, ["Bill", "alarm", "greeting"]),
        ({"language": "en", "content_type": "twilio/text", "content_name": "a"}, ["code", "alarm"]),
        ({"sort_by_date": "asc"}, ["greeting", "Bill", "code", "alarm"]),
        ({"sort_by_date": "desc"}, ["alarm", "code", "Bill", "greeting"]),
        ({"sort_by_content_name": "asc"}, ["Bill", "alarm", "code", "greeting"]),
        ({"sort_by_content_name": "desc", "language": "en"}, ["greeting", "code", "alarm"]),
    ],
)
async def test_what_is_looked_for_is_found(
    wanted: dict[str, Any], found: list[str], library: Emulator, twilio: AsyncSession
) -> None:
    """In either list, on one page or on several."""
    assert await names(twilio.content.search(**wanted)) == found
    assert await names(twilio.content.search(**wanted, page_size=1)) == found
    assert await names(twilio.content.search_with_approvals(**wanted, page_size=2)) == found


async def test_templates_have_their_approvals_beside_them(library: Emulator, twilio: AsyncSession) -> None:
    """Whoever asks for the approvals of all need not ask for each."""
    listed = await twilio.content.list_with_approvals().to_list()
    assert [template.approval_requests and template.approval_requests.status for template in listed] == [
        "paused",
        "rejected",
        "approved",
        "unsubmitted",
    ]
    assert [template async for template in twilio.content.search_with_approvals()] == listed
    assert all(isinstance(template, Template) for template in listed)


async def test_nothing_was_made_before_there_were_templates(twilio: AsyncSession) -> None:
    """The emulator has none of WhatsApp's own."""
    assert await twilio.content.list_legacy().to_list() == []


@pytest.mark.parametrize(
    "wanted",
    [{"content": "("}, {"content_name": "[[a]"}, {"sort_by_date": "up"}, {"extra": {"DateCreatedAfter": "soon"}}],
)
async def test_what_cannot_be_looked_for(wanted: dict[str, Any], twilio: AsyncSession) -> None:
    """Is refused in Twilio's words."""
    with pytest.raises(InvalidRequest) as caught:
        await twilio.content.search(**wanted)
    assert caught.value.code == 20001
