"""When to try again, as arithmetic: nothing here waits."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_async.errors import (
    APIError,
    CertificateError,
    ConfigError,
    ConnectError,
    RateLimited,
    ServerError,
    TimedOut,
    TwilioError,
)
from twilio_async.retry import Retry, RetryBudget

seconds = st.floats(0, 1e6)
policies = st.builds(
    Retry, attempts=st.integers(1, 5000), base=seconds, cap=seconds, max_elapsed=seconds, max_retry_after=seconds
)
errors = st.one_of(
    st.builds(ConnectError, st.just("refused")),
    st.builds(TimedOut, st.just("slow")),
    st.builds(ServerError, st.just("broken"), status=st.just(503), retry_after=st.none() | seconds),
    st.builds(RateLimited, st.just("too many"), status=st.just(429), retry_after=st.none() | seconds),
)


def asked_by(error: TwilioError) -> float:
    """What the answer asked to wait, if there was one and it did."""
    return (error.retry_after or 0.0) if isinstance(error, APIError) else 0.0


@given(policies, st.integers(1, 5000), errors, seconds, st.floats(0, 1))
def test_a_wait_is_within_its_bounds(policy: Retry, attempt: int, error: TwilioError, elapsed: float, drawn: float) -> None:
    """A wait is at least what was asked for, at most that and one jitter, and ends before the time is up."""
    delay = policy.delay(attempt, error, elapsed, draw=lambda: drawn)

    if delay is not None:
        assert attempt < policy.attempts
        assert asked_by(error) <= delay <= asked_by(error) + policy.cap
        assert asked_by(error) <= policy.max_retry_after
        assert elapsed + delay <= policy.max_elapsed


@given(policies, st.integers(1, 5000), errors, seconds)
def test_it_gives_up_only_for_a_reason(policy: Retry, attempt: int, error: TwilioError, elapsed: float) -> None:
    """With tries and time left, and no longer wait asked for than is allowed, there is a next try."""
    delay = policy.delay(attempt, error, elapsed, draw=lambda: 0.0)
    asked = asked_by(error)

    assert (delay is None) == (
        attempt >= policy.attempts or asked > policy.max_retry_after or elapsed + asked > policy.max_elapsed
    )


@given(st.integers(1, 5000), st.floats(0, 1))
def test_the_jitter_doubles_up_to_its_cap(attempt: int, drawn: float) -> None:
    """The wait is drawn from 0 to the base, doubled with each try, and from 0 to the cap once that is less."""
    policy = Retry(attempts=10_000, base=0.25, cap=8.0, max_elapsed=1e6)
    longest = min(8.0, 0.25 * 2 ** min(attempt - 1, 10))

    assert policy.delay(attempt, ConnectError("refused"), 0.0, draw=lambda: drawn) == pytest.approx(drawn * longest)


def test_the_ten_thousandth_try_has_a_wait_too() -> None:
    """Doubling does not overflow, however many tries a policy allows."""
    policy = Retry(attempts=20_000, max_elapsed=1e6)

    assert policy.delay(10_000, ConnectError("refused"), 0.0, draw=lambda: 1.0) == 8.0


def test_the_default_draws_by_itself() -> None:
    """Without a given draw the waits differ: a crowd that failed together does not come back together."""
    policy = Retry()

    assert len({policy.delay(4, ConnectError("refused"), 0.0) for _ in range(20)}) > 1


def test_the_last_attempt_has_no_next() -> None:
    """Five attempts are five tries, the first included."""
    policy = Retry(attempts=5)

    assert policy.delay(4, ConnectError("refused"), 0.0) is not None
    assert policy.delay(5, ConnectError("refused"), 0.0) is None


@pytest.mark.parametrize(("elapsed", "waits"), [(0.0, True), (7.0, True), (7.1, False), (10.0, False), (99.0, False)])
def test_no_try_begins_after_the_time_is_up(elapsed: float, waits: bool) -> None:
    """The wait counts: a try that would only begin behind the last second is not waited for."""
    error = ServerError("broken", status=503, retry_after=3.0)
    delay = Retry(max_elapsed=10.0).delay(1, error, elapsed, draw=lambda: 0.0)

    assert delay == (3.0 if waits else None)


@given(errors)
def test_never_means_never(error: TwilioError) -> None:
    """One try, whatever happens, and however soon it may be repeated."""
    assert Retry.never().delay(1, error, 0.0, draw=lambda: 0.0) is None


def test_an_untrusted_certificate_is_not_tried_again() -> None:
    """It will be no more trusted next time."""
    assert Retry().delay(1, CertificateError("not trusted"), 0.0) is None


def test_retry_after_comes_under_the_jitter() -> None:
    """Nobody comes before the time that was asked for, and not all at once after it."""
    error = RateLimited("too many", status=429, retry_after=3.0)

    assert Retry().delay(1, error, 0.0, draw=lambda: 0.0) == 3.0
    assert Retry(base=1.0).delay(1, error, 0.0, draw=lambda: 0.5) == 3.5


@pytest.mark.parametrize(("asked", "waits"), [(60.0, True), (60.1, False), (1e9, False)])
def test_a_long_retry_after_is_raised_instead_of_waited_for(asked: float, waits: bool) -> None:
    """An answer that asks for more than is allowed is the caller's to handle."""
    error = RateLimited("too many", status=429, retry_after=asked)
    delay = Retry(max_elapsed=1000.0).delay(1, error, 0.0, draw=lambda: 0.0)

    assert delay == (asked if waits else None)


@pytest.mark.parametrize("name", ["base", "cap", "max_elapsed", "max_retry_after"])
@pytest.mark.parametrize("value", [-0.001, math.nan, math.inf, -math.inf, "1", None])
def test_seconds_are_finite_and_not_negative(name: str, value: Any) -> None:
    """Whatever is no number of seconds is refused, and the error names the argument."""
    with pytest.raises(ConfigError, match=f"^{name}="):
        Retry(**{name: value})


@pytest.mark.parametrize("value", [0, -1, 2.5, math.nan, math.inf, "3", None, True])
def test_attempts_are_a_whole_number_from_one(value: Any) -> None:
    """A NaN would try forever, and half a try is none."""
    with pytest.raises(ConfigError, match=r"^attempts="):
        Retry(attempts=value)


def test_no_wait_at_all_is_a_policy() -> None:
    """Zeros are allowed: tests repeat without waiting."""
    policy = Retry(base=0.0, cap=0.0, max_elapsed=0.0, max_retry_after=0.0)

    assert policy.delay(1, ConnectError("refused"), 0.0) == 0.0


def test_a_policy_is_a_value() -> None:
    """Policies compare by what they say, and cannot be changed under a session's hands."""
    assert Retry(attempts=1) == Retry.never()
    with pytest.raises(AttributeError):
        Retry().attempts = 3  # type: ignore[misc]  # what is proved


# --- the budget ----------------------------------------------------------------------------------------------------------

SLOW = TimedOut("slow")


def repeats(budget: RetryBudget, most: int = 1000) -> int:
    """How many repeats in a row the budget allows."""
    return next((number for number in range(most) if not budget.allows(SLOW)), most)


@pytest.mark.parametrize("tokens", [1, 5, 100, 2.5])
def test_a_budget_allows_as_many_as_it_holds(tokens: float) -> None:
    """So many repeats in a row, and then none."""
    budget = RetryBudget(tokens)

    assert repeats(budget) == int(tokens)
    assert not budget.allows(SLOW)


@given(st.integers(0, 500))
def test_ten_successes_pay_for_one_repeat(successes: int) -> None:
    """Each success gives a tenth back, exactly, and no more than the budget holds."""
    budget = RetryBudget(20)
    repeats(budget)
    for _ in range(successes):
        budget.succeeded()

    assert repeats(budget) == min(20, successes // 10)


@given(st.lists(st.booleans(), max_size=300))
def test_repeats_never_exceed_the_budget_and_a_tenth_of_the_successes(steps: list[bool]) -> None:
    """In any order of successes and failures, the load that repeats add stays bounded."""
    budget = RetryBudget(3)
    allowed = 0
    for number, succeeded in enumerate(steps):
        if succeeded:
            budget.succeeded()
        else:
            allowed += budget.allows(SLOW)
        assert allowed <= 3 + sum(steps[: number + 1]) / 10


def test_a_429_costs_nothing() -> None:
    """It was not processed, and the concurrency limit answers it; it is allowed also when nothing is left."""
    budget = RetryBudget(1)
    limited = RateLimited("too many", status=429, code=20429)

    assert all(budget.allows(limited) for _ in range(100))
    assert repeats(budget) == 1
    assert budget.allows(limited)


@pytest.mark.parametrize("tokens", [0, 0.99, -1, math.nan, "5", None])
def test_a_budget_for_no_repeat_is_refused(tokens: Any) -> None:
    """Repeats are switched off by the policy, and the error says so."""
    with pytest.raises(ConfigError, match=r"Retry\.never"):
        RetryBudget(tokens)


def test_a_budget_without_end() -> None:
    """Who wants no budget gives infinity."""
    assert repeats(RetryBudget(math.inf)) == 1000


def test_a_budget_reads_well() -> None:
    """The repr says what is left of how much."""
    budget = RetryBudget(5)
    budget.allows(SLOW)
    budget.succeeded()

    assert repr(budget) == "<RetryBudget 4.1/5>"
