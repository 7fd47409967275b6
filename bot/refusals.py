"""What Slack's library says of a call that Slack refused, whatever shape the answer has."""

from __future__ import annotations

from slack_sdk.errors import SlackApiError


def word_of(refusal: SlackApiError) -> str:
    """Slack's own word, such as `not_in_channel`; `unknown` where the answer was not even JSON."""
    data = getattr(refusal.response, "data", None)
    return str(data.get("error", "unknown")) if isinstance(data, dict) else "unknown"


def status_of(refusal: SlackApiError) -> int:
    """The HTTP status; for an answer that can't be read the library hands out the bare HTTP response."""
    response = refusal.response
    return int(getattr(response, "status_code", None) or getattr(response, "status", None) or 500)


def wait_of(refusal: SlackApiError) -> float:
    """How many seconds Slack asks to wait."""
    told = str((getattr(refusal.response, "headers", None) or {}).get("Retry-After", ""))
    return float(told) if told.isdigit() else 5.0
