"""The senders in a Messaging Service: phone numbers, short codes, alphanumeric ids, and those on other channels.

https://www.twilio.com/docs/messaging/api/phonenumber-resource, …/shortcode-resource, …/alphasender-resource, …
"""

from __future__ import annotations

from typing import Literal, Unpack

import msgspec

from twilio_async._operation import MESSAGING, Options, Paging, Resource, delete, get, pages, post
from twilio_async._wire import Timestamp
from twilio_async.pages import Pages


class _Member(msgspec.Struct, frozen=True, kw_only=True):
    """What every sender in a service has."""

    sid: str
    account_sid: str | None = None
    date_created: Timestamp | None = None
    date_updated: Timestamp | None = None
    url: str | None = None


class _Sender(_Member, frozen=True, kw_only=True):
    service_sid: str | None = None
    capabilities: list[str] | None = None
    """Some of ``"SMS"``, ``"MMS"``, ``"Voice"``."""


class PhoneNumber(_Sender, frozen=True, kw_only=True):
    """A phone number in a service."""

    phone_number: str | None = None
    """E.164."""
    country_code: str | None = None


class ShortCode(_Sender, frozen=True, kw_only=True):
    """A short code in a service."""

    short_code: str | None = None
    country_code: str | None = None


class AlphaSender(_Sender, frozen=True, kw_only=True):
    """An alphanumeric sender id in a service."""

    alpha_sender: str | None = None


class DestinationAlphaSender(AlphaSender, frozen=True, kw_only=True):
    """An alphanumeric sender id for one country, or for all."""

    iso_country_code: str | None = None
    """Two letters; ``""`` for all countries."""


class ChannelSender(_Member, frozen=True, kw_only=True):
    """A sender on WhatsApp, RCS or another channel in a service."""

    messaging_service_sid: str | None = None
    sender: str | None = None
    """Such as ``"whatsapp:+12487960483"``."""
    sender_type: Literal["WhatsApp", "Messenger", "RCS"] | str | None = None
    country_code: str | None = None


class PhoneNumbers(Resource, at=MESSAGING):
    """The phone numbers in a Messaging Service (``session.phone_numbers``); what is not there is `NotFound` (20404).

    Args of its operations:
        service_sid: the service's sid (``MG…``).
        sid: the phone number's sid (``PN…``).
    """

    @post("Services/{service_sid}/PhoneNumbers")
    async def add(self, service_sid: str, *, phone_number_sid: str, **options: Unpack[Options]) -> PhoneNumber:
        """Put one of the account's numbers into a service. Not safe to repeat: the second time is a conflict.

        Args:
            phone_number_sid: the number's sid (``PN…``).

        Raises:
            Conflict: it is in this service already (21710), in another one (21712), or the service is full (21714).
            AmbiguousOutcome: the answer was lost; it may have been added.
        """
        ...

    @get("Services/{service_sid}/PhoneNumbers/{sid}")
    async def fetch(self, service_sid: str, sid: str, **options: Unpack[Options]) -> PhoneNumber:
        """Read one phone number of a service."""
        ...

    @delete("Services/{service_sid}/PhoneNumbers/{sid}")
    async def remove(self, service_sid: str, sid: str, **options: Unpack[Options]) -> None:
        """Take a phone number out of a service; it stays in the account. Safe to repeat."""
        ...

    @pages("Services/{service_sid}/PhoneNumbers", key="phone_numbers")
    def list(self, service_sid: str, **paging: Unpack[Paging]) -> Pages[PhoneNumber]:
        """The phone numbers in a service."""
        ...


class ShortCodes(Resource, at=MESSAGING):
    """The short codes in a Messaging Service (``session.short_codes``); what is not there is `NotFound` (20404).

    Args of its operations:
        service_sid: the service's sid (``MG…``).
        sid: the short code's sid (``SC…``).
    """

    @post("Services/{service_sid}/ShortCodes")
    async def add(self, service_sid: str, *, short_code_sid: str, **options: Unpack[Options]) -> ShortCode:
        """Put one of the account's short codes into a service. Not safe to repeat: the second time is a conflict.

        Args:
            short_code_sid: the short code's sid (``SC…``).

        Raises:
            Conflict: it is in this service already (21710), in another one (21712), or the service is full (21714).
            AmbiguousOutcome: the answer was lost; it may have been added.
        """
        ...

    @get("Services/{service_sid}/ShortCodes/{sid}")
    async def fetch(self, service_sid: str, sid: str, **options: Unpack[Options]) -> ShortCode:
        """Read one short code of a service."""
        ...

    @delete("Services/{service_sid}/ShortCodes/{sid}")
    async def remove(self, service_sid: str, sid: str, **options: Unpack[Options]) -> None:
        """Take a short code out of a service; it stays in the account. Safe to repeat."""
        ...

    @pages("Services/{service_sid}/ShortCodes", key="short_codes")
    def list(self, service_sid: str, **paging: Unpack[Paging]) -> Pages[ShortCode]:
        """The short codes in a service."""
        ...


class AlphaSenders(Resource, at=MESSAGING):
    """The alpha senders in a Messaging Service (``session.alpha_senders``); what is not there is `NotFound` (20404).

    Args of its operations:
        service_sid: the service's sid (``MG…``).
        sid: the alpha sender's sid (``AI…``).
    """

    @post("Services/{service_sid}/AlphaSenders")
    async def add(self, service_sid: str, *, alpha_sender: str, **options: Unpack[Options]) -> AlphaSender:
        """Give a service an alphanumeric sender id. Not safe to repeat: the second time is a conflict.

        Args:
            alpha_sender: 1 to 11 of ``A-Z a-z 0-9``, space, ``-``, ``_``, ``+``, ``&``, and not only digits.

        Raises:
            InvalidRequest: the id is not allowed (21709).
            Conflict: the service has one already.
            AmbiguousOutcome: the answer was lost; it may have been added.
        """
        ...

    @get("Services/{service_sid}/AlphaSenders/{sid}")
    async def fetch(self, service_sid: str, sid: str, **options: Unpack[Options]) -> AlphaSender:
        """Read one alpha sender of a service."""
        ...

    @delete("Services/{service_sid}/AlphaSenders/{sid}")
    async def remove(self, service_sid: str, sid: str, **options: Unpack[Options]) -> None:
        """Take an alpha sender out of a service. Safe to repeat."""
        ...

    @pages("Services/{service_sid}/AlphaSenders", key="alpha_senders")
    def list(self, service_sid: str, **paging: Unpack[Paging]) -> Pages[AlphaSender]:
        """The alpha senders in a service."""
        ...


class DestinationAlphaSenders(Resource, at=MESSAGING):
    """The alpha senders in a Messaging Service, by country (``session.destination_alpha_senders``).

    What is not there is `NotFound` (20404).

    Args of its operations:
        service_sid: the service's sid (``MG…``).
        sid: the alpha sender's sid (``AI…``).
    """

    @post("Services/{service_sid}/DestinationAlphaSenders")
    async def add(self, service_sid: str, *, alpha_sender: str, iso_country_code: str | None = None,
                  **options: Unpack[Options]) -> DestinationAlphaSender:  # fmt: skip
        """Give a service a sender id for one country. Not safe to repeat: the second time is a conflict.

        Args:
            alpha_sender: the id, as `AlphaSenders.add` takes it.
            iso_country_code: two letters (``"FR"``). Default: one for all countries that have none of their own.

        Raises:
            InvalidRequest: the id is not allowed (21709), or there is no such country (20001).
            Conflict: the service has it for that country already.
            AmbiguousOutcome: the answer was lost; it may have been added.
        """
        ...

    @get("Services/{service_sid}/DestinationAlphaSenders/{sid}")
    async def fetch(self, service_sid: str, sid: str, **options: Unpack[Options]) -> DestinationAlphaSender:
        """Read one alpha sender of a service."""
        ...

    @delete("Services/{service_sid}/DestinationAlphaSenders/{sid}")
    async def remove(self, service_sid: str, sid: str, **options: Unpack[Options]) -> None:
        """Take an alpha sender out of a service. Safe to repeat."""
        ...

    @pages("Services/{service_sid}/DestinationAlphaSenders", key="alpha_senders")
    def list(self, service_sid: str, *, iso_country_code: str | None = None,
             **paging: Unpack[Paging]) -> Pages[DestinationAlphaSender]:  # fmt: skip
        """The alpha senders in a service.

        Args:
            iso_country_code: only those for this country.
        """
        ...


class ChannelSenders(Resource, at=MESSAGING):
    """The senders on other channels in a Messaging Service (``session.channel_senders``); `ChannelsSenders` makes them.

    What is not there is `NotFound` (20404).

    Args of its operations:
        service_sid: the service's sid (``MG…``).
        sid: the channel sender's sid.
    """

    @post("Services/{service_sid}/ChannelSenders")
    async def add(self, service_sid: str, *, sid: str, **options: Unpack[Options]) -> ChannelSender:
        """Put one of the account's channel senders into a service. Not safe to repeat: the second time is a conflict.

        Args:
            sid: the channel sender's sid (``XE…``).

        Raises:
            Conflict: it is in this service already (21710), in another one (21712), or the service is full (21714).
            AmbiguousOutcome: the answer was lost; it may have been added.
        """
        ...

    @get("Services/{service_sid}/ChannelSenders/{sid}")
    async def fetch(self, service_sid: str, sid: str, **options: Unpack[Options]) -> ChannelSender:
        """Read one channel sender of a service."""
        ...

    @delete("Services/{service_sid}/ChannelSenders/{sid}")
    async def remove(self, service_sid: str, sid: str, **options: Unpack[Options]) -> None:
        """Take a channel sender out of a service; it stays in the account. Safe to repeat."""
        ...

    @pages("Services/{service_sid}/ChannelSenders", key="senders")
    def list(self, service_sid: str, **paging: Unpack[Paging]) -> Pages[ChannelSender]:
        """The channel senders in a service."""
        ...
