"""An operation → the form that asks for its parameters, and what was filled in → its texts. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from pydantic.fields import FieldInfo

from bot import cards, kit
from bot.kit import Block
from handlers.grammar import places_of
from handlers.operation import Operation, pick_of, word_of
from policies.case import Asking

View: TypeAlias = dict[str, Any]
ASKS = "ask:"  # before the operation's name
TITLE, OPTION, HINT = 24, 75, 150  # characters that Slack takes
MOST_OPTIONS = 100
LABELS = {
    "affinity": "Affinity check",
    "breakglass": "Break the glass",
    "dest_msp": "Destination MSP",
    "detail": "Detail of the OS's log",
    "hmc": "HMC",
    "id": "Partition's id",
    "mpio": "Multipath layout (MPIO)",
    "npivval": "NPIV validation",
    "redundantmsps": "Redundant movers (MSPs)",
    "redundantvios": "Redundant VIOS",
    "sea": "SEA",
    "source_msp": "Source MSP",
    "system": "Managed system",
    "vios": "VIOS",
    "vlan": "VLAN",
    "vlanbridge": "Bridged VLANs",
}
LONGEST = 3_000  # characters that a field takes
PARAGRAPH = 300  # characters; what may be longer gets several lines


def asking_form(operation: type[Operation], given: Mapping[str, str], channel: str) -> View:
    """Its parameters, what may be said beside it, and what was typed already."""
    own = {word_of(key, info): info for key, info in operation.model_fields.items()}
    fields = {**Asking.model_fields, **own}
    properties = {**Asking.model_json_schema()["properties"], **operation.model_json_schema()["properties"]}
    order = [*places_of(operation), *own, *Asking.model_fields]
    return {
        "type": "modal",
        "callback_id": f"{ASKS}{operation.name()}",
        "private_metadata": json.dumps({"channel": channel}),
        "title": _plain(f"/{operation.command} {operation.verb}"[:TITLE]),
        "submit": _plain("Ask"),
        "close": _plain("Cancel"),
        "blocks": [
            kit.section(kit.ours(cards.help_of(operation))),
            *(
                _field(name, fields[name], properties[name], given.get(name), needed=_is_needed(operation, name))
                for name in dict.fromkeys(order)
            ),
        ],
    }


def _is_needed(operation: type[Operation], name: str) -> bool:
    own = next((info for key, info in operation.model_fields.items() if word_of(key, info) == name), None)
    return own.is_required() if own is not None else operation.reasoned and name == "reason"


def filled_so_far(view: Mapping[str, Any]) -> dict[str, str]:
    """What stands in a form that is still open: what it was opened with, and what was chosen since."""
    fields = [block["element"] for block in view.get("blocks", ()) if block.get("type") == "input"]
    begun = {each["action_id"]: each.get("initial_value") or _chosen_at_first(each) for each in fields}
    chosen = filled_in(view) if (view.get("state") or {}).get("values") else {}
    return {name: text for name, text in begun.items() if text} | chosen


def _chosen_at_first(element: Mapping[str, Any]) -> str:
    return str((element.get("initial_option") or {}).get("value", ""))


def asked_for(view: Mapping[str, Any]) -> str | None:
    """The name of the operation whose form it is."""
    sent = str(view.get("callback_id", ""))
    return sent.removeprefix(ASKS) if sent.startswith(ASKS) else None


def filled_in(view: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in, by option; what was left empty is left out."""
    values = {name: held for block in view["state"]["values"].values() for name, held in block.items()}
    told = {name: str(_chosen(held) or "").strip() for name, held in values.items()}
    return {name: text for name, text in told.items() if text}


def options(found: Sequence[str], typed: str) -> list[dict[str, Any]]:
    """What a field that is typed into offers: the names that were found, and what was typed, as it stands."""
    wanted = typed.strip()
    fitting = [name for name in found if wanted.lower() in name.lower()]
    fitting.sort(key=lambda name: (not name.lower().startswith(wanted.lower()), name))
    offered = [*fitting[: MOST_OPTIONS - 1], *([wanted] if wanted and wanted not in fitting else [])]
    return [_option(name, "" if name in fitting else " (as typed)") for name in offered if len(name) <= OPTION]


# ── one field ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _field(name: str, info: FieldInfo, told: Mapping[str, Any], given: str | None, *, needed: bool) -> Block:
    schema = next((each for each in told.get("anyOf", [told]) if each.get("type") != "null"), told)
    block: Block = {
        "type": "input",
        "block_id": name,
        "label": _plain(LABELS.get(name) or name.replace("_", " ").capitalize()),
        "element": {"action_id": name, **_element(info, schema, given if given is not None else _default(info))},
        "optional": not needed,
    }
    return block | ({"hint": _plain(info.description[:HINT])} if info.description else {})


def _element(info: FieldInfo, schema: Mapping[str, Any], given: str) -> Block:
    if choices := list(_choices(schema)):
        return _select("static_select", given if given in choices else "", options=[_option(each) for each in choices])
    if pick_of(info) is not None and len(given) <= OPTION:
        return _select("external_select", given, min_query_length=0)
    if schema.get("type") == "integer":
        return {"type": "number_input", "is_decimal_allowed": False, **_bounds(schema), **_initial(given)}
    most = min(int(schema.get("maxLength") or LONGEST), LONGEST)
    lines = {"multiline": True} if most > PARAGRAPH and "pattern" not in schema else {}
    return {"type": "plain_text_input", "max_length": most, **lines, **_initial(given)}


def _choices(schema: Mapping[str, Any]) -> Iterator[str]:
    if schema.get("type") == "boolean":
        yield from ("yes", "no")
    yield from (str(each) for each in schema.get("enum", ()))
    if "const" in schema:
        yield str(schema["const"])


def _select(kind: str, given: str, **more: Any) -> Block:
    return {"type": kind, **more} | ({"initial_option": _option(given)} if given else {})


def _bounds(schema: Mapping[str, Any]) -> dict[str, str]:
    wanted = {"min_value": schema.get("minimum"), "max_value": schema.get("maximum")}
    return {name: str(value) for name, value in wanted.items() if value is not None}


def _initial(given: str) -> dict[str, str]:
    return {"initial_value": given} if given else {}


def _default(info: FieldInfo) -> str:
    if info.is_required() or info.default is None:
        return ""
    return ("yes" if info.default else "no") if isinstance(info.default, bool) else str(info.default)


def _chosen(held: Mapping[str, Any]) -> str | None:
    option = held.get("selected_option")
    return option["value"] if option else held.get("value")


def _option(name: str, more: str = "") -> dict[str, Any]:
    return {"text": _plain(f"{name}{more}"[:OPTION]), "value": name}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}
