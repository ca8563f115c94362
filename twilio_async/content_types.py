"""What a content template can say: a Struct for each of Twilio's types, to send and to read.

See https://www.twilio.com/docs/content/content-types-overview.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

ActionType: TypeAlias = (
    Literal["URL", "PHONE_NUMBER", "QUICK_REPLY", "COPY_CODE", "VOICE_CALL", "VOICE_CALL_REQUEST", "REQUEST_CONTACT_INFO"] | str
)


class Action(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A button. Which of its fields are wanted depends on its type."""

    type: ActionType | None = None
    title: str | None = None
    id: str | None = None
    url: str | None = None
    phone: str | None = None
    code: str | None = None
    webview_size: Literal["TALL", "FULL", "HALF", "NONE"] | str | None = None
    copy_code_text: str | None = None


class TwilioText(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Text, which every channel shows."""

    body: str


class TwilioMedia(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A picture or another file, by its URL; MMS where it is no other channel."""

    media: tuple[str, ...]
    body: str | None = None


class TwilioLocation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A pin on the map."""

    latitude: float
    longitude: float
    label: str | None = None
    id: str | None = None
    address: str | None = None


class ListItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of a list to pick from."""

    id: str
    item: str
    description: str | None = None


class TwilioListPicker(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A list to pick from, which opens behind a button."""

    body: str
    button: str
    items: tuple[ListItem, ...]


class Buttons(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Text with buttons: those of a call to action lead to a site or to a call, those of a quick reply answer."""

    body: str
    actions: tuple[Action, ...]


class TwilioCard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A title or a body, and what belongs to it."""

    title: str | None = None
    subtitle: str | None = None
    body: str | None = None
    media: tuple[str, ...] | None = None
    actions: tuple[Action, ...] | None = None


class CatalogItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A product."""

    id: str | None = None
    section_title: str | None = None
    name: str | None = None
    media_url: str | None = None
    price: float | None = None
    description: str | None = None


class TwilioCatalog(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Products to order."""

    body: str
    title: str | None = None
    subtitle: str | None = None
    id: str | None = None
    items: tuple[CatalogItem, ...] | None = None
    dynamic_items: str | None = None


class CarouselCard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A card of a carousel."""

    body: str
    media: str
    actions: tuple[Action, ...]
    title: str | None = None


class TwilioCarousel(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Cards to leaf through, ten at most."""

    body: str
    cards: tuple[CarouselCard, ...]


class FlowsPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A page of a flow."""

    id: str
    title: str
    layout: tuple[dict[str, Any], ...]
    """Its fields, each with a ``type`` and a ``label``."""
    next_page_id: str | None = None
    subtitle: str | None = None


class TwilioFlows(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Pages to fill in, one after the other."""

    body: str
    button_text: str
    pages: tuple[FlowsPage, ...]
    type: str
    subtitle: str | None = None
    media_url: str | None = None


class TwilioSchedule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"time_slots": "timeSlots"}):
    """Times to choose from."""

    id: str
    title: str
    time_slots: str


class WhatsappCard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A card as WhatsApp has it."""

    body: str
    footer: str | None = None
    media: tuple[str, ...] | None = None
    header_text: str | None = None
    actions: tuple[Action, ...] | None = None


class WhatsappAuthentication(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A code for logging in, in WhatsApp's own words."""

    actions: tuple[Action, ...]
    add_security_recommendation: bool | None = None
    code_expiration_minutes: float | None = None


class WhatsappFlows(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A flow that was made at WhatsApp."""

    body: str
    button_text: str
    flow_id: str
    subtitle: str | None = None
    media_url: str | None = None
    flow_token: str | None = None
    flow_first_page_id: str | None = None
    is_flow_first_page_endpoint: bool | None = None


def _twilios(name: str) -> str:
    """``list_picker`` is ``twilio/list-picker`` to Twilio, ``whatsapp_card`` is ``whatsapp/card``."""
    kind = name.removeprefix("whatsapp_")
    return f"{'twilio' if kind == name else 'whatsapp'}/{kind.replace('_', '-')}"


class ContentTypes(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename=_twilios):
    """What a template says: at least one of these, and each channel shows the richest that it can."""

    text: TwilioText | None = None
    media: TwilioMedia | None = None
    location: TwilioLocation | None = None
    list_picker: TwilioListPicker | None = None
    call_to_action: Buttons | None = None
    quick_reply: Buttons | None = None
    card: TwilioCard | None = None
    catalog: TwilioCatalog | None = None
    carousel: TwilioCarousel | None = None
    flows: TwilioFlows | None = None
    schedule: TwilioSchedule | None = None
    whatsapp_card: WhatsappCard | None = None
    whatsapp_authentication: WhatsappAuthentication | None = None
    whatsapp_flows: WhatsappFlows | None = None
