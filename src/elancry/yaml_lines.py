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

The finding codes are `PREFIX-unknown-key`, `PREFIX-missing-key`, `PREFIX-wrong-type`, `PREFIX-duplicate-key`; the
catalogue has them for the prefixes `codebook` and `plan`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from elancry.findings import Finding, finding
from elancry.texts import Text
from elancry.yaml_tree import MAX_BYTES, MAX_DEPTH, Kind, Node, parse_yaml, read_yaml

__all__ = (
    "MAX_BYTES", "MAX_DEPTH", "Kind", "Node", "Section", "Walk", "nearest", "parse_yaml", "read_yaml",
)  # fmt: skip

_TRUE = {"true", "yes", "on"}
_FALSE = {"false", "no", "off"}
_E = TypeVar("_E", bound=StrEnum)


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

    def report(self, problem: str, line: int, message: Text | str, hint: Text | str | None = None) -> None:
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
