"""The payloads that Slack sends, field for field."""

from __future__ import annotations

import secrets
from typing import Any

from bot.lab.workspace import widgets
from bot.lab.workspace.lab import Lab
from bot.lab.workspace.members import Member
from bot.lab.workspace.messages import Message
from bot.lab.workspace.records import Channel, Whisper
from bot.lab.workspace.views import View
from bot.lab.workspace.words import APP, BOT_USER, TEAM, TEAM_DOMAIN, Json


def slash(lab: Lab, user: Member, channel: Channel, command: str, text: str) -> Json:
    path = lab.response_urls.issue("commands", user.id, channel.id)
    return {
        "token": lab.tokens.verification,
        "team_id": TEAM,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": lab.url.rstrip("/") + path,
        "trigger_id": lab.triggers.issue(user.id, channel=channel.id),
    }


def channel_name(channel: Channel) -> str:
    names = {"im": "directmessage", "private": "privategroup"}
    return names.get(channel.kind, channel.name)


def _interaction(lab: Lab, kind: str, user: Member) -> Json:
    return {
        "type": kind,
        "team": {"id": TEAM, "domain": TEAM_DOMAIN},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": TEAM},
        "api_app_id": APP,
        "token": lab.tokens.verification,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _shortcut(lab: Lab, kind: str, user: Member) -> Json:
    """Shortcuts don't name the app."""
    return {name: value for name, value in _interaction(lab, kind, user).items() if name != "api_app_id"}


def _of_channel(channel: Channel) -> Json:
    return {"id": channel.id, "name": channel_name(channel)}


def message_action_click(lab: Lab, user: Member, message: Message | Whisper, actions: list[Json], values: Json) -> Json:
    """block_actions from a message; an ephemeral one is named but, as in Slack, not repeated."""
    channel = lab.state.channels[message.channel]
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": isinstance(message, Whisper),
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    path = lab.response_urls.issue("actions", user.id, channel.id, message_ts=message.ts, thread_ts=message.thread_ts)
    payload = _interaction(lab, "block_actions", user) | {
        "container": container,
        "trigger_id": lab.triggers.issue(user.id, channel=channel.id),
        "channel": _of_channel(channel),
        "state": {"values": values},
        "response_url": lab.url.rstrip("/") + path,
        "actions": actions,
    }
    return (
        payload if isinstance(message, Whisper) else payload | {"message": lab.state.shown(message, with_metadata=True)}
    )


def view_click(lab: Lab, user: Member, view: View, actions: list[Json]) -> Json:
    return _interaction(lab, "block_actions", user) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": lab.triggers.issue(user.id, view.id, view.channel),
        "view": view.shown(),
        "actions": actions,
    }


def view_submission(lab: Lab, user: Member, view: View) -> Json:
    return _interaction(lab, "view_submission", user) | {
        "trigger_id": lab.triggers.issue(user.id, view.id, view.channel),
        "view": view.shown(),
        "response_urls": _response_urls(lab, user, view),
    }


def _response_urls(lab: Lab, user: Member, view: View) -> list[Json]:
    """One for each conversation chosen in an input with `response_url_enabled`."""
    urls = []
    for named, chosen in widgets.respondable(view.body["blocks"], view.values):
        channel = lab.state.channels.get(chosen)
        if channel is not None and channel.visible_to(user.id):
            path = lab.response_urls.issue("actions", user.id, channel.id)
            urls.append({**named, "channel_id": channel.id, "response_url": lab.url.rstrip("/") + path})
    return urls


def view_closed(lab: Lab, user: Member, view: View, *, cleared: bool) -> Json:
    return _interaction(lab, "view_closed", user) | {"view": view.shown(), "is_cleared": cleared}


def message_shortcut(lab: Lab, user: Member, message: Message, callback_id: str) -> Json:
    channel = lab.state.channels[message.channel]
    path = lab.response_urls.issue("actions", user.id, channel.id, thread_ts=message.thread_ts)
    return _shortcut(lab, "message_action", user) | {
        "action_ts": lab.state.next_ts(),
        "callback_id": callback_id,
        "trigger_id": lab.triggers.issue(user.id, channel=channel.id),
        "response_url": lab.url.rstrip("/") + path,
        "message_ts": message.ts,
        "channel": _of_channel(channel),
        "message": lab.state.shown(message),
    }


def global_shortcut(lab: Lab, user: Member, callback_id: str) -> Json:
    return _shortcut(lab, "shortcut", user) | {
        "user": {"id": user.id, "username": user.name, "team_id": TEAM},
        "action_ts": lab.state.next_ts(),
        "callback_id": callback_id,
        "trigger_id": lab.triggers.issue(user.id),
    }


def suggestion(lab: Lab, user: Member, block: Json, element: Json, typed: str, where: Json) -> Json:
    """block_suggestion: the options of an external select, as somebody types."""
    return _interaction(lab, "block_suggestion", user) | {
        "action_id": element.get("action_id", ""),
        "block_id": block["block_id"],
        "value": typed,
        **where,
    }


def event(lab: Lab, content: dict[str, Any]) -> Json:
    return {
        "token": lab.tokens.verification,
        "team_id": TEAM,
        "api_app_id": APP,
        "event": content,
        "type": "event_callback",
        "event_id": "Ev0" + secrets.token_hex(5).upper(),
        "event_time": int(lab.state.clock()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": secrets.token_urlsafe(24),
    }
