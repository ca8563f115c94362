"""All that the emulator knows: accounts and what is theirs."""

from __future__ import annotations

import base64
import binascii
import random
from dataclasses import dataclass, field
from threading import RLock
from typing import NamedTuple

from twilio_async.emulator import errors
from twilio_async.emulator.accounts import Account
from twilio_async.emulator.clock import Clock
from twilio_async.emulator.lifecycle import Lifecycle
from twilio_async.emulator.records import Message, Number
from twilio_async.emulator.switches import Switches

# Written so that no scanner of source code takes them for somebody's real keys.
ACCOUNT_SID = "AC" + "e" * 32
AUTH_TOKEN = "e0" * 16
API_KEY = "SK" + "e" * 32
API_SECRET = "e1" * 16
CONTENT_SID = "HX" + "e" * 32

NUMBERS = (
    Number(sid="PN" + "1" * 32, number="+15017122661"),
    Number(sid="PN" + "2" * 32, number="+14155550142"),
    Number(sid="PN" + "3" * 32, number="+12025550143"),
    Number(sid="PN" + "4" * 32, number="+447700900144", country="GB", capabilities=("SMS", "Voice")),
    Number(sid="SC" + "5" * 32, number="70707", capabilities=("SMS", "MMS")),
)
WHATSAPP = "whatsapp:+14155238886"


class HostedMedia(NamedTuple):
    """What the media host serves for a URL."""

    content: bytes
    content_type: str


def seeded_account() -> Account:
    """The account that every emulator begins with."""
    account = Account(ACCOUNT_SID, AUTH_TOKEN, {API_KEY: API_SECRET}, NUMBERS)
    account.channels.add(WHATSAPP)
    account.contents[CONTENT_SID] = "Hello {{1}}"
    return account


@dataclass(slots=True)
class State:
    """Everything but the sockets.

    Attributes:
        clock: what time it is.
        lifecycle: moves the messages along.
        switches: what to do where Twilio's behaviour is not known for sure.
        random: where sids come from.
        max_messages: how many an account keeps; the oldest go first. `None` for all.
        media_origin: scheme and host of where the files of messages are.
        accounts: by sid.
        hosted_media: what is served for a media URL, where a test says so.
        lock: held by whoever reads or changes anything, since an emulator in a thread of its own is asked from others.
    """

    clock: Clock
    lifecycle: Lifecycle
    switches: Switches
    random: random.Random
    max_messages: int | None = None
    media_origin: str = ""
    accounts: dict[str, Account] = field(default_factory=dict[str, Account])
    hosted_media: dict[str, HostedMedia] = field(default_factory=dict[str, HostedMedia])
    lock: RLock = field(default_factory=RLock)

    def unique(self) -> str:
        """32 hexadecimal digits that nothing else has."""
        return f"{self.random.getrandbits(128):032x}"

    def enter(self, account: Account, message: Message) -> None:
        """Take a new message in, and forget the oldest if that is one too many."""
        self.lifecycle.enter(account, message, self.clock())
        while self.max_messages is not None and len(account.messages) > self.max_messages:
            account.forget_oldest_message()

    def authenticate(self, authorization: str | None) -> Account:
        """The account that the credentials of a request open.

        Args:
            authorization: the header, with the account's sid and token, or an API key and its secret.

        Raises:
            ApiError: they open none (20003).
        """
        user, password = _basic(authorization)
        for account in self.accounts.values():
            if {account.sid: account.auth_token, **account.api_keys}.get(user) == password:
                return account
        raise errors.UNAUTHENTICATED.error()

    def account_at(self, sid: str, caller: Account) -> Account | None:
        """The account that a path names.

        Args:
            sid: of the path.
            caller: whose credentials came with the request.

        Returns:
            `None` if the caller may not act for it.
        """
        return caller if caller.sid == sid else None


def _basic(authorization: str | None) -> tuple[str, str]:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        raise errors.UNAUTHENTICATED.error()
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise errors.UNAUTHENTICATED.error() from None
    return user, password
