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
    top = walk.section(read_yaml(path), ("resamples", "tiers"), "the plan")
    resamples = top.integer("resamples", default=2000)
    tiers = top.texts("tiers")
    if walk.findings: ...

The finding codes are `PREFIX-unknown-key`, `PREFIX-missing-key`, `PREFIX-wrong-type`, `PREFIX-duplicate-key`; the
catalogue has them for the prefixes `codebook` and `plan`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from elancry.findings import Finding, finding
from elancry.names import did_you_mean, nearest
from elancry.texts import Text, text
from elancry.yaml_tree import MAX_BYTES, MAX_DEPTH, Kind, Node, parse_yaml, read_yaml

__all__ = (
    "MAX_BYTES", "MAX_DEPTH", "Kind", "Node", "Section", "Walk", "parse_yaml", "read_yaml",
)  # fmt: skip

_TRUE = {"true", "yes", "on"}
_FALSE = {"false", "no", "off"}
_E = TypeVar("_E", bound=StrEnum)


class Walk:
    """Goes through a tree and collects findings about `file` with codes `PREFIX-...`."""

    def __init__(self, file: str, prefix: str) -> None:
        self.file = file
        self.prefix = prefix
        self.findings: list[Finding] = []

    def report(self, problem: str, line: int, message: Text | str, hint: Text | str | None = None) -> None:
        """Add the finding `PREFIX-problem`; the code must be in the catalogue."""
        self.findings.append(finding(f"{self.prefix}-{problem}", message, hint=hint, file=self.file, line=line))

    def section(self, node: Node, keys: Sequence[str], what: Text | str) -> Section:
        """`node` as a mapping in which only `keys` may stand; `what` names it in messages ("category 'pause'").

        Anything but a mapping gives a finding and an empty section (whose required keys are not asked for again).
        """
        if node.kind is not Kind.MAPPING:
            self.wrong_type(node, what, text("yaml.mapping-with-keys", keys=tuple(keys)))
            return Section(self, node.line, {}, what, broken=True)
        values: dict[str, tuple[Node, Node]] = {}
        for key, value in self.pairs(node, what, keys):
            if key.text in keys:
                values[key.text] = (key, value)
                continue
            close = nearest(key.text, keys)
            hint = did_you_mean(close) or text("yaml.unknown-key-hint", keys=tuple(keys))
            self.report("unknown-key", key.line, text("yaml.unknown-key", what=what, key=key.text), hint)
        return Section(self, node.line, values, what)

    def pairs(self, node: Node, what: Text | str, known: Collection[str] = ()) -> Iterator[tuple[Node, Node]]:
        """Key and value nodes of a mapping with free keys, `known` being those that are expected.

        A key that is not a text or comes twice is a finding, and so is what is left of a text without quotes: in
        braces a comma ends it, and a key needs a blank after its colon.
        """
        seen: dict[str, int] = {}
        for place, (key, value) in enumerate(node.entries):
            if key.kind in (Kind.MAPPING, Kind.LIST):
                self.wrong_type(key, text("yaml.the-key", what=what), text("yaml.word-before-colon"))
            elif value.kind is Kind.EMPTY and key.without_blank is not None and key.text not in known:
                self._no_blank(key, what)
            elif place and _cut_off(node, place, known):
                if not _cut_off(node, place - 1, known):
                    self._comma(node, place, what, known)
            elif key.text in seen:
                self.report(
                    "duplicate-key",
                    key.line,
                    text("yaml.key-twice", what=what, key=key.text, line=seen[key.text]),
                    text("yaml.key-twice-hint"),
                )
            else:
                seen[key.text] = key.line
                yield key, value

    def wrong_type(self, node: Node, what: Text | str, expected: Text) -> None:
        """Add the finding that `node` should have been something else."""
        if node.without_blank is not None and expected.code != "yaml.kind-text":
            self._no_blank(node, what)
            return
        self.report("wrong-type", node.line, text("yaml.wrong-type", what=what, expected=expected, given=node.shown))

    def _no_blank(self, node: Node, what: Text | str) -> None:
        assert node.without_blank is not None
        key, value = node.without_blank
        hint = text("yaml.problem-no-blank-hint", key=key, value=value)
        self.report("wrong-type", node.line, text("yaml.no-blank", what=what, key=key), hint)

    def _comma(self, node: Node, place: int, what: Text | str, known: Collection[str]) -> None:
        """Report the text that the entry before `place` and those from `place` on were meant to be."""
        end = place
        while end < len(node.entries) and _cut_off(node, end, known):
            end += 1
        rest = ", ".join(key.text for key, _ in node.entries[place:end])
        before, begun = node.entries[place - 1]
        whole = f"{begun.text or before.text}, {rest}"
        quoted = f'"{whole}"' if "'" in whole else f"'{whole}'"
        self.report(
            "wrong-type",
            node.entries[place][0].line,
            text("yaml.comma-in-braces", what=what, rest=rest),
            text("yaml.comma-in-braces-hint", quoted=quoted),
        )


def _cut_off(node: Node, place: int, known: Collection[str]) -> bool:
    """Whether an entry may be the rest of a text with a comma: in braces, not expected, without quotes and value."""
    key, value = node.entries[place]
    unexpected = key.kind is Kind.TEXT and not key.quoted and key.text not in known
    return node.braces and place > 0 and unexpected and value.kind is Kind.EMPTY


@dataclass
class Section:
    """A mapping with known keys, and typed access to their values.

    Every reader takes the key and says in a finding what was given and what was expected; it returns the default where
    the key is absent or its value is wrong. `required=True` makes absence a finding too.
    """

    walk: Walk
    line: int
    values: dict[str, tuple[Node, Node]]
    what: Text | str
    broken: bool = False

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def node(self, key: str, *, required: bool = False) -> Node | None:
        """The value's node; `None` where the key is absent or has nothing after the colon."""
        found = self.values.get(key)
        if found is not None and found[1].kind is not Kind.EMPTY:
            return found[1]
        if required and not self.broken:
            code = "yaml.key-missing" if found is None else "yaml.key-without-value"
            self.walk.report("missing-key", self.line_of(key), text(code, what=self.what, key=key))
        return None

    def part(self, key: str) -> Text:
        """How messages name the value of `key`."""
        return text("yaml.key-of", what=self.what, key=key)

    def line_of(self, key: str) -> int:
        """Line of the key, or of the section where the key is absent."""
        return self.values[key][0].line if key in self.values else self.line

    def text(self, key: str, *, required: bool = False, default: str | None = None) -> str | None:
        """A text in one piece; surrounding white space is removed."""
        node = self.node(key, required=required)
        if node is None:
            return default
        if node.kind is not Kind.TEXT:
            self.walk.wrong_type(node, self.part(key), Kind.TEXT.words)
            return default
        return node.text.strip()

    def integer(self, key: str, *, default: int | None = None, required: bool = False) -> int | None:
        """A whole number."""
        node = self.node(key, required=required)
        if node is None:
            return default
        if node.kind is not Kind.TEXT or not re.fullmatch(r"[+-]?\d{1,18}", node.text.strip()):
            self.walk.wrong_type(node, self.part(key), text("yaml.whole"))
            return default
        return int(node.text)

    def flag(self, key: str) -> bool:
        """`true`/`yes`/`on`, or `false`/`no`/`off` like nothing."""
        node = self.node(key)
        if node is None:
            return False
        word = node.text.strip().lower()
        if node.kind is Kind.TEXT and word in _TRUE | _FALSE:
            return word in _TRUE
        self.walk.wrong_type(node, self.part(key), text("yaml.true-or-false"))
        return False

    def choice(self, key: str, choices: type[_E], *, default: _E | None = None, required: bool = False) -> _E | None:
        """One of the values of an Enum of choices."""
        node = self.node(key, required=required)
        if node is None:
            return default
        words = [item.value for item in choices]
        if node.kind is Kind.TEXT and node.text.strip() in words:
            return choices(node.text.strip())
        close = nearest(node.text, words) if node.kind is Kind.TEXT else None
        expected = text("yaml.one-of-close" if close else "yaml.one-of", words=tuple(words), close=close)
        self.walk.wrong_type(node, self.part(key), expected)
        return default

    def items(self, key: str, *, required: bool = False) -> tuple[Node, ...]:
        """The nodes of a list."""
        node = self.node(key, required=required)
        if node is None:
            return ()
        if node.kind is not Kind.LIST:
            self.walk.wrong_type(node, self.part(key), Kind.LIST.words)
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
                self.walk.wrong_type(item, self.part(key), Kind.TEXT.words)
        return tuple(found)

    def pairs(self, key: str, known: Collection[str] = ()) -> tuple[tuple[Node, Node], ...]:
        """Key and value nodes of a mapping with free keys (languages, anchors); `known` are those that are expected."""
        node = self.node(key)
        if node is None:
            return ()
        if node.kind is not Kind.MAPPING:
            self.walk.wrong_type(node, self.part(key), Kind.MAPPING.words)
            return ()
        return tuple(self.walk.pairs(node, self.part(key), known))

    def section(self, key: str, keys: Sequence[str], what: Text | str) -> Section | None:
        """A mapping inside this one, with its own known keys."""
        node = self.node(key)
        return None if node is None else self.walk.section(node, keys, what)
