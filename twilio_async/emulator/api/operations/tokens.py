"""Access tokens for OAuth apps."""

from __future__ import annotations

from dataclasses import replace

from twilio_async.emulator.api.calls import Answer, Call
from twilio_async.emulator.api.routing import Routes
from twilio_async.emulator.domain import errors
from twilio_async.emulator.domain.access_tokens import LIFETIME

GRANT = "client_credentials"
"""The one grant that the apps of accounts have."""

_routes: Routes = Routes()
_undocumented: Routes = Routes()


@_routes.post(
    "CreateOauth2Token",
    "/v2/token",
    *("account_sid", "grant_type", "client_id", "client_secret", "code", "redirect_uri", "audience"),
    *("refresh_token", "scope", "code_verifier"),
)
def create_token(call: Call) -> Answer:
    """Give an app a token. The rest of the parameters is for other grants, and for the apps of organizations."""
    return Answer(200, _issued(call, "grant_type", "client_id", "client_secret"))


@_undocumented.post(
    "CreateToken",
    "/v1/token",
    *("GrantType", "ClientId", "ClientSecret", "Code", "RedirectUri", "Audience", "RefreshToken", "Scope"),
)
def create_token_of_version_1(call: Call) -> Answer:
    """The same as it was before."""
    return Answer(201, _issued(call, "GrantType", "ClientId", "ClientSecret"))


def _issued(call: Call, grant_type: str, client_id: str, client_secret: str) -> dict[str, object]:
    if call.text(grant_type) != GRANT:
        raise errors.GRANT_TYPE_INVALID.error()
    client = call.text(client_id)
    if not client:
        raise errors.CLIENT_ID_EMPTY.error()
    token = call.state.oauth_token(client, call.text(client_secret) or "")
    if token is None:
        raise errors.CLIENT_INVALID.error()
    return {
        "access_token": token,
        "refresh_token": None,
        "id_token": None,
        "token_type": "Bearer",
        "expires_in": LIFETIME,
    }


routes: Routes = Routes(replace(route, public=True) for route in _routes)
undocumented: Routes = Routes(replace(route, public=True) for route in _undocumented)
