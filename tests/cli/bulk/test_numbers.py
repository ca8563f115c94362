from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_async.cli.bulk.numbers import recipient


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+14155552671", "+14155552671"),
        ("+1 (415) 555-2671", "+14155552671"),
        ("+1.415.555.2671", "+14155552671"),
        ("'+1415/555 2671", "+14155552671"),
        ("\u202a+1\u00a0415\u2011555\u20112671\u202c", "+14155552671"),
        ("whatsapp:+1 415 555 2671", "whatsapp:+14155552671"),
        ("WhatsApp:+14155552671", "whatsapp:+14155552671"),
        ("messenger:1234567", "messenger:1234567"),
    ],
)
def test_formatting_is_left_out(written: str, number: str) -> None:
    """What people and programs put around digits means nothing, not even what cannot be seen."""
    assert recipient(written) == number


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("2025550141", "has no country code"),
        ("(202) 555-0143", "has no country code"),
        ("0012025550141", "begins with 00: write [+] instead"),
        ("+44 (0)20 7946 0000", r"holds \(0\)"),
        ("1.41556E+10", "rounded by a spreadsheet"),
        ("+0155552671", "a 0 after its [+]"),
        ("+1415", "too short: 4 digits"),
        ("555", "too short to be a phone number"),
        ("+1202555014112345", "too long: 16 digits"),
        ("+1415555CALL", "no digit"),
        ("+12025550141, +12025550142", "one number, and nothing else"),
        ("+١٤١٥٥٥٥٢٦٧١", "no digit"),
        ("+1 202 555 0143 ext 5", "no digit"),
        ("-", "no number"),
        ("sms:", "no channel's address"),
        ("whatsapp:2025550141", "has no country code"),
    ],
)
def test_what_cannot_be_used_is_told_with_the_reason(written: str, reason: str) -> None:
    """Each mistake has its own words, and the number is not shown."""
    with pytest.raises(ValueError, match=reason) as caught:
        recipient(written)
    assert "02555" not in str(caught.value)


@given(st.text(max_size=40))
def test_what_comes_out_is_an_address(written: str) -> None:
    """Whatever goes in: E.164, a channel's address, or a reason."""
    try:
        found = recipient(written)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either may happen
        return
    assert recipient(found) == found
    assert found.isprintable() or ":" in found
