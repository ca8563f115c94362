"""What it costs an application to verify what Twilio sends, and to import what it needs for that."""

from __future__ import annotations

import base64
import hmac
import statistics
from collections.abc import Callable, Mapping
from hashlib import sha1, sha256
from typing import Final, TypeAlias
from urllib.parse import parse_qsl, urlencode

from benchmarks.clients import OFFICIAL, OURS, SECRET
from benchmarks.cold_start import _started
from benchmarks.figures import Section
from benchmarks.process import fresh, stopwatch
from benchmarks.scale import Scale
from benchmarks.server import Addresses

FORM, JSON, FORGED, READ = "verify a form", "verify JSON", "refuse a forged form", "verify a form and read it into a type"
AIOHTTP = "aiohttp"
IMPORT = "import"
IMPORTS = {
    (IMPORT, OURS): "import twilio_async.webhooks",
    (IMPORT, OFFICIAL): "from twilio.request_validator import RequestValidator",
    (IMPORT, AIOHTTP): "import aiohttp",
}

Webhook: TypeAlias = tuple[str, dict[str, str], bytes]
"""URL, headers and raw body."""
Take: TypeAlias = Callable[[Webhook], object]

_URL: Final = "https://example.com/sms?ref=42"
_FIELDS: Final = {
    "ToCountry": "US", "ToState": "CA", "SmsMessageSid": f"SM{1:032}", "NumMedia": "0", "ToCity": "", "FromZip": "94105",
    "SmsSid": f"SM{1:032}", "FromState": "CA", "SmsStatus": "received", "FromCity": "SAN FRANCISCO",
    "Body": "Where's my parcel? Thanks & bye", "FromCountry": "US", "To": "+15017122661", "ToZip": "", "NumSegments": "1",
    "ReferralNumMedia": "0", "MessageSid": f"SM{1:032}", "AccountSid": f"AC{2:032}", "From": "+15558675310",
    "ApiVersion": "2010-04-01",
}  # fmt: skip


def run(scale: Scale, _: Addresses) -> Section:
    """Measure every way in turn, in processes of their own, and every import in new interpreters."""
    count = scale.messages // scale.rounds
    section = Section("webhooks", f"{count:,} events from raw bytes, on one CPU; medians of {scale.rounds} rounds")
    rounds = [{name: fresh(taking, name, count) for name in _TAKERS} for _round in range(scale.rounds)]
    for measure in (FORM, JSON, FORGED, READ):
        for name in _TAKERS:
            if measure in rounds[0][name]:
                cost = statistics.median(found[name][measure] for found in rounds)
                section.add(f"{measure}, CPU", name, cost / count * 1e6, "µs")
    for (_import, name), starts in _started(IMPORTS, scale.starts).items():
        note = f"{len(starts[0].modules):,} modules loaded"
        section.add(f"{IMPORT}, wall", name, statistics.median(start.wall for start in starts) * 1e3, "ms", note)
    section.expect("verify a form ÷ official", section.ratio(f"{FORM}, CPU", OURS, OFFICIAL), at_most=1.0)
    section.expect(
        "import twilio_async.webhooks ÷ import aiohttp", section.ratio(f"{IMPORT}, wall", OURS, AIOHTTP), at_most=0.5
    )
    return section


def taking(name: str, count: int) -> dict[str, float]:
    """Seconds of CPU for *count* events of each kind."""
    return {measure: _taking(_TAKERS[name](measure), _webhook(measure), count) for measure in _MEASURES[name]}


def _taking(take: Take, webhook: Webhook, count: int) -> float:
    for _ in range(100):
        take(webhook)
    with stopwatch() as cost:
        for _ in range(count):
            take(webhook)
    return cost.cpu


def _webhook(measure: str) -> Webhook:
    """One as Twilio sends it, signed by nobody's library."""
    url, fields, body, content_type = _URL, _FIELDS, urlencode(_FIELDS).encode(), "application/x-www-form-urlencoded"
    if measure == JSON:
        fields, content_type, body = {}, "application/json", b'[{"type": "com.twilio.messaging.message.delivered"}]'
        url += f"&bodySHA256={sha256(body).hexdigest()}"
    text = url + "".join(name + fields[name] for name in sorted(fields))
    signature = base64.b64encode(hmac.digest(SECRET.encode(), text.encode(), sha1)).decode()
    if measure == FORGED:
        signature = signature.swapcase()
    headers = {
        "Host": "example.com", "X-Twilio-Signature": signature, "I-Twilio-Idempotency-Token": "t1",
        "User-Agent": "TwilioProxy/1.1", "Accept": "*/*", "Content-Type": content_type, "Content-Length": str(len(body)),
    }  # fmt: skip
    return url, headers, body


def _ours(measure: str) -> Take:
    from twilio_async.webhooks import SignatureError, Webhooks

    webhooks = Webhooks(SECRET)
    take = webhooks.parse if measure == READ else webhooks.verify

    def verified(webhook: Webhook) -> object:
        url, headers, body = webhook
        try:
            return take("POST", url, headers, body)
        except SignatureError:
            assert measure == FORGED
            return None

    return verified


def _official(measure: str) -> Take:
    from twilio.request_validator import RequestValidator

    validator = RequestValidator(SECRET)

    def verified(webhook: Webhook) -> object:
        url, headers, body = webhook
        # It wants a form parsed, and JSON as text.
        content: Mapping[str, str] | str = (
            body.decode() if measure == JSON else dict(parse_qsl(body.decode(), keep_blank_values=True))
        )
        valid = validator.validate(url, content, headers["X-Twilio-Signature"])
        assert valid is (measure != FORGED)
        return content

    return verified


_TAKERS: dict[str, Callable[[str], Take]] = {OURS: _ours, OFFICIAL: _official}
_MEASURES = {OURS: (FORM, JSON, FORGED, READ), OFFICIAL: (FORM, JSON, FORGED)}
