"""The messages of an account: in order of time, and by who sent and who got them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from twilio_async.emulator.domain.collection import (
    ALWAYS,
    Collection,
    Slice,
    Window,
    file_place,
    unfile_place,
)
from twilio_async.emulator.domain.records import Message

End: TypeAlias = Literal["to", "from"]


class MessageLog(Collection[Message]):
    """Messages ordered by the date they were sent, or created as long as they are not.

    Each address has an order of its own, so that the few messages of one recipient are found among a million. Two addresses
    have one from the first search for both on: seldom does anybody ask, and an order of every pair would take a third of the
    memory of all messages.
    """

    def __init__(self) -> None:
        super().__init__()
        self._ends: dict[tuple[End, str], list[int]] = {}
        self._pairs: dict[tuple[str, str], list[int]] = {}

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
            return window == ALWAYS or message.date_sent is not None

        return self._slice(self._order_of(to, from_), size, window, after, before, keep)

    def _order_of(self, to: str | None, from_: str | None) -> list[int]:
        if to is not None and from_ is not None:
            return self._order_of_pair(to, from_)
        if to is not None:
            return self._ends.get(("to", to), [])
        return self._order if from_ is None else self._ends.get(("from", from_), [])

    def _order_of_pair(self, to: str, from_: str) -> list[int]:
        if (to, from_) not in self._pairs:
            either = min(self._order_of(to, None), self._order_of(None, from_), key=len)
            both = [place for place in either if (self._records[place].to, self._records[place].from_) == (to, from_)]
            self._pairs[to, from_] = both
        return self._pairs[to, from_]

    def sent_from(self, address: str) -> int:
        """How many messages there are from this sender."""
        return len(self._ends.get(("from", address), ()))

    def _file(self, place: int, record: Message) -> None:
        super()._file(place, record)
        for end in _ends(record):
            file_place(self._ends.setdefault(end, []), place)
        pair = self._pairs.get((record.to, record.from_ or ""))
        if pair is not None:
            file_place(pair, place)

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
        pair = self._pairs.get((message.to, message.from_ or ""))
        if pair is not None:
            unfile_place(pair, place)
        return message


def _ends(message: Message) -> Iterator[tuple[End, str]]:
    yield "to", message.to
    if message.from_ is not None:
        yield "from", message.from_
