"""Bring files up to a template: what it has and they have not is added; nothing is changed or deleted.

Where a file has a tier, type or vocabulary of the same name that is otherwise, the file's stays, with a finding.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from elancry.eaf import Document, Editor, Tier, TierType
from elancry.edit.change import Change, Row, described, placed
from elancry.edit.operation import option
from elancry.edit.template_source import Adoption, Source, load_source, same_vocabulary
from elancry.errors import UsageError
from elancry.findings import Finding, finding
from elancry.template.build import CODEBOOK_PROPERTY
from elancry.texts import Text, text


@dataclass(frozen=True)
class TemplateChoice:
    """The template. `annotator` is set on added tiers; where `None`, it is the one that all tiers of the file name."""

    source: Source = option("--from", text("batch.apply-template.from"), metavar="SOURCE", read=load_source)
    annotator: str | None = option("--annotator", text("batch.apply-template.annotator"), default=None)

    def __post_init__(self) -> None:
        """Raise UsageError for a source that has no tiers."""
        if self.source.document is None:
            raise UsageError(text("edit.no-tiers", name=self.source.name), hint=text("edit.hint-set-vocabulary"))


def apply_template(document: Document, choices: TemplateChoice) -> Change:
    """Add the tiers, types and vocabularies of a template that a file has not.

    Nothing is changed or deleted. What a file has under the same name, but otherwise, stays and is a finding.

    Example:  elancry batch apply-template coded -o complete --from crying
    """
    template = choices.source.document
    assert template is not None  # other sources are refused with the choices
    work = _Work(document, template, choices, document.edit())
    work.vocabularies()
    work.types()
    work.tiers()
    work.codebook()
    rows = (*work.adoption.rows, *work.rows)
    return Change(work.editor.document() if rows else document, rows, tuple(work.findings))


class _Work:
    def __init__(self, document: Document, template: Document, choices: TemplateChoice, editor: Editor) -> None:
        self.document = document
        self.template = template
        self.choices = choices
        self.editor = editor
        self.adoption = Adoption(document, choices.source, editor)
        self.rows: list[Row] = []
        self.findings: list[Finding] = []
        self._left_out: set[str] = set()

    def vocabularies(self) -> None:
        self.adoption.languages(code for code in self.choices.source.languages if code in self.document.languages)
        for wanted in self.template.vocabularies:
            present = self.document.vocabulary(wanted.id)
            if present is None:
                self.editor.vocabularies.add(self.adoption.vocabulary(wanted))
                self.rows.append(Row(text("change.vocabulary-added"), after=wanted.id))
            elif not same_vocabulary(present, wanted):
                self._conflict(
                    text("finding.batch-differs.message-vocabulary", vocabulary=wanted.id),
                    text("finding.batch-differs.hint-vocabulary"),
                )

    def types(self) -> None:
        present = {kind.id: kind for kind in self.document.types}
        for wanted in self.template.types:
            have = present.get(wanted.id)
            if have is None:
                self.editor.types.add(
                    wanted.id,
                    constraint=wanted.constraint,
                    vocabulary=wanted.vocabulary if self.template.vocabulary(wanted.vocabulary or "") else None,
                    ext_ref=self.adoption.external_ref(wanted.ext_ref),
                )
                self.rows.append(Row(text("change.type-added"), after=wanted.id))
            elif (have.constraint, have.vocabulary) != (wanted.constraint, wanted.vocabulary):
                self._left_out.add(wanted.id)
                said = text(
                    "finding.batch-differs.message-template-type", kind=wanted.id, have=_of(have), wanted=_of(wanted)
                )
                self._conflict(said, text("finding.batch-differs.hint-rename-type"))

    def tiers(self) -> None:
        annotator = self.choices.annotator
        if annotator is None:
            names = {tier.annotator for tier in self.document.tiers}
            annotator = names.pop() if len(names) == 1 else None
        there = {tier.id for tier in self.document.tiers}
        for wanted in _parents_first(self.template.tiers):
            have = self.document.tier(wanted.id)
            if have is not None:
                if (have.type_id, have.parent) != (wanted.type_id, wanted.parent):
                    said = text(
                        "finding.batch-differs.message-template-tier",
                        tier=wanted.id,
                        have=_place(have),
                        wanted=_place(wanted),
                    )
                    self._conflict(said, text("finding.batch-differs.hint-rename-tier"))
                continue
            if wanted.type_id in self._left_out or (wanted.parent is not None and wanted.parent not in there):
                because = (
                    text("edit.type-differs", type=wanted.type_id)
                    if wanted.type_id in self._left_out
                    else text("edit.parent-not-there", parent=wanted.parent)
                )
                self._not_added(wanted, because, text("finding.batch-differs.hint-first"))
                continue
            if self._add(wanted, annotator):
                there.add(wanted.id)

    def _add(self, wanted: Tier, annotator: str | None) -> bool:
        if wanted.lang_ref is not None:
            self.adoption.languages([wanted.lang_ref])
        try:
            self.editor.tiers.add(
                wanted.id,
                wanted.type_id,
                parent=wanted.parent,
                participant=wanted.participant,
                annotator=wanted.annotator or annotator,
                lang_ref=wanted.lang_ref,
                locale=self.adoption.locale(wanted.locale),
                ext_ref=self.adoption.external_ref(wanted.ext_ref),
            )
        except UsageError as error:
            self._not_added(wanted, error.said, error.advice)
            return False
        self.rows.append(Row(text("change.tier-added"), wanted.id, after=_place(wanted)))
        return True

    def codebook(self) -> None:
        """The stamp of the codebook, where all of the template is there now."""
        stamp = self.template.header_property(CODEBOOK_PROPERTY)
        have = self.document.header_property(CODEBOOK_PROPERTY)
        if stamp is None or stamp == have:
            return
        if have is not None:
            message = text("finding.batch-other-codebook.message", have=have, stamp=stamp)
            hint = text("finding.batch-other-codebook.hint")
            self.findings.append(finding("batch-other-codebook", message, hint=hint))
        elif not self.findings:
            self.editor.header.set_property(CODEBOOK_PROPERTY, stamp)
            self.rows.append(Row(text("change.property-set"), after=f"{CODEBOOK_PROPERTY}: {stamp}"))

    def _not_added(self, wanted: Tier, because: Text | str, hint: Text | str | None) -> None:
        self._conflict(text("finding.batch-differs.message-not-added", tier=wanted.id, because=because), hint)

    def _conflict(self, message: Text, hint: Text | str | None) -> None:
        self.findings.append(finding("batch-differs", message, hint=hint))


def _of(kind: TierType) -> Text:
    return described(kind.constraint, kind.vocabulary)


def _place(tier: Tier) -> Text:
    return placed(tier.type_id, tier.parent)


def _parents_first(tiers: Iterable[Tier]) -> list[Tier]:
    """Parents before children; tiers whose parents go round in a circle come last, as they stand."""
    waiting = list(tiers)
    names = {tier.id for tier in waiting}
    ordered: list[Tier] = []
    done: set[str] = set()
    while waiting:
        ready = [tier for tier in waiting if tier.parent not in names - done] or waiting
        ordered += ready
        done.update(tier.id for tier in ready)
        waiting = [tier for tier in waiting if tier.id not in done]
    return ordered
