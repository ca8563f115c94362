"""This library."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from datetime import datetime
from decimal import Decimal
from types import TracebackType
from typing import Self

from benchmarks import canned
from benchmarks.clients import SENDER, TIMEOUT, TOKEN, Client, Text
from twilio_async import AsyncSession
from twilio_async.resources.messages import Message


class Ours(Client):
    """``create()`` by workers, and ``list()``."""

    def __init__(self, url: str, account: str, in_flight: int) -> None:
        super().__init__(url, account, in_flight)
        self.twilio = AsyncSession(account, TOKEN, base_url=url, timeout=TIMEOUT, concurrency=in_flight)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.twilio.aclose()

    async def send(self, to: str, body: str) -> str:
        message = await self.twilio.messages.create(to=to, from_=SENDER, body=body)
        return message.sid

    async def records(self) -> AsyncIterable[Message]:
        return self.twilio.messages.list()

    def typed(self, record: Message) -> tuple[datetime | None, Decimal | None, int | None]:
        return record.date_sent, record.price, record.num_segments


class OursInBulk(Ours):
    """``send_many()``."""

    async def send_all(self, texts: Iterable[Text]) -> None:
        rows = ({"to": to, "from_": SENDER, "body": body} for to, body in texts)
        async for result in self.twilio.messages.send_many(rows):
            assert result.message is not None


class OursByDays(Ours):
    """``history()``."""

    async def records(self) -> AsyncIterable[Message]:
        since, until = canned.days(int(self.account[2:]))
        return self.twilio.messages.history(since, until)
