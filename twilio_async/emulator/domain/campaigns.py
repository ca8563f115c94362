"""Campaigns: what a Messaging Service texts Americans for, as the Campaign Registry knows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Self, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.brands import Brand
from twilio_async.emulator.domain.countries import country_of
from twilio_async.emulator.domain.records import Message
from twilio_async.emulator.domain.reviews import Verdict
from twilio_async.emulator.domain.throughput import kind_of

Limits: TypeAlias = Mapping[str, Mapping[str, object]]
"""By carrier, in each one's terms."""


class Campaign(Struct, frozen=True, kw_only=True):
    """A campaign's registration. One that was registered elsewhere has hardly more than its id."""

    PREFIX: ClassVar[str] = "QE"

    sid: str
    account_sid: str
    messaging_service_sid: str
    date_created: datetime
    date_updated: datetime
    brand_registration_sid: str | None = None
    campaign_status: str = "PENDING"
    campaign_id: str | None = None
    us_app_to_person_usecase: str | None = None
    description: str | None = None
    message_flow: str | None = None
    message_samples: tuple[str, ...] = ()
    has_embedded_links: bool = False
    has_embedded_phone: bool = False
    subscriber_opt_in: bool = True
    age_gated: bool = False
    direct_lending: bool = False
    opt_in_message: str | None = None
    opt_out_message: str = (
        "You have successfully been unsubscribed. You will not receive any more messages from this number. "
        "Reply START to resubscribe."
    )
    help_message: str = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
    opt_in_keywords: tuple[str, ...] = ()
    opt_out_keywords: tuple[str, ...] = ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT")
    help_keywords: tuple[str, ...] = ("HELP", "INFO")
    privacy_policy_url: str | None = None
    terms_and_conditions_url: str | None = None
    is_externally_registered: bool = False
    mock: bool = False
    errors: tuple[dict[str, object], ...] = ()

    @property
    def pending(self) -> bool:
        """Whether somebody is still looking at it."""
        return self.campaign_status in {"PENDING", "IN_PROGRESS"}

    def decided(self, verdict: Verdict, when: datetime) -> Self:
        """The campaign once it was looked at."""
        if not verdict.approved:
            return replace(self, campaign_status="FAILED", errors=(verdict.error,), date_updated=when)
        campaign_id = self.campaign_id or f"C{self.sid[-6:].upper()}"
        return replace(self, campaign_status="VERIFIED", campaign_id=campaign_id, errors=(), date_updated=when)


def campaign_of(account: Account, service_sid: str) -> Campaign | None:
    """The campaign of a Messaging Service, if it has one."""
    return next((found for found in account.shelf(Campaign) if found.messaging_service_sid == service_sid), None)


def is_registered(account: Account, service_sid: str) -> bool:
    """Whether a Messaging Service may text Americans from long codes: its campaign is verified, or its record says so."""
    service, campaign = account.services.get(service_sid), campaign_of(account, service_sid)
    return (campaign is not None and campaign.campaign_status == "VERIFIED") or (
        service is not None and service.us_app_to_person_registered
    )


def is_unregistered(account: Account, message: Message) -> bool:
    """Whether a message goes to an American from a long code that is in no registered Messaging Service."""
    sender = message.from_ or ""
    if kind_of(sender) != "number" or country_of(message.to) != "US":
        return False
    number = account.number(sender)
    service_sid = None if number is None else account.service_of(number.sid)
    return service_sid is None or not is_registered(account, service_sid)


# The least score of a brand, with AT&T's messages a second and class, and T-Mobile's tier.
_LIMITS = ((75, 75.0, "A", "TOP"), (50, 40.0, "C", "UPPER_MID"), (25, 4.0, "E", "LOWER_MID"), (0, 4.0, "E", "LOW"))
_LIMITS_OF_ONE: Limits = {"att": {"mps": 0.25, "msg_class": "A"}, "tmobile": {"brand_tier": "LOW"}}


def rate_limits(brand: Brand) -> Limits:
    """What the carriers let the campaigns of a brand send."""
    if brand.brand_type == "SOLE_PROPRIETOR":
        return _LIMITS_OF_ONE
    score = brand.brand_score or 0
    mps, msg_class, tier = next(limits for least, *limits in _LIMITS if score >= least)
    return {"att": {"mps": mps, "msg_class": msg_class}, "tmobile": {"brand_tier": tier}}
