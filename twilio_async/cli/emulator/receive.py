"""``twilio-async emulator receive``: play the handset on the other side."""

from __future__ import annotations

import click

from twilio_async.cli.emulator.pairs import pairs
from twilio_async.cli.emulator.remote import Remote, url_option
from twilio_async.cli.texts import counted, or_stdin, visible


@click.command()
@click.argument("body", callback=or_stdin)
@click.option("--from", "from_", metavar="NUMBER", help="Who texts. Default: +15558675310.")
@click.option("--to", metavar="NUMBER", help="Which of the emulator's numbers. Default: the first.")
@click.option("--media", metavar="URL", multiple=True, help="The URL of a picture or another file; may be repeated.")
@click.option(
    "--field",
    "fields",
    metavar="NAME=VALUE",
    callback=pairs,
    multiple=True,
    help="One more field of the webhook; may be repeated.",
)
@url_option
def command(
    *, body: str, from_: str | None, to: str | None, media: tuple[str, ...], fields: dict[str, str], remote: Remote
) -> None:
    """Text one of a running emulator's numbers: your application's webhook is called, and what it answers is sent.

    `-` as BODY reads it from stdin.
    """
    said = {"body": body, "from": from_, "to": to, "media": list(media), "fields": fields}
    received = remote.post("/receive", {name: value for name, value in said.items() if value not in (None, [], {})})
    keyword = f", which is {received['keyword']}" if received["keyword"] else ""
    click.echo(f"{received['message']['sid']} received{keyword}")
    if not received["deliveries"]:
        click.echo("There is no webhook to tell of it.")
    for delivery in received["deliveries"]:
        tries = counted(len(delivery["attempts"]), "attempt")
        click.echo(f"webhook {delivery['url']}: {delivery['state']} after {tries}, answered {delivery['status'] or 'nothing'}")
    for reply in received["replies"]:
        click.echo(f"{reply['sid']} replied: {visible(reply['body'])}")
