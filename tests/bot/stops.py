"""A memory of refused logins that lasts as long as a test."""

from __future__ import annotations


class Stops:
    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def stopped(self, host: str) -> tuple[str, str] | None:
        return ("yesterday", self.kept[host]) if host in self.kept else None

    async def stop(self, host: str, reason: str) -> None:
        self.kept[host] = reason

    async def lift(self, host: str) -> None:
        self.kept.pop(host, None)
