"""How answers are written: Twilio's JSON, its errors, and the headers around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from xml.sax.saxutils import escape

import msgspec

from twilio_async.emulator.api.calls import Answer
from twilio_async.emulator.api.dates import http_date
from twilio_async.emulator.domain.errors import UNAUTHENTICATED, ApiError

_2010 = "/2010-04-01"

_ALWAYS: Mapping[str, str] = {
    "Content-Type": "application/json",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key",
    "Access-Control-Allow-Methods": "GET, POST, DELETE, OPTIONS",
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Expose-Headers": "ETag",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Home-Region": "us1",
    "X-Powered-By": "AT-5000",
    "X-Shenanigans": "none",
}


class Rendered(NamedTuple):
    """An answer as it goes over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes
    code: int | None = None
    """Twilio's code of the error that it tells of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the headers tell of a request.

    Attributes:
        unique: the digits of its id.
        product: which of Twilio's hosts it is for.
        concurrent: how many requests were in flight when it came, with it.
        duration: seconds that it took.
        now: when it is answered.
    """

    unique: str
    product: str
    concurrent: int
    duration: float
    now: datetime

    def headers(self) -> dict[str, str]:
        """The headers of every answer of Twilio's."""
        return {
            **_ALWAYS,
            "Date": http_date(self.now.replace(microsecond=0)),
            "Twilio-Request-Id": f"RQ{self.unique}",
            "Twilio-Request-Duration": f"{self.duration:.3f}",
            "Twilio-Concurrent-Requests": str(self.concurrent),
            "X-API-Domain": f"{self.product}.twilio.com",
        }


def render(answer: Answer, path: str, circumstances: Circumstances) -> Rendered:
    """Write an answer.

    Args:
        answer: its content is written as JSON; bytes are taken as they are.
        path: of the request. The 2010 API puts a blank behind each comma and colon.
        circumstances: for the headers.
    """
    headers = {**circumstances.headers(), **answer.headers}
    if answer.content is None:
        del headers["Content-Type"]
        return Rendered(answer.status, headers, b"", answer.code)
    if isinstance(answer.content, bytes):
        return Rendered(answer.status, headers, answer.content, answer.code)
    body = msgspec.json.encode(answer.content)
    if path.startswith(_2010):
        body = msgspec.json.format(body, indent=0)
    return Rendered(answer.status, headers, body, answer.code)


def error_answer(error: ApiError, path: str, problem_type: str | None = None) -> Answer:
    """The answer that tells of an error: JSON, or XML where the path of the 2010 API does not end in ``.json``.

    Args:
        error: what went wrong.
        path: of the request.
        problem_type: media type for an error in the form of RFC 9457 instead. Default: Twilio's older form.
    """
    headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if error.status == UNAUTHENTICATED.status else {}
    if path.startswith(_2010) and not path.endswith(".json"):
        return Answer(error.status, _xml(error), {**headers, "Content-Type": "application/xml"}, error.code)
    if problem_type is not None:
        return Answer(error.status, _problem(error, path), {**headers, "Content-Type": problem_type}, error.code)
    content = {"code": error.code, "message": error.message, "more_info": error.more_info, "status": error.status}
    return Answer(error.status, content, headers, error.code)


def _problem(error: ApiError, path: str) -> dict[str, object]:
    return {
        "type": error.more_info,
        "title": error.message,
        "status": error.status,
        "code": error.code,
        "instance": path,
    }


def _xml(error: ApiError) -> bytes:
    fields = {"Code": error.code, "Message": error.message, "MoreInfo": error.more_info, "Status": error.status}
    inner = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in fields.items())
    document = f"<TwilioResponse><RestException>{inner}</RestException></TwilioResponse>"
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{document}".encode()
