"""Explains an answer of an HMC or VIOS, line by line, while the command still runs.

An answer is a row of blocks. A block is one message: it begins with a line that begins with a code, or, without a code,
with the first line of a paragraph; it ends at the next code, heading or empty line. Work is linear and memory flat
whatever comes in: of a line only the first LINE_LIMIT characters count, of a block the first TEXT_LIMIT are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from handlers.block import Block
from handlers.catalogue import Catalogue, Entry, catalogue, finding_of, squeezed
from handlers.finding import Finding, Section

LINE_LIMIT = 65_536
DEPTH_LIMIT = 8  # codes within codes

CODE = (
    r"(?:HSC[A-Z][0-9A-F]{4}|VIOSE[0-9A-F]{8}(?:-[0-9]{4})?|VIOS[0-9]{4}|PVME[0-9]{8}(?:-[0-9]{4})?|REST[0-9A-F]{4})"
    r"(?![0-9A-Za-z_])"
)
_DATES = "T(?=[0-9])|Z|[AP]M|UTC|GMT|Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
# A code that begins a line, perhaps after a time stamp and the like, or after a heading on the same line. An opening
# parenthesis is left out: what stands in one is a mention.
_START = re.compile(
    rf"(?:[\x00-'\x29-\x40\x5b-\x60\x7b-\x7f]|{_DATES}){{0,80}}?"
    rf"(?:(?i:(error|detail|warning)s?)\s{{0,9}}[:：]\s{{0,9}})?({CODE})"
)
_NESTED = re.compile(rf"[:：\[]\s*({CODE})")
_FAILURE = re.compile(r"(?:errors?|failed|failure|reasons?|cause)(?: (?:is|was))?\s*$", re.IGNORECASE)
_REFERRAL = re.compile(r"\b(?:see|also|refer to)\s*$", re.IGNORECASE)
_MENTION = re.compile(r"(?:\b(?:see|also|refer to|and|or|codes?|messages?)|\()$", re.IGNORECASE)
_MID_SENTENCE = re.compile(r"\b(?:following|the|this|an?|with|by)$")
_PROMPT = re.compile(r"[\w.-]{1,64}@[\w.-]{1,64}:[^\s>$#]{0,99}[>$#](?:\s|$)")
_RMC_RC = re.compile(r"RMCreturncodeis:?(-?\d{1,9})(?!\d)")
_OS_RC = re.compile(r"OS(?:comm[ae]nd)?returncodeis:?(-?\d{1,9})(?!\d)")
_VIOS_RC = re.compile(r"\brc ?= ?(-?\d{1,9})(?!\d)")
_SECTIONS = frozenset(Section)
_SENTENCE_ENDS = (".", "!", "?", ")", "。")


class Explainer:
    """Fed the lines of one answer; gives back each finding with the line that completes it."""

    def __init__(self, known: Catalogue | None = None) -> None:
        self._known = catalogue() if known is None else known
        self._section: Section | None = None
        self._block: Block | None = None

    def feed(self, line: str) -> Iterable[Finding]:
        found: list[Finding] = []
        for one in line.removesuffix("\n").split("\n"):
            found += self._line(one[:LINE_LIMIT].rstrip("\r"))
        return found

    def close(self) -> Iterable[Finding]:
        return self._end()

    def _line(self, line: str) -> list[Finding]:
        words = line.strip()
        if not words:
            return self._empty()
        if (section := _heading(words)) and not self._in_sentence(words):
            done = self._end()
            self._section = section
            return done
        if start := _START.match(line):
            return self._coded(line, start)
        if words.startswith("VIOS_DETAILED_ERROR"):
            return self._detailed(line)
        if _PROMPT.match(words) or (self._block is None and words in {"$", "#", ">"}):
            done = self._end()
            self._section = None
            return done
        return self._more(line, words)

    def _in_sentence(self, words: str) -> bool:
        """A line such as `error:` that is no heading but the wrapped end of `… failed with the following error:`."""
        block = self._block
        return (
            block is not None and not block.gap and words[0].islower() and bool(_MID_SENTENCE.search(block.last[-20:]))
        )

    def _empty(self) -> list[Finding]:
        block = self._block
        if block is None:
            return []
        goes_on = block.gap or block.spans or block.detailed or block.is_lone_heading
        if goes_on or self._awaits_code(block) or self._leads(block):
            block.take("")
            return []
        return self._end()

    def _coded(self, line: str, start: re.Match[str]) -> list[Finding]:
        section, code = start[1], start[2]
        block = self._block
        if block is not None and (self._in_sentence(section) if section else self._goes_on(block, line)):
            self._name(block, code)
            block.take(line)
            return []
        if block is not None and block.code is None and self._known.led_by("\n".join(block.lines)) == code:
            block.lead, block.spans = len(block.lines), False
            self._name(block, code)
            block.take(line)
            return []
        done = self._end(before_code=True)
        self._block = Block(Section(section.lower()) if section else self._section)
        self._name(self._block, code)
        self._block.take(line)
        return done

    def _name(self, block: Block, code: str) -> None:
        block.code = block.code or code
        entry = self._known.get(code)
        if entry is not None and entry.spans:
            block.spans, block.until = True, entry.last_line

    def _detailed(self, line: str) -> list[Finding]:
        """The block that a VIOS adds: part of the coded message in which it stands, or a message of its own."""
        done = self._end() if self._block is not None and self._block.code is None else []
        block = self._block = self._block or Block(self._section)
        block.detailed = True
        block.take(line)
        return done

    def _more(self, line: str, words: str) -> list[Finding]:
        block = self._block = self._block or Block(self._section)
        block.take(line)
        if block.detailed:
            for match in _VIOS_RC.finditer(words):
                block.vios_rc = int(match[1])
            if words.startswith("End Detailed Message"):
                block.detailed = False
                return self._end() if block.code is None else []
        if block.until is not None and block.until.match(words):
            return self._end()
        return []

    # ── where a block ends ────────────────────────────────────────────────────────────────────────────────────────

    def _leads(self, block: Block) -> bool:
        """Words without a code that belong to the coded message after them; it may come after an empty line."""
        if block.code is None and self._known.led_by("\n".join(block.lines)) is not None:
            block.spans = True
            return True
        return False

    def _goes_on(self, block: Block, line: str) -> bool:
        """A code at the beginning of this line only seems to begin a message: the one before was wrapped there."""
        if block.code is None:
            return False
        if block.last.endswith((":", "：", "[")):
            return self._awaits_code(block)
        if _NESTED.match(line.lstrip()):
            return self._expects(block, block.last)
        return not block.gap and _MENTION.search(block.last[-20:]) is not None

    def _awaits_code(self, block: Block) -> bool:
        return block.code is not None and block.last.endswith((":", "：", "[")) and self._expects(block, block.last)

    def _expects(self, block: Block, words: str) -> bool:
        """Whether a code would be the cause of the block so far, which ends in these words."""
        if block.cut:
            return False
        path = self._path(block)
        return len(path) < DEPTH_LIMIT and self._wraps(path[-1], words.rpartition(path[-1])[2])

    def _wraps(self, outer: str, between: str) -> bool:
        """Whether a code that comes after these words of a message is its cause, not a mere mention."""
        words = between.rstrip(":：[ \n\t")[-60:]
        if _REFERRAL.search(words):
            return False
        entry = self._known.get(outer)
        return not words.strip() or (entry is not None and entry.kind == "wrapper") or bool(_FAILURE.search(words))

    def _end(self, before_code: bool = False) -> list[Finding]:
        block, self._block = self._block, None
        if block is None:
            return []
        if before_code and block.ends_in_heading:
            block.drop_last()
            self._section = None
        return list(self._findings(block))

    # ── what a block says ─────────────────────────────────────────────────────────────────────────────────────────

    def _findings(self, block: Block) -> Iterator[Finding]:
        lines = block.lines
        begins = self._uncoded(block)
        for start, end in pairwise(sorted({0, *begins, len(lines)})):
            text = block.piece(start, end)
            if not text:
                continue
            if start in begins:
                entry = begins[start]
                yield finding_of(entry, code=entry.code, path=(entry.code,), section=block.section, text=text)
            elif start == 0 and (block.code is not None or block.vios_rc is not None):
                yield self._explained(block, text)
            else:
                yield Finding(code=None, section=block.section, text=text)

    def _uncoded(self, block: Block) -> dict[int, Entry]:
        """The messages without a code in the block: the line that each begins on."""
        if block.spans or block.detailed or (block.code and len(block.lines) == 1):
            return {}
        found = self._known.uncoded_lines(block.lines)
        if block.code is None:
            return found
        return {n: entry for n, entry in found.items() if n and block.lines[n - 1].rstrip().endswith(_SENTENCE_ENDS)}

    def _explained(self, block: Block, text: str) -> Finding:
        path = self._path(block) or (f"OSRC-{block.vios_rc}",)
        entry = self._known.get(path[-1])
        told = self._returns(block, text, entry)
        return finding_of(entry, code=path[-1], path=path, section=block.section, text=text, **told)

    def _path(self, block: Block) -> tuple[str, ...]:
        """From the outermost code to the innermost."""
        if block.code is None:
            return ()
        text = "\n".join(block.lines[block.lead :])
        path = self._nesting(text, block.code)
        # A terminal may have wrapped the text in the middle of the inner code.
        return path if len(path) > 1 or "\n" not in text else self._nesting(text.replace("\n", ""), block.code)

    def _nesting(self, text: str, outer: str) -> tuple[str, ...]:
        path, end = [outer], text.find(outer) + len(outer)
        for match in _NESTED.finditer(text, end):
            if len(path) < DEPTH_LIMIT and self._wraps(path[-1], text[end : match.start()]):
                path.append(match[1])
                end = match.end()
        return tuple(path)

    def _returns(self, block: Block, text: str, entry: Entry | None) -> dict[str, object]:
        """The return codes in a detail block, and what the deciding one adds to the explanation."""
        if not block.spans and block.vios_rc is None:
            return {}
        bare = squeezed(text)
        rmc, os = _number(_RMC_RC, bare), _number(_OS_RC, bare)
        os = block.vios_rc if os is None else os
        codes = [f"{kind}-{rc}" for kind, rc in (("RMCRC", rmc), ("OSRC", os)) if rc is not None]
        told: dict[str, object] = {"rmc_rc": rmc, "os_rc": os}
        told["returns"] = tuple(self._known.return_code(code) for code in codes)
        decides = self._known.get(codes[0] if rmc else codes[-1]) if codes else None
        if entry is not None and decides is not None and decides.kind != "info" and decides is not entry:
            told |= {key: decides.template[key] for key in ("causes", "check", "fixes", "rank")}
            told["meaning"] = f"{entry.meaning} {decides.meaning}"
        return told


def _number(pattern: re.Pattern[str], bare: str) -> int | None:
    match = pattern.search(bare)
    return int(match[1]) if match else None


def _heading(words: str) -> Section | None:
    if len(words) > 20 or words[-1] not in ":：":
        return None
    name = words[:-1].rstrip().lower().removesuffix("s")
    return Section(name) if name in _SECTIONS else None


def explain(lines: Iterable[str]) -> Iterator[Finding]:
    """The findings of a whole answer, each as soon as it is complete."""
    explainer = Explainer()
    for line in lines:
        yield from explainer.feed(line)
    yield from explainer.close()
