"""Link shortening: the certificates and settings of domains, and the Messaging Services that shorten their links to them."""

from __future__ import annotations

import re
from datetime import datetime

from msgspec.structs import asdict, replace

from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.dates import iso8601
from twilio_async.emulator.api.operations import settings
from twilio_async.emulator.api.operations.services import find_service
from twilio_async.emulator.api.routing import Routes
from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.links import Config, LinkDomain

FOLDER = "/v1/LinkShortening"
DOMAIN = f"{FOLDER}/Domains/{{DomainSid}}"
SERVICE_OF_DOMAIN = f"{DOMAIN}/MessagingServices/{{MessagingServiceSid}}"

routes: Routes = Routes()

_PEM = re.compile(
    r"-----BEGIN CERTIFICATE-----.+-----END CERTIFICATE-----"
    r".*-----BEGIN ([A-Z]+ )?PRIVATE KEY-----.+-----END ([A-Z]+ )?PRIVATE KEY-----",
    re.DOTALL,
)


def _pem(call: Call, parameter: str) -> str:
    text = call.text(parameter) or ""
    if not _PEM.search(text):
        raise errors.INVALID_PARAMETER.error(name=parameter)
    return text


UPLOAD: settings.Settings = {"TlsCert": _pem}
SETTINGS: settings.Settings = {
    "FallbackUrl": settings.url,
    "CallbackUrl": settings.url,
    "ContinueOnFailure": settings.flag,
    "DisableHttps": settings.flag,
}


def _domain(call: Call) -> LinkDomain:
    return call.one(LinkDomain, "DomainSid")


def _chosen(call: Call) -> LinkDomain | None:
    """The domain that the service of the path has, if it has one."""
    service = find_service(call, "MessagingServiceSid")
    domains = call.account.shelf(LinkDomain)
    return next((domain for domain in domains if service.sid in domain.messaging_services), None)


def _domain_of_service(call: Call) -> LinkDomain:
    domain = _chosen(call)
    if domain is None:
        raise call.not_found()
    return domain


def _date(moment: datetime | None) -> str | None:
    return None if moment is None else iso8601(moment)


def _url(call: Call) -> str:
    return call.origin + call.path


def _certificate(call: Call, domain: LinkDomain) -> dict[str, object]:
    """What all answers about a certificate say."""
    if domain.certificate is None:
        raise call.not_found()
    return {
        "certificate_sid": domain.certificate.sid,
        "domain_name": domain.domain_name,
        "domain_sid": domain.sid,
        "date_expires": _date(domain.certificate.in_use_until),
        "date_created": iso8601(domain.date_created),
        "date_updated": iso8601(domain.date_updated),
        "url": _url(call),
    }


def _validation(domain: LinkDomain) -> dict[str, object]:
    """The certificate that was uploaded and is not accepted, of the answers that tell of it."""
    latest = domain.certificate
    if latest is None or latest.managed or latest.status == "valid":
        return {"cert_in_validation": None}
    return {"cert_in_validation": {"date_expires": iso8601(latest.date_expires), "status": latest.status}}


def _management(domain: LinkDomain) -> dict[str, object]:
    """Who procures the certificate, of the answers that tell it."""
    managed = domain.certificate is not None and domain.certificate.managed
    return {"managed": managed, "requesting": managed and domain.pending}


def _config(call: Call, domain: LinkDomain) -> dict[str, object]:
    config = domain.config
    if config is None:
        raise call.not_found()
    content = {
        **asdict(config),
        "domain_sid": domain.sid,
        "config_sid": config.sid,
        "date_created": iso8601(config.date_created),
        "date_updated": iso8601(config.date_updated),
        "url": _url(call),
    }
    return {name: value for name, value in content.items() if name != "sid"}


def _association(call: Call, domain: LinkDomain) -> dict[str, object]:
    return {
        "domain_sid": domain.sid,
        "messaging_service_sid": call.sids["MessagingServiceSid"],
        "url": _url(call),
    }


@routes.get("FetchDomainCertV4", f"{DOMAIN}/Certificate")
def fetch_certificate(call: Call) -> Answer:
    """The certificate of a domain."""
    domain = _domain(call)
    return Answer(content={**_certificate(call, domain), **_validation(domain)})


@routes.get("FetchDomainCertV4", "/v2/LinkShortening/Domains/{DomainSid}/Certificate")
def fetch_certificate_v2(call: Call) -> Answer:
    """The same, and who procures it."""
    domain = _domain(call)
    return Answer(content={**_certificate(call, domain), **_validation(domain), **_management(domain)})


@routes.post("UpdateDomainCertV4", f"{DOMAIN}/Certificate", *UPLOAD)
def update_certificate(call: Call) -> Answer:
    """Upload a certificate; it is validated before it is used."""
    before = _domain(call)
    settings.given(call, UPLOAD, "TlsCert")
    domain = before.with_certificate(f"CW{call.unique}", call.today, managed=False)
    call.state.change(call.account, domain)
    return Answer(_made_or_changed(before.certificate), {**_certificate(call, domain), **_validation(domain)})


@routes.post("UpdateRequestManagedCert", f"{DOMAIN}/RequestManagedCert")
def request_certificate(call: Call) -> Answer:
    """Let Twilio procure a certificate."""
    before = _domain(call)
    domain = before.with_certificate(f"CW{call.unique}", call.today, managed=True)
    call.state.change(call.account, domain)
    return Answer(_made_or_changed(before.certificate), {**_certificate(call, domain), **_management(domain)})


@routes.delete("DeleteDomainCertV4", f"{DOMAIN}/Certificate")
def delete_certificate(call: Call) -> Answer:
    """Take the certificate of a domain away."""
    domain = _domain(call)
    if domain.certificate is None:
        raise call.not_found()
    call.state.change(call.account, replace(domain, certificate=None, date_updated=call.today))
    return Answer(204)


@routes.get("FetchDomainDnsValidation", f"{DOMAIN}/ValidateDns")
def validate_dns(call: Call) -> Answer:
    """Whether the DNS records of a domain lead to Twilio."""
    domain = _domain(call)
    return Answer(
        content={
            "domain_sid": domain.sid,
            "is_valid": not domain.dns_fault,
            "reason": domain.dns_fault,
            "url": _url(call),
        }
    )


@routes.get("FetchDomainConfig", f"{DOMAIN}/Config")
def fetch_config(call: Call) -> Answer:
    """The settings of a domain."""
    return Answer(content=_config(call, _domain(call)))


@routes.post("UpdateDomainConfig", f"{DOMAIN}/Config", *SETTINGS)
def update_config(call: Call) -> Answer:
    """Change what is given and nothing else."""
    domain = _domain(call)
    config = domain.config or Config(sid=f"ZK{call.unique}", date_created=call.today, date_updated=call.today)
    config = replace(config, date_updated=call.today, **settings.given(call, SETTINGS))
    changed = replace(domain, config=config)
    call.state.change(call.account, changed)
    return Answer(_made_or_changed(domain.config), _config(call, changed))


@routes.get("FetchDomainConfigMessagingService", f"{FOLDER}/MessagingService/{{MessagingServiceSid}}/DomainConfig")
def fetch_config_of_service(call: Call) -> Answer:
    """The settings of the domain that a service shortens its links to; of all but one of them."""
    content = {**_config(call, _domain_of_service(call)), "messaging_service_sid": call.sids["MessagingServiceSid"]}
    return Answer(content={name: value for name, value in content.items() if name != "disable_https"})


@routes.post("CreateLinkshorteningMessagingService", SERVICE_OF_DOMAIN)
def add_service(call: Call) -> Answer:
    """Let a service shorten its links to a domain; it has one at most."""
    domain, there = _domain(call), _chosen(call)
    if there is None:
        services = (*domain.messaging_services, call.sids["MessagingServiceSid"])
        call.state.change(call.account, replace(domain, messaging_services=services, date_updated=call.today))
    elif there.sid != domain.sid:
        raise errors.SERVICE_HAS_DOMAIN.error()
    return Answer(201, _association(call, domain))


@routes.delete("DeleteLinkshorteningMessagingService", SERVICE_OF_DOMAIN)
def remove_service(call: Call) -> Answer:
    """Let a service no longer shorten its links to a domain."""
    domain, service = _domain(call), call.sids["MessagingServiceSid"]
    if service not in domain.messaging_services:
        raise call.not_found()
    services = tuple(sid for sid in domain.messaging_services if sid != service)
    call.state.change(call.account, replace(domain, messaging_services=services, date_updated=call.today))
    return Answer(204)


@routes.get(
    "FetchLinkshorteningMessagingServiceDomainAssociation", f"{FOLDER}/MessagingServices/{{MessagingServiceSid}}/Domain"
)
def fetch_domain_of_service(call: Call) -> Answer:
    """The domain that a service shortens its links to."""
    return Answer(content=_association(call, _domain_of_service(call)))


def _made_or_changed(before: object) -> int:
    return 201 if before is None else 200
