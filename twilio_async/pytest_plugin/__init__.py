"""The pytest plugin: an emulated Twilio for each test, and what happened in it where a test fails.

Every pytest run of an environment with this package loads it, so it imports nothing that a run without an emulator would
have to wait for.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from twilio_async.pytest_plugin.options import MARKER, chosen

if TYPE_CHECKING:
    from twilio_async.emulator import Emulator

_HERE: pytest.StashKey[Emulator] = pytest.StashKey()

_ELSEWHERE = (
    *("TWILIO_API_KEY", "TWILIO_API_SECRET", "TWILIO_CLIENT_ID", "TWILIO_CLIENT_SECRET"),
    *("TWILIO_REGION", "TWILIO_EDGE"),
)
"""Variables that lead a program to another account or another place than an emulator's, if somebody has set them."""


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known to ``--strict-markers`` and ``--markers``."""
    config.addinivalue_line(
        "markers", f"{MARKER}(**options): what the emulated Twilio is like; takes what twilio_async.emulator.Emulator takes."
    )


@pytest.fixture(scope="session")
def twilio_emulator_options() -> Mapping[str, Any]:
    """What the emulators of all tests are like. Override it in a conftest; the marker twilio_emulator wins over it."""
    return {}


@pytest.fixture
def _twilio_emulator_options(request: pytest.FixtureRequest, twilio_emulator_options: Mapping[str, Any]) -> dict[str, Any]:
    __tracebackhide__ = True
    return chosen(twilio_emulator_options, request.node.iter_markers(MARKER))


@pytest.fixture
def twilio_emulator(request: pytest.FixtureRequest, _twilio_emulator_options: dict[str, Any]) -> Iterator[Emulator]:
    """An emulated Twilio of the test's own, on loopback and in a thread of its own: for sync and async tests alike."""
    from twilio_async.emulator import Emulator  # it loads an HTTP server, which most tests of a project do not need

    with Emulator(**_twilio_emulator_options) as emulator:
        request.node.stash[_HERE] = emulator
        yield emulator


@pytest.fixture
def twilio_env(
    twilio_emulator: Emulator, _twilio_emulator_options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """The environment variables that lead a program to the emulated Twilio; they are set as long as the test runs."""
    env = dict(twilio_emulator.env)
    if _twilio_emulator_options.get("proxy"):
        env |= twilio_emulator.proxy_env
    for name in _ELSEWHERE:
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    return env


@pytest.hookimpl(wrapper=True, tryfirst=True)  # around all others, which may turn a failure into an expected one
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell in the report of a failure what happened in the emulator."""
    report = yield
    emulator = item.stash.get(_HERE, None)
    if emulator is None:
        return report
    if report.failed:
        from twilio_async.pytest_plugin.section import TITLE, told  # only who fails needs it

        report.sections.append((TITLE, told(emulator)))
    if report.when == "teardown":
        del item.stash[_HERE]  # pytest keeps the items of all tests until the end
    return report
