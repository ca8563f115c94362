"""One call, encoded: where its arguments travel, and what a user may describe in Twilio's own terms."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from yarl import URL

from twilio_async._request import Product, Request, freely_made, loose_pairs
from twilio_async.errors import InvalidArgument

PATH = "/v1/Services/MG1"
PAIRS = [("To", "+1555"), ("MediaUrl", "a"), ("MediaUrl", "b"), ("Body", "")]
FORM = "To=%2B1555&MediaUrl=a&MediaUrl=b&Body="


def made(method: str = "GET", path: str = PATH, **given: Any) -> Request:
    """What `AsyncSession.request` makes of its arguments."""
    arguments: dict[str, Any] = {"product": "messaging", "parameters": None, "json": None, "repeatable": None}
    return freely_made(method, path, **(arguments | given))


def request(method: str, **given: Any) -> Request:
    """A request with `PAIRS`."""
    return Request("messages.create", method, Product("api", "/"), "/x.json", PAIRS, repeatable=False, **given)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_arguments_of_a_read_travel_in_the_query(method: str) -> None:
    """Without a body there is no content type either."""
    assert request(method).encoded() == (f"?{FORM}", None, None)


def test_arguments_of_a_post_travel_in_the_body() -> None:
    """As a form, and nothing is left in the address, where logs would show it."""
    assert request("POST").encoded() == ("", FORM.encode(), "application/x-www-form-urlencoded")


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_body_shows_nothing_of_itself(method: str) -> None:
    """It may hold a secret, and passes through frames whose variables a report of errors prints."""
    assert repr(request(method, json=b'{"a":[1]}').encoded()[1]) == repr(request("POST").encoded()[1]) == "b'…'"


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_json_is_sent_as_json(method: str) -> None:
    """A JSON body has JSON's content type, and the parameters beside it go into the query."""
    assert request(method, json=b'{"a":[1]}').encoded() == (f"?{FORM}", b'{"a":[1]}', "application/json")


def test_a_post_without_arguments_has_an_empty_form() -> None:
    """It still has a body and a content type, which Twilio asks for."""
    assert made("POST").encoded() == ("", b"", "application/x-www-form-urlencoded")


def test_a_read_without_arguments_has_no_question_mark() -> None:
    """An empty query is none."""
    assert made("GET").encoded() == ("", None, None)


def test_the_first_page_asks_for_its_size() -> None:
    """The arguments stay, the size comes behind them, and the request itself is not changed: a list can be read again."""
    first = request("GET")

    assert first.page(None, 50).encoded()[0] == f"?{FORM}&PageSize=50"
    assert first.encoded()[0] == f"?{FORM}"


def test_a_list_may_have_no_size_to_ask_for() -> None:
    """Then its first page is the request as it stands."""
    assert request("GET").page(None, 0).encoded()[0] == f"?{FORM}"


def test_a_later_page_is_asked_for_by_its_token_alone() -> None:
    """The token is the whole query, as the server gave it: filters and size are in it."""
    later = request("GET").page("To=%2B1555&PageSize=50&Page=1&PageToken=PA1", 1000)

    assert later.encoded()[0] == "?To=%2B1555&PageSize=50&Page=1&PageToken=PA1"


def test_a_request_shows_no_argument() -> None:
    """The repr names the operation, the method and the path, and nothing that was given."""
    assert repr(request("POST")) == "<Request messages.create POST /x.json>"


# --- described by a user -------------------------------------------------------------------------------------------------


def test_parameters_are_written_by_their_types() -> None:
    """What a user describes is encoded with the manners of a declared operation; ``None`` is left out, ``""`` is not."""
    query, body, _ = made(
        "POST",
        parameters={
            "To": "+1555",
            "Flag": True,
            "Count": 5,
            "Day": dt.date(2026, 1, 2),
            "DateSent>": dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
            "MediaUrl": ["a", None, "b"],
            "Tuple": ("c",),
            "Nothing": None,
            "Empty": "",
            "Variables": {"1": "x"},
        },
    ).encoded()

    assert query == ""
    assert parse_qsl((body or b"").decode(), keep_blank_values=True) == [
        ("To", "+1555"), ("Flag", "true"), ("Count", "5"), ("Day", "2026-01-02"), ("DateSent>", "2026-01-02T00:00:00Z"),
        ("MediaUrl", "a"), ("MediaUrl", "b"), ("Tuple", "c"), ("Empty", ""), ("Variables", '{"1":"x"}'),
    ]  # fmt: skip


def test_json_is_encoded_whole() -> None:
    """A nested body arrives nested."""
    body = {"friendly_name": "n", "types": {"twilio/text": {"body": "ä"}}, "variables": {"1": None}}

    assert json.loads(made("POST", json=body).json or b"") == body
    assert made("PUT", json=[]).encoded()[1:] == (b"[]", "application/json")


@pytest.mark.parametrize("method", ["GET", "DELETE", "POST", "PUT"])
def test_a_request_is_repeatable_by_its_method_unless_told(method: str) -> None:
    """Reads and deletes may be repeated, creates may not, and the caller knows better."""
    assert made(method).repeatable == (method in {"GET", "DELETE"})
    assert made(method, repeatable=True).repeatable is True
    assert made(method, repeatable=False).repeatable is False


@pytest.mark.parametrize("method", ["get", "PATCH", "HEAD", "", "GET ", "GET\r\nHost: evil", None, ["GET"]])
def test_only_the_methods_that_twilio_has(method: Any) -> None:
    """A misspelt method is refused, and the error names the argument."""
    with pytest.raises(InvalidArgument) as caught:
        made(method)

    assert caught.value.argument == "method"


@pytest.mark.parametrize("product", ["", "API", "api.evil.example", "api/", "api@evil", "-api", "api\n", "../api", None, 5])
def test_a_product_is_one_label(product: Any) -> None:
    """It becomes the first label of the host, so it can be nothing else."""
    with pytest.raises(InvalidArgument) as caught:
        made(product=product)

    assert caught.value.argument == "product"


@pytest.mark.parametrize("path", ["/v1/Services", "/2010-04-01/Accounts/AC1.json", "/v1/a%20b/~x", "/v1/Services/+1:@"])
def test_an_encoded_path_is_taken_as_it_is(path: str) -> None:
    """Whatever a proper path may hold goes through unchanged."""
    assert made(path=path).path == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "v1/Services",
        "//evil.example/x",
        "https://evil.example/x",
        "/v1//Services",
        "/v1/Services/",
        "/v1/Services?x=1",
        "/v1/Services#x",
        "/v1/../x",
        "/v1/.",
        "/v1/%2e%2e/x",
        "/v1/%2E./x",
        "/v1/a%2F..%2Fb",
        "/v1/a%5C..%5Cb",
        "/v1/..%2fb",
        "/v1/a b",
        "/v1/é",
        "/v1/a\n",
        "/v1/a\\b",
        "/v1/%",
        "/v1/%zz",
        "/v1/%0d%0aHost:evil",
        None,
        b"/v1/Services",
        ["/v1"],
    ],
)
def test_a_path_that_could_lead_elsewhere_is_refused(path: Any) -> None:
    """No host, no query, no empty segment and no ``..``, also not percent-encoded."""
    with pytest.raises(InvalidArgument) as caught:
        made(path=path)

    assert caught.value.argument == "path"


@given(st.text(st.one_of(st.sampled_from("/.%2eEfF5cC;?#\\ av1"), st.characters())).map("/{}".format))
@example("/v1/%2e%2e")
def test_whatever_path_is_taken_stays_where_it_says(path: str) -> None:
    """Any path is refused, or is the path of the URL that it makes, with no way up in it when it is decoded."""
    try:
        taken = made(path=path).path
    except InvalidArgument:
        return
    url = URL(f"https://messaging.twilio.com{taken}", encoded=True)

    assert (url.host, url.raw_path, url.raw_query_string, url.raw_fragment) == ("messaging.twilio.com", path, "", "")
    assert not {".", "..", ""} & set(unquote(path).replace("\\", "/").split("/")[1:])


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("body", [{"a": 1}, {}, [], 0, False])
def test_a_read_has_no_body(method: str, body: object) -> None:
    """JSON for a GET or a DELETE is a mistake, an empty one included, and is not dropped in silence."""
    with pytest.raises(InvalidArgument) as caught:
        made(method, json=body)

    assert caught.value.argument == "json"


def endless() -> list[Any]:
    """A list that holds itself."""
    made: list[Any] = []
    made.append(made)
    return made


@pytest.mark.parametrize("body", [object(), {"a": object()}, {"a": "\ud800"}, {1j: 1}, endless()])
def test_what_json_cannot_hold_is_refused(body: object) -> None:
    """The error is ours and names the argument, whatever the encoder's was."""
    with pytest.raises(InvalidArgument) as caught:
        made("POST", json=body)

    assert caught.value.argument == "json"


def test_what_is_secret_is_none_of_the_parameters_that_are_told() -> None:
    """It is sent as all others are."""
    whispered = request("POST", secrets=frozenset({"To", "Body"}))
    assert whispered.parameters == {"MediaUrl": ["a", "b"]}
    assert whispered.encoded() == request("POST").encoded()


# --- loose parameters ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "argument"),
    [
        ({"Body": "\ud800"}, "Body"),
        ({"Body": "ok", "Attachment": b"x"}, "Attachment"),
        ({"SendAt": dt.datetime(2026, 1, 2)}, "SendAt"),  # noqa: DTZ001 - naive on purpose
        ({"SendAt": dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=5)))}, "SendAt"),
        ({"Price": float("nan")}, "Price"),
        ({"Count": 10**5000}, "Count"),
        ({"MediaUrl": ["a", {1}]}, "MediaUrl"),
        ({"\ud800": "x"}, "\ud800"),
        ({5: "x"}, "5"),
        ({None: "x"}, "None"),
        (["To"], "extra"),
        ("To=1", "extra"),
        ([("To", "1")], "extra"),
    ],
)
def test_a_parameter_that_cannot_be_sent_is_named(parameters: Any, argument: str) -> None:
    """Every refusal is an InvalidArgument with the parameter's name, and never another error later."""
    with pytest.raises(InvalidArgument) as caught:
        loose_pairs("messages.create", "extra", parameters)

    assert caught.value.argument == argument
    assert caught.value.operation == "messages.create"
    assert "15558675310" not in str(caught.value)


def test_parameters_are_a_mapping() -> None:
    """The error names the argument that the user knows."""
    with pytest.raises(InvalidArgument) as caught:
        made(parameters=[("To", "1")])

    assert caught.value.argument == "parameters"
