"""The figures as a table, and the same for a program."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import json
import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.clients import FLOOR, OFFICIAL
from benchmarks.figures import Figure, Section, Target

_PACKAGES = ("twilio_async", "twilio", "aiohttp", "msgspec", "httpx")


def machine() -> dict[str, str]:
    """What the figures were measured on and with."""
    return {
        "cpu": f"{os.cpu_count()} × {_cpu_model()}",
        "system": platform.platform(terse=True),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        **{package: importlib.metadata.version(package) for package in _PACKAGES},
    }


def table(sections: Sequence[Section]) -> str:
    """Everything in aligned columns, in plain text."""
    where = machine()
    lines = [", ".join([where.pop("cpu"), where.pop("system"), where.pop("python")]), ", ".join(" ".join(item) for item in where.items())]
    for section in sections:
        rows = [("", "", "", "", "÷ official", "÷ floor", ""), *_rows(section)]
        lines += ["", f"{section.name}: {section.about}", *_aligned(rows)]
        lines += [f"  skipped: {reason}" for reason in section.skipped]
    targets = [target for section in sections for target in section.targets]
    lines += ["", "targets", *_aligned([_spoken(target) for target in targets])]
    return "\n".join(lines)


def as_json(sections: Sequence[Section]) -> str:
    """The same for a program."""
    found = [
        {
            **dataclasses.asdict(section),
            "figures": [
                {**dataclasses.asdict(figure), "by_official": _ratio(section, figure, OFFICIAL), "by_floor": _ratio(section, figure, FLOOR)}
                for figure in section.figures
            ],
            "targets": [{**dataclasses.asdict(target), "met": target.met} for target in section.targets],
        }
        for section in sections
    ]
    return json.dumps({"machine": machine(), "sections": found}, indent=2, ensure_ascii=False)


def _rows(section: Section) -> Iterator[tuple[str, ...]]:
    measures = dict.fromkeys(figure.measure for figure in section.figures)
    for measure in measures:
        shown = measure
        for figure in section.figures:
            if figure.measure == measure:
                ratios = (_ratio(section, figure, reference) for reference in (OFFICIAL, FLOOR))
                yield shown, figure.client, _number(figure.value), figure.unit, *("" if ratio is None else f"{ratio:.2f}" for ratio in ratios), figure.note
                shown = ""


def _ratio(section: Section, figure: Figure, reference: str) -> float | None:
    value = section.value(figure.measure, reference)
    return figure.value / value if value else None


def _spoken(target: Target) -> tuple[str, ...]:
    bound = f"≤ {target.at_most:g}" if target.at_most is not None else f"≥ {target.at_least:g}"
    return target.text, f"{target.measured:.2f}", bound, "met" if target.met else "MISSED"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f}"


def _aligned(rows: Iterable[Sequence[str]]) -> list[str]:
    """Text to the left, numbers to the right."""
    found = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*found, strict=True)]
    return ["  " + "  ".join(_cell(text, width) for text, width in zip(row, widths, strict=True)).rstrip() for row in found]


def _cell(text: str, width: int) -> str:
    return text.rjust(width) if text[:1].isdigit() or text.startswith("÷") or text[:2].strip("-+").isdigit() else text.ljust(width)


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
