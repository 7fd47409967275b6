"""What the app says back: in an acknowledgement, or to a response URL."""

from __future__ import annotations

from bot.lab.workspace.api.content import refuse_blocks
from bot.lab.workspace.api.views import refuse_view
from bot.lab.workspace.lab import Lab
from bot.lab.workspace.messages import Message
from bot.lab.workspace.records import Whisper
from bot.lab.workspace.urls import Answerable
from bot.lab.workspace.views import DEEPEST, View
from bot.lab.workspace.words import BOT_USER, Json, Refusal

_MESSAGE_FIELDS = {"text", "blocks", "attachments"}


def say(lab: Lab, to: Answerable, answer: Json) -> None:
    """Shows a message to the person, or to the whole conversation with `response_type` "in_channel"."""
    if not any(answer.get(name) for name in _MESSAGE_FIELDS):
        raise Refusal("no_text")
    blocks = answer.get("blocks") or []
    refuse_blocks(blocks)
    thread = str(answer.get("thread_ts") or (to.thread_ts if to.message_ts else ""))
    if answer.get("response_type") == "in_channel":
        _say_to_all(lab, to, answer, thread)
        return
    lab.state.whisper(
        Whisper(
            ts=lab.state.next_ts(),
            user=to.user,
            channel=to.channel,
            author=BOT_USER,
            text=str(answer.get("text") or ""),
            blocks=blocks,
            thread_ts=thread,
        )
    )


def _say_to_all(lab: Lab, to: Answerable, answer: Json, thread: str) -> None:
    lab.state.post(
        Message(
            ts=lab.state.next_ts(),
            channel=to.channel,
            user=BOT_USER,
            text=str(answer.get("text") or ""),
            blocks=answer.get("blocks") or [],
            attachments=answer.get("attachments") or [],
            thread_ts=thread,
            metadata=answer.get("metadata"),
        )
    )


def respond(lab: Lab, to: Answerable, answer: Json) -> None:
    """What was posted to a response URL: a new message, or the source message changed or deleted."""
    if answer.get("delete_original"):
        _delete_original(lab, to)
    elif to.message_ts and answer.get("replace_original", False):
        _replace_original(lab, to, answer)
    else:
        say(lab, to, answer)


def _delete_original(lab: Lab, to: Answerable) -> None:
    whisper = lab.state.find_whisper(to.user, to.message_ts)
    message = lab.state.channels[to.channel].timeline.get(to.message_ts)
    if whisper:
        lab.state.unwhisper(whisper)
    elif message:
        lab.state.delete(message)
    else:
        raise Refusal("message_not_found", status=404)


def _replace_original(lab: Lab, to: Answerable, answer: Json) -> None:
    refuse_blocks(answer.get("blocks") or [])
    text, blocks = str(answer.get("text") or ""), list(answer.get("blocks") or [])
    whisper = lab.state.find_whisper(to.user, to.message_ts)
    message = lab.state.channels[to.channel].timeline.get(to.message_ts)
    if whisper:
        lab.state.rewhisper(whisper, text=text, blocks=blocks)
    elif message:
        lab.state.edit(message, by=BOT_USER, text=text, blocks=blocks)
    else:
        raise Refusal("message_not_found", status=404)


def apply_submission(lab: Lab, view: View, answer: Json | None) -> None:
    """The response action of a view submission; without one the view closes."""
    action = (answer or {}).get("response_action")
    if action is None:
        lab.state.close_view(view)
    elif action == "clear":
        for open_view in list(lab.state.views.stack(view.user)):
            lab.state.close_view(open_view)
    elif action == "errors":
        _show_errors(lab, view, (answer or {}).get("errors"))
    elif action in ("update", "push"):
        _next_view(lab, view, str(action), (answer or {}).get("view"))
    else:
        raise Refusal("invalid_response_action")


def _show_errors(lab: Lab, view: View, errors: object) -> None:
    """Errors name input blocks; what names anything else Slack does not show, and says that it had trouble."""
    inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or set(errors) - inputs:
        raise Refusal("invalid_response_errors")
    lab.state.view_errors(view, {str(id): str(text) for id, text in errors.items()})


def _next_view(lab: Lab, view: View, action: str, body: object) -> None:
    if not isinstance(body, dict):
        raise Refusal("invalid_response_view")
    refuse_view(body, "modal")
    if action == "update":
        lab.state.put_view(view.user, body, replaces=view)
        return
    if len(lab.state.views.stack(view.user)) >= DEEPEST:
        raise Refusal("push_limit_reached")
    lab.state.put_view(view.user, body, channel=view.channel)
