"""A typed signature becomes an operation: what it takes, what it sends, and what it says of a mistake."""

from __future__ import annotations

import asyncio
import inspect
import logging
import pickle
import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias, Unpack

import msgspec
import pytest

from tests.operations import OPERATIONS, required_arguments
from twilio_async import AsyncSession
from twilio_async._operation import (
    CORE,
    MESSAGING,
    Header,
    Operation,
    Options,
    Resource,
    Secret,
    Wire,
    delete,
    get,
    pages,
    post,
    put,
)
from twilio_async._request import Request
from twilio_async.emulator import Emulator
from twilio_async.errors import AmbiguousOutcome, InvalidArgument
from twilio_async.limits import RateLimit
from twilio_async.pages import Pages
from twilio_async.resources.media import Media
from twilio_async.resources.messages import Message, Messages
from twilio_async.resources.senders import PhoneNumbers

CREATE = Messages.operations["create"]
LIST = Messages.operations["list"]
Colour: TypeAlias = Literal["red", "green"] | str


async def paint(
    self: Resource,
    shop_sid: str,
    sid: str,
    *,
    name: str,
    colour: Colour | None = None,
    media_url: str | Sequence[str] | None = None,
    variables: Mapping[str, str] | str | None = None,
    dry: bool | None = None,
    coats: int | None = None,
    price: Decimal | float | None = None,
    dry_at: datetime | None = None,
    on: date | datetime | None = None,
    before: Annotated[date | datetime | None, Wire("Done<")] = None,
    from_: str | None = None,
    **options: Unpack[Options],
) -> Message:
    """Paint it."""
    raise NotImplementedError


def declared(decorator: Callable[[Any], Any], function: Any = paint) -> Operation:
    """The operation that a decorator makes of a function."""
    operation: Operation = decorator(function).operation
    return operation


PAINT = declared(post("Shops/{shop_sid}/Things/{sid}.json"))


def bound(*args: Any, **kwargs: Any) -> Request:
    """A request of `PAINT` for one thing."""
    return PAINT.bind("/v1/", *(args or ("SH1", "TH1")), **({"name": "n"} | kwargs))


def wire(**kwargs: Any) -> list[tuple[str, str]]:
    """What goes out beside the name."""
    return [pair for pair in bound(**kwargs).pairs if pair != ("Name", "n")]


def test_the_path_is_filled_in() -> None:
    """Path arguments stand where the template names them, percent-encoded, below the product's root."""
    request = bound("SH1", "TH 1")

    assert (request.method, request.path) == ("POST", "/v1/Shops/SH1/Things/TH%201.json")
    assert request.pairs == [("Name", "n")]


def test_path_arguments_may_be_named() -> None:
    """A path argument is positional or named, as in any function."""
    assert PAINT.bind("/v1/", sid="TH1", shop_sid="SH1", name="n").path == "/v1/Shops/SH1/Things/TH1.json"


@pytest.mark.parametrize("sid", ["", ".", "..", "../../Accounts", "TH1/x", "TH1?x", "TH1#x", None, 5])
def test_a_path_argument_that_leads_elsewhere_is_refused(sid: Any) -> None:
    """No request is made of it, and the error names the argument."""
    with pytest.raises(InvalidArgument) as caught:
        bound("SH1", sid)

    assert caught.value.argument == "sid"


@pytest.mark.parametrize(
    ("arguments", "pairs"),
    [
        ({"colour": "blue"}, [("Colour", "blue")]),
        ({"colour": ""}, [("Colour", "")]),
        ({"colour": None}, []),
        ({"media_url": "a"}, [("MediaUrl", "a")]),
        ({"media_url": ["a", "b"]}, [("MediaUrl", "a"), ("MediaUrl", "b")]),
        ({"variables": {"1": "x"}}, [("Variables", '{"1":"x"}')]),
        ({"variables": '{"1": "x"}'}, [("Variables", '{"1": "x"}')]),
        ({"dry": True}, [("Dry", "true")]),
        ({"dry": False}, [("Dry", "false")]),
        ({"coats": 0}, [("Coats", "0")]),
        ({"price": 5e-05}, [("Price", "0.00005")]),
        ({"dry_at": datetime(2026, 1, 2, tzinfo=UTC)}, [("DryAt", "2026-01-02T00:00:00Z")]),
        ({"on": date(2026, 1, 2)}, [("On", "2026-01-02")]),
        ({"before": datetime(2026, 1, 2, tzinfo=UTC)}, [("Done<", "2026-01-02T00:00:00Z")]),
        ({"from_": "+1555"}, [("From", "+1555")]),
    ],
)
def test_an_argument_goes_out_by_its_annotation(arguments: dict[str, Any], pairs: list[tuple[str, str]]) -> None:
    """The name is Twilio's, the text is the type's, ``None`` is left out, and what is falsy is not."""
    assert wire(**arguments) == pairs


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("name", None),
        ("name", 5),
        ("name", "\ud800"),
        ("colour", b"red"),
        ("media_url", b"a"),
        ("media_url", {"a": 1}),
        ("variables", ["x"]),
        ("dry", 1),
        ("dry", "false"),
        ("coats", True),
        ("coats", 1.0),
        pytest.param("coats", 10**5000, id="coats-huge"),
        ("price", True),
        ("price", float("nan")),
        ("dry_at", datetime(2026, 1, 2)),  # noqa: DTZ001 - naive on purpose
        ("dry_at", "2026-01-02T00:00:00Z"),
        ("dry_at", date(2026, 1, 2)),
        ("on", "2026-01-02"),
        ("before", datetime(2026, 1, 2)),  # noqa: DTZ001 - naive on purpose
    ],
)
def test_a_value_that_cannot_be_sent_is_refused_by_name(argument: str, value: object) -> None:
    """The error names the operation and the argument as Python spells it, and is what Python would raise as well."""
    with pytest.raises(InvalidArgument, match=f"^paint: {argument}: ") as caught:
        bound(**{argument: value})

    assert (caught.value.argument, caught.value.operation) == (argument, "paint")
    assert isinstance(caught.value, (TypeError, ValueError))


class Roof(msgspec.Struct, omit_defaults=True):
    """A Struct that an argument may be."""

    tiles: int
    colour: str | None = None


async def build(
    self: Resource,
    sid: str,
    *,
    friendly_name: str,
    roof: Roof | Mapping[str, Any] | None = None,
    rooms: Sequence[str] | None = None,
    storeys: int | None = None,
    owner: Annotated[str | None, Wire("ownerId")] = None,
    edition: Annotated[str | None, Header("X-Edition")] = None,
    **options: Unpack[Options],
) -> Message:
    """Build it."""
    raise NotImplementedError


BUILD = declared(post("/v9/Houses/{sid}", json=True), build)


def built(**kwargs: Any) -> Request:
    """A request of `BUILD`."""
    return BUILD.bind("", "HO1", **({"friendly_name": "n"} | kwargs))


@pytest.mark.parametrize(
    ("arguments", "members"),
    [
        ({}, {}),
        ({"roof": Roof(tiles=9)}, {"roof": {"tiles": 9}}),
        ({"roof": {"tiles": 9, "moss": [1]}}, {"roof": {"tiles": 9, "moss": [1]}}),
        ({"rooms": ["a", "b"]}, {"rooms": ["a", "b"]}),
        ({"rooms": ()}, {"rooms": []}),
        ({"storeys": 0}, {"storeys": 0}),
        ({"owner": "Ann ☺"}, {"ownerId": "Ann ☺"}),
        ({"extra": {"garden": {"trees": 2}, "pool": None}}, {"garden": {"trees": 2}}),
    ],
)
def test_arguments_may_travel_as_a_json_object(arguments: dict[str, Any], members: dict[str, Any]) -> None:
    """By their own names; a Struct or a mapping as an object, with what is new in it; ``None`` is left out."""
    request = built(**arguments)

    assert (request.method, request.path, request.pairs, request.headers) == ("POST", "/v9/Houses/HO1", [], {})
    assert request.json is not None
    assert msgspec.json.decode(request.json) == {"friendly_name": "n"} | members
    assert request.encoded() == ("", request.json, "application/json")
    assert request.parameters == {"friendly_name": "n"} | members


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("friendly_name", None),
        ("friendly_name", 5),
        ("friendly_name", "\ud800"),
        ("roof", {"tiles": "nine"}),
        ("roof", {}),
        ("roof", "slate"),
        ("rooms", "kitchen"),
        ("storeys", True),
        ("storeys", "2"),
        ("owner", 5),
        ("edition", "a\r\nAuthorization: b"),
        ("edition", "é"),
        ("garden", {"trees": object()}),
    ],
)
def test_what_an_object_cannot_hold_is_refused_by_name(argument: str, value: object) -> None:
    """As with a form, before anything goes out; a mapping is held against its Struct."""
    arguments = {"extra": {argument: value}} if argument == "garden" else {argument: value}
    with pytest.raises(InvalidArgument, match=f"^build: {argument}: ") as caught:
        built(**arguments)

    assert caught.value.argument == argument


def test_an_argument_may_travel_in_a_header() -> None:
    """It is no part of body or query, and no header without it."""
    assert built(edition="v2").headers == {"X-Edition": "v2"}
    assert built().headers == {}


def test_what_is_left_out_is_sent_as_declared() -> None:
    """A default in the signature goes out unless the caller says another, or None for nothing at all."""

    async def fetch(self: Resource, *, version: Annotated[str | None, Header("X-Version")] = "v1.2") -> Message:
        raise NotImplementedError

    operation = declared(get("Things/TH1"), fetch)
    assert not operation.parameters[0].required
    assert operation.bind("/v1/").headers == {"X-Version": "v1.2"}
    assert operation.bind("/v1/", version="v1").headers == {"X-Version": "v1"}
    assert operation.bind("/v1/", version=None).headers == {}


def test_a_path_may_begin_at_the_root() -> None:
    """Of the same host; a newer version of a product needs no class of its own."""

    class Houses(Resource, at=MESSAGING):
        build = post("/v9/Houses/{sid}", json=True)(build)

    operation = Houses.operations["build"]
    assert (operation.product.name, operation.product.root, operation.path) == ("messaging", "", "/v9/Houses/{sid}")


def test_a_put_replaces_and_may_be_repeated() -> None:
    """Doing it twice is doing it once."""
    operation = declared(put("Houses/{sid}"), build)

    assert (operation.method, operation.repeatable, operation.json) == ("PUT", True, True)


def test_whatever_a_value_raises_is_no_error_of_ours() -> None:
    """A value of the user's own type that fails while it is read is refused by name, without quoting what it said."""

    class Broken(list[str]):
        def __iter__(self) -> Any:
            raise RuntimeError("secret")

    with pytest.raises(InvalidArgument, match="media_url: cannot be sent: RuntimeError") as caught:
        bound(media_url=Broken())

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("args", "kwargs", "words"),
    [
        (("SH1", "TH1"), {}, r"paint\(\) missing 1 required keyword-only argument: 'name'"),
        (("SH1",), {"name": "n"}, r"paint\(\) missing 1 required positional argument: 'sid'"),
        (("SH1", "TH1"), {"name": "n", "color": "red"}, r"paint\(\) got an unexpected keyword argument 'color'"),
        (("SH1", "TH1"), {"Name": "n"}, r"paint\(\) got an unexpected keyword argument 'Name'"),
        (("SH1", "TH1", "n"), {}, r"paint\(\) takes 3 positional arguments but 4"),
        (("SH1", "TH1"), {"name": "n", "sid": "TH2"}, r"paint\(\) got multiple values for argument 'sid'"),
        (("SH1", "TH1"), {"name": "n", "timeout": 5}, r"paint\(\) got an unexpected keyword argument 'timeout'"),
    ],
)
def test_it_takes_exactly_what_is_declared(args: tuple[str, ...], kwargs: dict[str, Any], words: str) -> None:
    """A misspelt, missing or superfluous argument is a TypeError in Python's words, with the operation's name."""
    with pytest.raises(TypeError, match=words):
        PAINT.bind("/v1/", *args, **kwargs)


def test_parameters_that_nobody_knows_yet_go_out_as_they_are() -> None:
    """``extra`` is sent under Twilio's own names, behind what is declared, written by its types."""
    assert wire(colour="red", extra={"New": True, "List": ["a", "b"], "Gone": None}) == [
        ("Colour", "red"),
        ("New", "true"),
        ("List", "a"),
        ("List", "b"),
    ]


@pytest.mark.parametrize(("extra", "argument"), [({"New": b"x"}, "New"), ({5: "x"}, "5"), (["New"], "extra")])
def test_an_extra_that_cannot_be_sent_is_refused_by_name(extra: Any, argument: str) -> None:
    """Also what is no mapping at all."""
    with pytest.raises(InvalidArgument) as caught:
        bound(extra=extra)

    assert caught.value.argument == argument


def test_nothing_is_shared_between_calls() -> None:
    """Each call makes a request of its own, so that no call can see another's arguments."""
    first, second = bound(colour="red"), bound()

    assert first.pairs is not second.pairs
    assert second.pairs == [("Name", "n")]


def test_making_the_binder_waits_for_the_first_call() -> None:
    """Importing a hundred operations resolves no annotation and compiles nothing."""
    fresh = declared(post("Shops/{shop_sid}/Things/{sid}.json"))

    assert not vars(fresh).keys() & {"_hints", "parameters", "bind", "decode"}
    assert fresh.bind is fresh.bind


@pytest.mark.parametrize("hint", [bytes, list[int], Literal["a"], dict[str, str], object])
def test_an_annotation_that_has_no_form_is_a_mistake_of_the_declaration(hint: object) -> None:
    """It is said loudly, and not sent by guessing."""

    async def broken(self: Resource, *, value: Any) -> None:
        raise NotImplementedError

    broken.__annotations__ = {"value": hint, "return": type(None)}

    with pytest.raises(TypeError, match="no way to send"):
        _ = declared(post("x.json"), broken).bind


# --- the decorators ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decorator", "method", "repeatable"),
    [
        (get("x/{shop_sid}/{sid}"), "GET", True),
        (delete("x/{shop_sid}/{sid}"), "DELETE", True),
        (post("x/{shop_sid}/{sid}"), "POST", False),
        (post("x/{shop_sid}/{sid}", repeatable=True), "POST", True),
        (pages("x/{shop_sid}/{sid}", key="things"), "GET", True),
    ],
)
def test_a_decorator_says_the_method_and_whether_to_repeat(
    decorator: Callable[[Any], Any], method: str, repeatable: bool
) -> None:
    """A create is never repeated unless its declaration says that it may be; the request carries it."""
    operation = declared(decorator)
    request = operation.bind("/", "SH1", "TH1", name="n")

    assert (operation.method, operation.repeatable) == (request.method, request.repeatable) == (method, repeatable)


def test_a_declaration_stays_readable() -> None:
    """Help, signature and name of the decorated function are those that were written."""
    decorated = post("x/{shop_sid}/{sid}")(paint)

    assert inspect.signature(decorated) == inspect.signature(paint)
    assert (decorated.__name__, decorated.__doc__) == ("paint", "Paint it.")
    assert inspect.iscoroutinefunction(decorated)


def test_a_delete_reads_nothing() -> None:
    """Whatever the body of its answer, a delete returns ``None``."""
    decode = Messages.operations["delete"].decode

    assert [decode(body) for body in (b"", b"{}", b"<html>")] == [None] * 3


def test_an_answer_is_read_into_the_declared_type() -> None:
    """One resource is its Struct, and a list is its records and the link to the next page."""
    record = b'{"sid": "SM1", "account_sid": "AC1", "status": "sent", "direction": "inbound", "num_segments": "1"}'

    assert Messages.operations["fetch"].decode(record) == (message := Message(
        sid="SM1", account_sid="AC1", status="sent", direction="inbound", num_segments=1
    ))  # fmt: skip
    assert LIST.decode(b'{"messages": [%b], "next_page_uri": "/x?y"}' % record) == ([message], "/x?y")


# --- what messages.create makes of it ------------------------------------------------------------------------------------


def create(**kwargs: Any) -> dict[str, str]:
    """The parameters of a create."""
    return dict(CREATE.bind("/", **({"to": "+1", "from_": "+2", "body": "hi"} | kwargs)).pairs)


@pytest.mark.parametrize(
    ("absent", "named", "words"),
    [
        ({"from_": None}, "from_", "from_ or messaging_service_sid"),
        ({"body": None}, "body", "body or media_url or content_sid"),
    ],
)
def test_one_of_a_group_is_needed(absent: dict[str, Any], named: str, words: str) -> None:
    """Twilio wants one of several; the error says which."""
    with pytest.raises(InvalidArgument, match=f"missing; give {words}$") as caught:
        create(**absent)

    assert caught.value.argument == named


@pytest.mark.parametrize(
    "present",
    [
        {"from_": None, "messaging_service_sid": "MG1"},
        {"from_": ""},
        {"body": ""},
        {"body": None, "media_url": "https://example.com/a.png"},
        {"body": None, "content_sid": "HX1"},
        {"body": None, "extra": {"Fax": "1"}},
    ],
)
def test_any_of_a_group_is_enough(present: dict[str, Any]) -> None:
    """Each member of the group will do, and so may a parameter that is not known here."""
    assert create(**present)["To"] == "+1"


def test_a_time_to_send_implies_the_schedule() -> None:
    """Without ``ScheduleType`` Twilio ignores the time and sends at once, so it comes along; what the caller gives stays."""
    later = datetime(2026, 1, 2, tzinfo=UTC)

    assert create(send_at=later)["ScheduleType"] == "fixed"
    assert create(send_at=later, schedule_type="other")["ScheduleType"] == "other"
    assert "ScheduleType" not in create()


def test_the_filters_of_a_list_have_twilios_odd_names() -> None:
    """The bounds of a range are parameters whose names end in ``<`` and ``>``."""
    request = LIST.bind("/", date_sent_after=date(2026, 1, 1), date_sent_before=date(2026, 2, 1), from_="+1")

    assert request.page(None, 1000).encoded()[0] == "?From=%2B1&DateSent%3C=2026-02-01&DateSent%3E=2026-01-01&PageSize=1000"


async def test_a_list_is_checked_when_it_is_made() -> None:
    """A mistake in a list is raised where it stands, not at the first item, and making one does no I/O."""
    session = AsyncSession("AC" + "0" * 32, "token")

    assert isinstance(session.messages.list(limit=5), Pages)
    mistakes: list[dict[str, Any]] = [{"limit": -1}, {"page_size": 1001}, {"to": 5}, {"date_sent": "2026-01-01"}]
    for arguments in mistakes:
        with pytest.raises(InvalidArgument, match=r"^messages\.list: "):
            session.messages.list(**arguments)
    with pytest.raises(TypeError, match=r"messages\.list\(\) got an unexpected keyword argument 'too'"):
        session.messages.list(too="+1")  # type: ignore[call-arg]  # what is proved


@pytest.mark.parametrize("resume", ["", 5, b"Page=1", "a b", "a#b", "é", "a\r\nHost: evil", True])
async def test_only_the_token_of_a_page_can_be_gone_on_from(resume: Any) -> None:
    """An empty token would drop the filters and list everything, and a malformed one would break the request."""
    session = AsyncSession("AC" + "0" * 32, "token")
    with pytest.raises(InvalidArgument, match=r"^messages\.list: resume: ") as caught:
        session.messages.list(to="+1", resume=resume)

    assert caught.value.argument == "resume"


class Meter(RateLimit):
    """A limit that keeps account of what was asked of it."""

    def __init__(self) -> None:
        super().__init__(1000.0)
        self.costs: list[float] = []

    async def acquire(self, cost: float = 1.0) -> None:
        """Pass at once."""
        self.costs.append(cost)


async def test_a_create_takes_its_segments_of_the_rate_and_a_read_nothing(emulator: Emulator) -> None:
    """The cost that a declaration names is that of the call's own arguments, and it is the session's rate that is charged."""
    meter = Meter()
    async with AsyncSession.from_env(emulator.env, rate=meter) as session:
        message = await session.messages.create(to="+15558675310", from_="+15017122661", body="x" * 161)
        assert (await session.messages.fetch(message.sid)).sid == message.sid

    assert meter.costs == [2]


async def test_a_mistake_is_found_before_anything_is_opened() -> None:
    """A call with a wrong argument makes no connection: the session is as idle as before."""
    session = AsyncSession("AC" + "0" * 32, "token")
    with pytest.raises(InvalidArgument, match=r"^messages\.fetch: sid: "):
        await session.messages.fetch("../x")

    assert repr(session).endswith(" idle>")
    assert repr(session.messages) == f"<Messages of {session!r}>"


KEY = "correct-horse-battery"


class Safes(Resource, at=MESSAGING):
    """What an emulator takes for Messaging Services, their names a secret."""

    @post("Services")
    async def create(
        self, *, friendly_name: Annotated[str, Secret()], usecase: str | None = None, **options: Unpack[Options]
    ) -> None:
        """Make one."""


def assert_hidden(error: BaseException) -> None:
    """Neither the error nor what a program keeps or reports of it shows `KEY`, but for the frames of this file."""
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [frame.locals for frame in report.stack if frame.filename != __file__]
    for shown in (error, vars(error), [*report.format_exception_only()], frames, pickle.dumps(error)):
        assert KEY not in repr(shown)
    assert frames


async def test_a_secret_is_in_no_error_and_in_no_log(
    twilio: AsyncSession, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    """When an answer is lost, when the call is cancelled, when it or another argument is none; it is sent all the same."""
    safes = Safes(twilio)
    with caplog.at_level(logging.DEBUG):
        emulator.faults.add("POST", kind="accept_then_drop", times=1)
        with pytest.raises(AmbiguousOutcome) as lost:
            await safes.create(friendly_name=KEY, usecase="poll")
        assert emulator.requests[-1].parameters == {"FriendlyName": [KEY], "Usecase": ["poll"]}
        assert lost.value.parameters == {"Usecase": "poll"}
        errors: list[BaseException] = [lost.value]
        for name, usecase in ((KEY, 5), (KEY.encode(), "poll")):
            with pytest.raises(InvalidArgument) as refused:
                await safes.create(friendly_name=name, usecase=usecase)  # type: ignore[arg-type]  # what is wrong with it
            errors.append(refused.value)
        emulator.faults.add("POST", latency=60)
        task = asyncio.create_task(safes.create(friendly_name=KEY))
        while len(emulator.requests) < 2:  # noqa: ASYNC110  # the emulator tells nobody of what it was asked
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as cancelled:
            await task
    for error in (*errors, cancelled.value):
        assert_hidden(error)
    assert "safes.create" in caplog.text
    assert KEY not in caplog.text


# --- what is known of all of them ----------------------------------------------------------------------------------------


def test_a_resource_knows_its_operations() -> None:
    """By method name, with the name and the address that the class gives them, and nothing that only uses them."""
    assert {"create", "fetch", "update", "delete", "list", "feedback"} == set(Messages.operations)
    assert Messages.operations["fetch"].name == "messages.fetch"
    assert PhoneNumbers.operations["list"].name == "phone_numbers.list"
    assert (Messages.operations["fetch"].product, PhoneNumbers.operations["list"].product) == (CORE, MESSAGING)
    assert repr(CREATE) == "<Operation messages.create POST /2010-04-01/Accounts/{account_sid}/Messages.json>"
    assert {"to", "from_", "timeout", "retry", "extra"} <= CREATE.arguments


def test_all_resources_are_found() -> None:
    """Whoever reads the operations reads those of every resource."""
    for resource in (Messages, Media, PhoneNumbers):
        assert set(resource.operations.values()) <= set(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_operation_is_sound(operation: Operation) -> None:
    """Each can be bound with what it requires, uses every path argument once, and sends no name twice."""
    required = required_arguments(operation)
    sent = [parameter.wire_name for parameter in operation.parameters if parameter.place != "path"]
    request = operation.bind(operation.product.root and "/", **required, extra={"Group": "1"})

    assert len(set(sent)) == len(sent)
    assert request.path == re.sub(r"{\w+}", "XX1", f"/{operation.path}").replace("//", "/")
    assert callable(operation.decode)
    assert operation.key or not operation.largest_page
