"""What a migration is asked of its destination: who serves each adapter there, in which pool, under which id."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import CATALOG
from bot.lab.fleet.commands.attributes import settings
from handlers import grammar
from handlers.lpm import data
from handlers.lpm import operations as lpm
from handlers.operation import Ending
from tests.house.fleetbook import Fleetbook

WISHES = "virtual_fc_mappings=21/p75vio2/2/150/fcs0,22//1 dest_lpar_id=44 shared_proc_pool=DefaultPool profile=moved"


def asked(text: str) -> lpm.Migrate:
    read = grammar.read(CATALOG, "lpm", text)
    assert isinstance(read, grammar.Asked), read
    assert isinstance(read.operation, lpm.Migrate)
    return read.operation


def test_who_approves_reads_what_was_asked_of_the_destination() -> None:
    """Each wish is a fact of the plan in words, and the validation before it was given the same data."""
    fleet = Fleetbook()
    _, report = fleet.driven(asked(f"migrate db01 p72 p75 {WISHES}"))
    (plan,) = fleet.plans
    assert {(fact.name, fact.value) for fact in plan.facts} >= {
        ("virtual Fibre Channel adapter 21 is to be served by", "p75vio2 (id 2), its slot 150, port fcs0"),
        ("virtual Fibre Channel adapter 22 is to be served by", "the VIOS of id 1"),
        ("id there", "44"),
        ("profile there", "moved"),
        ("shared processor pool there", "DefaultPool"),
    }
    told = [argv[argv.index("-i") + 1] for argv in (each.command.argv for each in fleet.results) if "-i" in argv]
    assert len(told) == 2
    assert told[0] == told[1]
    assert report.ending is Ending.SUCCEEDED
    there = fleet.world.fleet.systems["p75"].partition("db01")
    assert there is not None
    assert (there.lpar_id, there.profile) == (44, "moved")
    assert next((each.server_id, each.server_slot) for each in there.fc) == (2, 150)


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("virtual_fc_mappings=21/p75vio1/1//fcs1", "slot 21"),
        ("virtual_fc_mappings=99/p75vio1/", "-i"),
        ("virtual_scsi_mappings=11/nobody/", "HSCL8012"),
        ("shared_proc_pool=nowhere", "-i"),
        ("dest_lpar_id=1", "-i"),
    ],
)
def test_what_cannot_be_is_refused_before_anybody_is_asked(wish: str, said: str) -> None:
    """The validation refuses it with the HMC's own words, and there is no plan."""
    fleet = Fleetbook()
    _, report = fleet.driven(asked(f"migrate {'db01' if '_fc_' in wish else 'app01'} p72 p75 {wish}"))
    assert (report.ending, fleet.plans) == (Ending.FAILED, [])
    assert any(said in finding.text for finding in report.findings), report


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("virtual_scsi_mappings=11/vio2", "isn't SLOT/VIOS/ID/SLOT-THERE"),
        ("virtual_scsi_mappings=11//", "name the VIOS by its name or its id"),
        ("virtual_scsi_mappings=0/vio2/", "isn't"),
        ("virtual_scsi_mappings=11/vio2//12/fcs0", "isn't"),
        ("virtual_scsi_mappings=11/vio2/,11//1", "slot 11 is mapped twice"),
        ("virtual_fc_mappings=21/vio2//12/hdisk0", "isn't SLOT/VIOS/ID/SLOT-THERE/PORT"),
        ("virtual_fc_mappings=21/vio2/,", "'' isn't"),
        ("virtual_fc_mappings=21/$(reboot)/", "isn't"),
        ("virtual_fc_mappings=21/vio2/,dest_lpar_id=9", "isn't"),
    ],
)
def test_a_mapping_of_another_form_is_told_at_its_parameter(wish: str, said: str) -> None:
    """The entry at fault is named, with the form that is taken; nothing is sent."""
    read = grammar.read(CATALOG, "lpm", f"validate db01 p72 p75 {wish}")
    assert isinstance(read, tuple | list)
    (problem,) = read
    assert said in problem.said, problem.said
    assert problem.facts["name"] == wish.partition("=")[0]


@given(st.lists(st.tuples(st.sampled_from(["source_msp_name", "virtual_fc_mappings"]), st.text("a/,1", min_size=1))))
def test_a_record_is_read_back_as_it_was_given(pairs: list[tuple[str, str]]) -> None:
    """Whatever commas a value holds, each pair stays one."""
    wanted = dict(pairs)
    record = data.record(wanted.items())
    assert (settings(record, "-i") if record else {}).keys() == wanted.keys()
    assert not record or {name: each.value for name, each in settings(record, "-i").items()} == wanted
