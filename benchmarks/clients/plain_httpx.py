"""httpx and its JSON, by hand."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from datetime import datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self, cast

import httpx

from benchmarks.clients import LARGEST_PAGE, SENDER, TIMEOUT, TOKEN, Client


class PlainHttpx(Client):
    """``AsyncClient``, and dicts."""

    async def __aenter__(self) -> Self:
        self.http = httpx.AsyncClient(
            base_url=self.url,
            auth=(self.account, TOKEN),
            limits=httpx.Limits(max_connections=self.in_flight, max_keepalive_connections=self.in_flight),
            timeout=TIMEOUT,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.http.aclose()

    async def send(self, to: str, body: str) -> str:
        response = await self.http.post(self.messages_url, data={"To": to, "From": SENDER, "Body": body})
        response.raise_for_status()
        return cast("str", response.json()["sid"])

    async def records(self) -> AsyncIterable[dict[str, Any]]:
        return self._records()

    async def _records(self) -> AsyncIterator[dict[str, Any]]:
        link: str | None = f"{self.messages_url}?PageSize={LARGEST_PAGE}"
        while link is not None:
            response = await self.http.get(link)
            response.raise_for_status()
            page = response.json()
            for record in page["messages"]:
                yield record
            link = page["next_page_uri"]

    def typed(self, record: dict[str, Any]) -> tuple[datetime | None, Decimal | None, int | None]:
        sent, price = record["date_sent"], record["price"]
        return (
            None if sent is None else parsedate_to_datetime(sent),
            None if price is None else Decimal(price),
            int(record["num_segments"]),
        )
