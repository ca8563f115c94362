"""The senders of Messaging Services over a real socket: added, read, listed, removed, and in conflict."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

import pytest

from twilio_async import AmbiguousOutcome, AsyncSession, Conflict, InvalidArgument, InvalidRequest, NotFound, Pages, Service
from twilio_async._operation import Options
from twilio_async.emulator import Emulator, Sender
from twilio_async.resources.senders import AlphaSenders, ChannelSenders, DestinationAlphaSenders, PhoneNumbers, ShortCodes

UNKNOWN_SERVICE = "MG" + "0" * 32


class Senders(Protocol):
    """What the three namespaces have in common."""

    add: Callable[..., Awaitable[Any]]
    fetch: Callable[..., Awaitable[Any]]
    remove: Callable[..., Awaitable[None]]
    list: Callable[..., Pages[Any]]


@dataclass(frozen=True)
class Kind:
    """One kind of sender: where it is, what names it, and what it looks like."""

    namespace: str
    argument: str
    wire_name: str
    field: str
    given: str
    address: str
    prefix: str

    def __str__(self) -> str:
        return self.namespace

    def of(self, twilio: AsyncSession) -> Senders:
        """The namespace of a session."""
        found: Senders = getattr(twilio, self.namespace)
        return found

    @property
    def arguments(self) -> dict[str, str]:
        """What to call ``add`` with."""
        return {self.argument: self.given}


PHONE_NUMBER = Kind(
    "phone_numbers", "phone_number_sid", "PhoneNumberSid", "phone_number", "PN" + "1" * 32, "+15017122661", "PN"
)
SHORT_CODE = Kind("short_codes", "short_code_sid", "ShortCodeSid", "short_code", "SC" + "5" * 32, "70707", "SC")
ALPHA_SENDER = Kind("alpha_senders", "alpha_sender", "AlphaSender", "alpha_sender", "My Co & Co", "My Co & Co", "AI")
DESTINATION = Kind("destination_alpha_senders", "alpha_sender", "AlphaSender", "alpha_sender", "My Co", "My Co", "AI")
CHANNEL_SENDER = Kind("channel_senders", "sid", "Sid", "sender", "XE" + "6" * 32, "whatsapp:+14155238886", "XE")
EVERY_KIND = (PHONE_NUMBER, SHORT_CODE, ALPHA_SENDER, DESTINATION, CHANNEL_SENDER)
KINDS = [pytest.param(kind, id=str(kind)) for kind in EVERY_KIND]
OWNED = pytest.mark.parametrize("kind", [PHONE_NUMBER, SHORT_CODE, CHANNEL_SENDER], ids=str)
"""Those that exist before a service has them."""


@pytest.fixture
async def service(twilio: AsyncSession) -> Service:
    """A service without senders."""
    return await twilio.services.create(friendly_name="Parcels")


def test_add_takes_what_the_kinds_name() -> None:
    """No argument goes without a try on the wire."""
    resources = (PhoneNumbers, ShortCodes, AlphaSenders, DestinationAlphaSenders, ChannelSenders)
    for kind, resource in zip(EVERY_KIND, resources, strict=True):
        own = resource.operations["add"].arguments - Options.__annotations__.keys()
        assert own - {"iso_country_code"} == {"service_sid", kind.argument}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_sender_is_added_and_read(kind: Kind, twilio: AsyncSession, emulator: Emulator, service: Service) -> None:
    """It goes out under Twilio's name, and adding, reading and listing give the same record with typed values."""
    added = await kind.of(twilio).add(service.sid, **kind.arguments)
    assert emulator.requests[-1].parameters == {kind.wire_name: [kind.given]}
    assert emulator.requests[-1].status == 201
    service_sid = added.messaging_service_sid if kind is CHANNEL_SENDER else added.service_sid
    assert (getattr(added, kind.field), service_sid, added.account_sid) == (kind.address, service.sid, emulator.account_sid)
    assert added.sid.startswith(kind.prefix)
    assert kind is CHANNEL_SENDER or "SMS" in added.capabilities
    assert getattr(added, "country_code", "US") == "US"
    assert added.date_created.utcoffset() == dt.timedelta(0)
    assert added.date_created == added.date_updated
    assert added.url.endswith(f"/{added.sid}")
    assert await kind.of(twilio).fetch(service.sid, added.sid) == added
    assert await kind.of(twilio).list(service.sid).to_list() == [added]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_removed_sender_is_gone(kind: Kind, twilio: AsyncSession, emulator: Emulator, service: Service) -> None:
    """Removing returns nothing, makes up for a lost answer, and finds nothing the next time; it can be added again."""
    added = await kind.of(twilio).add(service.sid, **kind.arguments)
    emulator.faults.add(f"DELETE /{added.sid}", kind="accept_then_500", times=1)
    await kind.of(twilio).remove(service.sid, added.sid)
    for call in (kind.of(twilio).remove, kind.of(twilio).fetch):
        with pytest.raises(NotFound) as caught:
            await call(service.sid, added.sid)
        assert caught.value.code == 20404
    assert getattr(await kind.of(twilio).add(service.sid, **kind.arguments), kind.field) == kind.address


@pytest.mark.parametrize("kind", KINDS)
async def test_adding_it_twice_is_a_conflict(kind: Kind, twilio: AsyncSession, service: Service) -> None:
    """Twilio refuses the second time, and the record is there once."""
    await kind.of(twilio).add(service.sid, **kind.arguments)
    with pytest.raises(Conflict) as caught:
        await kind.of(twilio).add(service.sid, **kind.arguments)
    assert (caught.value.status, caught.value.code, caught.value.outcome) == (409, 21710, "rejected")
    assert len(await kind.of(twilio).list(service.sid)) == 1


@OWNED
async def test_a_number_belongs_to_one_service(kind: Kind, twilio: AsyncSession, service: Service) -> None:
    """Adding it to another one is a conflict, too, with a code of its own."""
    other = await twilio.services.create(friendly_name="Letters")
    await kind.of(twilio).add(other.sid, **kind.arguments)
    with pytest.raises(Conflict) as caught:
        await kind.of(twilio).add(service.sid, **kind.arguments)
    assert caught.value.code == 21712
    assert (await kind.of(twilio).list(service.sid)).token is None


async def test_a_full_pool_is_a_conflict(twilio: AsyncSession, emulator: Emulator, service: Service) -> None:
    """A service holds 400 numbers; 412 is a state of the resource like 409."""
    now = emulator.clock()
    for index in range(400):
        sender = Sender(
            sid=f"PN{index:032x}", account_sid=emulator.account_sid, service_sid=service.sid, address=f"+1415{index:07}",
            country="US", capabilities=("SMS",), date_created=now, date_updated=now,
        )  # fmt: skip
        emulator.account.pools[service.sid].add(sender, now)
    assert len(await twilio.phone_numbers.list(service.sid)) == 400
    with pytest.raises(Conflict) as caught:
        await twilio.phone_numbers.add(service.sid, phone_number_sid=PHONE_NUMBER.given)
    assert (caught.value.status, caught.value.code) == (412, 21714)


@pytest.mark.parametrize("kind", KINDS)
async def test_an_add_whose_answer_was_lost_is_not_made_again(
    kind: Kind, twilio: AsyncSession, emulator: Emulator, service: Service
) -> None:
    """Its repeat would be a conflict that is none; the caller is told that it may have happened."""
    emulator.faults.add("POST /Services/", kind="accept_then_drop", times=1)
    with pytest.raises(AmbiguousOutcome) as caught:
        await kind.of(twilio).add(service.sid, **kind.arguments)
    assert caught.value.operation == f"{kind.namespace}.add"
    assert len(await kind.of(twilio).list(service.sid)) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_an_unknown_service_is_not_found(kind: Kind, twilio: AsyncSession) -> None:
    """Every operation says so in the same way."""
    senders = kind.of(twilio)
    for call in (
        lambda: senders.add(UNKNOWN_SERVICE, **kind.arguments),
        lambda: senders.fetch(UNKNOWN_SERVICE, kind.prefix + "0" * 32),
        lambda: senders.remove(UNKNOWN_SERVICE, kind.prefix + "0" * 32),
        lambda: senders.list(UNKNOWN_SERVICE),
    ):
        with pytest.raises(NotFound) as caught:
            await call()
        assert caught.value.code == 20404


@OWNED
async def test_a_number_that_the_account_does_not_own_is_not_found(kind: Kind, twilio: AsyncSession, service: Service) -> None:
    """Its own code says that it is the number, and not the service, that is missing."""
    with pytest.raises(NotFound) as caught:
        await kind.of(twilio).add(service.sid, **{kind.argument: kind.prefix + "0" * 32})
    assert caught.value.code == 21711


@pytest.mark.parametrize("given", ["12345", "A much too long name", "Ünïcode"])
async def test_an_alpha_sender_that_is_not_allowed_is_refused(given: str, twilio: AsyncSession, service: Service) -> None:
    """What an id may look like is Twilio's business."""
    with pytest.raises(InvalidRequest) as caught:
        await twilio.alpha_senders.add(service.sid, alpha_sender=given)
    assert caught.value.code == 21709


async def test_a_service_lists_each_kind_by_itself(twilio: AsyncSession, service: Service) -> None:
    """One pool holds them all, and no namespace shows another's."""
    kinds = (PHONE_NUMBER, SHORT_CODE, ALPHA_SENDER, CHANNEL_SENDER)
    for kind in kinds:
        await kind.of(twilio).add(service.sid, **kind.arguments)
    for kind in kinds:
        listed = await kind.of(twilio).list(service.sid).to_list()
        assert [getattr(sender, kind.field) for sender in listed] == [kind.address]


async def test_senders_are_listed_page_by_page(twilio: AsyncSession, emulator: Emulator, service: Service) -> None:
    """Limits, page sizes and tokens do what they do everywhere."""
    for number in emulator.numbers[:4]:
        await twilio.phone_numbers.add(service.sid, phone_number_sid=number.sid)
    whole = [number.sid async for number in twilio.phone_numbers.list(service.sid)]
    assert sorted(whole) == [number.sid for number in emulator.numbers[:4]]
    assert [number.sid async for number in twilio.phone_numbers.list(service.sid, page_size=3)] == whole
    assert [number.sid async for number in twilio.phone_numbers.list(service.sid, page_size=1, limit=2)] == whole[:2]
    first = await twilio.phone_numbers.list(service.sid, page_size=3)
    assert [number.sid async for number in twilio.phone_numbers.list(service.sid, resume=first.token)] == whole[3:]


@pytest.mark.parametrize("kind", KINDS)
async def test_an_argument_that_cannot_be_sent_is_named(kind: Kind, twilio: AsyncSession, emulator: Emulator) -> None:
    """A sid that leads elsewhere and a value of another type fail before anything goes out."""
    with pytest.raises(InvalidArgument) as caught:
        await kind.of(twilio).add(UNKNOWN_SERVICE, **{kind.argument: 5})
    assert (caught.value.argument, caught.value.operation) == (kind.argument, f"{kind.namespace}.add")
    for sids in (("..", "x"), ("x", "a/b"), ("", "x"), ("x", None)):
        with pytest.raises(InvalidArgument):
            await kind.of(twilio).fetch(*sids)
    assert emulator.requests == []


async def test_an_alpha_sender_may_be_for_one_country(twilio: AsyncSession, emulator: Emulator, service: Service) -> None:
    """The same name may stand for several; those for all countries are the ordinary ones."""
    pool = twilio.destination_alpha_senders
    french = await pool.add(service.sid, alpha_sender="Colis", iso_country_code="FR")
    assert emulator.requests[-1].parameters == {"AlphaSender": ["Colis"], "IsoCountryCode": ["FR"]}
    belgian = await pool.add(service.sid, alpha_sender="Colis", iso_country_code="BE")
    general = await twilio.alpha_senders.add(service.sid, alpha_sender="Parcels")
    assert (french.iso_country_code, french.alpha_sender) == ("FR", "Colis")
    assert (await pool.fetch(service.sid, general.sid)).iso_country_code == ""
    assert [sender.sid async for sender in pool.list(service.sid, iso_country_code="BE", page_size=1)] == [belgian.sid]
    assert {sender.sid async for sender in pool.list(service.sid)} == {french.sid, belgian.sid, general.sid}
    assert [sender.sid async for sender in twilio.alpha_senders.list(service.sid)] == [general.sid]
    with pytest.raises(Conflict):
        await pool.add(service.sid, alpha_sender="Colis", iso_country_code="FR")
    with pytest.raises(InvalidRequest) as caught:
        await pool.add(service.sid, alpha_sender="Colis", iso_country_code="Gaul")
    assert caught.value.code == 20001


async def test_a_recipient_sees_the_sender_for_his_country(twilio: AsyncSession, service: Service) -> None:
    """Everybody else the one for all countries."""
    await twilio.alpha_senders.add(service.sid, alpha_sender="Parcels")
    await twilio.destination_alpha_senders.add(service.sid, alpha_sender="Colis", iso_country_code="FR")
    for to, shown in (("+33612345678", "Colis"), ("+447700900199", "Parcels")):
        message = await twilio.messages.create(to=to, messaging_service_sid=service.sid, body="Hello")
        assert (await twilio.messages.fetch(message.sid)).from_ == shown


async def test_a_service_writes_on_whatsapp_from_its_sender_there(twilio: AsyncSession, service: Service) -> None:
    """A text still comes from its number; and when the sender is removed there is nobody to write."""
    sender = await twilio.channel_senders.add(service.sid, sid=CHANNEL_SENDER.given)
    assert (sender.sender_type, sender.country_code) == ("WhatsApp", "US")
    await twilio.phone_numbers.add(service.sid, phone_number_sid=PHONE_NUMBER.given)
    for to, shown in (("whatsapp:+15558675310", CHANNEL_SENDER.address), ("+15558675310", PHONE_NUMBER.address)):
        message = await twilio.messages.create(to=to, messaging_service_sid=service.sid, body="Hello " * 50)
        sent = await twilio.messages.fetch(message.sid)
        assert (sent.from_, sent.status) == (shown, "delivered")
        assert sent.num_segments == (1 if to.startswith("whatsapp") else 2)
    await twilio.channel_senders.remove(service.sid, sender.sid)
    with pytest.raises(InvalidRequest) as caught:
        await twilio.messages.create(to="whatsapp:+15558675310", messaging_service_sid=service.sid, body="Hello")
    assert caught.value.code == 21703
