"""A key by which one HMC gets in to another, removed: whether it still does is asked where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field, StringConstraints

from handlers import hmcout
from handlers.changing import Absolute, Guard, Lasts
from handlers.command import Command
from handlers.explain import explain
from handlers.heard import Reads, Unread, heard, understood
from handlers.hmc.keys import NO_WAY_IN, ExchangeKeys, hmc_of_ours
from handlers.hmc.places import OnHmc
from handlers.hmcout import Unreadable
from handlers.operation import Flow, HostName, Inventory, Offer, Operation, UserName
from handlers.place import Place
from policies.words import Effect

# As `ssh-keygen` writes behind a key whose it is.
KeyName: TypeAlias = Annotated[
    str,
    StringConstraints(
        min_length=3,
        max_length=128,
        pattern=r"^[A-Za-z_][A-Za-z0-9_.-]{0,31}@[A-Za-z0-9](?:[A-Za-z0-9.:_-]*[A-Za-z0-9])?$",
    ),
]


@dataclass(frozen=True, kw_only=True)
class Way:
    """Whether the other HMC gets in. `hostname`: what that one calls itself, where it was asked."""

    is_open: bool
    hostname: str = ""


class RemoveKey(OnHmc[Way], Absolute[Way]):
    """Remove from an HMC the key of another one, which gets in no more. Opening it again takes a password, by hand.

    It is the user that I log in as there who is rid of it.
    """

    verb: ClassVar[str] = "remove-key"
    effect: ClassVar[Effect] = Effect.DESTROYS
    example: ClassVar[str] = "remove-key hmc-oslo hscroot@hmc-arizona"

    hmc: HostName = Field(description="the HMC that it is removed from", json_schema_extra={"place": 0, "pick": "hmc"})
    key: KeyName = Field(
        description="whose key it is, as it stands behind the key: user@host",
        json_schema_extra={"place": 1, "example": "hscroot@hmc-arizona", "other": "hscpe@hmc-arizona"},
    )
    other: HostName | None = Field(
        default=None,
        description="the HMC that has the key, where I know it by another name than it has itself",
        json_schema_extra={"pick": "hmc"},
    )
    user: UserName | None = Field(
        default=None, description="whom it gets in as; without it, as the name that I have at that other HMC"
    )

    def systems(self) -> tuple[str, ...]:
        return ()

    @property
    def owner(self) -> str:
        return self.other or self.key.partition("@")[2]

    def targets(self) -> tuple[str, ...]:
        return (self.hmc, self.owner)

    def reach(self, inventory: Inventory) -> tuple[str, ...]:
        """By name, also where an address was typed."""
        known = (inventory.hmc_named(self.hmc), inventory.hmc_named(self.owner))
        return tuple(dict.fromkeys((*self.targets(), *(name for name in known if name is not None))))

    def place(self, inventory: Inventory) -> Place:
        return Place(hmc=hmc_of_ours(inventory, self.hmc))

    def flow(self, inventory: Inventory) -> Flow:
        return super(RemoveKey, self._known(inventory)).flow(inventory)

    def look(self, inventory: Inventory) -> Flow:
        return super(RemoveKey, self._known(inventory)).look(inventory)

    def _known(self, inventory: Inventory) -> RemoveKey:
        """With the other HMC by the name that I know it by; one that isn't ours can't be asked, and is refused."""
        return self.model_copy(update={"other": hmc_of_ours(inventory, self.owner)})

    def locks(self, place: Place, before: Way) -> tuple[str, ...]:
        return (f"keys of {place.hmc}",)

    def look_at(self, place: Place) -> Reads[Way]:
        found = yield from self.look_after(place)
        if not found.is_open:
            return found
        result = heard((yield Command(host=self.owner, argv=("lshmc", "-n", "-F", "hostname"))))
        return replace(found, hostname=understood(result, "lshmc -n", _hostname))

    def look_after(self, place: Place) -> Reads[Way]:
        """Whether it gets in. Each question is a login there, so it is asked once and not again."""
        user = () if self.user is None else ("-u", self.user)
        result = heard((yield Command(host=self.owner, argv=("mkauthkeys", "--ip", self.hmc, *user, "--test"))))
        if result.exit_status and not result.unsent:
            if any(each.code == NO_WAY_IN for each in explain(result.text.splitlines())):
                return Way(is_open=False)
            raise Unread(f"whether {self.owner} gets in can't be told: it says {' '.join(result.text.split())[:160]}")
        return Way(is_open=understood(result, "mkauthkeys --test", _silent))

    def guards(self, before: Way) -> tuple[Guard, ...]:
        """By another key somebody else gets in, and it may be the one that I log in with."""
        host = self.key.partition("@")[2]
        if not before.is_open:
            return ()
        return (
            Guard(name=f"{self.owner} gets in to {self.hmc} now", holds=True, seen="yes"),
            Guard(
                name=f"the key {self.key} is one of {self.owner}",
                holds=_label(host) == _label(before.hostname),
                seen=f"it is called {before.hostname} itself",
            ),
        )

    def doing(self, before: Way) -> tuple[tuple[str, ...], ...]:
        return (("mkauthkeys", "--remove", self.key),) if before.is_open else ()

    def left(self, after: Way) -> list[str]:
        if not after.is_open:
            return []
        return [f"{self.owner} still gets in: the key may have another name there, or there are two"]

    def moves(self, before: Way) -> str:
        way = f" as {self.user}" if self.user is not None else ""
        return f"{self.owner} gets in to {self.hmc}{way} no more: migrations between them stop working"

    def done(self, before: Way, after: Way) -> str:
        return f"{self.key} is gone, and {self.owner} gets in no more"

    def lasts(self) -> Lasts:
        return Lasts.NOTED

    def offers(self, before: Way) -> tuple[Offer, ...]:
        again: Operation = ExchangeKeys(hmc=self.owner, other=self.hmc, user=self.user)
        return (Offer(label="What opens it again", text=again.text()),)


def _label(hostname: str) -> str:
    """Without its domain, which isn't behind every key."""
    return hostname.lower().partition(".")[0]


def _hostname(text: str) -> str:
    rows = hmcout.values(text, ("hostname",))
    if len(rows) != 1 or (found := hmcout.given(rows[0]["hostname"])) is None:
        raise Unreadable(f"it isn't one name: {text.strip()[:120]!r}")
    return found


def _silent(text: str) -> bool:
    """It says nothing where the way is open."""
    if text.strip():
        raise Unreadable(f"it says {text.strip()[:120]!r} where it should say nothing")
    return True


OPERATIONS: tuple[type[Operation], ...] = (RemoveKey,)
