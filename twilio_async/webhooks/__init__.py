"""What Twilio sends to an application: verified, and read into types.

Needs no web framework, and loads neither aiohttp nor the client.

::

    from twilio_async.webhooks import InboundMessage, Seen, StatusCallback, WebhookError, Webhooks

    webhooks = Webhooks(auth_token, public_url="https://example.com")
    seen = Seen()


    def handle(method, target, headers, body):  # as the server received them: nothing parsed, nothing decoded
        try:
            event = webhooks.parse(method, target, headers, body)
        except WebhookError as error:
            log.warning(error.reason)
            return error.status
        if seen.before(event):
            return 204
        match event:
            case InboundMessage():
                inbox.add(event.from_, event.body)
            case StatusCallback() if event.supersedes(statuses.get(event.message_sid)):
                statuses[event.message_sid] = event.status
        return 204
"""

from __future__ import annotations

from twilio_async.webhooks._verification import Verified
from twilio_async.webhooks.errors import (
    BodyTooLarge,
    MalformedBody,
    MalformedRequest,
    SignatureError,
    SignatureProblem,
    WebhookError,
)
from twilio_async.webhooks.events import (
    Event,
    InboundMessage,
    IncomingMedia,
    Location,
    Referral,
    StatusCallback,
    UnknownEvent,
)
from twilio_async.webhooks.receiver import Webhooks
from twilio_async.webhooks.seen import Seen
from twilio_async.webhooks.signing import SignedRequest, sign
from twilio_async.webhooks.statuses import FINAL_STATUSES, MessageStatus

__all__ = [
    "FINAL_STATUSES",
    "BodyTooLarge",
    "Event",
    "InboundMessage",
    "IncomingMedia",
    "Location",
    "MalformedBody",
    "MalformedRequest",
    "MessageStatus",
    "Referral",
    "Seen",
    "SignatureError",
    "SignatureProblem",
    "SignedRequest",
    "StatusCallback",
    "UnknownEvent",
    "Verified",
    "WebhookError",
    "Webhooks",
    "sign",
]
