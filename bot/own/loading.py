"""Another policy put in force: what it would change, and the one step that does it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.ledger import policies
from bot.ledger.requests import Request
from bot.ledger.tx import Tx
from bot.own.answer import Answer, Asker, bad, good
from bot.own.policy import NoSuchPolicy, fault_lines
from policies.faults import Vocabulary, read_policy
from policies.problems import Problem
from policies.source import PolicyBroken, parse_policy
from policies.telling import differences


class AnotherInForce(Problem):
    code = "another-in-force"
    sentence = "Policy version {version} is in force now, and this was to take the place of version {over}."
    why = "What was approved is a change from the one to the other. Nothing was loaded."
    remedy = "Look at `/policy history`, and ask anew if the change is still wanted."


class InForceAlready(Problem):
    code = "in-force-already"
    sentence = "That is the policy in force already, version {version}."
    why = "Its text is the same to the letter. Nothing was done."
    remedy = "Change it first; `/policy diff` tells what differs between two."


def faults(asker: Asker, sha256: str) -> list[Problem]:
    """Why a policy can't take the place of the one in force."""
    source, now = policies.source_of(asker.db, sha256), policies.version(asker.db)
    if source is None:
        return [NoSuchPolicy(edition=sha256)]
    if now.sha256 == sha256:
        return [InForceAlready(version=now.version)]
    try:
        read_policy(source, asker.world.vocabulary, policies.moment(asker.db, asker.now))
    except PolicyBroken as broken:
        return [broken]
    return []


def proposed(asker: Asker, given: Mapping[str, str]) -> Answer:
    """The version in force, then a line for each thing that the proposed policy changes of it."""
    for fault in faults(asker, given["sha256"]):
        if isinstance(fault, PolicyBroken):
            return bad(fault_lines(fault.faults))
        return bad([fault.said, fault.because, f"→ {fault.next_step}"])
    now, source = policies.current(asker.db), policies.source_of(asker.db, given["sha256"])
    version = now.version if now is not None else 0
    changes = differences(now, parse_policy(source or ""))
    return good([str(version), *(changes or ["nothing but its text: it judges alike"])])


def load(tx: Tx, vocabulary: Vocabulary, request: Request, given: Mapping[str, str]) -> Answer:
    """In one transaction with its audit row, or not at all."""
    source, now = policies.source_of(tx.db, given["sha256"]), policies.current(tx.db)
    version = now.version if now is not None else 0
    if str(version) != given["over"]:
        problem = AnotherInForce(version=version, over=given["over"])
        return bad([problem.said, problem.because, f"→ {problem.next_step}"])
    try:
        loaded = policies.load(tx, source or "", by=str(request.requester), vocabulary=vocabulary, request=request.id)
    except PolicyBroken as broken:
        return bad(fault_lines(broken.faults))
    return good([f"policy version {loaded.version} is in force"])
