"""What the emulator costs a test: a fresh server, a message in memory, a page of a list of a million.

There is nothing to compare it with but itself: a page has to take as long out of a million messages as out of a thousand.
The client is a raw socket, which costs next to nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import itertools
import json
import multiprocessing
import re
import socket
import statistics
import time
import tracemalloc
from base64 import b64encode
from collections.abc import Generator, Mapping, Sequence
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from benchmarks.clients import texts
from benchmarks.figures import Section
from benchmarks.process import Cost, fresh, resident, stopwatch, tells_memory
from benchmarks.scale import Scale
from benchmarks.server import Addresses

if TYPE_CHECKING:
    from twilio_async.emulator import Emulator

SERVER, PAGE, SEEDING, MEMORY, REQUESTS = (
    "start and stop, wall",
    "CPU of a page of 50",
    "seeding",
    "memory per message",
    "requests per second",
)
IN_LOOP, IN_THREAD = "in the running loop", "in a thread"
RSS, TRACED = "resident", "as Python counts it"
FETCH, LIST, CREATE = "fetch", "list of 50", "create"

PAGE_SIZE = 50
ROUNDS = 40
"""Times that each page is asked for, the pages taking turns."""
CONNECTIONS = 16
"""Requests in flight when they are counted."""
RECIPIENTS = tuple(f"+1555010000{digit}" for digit in range(4))
SENDERS = tuple(f"+1555020000{digit}" for digit in range(2))
"""Taken in turn like the recipients, so that half of them have never met."""
NEVER = "none, by recipient and sender"


def run(scale: Scale, _server: Addresses) -> Section:
    """Measure each in a process of its own."""
    section = Section("emulator", f"fresh servers {scale.servers}; histories to {len(RECIPIENTS)} recipients; a raw client")
    _servers(section, scale.servers)
    _pages(section, scale.stored)
    _memory(section, max(scale.stored))
    with emulating(min(scale.stored)) as env:
        for name, rate in asking(env, scale.served).items():
            section.add(REQUESTS, name, rate, "/s")
    return section


# --- A server for each test ------------------------------------------------------------------------------------------


def _servers(section: Section, count: int) -> None:
    for name, seconds in fresh(starting, count).items():
        section.add(SERVER, name, seconds * 1e3, "ms")
        section.expect(f"ms to start and stop an emulator {name}", seconds * 1e3, at_most=5)


def starting(count: int) -> dict[str, float]:
    """Seconds that one start and stop takes, the median of many: in a running loop, and in a thread with a loop of its own."""
    from twilio_async.emulator import Emulator

    async def start() -> list[float]:
        took: list[float] = []
        for _ in range(count):
            began = time.perf_counter()
            async with Emulator():
                pass
            took.append(time.perf_counter() - began)
        return took

    in_thread: list[float] = []
    for _ in range(count):
        began = time.perf_counter()
        with Emulator():
            pass
        in_thread.append(time.perf_counter() - began)
    return {IN_LOOP: statistics.median(asyncio.run(start())), IN_THREAD: statistics.median(in_thread)}


# --- Pages -----------------------------------------------------------------------------------------------------------


def _pages(section: Section, sizes: Sequence[int]) -> None:
    seeding, pages = fresh(paging, sizes)
    least, most = min(sizes), max(sizes)
    for what, took in pages.items():
        for size in sizes:
            section.add(f"{PAGE}, {what}", f"of {size:,}", took[size] * 1e3, "ms")
        section.expect(f"{what}: {most:,} ÷ {least:,}", took[most] / took[least], at_most=1.5)
    for size, cost in seeding.items():
        section.add(f"{SEEDING}, CPU", f"{size:,} messages", cost.cpu, "s", f"{size / cost.cpu:,.0f} a second")
        section.add(f"{SEEDING}, wall", f"{size:,} messages", cost.wall, "s")


def paging(sizes: Sequence[int]) -> tuple[dict[int, Cost], dict[str, dict[int, float]]]:
    """What it takes to seed so many messages, and the seconds of CPU for each kind of page of each size.

    All sizes are there at once, and take turns.
    """
    with contextlib.ExitStack() as stack:
        opened = {size: stack.enter_context(seeded(size)) for size in sizes}
        raw = {size: Raw(emulator.env) for size, (emulator, _) in opened.items()}
        pages = {size: queries(emulator, raw[size]) for size, (emulator, _) in opened.items()}
        took: dict[str, dict[int, list[float]]] = {}
        gc.collect()
        for _, what, size in itertools.product(range(ROUNDS), pages[sizes[0]], sizes):
            request = raw[size].request("GET", query=pages[size][what])
            began = time.process_time()  # of the emulator and the client, however busy the machine is
            answer = raw[size].answer(request)
            took.setdefault(what, {}).setdefault(size, []).append(time.process_time() - began)
            assert len(json.loads(answer)["messages"]) == (0 if what == NEVER else PAGE_SIZE), what
    medians = {what: {size: statistics.median(each) for size, each in found.items()} for what, found in took.items()}
    return {size: cost for size, (_, cost) in opened.items()}, medians


def queries(emulator: Emulator, raw: Raw) -> dict[str, Mapping[str, str]]:
    """The pages that are asked for."""
    messages = emulator.messages
    middle = messages[len(messages) // 2].date_created
    later, earlier = ({f"DateSent{sign}": f"{middle:%Y-%m-%dT%H:%M:%SZ}"} for sign in "><")
    only = {"To": RECIPIENTS[3]}
    return {
        "first": {},
        "deep": {"Page": "1", "PageToken": token(raw, earlier)},
        "first, by recipient": only,
        "deep, by recipient": {**only, "Page": "1", "PageToken": token(raw, only | earlier)},
        "first, by recipient and sender": {**only, "From": SENDERS[1]},
        NEVER: {**only, "From": SENDERS[0]},
        "first since a date": later,
        "first until a date": earlier,
        "until a date, by recipient": only | earlier,
    }


def token(raw: Raw, query: Mapping[str, str]) -> str:
    """What leads to the page behind another one, out of its link."""
    page = json.loads(raw.answer(raw.request("GET", query=query)))
    link: str = page["next_page_uri"]
    return parse_qs(urlsplit(link).query)["PageToken"][0]


@contextlib.contextmanager
def seeded(size: int) -> Generator[tuple[Emulator, Cost]]:
    """An emulator with so many messages, and what they took."""
    from twilio_async.emulator import Emulator

    with Emulator() as emulator:
        with stopwatch() as cost:
            emulator.seed_messages(size, to=RECIPIENTS, from_=SENDERS)
        yield emulator, cost


# --- Memory ----------------------------------------------------------------------------------------------------------


def _memory(section: Section, count: int) -> None:
    few, many = f"{len(RECIPIENTS)} recipients", "another recipient each"
    for who, others in ((few, False), (many, True)):
        if tells_memory():
            section.add(MEMORY, f"{who}, {RSS}", fresh(holding, count, others=others, traced=False) / count, "B")
        traced = max(count // 10, 1)
        section.add(MEMORY, f"{who}, {TRACED}", fresh(holding, traced, others=others, traced=True) / traced, "B")
    if not tells_memory():
        section.skipped.append("resident memory: this system has no /proc/self/status, where it is read")


def holding(count: int, *, others: bool, traced: bool) -> int:
    """Bytes that so many messages take.

    Args:
        count: how many.
        others: whether each goes to somebody else, instead of to some few in turn.
        traced: ask Python instead of the system.
    """
    from twilio_async.emulator import Emulator

    emulator = Emulator()
    emulator.seed_messages(1)
    before = _held(traced=traced)
    emulator.seed_messages(count, to=[to for to, _ in texts(count)] if others else RECIPIENTS)
    gc.collect()
    return _held(traced=traced) - before


def _held(*, traced: bool) -> int:
    if not traced:
        return resident()
    if not tracemalloc.is_tracing():
        tracemalloc.start()
    return tracemalloc.get_traced_memory()[0]


# --- Requests --------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def emulating(size: int) -> Generator[dict[str, str]]:
    """Run an emulator with so many messages in a process of its own while the context is open; its environment variables."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_emulate, args=(theirs, size), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send(None)
        process.join()


def _emulate(pipe: Connection, size: int) -> None:
    with seeded(size) as (emulator, _):
        pipe.send(emulator.env)
        pipe.recv()


def asking(env: Mapping[str, str], count: int) -> dict[str, float]:
    """Answers a second of an emulator in another process, for each kind of request."""
    crowd = [Raw(env) for _ in range(CONNECTIONS)]
    first = crowd[0]
    sid = json.loads(first.answer(first.request("GET", query={"PageSize": "1"})))["messages"][0]["sid"]
    form = {"To": RECIPIENTS[0], "From": env["TWILIO_NUMBER"], "Body": "Hello"}
    requests = {
        FETCH: first.request("GET", f"/{sid}"),
        LIST: first.request("GET"),
        CREATE: first.request("POST", form=form),
    }
    return {name: _rate(crowd, request, count) for name, request in requests.items()}


def _rate(crowd: list[Raw], request: bytes, count: int) -> float:
    began = time.perf_counter()
    rounds = max(count // len(crowd), 1)
    for _ in range(rounds):
        for one in crowd:
            one.send(request)
        for one in crowd:
            one.receive()
    return rounds * len(crowd) / (time.perf_counter() - began)


class Raw:
    """One connection to an emulator, kept alive, with as little work in it as possible.

    Args:
        env: the emulator's environment variables.
    """

    _HEAD = re.compile(rb"(?is)HTTP/1.1 (\d+) .*?\r\ncontent-length: *(\d+).*?\r\n\r\n")

    def __init__(self, env: Mapping[str, str]) -> None:
        address = urlsplit(env["TWILIO_BASE_URL"])
        self._socket = socket.create_connection((address.hostname, address.port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._messages = f"/2010-04-01/Accounts/{env['TWILIO_ACCOUNT_SID']}/Messages"
        self._credentials = b64encode(f"{env['TWILIO_ACCOUNT_SID']}:{env['TWILIO_AUTH_TOKEN']}".encode()).decode()

    def request(
        self, method: str, path: str = "", *, query: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> bytes:
        """The bytes of a request.

        Args:
            method: in capitals.
            path: behind that of the messages.
            query: beside the size of the page.
            form: of the body.
        """
        body = urlencode(form or {})
        target = f"{self._messages}{path}.json?{urlencode({'PageSize': str(PAGE_SIZE), **(query or {})})}"
        head = [
            f"{method} {target} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Authorization: Basic {self._credentials}",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join([*head, "", body]).encode()

    def answer(self, request: bytes) -> bytes:
        """The body of the answer."""
        self.send(request)
        return self.receive()

    def send(self, request: bytes) -> None:
        """Send a request, and nothing more before `receive`."""
        self._socket.sendall(request)

    def receive(self) -> bytes:
        """The body of the answer to the last request."""
        received = b""
        while (head := self._HEAD.match(received)) is None:
            received += self._more(received)
        assert head[1] in {b"200", b"201"}, received
        length = head.end() + int(head[2])
        while len(received) < length:
            received += self._more(received)
        return received[head.end() :]

    def _more(self, received: bytes) -> bytes:
        data = self._socket.recv(1 << 20)
        assert data, f"the emulator hung up after {received[:200]!r}"
        return data
