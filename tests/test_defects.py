"""The defects of other clients that this one must not have, each as a test that says what it is to be instead.

Some stand where they belong by their subject:

- A timeout acts, a session's and a call's own: `test_transport.test_a_timeout_acts`.
- A proxy is used, and the environment's if asked: `test_transport.test_a_proxy_is_used_for_http`,
  `test_transport.test_the_environment_names_the_proxy_if_asked`.
- JSON is sent as JSON: `test_session.test_a_request_may_carry_json`.
- Values have their types: `test_messages.test_the_answer_is_read_into_values`, and checkers see them: `typing_examples`.
- A list asks for as much as it may, and its limit holds: `test_messages.test_a_list_asks_for_as_much_as_it_may`,
  `test_messages.test_a_limit_bounds_the_items_and_the_requests`.
- A session needs no loop to be made, serves one loop after another, and says when it was forgotten:
  `test_transport.test_a_session_that_made_no_request_needs_no_closing`,
  `test_transport.test_a_session_goes_on_in_the_next_event_loop`,
  `test_transport.test_a_session_left_open_warns_and_names_the_cure`.
- A redirect gets no credentials: `test_faults.test_a_redirect_is_not_followed`,
  `test_download.test_no_credentials_go_to_the_host_that_stores_it`.
- Credentials that cannot be right are refused: `test_session.test_credentials_that_cannot_be_right_are_refused`,
  `test_session.test_what_the_environment_lacks_is_named`.
- A base URL is not rewritten: `test_session.test_a_base_url_wins_over_region_and_edge`.
- Nothing warns: `test_transport.test_nothing_warns`.
- Times are read with their offset and their fraction: `test_wire.test_rfc_2822_is_read_with_its_offset`,
  `test_wire.test_iso_8601_is_read_with_its_offset_and_fraction`.
- Many messages at once lose none: `test_messages.test_two_thousand_rows_pass_a_server_that_takes_thirty_at_once`.
- Headers have no case: `test_session.test_an_answer_comes_with_what_was_around_it`.
- Media can be downloaded: `test_download.test_the_content_arrives_whole`.
- An access token is asked for by one call for all, in nobody's way, in time, and anew when it is refused:
  `test_tokens.test_a_hundred_calls_that_start_together_fetch_one_token`,
  `test_tokens.test_who_is_cancelled_takes_the_token_from_nobody`,
  `test_tokens.test_a_token_is_replaced_before_it_expires_and_nobody_waits`,
  `test_tokens.test_what_is_refused_with_a_token_is_done_with_the_next`.
- A cancelled call shows no secret: `test_faults.test_a_cancelled_call_shows_no_secret`,
  `test_tokens.test_a_cancelled_request_for_a_token_shows_no_secret`,
  `test_download.test_cancelled_while_it_is_entered_it_leaves_nothing`.
"""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import gc
import importlib.resources
import inspect
import itertools
import json
import logging
import pickle
import pydoc
import re
import subprocess
import sys
import traceback
import types
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import anyio
import pytest

from tests.operations import OPERATIONS, required_arguments
from tests.raw_server import RawServer, answering, http
from twilio_async import (
    AmbiguousOutcome,
    APIError,
    AsyncSession,
    AuthenticationError,
    CertificateError,
    ConfigError,
    ConnectError,
    InvalidArgument,
    InvalidRequest,
    Message,
    NotFound,
    OAuthAuth,
    Page,
    RateLimited,
    Response,
    Retry,
    ServerError,
    SessionClosed,
    TimedOut,
    TransportError,
    TwilioError,
    UnreadableAnswer,
    errors,
)
from twilio_async._answer import Answer
from twilio_async._download import Download
from twilio_async._operation import Operation
from twilio_async.emulator import Emulator
from twilio_async.events import Event, Retrying
from twilio_async.resources.messages import Messages

TO = "+15558675310"
UNKNOWN = "SM" + "0" * 32
NEW_YORK = dt.timezone(dt.timedelta(hours=-5))


def opened(emulator: Emulator, **options: Any) -> AsyncSession:
    """A session that repeats without waiting, with options of the test's own."""
    return AsyncSession.from_env(emulator.env, **{"retry": Retry(base=0.0), **options})


def app(emulator: Emulator) -> OAuthAuth:
    """The emulator's OAuth app."""
    return OAuthAuth(
        client_id=emulator.oauth_client_id, client_secret=emulator.oauth_client_secret, account_sid=emulator.account_sid
    )


def by_token(emulator: Emulator, **options: Any) -> AsyncSession:
    """As `opened`, with an OAuth app."""
    return AsyncSession(app(emulator), **{"base_url": emulator.url, "retry": Retry(base=0.0), **options})


Opened = Callable[..., AsyncSession]
SESSIONS: list[Opened] = [opened, by_token]


async def texted(twilio: AsyncSession, emulator: Emulator, **options: Any) -> Message:
    """A message that the session has sent."""
    return await twilio.messages.create(**{"to": TO, "from_": emulator.number, "body": "Hi!", **options})


def test_what_stands_elsewhere_stands_there() -> None:
    """The list above leads to tests that exist."""
    named = re.findall(r"`(test_\w+)\.(test_\w+)`", __doc__ or "")
    assert len(named) > 20
    for module, test in named:
        texts = [path.read_text() for path in Path(__file__).parent.rglob(f"{module}.py")]
        assert any(re.search(rf"^(async )?def {test}\(", text, re.MULTILINE) for text in texts), test


# --- sending -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_error_makes_no_second_text(status: int, emulator: Emulator) -> None:
    """One call is one request, also with the largest appetite for repeats."""
    emulator.faults.add("POST", status=status)
    async with opened(emulator, retry=Retry(attempts=50, base=0.0)) as twilio:
        with pytest.raises(AmbiguousOutcome):
            await texted(twilio, emulator)
    assert len(emulator.requests) == 1


async def test_a_429_is_waited_out_as_long_as_it_asks(emulator: Emulator) -> None:
    """It is repeated, Retry-After is the wait, and on an error both can be read."""
    seen: list[Event] = []
    emulator.faults.add("POST", status=429, retry_after=0.02, times=1)
    async with opened(emulator, hooks=[seen.append]) as twilio:
        await texted(twilio, emulator)
        assert [event.delay for event in seen if isinstance(event, Retrying)] == [0.02]
        emulator.faults.add("POST", status=429, retry_after=120)
        with pytest.raises(RateLimited) as caught:
            await texted(twilio, emulator)
    assert (caught.value.retry_after, caught.value.headers["retry-after"]) == (120.0, "120")


@pytest.mark.parametrize("fault", [{"kind": "accept_then_drop"}, {"kind": "reset"}, {"status": 503, "retry_after": 0.01}])
@pytest.mark.parametrize("attempts", [1, 2, 3])
async def test_so_many_attempts_are_so_many_requests(attempts: int, fault: dict[str, Any], emulator: Emulator) -> None:
    """Lost connections are repeated like server errors, and one attempt means one."""
    emulator.faults.add("GET", **fault)
    message = emulator.add_message()
    async with opened(emulator, retry=Retry(attempts=attempts, base=0.0)) as twilio:
        await twilio.services.create(friendly_name="a connection that works")
        before = len(emulator.requests)
        with pytest.raises((TransportError, ServerError)) as caught:
            await twilio.messages.list(to=message.to)
    assert isinstance(caught.value, TwilioError)
    assert caught.value.attempts == attempts
    repeated_by_aiohttp = 0 if "status" in fault else attempts  # a GET on a connection that breaks: one more each
    assert attempts <= len(emulator.requests) - before <= attempts + repeated_by_aiohttp


async def test_a_503_is_waited_out_as_long_as_it_asks(emulator: Emulator) -> None:
    """Retry-After is no privilege of the 429."""
    seen: list[Event] = []
    emulator.faults.add("GET", status=503, retry_after=0.02, times=1)
    async with opened(emulator, hooks=[seen.append]) as twilio:
        await twilio.messages.list()
    assert [event.delay for event in seen if isinstance(event, Retrying)] == [0.02]


async def test_a_time_with_a_zone_is_the_instant_that_it_names(emulator: Emulator) -> None:
    """Nine in New York is two in the afternoon in Greenwich, to send at and to search from."""
    nine = dt.datetime(2030, 1, 2, 9, 0, tzinfo=NEW_YORK)
    emulator.clock.advance((nine - dt.timedelta(days=1) - emulator.clock()).total_seconds())
    async with opened(emulator) as twilio:
        service = await twilio.services.create(friendly_name="Parcels")
        await twilio.phone_numbers.add(service.sid, phone_number_sid=emulator.numbers[0].sid)
        await texted(twilio, emulator, from_=None, messaging_service_sid=service.sid, send_at=nine)
        assert emulator.requests[-1].parameters["SendAt"] == ["2030-01-02T14:00:00Z"]
        assert emulator.messages[-1].send_at == nine
        await twilio.messages.list(date_sent_after=nine)
        assert emulator.requests[-1].parameters["DateSent>"] == ["2030-01-02T14:00:00Z"]
        with pytest.raises(InvalidArgument, match="naive"):
            await texted(twilio, emulator, send_at=nine.replace(tzinfo=None))


async def test_variables_of_a_template_may_be_a_mapping(emulator: Emulator) -> None:
    """It is sent as JSON, and not as its first key."""
    async with opened(emulator) as twilio:
        message = await texted(
            twilio, emulator, body=None, content_sid=emulator.content_sid, content_variables={"1": "Ada", "2": 'a "b"'}
        )
    assert json.loads(emulator.requests[-1].parameters["ContentVariables"][0]) == {"1": "Ada", "2": 'a "b"'}
    assert message.body == "Hello Ada"


NO_SIDS: tuple[Any, ...] = ("../../Accounts", "", ".", "..", "a/b", "a?b", "a#b", "a\\b", "a\nb", None, 5)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_a_path_leads_nowhere_else(operation: Operation) -> None:
    """What is no identifier is refused for each part of every path, before there is a request."""
    in_path = [parameter.name for parameter in operation.parameters if parameter.place == "path"]
    required = {name: value for name, value in required_arguments(operation).items() if name not in in_path}
    for part, sid in itertools.product(in_path, NO_SIDS):
        with pytest.raises(InvalidArgument) as caught:
            operation.bind("/root/", *(sid if name == part else UNKNOWN for name in in_path), **required)
        assert caught.value.argument == part


async def test_what_a_sid_may_hold_stays_in_its_segment(emulator: Emulator) -> None:
    """Anything else is percent-encoded, once."""
    async with opened(emulator) as twilio:
        with pytest.raises(NotFound):
            await twilio.messages.fetch("50 % & é;+")
    assert emulator.requests[0].target.endswith("/Messages/50%20%25%20%26%20%C3%A9%3B%2B.json")


# --- reading -------------------------------------------------------------------------------------------------------------


LISTS: list[Callable[[AsyncSession], Awaitable[object]]] = [
    lambda twilio: twilio.messages.list().first_page(),
    lambda twilio: twilio.messages.list().to_list(),
    lambda twilio: anext(twilio.messages.list().pages()),
    lambda twilio: anext(aiter(twilio.messages.list())),
    lambda twilio: twilio.services.list().first_page(),
]


@pytest.mark.parametrize("read", LISTS)
@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [(400, 20001, InvalidRequest), (401, 20003, AuthenticationError), (404, 20404, NotFound), (429, 20429, RateLimited)],
)
async def test_an_error_of_a_list_says_as_much_as_any(
    read: Callable[[AsyncSession], Awaitable[object]], status: int, code: int, kind: type[APIError], emulator: Emulator
) -> None:
    """It has its class, status, code, headers and request id, however the list is read."""
    emulator.faults.add(status=status)
    async with opened(emulator, retry=Retry.never()) as twilio:
        with pytest.raises(kind) as caught:
            await read(twilio)
    error = caught.value
    assert (error.status, error.code) == (status, code)
    assert error.more_info == f"https://www.twilio.com/docs/errors/{code}"
    assert error.request_id == error.headers["twilio-request-id"]


async def test_a_list_is_an_async_iterable_and_a_page_can_be_read_twice(emulator: Emulator) -> None:
    """`async for` needs no `await` before it, and a page is no iterator that is used up."""
    seeded = emulator.seed_messages(5)
    async with opened(emulator) as twilio:
        count = 0
        async for message in twilio.messages.list():
            assert message.sid == seeded[-1 - count].sid
            count += 1
        page = await twilio.messages.list()
    assert count == len(seeded) == len([*page]) == len([*page])
    assert isinstance(page, Page)
    assert page[0] in page


def test_checkers_are_told_that_there_are_types() -> None:
    """Without the marker everything would be Any to them."""
    assert importlib.resources.files("twilio_async").joinpath("py.typed").is_file()


def test_there_is_one_way_to_call_and_it_is_awaited() -> None:
    """No blocking twin can be called by mistake: a method is a coroutine function, or returns a list to be read."""
    for operation in OPERATIONS:
        assert not re.search("async|sync", operation.declared.__name__)
        is_entered = operation.result is Download
        assert inspect.iscoroutinefunction(operation.declared) is not (bool(operation.key) or is_entered), operation.name


@pytest.mark.parametrize(
    "link",
    ["{foreign}{path}?PageToken=PA1", "//{host}{path}?PageToken=PA1", "http://user@{host}{path}?PageToken=PA1"],
    ids=["absolute", "without scheme", "with a user"],
)
@pytest.mark.parametrize("envelope", ["messages", "services"])
async def test_a_next_page_elsewhere_gets_no_credentials(link: str, envelope: str, emulator: Emulator) -> None:
    """Whatever an answer says, the other server hears nothing, and the list ends with an error."""
    path = "/v1/Services" if envelope == "services" else f"/2010-04-01/Accounts/{emulator.account_sid}/Messages.json"
    async with RawServer(answering(http(200, b"{}"))) as foreign, opened(emulator) as twilio:
        there = link.format(foreign=foreign.url, host=foreign.url.removeprefix("http://"), path=path)
        page = {envelope: [], "next_page_uri": there, "meta": {"next_page_url": there}}
        page.pop("next_page_uri" if envelope == "services" else "meta")
        emulator.faults.add("GET", status=200, body=json.dumps(page))
        with pytest.raises(UnreadableAnswer):
            await getattr(twilio, envelope).list().to_list()
    assert foreign.received == b""
    assert len(emulator.requests) == 1


ODD_ANSWERS: dict[str, dict[str, Any]] = {
    "dropped": {"kind": "accept_then_drop"},
    "no JSON": {"kind": "malformed"},
    "cut off": {"kind": "truncated"},
    "bad UTF-8": {"status": 200, "body": b'{"sid": "\xff"}'},
    "empty": {"status": 200, "body": b""},
    "another shape": {"status": 200, "body": b"[]"},
    "a wrong type": {"status": 200, "body": b'{"sid": 5, "account_sid": [], "status": {}, "direction": null}'},
    "deep": {"status": 200, "body": b"[" * 100_000},
    "a redirect": {"status": 307, "headers": {"Location": "/"}},
    "a page": {"kind": "html"},
    "not modified": {"status": 304},
    "a teapot": {"status": 418, "body": b"\x00\xff"},
}


@pytest.mark.parametrize("name", ODD_ANSWERS)
async def test_every_failure_is_one_of_the_tree(name: str, emulator: Emulator) -> None:
    """No exception of the HTTP library, the JSON parser or the codec gets out, for reads, lists and creates."""
    emulator.faults.add(**ODD_ANSWERS[name])
    async with opened(emulator) as twilio:
        for call in (
            lambda: twilio.messages.fetch(UNKNOWN),
            lambda: twilio.messages.list().to_list(),
            twilio_text(twilio, emulator),
        ):
            with pytest.raises(TwilioError) as caught:
                await call()
            assert caught.value.operation
            assert caught.value.__cause__ is None
            assert caught.value.attempts >= 1


def twilio_text(twilio: AsyncSession, emulator: Emulator) -> Callable[[], Awaitable[Message]]:
    """A call that sends a text."""
    return lambda: texted(twilio, emulator)


async def test_errors_of_every_dialect_are_one_kind_and_travel(emulator: Emulator) -> None:
    """RFC 9457 is no other class, more_info is kept, pickle takes it, and no text has colours."""
    problem = {"type": "https://example.com/doc", "title": "Nope", "status": 400, "code": 20001, "detail": "at all"}
    for body in (json.dumps(problem), None):
        emulator.faults.clear()
        emulator.faults.add(status=400, code=20001, body=body)
        async with opened(emulator) as twilio:
            with pytest.raises(InvalidRequest) as caught:
                await twilio.services.list()
        error = caught.value
        assert error.more_info in {"https://example.com/doc", "https://www.twilio.com/docs/errors/20001"}
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
        assert "\x1b" not in f"{error}{error!r}"


# --- the session ---------------------------------------------------------------------------------------------------------


class Slow:
    """Credentials that take until they are told to be made."""

    def __init__(self, emulator: Emulator) -> None:
        self.account_sid = emulator.account_sid
        self._header = base64.b64encode(f"{emulator.account_sid}:{emulator.auth_token}".encode()).decode()
        self.made = anyio.Event()
        self.asked = 0

    async def authorization(self) -> str:
        """Wait, the first time."""
        self.asked += 1
        if self.asked == 1:
            await self.made.wait()
        return f"Basic {self._header}"


async def test_credentials_in_the_making_stop_nobody(emulator: Emulator) -> None:
    """While one call waits for them the loop goes on, and so does another call."""
    slow = Slow(emulator)
    async with AsyncSession(slow, base_url=emulator.url) as twilio, anyio.create_task_group() as tasks:
        tasks.start_soon(texted, twilio, emulator)
        await anyio.wait_all_tasks_blocked()
        assert len(await twilio.messages.list()) == 0
        slow.made.set()
    assert len(emulator.messages) == 1


async def test_the_programs_logging_is_its_own(emulator: Emulator) -> None:
    """Nothing is configured: no handler, no level, for failures neither."""
    root = logging.getLogger()
    before = ([*root.handlers], root.level, logging.getLogger("twilio_async").level)
    async with opened(emulator, retry=Retry.never()) as twilio:
        await texted(twilio, emulator)
        emulator.faults.add(status=401)
        with pytest.raises(AuthenticationError):
            await twilio.messages.list()
    assert ([*root.handlers], root.level, logging.getLogger("twilio_async").level) == before
    assert logging.getLogger("twilio_async").handlers == []


async def test_failing_calls_leave_nothing_open(emulator: Emulator) -> None:
    """All calls use one pool, whatever becomes of them, and tracing sees them all."""
    started: list[object] = []

    async def start(_session: object, _context: object, params: aiohttp.TraceRequestStartParams) -> None:
        started.append(params.url)

    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(start)
    emulator.faults.add("GET", kind="accept_then_drop")
    async with opened(emulator, retry=Retry.never(), trace_configs=[trace]) as twilio:
        gc.collect()
        before = sum(type(each) is aiohttp.ClientSession for each in gc.get_objects())
        for _ in range(3):
            with pytest.raises(TransportError):
                await twilio.messages.list()
        assert sum(type(each) is aiohttp.ClientSession for each in gc.get_objects()) == before + 1
    assert len(started) == 3


def held_by(root: object) -> Iterator[object]:
    """All that *root* keeps alive, code and the running program left aside."""
    aside = (type, types.ModuleType, types.FunctionType, types.FrameType, asyncio.AbstractEventLoop, asyncio.Future)
    seen, found = {id(root)}, [root]
    while found:
        held = found.pop()
        yield held
        for each in gc.get_referents(held):
            if id(each) not in seen and not isinstance(each, aside):
                seen.add(id(each))
                found.append(each)


@pytest.mark.parametrize("make", SESSIONS, ids=["token", "app"])
async def test_a_session_keeps_nothing_of_its_calls(make: Opened, emulator: Emulator) -> None:
    """Neither the last request nor the last answer stays, where other calls or a dump of the memory could find it."""
    async with make(emulator) as twilio:
        message = await texted(twilio, emulator, body="An unmistakable text.")
        await twilio.messages.fetch(message.sid)
        with pytest.raises(InvalidRequest):
            await texted(twilio, emulator, body="An unmistakable text.", to="+1555")
        held = [*held_by(twilio)]
    assert any(isinstance(each, aiohttp.TCPConnector) for each in held)  # it was looked at deeply enough
    assert not [each for each in held if isinstance(each, (Message, Answer, Response, TwilioError))]
    texts = [
        each.encode() if isinstance(each, str) else bytes(each) for each in held if isinstance(each, (str, bytes, bytearray))
    ]
    for text in texts:
        assert b"unmistakable" not in text
        assert message.sid.encode() not in text


def test_what_is_left_out_is_none() -> None:
    """There is no sentinel: every option defaults to None, which is falsy, copies and pickles, and help can show it.

    The version that an answer is asked for in is a plain text, which goes out as it stands in the signature.
    """
    plain = {"timeout": float, "api_version": str}
    for operation in OPERATIONS:
        for parameter in inspect.signature(operation.declared).parameters.values():
            if parameter.default not in {None, parameter.empty}:
                assert type(parameter.default) is plain.get(parameter.name), operation.name
    assert "object at 0x" not in pydoc.plain(pydoc.render_doc(Messages))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_takes_a_timeout_a_policy_and_what_is_new(operation: Operation) -> None:
    """No call has to be left to the session's defaults, and none waits for a release."""
    assert operation.arguments >= {"timeout", "retry", "extra"}


# --- weight --------------------------------------------------------------------------------------------------------------


def page_of(count: int) -> bytes:
    """A page of messages, no two times alike."""
    times = [dt.datetime(2024, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=37 * number) for number in range(count)]
    record = {
        "account_sid": "AC" + "1" * 32, "api_version": "2010-04-01", "body": "Your parcel is here.", "direction": "inbound",
        "error_code": None, "error_message": None, "from": "+15017122661", "messaging_service_sid": "MG" + "1" * 32,
        "num_media": "0", "num_segments": "1", "price": "-0.00750", "price_unit": "USD", "status": "delivered", "to": TO,
        "uri": "/2010-04-01/Accounts/AC/Messages/SM.json", "subresource_uris": {"media": "/2010-04-01/Accounts/AC/Media.json"},
    }  # fmt: skip
    dates = [f"{time:%a, %d %b %Y %H:%M:%S} +0000" for time in times]
    records = [
        {**record, "sid": f"SM{number:032x}", "date_created": date, "date_sent": date, "date_updated": date}
        for number, date in enumerate(dates)
    ]
    return json.dumps({"messages": records, "next_page_uri": None}).encode()


def test_reading_a_page_runs_next_to_no_python() -> None:
    """A record costs the interpreter a few calls for its times, and none for its other fields."""
    decode, body = Messages.operations["list"].decode, page_of(1000)
    calls: list[str] = []
    sys.setprofile(lambda frame, event, _: calls.append(frame.f_code.co_name) if event == "call" else None)
    try:
        decode(body)
    finally:
        sys.setprofile(None)
    assert len(calls) <= 12 * 1000


def test_a_record_keeps_nothing_that_can_be_derived() -> None:
    """Paths are made of the sids, and the collector need not look at a million messages."""
    items, _ = Messages.operations["list"].decode(page_of(2))
    assert not {"uri", "subresource_uris"} & {*Message.__struct_fields__}
    assert not gc.is_tracked(items[0])
    assert sys.getsizeof(items[0]) <= 16 + 8 * len(Message.__struct_fields__)


async def test_nothing_is_written_for_a_log_that_is_off(emulator: Emulator) -> None:
    """Only with DEBUG are a request's parameters looked at for a line; nothing is asked of the platform for each call."""

    async def called(level: int) -> set[str]:
        names: set[str] = set()
        logger.setLevel(level)
        sys.setprofile(lambda frame, event, _: names.add(frame.f_code.co_qualname) if event == "call" else None)
        try:
            await texted(twilio, emulator)
        finally:
            sys.setprofile(None)
        return names

    logger = logging.getLogger("twilio_async")
    level = logger.level
    async with opened(emulator, hooks=[lambda _: None]) as twilio:
        try:
            await texted(twilio, emulator)  # what is made at the first call is made now
            off, on = await called(logging.INFO), await called(logging.DEBUG)
        finally:
            logger.setLevel(level)
    assert on >= {"mask", "_spoken"}
    assert not off & {"mask", "_spoken", "python_version", "platform", "uname"}


def test_a_first_call_loads_little() -> None:
    """The client is a few dozen modules, and brings nothing along but what it needs."""
    code = """
import asyncio, sys
from twilio_async.emulator import Emulator
emulator = Emulator()
emulator.__enter__()
before = set(sys.modules)
ours = [name for name in before if name.startswith("twilio_async") and ".emulator" not in name]
from twilio_async import AsyncSession
async def main():
    async with AsyncSession.from_env(emulator.env) as twilio:
        await twilio.messages.create(to="+15558675310", from_=emulator.number, body="Hi!")
asyncio.run(main())
emulator.__exit__(None, None, None)
print(len(set(ours) | {name for name in sys.modules if name.startswith("twilio_async") and ".emulator" not in name}))
print(sorted({name.partition(".")[0] for name in sys.modules} & {"requests", "click", "rich", "jwt", "twilio"}))
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    count, foreign = ran.stdout.splitlines()
    assert int(count) <= 40
    assert foreign == "[]"


# --- secrets -------------------------------------------------------------------------------------------------------------


def secrets(emulator: Emulator) -> list[str]:
    """The token, and what the header makes of it; the app's secret, and the signature of every token that it was given."""
    whole = base64.b64encode(f"{emulator.account_sid}:{emulator.auth_token}".encode()).decode()
    alone = base64.b64encode(emulator.auth_token.encode()).decode().rstrip("=")
    headers = [request.headers.get("Authorization", "") for request in emulator.requests]
    given = [header.rpartition(".")[2] for header in headers if header.startswith("Bearer")]
    return [emulator.auth_token, whole, whole[-40:-4], alone, emulator.oauth_client_secret, *given]


def assert_hidden(emulator: Emulator, shown: str | bytes) -> None:
    """None of the secrets can be read in it."""
    text = shown if isinstance(shown, bytes) else shown.encode()
    assert not any(secret.encode() in text for secret in secrets(emulator))


Failing = tuple[type[TwilioError], dict[str, Any] | None, Callable[[AsyncSession, Emulator], Awaitable[object]]]


async def _fetch(twilio: AsyncSession, _: Emulator) -> object:
    return await twilio.messages.fetch(UNKNOWN)


async def _misconfigure(_: AsyncSession, emulator: Emulator) -> object:
    return AsyncSession(emulator.account_sid, emulator.auth_token, timeout=-1)


async def _misconfigure_app(_: AsyncSession, emulator: Emulator) -> object:
    return by_token(emulator, region="ie1", base_url=None)


async def _misconfigure_from_env(_: AsyncSession, emulator: Emulator) -> object:
    return AsyncSession.from_env(emulator.env, timeout=-1)


async def _mistake(twilio: AsyncSession, emulator: Emulator) -> object:
    return await texted(twilio, emulator, body=5)


async def _after_closing(twilio: AsyncSession, emulator: Emulator) -> object:
    await twilio.aclose()
    return await texted(twilio, emulator)


async def _to_nobody(twilio: AsyncSession, emulator: Emulator) -> object:
    make = opened if twilio._tokens is None else by_token
    async with RawServer(listening=False) as nobody, make(emulator, base_url=nobody.url) as lost:
        return await texted(lost, emulator)


def _refused(kind: type[APIError]) -> Failing:
    """How an error of Twilio's is provoked: by the code or the status that it stands for."""
    if kind is ServerError:
        return kind, {"status": 500}, _fetch
    if kind is APIError:
        return kind, {"status": 418}, _fetch
    return (
        kind,
        {"status": (kind.statuses or (429 if kind is errors.QueueFull else 400,))[0], "code": (*kind.codes, 20001)[0]},
        _fetch,
    )


FAILING: list[Failing] = [
    (ConfigError, None, _misconfigure),
    (ConfigError, None, _misconfigure_app),
    (ConfigError, None, _misconfigure_from_env),
    (SessionClosed, None, _after_closing),
    (InvalidArgument, None, _mistake),
    (AmbiguousOutcome, {"kind": "accept_then_drop"}, texted),
    (AmbiguousOutcome, {"kind": "accept_then_500"}, texted),
    (TransportError, {"kind": "accept_then_drop"}, _fetch),
    (ConnectError, None, _to_nobody),
    (TimedOut, {"latency": 60}, _fetch),
    (UnreadableAnswer, {"kind": "malformed"}, texted),
    *(_refused(kind) for kind in vars(errors).values() if inspect.isclass(kind) and issubclass(kind, APIError)),
]


def test_every_class_of_error_is_provoked() -> None:
    """But for the root, and the one that needs a certificate."""
    every = {kind for kind in vars(errors).values() if inspect.isclass(kind) and issubclass(kind, TwilioError)}
    assert {kind for kind, _, _ in FAILING} == every - {TwilioError, CertificateError}


@pytest.mark.parametrize("make", SESSIONS, ids=["token", "app"])
@pytest.mark.parametrize("strikes", ["at once", "after a call"])
@pytest.mark.parametrize("failing", FAILING, ids=lambda failing: failing[0].__name__)
async def test_no_error_shows_the_token(
    failing: Failing, strikes: str, make: Opened, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Not its text, nor what a program keeps of it, nor a report with the local variables of every frame, nor any log."""
    kind, fault, call = failing
    timeout = 0.3 if kind is TimedOut else 30
    with caplog.at_level(logging.DEBUG):
        async with make(emulator, retry=Retry(attempts=2, base=0.0), timeout=timeout) as twilio:
            if strikes == "after a call":  # by then there is an access token, if that is what the credentials need
                await texted(twilio, emulator)
            if fault is not None:
                emulator.faults.add(**fault)
            with pytest.raises(TwilioError) as caught:
                await call(twilio, emulator)
    error = caught.value
    assert type(error) is kind or error.operation == "oauth.token"
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert "self = <" in "".join(report.format()) or kind is ConfigError
    for shown in (
        str(error), repr(error), repr(vars(error)), repr(error.args), pickle.dumps(error), "".join(report.format()),
        "".join(traceback.format_exception(error)), caplog.text,
    ):  # fmt: skip
        assert_hidden(emulator, shown)


@pytest.mark.parametrize("make", SESSIONS, ids=["token", "app"])
async def test_no_session_shows_the_token(make: Opened, emulator: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    """Idle, open or closed, by whatever is printed of it or of its parts; and it cannot be pickled with it."""
    with caplog.at_level(logging.DEBUG):
        twilio = make(emulator, hooks=[lambda event: assert_hidden(emulator, repr(event))])
        for step in (None, texted(twilio, emulator), twilio.aclose()):
            if step is not None:
                await step
            for each in (twilio, twilio.messages, twilio.for_account(twilio.account_sid), twilio.messages.list()):
                assert_hidden(emulator, f"{each} {each!r}")
            token = None if twilio._tokens is None else vars(twilio._tokens)
            for part in (vars(twilio), twilio._caller, twilio._pool, twilio.concurrency, token):
                assert_hidden(emulator, repr(part))
        with pytest.raises(Exception, match="pickle") as caught:
            pickle.dumps(twilio)
    assert_hidden(emulator, str(caught.value))
    assert_hidden(emulator, caplog.text)
    assert caplog.text


@pytest.mark.parametrize("make", SESSIONS, ids=["token", "app"])
async def test_no_answer_shows_the_token(make: Opened, emulator: Emulator) -> None:
    """Neither what was read nor what came around it."""
    async with make(emulator) as twilio:
        response = await twilio.response(texted, twilio, emulator)
        page = await twilio.messages.list()
        service = await twilio.services.create(friendly_name="Parcels")
    for answer in (response.data, page, service):
        assert_hidden(emulator, f"{answer} {answer!r}")
        assert_hidden(emulator, pickle.dumps(answer))
    assert_hidden(emulator, f"{response!r} {response.headers!r} {response.data!r}")
