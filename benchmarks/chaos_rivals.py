"""The same rows, the same Twilio, and the retries that others offer. Nobody kills these."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any, Final, TypeAlias

import aiohttp
from aiohttp_retry import ExponentialRetry, RetryClient

from benchmarks.chaos_twilio import SENDER, Text

IN_FLIGHT: Final = 100
TRIES: Final = 3
TIMEOUT: Final = 35.0

Send: TypeAlias = Callable[[Text], Awaitable[object]]

# It uses what aiohttp deprecates, twice in every request.
warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"twilio\.")


async def official(env: dict[str, str], stack: AsyncExitStack) -> Send:
    """The official client, asynchronous half, with ``max_retries=3``."""
    from twilio.http.async_http_client import AsyncTwilioHttpClient
    from twilio.rest import Client

    http: Any = AsyncTwilioHttpClient(timeout=TIMEOUT, max_retries=TRIES)
    stack.push_async_callback(http.close)
    twilio: Any = Client(env["TWILIO_ACCOUNT_SID"], env["TWILIO_AUTH_TOKEN"], http_client=http)
    twilio.api.base_url = env["TWILIO_BASE_URL"]

    async def send(text: Text) -> None:
        await twilio.messages.create_async(to=text.to, from_=SENDER, body=text.body)

    return send


async def by_hand(env: dict[str, str], stack: AsyncExitStack) -> Send:
    """Plain aiohttp with aiohttp-retry, told to try again after a 429 as well, which it does not by itself."""
    account = env["TWILIO_ACCOUNT_SID"]
    options = ExponentialRetry(attempts=TRIES, statuses={429})
    client = RetryClient(
        retry_options=options,
        auth=aiohttp.BasicAuth(account, env["TWILIO_AUTH_TOKEN"]),
        timeout=aiohttp.ClientTimeout(TIMEOUT),
    )
    stack.push_async_callback(client.close)
    url = f"{env['TWILIO_BASE_URL']}/2010-04-01/Accounts/{account}/Messages.json"

    async def send(text: Text) -> None:
        async with client.post(url, data={"To": text.to, "From": SENDER, "Body": text.body}) as answer:
            answer.raise_for_status()
            await answer.json()

    return send


RIVALS: Final = {"twilio, max_retries=3": official, "aiohttp-retry": by_hand}


async def send_all(rival: str, env: dict[str, str], rows: Sequence[Text]) -> None:
    """Send all rows, so many at once, and leave alone what failed in the end, as its users do."""
    async with AsyncExitStack() as stack:
        send = await RIVALS[rival](env, stack)
        left = iter(rows)

        async def work() -> None:
            for text in left:
                try:
                    await send(text)
                except Exception:  # noqa: BLE001, S112 - whatever it is: it has given this one up
                    continue

        await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
