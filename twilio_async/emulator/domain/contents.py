"""Content templates: what is said on each channel, with blanks to fill in, and whether WhatsApp lets it be said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, Self, cast

from msgspec import Struct
from msgspec.structs import replace

from twilio_async.emulator.domain.addresses import SMS
from twilio_async.emulator.domain.reviews import Verdict

TYPES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "twilio/text": ("body",),
        "twilio/media": ("media",),
        "twilio/location": ("latitude", "longitude"),
        "twilio/list-picker": ("body", "button", "items"),
        "twilio/call-to-action": ("body", "actions"),
        "twilio/quick-reply": ("body", "actions"),
        "twilio/card": (),
        "twilio/catalog": ("body",),
        "twilio/carousel": ("body", "cards"),
        "twilio/flows": ("body", "button_text", "pages", "type"),
        "twilio/schedule": ("id", "title"),
        "whatsapp/card": ("body",),
        "whatsapp/authentication": ("actions",),
        "whatsapp/flows": ("body", "button_text", "flow_id"),
    }
)
"""The types of content, and the fields that each one must have."""

_LISTS = frozenset({"media", "items", "actions", "cards", "pages"})
_NUMBERS = frozenset({"latitude", "longitude"})
_TEXTS = ("body", "title", "label")
"""Where the text of a type may be; the first that it has."""
_SEARCHED = ("body", "title", "subtitle")
_LOGIN_CODE = "{{1}} is your verification code."
"""What WhatsApp says in its own words when somebody logs in."""
_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class Approval(Struct, frozen=True, kw_only=True):
    """What WhatsApp was asked about a template, and what it said."""

    name: str = ""
    category: str = ""
    content_type: str = ""
    status: str = "unsubmitted"
    rejection_reason: str = ""
    allow_category_change: bool = True
    send_ttl_seconds: int | None = None


class Rendering(NamedTuple):
    """What a template becomes in a message."""

    body: str
    media_urls: Sequence[str]


class Content(Struct, frozen=True, kw_only=True):
    """A content template. What its types hold is kept as it was given."""

    PREFIX: ClassVar[str] = "HX"

    sid: str
    account_sid: str
    types: dict[str, dict[str, Any]]
    date_created: datetime
    date_updated: datetime
    friendly_name: str = ""
    language: str = "en"
    variables: dict[str, str] = {}
    approval: Approval = Approval()

    @property
    def pending(self) -> bool:
        """Whether WhatsApp thinks about it."""
        return self.approval.status == "pending"

    def decided(self, verdict: Verdict, when: datetime) -> Self:
        """The template once WhatsApp has looked at it; if nobody asked, as if somebody had."""
        del when  # it is the approval that changes, not the template
        asked = self.approval if self.approval.name else self.submitted(self.friendly_name or self.sid.lower(), "UTILITY")
        if verdict.approved:
            return replace(self, approval=replace(asked, status="approved", rejection_reason=""))
        return replace(self, approval=replace(asked, status="rejected", rejection_reason=verdict.reason))

    def submitted(self, name: str, category: str, send_ttl_seconds: int | None = None) -> Approval:
        """The approval that it waits for once WhatsApp is asked."""
        content_type = next(_ranked(self.types, "whatsapp"), "")
        return Approval(
            name=name, category=category, content_type=content_type, status="pending", send_ttl_seconds=send_ttl_seconds
        )

    def rendered(self, values: Mapping[str, str], channel: str) -> Rendering:
        """What a message says that is sent by it; a blank that nobody fills in stays.

        Args:
            values: for the blanks. Default: the template's own variables.
            channel: of the recipient, such as ``sms``.
        """
        filled = {**self.variables, **values}

        def fill(text: str) -> str:
            return _PLACEHOLDER.sub(lambda found: filled.get(found[1], found[0]), text)

        shown = next(_ranked(self.types, channel), "")
        fields = self.types.get(shown, {})
        text = _LOGIN_CODE if shown == "whatsapp/authentication" else next(_strings(fields, _TEXTS), "")
        return Rendering(fill(text), [fill(url) for url in _list(fields.get("media")) if isinstance(url, str)])

    def texts(self) -> Iterator[str]:
        """All that somebody who looks for a template may remember of it: its names, and what it says."""
        yield from (self.friendly_name, self.approval.name)
        for fields in self.types.values():
            yield from _strings(fields, _SEARCHED)


def fault(types: Mapping[str, Mapping[str, Any] | None]) -> str | None:
    """Where something is wrong with what a template is to say; `None` if nothing is.

    Args:
        types: the fields of each type; `None` for a type that it does not have.
    """
    given = {name: fields for name, fields in types.items() if fields is not None}
    for name, fields in given.items():
        if name not in TYPES:
            return f"types.{name}"
        for field in TYPES[name]:
            if fields.get(field) in (None, "", []):
                return f"types.{name}.{field}"
        for field, value in fields.items():
            if value is not None and not _fits(field, value):
                return f"types.{name}.{field}"
    return None if given else "types"


def _fits(field: str, value: object) -> bool:
    if field in _LISTS:
        return isinstance(value, list) and (
            field != "media" or all(isinstance(url, str) for url in _list(cast("object", value)))
        )
    return isinstance(value, (int, float)) if field in _NUMBERS else isinstance(value, str) or field not in _TEXTS


def _ranked(types: Mapping[str, Any], channel: str) -> Iterator[str]:
    """The types of a template, that first which a channel shows.

    It is the richest that it can show. SMS shows files, else text, and of the rest what can be read in it.
    """

    def rank(name: str) -> int:
        owner, _, kind = name.partition("/")
        if owner == "whatsapp" and channel != owner:
            return 3
        if channel == SMS:
            return {"media": 0, "text": 1}.get(kind, 2)
        return 1 if kind == "text" else 0

    return iter(sorted(types, key=rank))


def _strings(fields: Mapping[str, Any], names: Sequence[str]) -> Iterator[str]:
    """Those of the fields that are text, and not empty."""
    return (value for name in names if isinstance(value := fields.get(name), str) and value)


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
