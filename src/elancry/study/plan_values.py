"""Values of the plan: what a key takes, the same wherever it is written.

A value reaches a `Reader` as a YAML node: out of `study.yaml`, or made by `node_of` from a text of the command line or
an object of Python. So a value is accepted or refused, with the same words, in all of these places.

Conventions
-----------
A text with commas is a list where a list is expected: `R1, R2` is `[R1, R2]`. Quotes keep a comma in a name.
A proportion may have a decimal comma: `0,6` is 0.6.
On the command line a text needs no quotes; a list may stand in brackets, a mapping with or without braces.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from typing import Any

from elancry.names import nearest
from elancry.texts import Text, text
from elancry.times import parse_ms
from elancry.yaml_lines import Kind, Node, parse_yaml

_TRUE, _FALSE = ("true", "yes", "on"), ("false", "no", "off")
_DECIMAL_COMMA = re.compile(r"[01]?,\d+")


class Shape(Enum):
    """How many values a key takes, and how a value is shown in `--help`."""

    ONE = ""
    LIST = ",..."
    PAIRS = ": NAME, ..."
    LISTS = ": [NAME,...], ..."


class WrongValue(ValueError):
    """What was expected and what was given; `line` is that of the value in its file."""

    def __init__(self, message: Text, line: int) -> None:
        super().__init__(str(message))
        self.message, self.line = message, line


@dataclass(frozen=True)
class Reader:
    """What a key takes: `parse` reads one item of its `shape` and raises ValueError, `expected` says so in words.

    `fewest`: items of a list, 0 where `[]` is an answer. `words`: the choices, if the item is one of several words.
    """

    expected: Text
    parse: Callable[[str], Any]
    metavar: str
    shape: Shape = Shape.ONE
    fewest: int = 0
    words: tuple[str, ...] = ()

    def read(self, node: Node) -> Any:
        """The value of a node that is not empty; raises WrongValue."""
        if self.shape is Shape.ONE:
            return self._item(node)
        if self.shape is Shape.LIST:
            return self._list(node)
        return tuple((key, self._item(value) if self.shape is Shape.PAIRS else self._list(value))
                     for key, value in self._entries(node))  # fmt: skip

    def in_words(self, language: str) -> str:
        """What the key takes, for the docs."""
        if self.shape is Shape.ONE:
            return self.expected.into(language)
        return text(f"plan.takes-{self.shape.name.lower()}", expected=self.expected).into(language)

    def _item(self, node: Node) -> Any:
        given = node.text.strip()
        if node.kind is Kind.TEXT:
            try:
                return self.parse(given)
            except ValueError:
                pass
        close = nearest(given, self.words) if node.kind is Kind.TEXT and self.words else None
        code = "plan.expected-close" if close else "plan.expected"
        raise WrongValue(text(code, expected=self.expected, given=node.shown, close=close), node.line)

    def _list(self, node: Node) -> tuple[Any, ...]:
        items = node.items if node.kind is Kind.LIST else tuple(self._split(node))
        if len(items) < self.fewest:
            raise WrongValue(text("plan.list-empty", expected=self.expected), node.line)
        found = tuple(map(self._item, items))
        twice = sorted({str(item) for item in found if found.count(item) > 1})
        if twice:
            raise WrongValue(text("plan.twice", names=twice), node.line)
        return found

    def _split(self, node: Node) -> Iterator[Node]:
        """`R1, R2` as two nodes; what is quoted is one text, and `0,6` one number."""
        if node.kind is not Kind.TEXT or node.quoted or (self.parse is _proportion and _is_decimal(node.text)):
            yield node
            return
        for part in node.text.split(","):
            if part.strip():
                yield replace(node, text=part.strip())

    def _entries(self, node: Node) -> Iterator[tuple[str, Node]]:
        if node.kind is not Kind.MAPPING:
            raise WrongValue(text("plan.expected", expected=text("plan.expected-mapping"), given=node.shown), node.line)
        names = [key.text.strip() for key, _ in node.entries]
        for name, (key, value) in zip(names, node.entries, strict=True):
            if names.count(name) > 1:
                raise WrongValue(text("plan.twice", names=name), key.line)
            yield name, value


def _proportion(given: str) -> float:
    value = float(given.replace(",", ".") if _is_decimal(given) else given)
    if not 0 < value <= 1:
        raise ValueError
    return value


def _is_decimal(given: str) -> bool:
    return _DECIMAL_COMMA.fullmatch(given.strip()) is not None


def _flag(given: str) -> bool:
    if given.lower() not in (*_TRUE, *_FALSE):
        raise ValueError
    return given.lower() in _TRUE


TEXT = Reader(text("plan.expected-text"), str, "TEXT")
FLAG = Reader(text("plan.expected-flag"), _flag, "")
NAMES = Reader(text("plan.expected-names"), str, "NAME", Shape.LIST, fewest=1)
PAIRS = Reader(text("plan.expected-text"), str, "NAME", Shape.PAIRS)
LISTS = Reader(text("plan.expected-names"), str, "NAME", Shape.LISTS, fewest=1)
PROPORTIONS = Reader(text("plan.expected-proportion"), _proportion, "N", Shape.LIST, fewest=1)


def one_of(choices: type[StrEnum]) -> Reader:
    """One of the values of an Enum."""
    words = tuple(item.value for item in choices)
    return Reader(text("plan.expected-word", words=words), choices, "[" + "|".join(words) + "]", words=words)


def some_of(choices: type[StrEnum], *, fewest: int = 0) -> Reader:
    """Values of an Enum, in the order given."""
    return replace(one_of(choices), metavar="WORD", shape=Shape.LIST, fewest=fewest)


def whole(least: int, most: int | None = None) -> Reader:
    """A whole number within the limits, both included."""

    def parse(given: str) -> int:
        if not re.fullmatch(r"[+-]?\d{1,18}", given) or not least <= int(given) <= (most or int(given)):
            raise ValueError
        return int(given)

    code = "plan.expected-whole" if most is None else "plan.expected-whole-between"
    return Reader(text(code, least=least, most=most), parse, "N")


def wholes(least: int, most: int) -> Reader:
    """Whole numbers within the limits."""
    return replace(whole(least, most), shape=Shape.LIST)


def time(least: int) -> Reader:
    """A time of at least `least` ms, as ms or h:mm:ss.mmm."""

    def parse(given: str) -> int:
        value = parse_ms(given)
        if value < least:
            raise ValueError
        return value

    return Reader(text("plan.expected-time", least=least), parse, "MS")


def times(least: int) -> Reader:
    """Times of at least `least` ms."""
    return replace(time(least), shape=Shape.LIST)


def node_of(given: Any, reader: Reader, name: str) -> Node:
    """The node of a value that is given for `name` on the command line, as text, or in Python, as what it is.

    Raises UnreadableInput for a text in brackets, braces or quotes that is not YAML, TypeError for an object that no
    key can hold.
    """
    if isinstance(given, str):
        stripped = given.strip()
        begins = "'\"" + {Shape.ONE: "", Shape.LIST: "["}.get(reader.shape, "")
        if reader.shape in (Shape.PAIRS, Shape.LISTS) or stripped.startswith(tuple(begins)):
            return parse_yaml(given, name)
        return Node(Kind.TEXT if stripped else Kind.EMPTY, 1, stripped)
    return _node(given)


def _node(given: Any) -> Node:
    if given is None:
        return Node(Kind.EMPTY, 1)
    if hasattr(given, "tolist"):  # an array or a number of NumPy
        return _node(given.tolist())
    if isinstance(given, bool):
        return Node(Kind.TEXT, 1, str(given).lower())
    if isinstance(given, str | int | float):
        return Node(Kind.TEXT, 1, str(given), quoted=True)
    if isinstance(given, os.PathLike):
        return Node(Kind.TEXT, 1, os.fspath(given), quoted=True)
    if isinstance(given, Mapping):
        return Node(Kind.MAPPING, 1, entries=tuple((_node(key), _node(value)) for key, value in given.items()))
    if isinstance(given, set | frozenset):
        return _node(sorted(given))
    if isinstance(given, list | tuple):
        return Node(Kind.LIST, 1, items=tuple(map(_node, given)))
    raise TypeError(type(given).__name__)


def plain(value: Any) -> Any:
    """`value` as JSON holds it; pairs become a mapping."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        if value and all(isinstance(item, tuple) for item in value):
            return {plain(key): plain(item) for key, item in value}
        return [plain(item) for item in value]
    return value


def yaml_of(value: Any) -> str:
    """`value`, JSON-ready, in one line of YAML; nothing for `None`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{yaml_of(key)}: {yaml_of(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(yaml_of, value)) + "]"
    if isinstance(value, str):
        return value if re.fullmatch(r"[A-Za-z_][\w./ -]*", value) else "'" + value.replace("'", "''") + "'"
    return repr(value)
