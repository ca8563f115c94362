"""A2P 10DLC campaigns: what a Messaging Service texts Americans for.

See https://www.twilio.com/docs/messaging/api/usapptoperson-resource.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, TypeAlias, Unpack

import msgspec

from twilio_async._operation import MESSAGING, Header, Options, Paging, Resource, delete, get, pages, post
from twilio_async._poll import poll
from twilio_async._wire import Timestamp
from twilio_async.pages import Pages
from twilio_async.resources.a2p import RegistrationError

ApiVersion: TypeAlias = Annotated[Literal["v1.2"] | str | None, Header("X-Twilio-Api-Version")]
"""Twilio's older form, which ``None`` asks for, is the same without the two URLs of a campaign, set or not."""


class CarrierLimit(msgspec.Struct, frozen=True, kw_only=True):
    """What one carrier lets a campaign send, in its own terms."""

    mps: float | None = None
    """Messages a second."""
    msg_class: str | None = None
    brand_tier: str | None = None


class RateLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What the carriers let a campaign send."""

    att: CarrierLimit | None = None
    tmobile: CarrierLimit | None = None


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """What a Messaging Service texts Americans for."""

    sid: str
    account_sid: str
    messaging_service_sid: str
    campaign_status: Literal["PENDING", "IN_PROGRESS", "VERIFIED", "FAILED"] | str
    brand_registration_sid: str | None = None
    campaign_id: str | None = None
    """The Campaign Registry's."""
    us_app_to_person_usecase: str | None = None
    description: str | None = None
    message_flow: str | None = None
    message_samples: tuple[str, ...] | None = None
    has_embedded_links: bool | None = None
    has_embedded_phone: bool | None = None
    subscriber_opt_in: bool | None = None
    age_gated: bool | None = None
    direct_lending: bool | None = None
    opt_in_message: str | None = None
    opt_out_message: str | None = None
    help_message: str | None = None
    opt_in_keywords: tuple[str, ...] | None = None
    opt_out_keywords: tuple[str, ...] | None = None
    help_keywords: tuple[str, ...] | None = None
    privacy_policy_url: str | None = None
    terms_and_conditions_url: str | None = None
    rate_limits: RateLimits | None = None
    is_externally_registered: bool | None = None
    mock: bool | None = None
    errors: tuple[RegistrationError, ...] | None = None
    date_created: Timestamp | None = None
    date_updated: Timestamp | None = None
    url: str | None = None


class PreregisteredCampaign(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign that was registered elsewhere, and is tied to a Messaging Service now."""

    sid: str
    account_sid: str
    messaging_service_sid: str
    campaign_id: str
    date_created: Timestamp | None = None


class CampaignUsecase(msgspec.Struct, frozen=True, kw_only=True):
    """What a campaign can be for."""

    code: str
    name: str | None = None
    description: str | None = None
    post_approval_required: bool | None = None


class CampaignUsecases(msgspec.Struct, frozen=True, kw_only=True):
    """What campaigns can be for."""

    us_app_to_person_usecases: tuple[CampaignUsecase, ...] = ()


class Campaigns(Resource, at=MESSAGING):
    """The campaign of a Messaging Service (``session.campaigns``); what the account does not have is `NotFound` (20404).

    Args of its operations:
        service_sid: the Messaging Service (``MG…``).
        sid: the campaign's sid (``QE…``).
    """

    @post("Services/{service_sid}/Compliance/Usa2p")
    async def create(
        self, service_sid: str, *, brand_registration_sid: str, us_app_to_person_usecase: str, description: str,
        message_flow: str, message_samples: Sequence[str], has_embedded_links: bool, has_embedded_phone: bool,
        subscriber_opt_in: bool | None = None, age_gated: bool | None = None, direct_lending: bool | None = None,
        opt_in_message: str | None = None, opt_out_message: str | None = None, help_message: str | None = None,
        opt_in_keywords: str | Sequence[str] | None = None, opt_out_keywords: str | Sequence[str] | None = None,
        help_keywords: str | Sequence[str] | None = None, privacy_policy_url: str | None = None,
        terms_and_conditions_url: str | None = None, api_version: ApiVersion = "v1.2", **options: Unpack[Options],
    ) -> Campaign:  # fmt: skip
        """Register what a service texts Americans for. Not safe to repeat: a repeat may cost a second fee.

        Args:
            brand_registration_sid: the brand (``BN…``), which is approved.
            us_app_to_person_usecase: one of the codes that `usecases` gives, such as ``"MARKETING"``.
            description: what it does, 40 to 4096 characters.
            message_flow: all the ways in which people consent, 40 to 2048 characters.
            message_samples: 2 to 5 texts of 20 to 1024 characters.
            has_embedded_links: whether its texts have links in them.
            has_embedded_phone: whether its texts have phone numbers in them.
            subscriber_opt_in: whether people opt in. Default: they do.
            age_gated: whether it is for adults only. Default: it is not.
            direct_lending: whether it offers loans. Default: it does not.
            opt_in_message: the answer to who opts in by a keyword, 20 to 320 characters.
            opt_out_message: the answer to STOP, 20 to 320 characters. Default: Twilio's own.
            help_message: the answer to HELP, 20 to 320 characters. Default: Twilio's own.
            opt_in_keywords: letters and digits, 255 in all.
            opt_out_keywords: the same. Default: Twilio's own.
            help_keywords: the same. Default: Twilio's own.
            privacy_policy_url: where the privacy policy is.
            terms_and_conditions_url: where the terms are.
            api_version: ``"v1.2"``, the first that knows the two URLs; ``None`` is Twilio's older form.

        Raises:
            InvalidRequest: a parameter is wrong, or brand or service cannot have it (20001).
            AmbiguousOutcome: the answer was lost; it may have been registered.
        """
        ...

    @get("Services/{service_sid}/Compliance/Usa2p/{sid}")
    async def fetch(
        self, service_sid: str, sid: str, *, api_version: ApiVersion = "v1.2", **options: Unpack[Options]
    ) -> Campaign:
        """Read one campaign.

        Args:
            api_version: as `create` has it.
        """
        ...

    @post("Services/{service_sid}/Compliance/Usa2p/{sid}")
    async def update(
        self, service_sid: str, sid: str, *, description: str, message_flow: str, message_samples: Sequence[str],
        has_embedded_links: bool, has_embedded_phone: bool, age_gated: bool, direct_lending: bool,
        privacy_policy_url: str | None = None, terms_and_conditions_url: str | None = None,
        api_version: ApiVersion = "v1.2", **options: Unpack[Options],
    ) -> Campaign:  # fmt: skip
        """Mend a campaign that failed, as for `create`, and hand it in again. Not safe to repeat: each is a new review.

        Raises:
            InvalidRequest: a parameter is wrong (20001).
            AmbiguousOutcome: the answer was lost; it may have been handed in.
        """
        ...

    @delete("Services/{service_sid}/Compliance/Usa2p/{sid}")
    async def delete(self, service_sid: str, sid: str, **options: Unpack[Options]) -> None:
        """Give a campaign up: the service is registered no more. Safe to repeat."""
        ...

    @get("Services/{service_sid}/Compliance/Usa2p/Usecases")
    async def usecases(
        self, service_sid: str, *, brand_registration_sid: str | None = None, **options: Unpack[Options]
    ) -> CampaignUsecases:
        """What a campaign of this service can be for.

        Args:
            brand_registration_sid: only what this brand may do, which is nothing if something is wrong with it.
        """
        ...

    @post("Services/PreregisteredUsa2p")
    async def preregister(
        self, *, campaign_id: str, messaging_service_sid: str, cnp_migration: bool | None = None, **options: Unpack[Options]
    ) -> PreregisteredCampaign:
        """Tie a campaign that was registered elsewhere to a service. Not safe to repeat: the service has one then.

        Args:
            campaign_id: the Campaign Registry's id of it, shared with Twilio.
            messaging_service_sid: the service.
            cnp_migration: whether it is moving here from another provider. Default: it is not.

        Raises:
            InvalidRequest: the service has a campaign already (20001).
            AmbiguousOutcome: the answer was lost; it may have been tied.
        """
        ...

    async def wait(self, service_sid: str, sid: str, *, timeout: float = 600.0, interval: float = 5.0) -> Campaign:
        """Read a campaign again and again until it is verified or has failed, which may take days.

        Args:
            timeout: seconds to wait in all. Default 600.
            interval: seconds between the first two reads, growing by half up to 10. Default 5.

        Raises:
            TimedOut: it was not decided in time.
        """
        return await poll(
            lambda: self.fetch(service_sid, sid), lambda campaign: campaign.campaign_status, {"VERIFIED", "FAILED"},
            name=sid, timeout=timeout, interval=interval, operation="campaigns.wait",
        )  # fmt: skip

    @pages("Services/{service_sid}/Compliance/Usa2p", key="compliance")
    def list(self, service_sid: str, *, api_version: ApiVersion = "v1.2", **paging: Unpack[Paging]) -> Pages[Campaign]:
        """The campaigns of a service: one, or none.

        Args:
            api_version: as `create` has it.
        """
        ...
