"""Bring files up to a template: what it has and they have not is added; nothing is changed or deleted.

Where a file has a tier, type or vocabulary of the same name that is otherwise, the file's stays, with a finding.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from elancry.eaf import Document, Editor, Tier, TierType
from elancry.edit.change import Change, Row
from elancry.edit.operation import option
from elancry.edit.template_source import Adoption, Source, load_source, same_vocabulary
from elancry.errors import UsageError
from elancry.findings import Finding, finding
from elancry.template.build import CODEBOOK_PROPERTY
from elancry.texts import text


@dataclass(frozen=True)
class TemplateChoice:
    """The template. `annotator` is set on added tiers; where `None`, it is the one that all tiers of the file name."""

    source: Source = option("--from", "A codebook, .etf or .eaf file.", metavar="SOURCE", read=load_source)
    annotator: str | None = option(
        "--annotator", "Set on added tiers [default: the one that all tiers of the file name].", default=None
    )

    def __post_init__(self) -> None:
        """Raise UsageError for a source that has no tiers."""
        if self.source.document is None:
            raise UsageError(
                f"{self.source.name} holds vocabularies only, no tiers", hint="Use `elancry batch set-vocabulary`."
            )


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
                self.rows.append(Row("vocabulary added", after=wanted.id))
            elif not same_vocabulary(present, wanted):
                self._conflict(
                    f"vocabulary {wanted.id!r} differs from the template's",
                    "`elancry batch set-vocabulary` replaces it and looks the annotations up again.",
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
                self.rows.append(Row("type added", after=wanted.id))
            elif (have.constraint, have.vocabulary) != (wanted.constraint, wanted.vocabulary):
                self._left_out.add(wanted.id)
                text = f"type {wanted.id!r} has {_of(have)}, in the template {_of(wanted)}"
                self._conflict(text, "Rename the type in the file (rename-type) and apply the template again.")

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
                    text = f"tier {wanted.id!r} has {_place(have)}, in the template {_place(wanted)}"
                    self._conflict(text, "Rename the tier in the file (rename-tier) and apply the template again.")
                continue
            if wanted.type_id in self._left_out or (wanted.parent is not None and wanted.parent not in there):
                because = (
                    f"its type {wanted.type_id!r} differs"
                    if wanted.type_id in self._left_out
                    else f"its parent {wanted.parent!r} is not there"
                )
                self._conflict(f"tier {wanted.id!r} was not added: {because}", "Solve that first.")
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
            self._conflict(f"tier {wanted.id!r} was not added: {error.message}", error.hint)
            return False
        self.rows.append(Row("tier added", wanted.id, after=_place(wanted)))
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
            self.rows.append(Row("property set", after=f"{CODEBOOK_PROPERTY}: {stamp}"))

    def _conflict(self, message: str, hint: str | None) -> None:
        self.findings.append(finding("batch-differs", message, hint=hint))


def _of(kind: TierType) -> str:
    return f"{kind.constraint or 'no constraint'} and {f'vocabulary {kind.vocabulary}' if kind.vocabulary else 'none'}"


def _place(tier: Tier) -> str:
    return f"type {tier.type_id}" + (f" under {tier.parent}" if tier.parent else "")


def _parents_first(tiers: Iterable[Tier]) -> list[Tier]:
    """Parents before children; tiers whose parents go round in a circle come last, as they stand."""
    waiting = list(tiers)
    names = {tier.id for tier in waiting}
    ordered: list[Tier] = []
    placed: set[str] = set()
    while waiting:
        ready = [tier for tier in waiting if tier.parent not in names - placed] or waiting
        ordered += ready
        placed.update(tier.id for tier in ready)
        waiting = [tier for tier in waiting if tier.id not in placed]
    return ordered
