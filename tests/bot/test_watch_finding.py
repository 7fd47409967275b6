"""Which pairs there are, and one look at each: against the simulated fleet, by the flows that the watch drives."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.lab.fleet.ethernet import HaMode
from bot.lab.fleet.events import PartitionStopped, SeaChanged
from bot.lab.fleet.generator import fleet_of
from bot.lab.fleet.model import Fleet, Hmc, Partition
from handlers.command import Command, Result
from handlers.heard import Unread
from handlers.sea import looking
from handlers.sea.finding import Discovery, Found, discover
from handlers.sea.looking import is_stale, is_standing, lost, misfit, sides, unreached
from handlers.sea.machine import step
from handlers.sea.pair import NEVER, Side
from policies.words import Effect
from tests.bot.lab.fleet.pair import Pair, add_trunks
from tests.bot.lab.fleet.pair import pair as pair_fleet
from tests.bot.lab.fleet.pair import vios as made
from tests.bot.reading import read

VIOSES = ("p72vio1", "p72vio2")


def found(stage: Pair, known: tuple[Found, ...] = ()) -> Discovery:
    return read(stage.world, discover("hmc", "p72", known))


def looked(stage: Pair, pair: Found) -> tuple[Side, ...]:
    return read(stage.world, sides(pair))


# ── finding ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pair_is_found_by_what_both_say() -> None:
    """Two SEAs, their trunks, the control channel between them, and a key by the least of their networks."""
    stage = Pair()
    (pair,) = found(stage).found
    assert pair.pair.key == "sea/p72/p72vio1+p72vio2/ETHERNET0/1"
    assert [(half.vios, half.sea, half.control) for half in pair.halves] == [
        ("p72vio1", "ent4", ("ETHERNET0", 99)),
        ("p72vio2", "ent4", ("ETHERNET0", 99)),
    ]
    assert [[trunk.pvid for trunk in half.trunks] for half in pair.halves] == [[1, 2], [1, 2]]


def test_one_that_is_down_has_the_part_that_the_lists_give_it() -> None:
    """Found for the first time while one VIOS is off: the pair is whole, and that side isn't named yet."""
    stage = Pair()
    whole = found(stage).found[0].pair.key
    stage.happen(PartitionStopped(system="p72", partition="p72vio2"))
    told = found(stage)
    (pair,) = told.found
    assert (pair.pair.key, pair.halves[1].sea, told.unread) == (whole, "", ())
    assert [trunk.pvid for trunk in pair.halves[1].trunks] == [1, 2]
    assert (looked(stage, pair)[1].answers, misfit(looked(stage, pair))) == (False, "")


def test_a_side_is_named_once_it_answers() -> None:
    """The look says that something is to be found anew, and the pair keeps its key."""
    stage = Pair()
    stage.happen(PartitionStopped(system="p72", partition="p72vio2"))
    (pair,) = found(stage).found
    stage.start("p72vio2")
    stage.now += 3600
    assert is_stale(looked(stage, pair))
    (again,) = found(stage, (pair,)).found
    assert (again.pair.key, again.halves[1].sea) == (pair.pair.key, "ent4")


def test_two_that_are_down_are_told_and_not_guessed() -> None:
    """Nobody can say which SEA their trunks belong to; known before, they stay what they were."""
    stage = Pair()
    known = found(stage).found
    for vios in VIOSES:
        stage.happen(PartitionStopped(system="p72", partition=vios))
    assert (found(stage).found, len(found(stage).unread)) == ((), 2)
    assert "can't tell which SEA bridges VLAN 1, 2, 10, 11, 12, 13 on ETHERNET0" in found(stage).unread[0]
    assert (found(stage, known).found, found(stage, known).gone) == (known, ())


def test_a_pair_keeps_its_key_whatever_its_trunks_become() -> None:
    """Also where a network is added that is less than the one that it is named by."""
    stage = Pair()
    known = found(stage).found
    add_trunks(stage)
    assert is_stale(looked(stage, known[0])), "what was found doesn't fit any more"
    (pair,) = found(stage, known).found
    assert pair.pair == known[0].pair
    assert [len(half.trunks) for half in pair.halves] == [4, 4]
    assert not misfit(looked(stage, pair))


def test_a_pair_of_which_a_half_is_left_is_still_that_pair() -> None:
    """The other half is missed, not forgotten: its VIOS answers and doesn't show it."""
    stage = Pair()
    known = found(stage).found

    def without(command: Command, result: Result) -> Result:
        if not command.argv[-1].startswith("lsmap") or "p72vio2" not in command.argv:
            return result
        bare = [
            f"{','.join(line.split(',')[:2])},NO SHARED ETHERNET ADAPTER FOUND" for line in result.text.splitlines()
        ]
        return replace(result, text="\n".join(bare) + "\n")

    (pair,) = read(stage.world, discover("hmc", "p72", known), garble=without).found
    assert (pair.pair, pair.halves[1]) == (known[0].pair, known[0].halves[1])
    (lone,) = read(stage.world, discover("hmc", "p72"), garble=without).found
    assert lone.pair.vioses == ("p72vio1",), "never known otherwise, it is one without a mate"


def test_a_pair_that_is_gone_is_told() -> None:
    """Both VIOS answer, and neither has it any more."""
    stage = Pair()
    (pair,) = found(stage).found
    other = pair.model_copy(
        update={
            "pair": pair.pair.model_copy(update={"anchor": ("ETHERNET7", 7)}),
            "halves": tuple(half.model_copy(update={"sea": "ent9", "trunks": ()}) for half in pair.halves),
        }
    )
    told = found(stage, (pair, other))
    assert ([each.pair for each in told.found], told.gone) == ([pair.pair], (other,))


@pytest.mark.parametrize("words", [("lssyscfg",), ("lshwres",)])
def test_an_hmc_that_gives_no_list_has_nothing_found_and_nothing_lost(words: tuple[str, ...]) -> None:
    """Unread: not an empty frame, in which every pair would be gone."""
    stage = Pair()

    def garbled(command: Command, result: Result) -> Result:
        return replace(result, text="garbage\n") if command.argv[:1] == words else result

    with pytest.raises(Unread):
        read(stage.world, discover("hmc", "p72"), garble=garbled)


def test_every_pair_of_a_generated_fleet_is_found() -> None:
    """Each frame's two SEAs, whoever leads, once."""
    fleet = fleet_of(frames=5, seed=4)
    stage = Pair(fleet=fleet)
    for system in fleet.systems:
        (pair,) = read(stage.world, discover("hmc01", system)).found
        assert pair.pair.vioses == (f"{system}vio1", f"{system}vio2")
        assert len(pair.clients) > 10


# ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_look_takes_one_command_for_each_side() -> None:
    """While both answer nothing else is asked."""
    stage = Pair()
    (pair,) = found(stage).found
    stage.world.ran.clear()
    assert [side.told.failover.state for side in looked(stage, pair) if side.told and side.told.failover] == [
        "PRIMARY",
        "BACKUP",
    ]
    assert [each.argv[0] for each in stage.world.ran if each.host == "hmc"] == ["viosvrcmd", "viosvrcmd"]


def test_out_of_reach_is_told_apart_from_unreadable() -> None:
    """One that is off has told nothing; one that answers nonsense can't be read; the other is told all the same."""
    stage = Pair()
    (pair,) = found(stage).found

    def garbled(command: Command, result: Result) -> Result:
        return replace(result, text="ent4: garbage\n") if "p72vio1" in command.argv else result

    first, second = read(stage.world, sides(pair), garble=garbled)
    assert (first.told, first.answers, "couldn't be read" in first.why) == (None, True, True)
    assert second.told is not None
    stage.happen(PartitionStopped(system="p72", partition="p72vio1"))
    first, second = looked(stage, pair)
    assert (first.told, first.answers, first.why) == (None, False, "it is Not Activated, RMC inactive")
    assert second.told is not None


def test_a_lost_connection_is_tried_once_more() -> None:
    """A read may be repeated; lost again, it is unreadable, and why is told."""
    stage = Pair()
    (pair,) = found(stage).found
    tries: list[Command] = []

    def gone(command: Command, result: Result) -> Result:
        if "p72vio1" not in command.argv:
            return result
        tries.append(command)
        return result if len(tries) == 2 else replace(result, exit_status=None, text=result.text[:900])

    assert read(stage.world, sides(pair), garble=gone)[0].told is not None
    tries.extend(tries)
    first = read(stage.world, sides(pair), garble=gone)[0]
    assert (first.told, first.answers) == (None, True)
    assert "the connection was lost" in first.why


def test_an_hmc_that_loses_every_answer_is_told_from_a_vios_that_is_out() -> None:
    """Only where its own list is lost as well; where that is read, it says of the VIOS how it stands."""
    stage = Pair()
    (pair,) = found(stage).found

    def hangs(command: Command, result: Result) -> Result:
        return replace(result, exit_status=None, text="")

    def passes_nothing_on(command: Command, result: Result) -> Result:
        return hangs(command, result) if command.argv[0] == "viosvrcmd" else result

    def refuses(command: Command, result: Result) -> Result:
        return hangs(command, result) if command.argv[0] == "viosvrcmd" else replace(result, exit_status=1)

    assert "takes commands and loses their answers" in lost(read(stage.world, sides(pair), garble=hangs))
    assert lost(read(stage.world, sides(pair), garble=passes_nothing_on)) == ""
    assert lost(read(stage.world, sides(pair), garble=refuses)) == ""
    assert lost(looked(stage, pair)) == ""


def test_nobody_is_blamed_where_the_hmc_is_out() -> None:
    """Both sides are out of reach, with the HMC's reason."""
    (pair,) = found(Pair()).found
    assert {(side.answers, side.why, side.told) for side in unreached(pair, "it is off")} == {
        (False, "it is off", None)
    }


# ── what a watch may send ─────────────────────────────────────────────────────────────────────────────────────────


def test_everything_that_finding_and_looking_send_is_standing() -> None:
    """Also what is asked where something is out, and the error logs."""
    stage = Pair()
    sent: list[Command] = []

    def noted(command: Command, result: Result) -> Result:
        sent.append(command)
        return result

    (pair,) = read(stage.world, discover("hmc", "p72"), garble=noted).found
    read(stage.world, looking.log_of(pair, "p72vio1"), garble=noted)
    read(stage.world, looking.settings_of(pair, pair.halves[0]), garble=noted)
    stage.happen(PartitionStopped(system="p72", partition="p72vio1"))
    read(stage.world, sides(pair), garble=noted)
    assert len({each.argv for each in sent}) >= 8
    assert all(map(is_standing, sent))


@pytest.mark.parametrize(
    "command",
    [
        Command(host="h", argv=("viosvrcmd", "-m", "p72", "-p", "v", "-c", "entstat -all ent4; oem_setup_env")),
        Command(host="h", argv=("viosvrcmd", "-m", "p72", "-p", "v", "-c", "entstat -all ent4\nid")),
        Command(host="h", argv=("viosvrcmd", "-m", "p72", "-p", "v", "-c", "chdev -dev ent4 -attr ha_mode=auto")),
        Command(host="h", argv=("viosvrcmd", "-m", "p72", "-p", "v", "-c", "errlog", "-c", "id")),
        Command(host="h", argv=("viosvrcmd", "-m", "p72", "-p", "v", "-c", "entstat -all ent4"), effect=Effect.CHANGES),
        Command(host="h", argv=("chsysstate", "-m", "p72", "-r", "lpar", "-o", "shutdown", "-n", "v")),
        Command(host="h", argv=("lssyscfg", "-r", "lpar", "-m", "$(reboot)", "-F", "name")),
        Command(host="h", argv=()),
    ],
    ids=lambda command: " ".join(command.argv)[-40:] or "nothing",
)
def test_nothing_else_is(command: Command) -> None:
    """No change, no other effect, no word more, nothing that a shell would go on with."""
    assert not is_standing(command)


def test_a_mode_that_was_changed_is_seen_at_the_next_look() -> None:
    """State and mode come from what the SEA says of itself, each time anew."""
    stage = Pair()
    (pair,) = found(stage).found
    for vios in VIOSES:
        stage.happen(SeaChanged(system="p72", partition=vios, sea="ent4", ha_mode=HaMode.SHARING))
    states = [side.told.failover.state for side in looked(stage, pair) if side.told and side.told.failover]
    assert states == ["PRIMARY_SH", "BACKUP_SH"]


# ── a control channel is a pair's own ─────────────────────────────────────────────────────────────────────────────


def wrong(stage: Pair, pair: Found) -> set[str]:
    return {each.rule for each in step(None, pair.look(NEVER, looked(stage, pair)))[1].symptoms}


def test_a_third_on_the_control_channel_is_told_of_each() -> None:
    """More than one mate answers there: the pair hears of the third SEA, and that one of both."""
    frame = replace(pair_fleet().systems["p72"], partitions=(made(1), made(2), elsewhere(made(3))))
    stage = Pair(fleet=Fleet.of([Hmc(name="hmc", systems=("p72",))], [frame]))
    pair, third = found(stage).found
    assert [(each.vios, each.channel) for each in pair.others] == [("p72vio3", ("ETHERNET0", 99))]
    assert [each.vios for each in third.others] == list(VIOSES)
    assert "channel-crowded" in wrong(stage, pair) & wrong(stage, third)
    stage.happen(SeaChanged(system="p72", partition="p72vio3", sea="ent4", control_channel=""))
    assert is_stale(looked(stage, third)), "it is found anew"
    assert "channel-crowded" not in wrong(stage, found(stage).found[0])


def elsewhere(partition: Partition) -> Partition:
    """Its trunks on networks of their own."""
    ethernet = tuple(
        replace(each, pvid=each.pvid + 1000, tagged=tuple(vlan + 1000 for vlan in each.tagged))
        if each.is_trunk
        else each
        for each in partition.ethernet
    )
    assert partition.vios is not None
    (sea,) = partition.vios.seas
    return replace(partition, ethernet=ethernet, vios=replace(partition.vios, seas=(replace(sea, pvid=1001),)))
