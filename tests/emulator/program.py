"""A program that uses Twilio's own client, and knows of no emulator unless it is told its base URL.

It does what programs do with messages and services, and prints what it saw as JSON. ``tests/node/scenario.js`` is its twin.

    python program.py sync|async <plan.json
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client


class Program:
    """The scenario, on either half of the client."""

    def __init__(self, plan: Any, *, asynchronous: bool) -> None:
        self.plan = plan
        self.asynchronous = asynchronous
        self.http = AsyncTwilioHttpClient() if asynchronous else TwilioHttpClient()
        self.client = self.signed_in()

    def signed_in(self, token: str | None = None) -> Any:
        client = Client(None, token, http_client=self.http)
        if self.plan["base_url"]:
            client.api.base_url = client.messaging.base_url = self.plan["base_url"]
        return client

    async def do(self, resource: Any, verb: str, *arguments: Any, **keywords: Any) -> Any:
        if self.asynchronous:
            return await getattr(resource, f"{verb}_async")(*arguments, **keywords)
        return getattr(resource, verb)(*arguments, **keywords)

    async def refused(self, resource: Any, verb: str, **keywords: Any) -> list[int] | None:
        try:
            await self.do(resource, verb, **keywords)
        except TwilioRestException as error:
            return [error.status, error.code]
        return None

    async def send(self, **keywords: Any) -> Any:
        return await self.do(self.client.messages, "create", **{"to": self.plan["to"], "body": "Hello, é & 🦉", **keywords})

    async def delivered(self, message: Any) -> list[str]:
        statuses = [message.status]
        while statuses[-1] not in {"delivered", "undelivered", "failed"}:
            message = await self.do(self.client.messages(message.sid), "fetch")
            if message.status != statuses[-1]:
                statuses.append(message.status)
        return statuses

    async def pages(self) -> list[list[str]]:
        page = await self.do(self.client.messages, "page", to=self.plan["listed"], page_size=4)
        found = []
        while page is not None:
            found.append([message.sid for message in page])
            page = await self.do(page, "next_page")
        return found

    async def run(self) -> dict[str, Any]:
        client, plan = self.client, self.plan
        sent = await self.send(from_=plan["from"])
        statuses = await self.delivered(sent)
        pages = await self.pages()
        listed = await self.do(client.messages, "list", to=plan["listed"], page_size=3, limit=7)
        redacted = await self.do(client.messages(sent.sid), "update", body="")
        services = client.messaging.v1.services
        made = [await self.do(services, "create", friendly_name=name) for name in ("Shop", "Post", "Bank")]
        pool = services(made[0].sid).phone_numbers
        for sid in plan["number_sids"]:
            await self.do(pool, "create", phone_number_sid=sid)
        later = datetime.now(UTC) + timedelta(hours=1)
        scheduled = await self.send(messaging_service_sid=made[0].sid, schedule_type="fixed", send_at=later)
        canceled = await self.do(client.messages(scheduled.sid), "update", status="canceled")
        through_service = await self.send(messaging_service_sid=made[0].sid)
        await self.delivered(through_service)
        await self.do(services(made[2].sid), "delete")
        unknown = client.messages("SM" + "0" * 32)
        return {
            "sent": {"sid": sent.sid, "body": sent.body},
            "statuses": statuses,
            "pages": pages,
            "listed": [message.sid for message in listed],
            "redacted": redacted.body,
            "scheduled": {"sid": scheduled.sid, "status": scheduled.status},
            "canceled": canceled.status,
            "through_service": {
                "sid": through_service.sid,
                "from": [through_service.from_, (await self.do(client.messages(through_service.sid), "fetch")).from_],
            },
            "services": [service.sid for service in await self.do(services, "list", page_size=1)],
            "pool": [member.phone_number for member in await self.do(pool, "list", page_size=1)],
            "errors": {
                "no number": await self.refused(client.messages, "create", to="+15005550", from_=plan["from"], body="x"),
                "opted out": await self.refused(client.messages, "create", to=plan["opted_out"], from_=plan["from"], body="x"),
                "unknown": await self.refused(unknown, "fetch"),
                "canceled twice": await self.refused(client.messages(scheduled.sid), "update", status="canceled"),
                "in the pool": await self.refused(pool, "create", phone_number_sid=plan["number_sids"][0]),
                "wrong token": await self.refused(self.signed_in("wrong").messages(sent.sid), "fetch"),
            },
        }


async def main() -> None:
    """Do everything once."""
    program = Program(json.load(sys.stdin), asynchronous=sys.argv[1] == "async")
    print(json.dumps(await program.run()))  # noqa: T201  # what it is for
    if program.asynchronous:
        await program.http.close()


if __name__ == "__main__":
    asyncio.run(main())
