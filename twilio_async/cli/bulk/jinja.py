"""Templates in Jinja's language, in its sandbox. It is an extra."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jinja2 import StrictUndefined, TemplateSyntaxError, meta
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.exceptions import TemplateError as JinjaError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from twilio_async.cli.bulk.template import RowError, TemplateError

ROW = "row"
"""The whole row as a mapping, for columns whose names Jinja cannot write: ``row["First name"]``."""


class Jinja:
    """A Jinja template, with a row's columns as its variables. An empty cell is an empty text, for the template to deal with.

    Args:
        text: the template.
        columns: the names there are.

    Raises:
        TemplateError: it cannot be read, or names what is no column.
    """

    def __init__(self, text: str, columns: Sequence[str]) -> None:
        environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True)
        try:
            used = meta.find_undeclared_variables(environment.parse(text))
            self._template = environment.from_string(text)
        except TemplateSyntaxError as error:
            raise TemplateError(f"line {error.lineno}: {error.message}") from None
        except JinjaError as error:
            raise TemplateError(str(error)) from None
        if unknown := sorted(used - set(columns) - {ROW} - environment.globals.keys()):
            names = ", ".join(name for name in columns if name)
            raise TemplateError(f"there is no column {unknown[0]!r}; there are: {names or 'none'}")
        self._columns = [name for name in columns if name in used]

    @property
    def columns(self) -> Sequence[str]:
        """See `Template.columns`."""
        return self._columns

    def render(self, row: Mapping[str, str]) -> str:
        """See `Template.render`."""
        try:
            return self._template.render({**row, ROW: row})
        except SecurityError as error:
            raise RowError(f"the template does what it may not: {error}", "") from None
        except UndefinedError as error:
            raise RowError(f"the template cannot be filled in: {error}", "") from None
        except Exception as error:  # noqa: BLE001 - a template is a program, and may fail in any way
            raise RowError(f"the template failed: {type(error).__name__}", "") from None
