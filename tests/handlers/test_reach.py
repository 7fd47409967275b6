"""By which names rules find what was asked for, however it was asked for."""

from __future__ import annotations

from handlers.hmc.consoles import Levels
from handlers.place import Place
from tests.house.walk import OneHmc


class Two(OneHmc):
    """Two HMCs."""

    def hmcs(self) -> tuple[Place, ...]:
        return (Place(hmc="hmc1"), Place(hmc="hmc2"))


def test_a_read_of_every_hmc_names_each() -> None:
    """Nobody types them, and a rule about one of them holds all the same."""
    assert Levels().reach(Two()) == ("hmc1", "hmc2")
