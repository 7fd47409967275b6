"""Takes what tells whose machines they are out of an answer: the same thing always becomes the same stand-in.

Names are learned from the command, from the answer's own attributes and sentences, and from whoever records; numbers
that identify something are known by their form, or by the attribute that they stand under. What was learned once is
replaced wherever it stands, also within longer words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from policies.problems import Problem

SHORTEST = 3  # characters of a name that is replaced within longer words; shorter ones only where they stand alone


class NameTooCommon(Problem):
    code = "name-too-common"
    sentence = "The name {name} is also a word of the answer's form, so it can't be replaced everywhere."
    why = "Its stand-in would stand in the place of an attribute or a message's words, and the recording would lie."
    remedy = "Record an answer about something with another name, or rename it for the recording."


@dataclass(frozen=True)
class Scrubbed:
    text: str
    replaced: Mapping[str, str]  # what it was, and what stands for it


_NAMED = re.compile(
    r"(?:^|[,\"\s])(?P<key>(?:[a-z_]*_)?(?:name|names|hostname|host|desc|description|profile|user|userid|owner))="
    r"(?P<value>[^,\"\n]*)"
)
_SAID = re.compile(
    r"(?:partition named|partition|LPAR|managed system named|managed system|system named|user|Node Id:|node name:)"
    r"\s+\"?(?P<value>[A-Za-z][\w.-]*\d[\w.-]*|[A-Za-z]+-[\w.-]+)"
)
_KEYED = re.compile(
    r"(?:^|[,\"\s])(?P<key>[a-z_]*(?:mac_addr|wwpns?|wwnn|serial|serial_num|serialnum|mtms|uuid|drc_name|phys_loc))="
    r"(?P<value>[^\"\n]*?)(?=\"|\n|$|,[a-z_]+=)"
)
_IPV4 = r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\w)"
_IPV6 = (
    r"(?<![\w:])(?:(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}"
    r"|[fF23][0-9a-fA-F]{1,3}:[0-9a-fA-F:]*:[0-9a-fA-F:]*)(?![\w:])"
)
_COLONS = r"(?<![0-9A-Za-z:])(?:[0-9A-Fa-f]{2}:){5,7}[0-9A-Fa-f]{2}(?![0-9A-Za-z:])"
_DOTTED = r"(?<![\w.])(?:[0-9A-Fa-f]{1,2}\.){5}[0-9A-Fa-f]{1,2}(?![\w.])"
_HEX = r"(?<![0-9A-Za-z])(?:0x)?(?=[0-9]*[A-Fa-f])[0-9A-Fa-f]{12}(?:[0-9A-Fa-f]{4})*(?![0-9A-Za-z])"
_LONG = r"(?<![0-9A-Za-z])(?:0x)?[0-9A-Fa-f]{16,}(?![0-9A-Za-z])"
_SERIAL = re.compile(
    r"(?<=\*)[0-9A-Z]{7}(?![0-9A-Z])|(?<![0-9A-Za-z])U[0-9A-Z]{4,5}\.[0-9A-Z]{3}\.(?P<unit>[0-9A-Z]{7})"
)
_KEPT = re.compile(r"0*|[fF]*|[0-9a-fA-F]{1,4}0{12}")  # nobody's: nothing, everything, the number of a LUN
_WORDS = frozenset(
    {"", "none", "null", "unavailable", "all", "default", "default_profile", "any", "unknown", "localhost", "root"}
)  # what many machines have


@dataclass
class Scrubber:
    """`names` are those that whoever records knows of: of hosts, frames, partitions, people. Stand-ins last as long as
    the scrubber, over several answers."""

    names: Iterable[str] = ()
    _names: dict[str, str] = field(default_factory=dict)  # by the name in small letters
    _digits: dict[str, str] = field(default_factory=dict)  # by the bare digits in small letters
    _serials: dict[str, str] = field(default_factory=dict)
    _addresses: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.names:
            self.learn(name)

    def learn(self, name: str) -> None:
        """A name, and, of one with dots, its first part and the rest."""
        parts = [name] if "." not in name or re.fullmatch(_IPV4, name) else [name, *name.split(".", 1)]
        for part in (each.strip().lower() for each in parts):
            if part not in _WORDS and not part.isdigit() and part not in self._names and not re.fullmatch(_IPV4, part):
                self._names[part] = f"name{len(self._names) + 1:02}"

    def scrub(self, text: str, *, fields: Sequence[str] = ()) -> Scrubbed:
        """`fields` are those that `-F` asked for."""
        self._look(text, fields)
        self._stand_apart(text, fields)
        replaced: dict[str, str] = {}
        ways = self._ways()
        # All in one go, so that no stand-in is taken for something to be replaced.
        whole = re.compile("|".join(f"(?P<way{number}>{pattern})" for number, (pattern, _) in enumerate(ways)))

        def stand_in(found: re.Match[str]) -> str:
            now = ways[int(str(found.lastgroup).removeprefix("way"))][1](found[0])
            if now != found[0]:
                replaced[found[0]] = now
            return now

        return Scrubbed(whole.sub(stand_in, text), replaced)

    # ── learning ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _look(self, text: str, fields: Sequence[str]) -> None:
        for found in (*_NAMED.finditer(text), *_SAID.finditer(text)):
            self.learn(found["value"])
        for found in _KEYED.finditer(text):
            self._identify(found["value"])
        for line in text.splitlines() if fields else ():
            for name, value in zip(fields, line.split(","), strict=False):
                if _NAMED.match(f"{name}={value}"):
                    self.learn(value)
                elif _KEYED.match(f"{name}={value}"):
                    self._identify(value)
        for found in _SERIAL.finditer(text):
            self._serial(found["unit"] or found[0])

    def _identify(self, value: str) -> None:
        for word in re.findall(r"[0-9A-Za-z:]+", value):
            digits = word.replace(":", "")
            if len(digits) >= 12 and re.fullmatch(r"[0-9A-Fa-f]+", digits):
                self._hex(digits)
            elif re.fullmatch(r"[0-9A-Z]{7,9}", word):
                self._serial(word)

    def _serial(self, serial: str) -> None:
        if serial not in self._serials:
            number = f"{len(self._serials) + 1:0{len(serial) - 2}d}"
            self._serials[serial] = f"ZZ{number}"

    def _stand_apart(self, text: str, fields: Sequence[str]) -> None:
        """Raises NameTooCommon for a name that the answer's form has as a word."""
        words = {*fields, *re.findall(r"(?:^|[,\"])([a-z_]+)=", text)}
        for name in self._names:
            if any(name in word if len(name) >= SHORTEST else name == word for word in words):
                raise NameTooCommon(name=name)

    # ── replacing ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _ways(self) -> list[tuple[str, Callable[[str], str]]]:
        """Patterns without groups, and what each is replaced by: what has a form of its own before what is a word."""
        ways: list[tuple[str, Callable[[str], str]]] = [
            (_COLONS, self._in_form), (_DOTTED, self._in_dots), (_LONG, self._in_form), (_HEX, self._in_form),
            (_IPV6, self._ipv6), (_IPV4, self._ipv4),
        ]  # fmt: skip
        if self._digits:
            ways.append((_any(self._digits), lambda text: _cased(text, self._digits[text.lower()])))
        if self._serials:
            ways.append((_any(self._serials), lambda text: self._serials.get(text) or self._serials[text.upper()]))
        long = [name for name in self._names if len(name) >= SHORTEST]
        short = [name for name in self._names if len(name) < SHORTEST]
        if long:
            ways.append((_any(long), lambda text: self._names[text.lower()]))
        if short:
            ways.append((rf"(?<!\w)(?:{_any(short)})(?!\w)", lambda text: self._names[text.lower()]))
        return ways

    def _hex(self, digits: str) -> str:
        """Digits of the same number that no vendor has."""
        key = digits.lower()
        if _KEPT.fullmatch(key):
            return key
        if key not in self._digits:
            count = len(self._digits) + 1
            self._digits[key] = "02" + f"{count:x}".rjust(len(key) - 2, "0")
        return self._digits[key]

    def _in_form(self, text: str) -> str:
        """Colons, `0x` and capitals stay."""
        start = "0x" if text.startswith("0x") else ""
        plain = text.removeprefix("0x").replace(":", "")
        stand_in = self._hex(plain)
        if ":" in text:
            stand_in = ":".join(stand_in[n : n + 2] for n in range(0, len(stand_in), 2))
        return start + _cased(plain, stand_in)

    def _in_dots(self, text: str) -> str:
        """As netstat has a hardware address: without leading zeros."""
        stand_in = self._hex("".join(part.rjust(2, "0") for part in text.split(".")))
        return ".".join(f"{int(stand_in[n : n + 2], 16):x}" for n in range(0, 12, 2))

    def _ipv4(self, text: str) -> str:
        """Masks, loopback, and what can only be a level (it begins with 0 to 8) stay."""
        parts = [int(part) for part in text.split(".")]
        if max(parts) > 255 or parts[0] <= 8 or parts[0] in {127, 255}:
            return text
        if text not in self._addresses:
            count = len(self._addresses)
            self._addresses[text] = f"192.0.{2 if count < 254 else 3}.{count % 254 + 1}"
        return self._addresses[text]

    def _ipv6(self, text: str) -> str:
        key = text.lower()
        if key not in self._addresses:
            self._addresses[key] = f"2001:db8::{len(self._addresses) + 1:x}"
        return self._addresses[key]


def _any(words: Iterable[str]) -> str:
    """The longest first, so that a name within another one doesn't cut it; however it is written."""
    return f"(?i:{'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})"


def _cased(like: str, text: str) -> str:
    return text.upper() if like.upper() == like else text
