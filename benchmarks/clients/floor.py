"""The floor: aiohttp and msgspec by hand, for these two calls alone and with nothing that could be left out.

It has no limits, no retries, no outcomes and no error types; whoever writes it for one program writes it so.
"""

from __future__ import annotations

import datetime as dt
import functools
from base64 import b64encode
from collections.abc import AsyncIterable, AsyncIterator
from decimal import Decimal
from urllib.parse import urlencode

import aiohttp
import msgspec
from multidict import CIMultiDict
from yarl import URL

from benchmarks.clients import LARGEST_PAGE, SECRET, SENDER, TIMEOUT, Client, Typed

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Stamp(dt.datetime):
    """A time in RFC 2822; a subclass, so that msgspec asks how to read it."""

    __slots__ = ()


def _read_stamp(kind: type[Stamp], text: str) -> Stamp:
    """``Sat, 31 Jan 2026 23:59:59 +0000``, and nothing else."""
    return kind.combine(_day(text[5:16]), dt.time.fromisoformat(text[17:25]), dt.UTC)


@functools.lru_cache(maxsize=1024)
def _day(text: str) -> dt.date:
    return dt.date(int(text[7:]), _MONTHS.index(text[3:6]) + 1, int(text[:2]))


class Record(msgspec.Struct, frozen=True, gc=False, rename={"from_": "from"}):
    """A message, with the fields and the types that a program wants."""

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


read_record = msgspec.json.Decoder(Record, strict=False, dec_hook=_read_stamp).decode
read_page = msgspec.json.Decoder(Listed, strict=False, dec_hook=_read_stamp).decode


class Floor(Client):
    """A pool, prepared headers, bytes out, typed records in."""

    async def open(self) -> None:
        """Everything that need not be made twice."""
        credentials = b64encode(f"{self.account}:{SECRET}".encode()).decode()
        self.headers = CIMultiDict({"Authorization": f"Basic {credentials}", "Accept": "application/json"})
        self.form_headers = CIMultiDict({**self.headers, "Content-Type": "application/x-www-form-urlencoded"})
        self.messages = URL(self.url + self.path, encoded=True)
        self.http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self.in_flight),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=TIMEOUT),
        )

    async def close(self) -> None:
        """Close the pool."""
        await self.http.close()

    async def send(self, to: str, body: str) -> str:
        """One POST."""
        form = urlencode({"To": to, "From": SENDER, "Body": body}).encode()
        async with self.http.post(self.messages, data=form, headers=self.form_headers, allow_redirects=False) as response:
            response.raise_for_status()
            return read_record(await response.read()).sid

    async def records(self) -> AsyncIterable[Record]:
        """Page after page."""
        return self._records()

    async def _records(self) -> AsyncIterator[Record]:
        link: str | None = f"{self.path}?PageSize={LARGEST_PAGE}"
        while link is not None:
            url = URL(self.url + link, encoded=True)
            async with self.http.get(url, headers=self.headers, allow_redirects=False) as response:
                response.raise_for_status()
                page = read_page(await response.read())
            for record in page.messages:
                yield record
            link = page.next_page_uri

    def typed(self, record: Record) -> Typed:
        """They are typed already."""
        return record.date_sent, record.price, record.num_segments
