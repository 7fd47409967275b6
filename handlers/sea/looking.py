"""One look at a pair: both sides, one right after the other, through the HMC. Who is out of reach is told apart from
who can't be read. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from handlers import errlog, frames, seattr
from handlers.command import Command
from handlers.entstat import Virtual
from handlers.errlog import Entry
from handlers.frames import Lpar
from handlers.heard import Lost, Reads, Unread, heard, understood
from handlers.networks import Adapter
from handlers.place import Place
from handlers.sea.finding import Found, Half
from handlers.sea.pair import Side
from handlers.seas import SHARING, leads
from handlers.seattr import Settings
from handlers.within import on_vios
from policies.words import Effect

DEADLINE = 20.0  # seconds: what takes longer is a finding by itself


def sides(found: Found) -> Reads[tuple[Side, ...]]:
    """As `pair.vioses` stand. Where one doesn't tell, the HMC is asked how its VIOS stands.

    What one switch between the two reads would look like as well is believed only if both tell it again at once.
    """
    told = yield from _once(found)
    return (yield from _once(found)) if is_torn(told) else told


def is_torn(sides: Iterable[Side]) -> bool:
    """Whether they tell of no single leader, or of VLANs that not exactly one of them bridges while they share."""
    both = [each.told for each in sides if each.told is not None]
    if len(both) != 2:
        return False
    own = [each.failover for each in both]
    if sum(leads(each) for each in both) != 1:
        return True
    shares = [each.shared for each in own if each is not None and each.state in SHARING]
    named = {vlan for each in both for trunk in each.trunks for vlan in (trunk.pvid, *trunk.tagged)}
    return len(shares) == 2 and sorted(vlan for share in shares for vlan in share) != sorted(named)


def believed(side: Side, settings: Settings | None) -> Side:
    """A SEA that tells nothing of failover has none only if its attributes say so; else that part was cut off."""
    if side.told is None or side.told.failover is not None or (settings is not None and settings.ha_mode == "disabled"):
        return side
    known = f"its ha_mode is {settings.ha_mode}" if settings is not None else "its ha_mode couldn't be read"
    return side.model_copy(update={"told": None, "why": f"it tells nothing of its failover, and {known}: cut off?"})


def _once(found: Found) -> Reads[tuple[Side, ...]]:
    told = []
    for half in found.halves:
        told += [(yield from _side(found, half))]
    if all(each.told is not None for each in told):
        return tuple(told)
    try:
        listed = yield from frames.lpars(found.hmc, found.pair.system)
    except Unread as fault:
        return tuple(each if each.told else each.model_copy(update=_not_shown(each, fault)) for each in told)
    return tuple(each if each.told else _placed(each, listed) for each in told)


def lost(sides: Iterable[Side]) -> str:
    """Why it is the HMC that can't be looked through, and no VIOS that is to be blamed; empty: it can."""
    return next((f"its HMC takes commands and loses their answers: {each.why}" for each in sides if each.hmc_lost), "")


def unreached(found: Found, why: str) -> tuple[Side, ...]:
    """Both sides where their HMC couldn't be asked."""
    return tuple(_as_found(each, why).model_copy(update={"answers": False}) for each in found.halves)


def _as_found(half: Half, why: str) -> Side:
    return Side(vios=half.vios, sea=half.sea, level=half.level, trunks=half.trunks, control=half.control, why=why)


def misfit(sides: Iterable[Side]) -> str:
    """What isn't as it was found, so that it has to be found anew; the same for the same. Empty: everything fits."""
    return "; ".join(filter(None, map(_misfit, sides)))


def is_stale(sides: Iterable[Side]) -> bool:
    """Whether what was found is behind what they say: nothing is to be concluded before it is found anew."""
    return any(_misfit(each) and (each.told is not None or not each.sea) for each in sides)


def _misfit(side: Side) -> str:
    if side.told is None:
        return f"{side.vios} {side.sea or 'unnamed'} untold" if side.answers else ""
    told, listed = _wired(side.told.trunks), _wired(side.trunks)
    own = side.told.control
    channel = (own.switch, own.pvid) if own is not None else None
    fits = told == listed and channel == side.control
    return "" if fits else f"{side.vios} {side.sea} {told} {listed} {channel} {side.control}"


def _wired(trunks: Iterable[Adapter | Virtual]) -> list[tuple[str, int, tuple[int, ...]]]:
    return sorted((each.switch, each.pvid, tuple(sorted(each.tagged))) for each in trunks)


def _side(found: Found, half: Half) -> Reads[Side]:
    side = _as_found(half, "its SEA isn't known yet")
    if not half.sea:
        return side
    command = _on(found, half.vios, frames.entstat_of(half.sea))
    result = heard((yield command))
    if result.exit_status is None:  # a connection that went says nothing of the VIOS: once more
        result = heard((yield command))
    try:
        side = side.model_copy(update={"told": frames.sea_in(result, half.sea), "raw": result.text, "why": ""})
    except Unread as fault:
        return side.model_copy(update={"raw": result.text, "why": str(fault)})
    return side if side.told is None or side.told.failover is not None else (yield from _without(found, half, side))


def _without(found: Found, half: Half, side: Side) -> Reads[Side]:
    """One that tells of no failover: whether it has none is asked now, for what was read before may have changed."""
    try:
        known = yield from settings_of(found, half)
    except Unread:
        return believed(side, None)
    return believed(side.model_copy(update={"settings": known}), known)


def _on(found: Found, vios: str, argv: tuple[str, ...]) -> Command:
    return on_vios(Place(hmc=found.hmc, system=found.pair.system, name=vios), argv, deadline=DEADLINE)


def _not_shown(side: Side, fault: Unread) -> dict[str, object]:
    why = f"{side.why}; how it stands isn't told: {fault}"
    return {"answers": False, "why": why, "hmc_lost": isinstance(fault, Lost)}


def _placed(side: Side, listed: Iterable[Lpar]) -> Side:
    """With how its VIOS stands: one that doesn't answer has told nothing that could be unreadable."""
    lpar = next((each for each in listed if each.name == side.vios), None)
    if lpar is None:
        return side.model_copy(update={"answers": False, "why": "its HMC doesn't list it"})
    if not lpar.answers:
        return side.model_copy(update={"answers": False, "why": f"it is {lpar}"})
    return side


# ── what a watch may send ─────────────────────────────────────────────────────────────────────────────────────────

_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.@+:# -]*"
_LINE = re.compile(
    rf"{re.escape(' '.join(frames.LSMAP))}|entstat -all ent\d{{1,4}}|lsdev -dev ent\d{{1,4}} -attr|errlog", re.ASCII
)
_FORMS: tuple[tuple[str | re.Pattern[str], ...], ...] = (
    ("lssyscfg", "-r", "sys", "-F", "name"),
    ("lssyscfg", "-r", "lpar", "-m", re.compile(_NAME), "-F", ",".join(frames.FIELDS)),
    ("lshwres", "-r", "virtualio", "--rsubtype", "eth", "--level", "lpar", "-m", re.compile(_NAME)),
    ("viosvrcmd", "-m", re.compile(_NAME), "-p", re.compile(_NAME), "-c", _LINE),
)


def is_standing(command: Command) -> bool:
    """Whether it is, to the letter, one of the few reads that a watch over SEAs may send unasked."""
    return command.effect is Effect.READS and any(_fits(command.argv, form) for form in _FORMS)


def _fits(argv: tuple[str, ...], form: tuple[str | re.Pattern[str], ...]) -> bool:
    return len(argv) == len(form) and all(
        word == wanted if isinstance(wanted, str) else wanted.fullmatch(word) is not None
        for word, wanted in zip(argv, form, strict=True)
    )


# ── what is read now and then ─────────────────────────────────────────────────────────────────────────────────────


def log_of(found: Found, vios: str) -> Reads[tuple[Entry, ...]]:
    """The error log of one VIOS, newest first, or Unread. What it says is history, never the state."""
    result = heard((yield _on(found, vios, ("errlog",))))
    return understood(result, f"the error log of {vios}", errlog.entries)


def settings_of(found: Found, half: Half) -> Reads[Settings]:
    """What entstat doesn't tell of a SEA, or Unread."""
    result = heard((yield _on(found, half.vios, ("lsdev", "-dev", half.sea, "-attr"))))
    return understood(result, f"the attributes of {half.sea} of {half.vios}", seattr.settings)
