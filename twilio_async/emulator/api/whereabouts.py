"""Where a sid is known, for whoever looks for it in the wrong place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.collection import Collection, R
from twilio_async.emulator.domain.shelves import SHELVES


class Trace(NamedTuple):
    """Something that has, or had, a sid.

    Attributes:
        account_sid: whose it is.
        gone: whether it was deleted.
    """

    account_sid: str
    gone: bool = False


def traces_of(sid: str, accounts: Iterable[Account]) -> list[Trace]:
    """What is known of a sid.

    Args:
        sid: of anything that an account owns.
        accounts: where to look.
    """
    return [trace for account in accounts for trace in _traces(sid, account)]


def _traces(sid: str, account: Account) -> Iterator[Trace]:
    shelves = [
        _Shelf(sid in account.numbers, sid in account.released),
        _shelf(account.messages, sid),
        _shelf(account.services, sid),
        *(_shelf(pool, sid) for pool in account.pools.values()),
        *(_shelf(account.shelf(kind), sid) for kind in SHELVES.values()),
    ]
    if sid.startswith("ME"):  # each message has a collection of its own, so there may be very many
        shelves += [_shelf(media, sid) for media in account.media.values()]
    if any(shelf.has for shelf in shelves):
        yield Trace(account.sid)
    elif any(shelf.had for shelf in shelves):
        yield Trace(account.sid, gone=True)


class _Shelf(NamedTuple):
    """Whether one place has a sid, and whether it had it once."""

    has: bool
    had: bool


def _shelf(collection: Collection[R], sid: str) -> _Shelf:
    return _Shelf(collection.get(sid) is not None, collection.knows(sid))
