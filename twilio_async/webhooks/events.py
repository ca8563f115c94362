"""What Twilio tells an application, typed: a message came in, or the status of one that went out has changed.

Twilio adds fields without notice, so nothing here refuses one: what has no attribute is in ``extra`` by Twilio's name, and so
is a value that is not of its attribute's type. See https://www.twilio.com/docs/messaging/guides/webhook-request.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

import msgspec

from twilio_async._signature import body_hash
from twilio_async.webhooks.errors import MalformedBody
from twilio_async.webhooks.statuses import FINAL_STATUSES, MessageStatus, rank, supersedes

if TYPE_CHECKING:
    from twilio_async.webhooks._verification import Verified

T = TypeVar("T", bound=msgspec.Struct)


class IncomingMedia(msgspec.Struct, frozen=True):
    """A file that came with a message."""

    url: str
    """Where it is stored; asks for the account's credentials if the account protects its media."""
    content_type: str | None = None

    @property
    def sid(self) -> str | None:
        """The item's sid (``ME…``), by which the session downloads and deletes it; ``None`` if the URL has none."""
        name = self.url.rpartition("/")[2]
        return name if name.startswith("ME") else None

    def __repr__(self) -> str:
        return f"<IncomingMedia {self.content_type}>"


class Location(msgspec.Struct, frozen=True, kw_only=True):
    """A place that a person shared in WhatsApp or RCS."""

    latitude: float
    """Degrees."""
    longitude: float
    """Degrees."""
    address: str | None = None
    label: str | None = None

    def __repr__(self) -> str:
        return "<Location>"


class Referral(msgspec.Struct, frozen=True, kw_only=True):
    """The advertisement or post from which a person began to write in WhatsApp."""

    body: str | None = None
    headline: str | None = None
    source_id: str | None = None
    source_type: str | None = None
    source_url: str | None = None
    media_id: str | None = None
    media_content_type: str | None = None
    media_url: str | None = None
    num_media: int | None = None
    ctwa_clid: str | None = None
    """The click's id at Meta."""


class InboundMessage(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A message came in."""

    message_sid: str
    account_sid: str
    from_: str
    """E.164, a short code, or a channel's address (``whatsapp:+14155552671``)."""
    to: str
    body: str = ""
    """``""`` for media without text."""
    media: tuple[IncomingMedia, ...] = ()
    num_media: int | None = None
    num_segments: int | None = None
    messaging_service_sid: str | None = None
    opt_out_type: str | None = None
    """``STOP``, ``START`` or ``HELP``, where Twilio has answered such a word itself (Advanced Opt-Out)."""
    from_city: str | None = None
    from_state: str | None = None
    from_zip: str | None = None
    from_country: str | None = None
    to_city: str | None = None
    to_state: str | None = None
    to_zip: str | None = None
    to_country: str | None = None
    button_text: str | None = None
    button_payload: str | None = None
    """What was given to the button when it was sent."""
    button_type: str | None = None
    list_id: str | None = None
    list_title: str | None = None
    interactive_data: str | None = None
    """JSON of what was chosen in a list, a carousel or a form."""
    flow_data: str | None = None
    """JSON of what was filled into a WhatsApp Flow."""
    location: Location | None = None
    referral: Referral | None = None
    profile_name: str | None = None
    """What the person is called in WhatsApp."""
    wa_id: str | None = None
    external_user_id: str | None = None
    message_type: str | None = None
    forwarded: bool | None = None
    frequently_forwarded: bool | None = None
    original_replied_message_sid: str | None = None
    original_replied_message_sender: str | None = None
    channel_metadata: str | None = None
    """JSON of what the channel tells."""
    add_ons: str | None = None
    """JSON of the answers of add-ons that the account has installed."""
    error_code: int | None = None
    """Why the fallback URL is asked; ``None`` at the first URL."""
    error_url: str | None = None
    """The URL that failed, for which the fallback URL is asked."""
    api_version: str | None = None
    idempotency_token: str | None = None
    """The same for each repetition of this event. A header, which is not signed."""
    query: dict[str, str] = {}
    """The parameters of the URL, such as your own ``?ref=42``; with a GET, all that Twilio tells, too."""
    extra: dict[str, str] = {}
    """What has no attribute, or is not of its type, by Twilio's names."""

    @property
    def key(self) -> str:
        """What tells this event from all others, as `Seen` knows it."""
        return self.idempotency_token or f"inbound {self.message_sid}"

    def __repr__(self) -> str:
        """Without the body, and without numbers: it ends in logs."""
        return f"<InboundMessage {self.message_sid} media={len(self.media)}>"


class StatusCallback(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """The status of a message has changed. Callbacks come in any order, and more than once."""

    message_sid: str
    account_sid: str
    status: MessageStatus
    to: str | None = None
    from_: str | None = None
    messaging_service_sid: str | None = None
    error_code: int | None = None
    """Why it failed or was not delivered; see https://www.twilio.com/docs/api/errors."""
    error_message: str | None = None
    raw_dlr_done_date: str | None = None
    """The carrier's time of delivery, ``YYMMDDhhmm``, in a zone that it does not tell."""
    event_type: str | None = None
    """What has happened in the channel (``DELIVERED``, ``READ``)."""
    channel_prefix: str | None = None
    channel_install_sid: str | None = None
    channel_to_address: str | None = None
    channel_status_code: str | None = None
    channel_status_message: str | None = None
    """What the channel says of a failure."""
    api_version: str | None = None
    idempotency_token: str | None = None
    """The same for each repetition of this event. A header, which is not signed."""
    query: dict[str, str] = {}
    """The parameters of the URL, such as your own ``?ref=42``; with a GET, all that Twilio tells, too."""
    extra: dict[str, str] = {}
    """What has no attribute, or is not of its type, by Twilio's names."""

    @property
    def is_final(self) -> bool:
        """Whether no other status follows, but for ``read`` after ``delivered``."""
        return self.status in FINAL_STATUSES

    @property
    def rank(self) -> int:
        """How far on its way the message is; more is further. The same rank is no news."""
        return rank(self.status)

    def supersedes(self, other: StatusCallback | str | None) -> bool:
        """Whether this is news: store it only then, because callbacks come in any order.

        Args:
            other: what is known so far: a callback of the same message, a status, or ``None`` if nothing is.

        Raises:
            ValueError: *other* is of another message.
        """
        if other is None:
            return True
        if isinstance(other, StatusCallback):
            if other.message_sid != self.message_sid:
                raise ValueError(f"{other.message_sid} is another message than {self.message_sid}")
            other = other.status
        return supersedes(self.status, other)

    @property
    def key(self) -> str:
        """What tells this event from all others, as `Seen` knows it."""
        return self.idempotency_token or f"status {self.message_sid} {self.status} {self.event_type}"

    def __repr__(self) -> str:
        """Without numbers: it ends in logs."""
        return f"<StatusCallback {self.message_sid} {self.status}{f' {self.error_code}' if self.error_code else ''}>"


class UnknownEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something else of Twilio's: a call, a conversation, a JSON event, or what it will tell in times to come."""

    content_type: str
    """Without parameters, in lower case; empty if the request named none."""
    body: bytes
    """As it came."""
    idempotency_token: str | None = None
    """The same for each repetition of this event. A header, which is not signed."""
    query: dict[str, str] = {}
    """The parameters of the URL, such as your own ``?ref=42``; with a GET, all that Twilio tells, too."""
    extra: dict[str, str] = {}
    """All fields of the form, by Twilio's names; empty if the body is none."""

    def json(self) -> Any:
        """The body, decoded.

        Raises:
            MalformedBody: it is no JSON.
        """
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            raise MalformedBody("the body is no JSON") from None

    @property
    def key(self) -> str:
        """What tells this event from all others, as `Seen` knows it."""
        return self.idempotency_token or f"unknown {body_hash(self.body + repr(sorted(self.query.items())).encode())}"

    def __repr__(self) -> str:
        """Without values: it ends in logs."""
        return f"<UnknownEvent {self.content_type or 'without content type'} fields={len(self.extra)}>"


Event: TypeAlias = InboundMessage | StatusCallback | UnknownEvent


# --- fields to attributes ------------------------------------------------------------------------------------------------

_COPIES: Final = {"SmsSid": "MessageSid", "SmsMessageSid": "MessageSid", "SmsStatus": "MessageStatus"}
"""Older names that Twilio still sends beside the newer ones."""
_INBOUND: Final = {"received", "receiving"}
_TO_TELL_THE_TRUTH: Final = {"true": True, "false": False}


def read_event(request: Verified) -> Event:
    """What a request says. Never refuses one that is verified."""
    fields = dict(request.fields)
    sid = fields.get("MessageSid") or fields.get("SmsSid") or fields.get("SmsMessageSid")
    status = fields.get("MessageStatus") or fields.get("SmsStatus")
    common: dict[str, Any] = {"idempotency_token": request.idempotency_token, "query": dict(request.query)}
    if sid and fields.get("AccountSid"):
        common["message_sid"] = sid
        if status in _INBOUND or (not status and "Body" in fields):
            if fields.get("From") and fields.get("To"):
                return _inbound(fields, common)
        elif status:
            return _status(fields, common | {"status": status})
    return UnknownEvent(
        content_type=request.content_type,
        body=request.body,
        idempotency_token=request.idempotency_token,
        query=common["query"],
        extra=fields,
    )


def _inbound(fields: dict[str, str], common: dict[str, Any]) -> InboundMessage:
    rest = _without_copies(fields, common["message_sid"], "received")
    found = _taken(rest, _readers(InboundMessage))
    referral = _taken(rest, _readers(Referral, "Referral"))
    place = _taken(rest, _readers(Location))
    if any(referral.values()):  # every text message says that it has 0 media of one
        found["referral"] = Referral(**referral)
    if {"latitude", "longitude"} <= place.keys():
        found["location"] = Location(**place)
    else:
        rest |= {name.capitalize(): fields[name.capitalize()] for name in place}
    return InboundMessage(**found, **common, media=_media(rest), extra=rest)


def _status(fields: dict[str, str], common: dict[str, Any]) -> StatusCallback:
    rest = _without_copies(fields, common["message_sid"], common["status"])
    return StatusCallback(**_taken(rest, _readers(StatusCallback)), **common, extra=rest)


def _without_copies(fields: Mapping[str, str], sid: str, status: str) -> dict[str, str]:
    """*fields* without the sid and the status, under whichever name; a copy that says something else stays."""
    same = {"MessageSid": sid, "MessageStatus": status}
    return {name: value for name, value in fields.items() if same.get(_COPIES.get(name, name)) != value}


def _taken(rest: dict[str, str], readers: Mapping[str, tuple[str, Callable[[str], Any]]]) -> dict[str, Any]:
    """The attributes that can be read of *rest*, which they are taken out of."""
    found: dict[str, Any] = {}
    for wire_name in rest.keys() & readers.keys():
        attribute, read = readers[wire_name]
        value = read(rest[wire_name])
        if value is not None:
            found[attribute] = value
        if value is not None or not rest[wire_name]:
            del rest[wire_name]
    return found


def _media(rest: dict[str, str]) -> tuple[IncomingMedia, ...]:
    """The files in their order, which are taken out of *rest*."""
    found: list[IncomingMedia] = []
    while f"MediaUrl{len(found)}" in rest:
        place = len(found)
        found.append(IncomingMedia(rest.pop(f"MediaUrl{place}"), rest.pop(f"MediaContentType{place}", "") or None))
    return tuple(found)


@functools.cache
def _readers(kind: type[msgspec.Struct], prefix: str = "") -> dict[str, tuple[str, Callable[[str], Any]]]:
    """Of each field by Twilio's name: the attribute that it becomes, and how its text is read."""
    return {
        prefix + _wire_name(field.name): (field.name, _READERS[field.type])
        for field in msgspec.structs.fields(kind)
        if field.type in _READERS
    }


def _wire_name(attribute: str) -> str:
    return attribute.title().replace("_", "")


def _read_text(value: str) -> str | None:
    return value or None


def _read_integer(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 18 else None


def _read_number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


_READERS: Final[dict[Any, Callable[[str], Any]]] = {
    str: _read_text,
    str | None: _read_text,
    int | None: _read_integer,
    float: _read_number,
    bool | None: lambda value: _TO_TELL_THE_TRUTH.get(value.lower()),
}
