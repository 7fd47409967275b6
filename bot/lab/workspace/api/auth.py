"""auth.*, api.*, apps.* and team.*: who is asking, and where the sockets are."""

from __future__ import annotations

from bot.lab.workspace.api.calls import Call, method
from bot.lab.workspace.words import APP, BOT_ID, BOT_NAME, BOT_USER, TEAM, TEAM_DOMAIN, Json, Refusal


@method("auth.test", tier=0)
def auth_test(call: Call) -> Json:
    return {
        "url": call.lab.url,
        "team": TEAM_DOMAIN,
        "user": BOT_NAME,
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


@method("api.test", tier=0)
def api_test(call: Call) -> Json:
    if error := call.params.text("error"):
        raise Refusal(error)
    return {"args": {}}


@method("apps.connections.open", "connections:write", caller="app", tier=0)
def connections_open(call: Call) -> Json:
    if call.lab.request_url is not None:
        raise Refusal("forbidden_team")
    base = call.lab.url.replace("http://", "ws://")
    return {"url": f"{base}link/?ticket={call.lab.sockets.ticket()}&app_id={APP}"}


@method("team.info", "team:read")
def team_info(call: Call) -> Json:
    return {"team": {"id": TEAM, "name": TEAM_DOMAIN, "domain": TEAM_DOMAIN, "url": call.lab.url}}


@method("bots.info", "users:read")
def bots_info(call: Call) -> Json:
    if call.params.text("bot", BOT_ID) != BOT_ID:
        raise Refusal("bot_not_found")
    return {"bot": {"id": BOT_ID, "deleted": False, "name": BOT_NAME, "app_id": APP, "user_id": BOT_USER}}
