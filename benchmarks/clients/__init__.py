"""The clients that are compared, each written as its users would, behind the same few methods.

A module here is imported only where it is measured.
"""

from __future__ import annotations

import abc
import asyncio
import importlib
from collections.abc import AsyncIterable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import TracebackType
from typing import Any, Self, TypeAlias, cast

OURS = "twilio_async"
OURS_IN_BULK = "twilio_async, send_many()"
OURS_BY_DAYS = "twilio_async, history()"
OFFICIAL = "twilio"
OFFICIAL_BY_DEFAULT = "twilio, default page of 50"
FLOOR = "aiohttp + msgspec by hand"
HTTPX = "httpx by hand"

_CLASSES = {
    OURS: "ours.Ours",
    OURS_IN_BULK: "ours.OursInBulk",
    OURS_BY_DAYS: "ours.OursByDays",
    OFFICIAL: "official.Official",
    OFFICIAL_BY_DEFAULT: "official.OfficialByDefault",
    FLOOR: "floor.Floor",
    HTTPX: "plain_httpx.PlainHttpx",
}

SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105 - the server lets everybody in
SENDER = "+15017122661"
LARGEST_PAGE = 1_000
TIMEOUT = 35.0
"""Seconds, for every client that honours a timeout."""

Text: TypeAlias = tuple[str, str]
"""A recipient and a body."""
Typed: TypeAlias = tuple[datetime | None, Decimal | None, int | None]
"""When a message was sent, what it cost, and how many segments it has."""


def texts(count: int) -> Iterable[Text]:
    """So many different messages to send."""
    return ((f"+1555{number:07d}", f"Hello {number}, your parcel is at the door & waits.") for number in range(count))


@dataclass(slots=True)
class Tally:
    """What a history sums up to: the same by every client, or one of them reads wrongly."""

    count: int = 0
    segments: int = 0
    spent: Decimal = field(default_factory=Decimal)
    latest: datetime | None = None

    def add(self, sent: datetime | None, price: Decimal | None, segments: int | None) -> None:
        """Count one record."""
        self.count += 1
        self.segments += segments or 0
        if price is not None:
            self.spent += price
        if self.latest is None or (sent is not None and sent > self.latest):
            self.latest = sent


class Client(abc.ABC):
    """One way to talk to Twilio; open while it is used as a context manager.

    Args:
        url: the server's origin.
        account: the account's sid.
        in_flight: requests at once.
    """

    def __init__(self, url: str, account: str, in_flight: int) -> None:
        self.url = url
        self.account = account
        self.in_flight = in_flight
        self.path = f"/2010-04-01/Accounts/{account}/Messages.json"

    @abc.abstractmethod
    async def open(self) -> None:
        """Make what is made once."""

    @abc.abstractmethod
    async def close(self) -> None:
        """Close the connections."""

    @abc.abstractmethod
    async def send(self, to: str, body: str) -> str:
        """Send one message and return its sid."""

    @abc.abstractmethod
    async def records(self) -> AsyncIterable[Any]:
        """The account's messages, newest first."""

    @abc.abstractmethod
    def typed(self, record: Any) -> Typed:
        """Three fields of a record, in the types in which a program needs them."""

    async def send_all(self, messages: Iterable[Text]) -> None:
        """Send all, ``in_flight`` at once, by workers that take them from one iterator."""
        shared = iter(messages)

        async def work() -> None:
            for to, body in shared:
                sid = await self.send(to, body)
                assert sid.startswith("SM")

        await asyncio.gather(*(work() for _ in range(self.in_flight)))

    async def read(self) -> int:
        """Read all messages of the account, with their typed fields, and count them."""
        count = 0
        async for record in await self.records():
            self.typed(record)
            count += 1
        return count

    async def tally(self) -> Tally:
        """Read them all and sum them up."""
        tally = Tally()
        async for record in await self.records():
            tally.add(*self.typed(record))
        return tally

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


def client(name: str, url: str, account: str, in_flight: int = 100) -> Client:
    """The client of that name."""
    module, kind = _CLASSES[name].split(".")
    return cast("Client", getattr(importlib.import_module(f"{__name__}.{module}"), kind)(url, account, in_flight))
