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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypedDict, TypeVar, Union, cast, get_args, get_origin

from twilio_async import _wire
from twilio_async._request import Product, Request, loose_pairs, refused
from twilio_async.pages import Pages

if TYPE_CHECKING:
    from twilio_async.retry import Retry
    from twilio_async.session import AsyncSession

F = TypeVar("F", bound=Callable[..., Any])
Value = str | bool | int | float | Decimal | date | datetime | Mapping[str, Any] | None


class Options(TypedDict, total=False):
    """What every operation takes beside its own parameters."""

    timeout: float
    """Seconds for one try, connection included, waiting for a turn not. Default: the session's."""
    retry: Retry
    """When to try again. Default: the session's."""
    extra: Mapping[str, Value | Sequence[Value]]
    """Parameters that this library does not know yet, by Twilio's own names; sent as they are."""


CORE = Product("api", "/2010-04-01/Accounts/{account_sid}/")
MESSAGING = Product("messaging", "/v1/")


@dataclass(frozen=True, slots=True)
class Wire:
    """In ``Annotated``: the name on the wire, where it does not follow from the parameter's own."""

    name: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of an operation."""

    name: str
    wire_name: str
    write: Callable[[object], str] | Callable[[object], list[str]]
    required: bool
    in_path: bool = False

    @property
    def repeats(self) -> bool:
        """Whether several values go out under the same name."""
        return self.write is _wire.write_texts


class Operation:
    """What a declaration says, and the two functions made from it at the first call: `bind` and `decode`."""

    def __init__(
        self,
        declared: Callable[..., Any],
        method: Literal["GET", "POST", "DELETE"],
        path: str,
        *,
        repeatable: bool,
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
        self.product = product

    @functools.cached_property
    def _hints(self) -> dict[str, Any]:
        return typing.get_type_hints(self.declared, include_extras=True)

    @functools.cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The operation's own arguments, in order; paging, `Options` and *self* are not among them."""
        names = re.findall(r"{(\w+)}", self.path)
        return tuple(
            _parameter(argument, self._hints[argument.name], in_path=argument.name in names)
            for argument in inspect.signature(self.declared).parameters.values()
            if argument.name not in _NOT_SENT and argument.kind is not argument.VAR_KEYWORD
        )

    @functools.cached_property
    def arguments(self) -> frozenset[str]:
        """The names of everything that a call takes, `Options` included."""
        return frozenset(parameter.name for parameter in self.parameters) | Options.__annotations__.keys()

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


_NOT_SENT = frozenset({"self", "limit", "page_size", "resume"})


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
    cost: Callable[[Mapping[str, Any]], float] | None = None,
    one_of: Sequence[Sequence[str]] = (),
    implies: Mapping[str, tuple[str, str]] = {},
) -> Callable[[F], F]:
    """Declare a create or an update.

    Args:
        path: below the product's root; ``{name}`` stands for an argument.
        repeatable: whether doing it twice is the same as doing it once, so that it may be repeated when the answer is lost.
        cost: what one call costs of the session's rate, from its arguments; ``None`` costs nothing.
        one_of: groups of arguments of which Twilio wants at least one each.
        implies: for an argument, another that is given with it when the caller leaves it out.
    """

    def declare(declared: F) -> F:
        operation = Operation(declared, "POST", path, repeatable=repeatable, cost=cost, one_of=one_of, implies=implies)
        return _single(operation, declared)

    return declare


def delete(path: str) -> Callable[[F], F]:
    """Declare a delete. Safe to repeat: a 404 after a lost answer counts as done."""
    return lambda declared: _single(Operation(declared, "DELETE", path, repeatable=True), declared)


def pages(path: str, *, key: str, largest: int = 1000) -> Callable[[F], F]:
    """Declare a list.

    Args:
        path: below the product's root.
        key: the name under which an answer holds its records.
        largest: records that a page can hold at most.
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


def _single(operation: Operation, declared: F) -> F:
    @functools.wraps(declared)
    async def call(self: Resource, *args: Any, timeout: float | None = None, retry: Retry | None = None, **kwargs: Any) -> Any:
        request = operation.bind(self._session._root(operation.product), *args, **kwargs)
        session = self._session
        cost = operation.cost(kwargs) if operation.cost and session.rate else 0.0
        return await session._call(request, operation.decode, cost=cost, timeout=timeout, retry=retry)

    vars(call)["operation"] = operation  # where Resource finds it
    return cast("F", call)


# --- from a signature to a function --------------------------------------------------------------------------------------


def _parameter(argument: inspect.Parameter, hint: Any, *, in_path: bool) -> Parameter:
    wire_name = "".join(word.capitalize() for word in argument.name.split("_"))
    if get_origin(hint) is Annotated:
        hint, *notes = get_args(hint)
        wire_name = next((note.name for note in notes if isinstance(note, Wire)), wire_name)
    write = _wire.write_segment if in_path else _writer(hint)
    return Parameter(argument.name, wire_name, write, argument.default is argument.empty, in_path)


def _writer(hint: Any) -> Callable[[object], str] | Callable[[object], list[str]]:
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
        "_operation": operation.name, "_Request": Request, "_refused": refused, "_loose": loose_pairs,
        "_product": operation.product, "_unsendable": _wire.Unsendable,
    }  # fmt: skip
    in_path = [parameter for parameter in operation.parameters if parameter.in_path]
    sent = [parameter for parameter in operation.parameters if not parameter.in_path]
    arguments = ["_root", *(parameter.name for parameter in in_path)]
    if sent:
        arguments += ["*", *(name.name if name.required else f"{name.name}=None" for name in sent)]
    arguments += ["extra=None"] if sent else ["*", "extra=None"]
    body = [
        f"if {name} is not None and {other} is None: {other} = {value!r}" for name, (other, value) in operation.implies.items()
    ]
    for group in operation.one_of:
        absent = " and ".join(f"{name} is None" for name in group)
        refuse = f"raise _refused(_operation, {group[0]!r}, _unsendable('missing; give {' or '.join(group)}'))"
        body += [f"if {absent} and not extra: {refuse}"]
    body += ["_pairs = []", "_add = _pairs.append"]
    for parameter in operation.parameters:
        names[f"_write_{parameter.name}"] = parameter.write
        written = f"_write_{parameter.name}({parameter.name})"
        refuse = f"except Exception as _error: raise _refused(_operation, {parameter.name!r}, _error) from None"
        if parameter.in_path:
            body += [f"try: _path_{parameter.name} = {written}", refuse]
            continue
        add = f"_add(({parameter.wire_name!r}, {written}))"
        if parameter.repeats:
            add = f"_pairs.extend([({parameter.wire_name!r}, _item) for _item in {written}])"
        condition = "" if parameter.required else f"if {parameter.name} is not None:"
        body += [f"{condition}\n        try: {add}\n        {refuse}" if condition else f"try: {add}\n    {refuse}"]
    path = "{_root}" + re.sub(r"{(\w+)}", r"{_path_\1}", operation.path)
    body += ["if extra is not None: _pairs += _loose(_operation, 'extra', extra)"]
    body += [f"return _Request(_operation, {operation.method!r}, _product, f{path!r}, _pairs, {operation.repeatable})"]
    return f"def bind({', '.join(arguments)}):\n    " + "\n    ".join(body), names


def _nothing(body: bytes) -> None:
    """The answer of a delete."""


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def declared_operations(kind: type[Resource] = Resource) -> Iterable[Operation]:
    """Every operation declared below *kind*, in order of declaration."""
    for resource in kind.__subclasses__():
        yield from resource.operations.values()
        yield from declared_operations(resource)
