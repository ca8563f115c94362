"""What every emulator begins with, and who may come in."""

from __future__ import annotations

import pytest

from tests.emulator.conftest import basic
from twilio_async.emulator.clock import Clock
from twilio_async.emulator.errors import ApiError
from twilio_async.emulator.faults import dice
from twilio_async.emulator.lifecycle import Lifecycle
from twilio_async.emulator.state import API_KEY, API_SECRET, State, seeded_account
from twilio_async.emulator.switches import Switches


@pytest.fixture
def state() -> State:
    """A state with the account that every emulator has."""
    account = seeded_account()
    return State(
        clock=Clock(),
        lifecycle=Lifecycle(None),
        switches=Switches(),
        random=dice(1),
        accounts={account.sid: account},
    )


def test_credentials_open_their_account(state: State) -> None:
    """Its own token, and the secret of its key, in any case of the scheme."""
    (account,) = state.accounts.values()
    assert state.authenticate(basic(account.sid, account.auth_token)) is account
    assert state.authenticate(basic(API_KEY, API_SECRET).replace("Basic", "basic")) is account
    with pytest.raises(ApiError, match="Authenticate"):
        state.authenticate(basic(account.sid, API_SECRET))


def test_an_account_acts_for_itself(state: State) -> None:
    """And for nobody else."""
    (account,) = state.accounts.values()
    assert state.account_at(account.sid, account) is account
    assert state.account_at("AC" + "0" * 32, account) is None


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
