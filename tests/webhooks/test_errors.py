"""`twilio_async.webhooks.errors`: what a refusal tells, and to whom."""

from __future__ import annotations

import pickle

import pytest

from twilio_async.webhooks import BodyTooLarge, MalformedBody, MalformedRequest, SignatureError, WebhookError, errors

ERRORS = [
    (WebhookError("no"), 400),
    (SignatureError("no", kind="mismatch", url="https://a/", tried=("https://a:443/",)), 403),
    (BodyTooLarge(262_144), 413),
    (MalformedRequest("no"), 400),
    (MalformedBody("no"), 400),
]


@pytest.mark.parametrize(("error", "status"), ERRORS, ids=lambda value: type(value).__name__)
def test_each_error_has_a_status_to_answer_and_a_reason_to_log(error: WebhookError, status: int) -> None:
    """An adapter needs no table of its own; and whoever catches ValueError has caught it."""
    assert error.status == status
    assert error.reason == str(error) != ""
    assert isinstance(error, ValueError)


@pytest.mark.parametrize(("error", "status"), ERRORS, ids=lambda value: type(value).__name__)
def test_each_error_can_be_pickled(error: WebhookError, status: int) -> None:
    """Between processes it stays what it was."""
    copy = pickle.loads(pickle.dumps(error))

    assert (type(copy), str(copy), vars(copy)) == (type(error), str(error), vars(error))


def test_every_error_descends_from_one_root() -> None:
    """Whoever catches WebhookError has caught all that a request can cause."""
    found = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, BaseException)]

    assert len(found) == 5
    assert all(issubclass(value, WebhookError) for value in found)
