"""Do the tiers that a codebook asks for fit into one file?"""

from __future__ import annotations

from collections.abc import Mapping

from elancry.codebook.model import Codebook, System
from elancry.codebook.names import illegal_character, tier_problem
from elancry.names import did_you_mean, nearest
from elancry.texts import Text, some, text
from elancry.yaml_lines import Walk


def check_tiers(codebook: Codebook, lines: Mapping[str, int], walk: Walk) -> None:
    """Report names that cannot be used, names used twice, ratings without sequences and impossible parents.

    `lines` gives the line of each system (by id), of `sequence_tier` and of `comment_tiers`.
    """
    taken: dict[str, Text] = {}
    for name, owner, line in _wanted(codebook, lines):
        problem = tier_problem(name)
        if problem is None and illegal_character(name) is not None:
            problem = text("codebook.name-not-xml")
        if problem is not None:
            walk.report("bad-tier", line, text("codebook.bad-tier", owner=owner, name=name, problem=problem))
        elif name in taken:
            walk.report(
                "bad-tier",
                line,
                text("codebook.tier-taken", owner=owner, name=name, other=taken[name]),
                text("codebook.tier-taken-hint"),
            )
        taken.setdefault(name, owner)
    for system in codebook.systems:
        line = lines.get(system.id, 1)
        if system.has_ratings and codebook.sequence_tier is None:
            walk.report(
                "bad-tier",
                line,
                text("codebook.ratings-without-sequences", what=_called(system)),
                text("codebook.ratings-without-sequences-hint"),
            )
        if system.parent is not None:
            _check_parent(codebook, system, line, walk)


def _called(system: System) -> Text:
    return text("codebook.system-named", name=system.id)


def _wanted(codebook: Codebook, lines: Mapping[str, int]) -> list[tuple[str, Text, int]]:
    wanted = []
    if codebook.sequence_tier is not None:
        wanted.append((codebook.sequence_tier, text("codebook.the-sequence-tier"), lines.get("sequence_tier", 1)))
    wanted += [
        (name, text("codebook.a-comment-tier"), lines.get("comment_tiers", 1)) for name in codebook.comment_tiers
    ]
    # A second system with the same id is reported as such, not once more for each of its tiers.
    for system in {system.id: system for system in codebook.systems}.values():
        owner = _called(system)
        names = dict.fromkeys((*system.interval_tier_names, *system.rating_tier_names))
        wanted += [(name, owner, lines.get(system.id, 1)) for name in names if system.id]
    return wanted


def _check_parent(codebook: Codebook, system: System, line: int, walk: Walk) -> None:
    possible = [name for name in (codebook.sequence_tier,) if name is not None]
    possible += [name for other in codebook.systems if other.id != system.id for name in other.interval_tier_names]
    parent = system.parent or ""
    if parent not in possible:
        walk.report(
            "bad-tier",
            line,
            text("codebook.bad-parent", what=_called(system), parent=parent),
            did_you_mean(nearest(parent, possible)) or text("codebook.bad-parent-hint", names=some(possible)),
        )
        return
    owner = {name: other for other in codebook.systems for name in other.interval_tier_names}
    seen = {system.id}
    above = owner.get(parent)
    while above is not None:
        if above.id in seen:
            walk.report("bad-tier", line, text("codebook.parents-circle", what=_called(system)))
            return
        seen.add(above.id)
        above = owner.get(above.parent) if above.parent is not None else None
