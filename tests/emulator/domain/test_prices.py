"""What messages cost."""

from __future__ import annotations

from twilio_async.emulator.domain.countries import CALLING_CODES
from twilio_async.emulator.domain.lifecycle import PRICE_OF_SEGMENT
from twilio_async.emulator.domain.prices import PRICES


def test_every_country_is_one_and_has_all_its_prices() -> None:
    """And somebody to text there, and numbers to text from."""
    assert len(PRICES) >= 12
    for sid, country in PRICES.items():
        assert sid in CALLING_CODES
        assert country.name
        assert min(country.outbound, country.inbound) > 0
        assert country.number_types
        assert all(carrier.name and carrier.mcc.isdigit() and carrier.mnc.isdigit() for carrier in country.carriers)


def test_a_message_costs_what_the_table_says() -> None:
    """What is charged is a negative amount."""
    assert -PRICES["US"].outbound == PRICE_OF_SEGMENT
