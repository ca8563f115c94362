"""The messages of an account: in order of time, and by who sent and who got them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from twilio_async.emulator.collection import (
    ALWAYS,
    Collection,
    Slice,
    Window,
    file_place,
    unfile_place,
)
from twilio_async.emulator.records import Message

End: TypeAlias = Literal["to", "from"]


class MessageLog(Collection[Message]):
    """Messages ordered by the date they were sent, or created as long as they are not.

    Each address has an order of its own, so that the few messages of one recipient are found among a million.
    """

    def __init__(self) -> None:
        super().__init__()
        self._ends: dict[tuple[End, str], list[int]] = {}

    def search(
        self,
        size: int,
        window: Window = ALWAYS,
        *,
        to: str | None = None,
        from_: str | None = None,
        after: str | None = None,
        before: str | None = None,
    ) -> Slice[Message]:
        """A stretch of at most *size* messages, newest first.

        Args:
            size: how many; at least 1.
            window: when they were sent. If it is bounded, messages that are not sent yet are left out.
            to: the recipient, exactly. Default: any.
            from_: the sender, exactly. Default: any.
            after: begin with the message that follows this sid.
            before: end with the message in front of this sid instead.
        """

        def keep(message: Message) -> bool:
            return (
                (to is None or message.to == to)
                and (from_ is None or message.from_ == from_)
                and (window == ALWAYS or message.date_sent is not None)
            )

        orders = [self._order]
        if to is not None:
            orders.append(self._ends.get(("to", to), []))
        if from_ is not None:
            orders.append(self._ends.get(("from", from_), []))
        return self._slice(min(orders, key=len), size, window, after, before, keep)

    def sent_from(self, address: str) -> int:
        """How many messages there are from this sender."""
        return len(self._ends.get(("from", address), ()))

    def _file(self, place: int, record: Message) -> None:
        super()._file(place, record)
        for end in _ends(record):
            file_place(self._ends.setdefault(end, []), place)

    def _renew(self, place: int, record: Message) -> None:
        if record.from_ == self._records[place].from_:
            super()._renew(place, record)
        else:
            self._unfile(place)
            self._file(place, record)

    def _unfile(self, place: int) -> Message:
        message = super()._unfile(place)
        for end in _ends(message):
            unfile_place(self._ends[end], place)
            if not self._ends[end]:
                del self._ends[end]
        return message


def _ends(message: Message) -> Iterator[tuple[End, str]]:
    yield "to", message.to
    if message.from_ is not None:
        yield "from", message.from_
