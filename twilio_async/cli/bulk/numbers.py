"""Phone numbers as people write them, and what is wrong with one that cannot be used."""

from __future__ import annotations

import re
import unicodedata

from twilio_async.cli.texts import masked

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_CHANNEL = re.compile(r"([a-z]+):(\S{1,250})")
_FORMATTING = re.compile(r"[\s().\-/\u00ad\u2010-\u2015\u2212]")
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
_ROUNDED = re.compile(r"\+?\d(?:[.,]\d+)?[eE]\+?\d+")
_LONGEST_CODE = 6


def recipient(written: str) -> str:
    """A recipient as Twilio takes it: spaces, brackets, dots and dashes of a number are left out.

    Args:
        written: a number with ``+`` and its country's code, or an address of a channel, such as ``whatsapp:+14155552671``.

    Raises:
        ValueError: it cannot be used; the message says why and shows four of its characters at most.
    """
    text = "".join(character for character in written.strip() if unicodedata.category(character) != "Cf").removeprefix("'")
    channel, colon, address = text.rpartition(":")
    if colon and channel.lower() != "whatsapp":
        if _CHANNEL.fullmatch(f"{channel.lower()}:{address.strip()}"):
            return f"{channel.lower()}:{address.strip()}"
        raise ValueError(f"{masked(text)!r} is no channel's address, such as whatsapp:+14155552671")
    number = _FORMATTING.sub("", address)
    if _TRUNK_ZERO.search(address) or not _NUMBER.fullmatch(number):
        raise ValueError(_fault(address.strip(), number))
    return f"{channel.lower()}{colon}{number}"


def _fault(address: str, number: str) -> str:
    """Why a number cannot be used."""
    shown, digits = repr(masked(number)), number.lstrip("+")
    if not number:
        return "there is no number"
    if _TRUNK_ZERO.search(address):
        return f"{shown} holds (0), which is not dialled from abroad: leave it out"
    if _ROUNDED.fullmatch(address):
        return f"{shown} was rounded by a spreadsheet: make the column text there, and put the numbers in again"
    if not (digits.isascii() and digits.isdigit()):
        return f"{shown} holds something that is no digit: one number, and nothing else, can stand here"
    if number.startswith("00"):
        return f"{shown} begins with 00: write + instead"
    if not number.startswith("+"):
        return _without_plus(shown, digits)
    if digits.startswith("0"):
        return f"{shown} has a 0 after its +, where no country's code begins"
    if len(digits) <= _LONGEST_CODE:
        return f"{shown} is too short: {len(digits)} digits"
    return f"{shown} is too long: {len(digits)} digits, and 15 are the most"


def _without_plus(shown: str, digits: str) -> str:
    if len(digits) <= _LONGEST_CODE:
        return f"{shown} is too short to be a phone number"
    return f"{shown} has no country code: write + and the country's, as in +14155552671"
