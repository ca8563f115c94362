"""Lists: `Pages` is what ``list()`` returns, and a `Page` is what one answer holds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar, overload

import anyio

from twilio_async.errors import InvalidArgument, TwilioError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Page(Sequence[T_co], Generic[T_co]):  # noqa: PLW1641 - compared by value, as a list is, and as little hashable
    """The records of one answer, as an immutable sequence.

    Args:
        items: the records, in Twilio's order.
        token: where the next page begins, for ``list(resume=…)``; ``None`` on the last page, and on one that *limit* cut.
    """

    __slots__ = ("_items", "token")

    token: str | None

    def __init__(self, items: Sequence[T_co], token: str | None) -> None:
        self._items = items
        self.token = token

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> T_co: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[T_co]: ...

    def __getitem__(self, index: int | slice) -> T_co | Sequence[T_co]:
        return self._items[index]

    def __iter__(self) -> Iterator[T_co]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Page) and (self.token, [*self]) == (other.token, [*other])

    def __repr__(self) -> str:
        return f"<Page of {len(self)}, {'more to come' if self.token else 'the last'}>"


class Pages(Generic[T]):
    """A list that is read as it is needed. Making one does no I/O, and it can be read any number of times.

    ::

        async for message in pages:
            ...  # item by item; the next page is fetched meanwhile
        async for page in pages.pages():
            ...  # page by page
        page = await pages  # the first page

    Leaving a loop early stops the fetching. An error in the middle carries ``resume``, the token of the page that failed.

    Args:
        fetch: gets one page: ``await fetch(token, page_size)``; *token* is ``None`` for the first.
        operation: the list's name, for errors.
        largest: records that a page can hold at most; 0 for a list that does not let the caller choose.
        limit: items to give at most; ``None`` for all, ``0`` for none.
        page_size: items to ask for at once, 1 to *largest*. Default: as many as it takes, since a request costs more than
            a record.
        resume: token of the page to begin with, from `Page.token` or an error's ``resume``.
    """

    __slots__ = ("_fetch", "_limit", "_page_size", "_resume")

    def __init__(
        self,
        fetch: Callable[[str | None, int], Awaitable[Page[T]]],
        *,
        operation: str,
        largest: int,
        limit: int | None = None,
        page_size: int | None = None,
        resume: str | None = None,
    ) -> None:
        _check("limit", limit, 0, None, operation)
        _check("page_size", page_size, 1, largest, operation)
        self._fetch = fetch
        self._limit = limit
        self._resume = resume
        self._page_size = min(page_size or largest, largest if limit is None else max(limit, 1))

    def __repr__(self) -> str:
        return f"<Pages of {self._page_size}, limit={self._limit}>"

    def __await__(self) -> Generator[object, None, Page[T]]:
        """The first page."""
        return self.first_page().__await__()

    async def first_page(self) -> Page[T]:
        """The first page, at most *limit* long.

        Returns:
            The page; an empty one, without a request, when the limit is 0.
        """
        if self._limit == 0:
            return Page((), None)
        return self._cut(await self._get(self._resume), self._limit)

    def __aiter__(self) -> AsyncGenerator[T, None]:
        """The items, one by one, with one page fetched ahead."""
        return self._items()

    async def _items(self) -> AsyncGenerator[T, None]:
        reader = self.pages()
        try:
            async for page in reader:
                for item in page:
                    yield item
        finally:
            await reader.aclose()

    async def pages(self) -> AsyncGenerator[Page[T], None]:
        """The pages, one by one, with one fetched ahead.

        Yields:
            Each page; the last is cut so that no more than *limit* items come.

        Raises:
            TwilioError: fetching one failed; its ``resume`` says where to go on.
        """
        left, token = self._limit, self._resume
        if left == 0:
            return
        ahead = asyncio.ensure_future(self._get(token))
        try:
            while True:
                page = self._cut(await ahead, left)
                token = page.token
                left = None if left is None else left - len(page)
                last = token is None or left == 0
                if not last:
                    ahead = asyncio.ensure_future(self._get(token))
                yield page
                if last:
                    return
        finally:
            await _stop(ahead)

    async def to_list(self) -> list[T]:
        """All the items at once; with `limit` unset, as many as there are."""
        return [item async for item in self]

    async def _get(self, token: str | None) -> Page[T]:
        try:
            return await self._fetch(token, self._page_size)
        except TwilioError as error:
            error.resume = token
            raise

    @staticmethod
    def _cut(page: Page[T], left: int | None) -> Page[T]:
        return page if left is None or len(page) <= left else Page(page[:left], None)


async def _stop(task: asyncio.Future[Page[T]]) -> None:
    """Cancel what was fetched ahead and wait until it has let go of its connection."""
    if task.done():
        if not task.cancelled():
            task.exception()  # looked at, so that it is not reported as forgotten
        return
    task.cancel()
    with anyio.CancelScope(shield=True):  # a cancelled scope would not wait for anything
        await asyncio.wait([task])


def _check(name: str, value: int | None, lowest: int, highest: int | None, operation: str) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidArgument(f"{name}: expected int, got {type(value).__name__}", argument=name, operation=operation)
    if value < lowest or (highest is not None and value > highest):
        bounds = f"give {lowest} or more" if highest is None else f"give from {lowest} to {highest}"
        bounds = "this list has none" if highest == 0 else bounds
        raise InvalidArgument(f"{name}={value}: {bounds}", argument=name, operation=operation)
