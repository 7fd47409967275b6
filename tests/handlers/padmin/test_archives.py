"""What is written and kept: a file that is there is no proof that its writing ended well."""

from __future__ import annotations

import pytest

from handlers.operation import Ending
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
