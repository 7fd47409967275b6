"""Files on the HMC and profiles that outlast what runs."""

from __future__ import annotations

import json

import pytest

from handlers.command import Command
from handlers.hmc import keeping, standing
from handlers.hmcout import Unreadable
from handlers.operation import Ending
from policies.words import Effect
from tests.handlers.hmc.test_running import drive
from tests.house.lab_frame import LabFrame
from tests.house.tree import ROOT


def test_a_listing_is_names_alone() -> None:
    """A name on each line, none where the folder is empty; a refusal of `ls` is no name."""
    assert keeping.files("before_patch\ninitBackup\n") == ("before_patch", "initBackup")
    assert keeping.files("") == ()
    for odd in ("ls: cannot access '/var': No such file or directory\n", "a\n\nb\n", "\x1b[0m\n", "/var/hsc/a\n"):
        with pytest.raises(Unreadable):
            keeping.files(odd)


@pytest.mark.parametrize("text", ["backup-profiles p72 before", "sysplan p72 before.sysplan"])
def test_nothing_is_written_over(text: str) -> None:
    """The second time the file is there already, and nothing is sent."""
    frame = LabFrame()
    assert drive(text, frame)[0].ending is Ending.SUCCEEDED
    report, plan, sent = drive(text, frame)
    assert report.headline == f"can't: there is no {text.split()[-1]} yet"
    assert (plan, sent) == (None, [])


@pytest.mark.parametrize("text", ["backup-profiles p72 before", "sysplan p72 before.sysplan"])
def test_a_file_that_was_cut_short_is_no_backup(text: str) -> None:
    """It is listed as a whole one is: how the command ended decides."""
    frame = LabFrame()

    def cut_short(command: Command) -> tuple[str, int] | None:
        return (frame.typed(command.argv)[0], 1) if command.effect > Effect.READS else None

    frame.said = cut_short
    report, _, _ = drive(text, frame)
    assert (report.ending, report.headline) == (Ending.FAILED, "refused: it didn't end well")


def test_a_profile_that_follows_already_is_left_alone() -> None:
    """Twice is once."""
    frame = LabFrame()
    drive("sync-profile db01 on", frame)
    report, _, sent = drive("sync-profile db01 on", frame)
    assert (report.headline, sent) == ("db01: it is so already; nothing was sent", [])


def test_a_partition_stands_as_it_is_recorded() -> None:
    """By the attributes that every level has, and the profile by the one that runs or else the default."""
    text = (ROOT / "tests/recorded/lssyscfg-lpar-all/db01.raw").read_text(encoding="utf-8")
    (found,) = standing.parsed(text, "p72")
    rows = dict(json.loads((ROOT / "tests/recorded/lssyscfg-lpar-all/db01.json").read_text(encoding="utf-8")))
    assert (found.name, found.id, found.state, found.rmc) == tuple(
        rows[each] for each in ("name", "lpar_id", "state", "rmc_state")
    )
    assert (found.answers, found.is_vios, found.profile, found.synced) == (True, False, "default_profile", False)
    assert standing.parsed("No results were found.\n", "p72") == ()
    for gone in ("lpar_id=", "lpar_env=", "state="):
        with pytest.raises(Unreadable):
            standing.parsed(text.replace(gone, "other=", 1), "p72")
