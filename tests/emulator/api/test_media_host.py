"""The files of messages, on a host of their own."""

from __future__ import annotations

from datetime import date

import httpx
import pytest

from twilio_async.emulator import Emulator

PICTURE = "http://x.example/a.png"


@pytest.fixture
async def message(emulator: Emulator, api: httpx.AsyncClient, messages_url: str) -> str:
    """The path of a message with two files; what the second is cannot be told from its name."""
    form = {"To": "+15558675310", "From": emulator.number, "MediaUrl": [PICTURE, "http://x.example/thing?a.png"]}
    uri: str = (await api.post(messages_url, data=form)).json()["uri"]
    return uri.removesuffix(".json")


async def test_a_file_is_elsewhere_and_needs_no_credentials(emulator: Emulator, api: httpx.AsyncClient, message: str) -> None:
    """Without its suffix the resource redirects to the other origin, which serves it to everybody."""
    picture, _ = emulator.media(emulator.messages[0].sid)
    answer = await api.get(f"{message}/Media/{picture.sid}")
    assert answer.status_code == 307
    assert answer.content == b""
    location = answer.headers["Location"]
    assert location.startswith(emulator.media_url)
    assert not location.startswith(emulator.url)
    async with httpx.AsyncClient(verify=False) as stranger:
        served = await stranger.get(location)
    assert (served.status_code, served.headers["Content-Type"]) == (200, "image/png")
    assert served.content == b"image/png of http://x.example/a.png"


async def test_who_brings_his_credentials_along_is_remembered(emulator: Emulator, api: httpx.AsyncClient, message: str) -> None:
    """They are the API's, and the other host must never see them."""
    location = (await api.get(f"{message}/Media/{emulator.media(emulator.messages[0].sid)[0].sid}")).headers["Location"]
    async with httpx.AsyncClient(verify=False) as stranger:
        await stranger.get(location)
        await stranger.get(location, auth=("AC", "secret"))
    assert ["Authorization" in request.headers for request in emulator.media_requests] == [False, True]
    assert [request.status for request in emulator.media_requests] == [200, 200]


async def test_a_test_can_say_what_is_served(
    emulator: Emulator, api: httpx.AsyncClient, messages_url: str, message: str
) -> None:
    """Content and type of a URL; the name alone tells the type of the others."""
    assert [media.content_type for media in emulator.media(emulator.messages[0].sid)] == [
        "image/png",
        "application/octet-stream",
    ]
    emulator.host_media(PICTURE, b"\x89PNG", "image/x-mine")
    form = {"To": "+15558675310", "From": emulator.number, "MediaUrl": PICTURE}
    sid = (await api.post(messages_url, data=form)).json()["sid"]
    (media,) = emulator.media(sid)
    redirect = await api.get(f"{messages_url.removesuffix('.json')}/{sid}/Media/{media.sid}")
    async with httpx.AsyncClient(verify=False) as stranger:
        served = await stranger.get(redirect.headers["Location"])
    assert (served.content, served.headers["Content-Type"]) == (b"\x89PNG", "image/x-mine")


async def test_what_is_not_there_is_not_served(emulator: Emulator, api: httpx.AsyncClient, message: str) -> None:
    """Neither a deleted file nor one of no message, no account or no shape; nor by another verb."""
    picture, _ = emulator.media(emulator.messages[0].sid)
    location = (await api.get(f"{message}/Media/{picture.sid}")).headers["Location"]
    assert (await api.delete(f"{message}/Media/{picture.sid}.json")).status_code == 204
    assert (await api.get(f"{message}/Media/{picture.sid}")).status_code == 404
    async with httpx.AsyncClient(verify=False) as stranger:
        for url in (
            location,
            location.replace(emulator.messages[0].sid, "SM0"),
            location.replace(emulator.account_sid, "AC0"),
            f"{emulator.media_url}/",
        ):
            assert (await stranger.get(url)).status_code == 404
        assert (await stranger.post(location)).status_code == 404


async def test_deactivated_numbers_are_elsewhere_too(emulator: Emulator, api: httpx.AsyncClient) -> None:
    """One in each line; the answer says in its body, too, where they are. What is no day has no file."""
    emulator.deactivate("+15558675310", day=date(2024, 5, 24))
    emulator.deactivate("+15558675311", day=date(2024, 5, 24))
    answer = await api.get("/v1/Deactivations", params={"Date": "2024-05-24"})
    location = answer.headers["Location"]
    assert (answer.status_code, answer.json()) == (307, {"redirect_to": location})
    assert location.startswith(emulator.media_url)
    async with httpx.AsyncClient(verify=False) as stranger:
        assert (await stranger.get(location)).text == "+15558675310\n+15558675311\n"
        assert (await stranger.get(location.replace("2024-05-24", "today"))).status_code == 404
    for day in ("", "today", "2024-02-30", "2024-05-24T12:00:00Z"):
        refused = await api.get("/v1/Deactivations", params={"Date": day})
        assert (refused.status_code, refused.json()["code"]) == (400, 20001)
