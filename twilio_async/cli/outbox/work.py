"""``twilio-async outbox work``: a worker, for a terminal, a service or a container."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any, cast

import click
import msgspec
from rich.console import Console

from twilio_async.cli.bulk.ending import ending, is_complete, next_steps
from twilio_async.cli.bulk.sending import Sent, connector, destination, send_outbox, watched
from twilio_async.cli.failures import BadCredentials, Failure, told
from twilio_async.cli.interrupts import heed_termination, run
from twilio_async.cli.outbox.where import campaign_option, known, opened, spoken, where_argument
from twilio_async.cli.pacing import Pacing, pacing, pacing_options
from twilio_async.outbox import Report
from twilio_async.outbox.worker import Duties, work
from twilio_async.session import AsyncSession

if TYPE_CHECKING:
    from twilio_async.outbox.postgres import PostgresStore


@click.command()
@where_argument
@campaign_option
@pacing_options
@click.option("--forever", is_flag=True, help="Wait for new rows, and for those of workers that died, until told to stop.")
@click.option(
    "--slots", type=click.IntRange(1, 16), metavar="N", help="With --forever on PostgreSQL: N drains, through procrastinate."
)
@click.option("--resend-absent", is_flag=True, help="With --forever: send again what Twilio does not have, looked for twice.")
def command(*, where: str, campaign: str | None, forever: bool, slots: int | None, resend_absent: bool, **paces: Any) -> None:
    """Send what is to be sent of WHERE, until nothing is left. Ctrl-C and SIGTERM let what is in flight end.

    On one PostgreSQL there may be many at once, on many machines; they share the rates. A file is for one.

    Credentials come from TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or TWILIO_API_KEY and TWILIO_API_SECRET, or
    TWILIO_CLIENT_ID and TWILIO_CLIENT_SECRET.
    """
    if not forever and (slots or resend_absent):
        raise click.UsageError("--slots and --resend-absent go with --forever.")
    if slots and "://" not in where:
        raise click.UsageError("--slots goes with a database: a file is for one.")
    with told():
        AsyncSession.from_env()
        sent = run(_work(where, campaign, pacing(**paces), forever=forever, slots=slots, resend_absent=resend_absent))
    _tell(sent, where, forever=forever)


async def _work(
    where: str, campaign: str | None, paces: Pacing, *, forever: bool, slots: int | None, resend_absent: bool
) -> Sent:
    heed_termination()
    async with opened(where) as outbox:
        name = await known(outbox, campaign)
        connect, towards = connector(paces), destination()
        if not forever:
            return await send_outbox(outbox, connect, name, paces, towards=towards)
        plan, duties = paces.plan(name), Duties(resend_absent=resend_absent)

        async def serve(twilio: AsyncSession) -> Report:
            if slots:
                from twilio_async.outbox.slots import Slots, work_slots  # it needs procrastinate, of the extra `postgres`

                store = cast("PostgresStore", outbox.store)
                stopped = await work_slots(where, twilio, plan, duties, store=store, slots=Slots(each=slots))
            else:
                stopped = await work(outbox.store, twilio, plan, duties)
            return msgspec.structs.replace(await outbox.report(name), stopped=stopped)

        return await watched(serve, outbox, connect, name, paces, towards=towards)


def _tell(sent: Sent, where: str, *, forever: bool) -> None:
    """Tell what it came to. Whoever works forever ends well when he is told to stop.

    Raises:
        BadCredentials: Twilio refused them.
        Failure: it stopped by itself, or was interrupted.
    """
    Console(highlight=False).print(ending(sent.report))
    click.echo("".join(f"{step}\n" for step in next_steps(sent.report.rows, shlex.quote(spoken(where)))), nl=False)
    if sent.unauthorized:
        raise BadCredentials(f"{sent.report.stopped}\nCheck TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.")
    if sent.report.stopped:
        raise Failure(f"stopped: {sent.report.stopped}")
    if forever:
        return
    if sent.interrupted:
        raise Failure("interrupted; what was in flight has ended. The same command goes on.")
    if not is_complete(sent.report.rows):
        raise click.exceptions.Exit(1)
