"""Every source, declared: what AIX hosts are asked about themselves, and what of the answers never matters; with those
of the other kinds beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, TypeAlias

from pydantic import Field, StringConstraints

from handlers.drift import devices, explanations, printed, systems, tunables, vios_sources
from handlers.drift.source import Kind, Listed, Noise, Question, Source, Weight
from handlers.drift.value import Reading
from handlers.operation import UserName
from policies.alerts import Severity
from policies.words import Frozen

_AIX = frozenset({Kind.AIX})
_DERIVED = "it is reckoned from the size of memory, which is watched itself"
_MOVES = "it moves all the time by itself"
_SESSION = "it is the session's, and each has another"

# Partly unverified: which tunables AIX reckons by itself differs by level.
_TUNABLE_NOISE: Mapping[str, tuple[Noise, ...]] = {
    "no": (Noise("thewall", _DERIVED),),
    "vmo": (
        Noise("pinnable_frames", _MOVES),
        *(Noise(name, _DERIVED) for name in ("maxperm", "minperm", "maxpin", "memory_frames")),
        Noise("maxclient", _DERIVED),
        *(Noise(name, "it is reckoned from paging space") for name in ("numpsblks", "npswarn", "npskill")),
    ),
    "schedo": (),
    "ioo": (),
}
_TUNABLE_WEIGHTS: Mapping[str, tuple[Weight, ...]] = {
    "no": tuple(
        Weight(name, Severity.SERIOUS)
        for name in ("ipforwarding", "ipsrcroute*", "directed_broadcast", "nonlocsrcroute")
    ),
    "vmo": (Weight("minperm%", Severity.SERIOUS), Weight("strict_maxclient", Severity.SERIOUS)),
    "schedo": (),
    "ioo": (),
}
_TITLES = {"no": "network", "vmo": "memory", "schedo": "scheduler", "ioo": "input and output"}
_EXPLAINED = {
    "no": explanations.NO, "vmo": explanations.VMO, "schedo": explanations.SCHEDO, "ioo": explanations.IOO,
}  # fmt: skip


def _tunables(command: str) -> Source:
    return Source(
        name=command,
        title=f"tunables of the {_TITLES[command]}",
        kinds=_AIX,
        argv=lambda about: (command, "-F", "-x"),
        parse=tunables.tunables,
        noise=_TUNABLE_NOISE[command],
        weights=_TUNABLE_WEIGHTS[command],
        back=lambda about, key, wanted, now: tunables.back(command, key, wanted, now),
        explained=_EXPLAINED[command],
        is_by_level=True,
    )


_ENVIRONMENT_NOISE = (
    *(Noise(name, _SESSION) for name in ("SSH_*", "_", "PWD", "OLDPWD", "SHLVL", "TERM", "COLUMNS", "LINES")),
    *(Noise(name, _SESSION) for name in ("LOGIN", "LOGNAME", "USER", "MAIL*", "DISPLAY", "XAUTHORITY", "AUTHSTATE")),
    Noise("KRB5CCNAME", _SESSION),
)

LIST = Source(
    name="devices",
    title="devices",
    kinds=_AIX,
    argv=lambda about: ("lsdev", "-C", "-F", "name status"),
    parse=devices.present,
    weights=(Weight("pts*", Severity.NOTE), Weight("pty*", Severity.NOTE)),
)
ATTRIBUTES = Source(
    name="attributes",
    title="attributes of a device",
    kinds=_AIX,
    argv=lambda about: ("lsattr", "-HEl", about),
    parse=devices.attributes,
    noise=(
        Noise("realmem", "memory may be moved between partitions while they run"),
        Noise("ent_capacity", "processors may be moved between partitions while they run"),
        Noise("frequency", "it moves with the power that the frame saves"),
        Noise("scsi_id", "the fabric gives it anew at each login, such as after a migration"),
    ),
    weights=(
        Weight("reserve_policy", Severity.SERIOUS),
        Weight("hcheck_interval", Severity.SERIOUS),
        Weight("fc_err_recov", Severity.SERIOUS),
        Weight("netaddr", Severity.SERIOUS),
        Weight("autorestart", Severity.SERIOUS),
    ),
    back=devices.back,
    explained=explanations.ATTRIBUTES,
    of_each=True,
    is_by_level=True,
    listed=Listed(by=LIST.name, names=devices.watched, fits=devices.is_watched),
)
FILE = Source(
    name="file",
    title="a file",
    kinds=_AIX,
    argv=lambda about: ("cat", about),
    parse=printed.content,
    of_each=True,
)
CLOSED_FILE = Source(
    name="closedfile",
    title="a file whose text isn't kept",
    kinds=_AIX,
    argv=lambda about: ("cat", about),
    parse=printed.sealed_content,
    sealing=printed.sealed_content,
    of_each=True,
)
USER = Source(
    name="user",
    title="what a user's sessions begin with",
    kinds=_AIX,
    argv=lambda about: ("su", "-", about, "-c", "env"),
    parse=printed.environment,
    sealing=printed.environment,
    noise=_ENVIRONMENT_NOISE,
    of_each=True,
)

_ALL = (
    *(_tunables(command) for command in _TITLES),
    Source(
        name="limits",
        title="limits of a session",
        kinds=_AIX,
        argv=lambda about: ("ulimit", "-a"),
        parse=printed.limits,
        explained=explanations.LIMITS,
    ),
    Source(
        name="env",
        title="what a session begins with",
        kinds=_AIX,
        argv=lambda about: ("env",),
        parse=printed.environment,
        sealing=printed.environment,
        noise=_ENVIRONMENT_NOISE,
    ),
    Source(
        name="level",
        title="level of AIX",
        kinds=_AIX,
        argv=lambda about: ("oslevel", "-s"),
        parse=printed.level,
        weight=Severity.SERIOUS,
        deadline=180.0,  # it reads all that is installed
    ),
    Source(
        name="filesets",
        title="file sets",
        kinds=_AIX,
        argv=lambda about: ("lslpp", "-Lqc"),
        parse=printed.filesets,
        deadline=180.0,
    ),
    LIST,
    ATTRIBUTES,
    FILE,
    CLOSED_FILE,
    USER,
)
SOURCES: Mapping[str, Source] = {each.name: each for each in (*_ALL, *vios_sources.ALL, *systems.ALL)}


FilePath: TypeAlias = Annotated[str, StringConstraints(max_length=200, pattern=r"^/[A-Za-z0-9_][A-Za-z0-9_./-]*$")]


class SiteNoise(Frozen):
    """Settings that never matter at a site, by a pattern of whole names, such as `attributes:hdisk*/queue_depth`."""

    name: str = Field(min_length=1, max_length=200)
    reason: str = Field(min_length=1, max_length=300)


class Chosen(Frozen):
    """What a site wants watched beside what is watched anyway, and what it doesn't."""

    files: tuple[FilePath, ...] = ("/etc/rc.net", "/etc/hosts", "/etc/inittab", "/etc/resolv.conf")
    closed_files: tuple[FilePath, ...] = ("/etc/environment", "/etc/security/limits")
    users: tuple[UserName, ...] = ()
    noise: tuple[SiteNoise, ...] = ()

    @property
    def patterns(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.noise)


def of_kind(kind: Kind) -> Iterator[Source]:
    return (each for each in SOURCES.values() if kind in each.kinds)


def fixed(kind: Kind, chosen: Chosen) -> Iterator[Question]:
    """All that such a thing is asked whatever it answers, in order: what says which devices there are goes first."""
    about: Mapping[str, Sequence[str]] = {
        FILE.name: chosen.files,
        CLOSED_FILE.name: chosen.closed_files,
        USER.name: chosen.users,
    }
    lists = {each.listed.by for each in of_kind(kind) if each.listed is not None}
    for source in sorted(of_kind(kind), key=lambda each: each.name not in lists):
        if not source.of_each:
            yield Question(source)
        else:
            yield from (Question(source, each) for each in about.get(source.name, ()))


def of_each(kind: Kind, read: Mapping[str, Reading]) -> Iterator[Question]:
    """What is asked of each thing that those readings list, by question; nothing of a list that couldn't be read."""
    for source in of_kind(kind):
        if source.listed is not None and (there := read.get(source.listed.by)) is not None:
            yield from (Question(source, each) for each in source.listed.names(there))
