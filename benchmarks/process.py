"""Measuring, in processes that nothing has run in before: what one client leaves behind is not counted as another's."""

from __future__ import annotations

import contextlib
import cProfile
import gc
import io
import multiprocessing
import pstats
import re
import time
from collections.abc import Callable, Generator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeAlias, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Measure: TypeAlias = Callable[[], AbstractContextManager[T]]
"""What measures what happens in its context, such as `stopwatch`; the finding is complete when the context ends."""


def fresh(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call *function* in a new interpreter and return what it returns."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as child:
        return child.submit(function, *args, **kwargs).result()


@dataclass(slots=True)
class Cost:
    """What something took of this process, in seconds."""

    cpu: float = 0.0
    wall: float = 0.0


@contextlib.contextmanager
def stopwatch() -> Generator[Cost]:
    """Measure time, beginning without old garbage. The collector stays on, since it is part of the cost."""
    gc.collect()
    cost, cpu, wall = Cost(), time.process_time(), time.perf_counter()
    yield cost
    cost.cpu, cost.wall = time.process_time() - cpu, time.perf_counter() - wall


@dataclass(slots=True)
class Profile:
    """Which functions took most time themselves, as a table."""

    text: str = ""


@contextlib.contextmanager
def profiler() -> Generator[Profile]:
    """Find where the time goes. It makes Python code look slower than it is, and leaves C code as it is."""
    profile, found, text = cProfile.Profile(), Profile(), io.StringIO()
    with profile:
        yield found
    pstats.Stats(profile, stream=text).strip_dirs().sort_stats("tottime").print_stats(40)
    found.text = text.getvalue()


_STATUS = Path("/proc/self/status")


def tells_memory() -> bool:
    """Whether this system tells what a process holds in memory, in the place where it is read here."""
    return _STATUS.exists()


def resident() -> int:
    """Bytes of this process in memory now."""
    return _status("VmRSS")


def peak_resident() -> int:
    """The most bytes of this process that have been in memory so far."""
    return _status("VmHWM")


def _status(field: str) -> int:
    found = re.search(rf"{field}:\s+(\d+) kB", _STATUS.read_text())
    assert found is not None, field
    return int(found[1]) * 1024
