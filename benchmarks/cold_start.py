"""What a program waits for before it has done anything: imports, and the first request."""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks import canned
from benchmarks.clients import FLOOR, HTTPX, OFFICIAL, OURS
from benchmarks.figures import Section
from benchmarks.scale import Scale
from benchmarks.server import Addresses

IMPORTS = {OURS: "import twilio_async", OFFICIAL: "import twilio.rest", FLOOR: "import aiohttp, msgspec", HTTPX: "import httpx"}
CLIENTS = {
    OURS: f"from twilio_async import AsyncSession\nAsyncSession('AC{0:032}', 'token').messages",
    OFFICIAL: f"from twilio.rest import Client\nClient('AC{0:032}', 'token').messages",
}
IMPORT, MADE, REQUEST = "import", "import, and a client made", "import, and one message sent"
HELP = "twilio-async --help"

_TIMED = """
import json, sys, time
_wall, _cpu = time.perf_counter(), time.process_time()
{code}
print(json.dumps([time.process_time() - _cpu, time.perf_counter() - _wall, sorted(sys.modules)]), file=sys.stderr)
"""
_REQUEST = """
import asyncio
from benchmarks.clients import client

async def main():
    async with client({name!r}, {url!r}, {account!r}) as sender:
        await sender.send("+15550000000", "Hello")

asyncio.run(main())
"""
_HELP = """
sys.argv = ["twilio-async", "--help"]
from twilio_async.cli import main
try:
    main()
except SystemExit:
    pass
"""


@dataclass(frozen=True, slots=True)
class Start:
    """What some code took in a new interpreter, in seconds, without the interpreter's own start."""

    cpu: float
    wall: float
    modules: frozenset[str]


def run(scale: Scale, server: Addresses) -> Section:
    """Measure each in turn, several times, with everything compiled to bytecode in advance."""
    section = Section("import", f"new interpreters, their own start not counted; medians of {scale.starts}")
    codes = _codes(server.prompt)
    if not _exists("twilio_async.cli"):
        del codes[HELP, OURS]
        section.skipped.append(f"{HELP}: there is no twilio_async.cli yet")
    starts = _started(codes, scale.starts)
    for (measure, name), found in starts.items():
        modules = f"{len(found[0].modules):,} modules loaded"
        section.add(f"{measure}, CPU", name, statistics.median(start.cpu for start in found) * 1e3, "ms")
        section.add(f"{measure}, wall", name, statistics.median(start.wall for start in found) * 1e3, "ms", modules)
    section.expect("import ÷ import twilio.rest", section.ratio(f"{IMPORT}, wall", OURS, OFFICIAL), at_most=0.5)
    if (HELP, OURS) in starts:
        loaded = sum(module.partition(".")[0] == "aiohttp" for module in starts[HELP, OURS][0].modules)
        section.expect(f"modules of aiohttp that {HELP} loads", loaded, at_most=0)
    return section


def _codes(url: str) -> dict[tuple[str, str], str]:
    """What is run, by measure and client."""
    return {
        **{(IMPORT, name): code for name, code in IMPORTS.items()},
        **{(MADE, name): code for name, code in CLIENTS.items()},
        **{(REQUEST, name): _REQUEST.format(name=name, url=url, account=canned.account(0)) for name in IMPORTS},
        (HELP, OURS): _HELP,
    }


def _started(codes: Mapping[tuple[str, str], str], times: int) -> dict[tuple[str, str], list[Start]]:
    with tempfile.TemporaryDirectory() as compiled:
        environ = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        for code in codes.values():
            _start(code, environ)
        rounds = [{key: _start(code, environ) for key, code in codes.items()} for _ in range(times)]
    return {key: [starts[key] for starts in rounds] for key in codes}


def _start(code: str, environ: Mapping[str, str]) -> Start:
    ran = subprocess.run(
        [sys.executable, "-c", _TIMED.format(code=code)], env=environ, capture_output=True, text=True, check=True
    )
    cpu, wall, modules = json.loads(ran.stderr.splitlines()[-1])
    return Start(cpu, wall, frozenset(modules))


def _exists(package: str) -> bool:
    """Whether there is code in it: an empty directory can be imported, too."""
    spec = importlib.util.find_spec(package)
    return spec is not None and spec.origin is not None
