"""What A2P campaigns can be for."""

from __future__ import annotations

from typing import NamedTuple


class Usecase(NamedTuple):
    """One kind of campaign.

    Attributes:
        code: Twilio's word for it.
        name: for people.
        description: what belongs to it.
        post_approval_required: whether the carriers have to agree as well.
    """

    code: str
    name: str
    description: str
    post_approval_required: bool = False


SOLE_PROPRIETOR = Usecase("SOLE_PROPRIETOR", "Sole Proprietor", "Any texts of one person's business, few of them")
"""The one kind for a brand that is a single person's, and for no other brand."""

STANDARD = (
    Usecase("2FA", "Two-Factor authentication (2FA)", "Codes to log in with, and new passwords"),
    Usecase("ACCOUNT_NOTIFICATION", "Account Notification", "Reminders, alerts and notices about an account"),
    Usecase(
        "AGENTS_FRANCHISES",
        "Agents and Franchises",
        "One brand with many agents or shops, each with a number",
        post_approval_required=True,
    ),
    Usecase("CHARITY", "Charity", "Texts of a charity after section 501(c)(3)"),
    Usecase("PROXY", "Proxy", "People texting each other through numbers that hide their own", post_approval_required=True),
    Usecase("CUSTOMER_CARE", "Customer Care", "Support, and looking after an account"),
    Usecase("DELIVERY_NOTIFICATION", "Delivery Notification", "Where a parcel or a service is"),
    Usecase("EMERGENCY", "Emergency", "Public safety and health in an emergency", post_approval_required=True),
    Usecase("FRAUD_ALERT", "Fraud Alert Messaging", "Warnings of fraud"),
    Usecase("HIGHER_EDUCATION", "Higher Education", "Texts of a college or university"),
    Usecase("K12_EDUCATION", "K-12 Education", "Texts of a school", post_approval_required=True),
    Usecase("LOW_VOLUME", "Low Volume Mixed", "A few texts of any kinds, such as tests"),
    Usecase("MARKETING", "Marketing", "Anything that promotes something"),
    Usecase("MIXED", "Mixed", "Several kinds, for consumer services"),
    Usecase("POLITICAL", "Political", "Anything that wants to move people's decisions"),
    Usecase("POLLING_VOTING", "Polling and voting", "Polls and votes"),
    Usecase("PUBLIC_SERVICE_ANNOUNCEMENT", "Public Service Announcement", "Something that the public should know"),
    Usecase("SECURITY_ALERT", "Security Alert", "A system was broken into, and something is to be done"),
    Usecase("SOCIAL", "Social", "Texts within or between closed communities", post_approval_required=True),
    Usecase("SWEEPSTAKE", "Sweepstake", "Sweepstakes", post_approval_required=True),
)


def usecases_of(brand_type: str) -> tuple[Usecase, ...]:
    """What the campaigns of a brand can be for."""
    return (SOLE_PROPRIETOR,) if brand_type == "SOLE_PROPRIETOR" else STANDARD
