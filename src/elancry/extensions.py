"""What other packages add: formats and coefficients that they declare as entry points.

    [project.entry-points."elancry.formats"]
    lines = "elancry_lines:FORMAT"

A name stands for one thing: what is already here, or declared twice, is refused. docs/extending.md has a whole package.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from elancry.errors import UsageError
from elancry.texts import Text, text

FORMATS = "elancry.formats"
MEASURES = "elancry.measures"


@cache
def declared(group: str) -> Mapping[str, tuple[EntryPoint, ...]]:
    """The entry points of `group` by name: one each, unless several packages declare the same name."""
    found: dict[str, tuple[EntryPoint, ...]] = {}
    for point in sorted(entry_points(group=group), key=lambda point: (point.name, _package(point))):
        found[point.name] = (*found.get(point.name, ()), point)
    return found


def load(group: str, name: str, own: Collection[str]) -> Any:
    """What a package declares as `name`.

    Raises UsageError for one of our `own` names, a name that several packages declare, and what cannot be loaded.
    """
    point, *others = declared(group)[name]
    if others:
        found = tuple(map(_package, (point, *others)))
        raise UsageError(
            text("extension.twice", group=group, name=name, packages=found), hint=text("extension.uninstall-one")
        )
    about = {"package": _package(point), "group": group, "name": name}
    if name in own:
        raise UsageError(text("extension.own-name", **about), hint=text("extension.uninstall", **about))
    try:
        return point.load()
    except Exception as error:  # whatever somebody else's module does when it is imported
        why = f"{type(error).__name__}: {error}"[:200]
        raise UsageError(
            text("extension.broken", value=point.value, why=why, **about), hint=text("extension.uninstall", **about)
        ) from error


def packages(group: str) -> dict[str, str]:
    """Name -> version of the packages that add something to `group`."""
    points = (point for several in declared(group).values() for point in several)
    return {point.dist.name: point.dist.version for point in points if point.dist is not None}


def wrong_kind(group: str, name: str, wanted: str) -> UsageError:
    """The refusal of something that is not what its group holds."""
    point = declared(group)[name][0]
    about = {"package": _package(point), "group": group, "name": name}
    return UsageError(
        text("extension.wrong-kind", value=point.value, wanted=wanted, **about),
        hint=text("extension.uninstall", **about),
    )


def words(own: str) -> Text:
    """A text in a package's own words, which are the same in every language."""
    return text("extension.words", words=own)


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else point.value
