"""What ELAN shows of a merged file (.merged.pfsx): everything that the meeting needs to decide by key and by colour.

Keys and colours of categories are the codebook's; where it says none, or there is no codebook, those of the raters'
own preferences. They belong to vocabularies, so they hold on the raters' tiers and on the consensus alike. The
consensus tiers are green and the disagreements red. Of every tier the raters come first, then the consensus, then the
disagreement.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from elancry.check.coding import CONSENSUS, DISAGREEMENT, CheckedCoding, CodedFile, CodedTier
from elancry.codebook.model import Codebook, System
from elancry.eaf import Document, Preferences, Vocabulary, VocabularyEntry
from elancry.eaf.pfsx import Colour, EntryPreference, read_entries
from elancry.merge.assemble import Assembly
from elancry.template.preferences import build_preferences, category_entries, scale_entries

_COLOURS: Mapping[str, Colour] = {CONSENSUS: (0, 110, 60), DISAGREEMENT: (176, 32, 32)}
_RANK = {CONSENSUS: 1, DISAGREEMENT: 2}

Entries = dict[str, dict[str, EntryPreference]]


def merged_preferences(document: Document, assembly: Assembly, coding: CheckedCoding) -> Preferences:
    """The preferences of a merged document that `assembly` made of the files of `coding`."""
    names = [tier.id for tier in document.tiers]
    bases = list(dict.fromkeys(map(_base, names)))
    order = sorted(names, key=lambda name: (bases.index(_base(name)), _RANK.get(_suffix(name), 0)))
    own = {} if coding.codebook.extracted else build_preferences(coding.codebook).tier_colours
    colours = {name: colour for name in order if (colour := _COLOURS.get(_suffix(name)) or own.get(_base(name)))}
    return Preferences(tier_order=order, tier_colours=colours, entries=_entries(document, assembly, coding))


def _entries(document: Document, assembly: Assembly, coding: CheckedCoding) -> Entries:
    found: Entries = {}
    for file in coding.files:
        theirs = read_entries(_beside(file))
        for tier in file.tiers:
            merged = assembly.merged_name(tier.tier, tier.rater)
            kind = None if merged is None else document.type_of(merged[1])
            vocabulary = None if kind is None else document.vocabulary(kind.vocabulary or "")
            if vocabulary is None:
                continue
            known = found.setdefault(vocabulary.id, {})
            # A vocabulary that contradicts the others' is called `NAME@RATER` in the merged file.
            of_file = theirs.get(vocabulary.id) or theirs.get(_base(vocabulary.id), {})
            wanted = _of_codebook(coding.codebook, tier, vocabulary)
            for entry in vocabulary.entries:
                if entry.id is None:
                    continue
                said = (known.get(entry.id), wanted.get(entry.id), of_file.get(entry.id))
                preference = _first_said(said)
                if preference != EntryPreference():
                    known[entry.id] = preference
    return {name: entries for name, entries in found.items() if entries}


def _first_said(said: tuple[EntryPreference | None, ...]) -> EntryPreference:
    """Colour and key, each by the first that says one."""
    given = [item for item in said if item is not None]
    return EntryPreference(
        next((item.colour for item in given if item.colour is not None), None),
        next((item.key_code for item in given if item.key_code is not None), None),
    )


def _of_codebook(codebook: Codebook, tier: CodedTier, vocabulary: Vocabulary) -> dict[str, EntryPreference]:
    """Entry id -> what the codebook says of the category or number that it is."""
    system = codebook.system(tier.system) if tier.system is not None else None
    if system is None:
        return {}
    if tier.kind == "rating":
        scale = scale_entries(system)
        return {
            entry.id: scale[text]
            for entry in vocabulary.entries
            for text in entry.values.values()
            if entry.id is not None and text in scale
        }
    by_category = category_entries(system)
    return {
        entry.id: by_category[category]
        for entry in vocabulary.entries
        if entry.id is not None and (category := _category(system, entry)) in by_category
    }


def _category(system: System, entry: VocabularyEntry) -> str:
    """The category of an entry, by its id or one of its texts; "" for none."""
    known = system.category(entry.id or "")
    texts = map(system.category_of, entry.values.values())
    known = known if known is not None else next((item for item in texts if item is not None), None)
    return "" if known is None else known.id


def _beside(file: CodedFile) -> Path:
    return file.path.with_suffix(".pfsx")


def _base(name: str) -> str:
    return name.rpartition("@")[0] or name


def _suffix(name: str) -> str:
    return name.rpartition("@")[2]
