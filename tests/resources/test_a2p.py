"""A2P 10DLC brands over a real socket: registered, looked at by the registry, handed in again, and vetted."""

from __future__ import annotations

from typing import Any

import pytest

from twilio_async import AmbiguousOutcome, AsyncSession, Brand, InvalidArgument, InvalidRequest, NotFound, TimedOut
from twilio_async.emulator import Emulator
from twilio_async.events import Event, RequestEnded

PROFILES: Any = {"customer_profile_bundle_sid": "BU" + "1" * 32, "a2p_profile_bundle_sid": "BU" + "2" * 32}
UNKNOWN = "BN" + "0" * 32


async def test_a_brand_is_registered(twilio: AsyncSession, emulator: Emulator) -> None:
    """It waits for the registry, which gives it an id; each setting goes out under Twilio's name."""
    brand = await twilio.brands.create(**PROFILES, brand_type="SOLE_PROPRIETOR", mock=True, skip_automatic_sec_vet=True)
    assert emulator.requests[-1].parameters == {
        "CustomerProfileBundleSid": [PROFILES["customer_profile_bundle_sid"]],
        "A2PProfileBundleSid": [PROFILES["a2p_profile_bundle_sid"]],
        "BrandType": ["SOLE_PROPRIETOR"],
        "Mock": ["true"],
        "SkipAutomaticSecVet": ["true"],
    }
    assert (brand.status, brand.tcr_id, brand.mock) == ("PENDING", None, True)
    registered = await twilio.brands.fetch(brand.sid)
    assert (registered.status, registered.identity_status) == ("APPROVED", "VERIFIED")
    assert registered.tcr_id
    assert [found.sid async for found in twilio.brands.list()] == [brand.sid]


async def test_a_brand_that_failed_is_handed_in_again(twilio: AsyncSession, emulator: Emulator) -> None:
    """The reasons are typed, and are gone when it is looked at once more."""
    brand = await twilio.brands.create(**PROFILES)
    emulator.reject(brand.sid, "Invalid region", 30701)
    failed = await twilio.brands.fetch(brand.sid)
    assert (failed.status, failed.failure_reason) == ("FAILED", "Invalid region")
    assert failed.errors is not None
    assert [error.error_code for error in failed.errors] == [30701]
    again = await twilio.brands.update(brand.sid)
    assert (again.status, again.errors) == ("PENDING", ())
    assert (await twilio.brands.fetch(brand.sid)).status == "APPROVED"


async def test_a_brand_that_is_not_there(twilio: AsyncSession) -> None:
    """Is an error that says so."""
    for call in (twilio.brands.fetch, twilio.brands.update):
        with pytest.raises(NotFound):
            await call(UNKNOWN)


async def test_a_registration_whose_answer_is_lost_is_not_repeated(twilio: AsyncSession, emulator: Emulator) -> None:
    """It costs a fee each time."""
    emulator.faults.add("POST", kind="accept_then_drop", times=1)
    with pytest.raises(AmbiguousOutcome):
        await twilio.brands.create(**PROFILES)
    assert len(emulator.requests) == 1


@pytest.fixture
async def brand(twilio: AsyncSession) -> Brand:
    """A brand that is approved."""
    return await twilio.brands.fetch((await twilio.brands.create(**PROFILES)).sid)


async def test_a_sole_proprietor_gets_his_password_again(twilio: AsyncSession) -> None:
    """The answer tells for whom; no other kind of brand has one."""
    brand = await twilio.brands.create(**PROFILES, brand_type="SOLE_PROPRIETOR")
    otp = await twilio.brands.send_otp(brand.sid)
    assert (otp.brand_registration_sid, otp.account_sid) == (brand.sid, brand.account_sid)
    standard = await twilio.brands.create(**PROFILES)
    with pytest.raises(InvalidRequest, match="no sole proprietor"):
        await twilio.brands.send_otp(standard.sid)
    with pytest.raises(NotFound):
        await twilio.brands.send_otp(UNKNOWN)


@pytest.mark.parametrize("verdict", ["APPROVED", "FAILED"])
async def test_a_brand_is_waited_for(verdict: str) -> None:
    """It is read again and again until somebody has decided, one way or the other."""
    looks: list[RequestEnded] = []

    def decide_after_two(event: Event) -> None:
        if isinstance(event, RequestEnded) and event.operation == "brands.fetch":
            looks.append(event)
            if len(looks) == 2:
                (emulator.approve if verdict == "APPROVED" else emulator.reject)(brand.sid)

    async with (
        Emulator(lifecycle="manual") as emulator,
        AsyncSession.from_env(emulator.env, hooks=[decide_after_two]) as twilio,
    ):
        brand = await twilio.brands.create(**PROFILES)
        decided = await twilio.brands.wait(brand.sid, interval=0.001)
    assert (decided.sid, decided.status, len(looks)) == (brand.sid, verdict, 3)


async def test_waiting_for_a_brand_has_an_end() -> None:
    """The error tells where it stands."""
    async with Emulator(lifecycle="manual") as emulator, AsyncSession.from_env(emulator.env) as twilio:
        brand = await twilio.brands.create(**PROFILES)
        with pytest.raises(TimedOut, match=f"{brand.sid} is PENDING after 0.01 s") as caught:
            await twilio.brands.wait(brand.sid, timeout=0.01, interval=0.001)
    assert caught.value.operation == "brands.wait"


async def test_a_vetting_lets_a_brand_send_more(twilio: AsyncSession, emulator: Emulator, brand: Brand) -> None:
    """It waits for its provider; when it has succeeded the brand has another score."""
    vetting = await twilio.brand_vettings.create(brand.sid, vetting_provider="campaign-verify", vetting_id="cv|1.0|tcr")
    assert emulator.requests[-1].parameters == {"VettingProvider": ["campaign-verify"], "VettingId": ["cv|1.0|tcr"]}
    assert (vetting.vetting_status, vetting.vetting_class, vetting.vetting_id) == ("PENDING", "POLITICAL", "cv|1.0|tcr")
    done = await twilio.brand_vettings.fetch(brand.sid, vetting.brand_vetting_sid)
    assert (done.vetting_status, done.brand_sid, done.account_sid) == ("SUCCESS", brand.sid, brand.account_sid)
    better = await twilio.brands.fetch(brand.sid)
    assert (brand.identity_status, better.identity_status) == ("VERIFIED", "VETTED_VERIFIED")
    assert (better.brand_score or 0) > (brand.brand_score or 0) > 0


async def test_a_vetting_that_fails_leaves_the_brand_alone(twilio: AsyncSession, emulator: Emulator, brand: Brand) -> None:
    """As it was before."""
    vetting = await twilio.brand_vettings.create(brand.sid, vetting_provider="aegis")
    emulator.reject(vetting.brand_vetting_sid)
    assert (await twilio.brand_vettings.fetch(brand.sid, vetting.brand_vetting_sid)).vetting_status == "FAILED"
    assert await twilio.brands.fetch(brand.sid) == brand


async def test_vettings_are_listed(twilio: AsyncSession, emulator: Emulator, brand: Brand) -> None:
    """Those of one brand, or of one provider; how many come in a page is Twilio's choice."""
    other = await twilio.brands.fetch((await twilio.brands.create(**PROFILES)).sid)
    aegis, verify = [
        (await twilio.brand_vettings.create(brand.sid, vetting_provider=provider)).brand_vetting_sid
        for provider in ("aegis", "campaign-verify")
    ]
    await twilio.brand_vettings.create(other.sid, vetting_provider="aegis")
    assert [found.brand_vetting_sid async for found in twilio.brand_vettings.list(brand.sid)] == [verify, aegis]
    assert not emulator.requests[-1].query
    found = await twilio.brand_vettings.list(brand.sid, vetting_provider="aegis")
    assert [vetting.brand_vetting_sid for vetting in found] == [aegis]
    assert emulator.requests[-1].query == (("VettingProvider", "aegis"),)
    assert len(await twilio.brand_vettings.list(brand.sid, limit=1).to_list()) == 1
    with pytest.raises(InvalidArgument, match="page_size"):
        twilio.brand_vettings.list(brand.sid, page_size=10)


async def test_a_vetting_that_cannot_be(twilio: AsyncSession, emulator: Emulator, brand: Brand) -> None:
    """Of a brand that is not approved, by nobody known, of another brand, of none."""
    refused = await twilio.brands.create(**PROFILES)
    emulator.reject(refused.sid)
    with pytest.raises(InvalidRequest, match="not approved"):
        await twilio.brand_vettings.create(refused.sid, vetting_provider="aegis")
    with pytest.raises(InvalidRequest, match="VettingProvider"):
        await twilio.brand_vettings.create(brand.sid, vetting_provider="me")
    vetting = await twilio.brand_vettings.create(brand.sid, vetting_provider="aegis")
    for brand_sid in (refused.sid, UNKNOWN):
        with pytest.raises(NotFound):
            await twilio.brand_vettings.fetch(brand_sid, vetting.brand_vetting_sid)
    with pytest.raises(NotFound):
        await twilio.brand_vettings.list(UNKNOWN)


async def test_a_vetting_whose_answer_is_lost_is_not_repeated(twilio: AsyncSession, emulator: Emulator, brand: Brand) -> None:
    """It costs a fee each time."""
    lost = emulator.faults.add("POST", kind="accept_then_drop")
    with pytest.raises(AmbiguousOutcome):
        await twilio.brand_vettings.create(brand.sid, vetting_provider="aegis")
    with pytest.raises(AmbiguousOutcome):
        await twilio.brands.send_otp(brand.sid)
    assert lost.fired == 2
