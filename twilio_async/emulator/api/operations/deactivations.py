"""The numbers that carriers took out of service: a file for each day, on another host."""

from __future__ import annotations

import re
from collections.abc import Sequence

from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.dates import parse_day
from twilio_async.emulator.api.routing import Routes
from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.state import HostedMedia, State

_FILE = re.compile(r"/deactivations/(\d{4}-\d\d-\d\d)\.txt")

routes: Routes = Routes()


@routes.get("FetchDeactivation", "/v1/Deactivations", "Date")
def fetch_deactivation(call: Call) -> Answer:
    """Where the file of a day is; nobody must send his credentials there."""
    text = call.text("Date")
    if not text:
        raise errors.MISSING_PARAMETER.error(name="Date")
    day = parse_day(text)
    if day is None:
        raise errors.INVALID_PARAMETER.error(name="Date")
    url = f"{call.state.media_origin}/deactivations/{day.isoformat()}.txt"
    return Answer(307, {"redirect_to": url}, {"Location": url})


def deactivations_at(state: State, path: str) -> HostedMedia | None:
    """The file that the other host has at a path: a number in each line. It is empty for a day without any."""
    found = _FILE.fullmatch(path)
    if found is None:
        return None
    numbers: Sequence[str] = state.deactivations.get(found[1], ())
    return HostedMedia("".join(f"{number}\n" for number in numbers).encode(), "text/plain")
