"""What every emulator begins with, and who may come in."""

from __future__ import annotations

import pytest

from tests.emulator.conftest import NOON, basic
from twilio_async.emulator.chances import dice
from twilio_async.emulator.clock import Clock
from twilio_async.emulator.domain.errors import ApiError
from twilio_async.emulator.domain.history import write_message
from twilio_async.emulator.domain.lifecycle import Lifecycle
from twilio_async.emulator.domain.reviews import Reviews
from twilio_async.emulator.domain.state import (
    API_KEY,
    API_SECRET,
    NUMBERS,
    RCS,
    TEST_ACCOUNT_SID,
    TEST_AUTH_TOKEN,
    WHATSAPP,
    Caller,
    State,
    seeded_account,
)
from twilio_async.emulator.switches import Switches


@pytest.fixture
def state() -> State:
    """A state with the account that every emulator has."""
    account = seeded_account()
    return State(
        clock=Clock(),
        lifecycle=Lifecycle(None),
        reviews=Reviews(None),
        switches=Switches(),
        random=dice(1),
        accounts={account.sid: account},
    )


def test_credentials_open_their_account(state: State) -> None:
    """Its own token, the secret of its key, and its test credentials, in any case of the scheme."""
    (account,) = state.accounts.values()
    assert state.authenticate(basic(account.sid, account.auth_token)) == (account, "token")
    assert state.authenticate(basic(API_KEY, API_SECRET).replace("Basic", "basic")) == (account, "standard key")
    assert state.authenticate(basic(TEST_ACCOUNT_SID, TEST_AUTH_TOKEN)) == (account, "test")
    with pytest.raises(ApiError, match="Authenticate"):
        state.authenticate(basic(account.sid, API_SECRET))


def test_an_account_acts_for_itself_and_its_subaccounts(state: State) -> None:
    """And for nobody else; a subaccount not for its parent."""
    (account,) = state.accounts.values()
    child, stranger = state.add_account("Branch", parent=account), state.add_account("Rival")
    parent, own = Caller(account, "token"), Caller(child, "token")
    assert state.account_at(account.sid, parent) is account
    assert state.account_at(child.sid, parent) is child
    assert state.account_at(child.sid, own) is child
    assert state.account_at(account.sid, own) is None
    assert state.account_at(stranger.sid, parent) is None
    assert state.account_at("AC" + "0" * 32, parent) is None


def test_an_account_is_opened_with_what_is_given(state: State) -> None:
    """And with a sid and tokens of its own otherwise."""
    given = state.add_account("Rival", sid="AC" + "7" * 32, auth_token="7" * 32, trial=True, numbers=NUMBERS[:1])
    assert (given.sid, given.auth_token, given.friendly_name, given.trial) == ("AC" + "7" * 32, "7" * 32, "Rival", True)
    assert list(given.numbers.values()) == [NUMBERS[0]]
    made = state.add_account()
    assert state.accounts[made.sid] is made
    assert state.authenticate(basic(made.sid, made.auth_token)).account is made
    assert state.authenticate(basic(made.test_sid, made.test_token)) == (made, "test")
    assert made.date_created.microsecond == 0
    with pytest.raises(ValueError, match="already"):
        state.add_account(sid=made.sid)


def test_accounts_share_the_lock_and_the_sids_of_the_state(state: State) -> None:
    """So that whoever holds it holds all, and a seed repeats the keys too."""
    (account,) = state.accounts.values()
    for each in (account, state.add_account()):
        assert each.lock is state.lock
    again = seeded_account()
    State(
        clock=Clock(),
        lifecycle=Lifecycle(None),
        reviews=Reviews(None),
        switches=Switches(),
        random=dice(5),
        accounts={again.sid: again},
    )
    assert again.rotate_token() == f"{dice(5).getrandbits(128):032x}"


def test_an_address_has_an_owner(state: State) -> None:
    """Numbers, short codes and addresses on other channels."""
    (account,) = state.accounts.values()
    other = state.add_account()
    number = other.add_number("+12025550188")
    assert state.owner_of(number.number) is other
    assert state.owner_of("70707") is state.owner_of(WHATSAPP) is state.owner_of(RCS) is account
    assert state.owner_of("+12025550189") is None


def test_a_message_has_an_account(state: State) -> None:
    """Whichever it is."""
    other = state.add_account()
    message = write_message(other, "0" * 32, NOON, to="+1", from_="+2", body="", status="sent", direction="outbound-api")
    assert state.account_with_message(message.sid) is other
    assert state.account_with_message("SM") is None


def test_a_seed_repeats_the_sids(state: State) -> None:
    """Which are 32 hexadecimal digits, never twice the same."""
    digits = [state.unique() for _ in range(3)]
    assert digits == [f"{dice_.getrandbits(128):032x}" for dice_ in [dice(1)] for _ in range(3)]
    assert len(set(digits)) == 3


def test_two_emulators_share_no_account() -> None:
    """The sid is always the same, what is in it is not."""
    one, other = seeded_account(), seeded_account()
    one.opt_outs.add((None, "+1"))
    one.numbers.clear()
    assert other.numbers
    assert not other.opt_outs
    assert one.sid == other.sid
