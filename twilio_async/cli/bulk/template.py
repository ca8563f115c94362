"""The text of a bulk send: a template, and what stands in it for each row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

_PARTS = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_PROGRAMS = re.compile(r"[.\[\]!:()]")


class TemplateError(ValueError):
    """A template that cannot be used; the message says why."""


class RowError(ValueError):
    """A row that a template cannot be filled in with.

    Args:
        reason: in words.
        column: the column to look at.
    """

    def __init__(self, reason: str, column: str) -> None:
        super().__init__(reason)
        self.column = column


class Template(Protocol):
    """Makes a text of a row's cells."""

    @property
    def columns(self) -> Sequence[str]:
        """The columns that it must have, in order of their appearance."""
        ...

    def render(self, row: Mapping[str, str]) -> str:
        """The text for a row.

        Raises:
            RowError: something that it needs is empty.
        """
        ...


class Braces:
    """A template in which ``{name}`` stands for a column, and ``{{`` and ``}}`` for braces.

    It looks names up and does nothing else. The names of Python's own formatting reach attributes, items and conversions of
    whatever they are given, which is no business of a text message.

    Args:
        text: the template.
        columns: the names there are, as written in the file; capitals do not matter.

    Raises:
        TemplateError: a brace stands alone, or between two is no column.
    """

    def __init__(self, text: str, columns: Sequence[str]) -> None:
        names = {name: name for name in columns if name}
        for name in columns:
            names.setdefault(name.casefold(), name)
        names.pop("", None)
        self._parts: list[tuple[str, str | None]] = []
        at = 0
        for found in _PARTS.finditer(text):
            self._parts.append((text[at : found.start()], None))
            at = found.end()
            if found[0] in {"{{", "}}"}:
                self._parts.append((found[0][0], None))
            elif found[1] is None:
                raise TemplateError(f"a {found[0]} stands alone at character {found.start() + 1}; for a brace write it twice")
            else:
                self._parts.append(("", _known(found[1], names)))
        self._parts.append((text[at:], None))

    @property
    def columns(self) -> Sequence[str]:
        """See `Template.columns`."""
        return list(dict.fromkeys(name for _, name in self._parts if name is not None))

    def render(self, row: Mapping[str, str]) -> str:
        """See `Template.render`."""
        return "".join(text if name is None else _filled(row, name) for text, name in self._parts)


def _known(name: str, names: Mapping[str, str]) -> str:
    known = names.get(name) or names.get(" ".join(name.split()).casefold())
    if known is not None:
        return known
    listed = ", ".join(f"{{{name}}}" for name in dict.fromkeys(names.values()))
    if _PROGRAMS.search(name):
        raise TemplateError(f"{{{name}}} is no column: only a column's name may stand between braces; there are: {listed}")
    raise TemplateError(f"there is no column {name!r}; there are: {listed or 'none'}")


def _filled(row: Mapping[str, str], name: str) -> str:
    value = row.get(name, "")
    if not value:
        raise RowError("empty, and the text needs it", name)
    return value
