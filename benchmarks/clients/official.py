"""The official client, asynchronous half."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterable
from decimal import Decimal
from typing import Any, ClassVar, cast

from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client as TwilioClient

from benchmarks.clients import LARGEST_PAGE, SECRET, SENDER, TIMEOUT, Client, Typed

# It uses what aiohttp deprecates, twice in every request.
warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"twilio\.")


class Official(Client):
    """``create_async()`` by workers, and ``stream_async()`` in the largest pages."""

    PAGING: ClassVar[dict[str, int]] = {"page_size": LARGEST_PAGE}

    async def open(self) -> None:
        """Its documented way, but for the address."""
        self.http: Any = AsyncTwilioHttpClient(timeout=TIMEOUT)
        self.twilio: Any = TwilioClient(self.account, SECRET, http_client=self.http)
        self.twilio.api.base_url = self.url

    async def close(self) -> None:
        """Close the pool."""
        await self.http.close()

    async def send(self, to: str, body: str) -> str:
        """One message."""
        message = await self.twilio.messages.create_async(to=to, from_=SENDER, body=body)
        return cast("str", message.sid)

    async def records(self) -> AsyncIterable[Any]:
        """A stream of instances."""
        return cast("AsyncIterable[Any]", await self.twilio.messages.stream_async(**self.PAGING))

    def typed(self, record: Any) -> Typed:
        """Its dates are datetimes; prices and counts it leaves as text."""
        price, segments = record.price, record.num_segments
        return record.date_sent, None if price is None else Decimal(price), None if segments is None else int(segments)


class OfficialByDefault(Official):
    """The same without a word about pages."""

    PAGING: ClassVar[dict[str, int]] = {}
