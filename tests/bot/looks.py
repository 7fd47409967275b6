"""Looks at pairs for tests that draw them or put them into words: from recordings, and made by chance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from handlers import entstat
from handlers.networks import Adapter
from handlers.sea.pair import Look, Pair, Side
from tests.handlers.test_entstat import recorded

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
PAIR = Pair(system="p72", vioses=("p72vio1", "p72vio2"), anchor=("ETHERNET0", 1))


def told(case: str) -> entstat.Sea:
    return entstat.sea(recorded(case), "ent4")


def look(*seas: entstat.Sea | str, at: datetime = NOON, answers: bool = False, hmc_reached: bool = True) -> Look:
    """Words in place of a SEA say why it couldn't be read."""
    sides = tuple(
        Side(vios=vios, sea="ent4", why=sea, answers=answers, trunks=LISTED)
        if isinstance(sea, str)
        else Side(vios=vios, sea=sea.name, told=sea, raw="x" * 1000)
        for vios, sea in zip(PAIR.vioses, seas, strict=False)
    )
    return Look(pair=PAIR, hmc="hmc1", at=at, sides=sides, hmc_reached=hmc_reached, clients=("app01", "db01"))


LISTED = (Adapter(partition="p72vio2", slot=11, switch="ETHERNET0", pvid=1, tagged=(10, 11), is_trunk=True),)
BEFORE = NOON - timedelta(seconds=30)


def largest() -> Look:
    """Sixteen trunks with twenty tags each, on three switches, shared."""

    def sea(own: int) -> entstat.Sea:
        trunks = tuple(
            entstat.Virtual(
                name=f"ent{10 + n}",
                pvid=100 + n,
                tagged=tuple(range(1000 + 50 * n, 1040 + 50 * n, 1 + n % 2))[:20],
                switch=f"ETHERNET{n % 3}",
                active=n % 2 == own,
                operational=True,
            )
            for n in range(16)
        )
        shared = tuple(vlan for each in trunks if each.active for vlan in (each.pvid, *each.tagged))
        base = told(("sharing-primary", "sharing-backup")[own])
        assert base.failover is not None
        return base.model_copy(
            update={"trunks": trunks, "failover": base.failover.model_copy(update={"shared": shared})}
        )

    return look(sea(0), sea(1))


# ── by chance ─────────────────────────────────────────────────────────────────────────────────────────────────────

HOSTILE = (
    "$x^2$",
    r"\frac{1}{2}",
    "a\nb\tc",
    "\x00\x1b[31m",
    "‮evil",
    "数据库",
    "قاعدة",
    "<!channel>",
    "",
    " ",
    "W" * 3000,
)
names = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40))
vlans = st.integers(1, 4094)
virtuals = st.builds(
    entstat.Virtual,
    name=names,
    pvid=vlans,
    tagged=st.lists(vlans, max_size=20).map(tuple),
    switch=st.one_of(st.sampled_from(["ETHERNET0", "SW1"]), names),
    active=st.sampled_from([True, False, None]),
    operational=st.booleans(),
)
failovers = st.builds(
    entstat.Failover,
    state=st.one_of(st.sampled_from(["PRIMARY", "BACKUP", "PRIMARY_SH", "BACKUP_SH", "LIMBO"]), names),
    bridge_mode=st.sampled_from(["All", "None", "Partial", "Unknown"]),
    mode=st.one_of(st.sampled_from(["Auto", "Sharing"]), names),
    priority=st.integers(1, 15),
    control_pvid=st.none() | vlans,
    became_primary=st.integers(0, 9),
    became_backup=st.integers(0, 9),
    shared=st.lists(vlans, max_size=20).map(tuple),
)
seas = st.builds(
    entstat.Sea,
    name=names,
    real=names,
    link_up=st.sampled_from([True, False, None]),
    trunks=st.lists(virtuals, max_size=18).map(tuple),
    control=st.none() | virtuals,
    failover=st.none() | failovers,
)
adapters = st.builds(
    Adapter,
    partition=names,
    slot=st.integers(0, 9999),
    switch=names,
    pvid=vlans,
    tagged=st.lists(vlans, max_size=20).map(tuple),
    is_trunk=st.just(True),
)
sides = st.builds(
    Side,
    vios=names,
    sea=names,
    answers=st.booleans(),
    why=names,
    told=st.none() | seas,
    trunks=st.lists(adapters, max_size=6).map(tuple),
)
looks = st.builds(
    Look,
    pair=st.builds(Pair, system=names, vioses=st.just(("a", "b")), anchor=st.just(("ETHERNET0", 1))),
    hmc=names,
    at=st.integers(0, 10**9).map(lambda seconds: NOON + timedelta(seconds=seconds)),
    sides=st.lists(sides, max_size=2).map(tuple),
    hmc_reached=st.booleans(),
    clients=st.lists(names, max_size=30).map(tuple),
)
