"""Vettings: the looks that third parties take at a brand, after which it may send more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Self

from msgspec import Struct
from msgspec.structs import replace

from twilio_async.emulator.domain.brands import Brand
from twilio_async.emulator.domain.reviews import Verdict

SCORE = 85
"""Of a brand that was vetted."""


class Vetting(Struct, frozen=True, kw_only=True):
    """One look at one brand."""

    PREFIX: ClassVar[str] = "VT"

    sid: str
    account_sid: str
    brand_sid: str
    vetting_provider: str
    date_created: datetime
    date_updated: datetime
    vetting_id: str | None = None
    vetting_status: str = "PENDING"

    @property
    def vetting_class(self) -> str:
        """What kind of look it is."""
        return "POLITICAL" if self.vetting_provider == "campaign-verify" else "STANDARD"

    @property
    def pending(self) -> bool:
        """Whether the provider has not looked yet."""
        return self.vetting_status == "PENDING"

    def decided(self, verdict: Verdict, when: datetime) -> Self:
        """The vetting once the provider has looked."""
        return replace(self, vetting_status="SUCCESS" if verdict.approved else "FAILED", date_updated=when)


def vetted(brand: Brand, vettings: Iterable[Vetting]) -> Brand:
    """A brand as the vettings of an account have left it."""
    if any(vetting.brand_sid == brand.sid and vetting.vetting_status == "SUCCESS" for vetting in vettings):
        return replace(brand, brand_score=SCORE, identity_status="VETTED_VERIFIED")
    return brand
