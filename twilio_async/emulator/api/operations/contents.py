"""Content templates, and their approval by WhatsApp."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec.structs import asdict, replace

from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.dates import iso8601, window
from twilio_async.emulator.api.operations import settings
from twilio_async.emulator.api.paging import PARAMETERS, page_of
from twilio_async.emulator.api.routing import Routes
from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.collection import Collection
from twilio_async.emulator.domain.contents import Approval, Content, fault

FOLDER = "/v1/Content"
FIELDS = ("friendly_name", "variables", "language", "types")
CATEGORIES = ("UTILITY", "MARKETING", "AUTHENTICATION")
FILTERS = (
    *("SortByDate", "SortByContentName", "DateCreatedAfter", "DateCreatedBefore"),
    *("ContentName", "Content", "Language", "ContentType", "ChannelEligibility"),
)

_NAME = re.compile("[a-z0-9_]+")
"""A template's name at WhatsApp."""

routes: Routes = Routes()


class Changes(Struct, kw_only=True):
    """What a template is to be, or to be from now on; what is not given stays."""

    types: dict[str, dict[str, Any] | None]
    friendly_name: Annotated[str, Meta(max_length=settings.LONGEST_NAME)] | None = None
    variables: dict[str, str] | None = None
    language: Annotated[str, Meta(min_length=1)] | None = None

    def applied(self, content: Content) -> Content:
        """The template with the changes. WhatsApp approved of what it said before, not of this."""
        wrong = fault(self.types)
        if wrong is not None:
            raise errors.INVALID_PARAMETER.error(name=wrong)
        return replace(
            content,
            types={name: fields for name, fields in self.types.items() if fields is not None},
            friendly_name=content.friendly_name if self.friendly_name is None else self.friendly_name,
            variables=content.variables if self.variables is None else self.variables,
            language=self.language or content.language,
            approval=Approval(),
        )


class ApprovalRequest(Struct, kw_only=True):
    """What WhatsApp is asked."""

    name: str
    category: str
    send_ttl_seconds: Annotated[int, Meta(ge=1, lt=2**31)] | None = None


def _content(call: Call, content: Content) -> dict[str, object]:
    url = f"{call.origin}{FOLDER}/{content.sid}"
    return {
        **_common(content),
        "links": {"approval_create": f"{url}/ApprovalRequests/whatsapp", "approval_fetch": f"{url}/ApprovalRequests"},
        "url": url,
    }


def _content_and_approvals(content: Content) -> dict[str, object]:
    return {**_common(content), "approval_requests": asdict(content.approval)}


def _common(content: Content) -> dict[str, object]:
    return {
        "account_sid": content.account_sid,
        "date_created": iso8601(content.date_created),
        "date_updated": iso8601(content.date_updated),
        "friendly_name": content.friendly_name,
        "language": content.language,
        "sid": content.sid,
        "types": content.types,
        "variables": content.variables,
    }


@routes.post("CreateContent", FOLDER, *FIELDS, json=True)
def create_content(call: Call) -> Answer:
    """Make a template."""
    given = call.read(Changes)
    if given.language is None:
        raise errors.MISSING_PARAMETER.error(name="language")
    blank = Content(
        sid=f"HX{call.unique}", account_sid=call.account.sid, types={}, date_created=call.today, date_updated=call.today
    )
    content = given.applied(blank)
    call.state.keep(call.account, content)
    return Answer(201, _content(call, content))


@routes.get("ListContent", FOLDER, *PARAMETERS)
def list_contents(call: Call) -> Answer:
    """All templates, the newest first."""
    return page_of(call, "contents", call.account.shelf(Content), lambda content: _content(call, content))


@routes.get("FetchContent", f"{FOLDER}/{{Sid}}")
def fetch_content(call: Call) -> Answer:
    """One template."""
    return Answer(content=_content(call, call.one(Content)))


@routes.put("UpdateContent", f"{FOLDER}/{{Sid}}", *FIELDS)
def update_content(call: Call) -> Answer:
    """Let a template say something else."""
    content = replace(call.read(Changes).applied(call.one(Content)), date_updated=call.today)
    call.state.change(call.account, content)
    return Answer(content=_content(call, content))


@routes.delete("DeleteContent", f"{FOLDER}/{{Sid}}")
def delete_content(call: Call) -> Answer:
    """Delete a template; nothing can be sent by it any more."""
    call.account.shelf(Content).remove(call.one(Content).sid)
    return Answer(204)


@routes.get("ListContentAndApprovals", "/v1/ContentAndApprovals", *PARAMETERS)
def list_contents_and_approvals(call: Call) -> Answer:
    """All templates with their approvals, the newest first."""
    return page_of(call, "contents", call.account.shelf(Content), _content_and_approvals)


@routes.get("ListLegacyContent", "/v1/LegacyContent", *PARAMETERS)
def list_legacy_contents(call: Call) -> Answer:
    """Templates that WhatsApp had before Twilio had any: none."""
    nothing: Collection[Content] = Collection()
    return page_of(call, "contents", nothing, _common)


@routes.post(
    "CreateApprovalCreate",
    f"{FOLDER}/{{ContentSid}}/ApprovalRequests/whatsapp",
    *("name", "category", "send_ttl_seconds"),
    json=True,
)
def create_approval(call: Call) -> Answer:
    """Ask WhatsApp to approve a template, once; its answer comes later."""
    content, asked = call.one(Content, "ContentSid"), call.read(ApprovalRequest)
    if not _NAME.fullmatch(asked.name):
        raise errors.INVALID_PARAMETER.error(name="name")
    if asked.category not in CATEGORIES:
        raise errors.INVALID_PARAMETER.error(name="category")
    if content.approval.status != "unsubmitted":
        raise errors.ALREADY_SUBMITTED.error()
    approval = content.submitted(asked.name, asked.category, asked.send_ttl_seconds)
    call.state.change(call.account, replace(content, approval=approval))
    return Answer(201, {**asdict(approval), "status": "received"})


@routes.get("FetchApprovalFetch", f"{FOLDER}/{{Sid}}/ApprovalRequests")
def fetch_approval(call: Call) -> Answer:
    """What WhatsApp said, if it was asked."""
    content = call.one(Content)
    return Answer(
        content={
            "account_sid": content.account_sid,
            "sid": content.sid,
            "url": f"{call.origin}{FOLDER}/{content.sid}/ApprovalRequests",
            "whatsapp": {"type": "whatsapp", **asdict(content.approval)},
        }
    )


@routes.get("ListContent", "/v2/Content", *FILTERS, *PARAMETERS)
def search_contents(call: Call) -> Answer:
    """The templates that are looked for."""
    return _found(call, lambda content: _content(call, content))


@routes.get("ListContentAndApprovals", "/v2/ContentAndApprovals", *FILTERS, *PARAMETERS)
def search_contents_and_approvals(call: Call) -> Answer:
    """The templates that are looked for, with their approvals."""
    return _found(call, _content_and_approvals)


def _found(call: Call, render: Callable[[Content], object]) -> Answer:
    keep = _filter(call)
    return page_of(call, "contents", _sorted(call), render, filters=FILTERS, keep=keep)


def _sorted(call: Call) -> Collection[Content]:
    """The templates in the order that is asked for: by name, then by the date of the last change; else the newest first."""
    by_date, by_name = (call.choice(name, {"asc", "desc"}) for name in ("SortByDate", "SortByContentName"))
    shelf = call.account.shelf(Content)
    if by_date is None and by_name is None:
        return shelf
    contents = [*shelf]
    # A list shows the last of a collection first.
    contents.sort(key=lambda content: content.date_updated, reverse=by_date == "asc")
    if by_name is not None:
        contents.sort(key=lambda content: content.friendly_name, reverse=by_name == "asc")
    ordered: Collection[Content] = Collection()
    for content in contents:
        ordered.add(content, call.today)
    return ordered


def _filter(call: Call) -> Callable[[Content], bool]:
    """What is true of the templates that are looked for."""
    since, until = _made(call)
    name, said = _pattern(call, "ContentName"), _pattern(call, "Content")
    languages, types = call.texts("Language"), call.texts("ContentType")
    eligibilities = call.texts("ChannelEligibility")

    def keep(content: Content) -> bool:
        moment = content.date_created.timestamp()
        return (
            (since is None or since <= moment)
            and (until is None or moment <= until)
            and name((content.friendly_name, content.approval.name))
            and said(content.texts())
            and (not languages or content.language in languages)
            and (not types or not content.types.keys().isdisjoint(types))
            and (not eligibilities or f"whatsapp:{content.approval.status}" in eligibilities)
        )

    return keep


def _made(call: Call) -> tuple[int | None, int | None]:
    made = window(None, call.text("DateCreatedBefore"), call.text("DateCreatedAfter"))
    if made is None:
        raise errors.INVALID_PARAMETER.error(name="DateCreatedAfter")
    return made


def _pattern(call: Call, name: str) -> Callable[[Iterable[str]], bool]:
    """Whether the pattern that a parameter gives is in any of some texts; there need be none."""
    text = call.text(name)
    if text is None:
        return lambda _: True
    try:
        pattern = re.compile(text, re.IGNORECASE)
    except (re.error, Warning, OverflowError, RecursionError):
        raise errors.INVALID_PARAMETER.error(name=name) from None
    return lambda texts: any(pattern.search(found) for found in texts)
