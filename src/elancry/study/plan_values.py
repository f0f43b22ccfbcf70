"""Values of the study plan: how each kind is read from YAML, and how a value is written as JSON and as YAML.

A reader takes a section and a key, and gives the value, or `None` where the key is absent, empty or wrong; mistakes
become findings of the walk.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from elancry.spans import parse_ms
from elancry.yaml_lines import Kind, Node, Section, nearest, parse_yaml

Reader = Callable[[Section, str], Any]


def text(section: Section, name: str) -> str | None:
    """A text in one piece."""
    return section.text(name)


def names(section: Section, name: str) -> tuple[str, ...] | None:
    """One or more texts, none of them twice."""
    found = section.texts(name)
    node = section.node(name)
    if node is not None and node.kind is Kind.LIST and not node.items:
        section.walk.wrong_type(node, f"the plan, '{name}'", "at least one name; without any, leave the key empty")
    _refuse_twice(section, name, found)
    return found or None


def flag(section: Section, name: str) -> bool | None:
    """`true` or `false`."""
    return None if section.node(name) is None else section.flag(name)


def one_of(choices: type[StrEnum]) -> Reader:
    """One of the values of an Enum."""
    return lambda section, name: section.choice(name, choices)


def some_of(choices: type[StrEnum], *, fewest: int = 0) -> Reader:
    """Several values of an Enum, in the order given; with `fewest` 0 also none (`[]`)."""

    def read(section: Section, name: str) -> tuple[StrEnum, ...] | None:
        node = section.node(name)
        if node is None:
            return None
        words = [item.value for item in choices]
        found: list[StrEnum] = []
        for item in _items(section, name):
            word = item.text.strip()
            if item.kind is Kind.TEXT and word in words:
                found.append(choices(word))
                continue
            close = nearest(word, words) if item.kind is Kind.TEXT else None
            hint = f" (did you mean '{close}'?)" if close else ""
            section.walk.wrong_type(item, f"the plan, '{name}'", "one of " + ", ".join(words) + hint)
        _refuse_twice(section, name, [item.value for item in found])
        return _enough(section, name, tuple(found), fewest)

    return read


def whole(minimum: int, maximum: int | None = None) -> Reader:
    """A whole number within the limits, both included."""
    return lambda section, name: section.integer(name, minimum=minimum, maximum=maximum)


def wholes(minimum: int, maximum: int) -> Reader:
    """Several whole numbers within the limits, also none (`[]`)."""

    def read_one(given: str) -> int:
        if not re.fullmatch(r"\d{1,9}", given) or not minimum <= int(given) <= maximum:
            raise ValueError(f"expected a whole number from {minimum} to {maximum}, given '{given}'")
        return int(given)

    return _each(read_one)


def overlaps(section: Section, name: str) -> tuple[float, ...] | None:
    """One or more proportions above 0 and at most 1."""

    def read_one(given: str) -> float:
        try:
            value = float(given)
        except ValueError:
            value = -1.0
        if not 0 < value <= 1:
            raise ValueError(f"{given!r} is no number above 0 and at most 1")
        return value

    found: tuple[float, ...] | None = _each(read_one, fewest=1)(section, name)
    return found


def time(minimum: int) -> Reader:
    """One time of at least `minimum` ms, as ms or h:mm:ss.mmm."""
    read_several = _each(_time_from(minimum))

    def read(section: Section, name: str) -> int | None:
        node = section.node(name)
        if node is not None and node.kind is not Kind.TEXT:
            section.walk.wrong_type(node, f"the plan, '{name}'", "one time")
            return None
        found: tuple[int, ...] | None = read_several(section, name)
        return found[0] if found else None

    return read


def times(minimum: int) -> Reader:
    """Several times of at least `minimum` ms, each as ms or h:mm:ss.mmm; also none (`[]`)."""
    return _each(_time_from(minimum))


def pairs(section: Section, name: str) -> tuple[tuple[str, str], ...] | None:
    """A mapping of texts to texts, as pairs in their order."""
    if section.node(name) is None:
        return None
    found: list[tuple[str, str]] = []
    for key, value in section.pairs(name):
        if value.kind is Kind.TEXT:
            found.append((key.text.strip(), value.text.strip()))
        else:
            section.walk.wrong_type(value, f"the plan, '{name}', '{key.text}'", "a text")
    return tuple(found)


def lists(section: Section, name: str) -> tuple[tuple[str, tuple[str, ...]], ...] | None:
    """A mapping of texts to one or more texts each, none of them twice, as pairs in their order."""
    if section.node(name) is None:
        return None
    found: list[tuple[str, tuple[str, ...]]] = []
    for key, value in section.pairs(name):
        where = f"the plan, '{name}', '{key.text}'"
        items = (value,) if value.kind is Kind.TEXT else value.items if value.kind is Kind.LIST else ()
        if not items or any(item.kind is not Kind.TEXT for item in items):
            section.walk.wrong_type(value, where, "one or more names, as in [a, b]")
            continue
        texts = tuple(item.text.strip() for item in items)
        twice = sorted({text for text in texts if texts.count(text) > 1})
        if twice:
            section.walk.report("wrong-type", value.line, f"{where}: {', '.join(twice)} is given more than once")
        found.append((key.text.strip(), texts))
    return tuple(found) or None


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


def node_of(given: str) -> Node:
    """The node of a value given on the command line, written as after the colon of a plan."""
    return parse_yaml(given, "--set")


def _time_from(minimum: int) -> Callable[[str], int]:
    def read_one(given: str) -> int:
        value = parse_ms(given)
        if value < minimum:
            raise ValueError(f"expected a time of at least {minimum} ms, given '{given}'")
        return value

    return read_one


def _each(read_one: Callable[[str], Any], *, fewest: int = 0) -> Reader:
    def read(section: Section, name: str) -> tuple[Any, ...] | None:
        if section.node(name) is None:
            return None
        found = []
        for item in _items(section, name):
            try:
                if item.kind is not Kind.TEXT:
                    raise ValueError(f"expected a number or a time, given {item}")
                found.append(read_one(item.text.strip()))
            except ValueError as error:
                section.walk.report("wrong-type", item.line, f"the plan, '{name}': {error}")
        _refuse_twice(section, name, found)
        return _enough(section, name, tuple(found), fewest)

    return read


def _items(section: Section, name: str) -> tuple[Node, ...]:
    """The nodes of a list; a single text is a list of one."""
    node = section.node(name)
    return (node,) if node is not None and node.kind is Kind.TEXT else section.items(name)


def _enough(section: Section, name: str, found: tuple[Any, ...], fewest: int) -> tuple[Any, ...] | None:
    node = section.node(name)
    if node is not None and node.kind is Kind.LIST and len(node.items) < fewest:
        section.walk.wrong_type(node, f"the plan, '{name}'", f"at least {fewest}; the list is empty")
        return None
    return found


def _refuse_twice(section: Section, name: str, found: Any) -> None:
    twice = sorted({str(item) for item in found if list(found).count(item) > 1})
    if twice:
        section.walk.report(
            "wrong-type", section.line_of(name), f"the plan, '{name}': {', '.join(twice)} is given more than once"
        )
