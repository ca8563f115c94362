"""A2P 10DLC over a real socket: brands are registered, looked at by the registry, and handed in again."""

from __future__ import annotations

from typing import Any

import pytest

from twilio_async import AmbiguousOutcome, AsyncSession, NotFound
from twilio_async.emulator import Emulator

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
