"""users.* and usergroups.*: who is who."""

from __future__ import annotations

from bot.lab.workspace.api.calls import Call, method, page_of
from bot.lab.workspace.words import Json, Refusal


@method("users.info", "users:read", tier=4, takes_json=False)
def info(call: Call) -> Json:
    return {"user": call.member().shown()}


@method("users.list", "users:read", tier=2, takes_json=False)
def list_(call: Call) -> Json:
    page, cursor = page_of(call, list(call.state.members), "user")
    return {"members": [call.state.members[id].shown() for id in page], "cache_ts": 0, **cursor}


@method("users.lookupByEmail", "users:read.email", takes_json=False)
def by_email(call: Call) -> Json:
    wanted = call.params.needed("email")
    found = [m for m in call.state.members.values() if m.shown()["profile"].get("email") == wanted]
    if not found:
        raise Refusal("users_not_found")
    return {"user": found[0].shown()}


@method("usergroups.list", "usergroups:read", tier=2, takes_json=False)
def groups(call: Call) -> Json:
    with_users = call.params.flag("include_users")
    return {"usergroups": [group.shown(with_users=with_users) for group in call.state.groups.values()]}


@method("usergroups.users.list", "usergroups:read", tier=2, takes_json=False)
def group_users(call: Call) -> Json:
    group = call.state.groups.get(call.params.needed("usergroup"))
    if group is None:
        raise Refusal("no_such_subteam")
    return {"users": list(group.users)}
