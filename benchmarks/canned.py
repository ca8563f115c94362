"""What the benchmarks' server says: a message history of distinct records, cut into pages, and answers to a create.

It looks like Twilio's own: every field is there, times are a few seconds apart, texts differ in length, one in twenty holds
more than ASCII. A day has 5,000 messages, so the same second seldom comes twice and a client gains little by remembering it.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
import re
from urllib.parse import parse_qsl

PER_DAY = 5_000
LAST_DAY = dt.date(2026, 1, 31)
DEFAULT_PAGE = 50

_WORDS = (
    "your", "parcel", "order", "table", "code", "will", "arrive", "today", "between", "two", "and", "four", "at", "the",
    "door", "please", "reply", "STOP", "to", "end", "thank", "you", "for", "waiting", "we", "have", "moved", "appointment",
    "it", "is", "ready", "driver", "near", "see", "map", "until", "tomorrow", "our", "best", "wishes",
)  # fmt: skip
_ENDINGS = ("",) * 38 + (" Café Müller", " 東京 🎉")
_OUTCOMES = ("delivered",) * 90 + ("undelivered",) * 5 + ("failed",) * 3 + ("sent",) * 2
_HEADERS = (
    "HTTP/1.1 {status}\r\nContent-Type: application/json;charset=utf-8\r\nContent-Length: {length}\r\n"
    "Date: Sat, 31 Jan 2026 23:59:59 GMT\r\nTwilio-Request-Id: RQ{request:032x}\r\nTwilio-Request-Duration: 0.043\r\n"
    "Twilio-Concurrent-Requests: 1\r\nX-Home-Region: us1\r\nX-API-Domain: api.twilio.com\r\n"
    "Strict-Transport-Security: max-age=31536000\r\n\r\n"
)


def account(messages: int) -> str:
    """The sid of an account with so many messages: the server reads the number out of it again."""
    return f"AC{messages:032d}"


def days(messages: int) -> tuple[dt.date, dt.date]:
    """The first day of an account's messages, and the day after the last."""
    return LAST_DAY - dt.timedelta(days=(messages - 1) // PER_DAY), LAST_DAY + dt.timedelta(days=1)


class Answers:
    """Answers in bytes, made in advance as far as possible.

    Args:
        distinct: different records; larger accounts repeat them.
    """

    def __init__(self, distinct: int) -> None:
        chance = random.Random(20260131)  # noqa: S311 - the same history in every run
        self._records = [_record(number, chance) for number in range(distinct)]
        queued = [_queued(number) for number in range(1_000)]
        answers = [answer(body, "201 Created", number) for number, body in enumerate(queued)]
        self._created = itertools.cycle([_around_sid(each) for each in answers])
        self._sids = itertools.count()

    def created(self) -> bytes:
        """The answer to a create, another message each time; no sid comes twice, since a ledger would notice."""
        return (b"SM%032x" % next(self._sids)).join(next(self._created))

    def page(self, path: str, query: str) -> bytes:
        """The answer to a list: the page that *query* names of the account in *path*."""
        asked = dict(parse_qsl(query))
        size = int(asked.get("PageSize", DEFAULT_PAGE))
        first, end = _range(int(path.split("/")[3][2:]), asked.get("DateSent"))
        start = int(asked.get("PageToken", f"PA{first}")[2:])
        stop = min(start + size, end)
        number = (start - first) // size
        root = f"{path}?" + (f"DateSent={asked['DateSent']}&" if "DateSent" in asked else "") + f"PageSize={size}"
        envelope = {
            "first_page_uri": f"{root}&Page=0",
            "next_page_uri": f"{root}&Page={number + 1}&PageToken=PA{stop}" if stop < end else None,
            "previous_page_uri": None,
            "page": number,
            "page_size": size,
            "start": start - first,
            "end": stop - first - 1,
            "uri": f"{root}&Page={number}",
        }
        head = json.dumps(envelope).encode()[:-1]
        return answer(head + b', "messages": [' + b", ".join(self._slice(start, stop)) + b"]}", "200 OK", start)

    def _slice(self, start: int, stop: int) -> list[bytes]:
        distinct = len(self._records)
        first, count = start % distinct, stop - start
        found = self._records[first : first + count]
        return found if len(found) == count else [self._records[n % distinct] for n in range(start, stop)]


def answer(body: bytes, status: str, request: int) -> bytes:
    """A whole HTTP answer, with the headers that Twilio sends."""
    return _HEADERS.format(status=status, length=len(body), request=request).encode() + body


def _around_sid(whole: bytes) -> list[bytes]:
    """An answer without the sids in it."""
    return re.split(rb"SM[0-9a-f]{32}", whole)


def _range(total: int, day: str | None) -> tuple[int, int]:
    """The numbers of the messages of an account, or of one day of it; 0 is the newest."""
    if day is None:
        return 0, total
    first = (LAST_DAY - dt.date.fromisoformat(day)).days * PER_DAY
    return min(max(first, 0), total), min(max(first + PER_DAY, 0), total)


def _record(number: int, chance: random.Random) -> bytes:
    day, place = divmod(number, PER_DAY)
    midnight = dt.datetime.combine(LAST_DAY - dt.timedelta(days=day), dt.time(), dt.UTC)
    sent = midnight + dt.timedelta(seconds=86_399 - place * 86_400 // PER_DAY)
    body = " ".join(chance.choices(_WORDS, k=chance.randint(4, 50))) + chance.choice(_ENDINGS)
    segments = 1 + len(body) // 160
    status = chance.choice(_OUTCOMES)
    return _message(
        number,
        status=status,
        body=body,
        to=f"+1555{chance.randrange(10**7):07d}",
        num_segments=str(segments),
        price=None if status == "sent" else f"-{segments * 0.0079:.5f}",
        error_code={"undelivered": 30005, "failed": 30007}.get(status),
        date_created=_rfc2822(sent - dt.timedelta(seconds=chance.randint(0, 1))),
        date_sent=_rfc2822(sent),
        date_updated=_rfc2822(sent + dt.timedelta(seconds=chance.randint(1, 5))),
    )


def _queued(number: int) -> bytes:
    """A message just created; a hundred of them in each second."""
    now = _rfc2822(dt.datetime.combine(LAST_DAY, dt.time(12), dt.UTC) + dt.timedelta(seconds=number // 100))
    return _message(
        number, status="queued", body=f"Hello {number}, your parcel is at the door.", to=f"+1555{number:07d}", num_segments="1",
        price=None, error_code=None, date_created=now, date_sent=None, date_updated=now,
    )  # fmt: skip


def _message(number: int, **varying: str | int | None) -> bytes:
    sid, owner = f"SM{number * 2654435761 % 2**128:032x}", account(0)
    uri = f"/2010-04-01/Accounts/{owner}/Messages/{sid}"
    record = {
        "sid": sid,
        "account_sid": owner,
        "messaging_service_sid": None,
        "from": "+15017122661",
        "direction": "outbound-api",
        "num_media": "0",
        "price_unit": "USD",
        "error_message": None,
        "api_version": "2010-04-01",
        "uri": f"{uri}.json",
        "subresource_uris": {"media": f"{uri}/Media.json", "feedback": f"{uri}/Feedback.json"},
        **varying,
    }
    return json.dumps(record).encode()


def _rfc2822(time: dt.datetime) -> str:
    return time.strftime("%a, %d %b %Y %H:%M:%S +0000")
