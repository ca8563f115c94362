from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.cli.shell import Ended, run
from tests.webhooks.apps import APPS
from tests.webhooks.caller import INBOUND, call, signature
from tests.webhooks.reverse_proxy import reverse_proxy
from twilio_async.emulator import Emulator, Key
from twilio_async.webhooks import SignedRequest, Webhooks, sign

TOKEN = "0123456789abcdef" * 2
URL = "https://example.com/sms?ref=42"
FORM = urlencode(INBOUND).encode()
SIGNATURE = signature(URL, INBOUND, TOKEN)
TYPE = ("--header", "Content-Type: application/x-www-form-urlencoded; charset=utf-8")


async def verify(url: str, *arguments: str, given: bytes = FORM, token: str = TOKEN, signed: str = SIGNATURE) -> Ended:
    """Run the command with a body, and see that neither the secret nor the right signature is shown."""
    done = await run(
        "webhook",
        "verify",
        url,
        "--signature",
        signed,
        "--body",
        "-",
        *arguments,
        env={"TWILIO_AUTH_TOKEN": token},
        given=given,
    )
    assert "Traceback" not in done.err
    assert token not in done.out + done.err
    assert signature(url, INBOUND, token) not in done.out + done.err
    return done


async def test_a_right_signature_is_valid() -> None:
    """The event is named, without numbers and without what it says."""
    done = await verify(URL, *TYPE)
    assert (done.code, done.err) == (0, "")
    assert done.out == f"valid: <InboundMessage {INBOUND[0][1]} media=0>\n"


async def test_what_a_proxy_and_a_framework_did_is_told_with_the_remedy() -> None:
    """Each difference has a line, and a way out of it."""
    done = await verify("http://www.example.com:8000/sms/?ref=42", *TYPE)
    assert done.code == 1
    lines = done.out.splitlines()
    assert lines[0].startswith("not valid: ")
    assert lines[1:6] == [
        "It is valid for a request that differs so:",
        "  the scheme is https, not http",
        "  the host is example.com, not www.example.com",
        "  the path has no slash at its end",
        "It was signed for https://example.com/sms?ref=42",
    ]
    assert lines[6] == 'Say Webhooks(..., public_url="https://example.com").'


async def test_a_field_that_is_missing_is_named() -> None:
    """Here the country, which a parser dropped because it is empty."""
    signed = signature(URL, [*INBOUND, ("FromCountry", "")], TOKEN)
    done = await verify(URL, *TYPE, signed=signed)
    assert done.code == 1
    assert "  the form has FromCountry, empty, which was dropped\n" in done.out


async def test_a_field_cannot_play_with_the_terminal() -> None:
    """What is too much is named, with its control characters written out."""
    done = await verify(URL, *TYPE, given=FORM + b"&%07%E2%80%AE=1")
    assert done.code == 1
    assert r"  the form is without \x07\u202e" in done.out


async def test_the_remedy_makes_it_valid() -> None:
    """What the command says to do works in the command itself."""
    first = await verify("http://10.0.0.7/sms?ref=42", *TYPE, "--header", "X-Forwarded-Host: example.com")
    assert 'public_url="https://example.com"' in first.out
    second = await verify("http://10.0.0.7/sms?ref=42", *TYPE, "--public-url", "https://example.com")
    assert (first.code, second.code) == (1, 0)


async def test_a_path_and_a_host_are_enough() -> None:
    """As a server's log has them; whichever scheme it was."""
    assert (await verify("/sms?ref=42", *TYPE, "--header", "Host: example.com")).code == 0


async def test_all_headers_may_be_pasted(tmp_path: Path) -> None:
    """The signature among them."""
    body = tmp_path / "body"
    body.write_bytes(FORM)
    headers = ("--header", f"X-TWILIO-SIGNATURE: {SIGNATURE}", *TYPE)
    done = await run("webhook", "verify", URL, "--body", str(body), *headers, env={"TWILIO_AUTH_TOKEN": TOKEN})
    assert done.code == 0


def settings_of(request: SignedRequest) -> tuple[str, str]:
    """The option that names a shared key."""
    return "--settings", request.headers["X-Twilio-Webhooks-Signature-Settings"]


async def test_a_shared_key_is_named_by_the_settings() -> None:
    """Its secret stands where the token stands otherwise; without its settings the command says what is missing."""
    request = sign(URL, INBOUND, shared_key=("SK" + "1" * 32, TOKEN))
    signed = request.headers["X-Twilio-Signature"]
    assert (await verify(URL, *TYPE, *settings_of(request), signed=signed)).code == 0
    done = await verify(URL, *TYPE, signed=signed)
    assert done.code == 1
    assert "X-Twilio-Webhooks-Signature-Settings was dropped" in done.out


async def test_json_that_a_framework_wrote_anew_is_told() -> None:
    """It is the usual fate of a parsed body."""
    request = sign("https://example.com/events", json=b'{"a": [1, 2]}', auth_token=TOKEN)
    typed = ("--header", "Content-Type: application/json")
    signed = request.headers["X-Twilio-Signature"]
    assert (await verify(request.url, *typed, given=request.body, signed=signed)).code == 0
    done = await verify(request.url, *typed, given=b'{"a":[1,2]}', signed=signed)
    assert done.code == 1
    assert "JSON with a space after each comma and colon; it was decoded, and encoded again" in done.out
    assert "Give the library the bytes of the body as they came" in done.out
    done = await verify("https://example.com/events", *typed, given=request.body, signed=signed)
    assert "the query has bodySHA256, which was dropped" in done.out


async def test_a_body_without_proof_is_no_mismatch() -> None:
    """The URL is right then, and that is said."""
    signed = signature(URL, [], TOKEN)
    done = await verify(URL, "--header", "Content-Type: application/json", given=b"{}", signed=signed)
    assert done.code == 1
    assert "URL and secret are right; only the proof of the body is missing." in done.out


@pytest.mark.parametrize(
    ("token", "said"), [("f" * 32, "another secret signed it"), ("AC" + "f" * 32, "is a sid"), ("hunter2", "32 hexadecimal")]
)
async def test_what_cannot_be_explained_is_narrowed_down(token: str, said: str) -> None:
    """A wrong secret leaves no trace, but often looks like what it is."""
    done = await verify(URL, *TYPE, token=token)
    assert done.code == 1
    assert "Nothing that usually goes wrong explains it" in done.out
    assert said in done.out


@pytest.mark.parametrize(
    ("url", "given", "said"),
    [
        ("ftp://example.com/", FORM, "no absolute URL of http"),
        ("sms", FORM, "no absolute URL of http"),
        ("/sms", FORM, "no host"),
        (URL, b"Body=%ZZ", "begins no escape"),
        (URL, b"Body=\xff", "no UTF-8"),
        (URL, b"&" * 5_000, "more than 1,000 fields"),
        ("https://example.com/\udcff", FORM, "no Unicode"),
        ("https://example.com/\x1b[31m", FORM, "control character"),
    ],
)
async def test_what_cannot_be_read_is_not_valid(url: str, given: bytes, said: str) -> None:
    """With the reason, and nothing that a terminal would obey."""
    arguments = ("webhook", "verify", url, "--signature", SIGNATURE, "--body", "-", *TYPE)
    done = await run(*arguments, env={"TWILIO_AUTH_TOKEN": TOKEN}, given=given)
    assert (done.code, done.err) == (1, "")
    assert said in done.out
    assert "\x1b" not in done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((URL,), "which signature?"),
        ((URL, "--signature", SIGNATURE, "--header", "Content-Type"), "expected 'NAME: VALUE'"),
        ((URL, "--signature", SIGNATURE, "--public-url", "example.com"), "public_url"),
        ((URL, "--signature", SIGNATURE, "--body", "/nonexistent"), "No such file"),
        ((), "Missing argument 'URL'"),
    ],
)
async def test_what_is_not_said_is_a_usage_error(arguments: tuple[str, ...], said: str) -> None:
    """It exits with 2 and says what is missing."""
    done = await run("webhook", "verify", *arguments, env={"TWILIO_AUTH_TOKEN": TOKEN})
    assert (done.code, done.out) == (2, "")
    assert said in done.err


async def test_what_the_emulator_sent_through_a_proxy_is_explained(emulator: Emulator) -> None:
    """From the request as the application saw it, with what the proxy told, to the URL that Twilio was given."""
    async with reverse_proxy() as proxy, APPS["aiohttp"](Webhooks(emulator.auth_token)) as app:
        proxy.upstream = app.url
        assert (await call(f"{proxy.url}/sms", INBOUND, tls=proxy.trust)).status == 403
        signed = signature(f"{proxy.url}/sms", INBOUND, emulator.auth_token)
        told = ("--header", f"X-Forwarded-Host: {proxy.url.removeprefix('https://')}")
        done = await verify(f"{app.url}/sms", *TYPE, *told, token=emulator.auth_token, signed=signed)
        again = await verify(f"{app.url}/sms", *TYPE, "--public-url", proxy.url, token=emulator.auth_token, signed=signed)
    assert f'Say Webhooks(..., public_url="{proxy.url}").' in done.out
    assert (done.code, again.code) == (1, 0)


@pytest.mark.parametrize("shared", [False, True])
async def test_what_the_emulator_sends_is_valid(shared: bool, emulator: Emulator) -> None:
    """Its own record of a webhook is enough to verify it."""
    if shared:
        emulator.account.shared_key = Key(TOKEN, id="K1")
    delivery = await emulator.call_webhook("http://127.0.0.1:1/sms", {"Body": "Olé 👋"})
    attempt = delivery.attempts[0]
    headers = [part for name, value in attempt.request_headers for part in ("--header", f"{name}: {value}")]
    key = emulator.account.signing_key
    done = await run(
        "webhook",
        "verify",
        attempt.url,
        "--body",
        "-",
        *headers,
        env={"TWILIO_AUTH_TOKEN": key.secret},
        given=attempt.request_body,
    )
    assert done.code == 0
