from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points

import pytest

from tests.cli.shell import run
from twilio_async import __version__
from twilio_async.cli import main


def python(code: str) -> subprocess.CompletedProcess[str]:
    """Run some code in a process of its own."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_help_imports_neither_aiohttp_nor_rich_nor_any_command() -> None:
    """Asking for help is quick: what only a command needs is imported by that command."""
    code = """if True:
        import sys
        sys.argv = ["twilio-async", "--help"]
        from twilio_async.cli import main
        try:
            main()
        except SystemExit:
            print(*sys.modules, sep="\\n")
    """
    modules = set(python(code).stdout.split())
    assert "click" in modules
    assert not modules & {"aiohttp", "yarl", "rich", "rich.console", "twilio_async.emulator", "twilio_async._transport"}
    assert {name for name in modules if name.startswith("twilio_async.cli.")} == {"twilio_async.cli.app"}


async def test_the_module_is_the_script() -> None:
    """``python -m twilio_async`` runs what ``twilio-async`` is installed as."""
    (script,) = entry_points(group="console_scripts", name="twilio-async")
    assert script.load() is main
    assert (await run("--version")).out == f"twilio-async {__version__}\n"


@pytest.mark.parametrize("missing", ["click", "rich"])
def test_without_the_extra_one_line_says_what_to_install(missing: str) -> None:
    """Who installed the library without its commands is told how to get them."""
    done = python(f"import sys; sys.modules[{missing!r}] = None; from twilio_async.cli import main; main()")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert 'pip install "twilio_async[cli]"' in done.stderr
    assert done.stdout == ""
