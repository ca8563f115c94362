"""Content templates: what each channel shows of them, and what WhatsApp says of them."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.emulator.conftest import NOON
from twilio_async.emulator.domain.contents import TYPES, Approval, Content, fault
from twilio_async.emulator.domain.reviews import Verdict

TEXT = {"body": "Text for {{1}}"}
REPLY = {"body": "Reply, {{1}}?", "actions": [{"title": "Yes", "id": "yes"}]}
FILE = {"body": "A file for {{1}}", "media": ["https://x.example/{{2}}.png"]}
PAGES = [{"id": "1", "title": "One", "layout": [{"type": "TEXT"}]}]
GOOD: dict[str, dict[str, Any]] = {
    "twilio/text": TEXT,
    "twilio/media": FILE,
    "twilio/location": {"latitude": 0, "longitude": 104.99, "label": "Shop"},
    "twilio/list-picker": {"body": "Pick", "button": "Open", "items": [{"id": "1", "item": "One"}]},
    "twilio/call-to-action": {"body": "Call", "actions": [{"type": "PHONE_NUMBER", "title": "Call", "phone": "+1"}]},
    "twilio/quick-reply": REPLY,
    "twilio/card": {"title": "Card", "media": ["https://x.example/a.png"]},
    "twilio/catalog": {"body": "Shop"},
    "twilio/carousel": {"body": "Look", "cards": [{"body": "One", "media": "https://x.example/a.png", "actions": []}]},
    "twilio/flows": {"body": "Fill in", "button_text": "Go", "pages": PAGES, "type": "OTHER"},
    "twilio/schedule": {"id": "1", "title": "When?", "timeSlots": "9-12"},
    "whatsapp/card": {"body": "Card", "footer": "Bye"},
    "whatsapp/authentication": {"actions": [{"type": "COPY_CODE", "copy_code_text": "Copy"}]},
    "whatsapp/flows": {"body": "Fill in", "button_text": "Go", "flow_id": "1"},
}
"""Each type of content as it may be."""


def content(**types: dict[str, Any]) -> Content:
    """A template; ``twilio__text`` stands for ``twilio/text``."""
    return Content(
        sid="HX1",
        account_sid="AC1",
        types={name.replace("__", "/").replace("_", "-"): fields for name, fields in types.items()},
        date_created=NOON,
        date_updated=NOON,
    )


def test_what_a_message_fills_in_wins_over_the_template() -> None:
    """A blank that neither fills in stays; blanks may have blanks around their names."""
    template = replace(content(twilio__text={"body": "{{1}} and {{ name }} and {{3}}"}), variables={"1": "one", "name": "two"})
    assert template.rendered({"1": "first", "2": "unused"}, "sms").body == "first and two and {{3}}"


@pytest.mark.parametrize(
    ("channel", "shown"),
    [("sms", "Text for Ann"), ("whatsapp", "Reply, Ann?"), ("rcs", "Reply, Ann?"), ("messenger", "Reply, Ann?")],
)
def test_a_channel_shows_the_richest_that_it_can(channel: str, shown: str) -> None:
    """SMS has no buttons, so it gets the text that the template has for it."""
    template = content(twilio__text=TEXT, twilio__quick_reply=REPLY)
    assert template.rendered({"1": "Ann"}, channel).body == shown
    assert content(twilio__quick_reply=REPLY, twilio__text=TEXT).rendered({"1": "Ann"}, channel).body == shown


def test_what_is_whatsapps_own_is_for_whatsapp() -> None:
    """Elsewhere anything else is better, and it is better than nothing."""
    card = {"body": "WhatsApp's card"}
    template = content(whatsapp__card=card, twilio__catalog={"body": "Catalog"})
    assert template.rendered({}, "whatsapp").body == "WhatsApp's card"
    assert template.rendered({}, "rcs").body == template.rendered({}, "sms").body == "Catalog"
    assert content(whatsapp__card=card).rendered({}, "sms").body == "WhatsApp's card"


def test_media_are_filled_in_too() -> None:
    """SMS shows files, as MMS, rather than the text alone."""
    said = content(twilio__text=TEXT, twilio__media=FILE).rendered({"1": "Ann", "2": "cat"}, "sms")
    assert said == ("A file for Ann", ["https://x.example/cat.png"])
    assert content(twilio__text=TEXT).rendered({}, "sms").media_urls == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("twilio/card", "Card"),
        ("twilio/location", "Shop"),
        ("twilio/schedule", "When?"),
        ("twilio/quick-reply", "Reply, {{1}}?"),
    ],
)
def test_a_type_without_a_body_has_another_text(name: str, text: str) -> None:
    """Its title, or its label."""
    assert content(**{name: GOOD[name]}).rendered({}, "sms").body == text


def test_whatsapp_says_a_code_in_its_own_words() -> None:
    """The template has none."""
    template = content(**{"whatsapp/authentication": GOOD["whatsapp/authentication"]})
    assert template.rendered({"1": "409173"}, "whatsapp").body == "409173 is your verification code."


@pytest.mark.parametrize(
    "types", [{}, {"x": {}}, {"twilio/media": {"body": 1, "media": "https://x.example"}}, {"twilio/media": {"media": [1]}}]
)
def test_what_was_seeded_may_be_anything(types: dict[str, Any]) -> None:
    """What is no text and no URL is not shown."""
    assert content(**types).rendered({}, "sms") == ("", [])


def test_each_type_may_be_as_it_is_documented() -> None:
    """And lacks nothing that it must have; null says nothing, as in Twilio's own client."""
    assert fault({"twilio/card": {**GOOD["twilio/card"], "subtitle": None, "actions": None}, "twilio/text": None}) is None
    assert GOOD.keys() == TYPES.keys()
    for name, fields in GOOD.items():
        assert fault({name: fields}) is None
        for field in TYPES[name]:
            assert fault({name: {**fields, field: None}}) == f"types.{name}.{field}"


@pytest.mark.parametrize(
    ("types", "place"),
    [
        ({}, "types"),
        ({"twilio/text": None}, "types"),
        ({"twilio/smell": {}}, "types.twilio/smell"),
        ({"twilio/text": {"body": ""}}, "types.twilio/text.body"),
        ({"twilio/text": {"body": 1}}, "types.twilio/text.body"),
        ({"twilio/media": {"media": "https://x.example"}}, "types.twilio/media.media"),
        ({"twilio/media": {"media": [1]}}, "types.twilio/media.media"),
        ({"twilio/card": {"title": "x", "actions": "x"}}, "types.twilio/card.actions"),
        ({"twilio/location": {"latitude": "x", "longitude": 0}}, "types.twilio/location.latitude"),
    ],
)
def test_what_is_wrong_is_named(types: dict[str, Any], place: str) -> None:
    """The type, or the field of it."""
    assert fault(types) == place


def test_whatsapp_decides_about_what_it_was_asked() -> None:
    """The approval is for the richest type; the template itself does not change."""
    template = content(twilio__text=TEXT, twilio__quick_reply=REPLY)
    asked = replace(template, approval=template.submitted("greeting", "UTILITY", 60))
    assert asked.pending
    assert asked.approval == Approval(
        name="greeting", category="UTILITY", content_type="twilio/quick-reply", status="pending", send_ttl_seconds=60
    )
    refused = asked.decided(Verdict(approved=False, reason="INVALID_FORMAT"), NOON)
    assert (refused.pending, refused.approval.status, refused.approval.rejection_reason) == (
        False,
        "rejected",
        "INVALID_FORMAT",
    )
    approved = refused.decided(Verdict(approved=True), NOON)
    assert approved == replace(asked, approval=replace(asked.approval, status="approved"))


def test_a_decision_may_come_unasked() -> None:
    """As if somebody had asked in the Console; the name is made of what there is."""
    approval = content(twilio__text=TEXT).decided(Verdict(approved=True), NOON).approval
    assert (approval.name, approval.category, approval.content_type, approval.status) == (
        "hx1",
        "UTILITY",
        "twilio/text",
        "approved",
    )
    named = replace(content(twilio__text=TEXT), friendly_name="greeting")
    assert named.decided(Verdict(approved=True), NOON).approval.name == "greeting"
