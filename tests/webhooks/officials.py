"""Generated webhooks, and what Twilio's own validators say of them: the Python one, and in one process the one for Node."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from tests.javascript import run_javascript

FORM = "application/x-www-form-urlencoded"

NAMES = (
    "Body", "From", "To", "MessageSid", "AccountSid", "NumMedia", "MediaUrl0", "body", "BODY", "Zürich", "名前", "",
    "a b", "a+b", "a&b=c", "10", "9", "__proto__", "constructor", "\ue000", "\U0001f600", "\uffff\U00010000",
)  # fmt: skip
VALUES = (
    "", "0", "Hello, is my parcel there?", "it's", "50% + 1 & 2 = 3", "é", "e\u0301", "漢字", "\U0001f600", "\ufb01", "\ue000x",
    "line\r\nline", "\x00", "\x7f", "%41", "a;b", '{"json": [1]}', "+15558675310", "whatsapp:+15558675310",
)  # fmt: skip
HOSTS = ("example.com", "127.0.0.1", "sub.example.co.uk", "[::1]", "[2001:db8::8a2e:370:7334]", "xn--mnchen-3ya.de")
PORTS = ("", "", "", ":443", ":80", ":8080", ":1")
PATHS = ("/", "/sms", "/caf%C3%A9", "/a%2Fb", "/a%2fb/", "/it's", "/a;b=1/c:d@e!$&'()*+,", "/~x|y", "/%20", "/café", "/a b")
QUERIES = (
    "", "", "", "?ref=42", "?b=2&a=1&b=1", "?q=it's", "?q=it%27s", "?x=a+b%20c", "?a&b=&=c", "?e=%C3%A9&f=é", "?2=b&1=a&x=",
    "?x=1?y=2", "?u=https://example.com/?z=1", "?p=100%25", "?a=1&&b=2", "?x=[1]|{2}^`", "?x=%5B1%5D", "?x=~!*()'", "?",
)  # fmt: skip


@dataclass(frozen=True)
class Request:
    """One webhook: the URL that was signed, the one that an application sees, and what is told."""

    token: str
    signed: str
    seen: str
    change: str
    """How the one URL became the other."""
    fields: tuple[tuple[str, str], ...]

    @property
    def body(self) -> bytes:
        """The form."""
        return urlencode(self.fields).encode()

    @property
    def headers(self) -> dict[str, str]:
        """Those that the content needs."""
        return {"Content-Type": f"{FORM}; charset=utf-8"}


def requests(count: int, seed: int) -> Iterator[Request]:
    """Many different webhooks, always the same for one seed."""
    chance = random.Random(seed)
    for number in range(count):
        port = chance.choice(PORTS)
        scheme = chance.choice(("https", "http"))
        url = f"{scheme}://{chance.choice(HOSTS)}{port}{chance.choice(PATHS)}{chance.choice(QUERIES)}"
        change = chance.choice([*CHANGES, "none", "none"])
        seen = CHANGES[change](url) if change in CHANGES else url
        if seen == url:
            change = "none"
        yield Request(f"token {number % 7}", url, seen, change, tuple(_fields(chance)))


def _fields(chance: random.Random) -> Iterator[tuple[str, str]]:
    for name in chance.sample(NAMES, chance.randrange(8)):
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            yield name, "".join(chance.choices(VALUES, k=chance.randrange(3)))


def _with_port(url: str, port: str) -> str:
    scheme, _, rest = url.partition("://")
    end = min(place for mark in "/?" if (place := (rest + "/?").find(mark)) >= 0)
    authority = rest[:end]
    host = authority[: authority.rfind(":")] if ":" in authority[authority.rfind("]") + 1 :] else authority
    return f"{scheme}://{host}{port}{rest[end:]}"


CHANGES: dict[str, Callable[[str], str]] = {
    "no port": lambda url: _with_port(url, ""),
    "usual port": lambda url: _with_port(url, ":443" if url.startswith("https:") else ":80"),
    "another port": lambda url: _with_port(url, ":9999"),
    "another path": lambda url: url.replace("/sms", "/mms").replace("/it", "/if"),
    "another scheme": lambda url: (
        url.replace("https:", "http:", 1) if url.startswith("https") else url.replace("http:", "https:", 1)
    ),
    "scheme in capitals": lambda url: url.replace("http", "HTTP", 1),
    "apostrophe escaped": lambda url: url.replace("'", "%27"),
    "apostrophe plain": lambda url: url.replace("%27", "'"),
    "letters escaped": lambda url: url.replace("é", "%C3%A9").replace(" ", "%20"),
    "letters plain": lambda url: url.replace("%C3%A9", "é").replace("%20", " "),
    "blank as plus": lambda url: url.replace("%20", "+"),
    "slash plain": lambda url: url.replace("%2F", "/").replace("%2f", "/"),
    "percent plain": lambda url: url.replace("%25", "%"),
    "query sorted": lambda url: (
        url[: url.find("?") + 1] + "&".join(sorted(url[url.find("?") + 1 :].split("&"))) if "?" in url else url
    ),
    "lone ? dropped": lambda url: url.removesuffix("?"),
    "lone ? added": lambda url: url if "?" in url else f"{url}?",
    "host in capitals": lambda url: url.replace("//example.com", "//Example.COM", 1),
}


def node(rows: Sequence[tuple[Request, str | None]]) -> list[tuple[str, bool]]:
    """Of each request: the signature that the Node package expects, and whether it takes the one given, or its own."""
    lines = [
        json.dumps(
            {
                "token": request.token, "signed": request.signed, "seen": request.seen, "signature": signature, "body": None,
                "fields": _grouped(request.fields),
            }
        )
        for request, signature in rows
    ]  # fmt: skip
    return [tuple(json.loads(line)) for line in run_javascript("validator.js", stdin="\n".join(lines)).splitlines()]


def _grouped(fields: tuple[tuple[str, str], ...]) -> dict[str, str | list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


class Fields(dict[str, list[str]]):
    """Repeated fields, in the way that the Python package knows them."""

    def __init__(self, fields: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        for name, value in fields:
            self.setdefault(name, []).append(value)

    def getall(self, name: str) -> list[str]:
        """All values of a field."""
        return self[name]


def python_signature(request: Request) -> str:
    """The signature that the Python package makes."""
    made: str = RequestValidator(request.token).compute_signature(request.signed, Fields(request.fields))
    return made


def python_takes(request: Request, signature: str) -> bool:
    """Whether the Python package takes a signature."""
    valid: bool = RequestValidator(request.token).validate(request.seen, Fields(request.fields), signature)
    return valid


def sorts_alike(request: Request) -> bool:
    """Whether all languages sort the fields alike: the Python package compares code points, Twilio's signer UTF-16 units."""
    texts = [text for field in request.fields for text in field]
    return not (
        any(max(text, default="") > "\uffff" for text in texts)
        and any("\ue000" <= letter <= "\uffff" for text in texts for letter in text)
    )
