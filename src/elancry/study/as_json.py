"""Frozen dataclasses as JSON holds them, and back: the declared types say what each value was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints


def to_json(value: Any) -> Any:
    """`value` with mappings for dataclasses, lists for tuples and texts for enums and for the keys of mappings."""
    if is_dataclass(value):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(to_json(key)): to_json(item) for key, item in value.items()}
    return [to_json(item) for item in value] if isinstance(value, list | tuple) else value


def from_json(kind: Any, value: Any) -> Any:
    """The value of type `kind` that `to_json` wrote; further names in a mapping are passed over.

    Raises KeyError, TypeError or ValueError where it does not fit.
    """
    if kind is Any:
        return value
    if isinstance(kind, type) and is_dataclass(kind):
        return kind(**{name: from_json(hint, value[name]) for name, hint in _hints(kind).items()})
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple:
        kinds = inner[:1] * len(value) if inner[-1] is Ellipsis else inner
        return tuple(from_json(one, item) for one, item in zip(kinds, value, strict=True))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {from_json(inner[0], key): from_json(inner[1], item) for key, item in value.items()}
    if NoneType in inner:
        return None if value is None else from_json(next(one for one in inner if one is not NoneType), value)
    if isinstance(value, bool) or kind is bool:
        return _of_type(kind, value)
    return kind(value) if issubclass(kind, Enum) or kind in (int, float) else _of_type(kind, value)


def _of_type(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(f"{value!r} is not of type {kind.__name__}")
    return value


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
