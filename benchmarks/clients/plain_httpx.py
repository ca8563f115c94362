"""httpx and its JSON, by hand."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, cast

import httpx

from benchmarks.clients import LARGEST_PAGE, SECRET, SENDER, TIMEOUT, Client, Typed


class PlainHttpx(Client):
    """``AsyncClient``, and dicts."""

    async def open(self) -> None:
        """As many connections as requests."""
        self.http = httpx.AsyncClient(
            base_url=self.url,
            auth=(self.account, SECRET),
            limits=httpx.Limits(max_connections=self.in_flight, max_keepalive_connections=self.in_flight),
            timeout=TIMEOUT,
        )

    async def close(self) -> None:
        """Close the pool."""
        await self.http.aclose()

    async def send(self, to: str, body: str) -> str:
        """One POST."""
        response = await self.http.post(self.path, data={"To": to, "From": SENDER, "Body": body})
        response.raise_for_status()
        return cast("str", response.json()["sid"])

    async def records(self) -> AsyncIterable[dict[str, Any]]:
        """Page after page."""
        return self._records()

    async def _records(self) -> AsyncIterator[dict[str, Any]]:
        link: str | None = f"{self.path}?PageSize={LARGEST_PAGE}"
        while link is not None:
            response = await self.http.get(link)
            response.raise_for_status()
            page = response.json()
            for record in page["messages"]:
                yield record
            link = page["next_page_uri"]

    def typed(self, record: dict[str, Any]) -> Typed:
        """Everything is text."""
        sent, price = record["date_sent"], record["price"]
        return (
            None if sent is None else parsedate_to_datetime(sent),
            None if price is None else Decimal(price),
            int(record["num_segments"]),
        )
