"""This library."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable

from benchmarks import canned
from benchmarks.clients import SECRET, SENDER, TIMEOUT, Client, Text, Typed
from twilio_async import AsyncSession, Message


class Ours(Client):
    """``create()`` by workers, and ``list()``."""

    async def open(self) -> None:
        """Nothing but the session: it connects at the first request."""
        self.twilio = AsyncSession(self.account, SECRET, base_url=self.url, timeout=TIMEOUT, concurrency=self.in_flight)

    async def close(self) -> None:
        """Close the pool."""
        await self.twilio.aclose()

    async def send(self, to: str, body: str) -> str:
        """With all the manners: limits, outcomes, retries."""
        message = await self.twilio.messages.create(to=to, from_=SENDER, body=body)
        return message.sid

    async def records(self) -> AsyncIterable[Message]:
        """In the largest pages, which is the default."""
        return self.twilio.messages.list()

    def typed(self, record: Message) -> Typed:
        """They are typed already."""
        return record.date_sent, record.price, record.num_segments


class OursInBulk(Ours):
    """``send_many()``."""

    async def send_all(self, messages: Iterable[Text]) -> None:
        """From a generator of rows, looking at each result."""
        rows = ({"to": to, "from_": SENDER, "body": body} for to, body in messages)
        async for result in self.twilio.messages.send_many(rows):
            assert result.message is not None, result


class OursByDays(Ours):
    """``history()``."""

    async def records(self) -> AsyncIterable[Message]:
        """All the days of the account."""
        since, until = canned.days(int(self.account[2:]))
        return self.twilio.messages.history(since, until)
