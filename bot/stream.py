"""One command's answer on its way: kept byte by byte, read line by line, shown in the thread as it comes."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterable

import structlog

from bot.ledger import outputs, requests
from bot.ledger.problems import LedgerProblem
from bot.ledger.requests import Request
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from bot.teller import Teller
from handlers.command import RESULT_LIMIT, Command, Result
from handlers.finding import Finding
from policies.problems import Problem
from policies.words import Effect

log = structlog.get_logger()

LINE = 16_384  # characters; a longer line goes on as the next piece
PAGE = 2_500  # characters of one log message in the thread
PAGES = 11  # after so many and the first, the attached file alone has the rest
MORE = "… more follows; the attached file has it all"
FINDINGS_SHOWN = 60


class Stream:
    """What arrives is written to the ledger before more is taken from the machine."""

    def __init__(self, ledger: Ledger, teller: Teller, request: Request | None, command: Command) -> None:
        self._ledger, self._teller, self._request, self._command = ledger, teller, request, command
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._strict = codecs.getincrementaldecoder("utf-8")()
        self._hash = hashlib.sha256()
        self._size = 0
        self._malformed = False
        self._reader_broken = False
        self._line = ""
        self._text: list[str] = []
        self._kept = 0
        self._findings: list[Finding] = []
        self._page = self._page_size = 0
        self._number = self._sending = 0  # within the request; the audit row that announced it
        self._whole = True

    async def waiting(self) -> None:
        """No session is free yet: said, so that nobody wonders."""
        request, host = self._request, self._command.host
        if request is not None and self._command.streamed:
            text = f"⏳ waiting for a free session on {host}: I keep to a few at once there"
            await self._ledger.write(lambda tx: self._teller.note(tx, request, text))
            self._teller.wake()

    async def sending(self) -> None:
        """The audit row that must be there before anything is sent."""
        self._sending, self._number = await self._ledger.write(lambda tx: self._note_sending(tx))

    def _note_sending(self, tx: Tx) -> tuple[int, int]:
        request = self._request
        number = requests.commands_sent(tx.db, request.id) + 1 if request is not None else 0
        sending = tx.audit(
            "sending",
            person=str(request.requester) if request is not None else "hscbot",
            request=request.id if request is not None else None,
            host=self._command.host,
            command=number,
            argv=self._command.argv,
            effect=self._command.effect.word,
            deadline=self._command.deadline,
        )
        shown = request is not None and self._command.streamed
        outputs.announced(tx, sending, request=request.id if request is not None else None, number=number, shown=shown)
        return sending, number

    async def feed(self, raw: bytes) -> None:
        """Take bytes in; back when they are durable."""
        self._size += len(raw)
        kept = b"" if self._command.confidential else raw
        self._hash.update(kept)
        lines = self._lines(self._decoded(raw))
        found = [finding for line in lines for finding in self._read(line)]
        try:
            await self._ledger.write(lambda tx: self._keep(tx, kept, lines, found))
        except LedgerProblem:
            # A change that runs is heard out, whatever becomes of its words; a read that can't be kept is given up.
            if self._command.effect == Effect.READS:
                raise
            self._whole = False
            log.exception("an answer couldn't be kept", host=self._command.host)
        self._teller.wake()

    async def not_sent(self, problem: Problem) -> None:
        """Nothing ran: said in the audit as what became of the command."""
        await self._ledger.write(lambda tx: self._note_not_sent(tx, problem))

    def _note_not_sent(self, tx: Tx, problem: Problem) -> None:
        row = tx.audit(
            "not-sent",
            person="hscbot",
            request=self._request.id if self._request is not None else None,
            host=self._command.host,
            command=self._number or None,
            sending=self._sending or None,
            argv=self._command.argv,
            code=problem.code,
        )
        if self._sending:
            outputs.ended(tx, self._sending, row)

    async def answered(self, exit_status: int | None, *, lost: str | None, seconds: float) -> Result:
        """The end of the answer, however it came."""
        lines = self._lines(self._decoded(b"", final=True), final=True)
        found = [finding for line in lines for finding in self._read(line)]
        if self._command.reader is not None and not self._reader_broken:
            found += self._collected(self._command.reader.close())
        await self._ledger.write(lambda tx: self._note_answered(tx, lines, found, exit_status, lost, seconds))
        self._teller.wake()
        return Result(
            command=self._command,
            exit_status=exit_status,
            text="".join(self._text),
            findings=tuple(self._findings),
            size=self._size,
            malformed=self._malformed or self._reader_broken,
        )

    def _note_answered(
        self,
        tx: Tx,
        lines: list[str],
        found: list[Finding],
        exit_status: int | None,
        lost: str | None,
        seconds: float,
    ) -> None:
        request = self._request
        self._keep(tx, b"", lines, found)
        row = tx.audit(
            "answered",
            person="hscbot",
            request=request.id if request is not None else None,
            host=self._command.host,
            command=self._number,
            sending=self._sending,
            exit_status=exit_status,
            lost=lost,
            seconds=round(seconds, 3),
            bytes=self._size,
            sha256=self._hash.hexdigest(),  # of what is kept
            start="" if self._command.confidential else "".join(self._text)[:2_000],
            **({"kept": outputs.CONFIDENTIAL} if self._command.confidential else {}),
            **({} if self._whole else {"kept": "not whole"}),
        )
        outputs.ended(tx, self._sending, row)

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _decoded(self, raw: bytes, *, final: bool = False) -> str:
        if not self._malformed:
            try:
                self._strict.decode(raw, final)
            except UnicodeDecodeError:
                self._malformed = True
        return self._decoder.decode(raw, final)

    def _lines(self, text: str, *, final: bool = False) -> list[str]:
        """Whole lines, and pieces of a line that has grown too long to wait for its end."""
        if self._kept < RESULT_LIMIT:
            self._text.append(text[: RESULT_LIMIT - self._kept])
            self._kept += len(text)
        *ended, rest = (self._line + text).split("\n")
        whole = [line.removesuffix("\r") for line in ended]
        while len(rest) > LINE:
            whole.append(rest[:LINE])
            rest = rest[LINE:]
        self._line = "" if final else rest
        return [*whole, rest] if final and rest else whole

    def _read(self, line: str) -> list[Finding]:
        if self._command.reader is None or self._reader_broken:
            return []
        try:
            return self._collected(self._command.reader.feed(line))
        except Exception:
            # A fault of ours in reading must not end a command that runs; the whole answer is kept all the same.
            log.exception("an answer couldn't be read", host=self._command.host)
            self._reader_broken = True
            return []

    def _collected(self, found: Iterable[Finding]) -> list[Finding]:
        fresh = list(found)[: max(0, FINDINGS_SHOWN * 10 - len(self._findings))]
        before = len(self._findings)
        self._findings += fresh
        return fresh[: max(0, FINDINGS_SHOWN - before)]

    # ── keeping and showing ───────────────────────────────────────────────────────────────────────────────────────

    def _keep(self, tx: Tx, raw: bytes, lines: list[str], found: list[Finding]) -> None:
        request = self._request
        if raw:
            outputs.keep(tx, self._sending, raw)
        if request is None or not self._command.streamed or self._command.confidential:
            return
        for page, text in self._pages(lines):
            self._teller.log(tx, request, text, key=f"{request.key}:log:{self._number}:{page}")
        for finding in found:
            self._teller.finding(tx, request, finding)

    def _pages(self, lines: list[str]) -> list[tuple[int, str]]:
        """The lines by the log message that they go to, until enough of them are shown."""
        pages: dict[int, list[str]] = {}
        for line in lines:
            if self._page > PAGES:
                break
            told = _cut(line)
            self._page_size += len(told) + 1
            if self._page_size > PAGE:
                self._page, self._page_size = self._page + 1, len(told) + 1
            full = self._page > PAGES
            pages.setdefault(min(self._page, PAGES), []).append(MORE if full else told)
        return [(page, "\n".join(told)) for page, told in pages.items()]


def _cut(line: str) -> str:
    return line if len(line) <= PAGE else line[: PAGE - 1] + "…"
