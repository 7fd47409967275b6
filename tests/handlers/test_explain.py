"""The explainer: every capture means what it should, however it comes, and nothing upsets it."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.block import CUT
from handlers.explain import Explainer, explain
from handlers.finding import TEXT_LIMIT, Finding, Section

HERE = Path(__file__).resolve().parent
RECORDED = sorted((HERE.parent / "recorded" / "migrlpar").glob("*.raw"))
SHARED = HERE.parents[1].parent / "shared" / "captures"
RAW = {path.stem: path.read_text(encoding="utf-8") for path in RECORDED}

# Texts made of the pieces that matter, so that random ones reach every corner.
PIECES = st.sampled_from(
    [
        *("HSCLA318 ", "HSCLA335 ", "HSCLA29A ", "HSCL127D: ", "HSCLFFFF ", "REST0126 [", "[HSCL0617 x]", "see "),
        *(
            "following error:",
            "Errors:",
            "Details: ",
            "Fehler：",
            "VIOS_DETAILED_ERROR",
            "rc=83",
            "End Detailed Message.",
        ),
        *("The RMC return code is:", "The OS command return code is: 85", "HSCL2932 ", "The OS return code is 3."),
        *("No results were found.", "There is not enough memory: Obtained: 1", "hscroot@h:~> ls", "HSCLA257 ", "管理 "),
        "The operation to check partition x for migration readiness has failed",
        *("\n", "\n", "\n\n", "\r\n", "\x00", "\ud800", ":", "[", "("),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=12), max_size=40).map("".join)


def told(findings: Iterable[Finding]) -> list[dict[str, object]]:
    parts = {"code", "path", "section", "known", "rmc_rc", "os_rc"}
    return [finding.model_dump(mode="json", include=parts) for finding in findings]


def of(text: str) -> list[Finding]:
    return list(explain(text.split("\n")))


def one(text: str) -> Finding:
    (finding,) = of(text)
    return finding


def bare(text: str) -> str:
    return "".join(re.sub("[\ud800-\udfff]", "\ufffd", text).split())


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: str(path.stem))
def test_a_recorded_answer_means_what_is_written_beside_it(path: Path) -> None:
    """Each recorded validation is explained as its JSON says."""
    assert told(of(path.read_text(encoding="utf-8"))) == json.loads(path.with_suffix(".json").read_text())


@pytest.mark.parametrize("name", RAW)
@pytest.mark.parametrize("end", ["\n", "\r\n", "   \n"])
def test_line_ends_do_not_matter(name: str, end: str) -> None:
    """Carriage returns and trailing blanks change nothing."""
    assert told(of(RAW[name].replace("\n", end))) == told(of(RAW[name]))


@pytest.mark.parametrize("name", RAW)
def test_a_cut_answer_is_explained_as_far_as_it_came(name: str) -> None:
    """Cut after any character, an answer is explained without a fault, and without a section that isn't there yet."""
    whole = of(RAW[name])
    for end in range(len(RAW[name])):
        assert len(of(RAW[name][:end])) <= len(whole)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("lpm/validate_rmc_down_HSCLA246.txt", [("HSCLA246", None)]),
        ("lpm/vios_detailed_error_rc83.txt", [("OSRC-83", 83)]),
        ("hmc/dlpar_io_remove_HSCL2929.txt", [("HSCL2929", 3)]),
        ("hmc/dlpar_mem_remove_HSCL2932.txt", [("HSCL2932", 255)]),
        ("hmc/error_lpar_not_found_v10r3.txt", [("HSCL8012", None)]),
        ("hmc/error_mempool_ams_unsupported_v11r2.txt", [("HSCLA4A0", None)]),
        ("hmc/error_missing_m_v10r3.txt", [("HSC-NOCODE-1", None)]),
        ("hmc/error_sriov_v10r3m1060.txt", [("HSCL1288", None), ("HSCL1295", None), ("HSCL1293", None)]),
        ("hmc/error_system_not_operating.txt", [("HSCL0238", None)]),
        ("hmc/no_results_v10r3.txt", [("HSC-NOCODE-2", None)]),
        ("hmc/ssh_account_lockout.txt", [("SSH-LOCK", None)]),
    ],
)
def test_other_captures_are_explained(file: str, expected: list[tuple[str, int | None]]) -> None:
    """Captures from other machines, read where they lie, are known by code."""
    if not (SHARED / file).exists():
        pytest.skip("no captures in ../shared")
    found = of((SHARED / file).read_text(encoding="utf-8"))
    assert [(f.code, f.os_rc) for f in found] == expected
    assert all(f.known for f in found)


def test_a_finding_is_out_before_the_answer_ends() -> None:
    """The line that completes a message gives its finding, while the next block is still coming."""
    explainer, out = Explainer(), []
    for line in RAW["hscla356-vscsi-rc85"].splitlines():
        out += [finding.code for finding in explainer.feed(line)]
        if line.startswith("HSCLA29A"):
            assert out == ["HSC-NOCODE-4", "HSCLA356"]
    assert [finding.code for finding in explainer.close()] == ["HSCLA29A"]


def test_return_codes_of_a_detail_block_are_explained() -> None:
    """RMC and OS return code are read, looked up, and the one that decides explains the block."""
    block = of(RAW["hscla356-vscsi-rc85"])[-1]
    assert [(code.code, code.known) for code in block.returns] == [("RMCRC-0", True), ("OSRC-85", True)]
    assert block.returns[1].meaning in block.meaning
    assert block.fixes == block.returns[1].fixes


def test_a_lost_connection_leaves_the_outcome_unknown() -> None:
    """RMC 1141 with OS 0 may have completed: the explanation says so and warns of a repeat."""
    block = of(RAW["hscla257-rmc-1141"])[-1]
    assert (block.rmc_rc, block.os_rc) == (1141, 0)
    assert "may have completed" in block.meaning
    assert "unknown" in block.meaning


def test_an_unknown_return_code_is_called_unknown() -> None:
    """A return code that isn't in the catalogue is kept and not guessed."""
    block = one(
        "HSCLA29A The RMC command failed.\nThe RMC return code is: 0\nThe OS command return code is:\n77\n\nmore"
    )
    assert [(code.code, code.known, code.meaning) for code in block.returns][1] == ("OSRC-77", False, "")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("HSCLA224 The partition cannot", ("HSCLA224",)),
        ("HSCL127D: HSCL1288 logical port 1 is already assigned", ("HSCL127D", "HSCL1288")),
        ("HSCL127D:\nHSCL1288 logical port 1", ("HSCL127D", "HSCL1288")),
        ("REST0126 [HSCL0617 too much memory]", ("REST0126", "HSCL0617")),
        ("REST0126\n[HSCL0617 too much memory]", ("REST0126", "HSCL0617")),
        ("REST0126 [HSCL127D: HSCL1288 logical port]", ("REST0126", "HSCL127D", "HSCL1288")),
        ("HSCLA318 The command failed with the following error:\nHSCLA335 The HMC", ("HSCLA318", "HSCLA335")),
        ("HSCLA318 The command failed with the following error:\n\nHSCLA335 The HMC", ("HSCLA318", "HSCLA335")),
        ("HSCLA318 The command failed with the following error: HSCL\nA335 The HMC", ("HSCLA318", "HSCLA335")),
        ("HSCLA318 命令失败，错误如下：HSCLA335 管理控制台", ("HSCLA318", "HSCLA335")),
        ("HSCLA318 a following error: HSCL127D: HSCL1288 port", ("HSCLA318", "HSCL127D", "HSCL1288")),
        ("HSCLA318 The command failed. See: HSCLA335", ("HSCLA318",)),
        ("HSCLA246 No contact, see HSCLA297 for more.", ("HSCLA246",)),
        ("HSCLA246 No contact, see\nHSCLA297 for more.", ("HSCLA246",)),
        ("HSCLA246 No contact (HSCLA297) there.", ("HSCLA246",)),
        ("HSCLFFFF It failed with the following error: HSCLA335 The HMC", ("HSCLFFFF", "HSCLA335")),
        ("2024-05-01T10:00:00Z HSCL8012 The partition", ("HSCL8012",)),
        ("[Jan 02 02:20:22] HSCL8012 The partition", ("HSCL8012",)),
        ("VIOSE03FF0000-0149 Unhandled firmware error", ("VIOSE03FF0000-0149",)),
        ("VIOS0014 busy", ("VIOS0014",)),
        ("PVME01050905-0875 RMC", ("PVME01050905-0875",)),
    ],
)
def test_codes_nest(text: str, path: tuple[str, ...]) -> None:
    """The path leads from the outermost code to the cause; a mere mention is no cause."""
    finding = one(text)
    assert (finding.path, finding.code, finding.known) == (path, path[-1], True)


def test_an_unknown_cause_in_a_known_wrapper_is_unknown() -> None:
    """The innermost code decides: the wrapper's explanation is not passed off as its own."""
    finding = one("HSCLA318 The command failed with the following error: HSCLFFFF Something new")
    assert (finding.path, finding.known, finding.meaning) == (("HSCLA318", "HSCLFFFF"), False, "")


@pytest.mark.parametrize("heading", ["Errors:", "errors: ", "ERROR:", "Error :", "  Errors:\t"])
def test_sections_are_recognised(heading: str) -> None:
    """Headings count in singular and plural, in any case, with blanks around."""
    found = of(f"{heading}\nHSCLA224 a\nDetail:\nHSCLA297 b\nWARNINGS:\nHSCLA246 c")
    assert [f.section for f in found] == [Section.ERROR, Section.DETAIL, Section.WARNING]
    assert [f.is_error for f in found] == [True, False, False]


def test_a_heading_on_the_line_of_a_code_counts_for_that_message() -> None:
    """`Warning: HSCLA246 …` is a warning, and what comes after it isn't one for that."""
    assert [f.section for f in of("Warning: HSCLA246 x\nHSCLA224 y")] == [Section.WARNING, None]


def test_another_language_is_explained_by_code() -> None:
    """Headings that we can't read give no finding of their own and no section; the codes are explained."""
    found = of(
        "错误：\nHSCLA340 管理控制台可能无法复制\n详细信息：\nHSCLA297 功能位\n\nWarnung:\n\nHSCLA246 keine Verbindung"
    )
    assert [(f.code, f.section, f.known) for f in found] == [
        (c, None, True) for c in ("HSCLA340", "HSCLA297", "HSCLA246")
    ]
    assert not any("：" in f.text or "Warnung" in f.text for f in found)


@pytest.mark.parametrize("width", [12, 31, 60, 200])
@pytest.mark.parametrize("name", [name for name in RAW if name.startswith("uncoded")] + ["hscla318-ame-capability"])
def test_wrapping_does_not_matter(name: str, width: int) -> None:
    """A message is recognised at whatever column it is wrapped, also in the middle of a word."""
    heading = "Errors:\n" if RAW[name].startswith("Errors:\n") else ""
    words = " ".join(RAW[name].removeprefix(heading).split())
    sliced = [words[n : n + width] for n in range(0, len(words), width)]
    for lines in (textwrap.wrap(words, width), sliced):
        assert told(of(heading + "\n".join(lines))) == told(of(RAW[name]))


def test_messages_without_codes_are_told_apart() -> None:
    """Two known messages in one paragraph are two findings, also behind a coded one."""
    text = "Errors:\nHSCLA224 Not supported.\nThere is not enough memory: Obtained: 1, Required: 2.\n"
    text += "An unknown error occurred while trying to perform\nthis command. Retry the command."
    assert [f.code for f in of(text)] == ["HSCLA224", "HSC-NOCODE-6", "HSC-NOCODE-7"]


def test_the_words_before_a_failed_check_belong_to_it() -> None:
    """What leads up to HSCLA257 is part of it, with whatever the partition printed; what comes after it is not."""
    lead = "The operation to check partition p for migration readiness has failed.\nThe partition standard error is:\n"
    check, after = of(f"Errors:\n{lead}oops\n\nmore\n\nHSCLA257 It refused.\n\nSomething else")
    assert (check.code, check.text) == ("HSCLA257", f"{lead}oops\n\nmore\n\nHSCLA257 It refused.")
    assert (after.code, after.text) == (None, "Something else")
    assert [f.code for f in of(f"{lead}\nHSCLA246 Another")] == [None, "HSCLA246"]


def test_an_unknown_paragraph_is_shown_raw() -> None:
    """Words that we don't know are kept as they are; in an errors section they stand in the way."""
    outside, inside = of("First line\n second line\n\nErrors:\nSomething else")
    assert (outside.code, outside.known, outside.is_error) == (None, False, False)
    assert outside.text == "First line\n second line"
    assert (inside.section, inside.is_error) == (Section.ERROR, True)


@pytest.mark.parametrize(
    "text", ["", "\n \n\t\n", "$", "hscroot@hmc1:~> ", "hscroot@hmc1:~> migrlpar -o v", "Errors:\n"]
)
def test_nothing_is_found_in_nothing(text: str) -> None:
    """Blank lines, prompts and bare headings are no findings."""
    assert of(text) == []


def test_a_vios_block_belongs_to_the_message_it_stands_in() -> None:
    """VIOS_DETAILED_ERROR fills in the return code of its message; alone it is a finding of its own."""
    detail = (
        "VIOS_DETAILED_ERROR\nThere are no FC adapters\n\nReturning from npiv_dest_adapter rc=83\nEnd Detailed Message."
    )
    inside, after = of(f"HSCLA356 The VIOS cannot host it.\n{detail}\n\nHSCLA246 x")
    assert (inside.code, inside.os_rc, after.os_rc) == ("HSCLA356", 83, None)
    assert inside.returns[0].meaning in inside.meaning
    assert [(f.code, f.os_rc, f.known) for f in of(detail)] == [("OSRC-83", 83, True)]
    assert [(f.code, f.known) for f in of(detail.replace("83", "84"))] == [("OSRC-84", False)]
    assert [f.code for f in of(detail.replace("rc=83", ""))] == [None]


def test_an_endless_message_is_bounded() -> None:
    """Of a message without end the beginning is kept, and it says that it was cut."""
    for text in ("HSCLA29A x\n" + "y\n" * 20_000, "HSCL8012 " + "z" * 3_000_000, "w" * 3_000_000):
        finding = one(text)
        assert len(finding.text) <= TEXT_LIMIT
        assert finding.text.endswith(CUT)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_nothing_upsets_it_and_nothing_is_invented(text: str) -> None:
    """Whatever is fed, findings come, each with words that stand in the text, bounded and consistent."""
    for finding in of(text):
        assert bare(finding.text.removesuffix(CUT)) in bare(text)
        assert len(finding.text) <= TEXT_LIMIT
        assert finding.path[-1:] == ((finding.code,) if finding.code else ())
        assert finding.known or not finding.meaning
        finding.model_dump_json()


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_how_lines_are_handed_over_does_not_matter(text: str) -> None:
    """Line by line with or without line ends, or all at once: the same findings."""
    explainer = Explainer()
    at_once = [*explainer.feed(text), *explainer.close()]
    assert at_once == list(explain(text.removesuffix("\n").split("\n")))
    assert at_once == list(explain(line + "\n" for line in text.removesuffix("\n").split("\n")))
