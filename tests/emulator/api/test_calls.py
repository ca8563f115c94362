"""What an operation may read of its request."""

from __future__ import annotations

import pytest

from tests.emulator.conftest import NOON
from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.chances import dice
from twilio_async.emulator.clock import Clock
from twilio_async.emulator.domain.errors import ApiError
from twilio_async.emulator.domain.history import write_message
from twilio_async.emulator.domain.lifecycle import Lifecycle
from twilio_async.emulator.domain.reviews import Reviews
from twilio_async.emulator.domain.state import State, seeded_account
from twilio_async.emulator.switches import Switches


def call(path: str = "/v1/Services", sids: dict[str, str] | None = None, **parameters: list[str]) -> Call:
    """A call with these parameters."""
    return Call(
        state=State(clock=Clock(), lifecycle=Lifecycle(None), reviews=Reviews(None), switches=Switches(), random=dice(1)),
        account=seeded_account(),
        path=path,
        sids=sids or {},
        parameters=parameters,
        unique="0" * 32,
        origin="http://127.0.0.1",
        now=NOON.replace(microsecond=5),
    )


def test_a_text_is_the_last_of_its_values() -> None:
    """An empty one is there, an absent one is not."""
    asked = call(A=["1", "2"], B=[""])
    assert (asked.text("A"), asked.text("B"), asked.text("C")) == ("2", "", None)
    assert (asked.texts("A"), asked.texts("C")) == (["1", "2"], ())


def test_flags_integers_and_choices_are_read() -> None:
    """Absent ones are none."""
    asked = call(Yes=["true"], No=["false"], Number=["-5"], Method=["GET"])
    assert (asked.flag("Yes"), asked.flag("No"), asked.flag("Else")) == (True, False, None)
    assert (asked.integer("Number"), asked.integer("Else")) == (-5, None)
    assert (asked.choice("Method", {"GET"}), asked.choice("Else", {"GET"})) == ("GET", None)


@pytest.mark.parametrize("value", ["True", "1.5", "", "--1", "9" * 5000])
def test_others_are_refused(value: str) -> None:
    """The error names the parameter."""
    asked = call(X=[value])
    for read in (asked.flag, asked.integer, lambda name: asked.choice(name, {"GET"})):
        with pytest.raises(ApiError, match="Invalid parameter X") as caught:
            read("X")
        assert caught.value.code == 20001


def test_messaging_leaves_its_version_out_of_what_was_not_found() -> None:
    """The 2010 API says the whole path."""
    assert str(call("/v1/Services/MG").not_found()) == "The requested resource /Services/MG was not found"
    assert "/2010-04-01/x.json" in str(call("/2010-04-01/x.json").not_found())


def test_a_message_is_found_by_a_variable_of_the_path() -> None:
    """Or it is an error."""
    asked = call(sids={"Sid": "SM" + "0" * 32, "Other": "SM"})
    message = write_message(asked.account, "0" * 32, NOON, to="+1", from_="+2", body="", status="sent", direction="inbound")
    assert asked.message("Sid") == message
    with pytest.raises(ApiError, match="was not found"):
        asked.message("Other")


def test_a_record_has_whole_seconds_and_an_answer_is_good_by_default() -> None:
    """As Twilio's."""
    assert call().today == NOON
    assert Answer() == Answer(200, None, {})
