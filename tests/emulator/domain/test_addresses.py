"""What is a phone number, a short code, an alphanumeric id or an address on another channel."""

from __future__ import annotations

import pytest

from twilio_async.emulator.domain.addresses import Address, in_country, is_alpha_sender, parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("+15558675310", Address("number", "+15558675310")),
        ("+447700900144", Address("number", "+447700900144")),
        ("+1 (555) 867-5310", Address("number", "+15558675310")),
        ("5558675310", Address("number", "+15558675310")),
        (" 15558675310", Address("number", "+15558675310")),
        ("70707", Address("short code", "70707")),
        ("Acme Corp", Address("alpha", "Acme Corp")),
        ("whatsapp:+14155238886", Address("channel", "whatsapp:+14155238886", "whatsapp")),
        ("messenger:somebody", Address("channel", "messenger:somebody", "messenger")),
        ("rcs:parcels_agent", Address("channel", "rcs:parcels_agent", "rcs")),
        ("rcs:+15558675310", Address("channel", "rcs:+15558675310", "rcs")),
    ],
)
def test_an_address_is_told_by_its_form(text: str, address: Address) -> None:
    """Twilio brings numbers into E.164 form, also one whose plus became a space."""
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "+1555",
        "+0155586753",
        "+1123456789012",
        "12",
        "123456789",
        "+",
        "",
        "whatsapp:somebody",
        "rcs:+1",
        "rcs:a b",
        "Too long a name",
    ],
)
def test_what_is_no_address_is_none(text: str) -> None:
    """Too short, too long, or not of this world."""
    assert parse_address(text) is None


@pytest.mark.parametrize(
    ("text", "can"),
    [
        ("+15558675310", True),
        ("whatsapp:+15558675310", True),
        ("messenger:somebody", True),
        ("rcs:+15558675310", True),
        ("rcs:parcels_agent", False),
        ("70707", False),
        ("Acme", False),
    ],
)
def test_some_addresses_only_send(text: str, can: bool) -> None:
    """Ids, short codes, and agents on RCS."""
    address = parse_address(text)
    assert address is not None
    assert address.can_receive is can


@pytest.mark.parametrize(("text", "can"), [("A", True), ("My Shop +1_&-", False), ("My+1_&-Sh", True), ("12345", False)])
def test_an_alphanumeric_id_has_a_letter_and_at_most_eleven_characters(text: str, can: bool) -> None:
    """Digits alone are a number."""
    assert is_alpha_sender(text) is can


def test_a_number_is_at_home_where_its_calling_code_says() -> None:
    """A country that is not in the table is nobody's."""
    assert in_country("+15558675310", "US")
    assert in_country("+447700900144", "GB")
    assert not in_country("+447700900144", "US")
    assert not in_country("+15558675310", "XX")
