"""How the choices of a batch operation are given: each field of a choices class says which option it is.

    @dataclass(frozen=True)
    class NewType:
        name: str = option("--type", text("batch.add-type.type"), metavar="NAME")
        constraint: Constraint | None = option("--constraint", text("batch.add-type.constraint"), default=None)

    def add_type(document: Document, choices: NewType) -> Change: ...

The command line makes the rest from the field's type: several values of a tuple, pairs, a flag of a bool, the values of
an Enum. A field without a default has to be given. Choices that contradict each other are refused in `__post_init__`.
The command's help is the text `batch.NAME.help`, its examples those at the end of the function's docstring.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field
from typing import Any

from elancry.texts import Text, text

TIER_NAMES = text("batch.tier-names")


@dataclass(frozen=True, slots=True)
class Option:
    """One option: `read` makes the field's value of what was typed, and raises ValueError for what it cannot be."""

    flag: str
    help: Text | str
    metavar: str | None = None
    read: Callable[[Any], Any] | None = None


def option(
    flag: str,
    help: Text | str,
    *,
    metavar: str | None = None,
    read: Callable[[Any], Any] | None = None,
    default: Any = MISSING,
) -> Any:
    """A field of a choices class that is given as an option."""
    return field(default=default, metadata={"option": Option(flag, help, metavar, read)})
