"""Messaging Services: pools of senders with common settings.

See https://www.twilio.com/docs/messaging/api/service-resource.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, Unpack

import msgspec

from twilio_async._operation import MESSAGING, Options, Paging, Resource, delete, get, pages, post
from twilio_async._wire import Timestamp
from twilio_async.pages import Pages

HttpMethod: TypeAlias = Literal["GET", "POST"] | str
ScanMessageContent: TypeAlias = Literal["inherit", "enable", "disable"] | str
Usecase: TypeAlias = Literal["notifications", "marketing", "verification", "discussion", "poll", "undeclared"] | str


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """One Messaging Service."""

    sid: str
    account_sid: str
    friendly_name: str | None = None
    inbound_request_url: str | None = None
    """``None`` drops what comes in, unless `use_inbound_webhook_on_number`."""
    inbound_method: HttpMethod | None = None
    fallback_url: str | None = None
    fallback_method: HttpMethod | None = None
    status_callback: str | None = None
    sticky_sender: bool | None = None
    mms_converter: bool | None = None
    smart_encoding: bool | None = None
    scan_message_content: ScanMessageContent | None = None
    fallback_to_long_code: bool | None = None
    area_code_geomatch: bool | None = None
    synchronous_validation: bool | None = None
    validity_period: int | None = None
    """Seconds."""
    usecase: Usecase | None = None
    us_app_to_person_registered: bool | None = None
    use_inbound_webhook_on_number: bool | None = None
    date_created: Timestamp | None = None
    date_updated: Timestamp | None = None
    url: str | None = None
    links: dict[str, str] | None = None


class ServiceUsecase(msgspec.Struct, frozen=True, kw_only=True):
    """What a service can be for."""

    usecase: Usecase
    description: str | None = None
    purpose: str | None = None


class ServiceUsecases(msgspec.Struct, frozen=True, kw_only=True):
    """What services can be for."""

    usecases: tuple[ServiceUsecase, ...] = ()


class Services(Resource, at=MESSAGING):
    """The account's Messaging Services (``session.services``); what is not there is `NotFound` (20404).

    Args of its operations:
        sid: the service's sid (``MG…``).
    """

    @post("Services")
    async def create(
        self, *, friendly_name: str, inbound_request_url: str | None = None, inbound_method: HttpMethod | None = None,
        fallback_url: str | None = None, fallback_method: HttpMethod | None = None, status_callback: str | None = None,
        sticky_sender: bool | None = None, mms_converter: bool | None = None, smart_encoding: bool | None = None,
        scan_message_content: ScanMessageContent | None = None, fallback_to_long_code: bool | None = None,
        area_code_geomatch: bool | None = None, validity_period: int | None = None, synchronous_validation: bool | None = None,
        usecase: Usecase | None = None, use_inbound_webhook_on_number: bool | None = None, **options: Unpack[Options],
    ) -> Service:  # fmt: skip
        """Create a service. Not safe to repeat: a repeat makes a second one.

        Args:
            friendly_name: at most 64 characters.
            inbound_request_url: what is called when a message comes in; without it, such messages are dropped.
            inbound_method: how it is called. Default ``"POST"``.
            fallback_url: what is called when that fails.
            fallback_method: how it is called. Default ``"POST"``.
            status_callback: what is told each status of each message.
            sticky_sender: whether a recipient keeps hearing from the same number.
            mms_converter: whether MMS becomes a text with a link where MMS is unknown.
            smart_encoding: whether look-alike characters are replaced so that GSM-7 suffices.
            scan_message_content: whether Twilio looks at the content.
            fallback_to_long_code: obsolete.
            area_code_geomatch: whether the sender's area code should match the recipient's.
            validity_period: seconds that a message may wait in the queue, 1 to 36000. Default 36000.
            synchronous_validation: reserved by Twilio.
            usecase: what the service is for. Default ``"undeclared"``.
            use_inbound_webhook_on_number: whether the number's own webhook is called instead of the service's.

        Raises:
            InvalidRequest: a parameter is wrong (20001).
            AmbiguousOutcome: the answer was lost; it may have been created.
        """
        ...

    @get("Services/{sid}")
    async def fetch(self, sid: str, **options: Unpack[Options]) -> Service:
        """Read one service."""
        ...

    @post("Services/{sid}", repeatable=True)
    async def update(
        self, sid: str, *, friendly_name: str | None = None, inbound_request_url: str | None = None,
        inbound_method: HttpMethod | None = None, fallback_url: str | None = None, fallback_method: HttpMethod | None = None,
        status_callback: str | None = None, sticky_sender: bool | None = None, mms_converter: bool | None = None,
        smart_encoding: bool | None = None, scan_message_content: ScanMessageContent | None = None,
        fallback_to_long_code: bool | None = None, area_code_geomatch: bool | None = None, validity_period: int | None = None,
        synchronous_validation: bool | None = None, usecase: Usecase | None = None,
        use_inbound_webhook_on_number: bool | None = None, **options: Unpack[Options],
    ) -> Service:  # fmt: skip
        """Change settings of a service, as for `create`; what is left out stays, and ``""`` clears a URL. Safe to repeat.

        Raises:
            InvalidRequest: a parameter is wrong (20001).
        """
        ...

    @delete("Services/{sid}")
    async def delete(self, sid: str, **options: Unpack[Options]) -> None:
        """Delete a service; its numbers stay in the account. Safe to repeat."""
        ...

    @get("Services/Usecases")
    async def usecases(self, **options: Unpack[Options]) -> ServiceUsecases:
        """What a service can be for."""
        ...

    @pages("Services", key="services")
    def list(self, **paging: Unpack[Paging]) -> Pages[Service]:
        """The account's services."""
        ...
