"""docs/policies.md is the policy's language: every key of every table, its default, and examples that load."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import UTC, datetime

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.app import VOCABULARY
from policies.case import Moment
from policies.faults import read_policy
from policies.rules import Absence, BreakGlass, Freeze, Policy, Rule
from policies.windows import Window
from tests.house import tree

PAGE = (tree.ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
MODELS: dict[str, type[BaseModel]] = {
    "rules": Rule,
    "windows": Window,
    "freezes": Freeze,
    "absences": Absence,
    "break_glass": BreakGlass,
}
TABLES = ("rules", "windows", "freezes", "absences")  # those that are written as [[name]]
MOMENT = Moment(now=datetime(2026, 3, 1, 3, 0, tzinfo=UTC))


def chapter(name: str) -> str:
    head = f"## `[[{name}]]`" if name in TABLES else f"## `[{name}]`"
    return PAGE.partition(f"{head}\n")[2].partition("\n## ")[0]


def rows(name: str) -> dict[str, list[str]]:
    """Each key of a chapter's table, with the cells beside it."""
    found: dict[str, list[str]] = {}
    for line in chapter(name).splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        keys = re.findall(r"`(\w+)`", cells[0]) if line.startswith("| `") else []
        found |= dict.fromkeys(keys, cells[1:])
    return found


def test_every_table_has_its_chapter() -> None:
    """What a policy may hold is what the page tells of."""
    assert set(Policy.model_fields) - {"version"} == {"roles", *MODELS}
    assert all(chapter(name) for name in ("roles", *MODELS))


@pytest.mark.parametrize("name", MODELS)
def test_every_key_is_told(name: str) -> None:
    """A key that the code takes is in the table, and no other."""
    assert set(rows(name)) == {info.alias or key for key, info in MODELS[name].model_fields.items()}


@pytest.mark.parametrize("name", MODELS)
def test_every_default_is_what_the_code_has(name: str) -> None:
    """`needed` is required, what is shown holds when the key is left away, and a range is the one that is taken."""
    limits = MODELS[name].model_json_schema()["properties"]
    for key, info in MODELS[name].model_fields.items():
        called = info.alias or key
        takes, default = rows(name)[called][:2]
        if takes.startswith("as in `[["):
            continue
        assert shown(info) == default, called
        kind = next((each for each in limits[called].get("anyOf", [limits[called]]) if "minimum" in each), None)
        assert kind is None or takes == f"{kind['minimum']} to {kind['maximum']}", called


def shown(info: FieldInfo) -> str:
    if info.is_required():
        return "needed"
    default = info.get_default(call_default_factory=True)
    return "none" if default is None else f"`{json.dumps(default)}`"


@pytest.mark.parametrize("example", re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL), ids=lambda text: text[8:40])
def test_every_example_loads(example: str) -> None:
    """What is shown can be pasted; roles alone are at least well written."""
    if "[[rules]]" in example:
        assert read_policy(example, VOCABULARY, MOMENT).rules
    else:
        assert Policy(rules=(), **tomllib.loads(example)).roles
