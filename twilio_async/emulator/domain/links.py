"""Domains that stand in place of long links: their certificates, their settings, and the services that use them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Self

from msgspec import Struct
from msgspec.structs import replace

from twilio_async.emulator.domain.reviews import Verdict

UPLOADED_LIFE = timedelta(days=365)
"""How long a certificate is good that somebody uploads; it is not read so far."""
MANAGED_LIFE = timedelta(days=90)
"""How long one is good that Twilio procures."""


class Certificate(Struct, frozen=True, kw_only=True):
    """What is known of a domain's latest certificate. Neither it nor its private key is kept.

    Attributes:
        date_expires: when it does.
        status: ``pending``, ``valid`` or ``failed``.
        managed: whether Twilio procures it.
        previous: when the one expires that is in use as long as this one is not.
    """

    sid: str
    date_expires: datetime
    status: str = "pending"
    managed: bool = False
    previous: datetime | None = None

    @property
    def in_use_until(self) -> datetime | None:
        """When the one that is in use expires; `None` if none is."""
        return self.date_expires if self.status == "valid" else self.previous


class Config(Struct, frozen=True, kw_only=True):
    """What a domain does with links."""

    sid: str
    date_created: datetime
    date_updated: datetime
    fallback_url: str | None = None
    callback_url: str | None = None
    continue_on_failure: bool = False
    disable_https: bool = False


class LinkDomain(Struct, frozen=True, kw_only=True):
    """A domain; nothing but Twilio's Console makes one.

    Attributes:
        dns_fault: why its DNS records do not lead to Twilio; empty if they do.
        messaging_services: the sids of those that shorten their links to it.
    """

    PREFIX: ClassVar[str] = "DN"

    sid: str
    account_sid: str
    domain_name: str
    date_created: datetime
    date_updated: datetime
    certificate: Certificate | None = None
    config: Config | None = None
    dns_fault: str = ""
    messaging_services: tuple[str, ...] = ()

    @property
    def pending(self) -> bool:
        """Whether a certificate is being validated, or procured."""
        return self.certificate is not None and self.certificate.status == "pending"

    def with_certificate(self, sid: str, when: datetime, *, managed: bool) -> Self:
        """The domain with another certificate to come.

        Args:
            sid: of the certificate, if it is the first.
            when: it is uploaded, or asked for.
            managed: whether Twilio procures it.
        """
        before = self.certificate
        certificate = Certificate(
            sid=sid if before is None else before.sid,
            date_expires=when + (MANAGED_LIFE if managed else UPLOADED_LIFE),
            managed=managed,
            previous=None if before is None else before.in_use_until,
        )
        return replace(self, certificate=certificate, date_updated=when)

    def decided(self, verdict: Verdict, when: datetime) -> Self:
        """The domain once its latest certificate was validated, or procured; a refused one is shown and not used."""
        if self.certificate is None:
            return self
        certificate = replace(self.certificate, status="valid" if verdict.approved else "failed")
        return replace(self, certificate=certificate, date_updated=when)
