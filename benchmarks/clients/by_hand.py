"""The floor: aiohttp and msgspec by hand, for these two calls alone, with nothing that could be left out."""

from __future__ import annotations

import datetime as dt
import functools
from base64 import b64encode
from collections.abc import AsyncIterable, AsyncIterator
from decimal import Decimal
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp
import msgspec
from multidict import CIMultiDict
from yarl import URL

from benchmarks.clients import LARGEST_PAGE, SENDER, TIMEOUT, TOKEN, Client

_MONTHS = {name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}


class Stamp(dt.datetime):
    """A time in RFC 2822; a subclass, so that msgspec asks how to read it."""


@functools.lru_cache(maxsize=4096)
def read_stamp(kind: type[Stamp], text: str) -> Stamp:
    """``Sat, 31 Jan 2026 23:59:59 +0000``, and nothing else."""
    return kind(
        int(text[12:16]), _MONTHS[text[8:11]], int(text[5:7]), int(text[17:19]), int(text[20:22]), int(text[23:25]), tzinfo=dt.UTC
    )


class Record(msgspec.Struct, frozen=True, gc=False, rename={"from_": "from"}):
    """A message, with the types and the fields that a program wants."""

    sid: str
    account_sid: str
    status: str
    direction: str
    num_segments: int
    num_media: int
    to: str | None
    from_: str | None
    body: str | None
    messaging_service_sid: str | None
    price: Decimal | None
    price_unit: str | None
    error_code: int | None
    error_message: str | None
    date_created: Stamp | None
    date_updated: Stamp | None
    date_sent: Stamp | None
    api_version: str | None


class Listed(msgspec.Struct):
    """A page of them."""

    messages: list[Record]
    next_page_uri: str | None


read_record = msgspec.json.Decoder(Record, strict=False, dec_hook=read_stamp).decode
read_page = msgspec.json.Decoder(Listed, strict=False, dec_hook=read_stamp).decode


class ByHand(Client):
    """A pool, prepared headers, a bytes body, a typed decoder."""

    async def __aenter__(self) -> Self:
        credentials = b64encode(f"{self.account}:{TOKEN}".encode()).decode()
        self.read_headers = CIMultiDict({"Authorization": f"Basic {credentials}", "Accept": "application/json"})
        self.send_headers = CIMultiDict({**self.read_headers, "Content-Type": "application/x-www-form-urlencoded"})
        self.to_messages = URL(self.messages_url, encoded=True)
        self.http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self.in_flight),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=TIMEOUT),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.http.close()

    async def send(self, to: str, body: str) -> str:
        form = urlencode({"To": to, "From": SENDER, "Body": body}).encode()
        async with self.http.post(
            self.to_messages, data=form, headers=self.send_headers, allow_redirects=False
        ) as response:
            response.raise_for_status()
            message = read_record(await response.read())
        return message.sid

    async def records(self) -> AsyncIterable[Record]:
        return self._records()

    async def _records(self) -> AsyncIterator[Record]:
        link: str | None = f"{self.messages_url.removeprefix(self.url)}?PageSize={LARGEST_PAGE}"
        while link is not None:
            async with self.http.get(
                URL(self.url + link, encoded=True), headers=self.read_headers, allow_redirects=False
            ) as response:
                response.raise_for_status()
                page = read_page(await response.read())
            for record in page.messages:
                yield record
            link = page.next_page_uri

    def typed(self, record: Any) -> tuple[dt.datetime | None, Decimal | None, int | None]:
        return record.date_sent, record.price, record.num_segments
