"""What the fragment of a webhook's URL says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twilio_async.emulator.applications.overrides import FAILURES, TWILIOS, Failure, Overrides, split

HOOK = "https://example.com/hook?a=%41&b=c+d"


def test_a_url_without_a_fragment_is_called_as_twilio_does() -> None:
    """Five seconds to connect, fifteen to answer, and one more try if there was no connection."""
    assert split(HOOK) == (HOOK, Overrides())
    assert Overrides(5.0, 15.0, 15.0, 1, frozenset({"ct"}), True, ("ashburn",)) == TWILIOS


def test_every_override_is_read() -> None:
    """Milliseconds become seconds, and the rest what it says."""
    url, overrides = split(f"{HOOK}#ct=100&rt=2500&tt=15000&rc=3&rp=4xx,rt&sni=n&e=dublin,tokyo-ix")
    assert url == HOOK
    assert overrides == Overrides(0.1, 2.5, 15.0, 3, frozenset({"4xx", "rt"}), False, ("dublin", "tokyo-ix"))


def test_all_means_every_failure() -> None:
    """With a word for itself, also beside others; escaped commas are commas."""
    assert split("http://h/#rp=all")[1].retry_on == set(FAILURES)
    assert split("http://h/#rp=ct,all,nonsense")[1].retry_on == set(FAILURES)
    assert split("http://h/#rp=4xx%2C5xx,nonsense")[1].retry_on == {"4xx", "5xx"}


@pytest.mark.parametrize(
    "fragment",
    [
        "ct=99", "ct=10001", "ct=-100", "ct=1e3", "ct=", "ct", "ct=٣٠٠", "ct=" + "9" * 5000, "ct=300.5", "rt=15001",
        "rt=99", "tt=15001", "tt=0", "rc=6", "rc=-1", "rc=two", "rp=never", "rp=", "sni=maybe", "e=paris", "e=-ix", "CT=300",
        "xx=1", "&&&", "=", "%", "#",
    ],
)  # fmt: skip
def test_what_is_out_of_range_or_nonsense_is_not_said(fragment: str) -> None:
    """Twilio's defaults hold, and nothing is raised."""
    assert split(f"{HOOK}#{fragment}") == (HOOK, TWILIOS)


def test_of_a_key_that_is_said_twice_the_last_counts() -> None:
    """As in most query strings."""
    assert split("http://h/#rc=2&rc=4")[1].retries == 4


def test_other_defaults_hold_where_the_fragment_is_silent() -> None:
    """A test that has no patience says so once, and each URL may still speak for itself."""
    hasty = Overrides(connect_timeout=0.2, read_timeout=0.3, total_timeout=0.4, retries=0, verify_sni=False, edges=("tokyo",))
    assert split(HOOK, hasty)[1] == hasty
    assert split(f"{HOOK}#rc=2", hasty)[1] == Overrides(0.2, 0.3, 0.4, 2, frozenset({"ct"}), False, ("tokyo",))


@given(
    connect=st.integers(100, 10_000),
    read=st.integers(100, 15_000),
    total=st.integers(100, 15_000),
    retries=st.integers(0, 5),
    failures=st.sets(st.sampled_from(FAILURES), min_size=1),
    order=st.randoms(use_true_random=False),
)
def test_what_is_in_range_is_kept_in_any_order(
    connect: int, read: int, total: int, retries: int, failures: set[Failure], order: object
) -> None:
    """Each value comes back as it was written, whatever stands beside it."""
    said = [f"ct={connect}", f"rt={read}", f"tt={total}", f"rc={retries}", f"rp={','.join(failures)}", "junk=1"]
    order.shuffle(said)  # type: ignore[attr-defined]
    url, overrides = split(f"{HOOK}#{'&'.join(said)}")
    assert url == HOOK
    assert (overrides.connect_timeout, overrides.read_timeout) == (connect / 1000, read / 1000)
    assert (overrides.total_timeout, overrides.retries, overrides.retry_on) == (total / 1000, retries, frozenset(failures))


@given(st.text(), st.text())
def test_any_text_is_taken_apart_at_its_first_hash(before: str, fragment: str) -> None:
    """What is before stays as it is, and what is behind is within the ranges."""
    url, overrides = split(f"{before.replace('#', '')}#{fragment}")
    assert url == before.replace("#", "")
    assert 0.1 <= overrides.connect_timeout <= 10
    assert 0.1 <= overrides.read_timeout <= 15
    assert 0.1 <= overrides.total_timeout <= 15
    assert 0 <= overrides.retries <= 5
    assert overrides.retry_on <= set(FAILURES)
    assert overrides.edges
