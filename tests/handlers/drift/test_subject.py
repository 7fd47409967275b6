"""What is watched is called by its own name, and by its frame where that isn't one thing's alone."""

from __future__ import annotations

import pytest

from handlers.drift.source import Kind
from handlers.drift.subject import UnknownSubject, called, everything, kind_of, pairs, sent
from handlers.place import VIOS, Place, hosts_that_match
from tests.house.walk import OneHmc

HOST = Place(host="db01", name="db01", system="p72")


class Listed(OneHmc):
    """Two frames with a VIOS of one name, and one whose name is a host's."""

    def hosts(self, pattern: str) -> tuple[Place, ...]:
        return hosts_that_match([HOST, Place(host="p75", name="x")], pattern)

    def host(self, name: str) -> Place:
        return self.hosts(name)[0]

    def managed(self) -> tuple[str, ...]:
        return ("p72", "p75")

    def partitions(self, system: str | None = None) -> tuple[Place, ...]:
        names = (("p72", "vio1"), ("p75", "vio1"), ("p72", "p72vio2"), ("p75", "db01"))
        return tuple(Place(hmc="hmc1", system=system, name=name, env=VIOS) for system, name in names)


def test_a_name_that_is_taken_is_told_apart_by_the_frame() -> None:
    """Never guessed, and never two things under one name."""
    there = everything(Listed())
    assert {name: (kind_of(place), place.system) for name, place in there.items()} == {
        "db01": (Kind.AIX, "p72"), "p75": (Kind.AIX, ""), "p72:vio1": (Kind.VIOS, "p72"),
        "p75:vio1": (Kind.VIOS, "p75"), "p72vio2": (Kind.VIOS, "p72"), "p75:db01": (Kind.VIOS, "p75"),
        "p72": (Kind.SYSTEM, "p72"), "frame:p75": (Kind.SYSTEM, "p75"),
    }  # fmt: skip
    assert all(called(Listed(), name) == place for name, place in there.items())
    assert called(Listed(), "p72:p72vio2") == there["p72vio2"], "by its frame too, whether it has to be or not"
    with pytest.raises(UnknownSubject, match="vio1"):
        called(Listed(), "vio1")


def test_each_is_asked_the_way_that_it_is_reached() -> None:
    """A host by itself, a VIOS by its HMC, and its HMC about a managed system."""
    there = everything(Listed())
    assert (sent(there["db01"], ("no", "-F")).host, sent(there["db01"], ("no", "-F")).argv) == ("db01", ("no", "-F"))
    assert sent(there["p72vio2"], ("lsmap", "-all")).argv == (
        "viosvrcmd", "-m", "p72", "-p", "p72vio2", "-c", "lsmap -all",
    )  # fmt: skip
    assert sent(there["p72"], ("lslic",)).argv == ("lslic", "-m", "p72")
    assert sent(there["p72"], ("lslic",)).host == there["p72"].hmc


class Crowded(OneHmc):
    """A frame with four VIOS, of which one has the name of another frame's; and two frames with two each."""

    def managed(self) -> tuple[str, ...]:
        return ("p72", "p75", "p80")

    def hosts(self, pattern: str) -> tuple[Place, ...]:
        return hosts_that_match([HOST], pattern)

    def partitions(self, system: str | None = None) -> tuple[Place, ...]:
        listed = {"p72": ("a1", "a2", "b1", "vio2"), "p75": ("vio1", "vio2"), "p80": ("c1", "c2")}
        return tuple(
            Place(hmc="hmc1", system=frame, name=name, env=VIOS) for frame, names in listed.items() for name in names
        )


def test_of_more_than_two_vios_those_are_a_pair_that_bridge_for_each_other() -> None:
    """Each two once, under the names that they are called by; one alone, or one that isn't listed, is no pair."""
    of_two = {"p75:vio2+vio1": ("p75:vio2", "vio1"), "c1+c2": ("c1", "c2")}
    assert pairs(Crowded(), {}) == of_two
    found = {("a1", "a2"), ("b1", "vio2"), ("b1",), ("a1", "gone")}
    assert pairs(Crowded(), {"p72": found, "p75": {("vio1", "vio2")}, "p80": {("c1",)}, "p99": {("x", "y")}}) == {
        **of_two, "a1+a2": ("a1", "a2"), "b1+p72:vio2": ("b1", "p72:vio2"),
    }  # fmt: skip
