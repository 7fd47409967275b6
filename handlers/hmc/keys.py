"""SSH keys between HMCs: whether one gets in to another, and what somebody has to type where it doesn't.

`mkauthkeys -g` wants the other HMC's password: at its prompt, or as a word of its command line. Nothing is typed at the
prompt of a command that is sent, and a password in a command line stands in this bot's audit log and in the HMC's own.
So keys are exchanged by hand.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from pydantic import Field

from handlers.command import Command, Result
from handlers.explain import explain
from handlers.heard import heard
from handlers.operation import Ending, Flow, HostName, Inventory, Operation, Report, UserName, failed
from policies.problems import AskProblem
from policies.words import Effect

NO_WAY_IN = "HSCL3653"


class UnknownHmc(AskProblem):
    code = "unknown-hmc"
    sentence = "I know no HMC called {name}."
    why = "Mine are: {known}."
    remedy = "Name one of them by its name in the configuration or by its address."


class _Between(Operation):
    """From one HMC of ours to another of ours. Each question is a login there, and three that fail lock the account: no
    other host is ever asked, and the seed policy lets operators and leads alone ask, as it takes no plan to read."""

    command: ClassVar[str] = "hmc"
    effect: ClassVar[Effect] = Effect.READS

    hmc: HostName = Field(description="the HMC that is to get in", json_schema_extra={"place": 0, "pick": "hmc"})
    other: HostName = Field(description="the HMC that it gets in to", json_schema_extra={"place": 1, "pick": "hmc"})
    user: UserName | None = Field(
        default=None, description="the user there; without it, of the name that I have at the first"
    )

    def systems(self) -> tuple[str, ...]:
        return ()

    def targets(self) -> tuple[str, ...]:
        return (self.hmc, self.other)

    def reach(self, inventory: Inventory) -> tuple[str, ...]:
        """By name, also where an address was typed."""
        known = (inventory.hmc_named(self.hmc), inventory.hmc_named(self.other))
        return tuple(dict.fromkeys((*self.targets(), *(name for name in known if name is not None))))

    @property
    def way(self) -> str:
        return f"{self.hmc} to {self.other}" + (f" as {self.user}" if self.user is not None else "")

    @property
    def to(self) -> tuple[str, ...]:
        user = () if self.user is None else ("-u", self.user)
        return ("--ip", self.other, *user)

    @abstractmethod
    def closed(self, hmc: str) -> Report:
        """What is to be said where there is no way in."""

    def flow(self, inventory: Inventory) -> Flow:
        hmc = hmc_of_ours(inventory, self.hmc)
        hmc_of_ours(inventory, self.other)
        result = heard((yield Command(host=hmc, argv=("mkauthkeys", *self.to, "--test"))))
        if result.exit_status is None:
            return Report(ending=Ending.UNKNOWN, headline="unknown: the connection was lost before the answer ended")
        if result.exit_status == 0 and not result.text.strip():
            return Report(ending=Ending.SUCCEEDED, headline=f"the way from {self.way} is open: it gets in with its key")
        findings = tuple(explain(result.text.splitlines()))
        if not any(finding.code == NO_WAY_IN for finding in findings):
            return self._untold(result).model_copy(update={"findings": findings})
        return self.closed(hmc).model_copy(update={"findings": findings})

    def _untold(self, result: Result) -> Report:
        said = " ".join(result.text.split())[:160]
        return failed(f"can't tell whether the way from {self.way} is open", f"It says: {said or 'nothing'}")


class TestKeys(_Between):
    """Ask an HMC whether it gets in to another one with its key, as migrations between them need."""

    __test__ = False  # no test of ours, whatever its name
    verb: ClassVar[str] = "test-keys"
    example: ClassVar[str] = "test-keys hmc1 hmc2 user=hscroot"

    def closed(self, hmc: str) -> Report:
        return failed(f"the way from {self.way} is closed", f"What to type, and where: /hmc {self._exchange()}")

    def _exchange(self) -> str:
        return ExchangeKeys(hmc=self.hmc, other=self.other, user=self.user).text()


class ExchangeKeys(_Between):
    """Tell what to type to exchange keys between two HMCs, where they aren't yet: a password is typed there alone."""

    verb: ClassVar[str] = "exchange-keys"
    example: ClassVar[str] = "exchange-keys hmc1 hmc2 user=hscroot"

    def closed(self, hmc: str) -> Report:
        return failed(
            f"the way from {self.way} is closed, and I don't open it: that takes a password",
            "Nothing was sent but the question. A password that I sent would stand in logs here and there.",
            f"Log in to {hmc} yourself and type: {' '.join(('mkauthkeys', '-g', *self.to))}",
            "It asks for the password of the user there. Then ask again: I tell whether the way is open.",
        )


def hmc_of_ours(inventory: Inventory, name: str) -> str:
    """Its name in the configuration, or UnknownHmc."""
    found = inventory.hmc_named(name)
    if found is None:
        raise UnknownHmc(name=name, known=", ".join(each.hmc for each in inventory.hmcs()))
    return found
