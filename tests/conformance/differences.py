"""Where our workspace differs from what others wrote, each with the reason why ours is right. A difference that is not
listed, or one that no longer is, fails its test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

GONE: Any = object()


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A place in captures of one type at which Slack's own types say something else.

    `at`: keys from the top, `*` for each item of a list. `instead`: what the types want there where we have nothing;
    GONE: the types want nothing there.
    """

    type: str
    at: str
    instead: Any
    because: str

    def applied(self, value: Any) -> Any:
        """The value as the types would have it; equal to the value where the difference does not occur."""
        return _put(value, self.at.split("."), self.instead)


def _put(value: Any, steps: list[str], instead: Any) -> Any:
    step, *rest = steps
    if isinstance(value, list) and step == "*":
        return [_put(each, rest, instead) for each in value]
    if not isinstance(value, dict) or step == "*":
        return value
    if rest:
        return value | {step: _put(value[step], rest, instead)} if step in value else value
    if instead is GONE:
        return {name: held for name, held in value.items() if name != step}
    return {step: instead} | value


ACTIONS, SUGGESTION = "bolt.BlockAction", "bolt.BlockSuggestion"
SUBMITTED, CLOSED, VIEW = "bolt.ViewSubmitAction", "bolt.ViewClosedAction", "bolt.ViewOutput"
ON_MESSAGE, ANYWHERE = "bolt.MessageShortcut", "bolt.GlobalShortcut"


def _each(types: tuple[str, ...], at: str, instead: Any, because: str) -> list[Typed]:
    return [Typed(type=type, at=at, instead=instead, because=because) for type in types]


TYPED: tuple[Typed, ...] = (
    *_each(
        (ACTIONS, SUGGESTION, SUBMITTED, CLOSED, ON_MESSAGE, ANYWHERE),
        "enterprise",
        GONE,
        "Outside an Enterprise organisation Slack sends null, not nothing.",
    ),
    *_each(
        (SUBMITTED, CLOSED, SUGGESTION),
        "user.username",
        GONE,
        "Slack sends both names, as in the payloads of Bolt for Python's own tests.",
    ),
    *_each(
        (ACTIONS, SUGGESTION, SUBMITTED, CLOSED),
        "view.submit_disabled",
        GONE,
        "Slack's types of the views.* responses have it; those of payloads lag behind.",
    ),
    *_each((VIEW,), "submit_disabled", GONE, "The same."),
    *_each((ACTIONS,), "actions.*.style", GONE, "Slack repeats a button's style in its action."),
    *_each((ACTIONS,), "response_url", "", "A click in a view has none: there is no message to answer."),
    *_each(
        ("Wire<webApi.ChatStopStreamResponse>",),
        "message.blocks",
        GONE,
        "The types know the kinds that stood in Slack's samples; a markdown block was not among them.",
    ),
    *_each(
        ("Wire<webApi.ChatScheduleMessageResponse>",),
        "message.subtype",
        GONE,
        "The example of Slack's reference has it.",
    ),
    *(
        difference
        for name in ("original_w", "original_h", "thumb_360_w", "thumb_360_h", "thumb_480_w", "thumb_480_h")
        for difference in _each(
            ("Wire<webApi.FilesInfoResponse>",),
            f"file.{name}",
            GONE,
            "A picture's measures are numbers, as Slack's types of the other methods of files have it.",
        )
    ),
)

# Here the types are right and our workspace is not. Whoever mends it takes the line out: the test asks for it.


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A call that our workspace and emulate answer differently."""

    ours: str
    theirs: str
    because: str


def _since(because: str, **calls: str) -> dict[str, Answered]:
    """Calls and `ours / theirs`, that differ for one reason."""
    told = {name: answers.split(" / ") for name, answers in calls.items()}
    return {name: Answered(ours=ours, theirs=theirs, because=because) for name, (ours, theirs) in told.items()}


ANSWERED: dict[str, Answered] = {
    **_since(
        "emulate lets in whoever holds any token; Slack knows its own.",
        **{"an unknown token": "invalid_auth / ok"},
    ),
    **_since(
        "emulate answers what it doesn't route with a page of its own; Slack names the method as unknown.",
        **{"an unknown method": "unknown_method / None"},
    ),
    **_since(
        "Slack takes every method by GET and POST, with its arguments in the query, a form or multipart.",
        **{
            "by GET": "ok / None",
            "a user by query": "ok / None",
            "a post by query": "ok / channel_not_found",
            "a post as multipart": "ok / channel_not_found",
        },
    ),
    **_since(
        "What is missing or of the wrong kind Slack tells by invalid_arguments, with the field in response_metadata.",
        **{
            "a user, unnamed": "invalid_arguments / user_not_found",
            "a post without a channel": "invalid_arguments / channel_not_found",
            "a reaction without a name": "invalid_arguments / invalid_name",
            "a modal on no trigger": "invalid_arguments / invalid_trigger_id",
            "no modal": "invalid_arguments / invalid_view",
            "a modal that is no JSON": "invalid_arguments / invalid_view",
            "a modal without a title": "invalid_arguments / invalid_view",
            "a modal without blocks": "invalid_arguments / invalid_view",
            "a modal with a long title": "invalid_arguments / ok",
            "a home for a modal": "invalid_arguments / invalid_view",
            "a modal for a home": "invalid_arguments / invalid_view",
            "a change, unnamed": "invalid_arguments / not_found",
            "a change to a home": "invalid_arguments / invalid_view",
            "a home for nobody": "invalid_arguments / user_not_found",
            "a home, unnamed": "invalid_arguments / user_not_found",
        },
    ),
    **_since(
        "Slack looks into blocks, and has a word of its own for what is no list of them.",
        **{
            "an unknown block": "invalid_blocks / ok",
            "an unknown field": "invalid_blocks / ok",
            "51 blocks": "invalid_blocks / ok",
            "3,001 characters": "invalid_blocks / ok",
            "blocks that are no JSON": "invalid_blocks_format / invalid_blocks",
            "blocks that are no list": "invalid_blocks_format / invalid_blocks",
            "metadata without a type": "invalid_metadata_format / ok",
        },
    ),
    **_since(
        "A bot without chat:write.public posts where it is a member, and reads history there alone.",
        **{
            "a post where it is not": "not_in_channel / ok",
            "history where it is not": "not_in_channel / ok",
        },
    ),
    **_since(
        "chat.postMessage takes a channel's name with its # too.",
        **{"a post by #name": "ok / channel_not_found"},
    ),
    **_since(
        "Slack has a word for a bot that writes to itself.",
        **{"a post to itself": "cannot_dm_bot / channel_not_found"},
    ),
    **_since(
        "chat.postEphemeral asks whether its reader is in the channel, and nothing else of them.",
        **{"a whisper to nobody": "user_not_in_channel / user_not_found"},
    ),
    **_since(
        "Slack looks for the channel, by its id, before it looks for the message.",
        **{
            "an edit nowhere": "channel_not_found / message_not_found",
            "an edit by name": "channel_not_found / message_not_found",
            "a deletion nowhere": "channel_not_found / message_not_found",
            "a reaction nowhere": "channel_not_found / message_not_found",
        },
    ),
    **_since(
        "An edit's text is held to 4,000 characters.",
        **{"an edit to too much": "msg_too_long / ok"},
    ),
    **_since(
        "emulate takes a wrong argument of a list as if it weren't there; Slack has an error for each.",
        **{
            "conversations of an unknown kind": "invalid_types / ok",
            "channels from a wrong cursor": "invalid_cursor / ok",
            "history from a wrong cursor": "invalid_cursor / ok",
            "history from a wrong time": "invalid_ts_oldest / ok",
            "a thread of nothing": "thread_not_found / ok",
        },
    ),
    **_since(
        "Among the errors that Slack lists for the method, this is the one that says what is wrong.",
        **{
            "a chat by a channel's id": "method_not_supported_for_channel_type / channel_not_found",
            "a new channel without a name": "invalid_name_required / invalid_name_specials",
            "an invitation of none": "no_user / user_not_found",
            "a modal on nothing": "not_found / view_not_found",
        },
    ),
}

# Here emulate is right and our workspace is not; as above, whoever mends it takes the line out.
