"""Measuring in processes that nothing has run in before: what one client leaves behind is not counted as another's."""

from __future__ import annotations

import contextlib
import cProfile
import gc
import io
import multiprocessing
import pstats
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class Cost:
    """What something took of this process, in seconds."""

    cpu: float = 0.0
    wall: float = 0.0


@contextlib.contextmanager
def stopwatch() -> Iterator[Cost]:
    """Measure what happens while the context is open, beginning without old garbage. The collector stays on: it is a cost, too."""
    gc.collect()
    cost, cpu, wall = Cost(), time.process_time(), time.perf_counter()
    yield cost
    cost.cpu, cost.wall = time.process_time() - cpu, time.perf_counter() - wall


def fresh(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call *function* in a new interpreter and return what it returns."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as child:
        return child.submit(function, *args, **kwargs).result()


def profiled(function: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> str:
    """Call *function* and describe where its time went: the functions that took most themselves."""
    profile = cProfile.Profile()
    profile.runcall(function, *args, **kwargs)
    text = io.StringIO()
    pstats.Stats(profile, stream=text).strip_dirs().sort_stats("tottime").print_stats(40)
    return text.getvalue()


_STATUS = Path("/proc/self/status")


def tells_memory() -> bool:
    """Whether this system tells what a process holds in memory, the way it is read here."""
    return _STATUS.exists()


def resident() -> int:
    """Bytes of this process in memory now."""
    return _status("VmRSS")


def peak_resident() -> int:
    """The most bytes of this process that have been in memory."""
    return _status("VmHWM")


def _status(field: str) -> int:
    found = re.search(rf"{field}:\s+(\d+) kB", _STATUS.read_text())
    assert found is not None
    return int(found[1]) * 1024
