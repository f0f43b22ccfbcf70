"""A YAML file as a tree of nodes, each with its line number; see `yaml_lines` for how it is used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import yaml

from elancry.errors import UnreadableInput

MAX_BYTES = 5_000_000
MAX_DEPTH = 50

_NULL = {"", "~", "null", "Null", "NULL"}


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
        code = error.character if isinstance(error.character, int) else ord(str(error.character)[0])
        raise UnreadableInput(
            f"{name}:{line}: character U+{code:04X} is not allowed in YAML",
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
    # An unquoted colour inside braces comments the closing brace away; the parser notices lines later.
    colour = next((n for n, row in enumerate(lines, 1) if re.search(r"\{.*: #[0-9a-fA-F]{3,8}\b", row)), None)
    if colour is not None and colour <= line:
        line, given = colour, lines[colour - 1]
        problem = "# begins a comment, so the rest of the line is not read"
        hint = "A colour needs quotes: colour: '#0072b2'."
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
                # `null` is nothing where a value stands; a key may be called so.
                empty = not quoted and event.value in _NULL and not (event.value and self._at_key())
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

    def _at_key(self) -> bool:
        return bool(self.open) and self.open[-1].kind is Kind.MAPPING and len(self.open[-1].children) % 2 == 0

    def _add(self, node: Node) -> None:
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
