"""Group commit: whatever is asked while a commit is under way goes together into the next statement."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_TOGETHER = 500
"""Items in one statement at most, so that the first of them does not wait for ever."""


class Grouped(Generic[Item, Result]):
    """Performs many askers' items together, one group after another.

    Args:
        perform: gives a result for each item, in order.
    """

    def __init__(self, perform: Callable[[list[Item]], Awaitable[list[Result]]]) -> None:
        self._perform = perform
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def ask(self, item: Item) -> Result:
        """The result for an item.

        Whoever is cancelled before its group began has asked nothing; afterwards the group is waited for, so that what is
        asked next comes after it.
        """
        entry = item, asyncio.get_running_loop().create_future()
        self._waiting.append(entry)
        if self._task is None:
            self._task = asyncio.ensure_future(self._run())
        try:
            return await asyncio.shield(entry[1])
        except asyncio.CancelledError:
            if entry in self._waiting:
                self._waiting.remove(entry)
            elif not entry[1].done():
                await asyncio.wait([entry[1]])
            if entry[1].done() and not entry[1].cancelled():
                entry[1].exception()  # nobody asks any more
            raise

    async def _run(self) -> None:
        try:
            await asyncio.sleep(0)  # what else is asked in this turn of the loop comes along
            while self._waiting:
                group = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_TOGETHER))]
                await self._perform_group(group)
        finally:
            self._task = None

    async def _perform_group(self, group: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._perform([item for item, _ in group])
        except BaseException as error:
            for _, future in group:
                if not isinstance(error, Exception):
                    future.cancel()
                elif not future.done():
                    future.set_exception(error)
            if not isinstance(error, Exception):
                raise
        else:
            for (_, future), result in zip(group, results, strict=True):
                if not future.done():
                    future.set_result(result)

    async def aclose(self) -> None:
        """Wait until everything that was asked is done."""
        while self._task is not None:
            await asyncio.wait([self._task])
