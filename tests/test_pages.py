"""Lists that are read as they are needed: what is fetched, when, and what becomes of it when nobody wants it any more."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tasks import no_task_left, settle
from twilio_async.errors import ConnectError, InvalidArgument
from twilio_async.pages import Page, Pages


class Book:
    """A list on a server: numbers from 0, in pages of at most `largest`, with an account of every fetch."""

    largest = 10

    def __init__(self, length: int = 25, *, torn: int | None = None) -> None:
        self.length = length
        self.torn = torn
        """The number that cannot be fetched."""
        self.fetched: list[tuple[str | None, int]] = []
        self.hurdles: dict[int, asyncio.Event] = {}
        """Events that a fetch waits for, by its number from 0."""
        self.in_flight = 0
        self.let_go = 0
        """Fetches that were cancelled and have cleaned up."""

    async def fetch(self, token: str | None, size: int) -> Page[int]:
        """One page, after a while."""
        number = len(self.fetched)
        self.fetched.append((token, size))
        self.in_flight += 1
        try:
            await asyncio.sleep(0)
            if number in self.hurdles:
                await self.hurdles[number].wait()
        except asyncio.CancelledError:
            for _ in range(5):
                await asyncio.sleep(0)
            self.let_go += 1
            raise
        finally:
            self.in_flight -= 1
        start, size = (int(part) for part in token.split(":")) if token else (0, size)
        end = min(start + size, self.length)
        if self.torn is not None and start <= self.torn < end:
            raise ConnectError("torn", operation="book.list")
        return Page(list(range(start, end)), f"{end}:{size}" if end < self.length else None)

    def list(self, **options: Any) -> Pages[int]:
        """The numbers."""
        return Pages(self.fetch, operation="book.list", largest=self.largest, **options)


# --- what comes out ------------------------------------------------------------------------------------------------------


async def test_items_come_one_by_one() -> None:
    """``async for`` over a list gives every item of every page, in order."""
    assert [item async for item in Book(25).list()] == list(range(25))


async def test_pages_come_one_by_one() -> None:
    """``pages()`` gives each page with its token; the last has none."""
    pages = [page async for page in Book(25).list().pages()]

    assert pages == [
        Page(range(10), "10:10"),
        Page(range(10, 20), "20:10"),
        Page(range(20, 25), None),
    ]


async def test_awaiting_gives_the_first_page() -> None:
    """``await`` gives the first page and makes one request."""
    book = Book(25)

    assert list(await book.list()) == list(range(10))
    assert book.fetched == [(None, 10)]


async def test_making_a_list_fetches_nothing() -> None:
    """No request is made until it is read."""
    book = Book(25)
    pages = book.list()
    iterator = aiter(pages)
    await settle()

    assert (repr(pages), book.fetched) == ("<Pages of 10, limit=None>", [])
    await iterator.aclose()


async def test_a_list_can_be_read_again() -> None:
    """Each reading starts at the beginning, also when several happen at once."""
    book = Book(25)
    pages = book.list()

    assert await pages.to_list() == await pages.to_list() == list(range(25))
    assert await asyncio.gather(*(pages.to_list() for _ in range(3))) == [list(range(25))] * 3
    assert len(book.fetched) == 5 * 3


@given(st.integers(0, 60), st.one_of(st.none(), st.integers(0, 70)), st.one_of(st.none(), st.integers(1, 10)))
def test_limit_and_page_size_never_change_what_comes(length: int, limit: int | None, page_size: int | None) -> None:
    """The items are the first *limit*, whatever the size of a page, with no more requests than it takes."""

    async def main() -> None:
        book = Book(length)
        pages = book.list(limit=limit, page_size=page_size)
        expected = list(range(length))[:limit]
        size = min(page_size or 10, 10 if limit is None else max(limit, 1))

        assert await pages.to_list() == expected
        assert len(book.fetched) == (0 if limit == 0 else max(1, -(-len(expected) // size)))
        assert all(asked == size for _, asked in book.fetched)
        assert [item async for page in pages.pages() for item in page] == expected
        assert list(await pages) == expected[:size]

    asyncio.run(main())


async def test_a_limit_of_zero_asks_nothing() -> None:
    """No items need no request, by items, by pages or by await."""
    book = Book(25)
    pages = book.list(limit=0)

    assert await pages.to_list() == []
    assert [page async for page in pages.pages()] == []
    assert await pages == Page((), None)
    assert book.fetched == []


async def test_a_small_limit_asks_for_a_small_page() -> None:
    """Three items are not cut out of a thousand."""
    book = Book(25)

    assert await book.list(limit=3).to_list() == [0, 1, 2]
    assert book.fetched == [(None, 3)]


async def test_a_page_that_the_limit_cuts_has_no_token() -> None:
    """Going on from it would miss what was cut off; a page that merely ends at the limit can be gone on from."""
    cut = [page async for page in Book(25).list(limit=15).pages()]
    ended = [page async for page in Book(25).list(limit=20).pages()]

    assert cut == [Page(range(10), "10:10"), Page(range(10, 15), None)]
    assert ended == [Page(range(10), "10:10"), Page(range(10, 20), "20:10")]


async def test_an_empty_list_is_one_empty_page() -> None:
    """No items, one request, no error."""
    book = Book(0)

    assert await book.list().to_list() == []
    assert [page async for page in book.list().pages()] == [Page((), None)]
    assert len(book.fetched) == 2


async def test_an_empty_page_is_not_the_end() -> None:
    """A filter may leave a page in the middle empty; the list goes on while there is a token."""
    pages = {None: Page([1], "a"), "a": Page[int]([], "b"), "b": Page([2], None)}

    async def fetch(token: str | None, size: int) -> Page[int]:
        return pages[token]

    assert await Pages(fetch, operation="book.list", largest=10).to_list() == [1, 2]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", -1),
        ("limit", 1.0),
        ("limit", True),
        ("limit", "5"),
        ("page_size", 0),
        ("page_size", 11),
        ("page_size", -1),
        ("page_size", False),
        ("page_size", 2.5),
    ],
)
def test_what_cannot_be_asked_for_is_refused(name: str, value: object) -> None:
    """Not cut to what is possible in silence, but an error that names the argument, before anything is read."""
    with pytest.raises(InvalidArgument, match=rf"^book\.list: {name}") as caught:
        Book().list(**{name: value})

    assert caught.value.argument == name


async def test_a_list_may_have_pages_of_its_own_size() -> None:
    """Then there is nothing to ask for: any `page_size` is refused, and a limit cuts what comes."""
    asked: list[int] = []

    async def fetch(_token: str | None, size: int) -> Page[int]:
        asked.append(size)
        return Page([1, 2, 3], None)

    with pytest.raises(InvalidArgument, match="page_size=5: this list has none"):
        Pages(fetch, operation="book.list", largest=0, page_size=5)
    assert await Pages(fetch, operation="book.list", largest=0, limit=2).to_list() == [1, 2]
    assert asked == [0]


# --- fetching ahead ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_item", [True, False])
async def test_one_page_is_fetched_ahead_and_never_more(by_item: bool) -> None:
    """While a page is being worked on, the next is fetched, and however long it takes, no other."""
    book = Book(100)
    pages = book.list()
    seen = 0
    async for got in pages if by_item else pages.pages():
        seen += 1 if isinstance(got, int) else len(got)
        await settle()
        begun = -(-seen // 10)
        assert len(book.fetched) == min(begun + 1, 10)


async def test_the_next_page_is_fetched_while_the_consumer_works() -> None:
    """The fetch begins with the page before it and not when that is used up."""
    book = Book(25)
    reader = book.list().pages()
    await anext(reader)
    await settle()

    assert (len(book.fetched), book.in_flight) == (2, 0)
    await reader.aclose()


async def test_nothing_is_fetched_behind_the_end() -> None:
    """After the last page, and after the limit, there is nothing to fetch ahead."""
    whole, limited = Book(20), Book(100)
    await whole.list().to_list()
    await limited.list(limit=20).to_list()
    await settle()

    assert len(whole.fetched) == len(limited.fetched) == 2


# --- leaving -------------------------------------------------------------------------------------------------------------


async def test_leaving_a_loop_cancels_the_page_ahead() -> None:
    """After a ``break`` the fetch that is under way is cancelled and cleans up, and no other begins."""
    book = Book(100)
    book.hurdles[1] = asyncio.Event()
    async with no_task_left():
        async for item in book.list():
            if item == 5:
                break
        await settle()

    assert (len(book.fetched), book.in_flight, book.let_go) == (2, 0, 1)


async def test_an_error_of_the_consumer_cancels_the_page_ahead() -> None:
    """The consumer's own exception gets out as it is, and leaves nothing running."""
    book = Book(100)
    book.hurdles[1] = asyncio.Event()

    async def consume() -> None:
        async for _ in book.list():
            await settle()
            raise KeyError("mine")

    async with no_task_left():
        with pytest.raises(KeyError, match="mine"):
            await consume()
        await settle()

    assert (len(book.fetched), book.let_go) == (2, 1)


@pytest.mark.parametrize("by_item", [True, False])
async def test_closing_waits_until_the_page_ahead_is_gone(by_item: bool) -> None:
    """When ``aclose()`` returns, no task is left, not even one that is being cancelled."""
    book = Book(100)
    book.hurdles[1] = asyncio.Event()
    async with no_task_left():
        reader = aiter(book.list()) if by_item else book.list().pages()
        await anext(reader)
        await settle()
        await reader.aclose()

    assert (len(book.fetched), book.let_go) == (2, 1)


async def test_closing_in_a_cancelled_scope_waits_as_well() -> None:
    """Where every wait is cancelled again, the fetch is still given the time to let go of its connection."""
    book = Book(100)
    book.hurdles[1] = asyncio.Event()
    async with no_task_left():
        with anyio.CancelScope() as scope:
            async with contextlib.aclosing(book.list().pages()) as reader:
                await anext(reader)
                await settle()
                scope.cancel()
                await anyio.lowlevel.checkpoint()
        assert scope.cancelled_caught

    assert book.let_go == 1


@pytest.mark.parametrize("number", [0, 1, 2])
async def test_a_cancelled_consumer_cancels_the_fetch(number: int) -> None:
    """Whoever is cancelled while waiting for a page takes its fetch along, and nothing is left."""
    book = Book(100)
    book.hurdles[number] = asyncio.Event()
    async with no_task_left():
        task = asyncio.ensure_future(book.list().to_list())
        await settle()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert (len(book.fetched), book.in_flight, book.let_go) == (number + 1, 0, 1)


async def test_a_page_ahead_that_failed_is_forgotten_with_the_list() -> None:
    """Leaving before the error is reached raises nothing, also not later, when the loop looks at forgotten errors."""
    book = Book(100, torn=15)
    forgotten: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: forgotten.append(context))
    try:
        async with contextlib.aclosing(book.list().pages()) as reader:
            await anext(reader)
            await settle()
        del reader
    finally:
        asyncio.get_running_loop().set_exception_handler(None)

    assert len(book.fetched) == 2
    assert forgotten == []


async def test_one_reading_does_not_disturb_another() -> None:
    """Leaving one loop cancels its own fetch and no other's."""
    book = Book(100)
    pages = book.list()
    staying, leaving = pages.pages(), pages.pages()
    first = await anext(staying)
    await anext(leaving)
    await leaving.aclose()

    assert [*first, *[item async for page in staying for item in page]] == list(range(100))


# --- going on ------------------------------------------------------------------------------------------------------------


@given(st.integers(1, 60), st.integers(1, 10), st.data())
def test_a_list_can_be_gone_on_from_any_token(length: int, page_size: int, data: st.DataObject) -> None:
    """What came before a page's token and what comes after it is the whole list."""

    async def main() -> None:
        pages = [page async for page in Book(length).list(page_size=page_size).pages()]
        stop = data.draw(st.integers(1, len(pages)))
        seen = [item for page in pages[:stop] for item in page]
        token = pages[stop - 1].token
        rest = await Book(length).list(resume=token).to_list() if token else []

        assert seen + rest == list(range(length))

    asyncio.run(main())


@given(st.integers(1, 60), st.integers(1, 10), st.data())
def test_an_error_says_where_to_go_on(length: int, page_size: int, data: st.DataObject) -> None:
    """Every item before the torn page comes out first; going on from the error's token gives exactly the others."""

    async def main() -> None:
        book = Book(length, torn=data.draw(st.integers(0, length - 1)))
        seen = []
        with pytest.raises(ConnectError) as caught:
            async for item in book.list(page_size=page_size):
                seen.append(item)  # noqa: PERF401 - the loop is to be interrupted
        assert caught.value.resume == (book.fetched[-1][0] if seen else None)
        book.torn = None
        assert seen + await book.list(page_size=page_size, resume=caught.value.resume).to_list() == list(range(length))

    asyncio.run(main())


async def test_a_first_page_that_fails_says_where_it_began() -> None:
    """A list that was gone on from keeps its place when the very first fetch fails, by ``await`` as in a loop."""
    pages = Book(25, torn=12).list(resume="10:10")
    for read in (pages.first_page, pages.to_list):
        with pytest.raises(ConnectError) as caught:
            await read()
        assert caught.value.resume == "10:10"


async def test_another_error_goes_through() -> None:
    """What is none of ours comes out of the loop as it was raised."""

    async def fetch(token: str | None, size: int) -> Page[int]:
        raise RuntimeError("bug")

    async with no_task_left():
        with pytest.raises(RuntimeError, match="bug"):
            await Pages(fetch, operation="book.list", largest=10).to_list()


# --- a page --------------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers()), st.slices(10), st.one_of(st.none(), st.text()))
def test_a_page_is_a_sequence(items: list[int], cut: slice, token: str | None) -> None:
    """A page is read like the list of its items: length, index, slice, containment, both directions, as often as one likes."""
    page = Page(items, token)

    assert isinstance(page, Sequence)
    assert (list(page), list(page), len(page), bool(page)) == (items, items, len(items), bool(items))
    assert list(page[cut]) == items[cut]
    assert list(reversed(page)) == items[::-1]
    assert all(item in page and page[page.index(item)] == item for item in items)
    assert page == Page(tuple(items), token)
    assert page != Page([*items, 1], token)
    assert page != Page(items, f"{token}x")
    assert page != items


def test_a_page_cannot_be_changed() -> None:
    """Nobody's page changes under somebody else's hands."""
    page = Page([1, 2], None)

    with pytest.raises(TypeError):
        page[0] = 3  # type: ignore[index]  # what is proved
    with pytest.raises(TypeError):
        hash(page)
    with pytest.raises(IndexError):
        _ = page[2]


def test_a_page_reads_well() -> None:
    """The repr says how many there are and whether more come, and none of them."""
    assert [repr(Page([1, 2], "t")), repr(Page([], None))] == ["<Page of 2, more to come>", "<Page of 0, the last>"]
