"""The catalogue of codes: complete, strict, and in our own words."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from handlers.catalogue import Catalogue, Entry, catalogue, errids, parse

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
UNSEEN = re.compile(r"text not seen|text (partly )?unverified|unverified text|paraphrase|title only")
GOOD = """
[HSCL0000]
rank = 50
seen = true
text = "words"
kind = "error"
meaning = "m"
causes = ["c"]
check = "k"
fixes = ["f"]
source = "s"
"""


def gathered() -> list[dict[str, str]]:
    path = SHARED / "codes.tsv"
    if not path.exists():
        pytest.skip("no list of codes in ../shared")
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def shingles(text: str, length: int = 7) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[n : n + length]) for n in range(len(words) - length + 1)}


def test_every_gathered_code_is_explained() -> None:
    """Each code that was gathered has its entry, and the return codes too."""
    assert {row["code"] for row in gathered()} <= set(catalogue())


def test_the_return_codes_are_there() -> None:
    """The return codes that detail blocks and lsmap give can be looked up."""
    wanted = ["OSRC-0", "OSRC-69", "OSRC-83", "OSRC-85", "RMCRC-0", "RMCRC-1141"]
    wanted += [f"IOSCLI-{n}" for n in (10, 15, 16, 63)]
    assert [code for code in wanted if code not in catalogue()] == []


def test_wording_is_claimed_only_where_it_was_seen() -> None:
    """An entry says that it knows the machine's words exactly where they were gathered."""
    wrong = [
        row["code"] for row in gathered() if UNSEEN.search(" ".join(row.values())) and catalogue()[row["code"]].seen
    ]
    assert wrong == []


def test_the_explanations_are_our_own_words() -> None:
    """No explanation shares seven words in a row with the sources' causes and fixes."""
    copied = []
    for row in gathered():
        entry = catalogue()[row["code"]]
        ours = shingles(" . ".join([entry.meaning, *entry.causes, entry.check, *entry.fixes]))
        copied += [(row["code"], both) for both in ours & (shingles(row["cause"]) | shingles(row["fix"]))]
    assert copied == []


def test_every_gathered_identifier_is_explained() -> None:
    """Each identifier of an error log that was gathered has its entry, under the description that was seen."""
    path = SHARED / "errids.tsv"
    if not path.exists():
        pytest.skip("no list of identifiers in ../shared")
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row["id"] != "-"]
    assert {row["id"] for row in rows} == set(errids())


ENTRIES = (*catalogue().values(), *errids().values())


@pytest.mark.parametrize("entry", ENTRIES, ids=[each.code for each in ENTRIES])
def test_every_entry_helps(entry: Entry) -> None:
    """Each entry says what it means and what to do, in sentences, without a trace of where it was written."""
    for said in (entry.meaning, *entry.causes, *entry.fixes, entry.check or "."):
        assert said.rstrip('"').endswith((".", "?"))
        assert said == said.strip()
    assert not re.search(r"/work|/tmp|\.tsv|\.txt|\.json", entry.model_dump_json())


@pytest.mark.parametrize("entry", [e for e in catalogue().values() if e.match], ids=lambda e: str(e.code))
def test_a_message_without_a_code_has_one_entry(entry: Entry) -> None:
    """A message without a code is recognised as itself and as nothing else, at whatever column it is wrapped."""
    for width in (7, 20, 80):
        wrapped = "\n".join(_sample(entry)[n : n + width] for n in range(0, len(_sample(entry)), width))
        found = [other.code for other in catalogue().values() if only(other).uncoded(wrapped)]
        assert found == [entry.code]


def _sample(entry: Entry) -> str:
    return entry.text + " 3 failed logins." if entry.code == "SSH-LOCK" else entry.text


def only(entry: Entry) -> Catalogue:
    return Catalogue({entry.code: entry})


def test_a_longer_code_is_explained_by_its_stem() -> None:
    """A NovaLink code with a suffix of its own falls back on the code before the hyphen; others are unknown."""
    known = catalogue()
    assert known["PVME01050905-0875"] is known["PVME01050905"]
    assert known.get("HSCLFFFF") is None
    assert known.get("OSRC-7") is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('meaning = "m"', 'meaning = ""'),
        ('source = "s"', ""),
        ('fixes = ["f"]', "fixes = []"),
        ('causes = ["c"]', "causes = []"),
        ('text = "words"', ""),
        ("seen = true", "seen = false"),
        ("rank = 50", "rank = 500"),
        ('kind = "error"', 'kind = "mishap"'),
        ('check = "k"', 'check = "k"\nmatch = "("'),
        ('check = "k"', 'check = "k"\ncolour = "red"'),
        ("[HSCL0000]", "HSCL0000 ="),
    ],
)
def test_an_incomplete_catalogue_is_refused(old: str, new: str) -> None:
    """A catalogue that lacks a part, or has one that we don't know, is not taken."""
    assert list(parse(GOOD)) == ["HSCL0000"]
    with pytest.raises(ValueError):
        parse(GOOD.replace(old, new))
