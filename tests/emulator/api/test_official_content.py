"""Content templates and prices with Twilio's own client.

Its asynchronous half calls a form JSON, so what takes JSON is a story of the synchronous half alone; what is read is of both.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from twilio.rest.content.v1.content import ContentList
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

from tests.emulator.api.conftest import ANN, OFFICIAL, Official

pytestmark = OFFICIAL

SYNCHRONOUS = pytest.mark.parametrize("half", ["sync"], indirect=True)
NOWHERE = "HX" + "0" * 32


def wanted(name: str, types: dict[str, Any], **more: Any) -> Any:
    """What the official client makes a template of, or changes it by."""
    return ContentList.ContentCreateRequest(
        {"friendly_name": name, "language": "en", "types": ContentList.Types(types), "variables": {"1": "friend"}, **more}
    )


def approval(name: str, category: str = "UTILITY") -> Any:
    """What the official client asks WhatsApp by."""
    return ApprovalCreateList.ContentApprovalRequest({"name": name, "category": category, "send_ttl_seconds": 600})


@SYNCHRONOUS
@pytest.mark.parametrize("pace", ["manual"])
async def test_a_template_is_made_approved_sent_changed_and_deleted(official: Official) -> None:
    """The whole life of one, as programs live it."""
    contents, emulator = official.client.content.v1.contents, official.emulator
    types = {
        "twilio/text": {"body": "Hello {{1}}, your {{2}} is here."},
        "twilio/quick-reply": {"body": "Hello {{1}}!", "actions": [{"title": "Thanks", "id": "thanks"}]},
    }
    made = await official(contents, "create", wanted("parcel", types))
    assert (made.friendly_name, made.language, made.variables) == ("parcel", "en", {"1": "friend"})
    assert made.types["twilio/text"] == types["twilio/text"]
    assert made.types.keys() == types.keys()  # though the client says null of all the others
    assert made.url == f"{emulator.url}/v1/Content/{made.sid}"
    assert (await official(contents(made.sid), "fetch")).types == made.types
    assert {content.sid for content in await official(contents, "list", page_size=1)} == {made.sid, emulator.content_sid}

    found = await official(official.client.content.v2.contents, "list", content_name="parc", language=["de", "en"])
    assert [content.sid for content in found] == [made.sid]

    sending = {"content_sid": made.sid, "content_variables": json.dumps({"2": "parcel"}), "body": ""}
    assert (await official.send(**sending)).body == "Hello friend, your parcel is here."
    assert (await official.send(**sending, to=f"whatsapp:{ANN}", from_=emulator.whatsapp)).body == "Hello friend!"

    asked = await official(contents(made.sid).approval_create, "create", approval("parcel_is_here"))
    assert (asked.status, asked.name, asked.category, asked.content_type) == (
        "received",
        "parcel_is_here",
        "UTILITY",
        "twilio/quick-reply",
    )
    approvals = contents(made.sid).approval_fetch()
    assert (await official(approvals, "fetch")).whatsapp["status"] == "pending"
    emulator.approve(made.sid)
    decided = await official(approvals, "fetch")
    assert (decided.sid, decided.whatsapp["status"], decided.whatsapp["type"]) == (made.sid, "approved", "whatsapp")
    listed = await official(official.client.content.v2.content_and_approvals, "list", channel_eligibility=["whatsapp:approved"])
    assert [content.approval_requests["name"] for content in listed] == ["parcel_is_here"]

    changed = await official(contents(made.sid), "update", wanted("parcel", {"twilio/text": {"body": "Hi {{1}}!"}}))
    assert changed.types == {"twilio/text": {"body": "Hi {{1}}!"}}
    assert (await official(approvals, "fetch")).whatsapp["status"] == "unsubmitted"
    assert (await official.send(content_sid=made.sid, body="")).body == "Hi friend!"

    assert await official(contents(made.sid), "delete") is True
    assert await official.refused(contents(made.sid), "fetch") == (404, 20404)
    form = {"to": ANN, "from_": emulator.number, "content_sid": made.sid}
    assert await official.refused(official.client.messages, "create", **form) == (400, 21655)


@SYNCHRONOUS
@pytest.mark.parametrize("pace", ["manual"])
async def test_whatsapp_refuses(official: Official) -> None:
    """With a reason; and it is asked once, until the template is another."""
    contents, sid = official.client.content.v1.contents, official.emulator.content_sid
    asking = contents(sid).approval_create
    await official(asking, "create", approval("greeting"))
    assert await official.refused(asking, "create", approval("greeting")) == (400, 92009)
    official.emulator.reject(sid, "INVALID_FORMAT")
    whatsapp = (await official(contents(sid).approval_fetch(), "fetch")).whatsapp
    assert (whatsapp["status"], whatsapp["rejection_reason"]) == ("rejected", "INVALID_FORMAT")
    assert await official.refused(asking, "create", approval("greeting")) == (400, 92009)
    await official(contents(sid), "update", wanted("greeting", {"twilio/text": {"body": "Hello, dear {{1}}"}}))
    assert (await official(asking, "create", approval("greeting_2"))).status == "received"


@SYNCHRONOUS
@pytest.mark.parametrize(
    ("name", "category"), [("Greeting", "UTILITY"), ("", "UTILITY"), ("greeting", "SPAM"), (None, "UTILITY")]
)
async def test_whatsapp_is_not_asked_for_the_impossible(official: Official, name: Any, category: str) -> None:
    """400 (20001)."""
    asking = official.client.content.v1.contents(official.emulator.content_sid).approval_create
    assert await official.refused(asking, "create", approval(name, category)) == (400, 20001)


@SYNCHRONOUS
@pytest.mark.parametrize(
    ("types", "more"),
    [
        ({}, {}),
        ({"twilio/text": {}}, {}),
        ({"twilio/media": {"media": "https://x.example/a.png"}}, {}),
        ({"twilio/text": {"body": "Hello"}}, {"language": None}),
        ({"twilio/text": {"body": "Hello"}}, {"language": ""}),
        ({"twilio/text": {"body": "Hello"}}, {"friendly_name": "x" * 65}),
        ({"twilio/text": {"body": "Hello"}}, {"variables": {"1": 1}}),
    ],
)
async def test_a_template_is_not_impossible(official: Official, types: dict[str, Any], more: dict[str, Any]) -> None:
    """400 (20001), and nothing is made."""
    contents = official.client.content.v1.contents
    assert await official.refused(contents, "create", wanted("x", types, **more)) == (400, 20001)
    assert len(await official(contents, "list")) == 1


@pytest.mark.parametrize("half", ["async"], indirect=True)
async def test_a_form_that_is_called_json_is_none(official: Official) -> None:
    """As the asynchronous half sends it; Twilio refuses it, too."""
    contents = official.client.content.v1.contents
    assert await official.refused(contents, "create", wanted("x", {"twilio/text": {"body": "Hello"}})) == (400, 20001)


async def test_templates_are_looked_for(official: Official) -> None:
    """By either half, through all pages; each has its approval beside it, and none is of the old kind."""
    content, emulator = official.client.content, official.emulator
    for name in ("beta", "alpha", "gamma"):
        sid = emulator.add_content(f"I am {name}", friendly_name=name, language="fr").sid
    emulator.reject(sid, "INVALID_FORMAT")
    found = await official(content.v2.contents, "list", language=["fr", "it"], sort_by_content_name="asc", page_size=1)
    assert [template.friendly_name for template in found] == ["alpha", "beta", "gamma"]
    listed = await official(content.v1.content_and_approvals, "list")
    statuses = {template.friendly_name: template.approval_requests["status"] for template in listed}
    assert statuses == {
        "greeting": "unsubmitted",
        "alpha": "unsubmitted",
        "beta": "unsubmitted",
        "gamma": "rejected",
    }
    assert (await official(content.v1.contents(sid), "fetch")).types == {"twilio/text": {"body": "I am gamma"}}
    assert await official(content.v1.legacy_contents, "list") == []
    assert await official.refused(content.v1.contents(NOWHERE), "fetch") == (404, 20404)
    assert await official.refused(content.v1.contents(NOWHERE).approval_fetch(), "fetch") == (404, 20404)


async def test_prices_are_read(official: Official) -> None:
    """Country by country, to whom and from what kind of number; as text, so that nothing is rounded."""
    countries = official.client.pricing.v1.messaging.countries
    listed = await official(countries, "list", page_size=5)
    assert [country.iso_country for country in listed] == sorted(country.iso_country for country in listed)
    assert {"US", "GB"} <= {country.iso_country for country in listed}
    prices = await official(countries("US"), "fetch")
    assert (prices.country, prices.price_unit) == ("United States", "USD")
    assert prices.url == f"{official.emulator.url}/v1/Messaging/Countries/US"
    assert prices.inbound_sms_prices[0] == {"number_type": "local", "base_price": "0.00750", "current_price": "0.00750"}
    assert {price["carrier"] for price in prices.outbound_sms_prices} == {"AT&T", "T-Mobile", "Verizon"}
    message = await official(official.client.messages((await official.send()).sid), "fetch")
    assert message.price == f"-{prices.outbound_sms_prices[0]['prices'][0]['current_price']}"
    assert await official.refused(countries("XX"), "fetch") == (404, 20404)
