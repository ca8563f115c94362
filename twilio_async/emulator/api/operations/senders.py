"""The pools of Messaging Services: phone numbers, short codes and alphanumeric ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.dates import iso8601
from twilio_async.emulator.api.operations.services import find_service
from twilio_async.emulator.api.paging import PARAMETERS, page_of
from twilio_async.emulator.api.routing import Route, Routes
from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.addresses import is_alpha_sender
from twilio_async.emulator.domain.pool import LARGEST_POOL
from twilio_async.emulator.domain.records import Sender


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What differs between the three kinds of senders.

    Attributes:
        name: in the operations' ids.
        folder: in the path.
        prefix: of the sids.
        parameter: what names the sender that is to be added.
        key: what the records of a list are called.
        field: what the address is called in a record.
        sender: makes the record of the sender that a call adds.
    """

    name: str
    folder: str
    prefix: str
    parameter: str
    key: str
    field: str
    sender: Callable[[Call, str], Sender]


def _owned(call: Call, given: str) -> Sender:
    number = call.account.numbers.get(given)
    if number is None:
        raise _unknown(call)
    return Sender(
        sid=number.sid,
        account_sid=call.account.sid,
        service_sid=call.sids["ServiceSid"],
        address=number.number,
        country=number.country,
        capabilities=number.capabilities,
        date_created=call.today,
        date_updated=call.today,
    )


def _unknown(call: Call) -> errors.ApiError:
    if call.state.switches.unknown_number_code == errors.NUMBER_UNKNOWN.code:
        return errors.NUMBER_UNKNOWN.error()
    return call.not_found()


def _alpha(call: Call, given: str) -> Sender:
    if not is_alpha_sender(given):
        raise errors.ALPHA_SENDER_INVALID.error()
    if any(sender.address == given for sender in call.account.pools[call.sids["ServiceSid"]]):
        raise errors.ALREADY_IN_SERVICE.error()
    return Sender(
        sid=f"AI{call.unique}",
        account_sid=call.account.sid,
        service_sid=call.sids["ServiceSid"],
        address=given,
        country=None,
        capabilities=("SMS",),
        date_created=call.today,
        date_updated=call.today,
    )


KINDS = (
    Kind(
        name="PhoneNumber",
        folder="PhoneNumbers",
        prefix="PN",
        parameter="PhoneNumberSid",
        key="phone_numbers",
        field="phone_number",
        sender=_owned,
    ),
    Kind(
        name="ShortCode",
        folder="ShortCodes",
        prefix="SC",
        parameter="ShortCodeSid",
        key="short_codes",
        field="short_code",
        sender=_owned,
    ),
    Kind(
        name="AlphaSender",
        folder="AlphaSenders",
        prefix="AI",
        parameter="AlphaSender",
        key="alpha_senders",
        field="alpha_sender",
        sender=_alpha,
    ),
)


def _content(call: Call, kind: Kind, sender: Sender) -> dict[str, object]:
    content: dict[str, object] = {
        "sid": sender.sid,
        "account_sid": sender.account_sid,
        "service_sid": sender.service_sid,
        "date_created": iso8601(sender.date_created),
        "date_updated": iso8601(sender.date_updated),
        kind.field: sender.address,
        "capabilities": sender.capabilities,
        "url": f"{call.origin}/v1/Services/{sender.service_sid}/{kind.folder}/{sender.sid}",
    }
    return content if sender.country is None else {**content, "country_code": sender.country}


def _sender(call: Call, kind: Kind) -> Sender:
    sid = call.sids["Sid"]
    sender = call.account.pools[find_service(call, "ServiceSid").sid].get(sid)
    if sender is None or not sid.startswith(kind.prefix):
        raise call.not_found()
    return sender


def _create(call: Call, kind: Kind) -> Answer:
    service = find_service(call, "ServiceSid")
    given = call.text(kind.parameter)
    if not given:
        raise errors.MISSING_PARAMETER.error(name=kind.parameter)
    sender = kind.sender(call, given)
    if not sender.sid.startswith(kind.prefix):
        raise _unknown(call)
    there = call.account.pools[service.sid].get(sender.sid)
    if there is not None and call.state.switches.repeated_sender == "repeat":
        return Answer(200, _content(call, kind, there))
    if there is not None:
        raise errors.ALREADY_IN_SERVICE.error()
    if call.account.service_of(sender.sid) is not None:
        raise errors.IN_ANOTHER_SERVICE.error()
    if len(call.account.pools[service.sid]) >= LARGEST_POOL:
        raise errors.POOL_FULL.error()
    call.account.pools[service.sid].add(sender, call.now)
    return Answer(201, _content(call, kind, sender))


def _list(call: Call, kind: Kind) -> Answer:
    pool = call.account.pools[find_service(call, "ServiceSid").sid]
    return page_of(
        call,
        kind.key,
        pool,
        lambda sender: _content(call, kind, sender),
        keep=lambda sender: sender.sid.startswith(kind.prefix),
    )


def _fetch(call: Call, kind: Kind) -> Answer:
    return Answer(content=_content(call, kind, _sender(call, kind)))


def _delete(call: Call, kind: Kind) -> Answer:
    sender = _sender(call, kind)
    call.account.pools[sender.service_sid].remove(sender.sid)
    return Answer(204)


def _rows(kind: Kind) -> Iterator[Route]:
    def of_kind(operation: Callable[[Call, Kind], Answer]) -> Callable[[Call], Answer]:
        return lambda call: operation(call, kind)

    folder = f"/v1/Services/{{ServiceSid}}/{kind.folder}"
    one = f"{folder}/{{Sid}}"
    yield Route(f"Create{kind.name}", "POST", folder, of_kind(_create), frozenset({kind.parameter}))
    yield Route(f"List{kind.name}", "GET", folder, of_kind(_list), frozenset(PARAMETERS))
    yield Route(f"Fetch{kind.name}", "GET", one, of_kind(_fetch))
    yield Route(f"Delete{kind.name}", "DELETE", one, of_kind(_delete))


routes: Routes = Routes(row for kind in KINDS for row in _rows(kind))
