"""Messaging Services over a real socket: made, read, changed in part, cleared and deleted."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from twilio_async import AmbiguousOutcome, AsyncSession, InvalidArgument, InvalidRequest, NotFound, Service
from twilio_async._operation import Options
from twilio_async.emulator import Emulator
from twilio_async.resources.services import Services

UNKNOWN = "MG" + "0" * 32
SENT_AS: dict[str, tuple[Any, str]] = {
    "friendly_name": ("Parcels & more", "Parcels & more"),
    "inbound_request_url": ("https://example.com/in?a=1", "https://example.com/in?a=1"),
    "inbound_method": ("GET", "GET"),
    "fallback_url": ("https://example.com/fallback", "https://example.com/fallback"),
    "fallback_method": ("GET", "GET"),
    "status_callback": ("https://example.com/status", "https://example.com/status"),
    "sticky_sender": (False, "false"),
    "mms_converter": (False, "false"),
    "smart_encoding": (False, "false"),
    "scan_message_content": ("disable", "disable"),
    "fallback_to_long_code": (False, "false"),
    "area_code_geomatch": (False, "false"),
    "validity_period": (600, "600"),
    "synchronous_validation": (True, "true"),
    "usecase": ("marketing", "marketing"),
    "use_inbound_webhook_on_number": (True, "true"),
}
"""A value for each setting, none of them the default, and what stands on the wire for it."""
WIRE_NAMES = {parameter.name: parameter.wire_name for parameter in Services.operations["create"].parameters}


def settings(service: Service) -> dict[str, Any]:
    """What can be set of a service."""
    return {name: getattr(service, name) for name in SENT_AS}


def test_the_table_names_every_setting() -> None:
    """No setting goes without a try on the wire, for making and for changing."""
    for operation in ("create", "update"):
        own = Services.operations[operation].arguments - Options.__annotations__.keys()
        assert SENT_AS.keys() == own - {"sid"}


async def test_a_service_is_made_with_every_setting(twilio: AsyncSession, emulator: Emulator) -> None:
    """Each goes out under Twilio's name, and comes back as what was given."""
    given = {name: value for name, (value, _) in SENT_AS.items()}
    service = await twilio.services.create(**given)
    assert emulator.requests[-1].parameters == {WIRE_NAMES[name]: [sent] for name, (_, sent) in SENT_AS.items()}
    assert settings(service) == given
    assert await twilio.services.fetch(service.sid) == service


async def test_what_a_service_can_be_for(twilio: AsyncSession) -> None:
    """Each use is one that a service can be made with."""
    known = (await twilio.services.usecases()).usecases
    assert len(known) >= 5
    for use in known:
        service = await twilio.services.create(friendly_name=use.purpose or "", usecase=use.usecase)
        assert service.usecase == use.usecase


async def test_a_service_needs_only_a_name(twilio: AsyncSession, emulator: Emulator) -> None:
    """What is not given is not sent, and the answer's values have their types."""
    service = await twilio.services.create(friendly_name="Parcels")
    assert emulator.requests[-1].parameters == {"FriendlyName": ["Parcels"]}
    assert (service.account_sid, service.friendly_name) == (emulator.account_sid, "Parcels")
    assert (service.sticky_sender, service.validity_period, service.us_app_to_person_registered) == (True, 36000, False)
    assert (service.inbound_request_url, service.status_callback) == (None, None)
    assert service.date_created is not None
    assert service.date_created.utcoffset() == dt.timedelta(0)
    assert service.date_created == service.date_updated == emulator.services[0].date_created
    assert service.url == f"{emulator.url}/v1/Services/{service.sid}"
    assert service.links is not None
    assert service.links["phone_numbers"] == f"{service.url}/PhoneNumbers"


@pytest.mark.parametrize("name", sorted(SENT_AS))
async def test_an_update_changes_what_is_given_and_nothing_else(name: str, twilio: AsyncSession, emulator: Emulator) -> None:
    """One setting goes out alone and leaves the others as they were."""
    service = await twilio.services.create(friendly_name="Parcels", inbound_request_url="https://example.com/first")
    value, sent = SENT_AS[name]
    changed = await twilio.services.update(service.sid, **{name: value})
    assert emulator.requests[-1].parameters == {WIRE_NAMES[name]: [sent]}
    assert settings(changed) == {**settings(service), name: value}
    assert settings(await twilio.services.fetch(service.sid)) == settings(changed)


@pytest.mark.parametrize("name", ["inbound_request_url", "fallback_url", "status_callback"])
async def test_an_empty_text_clears_a_url(name: str, twilio: AsyncSession, emulator: Emulator) -> None:
    """It is sent empty, which is another thing than leaving it out."""
    service = await twilio.services.create(friendly_name="Parcels", **{name: "https://example.com/x"})  # type: ignore[arg-type]  # mypy takes the name for any argument's
    unchanged = await twilio.services.update(service.sid, **{name: None})  # type: ignore[arg-type]  # the same
    assert (getattr(unchanged, name), emulator.requests[-1].body) == ("https://example.com/x", b"")
    cleared = await twilio.services.update(service.sid, **{name: ""})  # type: ignore[arg-type]  # the same
    assert (getattr(cleared, name), emulator.requests[-1].parameters) == (None, {WIRE_NAMES[name]: [""]})


async def test_an_update_is_made_again_when_its_answer_is_lost(twilio: AsyncSession, emulator: Emulator) -> None:
    """Doing it twice is like doing it once, so the caller need not know."""
    service = await twilio.services.create(friendly_name="Parcels")
    emulator.faults.add("POST /Services/", kind="accept_then_drop", times=1)
    assert (await twilio.services.update(service.sid, friendly_name="Letters")).friendly_name == "Letters"
    assert len(emulator.requests) == 3


async def test_a_create_is_not_made_again(twilio: AsyncSession, emulator: Emulator) -> None:
    """A repeat would make a second service."""
    emulator.faults.add("POST /Services", kind="accept_then_drop", times=1)
    with pytest.raises(AmbiguousOutcome) as caught:
        await twilio.services.create(friendly_name="Parcels")
    assert caught.value.parameters == {"FriendlyName": "Parcels"}
    assert len(emulator.services) == len(emulator.requests) == 1


async def test_services_are_listed_page_by_page(twilio: AsyncSession) -> None:
    """Messaging's envelope is read as the 2010 API's is: limits, page sizes and tokens do the same."""
    made = [(await twilio.services.create(friendly_name=f"Service {number}")).sid for number in range(7)]
    whole = [service.sid async for service in twilio.services.list()]
    assert sorted(whole) == sorted(made)
    assert [service.sid async for service in twilio.services.list(page_size=3)] == whole
    assert [service.sid async for service in twilio.services.list(page_size=3, limit=5)] == whole[:5]
    pages = [page async for page in twilio.services.list(page_size=3).pages()]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [service.sid async for service in twilio.services.list(resume=pages[1].token)] == whole[6:]
    assert await twilio.services.list(limit=0).to_list() == []


async def test_a_deleted_service_is_gone(twilio: AsyncSession, emulator: Emulator) -> None:
    """Deleting returns nothing; a lost answer is made up for; and the next time there is nothing to delete."""
    service = await twilio.services.create(friendly_name="Parcels")
    emulator.faults.add("DELETE /Services/", kind="accept_then_500", times=1)
    await twilio.services.delete(service.sid)
    assert emulator.services == []
    with pytest.raises(NotFound):
        await twilio.services.delete(service.sid)


async def test_what_does_not_exist_is_not_found(twilio: AsyncSession) -> None:
    """Reading, changing and deleting say so in the same way."""
    for call in (twilio.services.fetch, twilio.services.update, twilio.services.delete):
        with pytest.raises(NotFound) as caught:
            await call(UNKNOWN)
        assert (caught.value.status, caught.value.code) == (404, 20404)


@pytest.mark.parametrize(
    "settings",
    [
        {"friendly_name": ""},
        {"friendly_name": "x" * 65},
        {"friendly_name": "x", "validity_period": 0},
        {"friendly_name": "x", "usecase": "world domination"},
        {"friendly_name": "x", "status_callback": "example.com"},
    ],
)
async def test_a_refused_setting_is_an_invalid_request(settings: dict[str, Any], twilio: AsyncSession) -> None:
    """What Twilio finds wrong is left to Twilio, and told in its words."""
    with pytest.raises(InvalidRequest) as caught:
        await twilio.services.create(**settings)
    assert caught.value.code == 20001


@pytest.mark.parametrize(
    ("settings", "argument"),
    [
        ({"friendly_name": None}, "friendly_name"),
        ({"friendly_name": "x", "sticky_sender": "true"}, "sticky_sender"),
        ({"friendly_name": "x", "validity_period": "600"}, "validity_period"),
    ],
)
async def test_a_setting_that_cannot_be_sent_is_named(
    settings: dict[str, Any], argument: str, twilio: AsyncSession, emulator: Emulator
) -> None:
    """It fails before anything goes out."""
    with pytest.raises(InvalidArgument) as caught:
        await twilio.services.create(**settings)
    assert (caught.value.argument, caught.value.operation) == (argument, "services.create")
    assert emulator.requests == []
