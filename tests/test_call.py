"""The journey of a call: its turn, its tries, what hooks and logs see of it, and how it ends."""

from __future__ import annotations

import contextlib
import email.utils
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest

from tests.raw_server import Peer, RawServer
from twilio_async import (
    AmbiguousOutcome,
    APIError,
    AsyncSession,
    Concurrency,
    ConnectError,
    InvalidArgument,
    InvalidRequest,
    Message,
    NotFound,
    PermissionDenied,
    QueueFull,
    RateLimit,
    RateLimited,
    Retry,
    ServerError,
    TransportError,
    TwilioError,
    UnreadableAnswer,
)
from twilio_async.emulator import Emulator
from twilio_async.events import Event, RequestEnded, RequestStarted, Retrying, Waited

TO = "+15558675310"
Call = Callable[[AsyncSession, Emulator], Awaitable[object]]


def opened(emulator: Emulator, **options: Any) -> AsyncSession:
    """A session that repeats without waiting, with options of the test's own."""
    return AsyncSession.from_env(emulator.env, **{"retry": Retry(base=0.0), **options})


async def texted(twilio: AsyncSession, emulator: Emulator, **options: Any) -> Message:
    """A message that the session has sent."""
    return await twilio.messages.create(**{"to": TO, "from_": emulator.number, "body": "A secret.", **options})


# --- tries ---------------------------------------------------------------------------------------------------------------


READS: list[Call] = [
    lambda twilio, _: twilio.messages.fetch("SM" + "0" * 32),
    lambda twilio, _: twilio.messages.list(to=TO).first_page(),
    lambda twilio, _: twilio.messages.redact("SM" + "0" * 32),
    lambda twilio, _: twilio.messages.delete("SM" + "0" * 32),
    lambda twilio, _: twilio.services.update("MG" + "0" * 32, friendly_name="x"),
]
WRITES: list[Call] = [
    texted,
    lambda twilio, _: twilio.messages.feedback("SM" + "0" * 32),
    lambda twilio, _: twilio.services.create(friendly_name="x"),
    lambda twilio, _: twilio.alpha_senders.add("MG" + "0" * 32, alpha_sender="x"),
]


async def test_a_429_is_repeated_whatever_the_method(emulator: Emulator) -> None:
    """It was not processed, so a create that met it is sent again, and arrives once."""
    emulator.faults.add("POST", status=429, times=3)
    async with opened(emulator) as twilio:
        response = await twilio.response(texted, twilio, emulator)
    assert (response.status, response.attempts) == (201, 4)
    assert len(emulator.requests) == 4
    assert len(emulator.messages) == 1


@pytest.mark.parametrize("call", [*READS, *WRITES])
async def test_a_429_that_lasts_is_raised(call: Call, emulator: Emulator) -> None:
    """After the last try the caller knows that nothing was sent, and how often it was tried."""
    emulator.faults.add(status=429)
    async with opened(emulator, retry=Retry(attempts=3, base=0.0)) as twilio:
        with pytest.raises(RateLimited) as caught:
            await call(twilio, emulator)
    assert (caught.value.outcome, caught.value.code, caught.value.attempts) == ("not_sent", 20429, 3)
    assert len(emulator.requests) == 3


LOST: list[dict[str, Any]] = [
    {"status": 500}, {"status": 503}, {"status": 408}, {"kind": "html"}, {"kind": "accept_then_500"}, {"kind": "reset"},
    {"kind": "accept_then_drop"},
]  # fmt: skip


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: "-".join(map(str, fault.values())))
@pytest.mark.parametrize("call", READS)
async def test_what_is_safe_to_repeat_is_repeated(call: Call, fault: dict[str, Any], emulator: Emulator) -> None:
    """Whatever became of the first tries, the call ends as if they had not been."""
    emulator.faults.add(times=2, **fault)
    async with opened(emulator) as twilio:
        with contextlib.suppress(NotFound):  # which for most of these is how it would have ended
            await call(twilio, emulator)
    assert len(emulator.requests) == 3
    assert emulator.requests[-1].status in {200, 404}


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: "-".join(map(str, fault.values())))
@pytest.mark.parametrize("call", WRITES)
async def test_what_is_not_safe_to_repeat_is_not_repeated(call: Call, fault: dict[str, Any], emulator: Emulator) -> None:
    """One request, and an error that says that nobody knows."""
    emulator.faults.add(**fault)
    async with opened(emulator) as twilio:
        with pytest.raises(AmbiguousOutcome) as caught:
            await call(twilio, emulator)
    assert (caught.value.outcome, caught.value.attempts) == ("unknown", 1)
    assert len(emulator.requests) == 1


@pytest.mark.parametrize("call", [READS[0], WRITES[0]])
async def test_a_connection_that_is_refused_is_tried_again(call: Call, emulator: Emulator) -> None:
    """Nothing was sent, so this holds for a create, too."""
    async with RawServer(listening=False) as nobody, opened(emulator, base_url=nobody.url) as twilio:
        with pytest.raises(ConnectError) as caught:
            await call(twilio, emulator)
    assert (caught.value.outcome, caught.value.attempts) == ("not_sent", 5)


async def test_what_may_have_happened_stays_so_when_the_connection_is_gone(emulator: Emulator) -> None:
    """A try that was not sent says nothing about the one before it, whose answer was lost."""

    async def once(peer: Peer) -> None:
        await peer.request()
        peer.server.refuse()
        peer.close()

    async with RawServer(once) as server, opened(emulator, base_url=server.url) as twilio:
        with pytest.raises(TransportError) as caught:
            await twilio.messages.redact("SM" + "0" * 32)
    assert (caught.value.outcome, caught.value.attempts) == ("unknown", 5)
    assert len(server.requests) == 1


@pytest.mark.parametrize("kind", ["truncated", "malformed"])
async def test_an_answer_that_cannot_be_read_is_asked_for_again_if_that_is_safe(kind: Any, emulator: Emulator) -> None:
    """A read is made again; a create was accepted, which is what its error says."""
    emulator.faults.add(kind=kind, times=2)
    message = emulator.add_message()
    async with opened(emulator) as twilio:
        assert (await twilio.messages.fetch(message.sid)).sid == message.sid
        assert len(emulator.requests) == 3
        emulator.faults.add(kind=kind, times=1)
        with pytest.raises(UnreadableAnswer) as caught:
            await texted(twilio, emulator)
    error = caught.value
    assert (error.outcome, error.status, error.attempts) == ("accepted", 201, 1)
    assert error.request_id is not None
    assert len(emulator.messages) == 2


@pytest.mark.parametrize(("status", "kind"), [(400, InvalidRequest), (403, PermissionDenied), (404, NotFound), (418, APIError)])
async def test_a_refusal_is_not_repeated(status: int, kind: type[APIError], emulator: Emulator) -> None:
    """The same request would get the same answer."""
    emulator.faults.add(status=status)
    async with opened(emulator) as twilio:
        for call in (READS[0], WRITES[0]):
            with pytest.raises(kind) as caught:
                await call(twilio, emulator)
            assert type(caught.value) is kind
            assert (caught.value.status, caught.value.outcome, caught.value.attempts) == (status, "rejected", 1)
    assert len(emulator.requests) == 2


async def test_a_full_queue_is_no_limit_of_requests(emulator: Emulator) -> None:
    """21611 is a 429 as well, but the sender's: it is raised at once, and slows nobody else."""
    emulator.faults.add("POST", status=429, code=21611)
    async with opened(emulator, concurrency=Concurrency(64, start=40)) as twilio:
        with pytest.raises(QueueFull) as caught:
            await texted(twilio, emulator)
        assert (caught.value.outcome, caught.value.attempts) == ("rejected", 1)
        assert twilio.concurrency.current == 40


async def test_one_429_slows_the_whole_session(emulator: Emulator) -> None:
    """The limit of requests in flight falls for all."""
    emulator.faults.add("POST", status=429, times=1)
    async with opened(emulator, concurrency=Concurrency(64, start=40)) as twilio:
        await texted(twilio, emulator)
        assert twilio.concurrency.current < 40


@pytest.mark.parametrize("fault", [{"status": 400}, {"status": 500}, {"kind": "reset"}, {"kind": "malformed"}])
async def test_however_a_call_fails_its_place_is_free_again(fault: dict[str, Any], emulator: Emulator) -> None:
    """Errors give back what the call took."""
    emulator.faults.add(times=1, **fault)
    async with opened(emulator, concurrency=1) as twilio:
        with pytest.raises(TwilioError):
            await texted(twilio, emulator)
        assert (twilio.concurrency.in_flight, twilio.concurrency.waiting) == (0, 0)
        assert (await texted(twilio, emulator)).status == "queued"


async def test_a_call_that_is_cancelled_gives_its_place_back(emulator: Emulator) -> None:
    """Whoever waits behind it has its turn, whether it was on its way or waiting itself."""
    slow = emulator.faults.add(latency=60, times=1)
    async with opened(emulator, concurrency=1) as twilio, anyio.create_task_group() as tasks:
        tasks.start_soon(texted, twilio, emulator)
        with anyio.fail_after(10):
            while not slow.fired:
                await anyio.lowlevel.checkpoint()
        tasks.start_soon(texted, twilio, emulator)
        await anyio.wait_all_tasks_blocked()
        assert (twilio.concurrency.in_flight, twilio.concurrency.waiting) == (1, 1)
        tasks.cancel_scope.cancel()
    assert (twilio.concurrency.in_flight, twilio.concurrency.waiting) == (0, 0)
    async with opened(emulator) as twilio:
        assert (await texted(twilio, emulator)).status == "queued"


# --- policies ------------------------------------------------------------------------------------------------------------


async def test_a_call_may_have_a_policy_of_its_own(emulator: Emulator) -> None:
    """It goes before the session's, for single calls and for lists."""
    emulator.faults.add(status=503)
    async with opened(emulator) as twilio:
        for retry, tries in ((Retry.never(), 1), (Retry(attempts=2, base=0.0), 2), (None, 5)):
            options: dict[str, Any] = {} if retry is None else {"retry": retry}
            for call in (twilio.messages.fetch("SM" + "0" * 32, **options), twilio.messages.list(**options).first_page()):
                with pytest.raises(ServerError) as caught:
                    await call
                assert caught.value.attempts == tries
    assert len(emulator.requests) == 2 * (1 + 2 + 5)


async def test_a_list_keeps_its_policy_for_all_its_pages(emulator: Emulator) -> None:
    """What was said once holds to the end."""
    emulator.seed_messages(5)
    emulator.faults.add("GET", status=503, parameters={"Page": "1"})
    async with opened(emulator) as twilio:
        with pytest.raises(ServerError) as caught:
            await twilio.messages.list(page_size=2, retry=Retry.never()).to_list()
    assert caught.value.attempts == 1


async def test_a_list_keeps_its_timeout_for_all_its_pages(emulator: Emulator) -> None:
    """A page that does not come in time is told by the page that it was."""
    emulator.seed_messages(5)
    emulator.faults.add("GET", latency=60, parameters={"Page": "1"})
    async with opened(emulator, retry=Retry.never()) as twilio:
        with pytest.raises(TimeoutError) as caught:
            await twilio.messages.list(page_size=2, timeout=1).to_list()
    assert isinstance(caught.value, TransportError)
    assert caught.value.resume is not None


async def delays(emulator: Emulator, **options: Any) -> list[float]:
    """The waits between the tries of a call that meets what the emulator was told."""
    seen: list[Event] = []
    async with opened(emulator, hooks=[seen.append], **options) as twilio:
        await texted(twilio, emulator)
    return [event.delay for event in seen if isinstance(event, Retrying)]


async def test_retry_after_is_waited_for(emulator: Emulator) -> None:
    """Without jitter the wait is exactly what Twilio asked for."""
    emulator.faults.add("POST", status=429, retry_after=0.01, times=2)
    assert await delays(emulator) == [0.01, 0.01]


async def test_a_date_in_the_past_is_no_wait(emulator: Emulator) -> None:
    """Retry-After may be a date, and clocks differ."""
    past = email.utils.format_datetime(emulator.clock().replace(microsecond=0))
    emulator.faults.add("POST", status=429, headers={"Retry-After": past}, times=1)
    assert await delays(emulator) == [0.0]


async def test_without_a_word_the_waits_are_drawn(emulator: Emulator) -> None:
    """Each is between nothing and a bound that doubles."""
    emulator.faults.add("POST", status=429, times=4)
    waits = await delays(emulator, retry=Retry(base=0.01))
    assert len(waits) == 4
    assert all(0 <= wait <= 0.01 * 2**attempt for attempt, wait in enumerate(waits))


async def test_a_long_retry_after_is_the_caller_s_to_wait(emulator: Emulator) -> None:
    """More than the policy waits is raised at once, with the time that was asked for."""
    emulator.faults.add("POST", status=429, retry_after=61)
    async with opened(emulator, retry=Retry(max_retry_after=60)) as twilio:
        with pytest.raises(RateLimited) as caught:
            await texted(twilio, emulator)
    assert (caught.value.retry_after, caught.value.attempts) == (61.0, 1)


async def test_a_budget_keeps_an_outage_from_being_multiplied(emulator: Emulator) -> None:
    """When it is spent, calls fail at their first try; ten successes pay for one more repeat."""
    outage = emulator.faults.add("GET", status=503)
    message = emulator.add_message()

    async def tries(twilio: AsyncSession) -> int:
        with pytest.raises(ServerError) as caught:
            await twilio.messages.fetch(message.sid)
        return caught.value.attempts

    async with opened(emulator, retry_budget=6) as twilio:
        assert [await tries(twilio) for _ in range(4)] == [5, 3, 1, 1]
        emulator.faults.remove(outage)
        for _ in range(10):
            await twilio.messages.fetch(message.sid)
        emulator.faults.add("GET", status=503)
        assert [await tries(twilio) for _ in range(2)] == [2, 1]


async def test_a_429_costs_nothing_of_the_budget(emulator: Emulator) -> None:
    """It says that there is too much at once, which the limit of requests answers, and not that something is broken."""
    emulator.faults.add("POST", status=429, times=8)
    async with opened(emulator, retry_budget=1) as twilio:
        await texted(twilio, emulator, retry=Retry(attempts=9, base=0.0))
    assert len(emulator.requests) == 9


# --- extra ---------------------------------------------------------------------------------------------------------------


async def test_parameters_that_the_library_does_not_know_are_sent(emulator: Emulator) -> None:
    """By Twilio's names, in the form of a POST and in the query of everything else."""
    message = emulator.add_message()
    extra = {"Tags": {"a": "b"}, "New": [1, True], "None": None, "Empty": ""}
    expected: tuple[tuple[str, str], ...] = (("Tags", '{"a":"b"}'), ("New", "1"), ("New", "true"), ("Empty", ""))
    async with opened(emulator) as twilio:
        await texted(twilio, emulator, extra=extra)
        assert emulator.requests[-1].form[3:] == expected
        await twilio.messages.fetch(message.sid, extra=extra)
        assert emulator.requests[-1].query == expected
        await twilio.messages.list(extra=extra)
        assert emulator.requests[-1].query == (*expected, ("PageSize", "1000"))
        await twilio.messages.redact(message.sid, extra=extra)
        assert emulator.requests[-1].form == (("Body", ""), *expected)
        await twilio.messages.delete(message.sid, extra=extra)
        assert emulator.requests[-1].query == expected


async def test_an_extra_may_stand_for_what_twilio_wants(emulator: Emulator) -> None:
    """Whoever names parameters himself is not told that one of ours is missing."""
    async with opened(emulator) as twilio:
        message = await twilio.messages.create(to=TO, body="Hi!", extra={"From": emulator.number})
    assert message.from_ == emulator.number


# --- hooks ---------------------------------------------------------------------------------------------------------------


async def test_hooks_see_a_call_in_order(emulator: Emulator) -> None:
    """Each try begins and ends, and between two there is word of the next."""
    emulator.faults.add("POST", status=429, times=1)
    seen: list[Event] = []
    async with opened(emulator, hooks=[seen.append]) as twilio:
        message = await texted(twilio, emulator)
    path = f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json"
    first, ended, retrying, second, done = seen
    assert first == RequestStarted(operation="messages.create", method="POST", path=path, attempt=1)
    assert isinstance(ended, RequestEnded)
    assert (ended.attempt, ended.outcome, ended.status, ended.code) == (1, "not_sent", 429, 20429)
    assert retrying == Retrying(operation="messages.create", attempt=1, delay=0.0, error="RateLimited")
    assert second == RequestStarted(operation="messages.create", method="POST", path=path, attempt=2)
    assert isinstance(done, RequestEnded)
    assert (done.attempt, done.outcome, done.status, done.code) == (2, "accepted", 201, None)
    assert done.request_id == f"RQ{message.sid[2:]}"
    assert done.concurrent_requests == 1
    assert done.elapsed > 0


async def test_hooks_see_what_never_got_an_answer(emulator: Emulator) -> None:
    """There is no status then, and the outcome is what the error says."""
    emulator.faults.add("POST", kind="accept_then_drop")
    seen: list[Event] = []
    async with opened(emulator, hooks=[seen.append]) as twilio:
        with pytest.raises(AmbiguousOutcome):
            await texted(twilio, emulator)
    ended = seen[-1]
    assert isinstance(ended, RequestEnded)
    assert (ended.outcome, ended.status, ended.code, ended.request_id) == ("unknown", None, None, None)


async def test_hooks_see_who_waits_for_a_turn(emulator: Emulator) -> None:
    """Waiting for the rate and for a free place are told apart, and before the request begins."""
    emulator.faults.add("POST", latency=0.01)
    seen: list[Event] = []
    options: dict[str, Any] = {"rate": RateLimit(1000, burst=1000), "concurrency": 1, "hooks": [seen.append]}
    async with opened(emulator, **options) as twilio, anyio.create_task_group() as tasks:
        tasks.start_soon(texted, twilio, emulator)
        tasks.start_soon(texted, twilio, emulator)
    kinds = [type(event).__name__ for event in seen if not isinstance(event, Waited) or event.limit == "concurrency"]
    assert kinds == ["RequestStarted", "RequestEnded", "Waited", "RequestStarted", "RequestEnded"]
    waits = [event for event in seen if isinstance(event, Waited)]
    assert [wait.limit for wait in waits] == ["rate", "rate", "concurrency"]
    assert all(wait.seconds >= 0 for wait in waits)


async def test_a_call_that_cannot_be_made_tells_no_hook(emulator: Emulator) -> None:
    """A mistake in the arguments is no request."""
    seen: list[Event] = []
    async with opened(emulator, hooks=[seen.append]) as twilio:
        with pytest.raises(InvalidArgument):
            await texted(twilio, emulator, body=5)
    assert seen == []


async def test_a_hook_that_fails_does_no_harm(emulator: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    """The answer arrives, the other hooks are told, and the log shows what went wrong."""

    def broken(event: Event) -> None:
        raise ZeroDivisionError(type(event).__name__)

    seen: list[Event] = []
    async with opened(emulator, hooks=[broken, seen.append]) as twilio:
        message = await texted(twilio, emulator)
    assert message.status == "queued"
    assert [type(event) for event in seen] == [RequestStarted, RequestEnded]
    assert [(record.name, record.levelname) for record in caplog.records] == [("twilio_async", "ERROR")] * 2
    assert "broken" in caplog.records[0].getMessage()
    assert caplog.records[0].exc_info is not None
    assert caplog.records[0].exc_info[0] is ZeroDivisionError


# --- the log -------------------------------------------------------------------------------------------------------------


async def test_each_try_is_a_line_in_the_log(emulator: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    """It says what was asked, what came of it, how long it took and which request it was."""
    emulator.faults.add("POST", status=429, times=1)
    with caplog.at_level(logging.DEBUG, "twilio_async"):
        async with opened(emulator) as twilio:
            response = await twilio.response(texted, twilio, emulator)
    first, second = [record.getMessage() for record in caplog.records if record.name == "twilio_async"]
    path = f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json"
    assert re.fullmatch(
        rf"messages.create POST {path} To=\+…5310 From=\+…2661 → 429, not_sent in [\d.]+ s \(try 1, RQ\w{{32}}\)", first
    )
    assert "→ 201, accepted in" in second
    assert f"(try 2, {response.request_id})" in second


async def test_the_log_holds_no_numbers_and_no_texts(emulator: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    """Recipients are masked, and bodies, names, URLs and credentials stay out, whatever happens."""
    emulator.faults.add("GET", status=503, times=1)
    emulator.faults.add("POST", kind="accept_then_drop", parameters={"Body": "Another secret."}, times=1)
    with caplog.at_level(logging.DEBUG):
        async with opened(emulator) as twilio:
            await texted(twilio, emulator, status_callback="https://example.com/secret")
            await twilio.messages.list(to=TO, from_=emulator.number)
            await twilio.services.create(friendly_name="secret plan", status_callback="https://example.com/secret")
            with pytest.raises(AmbiguousOutcome):
                await texted(twilio, emulator, body="Another secret.")
            with pytest.raises(InvalidRequest):
                await texted(twilio, emulator, to="+15550001111222", body="A third secret.")
    lines = [record.getMessage() for record in caplog.records if record.name == "twilio_async"]
    assert len(lines) == 6
    for line in lines:
        assert "secret" not in line
        assert not re.search(r"(?<![0-9a-zA-Z])\+?\d{7,}", line)
        assert emulator.auth_token not in line


async def test_nothing_is_logged_unless_asked_for(emulator: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    """Below DEBUG a call, even a failing one, leaves no line."""
    with caplog.at_level(logging.INFO):
        async with opened(emulator) as twilio:
            await texted(twilio, emulator)
            with pytest.raises(NotFound):
                await twilio.messages.fetch("SM" + "0" * 32)
    assert [record for record in caplog.records if record.name.startswith("twilio_async")] == []


# --- what an error says --------------------------------------------------------------------------------------------------


async def test_an_error_of_a_newer_product_is_read_too(emulator: Emulator) -> None:
    """RFC 9457's title, detail and list of errors are kept, and it is the same tree."""
    problem = (
        '{"type": "https://www.twilio.com/docs/errors/20001", "title": "Invalid parameter", "status": 400, "code": 20001,'
        ' "detail": "\'x\' is none", "errors": [{"detail": "x", "pointer": "#/x"}]}'
    )
    emulator.faults.add(status=400, body=problem, headers={"Content-Type": "application/problem+json"})
    async with opened(emulator) as twilio:
        with pytest.raises(InvalidRequest) as caught:
            await twilio.services.list()
    assert caught.value.message == "Invalid parameter: 'x' is none"
    assert (caught.value.code, caught.value.more_info) == (20001, "https://www.twilio.com/docs/errors/20001")
    assert caught.value.details == [{"detail": "x", "pointer": "#/x"}]


async def test_a_proxy_s_page_is_an_error_without_a_code(emulator: Emulator) -> None:
    """What is no JSON gives its status and a few words, and no markup."""
    emulator.faults.add("GET", kind="html", status=502)
    async with opened(emulator, retry=Retry.never()) as twilio:
        with pytest.raises(ServerError) as caught:
            await twilio.messages.list()
    assert (caught.value.status, caught.value.code, caught.value.request_id) == (502, None, None)
    assert "502 Bad Gateway" in caught.value.message
    assert "<" not in caught.value.message


async def test_numbers_in_an_error_are_masked(emulator: Emulator) -> None:
    """Also where Twilio's own words spell them out."""
    async with opened(emulator) as twilio:
        with pytest.raises(InvalidRequest) as caught:
            await texted(twilio, emulator, from_="+15005550001")
    assert "+…0001" in caught.value.message
    assert "500555" not in str(caught.value)
