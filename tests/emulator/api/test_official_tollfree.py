"""Twilio's own client has a toll-free number verified."""

from __future__ import annotations

from typing import Any

from tests.emulator.api.conftest import OFFICIAL, Official

pytestmark = OFFICIAL

APPLICATION: dict[str, Any] = {
    "business_name": "Owl, Inc.",
    "business_website": "https://example.com",
    "notification_email": "ann@example.com",
    "use_case_categories": ["TWO_FACTOR_AUTHENTICATION", "MARKETING"],
    "use_case_summary": "Coupons",
    "production_message_sample": "Your coupon",
    "opt_in_image_urls": ["https://example.com/1.png", "https://example.com/2.png"],
    "opt_in_type": "VERBAL",
    "message_volume": "1,000",
}


async def test_a_toll_free_number_is_verified_at_the_second_attempt(official: Official) -> None:
    """Applied for, rejected, edited, approved; found with those of subaccounts; and deleted."""
    verifications = official.client.messaging.v1.tollfree_verifications
    account, child = official.emulator.account, official.emulator.add_account("Child", parent=official.emulator.account)
    number = account.add_number("+18005550123").sid
    made = await official(
        verifications,
        "create",
        **APPLICATION,
        tollfree_phone_number_sid=number,
        opt_in_keywords=["START"],
        age_gated_content=False,
        external_reference_id="ours",
    )
    assert (made.status, made.tollfree_phone_number, made.opt_in_keywords) == ("PENDING_REVIEW", "+18005550123", ["START"])
    assert made.use_case_categories == ["TWO_FACTOR_AUTHENTICATION", "MARKETING"]
    again = await official.refused(verifications, "create", **APPLICATION, tollfree_phone_number_sid=number)
    assert again == (400, 20001)

    official.emulator.reject(made.sid, "Website is down", 30492)
    context = official.client.messaging.v1.tollfree_verifications(made.sid)
    rejected = await official(context, "fetch")
    assert (rejected.status, rejected.error_code, rejected.edit_allowed) == ("TWILIO_REJECTED", 30492, True)
    assert rejected.rejection_reasons == [{"code": 30492, "reason": "Website is down"}]
    edited = await official(context, "update", business_website="https://www.example.com", edit_reason="Website fixed")
    assert (edited.status, edited.business_website, edited.edit_allowed) == ("PENDING_REVIEW", "https://www.example.com", None)
    approved = await official(context, "fetch")
    assert (approved.status, approved.external_reference_id) == ("TWILIO_APPROVED", "ours")
    assert await official.refused(context, "update", business_name="Owls") == (400, 20001)

    entry = APPLICATION | {"tollfree_phone_number": "+18885550123", "tollfree_phone_number_sid": "PN" + "8" * 32}
    official.emulator.seed({"tollfree_verifications": [{**entry, "account_sid": child.sid}]})
    assert [found.sid for found in await official(verifications, "list", status="TWILIO_APPROVED")] == [made.sid]
    everywhere = await official(verifications, "list", include_sub_accounts=True, page_size=1)
    assert {found.account_sid for found in everywhere} == {account.sid, child.sid}
    products = [approved.trust_product_sid, "BU" + "0" * 32]
    assert [found.sid for found in await official(verifications, "list", trust_product_sid=products)] == [made.sid]
    assert await official(context, "delete") is True
    assert await official.refused(context, "fetch") == (404, 20404)
