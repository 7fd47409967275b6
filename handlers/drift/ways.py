"""The way back of what an HMC keeps of a partition: its attributes, what it runs with, and what its profile holds.

What runs is set back by the same operations by which people change it, with all that these look at before and after.
A profile that alone is otherwise is written anew from what runs.
"""

from __future__ import annotations

import re
from decimal import Decimal

from pydantic import ValidationError

from handlers.drift.source import Back
from handlers.drift.value import Value
from handlers.hmc.dlpar import saving
from handlers.hmc.moving import AddMemory, AddProcessors, RemoveMemory, RemoveProcessors
from handlers.operation import Operation

SETTABLE = {
    "allow_perf_collection", "default_profile", "lpar_avail_priority", "migration_disabled", "msp", "sync_curr_profile",
}  # fmt: skip
_SAFE = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]{0,100}", re.ASCII)  # within `-i name=value,name=value`
_AMOUNT = re.compile(r"\d{1,9}(?:\.\d{1,4})?", re.ASCII)
_BY_HAND = "I don't send that name or value to an HMC: it has to be set by hand"


def attribute(about: str, key: str, wanted: Value | None, now: Value | None) -> Back:
    """By `chsyscfg`; holds at once, and whether it runs or not."""
    if wanted is None or now is None:
        return Back(why_not="the levels of the HMC and of its firmware decide which attributes a partition has")
    if key not in SETTABLE:
        return Back(why_not="no command sets it while the partition stays as it is: it is the HMC's or its firmware's")
    if not _SAFE.fullmatch(about) or not _SAFE.fullmatch(wanted.now):
        return Back(why_not=_BY_HAND)
    return Back(argv=(("chsyscfg", "-r", "lpar", "-i", f"name={about},{key}={wanted.now}"),))


def memory(about: str, key: str, wanted: Value | None, now: Value | None) -> Back:
    if wanted is None or now is None or wanted.now == now.now:
        return profile(about, key, wanted, now)
    more = _more(wanted, now) if key == "curr_mem" else None
    if more is None or more != int(more):
        return Back(why_not=_ACTIVATED)
    kind = AddMemory if more > 0 else RemoveMemory
    return _operation(kind, partition=about, megabytes=abs(int(more)), save=_is_to_save(wanted, now))


def processors(about: str, key: str, wanted: Value | None, now: Value | None) -> Back:
    if wanted is None or now is None or wanted.now == now.now:
        return profile(about, key, wanted, now)
    more = _more(wanted, now) if key in ("curr_procs", "curr_proc_units") else None
    if more is None or (key == "curr_procs" and more != int(more)):
        return Back(why_not=_ACTIVATED)
    kind = AddProcessors if more > 0 else RemoveProcessors
    how_many = {"procs": abs(int(more))} if key == "curr_procs" else {"units": str(abs(more))}
    return _operation(kind, partition=about, save=_is_to_save(wanted, now), **how_many)


def adapter(about: str, key: str, wanted: Value | None, now: Value | None) -> Back:
    if wanted is None or now is None or wanted.now == now.now:
        return profile(about, key, wanted, now)
    return Back(
        why_not="an adapter is given and taken by name: /hmc add-… and remove-… of that kind, and its operating system"
        " has to let go of it first"
    )


def slot(about: str, key: str, wanted: Value | None, now: Value | None) -> Back:
    if wanted is None or now is None or wanted.now == now.now:
        return profile(about, key, wanted, now)
    return Back(why_not="a card is given and taken at the HMC, once its devices are out of use: by hand")


def profile(about: str, key: str, wanted: Value | None, now: Value | None) -> Back:
    """Where the profile alone is otherwise than it should be, what runs becomes the profile."""
    if wanted is None or now is None:
        return Back(why_not="what a partition has one more of or one less isn't set by a value")
    if wanted.now != now.now or wanted.boot == now.boot:
        return Back(why_not=_ACTIVATED)
    if wanted.boot != wanted.now:
        return Back(why_not="its baseline has the profile otherwise than what runs: by chsyscfg -r prof, by hand")
    if not now.type or not _SAFE.fullmatch(about) or not _SAFE.fullmatch(now.type):
        return Back(why_not=_BY_HAND)
    words = saving("", about, now.type)
    at = words.index("-m")  # it comes behind, with the system that is known there
    return Back(
        argv=((*words[:at], *words[at + 2 :]),),
        overwrites=now.type,
        takes_hold=f"its profile {now.type} is all that {about} runs with then, in place of whatever it held",
    )


_ACTIVATED = "it is set in the profile, by hand, and holds once the partition is shut down and activated"


def _is_to_save(wanted: Value, now: Value) -> bool:
    """Whether the profile is to be brought along."""
    return wanted.boot == wanted.now and now.boot != wanted.boot


def _more(wanted: Value, now: Value) -> Decimal | None:
    """By how much; None: those are no amounts."""
    if not _AMOUNT.fullmatch(wanted.now) or not _AMOUNT.fullmatch(now.now):
        return None
    return Decimal(wanted.now) - Decimal(now.now)


def _operation(kind: type[Operation], **given: object) -> Back:
    """As people would type it; the managed system is added where it is known."""
    try:
        return Back(operation=kind.model_validate(given))
    except ValidationError:
        return Back(why_not=_BY_HAND)
