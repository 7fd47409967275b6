"""Views: modals in a stack of at most three for each person, and one Home for each."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from bot.lab.workspace.words import APP, BOT_ID, TEAM, Json

DEEPEST = 3


@dataclass(kw_only=True)
class View:
    id: str
    user: str
    body: Json
    root: str = ""
    previous: str = ""
    hash: str = ""
    channel: str = ""
    """The conversation from which it was opened, if any."""
    values: Json = field(default_factory=dict)
    errors: Json = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return str(self.body.get("type", "modal"))

    def shown(self) -> Json:
        """The view object of responses and payloads."""
        view: Json = {
            "id": self.id,
            "team_id": TEAM,
            "type": self.kind,
            "blocks": self.body.get("blocks", []),
            "private_metadata": self.body.get("private_metadata", ""),
            "callback_id": self.body.get("callback_id", ""),
            "state": {"values": self.values},
            "hash": self.hash,
            "title": self.body.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
            "clear_on_close": self.body.get("clear_on_close", False),
            "notify_on_close": self.body.get("notify_on_close", False),
            "close": self.body.get("close"),
            "submit": self.body.get("submit"),
            "previous_view_id": self.previous or None,
            "root_view_id": self.root,
            "app_id": APP,
            "external_id": self.body.get("external_id", ""),
            "app_installed_team_id": TEAM,
            "bot_id": BOT_ID,
        }
        if self.kind == "modal":
            view["submit_disabled"] = self.body.get("submit_disabled", False)
        return view


class Stacks:
    """Who has which views open."""

    def __init__(self) -> None:
        self.modals: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def stack(self, user: str) -> list[View]:
        return self.modals.setdefault(user, [])

    def find(self, *, view_id: str = "", external_id: str = "") -> View | None:
        for view in [*self.homes.values(), *(view for stack in self.modals.values() for view in stack)]:
            if view_id and view.id == view_id:
                return view
            if external_id and view.body.get("external_id") == external_id:
                return view
        return None

    def close(self, view: View) -> None:
        stack = self.stack(view.user)
        if view in stack:
            stack.remove(view)


def new_id(prefix: str) -> str:
    return prefix + secrets.token_hex(5).upper()
