"""Records as plain data, as they are written in JSON: with Twilio's names, and with nothing that opens anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from msgspec import to_builtins
from msgspec.structs import asdict

from twilio_async.emulator.api.requests import ReceivedRequest
from twilio_async.emulator.applications.deliveries import Alert, Delivery
from twilio_async.emulator.applications.errands import Attempt
from twilio_async.emulator.applications.handset import Received
from twilio_async.emulator.domain.records import Message
from twilio_async.emulator.events import Event

Record: TypeAlias = Message | ReceivedRequest | Delivery | Alert | Received | Event

SECRET: Final = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
"""Headers that open something."""

SECRET_PARAMETERS: Final = frozenset({"client_secret", "ClientSecret"})
"""Parameters that do."""

_USERINFO: Final = re.compile(r"(?<=://)[^/?#]*@")


def plain(record: Record) -> dict[str, Any]:
    """What JSON says of a record. Bytes are shown as text, which is not always all of them."""
    match record:
        case Message():
            found: dict[str, Any] = to_builtins(record)
            return found
        case ReceivedRequest():
            return _request(record)
        case Delivery():
            return _delivery(record)
        case Alert():
            return {**asdict(record), "title": record.title, "more_info": record.more_info}
        case Received():
            return {
                "message": plain(record.message),
                "keyword": record.keyword,
                "deliveries": plain_all(record.deliveries),
                "replies": plain_all(record.replies),
            }
        case Event():
            return {"name": record.name, "at": record.at, "record": plain(record.record)}


def plain_all(records: Sequence[Record]) -> list[dict[str, Any]]:
    """What JSON says of each."""
    return [plain(record) for record in records]


def _request(request: ReceivedRequest) -> dict[str, Any]:
    parameters = {name: ["***"] if name in SECRET_PARAMETERS else values for name, values in request.parameters.items()}
    is_secret = not SECRET_PARAMETERS.isdisjoint(parameters)
    return {
        "method": request.method,
        "target": request.path if is_secret else request.target,
        "path": request.path,
        "headers": _headers(request.headers.items()),
        "parameters": parameters,
        "body": "***" if is_secret else _text(request.body),
        "status": request.status,
        "processed": request.processed,
    }


def _delivery(delivery: Delivery) -> dict[str, Any]:
    json = delivery.errand.json
    return {
        "kind": delivery.kind,
        "account_sid": delivery.account_sid,
        "message_sid": delivery.message_sid,
        "url": without_login(delivery.url),
        "method": delivery.errand.method,
        "fields": delivery.parameters,
        "json": None if json is None else _text(json),
        "idempotency_token": delivery.idempotency_token,
        "created_at": delivery.created_at,
        "state": delivery.state,
        "status": delivery.status,
        "answer": _text(delivery.answer),
        "latency": delivery.latency,
        "attempts": [_attempt(attempt) for attempt in delivery.attempts],
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        **asdict(attempt),
        "request_headers": _headers(attempt.request_headers),
        "request_body": _text(attempt.request_body),
        "headers": _headers(attempt.headers),
        "body": _text(attempt.body),
    }


def _headers(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Headers by name; the values of one that is repeated are joined, as HTTP allows."""
    found: dict[str, str] = {}
    for name, value in pairs:
        shown = masked(value) if name.lower() in SECRET else value
        found[name] = f"{found[name]}, {shown}" if name in found else shown
    return found


def masked(value: str) -> str:
    """A header's value with its scheme alone: ``Basic ***``."""
    scheme, blank, _ = value.partition(" ")
    return f"{scheme} ***" if blank and scheme.isalpha() else "***"


def without_login(url: str) -> str:
    """A URL without the user and the password that it may have."""
    return _USERINFO.sub("***@", url, count=1)


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")
