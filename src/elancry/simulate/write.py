"""A simulated study as files: what raters would send back from ELAN, with the truth beside them.

The files are made from the prepared files that raters would have got. The linked videos do not exist: their addresses
are the same on every machine, and so are date and URN, so that one seed gives the same bytes everywhere.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from lxml import etree

from elancry.codebook.load import builtin_with_stamp
from elancry.codebook.model import System
from elancry.eaf import Document, Editor
from elancry.outputs import OutputFolder
from elancry.simulate.mistake_kinds import MistakeKind, PlantedMistake
from elancry.simulate.mistakes import tier_of
from elancry.simulate.readme import readme
from elancry.simulate.simulated import SimulatedStudy
from elancry.simulate.truth_file import as_json, truth_of
from elancry.template.prepare import prepare_file
from elancry.template.sequences import PlannedSequence

_DATE = "2024-04-17T12:00:00+00:00"
_MEDIA_FOLDER = "file:///media"
_NAMESPACE = uuid.UUID("b0e7c7a4-0d2f-5c39-9d40-3f3f6f0f3a11")


def write_study(study: SimulatedStudy, out_dir: Path, force: bool = False) -> tuple[Path, ...]:
    """Write `{session}__{rater}.eaf` for every session and rater, `truth.json` and `README.md`.

    Returns the paths of the .eaf files. Raises OutputRefused where files stand that are not an unedited earlier study,
    unless `force`.
    """
    folder = OutputFolder(Path(out_dir), command="simulate", force=force)
    places = [(session, rater) for session in range(len(study.sessions)) for rater in study.raters]
    names = [f"{study.sessions[session]}__{rater}.eaf" for session, rater in places]
    folder.refuse_foreign([*names, "truth.json", "README.md", "study.yaml"])
    written: list[Path] = []
    annotation_of: dict[PlantedMistake, str] = {}
    for (session, rater), name in zip(places, names, strict=True):
        coded = CodedFile(study, session, rater)
        written.append(folder.write(name, coded.to_bytes()))
        annotation_of.update(coded.annotation_of)
    folder.write("truth.json", as_json(truth_of(study, annotation_of)) + "\n")
    folder.write("README.md", readme(study, Path(out_dir).name))
    built_in = builtin_with_stamp(study.codebook.stamp)
    if built_in is not None:
        folder.write(
            "study.yaml",
            f"# The plan of this study: what elancry reads beside the files.\ncodebook: {built_in[0]}\n",
        )
    folder.finish()
    return tuple(written)


class CodedFile:
    """One rater's file of one session. `annotation_of` gives the ids of the annotations at which mistakes stand."""

    def __init__(self, study: SimulatedStudy, session: int, rater: str) -> None:
        self.study = study
        self.session = study.sessions[session]
        self.rater = rater
        self.rows: list[int] = np.flatnonzero(study.sequences.session == session).tolist()
        self.mistakes = [m for m in study.mistakes if m.session == self.session and m.rater == rater]
        self.annotation_of: dict[PlantedMistake, str] = {}

    def to_bytes(self) -> bytes:
        """The whole file."""
        prepared = self._prepared()
        editor = prepared.edit()
        self._set_header(editor)
        for system in self.study.interval_systems:
            self._add_events(prepared, editor, system)
        for system in self.study.rated_systems:
            self._add_ratings(prepared, editor, system)
        self._set_annotator(prepared, editor)
        content = editor.document().to_bytes()
        point = self._mistake(MistakeKind.ZERO_LENGTH)
        return content if point is None else _without_length(content, self.annotation_of[point])

    def _prepared(self) -> Document:
        """The file as the rater got it; media are linked by hand, because theirs are nowhere on this machine."""
        planned: list[PlannedSequence] = []
        if self.study.codebook.sequence_tier is not None:
            for row in self.rows:
                start, end = self.study.windows[self.rater][row].tolist()
                planned.append(PlannedSequence(start, end, self.study.sequences.name[row]))
        return prepare_file(self.study.codebook, rater=self.rater, media=(), folder=Path(), sequences=planned)

    def _set_header(self, editor: Editor) -> None:
        shown = self.session
        if self._mistake(MistakeKind.OTHER_MEDIUM) is not None:
            shown = next(name for name in self.study.sessions if name != self.session)
        editor.header.set_author(self.rater)
        editor.header.set_date(_DATE)
        editor.media.add(f"{_MEDIA_FOLDER}/{shown}.mp4", "video/mp4", relative_url=f"./{shown}.mp4")
        name = uuid.uuid5(_NAMESPACE, f"{self.study.seed}/{self.session}/{self.rater}")
        editor.header.set_property("URN", f"urn:nl-mpi-tools-elan-eaf:{name}")

    def _add_events(self, prepared: Document, editor: Editor, system: System) -> None:
        events = self.study.events[system.id, self.rater]
        for row in self.rows:
            inside = events.of_sequence(row)
            columns = (inside.start_ms.tolist(), inside.end_ms.tolist(), inside.code.tolist())
            for start, end, code in zip(*columns, strict=True):
                tier = tier_of(system, code)
                mistake = self._mistake_at(tier, start)
                value, reference = _written(system, code, _values_by_id(prepared, tier), mistake)
                # An annotation without length is refused by the editor: it gets its length taken away at the end.
                made = editor.annotations.add(tier, start, max(end, start + 1), value, cve_ref=reference)
                if mistake is not None:
                    self.annotation_of[mistake] = made

    def _add_ratings(self, prepared: Document, editor: Editor, system: System) -> None:
        if self.study.codebook.sequence_tier is None:
            return
        ratings = self.study.ratings[system.id, self.rater]
        owners = {item.value: item.id for item in prepared.annotations(self.study.codebook.sequence_tier)}
        for k, category in enumerate(system.categories):
            tier = system.rating_tier_name(category.id)
            references = {value: entry for entry, value in _values_by_id(prepared, tier).items()}
            for row in self.rows:
                if not np.isnan(ratings[row, k]):
                    value = str(int(ratings[row, k]))
                    owner = owners[self.study.sequences.name[row]]
                    editor.annotations.add_reference(tier, owner, value, cve_ref=references.get(value))

    def _set_annotator(self, prepared: Document, editor: Editor) -> None:
        if self._mistake(MistakeKind.OTHER_ANNOTATOR) is not None:
            other = next(name for name in self.study.raters if name != self.rater)
            for tier in prepared.tiers:
                editor.tiers.set(tier.id, annotator=other)

    def _mistake(self, kind: MistakeKind) -> PlantedMistake | None:
        return next((mistake for mistake in self.mistakes if mistake.kind is kind), None)

    def _mistake_at(self, tier: str, start_ms: int) -> PlantedMistake | None:
        return next((m for m in self.mistakes if m.tier == tier and m.start_ms == start_ms), None)


def _written(
    system: System, code: int, values: Mapping[str, str], mistake: PlantedMistake | None
) -> tuple[str, str | None]:
    """Value and CVE_REF of an annotation of category number `code`, with what is wrong with them."""
    entry = system.categories[code].id
    value, reference = values.get(entry, entry), entry
    if mistake is not None and mistake.kind is MistakeKind.BLANK:
        value += " "
    elif mistake is not None and mistake.kind is MistakeKind.CONTRADICTION:
        reference = system.categories[(code + 1) % len(system.categories)].id
    elif mistake is not None and mistake.kind is MistakeKind.NOT_IN_VOCABULARY:
        return "to be discussed", None
    return value, reference if reference in values else None


def _values_by_id(document: Document, tier: str) -> Mapping[str, str]:
    """Entry id -> value in the first language, of the vocabulary that belongs to a tier."""
    kind = document.type_of(tier)
    vocabulary = None if kind is None or kind.vocabulary is None else document.vocabulary(kind.vocabulary)
    entries = () if vocabulary is None else vocabulary.entries
    return {entry.id: next(iter(entry.values.values())) for entry in entries if entry.id is not None and entry.values}


def _without_length(content: bytes, annotation: str) -> bytes:
    """The file with one annotation's end moved onto its begin."""
    root = etree.fromstring(content)
    slots = {slot.get("TIME_SLOT_ID"): slot for slot in root.iter("TIME_SLOT")}
    for found in root.iter("ALIGNABLE_ANNOTATION"):
        if found.get("ANNOTATION_ID") == annotation:
            begin, end = slots[found.get("TIME_SLOT_REF1")], slots[found.get("TIME_SLOT_REF2")]
            end.set("TIME_VALUE", begin.get("TIME_VALUE", "0"))
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
