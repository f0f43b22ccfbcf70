"""Tiers: add one, remove some, remove the empty ones, say who coded or who is coded."""

from __future__ import annotations

from dataclasses import dataclass

from elancry.eaf import Constraint, Document, Tier
from elancry.edit.change import Change, Row, about, nothing_named, placed, twice, unclear_tiers
from elancry.edit.name_patterns import matching
from elancry.edit.operation import TIER_NAMES, option
from elancry.errors import UsageError
from elancry.findings import Finding, finding
from elancry.names import there_are
from elancry.texts import Text, text


@dataclass(frozen=True, slots=True)
class NewTier:
    """A tier to be added. A type that the file has not is made, with `constraint`."""

    name: str = option("--tier", text("batch.add-tier.tier"), metavar="NAME")
    type_id: str = option("--type", text("batch.add-tier.type"), metavar="TYPE")
    parent: str | None = option("--parent", text("batch.add-tier.parent"), metavar="TIER", default=None)
    constraint: Constraint | None = option("--constraint", text("batch.add-tier.constraint"), default=None)
    participant: str | None = option("--participant", text("batch.add-tier.participant"), default=None)
    annotator: str | None = option("--annotator", text("batch.add-tier.annotator"), default=None)
    language: str | None = option("--language", text("batch.add-tier.language"), metavar="ID", default=None)

    def __post_init__(self) -> None:
        """Raise UsageError for a constraint without a parent."""
        if self.parent is None and self.constraint is not None:
            raise UsageError(text("edit.constraint-needs-parent"), hint=text("edit.hint-add-parent"))


@dataclass(frozen=True, slots=True)
class TierChoice:
    """Tiers by name or pattern (see `elancry.edit.name_patterns`)."""

    patterns: tuple[str, ...] = option("--tier", text("batch.tiers", names=TIER_NAMES), metavar="NAME")


@dataclass(frozen=True, slots=True)
class EmptyTiers:
    """Which empty tiers go: those that `patterns` mean (all of them where empty), but never those that `keep` means."""

    patterns: tuple[str, ...] = option(
        "--tier", text("batch.remove-empty-tiers.tier", names=TIER_NAMES), metavar="NAME", default=()
    )
    keep: tuple[str, ...] = option("--keep", text("batch.remove-empty-tiers.keep"), metavar="NAME", default=())


@dataclass(frozen=True, slots=True)
class Attributes:
    """Attributes for tiers; `None` leaves one as it is, `""` removes it."""

    patterns: tuple[str, ...] = option("--tier", text("batch.tiers", names=TIER_NAMES), metavar="NAME")
    participant: str | None = option("--participant", text("batch.set-tier.participant"), default=None)
    annotator: str | None = option("--annotator", text("batch.set-tier.annotator"), default=None)

    def __post_init__(self) -> None:
        """Raise UsageError where there is nothing to set."""
        if self.participant is None and self.annotator is None:
            raise UsageError(text("edit.nothing-to-set"), hint=text("edit.hint-give-attribute"))


def add_tier(document: Document, choices: NewTier) -> Change:
    """Add an empty tier to every file.

    A file that has the tier just so already stays as it is; one that has it otherwise is a finding.

    Example:  elancry batch add-tier coded -o with-gaze --tier gaze --type gaze --participant patient
    """
    present = document.tier(choices.name)
    if present is not None:
        return Change(document, (), _differences(present, choices))
    rows: list[Row] = []
    editor = document.edit()
    if choices.language is not None and choices.language not in document.languages:
        message = text("finding.batch-not-possible.message-no-language", tier=choices.name, language=choices.language)
        hint = there_are(choices.language, list(document.languages))
        return Change(document, (), (_impossible(message, hint),))
    if choices.parent is not None and document.tier(choices.parent) is None:
        return Change(document, (), (nothing_named("tier", choices.parent, [tier.id for tier in document.tiers]),))
    kind = next((kind for kind in document.types if kind.id == choices.type_id), None)
    if kind is not None and choices.constraint not in (None, kind.constraint):
        have = kind.constraint or text("edit.no-constraint")
        message = text(
            "finding.batch-differs.message-constraint", kind=kind.id, have=have, constraint=choices.constraint
        )
        return Change(
            document,
            (),
            (
                finding(
                    "batch-differs",
                    message,
                    hint=text("finding.batch-differs.hint-type"),
                    tier=choices.name,
                ),
            ),
        )
    if kind is None:
        editor.types.add(choices.type_id, constraint=choices.constraint)
        constraint = "" if choices.constraint is None else f" ({choices.constraint})"
        rows.append(Row(text("change.type-added"), after=choices.type_id + constraint))
    try:
        editor.tiers.add(
            choices.name,
            choices.type_id,
            parent=choices.parent,
            participant=choices.participant,
            annotator=choices.annotator,
            lang_ref=choices.language,
        )
    except UsageError as error:
        return Change(document, (), (_impossible(error.said, error.advice, choices.name),))
    rows.append(Row(text("change.tier-added"), choices.name, after=placed(choices.type_id, choices.parent)))
    return Change(editor.document(), tuple(rows))


def set_attributes(document: Document, choices: Attributes) -> Change:
    """Set the participant or annotator of tiers.

    Example:  elancry batch set-tier coded -o named --tier '*' --annotator R1 --participant patient
    """
    chosen, findings, unclear = _chosen(document, choices.patterns)
    rows: list[Row] = []
    editor = document.edit()
    for name in chosen:
        tier = document.tier(name)
        assert tier is not None  # it is one of the document's own names
        for attribute, what, before, wanted in (
            ("participant", text("change.participant-set"), tier.participant, choices.participant),
            ("annotator", text("change.annotator-set"), tier.annotator, choices.annotator),
        ):
            after = wanted or None
            if wanted is not None and name not in unclear and before != after:
                editor.tiers.set(name, **{attribute: after})
                rows.append(Row(what, name, before=before or "", after=wanted))
    return Change(editor.document() if rows else document, tuple(rows), findings)


def remove_tiers(document: Document, choices: TierChoice) -> Change:
    """Remove tiers with their annotations and, as ELAN does, the tiers below them.

    Every annotation that goes is a line in changes.csv.

    Example:  elancry batch remove-tier coded -o without --tier 'Comment*' --dry-run
    """
    chosen, findings, unclear = _chosen(document, choices.patterns)
    leaving = _with_below(document, [name for name in chosen if name not in unclear])
    if not leaving:
        return Change(document, (), findings)
    rows: list[Row] = []
    editor = document.edit()
    for tier in document.tiers:
        if tier.id in leaving:
            gone = document.annotations(tier.id)
            rows.append(Row(text("change.tier-removed"), tier.id, before=text("change.annotations", n=len(gone))))
            rows += [about(item, text("change.annotation-removed"), before=item.value) for item in gone]
    gone_with: set[str] = set()
    for name in leaving:
        if name not in gone_with:
            editor.tiers.remove(name)
            gone_with.update(_with_below(document, [name]))
    return Change(editor.document(), tuple(rows), findings)


def remove_empty_tiers(document: Document, choices: EmptyTiers) -> Change:
    """Remove tiers without annotations, unless a tier below them stays.

    An empty tier of a rater's file says "not coded" to elancry check and agree; without the tier it is the same.

    Example:  elancry batch remove-empty-tiers coded -o tidy --keep 'Comment*'
    """
    names = [tier.id for tier in document.tiers]
    chosen = set(matching(names, choices.patterns) if choices.patterns else names)
    chosen -= set(matching(names, choices.keep))
    unknown = tuple(
        nothing_named("tier", pattern, names)
        for pattern in (*choices.patterns, *choices.keep)
        if not matching(names, [pattern])
    )
    # Annotations in a wrong place in the file are not read, but they are there.
    chosen -= {item.tier for item in document.findings if item.code == "eaf-stray-annotation" and item.tier}
    chosen -= unclear_tiers(document)
    leaving: dict[str, None] = {}
    while True:
        more = [
            name
            for name in names
            if name in chosen
            and name not in leaving
            and not document.annotations(name)
            and all(child.id in leaving for child in document.children(name))
        ]
        if not more:
            break
        leaving.update(dict.fromkeys(more))
    if not leaving:
        return Change(document, findings=unknown)
    editor = document.edit()
    for name in leaving:
        editor.tiers.remove(name)
    return Change(editor.document(), tuple(Row(text("change.empty-tier-removed"), name) for name in leaving), unknown)


def _chosen(
    document: Document, patterns: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[Finding, ...], frozenset[str]]:
    """The tiers that are meant, findings about patterns that mean none and names that two tiers have, those names."""
    names = [tier.id for tier in document.tiers]
    chosen = matching(names, patterns)
    findings = [nothing_named("tier", pattern, names) for pattern in patterns if not matching(names, [pattern])]
    unclear = unclear_tiers(document) if chosen else frozenset()
    return chosen, (*findings, *twice(chosen, unclear)), unclear


def _with_below(document: Document, names: list[str]) -> dict[str, None]:
    found: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = None
            waiting += [child.id for child in document.children(name)]
    return found


def _differences(present: Tier, wanted: NewTier) -> tuple[Finding, ...]:
    pairs = (
        (text("edit.attribute-type"), present.type_id, wanted.type_id),
        (text("edit.attribute-parent"), present.parent, wanted.parent),
        (text("edit.attribute-participant"), present.participant, wanted.participant or present.participant),
        (text("edit.attribute-annotator"), present.annotator, wanted.annotator or present.annotator),
        (text("edit.attribute-language"), present.lang_ref, wanted.language or present.lang_ref),
    )
    different = [
        text("edit.attribute-differs", name=name, have=have or text("list.none"), want=want or text("list.none"))
        for name, have, want in pairs
        if have != want
    ]
    if not different:
        return ()
    message = text("finding.batch-differs.message-tier", tier=present.id, different=different)
    return (finding("batch-differs", message, hint=text("finding.batch-differs.hint-name-or-tier"), tier=present.id),)


def _impossible(message: Text | str, hint: Text | str | None, tier: str | None = None) -> Finding:
    return finding("batch-not-possible", message, hint=hint, tier=tier)
