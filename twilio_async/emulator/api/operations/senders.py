"""The pools of Messaging Services: phone numbers, short codes, alphanumeric ids and senders on other channels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.dates import iso8601
from twilio_async.emulator.api.operations.services import find_service
from twilio_async.emulator.api.paging import PARAMETERS, page_of
from twilio_async.emulator.api.routing import Route, Routes
from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.addresses import channel_of, is_alpha_sender
from twilio_async.emulator.domain.channels import ChannelSender
from twilio_async.emulator.domain.collection import Collection
from twilio_async.emulator.domain.countries import CALLING_CODES, country_of
from twilio_async.emulator.domain.pool import LARGEST_POOL
from twilio_async.emulator.domain.records import Sender

_TYPES = {"whatsapp": "WhatsApp", "rcs": "RCS"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What differs between the kinds of senders.

    Attributes:
        name: in the operations' ids.
        folder: in the path.
        parameter: what names the sender that is to be added.
        key: what the records of a list are called.
        sender: makes the record of the sender that a call adds to a service.
        holds: whether a sender of the pool is of this kind.
        fields: what a record says beside what all say.
        service: what the path calls the service.
        country: the parameter that says which country a sender is for, if one does.
    """

    name: str
    folder: str
    parameter: str
    key: str
    sender: Callable[[Call, str, str], Sender]
    holds: Callable[[Sender], bool]
    fields: Callable[[Sender], Mapping[str, object]]
    service: str = "ServiceSid"
    country: str | None = None


def _member(call: Call, service_sid: str, sid: str, address: str, country: str | None, *capabilities: str) -> Sender:
    return Sender(
        sid=sid,
        account_sid=call.account.sid,
        service_sid=service_sid,
        address=address,
        country=country,
        capabilities=capabilities,
        date_created=call.today,
        date_updated=call.today,
    )


def _owned(call: Call, service_sid: str, given: str) -> Sender:
    number = call.account.numbers.get(given)
    if number is None:
        raise _unknown(call)
    return _member(call, service_sid, number.sid, number.number, number.country, *number.capabilities)


def _unknown(call: Call) -> errors.ApiError:
    if call.state.switches.unknown_number_code == errors.NUMBER_UNKNOWN.code:
        return errors.NUMBER_UNKNOWN.error()
    return call.not_found()


def _alpha(call: Call, service_sid: str, given: str, country: str | None = None) -> Sender:
    if not is_alpha_sender(given):
        raise errors.ALPHA_SENDER_INVALID.error()
    if any((sender.address, sender.country) == (given, country) for sender in call.account.pools[service_sid]):
        raise errors.ALREADY_IN_SERVICE.error()
    return _member(call, service_sid, f"AI{call.unique}", given, country, "SMS")


def _destination_alpha(call: Call, service_sid: str, given: str) -> Sender:
    country = call.text("IsoCountryCode") or None
    if country is not None and country not in CALLING_CODES:
        raise errors.INVALID_PARAMETER.error(name="IsoCountryCode")
    return _alpha(call, service_sid, given, country)


def _on_channel(call: Call, service_sid: str, given: str) -> Sender:
    sender = call.account.shelf(ChannelSender).get(given)
    if sender is None:
        raise _unknown(call)
    return _member(call, service_sid, sender.sid, sender.sender_id, country_of(sender.sender_id.partition(":")[2]))


def _prefixed(prefix: str) -> Callable[[Sender], bool]:
    return lambda sender: sender.sid.startswith(prefix)


def _numbered(field: str) -> Callable[[Sender], Mapping[str, object]]:
    return lambda sender: {field: sender.address, "country_code": sender.country, **_pooled(sender)}


def _pooled(sender: Sender) -> Mapping[str, object]:
    return {"service_sid": sender.service_sid, "capabilities": sender.capabilities}


KINDS = (
    Kind(
        name="PhoneNumber",
        folder="PhoneNumbers",
        parameter="PhoneNumberSid",
        key="phone_numbers",
        sender=_owned,
        holds=_prefixed("PN"),
        fields=_numbered("phone_number"),
    ),
    Kind(
        name="ShortCode",
        folder="ShortCodes",
        parameter="ShortCodeSid",
        key="short_codes",
        sender=_owned,
        holds=_prefixed("SC"),
        fields=_numbered("short_code"),
    ),
    Kind(
        name="AlphaSender",
        folder="AlphaSenders",
        parameter="AlphaSender",
        key="alpha_senders",
        sender=_alpha,
        holds=lambda sender: sender.sid.startswith("AI") and sender.country is None,
        fields=lambda sender: {"alpha_sender": sender.address, **_pooled(sender)},
    ),
    Kind(
        name="DestinationAlphaSender",
        folder="DestinationAlphaSenders",
        parameter="AlphaSender",
        key="alpha_senders",
        sender=_destination_alpha,
        holds=_prefixed("AI"),
        fields=lambda sender: {
            "alpha_sender": sender.address,
            "iso_country_code": sender.country or "",
            **_pooled(sender),
        },
        country="IsoCountryCode",
    ),
    Kind(
        name="ChannelSender",
        folder="ChannelSenders",
        parameter="Sid",
        key="senders",
        sender=_on_channel,
        holds=_prefixed(ChannelSender.PREFIX),
        fields=lambda sender: {
            "messaging_service_sid": sender.service_sid,
            "sender": sender.address,
            "sender_type": _TYPES.get(channel_of(sender.address), channel_of(sender.address).capitalize()),
            "country_code": sender.country,
        },
        service="MessagingServiceSid",
    ),
)


def _content(call: Call, kind: Kind, sender: Sender) -> dict[str, object]:
    return {
        "sid": sender.sid,
        "account_sid": sender.account_sid,
        "date_created": iso8601(sender.date_created),
        "date_updated": iso8601(sender.date_updated),
        "url": f"{call.origin}/v1/Services/{sender.service_sid}/{kind.folder}/{sender.sid}",
        **kind.fields(sender),
    }


def _pool(call: Call, kind: Kind) -> Collection[Sender]:
    return call.account.pools[find_service(call, kind.service).sid]


def _sender(call: Call, kind: Kind) -> Sender:
    sender = _pool(call, kind).get(call.sids["Sid"])
    if sender is None or not kind.holds(sender):
        raise call.not_found()
    return sender


def _create(call: Call, kind: Kind) -> Answer:
    pool = _pool(call, kind)
    given = call.text(kind.parameter)
    if not given:
        raise errors.MISSING_PARAMETER.error(name=kind.parameter)
    sender = kind.sender(call, call.sids[kind.service], given)
    if not kind.holds(sender):
        raise _unknown(call)
    there = pool.get(sender.sid)
    if there is not None and call.state.switches.repeated_sender == "repeat":
        return Answer(200, _content(call, kind, there))
    if there is not None:
        raise errors.ALREADY_IN_SERVICE.error()
    if call.account.service_of(sender.sid) is not None:
        raise errors.IN_ANOTHER_SERVICE.error()
    if len(pool) >= LARGEST_POOL:
        raise errors.POOL_FULL.error()
    pool.add(sender, call.now)
    return Answer(201, _content(call, kind, sender))


def _list(call: Call, kind: Kind) -> Answer:
    filters = () if kind.country is None else (kind.country,)
    country = call.text(kind.country) if kind.country else None
    return page_of(
        call,
        kind.key,
        _pool(call, kind),
        lambda sender: _content(call, kind, sender),
        filters=filters,
        keep=lambda sender: kind.holds(sender) and (not country or sender.country == country),
    )


def _fetch(call: Call, kind: Kind) -> Answer:
    return Answer(content=_content(call, kind, _sender(call, kind)))


def _delete(call: Call, kind: Kind) -> Answer:
    _pool(call, kind).remove(_sender(call, kind).sid)
    return Answer(204)


def _rows(kind: Kind) -> Iterator[Route]:
    def of_kind(operation: Callable[[Call, Kind], Answer]) -> Callable[[Call], Answer]:
        return lambda call: operation(call, kind)

    folder = f"/v1/Services/{{{kind.service}}}/{kind.folder}"
    one = f"{folder}/{{Sid}}"
    country = {kind.country} if kind.country else set[str]()
    yield Route(f"Create{kind.name}", "POST", folder, of_kind(_create), frozenset({kind.parameter} | country))
    yield Route(f"List{kind.name}", "GET", folder, of_kind(_list), frozenset(PARAMETERS) | country)
    yield Route(f"Fetch{kind.name}", "GET", one, of_kind(_fetch))
    yield Route(f"Delete{kind.name}", "DELETE", one, of_kind(_delete))


routes: Routes = Routes(row for kind in KINDS for row in _rows(kind))
