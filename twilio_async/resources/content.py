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
from twilio_async.content_types import ContentTypes
from twilio_async.pages import Pages

ApprovalStatus: TypeAlias = Literal["unsubmitted", "received", "pending", "approved", "rejected", "paused", "disabled"] | str
Category: TypeAlias = Literal["UTILITY", "MARKETING", "AUTHENTICATION"] | str
Order: TypeAlias = Literal["asc", "desc"] | str


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
            read, lambda approval: approval.status, {"approved", "rejected", "paused", "disabled"},
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
