"""The README is true: its code runs, its tables say what the code says, its links lead somewhere."""

from __future__ import annotations

import ast
import functools
import inspect
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any, get_args

import pytest
from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser

import twilio_async
from tests.operations import OPERATIONS
from tests.webhooks.apps import uvicorn_serving
from twilio_async import AsyncSession, errors
from twilio_async._operation import Operation
from twilio_async._resources import Resources
from twilio_async.emulator import Emulator
from twilio_async.webhooks import SignatureProblem

README = Path(__file__).parents[1] / "README.md"
TEXT = README.read_text()


def blocks(language: str) -> list[Example]:
    """The README's code in one language."""
    ignored: Callable[[Example], None] = lambda _example: None  # noqa: E731 - the shape that the parser wants
    return list(Sybil([CodeBlockParser(language, ignored)]).parse(README).examples())


def line(example: Example) -> str:
    """Where a block stands, for the test's name."""
    return f"line {example.line}"


@pytest.mark.parametrize("example", blocks("python"), ids=line)
async def test_a_python_block_runs(
    example: Example, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What a reader copies works as it stands, on an emulator."""
    monkeypatch.chdir(tmp_path)
    for name, value in emulator.env.items():
        monkeypatch.setenv(name, value)
    code = compile(example.parsed, f"README.md:{example.line}", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    async with AsyncSession.from_env() as twilio:
        number = emulator.numbers[0]
        await run(code, {"twilio": twilio, "number": number.number, "number_sid": number.sid})


async def run(code: CodeType, names: dict[str, object]) -> None:
    """Run a block, which may await at its top level."""
    waiting = eval(code, names)
    if inspect.isawaitable(waiting):
        await waiting


@pytest.mark.parametrize(
    "example", [block for block in blocks("bash") if "twilio-async " in block.parsed and "venv" not in block.parsed], ids=line
)
def test_a_command_runs(example: Example, tmp_path: Path) -> None:
    """What a reader types works, one command after another; the two set-up lines are run by CI, on a clean clone."""
    (tmp_path / "guests.csv").write_text("to,name\n+15558675310,Ann\n+14155550199,Bob\n")
    with Emulator() as emulator:
        env = os.environ | emulator.env | {"NO_COLOR": "1"}
        for command in example.parsed.strip().splitlines():
            words = command.replace("twilio-async", f"exec {sys.executable} -m twilio_async", 1).replace("8010", "0")
            process = subprocess.Popen(words, shell=True, stdout=subprocess.PIPE, text=True, env=env, cwd=tmp_path)
            assert process.stdout is not None
            if "emulator run" in command:
                assert process.stdout.readline().startswith("export TWILIO_BASE_URL=http://127.0.0.1:")
                process.terminate()
            assert process.communicate(timeout=50)[0] is not None
            assert process.returncode == 0, command


def test_the_table_of_operations_is_the_declarations() -> None:
    """Nobody has to remember to add a row: the table is made from the declarations and compared here."""
    assert operations_table() in TEXT, f"put this into README.md:\n{operations_table()}"


def operations_table() -> str:
    """The README's table of operations, in Markdown, in the order of the session's attributes."""
    namespaces = [name for name, value in vars(Resources).items() if isinstance(value, functools.cached_property)]
    operations = [*OPERATIONS]
    operations.sort(key=lambda operation: namespaces.index(operation.name.partition(".")[0]))
    rows = [
        f"| `{call(operation)}` | `{operation.method} {operation.path}` | {sentence(operation)} |" for operation in operations
    ]
    return "\n".join(["| call | Twilio's path | |", "|---|---|---|", *rows])


def call(operation: Operation) -> str:
    """How an operation is called, with its positional arguments."""
    positional = [parameter.name for parameter in operation.parameters if parameter.place == "path"]
    more = ["…"] if len(positional) < len(operation.parameters) else []
    return f"{operation.name}({', '.join(positional + more)})"


def sentence(operation: Operation) -> str:
    """The first sentence of an operation's docstring."""
    return (inspect.getdoc(operation.declared) or "").partition("\n")[0].partition(". ")[0].rstrip(".").replace("``", "`")


def test_every_error_has_a_line_about_what_to_do() -> None:
    """A reader who meets an error finds it in the table."""
    abstract = {"TwilioError", "APIError", "TransportError"}
    table = TEXT.partition("| error | when |")[2].partition("\n\n")[0]
    for name, value in vars(errors).items():
        if inspect.isclass(value) and issubclass(value, errors.TwilioError) and name not in abstract:
            assert f"`{name}`" in table, name


def test_every_option_of_the_session_is_listed() -> None:
    """The table of options is complete, and names nothing that is not there."""
    table = TEXT.partition("| option | default |")[2].partition("\n\n")[0]
    named = set(re.findall(r"`(\w+)`(?=[,| ]*(?:`\w+`)? \|)|^\| `(\w+)`", table, re.MULTILINE))
    names = {name for pair in named for name in pair if name}
    options = inspect.signature(twilio_async.AsyncSession).parameters.keys() - {"account", "token"}
    assert options <= names | set(re.findall(r"`(\w+)`", table))


def test_every_link_within_the_readme_leads_somewhere() -> None:
    """The table of contents has no dead entry."""
    headings = {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^## (.+)$", TEXT, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([\w-]+)\)", TEXT)) <= headings


async def test_the_application_answers_a_text(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The application that receives texts does, behind a real server, with Twilio's signature and Twilio's reading of TwiML."""
    [example] = [block for block in blocks("python") if "app = FastAPI()" in block.parsed]
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", emulator.auth_token)
    names: dict[str, Any] = {}
    await run(compile(example.parsed, f"README.md:{example.line}", "exec"), names)
    async with uvicorn_serving(names["app"]) as url:
        emulator.set_webhook(f"{url}/sms")
        received = await emulator.receive("Hello")
    assert [reply.body for reply in received.replies] == ["You said: Hello"]
    assert len(example.parsed.strip().splitlines()) <= 15


def test_every_kind_of_signature_error_has_a_line() -> None:
    """A reader who finds a kind in the log finds it in the table."""
    table = TEXT.partition("| symptom |")[2].partition("\n\n")[0]
    for kind in get_args(SignatureProblem):
        assert f"`{kind}`" in table, kind
