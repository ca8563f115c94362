"""Toll-free verification over a real socket: applied for, rejected, mended, approved, found and deleted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from twilio_async import (
    AmbiguousOutcome,
    AsyncSession,
    InvalidRequest,
    NotFound,
    RejectionReason,
    TimedOut,
    TollfreeVerification,
)
from twilio_async._operation import Options
from twilio_async.emulator import Emulator
from twilio_async.resources.tollfree import TollfreeVerifications

UNKNOWN = "HH" + "0" * 32
PROFILE, PRODUCT = "BU" + "1" * 32, "BU" + "2" * 32
WIRE_NAMES = {parameter.name: parameter.wire_name for parameter in TollfreeVerifications.operations["create"].parameters}

REQUIRED: dict[str, Any] = {
    "business_name": "Owl, Inc.",
    "business_website": "https://example.com",
    "notification_email": "ann@example.com",
    "use_case_categories": ("TWO_FACTOR_AUTHENTICATION", "MARKETING"),
    "use_case_summary": "Coupons",
    "production_message_sample": "Your coupon",
    "opt_in_image_urls": ("https://example.com/1.png", "https://example.com/2.png"),
    "opt_in_type": "WEB_FORM",
    "message_volume": "1,000",
}
OPTIONAL: dict[str, Any] = {
    "business_street_address": "123 Main Street",
    "business_street_address2": "Suite 101",
    "business_city": "Anytown",
    "business_state_province_region": "AA",
    "business_postal_code": "11111",
    "business_country": "US",
    "additional_information": "see our privacy policy",
    "business_contact_first_name": "Ann",
    "business_contact_last_name": "Owl",
    "business_contact_email": "owl@example.com",
    "business_contact_phone": "+15558675310",
    "business_registration_number": "123456789",
    "business_registration_authority": "EIN",
    "business_registration_country": "US",
    "business_type": "PRIVATE_PROFIT",
    "business_registration_phone_number": "+15558675311",
    "doing_business_as": "Widgets",
    "opt_in_confirmation_message": "Thank you!",
    "help_message_sample": "Reply HELP",
    "privacy_policy_url": "https://example.com/privacy",
    "terms_and_conditions_url": "https://example.com/terms",
    "age_gated_content": True,
    "opt_in_keywords": ("START", "JOIN"),
    "vetting_provider": "CAMPAIGN_VERIFY",
    "vetting_id": "cv|1.0|mno",
}
ONCE: dict[str, Any] = {"customer_profile_sid": PROFILE, "external_reference_id": "abc123"}
"""What cannot be changed afterwards."""


@pytest.fixture
def number(emulator: Emulator) -> str:
    """The sid of a toll-free number."""
    return emulator.account.add_number("+18005550123").sid


def on_wire(value: Any) -> list[str]:
    """What stands in a form for a value."""
    values = value if isinstance(value, tuple) else (value,)
    return ["true" if item is True else item for item in values]


def form(given: dict[str, Any]) -> dict[str, list[str]]:
    """The same for several, by Twilio's names."""
    return {WIRE_NAMES[name]: on_wire(value) for name, value in given.items()}


def told(verification: TollfreeVerification, given: dict[str, Any]) -> dict[str, Any]:
    """What a verification says of what was given."""
    return {name: getattr(verification, name) for name in given}


def test_the_tables_name_every_parameter() -> None:
    """None goes without a try on the wire, for applying and for editing."""
    own = {
        name: TollfreeVerifications.operations[name].arguments - Options.__annotations__.keys() for name in ("create", "update")
    }
    assert own["create"] == {*REQUIRED, *OPTIONAL, *ONCE, "tollfree_phone_number_sid"}
    assert own["update"] == {*REQUIRED, *OPTIONAL, "edit_reason", "sid"}


async def test_a_verification_is_applied_for_with_everything(twilio: AsyncSession, emulator: Emulator, number: str) -> None:
    """Each parameter goes out under Twilio's name, and comes back as what was given."""
    given = REQUIRED | OPTIONAL | ONCE
    made = await twilio.tollfree_verifications.create(**given, tollfree_phone_number_sid=number)
    assert emulator.requests[-1].parameters == form(given | {"tollfree_phone_number_sid": number})
    assert told(made, given) == given
    assert (made.status, made.account_sid, made.tollfree_phone_number) == (
        "PENDING_REVIEW",
        emulator.account_sid,
        "+18005550123",
    )
    assert (made.rejection_reason, made.rejection_reasons, made.edit_allowed, made.edit_expiration) == (None,) * 4
    assert made.resource_links == {"customer_profile": f"https://trusthub.twilio.com/v1/CustomerProfiles/{PROFILE}"}
    assert made.url == f"{emulator.url}/v1/Tollfree/Verifications/{made.sid}"


async def test_a_verification_is_approved(twilio: AsyncSession, emulator: Emulator, number: str) -> None:
    """Whoever waits for it gets it, with its places in Trust Hub."""
    made = await twilio.tollfree_verifications.create(**REQUIRED, tollfree_phone_number_sid=number)
    assert emulator.requests[-1].parameters == form(REQUIRED | {"tollfree_phone_number_sid": number})
    assert (made.trust_product_sid, made.resource_links, told(made, OPTIONAL)["opt_in_keywords"]) == (None, {}, None)
    approved = await twilio.tollfree_verifications.wait(made.sid)
    assert (approved.status, approved.error_code) == ("TWILIO_APPROVED", None)
    assert approved.resource_links is not None
    assert approved.resource_links.keys() == {"trust_product", "channel_endpoint_assignment"}
    assert approved.resource_links["trust_product"].endswith(f"/TrustProducts/{approved.trust_product_sid}")


@pytest.mark.parametrize(
    "many", [REQUIRED | {"use_case_categories": "MARKETING", "opt_in_image_urls": "https://example.com/1.png"}]
)
async def test_one_of_several_may_stand_alone(many: dict[str, Any], twilio: AsyncSession, number: str) -> None:
    """Without a sequence around it."""
    made = await twilio.tollfree_verifications.create(**many, tollfree_phone_number_sid=number, opt_in_keywords="START")
    assert (made.use_case_categories, made.opt_in_keywords) == (("MARKETING",), ("START",))


async def test_a_rejected_verification_is_mended(twilio: AsyncSession, emulator: Emulator, number: str) -> None:
    """It says why; what is edited goes out alone, and it is looked at anew."""
    made = await twilio.tollfree_verifications.create(**REQUIRED, **ONCE, tollfree_phone_number_sid=number)
    emulator.reject(made.sid, "Website is down", 30492)
    rejected = await twilio.tollfree_verifications.wait(made.sid)
    assert (rejected.status, rejected.rejection_reason, rejected.error_code) == ("TWILIO_REJECTED", "Website is down", 30492)
    assert rejected.rejection_reasons == (RejectionReason(code=30492, reason="Website is down"),)
    assert rejected.date_updated is not None
    assert (rejected.edit_allowed, rejected.edit_expiration) == (True, rejected.date_updated + timedelta(days=7))
    edited = await twilio.tollfree_verifications.update(made.sid, business_name="Owls", edit_reason="Website fixed")
    assert emulator.requests[-1].parameters == {"BusinessName": ["Owls"], "EditReason": ["Website fixed"]}
    assert (edited.status, edited.rejection_reasons, edited.edit_allowed) == ("PENDING_REVIEW", None, None)
    assert told(edited, REQUIRED | ONCE) == REQUIRED | ONCE | {"business_name": "Owls"}
    assert (await twilio.tollfree_verifications.fetch(made.sid)).status == "TWILIO_APPROVED"


async def test_a_rejected_verification_is_mended_in_everything(twilio: AsyncSession, emulator: Emulator, number: str) -> None:
    """Whatever was applied with but the number, the profile and the reference."""
    first = REQUIRED | {name: value for name, value in (REQUIRED | {"opt_in_type": "VERBAL"}).items() if isinstance(value, str)}
    made = await twilio.tollfree_verifications.create(**first, tollfree_phone_number_sid=number)
    emulator.reject(made.sid)
    edited = await twilio.tollfree_verifications.update(made.sid, **REQUIRED, **OPTIONAL)
    assert emulator.requests[-1].parameters == form(REQUIRED | OPTIONAL)
    assert told(edited, REQUIRED | OPTIONAL) == REQUIRED | OPTIONAL


@pytest.mark.parametrize(
    "state",
    [
        {"status": "TWILIO_APPROVED"},
        {"edit_allowed": False},
        {"edit_expiration": "2024-01-01T00:00:00Z"},
    ],
    ids=str,
)
async def test_nothing_else_can_be_edited(state: dict[str, Any], number: str, emulator: Emulator, twilio: AsyncSession) -> None:
    """What is approved, what must not be mended, and what was rejected too long ago."""
    made = await twilio.tollfree_verifications.create(**REQUIRED, tollfree_phone_number_sid=number)
    emulator.reject(made.sid)
    emulator.seed({"tollfree_verifications": [{"sid": made.sid, **state}]})
    with pytest.raises(InvalidRequest, match="cannot be edited"):
        await twilio.tollfree_verifications.update(made.sid, business_name="Owls")
    found = await twilio.tollfree_verifications.fetch(made.sid)
    assert found.business_name == REQUIRED["business_name"]


async def test_who_waits_too_long_is_told() -> None:
    """With what the verification was then; and as long as he waits, nothing can be edited."""
    async with Emulator(lifecycle="manual") as emulator, AsyncSession.from_env(emulator.env) as twilio:
        number = emulator.account.add_number("+18885550123").sid
        made = await twilio.tollfree_verifications.create(**REQUIRED, tollfree_phone_number_sid=number)
        emulator.seed({"tollfree_verifications": [{"sid": made.sid, "status": "IN_REVIEW"}]})
        with pytest.raises(TimedOut, match=rf"^tollfree_verifications\.wait: {made.sid} is IN_REVIEW after 1 s$"):
            await twilio.tollfree_verifications.wait(made.sid, timeout=1)
        assert len(emulator.requests) == 2
        with pytest.raises(InvalidRequest, match="cannot be edited"):
            await twilio.tollfree_verifications.update(made.sid, business_name="Owls")


@pytest.mark.parametrize("code", ["800", "833", "844", "855", "866", "877", "888"])
async def test_a_toll_free_number_has_one_verification(code: str, emulator: Emulator, twilio: AsyncSession) -> None:
    """Another one only when that is deleted."""
    number = emulator.account.add_number(f"+1{code}5550123").sid
    made = await twilio.tollfree_verifications.create(**REQUIRED, tollfree_phone_number_sid=number)
    with pytest.raises(InvalidRequest, match="has a verification already"):
        await twilio.tollfree_verifications.create(**REQUIRED, tollfree_phone_number_sid=number)
    emulator.faults.add("DELETE", kind="accept_then_500", times=1)
    await twilio.tollfree_verifications.delete(made.sid)
    assert (await twilio.tollfree_verifications.create(**REQUIRED, tollfree_phone_number_sid=number)).sid != made.sid


async def test_other_numbers_have_none(emulator: Emulator, twilio: AsyncSession) -> None:
    """Neither those that are not toll-free, nor another account's, nor one that nobody has."""
    foreign = emulator.add_account("Elsewhere").add_number("+18005550123").sid
    for number in (emulator.numbers[0].sid, emulator.numbers[3].sid, foreign, "PN" + "0" * 32, "nothing"):
        with pytest.raises(InvalidRequest, match="TollfreePhoneNumberSid"):
            await twilio.tollfree_verifications.create(**REQUIRED, tollfree_phone_number_sid=number)
    assert await twilio.tollfree_verifications.list().to_list() == []


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"business_name": ""}, "BusinessName"),
        ({"message_volume": ""}, "MessageVolume"),
        ({"use_case_categories": ("MARKETING", "WORLD_DOMINATION")}, "UseCaseCategories"),
        ({"opt_in_image_urls": "picture.png"}, "OptInImageUrls"),
        ({"opt_in_type": "TELEPATHY"}, "OptInType"),
        ({"opt_in_keywords": ("START", "")}, "OptInKeywords"),
        ({"business_registration_authority": "MAYOR"}, "BusinessRegistrationAuthority"),
        ({"business_type": "HOBBY"}, "BusinessType"),
        ({"vetting_provider": "AUNT"}, "VettingProvider"),
        ({"vetting_id": "x" * 501}, "VettingId"),
        ({"customer_profile_sid": "BU1"}, "CustomerProfileSid"),
        ({"privacy_policy_url": "privacy"}, "PrivacyPolicyUrl"),
    ],
)
async def test_an_impossible_parameter_is_named(wrong: dict[str, Any], named: str, twilio: AsyncSession, number: str) -> None:
    """In Twilio's words; nothing is applied for."""
    with pytest.raises(InvalidRequest, match=named):
        await twilio.tollfree_verifications.create(**REQUIRED | wrong, tollfree_phone_number_sid=number)
    assert await twilio.tollfree_verifications.list().to_list() == []


async def test_what_is_required_cannot_be_taken_away(twilio: AsyncSession, emulator: Emulator, number: str) -> None:
    """What is not can, and what is left out stays."""
    made = await twilio.tollfree_verifications.create(**REQUIRED, **OPTIONAL, tollfree_phone_number_sid=number)
    emulator.reject(made.sid)
    with pytest.raises(InvalidRequest, match="BusinessName is required"):
        await twilio.tollfree_verifications.update(made.sid, business_name="")
    edited = await twilio.tollfree_verifications.update(made.sid, doing_business_as="", privacy_policy_url="")
    assert told(edited, OPTIONAL) == OPTIONAL | {"doing_business_as": None, "privacy_policy_url": None}


async def test_an_application_whose_answer_is_lost_is_not_repeated(
    twilio: AsyncSession, emulator: Emulator, number: str
) -> None:
    """Nor is an edit: the second would be refused, which would look as if the first had been."""
    emulator.faults.add("POST", kind="accept_then_drop")
    with pytest.raises(AmbiguousOutcome) as caught:
        await twilio.tollfree_verifications.create(**REQUIRED, tollfree_phone_number_sid=number)
    assert caught.value.parameters["TollfreePhoneNumberSid"] == number
    (made,) = await twilio.tollfree_verifications.list()
    emulator.reject(made.sid)
    with pytest.raises(AmbiguousOutcome):
        await twilio.tollfree_verifications.update(made.sid, business_name="Owls")
    assert [request.method for request in emulator.requests] == ["POST", "GET", "POST"]


async def test_a_verification_that_is_not_there(twilio: AsyncSession, emulator: Emulator) -> None:
    """Or that is another account's, is an error that says so."""
    other = emulator.add_account("Elsewhere")
    entry = REQUIRED | {"tollfree_phone_number_sid": "PN1", "tollfree_phone_number": "+18005550123", "account_sid": other.sid}
    emulator.seed({"tollfree_verifications": [{**entry, "sid": "HH" + "1" * 32}]})
    for call in (
        twilio.tollfree_verifications.fetch,
        twilio.tollfree_verifications.update,
        twilio.tollfree_verifications.delete,
    ):
        for sid in (UNKNOWN, "HH" + "1" * 32):
            with pytest.raises(NotFound) as caught:
                await call(sid)
            assert caught.value.code == 20404


# --- the list ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def many(emulator: Emulator) -> list[str]:
    """The sids of four verifications, the third of a subaccount's, the last of somebody else's."""
    child, stranger = emulator.add_account("Child", parent=emulator.account), emulator.add_account("Elsewhere")
    accounts = (emulator.account_sid, emulator.account_sid, child.sid, stranger.sid)
    states = ("TWILIO_APPROVED", "TWILIO_REJECTED", "TWILIO_APPROVED", "TWILIO_APPROVED")
    entries = [
        REQUIRED
        | {
            "sid": f"HH{index}".ljust(34, "0"),
            "account_sid": account,
            "status": status,
            "tollfree_phone_number_sid": f"PN{index}".ljust(34, "0"),
            "tollfree_phone_number": f"+1800555012{index}",
            "external_reference_id": f"ours-{index}",
            "trust_product_sid": f"BU{index}".ljust(34, "0"),
            "date_created": f"2024-05-2{index}T12:00:00Z",
        }
        for index, (account, status) in enumerate(zip(accounts, states, strict=True), 1)
    ]
    emulator.seed({"tollfree_verifications": entries})
    return [entry["sid"] for entry in entries]


@pytest.mark.parametrize(
    ("filters", "sent", "found"),
    [
        ({}, {}, [1, 0]),
        ({"status": "TWILIO_APPROVED"}, {"Status": ["TWILIO_APPROVED"]}, [0]),
        ({"external_reference_id": "ours-2"}, {"ExternalReferenceId": ["ours-2"]}, [1]),
        (
            {"tollfree_phone_number_sid": "PN1".ljust(34, "0")},
            {"TollfreePhoneNumberSid": ["PN1".ljust(34, "0")]},
            [0],
        ),
        ({"trust_product_sid": "BU2".ljust(34, "0")}, {"TrustProductSid": ["BU2".ljust(34, "0")]}, [1]),
        (
            {"trust_product_sid": ["BU1".ljust(34, "0"), "BU2".ljust(34, "0"), "BU3".ljust(34, "0")]},
            {"TrustProductSid": ["BU1".ljust(34, "0"), "BU2".ljust(34, "0"), "BU3".ljust(34, "0")]},
            [1, 0],
        ),
        ({"include_sub_accounts": True}, {"IncludeSubAccounts": ["true"]}, [2, 1, 0]),
        ({"include_sub_accounts": False}, {"IncludeSubAccounts": ["false"]}, [1, 0]),
        (
            {"include_sub_accounts": True, "status": "TWILIO_APPROVED"},
            {"IncludeSubAccounts": ["true"], "Status": ["TWILIO_APPROVED"]},
            [2, 0],
        ),
    ],
)
@pytest.mark.parametrize("size", [1, 50])
async def test_the_filters_leave_what_they_say(
    filters: dict[str, Any],
    sent: dict[str, list[str]],
    found: list[int],
    size: int,
    many: list[str],
    twilio: AsyncSession,
    emulator: Emulator,
) -> None:
    """Each goes out under Twilio's name, also to the next page, and the newest come first."""
    listed = [verification.sid async for verification in twilio.tollfree_verifications.list(page_size=size, **filters)]
    assert listed == [many[index] for index in found]
    for request in emulator.requests:
        assert {name: values for name, values in request.parameters.items() if not name.startswith("Page")} == sent


async def test_a_filter_that_can_be_nothing_is_refused(twilio: AsyncSession) -> None:
    """In Twilio's words."""
    with pytest.raises(InvalidRequest, match="Status"):
        await twilio.tollfree_verifications.list(status="LOST")
