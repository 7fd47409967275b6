"""HMC lists, as HMCs print them."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import hmcout

TREE = Path(__file__).resolve().parents[2]
RECORDED = sorted((TREE / "tests" / "recorded" / "lshwres").glob("*.raw"))
CAPTURES = TREE.parent / "shared" / "captures" / "hmc"


def captured(name: str) -> str:
    path = CAPTURES / name
    if not path.exists():
        pytest.skip(f"the capture {name} beside this repository is not there")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recording_means_what_it_should(path: Path) -> None:
    """Each line is an object; a quoted pair keeps its commas, an empty value stays empty."""
    assert hmcout.pairs(path.read_text(encoding="utf-8")) == json.loads(path.with_suffix(".json").read_text("utf-8"))


def test_doubled_quotes_are_one() -> None:
    """A pair whose value holds quotes is quoted as a whole, with its inner quotes doubled."""
    line = 'name=a,"virtual_eth_adapters=""2/1/1/3,4,5/0/1"",""3/0/1//0/1"""\n'
    assert hmcout.pairs(line) == [{"name": "a", "virtual_eth_adapters": '"2/1/1/3,4,5/0/1","3/0/1//0/1"'}]


def test_a_quoted_value_spans_lines() -> None:
    """`lshmc -V` is two values over eight lines."""
    (level,) = hmcout.pairs(captured("lshmc_V_v10r3.txt"))
    assert level["base_version"].strip() == "V10R3"
    assert "Service Pack: 1060" in level["version"]
    assert level["version"].count("\n") > 3


def test_values_by_their_names() -> None:
    """What `-F` prints goes by the fields that were asked for, whichever they were."""
    lines = captured("lssyscfg_lpar_F_header_v10r3m1060.txt").splitlines(keepends=True)
    names, rest = lines[0].strip().split(","), "".join(lines[1:])
    found = hmcout.values(rest, names)
    assert found == [{"name": "lpar-c", "lpar_id": "3", "state": "Not Activated", "rmc_state": "inactive"}]
    ethernet = hmcout.values(captured("lshwres_eth_F_no_header_v10r3.txt"), ["lpar", "slot", "switch", "vlan", "trunk"])
    assert [row["slot"] for row in ethernet] == ["1", "2"]


@pytest.mark.parametrize(
    "name", ["lssysconn_states.txt", "lsmemopt_sys_calcscore_v10r3.txt", "lssyscfg_r_prof_v10r3_excerpt.txt"]
)
def test_captured_pairs_are_read_whole(name: str) -> None:
    """No line of a captured list is skipped, and no pair lost."""
    text = captured(name)
    found = hmcout.pairs(text)
    assert len(found) == len(text.strip().splitlines())
    for line, row in zip(text.strip().splitlines(), found, strict=True):
        assert all(f"{key}={value}" in line for key, value in row.items())
        assert len(row) > 3


def test_nothing_found_is_an_empty_list() -> None:
    """`No results were found.` is the HMC's word for none, in both forms; silence is no word at all."""
    text = captured("no_results_v10r3.txt")
    assert hmcout.pairs(text) == hmcout.values(text, ["name"]) == []
    for read in (hmcout.pairs, lambda text: hmcout.values(text, ["name"])):
        with pytest.raises(hmcout.Unreadable, match="empty"):
            read("\n")


@pytest.mark.parametrize(
    "name",
    ["error_lpar_not_found_v10r3.txt", "error_system_not_operating.txt", "error_missing_m_v10r3.txt"],
)
def test_a_refusal_is_not_a_list(name: str) -> None:
    """An error on standard output is Unreadable in either form, never an object."""
    text = captured(name)
    with pytest.raises(hmcout.Unreadable):
        hmcout.pairs(text)
    with pytest.raises(hmcout.Unreadable):
        hmcout.values(text, ["name", "lpar_id", "state"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("db01,5\n", "2 values where 3 were asked for"),
        ("db01,5,Running,more\n", "4 values where 3 were asked for"),
        ('db01,5,"Running\n', "not a list"),
        ('db01,"5"x,Running\n', "not a list"),
    ],
)
def test_another_number_of_values_is_unreadable(text: str, said: str) -> None:
    """A row that doesn't fit the fields is refused whole: a shifted value would be a wrong one."""
    with pytest.raises(hmcout.Unreadable, match=said):
        hmcout.values(text, ["name", "lpar_id", "state"])


@pytest.mark.parametrize("word", ["", "none", "null", "unavailable", "None", " NULL "])
def test_words_for_nothing(word: str) -> None:
    """Each way in which an HMC says that there is no value is none, for numbers too."""
    assert hmcout.given(word) is None
    assert hmcout.number(word) is None


@pytest.mark.parametrize(("word", "number"), [("0", 0), ("261376", 261376), ("2.0", None), ("-1", None), ("٣", None)])
def test_numbers(word: str, number: int | None) -> None:
    """Only a whole number is one."""
    assert hmcout.given(word) == word
    assert hmcout.number(word) == number


# ── whatever the names and values are ─────────────────────────────────────────────────────────────────────────────

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=20)


def quoted(text: str) -> str:
    """As an HMC prints it: quoted as a whole where a comma, a quote or a line's end is in it."""
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\n') else text


@given(st.lists(st.dictionaries(NAMES, VALUES, min_size=1, max_size=6), min_size=1, max_size=5))
def test_pairs_come_back_as_they_were(rows: list[dict[str, str]]) -> None:
    """Whatever stands in the values, an answer in this form is read back to the same objects."""
    text = "".join(",".join(quoted(f"{name}={value}") for name, value in row.items()) + "\n" for row in rows)
    assert hmcout.pairs(text) == rows


@given(st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=5))
def test_values_come_back_as_they_were(rows: list[tuple[str, str, str]]) -> None:
    """The same for the values of `-F`."""
    text = "".join(",".join(map(quoted, row)) + "\n" for row in rows)
    found = hmcout.values(text, ["a", "b", "c"])
    assert [tuple(row.values()) for row in found] == rows


@given(st.text(max_size=200))
def test_any_text_is_a_list_or_unreadable(text: str) -> None:
    """Nothing else can come of it, whatever a machine prints."""
    for read in (hmcout.pairs, lambda told: hmcout.values(told, ["a", "b"])):
        with contextlib.suppress(hmcout.Unreadable):
            assert all(isinstance(row, dict) for row in read(text))
