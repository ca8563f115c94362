"""How an operation is declared: its typed signature is the only description of it.

::

    class Messages(Resource, at=CORE):
        @post("Messages.json")
        async def create(self, *, to: str, body: str | None = None, **options: Unpack[Options]) -> Message: ...

The decorators keep the signature for type checkers and replace the body. What they learn from it, an `Operation`, is data:
the call reads it, and so do the tests that hold it against Twilio's OpenAPI documents, the emulator and the README.
"""

from __future__ import annotations

import functools
import inspect
import re
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypedDict, TypeVar, Union, cast, get_args, get_origin

from twilio_async import _wire
from twilio_async._request import Product, Request, loose_members, loose_pairs, refused
from twilio_async.auth import unseen
from twilio_async.pages import Pages

if TYPE_CHECKING:
    from twilio_async._download import Download
    from twilio_async.retry import Retry
    from twilio_async.session import AsyncSession

F = TypeVar("F", bound=Callable[..., Any])
Value = str | bool | int | float | Decimal | date | datetime | Mapping[str, Any] | None
Method = Literal["GET", "POST", "PUT", "DELETE"]


class Options(TypedDict, total=False):
    """What every operation takes beside its own parameters."""

    timeout: float
    """Seconds for one try, connection included, waiting for a turn not. Default: the session's."""
    retry: Retry
    """When to try again. Default: the session's."""
    extra: Mapping[str, Value | Sequence[Value]]
    """Parameters that this library does not know yet, by Twilio's own names; sent as they are."""


class Paging(Options, total=False):
    """What every list takes beside its own parameters."""

    limit: int | None
    """Items at most; ``0`` none. Default: all."""
    page_size: int | None
    """Items to ask for at once, at least 1. Default: as many as Twilio allows, mostly 1000, or *limit* if that is less."""
    resume: str | None
    """Token of the page to begin with."""


CORE = Product("api", "/2010-04-01/Accounts/{account_sid}/")
MESSAGING = Product("messaging", "/v1/")
CONTENT = Product("content", "/v1/")
PRICING = Product("pricing", "/v1/")


@dataclass(frozen=True, slots=True)
class Wire:
    """In ``Annotated``: the name on the wire, where it does not follow from the parameter's own."""

    name: str


@dataclass(frozen=True, slots=True)
class Header:
    """In ``Annotated``: the parameter travels in this header."""

    name: str


@dataclass(frozen=True, slots=True)
class Secret:
    """In ``Annotated``: no error, log or report of local variables may show the parameter, which travels in a form."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of an operation."""

    name: str
    wire_name: str
    write: Callable[[object], object]
    required: bool
    place: Literal["path", "header", "query", "form", "json"]
    default: object = None
    """What is sent when the caller leaves it out; ``None`` sends nothing."""
    secret: bool = False

    @property
    def repeats(self) -> bool:
        """Whether several values go out under the same name."""
        return self.write is _wire.write_texts


class Operation:
    """What a declaration says, and the two functions made from it at the first call: `bind` and `decode`."""

    def __init__(
        self,
        declared: Callable[..., Any],
        method: Method,
        path: str,
        *,
        repeatable: bool,
        json: bool = False,
        key: str = "",
        largest_page: int = 0,
        cost: Callable[[Mapping[str, Any]], float] | None = None,
        one_of: Sequence[Sequence[str]] = (),
        implies: Mapping[str, tuple[str, str]] = {},
    ) -> None:
        self.declared = declared
        self.method = method
        self.path = path
        self.repeatable = repeatable
        self.json = json
        self.key = key
        self.largest_page = largest_page
        self.cost = cost
        self.one_of = one_of
        self.implies = implies
        self.name: str = declared.__qualname__
        self.product: Product = CORE

    def __repr__(self) -> str:
        return f"<Operation {self.name} {self.method} {self.product.root}{self.path}>"

    def belongs(self, resource: type[Resource], product: Product) -> None:
        """Take the name and the address from the class that the declaration stands in."""
        self.name = f"{_snake(resource.__name__)}.{self.declared.__name__}"
        self.product = Product(product.name, "") if self.path.startswith("/") else product

    @functools.cached_property
    def _hints(self) -> dict[str, Any]:
        return typing.get_type_hints(self.declared, include_extras=True)

    @functools.cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The operation's own arguments, in order; what every operation takes and *self* are not among them."""
        return tuple(
            self._parameter(argument, self._hints[argument.name])
            for argument in inspect.signature(self.declared).parameters.values()
            if argument.name not in _NOT_SENT and argument.kind is not argument.VAR_KEYWORD
        )

    def _parameter(self, argument: inspect.Parameter, hint: Any) -> Parameter:
        notes: list[object] = []
        if get_origin(hint) is Annotated:
            hint, *notes = get_args(hint)
        place: Literal["path", "header", "query", "form", "json"]
        write: Callable[[object], object]
        if f"{{{argument.name}}}" in self.path:
            place, write = "path", _wire.write_segment
        elif any(isinstance(note, Header) for note in notes):
            place, write = "header", _wire.write_header
        elif self.json:
            place, write = "json", _wire.json_writer(hint)
        else:
            place, write = "form" if self.method == "POST" else "query", _writer(hint)
        usual = argument.name if self.json else "".join(word.capitalize() for word in argument.name.split("_"))
        wire_name = next((note.name for note in notes if isinstance(note, (Wire, Header))), usual)
        required = argument.default is argument.empty
        default = None if required else argument.default
        secret = any(isinstance(note, Secret) for note in notes)
        return Parameter(argument.name, wire_name, write, required, place, default, secret)

    @functools.cached_property
    def arguments(self) -> frozenset[str]:
        """The names of everything that a call takes, `Options` included."""
        return frozenset(parameter.name for parameter in self.parameters) | Options.__annotations__.keys()

    @functools.cached_property
    def secrets(self) -> Mapping[str, str]:
        """The parameters that nothing may show, and their names on the wire."""
        return {parameter.name: parameter.wire_name for parameter in self.parameters if parameter.secret}

    @functools.cached_property
    def result(self) -> Any:
        """The type of the answer; of an item of it, for a list."""
        kind = self._hints["return"]
        return get_args(kind)[0] if get_origin(kind) is Pages else kind

    @functools.cached_property
    def decode(self) -> Callable[[bytes], Any]:
        """Turn the body of a good answer into the declared type."""
        if self.result is type(None):
            return _nothing
        return _wire.page_decoder(self.key, self.result) if self.key else _wire.decoder(self.result)

    @functools.cached_property
    def bind(self) -> Callable[..., Request]:
        """A function with the declared arguments that makes a `Request` of them.

        It is generated, because binding through `inspect.Signature` would cost more than the rest of the encoding.
        """
        source, names = _binder_source(self)
        exec(compile(source, f"<arguments of {self.name}>", "exec"), names)  # noqa: S102 - our own text, no user's
        bind = names["bind"]
        bind.__qualname__ = bind.__name__ = self.name
        return cast("Callable[..., Request]", bind)


_NOT_SENT = frozenset({"self", "timeout"})


class Resource:
    """A namespace of operations: ``session.messages`` is one. Holds its session and nothing else."""

    __slots__ = ("_session",)

    operations: ClassVar[Mapping[str, Operation]] = {}
    """The operations declared in the class, by method name."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def __init_subclass__(cls, *, at: Product) -> None:
        cls.operations = {name: value.operation for name, value in vars(cls).items() if hasattr(value, "operation")}
        for operation in cls.operations.values():
            operation.belongs(cls, at)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._session!r}>"


# --- the decorators ------------------------------------------------------------------------------------------------------


def get(path: str) -> Callable[[F], F]:
    """Declare the read of one resource. Safe to repeat."""
    return lambda declared: _single(Operation(declared, "GET", path, repeatable=True), declared)


def post(
    path: str,
    *,
    repeatable: bool = False,
    json: bool = False,
    cost: Callable[[Mapping[str, Any]], float] | None = None,
    one_of: Sequence[Sequence[str]] = (),
    implies: Mapping[str, tuple[str, str]] = {},
) -> Callable[[F], F]:
    """Declare a create or an update.

    Args:
        path: below the product's root, or of the host if it begins with a slash; ``{name}`` stands for an argument.
        repeatable: whether doing it twice is the same as doing it once, so that it may be repeated when the answer is lost.
        json: whether the arguments travel as a JSON object, by their own names, and not as a form.
        cost: what one call costs of the session's rate, from its arguments; ``None`` costs nothing.
        one_of: groups of arguments of which Twilio wants at least one each.
        implies: for an argument, another that is given with it when the caller leaves it out.
    """

    def declare(declared: F) -> F:
        operation = Operation(
            declared, "POST", path, repeatable=repeatable, json=json, cost=cost, one_of=one_of, implies=implies
        )
        return _single(operation, declared)

    return declare


def put(path: str) -> Callable[[F], F]:
    """Declare the replacement of one resource by what a JSON object says. Safe to repeat."""
    return lambda declared: _single(Operation(declared, "PUT", path, repeatable=True, json=True), declared)


def delete(path: str) -> Callable[[F], F]:
    """Declare a delete. Safe to repeat: a 404 after a lost answer counts as done."""
    return lambda declared: _single(Operation(declared, "DELETE", path, repeatable=True), declared)


def pages(path: str, *, key: str, largest: int = 1000) -> Callable[[F], F]:
    """Declare a list.

    Args:
        path: below the product's root.
        key: the name under which an answer holds its records.
        largest: records that a page can hold at most; 0 for a list that does not let the caller choose.
    """

    def declare(declared: F) -> F:
        operation = Operation(declared, "GET", path, repeatable=True, key=key, largest_page=largest)

        @functools.wraps(declared)
        def call(
            self: Resource,
            *args: Any,
            limit: int | None = None,
            page_size: int | None = None,
            resume: str | None = None,
            timeout: float | None = None,
            retry: Retry | None = None,
            **kwargs: Any,
        ) -> Pages[Any]:
            request = operation.bind(self._session._root(operation.product), *args, **kwargs)
            try:
                token = None if resume is None else _wire.write_query(resume)
            except _wire.Unsendable as error:
                raise refused(operation.name, "resume", error) from None
            fetch = functools.partial(self._session._fetch_page, request, operation.decode, timeout, retry)
            return Pages(
                fetch, operation=operation.name, largest=operation.largest_page, limit=limit, page_size=page_size, resume=token
            )

        vars(call)["operation"] = operation  # where Resource finds it
        return cast("F", call)

    return declare


def download(path: str) -> Callable[[F], F]:
    """Declare the read of a file that is stored elsewhere: the answer redirects to it. Safe to repeat."""

    def declare(declared: F) -> F:
        operation = Operation(declared, "GET", path, repeatable=True)

        @functools.wraps(declared)
        def call(self: Resource, *args: Any, timeout: float = 30.0, **kwargs: Any) -> Download:
            return self._session._download(operation.bind(self._session._root(operation.product), *args, **kwargs), timeout)

        vars(call)["operation"] = operation  # where Resource finds it
        return cast("F", call)

    return declare


def _single(operation: Operation, declared: F) -> F:
    @functools.wraps(declared)
    async def call(self: Resource, *args: Any, timeout: float | None = None, retry: Retry | None = None, **kwargs: Any) -> Any:
        if operation.secrets:
            kwargs |= {name: unseen(kwargs[name]) for name in operation.secrets.keys() & kwargs.keys()}
        request = operation.bind(self._session._root(operation.product), *args, **kwargs)
        session = self._session
        cost = operation.cost(kwargs) if operation.cost and session.rate else 0.0
        return await session._call(request, operation.decode, cost=cost, timeout=timeout, retry=retry)

    vars(call)["operation"] = operation  # where Resource finds it
    return cast("F", call)


# --- from a signature to a function --------------------------------------------------------------------------------------


def _writer(hint: Any) -> Callable[[object], object]:
    """The encoder for an annotation. Order matters: the widest alternatives first."""
    alternatives = set(get_args(hint)) - {type(None)} if get_origin(hint) in {Union, types.UnionType} else {hint}
    origins = {get_origin(kind) for kind in alternatives}
    for found, write in (
        (Mapping in origins, _wire.write_json),
        (Sequence in origins, _wire.write_texts),
        (date in alternatives, _wire.write_day),
        (datetime in alternatives, _wire.write_instant),
        (bool in alternatives, _wire.write_boolean),
        (Decimal in alternatives or float in alternatives, _wire.write_number),
        (int in alternatives, _wire.write_integer),
        (str in alternatives, _wire.write_text),
    ):
        if found:
            return write
    raise TypeError(f"no way to send {hint!r}")


def _binder_source(operation: Operation) -> tuple[str, dict[str, Any]]:
    """Python text of the binder, and the names it uses."""
    names: dict[str, Any] = {
        "_operation": operation.name, "_Request": Request, "_refused": refused, "_product": operation.product,
        "_loose": loose_members if operation.json else loose_pairs, "_encode": _wire.encode, "_unsendable": _wire.Unsendable,
    }  # fmt: skip
    in_path = [parameter for parameter in operation.parameters if parameter.place == "path"]
    sent = [parameter for parameter in operation.parameters if parameter.place != "path"]
    arguments = ["_root", *(parameter.name for parameter in in_path), "*"]
    arguments += [*(name.name if name.required else f"{name.name}={name.default!r}" for name in sent), "extra=None"]
    body = [
        f"if {name} is not None and {other} is None: {other} = {value!r}" for name, (other, value) in operation.implies.items()
    ]
    path = "{_root}" + re.sub(r"{(\w+)}", r"{_path_\1}", operation.path)
    for group in operation.one_of:
        absent = " and ".join(f"{name} is None" for name in group)
        refuse = f"raise _refused(_operation, {group[0]!r}, _unsendable('missing; give {' or '.join(group)}'))"
        body += [f"if {absent} and not extra: {refuse}"]
    request = f"_operation, {operation.method!r}, _product, f{path!r}, _pairs, {operation.repeatable}"
    body += ["_pairs = []", "_add = _pairs.append"]
    if operation.json:
        body += ["_members = {}"]
        request += ", json=_encode(_members)"
    if operation.secrets:
        names["_secrets"] = frozenset(operation.secrets.values())
        request += ", secrets=_secrets"
    if any(parameter.place == "header" for parameter in operation.parameters):
        body += ["_headers = {}"]
        request += ", headers=_headers"
    for parameter in operation.parameters:
        names[f"_write_{parameter.name}"] = parameter.write
        written = f"_write_{parameter.name}({parameter.name})"
        refuse = f"except Exception as _error: raise _refused(_operation, {parameter.name!r}, _error) from None"
        if parameter.place == "path":
            body += [f"try: _path_{parameter.name} = {written}", refuse]
            continue
        add = f"_add(({parameter.wire_name!r}, {written}))"
        if parameter.repeats:
            add = f"_pairs.extend([({parameter.wire_name!r}, _item) for _item in {written}])"
        elif parameter.place in ("json", "header"):
            add = f"{'_members' if parameter.place == 'json' else '_headers'}[{parameter.wire_name!r}] = {written}"
        condition = "" if parameter.required else f"if {parameter.name} is not None:"
        body += [f"{condition}\n        try: {add}\n        {refuse}" if condition else f"try: {add}\n    {refuse}"]
    gather = "_members.update" if operation.json else "_pairs.extend"
    body += [f"if extra is not None: {gather}(_loose(_operation, 'extra', extra))"]
    body += [f"return _Request({request})"]
    return f"def bind({', '.join(arguments)}):\n    " + "\n    ".join(body), names


def _nothing(body: bytes) -> None:
    """The answer of a delete."""


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
