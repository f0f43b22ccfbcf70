"""Documents put together: what is shared, what stays apart, and that nothing is lost."""

from __future__ import annotations

import pytest
from lxml import etree

from elancry.eaf import Constraint, Vocabulary, VocabularyEntry, new_document, parse_eaf, read_eaf
from elancry.errors import ElancryError
from elancry.merge.assemble import Assembly
from elancry.merge.parts import Part


def suffixed(rater):
    return lambda tier: f"{tier}@{rater}"


def part(document, rater, shift_ms=0):
    tiers = {tier.id: (tier.id, f"{tier.id}@{rater}") for tier in document.tiers}
    return Part(document, rater, tiers, dict.fromkeys(tiers, rater), shift_ms, (rater,), f"s__{rater}.eaf")


def merged(*parts):
    return Assembly(parts).document("s.merged.eaf")


def document(*entries, values=("yes",), media="s1.mp4", origin_ms=None, start=100):
    editor = new_document(author="A", date="2024-01-01T00:00:00+00:00").edit()
    editor.languages.add("eng", "English")
    pairs = entries or (("e1", "yes"), ("e2", "no"))
    editor.vocabularies.add(Vocabulary("cv", tuple(VocabularyEntry(key, {"eng": text}) for key, text in pairs)))
    editor.types.add("codes", vocabulary="cv")
    editor.types.add("note", constraint=Constraint.SYMBOLIC_ASSOCIATION)
    editor.tiers.add("A", "codes")
    editor.tiers.add("B", "note", parent="A")
    editor.media.add(f"file:///C:/x/{media}", "video/mp4", time_origin_ms=origin_ms)
    by_text = {text: key for key, text in pairs}
    for number, value in enumerate(values):
        first = editor.annotations.add(
            "A", start + 100 * number, start + 100 * number + 50, value, cve_ref=by_text.get(value)
        )
        editor.annotations.add_reference("B", first, f"about {value}")
    return editor.document()


def test_tiers_of_one_name_stand_together_with_their_raters(inventory):
    first, second = document(values=("yes", "no")), document(values=("no",))
    result = merged(part(first, "R1"), part(second, "R2"))
    assert [tier.id for tier in result.tiers] == ["A@R1", "A@R2", "B@R1", "B@R2"]
    assert [tier.parent for tier in result.tiers] == [None, None, "A@R1", "A@R2"]
    assert [tier.annotator for tier in result.tiers] == ["R1", "R2", "R1", "R2"]
    assert inventory(result) == inventory(first, suffixed("R1")) + inventory(second, suffixed("R2"))
    assert result.findings == ()


def test_equal_definitions_are_shared_and_ids_renumbered_only_on_conflict():
    first, second = document(values=("yes", "no")), document(values=("no",))
    assembly = Assembly([part(first, "R1"), part(second, "R2")])
    result = assembly.document("s.merged.eaf")
    assert [kind.id for kind in result.types] == ["codes", "note"]
    assert [cv.id for cv in result.vocabularies] == ["cv"]
    assert list(result.languages) == ["eng"]
    assert len(result.media) == 1
    # The first file has a1-a4, so the second one's a1 and a2 become a5 and a6.
    assert assembly.renamed == {"s__R2.eaf": {"a1": "a5", "a2": "a6"}}
    assert [item.id for item in result.annotations("A@R1")] == ["a1", "a3"]
    assert dict(result.properties)["lastUsedAnnotationId"] == "6"


ELANS = "http://cdb.iso.org/lg/CDB-00138502-001"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("http://a", "http://b", "http://a"),
        ("http://a", ELANS, ELANS),
        (ELANS, "http://a", ELANS),
        ("", "http://b", "http://b"),
        ("http://a", "", "http://a"),
        ("", "", ELANS),
    ],
)
def test_a_language_keeps_its_definition_and_always_has_one(first, second, expected):
    """Of two, the one by which ELAN knows English; ELAN ignores a language without."""

    def defined(definition):
        data = document().to_bytes().replace(f'LANG_DEF="{ELANS}"'.encode(), f'LANG_DEF="{definition}"'.encode())
        return parse_eaf(data)

    result = merged(part(defined(first), "R1"), part(defined(second), "R2"))
    assert dict(result.language_definitions) == {"eng": expected}


def test_vocabularies_are_united_by_entry_id():
    first = document(("e1", "yes"))
    second = document(("e1", "yes"), ("e2", "no"), values=("no",))
    result = merged(part(first, "R1"), part(second, "R2"))
    (vocabulary,) = result.vocabularies
    assert [(entry.id, dict(entry.values)) for entry in vocabulary.entries] == [
        ("e1", {"eng": "yes"}),
        ("e2", {"eng": "no"}),
    ]


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ((("e1", "yes"), ("e2", "never")), "entry 'e2' is 'never' here, 'no' elsewhere"),
        ((("e1", "yes"), ("x9", "no")), "'no' is entry 'x9' here, 'e2' elsewhere"),
    ],
)
def test_contradicting_vocabularies_stay_apart_and_are_named(entries, why, inventory):
    first, second = document(), document(*entries)
    assembly = Assembly([part(first, "R1"), part(second, "R2")])
    codes = {item.code: item.message for item in assembly.findings}
    assert why in codes["merge-vocabulary-conflict"]
    assert "type 'codes' of R2 differs" in codes["merge-type-conflict"]
    result = assembly.document("s.merged.eaf")
    assert [cv.id for cv in result.vocabularies] == ["cv", "cv@R2"]
    assert result.type_of("A@R2").vocabulary == "cv@R2"
    assert inventory(result) == inventory(first, suffixed("R1")) + inventory(second, suffixed("R2"))


def test_a_type_that_differs_is_kept_beside():
    editor = new_document().edit()
    editor.types.add("codes")
    editor.tiers.add("C", "codes")
    result = merged(part(document(), "R1"), part(editor.document(), "R2"))
    assert result.type_of("A@R1").id == "codes"
    assert result.type_of("C@R2").id == "codes@R2"
    assert result.type_of("C@R2").vocabulary is None


def test_shifted_times_still_show_the_same_moment(inventory):
    # Time 0 of the second file lies 5 s into the medium, that of the first at its beginning.
    first, second = document(origin_ms=0, start=6000), document(origin_ms=5000, start=1000)
    result = merged(part(second, "R2", 5000), part(first, "R1"))
    assert inventory(result) == inventory(first, suffixed("R1")) + inventory(second, suffixed("R2"), 5000)
    assert [item.start_ms for item in result.annotations("A@R2")] == [6000]
    # 6000 in the merged file is 6000 in the medium, as 1000 was with an origin of 5000.
    assert result.time_in_medium(6000) == second.time_in_medium(1000) == 6000


def test_unaligned_slots_keep_their_neighbours(inventory):
    text = document().to_bytes().decode()
    subdivided = text.replace('Symbolic_Association" GRAPHIC', 'Time_Subdivision" GRAPHIC')
    assert 'Time_Subdivision" GRAPHIC' in subdivided
    slots = '<TIME_SLOT TIME_SLOT_ID="u1"/>'
    before = subdivided.index('<TIME_SLOT TIME_SLOT_ID="ts2"')
    subdivided = subdivided[:before] + slots + subdivided[before:]
    start = subdivided.index("<REF_ANNOTATION")
    end = subdivided.index("</REF_ANNOTATION>") + len("</REF_ANNOTATION>")

    def aligned(name, first, last):
        return (
            f'<ALIGNABLE_ANNOTATION ANNOTATION_ID="{name}" TIME_SLOT_REF1="{first}" TIME_SLOT_REF2="{last}">'
            f"<ANNOTATION_VALUE>{name}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION>"
        )

    both = aligned("x", "ts1", "u1") + "</ANNOTATION><ANNOTATION>" + aligned("y", "u1", "ts2")
    broken = parse_eaf((subdivided[:start] + both + subdivided[end:]).encode(), "u.eaf")
    assert [(a.start_ms, a.end_ms) for a in broken.annotations("B")] == [(100, 125), (125, 150)]
    other = document(start=110)
    result = merged(part(broken, "R1"), part(other, "R2"))
    assert inventory(result) == inventory(broken, suffixed("R1")) + inventory(other, suffixed("R2"))


def test_licences_linked_files_and_properties_are_united():
    def with_header(name):
        text = document().to_bytes().decode()
        header = f'<LINKED_FILE_DESCRIPTOR LINK_URL="file:///{name}.xml" MIME_TYPE="text/xml"/>'
        header += f'<PROPERTY NAME="URN">{name}</PROPERTY><PROPERTY NAME="project">crying</PROPERTY>'
        text = text.replace("<HEADER", f'<LICENSE LICENSE_URL="">{name}</LICENSE><HEADER').replace(
            "</HEADER>", header + "</HEADER>"
        )
        return parse_eaf(text.encode(), name)

    result = merged(part(with_header("a"), "R1"), part(with_header("b"), "R2"), part(with_header("b"), "R3"))
    root = etree.fromstring(result.to_bytes())
    assert [item.text for item in root.findall("LICENSE")] == ["a", "b"]
    assert [item.get("LINK_URL") for item in root.iter("LINKED_FILE_DESCRIPTOR")] == ["file:///a.xml", "file:///b.xml"]
    assert [value for name, value in result.properties if name == "project"] == ["crying"]
    assert not [value for name, value in result.properties if name == "URN"]


def test_old_vocabulary_entries_get_ids_and_a_language(shared):
    documents = map(_read, sorted((shared / "eaf" / "real").rglob("*.eaf")))
    old = next(found for found in documents if found is not None and _has_old_entries(found))
    result = merged(part(old, "R1"), part(old, "R2"))
    assert [cv.id for cv in result.vocabularies] == [cv.id for cv in old.vocabularies]
    assert all(entry.id and "" not in entry.values for cv in result.vocabularies for entry in cv.entries)
    assert "und" in result.languages


def _has_old_entries(found):
    return any("" in entry.values for vocabulary in found.vocabularies for entry in vocabulary.entries)


def _read(path):
    try:
        return read_eaf(path)
    except ElancryError:
        return None


def test_real_files_lose_nothing_and_get_no_new_faults(shared, inventory):
    """Every real file merged with the next one, as two raters' files of one session."""
    schema = etree.XMLSchema(etree.parse(shared / "eaf" / "EAFv3.0.xsd"))
    paths = sorted((shared / "eaf" / "real").rglob("*.eaf"), key=lambda path: path.stat().st_size)
    documents = [found for path in paths[:-20] if (found := _read(path)) is not None]
    assert len(documents) > 55
    merges = 0
    for first, second in zip(documents, [*documents[1:], documents[0]], strict=True):
        result = merged(part(first, "R1"), part(second, "R2"))
        assert inventory(result) == inventory(first, suffixed("R1")) + inventory(second, suffixed("R2")), first.name
        faults = {item.code for item in result.findings}
        assert faults <= {item.code for item in (*first.findings, *second.findings)}, (first.name, second.name)
        if schema.validate(etree.fromstring(first.to_bytes())) and schema.validate(etree.fromstring(second.to_bytes())):
            assert schema.validate(etree.fromstring(result.to_bytes())), (first.name, schema.error_log.last_error)
            merges += 1
    assert merges > 20


def test_xml_comments_and_instructions_survive_wherever_they_stand():
    places = {
        "<ANNOTATION_DOCUMENT": "<!-- before --><?view wide?><ANNOTATION_DOCUMENT",
        "<HEADER": "<!-- on the root --><HEADER",
        "<TIME_SLOT": "<!-- among the slots --><TIME_SLOT",
        "<CVE_VALUE": "<!-- in a vocabulary --><CVE_VALUE",
        "<ANNOTATION>": "<!-- in a tier --><ANNOTATION>",
        "<MEDIA_DESCRIPTOR": "<!-- at the media --><MEDIA_DESCRIPTOR",
    }
    texts = []
    for rater in ("R1", "R2"):
        text = document().to_bytes().decode() + f"<!-- behind, by {rater} -->"
        for old, new in places.items():
            assert old in text
            text = text.replace(old, new, 1)
        texts.append(parse_eaf(text.encode()))
    result = merged(part(texts[0], "R1"), part(texts[1], "R2")).to_bytes()
    for remark in ("before", "on the root", "among the slots", "in a vocabulary", "at the media", "behind, by R1"):
        assert result.count(f"<!-- {remark} -->".encode()) == 1
    assert result.count(b"<!-- behind, by R2 -->") == 1
    assert result.count(b"<?view wide?>") == 1
    assert result.count(b"<!-- in a tier -->") == 2
    assert parse_eaf(result).findings == ()


def test_annotations_of_one_id_are_all_kept_and_references_still_mean_the_first():
    text = document(values=("yes", "no")).to_bytes().decode()
    second = parse_eaf(text.encode()).annotations("A")[1].id
    twice = parse_eaf(text.replace(f'"{second}"', '"a1"').encode())
    assert "eaf-duplicate-annotation" in {item.code for item in twice.findings}
    assembly = Assembly([part(twice, "R1"), part(twice, "R2")])
    result = assembly.document("s.merged.eaf")
    for rater in ("R1", "R2"):
        ids = {item.value: item.id for item in result.annotations(f"A@{rater}")}
        assert len(set(ids.values())) == 2
        # None of them is lost to who looks for the rater's own ids.
        assert assembly.renamed[f"s__{rater}.eaf"]["a1"] == [ids["yes"], ids["no"]]
        assert [(item.value, item.parent) for item in result.annotations(f"B@{rater}")] == [
            ("about yes", ids["yes"]),
            ("about no", ids["yes"]),
        ]
    assert "eaf-duplicate-annotation" not in {item.code for item in result.findings}
