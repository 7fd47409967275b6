"""The policy's answers: what is in force, what was, what differs, what is wrong, and what would happen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import unified_diff

from bot.ledger import policies
from bot.ledger.policies import Version
from bot.own.answer import Answer, Asker, bad, clock, good, listed
from handlers import grammar
from handlers.grammar import Asked
from handlers.policy import Check, Diff, Explain, Export, History, Show
from policies.case import Moment
from policies.explaining import explained
from policies.faults import Vocabulary, read_policy
from policies.problems import AskProblem, Problem
from policies.rules import Policy
from policies.source import Fault, PolicyBroken, parse_policy
from policies.telling import differences, told
from policies.words import counted

NONE = ("No policy is loaded: everything is denied.", "→ hscbot policy load FILE, with your people in its roles")
SHORT = 12  # characters of a fingerprint, for people


class NoSuchPolicy(AskProblem):
    code = "no-such-policy"
    sentence = "I know no policy {edition}."
    why = "It is neither a version nor the beginning of the fingerprint of one that was loaded or proposed."
    remedy = "`/policy history` lists the versions with their fingerprints; `/policy check` tells that of a text."


def show(asker: Asker, asked: Show) -> Answer:
    if policies.current(asker.db) is None:
        return bad(NONE)
    version = policies.version(asker.db, asked.version)
    head = f"policy version {version.version}, loaded {clock(version.loaded_at)} by {version.loaded_by}"
    return good([head, f"sha256 {version.sha256}", "", *told(parse_policy(version.source, version.version))])


def history(asker: Asker, asked: History) -> Answer:
    versions = policies.history(asker.db)
    if not versions:
        return bad(NONE)
    rows = [(each.version, clock(each.loaded_at), each.sha256, each.loaded_by) for each in versions]
    return listed(asked, rows, f"{counted(len(versions), 'version')}; {versions[0].version} is in force")


def export(asker: Asker, asked: Export) -> Answer:
    return Answer(status=0, text=policies.version(asker.db, asked.version).source)


def diff(asker: Asker, asked: Diff) -> Answer:
    last = policies.version(asker.db).version
    name = asked.new or str(last)
    new = _edition(asker, name)
    before = asked.old or str(max(1, int(name) - 1 if len(name) <= 6 else last))
    old = _edition(asker, before)
    changes = differences(parse_policy(old), parse_policy(new))
    unified = unified_diff(old.splitlines(), new.splitlines(), before, name, lineterm="")
    head = f"from policy {before} to policy {name}:"
    return good([head, *(f"  {each}" for each in changes or ["it judges alike"]), "", *unified])


def _edition(asker: Asker, name: str) -> str:
    """The source of a version, or of what was proposed, by its number or the beginning of its fingerprint."""
    if name.isdigit() and len(name) <= 6:
        return policies.version(asker.db, int(name)).source
    found = policies.source_of(asker.db, name)
    if found is None:
        raise NoSuchPolicy(edition=name)
    return found


# ── checking ──────────────────────────────────────────────────────────────────────────────────────────────────────


def check(asker: Asker, asked: Check) -> Answer:
    source, moment = _edition(asker, asked.sha256), policies.moment(asker.db, asker.now)
    return checked(source, asker.world.vocabulary, moment, policies.current(asker.db))


def checked(source: str, vocabulary: Vocabulary, moment: Moment, now: Policy | None) -> Answer:
    """Every fault with its line and how to mend it; or what it would change of the policy of now."""
    try:
        policy = read_policy(source, vocabulary, moment)
    except PolicyBroken as broken:
        return bad(fault_lines(broken.faults))
    sha256 = policies.fingerprint(source)
    head = f"it can be loaded: {len(policy.roles)} roles, {len(policy.rules)} rules; sha256 {sha256}"
    if now is None:
        return good([head, "It would be the first policy."])
    changes = [f"  {each}" for each in differences(now, policy)] or ["  nothing: it judges alike"]
    return good([head, f"What it changes of version {now.version}:", *changes, f"→ /policy load {sha256}"])


def fault_lines(faults: Iterable[Fault]) -> list[str]:
    found = list(faults)
    lines = [line for fault in found for line in (str(fault), f"  → {fault.mend}")]
    return [f"it can't be loaded: {counted(len(found), 'fault')}; the policy in force stays in force", *lines]


# ── explaining ────────────────────────────────────────────────────────────────────────────────────────────────────


def explain(asker: Asker, asked: Explain) -> Answer:
    words, who = _as(asked.words or "")
    person = asker.named(who)
    command, _, verb = asked.operation.partition(".")
    text = f"{verb} {words}".strip()
    read = grammar.read(asker.world.catalog, command, text)
    if not isinstance(read, Asked):
        return bad([*_why_not(read, text), f"→ as in: /policy {Explain.example} as @them"])
    case = asker.world.circumstances.case(read.operation, person, read.asking)
    moment = policies.moment(asker.db, asker.now)
    lines = explained(policies.current(asker.db), case, moment)
    return good([f"/{command} {text} as {person}, now ({clock(asker.now)}):", *lines])


def _why_not(read: grammar.Help | grammar.Incomplete | list[Problem], text: str) -> Iterator[str]:
    if isinstance(read, grammar.Help):
        yield f"'{text}' asks for help: there is nothing to judge."
        return
    for problem in read.missing if isinstance(read, grammar.Incomplete) else read:
        yield f"{problem.said} {problem.because}"


def _as(words: str) -> tuple[str, str | None]:
    """The words of the operation, and the person named behind a last `as`."""
    given = words.split()
    if len(given) >= 2 and given[-2].lower() == "as":
        return words.rsplit(None, 2)[0] if len(given) > 2 else "", given[-1]
    return words, None


def current(asker: Asker) -> Answer:
    """The version in force and its fingerprint, for who verifies."""
    version: Version = policies.version(asker.db)
    return good([f"{version.version} {version.sha256}"])
