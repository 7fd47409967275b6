"""What is written and kept: a file that is there is no proof that its writing ended well."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.app import CATALOG
from handlers import grammar
from handlers.operation import Ending
from handlers.padmin.archives import BackUp
from policies.words import Effect
from tests.handlers.padmin.lab import Lab


@pytest.fixture
def lab() -> Lab:
    """With a pool and a repository in it."""
    lab = Lab()
    lab.padmin("mksp clienthd hdisk14")
    lab.padmin("mkrep -sp clienthd -size 15G")
    return lab


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("backup p75vio1 file=/nim/vios.mksysb mksysb=yes", "backupios"),
        ("backup-config p75vio1 file=friday", "viosbr -backup"),
        ("save-structure p75vio1 clienthd", "savevgstruct"),
        ("make-media p75vio1 fedora10 file=/var/images/fedora10.iso", "mkvopt"),
        ("scan p75vio1", "cfgdev"),
    ],
)
def test_what_ended_badly_is_not_verified_by_what_it_left(lab: Lab, text: str, line: str) -> None:
    """What was cut short is there as a whole one is; nothing shows that devices were looked for."""

    def cut_short(said: str) -> tuple[str, int] | None:
        if not said.startswith(line):
            return None
        lab.padmin(said)
        return "0511-089 no space\n", 1

    failed = lab.ask(text, fault=cut_short)
    assert failed.report.ending is Ending.FAILED, failed.told
    assert failed.report.headline == "refused: it didn't end well"
    assert "whether it ended well can't be told any more" in lab.ask(text, look=True).told


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("backup p75vio1 file=/nim/vios.mksysb mksysb=yes", "remove it on the VIOS first"),
        ("backup p75vio1 file=/nim", "remove it on the VIOS first"),
        ("backup-config p75vio1 file=friday", "remove it on the VIOS first"),
        ("save-structure p75vio1 clienthd", "/vios replace-structure p75vio1 clienthd"),
    ],
)
def test_nothing_is_written_over(lab: Lab, text: str, instead: str) -> None:
    """The second time it is there: nobody is asked, nothing is sent, and no parameter says otherwise."""
    assert lab.ask(text).report.ending is Ending.SUCCEEDED
    again = lab.ask(text)
    assert (again.report.ending, again.plan, again.sent) == (Ending.FAILED, None, [])
    assert "isn't there yet" in again.report.headline
    assert instead in again.told
    faults = grammar.read(CATALOG, "vios", f"{text} overwrite=yes")
    assert isinstance(faults, list)
    assert "overwrite" in faults[0].said


@pytest.mark.parametrize("mksysb", ["yes", "no"])
@pytest.mark.parametrize(
    "path",
    ["/etc/security/passwd", "/etc", "/usr/lib/a", "/var/adm/a", "/dev/hd4", "/home/Padmin/a", "/home", "/unix"],
)
def test_the_vios_own_system_is_no_place_for_a_backup(path: str, mksysb: str) -> None:
    """Refused as it is typed, with where it may go."""
    faults = grammar.read(CATALOG, "vios", f"backup p75vio1 file={path} mksysb={mksysb}")
    assert isinstance(faults, list)
    (fault,) = faults
    assert "back up to a mounted directory, or below /home/padmin/" in fault.said
    with pytest.raises(ValueError, match="own system"):
        BackUp(vios="p75vio1", file=path)


@pytest.mark.parametrize("path", ["/nim/a", "/etcetera/a", "/home/padmin/a", "/var/vio/a", "/backup/var/a"])
def test_other_places_take_one(path: str) -> None:
    """Also those that only look like the system's."""
    assert BackUp(vios="p75vio1", file=path, mksysb=True).called == path


def test_an_image_doesnt_go_into_the_root_directory(lab: Lab) -> None:
    """It would fill up what the VIOS lives on: nobody is asked."""
    refused = lab.ask("backup p75vio1 file=/nim mksysb=yes")
    assert (refused.plan, refused.sent) == (None, [])
    assert refused.report.headline == "can't: it goes into a directory, as / itself is the VIOS's own"


@pytest.mark.parametrize("day", [9, 10])
def test_a_structure_is_saved_anew_in_place_of_the_old_one(lab: Lab, day: int) -> None:
    """The new one is told by its minute, on any day; approvers see which one goes, and that nothing brings it back."""
    lab.now = datetime(2026, 3, day, 2, tzinfo=UTC).timestamp()
    text = "replace-structure p75vio1 clienthd"
    assert "isn't: /vios save-structure p75vio1 clienthd" in lab.ask(text).told
    lab.padmin("savevgstruct clienthd")
    assert "it is of this minute: ask in another" in lab.ask(text).told
    assert "/vios replace-structure p75vio1 clienthd writes it anew" in lab.ask("save-structure p75vio1 clienthd").told
    lab.now += 60
    lied = lab.ask(text, fault=lambda line: ("done\n", 0) if line.startswith("savevgstruct") else None)
    assert lied.report.ending is Ending.FAILED
    assert "still that of" in lied.told
    anew = lab.ask(text)
    assert anew.sent == ["savevgstruct clienthd"]
    assert anew.report.ending is Ending.SUCCEEDED, anew.told
    assert anew.shown.commands[0].effect is Effect.DESTROYS
    assert anew.shown.undo == "no operation of mine takes it back"
    assert "the old one goes: clienthd.data, 51200 bytes of" in anew.shown.moves
    assert "nogroup is a volume group" in lab.ask("replace-structure p75vio1 nogroup").told
