"""Twilio's own client registers a business for A2P 10DLC: its brand, its campaign, and then it may text."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.api.conftest import OFFICIAL, Official
from twilio_async.emulator import Profile

pytestmark = [*OFFICIAL, pytest.mark.parametrize("pace", [Profile(review=86_400)], ids=["reviews take a day"])]

PROFILES = {"customer_profile_bundle_sid": "BU" + "1" * 32, "a2p_profile_bundle_sid": "BU" + "2" * 32}
CONTENT: dict[str, Any] = {
    "description": "Send marketing messages about sales to opted in customers.",
    "message_flow": "End users opt in by visiting www.example.com and adding their phone number.",
    "message_samples": ["EXPRESS: Denim Days Event is ON", "LAST CHANCE: Book your next flight for just 1 (ONE) EUR"],
    "has_embedded_links": True,
    "has_embedded_phone": False,
}
MORE: dict[str, Any] = {"age_gated": False, "direct_lending": False}
URLS = {"privacy_policy_url": "https://example.com/privacy", "terms_and_conditions_url": "https://example.com/terms"}


async def approved(official: Official, **settings: Any) -> Any:
    """A brand that the registry has approved."""
    brand = await official(official.client.messaging.v1.brand_registrations, "create", **PROFILES, **settings)
    official.emulator.approve(brand.sid)
    return brand


async def test_a_business_is_registered_and_texts(official: Official) -> None:
    """A brand that is refused and handed in again, a vetting, a service, a campaign that is mended, and a text."""
    emulator, v1 = official.emulator, official.client.messaging.v1
    created = await official(v1.brand_registrations, "create", **PROFILES)
    brand = v1.brand_registrations(created.sid)
    assert (created.status, created.tcr_id, created.brand_score) == ("PENDING", None, None)
    emulator.reject(created.sid, "Invalid region", 30701)
    refused = await official(brand, "fetch")
    assert (refused.status, refused.failure_reason, refused.errors[0]["error_code"]) == ("FAILED", "Invalid region", 30701)
    assert (await official(brand, "update")).status == "PENDING"
    emulator.approve(created.sid)
    assert (await official(brand, "fetch")).identity_status == "VERIFIED"

    vetting = await official(brand.brand_vettings, "create", vetting_provider="aegis")
    assert (vetting.vetting_status, vetting.vetting_class) == ("PENDING", "STANDARD")
    emulator.approve(vetting.brand_vetting_sid)
    assert (await official(brand.brand_vettings(vetting.brand_vetting_sid), "fetch")).vetting_status == "SUCCESS"
    vetted = await official(brand, "fetch")
    assert (vetted.identity_status, vetted.brand_score) == ("VETTED_VERIFIED", 85)

    service = await official.service(0)
    usecases = await official(service.us_app_to_person_usecases, "fetch", brand_registration_sid=created.sid)
    assert "MARKETING" in {usecase["code"] for usecase in usecases.us_app_to_person_usecases}
    made = await official(
        service.us_app_to_person, "create", brand_registration_sid=created.sid, us_app_to_person_usecase="MARKETING", **CONTENT
    )
    campaign = service.us_app_to_person(made.sid)
    assert (made.campaign_status, made.opt_out_keywords[0], made.rate_limits) == ("PENDING", "STOP", None)
    emulator.reject(made.sid, "Disallowed Content", 30897)
    failed = await official(campaign, "fetch")
    assert (failed.campaign_status, failed.errors[0]["error_code"]) == ("FAILED", 30897)
    mended = await official(campaign, "update", **CONTENT, **MORE, **URLS, x_twilio_api_version="v1.2")
    assert (mended.campaign_status, mended.errors) == ("PENDING", [])
    emulator.approve(made.sid)
    verified = await official(campaign, "fetch")
    assert (verified.campaign_status, verified.rate_limits["tmobile"]) == ("VERIFIED", {"brand_tier": "TOP"})
    assert (await official(v1.services(service.sid), "fetch")).us_app_to_person_registered is True

    sent = await official.send(messaging_service_sid=service.sid)
    assert (await official(official.client.messages(sent.sid), "fetch")).status == "delivered"
    assert await official(campaign, "delete") is True
    assert await official.refused(campaign, "fetch") == (404, 20404)
    assert (await official(v1.services(service.sid), "fetch")).us_app_to_person_registered is False


async def test_what_is_registered_is_listed(official: Official) -> None:
    """Brands, vettings, also by their provider, and the campaign of a service."""
    brand, service = await approved(official), await official.service()
    made = await official(brand.brand_vettings, "create", vetting_provider="campaign-verify", vetting_id="cv|1.0|tcr")
    assert (made.vetting_id, made.vetting_class) == ("cv|1.0|tcr", "POLITICAL")
    assert [found.brand_vetting_sid for found in await official(brand.brand_vettings, "list")] == [made.brand_vetting_sid]
    assert await official(brand.brand_vettings, "list", vetting_provider="aegis") == []
    assert [found.sid for found in await official(official.client.messaging.v1.brand_registrations, "list")] == [brand.sid]
    assert await official(service.us_app_to_person, "list") == []
    assert await official.refused(brand.brand_vettings("VT" + "0" * 32), "fetch") == (404, 20404)
    wrong = {"us_app_to_person_usecase": "SPAM", "brand_registration_sid": brand.sid, **CONTENT}
    assert await official.refused(service.us_app_to_person, "create", **wrong) == (400, 20001)


async def test_a_sole_proprietor_has_one_campaign(official: Official) -> None:
    """After a password, and of his own kind."""
    brand, service = await approved(official, brand_type="SOLE_PROPRIETOR"), await official.service()
    assert (await official(brand.brand_registration_otps, "create")).brand_registration_sid == brand.sid
    mine = {"brand_registration_sid": brand.sid, "us_app_to_person_usecase": "SOLE_PROPRIETOR", **CONTENT}
    campaign = await official(service.us_app_to_person, "create", **mine)
    assert [found.sid for found in await official(service.us_app_to_person, "list")] == [campaign.sid]
    another = await official.service()
    assert await official.refused(another.us_app_to_person, "create", **mine) == (400, 20001)


async def test_a_campaign_from_elsewhere(official: Official) -> None:
    """It is tied to a service, and waits like any other."""
    service = await official.service()
    tied = await official(
        official.client.messaging.v1.external_campaign, "create", campaign_id="CABC", messaging_service_sid=service.sid
    )
    official.emulator.approve(tied.sid)
    campaign = await official(service.us_app_to_person(tied.sid), "fetch")
    assert (campaign.campaign_id, campaign.is_externally_registered, campaign.campaign_status) == ("CABC", True, "VERIFIED")
