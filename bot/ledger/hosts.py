"""Hosts whose login was refused: kept, so that a restart doesn't try again and lock the account."""

from __future__ import annotations

from bot.ledger.store import Ledger
from bot.ledger.tx import Tx


class LoginStops:
    """The console's memory of refused logins."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def stopped(self, host: str) -> tuple[str, str] | None:
        """Since when and why, or None."""
        row = await self._ledger.read(
            lambda db: db.execute("SELECT since, reason FROM login_stop WHERE host = ?", [host]).fetchone()
        )
        return (row[0], row[1]) if row is not None else None

    async def stop(self, host: str, reason: str) -> None:
        def change(tx: Tx) -> None:
            since = tx.now().isoformat(timespec="seconds")
            tx.db.execute("INSERT OR REPLACE INTO login_stop VALUES (?, ?, ?)", [host, since, reason])
            tx.audit("login-stopped", person="hscbot", host=host, reason=reason)

        await self._ledger.write(change)

    async def lift(self, host: str) -> None:
        def change(tx: Tx) -> None:
            if tx.db.execute("DELETE FROM login_stop WHERE host = ?", [host]).rowcount:
                tx.audit("login-lifted", person="hscbot", host=host)

        await self._ledger.write(change)
