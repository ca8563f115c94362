"""Content templates: what is said on each channel, with blanks to fill in, and whether WhatsApp lets it be said.

See https://www.twilio.com/docs/content.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias, Unpack

import msgspec

from twilio_async._operation import CONTENT, Options, Paging, Resource, delete, get, pages, post, put
from twilio_async._poll import poll
from twilio_async._wire import Timestamp
from twilio_async.pages import Pages

ActionType: TypeAlias = (
    Literal["URL", "PHONE_NUMBER", "QUICK_REPLY", "COPY_CODE", "VOICE_CALL", "VOICE_CALL_REQUEST", "REQUEST_CONTACT_INFO"] | str
)
ApprovalStatus: TypeAlias = Literal["unsubmitted", "received", "pending", "approved", "rejected", "paused", "disabled"] | str
Category: TypeAlias = Literal["UTILITY", "MARKETING", "AUTHENTICATION"] | str
Order: TypeAlias = Literal["asc", "desc"] | str

_DECIDED = ("approved", "rejected", "paused", "disabled")


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


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """Whether WhatsApp lets a template be sent to people who did not write first."""

    status: ApprovalStatus
    name: str | None = None
    category: Category | None = None
    content_type: str | None = None
    rejection_reason: str | None = None
    allow_category_change: bool | None = None
    send_ttl_seconds: int | None = None
    type: str | None = None


class Approvals(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided about a template, by channel."""

    sid: str
    account_sid: str
    whatsapp: Approval | None = None
    url: str | None = None


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A content template. Each ``{{1}}`` in it is filled in by a message's ``content_variables``, else by `variables`."""

    sid: str
    account_sid: str
    friendly_name: str | None = None
    language: str | None = None
    variables: dict[str, str] | None = None
    types: ContentTypes | None = None
    date_created: Timestamp | None = None
    date_updated: Timestamp | None = None
    url: str | None = None
    links: dict[str, str] | None = None


class TemplateApproval(Template, frozen=True, kw_only=True):
    """A template, and whether WhatsApp lets it be sent."""

    approval_requests: Approval | None = None


class LegacyTemplate(Template, frozen=True, kw_only=True):
    """A template that was WhatsApp's own before it was a content template."""

    legacy_template_name: str | None = None
    legacy_body: str | None = None


class Content(Resource, at=CONTENT):
    """The account's content templates (``session.content``); one that it does not have is `NotFound` (20404).

    Args of its operations:
        sid: the template's sid (``HX…``).
        content_name: only those with this pattern in their name.
        content: with this pattern in what they say, or in their name.
        language: in one of these languages.
        content_type: with one of these types, such as ``"twilio/text"``.
        channel_eligibility: with one of these approvals, such as ``"whatsapp:approved"``.
        date_created_after: made then or later.
        date_created_before: made then or earlier.
        sort_by_date: by the date of the last change.
        sort_by_content_name: by name.
    """

    @post("Content", json=True)
    async def create(
        self, *, language: str, types: ContentTypes | Mapping[str, Any], friendly_name: str | None = None,
        variables: Mapping[str, str] | None = None, **options: Unpack[Options],
    ) -> Template:  # fmt: skip
        """Make a template. Not safe to repeat: a repeat makes a second one.

        Args:
            language: such as ``"en"`` or ``"pt_BR"``.
            types: what it says; a mapping is sent as it is, by Twilio's names (``{"twilio/text": {"body": …}}``).
            friendly_name: for yourself, at most 64 characters.
            variables: what stands in a blank that a message does not fill in, and WhatsApp's reviewers see.

        Raises:
            InvalidRequest: a type is unknown, or lacks something (20001).
            AmbiguousOutcome: the answer was lost; it may have been made.
        """
        ...

    @get("Content/{sid}")
    async def fetch(self, sid: str, **options: Unpack[Options]) -> Template:
        """Read one template."""
        ...

    @put("Content/{sid}")
    async def update(
        self, sid: str, *, types: ContentTypes | Mapping[str, Any], friendly_name: str | None = None,
        variables: Mapping[str, str] | None = None, language: str | None = None, **options: Unpack[Options],
    ) -> Template:  # fmt: skip
        """Let a template say something else, all of it; the rest, as for `create`, stays unless it is given. Safe to repeat.

        Raises:
            InvalidRequest: a type is unknown, or lacks something (20001).
        """
        ...

    @delete("Content/{sid}")
    async def delete(self, sid: str, **options: Unpack[Options]) -> None:
        """Delete a template; nothing can be sent by it any more. Safe to repeat."""
        ...

    @post("Content/{content_sid}/ApprovalRequests/whatsapp", json=True)
    async def request_approval(
        self, content_sid: str, *, name: str, category: Category, send_ttl_seconds: int | None = None,
        **options: Unpack[Options],
    ) -> Approval:  # fmt: skip
        """Ask WhatsApp to approve a template; `wait_for_approval` waits for the answer. Not safe to repeat: it is asked once.

        Args:
            content_sid: the template's sid.
            name: its name at WhatsApp: small letters, digits and underscores.
            category: what it is for.
            send_ttl_seconds: how long a message with it may be tried to be delivered.

        Raises:
            InvalidRequest: it was asked for already (92009), or a parameter is wrong (20001).
            AmbiguousOutcome: the answer was lost; it may have been asked for.
        """
        ...

    @get("Content/{sid}/ApprovalRequests")
    async def fetch_approval(self, sid: str, **options: Unpack[Options]) -> Approvals:
        """Read what was decided about one template."""
        ...

    async def wait_for_approval(self, sid: str, *, timeout: float = 600.0, interval: float = 5.0) -> Approval:
        """Read the approval again and again until it is decided, which takes WhatsApp minutes or a day.

        Args:
            timeout: seconds to wait in all. Default 600.
            interval: seconds between the first two reads, growing by half up to 10. Default 5.

        Raises:
            TimedOut: it was not decided in time.
        """

        async def read() -> Approval:
            return (await self.fetch_approval(sid)).whatsapp or Approval(status="unsubmitted")

        return await poll(
            read, lambda approval: approval.status, _DECIDED,
            name=sid, timeout=timeout, interval=interval, operation="content.wait_for_approval",
        )  # fmt: skip

    @pages("/v2/Content", key="contents")
    def search(
        self, *, content_name: str | None = None, content: str | None = None, language: str | Sequence[str] | None = None,
        content_type: str | Sequence[str] | None = None, channel_eligibility: str | Sequence[str] | None = None,
        date_created_after: datetime | None = None, date_created_before: datetime | None = None,
        sort_by_date: Order | None = None, sort_by_content_name: Order | None = None, **paging: Unpack[Paging],
    ) -> Pages[Template]:  # fmt: skip
        """Those of the account's templates that all of this is true of."""
        ...

    @pages("/v2/ContentAndApprovals", key="contents")
    def search_with_approvals(
        self, *, content_name: str | None = None, content: str | None = None, language: str | Sequence[str] | None = None,
        content_type: str | Sequence[str] | None = None, channel_eligibility: str | Sequence[str] | None = None,
        date_created_after: datetime | None = None, date_created_before: datetime | None = None,
        sort_by_date: Order | None = None, sort_by_content_name: Order | None = None, **paging: Unpack[Paging],
    ) -> Pages[TemplateApproval]:  # fmt: skip
        """What `search` finds, with its approvals."""
        ...

    @pages("ContentAndApprovals", key="contents")
    def list_with_approvals(self, **paging: Unpack[Paging]) -> Pages[TemplateApproval]:
        """The account's templates, with their approvals."""
        ...

    @pages("LegacyContent", key="contents")
    def list_legacy(self, **paging: Unpack[Paging]) -> Pages[LegacyTemplate]:
        """Those of the account's templates that were WhatsApp's own before."""
        ...

    @pages("Content", key="contents")
    def list(self, **paging: Unpack[Paging]) -> Pages[Template]:
        """The account's templates."""
        ...
