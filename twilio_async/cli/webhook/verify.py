"""``twilio-async webhook verify``: whether a signature is right, and what went wrong on the way if it is not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final

import click

from twilio_async._signature import SETTINGS, SIGNATURE
from twilio_async.cli.failures import Unusable
from twilio_async.cli.texts import visible
from twilio_async.cli.webhook.explanation import Explanation, explain
from twilio_async.cli.webhook.secret import read_secret, secret_options
from twilio_async.webhooks import SignatureError, WebhookError, Webhooks
from twilio_async.webhooks._addresses import masked, read_address
from twilio_async.webhooks._requests import read_headers, seen_addresses

_LARGEST: Final = 16 * 1024 * 1024
_SID: Final = re.compile("[A-Z]{2}[0-9a-f]{32}")
_TOKEN: Final = re.compile("[0-9a-f]{32}")
_REMEDIES: Final = {
    "path": "Tell Twilio and your application the same path, or name the part that your proxy takes away in public_url.",
    "query": "Give the library the target of the request as it came: not decoded, not sorted, not built anew.",
    "body": "Give the library the bytes of the body as they came, before anything parses them.",
    "secret": "Give the library all headers, and the secret that signs: Webhooks(token) or Webhooks(shared_keys={id: secret}).",
}


def _headers(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in given:
        name, colon, value = line.partition(":")
        if not name.strip() or not colon:
            raise click.BadParameter("expected 'NAME: VALUE'.", context, parameter)
        found[name.strip().lower()] = value.strip()
    return found


@click.command()
@click.argument("url")
@click.option("--signature", help="What X-Twilio-Signature said. Default: of --header.")
@click.option("--settings", help="What X-Twilio-Webhooks-Signature-Settings said, if a shared key signs.")
@click.option("--body", type=click.File("rb"), metavar="FILE", help="The body as it came; `-` for stdin. Default: none.")
@click.option("--method", default="POST", help="Of HTTP. Default: POST.")
@click.option(
    "--header",
    "headers",
    metavar="'NAME: VALUE'",
    multiple=True,
    callback=_headers,
    help="A header of the request, such as Content-Type; may be repeated.",
)
@click.option("--public-url", metavar="URL", help="What your application gives to Webhooks as public_url.")
@secret_options
@click.pass_context
def command(
    context: click.Context,
    *,
    url: str,
    signature: str | None,
    settings: str | None,
    body: BinaryIO | None,
    method: str,
    headers: dict[str, str],
    public_url: str | None,
    token: str | None,
    token_file: BinaryIO | None,
) -> None:
    """Tell whether the signature of a request to URL is right, and find out why not.

    URL is the one that the server saw: absolute, or a path with `--header 'Host: ...'`.

    Exit codes: 0 it is right, 1 it is not, 2 usage, 3 no secret.
    """
    headers |= {name.lower(): value for name, value in ((SIGNATURE, signature), (SETTINGS, settings)) if value}
    if SIGNATURE.lower() not in headers:
        raise click.UsageError(f"which signature? Give --signature, or --header '{SIGNATURE}: ...'.")
    raw = b"" if body is None else body.read()
    secret = read_secret(token, token_file)
    try:
        event = _webhooks(secret, headers, public_url).parse(method, url, headers, raw)
    except WebhookError as error:
        for line in _refusal(error, url, headers, raw, secret, public_url):
            click.echo(visible(line))
        context.exit(1)
    click.echo(visible(f"valid: {event!r}"))


def _webhooks(secret: str, headers: Mapping[str, str], public_url: str | None) -> Webhooks:
    key = re.search(r"key=([^,]*)", headers.get(SETTINGS.lower(), ""))
    shared = {key[1].strip(): secret} if key else {}
    try:
        return Webhooks(*([] if shared else [secret]), shared_keys=shared, public_url=public_url, max_body=_LARGEST)
    except ValueError as error:
        raise Unusable(f"{error}.") from error


def _refusal(
    error: WebhookError, url: str, headers: Mapping[str, str], body: bytes, secret: str, public_url: str | None
) -> Iterator[str]:
    yield f"not valid: {error.reason}."
    if not isinstance(error, SignatureError):
        return
    public = read_address(public_url) if public_url else None
    address = seen_addresses(url, read_headers(headers), public_url=public, trust_forwarded=False)[0]
    found = explain(address, headers, body, secret)
    yield from _unexplained(secret) if found is None else _explained(found)


def _explained(found: Explanation) -> Iterator[str]:
    if not found.differences:
        yield "URL and secret are right; only the proof of the body is missing."
        return
    yield "It is valid for a request that differs so:"
    yield from (f"  {difference}" for difference in found.differences)
    yield f"It was signed for {masked(found.url)}"
    if found.changed & {"scheme", "host", "port"}:
        address = read_address(found.url)
        yield f'Say Webhooks(..., public_url="{address.scheme}{address.host}{address.port}").'
    yield from (remedy for part, remedy in _REMEDIES.items() if part in found.changed)


def _unexplained(secret: str) -> Iterator[str]:
    yield "Nothing that usually goes wrong explains it. What is left:"
    if _SID.fullmatch(secret):
        yield "  the secret that was given is a sid; the auth token is another thing, without capitals in front"
    elif not _TOKEN.fullmatch(secret):
        yield "  the secret is a shared key's, or wrong: an auth token has 32 hexadecimal digits, and this has others"
    yield "  another secret signed it: of another account or subaccount, or from before a rotation; API keys sign nothing"
    yield "  Twilio was told another host: see the number or the service in its console, and give that as --public-url"
    yield "  the body, the query or the signature was changed, or cut off when it was copied"
