"""Disks, backing devices and drives are given to clients and taken back: what is looked at first, and what decides."""

from __future__ import annotations

import pytest

from handlers.operation import Ending
from tests.handlers.padmin.lab import Lab

SPARE, OTHER = "hdisk14", "hdisk15"  # of p75vio1; nobody uses them


@pytest.fixture
def lab() -> Lab:
    return Lab()


def test_a_disk_is_given_and_taken_back(lab: Lab) -> None:
    """The exact command, whose it becomes, and the way back; success is what lsmap tells at the end."""
    given = lab.ask(f"map-disk p75vio1 {SPARE} vhost0 name=wd_c3_hd3")
    assert given.sent == [f"mkvdev -vdev {SPARE} -vadapter vhost0 -dev wd_c3_hd3"]
    assert given.shown.affected == ("billing01",)
    assert given.shown.locks == ("partition p75vio1 on p75", "partition billing01 on p75")
    assert given.shown.undo == "/vios unmap p75vio1 wd_c3_hd3"
    assert given.facts["the reserve policy of hdisk14 fits"] == "no_reserve; billing01 has disks by p75vio2 too"
    assert given.facts["vhost0 is a server SCSI adapter of p75vio1"] == "it serves billing01"
    assert given.report.ending is Ending.SUCCEEDED, given.told
    assert "p75vio1 gives hdisk14 to billing01 by vhost0 as wd_c3_hd3" in given.report.headline
    print(given.told, given.read)
