"""A YAML file as a tree of nodes, each with its line number; see `yaml_lines` for how it is used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import yaml

from elancry.errors import UnreadableInput
from elancry.paths import read_regular
from elancry.texts import Text, text

MAX_BYTES = 5_000_000
MAX_DEPTH = 50

_NULL = {"", "~", "null", "Null", "NULL"}
_NO_BLANK = re.compile(r"\s*(?:- )*(?P<key>[^\W\d][\w-]*):(?P<value>[^\s/:].*)")
_COLOUR_IN_BRACES = re.compile(r"\{.*: #[0-9a-fA-F]{3,8}\b")


class Kind(StrEnum):
    """What a node is."""

    MAPPING = "mapping"
    LIST = "list"
    TEXT = "text"
    EMPTY = "empty"

    @property
    def words(self) -> Text:
        """How messages name it."""
        return _KIND_WORDS[self]


_KIND_WORDS = {
    Kind.MAPPING: text("yaml.kind-mapping"),
    Kind.LIST: text("yaml.kind-list"),
    Kind.TEXT: text("yaml.kind-text"),
    Kind.EMPTY: text("yaml.kind-nothing"),
}


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a YAML file. `line` counts from 1.

    `quoted` says that the text was in quotes or in a block, `braces` that the mapping was written in braces.
    """

    kind: Kind
    line: int
    text: str = ""
    quoted: bool = False
    entries: tuple[tuple[Node, Node], ...] = ()
    items: tuple[Node, ...] = ()
    braces: bool = False

    @property
    def shown(self) -> Text:
        """What was given, as messages show it: a text in quotes, at most 40 characters of it, else its kind."""
        if self.kind is Kind.TEXT:
            return text("yaml.quoted", words=self.text if len(self.text) <= 40 else self.text[:37] + "...")
        return self.kind.words

    @property
    def without_blank(self) -> tuple[str, str] | None:
        """Key and value where the blank after a colon was forgotten (`id:pause`), so that the two are one text."""
        return None if self.kind is not Kind.TEXT or self.quoted else key_without_blank(self.text)


def key_without_blank(given: str) -> tuple[str, str] | None:
    """`id:pause` -> ("id", "pause"); `None` for everything that does not look like a key without its blank."""
    found = _NO_BLANK.match(given)
    return None if found is None else (found["key"], found["value"].strip())


def read_yaml(path: Path) -> Node:
    """The tree of the YAML file at `path`. Raises UnreadableInput, with the line, where it is not such a file."""
    try:
        if path.is_dir():
            raise UnreadableInput(text("yaml.is-folder", path=str(path)))
        size = path.stat().st_size
        data = read_regular(path) if size <= MAX_BYTES else b""
    except OSError as error:
        raise UnreadableInput(text("yaml.unreadable", path=str(path), reason=error.strerror or str(error))) from error
    if size > MAX_BYTES:
        raise UnreadableInput(text("yaml.too-large", path=str(path), size=f"{size:,}", most=f"{MAX_BYTES:,}"))
    try:
        content = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UnreadableInput(
            text("yaml.not-utf8", path=str(path), line=line, byte=f"{data[error.start]:#04x}"),
            hint=text("yaml.not-utf8-hint"),
        ) from error
    return parse_yaml(content, str(path))


def parse_yaml(content: str, name: str) -> Node:
    """The tree of YAML text; messages call it `name`. Raises UnreadableInput with the line of the mistake."""
    try:
        return _Builder(name).build(yaml.parse(content, Loader=yaml.SafeLoader))
    except yaml.reader.ReaderError as error:
        line = content[: error.position].count("\n") + 1
        code = error.character if isinstance(error.character, int) else ord(str(error.character)[0])
        raise UnreadableInput(
            text("yaml.character", name=name, line=line, character=f"U+{code:04X}"), hint=text("yaml.character-hint")
        ) from error
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, content, name) from error
    except RecursionError as error:
        raise UnreadableInput(text("yaml.too-deep", where=name, most=MAX_DEPTH)) from error


def _syntax_error(error: yaml.MarkedYAMLError, content: str, name: str) -> UnreadableInput:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark is not None else 1
    rows = content.splitlines()
    given = rows[line - 1] if 0 < line <= len(rows) else ""
    if "\t" in given[: len(given) - len(given.lstrip())]:
        return UnreadableInput(text("yaml.tab", name=name, line=line), hint=text("yaml.tab-hint"))
    line, problem, hint = _explained(error.problem or "", line, rows)
    given = rows[line - 1].strip()[:60] if 0 < line <= len(rows) else ""
    message = text("yaml.not-yaml", name=name, line=line, problem=problem, given=text("yaml.quoted", words=given))
    return UnreadableInput(message, hint=hint)


def _explained(said: str, line: int, rows: list[str]) -> tuple[int, Text, Text]:
    """The line of the mistake, what it is and what to do, where the parser noticed at `line` and said `said`."""
    # An unquoted colour inside braces comments the closing brace away; the parser notices lines later.
    colour = next((number for number, row in enumerate(rows, 1) if _COLOUR_IN_BRACES.search(row)), None)
    if colour is not None and colour <= line:
        return colour, text("yaml.problem-comment"), text("yaml.problem-comment-hint")
    # A key whose colon has no blank behind it is a text, which goes on until the parser meets the next key.
    for number in range(line, max(line - 3, 0), -1):
        found = key_without_blank(rows[number - 1]) if number <= len(rows) else None
        if found is not None:
            key, value = found
            return (
                number,
                text("yaml.problem-no-blank", key=key),
                text("yaml.problem-no-blank-hint", key=key, value=value),
            )
    if "mapping values are not allowed" in said or said.endswith("but got ':'"):
        return line, text("yaml.problem-colon"), text("yaml.problem-colon-hint")
    problem = text("yaml.problem-parser", words=said) if said else text("yaml.problem-unknown")
    special = "cannot start any token" in said or "could not find expected ':'" in said
    return line, problem, text("yaml.problem-special-hint" if special else "yaml.problem-parser-hint")


@dataclass
class _Open:
    """A mapping or list whose end was not seen yet."""

    kind: Kind
    line: int
    braces: bool = False
    children: list[Node] = field(default_factory=list)

    def close(self) -> Node:
        if self.kind is Kind.LIST:
            return Node(Kind.LIST, self.line, items=tuple(self.children))
        pairs = zip(self.children[::2], self.children[1::2], strict=True)
        return Node(Kind.MAPPING, self.line, entries=tuple(pairs), braces=self.braces)


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
                self.open.append(_Open(kind, line, bool(event.flow_style)))
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
            raise UnreadableInput(text("yaml.anchor", where=where), hint=text("yaml.anchor-hint"))
        if getattr(event, "tag", None) is not None:
            raise UnreadableInput(text("yaml.tag", where=where), hint=text("yaml.tag-hint"))
        if len(self.open) > MAX_DEPTH:
            raise UnreadableInput(text("yaml.too-deep", where=where, most=MAX_DEPTH))
        if isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise UnreadableInput(text("yaml.second-document", where=where), hint=text("yaml.second-document-hint"))

    def _at_key(self) -> bool:
        return bool(self.open) and self.open[-1].kind is Kind.MAPPING and len(self.open[-1].children) % 2 == 0

    def _add(self, node: Node) -> None:
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
