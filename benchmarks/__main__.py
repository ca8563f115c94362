"""``python -m benchmarks``: measure and print one table."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Callable

from benchmarks import cold_start, decode, emulator, goodput, history, memory, outbox, postgres, report, send, webhooks
from benchmarks.figures import Section
from benchmarks.scale import QUICK, Scale
from benchmarks.server import Addresses, serving

_RUNS: dict[str, Callable[[Scale, Addresses], Section]] = {
    "send": send.run,
    "history": history.run,
    "decode": decode.run,
    "memory": memory.run,
    "import": cold_start.run,
    "goodput": goodput.run,
    "emulator": emulator.run,
    "webhooks": webhooks.run,
    "outbox": outbox.run,
    "postgres": postgres.run,
}
_PROFILES: dict[str, Callable[[Scale, Addresses], str]] = {"send": send.profile, "history": history.profile}


def main() -> None:
    """Read the command line, run what it names, print."""
    asked = _arguments()
    scale = QUICK if asked.quick else Scale()
    if asked.rows is not None:
        scale = dataclasses.replace(scale, rows=asked.rows)
    with serving(scale.records) as server:
        if asked.profile:
            for name in asked.names:
                print(_PROFILES[name](scale, server))
            return
        sections = [_run(name, scale, server) for name in asked.names]
    print(report.as_json(sections) if asked.json else report.table(sections))


def _run(name: str, scale: Scale, server: Addresses) -> Section:
    print(f"measuring {name} …", file=sys.stderr)
    return _RUNS[name](scale, server)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks", description="How fast this library is, beside others.")
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"what to measure: {', '.join(_RUNS)}; all without a name")
    parser.add_argument("--json", action="store_true", help="print the figures for a program")
    parser.add_argument("--quick", action="store_true", help="small counts, to see that everything runs")
    parser.add_argument("--rows", type=int, metavar="N", help=f"rows that send_many takes in memory (default {Scale().rows})")
    parser.add_argument("--profile", action="store_true", help=f"print where our time goes instead: {' or '.join(_PROFILES)}")
    asked = parser.parse_args()
    possible = _PROFILES if asked.profile else _RUNS
    asked.names = asked.names or [*possible]
    if unknown := [name for name in asked.names if name not in possible]:
        parser.error(f"{', '.join(unknown)}: give one of {', '.join(possible)}")
    return asked


if __name__ == "__main__":
    main()
