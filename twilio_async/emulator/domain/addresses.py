"""Who can send and receive: phone numbers, short codes, alphanumeric ids and addresses on other channels."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, TypeAlias

from twilio_async.emulator.domain.countries import CALLING_CODES

Kind: TypeAlias = Literal["number", "short code", "alpha", "channel"]

SMS = "sms"
"""The channel of everything that has no channel in front of it."""

_FORMATTING = re.compile(r"[\s().-]")
# Seven digits is the shortest number of any country with its country code, fifteen the longest that E.164 allows. In
# North America there are always ten behind the country code, and an area code never begins with 0 or 1.
_NUMBER = re.compile(r"\+(?:1[2-9]\d{9}|[2-9]\d{6,14})")
_NATIONAL = re.compile(r"1?([2-9]\d{9})")
_SHORT_CODE = re.compile(r"\d{3,8}")
_ALPHA = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 _&+-]{1,11}")
_CHANNEL = re.compile(r"([a-z]+):(.+)")

PHONE_CHANNELS = frozenset({"whatsapp", "rcs"})
"""Channels that reach people by their phone numbers; others have ids of their own."""
_AGENT = re.compile(r"[\w.-]+")


class Address(NamedTuple):
    """One end of a message."""

    kind: Kind
    text: str
    channel: str = SMS

    @property
    def can_receive(self) -> bool:
        """Whether messages may go there, as far as its form tells; an agent on RCS only sends."""
        if self.channel in PHONE_CHANNELS:
            return self.text.startswith(f"{self.channel}:+")
        return self.kind in {"number", "channel"}


def parse_address(text: str) -> Address | None:
    """Tell what kind of address this is, and bring a phone number into E.164 form as Twilio does.

    Args:
        text: as sent. A ``+`` may have become a space for want of percent-encoding; ten digits are a North American
            number.

    Returns:
        `None` if it is none.
    """
    if found := _CHANNEL.fullmatch(text):
        return _channel_address(text, *found.groups())
    digits = _FORMATTING.sub("", text)
    if _NUMBER.fullmatch(digits):
        return Address("number", digits)
    if found := _NATIONAL.fullmatch(digits):
        return Address("number", f"+1{found[1]}")
    if _SHORT_CODE.fullmatch(digits):
        return Address("short code", digits)
    return Address("alpha", text) if is_alpha_sender(text) else None


def is_alpha_sender(text: str) -> bool:
    """Whether this can be an alphanumeric sender: 1 to 11 of ``A-Z a-z 0-9 - + _ &`` and space, with a letter."""
    return _ALPHA.fullmatch(text) is not None


def channel_of(address: str) -> str:
    """The channel of an address; ``sms`` of a phone number, a short code or an alphanumeric id."""
    found = _CHANNEL.fullmatch(address)
    return found[1] if found else SMS


def in_country(address: str, country: str) -> bool:
    """Whether an E.164 number belongs to a country (``US``) as far as its calling code tells."""
    return address.startswith(CALLING_CODES.get(country, "no such code"))


def _channel_address(text: str, channel: str, rest: str) -> Address | None:
    # A sender on RCS is an agent with an id; whom it texts, and everybody on WhatsApp, is a phone number.
    agent = channel == "rcs" and _AGENT.fullmatch(rest)
    if channel in PHONE_CHANNELS and not agent and not _NUMBER.fullmatch(rest):
        return None
    return Address("channel", text, channel)
