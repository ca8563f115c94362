"""`AsyncSession`: credentials, addresses, the pool and the limits, and one attribute for each resource."""

from __future__ import annotations

import functools
import os
import platform
import warnings
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar, overload
from urllib.parse import urljoin

import anyio.lowlevel

from twilio_async import _wire
from twilio_async._address import origins
from twilio_async._call import LARGEST_PAGE, Caller, Response, responses
from twilio_async._download import Download
from twilio_async._pool import Pool, PoolOptions
from twilio_async._request import Product, Request, freely_made
from twilio_async._resources import Resources
from twilio_async._tokens import OAUTH, AccessTokens
from twilio_async._version import __version__
from twilio_async.auth import AccountToken, ApiKey, Auth, OAuthAuth, Unseen, checked_sid
from twilio_async.errors import ConfigError, UnreadableAnswer
from twilio_async.limits import Concurrency, RateLimit
from twilio_async.pages import Page
from twilio_async.retry import Retry, RetryBudget

if TYPE_CHECKING:
    import ssl as tls
    from types import TracebackType

    import aiohttp

    from twilio_async.events import Hook

P = ParamSpec("P")
T = TypeVar("T")
Limit = TypeVar("Limit", RateLimit, Concurrency)


class AsyncSession(Resources):
    """A client for one Twilio account.

    Making one does no network I/O and needs no running loop: connections are made at the first request. Use it as a context
    manager, or call `aclose` when done.

    ::

        async with AsyncSession.from_env() as twilio:
            message = await twilio.messages.create(to="+15558675310", from_="+15017122661", body="Your parcel is here.")

    Args:
        account: the account's sid (``AC…``), or credentials: `AccountToken`, `ApiKey`, `OAuthAuth`, or an `Auth` of your own.
        token: the auth token, when *account* is a sid.
        base_url: one origin for everything, such as an emulator's; wins over *region* and *edge*. Default: Twilio's hosts.
        region: where the account's data is processed (``us1``, ``ie1``, ``au1``). Default: ``us1``.
        edge: where requests enter Twilio's network (``ashburn``, ``dublin``, ``sydney``…). Default: next to the region.
        timeout: seconds for one try from connecting to the last byte; waiting for a turn does not count. Default 35: Twilio
            itself gives up after about 26, and a shorter one leaves outcomes unknown that it would have told.
        retry: when to try again; `Retry.never()` for never. Default `Retry()`.
        retry_budget: repeats that may be made in a row before successes are needed; see `RetryBudget`. Default 100.
        rate: segments per second that `messages.create` may send, or a `RateLimit` shared with others. Default: no limit.
        concurrency: requests in flight at most, or a `Concurrency` shared with others; it adapts below that by itself.
            Default 100.
        pool_size: connections at most. Default: as many as *concurrency*.
        proxy: URL of an HTTP proxy, with credentials if it needs them. Default: none.
        trust_env: take the proxy from ``HTTPS_PROXY``, ``HTTP_PROXY`` and ``NO_PROXY``. Default: no.
        ssl: a TLS context of your own, for a private certificate authority.
        ca_bundle: path of a file with certificate authorities, instead of *ssl*.
        connector: an aiohttp connector of your own; it is never closed here.
        trace_configs: aiohttp's tracing, handed through.
        hooks: called with each of the `twilio_async.events`.
        user_agent: what to put behind our own name in ``User-Agent``, such as ``"shop/1.2"``.

    Raises:
        ConfigError: an argument cannot be right.
    """

    def __init__(
        self,
        account: str | Auth | OAuthAuth,
        token: str | None = None,
        *,
        base_url: str | None = None,
        region: str | None = None,
        edge: str | None = None,
        timeout: float = 35.0,
        retry: Retry | None = None,
        retry_budget: float = 100.0,
        rate: float | RateLimit | None = None,
        concurrency: int | Concurrency = 100,
        pool_size: int | None = None,
        proxy: str | None = None,
        trust_env: bool = False,
        ssl: tls.SSLContext | None = None,
        ca_bundle: str | os.PathLike[str] | None = None,
        connector: aiohttp.BaseConnector | None = None,
        trace_configs: Sequence[aiohttp.TraceConfig] = (),
        hooks: Sequence[Hook] = (),
        user_agent: str | None = None,
    ) -> None:
        if token is not None:
            token = Unseen(token)  # an error about any argument may be printed with its local variables
        auth = _credentials(account, token)
        places = _made(Concurrency, "concurrency", concurrency)
        self._pool = Pool(
            PoolOptions(
                size=places.limit if pool_size is None else pool_size,
                timeout=timeout,
                tls=_trusted(ssl, ca_bundle),
                proxy=proxy,
                trust_env=trust_env,
                connector=connector,
                trace_configs=tuple(trace_configs),
            )
        )
        self._owns_pool = True
        self._account_sid = auth.account_sid
        self._origin = origins(base_url=base_url, region=region, edge=edge)
        calling = functools.partial(
            Caller,
            open_transport=self._pool.transport,
            timeout=timeout,
            retry=retry or Retry(),
            budget=RetryBudget(retry_budget),
            hooks=tuple(hooks),
        )
        self._tokens: AccessTokens | None = None
        bearer: Auth | AccessTokens
        if isinstance(auth, OAuthAuth):
            # Who waits for a token may hold the last place: the request for it has one of its own.
            asking = calling(headers=_headers(user_agent), rate=None, concurrency=Concurrency(1))
            bearer = self._tokens = AccessTokens(auth, asking, self._origin(OAUTH.name))
        else:
            bearer = auth
        self._caller = calling(
            headers=_headers(user_agent, bearer),
            forget=None if self._tokens is None else self._tokens.forget,
            rate=None if rate is None else _made(RateLimit, "rate", rate),
            concurrency=places,
        )

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **options: Any) -> AsyncSession:
        """A session for what the environment names.

        It reads ``TWILIO_ACCOUNT_SID`` with ``TWILIO_CLIENT_ID`` and ``TWILIO_CLIENT_SECRET``, else ``TWILIO_API_KEY`` and
        ``TWILIO_API_SECRET``, else ``TWILIO_AUTH_TOKEN``: what may do least and is replaced most easily wins, and the token may
        be there for webhooks. It reads ``TWILIO_BASE_URL``, ``TWILIO_REGION`` and ``TWILIO_EDGE``, too.

        Args:
            environ: what to read instead of `os.environ`; an emulator's ``env`` fits.
            **options: as for `AsyncSession`; they win over the environment.

        Raises:
            ConfigError: a variable is missing, which the message names, or holds what `AsyncSession` refuses.
        """
        env = os.environ if environ is None else environ
        for name, variable in (("base_url", "TWILIO_BASE_URL"), ("region", "TWILIO_REGION"), ("edge", "TWILIO_EDGE")):
            options.setdefault(name, env.get(variable) or None)
        found = {name: Unseen(env.get(name, "")) for name in _CREDENTIALS}
        del env, environ  # an error about what was found may be printed with its local variables
        return cls(_credentials_in(found), **options)

    # --- the session itself ----------------------------------------------------------------------------------------------

    @property
    def account_sid(self) -> str:
        """The account whose resources this session works on."""
        return self._account_sid

    @property
    def rate(self) -> RateLimit | None:
        """The limit of segments per second, if there is one."""
        return self._caller.rate

    @property
    def concurrency(self) -> Concurrency:
        """The limit of requests in flight."""
        return self._caller.concurrency

    def for_account(self, account_sid: str) -> AsyncSession:
        """A session for a subaccount with the same credentials, connections and limits.

        Closing it leaves the connections open; they are closed with this session.

        Args:
            account_sid: the subaccount's sid (``AC…``).

        Raises:
            ConfigError: it is no account sid.
        """
        view = object.__new__(AsyncSession)
        view._account_sid = checked_sid("account_sid", account_sid, "AC")
        view._pool, view._origin, view._caller = self._pool, self._origin, self._caller
        view._owns_pool, view._tokens = False, None  # who owns the connections ends what goes on over them
        return view

    async def response(self, call: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> Response[T]:
        """Make a call and return what came around its result, too: status, headers, request id, tries.

        ::

            response = await twilio.response(twilio.messages.fetch, "SM…")
            print(response.data.status, response.headers["Twilio-Concurrent-Requests"])

        Args:
            call: a method of this session's resources, or ``pages.first_page`` of a list.
            *args: its arguments.
            **kwargs: its keyword arguments.

        Returns:
            The result as ``data``, with the answer that it came from; of several, the last.

        Raises:
            TwilioError: whatever the call raises.
            ValueError: *call* made no request.
        """
        collected: list[Response[Any]] = []
        outer = responses.set(collected)
        try:
            result = await call(*args, **kwargs)
        finally:
            responses.reset(outer)
        if not collected:
            raise ValueError(f"{call!r} made no request, so there is no answer to show")
        collected[-1].data = result
        return collected[-1]

    @overload
    async def request(
        self, method: str, path: str, *, product: str = ..., parameters: Mapping[str, Any] | None = ..., json: Any = ...,
        repeatable: bool | None = ..., timeout: float | None = ..., retry: Retry | None = ..., kind: type[T],
    ) -> T: ...  # fmt: skip

    @overload
    async def request(
        self, method: str, path: str, *, product: str = ..., parameters: Mapping[str, Any] | None = ..., json: Any = ...,
        repeatable: bool | None = ..., timeout: float | None = ..., retry: Retry | None = ..., kind: None = ...,
    ) -> Any: ...  # fmt: skip

    async def request(
        self,
        method: str,
        path: str,
        *,
        product: str = "api",
        parameters: Mapping[str, Any] | None = None,
        json: Any = None,
        repeatable: bool | None = None,
        timeout: float | None = None,
        retry: Retry | None = None,
        kind: type[Any] | None = None,
    ) -> Any:
        """Do what this library has no operation for yet, with all its manners: limits, retries, errors, safety.

        ::

            await twilio.request("GET", f"/2010-04-01/Accounts/{twilio.account_sid}/Balance.json")

        Args:
            method: ``GET``, ``POST``, ``PUT`` or ``DELETE``.
            path: from the root of the host; encoded, without a query.
            product: the first label of Twilio's host: ``api``, ``messaging``, ``content``… Default ``api``.
            parameters: by Twilio's own names; sent in the query, or in a POST as the form.
            json: a body to be sent as JSON.
            repeatable: whether doing it twice is like doing it once. Default: GET and DELETE are, POST and PUT are not.
            timeout: seconds for one try. Default: the session's.
            retry: when to try again. Default: the session's.
            kind: the type to read the answer into. Default: plain dicts and lists; ``None`` for an empty answer.

        Raises:
            InvalidArgument: an argument cannot be sent.
            AmbiguousOutcome: it is not repeatable, and its answer was lost.
            TwilioError: see `twilio_async.errors`.
        """
        made = freely_made(method, path, product=product, parameters=parameters, json=json, repeatable=repeatable)
        decode = _wire.decoder(Any if kind is None else kind)
        return await self._call(
            made, decode if kind is not None else lambda body: decode(body) if body else None, timeout=timeout, retry=retry
        )

    async def aclose(self) -> None:
        """Close the connections. Safe to repeat. A session from `for_account` leaves them to the one it came from."""
        if self._tokens is not None:
            await self._tokens.aclose()
        if self._owns_pool:
            await self._pool.aclose()

    async def __aenter__(self) -> Self:
        """Nothing but the session itself; connections are made at the first request."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self.aclose()

    def __del__(self) -> None:
        """Warn of a session that was left open, and say what to do about it."""
        if getattr(self, "_owns_pool", False) and self._pool.is_open:
            warnings.warn(
                f"unclosed {self!r}: use `async with AsyncSession(…) as twilio:` or `await twilio.aclose()`",
                ResourceWarning,
                stacklevel=2,
                source=self,
            )

    def __repr__(self) -> str:
        if not hasattr(self, "_caller"):  # asked by a report about an error in the constructor
            return "<AsyncSession, not made>"
        state = "closed" if self._pool.closed else "open" if self._pool.is_open else "idle"
        return f"<AsyncSession {self._account_sid} {state}>"

    # --- what the resources use ------------------------------------------------------------------------------------------

    def _root(self, product: Product) -> str:
        return product.root.replace("{account_sid}", self._account_sid)

    async def _call(
        self,
        request: Request,
        decode: Callable[[bytes], T],
        *,
        cost: float = 0.0,
        timeout: float | None = None,
        retry: Retry | None = None,
    ) -> T:
        url = self._origin(request.product.name) + request.path
        return await self._caller.call(request, url, decode, cost=cost, timeout=timeout, retry=retry)

    async def _fetch_page(
        self,
        request: Request,
        decode: Callable[[bytes], tuple[list[T], str | None]],
        timeout: float | None,
        retry: Retry | None,
        token: str | None,
        size: int,
    ) -> Page[T]:
        url = self._origin(request.product.name) + request.path
        items, link = await self._caller.call(
            request.page(token, size), url, decode, timeout=timeout, retry=retry, largest=LARGEST_PAGE
        )
        # Decoding a thousand records takes milliseconds, and so may whatever is done with them: others run in between.
        await anyio.lowlevel.checkpoint()
        try:
            return Page(items, _next_query(link, url, request.path))
        except _wire.ForeignLink as error:
            raise UnreadableAnswer(str(error), operation=request.name, status=200) from None

    def _download(self, request: Request, timeout: float) -> Download:
        url = self._origin(request.product.name) + request.path + request.encoded()[0]
        return Download(self._caller, request, url, timeout)


def _next_query(link: str | None, url: str, path: str) -> str | None:
    """The query of the next page. A gateway with a path of its own may pass Twilio's links on, which begin without it."""
    try:
        return _wire.next_query(link, url)
    except _wire.ForeignLink:
        return _wire.next_query(link, urljoin(url, path))


_CREDENTIALS = (
    *("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_API_KEY", "TWILIO_API_SECRET"),
    *("TWILIO_CLIENT_ID", "TWILIO_CLIENT_SECRET"),
)


def _credentials(account: str | Auth | OAuthAuth, token: str | None) -> Auth | OAuthAuth:
    if not isinstance(account, str):
        if token is not None:
            raise ConfigError("token: goes with an account sid; credentials hold their own")
        return account
    if account.startswith("SK"):
        raise ConfigError("account: an API key does not name its account; give ApiKey(key, secret, account_sid='AC…')")
    if account.startswith("OQ"):
        raise ConfigError("account: an OAuth app does not name its account; give OAuthAuth(…, account_sid='AC…')")
    if token is None:
        raise ConfigError("token: missing; give AsyncSession('AC…', token) or use AsyncSession.from_env()")
    return AccountToken(account, token)


def _credentials_in(found: Mapping[str, str]) -> Auth | OAuthAuth:
    sid, token, key, secret, client_id, client_secret = found.values()
    if sid and client_id and client_secret:
        return OAuthAuth(client_id=client_id, client_secret=client_secret, account_sid=sid)
    if sid and key and secret:
        return ApiKey(key, secret, account_sid=sid)
    if sid and token:
        return AccountToken(sid, token)
    unset = ", ".join(name for name, value in found.items() if not value)
    raise ConfigError(f"no credentials in the environment: set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN (unset: {unset})")


def _made(kind: type[Limit], name: str, value: Any) -> Limit:
    """A limit, from a number or as it is."""
    if isinstance(value, kind):
        return value
    if type(value) not in {int, float}:
        raise ConfigError(f"{name}: expected a number, got {type(value).__name__}")
    try:
        return kind(value)
    except ValueError as error:
        raise ConfigError(f"{name}: {error}") from None


def _trusted(context: tls.SSLContext | None, ca_bundle: str | os.PathLike[str] | None) -> tls.SSLContext | bool:
    if ca_bundle is None:
        return True if context is None else context
    if context is not None:
        raise ConfigError("ca_bundle: goes without ssl=; load it into that context instead")
    import ssl  # needed here alone, and not free

    try:
        return ssl.create_default_context(cafile=os.fspath(ca_bundle))
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"ca_bundle: cannot be read: {error.strerror or type(error).__name__}") from None


def _headers(user_agent: str | None, auth: Auth | AccessTokens | None = None) -> Callable[[], Awaitable[dict[str, str]]]:
    """What makes the headers that every request carries."""
    if user_agent is not None and not (user_agent.isascii() and user_agent.isprintable()):
        raise ConfigError("user_agent: printable ASCII only")
    name = f"twilio_async/{__version__} Python/{platform.python_version()}" + (f" {user_agent}" if user_agent else "")

    async def headers() -> dict[str, str]:
        credentials = {} if auth is None else {"Authorization": Unseen(await auth.authorization())}
        return {
            **credentials,
            "User-Agent": name,
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
        }

    return headers
