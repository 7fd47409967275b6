"""What a watch sees of one thing, in words that every watch shares. Pure."""

from __future__ import annotations

from enum import IntEnum

from pydantic import AwareDatetime, Field

from policies.words import Frozen


class Severity(IntEnum):
    """How much it matters, least first."""

    NOTE = 0  # worth reading in the morning
    WARNING = 1  # redundancy or a setting isn't as it should be; traffic flows
    SERIOUS = 2  # redundancy is gone, or some traffic doesn't flow
    CRITICAL = 3  # traffic doesn't flow, or a loop threatens

    @property
    def word(self) -> str:
        return self.name.lower()


class Remedy(Frozen):
    """A next step for a button: an operation, asked as if typed, judged as any other."""

    label: str
    command: str  # the slash command without its slash
    text: str  # what follows it


class Symptom(Frozen):
    """Something wrong that lasts. `rule` and `about` together tell it from every other symptom of the same thing."""

    rule: str  # such as `both-primary`
    about: str = ""  # the side, adapter or value that it is about; empty: the whole
    severity: Severity
    said: str  # one sentence
    evidence: tuple[str, ...] = ()  # lines as the machines printed them
    then: str  # what to do next
    remedies: tuple[Remedy, ...] = ()
    at_once: bool = False  # never held back, and breaks through silence
    cause: str = (
        ""  # what is out, where this is only how it shows: `hmc:hmc1`, `vios:p72/p72vio1`; the same fold into one
    )
    request: int | None = None  # ours, that explains it

    @property
    def mark(self) -> tuple[str, str]:
        """By what it is told from every other symptom of the same thing."""
        return self.rule, self.about


class Happening(Frozen):
    """Something that took place between two looks, and is over: a failover, a flap."""

    rule: str
    about: str = ""
    severity: Severity
    said: str
    evidence: tuple[str, ...] = ()  # before and after, as the machines printed them
    request: int | None = None  # ours, that explains it


class Sighting(Frozen):
    """All that one look at one thing came to. What couldn't be looked at keeps its symptoms: silence is not health."""

    key: str = Field(min_length=1, max_length=300)  # the same thing has the same key for ever
    kind: str  # the slash command of who watches it: `sea`, `drift`
    title: str
    places: tuple[str, ...]  # HMC, managed system, partitions: by these it is routed, found and correlated
    at: AwareDatetime  # by hscbot's own clock
    symptoms: tuple[Symptom, ...] = ()
    happenings: tuple[Happening, ...] = ()
    affected: tuple[str, ...] = ()  # lines: networks and the partitions on them
    subject: str = ""  # what is typed after `show` and `history` to ask about it; empty: those aren't offered
    members: tuple[str, ...] = ()  # keys of the sightings that are folded into this one
    over: str = ""  # why nothing is wrong with it any more, where it isn't as it should be: nobody looks at it

    @property
    def severity(self) -> Severity:
        lasting, over = (each.severity for each in self.symptoms), (each.severity for each in self.happenings)
        return max((*lasting, *over), default=Severity.NOTE)
