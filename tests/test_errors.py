"""The tree of errors: what is drawn is what there is, and each error travels whole and says nothing secret."""

from __future__ import annotations

import copy
import datetime as dt
import inspect
import pickle
import re
from typing import Any

import pytest

from twilio_async import errors
from twilio_async.errors import (
    AmbiguousOutcome,
    APIError,
    AuthenticationError,
    CertificateError,
    ConfigError,
    Conflict,
    ConnectError,
    InvalidArgument,
    InvalidNumber,
    InvalidRequest,
    InvalidSender,
    NotCancelable,
    NotFound,
    OptedOut,
    PermissionDenied,
    QueueFull,
    RateLimited,
    RegionNotEnabled,
    ServerError,
    TimedOut,
    TransportError,
    TwilioError,
    UnreadableAnswer,
    error_class,
)

CLASSES = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, BaseException)]
SENT_AT = dt.datetime(2026, 1, 31, 12, 0, tzinfo=dt.UTC)


def example(kind: type[BaseException]) -> BaseException:
    """An error of *kind* with every argument given."""
    arguments: dict[str, Any] = {
        "operation": "messages.create",
        "outcome": "rejected",
        "attempts": 3,
        "status": 400,
        "code": 21211,
        "more_info": "https://www.twilio.com/docs/errors/21211",
        "details": {"field": ["too long"]},
        "request_id": "RQ1",
        "retry_after": 1.5,
        "headers": {"x-home-region": "us1"},
        "argument": "send_at",
        "parameters": {"To": "+15558675310", "Body": "secret words", "MediaUrl": ["a", "b"]},
        "sent_at": SENT_AT,
        "lost_at": SENT_AT + dt.timedelta(seconds=30),
    }
    wanted = inspect.signature(kind).parameters.keys()
    return kind("what happened", **{name: value for name, value in arguments.items() if name in wanted})


def drawn() -> dict[str, tuple[str | None, str]]:
    """The tree in the module's docstring: name → (parent, description)."""
    found: dict[str, tuple[str | None, str]] = {}
    path: list[str] = []
    for branches, name, words in re.findall(r"^    ([│├└─ ]*)(\w+)  +(\S.*)$", inspect.getdoc(errors) or "", re.MULTILINE):
        depth = len(branches) // 4
        path = [*path[:depth], name]
        found[name] = (path[-2] if depth else None, words)
    return found


def test_the_drawn_tree_is_the_tree() -> None:
    """Every class stands in the drawing, under the class that it descends from, and nothing else does."""
    assert {name: parent for name, (parent, _) in drawn().items()} == {
        kind.__name__: kind.__bases__[0].__name__ if kind is not TwilioError else None for kind in CLASSES
    }


def test_the_drawing_names_the_builtin_relatives() -> None:
    """Where a class can also be caught as a builtin error, the drawing says so, and nowhere else."""
    for kind in CLASSES:
        relatives = {base.__name__ for base in kind.__bases__ if not issubclass(base, TwilioError) and base is not Exception}
        names = set(re.findall(r"\w+Error", drawn()[kind.__name__][1].partition("(also ")[2]))
        assert names == relatives, kind


def test_the_drawing_names_the_statuses_and_codes() -> None:
    """A class of one status is drawn with that status, and a class of a code that has a status to itself with both."""
    for kind in CLASSES:
        if issubclass(kind, APIError):
            told = {int(number) for number in re.findall(r"\b\d{3,5}\b", drawn()[kind.__name__][1])}
            assert told <= {*kind.statuses, *kind.codes, 429}, kind
            assert not ({*kind.statuses} - {405} - told), kind


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_is_a_twilio_error(kind: type[BaseException]) -> None:
    """One ``except`` catches them all."""
    assert issubclass(kind, TwilioError)


def test_builtin_relatives_catch_too() -> None:
    """Who catches what Python raises for such a mistake catches ours."""
    for kind, relatives in {
        ConfigError: (ValueError,),
        InvalidArgument: (ValueError, TypeError),
        TimedOut: (TimeoutError, OSError, TransportError),
        CertificateError: (ConnectError,),
    }.items():
        for relative in relatives:
            with pytest.raises(relative, match="what happened"):
                raise example(kind)


@pytest.mark.parametrize("travel", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_travels_whole(kind: type[TwilioError], travel: Any) -> None:
    """Pickled or copied, an error keeps its class, its text, every attribute, and what was added to it later."""
    error = example(kind)
    assert isinstance(error, TwilioError)
    error.resume = "Page=1"
    error.attempts = 7
    error.add_note("told to support")

    back = travel(error)

    assert type(back) is kind
    assert vars(back) == vars(error)
    assert (str(back), repr(back), back.args) == (str(error), repr(error), error.args)
    assert back.__notes__ == ["told to support"]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_error_travels_by_every_protocol(protocol: int) -> None:
    """Old and new pickle protocols carry the aware times of an ambiguous outcome as they are."""
    back = pickle.loads(pickle.dumps(example(AmbiguousOutcome), protocol))

    assert (back.sent_at, back.parameters["MediaUrl"]) == (SENT_AT, ["a", "b"])


def test_a_users_own_subclass_travels() -> None:
    """A subclass with required arguments of its own is carried over as well."""
    back = pickle.loads(pickle.dumps(Ours("so", shop="a")))

    assert (type(back), back.shop, str(back)) == (Ours, "a", "ours: so")


class Ours(TwilioError):
    def __init__(self, message: str, *, shop: str) -> None:
        super().__init__(message, operation="ours")
        self.shop = shop


@pytest.mark.parametrize("kind", CLASSES)
def test_no_error_shows_what_was_sent(kind: type[BaseException]) -> None:
    """Text and repr hold neither parameters nor headers nor details, so that they can go into any log."""
    error = example(kind)

    for text in (str(error), repr(error)):
        assert not re.search(r"5558675310|secret|too long|us1", text)


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_names_its_operation(kind: type[BaseException]) -> None:
    """The text begins with the operation where there was one, and is the message alone where there was none."""
    error = example(kind)
    assert isinstance(error, TwilioError)

    if error.operation:
        assert str(error).startswith("messages.create: what happened")
    error.operation = ""
    assert str(error).startswith("what happened")


def test_an_api_error_says_what_support_asks_for() -> None:
    """Status, code, request id and Twilio's page stand in the text, when there are any."""
    full, bare = example(APIError), APIError("so", status=502)

    assert str(full) == "messages.create: what happened (HTTP 400, code 21211, RQ1, https://www.twilio.com/docs/errors/21211)"
    assert str(bare) == "so (HTTP 502)"
    assert bare.headers == {}


def test_an_ambiguous_outcome_holds_what_may_have_happened() -> None:
    """It is unknown by itself, and keeps the request and both times, so that it can be looked for."""
    error = example(AmbiguousOutcome)
    assert isinstance(error, AmbiguousOutcome)

    assert error.outcome == "unknown"
    assert error.parameters["To"] == "+15558675310"
    assert error.lost_at - error.sent_at == dt.timedelta(seconds=30)
    assert error.sent_at.utcoffset() == dt.timedelta()


def test_the_least_that_is_known_is_said() -> None:
    """Without more, an error says that nothing was sent; an answer that cannot be read, that nobody knows."""
    assert TwilioError("so").outcome == ConfigError("so").outcome == InvalidArgument("so", argument="to").outcome == "not_sent"
    assert UnreadableAnswer("so", operation="messages.fetch").outcome == "unknown"
    assert APIError("so", status=400).outcome == "rejected"
    assert InvalidArgument("so", argument="send_at").argument == "send_at"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, None, InvalidRequest),
        (400, 20001, InvalidRequest),
        (405, None, InvalidRequest),
        (400, 21211, InvalidNumber),
        (400, 21614, InvalidNumber),
        (400, 21610, OptedOut),
        (400, 21408, RegionNotEnabled),
        (400, 21606, InvalidSender),
        (400, 21660, InvalidSender),
        (400, 30409, NotCancelable),
        (409, 30409, NotCancelable),
        (401, None, AuthenticationError),
        (401, 20003, AuthenticationError),
        (403, 20003, AuthenticationError),
        (403, None, PermissionDenied),
        (403, 20008, PermissionDenied),
        (404, None, NotFound),
        (400, 20404, NotFound),
        (409, 21710, Conflict),
        (412, None, Conflict),
        (429, 20429, RateLimited),
        (429, None, RateLimited),
        (429, 21611, QueueFull),
        (500, None, ServerError),
        (503, 20500, ServerError),
        (599, 99999, ServerError),
        (418, None, APIError),
        (418, 99999, APIError),
        (408, None, APIError),
    ],
)
def test_the_code_decides_before_the_status(status: int, code: int | None, kind: type[APIError]) -> None:
    """A code that has a class of its own gets it whatever the status; any other goes by its status."""
    assert error_class(status, code) is kind


def test_every_status_has_a_class() -> None:
    """Whatever status comes without a known code, an APIError can be made of it."""
    for status in range(300, 600):
        kind = error_class(status, None)
        assert issubclass(kind, APIError)
        assert issubclass(kind, ServerError) == (status >= 500)


@pytest.mark.parametrize("claim", [{"codes": (21610,)}, {"statuses": (404,)}])
def test_no_two_classes_claim_the_same(claim: dict[str, tuple[int, ...]]) -> None:
    """A code or a status in two classes is a mistake that no program gets past importing."""
    with pytest.raises(TypeError, match="both claim"):
        type("Second", (APIError,), {}, **claim)


def test_a_subclass_without_claims_changes_nothing() -> None:
    """What a class inherits it does not claim again."""
    type("Narrower", (NotFound,), {})

    assert error_class(404, None) is error_class(400, 20404) is NotFound
