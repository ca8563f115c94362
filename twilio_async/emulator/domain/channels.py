"""Senders on other channels than SMS: who may write on WhatsApp, RCS and the like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableSet
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from msgspec import Struct
from msgspec.structs import replace

from twilio_async.emulator.domain.errors import explanation
from twilio_async.emulator.domain.records import FOUNDED
from twilio_async.emulator.domain.reviews import Verdict

if TYPE_CHECKING:
    from twilio_async.emulator.domain.accounts import Account

_WAITING = frozenset({"CREATING", "VERIFYING", "ONLINE:UPDATING"})


class ChannelSender(Struct, frozen=True, kw_only=True):
    """A sender on another channel, with all that was said of it in the words of Twilio's Senders API."""

    PREFIX: ClassVar[str] = "XE"

    sid: str
    account_sid: str
    sender_id: str
    """The address, such as ``whatsapp:+14155238886``."""
    date_created: datetime = FOUNDED
    date_updated: datetime = FOUNDED
    status: str = "CREATING"
    verified: bool = True
    """Whether nobody has to prove that the number is his: Twilio reads by itself what comes to its own."""
    friendly_name: str | None = None
    configuration: dict[str, Any] = {}
    webhook: dict[str, Any] = {}
    profile: dict[str, Any] = {}
    offline_reasons: tuple[dict[str, object], ...] = ()

    @property
    def online(self) -> bool:
        """Whether it may send; also while a change of it is looked at."""
        return self.status.startswith("ONLINE")

    @property
    def pending(self) -> bool:
        """Whether it waits for Twilio, and not for its owner."""
        return self.status in _WAITING

    def decided(self, verdict: Verdict, when: datetime) -> Self:
        """The sender one step further, or offline for a reason."""
        if not verdict.approved:
            reason: dict[str, object] = {
                "code": None if verdict.code is None else str(verdict.code),
                "message": verdict.reason,
                "more_info": None if verdict.code is None else explanation(verdict.code),
            }
            return replace(self, status="OFFLINE", offline_reasons=(reason,), date_updated=when)
        if self.status == "CREATING" and not self.verified:
            return replace(self, status="PENDING_VERIFICATION", date_updated=when)
        return replace(self, status="ONLINE", verified=True, offline_reasons=(), date_updated=when)


class Channels(MutableSet[str]):
    """The addresses on other channels that an account may send from: those of its senders that are online.

    What is added here is online at once; what is discarded is no sender any more.

    Args:
        account: whose they are.
    """

    def __init__(self, account: Account) -> None:
        self._account = account

    # What is made of two is nobody's.
    @classmethod
    def _from_iterable(cls, it: Iterable[Any]) -> set[Any]:
        return {*it}

    def __contains__(self, address: object) -> bool:
        return any(sender.sender_id == address for sender in self._online())

    def __iter__(self) -> Iterator[str]:
        return (sender.sender_id for sender in self._online())

    def __len__(self) -> int:
        return sum(1 for _ in self._online())

    def add(self, address: str) -> None:
        """Let the account send from an address."""
        with self._account.lock:
            sender = self._account.channel_sender(address)
            if sender is not None:
                self._account.shelf(ChannelSender).replace(replace(sender, status="ONLINE", offline_reasons=()))
                return
            sid = f"{ChannelSender.PREFIX}{self._account.unique()}"
            sender = ChannelSender(sid=sid, account_sid=self._account.sid, sender_id=address, status="ONLINE")
            self._account.shelf(ChannelSender).add(sender, sender.date_created)

    def discard(self, address: str) -> None:
        """Take an address away from the account, if it may send from it."""
        with self._account.lock:
            if address in self:
                sender = self._account.channel_sender(address)
                self._account.remove_channel_sender(sender.sid if sender else "")

    def __repr__(self) -> str:
        return repr({*self})

    def _online(self) -> Iterator[ChannelSender]:
        return (sender for sender in self._account.shelf(ChannelSender) if sender.online)
