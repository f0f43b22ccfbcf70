"""Changes to the text of a codebook: one value, one category; everything else stays as people wrote it.

    content = with_value(content, ("systems", "crying_form", "categories", "protest", "labels", "de"), "Protest")

Comments, order, quotes and line ends stay, because nothing is written but the piece that is changed. A path leads
through keys; in a list it names an item by its `id`, or by its number. Afterwards the text is read again: where it does
not say exactly what it said before but for the change, UsageError asks for an edit by hand.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import yaml

from elancry.errors import ElancryError, UsageError
from elancry.texts import text
from elancry.yaml_tree import Kind, Node, parse_yaml

Path = Sequence[str | int]
Value = str | Sequence[str] | Mapping[str, "Value"]
"""A text, a list of texts, or a mapping of such."""

_WIDTH = 118
_KEY, _ITEM = 2, 2


def with_value(content: str, path: Path, value: Value) -> str:
    """The codebook's text with another value at `path`; the last key of it is added where it is not there.

    Raises UsageError where the path does not lead anywhere, or the text cannot be changed like this.
    """
    before, edited = _parsed(content), _Text(content)
    parent = edited.node(path[:-1])
    if not isinstance(parent, yaml.MappingNode):
        raise UsageError(text("codebook.edit-no-place", path=_shown(path)))
    key = str(path[-1])
    pair = next((pair for pair in parent.value if pair[0].value == key), None)
    changed = edited.with_new(parent, key, value) if pair is None else edited.with_other(parent, pair, value)
    return _checked(changed, _changed(before, path, lambda node: _set(node, key, value)), path)


def without_value(content: str, path: Path) -> str:
    """The codebook's text without the key at the end of `path`, on a line of its own or in braces."""
    before, edited = _parsed(content), _Text(content)
    parent = edited.node(path[:-1])
    key = str(path[-1])
    if not isinstance(parent, yaml.MappingNode) or all(pair[0].value != key for pair in parent.value):
        raise UsageError(text("codebook.edit-no-place", path=_shown(path)))
    return _checked(edited.without(parent, key), _changed(before, path, lambda node: _set(node, key, None)), path)


def with_category(content: str, system: str, category: Mapping[str, Value]) -> str:
    """The codebook's text with a category behind the last one of a system; `category` are its keys, `id` among them."""
    path = ("systems", system, "categories", str(category["id"]))
    before, edited = _parsed(content), _Text(content)
    items = edited.node(path[:-1])
    if not isinstance(items, yaml.SequenceNode) or items.flow_style or not items.value:
        raise UsageError(text("codebook.edit-no-place", path=_shown(path[:-1])))

    def add(node: Node) -> Node:
        return replace(node, items=(*node.items, _node(category)))

    return _checked(edited.with_item(items, category), _changed(before, (*path, ""), add, at=path[:-1]), path)


def without_category(content: str, system: str, category: str) -> str:
    """The codebook's text without a category; comments before it stay. The last category of a system cannot go."""
    path = ("systems", system, "categories", category)
    before, edited = _parsed(content), _Text(content)
    items = edited.node(path[:-1])
    gone = edited.node(path)
    if not isinstance(items, yaml.SequenceNode) or items.flow_style or len(items.value) < 2:
        raise UsageError(text("codebook.edit-no-place", path=_shown(path)))
    number = items.value.index(gone)

    def drop(node: Node) -> Node:
        return replace(node, items=node.items[:number] + node.items[number + 1 :])

    return _checked(edited.without_item(gone), _changed(before, (*path, ""), drop, at=path[:-1]), path)


class _Text:
    """The text, with the place of every node in it."""

    def __init__(self, content: str) -> None:
        self.content = content
        self.line_end = "\r\n" if "\r\n" in content else "\n"
        root = yaml.compose(content, Loader=yaml.SafeLoader)
        if root is None:
            raise UsageError(text("codebook.edit-no-place", path=""))
        self._root = root

    def node(self, path: Path) -> yaml.Node:
        node: yaml.Node = self._root
        for step in path:
            found: yaml.Node | None = None
            if isinstance(node, yaml.MappingNode):
                found = next((value for key, value in node.value if key.value == str(step)), None)
            elif isinstance(node, yaml.SequenceNode):
                if isinstance(step, int):
                    found = node.value[step] if step < len(node.value) else None
                else:
                    found = next((item for item in node.value if _id(item) == step), None)
            if found is None:
                raise UsageError(text("codebook.edit-no-place", path=_shown(path)))
            node = found
        return node

    def with_other(self, parent: yaml.MappingNode, pair: tuple[yaml.Node, yaml.Node], value: Value) -> str:
        key, old = pair
        flow = bool(parent.flow_style) or self._in_flow(parent)
        start, end = old.start_mark.index, self._end(old)
        if isinstance(old, yaml.ScalarNode) and isinstance(value, str):
            quoted = old.style in ("'", '"')
            written = self._scalar(value, indent=key.start_mark.column + _KEY, flow=flow, quoted=quoted)
            if start == end:  # nothing behind the colon
                written = f" {written}"
            return self._put(start, end, written)
        colon = self.content.index(":", key.end_mark.index) + 1
        return self._put(colon, end, self._value(value, key.start_mark.column, flow=flow))

    def with_new(self, parent: yaml.MappingNode, key: str, value: Value) -> str:
        flow = bool(parent.flow_style) or self._in_flow(parent)
        if flow:
            last = self._end(parent.value[-1][1]) if parent.value else parent.start_mark.index + 1
            comma = ", " if parent.value else ""
            return self._put(last, last, f"{comma}{key}:{self._value(value, 0, flow=True)}")
        column = parent.value[0][0].start_mark.column
        last = self._line_end(self._end(parent.value[-1][1]))
        return self._put(last, last, f"{self.line_end}{' ' * column}{key}:{self._value(value, column, flow=False)}")

    def without(self, parent: yaml.MappingNode, key: str) -> str:
        number = next(number for number, pair in enumerate(parent.value) if pair[0].value == key)
        start, end = parent.value[number][0].start_mark.index, self._end(parent.value[number][1])
        if parent.flow_style or self._in_flow(parent):
            if number:
                start = self._end(parent.value[number - 1][1])
            elif len(parent.value) > 1:
                end = parent.value[1][0].start_mark.index
            return self._put(start, end, "")
        line = self.content.rfind("\n", 0, start) + 1
        if self.content[line:start].strip() or len(parent.value) == 1:
            raise UsageError(text("codebook.edit-by-hand", path=key))
        return self._put(line, self._next_line(end), "")

    def with_item(self, items: yaml.SequenceNode, item: Mapping[str, Value]) -> str:
        first, last = items.value[0], items.value[-1]
        dash = self.content.rfind("-", 0, first.start_mark.index)
        margin = dash - self.content.rfind("\n", 0, dash) - 1
        lines = self._mapping(item, margin + _ITEM).lstrip()
        end = self._line_end(self._end(last))
        return self._put(end, end, f"{self.line_end}{' ' * margin}- {lines}")

    def without_item(self, item: yaml.Node) -> str:
        dash = self.content.rfind("-", 0, item.start_mark.index)
        line = self.content.rfind("\n", 0, dash) + 1
        return self._put(line, self._next_line(self._end(item)), "")

    # Places

    def _put(self, start: int, end: int, written: str) -> str:
        return self.content[:start] + written + self.content[end:]

    def _end(self, node: yaml.Node) -> int:
        """Where what is written of a node ends: behind its last letter, not behind the comments that follow."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self._end(last[1] if isinstance(last, tuple) else last)
        start, end = node.start_mark.index, node.end_mark.index
        return start + len(self.content[start:end].rstrip())

    def _line_end(self, place: int) -> int:
        """The end of a line, with the comment behind a value."""
        found = self.content.find("\n", place)
        end = len(self.content) if found < 0 else found
        return end - 1 if self.content[:end].endswith("\r") else end

    def _next_line(self, place: int) -> int:
        found = self.content.find("\n", place)
        return len(self.content) if found < 0 else found + 1

    def _in_flow(self, wanted: yaml.Node) -> bool:
        """Whether a node is inside braces or brackets."""

        def search(node: yaml.Node, flow: bool) -> bool | None:
            if node is wanted:
                return flow
            if isinstance(node, yaml.CollectionNode):
                inside = flow or bool(node.flow_style)
                for child in node.value:
                    for part in child if isinstance(child, tuple) else (child,):
                        found = search(part, inside)
                        if found is not None:
                            return found
            return None

        return bool(search(self._root, False))

    # Writing

    def _value(self, value: Value, column: int, *, flow: bool) -> str:
        """What comes behind the colon of a key that begins in `column`."""
        if isinstance(value, str):
            return f" {self._scalar(value, indent=column + _KEY, flow=flow)}"
        if isinstance(value, Mapping):
            if flow or not value:
                inside = (f"{key}:{self._value(item, 0, flow=True)}" for key, item in value.items())
                return f" {{{', '.join(inside)}}}"
            return f"{self.line_end}{self._mapping(value, column + _KEY)}"
        return f" [{', '.join(self._scalar(item, indent=0, flow=True) for item in value)}]"

    def _mapping(self, value: Mapping[str, Value], column: int) -> str:
        lines = (f"{' ' * column}{key}:{self._value(item, column, flow=False)}" for key, item in value.items())
        return self.line_end.join(lines)

    def _scalar(self, value: str, *, indent: int, flow: bool, quoted: bool = False) -> str:
        plain = "{k: %s}" if flow else "k: %s"
        if not quoted and _reads(plain % value, value) and (flow or indent + len(value) <= _WIDTH):
            return value
        if not flow and indent + len(value) > _WIDTH:
            width = max(40, _WIDTH - indent)
            lines = textwrap.wrap(value, width, break_long_words=False, break_on_hyphens=False)
            margin = self.line_end + " " * indent
            if " ".join(lines) == value:
                return f">-{margin}{margin.join(lines)}"
        single = "'" + value.replace("'", "''") + "'"
        if _reads(plain % single, value):
            return single
        return yaml.dump(value, default_style='"', allow_unicode=True, width=10**9).rstrip("\n")


def _reads(line: str, value: str) -> bool:
    """Whether a line says that `k` is this text."""
    try:
        node = parse_yaml(line, "")
    except ElancryError:
        return False
    one = node.entries[0][1] if len(node.entries) == 1 else Node(Kind.EMPTY, 1)
    return one.kind is Kind.TEXT and one.text == value


def _id(item: yaml.Node) -> str | None:
    pairs = item.value if isinstance(item, yaml.MappingNode) else ()
    return next((str(value.value) for key, value in pairs if key.value == "id"), None)


def _shown(path: Path) -> str:
    return " > ".join(map(str, path))


# What the text must say afterwards


def _parsed(content: str) -> Node:
    return parse_yaml(content, "")


def _node(value: Value) -> Node:
    if isinstance(value, str):
        return Node(Kind.TEXT if value else Kind.EMPTY, 0, value)
    if isinstance(value, Mapping):
        return Node(Kind.MAPPING, 0, entries=tuple((_node(key), _node(item)) for key, item in value.items()))
    return Node(Kind.LIST, 0, items=tuple(map(_node, value)))


def _set(node: Node, key: str, value: Value | None) -> Node:
    new = [(name, old if name.text != key or value is None else _node(value)) for name, old in node.entries]
    if value is None:
        new = [(name, old) for name, old in new if name.text != key]
    elif all(name.text != key for name, _ in node.entries):
        new.append((_node(key), _node(value)))
    return replace(node, entries=tuple(new))


def _changed(node: Node, path: Path, change: Callable[[Node], Node], at: Path | None = None) -> Node:
    """The tree with a change of the node that the path without its last step leads to (or `at`)."""
    steps = list(path[:-1] if at is None else at)
    if not steps:
        return change(node)
    step, rest = steps[0], steps[1:]
    if node.kind is Kind.MAPPING:
        entries = [
            (key, _changed(one, (), change, rest) if key.text == str(step) else one) for key, one in node.entries
        ]
        return replace(node, entries=tuple(entries))
    items = list(node.items)
    for number, item in enumerate(items):
        named = next((value.text for key, value in item.entries if key.text == "id"), None)
        if number == step or (named is not None and named == step):
            items[number] = _changed(item, (), change, rest)
    return replace(node, items=tuple(items))


def _plain(node: Node) -> object:
    """What a node says, however it is written."""
    if node.kind is Kind.MAPPING:
        return [(key.text, _plain(value)) for key, value in node.entries]
    return [_plain(item) for item in node.items] if node.kind is Kind.LIST else node.text


def _checked(content: str, wanted: Node, path: Path) -> str:
    try:
        same = _plain(_parsed(content)) == _plain(wanted)
    except ElancryError:
        same = False
    if not same:
        raise UsageError(text("codebook.edit-by-hand", path=_shown(path)))
    return content
