"""What a session tells its hooks: values that can be kept, compared and logged, and that hold nothing private."""

from __future__ import annotations

import inspect
import json
import pickle
import typing

import msgspec
import pytest

from twilio_async import errors, events
from twilio_async.events import Event, RequestEnded, RequestStarted, Retrying, Waited

EXAMPLES: list[Event] = [
    RequestStarted(operation="messages.create", method="POST", path="/2010-04-01/Accounts/AC1/Messages.json", attempt=1),
    RequestEnded(
        operation="messages.create", attempt=1, outcome="rejected", status=429, code=20429, request_id="RQ1", elapsed=0.1,
        concurrent_requests=7,
    ),
    Retrying(operation="messages.create", attempt=1, delay=0.25, error="RateLimited"),
    Waited(operation="messages.create", limit="concurrency", seconds=1.5),
]  # fmt: skip


def test_every_event_is_one_that_a_hook_may_get() -> None:
    """The union that a hook is typed with names each event there is."""
    structs = {value for value in vars(events).values() if inspect.isclass(value) and issubclass(value, msgspec.Struct)}

    assert set(typing.get_args(Event)) == structs == {type(event) for event in EXAMPLES}


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_an_event_is_a_value(event: Event) -> None:
    """It cannot be changed by one hook for the next, compares by what it says, and travels to another process or a log."""
    with pytest.raises(AttributeError):
        event.operation = "other"  # type: ignore[misc]  # what is proved

    assert event == pickle.loads(pickle.dumps(event))
    assert json.loads(msgspec.json.encode(event)) == msgspec.structs.asdict(event)
    assert hash(event) == hash(msgspec.structs.replace(event))


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_an_event_names_its_operation(event: Event) -> None:
    """Whatever happened, a hook can count it by operation."""
    assert event.operation == "messages.create"


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_an_event_has_room_for_nothing_private(event: Event) -> None:
    """No field is there in which a parameter, a body, a header or an error's text could stand."""
    fields = set(msgspec.structs.asdict(event))

    assert not fields & {"url", "query", "parameters", "pairs", "body", "headers", "message", "to", "from_", "row", "details"}


def test_an_event_takes_its_facts_by_name_only() -> None:
    """Facts of one type, such as two counts, cannot be mixed up by their order."""
    with pytest.raises(TypeError):
        Waited("messages.create", "rate", 1.5)  # type: ignore[call-arg]  # what is proved


def test_an_event_speaks_of_outcomes_as_errors_do() -> None:
    """The words for what became of a request are the same in both places."""
    assert typing.get_type_hints(RequestEnded, vars(errors))["outcome"] == errors.Outcome
