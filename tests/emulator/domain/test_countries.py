"""Which country a number is of."""

from __future__ import annotations

import pytest

from twilio_async.emulator.domain.countries import CALLING_CODES, country_of


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("+15558675310", "US"),
        ("+14165550100", "CA"),
        ("+12425550100", "BS"),
        ("+447700900144", "GB"),
        ("+4915112345678", "DE"),
        ("+74951234567", "RU"),
        ("+77011234567", "KZ"),
        ("+3725123456", "EE"),
        ("+390612345678", "IT"),
        ("+8001234567", None),
        ("447700900144", None),
        ("70707", None),
        ("+", None),
        ("", None),
        ("whatsapp:+15558675310", None),
    ],
)
def test_the_longest_code_that_fits_tells_the_country(address: str, country: str | None) -> None:
    """An area code in North America, a calling code elsewhere; what is no number has no country."""
    assert country_of(address) == country


def test_a_country_has_a_calling_code() -> None:
    """All of North America shares one, Russia and Kazakhstan another."""
    assert {CALLING_CODES[country] for country in ("US", "CA", "BS", "PR")} == {"+1"}
    assert CALLING_CODES["KZ"] == CALLING_CODES["RU"] == "+7"
    assert CALLING_CODES["GB"] == "+44"


@pytest.mark.parametrize("country", sorted(set(CALLING_CODES) - {"CA", "KZ"}))
def test_codes_lead_back_to_their_countries(country: str) -> None:
    """A number that begins as a country's do is of that country, unless the code is shared."""
    code = CALLING_CODES[country]
    assert country_of(f"{code}000000000") == (country if code != "+1" else "US")
