"""Captured answers of `migrlpar`, typing errors and all, with the names and numbers of the captured fleet left open."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources


def render(name: str, **facts: object) -> str:
    """The answer `name` with its names and numbers filled in; everything else is as captured."""
    text = _template(name)
    for key, value in facts.items():
        text = text.replace("{" + key + "}", str(value))
    return text


@cache
def _template(name: str) -> str:
    return resources.files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Sections:
    """An answer by its headings; what stands before the first heading is an error."""

    errors: str = ""
    details: str = ""
    warnings: str = ""

    @classmethod
    def of(cls, text: str) -> Sections:
        found = {"Errors:": "", "Details:": "", "Warning:": ""}
        heading = "Errors:"
        for line in text.splitlines(keepends=True):
            if line.strip() in found:
                heading = line.strip()
            else:
                found[heading] += line
        return cls(found["Errors:"], found["Details:"], found["Warning:"])


def joined(texts: list[str]) -> str:
    """One answer for several faults. A single one stays exactly as captured."""
    if len(texts) == 1:
        return texts[0]
    parts = [Sections.of(text) for text in texts]
    blocks = (
        ("Errors:", "".join(part.errors for part in parts)),
        ("Details:", "".join(part.details for part in parts)),
        ("Warning:", "".join(part.warnings for part in parts)),
    )
    return "".join(f"{heading}\n{text}" for heading, text in blocks if text)
