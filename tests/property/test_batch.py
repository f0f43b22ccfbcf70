"""Batch operations on any document: what they name changes, everything else is as it was, nothing breaks.

The same laws over documents made at random and over real files. Renaming and shifting are also undone: what was there
before comes back to the letter.
"""

from __future__ import annotations

import contextlib
import importlib.util
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from elancry.eaf import Document, Vocabulary, VocabularyEntry, parse_eaf, read_eaf
from elancry.edit.apply_template import TemplateChoice, apply_template
from elancry.edit.change import Change
from elancry.edit.copy_annotations import Copies, Overlap, copy_annotations
from elancry.edit.relink_media import Relink, relink_media
from elancry.edit.relink_vocabulary import VocabularyFile, VocabularyLink, relink_vocabulary
from elancry.edit.renames import Renames, rename_tiers, rename_types
from elancry.edit.repair_languages import LanguageChoice, repair_languages
from elancry.edit.set_vocabulary import VocabularyChoice, set_vocabulary
from elancry.edit.shift_times import Shift, shift_times
from elancry.edit.statistics import StatisticsChoice, statistics_rows
from elancry.edit.template_source import Source, load_source
from elancry.edit.tier_operations import (
    Attributes,
    EmptyTiers,
    NewTier,
    TierChoice,
    add_tier,
    remove_empty_tiers,
    remove_tiers,
    set_attributes,
)
from elancry.edit.type_operations import NewType, add_type
from elancry.errors import ElancryError, InvalidInput, UnreadableInput, UsageError

_SPEC = importlib.util.spec_from_file_location("eaf_documents", Path(__file__).with_name("test_eaf_documents.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
_MODULE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_MODULE)
documents, canonical = _MODULE.documents, _MODULE.canonical

SETTINGS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEXTS = ("ANNOTATION_VALUE", "CVE_VALUE", "CV_ENTRY", "LICENSE", "PROPERTY", "DESCRIPTION", "CROSS_REF_LINK")
TEMPLATE = load_source("crying")
WORDS = Source(
    "words",
    (Vocabulary("cv", (VocabularyEntry("c1", {"eng": "one", "deu": "eins"}), VocabularyEntry("c2", {"eng": "x"}))),),
    {"eng": ("English", None), "deu": ("German", None)},
)
LARGEST = 60_000
"""Bytes of the real files that are tried: the laws are the same for large ones, which were tried by hand."""
COUNTER = "lastUsedAnnotationId"


@dataclass(frozen=True)
class Operation:
    """An operation with choices for one document, and the elements that it may change or take away."""

    name: str
    function: Callable[[Document, Any], Change]
    choices: Any
    touches: frozenset[str] = frozenset()
    renames: bool = False


def operations(document: Document) -> Iterator[Operation]:
    tiers = [tier.id for tier in document.tiers]
    first, last = (tiers[0], tiers[-1]) if tiers else ("none", "none")
    types = [kind.id for kind in document.types]
    values = frozenset({"ALIGNABLE_ANNOTATION", "REF_ANNOTATION", "ANNOTATION_VALUE"})
    root = frozenset({"ANNOTATION_DOCUMENT"})
    # A language without the LANG_DEF by which ELAN knows it gets that.
    entries = frozenset({"CONTROLLED_VOCABULARY", "CV_ENTRY_ML", "CV_ENTRY", "CVE_VALUE", "DESCRIPTION", "LANGUAGE"})
    # What needs EAF 3.0 raises an older file to it, its vocabularies too.
    raised = root | {"CONTROLLED_VOCABULARY", "CV_ENTRY", "LANGUAGE"}
    yield Operation("add-tier", add_tier, NewTier("elancry new", "elancry type", participant="P"))
    yield Operation("rename-tier", rename_tiers, Renames(((first, last), (last, first))), frozenset({"TIER"}), True)
    yield Operation("rename-tier *", rename_tiers, Renames((("*", "* (old)"),)), frozenset({"TIER"}), True)
    yield Operation("set-tier", set_attributes, Attributes(("*",), annotator="R9"), frozenset({"TIER"}))
    yield Operation("add-type", add_type, NewType("elancry type"))
    kinds = frozenset({"TIER", "LINGUISTIC_TYPE"})
    yield Operation("rename-type", rename_types, Renames((("*", "x *"),)), kinds, True)
    # A language that ELAN would ignore, for want of a definition, gets one.
    defined = frozenset({"LANGUAGE"})
    vocabularies = values | root | entries | defined
    yield Operation("set-vocabulary", set_vocabulary, VocabularyChoice(WORDS), vocabularies)
    bound = VocabularyChoice(WORDS, types=tuple(types[:1]))
    yield Operation("set-vocabulary, bound", set_vocabulary, bound, vocabularies | {"LINGUISTIC_TYPE"})
    labels = vocabularies - root
    yield Operation("repair-languages", repair_languages, LanguageChoice(WORDS), labels)
    file = VocabularyLink(VocabularyFile("file:///lab/lab.ecv", frozenset(item.id for item in document.vocabularies)))
    yield Operation("relink-vocabulary", relink_vocabulary, file, frozenset({"EXTERNAL_REF"}))
    yield Operation("shift-times", shift_times, Shift(1234), frozenset({"TIME_SLOT"}))
    yield Operation("shift-times --media", shift_times, Shift(40, origin=True), frozenset({"MEDIA_DESCRIPTOR"}))
    yield Operation("remove-empty-tiers", remove_empty_tiers, EmptyTiers(), frozenset({"TIER"}))
    yield Operation("copy to new", copy_annotations, Copies(((first, "elancry copy"),)))
    yield Operation("copy to top", copy_annotations, Copies((("*", "* copy"),), type_id="elancry type"))
    yield Operation("copy to old", copy_annotations, Copies(((first, last), (last, first))))
    yield Operation("apply-template", apply_template, TemplateChoice(TEMPLATE), raised | defined)
    folder = document.media[0].url.rsplit("/", 1)[0] if document.media else "/none"
    relink = Relink(None, (folder or "/none", "/elsewhere"))
    yield Operation("relink-media", relink_media, relink, frozenset({"MEDIA_DESCRIPTOR"}))


def inventory(data: bytes) -> Counter[tuple[str, ...]]:
    """Every element with the names above it, attributes and own text; the margins between elements do not count."""
    items: Counter[tuple[str, ...]] = Counter()
    tree = etree.fromstring(data).getroottree()
    nodes = [*tree.getroot().itersiblings(preceding=True), *tree.getroot().iter(), *tree.getroot().itersiblings()]
    for node in nodes:
        above = "/".join(str(parent.tag) for parent in reversed(list(node.iterancestors())))
        text = "".join(node.xpath("text()")) if isinstance(node.tag, str) else str(node)
        if node.tag not in TEXTS:
            text = text.strip()
        attributes = (
            sorted(f"{name}={value}" for name, value in node.attrib.items()) if isinstance(node.tag, str) else []
        )
        items[(above, str(node.tag), text, *attributes)] += 1
    return items


def problems(document: Document, *, renamed: bool) -> Counter[tuple[str | None, ...]]:
    return Counter((item.code,) if renamed else (item.code, item.tier, item.annotation) for item in document.findings)


def check(document: Document, operation: Operation) -> bool:
    """Hold the laws; whether the operation changed something."""
    data = document.to_bytes()
    before = inventory(data)
    try:
        change = operation.function(document, operation.choices)
    except (UsageError, InvalidInput):
        return False
    assert document.to_bytes() == data
    if not change.rows:
        assert change.document is document, operation.name
        return False
    assert change.document is not document, operation.name
    after = change.document.to_bytes()
    lost = {item for item in before - inventory(after) if item[1] not in operation.touches and COUNTER not in item[-1]}
    assert not lost, (operation.name, lost)
    new = problems(change.document, renamed=operation.renames) - problems(document, renamed=operation.renames)
    assert not new, (operation.name, new)
    assert canonical(parse_eaf(after).to_bytes()) == canonical(after)
    again = operation.function(change.document, operation.choices) if operation.name == "apply-template" else None
    assert again is None or not again.rows, "what is there is not added twice"
    return True


def undone(document: Document, function: Callable[..., Change], forth: object, back: object) -> None:
    changed = function(document, forth)
    if changed.rows:
        assert canonical(function(changed.document, back).document.to_bytes()) == canonical(document.to_bytes())


@SETTINGS
@given(documents())
def test_everything_else_stays_and_nothing_breaks(text: str) -> None:
    document = parse_eaf(text.encode(), "random.eaf")
    for operation in operations(document):
        check(document, operation)


@SETTINGS
@given(documents(), st.integers(1, 10**6))
def test_what_was_renamed_or_shifted_comes_back(text: str, by_ms: int) -> None:
    document = parse_eaf(text.encode())
    undone(document, rename_tiers, Renames((("*", "~*"),)), Renames((("~*", "*"),)))
    undone(document, rename_types, Renames((("*", "~*"),)), Renames((("~*", "*"),)))
    undone(document, shift_times, Shift(by_ms), Shift(-by_ms))


@SETTINGS
@given(documents(), st.integers(1, 4000))
def test_clipped_times_keep_their_order_and_what_is_left_its_value(text: str, by_ms: int) -> None:
    document = parse_eaf(text.encode())
    try:
        change = shift_times(document, Shift(-by_ms, clip=True))
    except ElancryError:
        assume(False)
    gone = {row.annotation for row in change.rows if "removed" in str(row.what)}
    before = {a.id: a for tier in document.tiers for a in document.annotations(tier.id)}
    after = {a.id: a for tier in change.document.tiers for a in change.document.annotations(tier.id)}
    assert set(after) == set(before) - gone
    for name, item in after.items():
        assert item.value == before[name].value
        if before[name].aligned:
            assert item.start_ms == max(0, before[name].start_ms - by_ms)
            assert item.end_ms == max(0, before[name].end_ms - by_ms)


@SETTINGS
@given(documents(), st.data())
def test_annotations_removed_together_are_those_removed_one_by_one(text: str, data: st.DataObject) -> None:
    document = parse_eaf(text.encode())
    names = [a.id for tier in document.tiers for a in document.annotations(tier.id) if a.id]
    assume(names)
    leaving = data.draw(st.lists(st.sampled_from(names), unique=True, max_size=4))
    together, single = document.edit(), document.edit()
    together.annotations.remove(*leaving)
    for name in leaving:
        with contextlib.suppress(UsageError):  # gone with an earlier one
            single.annotations.remove(name)
    one, other = (editor.document() for editor in (together, single))
    # A random document may name an annotation of another tier as the previous one: such a name may stay behind.
    dangling = {f"PREVIOUS_ANNOTATION={name}" for name in names}
    left = {a.id for tier in one.tiers for a in one.annotations(tier.id)}
    dangling -= {f"PREVIOUS_ANNOTATION={name}" for name in left}
    kept = [
        Counter(
            tuple(part for part in item if part not in dangling) for item in inventory(document.to_bytes()).elements()
        )
        for document in (one, other)
    ]
    assert kept[0] == kept[1]


@SETTINGS
@given(documents())
def test_removed_tiers_take_along_only_what_is_below_them(text: str) -> None:
    document = parse_eaf(text.encode())
    names = [tier.id for tier in document.tiers]
    assume(names)
    try:
        change = remove_tiers(document, TierChoice((names[0],)))
    except InvalidInput:
        assume(False)
    gone = {row.tier for row in change.rows}
    assert {tier.id for tier in change.document.tiers} == set(names) - gone
    told = sum(str(row.what) == "annotation removed" for row in change.rows)
    assert told == sum(len(document.annotations(name)) for name in gone)
    for name in set(names) - gone:
        assert [a.value for a in change.document.annotations(name)] == [a.value for a in document.annotations(name)]


@SETTINGS
@given(documents())
def test_statistics_add_up(text: str) -> None:
    document = parse_eaf(text.encode())
    rows = statistics_rows(document, StatisticsChoice())
    for tier in document.tiers:
        items = document.annotations(tier.id)
        (whole,) = [row for row in rows if row[:2] == ("tier", tier.id)]
        parts = [row for row in rows if row[:2] == ("value", tier.id)]
        assert whole[3] == len(items) == sum(row[3] for row in parts)
        assert whole[4] == sum(a.duration_ms for a in items) == sum(row[4] for row in parts)


def test_every_real_file_stays_as_it_was_but_for_what_was_asked(shared: Path) -> None:
    done: Counter[str] = Counter()
    schemas = {path.stem[4:]: etree.XMLSchema(file=str(path)) for path in (shared / "eaf").glob("EAFv*.xsd")}
    for path in sorted((shared / "eaf" / "real").rglob("*.e[at]f")):
        if path.stat().st_size > LARGEST:
            continue
        try:
            document = read_eaf(path)
        except UnreadableInput:
            continue
        for operation in operations(document):
            if check(document, operation):
                done[operation.name] += 1
                _valid_as_before(document, operation, schemas)
    for name, least in {"add-tier": 30, "rename-tier *": 30, "shift-times": 25, "copy to new": 20}.items():
        assert done[name] >= least, done
    # Files that ELAN wrote define languages as the table of languages does.
    assert done["repair-languages"] == 0
    assert set(done) >= {operation.name for operation in operations(document)} - {"repair-languages"}, done


def _valid_as_before(document: Document, operation: Operation, schemas: dict[str, etree.XMLSchema]) -> None:
    if operation.name not in ("apply-template", "copy to old", "set-vocabulary", "relink-media", "relink-vocabulary"):
        return
    after = operation.function(document, operation.choices).document
    before_schema, after_schema = schemas.get(document.format_version), schemas.get(after.format_version)
    if before_schema is None or after_schema is None:
        return
    if before_schema is after_schema or not _errors(before_schema, document):
        assert not _errors(after_schema, after) - _errors(before_schema, document), (document.name, operation.name)


def _errors(schema: etree.XMLSchema, document: Document) -> set[str]:
    schema.validate(etree.fromstring(document.to_bytes()))
    return {entry.message for entry in schema.error_log}


@pytest.mark.parametrize("overlap", list(Overlap))
def test_copying_everything_everywhere_never_overlaps(shared: Path, overlap: Overlap) -> None:
    for path in sorted((shared / "eaf" / "real").rglob("*.eaf"))[:25]:
        if path.stat().st_size > 300_000:
            continue
        document = read_eaf(path)
        tiers = [tier.id for tier in document.tiers][:4]
        pairs = tuple((one, other) for one in tiers for other in tiers if one != other)
        try:
            change = copy_annotations(document, Copies(pairs, overlap))
        except ElancryError:
            continue
        before = Counter(item.code for item in document.findings)
        assert not Counter(item.code for item in change.document.findings) - before, path
