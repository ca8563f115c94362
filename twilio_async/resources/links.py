"""Link shortening: the domains that stand in place of long links, their certificates and settings.

See https://www.twilio.com/docs/messaging/features/link-shortening. A domain itself (``DN…``) is made in Twilio's Console.
"""

from __future__ import annotations

from typing import Annotated, Unpack

import msgspec

from twilio_async._operation import MESSAGING, Options, Resource, Secret, delete, get, post
from twilio_async._wire import Timestamp


class CertificateInValidation(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate that Twilio has not accepted yet: its status is ``"pending"``."""

    status: str | None = None
    date_expires: Timestamp | None = None


class DomainCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """The TLS certificate of a domain; its private key is never told."""

    domain_sid: str
    certificate_sid: str | None = None
    domain_name: str | None = None
    date_expires: Timestamp | None = None
    """``None`` until a first certificate is accepted."""
    cert_in_validation: CertificateInValidation | None = None
    managed: bool | None = None
    """Whether Twilio procures it; told, like *requesting*, by `fetch_v2` and `request_managed` alone."""
    requesting: bool | None = None
    date_created: Timestamp | None = None
    date_updated: Timestamp | None = None
    url: str | None = None


class DnsValidation(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a domain's DNS records lead to Twilio."""

    is_valid: bool
    reason: str | None = None
    domain_sid: str | None = None
    url: str | None = None


class DomainConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What a domain does with links."""

    domain_sid: str
    config_sid: str | None = None
    messaging_service_sid: str | None = None
    fallback_url: str | None = None
    callback_url: str | None = None
    continue_on_failure: bool | None = None
    disable_https: bool | None = None
    date_created: Timestamp | None = None
    date_updated: Timestamp | None = None
    url: str | None = None


class DomainService(msgspec.Struct, frozen=True, kw_only=True):
    """A Messaging Service and the domain that it shortens its links to."""

    domain_sid: str
    messaging_service_sid: str
    url: str | None = None


class DomainCertificates(Resource, at=MESSAGING):
    """The TLS certificates of domains (``session.domain_certificates``); one that is not there is `NotFound` (20404).

    Args of its operations:
        domain_sid: the domain's sid (``DN…``).
    """

    @get("LinkShortening/Domains/{domain_sid}/Certificate")
    async def fetch(self, domain_sid: str, **options: Unpack[Options]) -> DomainCertificate:
        """Read a domain's certificate."""
        ...

    @get("/v2/LinkShortening/Domains/{domain_sid}/Certificate")
    async def fetch_v2(self, domain_sid: str, **options: Unpack[Options]) -> DomainCertificate:
        """Read a domain's certificate as version 2 of the API tells it: also who procures it."""
        ...

    @post("LinkShortening/Domains/{domain_sid}/Certificate", repeatable=True)
    async def update(
        self, domain_sid: str, *, tls_cert: Annotated[str, Secret()], **options: Unpack[Options]
    ) -> DomainCertificate:
        """Give a domain a certificate, its first or its next. Twilio validates it within minutes. Safe to repeat.

        Args:
            tls_cert: the chain of certificates and the private key, in PEM. No error and no log shows it.

        Raises:
            InvalidRequest: it is no certificate with its key (20001).
        """
        ...

    @post("LinkShortening/Domains/{domain_sid}/RequestManagedCert", repeatable=True)
    async def request_managed(self, domain_sid: str, **options: Unpack[Options]) -> DomainCertificate:
        """Let Twilio procure a certificate, and renew it. Safe to repeat."""
        ...

    @get("LinkShortening/Domains/{domain_sid}/ValidateDns")
    async def validate_dns(self, domain_sid: str, **options: Unpack[Options]) -> DnsValidation:
        """See whether a domain's DNS records lead to Twilio, without which no certificate helps."""
        ...

    @delete("LinkShortening/Domains/{domain_sid}/Certificate")
    async def delete(self, domain_sid: str, **options: Unpack[Options]) -> None:
        """Take a domain's certificate away. Safe to repeat."""
        ...


class DomainConfigs(Resource, at=MESSAGING):
    """The settings of domains (``session.domain_configs``); what the account does not have is `NotFound` (20404).

    Args of its operations:
        domain_sid: the domain's sid (``DN…``).
    """

    @get("LinkShortening/Domains/{domain_sid}/Config")
    async def fetch(self, domain_sid: str, **options: Unpack[Options]) -> DomainConfig:
        """Read a domain's settings."""
        ...

    @get("LinkShortening/MessagingService/{messaging_service_sid}/DomainConfig")
    async def fetch_of_service(self, messaging_service_sid: str, **options: Unpack[Options]) -> DomainConfig:
        """Read the settings of the domain that a Messaging Service shortens its links to.

        Args:
            messaging_service_sid: the service's sid (``MG…``).
        """
        ...

    @post("LinkShortening/Domains/{domain_sid}/Config", repeatable=True)
    async def update(
        self, domain_sid: str, *, fallback_url: str | None = None, callback_url: str | None = None,
        continue_on_failure: bool | None = None, disable_https: bool | None = None, **options: Unpack[Options],
    ) -> DomainConfig:  # fmt: skip
        """Change some settings of a domain; what is left out stays, and ``""`` clears a URL. Safe to repeat.

        Args:
            fallback_url: where whoever opens a link goes that is expired, or was never one.
            callback_url: what is told of each click.
            continue_on_failure: whether messages go out with long links when shortening fails. Default: they do not.
            disable_https: whether short links stand without ``https://``. Default: they stand with it.

        Raises:
            InvalidRequest: a parameter is wrong (20001).
        """
        ...


class DomainServices(Resource, at=MESSAGING):
    """Which service has which domain (``session.domain_services``); what the account does not have is `NotFound` (20404).

    Args of its operations:
        domain_sid: the domain's sid (``DN…``).
        messaging_service_sid: the service's sid (``MG…``).
    """

    @post("LinkShortening/Domains/{domain_sid}/MessagingServices/{messaging_service_sid}", repeatable=True)
    async def add(self, domain_sid: str, messaging_service_sid: str, **options: Unpack[Options]) -> DomainService:
        """Let a Messaging Service shorten its links to a domain. Safe to repeat.

        Raises:
            InvalidRequest: the service has another domain (20001).
        """
        ...

    @get("LinkShortening/MessagingServices/{messaging_service_sid}/Domain")
    async def fetch(self, messaging_service_sid: str, **options: Unpack[Options]) -> DomainService:
        """Read which domain a Messaging Service shortens its links to."""
        ...

    @delete("LinkShortening/Domains/{domain_sid}/MessagingServices/{messaging_service_sid}")
    async def remove(self, domain_sid: str, messaging_service_sid: str, **options: Unpack[Options]) -> None:
        """Let a Messaging Service no longer shorten its links to a domain. Safe to repeat."""
        ...
