"""Brands: who texts Americans from long codes, as the Campaign Registry knows it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from msgspec import Struct
from msgspec.structs import replace

from twilio_async.emulator.domain.reviews import Verdict

SCORE = 42
"""Of a brand that was not vetted; what it may send a day depends on it."""


class Brand(Struct, frozen=True, kw_only=True):
    """A brand's registration."""

    PREFIX: ClassVar[str] = "BN"

    sid: str
    account_sid: str
    customer_profile_bundle_sid: str
    a2p_profile_bundle_sid: str
    date_created: datetime
    date_updated: datetime
    brand_type: str = "STANDARD"
    status: str = "PENDING"
    tcr_id: str | None = None
    failure_reason: str | None = None
    errors: tuple[dict[str, object], ...] = ()
    brand_score: int | None = None
    brand_feedback: tuple[str, ...] = ()
    identity_status: str = "UNVERIFIED"
    russell_3000: bool = False
    government_entity: bool = False
    tax_exempt_status: str | None = None
    skip_automatic_sec_vet: bool = False
    mock: bool = False

    @property
    def pending(self) -> bool:
        """Whether it waits for the Campaign Registry."""
        return self.status == "PENDING"

    def decided(self, verdict: Verdict, when: datetime) -> Self:
        """The brand once the Campaign Registry has looked at it."""
        if not verdict.approved:
            return replace(self, status="FAILED", failure_reason=verdict.reason, errors=(verdict.error,), date_updated=when)
        return replace(
            self,
            status="APPROVED",
            tcr_id=f"B{self.sid[-6:].upper()}",
            failure_reason=None,
            errors=(),
            brand_score=SCORE,
            identity_status="VERIFIED",
            date_updated=when,
        )
