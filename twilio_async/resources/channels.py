"""Senders on WhatsApp and RCS, and signs of life on these channels.

See https://www.twilio.com/docs/whatsapp/api/senders, …/rcs/senders and …/whatsapp/api/typing-indicators-resource.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias, Unpack

import msgspec

from twilio_async._operation import MESSAGING, Options, Paging, Resource, Wire, delete, get, pages, post
from twilio_async.pages import Pages

SenderStatus: TypeAlias = (
    Literal["CREATING", "PENDING_VERIFICATION", "VERIFYING", "TWILIO_REVIEW", "ONLINE", "ONLINE:UPDATING", "OFFLINE"] | str
)
Method: TypeAlias = Literal["POST", "PUT"] | str
Section: TypeAlias = Mapping[str, Any] | None


class SenderConfiguration(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a sender is set up."""

    waba_id: str | None = None
    """Of the WhatsApp Business Account."""
    verification_method: Literal["sms", "voice"] | str | None = None
    verification_code: str | None = None
    """What WhatsApp sent to the number."""
    voice_application_sid: str | None = None
    account_type: Literal["ISV", "ISVSubAccount"] | str | None = None


class SenderWebhook(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who is told of what happens to a sender."""

    callback_url: str | None = None
    callback_method: Method | None = None
    fallback_url: str | None = None
    fallback_method: Method | None = None
    status_callback_url: str | None = None
    status_callback_method: Method | None = None


class Contact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A website, an email address or a phone number of a sender."""

    website: str | None = None
    email: str | None = None
    phone_number: str | None = None
    label: str | None = None


class SenderProfile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What recipients see of a sender."""

    name: str | None = None
    """WhatsApp wants one."""
    about: str | None = None
    address: str | None = None
    description: str | None = None
    logo_url: str | None = None
    banner_url: str | None = None
    privacy_url: str | None = None
    terms_of_service_url: str | None = None
    accent_color: str | None = None
    use_case: Literal["PROMOTIONAL", "TRANSACTIONAL", "OTP", "MULTI_USE"] | str | None = None
    vertical: str | None = None
    websites: tuple[Contact, ...] | None = None
    emails: tuple[Contact, ...] | None = None
    phone_numbers: tuple[Contact, ...] | None = None


class SenderProperties(msgspec.Struct, frozen=True, kw_only=True):
    """How WhatsApp thinks of a sender."""

    quality_rating: str | None = None
    messaging_limit: str | None = None


class OfflineReason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a sender is offline."""

    code: int | None = None
    message: str | None = None
    more_info: str | None = None


class RcsCarrier(msgspec.Struct, frozen=True, kw_only=True):
    """How far a carrier is with an RCS sender."""

    name: str | None = None
    status: Literal["UNKNOWN", "UNLAUNCHED", "CARRIER_REVIEW", "APPROVED", "REJECTED", "SUSPENDED"] | str | None = None


class RcsCountry(msgspec.Struct, frozen=True, kw_only=True):
    """How far a country's carriers are with an RCS sender."""

    country: str
    registration_sid: str | None = None
    status: Literal["ONLINE", "OFFLINE", "TWILIO_REVIEW", "PENDING_VERIFICATION"] | str | None = None
    carriers: tuple[RcsCarrier, ...] = ()


class RcsCompliance(msgspec.Struct, frozen=True, kw_only=True):
    """Where an RCS sender is launched."""

    registration_sid: str
    countries: tuple[RcsCountry, ...] = ()


class ChannelsSender(msgspec.Struct, frozen=True, kw_only=True):
    """A sender on WhatsApp or RCS; it may send once it is ``ONLINE``."""

    sid: str
    status: SenderStatus
    sender_id: str
    friendly_name: str | None = None
    configuration: SenderConfiguration | None = None
    webhook: SenderWebhook | None = None
    profile: SenderProfile | None = None
    properties: SenderProperties | None = None
    offline_reasons: tuple[OfflineReason, ...] | None = None
    compliance: RcsCompliance | None = None
    url: str | None = None


class TypingIndicator(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody was told that an answer is being written."""

    success: bool


class ChannelsSenders(Resource, at=MESSAGING):
    """The account's senders on WhatsApp and RCS (``session.channels_senders``); `ChannelSenders` has those of a service.

    What is not there is `NotFound` (20404).

    Args of its operations:
        sid: the sender's sid (``XE…``).
    """

    @post("/v2/Channels/Senders", json=True)
    async def create(
        self, *, sender_id: str, friendly_name: str | None = None, configuration: SenderConfiguration | Section = None,
        webhook: SenderWebhook | Section = None, profile: SenderProfile | Section = None, **options: Unpack[Options],
    ) -> ChannelsSender:  # fmt: skip
        """Apply for a sender. Not safe to repeat: the second time the address is taken.

        Args:
            sender_id: ``"whatsapp:+15017122661"`` or ``"rcs:agent"``.
            friendly_name: for people.
            configuration: its WhatsApp Business Account, and how its number is verified.
            webhook: who is told of what happens to it. Default: nobody.
            profile: what recipients see of it; for WhatsApp at least a name.

        Raises:
            InvalidRequest: something in it is wrong, or the address is taken (20001).
            AmbiguousOutcome: the answer was lost; it may have been applied for.
        """
        ...

    @get("/v2/Channels/Senders/{sid}")
    async def fetch(self, sid: str, **options: Unpack[Options]) -> ChannelsSender:
        """Read one sender."""
        ...

    @post("/v2/Channels/Senders/{sid}", json=True, repeatable=True)
    async def update(
        self, sid: str, *, friendly_name: str | None = None, configuration: SenderConfiguration | Section = None,
        webhook: SenderWebhook | Section = None, profile: SenderProfile | Section = None, **options: Unpack[Options],
    ) -> ChannelsSender:  # fmt: skip
        """Change a sender on WhatsApp, or prove by the code that its number is yours. Safe to repeat.

        Args:
            friendly_name: for people.
            configuration: only what changes; its *verification_code*, once that came to the number.
            webhook: only what changes.
            profile: only what changes.

        Raises:
            InvalidRequest: something in it is wrong, or it is no sender on WhatsApp (20001).
        """
        ...

    @delete("/v2/Channels/Senders/{sid}")
    async def delete(self, sid: str, **options: Unpack[Options]) -> None:
        """Delete a sender on WhatsApp. Safe to repeat. Raises as `update` does."""
        ...

    @pages("/v2/Channels/Senders", key="senders")
    def list(self, *, channel: Literal["whatsapp", "rcs"] | str, **paging: Unpack[Paging]) -> Pages[ChannelsSender]:
        """The account's senders on a channel.

        Args:
            channel: ``"whatsapp"`` or ``"rcs"``.
        """
        ...


class TypingIndicators(Resource, at=MESSAGING):
    """Signs that an answer is being written (``session.typing_indicators``)."""

    @post("/v2/Indicators/Typing.json", repeatable=True)
    async def create(
        self, *, channel: Annotated[Literal["whatsapp"] | str, Wire("channel")],
        message_id: Annotated[str, Wire("messageId")], **options: Unpack[Options],
    ) -> TypingIndicator:  # fmt: skip
        """Show that you are writing, and mark the message as read; for 25 seconds, or until you answer. Safe to repeat.

        Args:
            channel: ``"whatsapp"``.
            message_id: the sid of the inbound message that you answer (``SM…`` or ``MM…``).

        Raises:
            InvalidRequest: it is no inbound message on WhatsApp (20001).
            NotFound: the account has no such message (20404).
        """
        ...

    @post("/v3/Indicators/Typing.json", json=True, repeatable=True)
    async def create_v3(
        self, *, channel: Literal["WHATSAPP", "APPLE", "RCS"] | str,
        message_id: Annotated[str | None, Wire("messageId")] = None, from_: Annotated[str | None, Wire("from")] = None,
        to: str | None = None, event: Literal["START", "END"] | str | None = None, **options: Unpack[Options],
    ) -> TypingIndicator:  # fmt: skip
        """Show on any of these channels that you are writing, or no more. Safe to repeat.

        Args:
            channel: ``"WHATSAPP"``, ``"APPLE"`` or ``"RCS"``.
            message_id: on WhatsApp, the sid of the inbound message that you answer.
            from_: elsewhere, your sender (``"rcs:agent"``).
            to: elsewhere, the recipient (``"rcs:+18001234567"``).
            event: elsewhere. Default ``"START"``; ``"END"`` is for Apple alone.

        Raises:
            InvalidRequest: what the channel wants is missing or wrong (20001).
            NotFound: the account has no such message or sender (20404).
        """
        ...
