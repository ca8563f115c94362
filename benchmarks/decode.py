"""What it costs to turn the bytes of a page into records, without any network."""

from __future__ import annotations

import json
import statistics
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import msgspec

from benchmarks import canned
from benchmarks.clients import FLOOR, LARGEST_PAGE, OFFICIAL, OURS, client
from benchmarks.figures import Section
from benchmarks.process import fresh, stopwatch
from benchmarks.scale import Scale
from benchmarks.server import Addresses

JSON, MSGSPEC = "json.loads, text only", "msgspec, text only"
CPU = "CPU per record"

Decode: TypeAlias = Callable[[bytes], Iterable[Any]]


def run(scale: Scale, server: Addresses) -> Section:
    """Measure every way in a process of its own."""
    section = Section("decode", f"{scale.pages} different pages of {LARGEST_PAGE:,} records, from bytes; medians")
    for name in _DECODERS:
        section.add(CPU, name, fresh(decoding, name, server.prompt, scale.pages) / LARGEST_PAGE * 1e6, "µs")
    return section


def decoding(name: str, url: str, pages: int) -> float:
    """Seconds for a page that was not seen before: the median of several."""
    decode = _DECODERS[name]()
    costs: list[float] = []
    path = f"{url}/2010-04-01/Accounts/{canned.account(pages * LARGEST_PAGE)}/Messages.json?PageSize={LARGEST_PAGE}"
    for number in range(pages):
        with urllib.request.urlopen(f"{path}&PageToken=PA{number * LARGEST_PAGE}") as answer:  # noqa: S310 - it is on loopback
            body = answer.read()
        with stopwatch() as cost:
            count = sum(1 for _ in decode(body))
        assert count == LARGEST_PAGE
        costs.append(cost.cpu)
    return statistics.median(costs)


def _ours() -> Decode:
    from twilio_async.resources.messages import Messages

    decode = Messages.operations["list"].decode
    return lambda body: decode(body)[0]


def _official() -> Decode:
    from twilio.http.response import Response
    from twilio.rest.api.v2010.account.message import MessagePage

    typed = client(OFFICIAL, "", "").typed
    return lambda body: map(typed, MessagePage(None, Response(200, body.decode()), {"account_sid": ""}))


def _floor() -> Decode:
    from benchmarks.clients.floor import read_page

    return lambda body: read_page(body).messages


_DECODERS: dict[str, Callable[[], Decode]] = {
    OURS: _ours,
    OFFICIAL: _official,
    FLOOR: _floor,
    JSON: lambda: lambda body: json.loads(body)["messages"],
    MSGSPEC: lambda: lambda body: msgspec.json.decode(body)["messages"],
}
