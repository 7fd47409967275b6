"""Virtual optical media: the repository, what is in it, and the drives that it is loaded into."""

from __future__ import annotations

import pytest

from handlers.operation import Ending
from policies.words import Effect
from tests.handlers.padmin.lab import Lab


@pytest.fixture
def lab() -> Lab:
    lab = Lab()
    lab.padmin("mksp clienthd hdisk14")
    return lab


@pytest.fixture
def shelf(lab: Lab) -> Lab:
    """With a repository, two media in it, and a drive that billing01 has."""
    lab.padmin("mkrep -sp clienthd -size 15G")
    lab.padmin("mkvopt -name written -size 1G")
    lab.padmin("mkvopt -name fedora10 -file /var/images/fedora10.iso -ro")
    lab.padmin("mkvdev -fbo -vadapter vhost0 -dev shiva_dvd")
    return lab


def refusal(lab: Lab, text: str) -> str:
    """Nothing was planned, nothing sent."""
    walked = lab.ask(text)
    assert (walked.plan, walked.sent, walked.report.ending) == (None, [], Ending.FAILED), walked.told
    return walked.told


def test_a_repository_is_made_grows_and_goes(lab: Lab) -> None:
    """How much it grew is told by what it had before; a look can only tell what it has."""
    made = lab.ask("make-repository p75vio1 clienthd size=15G")
    assert made.sent == ["mkrep -sp clienthd -size 15G"]
    assert made.report.ending is Ending.SUCCEEDED, made.told
    grown = lab.ask("grow-repository p75vio1 by=5G")
    assert grown.sent == ["chrep -size 5G"]
    assert grown.report.ending is Ending.SUCCEEDED, grown.told
    assert "which has 15360 MB, grows by 5G" in grown.shown.moves
    lied = lab.ask("grow-repository p75vio1 by=5G", fault=lambda line: ("", 0) if line.startswith("chrep") else None)
    assert lied.report.headline == "it exited well, and yet: the media repository grew by 0 MB"
    assert (
        "on p75vio1 on p75 the media repository has 20480 MB"
        in lab.ask("grow-repository p75vio1 by=5G", look=True).told
    )
    gone = lab.ask("remove-repository p75vio1")
    assert gone.sent == ["rmrep"]
    assert gone.report.ending is Ending.SUCCEEDED, gone.told


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("file=/var/images/a.iso", "-file /var/images/a.iso -ro"),
        ("device=cd0", "-dev cd0 -ro"),
        ("", "-dev cd0 -ro"),
        ("size=1G", "-size 1G"),
        ("file=/var/images/a.iso writable=yes", "-file /var/images/a.iso"),
    ],
)
def test_a_medium_comes_from_one_place(shelf: Lab, text: str, sent: str) -> None:
    """An image, a disc, or nothing yet; what is copied can only be read unless it is said."""
    made = shelf.ask(f"make-media p75vio1 AIX61TL3 {text}")
    assert made.sent == [f"mkvopt -name AIX61TL3 {sent}"]
    assert made.report.ending is Ending.SUCCEEDED, made.told
    assert made.shown.undo == "/vios remove-media p75vio1 AIX61TL3"


def test_a_medium_is_loaded_and_taken_out(shelf: Lab) -> None:
    """Whose drive it is, and what is in it afterwards."""
    loaded = shelf.ask("load p75vio1 shiva_dvd fedora10")
    assert loaded.sent == ["loadopt -vtd shiva_dvd -disk fedora10"]
    assert loaded.shown.affected == ("billing01",)
    assert loaded.report.ending is Ending.SUCCEEDED, loaded.told
    assert shelf.ask("load p75vio1 shiva_dvd fedora10").sent == []
    assert "fedora10" in refusal(shelf, "load p75vio1 shiva_dvd written")
    assert "fedora10" in refusal(shelf, "unmap p75vio1 shiva_dvd")
    assert "shiva_dvd of billing01" in refusal(shelf, "remove-media p75vio1 fedora10")
    assert "fedora10 in shiva_dvd" in refusal(shelf, "remove-repository p75vio1 media=yes")
    out = shelf.ask("unload p75vio1 shiva_dvd release=yes")
    assert out.sent == ["unloadopt -vtd shiva_dvd -release"]
    assert out.shown.commands[0].effect is Effect.DISRUPTS
    assert out.report.offers[0].text == "load p75vio1 shiva_dvd fedora10"
    assert shelf.ask("unload p75vio1 shiva_dvd").sent == [], "it is empty already"
    assert shelf.ask("remove-media p75vio1 fedora10").sent == ["rmvopt -name fedora10"]


def test_what_can_be_written_is_loaded_once(shelf: Lab) -> None:
    """Two partitions that write to it would spoil it."""
    shelf.padmin("mkvdev -fbo -vadapter vhost1 -dev other_dvd")
    shelf.padmin("loadopt -vtd other_dvd -disk written")
    assert "rw, loaded into other_dvd" in refusal(shelf, "load p75vio1 shiva_dvd written")


def test_what_isnt_there_is_said(shelf: Lab) -> None:
    """No such drive or medium, a whole disk's target, a second repository, a medium of the same name."""
    assert "there are shiva_dvd" in refusal(shelf, "load p75vio1 billing01_rvg fedora10")
    assert "there are fedora10, written" in refusal(shelf, "load p75vio1 shiva_dvd nothing")
    assert "one of 15360 MB in clienthd" in refusal(shelf, "make-repository p75vio1 rootvg size=1G")
    assert "there is one of" in refusal(shelf, "make-media p75vio1 written size=1G")
    assert "MB are free" in refusal(shelf, "make-media p75vio1 big size=900G")
    assert "fedora10, written" in refusal(shelf, "remove-repository p75vio1")


def test_without_a_repository_there_is_nothing_to_load(lab: Lab) -> None:
    """That there is none is an answer, and told; what can't be read is neither."""
    assert "there is none" in refusal(lab, "grow-repository p75vio1 by=1G")
    assert "there is none" in refusal(lab, "make-media p75vio1 AIX61TL3")
    garbled = lab.ask("make-media p75vio1 AIX61TL3", fault=lambda line: ("no\n", 1) if line == "lsrep" else None)
    assert "lsrep couldn't be read" in garbled.told
