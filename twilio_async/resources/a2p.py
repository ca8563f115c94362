"""A2P 10DLC brands: who texts Americans from long codes.

See https://www.twilio.com/docs/messaging/compliance/a2p-10dlc.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias, Unpack

import msgspec

from twilio_async._operation import MESSAGING, Options, Paging, Resource, Wire, get, pages, post
from twilio_async._poll import poll
from twilio_async._wire import Timestamp
from twilio_async.pages import Pages

BrandType: TypeAlias = Literal["STANDARD", "SOLE_PROPRIETOR"] | str
BrandStatus: TypeAlias = (
    Literal["PENDING", "APPROVED", "FAILED", "IN_REVIEW", "DELETION_PENDING", "DELETION_FAILED", "SUSPENDED"] | str
)
IdentityStatus: TypeAlias = Literal["SELF_DECLARED", "UNVERIFIED", "VERIFIED", "VETTED_VERIFIED"] | str
VettingProvider: TypeAlias = Literal["campaign-verify", "aegis"] | str


class RegistrationError(msgspec.Struct, frozen=True, kw_only=True):
    """Why a registration failed."""

    error_code: int | None = None
    description: str | None = None
    fields: tuple[str, ...] = ()
    url: str | None = None


class Brand(msgspec.Struct, frozen=True, kw_only=True):
    """A brand, as the Campaign Registry (TCR) knows it."""

    sid: str
    account_sid: str
    status: BrandStatus
    brand_type: BrandType | None = None
    customer_profile_bundle_sid: str | None = None
    a2p_profile_bundle_sid: str | None = None
    tcr_id: str | None = None
    """Once it is registered."""
    failure_reason: str | None = None
    errors: tuple[RegistrationError, ...] | None = None
    brand_score: int | None = None
    brand_feedback: tuple[str, ...] | None = None
    identity_status: IdentityStatus | None = None
    russell_3000: bool | None = None
    government_entity: bool | None = None
    tax_exempt_status: str | None = None
    skip_automatic_sec_vet: bool | None = None
    mock: bool | None = None
    date_created: Timestamp | None = None
    date_updated: Timestamp | None = None
    url: str | None = None
    links: dict[str, str] | None = None


class BrandOtp(msgspec.Struct, frozen=True, kw_only=True):
    """A one-time password that was sent to a sole proprietor."""

    account_sid: str
    brand_registration_sid: str


class BrandVetting(msgspec.Struct, frozen=True, kw_only=True):
    """A look that a third party took, or takes, at a brand."""

    brand_vetting_sid: str
    account_sid: str
    brand_sid: str
    vetting_status: Literal["PENDING", "IN_PROGRESS", "SUCCESS", "FAILED"] | str
    vetting_provider: VettingProvider | None = None
    vetting_id: str | None = None
    vetting_class: Literal["STANDARD", "POLITICAL"] | str | None = None
    date_created: Timestamp | None = None
    date_updated: Timestamp | None = None
    url: str | None = None


class Brands(Resource, at=MESSAGING):
    """The account's A2P brands (``session.brands``); one that it does not have is `NotFound` (20404).

    Args of its operations:
        sid: the brand's sid (``BN…``).
    """

    @post("a2p/BrandRegistrations")
    async def create(
        self, *, customer_profile_bundle_sid: str, a2p_profile_bundle_sid: Annotated[str, Wire("A2PProfileBundleSid")],
        brand_type: BrandType | None = None, mock: bool | None = None, skip_automatic_sec_vet: bool | None = None,
        **options: Unpack[Options],
    ) -> Brand:  # fmt: skip
        """Register a brand. Not safe to repeat: a repeat registers a second one, and costs its fee.

        Args:
            customer_profile_bundle_sid: the business profile (``BU…``).
            a2p_profile_bundle_sid: the messaging profile (``BU…``).
            brand_type: Default ``"STANDARD"``.
            mock: whether it is for trying out only: carriers do not know it. Default: it is not.
            skip_automatic_sec_vet: whether to leave out the secondary vetting. Default: it is done.

        Raises:
            InvalidRequest: a parameter is wrong (20001).
            AmbiguousOutcome: the answer was lost; it may have been registered.
        """
        ...

    @get("a2p/BrandRegistrations/{sid}")
    async def fetch(self, sid: str, **options: Unpack[Options]) -> Brand:
        """Read one brand."""
        ...

    @post("a2p/BrandRegistrations/{sid}")
    async def update(self, sid: str, **options: Unpack[Options]) -> Brand:
        """Hand a failed brand in again, after its profiles were mended. Not safe to repeat: each time may cost a fee.

        Raises:
            AmbiguousOutcome: the answer was lost; it may have been handed in.
        """
        ...

    @post("a2p/BrandRegistrations/{sid}/SmsOtp")
    async def send_otp(self, sid: str, **options: Unpack[Options]) -> BrandOtp:
        """Text a sole proprietor his one-time password again. Not safe to repeat: each time is a text.

        Raises:
            InvalidRequest: the brand is no sole proprietor's (20001).
        """
        ...

    async def wait(self, sid: str, *, timeout: float = 600.0, interval: float = 5.0) -> Brand:
        """Read a brand again and again until it is approved or has failed, which may take minutes or days.

        Args:
            timeout: seconds to wait in all. Default 600.
            interval: seconds between the first two reads, growing by half up to 10. Default 5.

        Raises:
            TimedOut: it was not decided in time.
        """
        return await poll(
            lambda: self.fetch(sid), lambda brand: brand.status, {"APPROVED", "FAILED", "SUSPENDED"},
            name=sid, timeout=timeout, interval=interval, operation="brands.wait",
        )  # fmt: skip

    @pages("a2p/BrandRegistrations", key="data")
    def list(self, **paging: Unpack[Paging]) -> Pages[Brand]:
        """The account's brands."""
        ...


class BrandVettings(Resource, at=MESSAGING):
    """The vettings of a brand (``session.brand_vettings``); what the account does not have is `NotFound` (20404).

    Args of its operations:
        brand_sid: the brand's sid (``BN…``).
    """

    @post("a2p/BrandRegistrations/{brand_sid}/Vettings")
    async def create(
        self, brand_sid: str, *, vetting_provider: VettingProvider, vetting_id: str | None = None, **options: Unpack[Options]
    ) -> BrandVetting:
        """Have a brand vetted, or bring in the vetting that it has. Not safe to repeat: each time costs a fee.

        Args:
            vetting_provider: ``"aegis"`` for the secondary vetting, ``"campaign-verify"`` for political texts.
            vetting_id: the provider's own id, or token, of a vetting that was made.

        Raises:
            InvalidRequest: a parameter is wrong, or the brand is not approved (20001).
            AmbiguousOutcome: the answer was lost; it may have been asked for.
        """
        ...

    @get("a2p/BrandRegistrations/{brand_sid}/Vettings/{sid}")
    async def fetch(self, brand_sid: str, sid: str, **options: Unpack[Options]) -> BrandVetting:
        """Read one vetting.

        Args:
            sid: the vetting's sid (``VT…``).
        """
        ...

    @pages("a2p/BrandRegistrations/{brand_sid}/Vettings", key="data", largest=0)
    def list(
        self, brand_sid: str, *, vetting_provider: VettingProvider | None = None, **paging: Unpack[Paging]
    ) -> Pages[BrandVetting]:
        """The vettings of a brand.

        Args:
            vetting_provider: only those of this provider.
        """
        ...
