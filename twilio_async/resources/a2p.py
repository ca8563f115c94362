"""A2P 10DLC: who texts Americans from long codes, and what for.

See https://www.twilio.com/docs/messaging/compliance/a2p-10dlc.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias, Unpack

import msgspec

from twilio_async._operation import MESSAGING, Options, Paging, Resource, Wire, get, pages, post
from twilio_async._wire import Timestamp
from twilio_async.pages import Pages

BrandType: TypeAlias = Literal["STANDARD", "SOLE_PROPRIETOR"] | str
BrandStatus: TypeAlias = (
    Literal["PENDING", "APPROVED", "FAILED", "IN_REVIEW", "DELETION_PENDING", "DELETION_FAILED", "SUSPENDED"] | str
)
IdentityStatus: TypeAlias = Literal["SELF_DECLARED", "UNVERIFIED", "VERIFIED", "VETTED_VERIFIED"] | str


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


class Brands(Resource, at=MESSAGING):
    """The account's A2P brands (``session.brands``)."""

    @post("a2p/BrandRegistrations")
    async def create(
        self,
        *,
        customer_profile_bundle_sid: str,
        a2p_profile_bundle_sid: Annotated[str, Wire("A2PProfileBundleSid")],
        brand_type: BrandType | None = None,
        mock: bool | None = None,
        skip_automatic_sec_vet: bool | None = None,
        **options: Unpack[Options],
    ) -> Brand:
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
        """Read one brand.

        Args:
            sid: the brand's sid (``BN…``).

        Raises:
            NotFound: the account has no such brand (20404).
        """
        ...

    @post("a2p/BrandRegistrations/{sid}")
    async def update(self, sid: str, **options: Unpack[Options]) -> Brand:
        """Hand a failed brand in again, after its profiles were mended. Not safe to repeat: each time may cost a fee.

        Args:
            sid: the brand's sid.

        Raises:
            NotFound: the account has no such brand (20404).
            AmbiguousOutcome: the answer was lost; it may have been handed in.
        """
        ...

    @pages("a2p/BrandRegistrations", key="data")
    def list(self, **paging: Unpack[Paging]) -> Pages[Brand]:
        """The account's brands."""
        ...
