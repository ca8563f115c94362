"""What it costs to turn the bytes of a page into records with typed fields, without any network."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from benchmarks import canned
from benchmarks.clients import FLOOR, LARGEST_PAGE, OFFICIAL, OURS, client
from benchmarks.figures import Section
from benchmarks.process import fresh, stopwatch
from benchmarks.scale import Scale
from benchmarks.server import Addresses

JSON, MSGSPEC = "json.loads, dicts of text", "msgspec, dicts of text"
CPU = "CPU per record"


def run(scale: Scale, server: Addresses) -> Section:
    """Measure every way in a process of its own."""
    section = Section("decode", f"{scale.pages} different pages of {LARGEST_PAGE:,} records each, from bytes; medians")
    for name in (OURS, OFFICIAL, FLOOR, JSON, MSGSPEC):
        section.add(CPU, name, fresh(decoding, name, scale.pages) / LARGEST_PAGE * 1e6, "µs")
    return section


def decoding(name: str, pages: int) -> float:
    """Seconds for a page: the median of several, none of them seen before."""
    read = _READERS[name]()
    answers = canned.Answers(pages * LARGEST_PAGE)
    size = pages * LARGEST_PAGE
    costs = []
    for number in range(pages):
        page = answers.page(f"/2010-04-01/Accounts/{canned.account(size)}/Messages.json", f"PageSize={LARGEST_PAGE}&PageToken=PA{number * LARGEST_PAGE}")
        body = page.partition(b"\r\n\r\n")[2]
        with stopwatch() as cost:
            for _ in read(body):
                pass
        costs.append(cost.cpu)
    return statistics.median(costs)


def _ours() -> Callable[[bytes], Iterable[Any]]:
    from twilio_async.resources.messages import Messages

    decode = Messages.operations["list"].decode
    return lambda body: decode(body)[0]


def _official() -> Callable[[bytes], Iterable[Any]]:
    from twilio.http.response import Response
    from twilio.rest.api.v2010.account.message import MessagePage

    typed = client(OFFICIAL, "", "").typed
    return lambda body: map(typed, MessagePage(None, Response(200, body.decode()), {"account_sid": ""}))


def _by_hand() -> Callable[[bytes], Iterable[Any]]:
    from benchmarks.clients.by_hand import read_page

    return lambda body: read_page(body).messages


_READERS: dict[str, Callable[[], Callable[[bytes], Iterable[Any]]]] = {
    OURS: _ours,
    OFFICIAL: _official,
    FLOOR: _by_hand,
    JSON: lambda: lambda body: json.loads(body)["messages"],
    MSGSPEC: lambda: lambda body: msgspec.json.decode(body)["messages"],
}
