"""A server of canned answers in a process of its own, as cheap as Python allows, so that the client is what is measured."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib.util
import multiprocessing
import re
from collections.abc import Callable, Generator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import cast

from benchmarks.canned import Answers

LATENCY = 0.1
"""Seconds that the distant server takes for an answer."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the server listens."""

    prompt: str
    """Answers at once."""
    distant: str
    """Answers after `LATENCY`."""


@contextlib.contextmanager
def serving(distinct: int) -> Generator[Addresses]:
    """Run the server while the context is open.

    Args:
        distinct: different records in its histories.
    """
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    server = spawn.Process(target=_serve, args=(theirs, distinct))
    server.start()
    theirs.close()
    try:
        yield Addresses(*(f"http://127.0.0.1:{port}" for port in ours.recv()))
    finally:
        ours.close()
        server.join()


def _serve(ready: Connection, distinct: int) -> None:
    with asyncio.Runner(loop_factory=_fastest_loop()) as runner:
        runner.run(_listen(ready, Answers(distinct)))


async def _listen(ready: Connection, answers: Answers) -> None:
    loop = asyncio.get_running_loop()
    answering = [functools.partial(_Answering, answers, delay) for delay in (0.0, LATENCY)]
    listeners = [await loop.create_server(protocol, "127.0.0.1", 0) for protocol in answering]
    ready.send([listener.sockets[0].getsockname()[1] for listener in listeners])
    ended = asyncio.Event()
    loop.add_reader(ready.fileno(), ended.set)  # nothing comes but the end, also when the benchmarks are killed
    await ended.wait()
    for listener in listeners:
        listener.close()


def _fastest_loop() -> Callable[[], asyncio.AbstractEventLoop]:
    if importlib.util.find_spec("uvloop") is None:
        return asyncio.new_event_loop
    import uvloop

    return uvloop.new_event_loop


class _Answering(asyncio.Protocol):
    """One connection, kept alive. It trusts its clients: what they send is well-formed, one request at a time."""

    _LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")

    def __init__(self, answers: Answers, delay: float) -> None:
        self._answers = answers
        self._delay = delay
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head = self._received.find(b"\r\n\r\n")
        if head < 0:
            return
        length = self._LENGTH.search(self._received, 0, head)
        if len(self._received) < head + 4 + (int(length[1]) if length else 0):
            return
        answer = self._answer(self._received)
        self._received = b""
        if self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._transport.write, answer)
        else:
            self._transport.write(answer)

    def _answer(self, request: bytes) -> bytes:
        method, target, _ = request.split(b" ", 2)
        if method == b"POST":
            return self._answers.created()
        path, _, query = target.decode().partition("?")
        return self._answers.page(path, query)
