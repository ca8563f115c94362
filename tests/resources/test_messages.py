"""Messages over a real socket: each operation with each of its parameters, and what becomes of the answers."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from decimal import Decimal
from typing import Any

import anyio
import pytest

from twilio_async import (
    AmbiguousOutcome,
    APIError,
    AsyncSession,
    Concurrency,
    Conflict,
    InvalidArgument,
    InvalidNumber,
    InvalidRequest,
    InvalidSender,
    Message,
    NotCancelable,
    NotFound,
    OptedOut,
    QueueFull,
    RateLimit,
    RegionNotEnabled,
    SendResult,
    ServerError,
    Service,
    TimedOut,
)
from twilio_async._operation import Options
from twilio_async.emulator import Emulator, Profile
from twilio_async.events import Event, RequestEnded
from twilio_async.resources.messages import FINAL_STATUSES, Messages

TO = "+15558675310"
UNKNOWN = "SM" + "0" * 32
NEW_YORK = dt.timezone(dt.timedelta(hours=-5))
NOON = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)

SENT_AS: dict[str, tuple[Any, list[str]]] = {
    "to": ("+15558675311", ["+15558675311"]),
    "from_": ("+14155550142", ["+14155550142"]),
    "messaging_service_sid": ("MG", ["MG"]),
    "body": ("50 % off: 1 + 1 = 2 & more €?", ["50 % off: 1 + 1 = 2 & more €?"]),
    "media_url": (
        ["https://example.com/a.png", "https://example.com/b"],
        ["https://example.com/a.png", "https://example.com/b"],
    ),
    "content_sid": ("HX" + "e" * 32, ["HX" + "e" * 32]),
    "content_variables": ({"1": "Ada"}, ['{"1":"Ada"}']),
    "send_at": (dt.datetime(2040, 1, 2, 9, 0, tzinfo=NEW_YORK), ["2040-01-02T14:00:00Z"]),
    "schedule_type": ("fixed", ["fixed"]),
    "status_callback": ("https://example.com/status?a=1&b=2", ["https://example.com/status?a=1&b=2"]),
    "application_sid": ("AP" + "1" * 32, ["AP" + "1" * 32]),
    "validity_period": (600, ["600"]),
    "smart_encoded": (True, ["true"]),
    "shorten_urls": (False, ["false"]),
    "send_as_mms": (True, ["true"]),
    "fallback_from": ("+12025550143", ["+12025550143"]),
    "persistent_action": (["geo:37.78,-122.39|Home", "geo:0,0"], ["geo:37.78,-122.39|Home", "geo:0,0"]),
    "content_retention": ("discard", ["discard"]),
    "address_retention": ("obfuscate", ["obfuscate"]),
    "risk_check": ("disable", ["disable"]),
    "traffic_type": ("free", ["free"]),
    "message_intent": ("otp", ["otp"]),
    "provide_feedback": (True, ["true"]),
    "attempt": (2, ["2"]),
    "max_price": (Decimal("0.00005"), ["0.00005"]),
    "force_delivery": (False, ["false"]),
}
"""A value for each argument of `create`, and what stands on the wire for it."""

LISTED_AS: dict[str, tuple[Any, str, str]] = {
    "to": (TO, "To", TO),
    "from_": ("+15017122661", "From", "+15017122661"),
    "date_sent": (dt.date(2026, 3, 10), "DateSent", "2026-03-10"),
    "date_sent_before": (dt.datetime(2026, 3, 10, 7, 0, tzinfo=NEW_YORK), "DateSent<", "2026-03-10T12:00:00Z"),
    "date_sent_after": (dt.date(2026, 3, 10), "DateSent>", "2026-03-10"),
}
"""The same for `list`, with the name on the wire."""


def own(operation: str) -> set[str]:
    """The arguments of an operation without those that every operation has."""
    return set(Messages.operations[operation].arguments - Options.__annotations__.keys())


async def texted(twilio: AsyncSession, emulator: Emulator, **options: Any) -> Message:
    """A message that the session has sent."""
    return await twilio.messages.create(**{"to": TO, "from_": emulator.number, "body": "Hi!", **options})


@pytest.fixture
async def service(twilio: AsyncSession, emulator: Emulator) -> Service:
    """A Messaging Service with one number."""
    service = await twilio.services.create(friendly_name="Parcels")
    await twilio.phone_numbers.add(service.sid, phone_number_sid=emulator.numbers[0].sid)
    return service


async def scheduled(twilio: AsyncSession, emulator: Emulator, service: Service) -> Message:
    """A message that waits for tomorrow."""
    tomorrow = emulator.clock() + dt.timedelta(days=1)
    return await twilio.messages.create(to=TO, messaging_service_sid=service.sid, body="Later.", send_at=tomorrow)


# --- create --------------------------------------------------------------------------------------------------------------


def test_the_table_names_every_argument_of_create_and_list() -> None:
    """No argument goes without a try on the wire."""
    assert SENT_AS.keys() == own("create")
    assert LISTED_AS.keys() == own("list")


@pytest.mark.parametrize("argument", sorted(SENT_AS))
async def test_each_argument_goes_out_under_twilio_s_name(
    argument: str, twilio: AsyncSession, emulator: Emulator, service: Service
) -> None:
    """An argument stands in the form as Twilio reads it, and as often as it has values."""
    emulator.clock.advance((dt.datetime(2040, 1, 2, tzinfo=dt.UTC) - emulator.clock()).total_seconds())
    value, sent = SENT_AS[argument]
    arguments: dict[str, Any] = {"to": TO, "from_": emulator.number, "body": "Hi!", argument: value}
    if argument == "messaging_service_sid":
        arguments[argument], sent = service.sid, [service.sid]
    if argument in {"content_sid", "content_variables"}:
        arguments |= {"body": None, "content_sid": emulator.content_sid}
    if argument in {"send_at", "schedule_type"}:
        arguments |= {"messaging_service_sid": service.sid, "send_at": SENT_AS["send_at"][0]}
    await twilio.messages.create(**arguments)
    wire_name = next(each.wire_name for each in Messages.operations["create"].parameters if each.name == argument)
    assert emulator.requests[-1].parameters[wire_name] == sent


async def test_a_lone_media_url_is_one_url(twilio: AsyncSession, emulator: Emulator) -> None:
    """One text where several may stand is not taken letter by letter."""
    message = await texted(twilio, emulator, media_url="https://example.com/cat.jpg")
    assert emulator.requests[-1].parameters["MediaUrl"] == ["https://example.com/cat.jpg"]
    assert message.num_media == 1
    assert message.sid.startswith("MM")


async def test_what_is_not_given_is_not_sent(twilio: AsyncSession, emulator: Emulator) -> None:
    """None leaves a parameter out, so that Twilio's own default holds."""
    await texted(twilio, emulator, status_callback=None, smart_encoded=None)
    assert emulator.requests[-1].parameters == {"To": [TO], "From": [emulator.number], "Body": ["Hi!"]}


async def test_the_answer_is_read_into_values(twilio: AsyncSession, emulator: Emulator) -> None:
    """Counts are ints, prices Decimals, times aware, and the text is the text that was sent."""
    created = await texted(twilio, emulator, body="–" * 71)
    assert (created.status, created.num_segments, created.num_media, created.price) == ("queued", 2, 0, None)
    assert (created.to, created.from_, created.body) == (TO, emulator.number, "–" * 71)
    assert (created.account_sid, created.direction, created.api_version) == (emulator.account_sid, "outbound-api", "2010-04-01")
    message = await twilio.messages.fetch(created.sid)
    assert message.price == Decimal("-0.01500")
    assert isinstance(message.price, Decimal)
    assert message.price_unit == "USD"
    for time in (message.date_created, message.date_updated, message.date_sent):
        assert time is not None
        assert time.utcoffset() == dt.timedelta(0)
        assert time == emulator.message(created.sid).date_sent
    assert (message.error_code, message.error_message, message.messaging_service_sid) == (None, None, None)


async def test_the_paths_that_are_not_kept_are_those_that_twilio_sent(twilio: AsyncSession, emulator: Emulator) -> None:
    """What is derived from the sids to save memory equals what stood in the answer."""
    message = await texted(twilio, emulator)
    kept = await twilio.request("GET", message.uri)
    assert message.uri == kept["uri"]
    assert message.subresource_uris == kept["subresource_uris"]


async def test_a_service_chooses_the_sender_later(twilio: AsyncSession, emulator: Emulator, service: Service) -> None:
    """A message through a service has no sender and no segments at first, and both when it is sent."""
    created = await twilio.messages.create(to=TO, messaging_service_sid=service.sid, body="Hi!")
    assert (created.status, created.from_, created.num_segments) == ("accepted", None, 0)
    assert created.messaging_service_sid == service.sid
    message = await twilio.messages.fetch(created.sid)
    assert (message.status, message.from_, message.num_segments) == ("delivered", emulator.number, 1)


async def test_a_time_to_send_at_schedules_the_message(twilio: AsyncSession, emulator: Emulator, service: Service) -> None:
    """send_at implies the schedule type, without which Twilio would send at once; it goes out when its time comes."""
    message = await scheduled(twilio, emulator, service)
    assert emulator.requests[-1].parameters["ScheduleType"] == ["fixed"]
    assert (message.status, message.date_sent) == ("scheduled", None)
    emulator.clock.advance(24 * 3600 + 1)
    assert (await twilio.messages.fetch(message.sid)).status == "delivered"


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"to": TO, "body": "Hi!"}, "from_"),
        ({"to": TO, "from_": "+15017122661"}, "body"),
        ({"to": 15558675310, "from_": "+15017122661", "body": "Hi!"}, "to"),
        ({"to": TO, "from_": "+15017122661", "body": b"Hi!"}, "body"),
        ({"to": TO, "from_": "+15017122661", "body": "Hi!", "validity_period": True}, "validity_period"),
        ({"to": TO, "from_": "+15017122661", "body": "Hi!", "smart_encoded": "yes"}, "smart_encoded"),
        ({"to": TO, "from_": "+15017122661", "body": "Hi!", "send_at": dt.datetime(2026, 1, 2, 9, 0)}, "send_at"),  # noqa: DTZ001 - a naive time is the case
        ({"to": TO, "from_": "+15017122661", "body": "Hi!", "media_url": [1]}, "media_url"),
        ({"to": TO, "from_": "+15017122661", "content_sid": "HX", "content_variables": {"1": object()}}, "content_variables"),
        ({"to": TO, "from_": "+15017122661", "body": "Hi!", "max_price": float("nan")}, "max_price"),
        ({"to": TO, "from_": "+15017122661", "body": "Hi!", "extra": {"Tags": object()}}, "Tags"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_an_argument_that_cannot_be_sent_is_named_and_nothing_goes_out(
    arguments: Mapping[str, Any], argument: str, twilio: AsyncSession, emulator: Emulator
) -> None:
    """A call that cannot be right fails before any I/O, with the argument's name."""
    with pytest.raises(InvalidArgument) as caught:
        await twilio.messages.create(**arguments)
    assert (caught.value.argument, caught.value.operation, caught.value.outcome) == (argument, "messages.create", "not_sent")
    assert emulator.requests == []


@pytest.mark.parametrize(
    ("arguments", "kind", "code"),
    [
        ({"to": "+1555"}, InvalidNumber, 21211),
        ({"to": "70707"}, InvalidNumber, 21265),
        ({"from_": "Parcels"}, InvalidNumber, 21612),
        ({"from_": "+15005550001"}, InvalidSender, 21606),
        ({"from_": "99999"}, InvalidSender, 21659),
        ({"to": "whatsapp:+15558675310", "from_": "whatsapp:+15005550006"}, InvalidSender, 63007),
        ({"body": "a" * 1601}, InvalidRequest, 21617),
        ({"from_": None, "messaging_service_sid": "MG" + "0" * 32}, InvalidRequest, 21701),
        ({"status_callback": "example.com"}, InvalidRequest, 21609),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else "",
)
async def test_a_refusal_says_what_to_do_about_it(
    arguments: Mapping[str, Any], kind: type[APIError], code: int, twilio: AsyncSession, emulator: Emulator
) -> None:
    """Twilio's code decides the class, and everything that it told is there; the request was made once."""
    with pytest.raises(kind) as caught:
        await texted(twilio, emulator, **arguments)
    error = caught.value
    assert type(error) is kind
    assert (error.status, error.code, error.outcome, error.attempts) == (400, code, "rejected", 1)
    assert error.more_info == f"https://www.twilio.com/docs/errors/{code}"
    assert error.operation == "messages.create"
    assert error.request_id is not None
    assert error.request_id.startswith("RQ")
    assert error.headers["twilio-request-id"] == error.request_id
    assert len(emulator.requests) == 1


async def test_whoever_answered_stop_is_not_texted(twilio: AsyncSession, emulator: Emulator) -> None:
    """21610 is a class of its own, since nothing but an answer of theirs mends it."""
    emulator.opt_out(TO)
    with pytest.raises(OptedOut):
        await texted(twilio, emulator)
    assert emulator.messages == []


@pytest.mark.parametrize(("status", "code", "kind"), [(400, 21408, RegionNotEnabled), (429, 21611, QueueFull)])
async def test_what_only_twilio_knows_is_told_apart_by_its_code(
    status: int, code: int, kind: type[APIError], twilio: AsyncSession, emulator: Emulator
) -> None:
    """A country that is not enabled and a full queue are refusals, and not a reason to send again."""
    emulator.faults.add("POST /Messages.json", status=status, code=code)
    with pytest.raises(kind) as caught:
        await texted(twilio, emulator)
    assert (caught.value.outcome, caught.value.attempts) == ("rejected", 1)
    assert len(emulator.requests) == 1


@pytest.mark.parametrize("kind", ["accept_then_drop", "accept_then_500"])
async def test_a_message_whose_answer_is_lost_is_never_sent_again(kind: Any, twilio: AsyncSession, emulator: Emulator) -> None:
    """The error says that it may have happened, what was asked for and since when to look for it; Twilio saw it once."""
    before = dt.datetime.now(dt.UTC)
    emulator.faults.add("POST /Messages.json", kind=kind, times=1)
    with pytest.raises(AmbiguousOutcome) as caught:
        await texted(twilio, emulator, media_url=["https://example.com/a", "https://example.com/b"])
    error = caught.value
    assert (error.outcome, error.attempts, error.operation) == ("unknown", 1, "messages.create")
    assert error.parameters == {
        "To": TO, "From": emulator.number, "Body": "Hi!", "MediaUrl": ["https://example.com/a", "https://example.com/b"],
    }  # fmt: skip
    assert before <= error.sent_at <= error.lost_at <= dt.datetime.now(dt.UTC)
    assert len(emulator.requests) == len(emulator.messages) == 1


async def test_the_lost_message_is_found_again_by_what_the_error_holds(twilio: AsyncSession, emulator: Emulator) -> None:
    """The recipe of the documentation works: list what went to that recipient since then."""
    emulator.faults.add("POST /Messages.json", kind="accept_then_drop", times=1)
    with pytest.raises(AmbiguousOutcome) as caught:
        await texted(twilio, emulator, body="unmistakable")
    since = caught.value.sent_at - dt.timedelta(seconds=1)
    found = [message async for message in twilio.messages.list(to=TO, date_sent_after=since) if message.body == "unmistakable"]
    assert [message.sid for message in found] == [emulator.messages[0].sid]


# --- fetch, update, redact, cancel, delete, feedback ---------------------------------------------------------------------


async def test_a_message_is_fetched_by_its_sid(twilio: AsyncSession, emulator: Emulator) -> None:
    """What is fetched is the message with that sid, as it is now."""
    sent = emulator.add_message(to=TO, body="Of the past.", at=NOON, error_code=30003, status="undelivered")
    message = await twilio.messages.fetch(sent.sid)
    assert (message.sid, message.body, message.status, message.error_code) == (sent.sid, "Of the past.", "undelivered", 30003)
    assert message.date_sent == NOON


async def test_a_message_that_does_not_exist_is_not_found(twilio: AsyncSession) -> None:
    """Every operation on one message says so in the same way."""
    for call in (twilio.messages.fetch, twilio.messages.redact, twilio.messages.cancel, twilio.messages.delete):
        with pytest.raises(NotFound) as caught:
            await call(UNKNOWN)
        assert caught.value.code == 20404
    with pytest.raises(NotFound):
        await twilio.messages.feedback(UNKNOWN)


async def test_redacting_erases_the_text_and_keeps_the_record(twilio: AsyncSession, emulator: Emulator) -> None:
    """The body is sent empty, and not left out, which would change nothing."""
    message = await texted(twilio, emulator, body="A secret.")
    redacted = await twilio.messages.redact(message.sid)
    assert emulator.requests[-1].parameters == {"Body": [""]}
    assert (redacted.sid, redacted.body, redacted.to) == (message.sid, "", TO)
    assert emulator.message(message.sid).body == ""


async def test_a_message_on_its_way_can_be_neither_redacted_nor_deleted(twilio: AsyncSession, emulator: Emulator) -> None:
    """That is a conflict with its present state, which time mends."""
    message = emulator.add_message(status="queued", body="Still here.")
    for call in (twilio.messages.redact, twilio.messages.delete):
        with pytest.raises(Conflict) as caught:
            await call(message.sid)
        assert (caught.value.status, caught.value.code) == (409, 20009)
    assert emulator.message(message.sid).body == "Still here."


async def test_update_takes_twilio_s_own_words(twilio: AsyncSession, emulator: Emulator, service: Service) -> None:
    """Both of its parameters do what cancel and redact do."""
    message = await scheduled(twilio, emulator, service)
    assert (await twilio.messages.update(message.sid, status="canceled")).status == "canceled"
    assert emulator.requests[-1].parameters == {"Status": ["canceled"]}
    assert (await twilio.messages.update(message.sid, body="")).body == ""
    with pytest.raises(InvalidRequest):
        await twilio.messages.update(message.sid, body="Something else.")


async def test_a_scheduled_message_can_be_canceled_and_never_goes_out(
    twilio: AsyncSession, emulator: Emulator, service: Service
) -> None:
    """What is canceled stays so when its time comes; canceling it again is no error."""
    message = await scheduled(twilio, emulator, service)
    assert (await twilio.messages.cancel(message.sid)).status == "canceled"
    emulator.clock.advance(2 * 24 * 3600)
    again = await twilio.messages.cancel(message.sid)
    assert (again.sid, again.status, again.date_sent) == (message.sid, "canceled", None)


async def test_a_cancel_whose_answer_was_lost_still_returns_the_canceled_message(
    twilio: AsyncSession, emulator: Emulator, service: Service
) -> None:
    """The repeat finds the message canceled already, by this very call: that is what was wanted."""
    message = await scheduled(twilio, emulator, service)
    lost = emulator.faults.add(f"POST /Messages/{message.sid}.json", kind="accept_then_drop", times=1)
    canceled = await twilio.messages.cancel(message.sid)
    assert (canceled.sid, canceled.status, lost.fired) == (message.sid, "canceled", 1)


async def test_what_was_sent_cannot_be_canceled(twilio: AsyncSession, emulator: Emulator) -> None:
    """The error is Twilio's own, not that of the look that was taken to be sure."""
    message = await texted(twilio, emulator)
    with pytest.raises(NotCancelable) as caught:
        await twilio.messages.cancel(message.sid)
    assert (caught.value.code, caught.value.operation) == (30409, "messages.update")


async def test_a_deleted_message_is_gone(twilio: AsyncSession, emulator: Emulator) -> None:
    """Deleting returns nothing, and the second time there is nothing to delete."""
    message = await texted(twilio, emulator)
    await twilio.messages.delete(message.sid)
    assert emulator.messages == []
    with pytest.raises(NotFound):
        await twilio.messages.delete(message.sid)


async def test_a_delete_whose_answer_was_lost_has_been_done(twilio: AsyncSession, emulator: Emulator) -> None:
    """The repeat's 404 is the success of the first try, and no error."""
    message = await texted(twilio, emulator)
    emulator.faults.add("DELETE /Messages/", kind="accept_then_500", times=1)
    await twilio.messages.delete(message.sid)
    assert [request.status for request in emulator.requests if request.method == "DELETE"] == [500, 404]


@pytest.mark.parametrize(
    ("outcome", "noted"), [(None, "confirmed"), ("confirmed", "confirmed"), ("unconfirmed", "unconfirmed")]
)
async def test_feedback_is_noted(outcome: str | None, noted: str, twilio: AsyncSession, emulator: Emulator) -> None:
    """Twilio's default holds when no outcome is given."""
    message = await texted(twilio, emulator, provide_feedback=True)
    feedback = await twilio.messages.feedback(message.sid, outcome=outcome)
    assert emulator.requests[-1].parameters == ({} if outcome is None else {"Outcome": [outcome]})
    assert (feedback.outcome, feedback.message_sid, feedback.account_sid) == (noted, message.sid, emulator.account_sid)
    assert feedback.date_created is not None
    assert feedback.date_created == feedback.date_updated
    assert feedback.uri is not None
    kept = emulator.feedback(message.sid)
    assert kept is not None
    assert kept.outcome == noted


async def test_feedback_is_not_repeated(twilio: AsyncSession, emulator: Emulator) -> None:
    """Nothing is promised about a second feedback, so a lost answer stays unknown."""
    message = await texted(twilio, emulator)
    emulator.faults.add("POST /Feedback.json", kind="accept_then_500", times=1)
    with pytest.raises(AmbiguousOutcome):
        await twilio.messages.feedback(message.sid)
    assert sum(request.path.endswith("Feedback.json") for request in emulator.requests) == 1


# --- wait ----------------------------------------------------------------------------------------------------------------


async def test_waiting_ends_when_the_status_is_final(emulator: Emulator) -> None:
    """The message is read again and again until it is there."""
    message = emulator.add_message(status="queued")
    looks: list[RequestEnded] = []

    def deliver_after_two(event: Event) -> None:
        if isinstance(event, RequestEnded):
            looks.append(event)
            if len(looks) == 2:
                emulator.deliver(message.sid)

    async with AsyncSession.from_env(emulator.env, hooks=[deliver_after_two]) as twilio:
        arrived = await twilio.messages.wait(message.sid, interval=0.001)
    assert (arrived.sid, arrived.status, len(looks)) == (message.sid, "delivered", 3)


@pytest.mark.parametrize("status", sorted(FINAL_STATUSES))
async def test_a_final_status_is_not_waited_for(status: Any, twilio: AsyncSession, emulator: Emulator) -> None:
    """One look is enough for what does not change any more."""
    message = emulator.add_message(status=status)
    assert (await twilio.messages.wait(message.sid)).is_final
    assert len(emulator.requests) == 1


async def test_waiting_can_end_at_other_statuses(twilio: AsyncSession, emulator: Emulator) -> None:
    """until= says which."""
    message = emulator.add_message(status="sent")
    assert (await twilio.messages.wait(message.sid, until={"sent", "delivered"})).status == "sent"


async def test_waiting_has_an_end(twilio: AsyncSession, emulator: Emulator) -> None:
    """The error is a timeout as Python knows it, tells where the message stands, and that it was not lost."""
    message = emulator.add_message(status="queued")
    with pytest.raises(TimedOut, match=f"{message.sid} is queued after 0.01 s") as caught:
        await twilio.messages.wait(message.sid, timeout=0.01, interval=0.001)
    assert isinstance(caught.value, TimeoutError)
    assert (caught.value.operation, caught.value.outcome) == ("messages.wait", "accepted")


async def test_a_message_that_is_not_there_yet_is_waited_for(twilio: AsyncSession, emulator: Emulator) -> None:
    """Right after its creation a message may be unknown for a moment."""
    message = await texted(twilio, emulator)
    late = emulator.faults.add("GET /Messages/", status=404, times=2)
    assert (await twilio.messages.wait(message.sid, interval=0.001)).status == "delivered"
    assert late.fired == 2


# --- list ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("argument", sorted(LISTED_AS))
async def test_each_filter_goes_out_under_twilio_s_name(argument: str, twilio: AsyncSession, emulator: Emulator) -> None:
    """A filter stands in the query, beside the page size and nothing else."""
    value, name, sent = LISTED_AS[argument]
    await twilio.messages.list(**{argument: value})
    assert emulator.requests[-1].query == ((name, sent), ("PageSize", "1000"))


FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {"eve", "noon", "next", "other"}),
    ({"to": TO}, {"eve", "noon", "next"}),
    ({"from_": "+14155550142"}, {"other"}),
    ({"date_sent": NOON.date()}, {"noon", "other"}),
    ({"date_sent": NOON}, {"noon", "other"}),
    ({"date_sent_after": NOON.date()}, {"noon", "next", "other"}),
    ({"date_sent_after": NOON}, {"noon", "next", "other"}),
    ({"date_sent_after": NOON + dt.timedelta(seconds=1)}, {"next"}),
    ({"date_sent_before": NOON.date()}, {"eve"}),
    ({"date_sent_before": NOON}, {"eve", "noon", "other"}),
    ({"date_sent_before": NOON - dt.timedelta(seconds=1)}, {"eve"}),
    ({"date_sent_after": NOON.astimezone(NEW_YORK), "date_sent_before": NOON.astimezone(NEW_YORK)}, {"noon", "other"}),
    ({"to": TO, "date_sent": NOON.date()}, {"noon"}),
    ({"to": "+15550000000"}, set()),
]


@pytest.mark.parametrize(("filters", "expected"), FILTERS)
async def test_filters_say_which_messages_come(
    filters: dict[str, Any], expected: set[str], twilio: AsyncSession, emulator: Emulator
) -> None:
    """Days are UTC days, bounds are inclusive, and all filters hold at once."""
    day = dt.timedelta(days=1)
    for body, at in (("eve", NOON - day), ("noon", NOON), ("next", NOON + day)):
        emulator.add_message(to=TO, body=body, at=at)
    emulator.add_message(to="+15558675311", from_="+14155550142", body="other", at=NOON)
    assert {message.body async for message in twilio.messages.list(**filters)} == expected


@pytest.fixture
def history(emulator: Emulator) -> list[str]:
    """The sids of 25 messages of ten days, newest first."""
    seeded = emulator.seed_messages(25, since=NOON, until=NOON + dt.timedelta(days=10))
    return [message.sid for message in seeded][::-1]


def page_sizes(emulator: Emulator) -> list[str]:
    """The page sizes that were asked for."""
    return [size for request in emulator.requests for name, size in request.query if name == "PageSize"]


async def sids(messages: AsyncIterator[Message]) -> list[str]:
    """The sids of all that come."""
    return [message.sid async for message in messages]


async def test_a_list_is_read_page_by_page(twilio: AsyncSession, emulator: Emulator, history: list[str]) -> None:
    """Every message comes exactly once, newest first, in as many requests as there are pages."""
    assert await sids(aiter(twilio.messages.list(page_size=10))) == history
    assert page_sizes(emulator) == ["10", "10", "10"]


async def test_a_list_asks_for_as_much_as_it_may(twilio: AsyncSession, emulator: Emulator, history: list[str]) -> None:
    """Without a page size the largest is asked for, since a request costs more than a record."""
    assert await sids(aiter(twilio.messages.list())) == history
    assert page_sizes(emulator) == ["1000"]


@pytest.mark.parametrize(
    ("limit", "page_size", "asked_for"),
    [
        (0, None, []),
        (7, None, ["7"]),
        (7, 10, ["7"]),
        (10, 10, ["10"]),
        (12, 10, ["10", "10"]),
        (25, 10, ["10", "10", "10"]),
        (2500, None, ["1000"]),
    ],
)
async def test_a_limit_bounds_the_items_and_the_requests(
    limit: int, page_size: int | None, asked_for: list[str], twilio: AsyncSession, emulator: Emulator, history: list[str]
) -> None:
    """No more is asked for than is wanted, nor than Twilio gives at once."""
    assert await sids(aiter(twilio.messages.list(limit=limit, page_size=page_size))) == history[:limit]
    assert page_sizes(emulator) == asked_for


async def test_awaiting_a_list_gives_its_first_page(twilio: AsyncSession, history: list[str]) -> None:
    """A page is a sequence that can be read again."""
    page = await twilio.messages.list(page_size=10)
    assert [message.sid for message in page] == [message.sid for message in page] == history[:10]
    assert (len(page), page[-1].sid) == (10, history[9])


async def test_a_list_goes_on_where_a_page_ended(twilio: AsyncSession, history: list[str]) -> None:
    """The token of a page leads to the next, in another session or another week; the last has none."""
    tokens = [page.token async for page in twilio.messages.list(page_size=10).pages()]
    assert tokens[-1] is None
    for place, token in enumerate(tokens[:-1], 1):
        assert await sids(aiter(twilio.messages.list(resume=token))) == history[10 * place :]
        assert await sids(aiter(twilio.messages.list(resume=token, limit=3))) == history[10 * place :][:3]


async def test_an_error_in_the_middle_says_where_to_go_on(twilio: AsyncSession, emulator: Emulator, history: list[str]) -> None:
    """What came before the error and what the list resumes with are all of it, and nothing twice."""
    emulator.faults.add("GET /Messages.json", status=500, parameters={"Page": "1"}, times=5)
    read: list[str] = []
    with pytest.raises(ServerError) as caught:
        async for page in twilio.messages.list(page_size=10).pages():
            read += [message.sid for message in page]
    assert (caught.value.status, caught.value.code, caught.value.attempts) == (500, 20500, 5)
    assert read + await sids(aiter(twilio.messages.list(resume=caught.value.resume))) == history


async def test_new_messages_do_not_disturb_a_list_that_is_being_read(
    twilio: AsyncSession, emulator: Emulator, history: list[str]
) -> None:
    """The pages follow their tokens, and not their numbers."""
    read: list[str] = []
    async for page in twilio.messages.list(page_size=10).pages():
        read += [message.sid for message in page]
        emulator.add_message(at=NOON + dt.timedelta(days=20))
    assert read == history


async def test_filters_hold_on_every_page(twilio: AsyncSession, emulator: Emulator, history: list[str]) -> None:
    """Twilio's own links repeat them, encoded."""
    emulator.seed_messages(5, to="+15558675399")
    since = NOON + dt.timedelta(days=5)
    newer = [message.sid async for message in twilio.messages.list(to=TO, date_sent_after=since, page_size=4)]
    assert newer == history[: len(newer)]
    assert len(newer) == 12
    assert all(("To", TO) in request.query for request in emulator.requests)


@pytest.mark.parametrize(
    "arguments", [{"limit": -1}, {"limit": 1.5}, {"limit": True}, {"page_size": 0}, {"page_size": 1001}, {"page_size": "5"}]
)
async def test_an_impossible_page_is_refused_at_once(
    arguments: dict[str, Any], twilio: AsyncSession, emulator: Emulator
) -> None:
    """The call that is wrong raises, and not the loop that reads it later."""
    with pytest.raises(InvalidArgument) as caught:
        twilio.messages.list(**arguments)
    assert {caught.value.argument} == arguments.keys()
    assert emulator.requests == []


async def test_a_naive_time_in_a_filter_is_refused(twilio: AsyncSession, emulator: Emulator) -> None:
    """It names no instant, and Twilio would read it as another one than was meant."""
    with pytest.raises(InvalidArgument, match="naive"):
        twilio.messages.list(date_sent_after=NOON.replace(tzinfo=None))
    assert emulator.requests == []


# --- history -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("concurrency", [1, 3, 8])
async def test_history_gives_what_the_list_gives(concurrency: int, twilio: AsyncSession, emulator: Emulator) -> None:
    """The fast road and the plain one lead through the same messages in the same order, each exactly once."""
    emulator.seed_messages(200, since=NOON, until=NOON + dt.timedelta(days=10), to=[TO, "+15558675311"])
    emulator.add_message(status="queued", at=NOON)
    until = NOON + dt.timedelta(days=20)
    listed = await sids(aiter(twilio.messages.list(date_sent_after=NOON, date_sent_before=until)))
    assert await sids(twilio.messages.history(NOON, until, concurrency=concurrency)) == listed
    assert len(listed) == len(set(listed)) == 200


async def test_history_is_trimmed_at_its_ends(twilio: AsyncSession, emulator: Emulator) -> None:
    """The beginning belongs to it and the end does not, in the middle of a day or in another zone."""
    seeded = emulator.seed_messages(48, since=NOON, until=NOON + dt.timedelta(days=2))
    since, until = NOON + dt.timedelta(hours=7), NOON + dt.timedelta(hours=41)
    expected = [message.sid for message in seeded if since <= (message.date_sent or NOON) < until][::-1]
    assert await sids(twilio.messages.history(since, until)) == expected
    assert await sids(twilio.messages.history(since.astimezone(NEW_YORK), until.astimezone(NEW_YORK))) == expected


async def test_history_can_be_of_one_conversation(twilio: AsyncSession, emulator: Emulator) -> None:
    """Its filters are those of the list."""
    emulator.seed_messages(60, to=[TO, "+15558675311"], from_=["+15017122661", "+14155550142", "+12025550143"])
    since = emulator.clock() - dt.timedelta(days=40)
    filters: dict[str, Any] = {"to": TO, "from_": "+14155550142"}
    listed = await sids(aiter(twilio.messages.list(**filters)))
    assert await sids(twilio.messages.history(since, **filters)) == listed
    assert len(listed) == 10


# --- send_many -----------------------------------------------------------------------------------------------------------


def rows(emulator: Emulator, count: int) -> Iterator[dict[str, Any]]:
    """So many rows, each to somebody else."""
    return ({"to": f"+1555{index:07}", "from_": emulator.number, "body": f"Hello {index}"} for index in range(count))


async def test_each_row_is_sent_once_and_reported_once(twilio: AsyncSession, emulator: Emulator) -> None:
    """The results name the rows and the messages that were made of them."""
    sending = twilio.messages.send_many(rows(emulator, 40), concurrency=8)
    results = [result async for result in sending]
    assert sorted(result.index for result in results) == [*range(40)]
    for result in results:
        assert result.message is not None
        assert (result.outcome, result.error, result.row["to"]) == ("accepted", None, result.message.to)
        assert result.message.body == f"Hello {result.index}"
    assert Counter(message.to for message in emulator.messages) == Counter(row["to"] for row in rows(emulator, 40))
    assert sending.counts == {"accepted": 40}
    assert emulator.in_flight_peak <= 8


async def test_rows_may_come_from_an_async_source(twilio: AsyncSession, emulator: Emulator) -> None:
    """A database cursor is as good as a list."""

    async def source() -> AsyncIterator[dict[str, Any]]:
        for row in rows(emulator, 5):
            await anyio.lowlevel.checkpoint()
            yield row

    results = [result async for result in twilio.messages.send_many(source())]
    assert sorted(result.index for result in results) == [0, 1, 2, 3, 4]


async def test_a_bad_row_does_not_spoil_the_others(twilio: AsyncSession, emulator: Emulator) -> None:
    """A misspelt column, a refused number, a lost answer: each is the result of its own row, and names what it is."""
    emulator.faults.add("POST /Messages.json", kind="accept_then_drop", parameters={"Body": "lost"}, times=1)
    good: dict[str, Any] = {"to": TO, "from_": emulator.number, "body": "Hi!"}
    given = [good, {**good, "bodi": "Hi!"}, {**good, "to": "+1555"}, {**good, "body": "lost"}, {**good, "body": 5}, good]
    results = {result.index: result async for result in twilio.messages.send_many(given)}
    outcomes = [results[index].outcome for index in range(6)]
    assert outcomes == ["accepted", "not_sent", "rejected", "unknown", "not_sent", "accepted"]
    kinds = [type(results[index].error) for index in range(1, 5)]
    assert kinds == [InvalidArgument, InvalidNumber, AmbiguousOutcome, InvalidArgument]
    assert "did you mean 'body'?" in str(results[1].error)
    assert len(emulator.messages) == 3


async def test_refused_credentials_stop_the_sending(emulator: Emulator) -> None:
    """What fails for every row is not tried with every row."""
    wrong = {**emulator.env, "TWILIO_AUTH_TOKEN": "f" * 32}
    async with AsyncSession.from_env(wrong) as twilio:
        sending = twilio.messages.send_many(rows(emulator, 1000), concurrency=4)
        results = [result async for result in sending]
    assert sending.stopped_by is not None
    assert len(results) == len(emulator.requests) <= 4
    assert {result.outcome for result in results} <= {"rejected", "not_sent"}


async def test_a_code_can_stop_the_sending(twilio: AsyncSession, emulator: Emulator) -> None:
    """Whoever knows that an error concerns every row names it, and the rows behind it are not begun."""
    given = [{"to": TO, "from_": emulator.number, "body": "x"}, {"to": "+1555", "from_": emulator.number, "body": "x"}] * 50
    sending = twilio.messages.send_many(given, concurrency=1, stop_on={21211}, per_sender_rate={emulator.number: 10_000})
    assert [result.outcome async for result in sending] == ["accepted", "rejected"]
    assert sending.stopped_by is not None
    assert isinstance(sending.stopped_by.error, InvalidNumber)
    assert len(emulator.requests) == 2


async def test_no_concurrency_at_all_is_refused(twilio: AsyncSession) -> None:
    """Zero at once is a mistake, and not the default."""
    with pytest.raises(InvalidArgument, match="at least 1"):
        twilio.messages.send_many([], concurrency=0)


async def test_a_rate_is_spent_in_segments(twilio: AsyncSession, emulator: Emulator) -> None:
    """A text of three segments takes three times as much of the rate as a short one."""
    rate = RateLimit(1000.0, burst=100.0, clock=lambda: 1000.0)
    given = [{"to": TO, "from_": emulator.number, "body": body} for body in ("a", "a" * 161, "–" * 135)]
    assert [result.outcome async for result in twilio.messages.send_many(given, rate=rate)] == ["accepted"] * 3
    assert rate.reserve(100.0) == pytest.approx((1 + 2 + 3) / 1000)


async def test_a_row_that_cannot_be_counted_takes_one_turn(twilio: AsyncSession, emulator: Emulator) -> None:
    """It is told what is wrong with it like any other bad row."""
    rate = RateLimit(1000.0, burst=100.0, clock=lambda: 1000.0)
    given = [{"to": TO, "from_": emulator.number, "body": body} for body in ("half a pair: \ud800", 5)]
    results = [result async for result in twilio.messages.send_many(given, rate=rate)]
    assert [(result.outcome, type(result.error)) for result in results] == [("not_sent", InvalidArgument)] * 2
    assert rate.reserve(100.0) == pytest.approx(2 / 1000)


async def test_two_thousand_rows_pass_a_server_that_takes_thirty_at_once() -> None:
    """Every good row is sent exactly once, none is lost to a 429, and once the size is found hardly any request is refused."""
    # Long enough that the answers, and not this machine's processors, are what a round trip waits for.
    latency = 0.05
    async with Emulator(concurrency_limit=30, latency=latency) as emulator, AsyncSession.from_env(emulator.env) as twilio:
        bad = {"to": "+1555", "from_": emulator.number, "body": "to nobody"}
        given = [row for index, row in enumerate(rows(emulator, 2000)) for row in ([row, bad] if index % 100 == 0 else [row])]
        results = [result async for result in twilio.messages.send_many(given)]
        assert sorted(result.index for result in results) == [*range(2020)]
        assert Counter(result.outcome for result in results) == {"accepted": 2000, "rejected": 20}
        assert Counter(message.to for message in emulator.messages) == Counter(row["to"] for row in rows(emulator, 2000))
        # A machine that stands still while the size is sought lets it grow too far; how it is found is tried in simulated time.
        later = [request.status for request in emulator.requests[400:]]
        assert later.count(429) < 0.01 * len(later)
        assert emulator.in_flight_peak <= 30


async def test_a_result_shows_neither_number_nor_text(twilio: AsyncSession, emulator: Emulator) -> None:
    """It ends in logs."""
    given = [{"to": TO, "from_": emulator.number, "body": "A secret."}, {"to": "+15550", "from_": emulator.number, "body": "S"}]
    results: list[SendResult] = [result async for result in twilio.messages.send_many(given)]
    for result in results:
        assert "secret" not in repr(result)
        assert "5558675310" not in repr(result)


# --- the message itself --------------------------------------------------------------------------------------------------


async def test_a_message_shows_neither_number_nor_text(twilio: AsyncSession, emulator: Emulator) -> None:
    """Its repr ends in logs."""
    message = await texted(twilio, emulator, body="A secret.")
    assert repr(message) == f"<Message {message.sid} outbound-api queued>"


async def test_a_status_that_twilio_adds_later_is_kept_and_not_final(emulator: Emulator) -> None:
    """The list of statuses is open, for reading and for waiting."""
    message = emulator.add_message(status="teleported")  # type: ignore[arg-type]  # no status of today
    async with AsyncSession.from_env(emulator.env) as twilio:  # the official documents do not know it either
        read = await twilio.messages.fetch(message.sid)
    assert (read.status, read.is_final) == ("teleported", False)


async def test_the_way_of_a_message_can_be_followed() -> None:
    """queued, sent and delivered come in this order, and each is read as what it is."""
    pace = Profile(queued=1, sent=2, delivered=3)
    async with Emulator(lifecycle=pace) as emulator, AsyncSession.from_env(emulator.env) as twilio:
        sent = await texted(twilio, emulator)
        seen = [sent.status]
        for _ in range(4):
            emulator.clock.advance(1)
            seen.append((await twilio.messages.fetch(sent.sid)).status)
    assert [*dict.fromkeys(seen)] == ["queued", "sent", "delivered"]


async def test_leaving_a_bulk_send_begins_nothing_that_waits_for_its_place(emulator: Emulator) -> None:
    """Rows that a full session keeps waiting are not sent any more; those at Twilio are finished and kept."""
    emulator.faults.add(match="POST /Messages", kind="latency", latency=0.2)
    rows = [{"to": f"+1555867{number:04}", "from_": emulator.number, "body": "x"} for number in range(100)]
    async with AsyncSession.from_env(emulator.env, concurrency=Concurrency(5, start=5)) as twilio:
        sending = twilio.messages.send_many(rows, concurrency=20)
        async for _ in sending:
            arrived = len(emulator.messages)
            break
        await sending.aclose()
    assert len(emulator.messages) <= arrived + 5
    assert sending.counts["accepted"] == len(emulator.messages)
    assert {result.outcome for result in sending.leftover} == {"accepted", "not_sent"}
    assert sum(sending.counts.values()) == 1 + len(sending.leftover)
