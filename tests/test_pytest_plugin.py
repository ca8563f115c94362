"""The pytest plugin, by whole runs of pytest in processes of their own, in which any warning is an error."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import pytest
from sybil import Example

from tests.test_readme import blocks, line

pytest_plugins = ["pytester"]

# Each run starts Python anew, some several times, and the machine may be busy.
pytestmark = pytest.mark.timeout(90)

SETTINGS = {"addopts": "--strict-markers --strict-config -p no:cacheprovider -p no:randomly", "filterwarnings": "error"}
LITTER = ["Task was destroyed", "ResourceWarning", "was never awaited", "INTERNALERROR", "Exception ignored"]

IN_THE_TESTS_LOOP = """
import pytest
from aiohttp import web
from twilio_async import AsyncSession

ANN = "+15558675310"

@pytest.fixture
async def application(twilio_emulator):
    told = []

    async def answer(request):
        told.append(await request.post())
        text = "<Response><Message>Hello Ann</Message></Response>" if told[-1].get("SmsStatus") == "received" else ""
        return web.Response(text=text, content_type="text/xml")

    runner = web.ServerRunner(web.Server(answer), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0]
    yield f"http://{host}:{port}/", told
    await runner.cleanup()

@pytest.fixture
async def twilio(twilio_emulator):
    async with AsyncSession.from_env(twilio_emulator.env) as twilio:
        yield twilio

MARK
async def test_a_text_is_answered(twilio_emulator, application):
    url, told = application
    twilio_emulator.set_webhook(url)
    received = await twilio_emulator.receive("Hello", from_=ANN)
    assert [fields["Body"] for fields in told] == ["Hello"]
    assert [reply.body for reply in received.replies] == ["Hello Ann"]

MARK
async def test_statuses_are_told(twilio_emulator, application, twilio):
    url, told = application
    await twilio.messages.create(to=ANN, from_=twilio_emulator.number, body="Hi", status_callback=url)
    await twilio_emulator.settled()
    assert [fields["MessageStatus"] for fields in told] == ["sent", "delivered"]
    assert (await twilio_emulator.wait_for(to=ANN, status="delivered")).body == "Hi"
"""


class Project:
    """A project whose tests use the plugin.

    Args:
        pytester: runs them.
    """

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester
        self.settings(SETTINGS)

    @property
    def path(self) -> Path:
        """Its folder."""
        return self._pytester.path

    def settings(self, settings: Mapping[str, str]) -> None:
        """Write its pytest.ini."""
        self._pytester.makeini("\n".join(["[pytest]", *(f"{name} = {value}" for name, value in settings.items())]))

    def conftest(self, source: str) -> None:
        """Write what its tests share."""
        self._pytester.makeconftest(source)

    def run(self, source: str, *arguments: str, plugin: str | None = "twilio_async") -> pytest.RunResult:
        """Run a module of tests, and see that no litter is left behind.

        Args:
            source: of the module.
            arguments: more of pytest's.
            plugin: named to pytest; `None` where it is to find all plugins by itself.
        """
        self._pytester.makepyfile(source)
        named = () if plugin is None else ("-p", plugin)
        result = self._pytester.runpytest_subprocess(*named, *arguments, timeout=80)
        shown = f"{result.stdout}{result.stderr}"
        assert not [sign for sign in LITTER if sign in shown]
        return result


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with no plugins but those that a test names."""
    assert entry_points(group="pytest11", name="twilio_async"), "the package was installed without its plugin: pip install -e ."
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID"):
        monkeypatch.delenv(name, raising=False)  # this run's, which the inner one would take for its own
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return Project(pytester)


# Its cost to those who do not use it.


def test_loading_it_loads_nothing_heavy() -> None:
    """A run without an emulator pays for no HTTP server, and for no client."""
    heavy = "{'aiohttp', 'anyio', 'msgspec', 'yarl', 'asyncio', 'twilio_async.emulator'}"
    code = f"import twilio_async.pytest_plugin, sys; print(sorted({heavy} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_pytest_finds_it_by_itself(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed is enough, among all other plugins that are."""
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    source = "def test_it(twilio_emulator): assert twilio_emulator.messages == []"
    project.run(source, "-p", "no:asyncio", plugin=None).assert_outcomes(passed=1)


def test_the_marker_is_documented(project: Project) -> None:
    """``--markers`` and ``--fixtures`` tell what there is."""
    project.run("", "--markers").stdout.fnmatch_lines("@pytest.mark.twilio_emulator(?[*]options): what the emulated Twilio is*")
    project.run("", "--fixtures").stdout.fnmatch_lines(["twilio_emulator_options *", "twilio_emulator *", "twilio_env *"])


# What the fixtures give.


def test_synchronous_code_uses_the_official_client(project: Project) -> None:
    """A fresh emulator for each test, on which any client works, and which plays the handset without a loop."""
    project.run("""
        import pytest
        from twilio.rest import Client

        @pytest.fixture
        def client(twilio_emulator):
            client = Client(twilio_emulator.account_sid, twilio_emulator.auth_token)
            client.api.base_url = twilio_emulator.url
            yield client
            client.http_client.session.close()

        @pytest.mark.parametrize("number", range(2))
        def test_a_text_is_sent(twilio_emulator, client, number):
            client.messages.create(to="+15558675310", from_=twilio_emulator.number, body=f"Hello {number}")
            assert [message.body for message in client.messages.list()] == [f"Hello {number}"]
            assert twilio_emulator.assert_sent_once(to="+15558675310").status == "delivered"

        def test_a_text_comes_in(twilio_emulator, client):
            twilio_emulator.blocking.receive("Hello", from_="+15558675310")
            twilio_emulator.blocking.settled()
            assert [message.direction for message in client.messages.list()] == ["inbound"]
    """).assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("mark", "settings", "plugin"),
    [
        ("@pytest.mark.asyncio", {"asyncio_mode": "strict"}, "asyncio"),
        ("", {"asyncio_mode": "auto"}, "asyncio"),
        ("@pytest.mark.anyio", {}, "anyio"),
        ("", {"anyio_mode": "auto"}, "anyio"),
    ],
    ids=["asyncio-strict", "asyncio-auto", "anyio-marked", "anyio-auto"],
)
def test_it_works_in_the_loop_of_any_plugin(project: Project, mark: str, settings: dict[str, str], plugin: str) -> None:
    """An async test awaits the emulator from its own loop, in which the application that is called runs as well."""
    if plugin == "asyncio" and find_spec("pytest_asyncio") is None:
        pytest.skip("pytest-asyncio is not installed")
    if plugin == "asyncio":
        settings = {**settings, "asyncio_default_fixture_loop_scope": "function"}
    project.settings({**SETTINGS, **settings})
    project.conftest("import pytest\n@pytest.fixture\ndef anyio_backend(): return 'asyncio'")
    source = IN_THE_TESTS_LOOP.replace("MARK", mark)
    if settings.get("asyncio_mode") == "strict":
        source = source.replace("@pytest.fixture", "import pytest_asyncio\n@pytest_asyncio.fixture")
    project.run(source, "-p", plugin).assert_outcomes(passed=2)


def test_the_environment_leads_to_the_emulator_as_long_as_the_test_runs(project: Project) -> None:
    """What somebody has set is out of the way meanwhile, also what would lead to another account or region."""
    project.run("""
        import os
        import pytest

        BEFORE = {
            "TWILIO_ACCOUNT_SID": "ACmine", "TWILIO_API_KEY": "SKmine", "TWILIO_API_SECRET": "mine",
            "TWILIO_CLIENT_ID": "OQmine", "TWILIO_CLIENT_SECRET": "mine", "TWILIO_REGION": "au1", "TWILIO_EDGE": "sydney",
        }

        @pytest.fixture(scope="module", autouse=True)
        def before():
            os.environ.update(BEFORE)

        def test_it_is_set(twilio_emulator, twilio_env):
            assert twilio_env == twilio_emulator.env
            assert {name: value for name, value in os.environ.items() if name.startswith("TWILIO_")} == twilio_env

        def test_it_is_restored():
            assert {name: value for name, value in os.environ.items() if name.startswith("TWILIO_")} == BEFORE
    """).assert_outcomes(passed=2)


def test_with_a_proxy_an_unmodified_program_comes_to_the_emulator(project: Project) -> None:
    """The official client is told nothing but what its environment says."""
    pytest.importorskip("trustme")
    project.run("""
        import pytest
        from twilio.rest import Client

        @pytest.mark.twilio_emulator(proxy=True)
        def test_a_text_is_sent(twilio_emulator, twilio_env):
            assert twilio_env == twilio_emulator.env | twilio_emulator.proxy_env
            client = Client()
            client.messages.create(to="+15558675310", from_=twilio_emulator.number, body="Hello")
            client.http_client.session.close()
            assert twilio_emulator.messages[0].body == "Hello"
    """).assert_outcomes(passed=1)


# Options.


def test_markers_of_module_class_and_function_come_together(project: Project) -> None:
    """The nearest wins, before what the project's conftest says for all tests."""
    project.conftest("""
        from datetime import datetime, UTC
        import pytest

        @pytest.fixture(scope="session")
        def twilio_emulator_options():
            return {"clock": lambda: datetime(2020, 1, 1, tzinfo=UTC), "lifecycle": "manual"}
    """)
    project.run("""
        from datetime import datetime, UTC
        import pytest

        def at(year): return lambda: datetime(year, 1, 1, tzinfo=UTC)

        def year_of(emulator): return emulator.clock().year

        def test_of_the_project(twilio_emulator):
            assert year_of(twilio_emulator) == 2020

        class TestClass:
            pytestmark = pytest.mark.twilio_emulator(clock=at(2021))

            def test_of_the_class(self, twilio_emulator):
                assert year_of(twilio_emulator) == 2021

            @pytest.mark.twilio_emulator(clock=at(2022))
            def test_of_its_own(self, twilio_emulator):
                assert year_of(twilio_emulator) == 2022

            @pytest.mark.twilio_emulator(seed=1)
            def test_of_both(self, twilio_emulator):
                assert year_of(twilio_emulator) == 2021

        @pytest.mark.parametrize("twilio_emulator_options", [{"clock": at(year)} for year in (2023, 2024)])
        def test_of_a_parameter(twilio_emulator, twilio_emulator_options):
            assert year_of(twilio_emulator) == twilio_emulator_options["clock"]().year
    """).assert_outcomes(passed=6)


def test_an_unknown_option_is_an_error_of_usage(project: Project) -> None:
    """The test says what options there are, without showing the plugin's insides."""
    result = project.run("""
        import pytest

        @pytest.mark.twilio_emulator(lifecicle="manual")
        def test_it(twilio_emulator): pass
    """)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines("*UsageError: an emulator has no option lifecicle; it has clock, concurrency_limit, *")
    assert "def _check" not in str(result.stdout)


# The report of a failure.

FAILURES = """
    import pytest

    @pytest.fixture
    def broken_before(twilio_emulator):
        twilio_emulator.add_message(body="Before")
        raise OSError("broken")

    @pytest.fixture
    def broken_after(twilio_emulator):
        yield
        twilio_emulator.add_message(body="After")
        raise OSError("broken")

    def test_call(twilio_emulator):
        twilio_emulator.add_message(body="Within")
        twilio_emulator.blocking.call_webhook("http://127.0.0.1:9/", {"Body": "Told"})
        assert False

    def test_setup(broken_before): pass

    def test_teardown(broken_after): pass
"""


def test_a_failure_tells_what_happened_in_the_emulator(project: Project) -> None:
    """Wherever the failure is: in the test, or in the setup or teardown of another fixture."""
    result = project.run(FAILURES)
    result.assert_outcomes(failed=1, errors=2, passed=1)
    for body in ("Before", "After", "Within"):
        result.stdout.fnmatch_lines(["*- Twilio emulator -*", "messages: 1", f"  SM* outbound-api delivered * '{body}'"])
    result.stdout.fnmatch_lines(["  custom 'Told' *: failed, *", "alerts: *", "  11202 *", "no requests*"])
    assert str(result.stdout).count("- Twilio emulator -") == 3


def test_nothing_is_told_of_tests_that_do_not_fail(project: Project) -> None:
    """Not of those that pass, are skipped, or fail as they should, whoever says so; nor of a failure without an emulator."""
    project.conftest("""
        import pytest

        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_makereport(item):
            report = yield
            if item.name == "test_forgiven" and report.when == "call":
                report.outcome = "passed"
            return report
    """)
    result = project.run(
        """
        import pytest

        def test_passed(twilio_emulator): pass

        def test_skipped(twilio_emulator): pytest.skip("not today")

        @pytest.mark.xfail(strict=True)
        def test_expected(twilio_emulator): assert False

        def test_forgiven(twilio_emulator): assert False

        def test_without(): assert False
        """,
        *("-rA", "--xfail-tb"),
    )
    result.assert_outcomes(passed=2, skipped=1, xfailed=1, failed=1)
    assert "Twilio emulator" not in str(result.stdout)


def test_no_emulator_is_kept_after_its_test(project: Project) -> None:
    """Thousands of tests do not fill the memory with what was sent in them."""
    project.run("""
        import gc
        import weakref
        import pytest

        seen = []

        @pytest.mark.parametrize("number", range(3))
        def test_it(twilio_emulator, number):
            seen.append(weakref.ref(twilio_emulator))

        def test_they_are_gone():
            gc.collect()
            assert [emulator() for emulator in seen] == [None] * 3
    """).assert_outcomes(passed=4)


# Its end.

THREADS = """
    import threading

    def note():
        with open("threads.txt", "a") as file:
            print(*(thread.name for thread in threading.enumerate()), file=file)

    def pytest_runtest_logfinish(): note()

    def pytest_unconfigure(): note()
"""


def test_its_thread_ends_with_the_test(project: Project) -> None:
    """After each test, passed or failed, the main thread is alone again."""
    project.conftest(THREADS)
    project.run(FAILURES).assert_outcomes(failed=1, errors=2, passed=1)
    assert (project.path / "threads.txt").read_text().splitlines() == ["MainThread"] * 4


def test_an_application_that_never_answers_does_not_hold_it_up(project: Project) -> None:
    """A webhook that is on its way when the test ends is broken off, not waited for."""
    project.run("""
        import socket
        import pytest

        seen = []

        @pytest.fixture(scope="module")
        def silent():
            with socket.create_server(("127.0.0.1", 0)) as server:
                yield server

        @pytest.mark.twilio_emulator(lifecycle="manual")
        def test_it_waits_for_an_answer(silent, twilio_emulator):
            url = f"http://127.0.0.1:{silent.getsockname()[1]}/#rt=14000&tt=15000"
            message = twilio_emulator.add_message(status="queued", status_callback=url)
            twilio_emulator.deliver(message)
            with silent.accept()[0] as connection:
                assert connection.recv(4) == b"POST"
                seen.append(twilio_emulator)
                seen.append(connection.dup())

        def test_it_was_broken_off():
            emulator, connection = seen
            with connection:
                while connection.recv(4096): pass
            assert emulator.deliveries[0].attempts == []
    """).assert_outcomes(passed=2)


@pytest.mark.parametrize("waiting", ["wait_for(timeout=60)", "call_webhook(SILENT)"])
def test_an_interrupt_stops_it_cleanly(project: Project, waiting: str) -> None:
    """Ctrl-C ends the run as it ends any other, and no thread stays behind."""
    project.conftest(THREADS)
    result = project.run(f"""
        import os, signal, socket, threading

        server = socket.create_server(("127.0.0.1", 0))
        SILENT = f"http://127.0.0.1:{{server.getsockname()[1]}}/"

        def test_it(twilio_emulator):
            with server:
                threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGINT)).start()
                twilio_emulator.blocking.{waiting}
    """)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines("*KeyboardInterrupt*")
    assert (project.path / "threads.txt").read_text().splitlines()[-1] == "MainThread"


# What the README says of it.


@pytest.mark.parametrize("example", [block for block in blocks("python") if "twilio_emulator" in block.parsed], ids=line)
def test_the_readmes_tests_pass(project: Project, example: Example) -> None:
    """What a reader copies into a module of tests works as it stands."""
    project.settings({**SETTINGS, "anyio_mode": "auto"})
    result = project.run(example.parsed, "-p", "anyio")
    result.assert_outcomes(passed=example.parsed.count("def test_"))


# Many at once.


def test_fifty_tests_on_two_workers(project: Project) -> None:
    """Each has its own emulator, also beside others, and a failure on a worker is told like any."""
    result = project.run(
        """
        import pytest

        @pytest.mark.parametrize("number", range(50))
        def test_it(twilio_emulator, number):
            assert twilio_emulator.messages == []
            twilio_emulator.add_message(body=f"Number {number}")
            assert [message.body for message in twilio_emulator.messages] == [f"Number {number}"]
            assert number != 33
        """,
        *("-p", "xdist", "-n", "2"),
    )
    result.assert_outcomes(passed=49, failed=1)
    result.stdout.fnmatch_lines(["*- Twilio emulator -*", "messages: 1", "* 'Number 33'"])
