"""Lists: the page that is asked for, and the two envelopes that Twilio puts pages in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.collection import Collection, R, Slice, everything

PARAMETERS = ("PageSize", "Page", "PageToken")
DEFAULT_SIZE = 50
LARGEST_SIZE = 1000

# A token is one of these and the sid of the message at that edge of the page.
_AFTER, _BEFORE = "PA", "PB"

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Which page is asked for.

    Attributes:
        number: counted from 0; only for display, the sids decide.
        size: records at most.
        after: the sid that the page follows.
        before: the sid that the page leads up to.
    """

    number: int
    size: int
    after: str | None = None
    before: str | None = None


def turn(call: Call, collection: Collection[R]) -> Turn:
    """Read the three paging parameters.

    Raises:
        ApiError: a later page is asked for without a token (20001), a token is not from this list (20001, unless the
            switch overlooks it), a number is not a number or too small (20001) or, if the switch says so, the size is above
            1000 (20007).
    """
    number = _at_least(call, "Page", 0)
    token = call.text("PageToken")
    if number and not token:
        raise errors.PAGE_TOKEN_REQUIRED.error()
    size = _size(call)
    if not token or number == 0:  # whoever asks for page 0 gets the first, whatever token he has kept
        return Turn(number=0, size=size)
    edge, sid = token[: len(_AFTER)], token[len(_AFTER) :]
    if edge not in {_AFTER, _BEFORE} or not collection.knows(sid):
        if call.state.switches.unknown_page == "ignore":
            return Turn(number=0, size=size)
        raise errors.INVALID_PARAMETER.error(name="PageToken")
    number = 1 if number is None else number
    return Turn(number=number, size=size, after=sid) if edge == _AFTER else Turn(number=number, size=size, before=sid)


def _size(call: Call) -> int:
    size = _at_least(call, "PageSize", 1)
    if size is None:
        return DEFAULT_SIZE
    if size > LARGEST_SIZE and call.state.switches.oversized_page == "reject":
        raise errors.PAGE_TOO_LARGE.error()
    return min(size, LARGEST_SIZE)


def _at_least(call: Call, name: str, least: int) -> int | None:
    number = call.integer(name)
    if number is not None and number < least:
        raise errors.INVALID_PARAMETER.error(name=name)
    return number


def envelope_2010(
    call: Call,
    key: str,
    filters: Sequence[str],
    asked: Turn,
    found: Slice[R],
    render: Callable[[R], object],
) -> Answer:
    """A page as the 2010 API answers it.

    Args:
        call: the list that is asked for.
        key: what the records are called.
        filters: the list's filters, in the order in which its URIs repeat them.
        asked: the page.
        found: what is on it.
        render: writes one record.
    """
    links = _Links(call, call.path, filters, asked, found)
    start = asked.number * asked.size if found.items else 0
    return Answer(
        content={
            "end": max(start + len(found.items) - 1, 0),
            "first_page_uri": links.first,
            "next_page_uri": links.next,
            "page": asked.number,
            "page_size": asked.size,
            "previous_page_uri": links.previous,
            key: [render(record) for record in found.items],
            "start": start,
            "uri": links.this,
        }
    )


def page_of(
    call: Call,
    key: str,
    collection: Collection[R],
    render: Callable[[R], object],
    *,
    filters: Sequence[str] = (),
    keep: Callable[[R], bool] = everything,
) -> Answer:
    """The page that is asked for, as Messaging v1 and its younger sisters answer it, its URLs on the caller's own origin.

    Args:
        call: the list that is asked for.
        key: what the records are called.
        collection: where they are.
        render: writes one record.
        filters: the list's filters, in the order in which its URLs repeat them.
        keep: whether a record is one that the filters leave.
    """
    asked = turn(call, collection)
    found = collection.slice(asked.size, after=asked.after, before=asked.before, keep=keep)
    links = _Links(call, call.origin + call.path, filters, asked, found)
    return Answer(
        content={
            "meta": {
                "page": asked.number,
                "page_size": asked.size,
                "first_page_url": links.first,
                "previous_page_url": links.previous,
                "next_page_url": links.next,
                "key": key,
                "url": links.this,
            },
            key: [render(record) for record in found.items],
        }
    )


class _Links:
    """The addresses of a page and of those around it."""

    def __init__(self, call: Call, base: str, filters: Sequence[str], asked: Turn, found: Slice[R]) -> None:
        self._base = base
        self._filters = [(name, value) for name in filters for value in call.texts(name)]
        self._size = asked.size
        self.first = self._link(0)
        self.this = self._link(asked.number, call.text("PageToken") if asked.number else None)
        self.next = self._link(asked.number + 1, _AFTER + found.items[-1].sid) if found.items and found.older else None
        self.previous = self._link(asked.number - 1, _BEFORE + found.items[0].sid) if found.items and asked.number else None

    def _link(self, number: int, token: str | None = None) -> str:
        query = [*self._filters, ("PageSize", str(self._size)), ("Page", str(number))]
        if token is not None:
            query.append(("PageToken", token))
        return f"{self._base}?{urlencode(query)}"
