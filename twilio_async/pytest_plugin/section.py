"""What the report of a failed test tells of its emulator."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from twilio_async.emulator import Emulator, ReceivedRequest
from twilio_async.emulator.applications.deliveries import Alert
from twilio_async.emulator.expectations import line

TITLE = "Twilio emulator"
MOST_SHOWN = 10
"""Of each kind; the last are shown, since what went wrong is most often among them."""
WIDTH = 240
"""Characters of a line; a text of 1600 needs not fill the screen."""
UNASKED = "no requests: is the program told the emulator's address, as by the fixture twilio_env?"

_MASK = "***"
_SECRET_NAME = re.compile(r"secret|password|(?<!page)token", re.IGNORECASE)
_PASSWORD_IN_URL = re.compile(r"(//[^\s/@:]*):[^\s/@]*@")

Record = TypeVar("Record")


def told(emulator: Emulator) -> str:
    """What is in it and what it was asked, a line each, without secrets.

    Args:
        emulator: it may be stopped already.
    """
    try:
        secrets = _secrets(emulator)
        return "\n".join(_readable(_without(secrets, text)) for text in _lines(emulator))
    except Exception as error:  # noqa: BLE001  # such as a test's own clock that fails: what the test failed by matters more
        return f"what happened cannot be told: {type(error).__name__}: {error}"


def _lines(emulator: Emulator) -> Iterator[str]:
    yield from _part("messages", emulator.messages, line)
    yield from _part("webhooks", emulator.deliveries, str)
    yield from _part("alerts", emulator.alerts, _alert)
    yield from _part("requests", emulator.requests, _request, nothing=UNASKED)


def _part(
    name: str, records: Sequence[Record], written: Callable[[Record], str], *, nothing: str | None = None
) -> Iterator[str]:
    if not records:
        yield nothing or f"no {name}"
        return
    left_out = len(records) - MOST_SHOWN
    yield f"{name}: {len(records)}" + (f", the last {MOST_SHOWN} of which are" if left_out > 0 else "")
    for record in records[-MOST_SHOWN:]:
        yield f"  {written(record)}"


def _alert(alert: Alert) -> str:
    return f"{alert.code} {alert.title}: {alert.detail} ({alert.url})"


def _request(request: ReceivedRequest) -> str:
    answered = "not answered" if request.status is None else f"{request.status}{f' ({request.code})' if request.code else ''}"
    fields = (
        f"{name}={_MASK if _SECRET_NAME.search(name) else repr(value)}" for name, value in (*request.query, *request.form)
    )
    return " ".join([request.method, request.raw_path, answered, *fields])


def _secrets(emulator: Emulator) -> list[str]:
    tokens = [(account.auth_token, account.secondary_token, account.test_token) for account in emulator.accounts]
    return [secret for secret in [emulator.api_secret, *(token for some in tokens for token in some)] if secret]


def _without(secrets: Sequence[str], text: str) -> str:
    for secret in secrets:
        text = text.replace(secret, _MASK)
    return _PASSWORD_IN_URL.sub(rf"\1:{_MASK}@", text)


def _readable(text: str) -> str:
    """One line that a terminal shows as it is: what came over the socket may hold anything."""
    shown = text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
    return "".join(character if character.isprintable() else "�" for character in shown)
