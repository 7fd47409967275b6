"""A key by which one HMC gets in to another, removed: whether it still does is asked where it comes from."""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field, StringConstraints

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


class RemoveKey(OnHmc[bool], Absolute[bool]):
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
        description="the HMC that has the key, where it isn't the one of its name",
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

    def locks(self, place: Place, before: bool) -> tuple[str, ...]:
        return (f"keys of {place.hmc}",)

    def look_at(self, place: Place) -> Reads[bool]:
        """Whether it gets in. Each question is a login there, so it is asked once and not again."""
        user = () if self.user is None else ("-u", self.user)
        result = heard((yield Command(host=self.owner, argv=("mkauthkeys", "--ip", self.hmc, *user, "--test"))))
        if result.exit_status and not result.unsent:
            if any(each.code == NO_WAY_IN for each in explain(result.text.splitlines())):
                return False
            raise Unread(f"whether {self.owner} gets in can't be told: it says {' '.join(result.text.split())[:160]}")
        return understood(result, "mkauthkeys --test", _silent)

    def guards(self, before: bool) -> tuple[Guard, ...]:
        return (Guard(name=f"{self.owner} gets in to {self.hmc} now", holds=True, seen="yes" if before else "no"),)

    def doing(self, before: bool) -> tuple[tuple[str, ...], ...]:
        return (("mkauthkeys", "--remove", self.key),) if before else ()

    def left(self, after: bool) -> list[str]:
        if not after:
            return []
        return [f"{self.owner} still gets in: the key may have another name there, or there are two"]

    def moves(self, before: bool) -> str:
        way = f" as {self.user}" if self.user is not None else ""
        return f"{self.owner} gets in to {self.hmc}{way} no more: migrations between them stop working"

    def done(self, before: bool, after: bool) -> str:
        return f"{self.key} is gone, and {self.owner} gets in no more"

    def lasts(self) -> Lasts:
        return Lasts.NOTED

    def offers(self, before: bool) -> tuple[Offer, ...]:
        again: Operation = ExchangeKeys(hmc=self.owner, other=self.hmc, user=self.user)
        return (Offer(label="What opens it again", text=again.text()),)


def _silent(text: str) -> bool:
    """It says nothing where the way is open."""
    if text.strip():
        raise Unreadable(f"it says {text.strip()[:120]!r} where it should say nothing")
    return True


OPERATIONS: tuple[type[Operation], ...] = (RemoveKey,)
