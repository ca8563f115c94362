"""Group commit: whatever is asked of a SQLite connection while a commit is under way shares the next one.

A commit waits for the disk, so it happens in a thread. Small steps do not: they take microseconds, and a thread that runs
Python beside a busy event loop waits for its turn at every statement, which costs a hundred times as much as the statement.
So they are performed in the loop, and only steps that may take long, with all that they are grouped with, in the thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from twilio_async.outbox.errors import OutboxClosed

T = TypeVar("T")

MOST_TOGETHER = 500
"""Steps in one commit at most, so that the first of them does not wait for ever."""


@dataclass(slots=True, eq=False)
class _Step(Generic[T]):
    perform: Callable[[], T]
    future: asyncio.Future[T]
    is_long: bool
    result: T | None = None
    error: BaseException | None = None


class Actor:
    """Performs steps one after another on a connection, each durable when its result is told. For one loop at a time.

    Args:
        connection: made with ``check_same_thread=False`` and ``isolation_level=None``, and used by nobody else.
        begin: the statement that begins a transaction.
        before_commit: called before each commit.
        after_rollback: called when all was undone.
        translate: makes an error that users understand of one of SQLite's.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        begin: str,
        before_commit: Callable[[], None],
        after_rollback: Callable[[], None],
        translate: Callable[[sqlite3.Error], Exception],
    ) -> None:
        self._connection = connection
        self._begin = begin
        self._before_commit = before_commit
        self._after_rollback = after_rollback
        self._translate = translate
        self._waiting: deque[_Step[Any]] = deque()
        self._busy = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="twilio_async outbox", daemon=True)
        self._thread.start()

    def run(self, perform: Callable[[], T], *, is_long: bool = False) -> asyncio.Future[T]:
        """Perform a step; to be awaited for its result, which is told once it is committed.

        Whoever is cancelled while waiting does not know whether it was; it is never half.

        Args:
            perform: uses the connection, within a transaction. It may be called again after one that failed for others.
            is_long: whether it may take more than a millisecond or two, so that it is not for the event loop.

        Raises:
            OutboxClosed: the actor was closed.
            Exception: what the step raised, or the commit; then nothing of it is kept.
        """
        if self._closed:
            raise OutboxClosed("the outbox is closed", operation="outbox")
        loop = asyncio.get_running_loop()
        if self._loop is not loop:  # whatever an earlier loop left behind, nobody waits for it
            is_long = is_long or self._busy  # behind what may still be under way in the thread
            self._loop, self._busy = loop, False
            self._waiting.clear()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.append(_Step(perform, future, is_long))
        if not self._busy:
            self._busy = True
            loop.call_soon(self._pump, loop)  # what else is asked in this turn of the loop comes along
        return future

    async def aclose(self) -> None:
        """Perform what was asked so far, and end the thread. Safe to repeat."""
        if not self._closed:
            last = self.run(lambda: None)
            self._closed = True
            last.add_done_callback(self._end)  # also when nobody waits for it any more
            await asyncio.wait([last])
        await asyncio.to_thread(self._thread.join)

    def _end(self, last: asyncio.Future[Any]) -> None:
        last.exception()
        self._jobs.put(None)

    # --- in the loop -----------------------------------------------------------------------------------------------------

    def _pump(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin the next group, if anything waits and none is under way."""
        steps = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_TOGETHER))]
        self._busy = bool(steps)
        if not steps:
            return

        def done() -> None:
            _tell(steps)
            self._pump(loop)

        if any(step.is_long for step in steps):
            self._in_thread(loop, lambda: self._all(steps), done)
        elif (error := self._performed(steps)) is None:
            self._in_thread(loop, lambda: self._committed_or_alone(steps), done)
        else:
            self._in_thread(loop, lambda: self._alone(steps, error), done)

    def _in_thread(self, loop: asyncio.AbstractEventLoop, job: Callable[[], None], done: Callable[[], None]) -> None:
        def work() -> None:
            job()
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(done)

        self._jobs.put(work)

    # --- in the thread ---------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    def _all(self, steps: list[_Step[Any]]) -> None:
        error = self._performed(steps)
        if error is None:
            self._committed_or_alone(steps)
        else:
            self._alone(steps, error)

    def _committed_or_alone(self, steps: list[_Step[Any]]) -> None:
        error = self._committed()
        if error is not None:
            self._alone(steps, error)

    def _alone(self, steps: list[_Step[Any]], error: BaseException) -> None:
        """One of them has spoilt it for all: each by itself, then."""
        if len(steps) == 1:
            steps[0].error = error
            return
        for step in steps:
            step.error = self._performed([step]) or self._committed()

    # --- in either -------------------------------------------------------------------------------------------------------

    def _performed(self, steps: list[_Step[Any]]) -> BaseException | None:
        """Perform steps in a new transaction; the error that undid it, if one did."""
        try:
            self._connection.execute(self._begin)
            for step in steps:
                step.result = step.perform()
            self._before_commit()
        except Exception as error:  # noqa: BLE001 - it belongs to whoever asked
            return self._undone(error)
        return None

    def _committed(self) -> BaseException | None:
        try:
            self._connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001
            return self._undone(error)
        return None

    def _undone(self, error: Exception) -> BaseException:
        with contextlib.suppress(sqlite3.Error):  # SQLite has undone it itself, or never began
            self._connection.execute("ROLLBACK")
        with contextlib.suppress(sqlite3.Error):  # the file cannot even be read: the first error says why
            self._after_rollback()
        return self._translate(error) if isinstance(error, sqlite3.Error) else error


def _tell(steps: list[_Step[Any]]) -> None:
    for step in steps:
        if step.future.done():  # cancelled
            continue
        if step.error is not None:
            step.future.set_exception(step.error)
        else:
            step.future.set_result(step.result)
