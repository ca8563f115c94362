"""What an account has: its phone numbers, its short codes, its money.

https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource, …/messaging/api/short-codes
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, TypeAlias, Unpack

import msgspec

from twilio_async._operation import CORE, Options, Paging, Resource, delete, get, pages, post
from twilio_async._wire import Timestamp
from twilio_async.pages import Pages

HttpMethod: TypeAlias = Literal["GET", "POST"] | str
EmergencyStatus: TypeAlias = Literal["Active", "Inactive"] | str
ReceiveMode: TypeAlias = Literal["voice", "fax"] | str


class NumberCapabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a number can do."""

    sms: bool | None = None
    mms: bool | None = None
    voice: bool | None = None
    fax: bool | None = None


class _Owned(msgspec.Struct, frozen=True, kw_only=True):
    sid: str
    account_sid: str
    friendly_name: str | None = None
    sms_url: str | None = None
    sms_method: HttpMethod | None = None
    sms_fallback_url: str | None = None
    sms_fallback_method: HttpMethod | None = None
    api_version: str | None = None
    date_created: Timestamp | None = None
    date_updated: Timestamp | None = None
    uri: str | None = None


class IncomingPhoneNumber(_Owned, frozen=True, kw_only=True):
    """A phone number of the account."""

    phone_number: str
    """E.164."""
    capabilities: NumberCapabilities | None = None
    type: Literal["local", "mobile", "national", "toll-free"] | str | None = None
    status: str | None = None
    origin: Literal["twilio", "hosted"] | str | None = None
    beta: bool | None = None
    sms_application_sid: str | None = None
    status_callback: str | None = None
    status_callback_method: HttpMethod | None = None
    voice_url: str | None = None
    voice_method: HttpMethod | None = None
    voice_fallback_url: str | None = None
    voice_fallback_method: HttpMethod | None = None
    voice_application_sid: str | None = None
    voice_caller_id_lookup: bool | None = None
    voice_receive_mode: ReceiveMode | None = None
    trunk_sid: str | None = None
    address_requirements: Literal["none", "any", "local", "foreign"] | str | None = None
    address_sid: str | None = None
    identity_sid: str | None = None
    bundle_sid: str | None = None
    emergency_status: EmergencyStatus | None = None
    emergency_address_sid: str | None = None
    emergency_address_status: str | None = None


class AccountShortCode(_Owned, frozen=True, kw_only=True):
    """A short code of the account."""

    short_code: str


class AccountBalance(msgspec.Struct, frozen=True, kw_only=True):
    """What an account has left."""

    account_sid: str
    balance: Decimal
    currency: str


class IncomingPhoneNumbers(Resource, at=CORE):
    """The account's phone numbers (``session.incoming_phone_numbers``); what is not there is `NotFound` (20404).

    Args of its operations:
        sid: the number's sid (``PN…``).
    """

    @post("IncomingPhoneNumbers.json", one_of=(("phone_number", "area_code"),))
    async def create(
        self, *, phone_number: str | None = None, area_code: str | None = None, friendly_name: str | None = None,
        sms_url: str | None = None, sms_method: HttpMethod | None = None, sms_fallback_url: str | None = None,
        sms_fallback_method: HttpMethod | None = None, sms_application_sid: str | None = None,
        status_callback: str | None = None, status_callback_method: HttpMethod | None = None, voice_url: str | None = None,
        voice_method: HttpMethod | None = None, voice_fallback_url: str | None = None,
        voice_fallback_method: HttpMethod | None = None, voice_application_sid: str | None = None,
        voice_caller_id_lookup: bool | None = None, voice_receive_mode: ReceiveMode | None = None,
        trunk_sid: str | None = None, address_sid: str | None = None, identity_sid: str | None = None,
        bundle_sid: str | None = None, emergency_status: EmergencyStatus | None = None,
        emergency_address_sid: str | None = None, api_version: str | None = None, **options: Unpack[Options],
    ) -> IncomingPhoneNumber:  # fmt: skip
        """Buy a number. Not safe to repeat: each one costs its fee.

        Args:
            phone_number: the number to buy, E.164.
            area_code: or any number of this area, three digits of the US or Canada.
            friendly_name: for people, at most 64 characters. Default: the number.
            sms_url: who is told of inbound messages. Default: nobody.
            sms_method: how. Default ``"POST"``.
            sms_fallback_url: who is told when that fails. Default: nobody.
            sms_fallback_method: how. Default ``"POST"``.
            sms_application_sid: the application (``AP…``) whose URLs stand in for the four above.
            status_callback: who is told of the number's own events. Default: nobody.
            status_callback_method: how. Default ``"POST"``.
            voice_url: who answers calls. Default: nobody.
            voice_method: how. Default ``"POST"``.
            voice_fallback_url: who is asked when that fails. Default: nobody.
            voice_fallback_method: how. Default ``"POST"``.
            voice_application_sid: the application (``AP…``) whose URLs stand in for the four above.
            voice_caller_id_lookup: whether callers' names are looked up, for a fee. Default: they are not.
            voice_receive_mode: Default ``"voice"``.
            trunk_sid: the trunk (``TK…``) that takes calls instead.
            address_sid: the address (``AD…``) that some countries ask for.
            identity_sid: the identity (``RI…``) that some countries ask for.
            bundle_sid: the regulatory bundle (``BU…``) that some countries ask for.
            emergency_status: whether it may call emergency numbers.
            emergency_address_sid: the address (``AD…``) that help is sent to.
            api_version: of calls. Default ``"2010-04-01"``.

        Raises:
            InvalidRequest: it is no number (21421), taken (21422), or the area has none left (21452).
            AmbiguousOutcome: the answer was lost; it may have been bought.
        """
        ...

    @get("IncomingPhoneNumbers/{sid}.json")
    async def fetch(self, sid: str, **options: Unpack[Options]) -> IncomingPhoneNumber:
        """Read one number."""
        ...

    @post("IncomingPhoneNumbers/{sid}.json", repeatable=True)
    async def update(
        self, sid: str, *, account_sid: str | None = None, friendly_name: str | None = None,
        sms_url: str | None = None, sms_method: HttpMethod | None = None, sms_fallback_url: str | None = None,
        sms_fallback_method: HttpMethod | None = None, sms_application_sid: str | None = None,
        status_callback: str | None = None, status_callback_method: HttpMethod | None = None, voice_url: str | None = None,
        voice_method: HttpMethod | None = None, voice_fallback_url: str | None = None,
        voice_fallback_method: HttpMethod | None = None, voice_application_sid: str | None = None,
        voice_caller_id_lookup: bool | None = None, voice_receive_mode: ReceiveMode | None = None,
        trunk_sid: str | None = None, address_sid: str | None = None, identity_sid: str | None = None,
        bundle_sid: str | None = None, emergency_status: EmergencyStatus | None = None,
        emergency_address_sid: str | None = None, api_version: str | None = None, **options: Unpack[Options],
    ) -> IncomingPhoneNumber:  # fmt: skip
        """Change settings of a number, as for `create`; ``""`` takes a URL away. Safe to repeat, but a handover.

        Args:
            account_sid: the account of the same family that it is handed over to.

        Raises:
            InvalidRequest: a setting is wrong (20001).
        """
        ...

    @delete("IncomingPhoneNumbers/{sid}.json")
    async def delete(self, sid: str, **options: Unpack[Options]) -> None:
        """Give a number back; others may buy it. Safe to repeat."""
        ...

    @pages("IncomingPhoneNumbers.json", key="incoming_phone_numbers")
    def list(
        self, *, phone_number: str | None = None, friendly_name: str | None = None, origin: str | None = None,
        beta: bool | None = None, **paging: Unpack[Paging],
    ) -> Pages[IncomingPhoneNumber]:  # fmt: skip
        """The account's phone numbers; short codes are in `AccountShortCodes`.

        Args:
            phone_number: only those that this is a part of; ``*`` stands for any digit.
            friendly_name: only those of this name.
            origin: only ``"twilio"`` or only ``"hosted"`` ones.
            beta: whether numbers new to Twilio are among them. Default: they are.
        """
        ...


class AccountShortCodes(Resource, at=CORE):
    """The account's short codes (``session.account_short_codes``); `ShortCodes` has those of a service.

    Args of its operations:
        sid: the short code's sid (``SC…``).
    """

    @get("SMS/ShortCodes/{sid}.json")
    async def fetch(self, sid: str, **options: Unpack[Options]) -> AccountShortCode:
        """Read one short code.

        Raises:
            NotFound: the account has no such short code (20404).
        """
        ...

    @post("SMS/ShortCodes/{sid}.json", repeatable=True)
    async def update(
        self, sid: str, *, friendly_name: str | None = None, sms_url: str | None = None,
        sms_method: HttpMethod | None = None, sms_fallback_url: str | None = None,
        sms_fallback_method: HttpMethod | None = None, api_version: str | None = None, **options: Unpack[Options],
    ) -> AccountShortCode:  # fmt: skip
        """Change settings of a short code; ``""`` takes a URL away. Safe to repeat.

        Args:
            friendly_name: for people, at most 64 characters.
            sms_url: who is told of inbound messages.
            sms_method: how.
            sms_fallback_url: who is told when that fails.
            sms_fallback_method: how.
            api_version: ``"2010-04-01"`` or ``"2008-08-01"``.
        """
        ...

    @pages("SMS/ShortCodes.json", key="short_codes")
    def list(self, *, short_code: str | None = None, friendly_name: str | None = None,
             **paging: Unpack[Paging]) -> Pages[AccountShortCode]:  # fmt: skip
        """The account's short codes.

        Args:
            short_code: only those that this is a part of; ``*`` stands for any digit.
            friendly_name: only those of this name.
        """
        ...


class Balance(Resource, at=CORE):
    """The account's money (``session.balance``)."""

    @get("Balance.json")
    async def fetch(self, **options: Unpack[Options]) -> AccountBalance:
        """What the account has left; a subaccount has no money of its own.

        Raises:
            NotFound: it is a subaccount (20404).
        """
        ...
