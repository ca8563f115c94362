"""Twilio's own client sets up a domain for short links."""

from __future__ import annotations

from tests.emulator.api.conftest import OFFICIAL, Official

pytestmark = OFFICIAL

CERTIFICATE = (
    "-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----\n"
    "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"
)


async def test_a_domain_is_made_ready_for_short_links(official: Official) -> None:
    """DNS, a certificate of one's own, then one of Twilio's, settings, and a service that shortens its links to it."""
    v1, v2 = official.client.messaging.v1, official.client.messaging.v2
    sid = official.emulator.add_link_domain("go.example.com").sid
    assert (await official(v1.domain_validate_dns(sid), "fetch")).is_valid is True

    certificate = v1.domain_certs(sid)
    assert await official.refused(certificate, "fetch") == (404, 20404)
    assert await official.refused(certificate, "update", tls_cert="nonsense") == (400, 20001)
    uploaded = await official(certificate, "update", tls_cert=CERTIFICATE)
    assert (uploaded.date_expires, uploaded.cert_in_validation["status"]) == (None, "pending")
    valid = await official(certificate, "fetch")
    assert valid.cert_in_validation is None
    assert valid.date_expires > valid.date_created
    assert await official(certificate, "delete") is True
    assert (await official(v1.request_managed_cert(sid), "update")).requesting is True
    managed = await official(v2.domain_certs(sid), "fetch")
    assert (managed.managed, managed.requesting, managed.domain_name) == (True, False, "https://go.example.com")

    config = v1.domain_config(sid)
    assert await official.refused(config, "fetch") == (404, 20404)
    await official(config, "update", fallback_url="https://example.com/lost", continue_on_failure=True)
    changed = await official(config, "update", disable_https=True)
    assert (changed.fallback_url, changed.continue_on_failure, changed.disable_https) == (
        "https://example.com/lost",
        True,
        True,
    )

    service = (await official.service()).sid
    association = v1.linkshortening_messaging_service(sid, service)
    assert (await official(association, "create")).messaging_service_sid == service
    of_service = v1.linkshortening_messaging_service_domain_association(service)
    assert (await official(of_service, "fetch")).domain_sid == sid
    found = await official(v1.domain_config_messaging_service(service), "fetch")
    assert (found.config_sid, found.messaging_service_sid) == (changed.config_sid, service)
    assert await official(association, "delete") is True
    assert await official.refused(of_service, "fetch") == (404, 20404)
