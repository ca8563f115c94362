"""The official client, asynchronous half."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterable
from datetime import datetime
from decimal import Decimal
from types import TracebackType
from typing import Any, ClassVar, Self, cast

from twilio.http.async_http_client import AsyncTwilioHttpClient  # type: ignore[import-untyped]  # it ships no types
from twilio.rest import Client as TwilioClient  # type: ignore[import-untyped]  # it ships no types

from benchmarks.clients import LARGEST_PAGE, SENDER, TIMEOUT, TOKEN, Client

# It uses what aiohttp deprecates, twice in every request.
warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"twilio\.http\.async_http_client")


class Official(Client):
    """``create_async()`` by workers, and ``stream_async()`` with the largest pages."""

    PAGING: ClassVar[dict[str, int]] = {"page_size": LARGEST_PAGE}

    async def __aenter__(self) -> Self:
        self.http = AsyncTwilioHttpClient(timeout=TIMEOUT)
        self.twilio: Any = TwilioClient(self.account, TOKEN, http_client=self.http)
        self.twilio.api.base_url = self.url
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.http.close()

    async def send(self, to: str, body: str) -> str:
        message = await self.twilio.messages.create_async(to=to, from_=SENDER, body=body)
        return cast("str", message.sid)

    async def records(self) -> AsyncIterable[Any]:
        return cast("AsyncIterable[Any]", await self.twilio.messages.stream_async(**self.PAGING))

    def typed(self, record: Any) -> tuple[datetime | None, Decimal | None, int | None]:
        price, segments = record.price, record.num_segments
        return record.date_sent, None if price is None else Decimal(price), None if segments is None else int(segments)


class OfficialByDefault(Official):
    """The same without a word about pages, as its documentation shows it."""

    PAGING: ClassVar[dict[str, int]] = {}
