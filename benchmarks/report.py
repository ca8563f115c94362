"""The figures as a table, and the same for a program."""

from __future__ import annotations

import dataclasses
import datetime as dt
import importlib.metadata
import json
import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.clients import FLOOR, OFFICIAL
from benchmarks.figures import Figure, Section, Target

_PACKAGES = ("twilio_async", "twilio", "aiohttp", "msgspec", "httpx")
_FIGURES, _TARGETS = "<<><>><", "<>><"
"""How the columns are aligned."""


def machine() -> dict[str, str]:
    """What the figures were measured on, and with."""
    return {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "cpu": f"{os.cpu_count()} × {_cpu_model()}",
        "system": platform.platform(terse=True),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        **{package: f"{package} {importlib.metadata.version(package)}" for package in _PACKAGES},
    }


def table(sections: Sequence[Section]) -> str:
    """Everything in aligned columns, in plain text."""
    lines = [", ".join(machine().values())]
    for section in sections:
        heads = ("", "", "", "", "÷ official", "÷ floor", "")
        lines += ["", f"{section.name}: {section.about}", *_aligned([heads, *_rows(section)], _FIGURES)]
        lines += [f"  skipped: {reason}" for reason in section.skipped]
    targets = [_spoken(target) for section in sections for target in section.targets]
    return "\n".join([*lines, "", "targets", *_aligned(targets, _TARGETS)])


def as_json(sections: Sequence[Section]) -> str:
    """The same for a program."""
    return json.dumps(
        {"machine": machine(), "sections": [_plain(section) for section in sections]}, indent=2, ensure_ascii=False
    )


def _plain(section: Section) -> dict[str, object]:
    figures = [
        {
            **dataclasses.asdict(figure),
            "by_official": _ratio(section, figure, OFFICIAL),
            "by_floor": _ratio(section, figure, FLOOR),
        }
        for figure in section.figures
    ]
    targets = [{**dataclasses.asdict(target), "met": target.met} for target in section.targets]
    return {**dataclasses.asdict(section), "figures": figures, "targets": targets}


def _rows(section: Section) -> Iterator[Sequence[str]]:
    """One row for each figure, those of a measure together, its name before the first."""
    for measure in dict.fromkeys(figure.measure for figure in section.figures):
        shown = measure
        for figure in section.figures:
            if figure.measure == measure:
                ratios = [_ratio(section, figure, reference) for reference in (OFFICIAL, FLOOR)]
                spoken = ["" if ratio is None else f"{ratio:.2f}" for ratio in ratios]
                yield shown, figure.client, _number(figure.value), figure.unit, *spoken, figure.note
                shown = ""


def _ratio(section: Section, figure: Figure, reference: str) -> float | None:
    value = section.value(figure.measure, reference)
    return figure.value / value if value else None


def _spoken(target: Target) -> Sequence[str]:
    bound = f"≤ {target.at_most:g}" if target.at_most is not None else f"≥ {target.at_least:g}"
    return target.text, f"{target.measured:.2f}", bound, "met" if target.met else "MISSED"


def _number(value: float) -> str:
    """Three digits, or all of those before the point."""
    decimals = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:,.{decimals}f}"


def _aligned(rows: Iterable[Sequence[str]], columns: str) -> list[str]:
    found = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*found, strict=True)]
    return [
        "  " + "  ".join(f"{text:{side}{width}}" for text, side, width in zip(row, columns, widths, strict=True)).rstrip()
        for row in found
    ]


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
