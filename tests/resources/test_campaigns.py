"""A2P 10DLC campaigns over a real socket: registered, refused, mended, verified, and given up."""

from __future__ import annotations

from typing import Any

import pytest

from twilio_async import AmbiguousOutcome, AsyncSession, Brand, Campaign, InvalidRequest, NotFound, Service, TimedOut
from twilio_async._operation import Options
from twilio_async.emulator import Emulator
from twilio_async.events import Event, RequestEnded
from twilio_async.resources.campaigns import Campaigns

PROFILES: Any = {"customer_profile_bundle_sid": "BU" + "1" * 32, "a2p_profile_bundle_sid": "BU" + "2" * 32}
UNKNOWN = "QE" + "0" * 32
VERSION = "X-Twilio-Api-Version"

CONTENT: Any = {
    "description": "Tells people who asked for it when their parcel comes.",
    "message_flow": "People tick a box on www.example.com when they order something.",
    "message_samples": ["Your parcel comes today.", "Your parcel comes tomorrow."],
    "has_embedded_links": True,
    "has_embedded_phone": False,
}
MORE: Any = {
    "age_gated": True,
    "direct_lending": True,
    "privacy_policy_url": "https://example.com/privacy",
    "terms_and_conditions_url": "https://example.com/terms",
}
"""What can be changed later, too."""
ONCE: Any = {
    "us_app_to_person_usecase": "DELIVERY_NOTIFICATION",
    "subscriber_opt_in": False,
    "opt_in_message": "You will hear from us. HELP for help.",
    "opt_out_message": "You will not hear from us any more.",
    "help_message": "See www.example.com. STOP to stop it.",
    "opt_in_keywords": ["PARCEL", "PARCELS"],
    "opt_out_keywords": "ENOUGH",
    "help_keywords": ["WHAT"],
}
"""What is said once and for all."""


async def approved(twilio: AsyncSession, **settings: Any) -> Brand:
    """A brand that is approved."""
    return await twilio.brands.fetch((await twilio.brands.create(**PROFILES, **settings)).sid)


@pytest.fixture
async def brand(twilio: AsyncSession) -> Brand:
    """A brand that is approved."""
    return await approved(twilio)


@pytest.fixture
async def service(twilio: AsyncSession) -> Service:
    """A service without a campaign."""
    return await twilio.services.create(friendly_name="Parcels")


async def registered(twilio: AsyncSession, service: Service, brand: Brand, **settings: Any) -> Campaign:
    """A campaign that has just been handed in."""
    content = {"us_app_to_person_usecase": "MARKETING", **CONTENT, **settings}
    return await twilio.campaigns.create(service.sid, brand_registration_sid=brand.sid, **content)


def on_wire(value: Any) -> list[str]:
    """How a value stands in a form."""
    if isinstance(value, bool):
        return [str(value).lower()]
    return [value] if isinstance(value, str) else value


def sent_as(operation: str, arguments: dict[str, Any]) -> dict[str, list[str]]:
    """What arguments are in a form."""
    names = {parameter.name: parameter.wire_name for parameter in Campaigns.operations[operation].parameters}
    return {names[name]: on_wire(value) for name, value in arguments.items()}


def test_the_tables_name_every_argument() -> None:
    """No argument goes without a try on the wire, for handing in and for mending."""
    for operation, table in ("create", CONTENT | MORE | ONCE | {"brand_registration_sid": ""}), ("update", CONTENT | MORE):
        own = Campaigns.operations[operation].arguments - Options.__annotations__.keys()
        assert table.keys() == own - {"service_sid", "sid", "api_version"}


async def test_a_campaign_is_registered(twilio: AsyncSession, emulator: Emulator, service: Service, brand: Brand) -> None:
    """Each argument goes out under Twilio's name, and comes back; it waits, then is verified, and the service with it."""
    given = {"brand_registration_sid": brand.sid, **CONTENT, **MORE, **ONCE}
    campaign = await twilio.campaigns.create(service.sid, **given)
    assert emulator.requests[-1].parameters == sent_as("create", given)
    assert emulator.requests[-1].headers[VERSION] == "v1.2"
    told = {name: getattr(campaign, name) for name in given}
    assert told == {name: tuple(on_wire(given[name])) if isinstance(told[name], tuple) else given[name] for name in given}
    assert (campaign.campaign_status, campaign.campaign_id, campaign.rate_limits) == ("PENDING", None, None)
    assert (await twilio.campaigns.fetch(service.sid, campaign.sid)).campaign_status == "VERIFIED"
    assert (await twilio.services.fetch(service.sid)).us_app_to_person_registered


async def test_what_is_left_out_is_twilio_s(twilio: AsyncSession, service: Service, brand: Brand) -> None:
    """STOP and HELP mean what they mean to Twilio; what carriers let through depends on the brand."""
    sid = (await registered(twilio, service, brand)).sid
    campaign = await twilio.campaigns.fetch(service.sid, sid)
    assert (campaign.opt_out_keywords or ())[0] == "STOP"
    assert "HELP" in (campaign.help_keywords or ())
    assert (campaign.subscriber_opt_in, campaign.age_gated, campaign.direct_lending, campaign.mock) == (
        True,
        False,
        False,
        False,
    )
    assert campaign.rate_limits is not None
    assert campaign.rate_limits.att is not None
    assert campaign.rate_limits.tmobile is not None
    assert (campaign.rate_limits.att.mps, campaign.rate_limits.tmobile.brand_tier) == (4.0, "LOWER_MID")
    vetting = await twilio.brand_vettings.create(brand.sid, vetting_provider="aegis")
    await twilio.brand_vettings.fetch(brand.sid, vetting.brand_vetting_sid)
    limits = (await twilio.campaigns.fetch(service.sid, sid)).rate_limits
    assert limits is not None
    assert limits.tmobile is not None
    assert limits.tmobile.brand_tier == "TOP"


async def test_the_older_form_has_no_urls(twilio: AsyncSession, emulator: Emulator, service: Service, brand: Brand) -> None:
    """They are kept and not told, so that the newer form is what is asked for unless somebody says otherwise."""
    made = await registered(twilio, service, brand, **MORE, api_version=None)
    assert VERSION not in emulator.requests[-1].headers
    older = await twilio.campaigns.fetch(service.sid, made.sid, api_version=None)
    listed = await twilio.campaigns.list(service.sid, api_version=None)
    mended = await twilio.campaigns.update(service.sid, made.sid, **CONTENT, **MORE, api_version=None)
    assert {campaign.privacy_policy_url for campaign in (made, older, *listed, mended)} == {None}
    newer = await twilio.campaigns.fetch(service.sid, made.sid)
    listed = await twilio.campaigns.list(service.sid)
    mended = await twilio.campaigns.update(service.sid, made.sid, **CONTENT, **MORE)
    assert {campaign.privacy_policy_url for campaign in (newer, *listed, mended)} == {MORE["privacy_policy_url"]}


async def test_a_campaign_that_failed_is_mended(
    twilio: AsyncSession, emulator: Emulator, service: Service, brand: Brand
) -> None:
    """The reasons are typed; what is mended goes out under Twilio's name, and the review begins anew."""
    campaign = await registered(twilio, service, brand)
    emulator.reject(campaign.sid, "Disallowed Content", 30897)
    failed = await twilio.campaigns.fetch(service.sid, campaign.sid)
    assert failed.campaign_status == "FAILED"
    assert [(error.error_code, error.description) for error in failed.errors or ()] == [(30897, "Disallowed Content")]
    assert not (await twilio.services.fetch(service.sid)).us_app_to_person_registered
    mended = await twilio.campaigns.update(service.sid, campaign.sid, **CONTENT, **MORE)
    assert emulator.requests[-1].parameters == sent_as("update", CONTENT | MORE)
    assert (mended.campaign_status, mended.errors, mended.age_gated) == ("PENDING", (), True)
    assert (await twilio.campaigns.wait(service.sid, campaign.sid)).campaign_status == "VERIFIED"


@pytest.mark.parametrize("verdict", ["VERIFIED", "FAILED"])
async def test_a_campaign_is_waited_for(verdict: str) -> None:
    """It is read again and again until somebody has decided, one way or the other."""
    looks: list[RequestEnded] = []

    def decide_after_two(event: Event) -> None:
        if isinstance(event, RequestEnded) and event.operation == "campaigns.fetch":
            looks.append(event)
            if len(looks) == 2:
                (emulator.approve if verdict == "VERIFIED" else emulator.reject)(campaign.sid)

    async with (
        Emulator(lifecycle="manual") as emulator,
        AsyncSession.from_env(emulator.env, hooks=[decide_after_two]) as twilio,
    ):
        brand = await twilio.brands.create(**PROFILES)
        emulator.approve(brand.sid)
        service = await twilio.services.create(friendly_name="Parcels")
        campaign = await registered(twilio, service, brand)
        decided = await twilio.campaigns.wait(service.sid, campaign.sid, interval=0.001)
    assert (decided.sid, decided.campaign_status, len(looks)) == (campaign.sid, verdict, 3)


async def test_waiting_for_a_campaign_has_an_end(twilio: AsyncSession, emulator: Emulator, service: Service) -> None:
    """The error tells where it stands."""
    emulator.seed({"campaigns": [{"sid": UNKNOWN, "messaging_service_sid": service.sid, "campaign_status": "SUSPENDED"}]})
    with pytest.raises(TimedOut, match=f"{UNKNOWN} is SUSPENDED after 0.01 s") as caught:
        await twilio.campaigns.wait(service.sid, UNKNOWN, timeout=0.01, interval=0.001)
    assert caught.value.operation == "campaigns.wait"


async def test_a_campaign_is_given_up(twilio: AsyncSession, emulator: Emulator, service: Service, brand: Brand) -> None:
    """The service is registered no more, and may have another; a lost answer is made up for."""
    campaign = await registered(twilio, service, brand)
    assert [found.sid async for found in twilio.campaigns.list(service.sid)] == [campaign.sid]
    assert (await twilio.services.fetch(service.sid)).us_app_to_person_registered
    emulator.faults.add("DELETE", kind="accept_then_500", times=1)
    await twilio.campaigns.delete(service.sid, campaign.sid)
    assert not (await twilio.services.fetch(service.sid)).us_app_to_person_registered
    assert [found async for found in twilio.campaigns.list(service.sid)] == []
    assert (await registered(twilio, service, brand)).sid != campaign.sid


async def test_a_campaign_goes_with_its_service(twilio: AsyncSession, service: Service) -> None:
    """A sole proprietor may have another one then."""
    brand = await approved(twilio, brand_type="SOLE_PROPRIETOR")
    campaign = await registered(twilio, service, brand, us_app_to_person_usecase="SOLE_PROPRIETOR")
    await twilio.services.delete(service.sid)
    with pytest.raises(NotFound):
        await twilio.campaigns.fetch(service.sid, campaign.sid)
    another = await twilio.services.create(friendly_name="Letters")
    await registered(twilio, another, brand, us_app_to_person_usecase="SOLE_PROPRIETOR")


async def test_who_cannot_have_a_campaign(twilio: AsyncSession, emulator: Emulator, service: Service, brand: Brand) -> None:
    """A brand that is not approved, a service that has one, a sole proprietor who has one; each is told so."""
    refused = await twilio.brands.create(**PROFILES)
    emulator.reject(refused.sid)
    with pytest.raises(InvalidRequest, match=f"{refused.sid} is not approved"):
        await registered(twilio, service, refused)
    await registered(twilio, service, brand)
    with pytest.raises(InvalidRequest, match=f"{service.sid} has an A2P campaign already"):
        await registered(twilio, service, brand)
    with pytest.raises(InvalidRequest, match=f"{service.sid} has an A2P campaign already"):
        await twilio.campaigns.preregister(campaign_id="CABC", messaging_service_sid=service.sid)
    alone = await approved(twilio, brand_type="SOLE_PROPRIETOR")
    second, third = [await twilio.services.create(friendly_name=name) for name in ("Second", "Third")]
    await registered(twilio, second, alone, us_app_to_person_usecase="SOLE_PROPRIETOR")
    with pytest.raises(InvalidRequest, match=f"{alone.sid} is a sole proprietor's, and has its one campaign already"):
        await registered(twilio, third, alone, us_app_to_person_usecase="SOLE_PROPRIETOR")


@pytest.mark.parametrize(
    ("argument", "value", "wire_name"),
    [
        ("description", "Too short", "Description"),
        ("description", "x" * 4097, "Description"),
        ("message_flow", "x" * 2049, "MessageFlow"),
        ("message_samples", ["Only one, although it is long"], "MessageSamples"),
        ("message_samples", ["Your parcel comes today.", "Too short"], "MessageSamples"),
        ("message_samples", [], "MessageSamples"),
        ("us_app_to_person_usecase", "SOLE_PROPRIETOR", "UsAppToPersonUsecase"),
        ("us_app_to_person_usecase", "SPAM", "UsAppToPersonUsecase"),
        ("opt_in_message", "Too short", "OptInMessage"),
        ("opt_out_message", "x" * 321, "OptOutMessage"),
        ("help_keywords", ["WHAT?"], "HelpKeywords"),
        ("opt_in_keywords", ["X" * 255, "Y"], "OptInKeywords"),
        ("privacy_policy_url", "example.com", "PrivacyPolicyUrl"),
    ],
)
async def test_what_the_registry_would_refuse_is_refused_by_name(
    argument: str, value: Any, wire_name: str, twilio: AsyncSession, service: Service, brand: Brand
) -> None:
    """At once, and not after days."""
    with pytest.raises(InvalidRequest, match=wire_name):
        await registered(twilio, service, brand, **{argument: value})


async def test_what_does_not_exist_is_not_found(twilio: AsyncSession, service: Service, brand: Brand) -> None:
    """A campaign, one of another service, a service, a brand."""
    campaign = await registered(twilio, service, brand)
    another = await twilio.services.create(friendly_name="Letters")
    nowhere = Service(sid="MG" + "0" * 32, account_sid=service.account_sid)
    for where, sid in (service, UNKNOWN), (another, campaign.sid), (nowhere, campaign.sid):
        for call in (twilio.campaigns.fetch, twilio.campaigns.delete):
            with pytest.raises(NotFound):
                await call(where.sid, sid)
        with pytest.raises(NotFound):
            await twilio.campaigns.update(where.sid, sid, **CONTENT | {"description": "Too short"}, **MORE)
    for refused in (
        registered(twilio, nowhere, brand),
        registered(twilio, another, Brand(sid="BN" + "0" * 32, account_sid="", status="APPROVED")),
        twilio.campaigns.list(nowhere.sid).first_page(),
        twilio.campaigns.usecases(nowhere.sid),
        twilio.campaigns.usecases(service.sid, brand_registration_sid="BN" + "0" * 32),
        twilio.campaigns.preregister(campaign_id="CABC", messaging_service_sid=nowhere.sid),
    ):
        with pytest.raises(NotFound):
            await refused


async def test_what_a_campaign_can_be_for(twilio: AsyncSession, emulator: Emulator, service: Service, brand: Brand) -> None:
    """It depends on the brand; one with which something is wrong can do nothing."""
    everything = (await twilio.campaigns.usecases(service.sid)).us_app_to_person_usecases
    assert {usecase.code: usecase.post_approval_required for usecase in everything}["EMERGENCY"] is True
    assert not emulator.requests[-1].query
    found = await twilio.campaigns.usecases(service.sid, brand_registration_sid=brand.sid)
    assert emulator.requests[-1].query == (("BrandRegistrationSid", brand.sid),)
    assert found.us_app_to_person_usecases == everything
    alone = await approved(twilio, brand_type="SOLE_PROPRIETOR")
    found = await twilio.campaigns.usecases(service.sid, brand_registration_sid=alone.sid)
    assert [usecase.code for usecase in found.us_app_to_person_usecases] == ["SOLE_PROPRIETOR"]
    emulator.reject(alone.sid)
    found = await twilio.campaigns.usecases(service.sid, brand_registration_sid=alone.sid)
    assert found.us_app_to_person_usecases == ()


async def test_a_campaign_from_elsewhere_is_tied_to_a_service(
    twilio: AsyncSession, emulator: Emulator, service: Service
) -> None:
    """It is read like all others, and keeps the registry's id."""
    tied = await twilio.campaigns.preregister(campaign_id="CABC", messaging_service_sid=service.sid, cnp_migration=True)
    assert emulator.requests[-1].parameters == {
        "CampaignId": ["CABC"],
        "MessagingServiceSid": [service.sid],
        "CnpMigration": ["true"],
    }
    assert (tied.campaign_id, tied.messaging_service_sid, tied.account_sid) == ("CABC", service.sid, emulator.account_sid)
    campaign = await twilio.campaigns.fetch(service.sid, tied.sid)
    assert (campaign.campaign_status, campaign.campaign_id, campaign.is_externally_registered) == ("VERIFIED", "CABC", True)
    assert (await twilio.services.fetch(service.sid)).us_app_to_person_registered


async def test_a_mock_brand_has_mock_campaigns(twilio: AsyncSession, service: Service) -> None:
    """They are for trying out, too."""
    assert (await registered(twilio, service, await approved(twilio, mock=True))).mock


async def test_what_may_cost_a_fee_is_not_repeated(
    twilio: AsyncSession, emulator: Emulator, service: Service, brand: Brand
) -> None:
    """Registering, mending and tying, when the answer is lost."""
    lost = emulator.faults.add("POST", kind="accept_then_drop")
    with pytest.raises(AmbiguousOutcome):
        await registered(twilio, service, brand)
    with pytest.raises(AmbiguousOutcome):
        await twilio.campaigns.update(service.sid, UNKNOWN, **CONTENT, **MORE)
    with pytest.raises(AmbiguousOutcome):
        await twilio.campaigns.preregister(campaign_id="CABC", messaging_service_sid=service.sid)
    assert lost.fired == 3
