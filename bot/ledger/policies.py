"""Policy versions as rows: the source as written, its roles and its rules. Every version is kept."""

from __future__ import annotations

from sqlite_utils import Database

from bot.ledger.tx import Tx
from policies.rules import Policy, Rule, parse_policy
from policies.words import Person


def load(tx: Tx, source: str, *, by: str) -> Policy:
    """Put a policy in force; PolicyBroken leaves the old one there."""
    last = tx.db.execute("SELECT max(version) FROM policy").fetchone()[0]
    policy = parse_policy(source, version=(last or 0) + 1)
    tx.db.table("policy").insert(
        {"version": policy.version, "source": source, "loaded_at": tx.now().isoformat(), "loaded_by": by}
    )
    tx.db.table("policy_role").insert_all(
        {"version": policy.version, "role": role, "workspace": person.workspace, "member": person.member}
        for role, people in policy.roles.items()
        for person in people
    )
    tx.db.table("policy_rule").insert_all(
        {
            "version": policy.version,
            "position": position,
            "name": rule.name,
            "verdict": rule.verdict,
            "approvals": rule.approvals,
            "body": rule.model_dump_json(),
        }
        for position, rule in enumerate(policy.rules)
    )
    tx.audit("policy-loaded", person=by, version=policy.version, source=source)
    return policy


def load_if_other(tx: Tx, source: str, *, by: str) -> None:
    """Put a policy in force unless it is the one that is."""
    row = tx.db.execute("SELECT source FROM policy ORDER BY version DESC LIMIT 1").fetchone()
    if row is None or row[0] != source:
        load(tx, source, by=by)


def current(db: Database) -> Policy | None:
    """The policy in force, from its rows; None: none was ever loaded, so everything is denied."""
    version = db.execute("SELECT max(version) FROM policy").fetchone()[0]
    if version is None:
        return None
    rules = db.execute("SELECT body FROM policy_rule WHERE version = ? ORDER BY position", [version]).fetchall()
    roles: dict[str, tuple[Person, ...]] = dict.fromkeys(_named(version, db), ())
    for role, workspace, member in db.execute(
        "SELECT role, workspace, member FROM policy_role WHERE version = ? ORDER BY role, workspace, member", [version]
    ).fetchall():
        roles[role] = (*roles.get(role, ()), Person(workspace=workspace, member=member))
    return Policy(version=version, roles=roles, rules=tuple(Rule.model_validate_json(row[0]) for row in rules))


def _named(version: int, db: Database) -> list[str]:
    """The roles of a version, those without members too."""
    source = db.execute("SELECT source FROM policy WHERE version = ?", [version]).fetchone()[0]
    return list(parse_policy(source).roles)
