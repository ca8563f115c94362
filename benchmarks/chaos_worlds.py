"""Small worlds on a simulated loop: the real client and the real engine, a simulated network, time that costs nothing.

A seed makes a world: its rows, its workers, when they crash or stand still, what Twilio does with each request, when it lists a
message, and in which order everything that can happen next happens. ``python -m benchmarks.chaos --worlds 1000``.

It needs simloop and Python 3.12. Time is simulated for the standard library's clocks, too, because the engine asks those.
"""

from __future__ import annotations

import asyncio
import contextlib
import email.utils
import importlib
import logging
import random
import time
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from twilio_async import AsyncSession, Concurrency, TwilioError
from twilio_async.outbox.drafts import Drafter
from twilio_async.outbox.engine import drain
from twilio_async.outbox.memory import MemoryStore
from twilio_async.outbox.plan import Plan
from twilio_async.outbox.reconcile import reconcile

if TYPE_CHECKING:
    from twilio_async.outbox.ledger import Settlement
    from twilio_async.outbox.store import Row, Store

START: Final = 1_800_000_000.0
"""Unix seconds at which a world begins."""
TROUBLE: Final = 900.0
"""Seconds of a world in which workers crash and stand still."""
HORIZON: Final = 4 * 3600.0
"""Seconds after which everything has to be settled."""
LONGEST_JUMP: Final = 1200.0
"""Seconds by which the ledger's clock is set forward while something is in doubt, at most."""
LONGEST_LAG: Final = 300.0
"""Seconds until Twilio lists a message, at most."""
ACCOUNT, TOKEN, SENDER = f"AC{0:032x}", "0" * 32, "+15017122661"
CAMPAIGN: Final = "world"

FATES: Final = {
    "answered": 60, "too many": 8, "failed": 4, "unavailable": 4, "dropped": 4, "made, then failed": 5, "made, then dropped": 6,
    "made, cut off": 3, "made, answered too late": 4, "made late": 5,
}  # fmt: skip
"""What Twilio does with a create, and how often."""


@dataclass(slots=True)
class Made:
    """A message of this Twilio."""

    sid: str
    key: str
    """Of the row that it was made for, which its callback's URL tells."""
    form: Mapping[str, str]
    at: float
    listed_at: float

    def record(self) -> dict[str, Any]:
        """As Twilio shows it."""
        return {
            "sid": self.sid, "account_sid": ACCOUNT, "status": "queued", "direction": "outbound-api", "to": self.form["To"],
            "from": self.form["From"], "body": self.form["Body"], "date_created": email.utils.formatdate(START + self.at),
            "date_sent": None, "date_updated": None,
        }  # fmt: skip


class ModelTwilio:
    """The two operations that matter, with what can go wrong.

    Args:
        chance: decides what does.
        lag: seconds until a message is listed, at most.
        clock: Unix seconds, as its answers bear them.
    """

    def __init__(self, chance: random.Random, lag: float, clock: Callable[[], float]) -> None:
        self.made: list[Made] = []
        self.is_calm = False
        self.store: Store | None = None
        """Where callbacks go, if there are any."""
        self._chance = chance
        self._lag = lag
        self._clock = clock
        self._callbacks: set[asyncio.Task[None]] = set()

    def calm_down(self) -> None:
        """Let nothing go wrong any more."""
        self.is_calm = True

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        if request.method == "GET":
            return self._list(request)
        form = {name: values[0] for name, values in parse_qs(await request.text(), keep_blank_values=True).items()}
        fate = "answered" if self.is_calm else self._chance.choices([*FATES], [*FATES.values()])[0]
        await asyncio.sleep(self._chance.uniform(0.01, 0.5))
        match fate:
            case "too many":
                return _error(429, 20429)
            case "failed" | "unavailable":
                return _error(500 if fate == "failed" else 503, 20500)
            case "dropped":
                return _hang_up(request)
            case "made late":
                await asyncio.sleep(self._chance.uniform(1.0, 60.0))
            case _:
                pass
        made = self._make(form)
        match fate:
            case "made, then failed":
                return _error(500, 20500)
            case "made, then dropped":
                return _hang_up(request)
            case "made, cut off":
                response = web.StreamResponse(status=201, headers={"Content-Length": "1000"})
                response.force_close()
                await response.prepare(request)
                await response.write(b'{"sid": "SM')
                return response
            case "made, answered too late":
                await asyncio.sleep(self._chance.uniform(30.0, 60.0))
            case _:
                pass
        return web.json_response(made.record(), status=201)

    def _make(self, form: Mapping[str, str]) -> Made:
        now = asyncio.get_running_loop().time()
        (ref,) = parse_qs(urlsplit(form["StatusCallback"]).query)["ref"]
        lag = self._chance.uniform(0.0, self._lag)
        made = Made(f"SM{len(self.made):032x}", ref.partition("~")[2], form, now, now + lag)
        self.made.append(made)
        if self.store is not None and self._chance.random() < 0.5:
            task = asyncio.ensure_future(self._call_back(self.store, made, self._chance.uniform(0.0, 300.0)))
            self._callbacks.add(task)
            task.add_done_callback(self._callbacks.discard)
        return made

    async def _call_back(self, store: Store, made: Made, delay: float) -> None:
        await asyncio.sleep(delay)
        await store.observe(CAMPAIGN, made.key, sid=made.sid, status="delivered", code=None)

    def _list(self, request: web.BaseRequest) -> web.StreamResponse:
        if not self.is_calm and self._chance.random() < 0.1:
            return _error(503, 20503)
        now, wanted = asyncio.get_running_loop().time(), {name: request.query.get(name) for name in ("To", "From")}
        found = [
            made.record() for made in reversed(self.made)
            if made.listed_at <= now and all(made.form[name] == value for name, value in wanted.items() if value is not None)
        ]  # fmt: skip
        told = email.utils.formatdate(self._clock(), usegmt=True)
        return web.json_response({"messages": found, "next_page_uri": None}, headers={"Date": told})


def _error(status: int, code: int) -> web.Response:
    return web.json_response({"code": code, "message": "no", "status": status}, status=status)


def _hang_up(request: web.BaseRequest) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


class View:
    """The ledger as one worker sees it: each step takes a while, and a worker that has crashed does none.

    What is crashed is only cancelled by the loop; this keeps it from tidying up.
    """

    def __init__(self, store: MemoryStore, chance: random.Random, freezes: float) -> None:
        self._store = store
        self._chance = chance
        self._freezes = freezes
        """How likely the worker stands still between two of its steps."""
        self.is_dead = False

    async def _step(self, step: Coroutine[Any, Any, Any], *, may_freeze: bool = False) -> Any:
        with contextlib.closing(step):
            await self._while()
            done = await step
        await self._while(self._chance.uniform(1.0, 1500.0) if may_freeze and self._chance.random() < self._freezes else 0.0)
        return done

    async def _while(self, longer: float = 0.0) -> None:
        if not self.is_dead:
            await asyncio.sleep(longer or self._chance.uniform(0.0, 0.02))
        if self.is_dead:
            raise asyncio.CancelledError

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        def delayed(*args: Any, **kwargs: Any) -> Any:
            return self._step(method(*args, **kwargs))

        return delayed

    async def begin(self, rows: Sequence[Row], *, lease: float) -> Collection[int]:
        """See `Store.begin`. The intent is noted; then the worker may stand still."""
        return cast("set[int]", await self._step(self._store.begin(rows, lease=lease), may_freeze=True))

    async def settle(self, row: Row, settlement: Settlement) -> bool:
        """See `Store.settle`."""
        return bool(await self._step(self._store.settle(row, settlement)))


@dataclass(slots=True)
class World:
    """Everything that a seed makes. A mutant is a subclass that leaves one precaution out.

    Args:
        seed: the same world in every run.
    """

    seed: int
    decisions: str = field(init=False, default="")
    """A hash of all that was decided in it, once it has run."""
    chance: random.Random = field(init=False)
    resends: bool = field(init=False)
    lag: float = field(init=False)
    jumps: list[tuple[float, float]] = field(init=False)
    """When the ledger's clock is set forward, and by how much."""
    rows: list[dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        """Draw what it is like."""
        self.chance = random.Random(self.seed)  # noqa: S311 - the same world in every run
        self.resends = self.chance.random() < 0.8
        self.lag = self.chance.choice([0.0, 20.0, LONGEST_LAG])
        jumps = random.Random(f"jumps {self.seed}")  # noqa: S311 - of its own, so that it changes no other decision
        self.jumps = [
            (jumps.uniform(0.0, 2 * TROUBLE), jumps.uniform(0.0, LONGEST_JUMP)) for _ in range(jumps.choice([0, 1, 4]))
        ]
        people = self.chance.randint(2, 6)
        self.rows = [
            {
                "key": f"k{number}", "from_": SENDER, "to": f"+1555867{person:04d}", "body": f"Hello {person % 3}",
                "status_callback": "https://example.com/status",
            }
            for number in range(self.chance.randint(2, 8))
            for person in [self.chance.randrange(people)]  # some are twins: the same text to the same person
        ]  # fmt: skip

    # --- what a mutant changes -------------------------------------------------------------------------------------------

    def plan(self) -> Plan:
        """How workers send."""
        return Plan(max_rejected=None)

    def quiet(self) -> tuple[float, float]:
        """The quiet period, and the time between two looks."""
        return 600.0, 60.0

    def make_store(self, clock: Callable[[], float]) -> MemoryStore:
        """The ledger."""
        return MemoryStore(clock=clock)

    def make_twilio(self, clock: Callable[[], float], ledgers_clock: Callable[[], float]) -> ModelTwilio:  # noqa: ARG002
        """Twilio, whose answers bear its own time, whatever the ledger's clock says."""
        return ModelTwilio(self.chance, self.lag, clock)

    def make_view(self, store: MemoryStore, freezes: float) -> View:
        """The ledger as a worker sees it."""
        return View(store, self.chance, freezes)

    # --- running it ------------------------------------------------------------------------------------------------------

    def run(self) -> list[str]:
        """What went wrong."""
        loop = importlib.import_module("simloop").SimLoop(self.seed)
        loop.set_exception_handler(_ignore)
        with _simulated_time(loop), _repeatable(self.seed), warnings.catch_warnings(), _silence():
            warnings.simplefilter("ignore")
            asyncio.set_event_loop(loop)
            try:
                wrong = cast("list[str]", loop.run_until_complete(self._live(loop)))
                self.decisions = loop.trace_hash()
                return wrong
            finally:
                importlib.import_module("simloop._run").finish(loop)
                asyncio.set_event_loop(None)

    async def _live(self, loop: Any) -> list[str]:
        def true_time() -> float:
            return START + cast("float", loop._true_time())  # noqa: SLF001 - the ledger stands beside all hosts

        def ledgers_time() -> float:
            now = true_time()
            return now + sum(ahead for at, ahead in self.jumps if START + at <= now)

        store = self.make_store(ledgers_time)
        await store.add(CAMPAIGN, [Drafter().draft(number, row) for number, row in enumerate(self.rows)])
        twilio = self.make_twilio(true_time, ledgers_time)
        if self.chance.random() < 0.3:
            twilio.store = cast("Store", store)
        loop.net.set_defaults(latency=(0.001, 0.050))
        loop.net.host("twilio").create_task(_serve(loop, twilio))
        await asyncio.sleep(0.5)
        freezes = self.chance.choice([0.0, 0.1, 0.3])
        lives = [
            asyncio.ensure_future(self._worker(loop, store, number, freezes)) for number in range(self.chance.randint(1, 3))
        ]
        loop.call_later(TROUBLE, twilio.calm_down)
        while loop.time() < HORIZON and not await self._is_settled(store):  # noqa: ASYNC110 - nobody would set an event
            await asyncio.sleep(60.0)
        await asyncio.sleep(2000.0)  # whoever still stands still wakes up
        for life in lives:
            life.cancel()
        return verdict(await store.rows((), campaign=None), twilio.made, resends=self.resends)

    async def _is_settled(self, store: MemoryStore) -> bool:
        rows = (await store.progress(None)).rows
        return not rows.keys() & {"pending", "claimed", "sending", "unknown", *(["absent"] if self.resends else [])}

    async def _worker(self, loop: Any, store: MemoryStore, number: int, freezes: float) -> None:
        """One worker, started again whenever it has crashed."""
        for life in range(100):
            name = f"worker-{number}-{life}"  # a crashed host does not come back with what was still under way
            view = self.make_view(store, freezes if loop.time() < TROUBLE else 0.0)
            work = loop.net.host(name).create_task(self._work(view))
            left = TROUBLE - loop.time()
            lives = self.chance.expovariate(1 / 120.0)
            if lives >= left or self.chance.random() < 0.3:
                await asyncio.wait([work])
                return
            await asyncio.wait([work], timeout=lives)
            view.is_dead = True
            loop.net.crash(name)
            await asyncio.sleep(self.chance.uniform(0.0, 30.0))

    async def _work(self, view: View) -> None:
        """What `Outbox.send` does, again and again."""
        store, (quiet, apart) = cast("Store", view), self.quiet()
        places = Concurrency(4, clock=asyncio.get_running_loop().time)
        async with AsyncSession(ACCOUNT, TOKEN, base_url="http://twilio:80", concurrency=places) as session:
            while True:
                await store.sweep()
                await drain(store, session, self.plan())
                with contextlib.suppress(TwilioError):  # the list could not be read
                    await reconcile(store, session, quiet=quiet, apart=apart, resend_absent=self.resends)
                await asyncio.sleep(self.chance.uniform(10.0, 60.0))


def _ignore(_loop: Any, _context: object) -> None:
    """Crashed workers leave much behind."""


async def _serve(loop: Any, twilio: ModelTwilio) -> None:
    await loop.create_server(web.Server(twilio.handle, access_log=None), "0.0.0.0", 80)  # noqa: S104 - of a network that is none
    await asyncio.Event().wait()


def verdict(rows: Iterable[Row], made: Sequence[Made], *, resends: bool) -> list[str]:
    """What is not as it has to be: nobody texted more often than there are rows for him, and every row accounted for.

    Rows with one recipient and one text can be exchanged for one another, so they are counted together.
    """
    wrong: list[str] = []
    wanted, accepted, held = Counter[tuple[str, str]](), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    sids = Counter[str]()
    for row in rows:
        person = row.to, row.arguments["body"]
        wanted[person] += 1
        accepted[person] += row.state == "accepted"
        held[person] += row.state == "held"
        sids.update([row.sid] if row.sid else [])
        if row.state not in {"accepted", "held", *(() if resends else ("absent",))}:
            wrong.append(f"{row.key} is {row.state}")
    created = Counter((each.form["To"], each.form["Body"]) for each in made)
    for person, count in wanted.items():
        if created[person] > count:
            wrong.append(f"{created[person]} texts for {count} rows")
        elif not accepted[person] <= created[person] <= accepted[person] + held[person]:
            wrong.append(f"{created[person]} texts, {accepted[person]} accepted, {held[person]} held")
    return wrong + [f"{count} rows with {sid}" for sid, count in sids.items() if count > 1]


@contextlib.contextmanager
def _simulated_time(loop: Any) -> Generator[None]:
    """Let the standard library's clocks tell the loop's time: with any other, nothing could be repeated."""
    before = time.time, time.monotonic, time.clock_gettime
    time.time = lambda: START + loop.time()
    time.monotonic = lambda: cast("float", loop.time())
    time.clock_gettime = lambda _clock: cast("float", loop.time())
    try:
        yield
    finally:
        time.time, time.monotonic, time.clock_gettime = before


@contextlib.contextmanager
def _repeatable(seed: int) -> Generator[None]:
    """Let the breaks between tries, which are drawn, be the same in every run."""
    before = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(before)


@contextlib.contextmanager
def _silence() -> Generator[None]:
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def explore(seeds: Iterable[int], kind: type[World] = World) -> dict[int, list[str]]:
    """The worlds in which something is wrong, and what."""
    return {seed: wrong for seed in seeds if (wrong := kind(seed).run())}


def main(seeds: Sequence[int]) -> int:
    """Explore, and print what was found; the exit code."""
    began, found = time.perf_counter(), explore(seeds)
    for seed, wrong in found.items():
        print(f"world {seed}: {'; '.join(wrong)}")
    print(f"{len(seeds):,} worlds in {time.perf_counter() - began:.0f} s: {len(found)} with something wrong")
    return bool(found)
