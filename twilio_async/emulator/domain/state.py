"""All that the emulator knows: accounts and what is theirs."""

from __future__ import annotations

import base64
import binascii
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from threading import RLock
from typing import NamedTuple

from twilio_async.emulator.clock import Clock
from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.access_tokens import AccessTokens
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.channels import ChannelSender
from twilio_async.emulator.domain.contents import Content
from twilio_async.emulator.domain.credentials import Standing
from twilio_async.emulator.domain.lifecycle import Lifecycle
from twilio_async.emulator.domain.records import FOUNDED, Message, Number
from twilio_async.emulator.domain.reviews import Reviewed, Reviews, is_reviewed
from twilio_async.emulator.domain.shelves import SHELVES, Shelved
from twilio_async.emulator.switches import Switches

# Written so that no scanner of source code takes them for somebody's real keys.
ACCOUNT_SID = "AC" + "e" * 32
AUTH_TOKEN = "e0" * 16
API_KEY = "SK" + "e" * 32
API_SECRET = "e1" * 16
OAUTH_CLIENT_ID = "OQ" + "e" * 32
OAUTH_CLIENT_SECRET = "e2" * 16
TEST_ACCOUNT_SID = "AC" + "d" * 32
TEST_AUTH_TOKEN = "d0" * 16
CONTENT_SID = "HX" + "e" * 32

NUMBERS = (
    Number(sid="PN" + "1" * 32, number="+15017122661"),
    Number(sid="PN" + "2" * 32, number="+14155550142"),
    Number(sid="PN" + "3" * 32, number="+12025550143"),
    Number(sid="PN" + "4" * 32, number="+447700900144", country="GB", capabilities=("SMS", "Voice")),
    Number(sid="SC" + "5" * 32, number="70707", capabilities=("SMS", "MMS")),
)
GREETING = Content(
    sid=CONTENT_SID,
    account_sid=ACCOUNT_SID,
    friendly_name="greeting",
    types={"twilio/text": {"body": "Hello {{1}}"}},
    date_created=FOUNDED,
    date_updated=FOUNDED,
)
WHATSAPP = "whatsapp:+14155238886"
RCS = "rcs:parcels_agent"
CHANNEL_SENDERS = (
    ChannelSender(sid="XE" + "6" * 32, account_sid=ACCOUNT_SID, sender_id=WHATSAPP, status="ONLINE"),
    ChannelSender(sid="XE" + "7" * 32, account_sid=ACCOUNT_SID, sender_id=RCS, status="ONLINE"),
)


class HostedMedia(NamedTuple):
    """What the media host serves for a URL."""

    content: bytes
    content_type: str


class Caller(NamedTuple):
    """Who makes a request, and by what he came in."""

    account: Account
    standing: Standing


def seeded_account() -> Account:
    """The account that every emulator begins with."""
    account = Account(ACCOUNT_SID, AUTH_TOKEN, {API_KEY: API_SECRET}, NUMBERS, test=(TEST_ACCOUNT_SID, TEST_AUTH_TOKEN))
    for sender in CHANNEL_SENDERS:
        account.shelf(ChannelSender).add(sender, sender.date_created)
    account.oauth_apps[OAUTH_CLIENT_ID] = OAUTH_CLIENT_SECRET
    account.shelf(Content).add(GREETING, GREETING.date_created)
    return account


@dataclass(slots=True)
class State:
    """Everything but the sockets.

    Attributes:
        clock: what time it is.
        lifecycle: moves the messages along.
        reviews: decides about what is applied for.
        switches: what to do where Twilio's behaviour is not known for sure.
        random: where sids come from.
        max_messages: how many an account keeps; the oldest go first. `None` for all.
        media_origin: scheme and host of where the files of messages are.
        accounts: by sid.
        hosted_media: what is served for a media URL, where a test says so.
        deactivations: the numbers that carriers took out of service, by the day (``2024-05-24``).
        access_tokens: those of the OAuth apps.
        lock: held by whoever reads or changes anything, since an emulator in a thread of its own is asked from others.
    """

    clock: Clock
    lifecycle: Lifecycle
    reviews: Reviews
    switches: Switches
    random: random.Random
    max_messages: int | None = None
    media_origin: str = ""
    accounts: dict[str, Account] = field(default_factory=dict[str, Account])
    hosted_media: dict[str, HostedMedia] = field(default_factory=dict[str, HostedMedia])
    deactivations: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    access_tokens: AccessTokens = field(default_factory=AccessTokens)
    lock: RLock = field(default_factory=RLock)

    def __post_init__(self) -> None:
        for account in self.accounts.values():
            self._adopt(account)

    @property
    def main(self) -> Account:
        """The account that was there first."""
        return next(iter(self.accounts.values()))

    def unique(self) -> str:
        """32 hexadecimal digits that nothing else has."""
        return f"{self.random.getrandbits(128):032x}"

    def settle(self, now: datetime) -> None:
        """Let everything happen that was due until *now*."""
        self.lifecycle.settle(now)
        self.reviews.settle(now)

    def enter(self, account: Account, message: Message) -> None:
        """Take a new message in that is to be sent, and forget the oldest if that is one too many."""
        self.lifecycle.enter(account, message, self.clock())
        self._make_room(account)

    def arrive(self, account: Account, message: Message) -> None:
        """Take an inbound message in, and forget the oldest if that is one too many."""
        account.messages.add(message, message.date_created)
        account.charge(message.price or Decimal(0))
        self._make_room(account)

    def keep(self, account: Account, record: Shelved) -> None:
        """Put a new record on its shelf, and let it be decided about if somebody has to."""
        account.shelf(type(record)).add(record, record.date_created)
        if is_reviewed(record):
            self.reviews.open(account, record, self.clock())

    def change(self, account: Account, record: Shelved) -> None:
        """Put another version in the place of a record on its shelf, and let it be decided about if somebody has to."""
        account.shelf(type(record)).replace(record)
        if is_reviewed(record):
            self.reviews.open(account, record, self.clock())

    def reviewed(self, sid: str) -> tuple[Account, Reviewed]:
        """The record with this sid that somebody decides about, and whose it is.

        Raises:
            KeyError: there is none.
        """
        for account in self.accounts.values():
            for kind in SHELVES.values():
                record = account.shelf(kind).get(sid)
                if record is not None and is_reviewed(record):
                    return account, record
        raise KeyError(sid)

    def edit(self, account: Account, message: Message) -> None:
        """Put another version in the place of a message, without moving it along."""
        account.messages.replace(message)
        if self.lifecycle.watcher is not None:
            self.lifecycle.watcher.edited(message)

    def remove(self, account: Account, message: Message) -> None:
        """Delete a message and all that belongs to it."""
        account.remove_message(message.sid)
        if self.lifecycle.watcher is not None:
            self.lifecycle.watcher.removed(message)

    def _make_room(self, account: Account) -> None:
        while self.max_messages is not None and len(account.messages) > self.max_messages:
            account.forget_oldest_message()

    def add_account(
        self,
        friendly_name: str = "",
        *,
        parent: Account | None = None,
        sid: str | None = None,
        auth_token: str | None = None,
        trial: bool = False,
        numbers: Iterable[Number] = (),
    ) -> Account:
        """Open an account.

        Args:
            friendly_name: a name for people. Default: none.
            parent: whose subaccount it is. Default: nobody's.
            sid: ``AC…``. Default: a new one.
            auth_token: Default: a new one.
            trial: whether it is on trial.
            numbers: what it owns. Default: nothing; see `Account.add_number`.

        Raises:
            ValueError: there is an account with this sid.
        """
        with self.lock:
            if sid in self.accounts:
                raise ValueError(f"there is an account {sid} already")
            account = Account(
                sid or f"AC{self.unique()}",
                auth_token or self.unique(),
                {},
                numbers,
                parent=parent,
                test=(f"AC{self.unique()}", self.unique()),
                opened=self.clock().replace(microsecond=0),
            )
            account.friendly_name, account.trial = friendly_name, trial
            self.accounts[account.sid] = account
            self._adopt(account)
            return account

    def _adopt(self, account: Account) -> None:
        account.lock, account.unique = self.lock, self.unique

    def owner_of(self, address: str) -> Account | None:
        """The account that may send from this number, short code or address on another channel; `None` if none may."""
        with self.lock:
            return next(
                (account for account in self.accounts.values() if address in account.channels or account.number(address)), None
            )

    def account_with_message(self, sid: str) -> Account | None:
        """The account that has the message with this sid, if one has it."""
        with self.lock:
            return next((account for account in self.accounts.values() if account.messages.get(sid)), None)

    def authenticate(self, authorization: str | None) -> Caller:
        """Whom the credentials of a request are of.

        Args:
            authorization: the header, with the account's sid and a token, or an API key and its secret, or the test
                credentials, or an access token of an OAuth app.

        Raises:
            ApiError: they are nobody's (20003).
        """
        scheme, _, value = (authorization or "").partition(" ")
        caller = {"basic": self._with_password, "bearer": self._with_token}.get(scheme.lower(), _nobody)(value)
        if caller is None:
            raise errors.UNAUTHENTICATED.error()
        return caller

    def _with_password(self, encoded: str) -> Caller | None:
        try:
            user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        for account in self.accounts.values():
            standing = account.standing_of(user, password)
            if standing is not None:
                return Caller(account, standing)
        return None

    def _with_token(self, token: str) -> Caller | None:
        client_id = self.access_tokens.app_of(token, self.clock())
        owners = (account for account in self.accounts.values() if client_id in account.oauth_apps)
        return next((Caller(account, "standard key") for account in owners), None)

    def oauth_token(self, client_id: str, client_secret: str) -> str | None:
        """An access token for an OAuth app; `None` if these are nobody's credentials.

        Args:
            client_id: ``OQ…``.
            client_secret: of the app.
        """
        if any(account.has_oauth_app(client_id, client_secret) for account in self.accounts.values()):
            return self.access_tokens.issue(client_id, self.clock())
        return None

    def account_at(self, sid: str, caller: Caller) -> Account | None:
        """The account that a path names.

        Args:
            sid: of the path.
            caller: who makes the request.

        Returns:
            `None` if the caller may not act for it: it is neither his own nor a subaccount of his.
        """
        account = self.accounts.get(sid)
        if account is None or caller.account in {account, account.parent}:
            return account
        return None


def _nobody(_value: str) -> None:
    """Whom a scheme that nobody knows is of."""
