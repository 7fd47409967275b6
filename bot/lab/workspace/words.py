"""Words that every room of the workspace uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Clock = Callable[[], float]

TEAM = "T0LAB"
TEAM_DOMAIN = "power-lab"
APP = "A0HSCBOT"
BOT_ID = "B0HSCBOT"
BOT_USER = "U0HSCBOT"
BOT_NAME = "hscbot"


class Refusal(Exception):
    """An answer of Slack's that says no: `{"ok": false, "error": …}` with what else Slack sends beside it."""

    def __init__(self, error: str, *, status: int = 200, headers: dict[str, str] | None = None, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.headers = headers or {}
        self.extra = extra

    def body(self) -> Json:
        return {"ok": False, "error": self.error, **self.extra}


def invalid_arguments(*messages: str) -> Refusal:
    return Refusal("invalid_arguments", response_metadata={"messages": [f"[ERROR] {text}" for text in messages]})
