"""Toll-free verifications: what Twilio is told of a toll-free number before it may text Americans."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Self

from msgspec import Struct
from msgspec.structs import replace

from twilio_async.emulator.domain.reviews import Verdict

EDIT_WINDOW = timedelta(days=7)
"""How long what was rejected can be edited: https://www.twilio.com/docs/api/errors/30437"""


class TollfreeVerification(Struct, frozen=True, kw_only=True):
    """A verification, with Twilio's own names."""

    PREFIX: ClassVar[str] = "HH"

    sid: str
    account_sid: str
    tollfree_phone_number_sid: str
    tollfree_phone_number: str
    business_name: str
    business_website: str
    notification_email: str
    use_case_categories: tuple[str, ...]
    use_case_summary: str
    production_message_sample: str
    opt_in_image_urls: tuple[str, ...]
    opt_in_type: str
    message_volume: str
    date_created: datetime
    date_updated: datetime
    status: str = "PENDING_REVIEW"
    rejection_reason: str | None = None
    error_code: int | None = None
    rejection_reasons: tuple[dict[str, object], ...] | None = None
    edit_allowed: bool | None = None
    edit_expiration: datetime | None = None
    customer_profile_sid: str | None = None
    trust_product_sid: str | None = None
    regulated_item_sid: str | None = None
    external_reference_id: str | None = None
    business_street_address: str | None = None
    business_street_address2: str | None = None
    business_city: str | None = None
    business_state_province_region: str | None = None
    business_postal_code: str | None = None
    business_country: str | None = None
    business_contact_first_name: str | None = None
    business_contact_last_name: str | None = None
    business_contact_email: str | None = None
    business_contact_phone: str | None = None
    business_registration_number: str | None = None
    business_registration_authority: str | None = None
    business_registration_country: str | None = None
    business_registration_phone_number: str | None = None
    business_type: str | None = None
    doing_business_as: str | None = None
    additional_information: str | None = None
    opt_in_confirmation_message: str | None = None
    opt_in_keywords: tuple[str, ...] | None = None
    help_message_sample: str | None = None
    privacy_policy_url: str | None = None
    terms_and_conditions_url: str | None = None
    age_gated_content: bool = False
    vetting_provider: str | None = None
    vetting_id: str | None = None
    vetting_id_expiration: datetime | None = None

    @property
    def pending(self) -> bool:
        """Whether it waits for Twilio."""
        return self.status in {"PENDING_REVIEW", "IN_REVIEW"}

    def editable(self, now: datetime) -> bool:
        """Whether it was rejected, for a reason that can be mended, and not too long ago."""
        in_time = self.edit_expiration is None or now <= self.edit_expiration
        return self.status == "TWILIO_REJECTED" and self.edit_allowed is True and in_time

    def resubmitted(self, when: datetime) -> Self:
        """The verification while Twilio looks at it anew."""
        return replace(self._unrejected(), status="PENDING_REVIEW", date_updated=when)

    def decided(self, verdict: Verdict, when: datetime) -> Self:
        """The verification once Twilio has looked at it; only what is approved is in Trust Hub."""
        if verdict.approved:
            digits = self.sid.removeprefix(self.PREFIX)
            return replace(
                self._unrejected(),
                status="TWILIO_APPROVED",
                trust_product_sid=f"BU{digits}",
                regulated_item_sid=f"RA{digits}",
                date_updated=when,
            )
        return replace(
            self,
            status="TWILIO_REJECTED",
            rejection_reason=verdict.reason,
            error_code=verdict.code,
            rejection_reasons=({"code": verdict.code, "reason": verdict.reason},),
            edit_allowed=True,
            edit_expiration=when + EDIT_WINDOW,
            date_updated=when,
        )

    def _unrejected(self) -> Self:
        return replace(
            self,
            rejection_reason=None,
            error_code=None,
            rejection_reasons=None,
            edit_allowed=None,
            edit_expiration=None,
        )
