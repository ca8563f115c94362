"""What one account of the emulator owns, and what it is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableSet
from collections.abc import Set as AbstractSet
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias, cast

from twilio_async.emulator.domain.channels import Channels, ChannelSender
from twilio_async.emulator.domain.collection import Collection, R, Record
from twilio_async.emulator.domain.countries import country_of
from twilio_async.emulator.domain.credentials import Credentials
from twilio_async.emulator.domain.message_log import MessageLog
from twilio_async.emulator.domain.records import FOUNDED, Feedback, Media, Number, Sender, Service, Webhook

AccountStatus: TypeAlias = Literal["active", "suspended", "closed"]

MOST_SCHEDULED = 500_000
"""Messages that may be scheduled at once."""
CREDIT = Decimal("100.00000")
"""What an account begins with, in dollars."""
TRIAL_PREFIX = "Sent from your Twilio trial account - "
"""What the texts of a trial account begin with."""

_LOCAL = 7
"""Digits of a number without its country and area; fewer are a short code."""


class Account(Credentials):
    """An account: its keys, its numbers, its Messaging Services, its messages, and what it is allowed.

    Args:
        sid: ``AC…``.
        auth_token: the primary token.
        api_keys: secrets of standard API keys by their sids.
        numbers: what it owns.
        parent: whose subaccount it is. Default: nobody's.
        test: sid and token of its test credentials. Default: new ones.
        opened: when it came to be.

    Attributes:
        friendly_name: a name for people.
        status: ``active``, ``suspended`` or ``closed``.
        trial: whether it is on trial: it texts only `verified` recipients, has no alphanumeric senders, and its texts say
            so.
        numbers: phone numbers and short codes by sid.
        released: numbers that it owned once, by sid.
        channel_webhooks: where inbound messages to one of these addresses are told of.
        pools: the senders of each Messaging Service by its sid.
        media: by the sid of the message; messages without any have no entry.
        feedback: by the sid of the message.
        opt_outs: pairs of a sender (a number, a service's sid, or `None` for every one) and a recipient who wants no
            texts from it.
        allowed_countries: where it may text, in two letters each (``US``); `None` for everywhere.
        blocked_countries: where it may not, although it is allowed.
        verified: recipients that an account on trial may text.
        landlines: recipients that no text reaches, since they are no mobile phones.
        unreachable: recipients that none of its senders reaches.
        paused_services: sids of Messaging Services that do not take messages for now.
        scheduled_limit: messages that may be scheduled at once.
        balance: what it has left, in dollars, for its messages and those of its subaccounts. Nothing happens below 0.
    """

    def __init__(
        self,
        sid: str,
        auth_token: str,
        api_keys: Mapping[str, str],
        numbers: Iterable[Number],
        *,
        parent: Account | None = None,
        test: tuple[str, str] | None = None,
        opened: datetime = FOUNDED,
    ) -> None:
        super().__init__(sid, auth_token, api_keys, test)
        self.parent = parent
        self.friendly_name: str = ""
        self.status: AccountStatus = "active"
        self.trial: bool = False
        self.date_created: datetime = opened
        self.date_updated: datetime = opened
        self.numbers: dict[str, Number] = {number.sid: number for number in numbers}
        self.released: dict[str, Number] = {}
        self.channel_webhooks: dict[str, Webhook] = {}
        self._shelves: dict[type, Collection[Any]] = {}
        self.services: Collection[Service] = Collection()
        self.pools: dict[str, Collection[Sender]] = {}
        self.messages: MessageLog = MessageLog()
        self.media: dict[str, Collection[Media]] = {}
        self.feedback: dict[str, Feedback] = {}
        self.opt_outs: set[tuple[str | None, str]] = set()
        self.allowed_countries: set[str] | None = None
        self.blocked_countries: set[str] = set()
        self.verified: set[str] = set()
        self.landlines: set[str] = set()
        self.unreachable: set[str] = set()
        self.paused_services: set[str] = set()
        self.scheduled_limit: int = MOST_SCHEDULED
        self.balance: Decimal = CREDIT

    def shelf(self, kind: type[R]) -> Collection[R]:
        """Its records of one kind."""
        return cast("Collection[R]", self._shelves.setdefault(kind, Collection()))

    def clear_shelf(self, kind: type[Record]) -> None:
        """Have had no record of a kind ever."""
        self._shelves.pop(kind, None)

    @property
    def channels(self) -> MutableSet[str]:
        """Addresses on other channels that it may send from, such as ``whatsapp:+14155238886``."""
        return Channels(self)

    @channels.setter
    def channels(self, addresses: AbstractSet[str]) -> None:
        """Let it send from these, and from no others."""
        with self.lock:
            for address in self.channels - addresses:
                self.channels.discard(address)
            for address in addresses - self.channels:
                self.channels.add(address)

    def channel_sender(self, address: str) -> ChannelSender | None:
        """The sender with this address on another channel, online or not."""
        return next((sender for sender in self.shelf(ChannelSender) if sender.sender_id == address), None)

    def remove_channel_sender(self, sid: str) -> None:
        """Take a sender on another channel away, out of the pool of its Messaging Service too.

        Raises:
            KeyError: it has no such sender.
        """
        with self.lock:
            self.shelf(ChannelSender).remove(sid)
            self._leave_pool(sid)

    @property
    def active(self) -> bool:
        """Whether it may do anything: neither it nor its parent is suspended or closed."""
        return self.status == "active" and (self.parent is None or self.parent.active)

    def suspend(self) -> None:
        """Let it do nothing, nor its subaccounts, until it is reactivated.

        Raises:
            ValueError: it is closed.
        """
        self._become("suspended")

    def reactivate(self) -> None:
        """Let it do everything again.

        Raises:
            ValueError: it is closed.
        """
        self._become("active")

    def close(self) -> None:
        """Let it do nothing ever again; its numbers are free for others."""
        with self.lock:
            self.status = "closed"
            for sid in [*self.numbers]:
                self.remove_number(sid)

    def _become(self, status: AccountStatus) -> None:
        with self.lock:
            if self.status == "closed":
                raise ValueError("a closed account stays closed")
            self.status = status

    def number(self, address: str) -> Number | None:
        """The number or short code with this address, if the account owns it."""
        return next((number for number in self.numbers.values() if number.number == address), None)

    def numbers_ending_with(self, digits: str) -> list[Number]:
        """The numbers that somebody may mean who leaves out the area code, or more; none for what is a short code."""
        if len(digits) < _LOCAL:
            return []
        return [number for number in self.numbers.values() if number.number.endswith(digits)]

    def add_number(
        self,
        address: str,
        *,
        country: str | None = None,
        capabilities: Iterable[str] = ("SMS", "MMS", "Voice"),
        sms_url: str | None = None,
        sms_fallback_url: str | None = None,
        status_callback: str | None = None,
    ) -> Number:
        """Give it a number.

        Args:
            address: E.164, or a short code.
            country: two letters. Default: as the number says; ``US`` for a short code.
            capabilities: of ``SMS``, ``MMS`` and ``Voice``. Default: all.
            sms_url: where its inbound messages go. Default: nowhere.
            sms_fallback_url: where they go if that fails. Default: nowhere.
            status_callback: where its own events go. Default: nowhere.

        Raises:
            ValueError: it has that number already.
        """
        with self.lock:
            if self.number(address) is not None:
                raise ValueError("the account has that number already")
            number = Number(
                sid=f"{'PN' if address.startswith('+') else 'SC'}{self.unique()}",
                number=address,
                country=country or country_of(address) or "US",
                capabilities=(*capabilities,),
                sms_url=sms_url,
                sms_fallback_url=sms_fallback_url,
                status_callback=status_callback,
            )
            self.numbers[number.sid] = number
            return number

    def remove_number(self, sid: str) -> None:
        """Take a number away, out of the pool of its Messaging Service too.

        Raises:
            KeyError: it has no number with this sid.
        """
        with self.lock:
            self.released[sid] = self.numbers.pop(sid)
            self._leave_pool(sid)

    def service_of(self, sender_sid: str) -> str | None:
        """The sid of the service whose pool this sender is in, if it is in one."""
        return next((service for service, pool in self.pools.items() if pool.get(sender_sid)), None)

    def service_at(self, address: str) -> str | None:
        """The sid of the service whose pool the sender with this address is in, if it is in one."""
        sender = self.number(address) or self.channel_sender(address)
        return None if sender is None else self.service_of(sender.sid)

    def _leave_pool(self, sender_sid: str) -> None:
        service = self.service_of(sender_sid)
        if service is not None:
            self.pools[service].remove(sender_sid)

    def may_text(self, recipient: str) -> bool:
        """Whether the country of a phone number is one that it may text; it may if nobody knows the country."""
        country = country_of(recipient)
        if country is None:
            return True
        return country not in self.blocked_countries and (self.allowed_countries is None or country in self.allowed_countries)

    def opted_out(self, sender: str, recipient: str) -> bool:
        """Whether *recipient* wants no texts from *sender*, a number or the sid of a Messaging Service."""
        if not self.opt_outs:
            return False
        return any((who, recipient) in self.opt_outs for who in (sender, self._speaks_for(sender), None))

    def stop(self, recipient: str, sender: str) -> None:
        """Do what it means that *recipient* answers STOP to *sender*.

        He gets no more texts from the Messaging Service whose pool that number is in; if there is none, from the number.
        """
        with self.lock:
            self.opt_outs.add((self._speaks_for(sender), recipient))

    def start(self, recipient: str, sender: str) -> None:
        """Do what it means that *recipient* answers START to *sender*: take back what `stop` did, or who stopped all."""
        with self.lock:
            self.opt_outs -= {(who, recipient) for who in (sender, self._speaks_for(sender), None)}

    def _speaks_for(self, sender: str) -> str:
        return self.service_at(sender) or sender

    def charge(self, price: Decimal) -> None:
        """Take the price of a message, a negative one, from the money; for a subaccount its parent pays."""
        payer = self.parent or self
        payer.balance += price

    def remove_message(self, sid: str) -> None:
        """Delete a message and all that belongs to it.

        Raises:
            KeyError: there is no message with this sid.
        """
        self.messages.remove(sid)
        self._remove_belongings(sid)

    def forget_oldest_message(self) -> None:
        """Make room: a message and all that belongs to it have never been there.

        Raises:
            IndexError: there is no message.
        """
        sid = self.messages.oldest().sid
        self.messages.forget(sid)
        self._remove_belongings(sid)

    def _remove_belongings(self, sid: str) -> None:
        self.media.pop(sid, None)
        self.feedback.pop(sid, None)

    def remove_service(self, sid: str) -> None:
        """Delete a Messaging Service; its numbers are free for another.

        Raises:
            KeyError: there is no service with this sid.
        """
        self.services.remove(sid)
        self.pools.pop(sid, None)

    def __repr__(self) -> str:
        return f"<Account {self.sid} {self.status} messages={len(self.messages)}>"
