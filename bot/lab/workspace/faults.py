"""Faults on demand: what goes wrong, how often, and who asks whether it goes wrong now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Doing = Literal["drop", "duplicate", "delay"]


class ApiFault(BaseModel):
    """The next `times` calls of `method` (`*` for any) go wrong.

    `answer`: 429, 500, "nothing" (the connection is cut without an answer), "slow" (after `seconds`), or one of Slack's
    error names. With `when` = "after" the call takes effect first, and only its answer is lost.
    """

    model_config = ConfigDict(extra="forbid")
    method: str
    answer: int | str
    times: int = Field(default=1, ge=1)
    retry_after: int = Field(default=1, ge=1)
    seconds: float = Field(default=1.0, ge=0, le=600)
    when: Literal["before", "after"] = "before"
    channel: str = ""


class DeliveryFault(BaseModel):
    """The next `times` deliveries of this type (`*` for any) are dropped, doubled, or late by `seconds`."""

    model_config = ConfigDict(extra="forbid")
    delivery: str
    do: Doing
    times: int = Field(default=1, ge=1)
    seconds: float = Field(default=1.0, ge=0, le=600)


class TriggerFault(BaseModel):
    """Every trigger that is out expires, and the next `times` are expired when they are issued."""

    model_config = ConfigDict(extra="forbid")
    triggers: Literal["expire"]
    times: int = Field(default=0, ge=0)


Fault = ApiFault | DeliveryFault


@dataclass
class _Armed:
    fault: Fault
    left: int


class Faults:
    def __init__(self) -> None:
        self._armed: list[_Armed] = []

    def arm(self, fault: Fault) -> None:
        self._armed.append(_Armed(fault, fault.times))

    def clear(self) -> None:
        self._armed.clear()

    def shown(self) -> list[dict[str, object]]:
        return [{**armed.fault.model_dump(), "left": armed.left} for armed in self._armed]

    def of_call(self, method: str, channels: set[str]) -> ApiFault | None:
        """The fault that hits this call, if any; `channels` are the names under which its channel goes."""
        for armed in self._armed:
            fault = armed.fault
            if isinstance(fault, ApiFault) and fault.method in ("*", method) and fault.channel in channels | {""}:
                self._spend(armed)
                return fault
        return None

    def of_delivery(self, kind: str) -> DeliveryFault | None:
        for armed in self._armed:
            if isinstance(armed.fault, DeliveryFault) and armed.fault.delivery in ("*", kind):
                self._spend(armed)
                return armed.fault
        return None

    def _spend(self, armed: _Armed) -> None:
        armed.left -= 1
        if not armed.left:
            self._armed.remove(armed)
