"""Old answers leave the database: exported, read again and compared with the audit, and only then dropped.

The audit rows that tell of them stay, with their hashes. Whatever instant this is interrupted at, an answer is in the
database, or in a whole file whose own hash stands in the audit, or in both.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from sqlite_utils import Database

from bot.ledger import outputs
from bot.ledger.problems import LedgerProblem
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx


class ExportUnwritable(LedgerProblem):
    code = "export-unwritable"
    sentence = "I can't export to {path}: {reason}. Nothing was dropped."
    why = "An export never takes the place of a file: it may be all that is left of answers that were dropped before."
    remedy = "Name a new file. `hscbot audit find --action outputs-dropped` tells which files belong to the audit."


class ExportBroken(LedgerProblem):
    code = "export-broken"
    sentence = "What was written to {path} isn't what was read back: {reason}. Nothing was dropped."
    why = "An answer is dropped only once its export has been compared with the audit."
    remedy = "Remove the file, check that disk, and export to another one."


class DroppedMeanwhile(LedgerProblem):
    code = "dropped-meanwhile"
    sentence = "Somebody else dropped some of these answers while I exported them."
    why = "What is dropped must be exactly what was exported, so I dropped nothing; {path} holds what it was before."
    remedy = "Keep both files, and run it again for what is left."


@dataclass(frozen=True, kw_only=True)
class Pruned:
    """`other`: the audit rows whose kept answer isn't the audited one; it stays where it is."""

    dropped: int
    sha256: str = ""
    other: tuple[int, ...] = ()


@dataclass(kw_only=True)
class _Export:
    """What stands in the file: the commands' audit rows, and how many pieces their answers were kept in."""

    sendings: list[int]
    pieces: int
    other: list[int]


def prune(ledger: Ledger, before: datetime, path: Path, *, by: str) -> Pruned:
    """Export and drop what was answered to commands that were sent before that time."""
    at = before.astimezone(UTC).isoformat()
    with _new_file(path):
        export = ledger.read_now(lambda db: _written(db, at, path))
        if not export.sendings:
            path.unlink()
            return Pruned(dropped=0, other=tuple(export.other))
        sha256 = ledger.read_now(lambda db: _compared(db, export, path))
    # From here on the file stays, whatever happens.
    ledger.write_now(lambda tx: _dropped(tx, export, at, path, sha256, by))
    return Pruned(dropped=len(export.sendings), sha256=sha256, other=tuple(export.other))


@contextmanager
def _new_file(path: Path) -> Iterator[None]:
    """Ours alone; gone again if it doesn't become whole."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as fault:
        raise ExportUnwritable(path=path, reason=fault.strerror) from fault
    try:
        yield
    except OSError as fault:
        path.unlink(missing_ok=True)
        raise ExportUnwritable(path=path, reason=fault.strerror or fault) from fault
    except BaseException:
        path.unlink(missing_ok=True)
        raise


# ── out of the database ───────────────────────────────────────────────────────────────────────────────────────────


def _old(db: Database, at: str) -> Iterator[dict[str, Any]]:
    """Commands with an answer that was heard to its end, oldest first."""
    query = (
        "SELECT c.sending, c.request, c.number, s.host, s.at, s.body, e.at, e.body FROM command AS c"
        " JOIN audit AS s ON s.seq = c.sending JOIN audit AS e ON e.seq = c.ended"
        " WHERE c.dropped IS NULL AND e.action = 'answered' AND s.at < ?"
        " AND EXISTS (SELECT 1 FROM output AS o WHERE o.sending = c.sending) ORDER BY c.sending"
    )
    for sending, request, number, host, sent_at, sent, answered_at, answered in db.execute(query, [at]):
        end = json.loads(answered)
        yield {
            "seq": sending,
            "request": request,
            "command": number,
            "host": host,
            "argv": json.loads(sent)["argv"],
            "sent_at": sent_at,
            "answered_at": answered_at,
            "exit_status": end["exit_status"],
            "lost": end.get("lost"),
            "sha256": end["sha256"],
        }


def _written(db: Database, at: str, path: Path) -> _Export:
    """The file, durable, and what is in it."""
    export = _Export(sendings=[], pieces=0, other=[])
    with _opened(path, "wb") as file:
        for each in _old(db, at):
            pieces = list(outputs.pieces(db, each["seq"]))
            raw = b"".join(pieces)
            if hashlib.sha256(raw).hexdigest() != each["sha256"]:
                export.other.append(each["seq"])
                continue
            file.write(json.dumps(each | _told(raw), ensure_ascii=False).encode() + b"\n")
            export.sendings.append(each["seq"])
            export.pieces += len(pieces)
    _durable(path)
    return export


def _told(raw: bytes) -> dict[str, str]:
    """As text where it is text; otherwise compressed."""
    try:
        return {"text": raw.decode("utf-8")}
    except UnicodeDecodeError:
        return {"zlib_base64": base64.b64encode(zlib.compress(raw)).decode("ascii")}


def raw_of(line: dict[str, Any]) -> bytes:
    """An exported answer's bytes, as they came from the machine."""
    if "text" in line:
        return str(line["text"]).encode()
    return zlib.decompress(base64.b64decode(line["zlib_base64"]))


def _opened(path: Path, mode: str) -> IO[bytes]:
    return gzip.open(path, mode) if path.suffix == ".gz" else path.open(mode)  # type: ignore[return-value]


def _durable(path: Path) -> None:
    """The file and its name."""
    for place, flags in ((path, os.O_RDONLY), (path.parent, os.O_RDONLY | os.O_DIRECTORY)):
        handle = os.open(place, flags)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


# ── checked, then dropped ─────────────────────────────────────────────────────────────────────────────────────────


def _compared(db: Database, export: _Export, path: Path) -> str:
    """The file's SHA-256, once every answer in it has the hash that the audit tells."""
    query = "SELECT e.body ->> 'sha256' FROM command AS c JOIN audit AS e ON e.seq = c.ended WHERE c.sending = ?"
    try:
        with _opened(path, "rb") as file:
            lines = map(json.loads, file)
            for sending, line in zip(export.sendings, lines, strict=True):
                (audited,) = db.execute(query, [sending]).fetchone()
                if line["seq"] != sending or hashlib.sha256(raw_of(line)).hexdigest() != audited:
                    raise ExportBroken(path=path, reason=f"the answer of row {sending} differs")
    except (ValueError, KeyError, EOFError, zlib.error) as fault:
        raise ExportBroken(path=path, reason=fault) from fault
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _dropped(tx: Tx, export: _Export, at: str, path: Path, sha256: str, by: str) -> None:
    told = {"count": len(export.sendings), "before": at, "file": str(path.resolve()), "sha256": sha256}
    row = tx.audit("outputs-dropped", person=by, **told)  # type: ignore[arg-type]  # facts of several types
    these = json.dumps(export.sendings)
    mark = "UPDATE command SET dropped = ? WHERE dropped IS NULL AND sending IN (SELECT value FROM json_each(?))"
    marked = tx.db.execute(mark, [row, these]).rowcount
    drop = "DELETE FROM output WHERE sending IN (SELECT value FROM json_each(?))"
    pieces = tx.db.execute(drop, [these]).rowcount
    if (marked, pieces) != (len(export.sendings), export.pieces):
        raise DroppedMeanwhile(path=path)
