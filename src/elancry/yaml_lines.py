"""YAML with a line number for everything in it, and a walk that collects what is wrong.

Codebooks and study plans are written by hand, so their mistakes must come back all at once, each with its line. Two
steps:

1. `read_yaml(path)` gives a tree of `Node`. Only the part of YAML that people write by hand is accepted: mappings,
   lists, texts. Anchors, aliases, tags and several documents are refused (a small file could unfold into a huge one),
   and a scalar stays the text that was written: whether `no` is a language code or a "no" is for the reader of the key
   to say, so nothing is converted behind anybody's back.
2. A `Walk` goes through the tree. `walk.section(node, keys, what)` says which keys may stand there; unknown ones become
   findings with the nearest known key. A `Section` then gives typed values: `text`, `integer`, `choice`, ... Each call
   that fails adds one finding and returns the default, so that the walk goes on to the next problem.

    walk = Walk("study.yaml", "plan")
    top = walk.section(read_yaml(path), ("criterion", "tiers"), "the plan")
    criterion = top.number("criterion", default=0.6, minimum=0.5, maximum=1.0)
    tiers = top.texts("tiers")
    if walk.findings: ...

The finding codes are `PREFIX-unknown-key`, `PREFIX-missing-key`, `PREFIX-wrong-type`, `PREFIX-duplicate-key`; whoever
uses a prefix registers them with `register(walk_kinds("plan", "The study plan"))`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import yaml

from elancry.errors import UnreadableInput
from elancry.findings import Finding, FindingKind, Severity, finding

MAX_BYTES = 5_000_000
MAX_DEPTH = 50

_NULL = {"", "~", "null", "Null", "NULL"}
_TRUE = {"true", "yes", "on"}
_FALSE = {"false", "no", "off"}
_E = TypeVar("_E", bound=StrEnum)


class Kind(StrEnum):
    """What a node is; the values are the words used in messages."""

    MAPPING = "a mapping (key: value lines)"
    LIST = "a list (lines that begin with -)"
    TEXT = "a text"
    EMPTY = "nothing"


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a YAML file. `line` counts from 1; `quoted` says that the text stood in quotes or in a block."""

    kind: Kind
    line: int
    text: str = ""
    quoted: bool = False
    entries: tuple[tuple[Node, Node], ...] = ()
    items: tuple[Node, ...] = ()

    def __str__(self) -> str:
        if self.kind is Kind.TEXT:
            shown = self.text if len(self.text) <= 40 else self.text[:37] + "..."
            return f"'{shown}'"
        return self.kind.value


def read_yaml(path: Path) -> Node:
    """The tree of the YAML file at `path`. Raises UnreadableInput, with the line, where it is not such a file."""
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_BYTES else b""
    except IsADirectoryError as error:
        raise UnreadableInput(f"{path} is a folder; a YAML file was expected") from error
    except OSError as error:
        raise UnreadableInput(f"{path} cannot be read: {error.strerror or error}") from error
    if path.is_dir():
        raise UnreadableInput(f"{path} is a folder; a YAML file was expected")
    if size > MAX_BYTES:
        raise UnreadableInput(f"{path} holds {size:,} bytes; a YAML file of at most {MAX_BYTES:,} bytes was expected")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UnreadableInput(
            f"{path}:{line}: the file is not UTF-8 (byte {data[error.start]:#04x})",
            hint="Save it as UTF-8 in the editor (Notepad: Save as, Encoding UTF-8).",
        ) from error
    return parse_yaml(text, str(path))


def parse_yaml(text: str, name: str) -> Node:
    """The tree of YAML `text`; `name` stands in messages. Raises UnreadableInput with the line of the mistake."""
    try:
        return _Builder(name).build(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise UnreadableInput(
            f"{name}:{line}: character U+{ord(str(error.character)):04X} is not allowed in YAML",
            hint="Delete this invisible character; it often comes from copying out of a PDF or a chat.",
        ) from error
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, text, name) from error
    except RecursionError as error:
        raise UnreadableInput(f"{name}: nested too deeply; at most {MAX_DEPTH} levels are expected") from error


def _syntax_error(error: yaml.MarkedYAMLError, text: str, name: str) -> UnreadableInput:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark is not None else 1
    lines = text.splitlines()
    given = lines[line - 1] if 0 < line <= len(lines) else ""
    if "\t" in given[: len(given) - len(given.lstrip())]:
        return UnreadableInput(
            f"{name}:{line}: a tab character stands at the beginning of the line",
            hint="YAML wants blanks for indentation: replace the tab by blanks.",
        )
    problem = error.problem or "not YAML"
    hint = "Look at the indentation and at the lines just above."
    if "mapping values are not allowed" in problem:
        problem = "a second ': ' stands in one line"
        hint = 'A text that holds ": " needs quotes around it: label: "Note: a text".'
    elif "cannot start any token" in problem or "could not find expected ':'" in problem:
        hint = 'A text that begins with a special character (@ ` % & * ! | > [ { ") needs quotes around it.'
    return UnreadableInput(f"{name}:{line}: this is not YAML: {problem}. Given: {given.strip()[:60]!r}", hint=hint)


@dataclass
class _Open:
    """A mapping or list whose end was not seen yet."""

    kind: Kind
    line: int
    children: list[Node] = field(default_factory=list)

    def close(self) -> Node:
        if self.kind is Kind.LIST:
            return Node(Kind.LIST, self.line, items=tuple(self.children))
        pairs = zip(self.children[::2], self.children[1::2], strict=True)
        return Node(Kind.MAPPING, self.line, entries=tuple(pairs))


class _Builder:
    """Turns the parser's events into a tree, without recursion and without resolving anything."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.open: list[_Open] = []
        self.root: Node | None = None

    def build(self, events: Iterator[yaml.Event]) -> Node:
        for event in events:
            line = event.start_mark.line + 1 if event.start_mark is not None else 1
            self._refuse(event, line)
            if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                kind = Kind.MAPPING if isinstance(event, yaml.MappingStartEvent) else Kind.LIST
                self.open.append(_Open(kind, line))
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._add(self.open.pop().close())
            elif isinstance(event, yaml.ScalarEvent):
                quoted = event.style is not None
                empty = not quoted and event.value in _NULL
                self._add(Node(Kind.EMPTY if empty else Kind.TEXT, line, "" if empty else event.value, quoted))
        return self.root or Node(Kind.EMPTY, 1)

    def _refuse(self, event: yaml.Event, line: int) -> None:
        where = f"{self.name}:{line}"
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise UnreadableInput(
                f"{where}: anchors (&name) and aliases (*name) are not accepted here",
                hint='Write the text out where it is needed; a text that begins with & or * needs quotes: "*text".',
            )
        if getattr(event, "tag", None) is not None:
            raise UnreadableInput(
                f"{where}: YAML tags (!name) are not accepted here",
                hint='A text that begins with ! needs quotes: "!text".',
            )
        if len(self.open) > MAX_DEPTH:
            raise UnreadableInput(f"{where}: nested too deeply; at most {MAX_DEPTH} levels are expected")
        if isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise UnreadableInput(
                f"{where}: a second document begins here (---)", hint="Keep one document in one file."
            )

    def _add(self, node: Node) -> None:
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node


def walk_kinds(prefix: str, subject: str) -> tuple[FindingKind, ...]:
    """The four kinds of finding that a `Walk` with this prefix makes, to be entered in the catalogue.

    `subject` names the file in a sentence: "The codebook".
    """
    error = Severity.ERROR
    return (
        FindingKind(
            f"{prefix}-unknown-key",
            error,
            "Unknown key",
            f"{subject} has a key that means nothing there, often a typo.",
        ),
        FindingKind(
            f"{prefix}-missing-key", error, "Missing key", f"{subject} lacks a key, or its value, that is needed."
        ),
        FindingKind(
            f"{prefix}-wrong-type", error, "Wrong kind of value", f"{subject} has a value of the wrong kind or range."
        ),
        FindingKind(
            f"{prefix}-duplicate-key", error, "Key given twice", f"{subject} gives one key twice; which one counts?"
        ),
    )


def nearest(given: str, known: Iterable[str]) -> str | None:
    """The known word most like `given`, or `None` where nothing is similar."""
    names = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(given.casefold(), names, n=1, cutoff=0.6)
    return names[found[0]] if found else None


class Walk:
    """Goes through a tree and collects findings about `file` with codes `PREFIX-...`."""

    def __init__(self, file: str, prefix: str) -> None:
        self.file = file
        self.prefix = prefix
        self.findings: list[Finding] = []

    def report(self, problem: str, line: int, message: str, hint: str | None = None) -> None:
        """Add the finding `PREFIX-problem`; the code must be in the catalogue."""
        self.findings.append(finding(f"{self.prefix}-{problem}", message, hint=hint, file=self.file, line=line))

    def section(self, node: Node, keys: Sequence[str], what: str) -> Section:
        """`node` as a mapping in which only `keys` may stand; `what` names it in messages ("category 'pause'").

        Anything but a mapping gives a finding and an empty section (whose required keys are not asked for again).
        """
        if node.kind is not Kind.MAPPING:
            self.wrong_type(node, what, "a mapping with the keys " + ", ".join(keys))
            return Section(self, node.line, {}, what, broken=True)
        values: dict[str, tuple[Node, Node]] = {}
        for key, value in self.pairs(node, what):
            if key.text in keys:
                values[key.text] = (key, value)
                continue
            close = nearest(key.text, keys)
            hint = f"Did you mean '{close}'?" if close else "Known keys here: " + ", ".join(keys) + "."
            self.report("unknown-key", key.line, f"{what}: unknown key '{key.text}'", hint)
        return Section(self, node.line, values, what)

    def pairs(self, node: Node, what: str) -> Iterator[tuple[Node, Node]]:
        """Key and value nodes of a mapping with free keys; a key that is no text or comes twice is a finding."""
        seen: dict[str, int] = {}
        for key, value in node.entries:
            if key.kind in (Kind.MAPPING, Kind.LIST):
                self.wrong_type(key, f"{what}: the key", "a word before the colon")
            elif key.text in seen:
                self.report(
                    "duplicate-key",
                    key.line,
                    f"{what}: the key '{key.text}' is given a second time (first in line {seen[key.text]})",
                    "Delete one of the two.",
                )
            else:
                seen[key.text] = key.line
                yield key, value

    def wrong_type(self, node: Node, what: str, expected: str) -> None:
        """Add the finding that `node` should have been something else."""
        self.report("wrong-type", node.line, f"{what}: expected {expected}, given {node}")


@dataclass
class Section:
    """A mapping with known keys, and typed access to their values.

    Every reader takes the key and says in a finding what was given and what was expected; it returns the default where
    the key is absent or its value is wrong. `required=True` makes absence a finding too.
    """

    walk: Walk
    line: int
    values: dict[str, tuple[Node, Node]]
    what: str
    broken: bool = False

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def node(self, key: str, *, required: bool = False) -> Node | None:
        """The value's node; `None` where the key is absent or has nothing after the colon."""
        found = self.values.get(key)
        if found is not None and found[1].kind is not Kind.EMPTY:
            return found[1]
        if required and not self.broken:
            state = "is missing" if found is None else "has no value"
            self.walk.report("missing-key", self.line_of(key), f"{self.what}: the key '{key}' {state}")
        return None

    def line_of(self, key: str) -> int:
        """Line of the key, or of the section where the key is absent."""
        return self.values[key][0].line if key in self.values else self.line

    def text(self, key: str, *, required: bool = False, default: str | None = None) -> str | None:
        """A text in one piece; surrounding white space is removed."""
        node = self.node(key, required=required)
        if node is None:
            return default
        if node.kind is not Kind.TEXT:
            self.walk.wrong_type(node, f"{self.what}, '{key}'", "a text")
            return default
        return node.text.strip()

    def integer(
        self, key: str, *, default: int | None = None, minimum: int | None = None, maximum: int | None = None,
        required: bool = False,
    ) -> int | None:  # fmt: skip
        """A whole number within the limits, both included."""
        node = self.node(key, required=required)
        if node is None:
            return default
        limits = _limits(minimum, maximum)
        if node.kind is not Kind.TEXT or not re.fullmatch(r"[+-]?\d{1,18}", node.text.strip()):
            self.walk.wrong_type(node, f"{self.what}, '{key}'", f"a whole number{limits}")
            return default
        value = int(node.text)
        if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
            self.walk.wrong_type(node, f"{self.what}, '{key}'", f"a whole number{limits}")
            return default
        return value

    def number(
        self, key: str, *, default: float | None = None, minimum: float | None = None, maximum: float | None = None,
        required: bool = False,
    ) -> float | None:  # fmt: skip
        """A number with a decimal point, within the limits, both included; a decimal comma is answered with a hint."""
        node = self.node(key, required=required)
        if node is None:
            return default
        limits = _limits(minimum, maximum)
        given = node.text.strip()
        if node.kind is not Kind.TEXT or not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", given.lower()):
            comma = ", with a point, not a comma" if re.fullmatch(r"[+-]?\d*,\d+", given) else ""
            self.walk.wrong_type(node, f"{self.what}, '{key}'", f"a number{limits}{comma}")
            return default
        value = float(given)
        if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
            self.walk.wrong_type(node, f"{self.what}, '{key}'", f"a number{limits}")
            return default
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        """`true`/`yes`/`on` or `false`/`no`/`off`."""
        node = self.node(key)
        if node is None:
            return default
        word = node.text.strip().lower()
        if node.kind is Kind.TEXT and word in _TRUE | _FALSE:
            return word in _TRUE
        self.walk.wrong_type(node, f"{self.what}, '{key}'", "true or false")
        return default

    def choice(self, key: str, choices: type[_E], *, default: _E | None = None, required: bool = False) -> _E | None:
        """One of the values of an Enum of choices."""
        node = self.node(key, required=required)
        if node is None:
            return default
        words = [item.value for item in choices]
        if node.kind is Kind.TEXT and node.text.strip() in words:
            return choices(node.text.strip())
        close = nearest(node.text, words) if node.kind is Kind.TEXT else None
        expected = "one of " + ", ".join(words) + (f" (did you mean '{close}'?)" if close else "")
        self.walk.wrong_type(node, f"{self.what}, '{key}'", expected)
        return default

    def items(self, key: str, *, required: bool = False) -> tuple[Node, ...]:
        """The nodes of a list."""
        node = self.node(key, required=required)
        if node is None:
            return ()
        if node.kind is not Kind.LIST:
            self.walk.wrong_type(node, f"{self.what}, '{key}'", Kind.LIST.value)
            return ()
        return node.items

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of texts; a single text is taken as a list of one."""
        node = self.node(key, required=required)
        if node is not None and node.kind is Kind.TEXT:
            return (node.text.strip(),)
        found: list[str] = []
        for item in self.items(key):
            if item.kind is Kind.TEXT:
                found.append(item.text.strip())
            else:
                self.walk.wrong_type(item, f"{self.what}, '{key}'", "a text")
        return tuple(found)

    def pairs(self, key: str, *, required: bool = False) -> tuple[tuple[Node, Node], ...]:
        """Key and value nodes of a mapping with free keys (languages, anchors)."""
        node = self.node(key, required=required)
        if node is None:
            return ()
        if node.kind is not Kind.MAPPING:
            self.walk.wrong_type(node, f"{self.what}, '{key}'", Kind.MAPPING.value)
            return ()
        return tuple(self.walk.pairs(node, f"{self.what}, '{key}'"))

    def section(self, key: str, keys: Sequence[str], what: str, *, required: bool = False) -> Section | None:
        """A mapping inside this one, with its own known keys."""
        node = self.node(key, required=required)
        return None if node is None else self.walk.section(node, keys, what)


def _limits(minimum: float | None, maximum: float | None) -> str:
    if minimum is not None and maximum is not None:
        return f" from {minimum} to {maximum}"
    if minimum is not None:
        return f" of at least {minimum}"
    return f" of at most {maximum}" if maximum is not None else ""
