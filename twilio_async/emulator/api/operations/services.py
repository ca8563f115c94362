"""Messaging Services."""

from __future__ import annotations

from msgspec.structs import asdict, replace

from twilio_async.emulator.api.admission import LONGEST_VALIDITY
from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.dates import iso8601
from twilio_async.emulator.api.operations import settings
from twilio_async.emulator.api.paging import PARAMETERS, page_of
from twilio_async.emulator.api.routing import Routes
from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.campaigns import Campaign, campaign_of, is_registered
from twilio_async.emulator.domain.collection import Collection
from twilio_async.emulator.domain.records import Service

FOLDER = "/v1/Services"
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

USECASES = {
    "notifications": "Notify my users.",
    "marketing": "Market my services.",
    "verification": "Verify my users.",
    "discussion": "Let people talk with each other.",
    "poll": "Ask my users.",
}
"""What a service can be for, and what somebody wants who chooses it."""

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
        "us_app_to_person_registered": is_registered(call.account, service.sid),
        "date_created": iso8601(service.date_created),
        "date_updated": iso8601(service.date_updated),
        "links": {name: f"{url}/{path}" for name, path in SUBRESOURCES.items()},
        "url": url,
    }


def _seconds(call: Call, name: str) -> int | None:
    seconds = call.integer(name)
    if seconds is not None and not 1 <= seconds <= LONGEST_VALIDITY:
        raise errors.INVALID_PARAMETER.error(name=name)
    return seconds


SETTINGS: settings.Settings = {
    "FriendlyName": settings.name,
    "InboundRequestUrl": settings.url,
    "InboundMethod": settings.method,
    "FallbackUrl": settings.url,
    "FallbackMethod": settings.method,
    "StatusCallback": settings.url,
    "StickySender": settings.flag,
    "MmsConverter": settings.flag,
    "SmartEncoding": settings.flag,
    "ScanMessageContent": settings.one_of("inherit", "enable", "disable"),
    "FallbackToLongCode": settings.flag,
    "AreaCodeGeomatch": settings.flag,
    "ValidityPeriod": _seconds,
    "SynchronousValidation": settings.flag,
    "Usecase": settings.one_of(*USECASES, "undeclared"),
    "UseInboundWebhookOnNumber": settings.flag,
}


def _changed(call: Call, service: Service) -> Service:
    """The service with what the call gives; what it does not give stays."""
    return replace(service, date_updated=call.today, **settings.given(call, SETTINGS))


@routes.post("CreateService", FOLDER, *SETTINGS)
def create_service(call: Call) -> Answer:
    """Make a service, with an empty pool."""
    service = Service(
        sid=f"MG{call.unique}",
        account_sid=call.account.sid,
        friendly_name=settings.name(call, "FriendlyName"),
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
    return page_of(call, "services", call.account.services, lambda service: _content(call, service))


@routes.get("FetchUsecase", f"{FOLDER}/Usecases")
def list_usecases(call: Call) -> Answer:
    """What a service can be for."""
    del call
    known = [{"usecase": name, "description": purpose, "purpose": purpose} for name, purpose in USECASES.items()]
    return Answer(content={"usecases": known})


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
    """Delete a service and its campaign; the numbers of its pool are free."""
    service = find_service(call, "Sid")
    campaign = campaign_of(call.account, service.sid)
    if campaign is not None:
        call.account.shelf(Campaign).remove(campaign.sid)
    call.account.remove_service(service.sid)
    return Answer(204)
