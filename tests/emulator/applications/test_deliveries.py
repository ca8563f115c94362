"""What the emulator told applications."""

from __future__ import annotations

from tests.emulator.conftest import NOON
from twilio_async.emulator.applications.deliveries import Alert, Delivery
from twilio_async.emulator.applications.errands import Attempt, Errand

ERRAND = Errand(url="http://ann:secret@a/#rc=2", fields=(("MessageStatus", "sent"), ("MessageSid", "SM1")), token="t")


def attempt(status: int | None, error: str | None = None) -> Attempt:
    """One request."""
    return Attempt(
        at=NOON, url="http://a/", method="POST", request_headers=(), request_body=b"", status=status, error=error, latency=0.5
    )


def test_a_delivery_is_what_its_last_attempt_was() -> None:
    """Nothing as long as there is none; all the latencies together."""
    delivery = Delivery(kind="status", account_sid="AC1", message_sid="SM1", errand=ERRAND, created_at=NOON)
    assert (delivery.status, delivery.answer, delivery.latency, delivery.idempotency_token) == (None, b"", 0, "t")
    assert delivery.parameters == {"MessageStatus": "sent", "MessageSid": "SM1"}
    assert str(delivery) == "status 'sent' of SM1 to http://a/: waiting, 0 attempts"
    delivery.attempts.append(attempt(None, "nobody listens"))
    assert str(delivery).endswith("waiting, 1 attempt, nobody listens")
    delivery.attempts.append(attempt(200))
    assert str(delivery).endswith("waiting, 2 attempts, answered 200")
    assert (delivery.status, delivery.latency) == (200, 1.0)


def test_an_alert_explains_itself() -> None:
    """By Twilio's title of its code, and the page about it."""
    alert = Alert(code=12300, at=NOON, detail="text/css", url="http://a/")
    assert alert.title == "Invalid Content-Type"
    assert alert.more_info == "https://www.twilio.com/docs/errors/12300"
