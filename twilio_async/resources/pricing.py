"""What messages cost, country by country.

See https://www.twilio.com/docs/messaging/api/pricing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, TypeAlias, Unpack

import msgspec

from twilio_async._operation import PRICING, Options, Paging, Resource, get, pages
from twilio_async.pages import Pages

NumberType: TypeAlias = Literal["local", "mobile", "national", "toll free", "shortcode"] | str


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """What one segment costs."""

    number_type: NumberType | None = None
    """Of Twilio's number, which sends or receives."""
    base_price: Decimal | None = None
    """Before the account's discounts."""
    current_price: Decimal | None = None


class CarrierPrices(msgspec.Struct, frozen=True, kw_only=True):
    """What it costs to text the people of one carrier."""

    carrier: str | None = None
    mcc: str | None = None
    mnc: str | None = None
    prices: tuple[Price, ...] = ()


class MessagingPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What messages cost in one country; a list names the countries alone."""

    iso_country: str
    country: str | None = None
    outbound_sms_prices: tuple[CarrierPrices, ...] | None = None
    inbound_sms_prices: tuple[Price, ...] | None = None
    price_unit: str | None = None
    url: str | None = None


class MessagingPrices(Resource, at=PRICING):
    """What messages cost (``session.messaging_prices``)."""

    @get("Messaging/Countries/{iso_country}")
    async def fetch(self, iso_country: str, **options: Unpack[Options]) -> MessagingPrice:
        """Read what messages to and from one country cost, to this account.

        Args:
            iso_country: its two letters, such as ``"US"``.

        Raises:
            NotFound: Twilio has no such country (20404).
        """
        ...

    @pages("Messaging/Countries", key="countries")
    def list(self, **paging: Unpack[Paging]) -> Pages[MessagingPrice]:
        """The countries that have prices; `fetch` reads them."""
        ...
