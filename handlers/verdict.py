"""What a validation's answer comes to: can the partition migrate, and what is to be mended first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from handlers.finding import Finding, Section
from policies.words import Frozen, counted

Outcome = Literal["can", "warn", "cannot", "unknown"]


class Verdict(Frozen):
    """`findings` stand in the order in which to mend them."""

    outcome: Outcome
    headline: str
    findings: tuple[Finding, ...] = ()


def verdict(findings: Sequence[Finding], exit_status: int | None, *, malformed: bool = False, size: int = 0) -> Verdict:
    """Judges one answer of `migrlpar -o v`: its findings, its exit status and its size in bytes."""
    ordered = in_order(findings)
    outcome, headline = _judged(ordered, exit_status, malformed=malformed, size=size)
    return Verdict(outcome=outcome, headline=headline, findings=ordered)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors by rank, those of one code together; then details as printed; the unexplained; warnings. No repeats."""
    unique: dict[object, Finding] = {}
    for finding in findings:
        unique.setdefault((finding.code, finding.section, finding.kind, " ".join(finding.text.split())), finding)
    told = list(unique.values())
    errors = _by_rank([f for f in told if f.is_error])
    details = sorted((f for f in told if f.section is Section.DETAIL), key=lambda f: f.kind == "companion")
    rest = [f for f in told if f.section is None and not f.is_error]
    return (*errors, *details, *rest, *_by_rank([f for f in told if f.section is Section.WARNING]))


def _by_rank(findings: list[Finding]) -> list[Finding]:
    first: dict[object, tuple[int, int]] = {}
    for place, finding in enumerate(findings):
        rank, place = first.get(_group(finding), (finding.rank, place))
        first[_group(finding)] = (min(rank, finding.rank), place)
    return sorted(findings, key=lambda finding: first[_group(finding)])


def _group(finding: Finding) -> object:
    return finding.code or finding.text


def _judged(
    findings: tuple[Finding, ...], exit_status: int | None, *, malformed: bool, size: int
) -> tuple[Outcome, str]:
    if exit_status is None:
        return "unknown", "unknown: the connection was lost before the answer ended"
    errors = sum(finding.is_error for finding in findings)
    if exit_status == 0:
        return _accepted(findings, errors, malformed=malformed)
    if errors:
        return "cannot", _cannot(errors)
    return _refused(findings, exit_status, size)


def _accepted(findings: tuple[Finding, ...], errors: int, *, malformed: bool) -> tuple[Outcome, str]:
    if errors:
        return "cannot", f"{_cannot(errors)}, although the HMC ended with exit status 0"
    warned = sum(finding.section is not None for finding in findings)
    strange = any(finding.section is None and finding.kind != "info" for finding in findings)
    notes = [f"with {counted(warned, 'warning')}"] if warned else []
    notes += ["but it printed something that I don't know"] if strange else []
    notes += ["but part of the answer was unreadable"] if malformed else []
    return ("warn" if notes else "can"), ", ".join(["can migrate", *notes])


def _refused(findings: tuple[Finding, ...], exit_status: int, size: int) -> tuple[Outcome, str]:
    """The HMC said no, yet nothing that it printed is plainly an error."""
    details = sum(finding.section is Section.DETAIL for finding in findings)
    if details:
        return "cannot", _cannot(details)
    if any(finding.section is None and finding.kind != "info" for finding in findings):
        return "cannot", _cannot(1)
    if findings:
        return "cannot", f"can't: the HMC ended with exit status {exit_status} and gave no reason that I know"
    if size:
        return "unknown", "unknown: the HMC refused, and I can't read why"
    return "unknown", "unknown: the HMC refused without a word"


def _cannot(reasons: int) -> str:
    return f"can't: {counted(reasons, 'reason')}"
