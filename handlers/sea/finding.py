"""Which pairs of SEAs a managed system has: from the HMC's lists, confirmed by each VIOS's own words. Pure.

Two SEAs belong together where they have the same control channel, or their trunks share a network (switch and VLAN).
What was found once keeps its key, also while one of its two VIOS can't tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from handlers import frames
from handlers.frames import Frame, Lpar, SeaAt, Served
from handlers.heard import Reads
from handlers.networks import Adapter, Network, told
from handlers.sea.pair import Listener, Look, Pair, Side
from policies.words import Frozen


class Half(Frozen):
    """One side as found. `sea` empty: its VIOS couldn't be asked yet, and its trunks are the HMC's word alone."""

    vios: str
    sea: str = ""
    level: str = ""
    trunks: tuple[Adapter, ...] = ()
    control: Network | None = None

    @property
    def networks(self) -> frozenset[Network]:
        return frozenset[Network]().union(*(each.networks for each in self.trunks))


class Found(Frozen):
    """A pair as it is to be looked at: halves as `pair.vioses` stand, and the partitions on its networks.

    `others`: every SEA of the managed system besides that has a control channel, for a pair has its own to itself.
    """

    pair: Pair
    hmc: str
    halves: tuple[Half, ...]
    clients: tuple[str, ...] = ()
    others: tuple[Listener, ...] = ()

    def look(self, at: datetime, sides: tuple[Side, ...], *, hmc_reached: bool = True) -> Look:
        return Look(
            pair=self.pair, hmc=self.hmc, at=at, sides=sides, hmc_reached=hmc_reached, clients=self.clients,
            others=self.others,
        )  # fmt: skip

    @property
    def networks(self) -> frozenset[Network]:
        return frozenset[Network]().union(*(each.networks for each in self.halves))

    @property
    def title(self) -> str:
        """Such as `SEA ent4 of p72vio1 and ent4 of p72vio2 on p72`."""
        sides = " and ".join(f"{each.sea or 'unknown'} of {each.vios}" for each in self.halves)
        return f"SEA {sides} on {self.pair.system}"


@dataclass(frozen=True, kw_only=True)
class Discovery:
    """`gone`: known before, and not there any more; `clients` are those on its networks that nothing bridges now.

    `unread`: what kept something from being found, each a sentence.
    """

    found: tuple[Found, ...]
    gone: tuple[Found, ...] = ()
    unread: tuple[str, ...] = ()


def discover(hmc: str, system: str, known: Sequence[Found] = (), away: Sequence[Found] = ()) -> Reads[Discovery]:
    """Every pair of the managed system; Unread where the HMC doesn't give its lists. `away`: gone already, at last."""
    listed = yield from frames.lpars(hmc, system)
    adapters = yield from frames.ethernet(hmc, system)
    frame = Frame(hmc=hmc, system=system, lpars=listed, adapters=adapters, paths=frozenset())
    serving: list[Served] = []
    for vios in frame.vioses:
        serving += [(yield from frames.served(frame, vios))]
    return matched(frame, serving, [each for each in known if each.pair.system == system], away)


def matched(frame: Frame, serving: Sequence[Served], known: Sequence[Found], away: Sequence[Found] = ()) -> Discovery:
    """What the lists and the VIOS's words come to, beside what was known before."""
    silent = {each.vios.name for each in serving if each.why}
    named = [_half(each.vios, sea) for each in serving for sea in each.seas]
    named += [half for each in known for half in each.halves if half.vios in silent and half.sea]
    named = list({(each.vios, each.sea): each for each in named}.values())
    loose = _loose(frame, silent, named)
    made = [_with_loose(each, loose) for each in _mated(named, known)]
    pairs, gone = _kept(frame, made, known, silent)
    pairs = [each.model_copy(update={"others": _others(each, named)}) for each in pairs]
    unread = [f"{each.vios.name}: {each.why}" for each in serving if each.why and each.vios.answers]
    unread += _unfound(frame, silent, pairs)
    keys = {each.pair.key for each in pairs}
    gone += [each for each in away if each.pair.key not in keys]
    left = [_left_behind(frame, each, silent, pairs) for each in gone]
    return Discovery(found=tuple(pairs), gone=tuple(left), unread=tuple(unread))


def _left_behind(frame: Frame, gone: Found, silent: Iterable[str], pairs: Sequence[Found]) -> Found:
    """With the partitions on its networks that no pair bridges now. A VIOS that can't tell may bridge what it has."""
    bridged = [each.networks for each in pairs]
    bridged += [trunk.networks for vios in silent for trunk in frame.trunks(vios)]
    bare = gone.networks - frozenset[Network]().union(*bridged)
    return gone.model_copy(update={"clients": frame.clients(bare) if bare else ()})


def _half(vios: Lpar, sea: SeaAt) -> Half:
    control = sea.told.control if sea.told is not None else None
    at = (control.switch, control.pvid) if control is not None else None
    return Half(vios=sea.vios, sea=sea.name, level=vios.level, trunks=sea.trunks, control=at)


def _others(found: Found, named: Sequence[Half]) -> tuple[Listener, ...]:
    own = {(half.vios, half.sea) for half in found.halves}
    return tuple(
        Listener(vios=each.vios, sea=each.sea, channel=each.control)
        for each in named
        if each.control is not None and (each.vios, each.sea) not in own
    )


def _loose(frame: Frame, silent: Iterable[str], named: Sequence[Half]) -> list[Adapter]:
    """Trunks of VIOS that can't tell which SEA they belong to, and of which nothing was known before."""
    taken = {(half.vios, trunk.slot) for half in named for trunk in half.trunks}
    return [trunk for vios in sorted(silent) for trunk in frame.trunks(vios) if (vios, trunk.slot) not in taken]


# ── who belongs to whom ───────────────────────────────────────────────────────────────────────────────────────────


def _mated(named: Sequence[Half], known: Sequence[Found]) -> Iterator[tuple[Half, ...]]:
    """Each half once, with its mate where it has one. Who belonged together before still does."""
    before = {frozenset((half.vios, half.sea) for half in each.halves) for each in known}
    candidates = [
        ((frozenset(((one.vios, one.sea), (other.vios, other.sea))) in before, *_closeness(one, other)), one, other)
        for one, other in combinations(named, 2)
        if one.vios != other.vios
    ]
    left = {(each.vios, each.sea): each for each in named}
    for closeness, one, other in sorted(candidates, key=lambda each: each[0], reverse=True):
        keys = ((one.vios, one.sea), (other.vios, other.sea))
        if any(closeness) and all(key in left for key in keys):
            yield tuple(sorted((left.pop(keys[0]), left.pop(keys[1])), key=lambda half: half.vios))
    yield from ((each,) for each in left.values())


def _closeness(one: Half, other: Half) -> tuple[bool, int]:
    """The same control channel before shared networks, and more of these before fewer."""
    return one.control is not None and one.control == other.control, len(one.networks & other.networks)


def _with_loose(halves: tuple[Half, ...], loose: Sequence[Adapter]) -> tuple[Half, ...]:
    """One without a mate, and the trunks on its networks of a VIOS that can't tell: its mate, not named yet."""
    if len(halves) > 1:
        return halves
    (own,) = halves
    for vios in sorted({each.partition for each in loose} - {own.vios}):
        trunks = tuple(each for each in loose if each.partition == vios and each.networks & own.networks)
        if trunks:
            return tuple(sorted((own, Half(vios=vios, trunks=trunks)), key=lambda half: half.vios))
    return halves


# ── what was known before ─────────────────────────────────────────────────────────────────────────────────────────


def _kept(
    frame: Frame, made: Sequence[tuple[Half, ...]], known: Sequence[Found], silent: Iterable[str]
) -> tuple[list[Found], list[Found]]:
    """The pairs, each under the key that it had, and those that aren't there any more."""
    left, pairs = list(known), []
    for halves in made:
        before = _same(halves, left)
        if before is not None:
            left.remove(before)
        pairs.append(_found(frame, halves, before))
    # A known one of which a half is all that is left: still that pair, whose other half is missed.
    for each in list(left):
        rest = next((pair for pair in pairs if len(pair.halves) == 1 and _is_rest_of(pair.halves[0], each)), None)
        if rest is not None:
            left.remove(each)
            there = rest.halves[0]
            halves = tuple(there if half.vios == there.vios else half for half in each.halves)
            pairs[pairs.index(rest)] = _found(frame, halves, each)
    still = [each for each in left if {half.vios for half in each.halves} <= set(silent)]
    taken = {(half.vios, half.sea) for pair in pairs for half in pair.halves}
    stay = [each for each in still if not {(half.vios, half.sea) for half in each.halves} & taken]
    return pairs + stay, [each for each in left if each not in stay]


def _same(halves: tuple[Half, ...], known: Sequence[Found]) -> Found | None:
    """The pair of the same VIOS with the same SEAs, or else the one that shares most networks with it."""
    vioses = tuple(half.vios for half in halves)
    here = frozenset[Network]().union(*(half.networks for half in halves))
    likely = [each for each in known if each.pair.vioses == vioses]

    def alike(each: Found) -> tuple[int, int]:
        names = sum(one.sea == other.sea != "" for one, other in zip(halves, each.halves, strict=True))
        return names, len(here & each.networks)

    best = max(likely, key=alike, default=None)
    return best if best is not None and any(alike(best)) else None


def _is_rest_of(half: Half, known: Found) -> bool:
    return len(known.halves) > 1 and any(
        each.vios == half.vios and (each.sea == half.sea or each.networks & half.networks) for each in known.halves
    )


def _found(frame: Frame, halves: tuple[Half, ...], before: Found | None) -> Found:
    here = frozenset[Network]().union(*(half.networks for half in halves))
    vioses = tuple(half.vios for half in halves)
    pair = before.pair if before is not None else Pair(system=frame.system, vioses=vioses, anchor=_least(halves))
    return Found(pair=pair, hmc=frame.hmc, halves=halves, clients=frame.clients(here))


def _least(halves: Sequence[Half]) -> Network:
    """A SEA without any trunk has none; its name stands for a switch then, so that its key is its own."""
    here = sorted(network for half in halves for network in half.networks)
    return here[0] if here else (halves[0].sea, 0)


def _unfound(frame: Frame, silent: Iterable[str], pairs: Sequence[Found]) -> Iterator[str]:
    """Trunks that nobody can assign: their VIOS can't tell, and neither can a mate."""
    taken = {(half.vios, trunk.slot) for pair in pairs for half in pair.halves for trunk in half.trunks}
    for vios in sorted(silent):
        lost = [each for each in frame.trunks(vios) if (vios, each.slot) not in taken]
        if lost:
            where = told(frozenset[Network]().union(*(each.networks for each in lost)))
            yield f"{vios} can't tell which SEA bridges {where}, and no mate of it can either"
