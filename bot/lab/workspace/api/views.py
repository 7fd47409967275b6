"""views.*: opening, stacking and changing modals, publishing the Home."""

from __future__ import annotations

from bot.lab.workspace.api.calls import Call, method
from bot.lab.workspace.blocks import MOST_VIEW_BYTES, check_view, view_size
from bot.lab.workspace.views import DEEPEST, View
from bot.lab.workspace.words import Json, Refusal


@method("views.open", tier=4)
def open_(call: Call) -> Json:
    view = read_view(call, "modal")
    trigger = call.lab.triggers.exchange(_trigger(call))
    for open_view in list(call.state.views.stack(trigger.user)):
        # Slack puts a newly opened modal in the place of what is open.
        call.state.close_view(open_view)
    return {"view": call.state.put_view(trigger.user, view, channel=trigger.channel).shown()}


@method("views.push", tier=4)
def push(call: Call) -> Json:
    view = read_view(call, "modal")
    trigger = call.lab.triggers.exchange(_trigger(call))
    stack = call.state.views.stack(trigger.user)
    if not any(view.id == trigger.view for view in stack):
        raise Refusal("not_found")
    if len(stack) >= DEEPEST:
        raise Refusal("push_limit_reached")
    return {"view": call.state.put_view(trigger.user, view, channel=trigger.channel).shown()}


@method("views.update", tier=4)
def update(call: Call) -> Json:
    view_id, external_id = call.params.text("view_id"), call.params.text("external_id")
    if not (view_id or external_id):
        raise Refusal("invalid_arguments", response_metadata={"messages": ["[ERROR] missing required field: view_id"]})
    held = call.state.views.find(view_id=view_id, external_id=external_id)
    if held is None:
        raise Refusal("not_found")
    body = read_view(call, held.kind, replaces=held)
    if (hash := call.params.text("hash")) and hash != held.hash:
        raise Refusal("hash_conflict")
    return {"view": call.state.put_view(held.user, body, replaces=held).shown()}


@method("views.publish", tier=4)
def publish(call: Call) -> Json:
    user = call.params.needed("user_id")
    if user not in call.state.members:
        raise Refusal("invalid_arguments", response_metadata={"messages": ["[ERROR] invalid user_id"]})
    held = call.state.views.homes.get(user)
    body = read_view(call, "home", replaces=held)
    if held and (hash := call.params.text("hash")) and hash != held.hash:
        raise Refusal("hash_conflict")
    return {"view": call.state.put_view(user, body, replaces=held).shown()}


def _trigger(call: Call) -> str:
    return call.params.text("trigger_id") or call.params.needed("interactivity_pointer")


def read_view(call: Call, kind: str, *, replaces: View | None = None) -> Json:
    view = call.params.json("view", "invalid_arguments")
    if view is None:
        raise Refusal("invalid_arguments", response_metadata={"messages": ["[ERROR] missing required field: view"]})
    refuse_view(view, kind)
    same = call.state.views.find(external_id=view["external_id"]) if view.get("external_id") else None
    if same is not None and same is not replaces:
        raise Refusal("duplicate_external_id")
    return dict(view)


def refuse_view(view: Json, kind: str) -> None:
    """Raises Slack's refusal of a view, if it earns one."""
    found = check_view(view)
    if not found and view["type"] != kind:
        found = [f"must be {kind} [json-pointer:/view/type]"]
    if found:
        raise Refusal("invalid_arguments", response_metadata={"messages": [f"[ERROR] {one}" for one in found]})
    if view_size(view) > MOST_VIEW_BYTES:
        raise Refusal("view_too_large")
