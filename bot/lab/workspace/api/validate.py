"""blocks.validate: what is wrong with blocks, a message or a view, without sending it."""

from __future__ import annotations

import re
from typing import Any

from bot.lab.workspace.api.calls import Call, method
from bot.lab.workspace.blocks import check_blocks, check_view
from bot.lab.workspace.checks import Found
from bot.lab.workspace.words import Json, Refusal, invalid_arguments

KINDS = ("blocks", "message", "view")
LONGEST = 100_000
_POINTED = re.compile(r"(.*) \[json-pointer:(.*)\]", re.DOTALL)


@method("blocks.validate")
def validate(call: Call) -> Json:
    given = [kind for kind in KINDS if kind in call.params]
    if len(given) != 1:
        raise invalid_arguments("must provide exactly one of `blocks`, `view`, or `message`")
    (kind,) = given
    if call.params.length(kind) > LONGEST:
        raise invalid_arguments(f"must be less than {LONGEST + 1} characters [json-pointer:/{kind}]")
    found = _found(kind, call.params.json(kind, "invalid_arguments"))
    if found:
        messages = [f"[ERROR] {one}" for one in found]
        raise Refusal(f"invalid_{kind}", errors=[_told(one) for one in found], response_metadata={"messages": messages})
    return {}


def _found(kind: str, value: Any) -> Found:
    """With pointers into what was given."""
    if kind == "blocks":
        return check_blocks(value, at="")
    if kind == "view":
        return [one.replace("[json-pointer:/view", "[json-pointer:", 1) for one in check_view(value)]
    if not isinstance(value, dict):
        return ["must be an object [json-pointer:]"]
    return check_blocks(value.get("blocks", []))


def _told(sentence: str) -> Json:
    pointed = _POINTED.fullmatch(sentence)
    message, pointer = pointed.groups() if pointed else (sentence, "")
    return {"code": "failed_constraint", "message": message, "pointer": pointer}
