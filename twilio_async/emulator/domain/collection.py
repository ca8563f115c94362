"""Records by sid, kept in order of time, so that a page in the middle of a million is found without a scan."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import count, islice
from typing import Generic, NamedTuple, Protocol, TypeVar

_SERIAL_BITS = 32


class Record(Protocol):
    """What a collection holds."""

    @property
    def sid(self) -> str:
        """Twilio's id of it."""
        ...


R = TypeVar("R", bound=Record)


class Window(NamedTuple):
    """A span of time in whole seconds since 1970; both ends belong to it, `None` is open."""

    since: int | None = None
    until: int | None = None


ALWAYS = Window()


class Slice(NamedTuple, Generic[R]):
    """A stretch of a collection, newest first, and whether there is more on either side of it."""

    items: Sequence[R]
    newer: bool
    older: bool


def everything(_: object) -> bool:
    """The filter that keeps all."""
    return True


class Collection(Generic[R]):
    """Records in order of time; those of one second in the order in which they came.

    A record's *place* is one number: its second, then a serial. The place of a deleted record stays known, so that the
    page token made of its sid stays good while somebody deletes what he lists.
    """

    def __init__(self) -> None:
        self._order: list[int] = []
        self._records: dict[int, R] = {}
        self._places: dict[str, int] = {}
        self._promised: dict[str, int] = {}
        self._serials = count()

    @classmethod
    def of_all(cls, collections: Iterable[Collection[R]]) -> Collection[R]:
        """What several hold together, in one order of time, as it is now."""
        together = cls()
        places = (
            (place, number, sid, collection.get(sid))
            for number, collection in enumerate(collections)
            for sid, place in collection.places()
        )
        for place, _, sid, record in sorted(places):
            renumbered = together._places[sid] = place >> _SERIAL_BITS << _SERIAL_BITS | next(together._serials)
            if record is not None:
                together._file(renumbered, record)
        return together

    def places(self) -> Iterable[tuple[str, int]]:
        """The place of each record that is, or was, in here, by its sid."""
        return self._places.items()

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[R]:
        """In the order in which they were added."""
        return (self._records[place] for place in self._places.values() if place in self._records)

    def get(self, sid: str) -> R | None:
        """The record with this sid, if there is one."""
        return self._records.get(self._places.get(sid, -1))

    def oldest(self) -> R:
        """The first in order.

        Raises:
            IndexError: the collection is empty.
        """
        return self._records[self._order[0]]

    def add(self, record: R, at: datetime) -> None:
        """Put a new record in its place.

        Args:
            record: its sid must not be in here yet.
            at: what it is ordered by.
        """
        place = int(at.timestamp()) << _SERIAL_BITS | next(self._serials)
        for places in (self._places, self._promised):  # where it was the last time, if it was deleted and comes again
            places.pop(record.sid, None)
        self._places[record.sid] = place
        self._file(place, record)

    def replace(self, record: R, at: datetime | None = None) -> None:
        """Put a newer version of a record in place of the one with its sid.

        Args:
            record: the new version.
            at: what it is ordered by from now on. Default: as before.

        Raises:
            KeyError: there is no record with this sid.
        """
        place = self._places[record.sid]
        if at is None or int(at.timestamp()) == place >> _SERIAL_BITS:
            self._renew(place, record)
            return
        self._unfile(place)
        place = self._places[record.sid] = int(at.timestamp()) << _SERIAL_BITS | place & (1 << _SERIAL_BITS) - 1
        self._file(place, record)

    def remove(self, sid: str) -> None:
        """Take a record out, and remember where it was.

        Raises:
            KeyError: there is no record with this sid.
        """
        self._unfile(self._places[sid])

    def forget(self, sid: str) -> None:
        """Take a record out as if it had never been there.

        Raises:
            KeyError: there is no record with this sid.
        """
        self.remove(sid)
        del self._places[sid]
        self._promised.pop(sid, None)

    def knows(self, sid: str) -> bool:
        """Whether a record with this sid is, or was, in here."""
        return sid in self._places

    def second_of(self, sid: str) -> int:
        """What a record is ordered by, in seconds since 1970.

        Raises:
            KeyError: there is, and was, no record with this sid.
        """
        return self._places[sid] >> _SERIAL_BITS

    def slice(
        self,
        size: int,
        window: Window = ALWAYS,
        *,
        after: str | None = None,
        before: str | None = None,
        keep: Callable[[R], bool] = everything,
    ) -> Slice[R]:
        """A stretch of at most *size* records, newest first.

        Args:
            size: how many; at least 1.
            window: the span of time that they are in.
            after: begin with the record that follows this sid, which `knows` knows. Default: with the newest.
            before: end with the record in front of this sid instead.
            keep: a filter; those that it drops do not count.
        """
        return self._slice(self._order, size, window, after, before, keep)

    def _slice(
        self,
        order: list[int],
        size: int,
        window: Window,
        after: str | None,
        before: str | None,
        keep: Callable[[R], bool],
    ) -> Slice[R]:
        low = 0 if window.since is None else bisect_left(order, window.since << _SERIAL_BITS)
        high = len(order) if window.until is None else bisect_left(order, window.until + 1 << _SERIAL_BITS)
        if before is not None:
            low = max(low, bisect_right(order, self._promised_place(before)))
            found = self._found(order, range(low, high), size + 1, keep)
            return self._promise(Slice(found[:size][::-1], newer=len(found) > size, older=True))
        if after is not None:
            high = min(high, bisect_left(order, self._promised_place(after)))
        found = self._found(order, range(high - 1, low - 1, -1), size + 1, keep)
        return self._promise(Slice(found[:size], newer=after is not None, older=len(found) > size))

    def _found(self, order: list[int], indexes: range, size: int, keep: Callable[[R], bool]) -> list[R]:
        kept = (record for index in indexes if keep(record := self._records[order[index]]))
        return list(islice(kept, size))

    def _promised_place(self, sid: str) -> int:
        return self._promised.get(sid, self._places[sid])

    def _promise(self, found: Slice[R]) -> Slice[R]:
        # A message moves up when it is sent. A page that was promised to follow it goes on from where it stood.
        for record in (found.items[0], found.items[-1]) if found.items else ():
            self._promised[record.sid] = self._places[record.sid]
        return found

    def _file(self, place: int, record: R) -> None:
        self._records[place] = record
        file_place(self._order, place)

    def _renew(self, place: int, record: R) -> None:
        self._records[place] = record

    def _unfile(self, place: int) -> R:
        record = self._records.pop(place)
        unfile_place(self._order, place)
        return record


def file_place(order: list[int], place: int) -> None:
    """Put *place* into its order; quick at the end, where nearly all belong."""
    if not order or place > order[-1]:
        order.append(place)
    else:
        insort(order, place)


def unfile_place(order: list[int], place: int) -> None:
    """Take *place* out of its order."""
    del order[bisect_left(order, place)]
