"""Codes that a text speaks of, wherever they stand in it: people write about codes, and an error log lists them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from handlers.catalogue import catalogue, errids, finding_of
from handlers.explain import CODE, LINE_LIMIT, explain
from handlers.finding import TEXT_LIMIT, Finding

_MENTION = re.compile(rf"(?<![0-9A-Za-z_])(?:(?P<code>{CODE})|(?P<id>[0-9A-F]{{8}})(?![0-9A-Za-z_]))")
# A line of errpt or errlog: identifier, MMDDhhmmYY, type, class, resource.
_LOGGED = re.compile(r"\s*(?P<id>[0-9A-F]{8})\s+\d{10}\s+[A-Z]\s+[A-Z]\s+\S")


def explained(text: str) -> tuple[Finding, ...]:
    """Every message and every code of a text, each code once; what is neither is left out."""
    lines = text.splitlines()
    found = [each for each in explain(lines) if each.code is not None]
    told = {code for each in found for code in each.path}
    return (*found, *_mentions(lines, told))


def within(finding: Finding) -> tuple[Finding, ...]:
    """What words without a code come to: the codes that they speak of, if there are any."""
    if finding.code is not None:
        return (finding,)
    return tuple(_mentions(finding.text.splitlines(), ())) or (finding,)


def _mentions(lines: Iterable[str], told: Collection[str]) -> Iterator[Finding]:
    seen = set(told)
    for line in lines:
        for code in _codes(line[:LINE_LIMIT]):
            if code not in seen:
                seen.add(code)
                entry = errids().get(code) or catalogue().get(code)
                yield finding_of(entry, code=code, path=(code,), text=line.strip()[:TEXT_LIMIT])


def _codes(line: str) -> Iterator[str]:
    """Eight hexadecimal digits can be anything: they count where we know them, or as the beginning of a log's line."""
    logged = _LOGGED.match(line)
    for match in _MENTION.finditer(line):
        id = match["id"]
        if id is None or id in errids() or (logged is not None and match.start("id") == logged.start("id")):
            yield match[0]
