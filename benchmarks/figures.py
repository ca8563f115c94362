"""What a benchmark finds: figures, each beside others of the same run, and what is expected of ours."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.process import Cost


@dataclass(frozen=True, slots=True)
class Figure:
    """One value of one client."""

    measure: str
    client: str
    value: float
    unit: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A bound that something of ours should keep."""

    text: str
    measured: float
    at_most: float | None = None
    at_least: float | None = None

    @property
    def met(self) -> bool:
        """Whether it is kept."""
        low_enough = self.at_most is None or self.measured <= self.at_most
        high_enough = self.at_least is None or self.measured >= self.at_least
        return low_enough and high_enough


@dataclass(slots=True)
class Section:
    """All of one benchmark."""

    name: str
    about: str
    figures: list[Figure] = field(default_factory=list[Figure])
    targets: list[Target] = field(default_factory=list[Target])
    skipped: list[str] = field(default_factory=list[str])
    """What was not measured here, and why."""

    def add(self, measure: str, client: str, value: float, unit: str, note: str = "") -> None:
        """Add a figure."""
        self.figures.append(Figure(measure, client, value, unit, note))

    def expect(self, text: str, measured: float, *, at_most: float | None = None, at_least: float | None = None) -> None:
        """Add a target."""
        self.targets.append(Target(text, measured, at_most, at_least))

    def value(self, measure: str, client: str) -> float | None:
        """What was found, if it was."""
        return next((found.value for found in self.figures if (found.measure, found.client) == (measure, client)), None)

    def ratio(self, measure: str, client: str, other: str) -> float:
        """One client's value divided by another's."""
        mine, theirs = self.value(measure, client), self.value(measure, other)
        assert mine is not None, client
        assert theirs is not None, other
        return mine / theirs


def median(costs: Iterable[Cost]) -> Cost:
    """The median of several measurements, CPU and wall each for itself."""
    found = list(costs)
    return Cost(statistics.median(cost.cpu for cost in found), statistics.median(cost.wall for cost in found))
