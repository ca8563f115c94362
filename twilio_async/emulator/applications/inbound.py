"""What a webhook tells of an inbound message, and where it goes.

https://www.twilio.com/docs/messaging/guides/webhook-request
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from twilio_async.emulator.api.requests import Pairs
from twilio_async.emulator.applications.callbacks import API_VERSION
from twilio_async.emulator.applications.keywords import Keyword
from twilio_async.emulator.domain.accounts import Account
from twilio_async.emulator.domain.countries import country_of
from twilio_async.emulator.domain.records import Media, Message, Number, Service, Webhook

_PLACES = frozenset({"ToCountry", "ToState", "ToCity", "ToZip", "FromCountry", "FromState", "FromCity", "FromZip"})
"""Fields that only messages between phone numbers have. Where a number is at home is known by its country alone."""


def inbound_fields(message: Message, keyword: Keyword | None, media: Iterable[Media], origin: str) -> Pairs:
    """The fields, in the order in which they were recorded.

    Args:
        message: the inbound message.
        keyword: what it asks of the opt-out list of a Messaging Service.
        media: its files.
        origin: scheme and host of the API.
    """
    sender = message.from_ or ""
    fields: tuple[tuple[str, str | None], ...] = (
        ("ToCountry", country_of(message.to) or ""),
        ("ToState", ""),
        ("SmsMessageSid", message.sid),
        ("NumMedia", str(message.num_media)),
        ("ToCity", ""),
        ("FromZip", ""),
        ("SmsSid", message.sid),
        ("FromState", ""),
        ("SmsStatus", "received"),
        ("FromCity", ""),
        ("Body", message.body),
        ("FromCountry", country_of(sender) or ""),
        ("To", message.to),
        ("MessagingServiceSid", message.messaging_service_sid),
        ("ToZip", ""),
        ("NumSegments", str(message.num_segments)),
        ("ReferralNumMedia", "0"),
        ("MessageSid", message.sid),
        ("AccountSid", message.account_sid),
        ("From", sender),
        ("ApiVersion", API_VERSION),
        ("OptOutType", keyword if message.messaging_service_sid else None),
        *_media_fields(message, media, origin),
        *_whatsapp_fields(message),
    )
    has_places = sender.startswith("+") and message.to.startswith("+")
    return tuple((name, value) for name, value in fields if value is not None and (has_places or name not in _PLACES))


def service_of(account: Account, address: str) -> Service | None:
    """The Messaging Service whose pool one of the account's addresses is in."""
    return account.services.get(account.service_at(address) or "")


def webhook_of(account: Account, address: str) -> Webhook | None:
    """Where the texts to one of the account's addresses are told of; `None` if nowhere."""
    service, number = service_of(account, address), account.number(address)
    if service is not None and not service.use_inbound_webhook_on_number:
        return _service_webhook(service)
    return account.channel_webhooks.get(address) if number is None else _number_webhook(number)


def _service_webhook(service: Service) -> Webhook | None:
    return _webhook(service.inbound_request_url, service.inbound_method, service.fallback_url, service.fallback_method)


def _number_webhook(number: Number) -> Webhook | None:
    return _webhook(number.sms_url, number.sms_method, number.sms_fallback_url, number.sms_fallback_method)


def _webhook(url: str | None, method: str, fallback_url: str | None, fallback_method: str) -> Webhook | None:
    if not url:
        return None
    return Webhook(
        url, "GET" if method == "GET" else "POST", fallback_url or None, "GET" if fallback_method == "GET" else "POST"
    )


def _media_fields(message: Message, media: Iterable[Media], origin: str) -> Iterator[tuple[str, str]]:
    folder = f"{origin}/2010-04-01/Accounts/{message.account_sid}/Messages/{message.sid}/Media"
    for index, file in enumerate(media):
        yield f"MediaContentType{index}", file.content_type
        yield f"MediaUrl{index}", f"{folder}/{file.sid}"


def _whatsapp_fields(message: Message) -> Iterator[tuple[str, str]]:
    if (message.from_ or "").startswith("whatsapp:"):
        yield "WaId", (message.from_ or "").rpartition("+")[2]
        yield "MessageType", "media" if message.num_media else "text"
