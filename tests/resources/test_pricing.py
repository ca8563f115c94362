"""Prices over a real socket."""

from __future__ import annotations

from decimal import Decimal

import pytest

from twilio_async import AsyncSession, NotFound
from twilio_async.emulator import Emulator


async def test_the_prices_of_a_country_are_exact(twilio: AsyncSession, emulator: Emulator) -> None:
    """They are Decimals, and what a message costs there."""
    prices = await twilio.messaging_prices.fetch("US")
    assert (prices.country, prices.iso_country, prices.price_unit) == ("United States", "US", "USD")
    assert prices.outbound_sms_prices is not None
    assert prices.inbound_sms_prices is not None
    carrier = prices.outbound_sms_prices[0]
    assert (carrier.carrier, carrier.mcc, carrier.mnc) == ("AT&T", "310", "410")
    price = carrier.prices[0]
    assert (price.number_type, price.base_price, price.current_price) == ("local", Decimal("0.00750"), Decimal("0.00750"))
    message = await twilio.messages.create(to="+15558675310", from_=emulator.number, body="Hi")
    assert (await twilio.messages.fetch(message.sid)).price == -Decimal("0.00750")
    assert {price.number_type for price in prices.inbound_sms_prices} == {"local", "toll free", "shortcode"}


async def test_the_countries_are_listed(twilio: AsyncSession) -> None:
    """By their letters, without prices, which are read one by one."""
    listed = [country async for country in twilio.messaging_prices.list(page_size=5)]
    letters = [country.iso_country for country in listed]
    assert letters == sorted(letters)
    assert {country.outbound_sms_prices for country in listed} == {None}
    for country in listed:
        assert (await twilio.messaging_prices.fetch(country.iso_country)).country == country.country


async def test_a_country_without_prices(twilio: AsyncSession) -> None:
    """Is an error that says so."""
    with pytest.raises(NotFound):
        await twilio.messaging_prices.fetch("XX")
