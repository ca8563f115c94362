"""What a template can say: written by Twilio's names and read back, and nothing of what is left out."""

from __future__ import annotations

import msgspec
import pytest

from twilio_async.content_types import (
    Action,
    Buttons,
    CarouselCard,
    ContentTypes,
    TwilioCarousel,
    TwilioLocation,
    TwilioSchedule,
    TwilioText,
    WhatsappCard,
)

REPLY = Action(type="QUICK_REPLY", title="Yes", id="yes")


@pytest.mark.parametrize(
    ("types", "written"),
    [
        (ContentTypes(text=TwilioText(body="Hi")), {"twilio/text": {"body": "Hi"}}),
        (
            ContentTypes(location=TwilioLocation(latitude=1.5, longitude=-2.0, label="Shop")),
            {"twilio/location": {"latitude": 1.5, "longitude": -2.0, "label": "Shop"}},
        ),
        (
            ContentTypes(quick_reply=Buttons(body="Well?", actions=(REPLY,))),
            {"twilio/quick-reply": {"body": "Well?", "actions": [{"type": "QUICK_REPLY", "title": "Yes", "id": "yes"}]}},
        ),
        (
            ContentTypes(carousel=TwilioCarousel(body="Look", cards=(CarouselCard(body="a", media="b", actions=()),))),
            {"twilio/carousel": {"body": "Look", "cards": [{"body": "a", "media": "b", "actions": []}]}},
        ),
        (
            ContentTypes(schedule=TwilioSchedule(id="1", title="When?", time_slots="{{1}}")),
            {"twilio/schedule": {"id": "1", "title": "When?", "timeSlots": "{{1}}"}},
        ),
        (ContentTypes(whatsapp_card=WhatsappCard(body="Hi")), {"whatsapp/card": {"body": "Hi"}}),
    ],
)
def test_a_type_goes_by_twilios_name(types: ContentTypes, written: object) -> None:
    """What is left out is not written, and what is written is read back as it was."""
    assert msgspec.json.decode(msgspec.json.encode(types)) == written
    assert msgspec.convert(written, ContentTypes) == types


def test_every_part_names_its_channel() -> None:
    """Before a slash, and with dashes."""
    for field in msgspec.structs.fields(ContentTypes):
        assert field.encode_name.partition("/")[0] in {"twilio", "whatsapp"}
        assert "_" not in field.encode_name
