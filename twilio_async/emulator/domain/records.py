"""What the emulator keeps: plain immutable records. A change makes a new one, so what a test holds stays as it was."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct

FOUNDED = datetime(2024, 1, 1, tzinfo=UTC)
"""When the accounts and numbers came to be that every emulator begins with."""

Status: TypeAlias = Literal[
    "accepted",
    "scheduled",
    "canceled",
    "queued",
    "sending",
    "sent",
    "failed",
    "delivered",
    "undelivered",
    "receiving",
    "received",
    "read",
    "partially_delivered",
]
Method: TypeAlias = Literal["GET", "POST"]
Direction: TypeAlias = Literal["inbound", "outbound-api", "outbound-call", "outbound-reply"]


class Message(Struct, frozen=True, kw_only=True, gc=False, rename={"from_": "from"}):
    """A message, with Twilio's own names. All dates are in UTC and have whole seconds, as Twilio's have."""

    sid: str
    account_sid: str
    to: str
    from_: str | None
    body: str
    status: Status
    date_created: datetime
    date_updated: datetime
    date_sent: datetime | None = None
    direction: Direction = "outbound-api"
    messaging_service_sid: str | None = None
    num_segments: int = 1
    num_media: int = 0
    price: Decimal | None = None
    price_unit: str | None = None
    error_code: int | None = None
    error_message: str | None = None
    smart_encoded: bool | None = None
    """What the create asked for; `None` leaves it to the Messaging Service."""
    send_at: datetime | None = None
    """When a scheduled message is due."""
    status_callback: str | None = None
    validity_period: int = 36_000
    """Seconds that it may wait in the queue."""


class Media(Struct, frozen=True, kw_only=True, gc=False):
    """A picture or other file that belongs to a message."""

    sid: str
    account_sid: str
    parent_sid: str
    content_type: str
    url: str
    """Where the sender said that it is; never fetched."""
    date_created: datetime
    date_updated: datetime


class Feedback(Struct, frozen=True, kw_only=True, gc=False):
    """Whether the recipient did what the message asked for."""

    account_sid: str
    message_sid: str
    outcome: str
    date_created: datetime
    date_updated: datetime


class Webhook(NamedTuple):
    """Where an application wants to be told of inbound messages."""

    url: str
    method: Method = "POST"
    fallback_url: str | None = None
    fallback_method: Method = "POST"


class Number(Struct, frozen=True, kw_only=True):
    """A phone number (``PN…``) or short code (``SC…``) that an account owns.

    What is said about voice, addresses and emergencies is only kept.
    """

    sid: str
    number: str
    country: str = "US"
    capabilities: tuple[str, ...] = ("SMS", "MMS", "Voice")
    friendly_name: str | None = None
    """`None` for the number itself."""
    sms_url: str | None = None
    """Where inbound messages go, unless a Messaging Service takes them."""
    sms_method: Method = "POST"
    sms_fallback_url: str | None = None
    sms_fallback_method: Method = "POST"
    sms_application_sid: str | None = None
    status_callback: str | None = None
    status_callback_method: Method = "POST"
    voice_url: str | None = None
    voice_method: Method = "POST"
    voice_fallback_url: str | None = None
    voice_fallback_method: Method = "POST"
    voice_application_sid: str | None = None
    voice_caller_id_lookup: bool = False
    voice_receive_mode: str = "voice"
    trunk_sid: str | None = None
    address_sid: str | None = None
    identity_sid: str | None = None
    bundle_sid: str | None = None
    emergency_status: str = "Inactive"
    emergency_address_sid: str | None = None
    date_created: datetime = FOUNDED
    date_updated: datetime = FOUNDED


class Service(Struct, frozen=True, kw_only=True):
    """A Messaging Service."""

    sid: str
    account_sid: str
    friendly_name: str
    date_created: datetime
    date_updated: datetime
    inbound_request_url: str | None = None
    inbound_method: str = "POST"
    fallback_url: str | None = None
    fallback_method: str = "POST"
    status_callback: str | None = None
    sticky_sender: bool = True
    mms_converter: bool = True
    smart_encoding: bool = True
    scan_message_content: str = "inherit"
    fallback_to_long_code: bool = True
    area_code_geomatch: bool = True
    synchronous_validation: bool = False
    validity_period: int = 36_000
    usecase: str = "undeclared"
    us_app_to_person_registered: bool = False
    use_inbound_webhook_on_number: bool = False


class Sender(Struct, frozen=True, kw_only=True):
    """A number, a short code, an alphanumeric id or an address on another channel in the pool of a Messaging Service."""

    sid: str
    account_sid: str
    service_sid: str
    address: str
    """What the recipient sees as sender."""
    country: str | None
    """Where it is at home, or where an alphanumeric id is for; `None` for one that is for all countries."""
    capabilities: tuple[str, ...]
    date_created: datetime
    date_updated: datetime
