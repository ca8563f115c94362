"""The rules of the house, proved by reading it: who may import whom, what is public, and that a fact stands once."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import twilio_async
from tests.official import DOCUMENTS, body_properties, resolved
from tests.operations import OPERATIONS, RESOURCES
from twilio_async import errors
from twilio_async._operation import Operation, Resource
from twilio_async.emulator.api.operations import media
from twilio_async.emulator.api.routes import ROUTES

PACKAGE = Path(twilio_async.__file__).parent
TESTS = Path(__file__).parent
MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").rstrip("."): path
    for path in sorted(PACKAGE.rglob("*.py"))
}

LAYERS = [
    {"_version", "errors", "_answer", "_fence", "_segments", "_signature", "content_types", "limits"},
    {"_wire", "auth", "_address", "retry", "events", "pages"},
    {"_request", "_transport", "bulk"},
    {"_pool", "_call", "_operation", "_poll", "history"},
    {"_download", "_tokens"},
    {
        "resources",
        "resources.content",
        "resources.pricing",
        "resources.links",
        "resources.a2p",
        "resources.channels",
        "resources.deactivations",
        "resources.media",
        "resources.messages",
        "resources.numbers",
        "resources.senders",
        "resources.services",
        "resources.tollfree",
    },
    {"resources.campaigns"},
    {"_resources"},
    {"session"},
    {"outbox.errors", "outbox.ledger", "outbox.payload", "outbox.window"},
    {"outbox.store", "outbox.plan", "outbox.schema", "outbox.actor"},
    {"outbox.arrears", "outbox.drafts", "outbox.matching", "outbox.memory", "outbox.tables", "outbox.report"},
    {"outbox.sqlite", "outbox.engine", "outbox.reconcile"},
    {"outbox.postgres.access", "outbox.postgres.grouping", "outbox.postgres.statements"},
    {"outbox.postgres.moves", "outbox.postgres.rates", "outbox.postgres.schema"},
    {"outbox.postgres.store"},
    {"outbox.postgres"},
    {"outbox.worker", "outbox.outbox"},
    {"outbox.slots"},
    {"outbox"},
    {"twiml", "webhooks.errors", "webhooks.statuses", "webhooks.seen"},
    {"webhooks._addresses", "webhooks.events"},
    {"webhooks._requests"},
    {"webhooks._verification", "webhooks.signing"},
    {"webhooks.receiver"},
    {"webhooks"},
    {"webhooks._reception"},
    {"webhooks.aiohttp", "webhooks.asgi", "webhooks.wsgi"},
    {"webhooks.starlette", "webhooks.flask"},
    {"webhooks.fastapi", "webhooks.django"},
    {""},
]
"""The client's rooms from the ground up: a room imports at run time only from those below it."""


def imports(path: Path) -> Iterator[str]:
    """The modules of this package that a file imports when it runs, late imports included."""
    tree = ast.parse(path.read_text())
    for_checkers = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for statement in block.body
        for node in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if id(node) in for_checkers:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own(names: Iterator[str]) -> set[str]:
    """Those of *names* that are modules of this package, without its name."""
    return {
        name.removeprefix("twilio_async").removeprefix(".") for name in names if name.split(".")[0] == "twilio_async"
    } & MODULES.keys()


def test_a_room_imports_only_from_the_rooms_below() -> None:
    """The client's modules form layers, and no import points upwards."""
    level = {room: number for number, rooms in enumerate(LAYERS) for room in rooms}
    for room, path in MODULES.items():
        if room.startswith(("emulator", "cli", "pytest_plugin")) or room == "__main__":
            continue
        assert room in level, f"{room} has no place among the layers"
        for imported in own(imports(path)) - {""}:
            assert level[imported] < level[room], f"{room} imports {imported}, which is not below it"


def test_the_emulator_shares_only_what_outsiders_judge() -> None:
    """If client and emulator used one encoder, a wrong encoding would agree with itself."""
    for room, path in MODULES.items():
        if room.startswith("emulator"):
            foreign = {name for name in own(imports(path)) - {""} if not name.startswith("emulator")}
            assert foreign <= {"_segments", "_signature"}, f"{room} imports {foreign}"


def test_the_emulators_floors_stand_on_each_other() -> None:
    """What there is knows nothing of Twilio's API, that nothing of applications, and nobody of who steers it from afar."""
    floors = ["emulator.domain", "emulator.api", "emulator.applications", "emulator.remote"]
    level = {room: number for room in MODULES for number, name in enumerate(floors) if room.startswith(name)}
    for room, floor in level.items():
        for imported in own(imports(MODULES[room])) & level.keys():
            assert level[imported] <= floor, f"{room} imports {imported}, which is above it"


def test_aiohttp_is_known_in_one_room_of_the_client() -> None:
    """Only the transport imports aiohttp, and yarl with it; and the adapter for those who serve webhooks with aiohttp."""
    for room, path in MODULES.items():
        if not room.startswith("emulator") and room not in {"_transport", "webhooks.aiohttp"}:
            assert not {name.split(".")[0] for name in imports(path)} & {"aiohttp", "yarl"}, room


def test_importing_the_package_loads_no_aiohttp() -> None:
    """The import stays quick: aiohttp waits for the first request, and the command line for its command."""
    code = "from twilio_async import *; import sys; print(sorted({'aiohttp', 'click', 'rich', 'yarl'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_the_front_door_alone_loads_no_room() -> None:
    """Whoever wants one part of the package does not load the others."""
    code = "import twilio_async, sys; print([name for name in sys.modules if name.startswith('twilio_async.')])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert loaded == "['twilio_async._version']"


def test_every_public_name_is_exported_sorted_and_nothing_else() -> None:
    """``__all__`` is what type checkers are told, sorted, and each name in it is there and loaded from where it is defined."""
    exported = twilio_async.__all__
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    told = {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("twilio_async.")
        for alias in node.names
    }
    assert sorted(exported) == exported
    assert set(exported) == told.keys()
    for name, module in told.items():
        assert getattr(twilio_async, name) is getattr(importlib.import_module(module or ""), name)


def test_every_error_descends_from_one_root_and_is_exported() -> None:
    """Whoever catches TwilioError has caught everything that is raised on purpose."""
    for name, value in vars(errors).items():
        if inspect.isclass(value) and issubclass(value, BaseException):
            assert issubclass(value, errors.TwilioError), name
            assert getattr(twilio_async, name) is value


@pytest.mark.parametrize(
    ("resource", "operation"),
    [(resource, operation) for resource in RESOURCES for operation in resource.operations.values()],
    ids=lambda value: getattr(value, "name", ""),
)
def test_every_operation_documents_each_of_its_arguments(resource: type[Resource], operation: Operation) -> None:
    """A docstring has a sentence, says of a POST whether it is safe to repeat, and describes each argument.

    What several operations take is described once: by the class what its operations have in common, by `create` what `update`
    has from it, and what all operations take in `Options` and `Paging`.
    """
    doc = inspect.getdoc(operation.declared)
    assert doc
    taken = inspect.signature(operation.declared).parameters.keys() - {"self", "options", "paging"}
    described, common = arguments_in(doc), arguments_in(inspect.getdoc(resource) or "")
    if "as for `create`" in doc:
        common |= arguments_in(inspect.getdoc(resource.operations["create"].declared) or "")
    assert described <= taken
    assert taken - described <= common
    if operation.method == "POST":
        assert ("Not safe to repeat" in doc) is not operation.repeatable
        assert "afe to repeat" in doc


def arguments_in(doc: str) -> set[str]:
    """The names that a docstring describes."""
    return set(re.findall(r"^    (\w+):", doc.partition("Args")[2].partition("\n\n")[0], re.MULTILINE))


def test_every_public_function_and_class_is_documented() -> None:
    """Nothing public is without a sentence; what stands in a function is its own business."""
    for room, path in MODULES.items():
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree), room
        for node in definitions(tree):
            overload = any("overload" in ast.dump(decorator) for decorator in node.decorator_list)
            assert node.name.startswith("_") or overload or ast.get_docstring(node), f"{path.name}: {node.name}"


def definitions(node: ast.AST) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    """The classes and functions in a module, but for those inside functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from definitions(child)


def test_every_module_has_a_test_module() -> None:
    """Where a room's tests are is known from its name."""
    covered_elsewhere = {
        "": "test_house", "_version": "test_house", "__main__": "cli/test_main", "cli": "cli/test_main",
        "emulator": "emulator/test_emulator", "_pool": "test_session", "_answer": "test_call", "resources": "test_house",
        "outbox": "outbox/test_outbox", "webhooks": "webhooks/test_receiver",
    }  # fmt: skip
    for room, path in MODULES.items():
        if len(ast.parse(path.read_text()).body) == 1:  # a package that only says what is in it
            continue
        folder, _, name = room.rpartition(".")
        place = covered_elsewhere.get(room, f"{folder.replace('.', '/')}/test_{name.lstrip('_')}".lstrip("/"))
        if folder == "emulator.api.operations" or room.endswith("operations"):
            place = "emulator/api/test_official_client"
        assert (TESTS / f"{place}.py").is_file(), f"{room}: tests/{place}.py is missing"


# --- operation ↔ emulator ↔ Twilio's documents ---------------------------------------------------------------------------


def template(path: str) -> str:
    """A path with its placeholders' names taken away, which differ between Twilio and us."""
    return re.sub(r"{\w+}", "{}", path)


def test_every_operation_has_a_route_in_the_emulator_and_the_other_way_round() -> None:
    """What can be called can be tried offline, and nothing in the emulator is without a caller."""
    declared = {(operation.method, template(operation.product.root + operation.path)): operation for operation in OPERATIONS}
    routes = {(route.method, template(route.path)): route for route in (*ROUTES, *media.contents)}
    assert declared.keys() == routes.keys()
    for where, operation in declared.items():
        wire_names = {parameter.wire_name for parameter in operation.parameters if parameter.place not in ("path", "header")}
        assert wire_names <= routes[where].parameters | {"PageSize"}, operation.name
        assert operation.json == routes[where].json, operation.name


def documents(spec: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """Twilio's operations by method and path."""
    return {
        (method.upper(), template(path)): operation
        for name in DOCUMENTS
        for path, methods in resolved(json.loads((spec / f"{name}.json").read_text()))["paths"].items()
        for method, operation in methods.items()
        if isinstance(operation, dict) and "operationId" in operation
    }


def address(operation: Operation) -> tuple[str, str]:
    """Method and path of an operation, as `documents` has them."""
    return operation.method, template(operation.product.root + operation.path)


DOCUMENTED = [operation for operation in OPERATIONS if operation.name != "media.download"]
"""What a file of media holds stands in prose only."""


def test_the_operations_are_those_that_twilio_documents(spec: Path) -> None:
    """All of its messaging, and nothing else; a token for the session itself is no operation."""
    theirs = documents(spec).keys() - {("POST", "/v2/token")}
    assert {address(operation) for operation in DOCUMENTED} == theirs


def test_a_declaration_stays_short() -> None:
    """Ninety-seven operations are to be read, and not only scrolled through."""
    lines = sum(len(path.read_text().splitlines()) for path in (PACKAGE / "resources").glob("*.py"))
    assert lines < 2_500


def test_every_operation_takes_what_twilio_documents_parameter_by_parameter(spec: Path) -> None:
    """No documented parameter is missing, none is invented, and required is required."""
    twilio = documents(spec)
    ours_alone = {"Page", "PageToken", "PageSize"}  # paging: limit=, page_size=, resume=
    for operation in DOCUMENTED:
        documented = twilio[address(operation)]
        given = [entry for entry in documented.get("parameters", []) if entry["in"] in {"query", "header"}]
        names = {entry["name"] for entry in given} | body_properties(documented).keys()
        required = {entry["name"] for entry in given if entry.get("required")} | required_properties(documented)
        sent = {parameter.wire_name: parameter for parameter in operation.parameters if parameter.place != "path"}
        assert sent.keys() == names - ours_alone, operation.name
        assert {name for name, parameter in sent.items() if parameter.required} == required, operation.name
        in_header = {entry["name"] for entry in given if entry["in"] == "header"}
        assert {name for name, parameter in sent.items() if parameter.place == "header"} == in_header, operation.name
        assert operation.json == ("application/json" in documented.get("requestBody", {}).get("content", {})), operation.name


def required_properties(documented: dict[str, Any]) -> set[str]:
    """What the body of a request has to hold; of alternatives, what all of them demand."""
    (content,) = documented.get("requestBody", {}).get("content", {"": {}}).values()
    schema = content.get("schema", {})
    alternatives = [set(alternative.get("required", ())) for alternative in schema.get("oneOf", ())]
    return set(schema.get("required", ())) | (set.intersection(*alternatives) if alternatives else set())


def test_every_example_of_twilios_is_read_whole(spec: Path) -> None:
    """Each documented answer decodes, and nothing in it, however deep, is lost, or left without a type of its own."""
    twilio = documents(spec)
    for operation in DOCUMENTED:
        for status, answer in twilio[address(operation)]["responses"].items():
            content = answer.get("content", {}).get("application/json", {})
            if not status.startswith("2") or not content:
                continue
            for name, example in content.get("examples", {}).items():
                value = example["value"]
                decoded = operation.decode(json.dumps(value).encode())
                records = value[operation.key] if operation.key else value
                compare(records, decoded[0] if operation.key else decoded, f"{operation.name}: {name}")


def compare(record: Any, read: Any, place: str) -> None:
    """Walk an example and what it was read into together."""
    if record is None:
        assert read is None or read == (), f"{place} is null, not {read!r}"
    elif isinstance(record, list):
        assert len(read) == len(record), place
        for index, (item, found) in enumerate(zip(record, read, strict=True)):
            compare(item, found, f"{place}[{index}]")
    elif isinstance(record, dict) and isinstance(read, dict):
        assert read.keys() == record.keys(), place
        for name, item in record.items():
            assert not isinstance(item, dict), f"{place}.{name} has no type of its own"
            compare(item, read[name], f"{place}.{name}")
    elif isinstance(record, dict):
        fields = {field.encode_name: field.name for field in msgspec.structs.fields(read)}
        for name, item in record.items():
            # The addresses of a message and of its parts are made of its sid, when somebody asks for them.
            assert name in fields or hasattr(read, name), f"{place}.{name} was lost"
            if name in fields:
                compare(item, getattr(read, fields[name]), f"{place}.{name}")
    else:
        assert read is not None, f"{place} was lost"


def test_the_front_door_names_every_module_that_can_be_imported() -> None:
    """Each module imports by itself, in any order, so that none depends on another having been imported first."""
    for room in MODULES:
        if room != "__main__":
            importlib.import_module(f"twilio_async.{room}".rstrip("."))
