"""SSH keys between HMCs: the way in is tested, and nobody's password is asked for or sent."""

from __future__ import annotations

import pytest

from handlers.command import Command
from handlers.hmc.keys import UnknownHmc
from handlers.operation import Ending, Report
from handlers.plan import Plan
from policies.words import Effect
from tests.handlers.hmc.test_running import Oslo, drive, read
from tests.house.lab_frame import LabFrame

KEYS = ["test-keys", "exchange-keys"]


@pytest.mark.parametrize("verb", KEYS)
def test_an_open_way_is_told(verb: str) -> None:
    """The question alone is sent."""
    frame = LabFrame()
    report, plan, _ = drive(f"{verb} hmc-oslo hmc-arizona user=hscroot", frame)
    assert (report.ending, plan) == (Ending.SUCCEEDED, None)
    assert report.headline == "the way from hmc-oslo to hmc-arizona as hscroot is open: it gets in with its key"
    assert frame.sent == [("mkauthkeys", "--ip", "hmc-arizona", "-u", "hscroot", "--test")]


def test_a_closed_way_is_told_with_what_opens_it() -> None:
    """The code is explained, and the exact words stand there for who types the password."""
    report, _, _ = drive("test-keys hmc-oslo hmc-arizona user=hscpe")
    assert (report.ending, report.headline) == (
        Ending.FAILED,
        "the way from hmc-oslo to hmc-arizona as hscpe is closed",
    )
    assert [finding.code for finding in report.findings] == ["HSCL3653"]
    frame = LabFrame()
    report, _, _ = drive("exchange-keys hmc-oslo hmc-arizona user=hscpe", frame)
    assert report.headline.endswith("is closed, and I don't open it: that takes a password")
    assert any("mkauthkeys -g --ip hmc-arizona -u hscpe" in line for line in report.lines)
    assert len(frame.sent) == 1


@pytest.mark.parametrize("verb", KEYS)
@pytest.mark.parametrize(
    ("said", "ending"),
    [(("HSCL350B no\n", 1), Ending.FAILED), (("hm\n", 0), Ending.FAILED), (("", None), Ending.UNKNOWN)],
)
def test_what_isnt_an_answer_is_neither(verb: str, said: tuple[str, int | None], ending: Ending) -> None:
    """A refusal without the code, words with status 0, a lost connection."""
    report, _, _ = drive(f"{verb} hmc-oslo hmc-arizona", LabFrame(said=lambda command: said))
    assert report.ending is ending
    assert "can't tell" in report.headline or "unknown" in report.headline


@pytest.mark.parametrize("verb", KEYS)
@pytest.mark.parametrize("way", ["hmc9 hmc-arizona", "hmc-arizona hmc9", "hmc-arizona 10.0.0.9 user=root"])
def test_an_hmc_that_isnt_ours_is_refused(verb: str, way: str) -> None:
    """At either end, before anything is sent: each question is a login there, and three that fail lock the account."""

    class Some(Oslo):
        def hmc_named(self, name: str) -> str | None:
            return name if name == "hmc-arizona" else None

    with pytest.raises(UnknownHmc):
        next(read(f"{verb} {way}").flow(Some()))


def removed(text: str, frame: LabFrame) -> tuple[Report, Plan | None, list[str]]:
    report, steps = frame.drive(read(text).flow(Oslo()))
    plan = next((step for step in steps if isinstance(step, Plan)), None)
    changes = [step for step in steps if isinstance(step, Command) and step.effect > Effect.READS]
    return report, plan, [f"{step.host}: {' '.join(step.argv)}" for step in changes]


REMOVE = "remove-key hmc-arizona hscroot@hmc-oslo user=hscroot"


def test_a_key_is_removed_and_opens_nothing() -> None:
    """What the other HMC says before and after decides, and opening it again is told with its words."""
    frame = LabFrame()
    report, plan, sent = removed(REMOVE, frame)
    assert sent == ["hmc-arizona: mkauthkeys --remove hscroot@hmc-oslo"]
    assert report.ending is Ending.SUCCEEDED, report
    asked = ("mkauthkeys", "--ip", "hmc-arizona", "-u", "hscroot", "--test")
    named = ("lshmc", "-n", "-F", "hostname")
    assert frame.sent == [asked, named, ("mkauthkeys", "--remove", "hscroot@hmc-oslo"), asked]
    assert plan is not None
    assert plan.undo == "no operation of mine takes it back"
    assert [each.text for each in report.offers] == ["exchange-keys hmc-oslo hmc-arizona user=hscroot"]
    again, plan, _ = removed(REMOVE, frame)
    assert (plan, again.ending) == (None, Ending.SUCCEEDED)


def test_a_key_of_another_name_opens_as_before() -> None:
    """A refused removal is one, and so is a good exit status while the other HMC still gets in."""
    called = LabFrame(said=lambda command: ("elsewhere\n", 0) if command.argv[0] == "lshmc" else None)
    report, _, _ = removed("remove-key hmc-arizona hscpe@elsewhere other=hmc-oslo user=hscroot", called)
    assert report.ending is Ending.FAILED
    assert report.headline.startswith("refused: hmc-oslo still gets in")
    lied = LabFrame(said=lambda command: ("", 0) if "--remove" in command.argv else None)
    report, _, _ = removed(REMOVE, lied)
    assert report.headline.startswith("it exited well, and yet: hmc-oslo still gets in")


@pytest.mark.parametrize("said", [("HSCL350B no\n", 1), ("hm\n", 0), ("", None)])
def test_nothing_is_removed_where_nobody_tells_whether_it_gets_in(said: tuple[str, int | None]) -> None:
    """A refusal without the code, words with status 0, a lost connection."""
    report, plan, sent = removed(REMOVE, LabFrame(said=lambda command: said))
    assert (report.ending, plan, sent) == (Ending.FAILED, None, [])


@pytest.mark.parametrize(
    ("key", "hostname", "fits"),
    [
        ("hscbot@bastion", "hmc-oslo\n", False),
        ("hscbot@hmc-oslo2", "hmc-oslo\n", False),
        ("hscroot@hmc7", "hmc7.example.com\n", True),
        ("hscroot@HMC7.example.com", "hmc7\n", True),
        ("hscroot@hmc7", "\n", False),
        ("hscroot@hmc7", "HSCL350B no\n", False),
        ("hscroot@null", "null\n", False),
    ],
)
def test_a_key_that_isnt_that_hmcs_own_stays(key: str, hostname: str, fits: bool) -> None:
    """Whoever says that an HMC has it: by any other somebody else gets in, and I might myself."""
    frame = LabFrame(said=lambda command: (hostname, 0) if command.argv[0] == "lshmc" else None)
    report, _, sent = removed(f"remove-key hmc-arizona {key} other=hmc-oslo user=hscroot", frame)
    assert bool(sent) is fits, report
    if not fits:
        assert report.headline.startswith("can't: ")


def test_a_key_of_somebody_elses_is_left_alone() -> None:
    """Whoever isn't an HMC of ours can't be asked afterwards."""

    class Some(Oslo):
        def hmc_named(self, name: str) -> str | None:
            return name if name == "hmc-arizona" else None

    with pytest.raises(UnknownHmc):
        next(read("remove-key hmc-arizona root@backup01").flow(Some()))
