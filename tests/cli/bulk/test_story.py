"""A campaign as it happens to people: a messy file, three times Ctrl-C, one ``kill -9``, and the same command again.

It has 2,000 rows; with ``TWILIO_ASYNC_BULK_ROWS=50000`` it has as many as that, and takes minutes.
"""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import anyio
import anyio.to_thread
import pytest

from tests.cli.shell import COMMAND, environment
from tests.outbox.conftest import until
from twilio_async.emulator import Emulator

ROWS = int(os.environ.get("TWILIO_ASYNC_BULK_ROWS", "2000"))
BAD = max(ROWS // 250, 40)
HEADER = "Nr;Name;Mobile"
TEXT = "Hi {name}, your parcel is here – number {nr}"
GOES_ON = re.compile(r"To go on where it was:\n    twilio-async (bulk .*)\n")


class Campaign:
    """A file as a spreadsheet saves it: with a mark, semicolons and Windows' line ends, and with bad rows of four kinds.

    Attributes:
        good: who is to be texted.
        landlines: whom Twilio refuses.
        content: the file's.
    """

    def __init__(self) -> None:
        self.good: set[str] = set()
        self.landlines: set[str] = set()
        lines = [HEADER]
        for number in range(ROWS):
            every, rest = divmod(number, ROWS // BAD)
            lines.append(self._row(number, fault=every % 4 if every and not rest else None))
        self.content = ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")

    def _row(self, number: int, *, fault: int | None) -> str:
        phone = f"+1415{2_000_000 + number}"
        match fault:
            case 0:  # the number of the row before
                return f"{number};Zoë {number};+1 (415) {2_000_000 + number - 1}"
            case 1:
                self.landlines.add(phone)
            case 2:
                return f"{number}; ;{phone}"
            case 3:
                return f"{number};Zoë {number};{number}-415"
            case _:
                self.good.add(phone)
        return f"{number};Zoë {number};{phone[:2]} {phone[2:5]} {phone[5:]}"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A Twilio that outlives its clients, in a thread of its own."""
    with Emulator(max_requests=0) as emulator:
        yield emulator


async def attempt(
    emulator: Emulator, arguments: Sequence[str], *, until_sent: int | None = None, told: signal.Signals = signal.SIGINT
) -> tuple[int | None, str]:
    """Run the command; end it with a signal when so many were sent. Gives the exit code and what it said."""
    async with await anyio.open_process(
        [*COMMAND, *arguments], env=environment(emulator.env), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        if until_sent is not None:
            await until(lambda: len(emulator.account.messages) >= until_sent or process.returncode is not None)
            process.send_signal(told)
        assert process.stdout is not None
        said = b"".join([chunk async for chunk in process.stdout]).decode()
        await process.wait()
    return process.returncode, said


@pytest.mark.timeout(60 + ROWS // 50)
async def test_everybody_is_texted_once_whatever_happens_to_the_sender(emulator: Emulator, tmp_path: Path) -> None:
    """Each good row reaches Twilio exactly once, and each row of the file has its line in the results."""
    campaign = Campaign()
    emulator.account.landlines |= campaign.landlines
    file, results, ledger = tmp_path / "parcels.csv", tmp_path / "results.csv", str(tmp_path / "parcels.outbox.db")
    await anyio.Path(file).write_bytes(campaign.content)
    arguments: Sequence[str] = ("bulk", str(file), "--body", TEXT, "--yes", "--results", str(results))

    for share, told in ((0.1, signal.SIGINT), (0.3, signal.SIGINT), (0.5, signal.SIGKILL), (0.7, signal.SIGINT)):
        code, said = await attempt(emulator, arguments, until_sent=int(share * len(campaign.good)), told=told)
        assert "Traceback" not in said
        if told == signal.SIGKILL:
            assert code == -signal.SIGKILL
            continue
        assert code == 1
        found = GOES_ON.search(said)
        assert found is not None
        assert "nobody was texted twice" in said
        assert len(emulator.account.messages) < len(campaign.good)

    await until(lambda: not emulator.in_flight)
    code, said = await attempt(emulator, arguments)
    assert code == 1  # not everybody could be texted
    for resend in ((), (), ("--resend-absent",)):  # what was about to be sent when it was killed, and may not have been
        await attempt(emulator, ("outbox", "reconcile", ledger, "--quiet", "0", "--apart", "0", *resend))
    code, said = await attempt(emulator, arguments)

    assert Counter(message.to for message in emulator.messages) == dict.fromkeys(campaign.good, 1)
    states = await anyio.to_thread.run_sync(lambda: [row["state"] for row in csv.DictReader(results.read_text().splitlines())])
    assert len(states) == ROWS
    invalid = ROWS - len(campaign.good) - len(campaign.landlines)
    assert Counter(states) == {"accepted": len(campaign.good), "rejected": len(campaign.landlines), "invalid": invalid}
    assert invalid + len(campaign.landlines) >= BAD - 1
    assert "+14152" not in said
