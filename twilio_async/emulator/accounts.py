"""What one account of the emulator owns."""

from __future__ import annotations

from collections.abc import Iterable

from twilio_async.emulator.collection import Collection
from twilio_async.emulator.message_log import MessageLog
from twilio_async.emulator.records import Feedback, Media, Number, Sender, Service


class Account:
    """An account: its keys, its numbers, its Messaging Services and its messages.

    Attributes:
        numbers: phone numbers and short codes by sid.
        channels: addresses on other channels that it may send from, such as ``whatsapp:+14155238886``.
        contents: the text of content templates by sid (``HX…``), with ``{{1}}`` for what the variables fill in.
        pools: the senders of each Messaging Service by its sid.
        media: by the sid of the message; messages without any have no entry.
        feedback: by the sid of the message.
        opt_outs: pairs of a sender (a number, a service's sid, or `None` for every one) and a recipient who wants no
            texts from it.
    """

    def __init__(self, sid: str, auth_token: str, api_keys: dict[str, str], numbers: Iterable[Number]) -> None:
        self.sid = sid
        self.auth_token = auth_token
        self.api_keys = api_keys
        self.numbers: dict[str, Number] = {number.sid: number for number in numbers}
        self.channels: set[str] = set()
        self.contents: dict[str, str] = {}
        self.services: Collection[Service] = Collection()
        self.pools: dict[str, Collection[Sender]] = {}
        self.messages: MessageLog = MessageLog()
        self.media: dict[str, Collection[Media]] = {}
        self.feedback: dict[str, Feedback] = {}
        self.opt_outs: set[tuple[str | None, str]] = set()

    def number(self, address: str) -> Number | None:
        """The number or short code with this address, if the account owns it."""
        return next((number for number in self.numbers.values() if number.number == address), None)

    def service_of(self, sender_sid: str) -> str | None:
        """The sid of the service whose pool this number is in, if it is in one."""
        return next((service for service, pool in self.pools.items() if pool.get(sender_sid)), None)

    def opted_out(self, sender: str, recipient: str) -> bool:
        """Whether *recipient* wants no texts from *sender*."""
        return (sender, recipient) in self.opt_outs or (None, recipient) in self.opt_outs

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
