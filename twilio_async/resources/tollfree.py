"""Toll-free verification: a toll-free number may text Americans once it is approved.

See https://www.twilio.com/docs/messaging/api/tollfree-verification-resource.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias, Unpack

import msgspec

from twilio_async._operation import MESSAGING, Options, Paging, Resource, delete, get, pages, post
from twilio_async._poll import poll
from twilio_async._wire import Timestamp
from twilio_async.pages import Pages

Status: TypeAlias = Literal["PENDING_REVIEW", "IN_REVIEW", "TWILIO_APPROVED", "TWILIO_REJECTED"] | str
UseCase: TypeAlias = Literal[
    "TWO_FACTOR_AUTHENTICATION", "ACCOUNT_NOTIFICATIONS", "CUSTOMER_CARE", "CHARITY_NONPROFIT", "DELIVERY_NOTIFICATIONS",
    "FRAUD_ALERT_MESSAGING", "EVENTS", "HIGHER_EDUCATION", "K12", "MARKETING", "POLLING_AND_VOTING_NON_POLITICAL",
    "POLITICAL_ELECTION_CAMPAIGNS", "PUBLIC_SERVICE_ANNOUNCEMENT", "SECURITY_ALERT",
] | str  # fmt: skip
OptInType: TypeAlias = (
    Literal["VERBAL", "WEB_FORM", "PAPER_FORM", "VIA_TEXT", "MOBILE_QR_CODE", "IMPORT", "IMPORT_PLEASE_REPLACE"] | str
)
BusinessType: TypeAlias = Literal["PRIVATE_PROFIT", "PUBLIC_PROFIT", "SOLE_PROPRIETOR", "NON_PROFIT", "GOVERNMENT"] | str
Authority: TypeAlias = Literal[
    "EIN", "CBN", "CRN", "PROVINCIAL_NUMBER", "VAT", "ACN", "ABN", "BRN", "SIREN", "SIRET", "NZBN", "USt-IdNr", "CIF", "NIF",
    "CNPJ", "UID", "NEQ", "OTHER",
] | str  # fmt: skip
VettingProvider: TypeAlias = Literal["CAMPAIGN_VERIFY"] | str


class RejectionReason(msgspec.Struct, frozen=True, kw_only=True):
    """One of the reasons why a verification was rejected."""

    code: int | None = None
    reason: str | None = None


class TollfreeVerification(msgspec.Struct, frozen=True, kw_only=True):
    """What Twilio was told of a toll-free number, and what it decided."""

    sid: str
    account_sid: str
    status: Status
    tollfree_phone_number_sid: str | None = None
    tollfree_phone_number: str | None = None
    rejection_reason: str | None = None
    error_code: int | None = None
    rejection_reasons: tuple[RejectionReason, ...] | None = None
    edit_allowed: bool | None = None
    edit_expiration: Timestamp | None = None
    customer_profile_sid: str | None = None
    trust_product_sid: str | None = None
    regulated_item_sid: str | None = None
    external_reference_id: str | None = None
    business_name: str | None = None
    business_website: str | None = None
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
    business_registration_authority: Authority | None = None
    business_registration_country: str | None = None
    business_registration_phone_number: str | None = None
    business_type: BusinessType | None = None
    doing_business_as: str | None = None
    notification_email: str | None = None
    use_case_categories: tuple[UseCase, ...] | None = None
    use_case_summary: str | None = None
    production_message_sample: str | None = None
    message_volume: str | None = None
    opt_in_type: OptInType | None = None
    opt_in_image_urls: tuple[str, ...] | None = None
    opt_in_keywords: tuple[str, ...] | None = None
    opt_in_confirmation_message: str | None = None
    help_message_sample: str | None = None
    privacy_policy_url: str | None = None
    terms_and_conditions_url: str | None = None
    age_gated_content: bool | None = None
    additional_information: str | None = None
    vetting_provider: VettingProvider | None = None
    vetting_id: str | None = None
    vetting_id_expiration: Timestamp | None = None
    date_created: Timestamp | None = None
    date_updated: Timestamp | None = None
    url: str | None = None
    resource_links: dict[str, str] | None = None


class TollfreeVerifications(Resource, at=MESSAGING):
    """The account's verifications (``session.tollfree_verifications``); one that it does not have is `NotFound` (20404).

    Args of its operations:
        sid: the verification's sid (``HH…``).
    """

    @post("Tollfree/Verifications")
    async def create(
        self, *, business_name: str, business_website: str, notification_email: str,
        use_case_categories: str | Sequence[UseCase], use_case_summary: str, production_message_sample: str,
        opt_in_image_urls: str | Sequence[str], opt_in_type: OptInType, message_volume: str, tollfree_phone_number_sid: str,
        customer_profile_sid: str | None = None, business_street_address: str | None = None,
        business_street_address2: str | None = None, business_city: str | None = None,
        business_state_province_region: str | None = None, business_postal_code: str | None = None,
        business_country: str | None = None, additional_information: str | None = None,
        business_contact_first_name: str | None = None, business_contact_last_name: str | None = None,
        business_contact_email: str | None = None, business_contact_phone: str | None = None,
        external_reference_id: str | None = None, business_registration_number: str | None = None,
        business_registration_authority: Authority | None = None, business_registration_country: str | None = None,
        business_type: BusinessType | None = None, business_registration_phone_number: str | None = None,
        doing_business_as: str | None = None, opt_in_confirmation_message: str | None = None,
        help_message_sample: str | None = None, privacy_policy_url: str | None = None,
        terms_and_conditions_url: str | None = None, age_gated_content: bool | None = None,
        opt_in_keywords: str | Sequence[str] | None = None, vetting_provider: VettingProvider | None = None,
        vetting_id: str | None = None, **options: Unpack[Options],
    ) -> TollfreeVerification:  # fmt: skip
        """Apply for the verification of a toll-free number. Not safe to repeat: the second time the number has one.

        Args:
            business_name: of the business that uses the number.
            business_website: its website.
            notification_email: who is told of the decision.
            use_case_categories: what the number is for, one or several.
            use_case_summary: the same in words.
            production_message_sample: a text as it will be sent.
            opt_in_image_urls: pictures of how people opt in, one or several, for all to see.
            opt_in_type: how they do.
            message_volume: texts a month, about: ``"10"``, ``"100"``, ``"1,000"``, …
            tollfree_phone_number_sid: the number (``PN…``), which is the account's and has no verification yet.
            customer_profile_sid: the business profile (``BU…``).
            business_street_address: its address.
            business_street_address2: its second line.
            business_city: its city.
            business_state_province_region: its state, province or region.
            business_postal_code: its postal code.
            business_country: its country, in two letters.
            additional_information: what else may help.
            business_contact_first_name: of whom to ask.
            business_contact_last_name: of whom to ask.
            business_contact_email: of whom to ask.
            business_contact_phone: of whom to ask, in E.164.
            external_reference_id: your own id; `list` finds it.
            business_registration_number: of the business, unless it is a sole proprietor.
            business_registration_authority: who gave that number.
            business_registration_country: where it was given.
            business_type: what kind of business it is.
            business_registration_phone_number: of the business, in E.164.
            doing_business_as: its trade name.
            opt_in_confirmation_message: the answer to who opts in.
            help_message_sample: the answer to HELP.
            privacy_policy_url: where the privacy policy is.
            terms_and_conditions_url: where the terms are.
            age_gated_content: whether it is for adults only.
            opt_in_keywords: what people text to opt in, one or several.
            vetting_provider: who vetted a political campaign.
            vetting_id: that vetting's id, at most 500 characters.

        Raises:
            InvalidRequest: a parameter is wrong, or the number is not the account's, not toll-free, or has one (20001).
            AmbiguousOutcome: the answer was lost; it may have been applied for.
        """
        ...

    @get("Tollfree/Verifications/{sid}")
    async def fetch(self, sid: str, **options: Unpack[Options]) -> TollfreeVerification:
        """Read one verification."""
        ...

    @post("Tollfree/Verifications/{sid}")
    async def update(
        self, sid: str, *, business_name: str | None = None, business_website: str | None = None,
        notification_email: str | None = None, use_case_categories: str | Sequence[UseCase] | None = None,
        use_case_summary: str | None = None, production_message_sample: str | None = None,
        opt_in_image_urls: str | Sequence[str] | None = None, opt_in_type: OptInType | None = None,
        message_volume: str | None = None, edit_reason: str | None = None, business_street_address: str | None = None,
        business_street_address2: str | None = None, business_city: str | None = None,
        business_state_province_region: str | None = None, business_postal_code: str | None = None,
        business_country: str | None = None, additional_information: str | None = None,
        business_contact_first_name: str | None = None, business_contact_last_name: str | None = None,
        business_contact_email: str | None = None, business_contact_phone: str | None = None,
        business_registration_number: str | None = None, business_registration_authority: Authority | None = None,
        business_registration_country: str | None = None, business_type: BusinessType | None = None,
        business_registration_phone_number: str | None = None, doing_business_as: str | None = None,
        opt_in_confirmation_message: str | None = None, help_message_sample: str | None = None,
        privacy_policy_url: str | None = None, terms_and_conditions_url: str | None = None,
        age_gated_content: bool | None = None, opt_in_keywords: str | Sequence[str] | None = None,
        vetting_provider: VettingProvider | None = None, vetting_id: str | None = None, **options: Unpack[Options],
    ) -> TollfreeVerification:  # fmt: skip
        """Mend a rejected verification, as for `create`, and hand it in again. Not safe to repeat: a review bars edits.

        Args:
            edit_reason: why it is handed in again, such as ``"Website fixed"``.

        Raises:
            InvalidRequest: a parameter is wrong, or it may not be edited: not in this state, or no longer (20001).
            AmbiguousOutcome: the answer was lost; it may have been handed in.
        """
        ...

    @delete("Tollfree/Verifications/{sid}")
    async def delete(self, sid: str, **options: Unpack[Options]) -> None:
        """Delete a verification; the number may have another. Safe to repeat."""
        ...

    async def wait(self, sid: str, *, timeout: float = 600.0, interval: float = 5.0) -> TollfreeVerification:
        """Read a verification again and again until it is approved or rejected, which may take days.

        Args:
            timeout: seconds to wait in all. Default 600.
            interval: seconds between the first two reads, growing by half up to 10. Default 5.

        Raises:
            TimedOut: it was not decided in time.
        """
        return await poll(
            lambda: self.fetch(sid), lambda verification: verification.status, {"TWILIO_APPROVED", "TWILIO_REJECTED"},
            name=sid, timeout=timeout, interval=interval, operation="tollfree_verifications.wait",
        )  # fmt: skip

    @pages("Tollfree/Verifications", key="verifications")
    def list(
        self, *, tollfree_phone_number_sid: str | None = None, status: Status | None = None,
        external_reference_id: str | None = None, include_sub_accounts: bool | None = None,
        trust_product_sid: str | Sequence[str] | None = None, **paging: Unpack[Paging],
    ) -> Pages[TollfreeVerification]:  # fmt: skip
        """The account's verifications.

        Args:
            tollfree_phone_number_sid: of this number (``PN…``).
            status: in this state.
            external_reference_id: with this id of your own.
            include_sub_accounts: whether those of its subaccounts are among them. Default: they are not.
            trust_product_sid: of this trust product (``BU…``), or one of several.
        """
        ...
