"""By which names rules find what was asked for, however it was asked for."""

from __future__ import annotations

import pytest

from handlers import vios
from handlers.hmc.consoles import Levels
from handlers.lpm import operations as lpm
from handlers.operation import Operation
from handlers.partitions import UnknownId
from handlers.place import Place
from tests.house.fleetbook import Fleetbook
from tests.house.walk import OneHmc


class Two(OneHmc):
    """Two HMCs."""

    def hmcs(self) -> tuple[Place, ...]:
        return (Place(hmc="hmc1"), Place(hmc="hmc2"))


def test_a_read_of_every_hmc_names_each() -> None:
    """Nobody types them, and a rule about one of them holds all the same."""
    assert Levels().reach(Two()) == ("hmc1", "hmc2")


BY_ID = [
    (lpm.Migrate(id=3, source="p72", destination="p75"), "db01"),
    (lpm.Stop(id=3, source="p72"), "db01"),
    (vios.Shutdown(id=2, system="p72"), "p72vio2"),
]


@pytest.mark.parametrize(("operation", "name"), BY_ID)
def test_an_id_hides_no_name(operation: Operation, name: str) -> None:
    """A rule about the partition holds for who asks by its id; on another frame the id is another's."""
    assert name not in operation.targets()
    assert {name, "p72"} <= set(operation.reach(Fleetbook()))


@pytest.mark.parametrize(("operation", "name"), BY_ID)
def test_an_id_that_nobody_has_is_refused(operation: Operation, name: str) -> None:
    """Rather than judged without a name, and nothing is sent; those that are there are told."""
    nobody = operation.model_copy(update={"id": 60000})
    with pytest.raises(UnknownId):
        nobody.reach(Fleetbook())
    with pytest.raises(UnknownId) as refused:
        next(nobody.flow(Fleetbook()))
    assert name in refused.value.because
