"""What each source's answers mean, and that nothing else is taken for one."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ledger.key import mark
from handlers.drift import printed
from handlers.drift.source import Kind, Question, Source, full, parted
from handlers.drift.sources import SOURCES, Chosen, fixed, of_each
from handlers.drift.tunables import tunables
from handlers.drift.value import Value, digest, normal, packed, unpacked
from handlers.hmcout import Unreadable

TREE = Path(__file__).resolve().parents[3]
RECORDED = TREE / "tests" / "recorded" / "drift"
CAPTURES = TREE.parent / "shared" / "captures" / "aix"
CASES = [(SOURCES[path.parent.name], path) for path in sorted(RECORDED.rglob("*.raw"))]
LISTS = [(source, path) for source, path in CASES if source.name != "file"]
each_case = pytest.mark.parametrize(("source", "path"), CASES, ids=lambda value: getattr(value, "stem", None))
each_list = pytest.mark.parametrize(("source", "path"), LISTS, ids=lambda value: getattr(value, "stem", None))
ODD = ("no: 1831-001 invalid", "Segmentation fault", "<html>Bad gateway</html>", "\x1b[2J", '"', "…", "1;2;3")
UNLIKE_FILES = {"closedfile", "user"}  # the same answers as `file` and `env` give


def test_every_source_has_its_recordings() -> None:
    """What a machine printed, and what it means, lies there for each parser."""
    assert {source.name for source, _ in CASES} == SOURCES.keys() - UNLIKE_FILES


@each_case
def test_a_recorded_answer_means_what_it_should(source: Source, path: Path) -> None:
    """Raw output on one side, values by key on the other."""
    found = source.parse(path.read_text(encoding="utf-8"))
    assert json.loads(packed(found)) == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert unpacked(packed(found)) == found


@each_list
@pytest.mark.parametrize("odd", ODD)
def test_a_line_that_it_doesnt_know_is_no_answer(source: Source, path: Path, odd: str) -> None:
    """Not even before or behind a good one: it is unreadable, and never left out."""
    text = path.read_text(encoding="utf-8")
    for told in ("", odd, f"{odd}\n", f"{odd}\n{text}", f"{text}{odd}\n"):
        with pytest.raises(Unreadable):
            source.parse(told)


@each_list
def test_an_answer_that_is_cut_within_a_line_is_none(source: Source, path: Path) -> None:
    """What is left of a table's last line isn't taken for a line, and no setting for another."""
    text = path.read_text(encoding="utf-8")
    for end in range(max(1, text.rstrip("\n").rfind("\n") + 2), len(text)):
        with pytest.raises(Unreadable):
            source.parse(text[:end])


@each_case
def test_order_never_matters(source: Source, path: Path) -> None:
    """The same values printed in another order are the same reading, to the hash by which it is kept."""
    found = source.parse(path.read_text(encoding="utf-8"))
    assert digest(packed({key: found[key] for key in reversed(list(found))})) == digest(packed(found))


def test_values_that_are_typed_otherwise_are_the_same() -> None:
    """`"1"` is 1 and 007 is 7, but a name stays a name, and a list a list."""
    assert [normal(each) for each in ('"1"', " 1", "+1", "01")] == ["1"] * 4
    assert [normal(each) for each in ("0x40000", "{512:2048}", "n/a", "-0", "00", "")] == [
        "0x40000", "{512:2048}", "n/a", "0", "0", "",
    ]  # fmt: skip


@given(number=st.integers(min_value=-(10**20), max_value=10**20), zeros=st.integers(0, 5), quoted=st.booleans())
def test_a_number_has_one_form(number: int, zeros: int, quoted: bool) -> None:
    """However it is dressed, it compares as itself."""
    dressed = f"{'-' if number < 0 else ''}{'0' * zeros}{abs(number)}"
    assert normal(f'"{dressed}"' if quoted else dressed) == str(number)


def test_restricted_tunables_are_told_apart_and_the_last_column_may_be_missing() -> None:
    """Both kinds are read; quotes, braces and `n/a` are what they stand for."""
    text = (
        "delayackports,{},{},{10,20},{},{10},ports_list,D,\n"
        "##Restricted tunables\n"
        'aslr32,"1","0","1",0,1,boolean,D\n'
        "memory_frames,2097152,n/a,n/a,0,0,4KB pages,S,\n"
    )
    assert tunables(text) == {
        "delayackports": Value("{}", "{}", "{10,20}", "D"),
        "aslr32": Value("1", "0", "1", "D!"),
        "memory_frames": Value("2097152", None, None, "S!"),
    }


def test_a_limit_is_in_bytes_whatever_it_was_printed_in() -> None:
    """A level that prints blocks where another prints kilobytes hasn't drifted."""
    assert printed.limits("data(kbytes)   131072\n") == printed.limits("data(blocks)   262144\n")


SECRETS = ("DB_PASSWORD=hunter2", "MYSQL_PWD=hunter2", "ENC_KEY=hunter2", "DATABASE_URL=postgres://u:hunter2@db/x")


@pytest.mark.parametrize("line", [*SECRETS, "path=hunter2", "PATH=http://u:hunter2@x/", "whatever=hunter2"])
def test_what_may_be_a_secret_is_not_kept(line: str) -> None:
    """Only a variable that is known to hold none is kept; of any other a mark, which tells that it changed."""
    seal = partial(mark, b"k" * 32)
    found = printed.environment(f"{line}\nTZ=UTC\n", seal)
    assert found["TZ"] == Value("UTC")
    assert "hunter2" not in packed(found)
    assert "hunter2" not in packed(printed.environment(f"{line}\nTZ=UTC\n"))
    other = printed.environment(f"{line}!\nTZ=UTC\n", seal)
    assert other != found
    assert found == printed.environment(f"{line}\nTZ=UTC\n", seal)
    assert found != printed.environment(f"{line}\nTZ=UTC\n", partial(mark, b"o" * 32))
    with pytest.raises(Unreadable) as fault:
        printed.environment(f"{line}\nhunter2\n")
    assert "hunter2" not in str(fault.value)


def test_package_levels_are_whole_where_one_is_there_twice() -> None:
    """Two levels of one package are both told, in one order; a state that isn't committed is part of it."""
    row = "bos:bos.rte:{}: : :{}: :the base: : : : : : :0:0:/:\n"
    both = printed.filesets(row.format("7.3.2.1", "C") + row.format("7.3.1.0", "A"))
    assert both == {"bos.rte": Value("7.3.1.0 A, 7.3.2.1")}


@each_case
def test_noise_is_out_of_a_reading_with_a_reason(source: Source, path: Path) -> None:
    """What never matters is gone before anything is kept or compared, and each such rule says why."""
    found = source.parse(path.read_text(encoding="utf-8"))
    quiet = source.quiet(found)
    assert all(source.noisy(key) is None for key in quiet)
    assert all(rule is not None and rule.reason for rule in map(source.noisy, found.keys() - quiet.keys()))


def test_what_moves_by_itself_is_noise_in_every_recording() -> None:
    """Frames that could be pinned, values reckoned from memory, and a session's own variables."""
    vmo = SOURCES["vmo"].parse((RECORDED / "vmo" / "db01.raw").read_text())
    env = SOURCES["env"].parse((RECORDED / "env" / "db01.raw").read_text())
    assert not {"pinnable_frames", "maxperm", "minperm", "maxpin", "memory_frames"} & SOURCES["vmo"].quiet(vmo).keys()
    assert {"minperm%", "maxpin%"} <= SOURCES["vmo"].quiet(vmo).keys()
    assert not {"SSH_CLIENT", "_", "PWD", "LOGIN"} & SOURCES["env"].quiet(env).keys()
    assert {"PATH", "TZ", "LANG"} <= SOURCES["env"].quiet(env).keys()


def test_a_host_is_asked_for_each_of_its_devices_once_they_are_known() -> None:
    """Devices that are there and have attributes everywhere; files and users as the site chose them."""
    there = {"hdisk0": Value("Available"), "hdisk1": Value("Defined"), "vsa0": Value("Available")}
    chosen = Chosen(files=("/etc/hosts",), closed_files=(), users=("oracle",))
    names = [each.name for each in (*fixed(Kind.AIX, chosen), *of_each(Kind.AIX, {"devices": there}))]
    assert len(names) == len(set(names))
    assert [each for each in names if ":" in each] == ["file:/etc/hosts", "user:oracle", "attributes:hdisk0"]
    assert not any(each.name.startswith("attributes") for each in of_each(Kind.AIX, {}))


@given(
    about=st.sampled_from(["", "hdisk0", "/etc/hosts"]), key=st.text(min_size=1).filter(lambda text: "/" not in text)
)
def test_a_whole_name_leads_back_to_its_parts(about: str, key: str) -> None:
    """As people type it after they read it."""
    name = Question(SOURCES["file"], about).name
    assert parted(full(name, key)) == (name, key)


def test_captured_attributes_of_another_machine_are_read() -> None:
    """A real `lsattr -HEl`, columns and all."""
    path = CAPTURES.parent / "lpm" / "lsattr_vioslpm0.txt"
    if not path.exists():
        pytest.skip("the captures of other people's machines aren't here")
    found = SOURCES["attributes"].parse(path.read_text())
    assert found["max_vasi_ops"] == Value("8", type="fixed")
    assert found["cfg_msp_lpm_ops"] == Value("8", type="settable")
