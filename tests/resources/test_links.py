"""Link shortening over a real socket: certificates, settings, DNS, and the services that have a domain."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from twilio_async import (
    AsyncSession,
    CertificateInValidation,
    DomainConfig,
    InvalidArgument,
    InvalidRequest,
    NotFound,
    TransportError,
)
from twilio_async._operation import Options
from twilio_async.emulator import Emulator
from twilio_async.emulator.domain.links import LinkDomain
from twilio_async.resources.links import DomainConfigs

PEM = (
    "-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----\n"
    "-----BEGIN {0}PRIVATE KEY-----\nc2VjcmV0\n-----END {0}PRIVATE KEY-----\n"
)
CERTIFICATE = PEM.format("")
UNKNOWN, NO_SERVICE = "DN" + "0" * 32, "MG" + "0" * 32
SENT_AS: dict[str, tuple[Any, str]] = {
    "fallback_url": ("https://example.com/lost", "https://example.com/lost"),
    "callback_url": ("https://example.com/clicked?a=1", "https://example.com/clicked?a=1"),
    "continue_on_failure": (True, "true"),
    "disable_https": (True, "true"),
}
"""A value for each setting, none of them the default, and what stands on the wire for it."""
WIRE_NAMES = {parameter.name: parameter.wire_name for parameter in DomainConfigs.operations["update"].parameters}


@pytest.fixture
def domain(emulator: Emulator) -> LinkDomain:
    """A domain as Twilio's Console makes it."""
    return emulator.add_link_domain("go.example.com")


@pytest.fixture
async def service(twilio: AsyncSession) -> str:
    """The sid of a Messaging Service."""
    return (await twilio.services.create(friendly_name="Parcels")).sid


def settings(config: DomainConfig) -> dict[str, Any]:
    """What can be set of a domain."""
    return {name: getattr(config, name) for name in SENT_AS}


# --- certificates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["", "RSA ", "EC "])
async def test_a_certificate_is_uploaded_and_validated(
    kind: str, twilio: AsyncSession, emulator: Emulator, domain: LinkDomain
) -> None:
    """It waits for Twilio, which then uses it; the next one waits beside it."""
    uploaded = await twilio.domain_certificates.update(domain.sid, tls_cert=PEM.format(kind))
    assert emulator.requests[-1].parameters == {"TlsCert": [PEM.format(kind)]}
    assert (uploaded.domain_sid, uploaded.domain_name) == (domain.sid, "https://go.example.com")
    assert (uploaded.date_expires, uploaded.managed, uploaded.requesting) == (None, None, None)
    waiting = uploaded.cert_in_validation
    assert waiting is not None
    assert waiting.status == "pending"
    valid = await twilio.domain_certificates.fetch(domain.sid)
    assert (valid.certificate_sid, valid.cert_in_validation) == (uploaded.certificate_sid, None)
    assert valid.date_expires == waiting.date_expires
    assert valid.url == f"{emulator.url}/v1/LinkShortening/Domains/{domain.sid}/Certificate"
    again = await twilio.domain_certificates.update(domain.sid, tls_cert=CERTIFICATE)
    assert (again.date_expires, again.certificate_sid) == (valid.date_expires, valid.certificate_sid)
    assert again.cert_in_validation is not None


async def test_a_certificate_may_be_refused(twilio: AsyncSession, emulator: Emulator, domain: LinkDomain) -> None:
    """What Twilio did not accept is told, and is not used."""
    await twilio.domain_certificates.update(domain.sid, tls_cert=CERTIFICATE)
    emulator.reject(domain.sid)
    refused = await twilio.domain_certificates.fetch(domain.sid)
    assert refused.date_expires is None
    assert isinstance(refused.cert_in_validation, CertificateInValidation)
    assert refused.cert_in_validation.status == "failed"


async def test_a_certificate_is_procured_by_twilio(twilio: AsyncSession, emulator: Emulator, domain: LinkDomain) -> None:
    """Only version 2 tells so; an upload ends it."""
    requested = await twilio.domain_certificates.request_managed(domain.sid)
    assert (emulator.requests[-1].method, emulator.requests[-1].parameters) == ("POST", {})
    assert (requested.managed, requested.requesting, requested.date_expires) == (True, True, None)
    procured = await twilio.domain_certificates.fetch_v2(domain.sid)
    assert (procured.managed, procured.requesting) == (True, False)
    assert procured.date_expires is not None
    assert procured.url == f"{emulator.url}/v2/LinkShortening/Domains/{domain.sid}/Certificate"
    assert (await twilio.domain_certificates.fetch(domain.sid)).managed is None
    assert (await twilio.domain_certificates.request_managed(domain.sid)).certificate_sid == procured.certificate_sid
    await twilio.domain_certificates.update(domain.sid, tls_cert=CERTIFICATE)
    assert (await twilio.domain_certificates.fetch_v2(domain.sid)).managed is False


async def test_a_certificate_is_taken_away(twilio: AsyncSession, emulator: Emulator, domain: LinkDomain) -> None:
    """A lost answer is made up for; and then there is none."""
    await twilio.domain_certificates.update(domain.sid, tls_cert=CERTIFICATE)
    emulator.faults.add("DELETE /LinkShortening/", kind="accept_then_500", times=1)
    await twilio.domain_certificates.delete(domain.sid)
    for call in (twilio.domain_certificates.fetch, twilio.domain_certificates.fetch_v2, twilio.domain_certificates.delete):
        with pytest.raises(NotFound):
            await call(domain.sid)


@pytest.mark.parametrize(
    "wrong", ["", "MIID", CERTIFICATE.partition("-----BEGIN PRIVATE")[0], CERTIFICATE.replace("PRIVATE", "PUBLIC")]
)
async def test_what_is_no_certificate_with_its_key_is_refused(wrong: str, twilio: AsyncSession, domain: LinkDomain) -> None:
    """In Twilio's words, which do not repeat it."""
    with pytest.raises(InvalidRequest) as caught:
        await twilio.domain_certificates.update(domain.sid, tls_cert=wrong)
    assert caught.value.code == 20001
    with pytest.raises(NotFound):
        await twilio.domain_certificates.fetch(domain.sid)


async def test_a_private_key_is_shown_nowhere(
    twilio: AsyncSession, emulator: Emulator, domain: LinkDomain, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither by what fails, nor by a log, nor by what an emulator exports."""
    caplog.set_level(logging.DEBUG)
    await twilio.domain_certificates.update(domain.sid, tls_cert=CERTIFICATE)
    shown = [emulator.export().decode(), repr(emulator.account.shelf(LinkDomain).get(domain.sid))]
    emulator.faults.add("POST /LinkShortening/", kind="accept_then_drop")
    with pytest.raises(TransportError) as lost:
        await twilio.domain_certificates.update(domain.sid, tls_cert=CERTIFICATE)
    with pytest.raises(InvalidArgument) as refused:
        await twilio.domain_certificates.update(domain.sid, tls_cert=CERTIFICATE.encode())  # type: ignore[arg-type]  # the mistake
    shown += [repr(vars(error)) + str(error) for error in (lost.value, refused.value)]
    assert "domain_certificates.update" in caplog.text
    assert "c2VjcmV0" not in caplog.text + "".join(shown)


# --- DNS -----------------------------------------------------------------------------------------------------------------


async def test_dns_leads_to_twilio_or_not(twilio: AsyncSession, emulator: Emulator, domain: LinkDomain) -> None:
    """The reason says why not; and it may be mended."""
    found = await twilio.domain_certificates.validate_dns(domain.sid)
    assert (found.is_valid, found.reason, found.domain_sid) == (True, "", domain.sid)
    astray = emulator.add_link_domain("to.example.com", dns_fault="CNAME record not found")
    found = await twilio.domain_certificates.validate_dns(astray.sid)
    assert (found.is_valid, found.reason) == (False, "CNAME record not found")
    emulator.seed({"link_domains": [{"sid": astray.sid, "dns_fault": ""}]})
    assert (await twilio.domain_certificates.validate_dns(astray.sid)).is_valid


# --- settings ------------------------------------------------------------------------------------------------------------


def test_the_table_names_every_setting() -> None:
    """No setting goes without a try on the wire."""
    assert SENT_AS.keys() == DomainConfigs.operations["update"].arguments - Options.__annotations__.keys() - {"domain_sid"}


async def test_a_domain_is_set_up(twilio: AsyncSession, emulator: Emulator, domain: LinkDomain) -> None:
    """Each setting goes out under Twilio's name, and comes back as what was given."""
    given = {name: value for name, (value, _) in SENT_AS.items()}
    config = await twilio.domain_configs.update(domain.sid, **given)
    assert emulator.requests[-1].parameters == {WIRE_NAMES[name]: [sent] for name, (_, sent) in SENT_AS.items()}
    assert settings(config) == given
    assert (config.domain_sid, config.config_sid) == (domain.sid, (await twilio.domain_configs.fetch(domain.sid)).config_sid)
    assert await twilio.domain_configs.fetch(domain.sid) == config


@pytest.mark.parametrize("name", sorted(SENT_AS))
async def test_an_update_changes_what_is_given_and_nothing_else(
    name: str, twilio: AsyncSession, emulator: Emulator, domain: LinkDomain
) -> None:
    """One setting goes out alone and leaves the others as they were."""
    before = await twilio.domain_configs.update(domain.sid)
    assert settings(before) == {
        "fallback_url": None, "callback_url": None, "continue_on_failure": False, "disable_https": False,
    }  # fmt: skip
    value, sent = SENT_AS[name]
    changed = await twilio.domain_configs.update(domain.sid, **{name: value})
    assert emulator.requests[-1].parameters == {WIRE_NAMES[name]: [sent]}
    assert settings(changed) == {**settings(before), name: value}


async def test_settings_that_were_never_made_are_not_found(twilio: AsyncSession, domain: LinkDomain) -> None:
    """And impossible ones make none."""
    with pytest.raises(InvalidRequest):
        await twilio.domain_configs.update(domain.sid, fallback_url="nowhere")
    with pytest.raises(NotFound):
        await twilio.domain_configs.fetch(domain.sid)


# --- the services of a domain --------------------------------------------------------------------------------------------


async def test_a_service_has_a_domain(twilio: AsyncSession, emulator: Emulator, domain: LinkDomain, service: str) -> None:
    """Then the domain's settings are its own."""
    added = await twilio.domain_services.add(domain.sid, service)
    assert (emulator.requests[-1].method, emulator.requests[-1].parameters) == ("POST", {})
    assert (added.domain_sid, added.messaging_service_sid) == (domain.sid, service)
    assert (await twilio.domain_services.fetch(service)).domain_sid == domain.sid
    with pytest.raises(NotFound):
        await twilio.domain_configs.fetch_of_service(service)
    config = await twilio.domain_configs.update(domain.sid, callback_url="https://example.com/clicked")
    found = await twilio.domain_configs.fetch_of_service(service)
    assert (found.messaging_service_sid, found.config_sid) == (service, config.config_sid)
    assert (found.callback_url, found.disable_https) == ("https://example.com/clicked", None)
    await twilio.domain_services.remove(domain.sid, service)
    for call in (twilio.domain_services.fetch, twilio.domain_configs.fetch_of_service):
        with pytest.raises(NotFound):
            await call(service)
    with pytest.raises(NotFound):
        await twilio.domain_services.remove(domain.sid, service)


async def test_a_service_has_one_domain_and_a_domain_many_services(
    twilio: AsyncSession, emulator: Emulator, domain: LinkDomain, service: str
) -> None:
    """The same one again changes nothing; another one is refused."""
    other = await twilio.services.create(friendly_name="Letters")
    emulator.faults.add("POST /LinkShortening/", kind="accept_then_drop", times=1)
    for sid in (service, service, other.sid):
        assert (await twilio.domain_services.add(domain.sid, sid)).messaging_service_sid == sid
    with pytest.raises(InvalidRequest, match="another domain"):
        await twilio.domain_services.add(emulator.add_link_domain("to.example.com").sid, service)
    await twilio.domain_services.remove(domain.sid, service)
    assert (await twilio.domain_services.fetch(other.sid)).domain_sid == domain.sid


# --- what is not there ---------------------------------------------------------------------------------------------------

Asked = Callable[[AsyncSession, str, str], Awaitable[object]]


@pytest.mark.parametrize(
    "call",
    [
        lambda twilio, domain, _: twilio.domain_certificates.fetch(domain),
        lambda twilio, domain, _: twilio.domain_certificates.fetch_v2(domain),
        lambda twilio, domain, _: twilio.domain_certificates.update(domain, tls_cert=CERTIFICATE),
        lambda twilio, domain, _: twilio.domain_certificates.request_managed(domain),
        lambda twilio, domain, _: twilio.domain_certificates.validate_dns(domain),
        lambda twilio, domain, _: twilio.domain_certificates.delete(domain),
        lambda twilio, domain, _: twilio.domain_configs.fetch(domain),
        lambda twilio, domain, _: twilio.domain_configs.update(domain, disable_https=True),
        lambda twilio, domain, service: twilio.domain_services.add(domain, service),
        lambda twilio, domain, service: twilio.domain_services.remove(domain, service),
    ],
)
async def test_a_domain_that_is_not_there(call: Asked, twilio: AsyncSession, emulator: Emulator, service: str) -> None:
    """Or that is another account's, is an error that says so."""
    other = emulator.add_account("Elsewhere")
    emulator.seed({"link_domains": [{"account_sid": other.sid, "domain_name": "https://go.example.org"}]})
    (foreign,) = other.shelf(LinkDomain)
    for sid in (UNKNOWN, foreign.sid):
        with pytest.raises(NotFound) as caught:
            await call(twilio, sid, service)
        assert caught.value.code == 20404


async def test_a_service_that_is_not_there(twilio: AsyncSession, domain: LinkDomain) -> None:
    """Has no domain, and gets none."""
    for call in (twilio.domain_services.fetch, twilio.domain_configs.fetch_of_service):
        with pytest.raises(NotFound):
            await call(NO_SERVICE)
    with pytest.raises(NotFound):
        await twilio.domain_services.add(domain.sid, NO_SERVICE)
