"""How a partition stands. No attribute is asked for by name: which ones there are differs by level."""

from __future__ import annotations

from collections.abc import Mapping

from handlers import hmcout
from handlers.command import Command
from handlers.frames import RUNNING, Lpar
from handlers.heard import Reads, Unread, heard, understood
from handlers.hmcout import Unreadable
from handlers.place import VIOS, Place
from policies.words import Frozen


class Standing(Frozen):
    """`profile`: the one that it runs with, or else its default one. `synced`: None where the level doesn't tell."""

    system: str
    name: str
    id: str
    env: str
    state: str
    rmc: str
    current: str | None  # the profile that it was last started with; None: it is off, or never was started
    default: str | None
    synced: bool | None

    @property
    def profile(self) -> str | None:
        return self.current or self.default

    @property
    def is_vios(self) -> bool:
        return self.env == VIOS

    @property
    def answers(self) -> bool:
        return self.state == RUNNING and self.rmc == "active"

    @property
    def lpar(self) -> Lpar:
        return Lpar(name=self.name, id=self.id, env=self.env, state=self.state, rmc=self.rmc, level="")

    def __str__(self) -> str:
        return f"{self.state}, RMC {hmcout.given(self.rmc) or 'not told'}"


def standing(place: Place, *, name: str | None = None) -> Reads[Standing]:
    """That of the partition, or of another one on its frame; Unread where there is none."""
    called = name or place.name
    argv = ("lssyscfg", "-r", "lpar", "-m", place.system, "--filter", f"lpar_names={called}")
    found = understood(
        heard((yield Command(host=place.hmc, argv=argv))),
        f"how {called} stands",
        lambda text: parsed(text, place.system),
    )
    if [each.name for each in found] != [called]:
        raise Unread(f"the HMC lists no {called} on {place.system}")
    return found[0]


def parsed(text: str, system: str) -> tuple[Standing, ...]:
    """Of `lssyscfg -r lpar`, or Unreadable."""
    return tuple(of_row(row, system) for row in hmcout.pairs(text))


def of_row(row: Mapping[str, str], system: str) -> Standing:
    """Of one of its lines, or Unreadable."""
    try:
        return _standing(row, system)
    except KeyError as missing:
        raise Unreadable(f"a partition without {missing.args[0]}") from missing


def _standing(row: Mapping[str, str], system: str) -> Standing:
    synced = hmcout.given(row.get("sync_curr_profile"))
    return Standing(
        system=system,
        name=row["name"],
        id=row["lpar_id"],
        env=row["lpar_env"],
        state=row["state"],
        rmc=row.get("rmc_state", ""),
        current=hmcout.given(row.get("curr_profile")),
        default=hmcout.given(row.get("default_profile")),
        synced=None if synced is None else synced == "1",
    )


def rows_of(place: Place, argv: tuple[str, ...], what: str) -> Reads[list[dict[str, str]]]:
    """The objects of a list, or Unread."""
    return understood(heard((yield Command(host=place.hmc, argv=argv))), what, hmcout.pairs)


def profiles(place: Place) -> Reads[dict[str, dict[str, str]]]:
    """The partition's profiles by name, or Unread."""
    argv = ("lssyscfg", "-r", "prof", "-m", place.system, "--filter", f"lpar_names={place.name}")
    rows = yield from rows_of(place, argv, f"the profiles of {place.name}")
    if any("name" not in row for row in rows):
        raise Unread(f"the profiles of {place.name} couldn't be read: one without a name")
    return {row["name"]: row for row in rows}
