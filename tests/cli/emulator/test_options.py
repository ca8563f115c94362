from __future__ import annotations

import io
from typing import Any

import click
import pytest

from twilio_async.cli.emulator.options import described, not_startable
from twilio_async.cli.failures import Unusable

DEFAULTS: dict[str, Any] = {
    "port": 0,
    "host": "127.0.0.1",
    "seed_file": None,
    "lifecycle": "immediate",
    "manual_clock": False,
    "concurrency_limit": None,
    "latency": 0.0,
    "strict": False,
    "proxy": False,
}


def test_what_is_described_is_an_emulator() -> None:
    """With the clock, the pace and the beginning that were asked for."""
    seed = io.BytesIO(b'{"messages": [{"body": "Hi"}]}')
    emulator = described(**{**DEFAULTS, "manual_clock": True, "lifecycle": "typical", "seed_file": seed})
    assert not emulator.clock.runs
    assert [message.body for message in emulator.messages] == ["Hi"]


def test_a_file_that_cannot_be_is_named() -> None:
    """And the place in it."""
    seed = io.BytesIO(b'{"messages": [{"to": 1}]}')
    seed.name = "seed.json"
    with pytest.raises(Unusable, match=r"seed.json: nothing was seeded: .*`\$\.messages\[0\]\.to`"):
        described(**{**DEFAULTS, "seed_file": seed})


@pytest.mark.parametrize(
    ("host", "warned"), [("127.0.0.1", False), ("localhost", False), ("0.0.0.0", True), ("192.0.2.1", True)]
)
def test_who_opens_it_to_others_is_warned(host: str, warned: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """Loudly, and on stderr, since stdout is for a shell."""
    described(**{**DEFAULTS, "host": host})
    out, err = capsys.readouterr()
    assert out == ""
    assert ("ANYBODY" in err) is warned


@pytest.mark.parametrize(
    ("error", "host", "words"),
    [
        (OSError(98, "x"), "127.0.0.1", "cannot listen on port 8080: Address already in use."),
        (OSError(99, "x"), "192.0.2.1", "cannot listen on 192.0.2.1, port 8080: Cannot assign requested address."),
        (OSError(-2, "x"), "nosuch", "cannot listen on nosuch, port 8080: no such address on this machine."),
        (ImportError("it is an extra"), "127.0.0.1", "it is an extra."),
    ],
)
def test_why_it_does_not_start_is_said_in_words(error: OSError | ImportError, host: str, words: str) -> None:
    """As a usage error."""
    failure = not_startable(error, host=host, port=8080)
    assert isinstance(failure, click.ClickException)
    assert (failure.message, failure.exit_code) == (words, 2)
