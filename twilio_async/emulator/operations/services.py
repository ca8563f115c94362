"""Messaging Services."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from msgspec.structs import asdict, replace

from twilio_async.emulator import errors
from twilio_async.emulator.admission import LONGEST_VALIDITY, is_web_url
from twilio_async.emulator.calls import Answer, Call
from twilio_async.emulator.collection import Collection
from twilio_async.emulator.dates import iso8601
from twilio_async.emulator.paging import PARAMETERS, envelope_v1, turn
from twilio_async.emulator.records import Service
from twilio_async.emulator.routing import Routes

FOLDER = "/v1/Services"
LONGEST_NAME = 64
USECASES = ("notifications", "marketing", "verification", "discussion", "poll", "undeclared")
SUBRESOURCES = {
    "phone_numbers": "PhoneNumbers",
    "short_codes": "ShortCodes",
    "alpha_senders": "AlphaSenders",
    "messages": "Messages",
    "us_app_to_person": "Compliance/Usa2p",
    "us_app_to_person_usecases": "Compliance/Usa2p/Usecases",
    "channel_senders": "ChannelSenders",
    "destination_alpha_senders": "DestinationAlphaSenders",
}

routes: Routes = Routes()


def find_service(call: Call, variable: str) -> Service:
    """The service that a variable of the path names.

    Raises:
        ApiError: the account has none with this sid (20404).
    """
    service = call.account.services.get(call.sids[variable])
    if service is None:
        raise call.not_found()
    return service


def _content(call: Call, service: Service) -> dict[str, object]:
    url = f"{call.origin}{FOLDER}/{service.sid}"
    return {
        **asdict(service),
        "date_created": iso8601(service.date_created),
        "date_updated": iso8601(service.date_updated),
        "links": {name: f"{url}/{path}" for name, path in SUBRESOURCES.items()},
        "url": url,
    }


def _name(call: Call, name: str) -> str:
    text = call.text(name)
    if not text:
        raise errors.MISSING_PARAMETER.error(name=name)
    if len(text) > LONGEST_NAME:
        raise errors.INVALID_PARAMETER.error(name=name)
    return text


def _url(call: Call, name: str) -> str | None:
    url = call.text(name)
    if url and not is_web_url(url):
        raise errors.INVALID_PARAMETER.error(name=name)
    return url or None  # the empty string takes the URL away


def _method(call: Call, name: str) -> str | None:
    return call.choice(name, {"GET", "POST"})


def _flag(call: Call, name: str) -> bool | None:
    return call.flag(name)


def _seconds(call: Call, name: str) -> int | None:
    seconds = call.integer(name)
    if seconds is not None and not 1 <= seconds <= LONGEST_VALIDITY:
        raise errors.INVALID_PARAMETER.error(name=name)
    return seconds


SETTINGS: Mapping[str, Callable[[Call, str], object]] = {
    "FriendlyName": _name,
    "InboundRequestUrl": _url,
    "InboundMethod": _method,
    "FallbackUrl": _url,
    "FallbackMethod": _method,
    "StatusCallback": _url,
    "StickySender": _flag,
    "MmsConverter": _flag,
    "SmartEncoding": _flag,
    "ScanMessageContent": lambda call, name: call.choice(name, {"inherit", "enable", "disable"}),
    "FallbackToLongCode": _flag,
    "AreaCodeGeomatch": _flag,
    "ValidityPeriod": _seconds,
    "SynchronousValidation": _flag,
    "Usecase": lambda call, name: call.choice(name, USECASES),
    "UseInboundWebhookOnNumber": _flag,
}
"""How each parameter is read. A service's attribute has the same name in snake case."""


def _changed(call: Call, service: Service) -> Service:
    """The service with what the call gives; what it does not give stays."""
    given = {_snake(name): read(call, name) for name, read in SETTINGS.items() if call.text(name) is not None}
    return replace(service, date_updated=call.today, **given)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


@routes.post("CreateService", FOLDER, *SETTINGS)
def create_service(call: Call) -> Answer:
    """Make a service, with an empty pool."""
    service = Service(
        sid=f"MG{call.unique}",
        account_sid=call.account.sid,
        friendly_name=_name(call, "FriendlyName"),
        date_created=call.today,
        date_updated=call.today,
    )
    service = _changed(call, service)
    call.account.services.add(service, call.now)
    call.account.pools[service.sid] = Collection()
    return Answer(201, _content(call, service))


@routes.get("ListService", FOLDER, *PARAMETERS)
def list_services(call: Call) -> Answer:
    """All services, the newest first."""
    asked = turn(call, call.account.services)
    found = call.account.services.slice(asked.size, after=asked.after, before=asked.before)
    return envelope_v1(call, "services", asked, found, lambda service: _content(call, service))


@routes.get("FetchService", f"{FOLDER}/{{Sid}}")
def fetch_service(call: Call) -> Answer:
    """One service."""
    return Answer(content=_content(call, find_service(call, "Sid")))


@routes.post("UpdateService", f"{FOLDER}/{{Sid}}", *SETTINGS)
def update_service(call: Call) -> Answer:
    """Change what is given and nothing else."""
    service = _changed(call, find_service(call, "Sid"))
    call.account.services.replace(service)
    return Answer(content=_content(call, service))


@routes.delete("DeleteService", f"{FOLDER}/{{Sid}}")
def delete_service(call: Call) -> Answer:
    """Delete a service; the numbers of its pool are free."""
    call.account.remove_service(find_service(call, "Sid").sid)
    return Answer(204)
