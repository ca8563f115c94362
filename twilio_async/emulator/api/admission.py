"""Whether a message may be created: Twilio's checks, in Twilio's order."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NamedTuple, TypeAlias
from urllib.parse import urlsplit

import msgspec

from twilio_async.emulator.api.calls import Call
from twilio_async.emulator.api.dates import parse_moment
from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.accounts import TRIAL_PREFIX
from twilio_async.emulator.domain.addresses import SMS, Address, in_country, parse_address
from twilio_async.emulator.domain.contents import Content, Rendering
from twilio_async.emulator.domain.errors import masked
from twilio_async.emulator.domain.pool import choose_sender
from twilio_async.emulator.domain.records import Service

LONGEST_BODY = 1600
MOST_MEDIA = 10
LONGEST_VALIDITY = 36_000
_DIGITS = len(str(LONGEST_VALIDITY))
SOONEST, LATEST = 300, 35 * 24 * 3600
"""Seconds ahead that a message may be scheduled, both inclusive."""
SCHEDULABLE = frozenset({SMS, "whatsapp", "rcs"})

_SERVICE_SID = re.compile(r"MG[0-9a-fA-F]{32}")
_Filling: TypeAlias = Annotated[str, msgspec.Meta(min_length=1)]
_FLAGS = ("ProvideFeedback", "ForceDelivery", "SmartEncoded", "ShortenUrls", "SendAsMms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message that passed the checks."""

    to: Address
    sender: str | None
    service: Service | None
    body: str
    media_urls: Sequence[str]
    as_mms: bool
    smart_encoded: bool | None
    send_at: datetime | None
    status_callback: str | None
    validity_period: int | None


class Checks(NamedTuple):
    """What is checked in another way for test credentials.

    Attributes:
        recipient: reads ``To``.
        sender: reads ``From``, on its way to a recipient, for a message that is an MMS or not.
        permit: says whether a message may go to a recipient from a sender and through a Messaging Service.
    """

    recipient: Callable[[str], Address]
    sender: Callable[[Call, str, Address, bool], str]
    permit: Callable[[Call, Address, str | None, str | None], None]


def admit(call: Call, checks: Checks | None = None) -> Draft:
    """Check a create.

    Args:
        call: to ``CreateMessage``.
        checks: Default: those of real messages.

    Raises:
        ApiError: the first thing that Twilio would find wrong with it.
    """
    checks = checks or LIVE
    to_text, from_text, service_sid = _ends(call)
    body, media_urls = _said(call, to_text, service_sid)
    callback = _callback(call)
    validity = _check_options(call)
    send_at = _send_at(call, to_text, service_sid)
    to = checks.recipient(to_text)
    as_mms = bool(media_urls) or bool(call.flag("SendAsMms"))
    service = None if service_sid is None else _service(call, service_sid, to, as_mms=as_mms, chosen=from_text is not None)
    sender = None if from_text is None else checks.sender(call, from_text, to, as_mms)
    checks.permit(call, to, sender, service_sid)
    return Draft(
        to=to,
        sender=sender,
        service=service,
        body=f"{TRIAL_PREFIX}{body}" if call.account.trial and to.channel == SMS else body,
        media_urls=media_urls,
        as_mms=as_mms,
        smart_encoded=call.flag("SmartEncoded"),
        send_at=send_at,
        status_callback=callback,
        validity_period=validity,
    )


def _ends(call: Call) -> tuple[str, str | None, str | None]:
    to, sender, service = call.text("To"), call.text("From"), call.text("MessagingServiceSid")
    if not to:
        raise errors.TO_MISSING.error()
    if sender and _SERVICE_SID.fullmatch(sender):  # a service may also stand where its number would
        sender, service = None, service or sender
    if not sender and not service:
        raise errors.FROM_MISSING.error()
    return to, sender or None, service or None


def _said(call: Call, to: str, service_sid: str | None) -> Rendering:
    body, content_sid = call.text("Body") or "", call.text("ContentSid")
    variables = call.text("ContentVariables")
    if body and variables:
        raise errors.BODY_AND_VARIABLES.error()
    if variables and not content_sid:
        raise errors.CONTENT_SID_MISSING.error()
    said = Rendering(body, call.texts("MediaUrl"))
    if content_sid:
        said = _rendered(call, content_sid, variables, to)
    elif not body and not said.media_urls:
        raise errors.CONTENT_MISSING.error() if service_sid else errors.BODY_MISSING.error()
    if _length(call, said.body) > LONGEST_BODY:
        raise errors.BODY_TOO_LONG.error()
    if len(said.media_urls) > MOST_MEDIA:
        raise errors.TOO_MANY_MEDIA.error()
    if not all(is_web_url(url) for url in said.media_urls):
        raise errors.MEDIA_URL_INVALID.error()
    return said


def _length(call: Call, body: str) -> int:
    if call.state.switches.body_unit == "characters":
        return len(body)
    return len(body.encode("utf-16-le")) // 2


def _rendered(call: Call, content_sid: str, variables: str | None, to: str) -> Rendering:
    content = call.account.shelf(Content).get(content_sid)
    if content is None:
        raise errors.CONTENT_SID_INVALID.error()
    try:
        values = msgspec.json.decode(variables or "{}", type=dict[str, _Filling])
    except msgspec.DecodeError:
        raise errors.CONTENT_VARIABLES_INVALID.error() from None
    recipient = parse_address(to)
    body, media_urls = content.rendered(values, recipient.channel if recipient else SMS)
    return Rendering(body, [*media_urls, *call.texts("MediaUrl")])


def _callback(call: Call) -> str | None:
    url = call.text("StatusCallback")
    if url and not is_web_url(url):
        raise errors.CALLBACK_INVALID.error(url=url)
    return url or None


def is_web_url(url: str) -> bool:
    """Whether this is an absolute http(s) URL. Twilio refuses loopback; here it is where the callbacks go."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "_" not in (parts.hostname or "")


def _check_options(call: Call) -> int | None:
    validity = _validity(call)
    _check_price(call)
    if call.text("ContentRetention") not in {None, "retain", "discard"}:
        raise errors.CONTENT_RETENTION_INVALID.error()
    if call.text("AddressRetention") not in {None, "retain", "obfuscate"}:
        raise errors.ADDRESS_RETENTION_INVALID.error()
    for name in _FLAGS:
        call.flag(name)
    call.integer("Attempt")
    call.choice("TrafficType", {"free"})
    call.choice("RiskCheck", {"enable", "disable"})
    return validity


def _validity(call: Call) -> int | None:
    text = call.text("ValidityPeriod")
    if text is None:
        return None
    if not (text.isdecimal() and len(text) <= _DIGITS and 1 <= int(text) <= LONGEST_VALIDITY):
        raise errors.VALIDITY_INVALID.error()
    return int(text)


def _check_price(call: Call) -> None:
    try:
        price = float(call.text("MaxPrice") or 0)
    except ValueError:
        price = math.nan
    if not math.isfinite(price):
        raise errors.MAX_PRICE_INVALID.error()


def _send_at(call: Call, to: str, service_sid: str | None) -> datetime | None:
    if call.choice("ScheduleType", {"fixed"}) is None:
        return None
    if service_sid is None:
        raise errors.SCHEDULE_WITHOUT_SERVICE.error()
    text = call.text("SendAt")
    if not text:
        raise errors.SEND_AT_MISSING.error()
    moment = parse_moment(text)
    if moment is None:
        raise errors.SEND_AT_UNREADABLE.error()
    if not SOONEST <= (moment - call.now).total_seconds() <= LATEST:
        raise errors.SEND_AT_OUT_OF_RANGE.error()
    recipient = parse_address(to)
    if recipient is not None and recipient.channel not in SCHEDULABLE:
        raise errors.CHANNEL_NOT_SCHEDULABLE.error()
    if _too_many_scheduled(call):
        raise errors.TOO_MANY_SCHEDULED.error()
    return moment


def _too_many_scheduled(call: Call) -> bool:
    account = call.account
    # Counted only where there may be as many at all.
    if len(account.messages) < account.scheduled_limit:
        return False
    return sum(message.status == "scheduled" for message in account.messages) >= account.scheduled_limit


def _recipient(text: str) -> Address:
    address = parse_address(text)
    if address is None or address.kind == "alpha":
        raise errors.TO_INVALID.error(to=masked(text))
    if address.kind == "short code":
        raise errors.TO_IS_SHORT_CODE.error(to=masked(text))
    if not address.can_receive:
        raise errors.TO_INVALID.error(to=masked(text))
    return address


def _service(call: Call, sid: str, to: Address, *, as_mms: bool, chosen: bool) -> Service:
    switches = call.state.switches
    if not _SERVICE_SID.fullmatch(sid):
        raise errors.SERVICE_INVALID.with_status(switches.service_error_status).error()
    service = call.account.services.get(sid)
    if service is None:
        raise errors.SERVICE_UNKNOWN.with_status(switches.service_error_status).error()
    if sid in call.account.paused_services:
        raise errors.SERVICE_PAUSED.with_status(switches.service_error_status).error()
    if chosen or switches.empty_service == "fail":
        return service
    if not call.account.pools[sid]:
        raise errors.SERVICE_EMPTY.with_status(switches.service_error_status).error()
    if choose_sender(call.account, service, to.text, media=as_mms) is None:
        raise errors.NO_SENDER_AVAILABLE.error()
    return service


def _sender(call: Call, text: str, to: Address, as_mms: bool) -> str:  # noqa: FBT001  # has its place in `Checks`
    address = parse_address(text)
    if address is None:
        raise errors.FROM_INVALID.error(sender=text)
    if address.channel != to.channel:
        raise errors.CHANNELS_DIFFER.error()
    if address == to:
        raise errors.TO_IS_FROM.error(to=masked(to.text))
    if address.kind == "channel":
        _check_channel(call, address)
    elif address.kind == "alpha":
        _check_alpha(call, address, to)
    else:
        _check_number(call, address, as_mms=as_mms)
    return address.text


def _check_channel(call: Call, address: Address) -> None:
    if address.text not in call.account.channels:
        raise errors.CHANNEL_UNKNOWN.error()


def _check_alpha(call: Call, address: Address, to: Address) -> None:
    if call.account.trial:
        raise errors.ALPHA_ON_TRIAL.error()
    # North American carriers take no alphanumeric senders.
    if in_country(to.text, "US"):
        raise errors.UNREACHABLE.error(to=masked(to.text), sender=masked(address.text))


def _check_number(call: Call, address: Address, *, as_mms: bool) -> None:
    number = call.account.number(address.text)
    if number is None:
        raise _not_owned(call, address)
    if "SMS" not in number.capabilities:
        raise errors.FROM_WITHOUT_SMS.error(sender=address.text)
    if as_mms and "MMS" not in number.capabilities:
        raise errors.FROM_WITHOUT_MMS.error()


def _not_owned(call: Call, address: Address) -> errors.ApiError:
    if call.state.owner_of(address.text) is not None:
        error = errors.FROM_OF_ANOTHER.error(sender=address.text, account_sid=call.account.sid)
        return errors.ApiError(error.status, call.state.switches.foreign_sender_code, error.message)
    if len(call.account.numbers_ending_with(address.text)) > 1:
        return errors.FROM_AMBIGUOUS.error()
    row = errors.SHORT_CODE_NOT_OWNED if address.kind == "short code" else errors.FROM_NOT_OWNED
    return row.error(sender=address.text)


def _permit(call: Call, to: Address, sender: str | None, service_sid: str | None) -> None:
    if _opted_out(call, to, sender, service_sid):
        raise errors.OPTED_OUT.error()
    account = call.account
    if not account.may_text(to.text):
        raise errors.REGION_NOT_ENABLED.error(to=masked(to.text))
    if account.trial and to.channel == SMS and to.text not in account.verified:
        raise errors.UNVERIFIED.error(to=masked(to.text))
    if to.text in account.unreachable:
        raise errors.UNREACHABLE.error(to=masked(to.text), sender=masked(sender or ""))
    if to.text in account.landlines:
        raise errors.LANDLINES[call.state.switches.landline_code].error(to=masked(to.text))
    if sender is not None and call.state.lifecycle.queues.is_full(sender, call.now.timestamp()):
        raise errors.QUEUE_FULL.error()


def _opted_out(call: Call, to: Address, sender: str | None, service_sid: str | None) -> bool:
    if sender is None and call.state.switches.service_opt_out == "fail":
        return False
    return any(end is not None and call.account.opted_out(end, to.text) for end in (sender, service_sid))


LIVE = Checks(recipient=_recipient, sender=_sender, permit=_permit)
"""The checks of real messages."""
