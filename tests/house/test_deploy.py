"""What is shipped for production fits the code."""

from __future__ import annotations

import ast
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
import typer

from bot import check, cli
from bot.app import CATALOG, VOCABULARY
from handlers import grammar
from policies.case import Asking, Case, Moment, Radius
from policies.faults import read_policy
from policies.judge import judge
from policies.verdicts import Allow, Ask, Deny, Verdict
from policies.words import Effect, Person
from tests.house import tree

DEPLOY = tree.ROOT / "deploy"
MANIFEST: dict[str, Any] = json.loads((DEPLOY / "slack-manifest.json").read_text(encoding="utf-8"))
# What each method needs, as Slack's reference for the method has it; histories by the kind of conversation.
SCOPES = {
    "chat.postMessage": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.join": {"channels:join"},
    "conversations.open": {"im:write"},
    "conversations.history": {"channels:history", "groups:history", "im:history"},
    "conversations.replies": {"channels:history", "groups:history", "im:history"},
    "files.getUploadURLExternal": {"files:write"},
    "files.completeUploadExternal": {"files:write"},
    "usergroups.users.list": {"usergroups:read"},
    "views.open": set(),
    "views.publish": set(),
    "auth.test": set(),
}
DELIVERIES = {"commands"}  # slash commands reach an app that has this scope


METHOD = re.compile(r"(?:auth|chat|conversations|files|reactions|usergroups|users|views)\.[a-z][A-Za-z.]+")


def methods() -> set[str]:
    """The Web API methods that the rooms of the bot name, each where it calls it."""
    rooms = [path for path in tree.sources("bot") if "lab" not in path.parts]
    words = {
        str(node.value) for path in rooms for node in ast.walk(tree.parsed(path)) if isinstance(node, ast.Constant)
    }
    return {word for word in words if METHOD.fullmatch(word)}


def test_the_manifest_asks_for_what_is_needed_and_no_more() -> None:
    """Its scopes are those that `hscbot check` looks for, and each is needed by a call that the bot makes."""
    asked = MANIFEST["oauth_config"]["scopes"]
    assert set(asked) == {"bot"}
    assert sorted(asked["bot"]) == sorted(check.NEEDED)
    assert set().union(*(SCOPES[method] for method in methods())) | DELIVERIES == set(check.NEEDED)
    assert methods() == set(SCOPES)


def test_the_manifest_has_the_commands() -> None:
    """Each is there once, its description names its verbs; delivered as typed, but where somebody can be named."""
    entries = MANIFEST["features"]["slash_commands"]
    commands = {entry["command"].removeprefix("/"): entry for entry in entries}
    assert sorted(entry["command"] for entry in entries) == sorted(f"/{name}" for name in CATALOG)
    for name, entry in commands.items():
        for operation in CATALOG[name]:
            assert operation.verb in re.findall(r"[\w-]+", entry["description"])
        assert entry["should_escape"] is any(operation.people for operation in CATALOG[name])


@pytest.mark.parametrize("entry", MANIFEST["features"]["slash_commands"], ids=lambda entry: entry["command"])
def test_a_hint_is_a_handful_of_commands_and_help(entry: dict[str, str]) -> None:
    """However many verbs a command gets: what stands there is short and can be typed; `help` tells the rest."""
    name, hint = entry["command"].removeprefix("/"), entry["usage_hint"]
    *commands, last = hint.split(" | ")
    assert len(hint) <= HINT
    assert len(commands) <= MOST_IN_A_HINT
    assert last.split(":")[0] == "help"
    for each in commands:
        spoken = each.replace("@them", "<@U0AAAAAAA>").replace("@him", "<@U0AAAAAAA>")
        read = grammar.read(CATALOG, name, spoken)
        assert isinstance(read, grammar.Asked | grammar.Incomplete), (each, read)


def test_the_manifest_has_a_home() -> None:
    """Home is on, and told of when opened; direct messages are for reading: nobody types where nothing listens."""
    tabs = {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": True}
    assert MANIFEST["features"]["app_home"] == tabs
    assert MANIFEST["settings"]["event_subscriptions"] == {"bot_events": ["app_home_opened"]}
    listened = {
        node.args[0].value
        for node in ast.walk(tree.parsed(tree.ROOT / "bot" / "listeners.py"))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "event"
        if isinstance(node.args[0], ast.Constant)
    }
    assert listened == {"app_home_opened"}


def test_the_manifest_connects_by_socket_alone() -> None:
    """Slack needs no way in: Socket Mode, buttons on, and nothing that names an address."""
    settings = MANIFEST["settings"]
    assert settings["socket_mode_enabled"]
    assert settings["interactivity"] == {"is_enabled": True}
    assert not settings["token_rotation_enabled"]
    assert "://" not in json.dumps(MANIFEST)


def test_the_manifest_keeps_slacks_limits() -> None:
    """Names, hints and descriptions are no longer than Slack takes."""
    assert len(MANIFEST["display_information"]["name"]) <= 35
    assert len(MANIFEST["display_information"]["description"]) <= 140
    for shortcut in MANIFEST["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
    for command in MANIFEST["features"]["slash_commands"]:
        assert len(command["description"]) <= 2_000
        assert len(command["usage_hint"]) <= 1_000


HINT, MOST_IN_A_HINT = 350, 12  # of Slack's 1,000 characters; nobody reads more than a line while typing
SEED = (DEPLOY / "policy.seed.toml").read_text(encoding="utf-8")
VIEWER, OPERATOR, LEAD, OTHER, SECOND = (Person(workspace="T1", member=f"U{n}") for n in range(1, 6))
MOMENT = Moment(now=datetime(2026, 3, 1, 3, 0, tzinfo=UTC))
PEOPLE = {"viewer": [VIEWER], "operator": [OPERATOR, SECOND], "lead": [LEAD, SECOND]}


def asked(source: str, operation: str, who: Person, *, reason: str = "") -> Verdict:
    effect = VOCABULARY.operations[operation]
    case = Case(operation=operation, effect=effect, person=who, radius=Radius(), asking=Asking(reason=reason))
    return judge(read_policy(source, VOCABULARY, MOMENT), case, MOMENT)


def with_people() -> str:
    source = SEED
    for role, people in PEOPLE.items():
        named = ", ".join(f'"{person}"' for person in people)
        source = source.replace(f"{role} = []", f"{role} = [{named}]", 1)
    return source


def test_the_seed_policy_denies_everybody() -> None:
    """As shipped it can be loaded, nobody has a role, and so nobody may do anything."""
    assert not any(read_policy(SEED, VOCABULARY, MOMENT).roles.values())
    assert all(isinstance(asked(SEED, operation, VIEWER), Deny) for operation in VOCABULARY.operations)


@pytest.mark.parametrize(
    ("who", "operation", "verdict"),
    [
        (VIEWER, "lpm.validate", Allow),
        (OPERATOR, "lpm.validate", Allow),
        (OPERATOR, "lpm.stop", Allow),
        (OPERATOR, "lpm.recover", Ask),
        (VIEWER, "lpm.recover", Deny),
        (VIEWER, "lpm.mappings", Allow),
        (OPERATOR, "lpm.migrate", Ask),
        (LEAD, "lpm.migrate", Ask),
        (VIEWER, "lpm.migrate", Deny),
        (OTHER, "lpm.validate", Deny),
        (OPERATOR, "hmc.add-memory", Ask),
        (VIEWER, "hmc.add-memory", Deny),
        (OPERATOR, "hmc.shutdown", Ask),
        (VIEWER, "vios.health", Allow),
        (OPERATOR, "vios.start", Ask),
        (VIEWER, "vios.start", Deny),
        (OPERATOR, "vios.shutdown", Ask),
        (LEAD, "vios.restart", Ask),
        (VIEWER, "vios.restart", Deny),
        (OPERATOR, "sea.share", Ask),
        (VIEWER, "sea.share", Deny),
        (OPERATOR, "sea.failover", Ask),
        (LEAD, "sea.reset", Deny),
        (VIEWER, "policy.explain", Allow),
        (VIEWER, "requests.show", Allow),
        (VIEWER, "incidents.list", Allow),
        (OPERATOR, "incidents.ack", Allow),
        (VIEWER, "incidents.silence", Deny),
        (OPERATOR, "audit.tail", Deny),
        (LEAD, "audit.export", Allow),
        (LEAD, "policy.load", Ask),
        (OPERATOR, "policy.load", Deny),
        (OTHER, "policy.show", Deny),
    ],
)
def test_the_seed_policy_is_safe_on_the_first_day(who: Person, operation: str, verdict: type) -> None:
    """Reads are free to its people, stopping is at once, and what changes or disrupts takes others."""
    assert isinstance(asked(with_people(), operation, who), verdict)


def test_the_seed_policy_takes_two_for_what_disrupts() -> None:
    """One other person starts a VIOS; taking one out needs two, and a lead among them."""
    found = {name: asked(with_people(), name, OPERATOR) for name in ("vios.start", "vios.shutdown", "vios.restart")}
    needed = {name: [each.needed for each in ask.demands] for name, ask in found.items() if isinstance(ask, Ask)}
    assert needed["vios.start"] == [1]
    assert max(needed["vios.shutdown"]) == max(needed["vios.restart"]) == 2


def test_the_seed_policy_takes_a_reason_for_what_destroys() -> None:
    """With one it is asked of two others; without, nobody is bothered."""
    for operation in (name for name, effect in VOCABULARY.operations.items() if effect is Effect.DESTROYS):
        assert isinstance(asked(with_people(), operation, OPERATOR), Deny)
        found = asked(with_people(), operation, OPERATOR, reason="it is unused")
        assert isinstance(found, Ask)
        assert max(each.needed for each in found.demands) == 2


def test_the_seed_policy_speaks_of_every_operation() -> None:
    """Whatever can be asked for, some member of it may with a reason, with or without approvals."""
    for operation in VOCABULARY.operations:
        verdicts = [asked(with_people(), operation, who, reason="why") for who in (VIEWER, OPERATOR, LEAD)]
        assert any(isinstance(verdict, Allow | Ask) for verdict in verdicts), operation


UNIT = (DEPLOY / "hscbot.service").read_text(encoding="utf-8")


def test_the_unit_starts_what_exists() -> None:
    """Its command and options are the command line's own."""
    (line,) = re.findall(r"^ExecStart=(.+)$", UNIT, re.MULTILINE)
    program, command, *words = line.split()
    assert program.endswith("/bin/hscbot")
    found = typer.main.get_command(cli.cli).commands[command]  # type: ignore[attr-defined]  # a group
    options = {option for parameter in found.params for option in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= options


def test_the_unit_gives_the_secrets_that_the_readme_names() -> None:
    """Each credential of the unit is a file that the README's configuration reads, and the other way round."""
    given = set(re.findall(r"^LoadCredential=(\w+):", UNIT, re.MULTILINE))
    readme = (tree.ROOT / "README.md").read_text(encoding="utf-8")
    assert given == set(re.findall(r"\$CREDENTIALS_DIRECTORY/(\w+)", readme))
