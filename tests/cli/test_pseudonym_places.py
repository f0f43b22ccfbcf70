"""Every kind of place that can hold a name holds one of its own, and every byte that goes out is searched for them.

`FILE_PLACES` says how each name gets into the study. A word that is in a file name, an ANNOTATOR, a PARTICIPANT, a
medium, an AUTHOR or the sessions table is a name of the key; all others are known to nobody and must go with their
place.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from lxml import etree

from elancry.cli.main import run
from elancry.codebook.load import builtin_path

FAST = ("--set", "resamples=10", "--set", "permutations=19", "-q")
DATE = "2019-07-23"


def secret(place: str) -> str:
    """A word that stands nowhere else: letters only, as a name has."""
    digest = hashlib.sha256(place.encode()).digest()
    return "Q" + "".join("aeiou"[byte % 5] + "bdfgklmnprstvz"[byte % 14] for byte in digest[:5])


Root = etree._Element
Change = Callable[[Root, str], None]


def attribute(path: str, name: str) -> Change:
    def change(root: Root, word: str) -> None:
        for element in root.findall(path):
            element.set(name, word)

    return change


def add(parent: str, xml: str) -> Change:
    """Put an element, `*` being the word, as the first child of `parent`."""

    def change(root: Root, word: str) -> None:
        for element in [root] if parent == "." else root.findall(parent)[:1]:
            element.insert(0, etree.fromstring(xml.replace("*", word)))

    return change


def behind(path: str, xml: str) -> Change:
    def change(root: Root, word: str) -> None:
        root.findall(path)[-1].addnext(etree.fromstring(xml.replace("*", word)))

    return change


def value(tier: str, *, number: int = 0, keep_reference: bool = False) -> Change:
    def change(root: Root, word: str) -> None:
        annotation = root.find(f"TIER[@TIER_ID='{tier}']")[number][0]
        annotation.find("ANNOTATION_VALUE").text = f"Frau {word} weint"
        if not keep_reference:
            annotation.attrib.pop("CVE_REF", None)

    return change


def comment(root: Root, text: str) -> None:
    tier = root.find("TIER[@TIER_ID='Comment']")
    order = root.find("TIME_ORDER")
    number = len(tier)
    for end, time in (("a", 10 * number), ("b", 10 * number + 5)):
        etree.SubElement(order, "TIME_SLOT", TIME_SLOT_ID=f"ts9{number}{end}", TIME_VALUE=str(time))
    tier.append(
        etree.fromstring(
            f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a9{number}" TIME_SLOT_REF1="ts9{number}a" '
            f'TIME_SLOT_REF2="ts9{number}b"><ANNOTATION_VALUE>{text}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>'
        )
    )


def in_comment(form: Callable[[str], str], of: str) -> Change:
    """The name of another place, written another way, in a comment that is kept."""
    return lambda root, word: comment(root, f"mit {form(NAME[of])} heute")


def renamed_ids(root: Root, word: str) -> None:
    """Every annotation gets an id with the word in it."""
    for element in root.iter("ALIGNABLE_ANNOTATION", "REF_ANNOTATION"):
        for name in ("ANNOTATION_ID", "ANNOTATION_REF", "PREVIOUS_ANNOTATION"):
            if element.get(name):
                element.set(name, f"{word}_{element.get(name)}")


def renamed_slots(root: Root, word: str) -> None:
    for element in root.iter("TIME_SLOT", "ALIGNABLE_ANNOTATION"):
        for name in ("TIME_SLOT_ID", "TIME_SLOT_REF1", "TIME_SLOT_REF2"):
            if element.get(name):
                element.set(name, f"{element.get(name)}_{word}")


def renamed_type(root: Root, word: str) -> None:
    for element in root.iter("LINGUISTIC_TYPE", "TIER"):
        for name in ("LINGUISTIC_TYPE_ID", "LINGUISTIC_TYPE_REF"):
            if element.get(name) == "crying_form.rating":
                element.set(name, word)


def renamed_vocabulary(root: Root, word: str) -> None:
    for element in root.iter("LINGUISTIC_TYPE", "CONTROLLED_VOCABULARY"):
        for name in ("CONTROLLED_VOCABULARY_REF", "CV_ID"):
            if element.get(name) == "intervention.rating":
                element.set(name, word)


def extra_entry(root: Root, word: str) -> None:
    vocabulary = root.find("CONTROLLED_VOCABULARY[@CV_ID='crying_form']")
    language = vocabulary.find("CV_ENTRY_ML/CVE_VALUE").get("LANG_REF")
    vocabulary.append(
        etree.fromstring(f'<CV_ENTRY_ML CVE_ID="c9"><CVE_VALUE LANG_REF="{language}">{word}</CVE_VALUE></CV_ENTRY_ML>')
    )


FREE_TIER = (
    '<TIER TIER_ID="{tier}" LINGUISTIC_TYPE_REF="{kind}" PARTICIPANT="{participant}" ANNOTATOR="{annotator}">'
    '<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a8" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2">'
    "<ANNOTATION_VALUE>{value}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>"
)


def free_tier(**given: str) -> Change:
    """A tier that is in no codebook, with the word in one of its places."""

    def change(root: Root, word: str) -> None:
        own = {"tier": f"Notes {len(root)}", "kind": "crying_form", "participant": "", "annotator": "", "value": "x"}
        place = behind(
            "TIER", FREE_TIER.format(**(own | {name: text.replace("*", word) for name, text in given.items()}))
        )
        place(root, word)

    return change


UNUSED = (
    '<CONTROLLED_VOCABULARY CV_ID="{id}"><DESCRIPTION LANG_REF="eng">{text}</DESCRIPTION><CV_ENTRY_ML CVE_ID="c1">'
    '<CVE_VALUE DESCRIPTION="{told}" LANG_REF="eng">{value}</CVE_VALUE></CV_ENTRY_ML></CONTROLLED_VOCABULARY>'
)


def unused(part: str) -> Change:
    """A vocabulary that no tier uses, with the word in one of its places."""
    fields = {"id": f"unused {part}", "text": "x", "told": "x", "value": "x"}
    return behind("CONTROLLED_VOCABULARY", UNUSED.format(**(fields | {part: "*"})))


MEDIUM = (
    '<MEDIA_DESCRIPTOR MEDIA_URL="{url}" MIME_TYPE="{mime}" RELATIVE_MEDIA_URL="{relative}" EXTRACTED_FROM="{source}"/>'
)


def medium(**given: str) -> Change:
    fields = {"url": "file:///x/y.mp4", "mime": "video/mp4", "relative": "./y.mp4", "source": ""}
    return add("HEADER", MEDIUM.format(**(fields | given)))


LINKED = (
    '<LINKED_FILE_DESCRIPTOR LINK_URL="{url}" RELATIVE_LINK_URL="{relative}" MIME_TYPE="text/xml" '
    'ASSOCIATED_WITH="{of}"/>'
)


def linked(**given: str) -> Change:
    return add("HEADER", LINKED.format(**({"url": "x", "relative": "x", "of": "x"} | given)))


LEXICON = (
    '<LEXICON_REF LEX_REF_ID="{id}" NAME="{name}" TYPE="{type}" URL="{url}" LEXICON_ID="{lexicon}" '
    'LEXICON_NAME="{named}" DATCAT_ID="{cat}" DATCAT_NAME="{catname}"/>'
)


def lexicon(part: str) -> Change:
    names = ("id", "name", "type", "url", "lexicon", "named", "cat", "catname")
    fields = dict.fromkeys(names, f"x{part}") | {part: "*"}
    return behind("CONTROLLED_VOCABULARY", LEXICON.format(**fields))


LINKS = (
    '<REF_LINK_SET LINK_SET_ID="rl" LINK_SET_NAME="*"><CROSS_REF_LINK REF_LINK_ID="l1" REF1="a1" REF2="a2" '
    'REF_LINK_NAME="*"/></REF_LINK_SET>'
)

FILE_PLACES: dict[str, Change] = {
    # the header
    "author": lambda root, word: root.set("AUTHOR", f"Dr. {word}"),
    "header-media-file": attribute("HEADER", "MEDIA_FILE"),
    "media-name": medium(url="file:///x/*.mp4"),
    "media-folder": medium(url="file:///D:/*/y.mp4"),
    "media-user": medium(url="file:///C:/Users/*/Videos/y.mp4"),
    "media-share": medium(url="file:////server/*/y.mp4"),
    "media-query": medium(url="https://host/y.mp4?patient=*"),
    "media-relative": medium(relative="../../*/y.mp4"),
    "media-extracted-from": medium(source="file:///x/*.mov"),
    "media-type": medium(mime="video/*"),
    "media-unknown-attribute": attribute("HEADER/MEDIA_DESCRIPTOR", "REMARK"),
    "linked-file": linked(url="file:///x/*.xml"),
    "linked-file-relative": linked(relative="../*/x.xml"),
    "linked-file-of": linked(of="file:///x/*.mp4"),
    "property-name": add("HEADER", '<PROPERTY NAME="*">x</PROPERTY>'),
    "property-value": add("HEADER", '<PROPERTY NAME="project">*</PROPERTY>'),
    "property-urn": add("HEADER", '<PROPERTY NAME="URN">urn:nl-mpi-tools-elan-eaf:*</PROPERTY>'),
    "property-last-id": add("HEADER", '<PROPERTY NAME="lastUsedAnnotationId">*</PROPERTY>'),
    "property-merge": add("HEADER", '<PROPERTY NAME="elancry.merge">{"session": "*"}</PROPERTY>'),
    "licence-text": add(".", "<LICENSE>(c) *</LICENSE>"),
    "licence-address": add(".", '<LICENSE LICENSE_URL="http://x/*"/>'),
    "schema-address": lambda root, word: root.set(
        "{http://www.w3.org/2001/XMLSchema-instance}noNamespaceSchemaLocation", f"http://x/{word}"
    ),
    # what is not part of the format
    "comment-in-file": lambda root, word: root.append(etree.Comment(word)),
    "comment-in-tier": lambda root, word: root.find("TIER").insert(0, etree.Comment(word)),
    "comment-in-value": lambda root, word: next(root.iter("ANNOTATION_VALUE")).append(etree.Comment(word)),
    "instruction": lambda root, word: root.append(etree.ProcessingInstruction("who", word)),
    "unknown-element": lambda root, word: root.append(etree.fromstring(f"<EXTRA>{word}</EXTRA>")),
    "unknown-attribute": attribute("TIER", "REMARK"),
    "text-between": lambda root, word: setattr(root.find("HEADER"), "tail", word),
    # times and ids
    "time-value": add("TIME_ORDER", '<TIME_SLOT TIME_SLOT_ID="ts8888" TIME_VALUE="*"/>'),
    "annotation-id": renamed_ids,
    "slot-id": renamed_slots,
    # tiers
    "tier-name": free_tier(tier="*"),
    "tier-value": free_tier(value="*"),
    "tier-participant": free_tier(participant="*"),
    "tier-annotator": free_tier(annotator="*"),
    "coding-participant": attribute("TIER[@TIER_ID='intervention']", "PARTICIPANT"),
    "coding-locale": attribute("TIER[@TIER_ID='intervention']", "DEFAULT_LOCALE"),
    "coding-external-ref": attribute("TIER[@TIER_ID='intervention']", "EXT_REF"),
    "comment-tier-value": lambda root, word: root.find("TIER[@TIER_ID='Notes']") or comment_left_out(root, word),
    # values of coding
    "value-no-code": value("crying_form"),
    "value-with-reference": value("crying_form", number=1, keep_reference=True),
    "value-second-system": value("intervention"),
    "value-sequence": value("Sequence"),
    "value-rating": value("crying_form.protest.rating"),
    "annotation-drawing": lambda root, word: next(root.iter("ALIGNABLE_ANNOTATION")).set("SVG_REF", word),
    "annotation-external-ref": lambda root, word: next(root.iter("ALIGNABLE_ANNOTATION")).set("EXT_REF", word),
    # types, vocabularies, lexica, languages
    "type-name": renamed_type,
    "type-lexicon": lambda root, word: root.find("LINGUISTIC_TYPE").set("LEXICON_REF", word),
    "type-external-ref": lambda root, word: root.find("LINGUISTIC_TYPE").set("EXT_REF", word),
    "vocabulary-name": renamed_vocabulary,
    "vocabulary-entry": extra_entry,
    "vocabulary-description": lambda root, word: root.find("CONTROLLED_VOCABULARY").insert(
        0, etree.fromstring(f'<DESCRIPTION LANG_REF="eng">{word}</DESCRIPTION>')
    ),
    "entry-description": lambda root, word: next(root.iter("CVE_VALUE")).set("DESCRIPTION", word),
    "unused-vocabulary-name": unused("id"),
    "unused-vocabulary-text": unused("text"),
    "unused-vocabulary-entry": unused("value"),
    "unused-entry-text": unused("told"),
    "lexicon-id": lexicon("id"),
    "lexicon-name": lexicon("name"),
    "lexicon-address": lexicon("url"),
    "lexicon-lexicon": lexicon("named"),
    "lexicon-category": lexicon("catname"),
    "external-ref-value": behind(
        "CONTROLLED_VOCABULARY", '<EXTERNAL_REF EXT_REF_ID="er7" TYPE="resource_url" VALUE="http://x/*"/>'
    ),
    "external-ref-id": behind("CONTROLLED_VOCABULARY", '<EXTERNAL_REF EXT_REF_ID="*" TYPE="iso12620" VALUE="x"/>'),
    "language-label": lambda root, word: root.find("LANGUAGE").set("LANG_LABEL", word),
    "language-definition": lambda root, word: root.find("LANGUAGE").set("LANG_DEF", f"http://x/{word}"),
    "language-unused": behind("LANGUAGE", '<LANGUAGE LANG_ID="xx1" LANG_LABEL="*"/>'),
    "locale-variant": behind("LINGUISTIC_TYPE", '<LOCALE LANGUAGE_CODE="en" COUNTRY_CODE="US" VARIANT="*"/>'),
    "locale-country": behind("LINGUISTIC_TYPE", '<LOCALE LANGUAGE_CODE="fr" COUNTRY_CODE="*"/>'),
    "constraint-text": attribute("CONSTRAINT", "DESCRIPTION"),
    "link-set": lambda root, word: root.append(etree.fromstring(LINKS.replace("*", word))),
    # names of the key, written in other ways, in a comment that is kept
    "kept-plain": in_comment(str, "rater"),
    "kept-upper-case": in_comment(str.upper, "rater-sharp-s"),
    "kept-decomposed": in_comment(lambda name: unicodedata.normalize("NFD", name), "rater-umlaut"),
    "kept-dotless": in_comment(lambda name: name.replace("i", "ı"), "participant"),
    "kept-ligature": in_comment(lambda name: name.replace("fi", "ﬁ"), "patient"),
    "kept-soft-hyphen": in_comment(lambda name: name[:4] + "\u00ad" + name[4:], "therapist"),
    "kept-number-behind": in_comment(lambda name: f"{name}2020", "session"),
}
NAME = {
    "session": "Zorbanel",
    "session-second": "Quendelmaier",
    "rater": "Wexelbrand",
    "rater-sharp-s": "Strauß",
    "rater-umlaut": "Jörgensen",
    "participant": "Milinkovic",
    "patient": "Pfiffelin",
    "therapist": "Ottokarsson",
    "round": "",
}
OTHER_PLACES = (
    "folder", "sub-folder", "plan-file", "codebook-file", "sessions-file", "sessions-column", "sessions-cell",
    "preferences", "backup", "note-beside", "date", "hash", "file-names-of-a-merge",
)  # fmt: skip


def comment_left_out(root: Root, word: str) -> None:
    """A value on a comment tier that is not kept."""
    behind("TIER", FREE_TIER.format(tier="Remark", kind="crying_form", participant="", annotator="", value=word))(
        root, word
    )


@pytest.fixture(scope="module")
def study(tmp_path_factory, make_coded) -> Path:
    """Two sessions, three raters; each file holds a third of the places."""
    base = tmp_path_factory.mktemp("places")
    raters = (NAME["rater"], NAME["rater-sharp-s"], NAME["rater-umlaut"])
    plain = make_coded(base / "plain", sessions=2, sequences=4, raters=raters)
    folder = base / secret("folder") / "coded"
    sessions = {"S01": NAME["session"], "S02": NAME["session-second"]}
    names = list(FILE_PLACES)
    files = sorted(plain.glob("*.eaf"))
    for number, path in enumerate(files):
        session, rater = path.stem.split("__")
        root = etree.fromstring(path.read_bytes())
        root.set("DATE", f"{DATE}T10:11:12+01:00")
        for tier in root.findall("TIER"):
            tier.set("ANNOTATOR", rater)
        root.find("TIER[@TIER_ID='Comment']").set("PARTICIPANT", NAME["participant"])
        for place in names[number :: len(files)]:
            FILE_PLACES[place](root, secret(place))
        target = folder / secret("sub-folder") / f"{sessions[session]}__{rater}.eaf"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))
    (target.with_suffix(".pfsx")).write_text(f"<preferences><x>{secret('preferences')}</x></preferences>")
    target.with_name(f"{secret('backup')}.eaf.001").write_text("x")
    target.with_name("notes.txt").write_text(secret("note-beside"))
    table = base / f"{secret('sessions-file')}.csv"
    rows = [f"session,patient,therapist,{secret('sessions-column')}"]
    rows += [f"{name},{NAME['patient']}{number},{NAME['therapist']},{secret('sessions-cell')}"
             for number, name in enumerate(sessions.values())]  # fmt: skip
    table.write_text("\n".join(rows), encoding="utf-8")
    book = base / f"{secret('codebook-file')}.yaml"
    book.write_text(builtin_path("crying").read_text(encoding="utf-8"), encoding="utf-8")
    plan = base / f"{secret('plan-file')}.yaml"
    plan.write_text(f"codebook: {book.name}\nsessions: {table.name}\n", encoding="utf-8")
    return base


@pytest.fixture(scope="module")
def written(study, tmp_path_factory) -> Path:
    """Everything that the commands write about the study under pseudonyms."""
    out = tmp_path_factory.mktemp("out")
    key = tmp_path_factory.mktemp("key") / "key.json"
    coded = next(path for path in study.iterdir() if path.is_dir() and path.name != "plain") / "coded"
    (plan,) = study.glob(f"{secret('plan-file')}.yaml")
    hide = ("--study", str(plan), "--pseudonymise", "--key", str(key))
    kept = ("--keep-tiers", "Comment")
    merged = study / "merged"
    assert run(["merge", str(coded), "-o", str(merged), "--study", str(plan), "-q"]) in (0, 1)
    for arguments in (
        ["merge", coded, "-o", out / "merged", *hide, *kept],
        ["merge", merged, "-o", out / "passed on", *hide, *kept],
        ["analyze", coded, "-o", out / "results", *hide, *kept, "--print-figures", "--lang", "de", *FAST],
        ["agree", merged, "-o", out / "agreed", *hide, *FAST],
        ["convert", coded, out / "csv", "--to", "csv", *hide, *kept],
        ["convert", coded, out / "annotations", "--to", "webannotation", *hide, *kept],
        ["convert", coded, out / "grids", "--to", "textgrid", *hide, *kept],
    ):
        assert run([*map(str, arguments), "-q"]) in (0, 1), arguments
    # `batch statistics` reads the plan in its folder.
    (coded / "study.yaml").write_text(
        f"codebook: {(study / secret('codebook-file')).as_posix()}.yaml\n", encoding="utf-8"
    )
    statistics = ["batch", "statistics", coded, "-o", out / "numbers", *hide[2:], *kept]
    assert run([*map(str, statistics), "-q"]) in (0, 1)
    (coded / "study.yaml").unlink()
    return out


def contents(path: Path) -> Iterator[bytes]:
    """The bytes of a file, and those that are packed in it."""
    data = path.read_bytes()
    yield data
    if path.suffix in (".docx", ".zip"):
        with zipfile.ZipFile(path) as parts:
            for name in parts.namelist():
                yield name.encode()
                yield parts.read(name)
    if path.suffix == ".pdf":
        for found in re.finditer(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
            try:
                yield (stream := zlib.decompressobj().decompress(found[1]))
            except zlib.error:
                continue
            # Text is drawn by the numbers of glyphs or by codes of two bytes.
            for text in re.finditer(rb"<([0-9a-fA-F]{4,})>", stream):
                yield bytes.fromhex(text[1].decode()[: len(text[1]) // 2 * 2]).replace(b"\0", b"")
    if path.suffix == ".png":
        place = 8
        while place < len(data):
            length, kind = struct.unpack(">I4s", data[place : place + 8])
            chunk = data[place + 8 : place + 8 + length]
            if kind in (b"zTXt", b"iTXt"):
                yield zlib.decompressobj().decompress(chunk.partition(b"\0")[2][1:])
            place += 12 + length
    if path.suffix == ".parquet":
        yield pd.read_parquet(path).to_csv().encode()
        yield json.dumps(str(pd.read_parquet(path).attrs)).encode()
    for found in re.finditer(rb"base64,([A-Za-z0-9+/=]{40,})", data):
        yield base64.b64decode(found[1])
    if path.suffix == ".json":
        yield json.dumps(json.loads(data), ensure_ascii=False).encode()


def plain(text: str) -> str:
    return (
        unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        .replace("ı", "i")
        .replace("\u00ad", "")
    )


def test_there_are_sixty_kinds_of_places():
    assert len(FILE_PLACES) + len([name for name in NAME.values() if name]) + len(OTHER_PLACES) >= 60
    words = [secret(place) for place in (*FILE_PLACES, *OTHER_PLACES)]
    assert len(set(words)) == len(words)


def test_the_study_holds_them_all(study):
    """The test can fail: every word is in the files, or is their name."""
    held = "\n".join(
        text
        for path in study.rglob("*")
        for text in (str(path), path.read_bytes().decode("utf-8", errors="replace") if path.is_file() else "")
    )
    left = [place for place in FILE_PLACES if not place.startswith("kept-") and secret(place) not in held]
    assert left == []
    assert all(name in held for name in NAME.values())


def test_no_byte_that_goes_out_holds_one(study, written):
    words = {plain(secret(place)): place for place in (*FILE_PLACES, *OTHER_PLACES)}
    words |= {plain(name): place for place, name in NAME.items() if name}
    originals = [path for path in study.rglob("*.eaf") if "merged" not in path.parts]
    words |= {hashlib.sha256(path.read_bytes()).hexdigest(): f"hash of {path.name}" for path in originals}
    words[DATE] = "date"
    files = sorted(path for path in written.rglob("*") if path.is_file())
    assert {path.suffix for path in files} >= {
        ".eaf",
        ".csv",
        ".json",
        ".html",
        ".docx",
        ".svg",
        ".pdf",
        ".png",
        ".parquet",
    }
    found, searched = set(), 0
    for path in files:
        pieces = [path.relative_to(written).as_posix().encode(), *contents(path)]
        searched += sum(map(len, pieces))
        for piece in pieces:
            for encoding in ("utf-8", "latin-1", "utf-16-le"):
                text = plain(piece.decode(encoding, errors="replace"))
                found |= {
                    (place, path.relative_to(written).as_posix()) for word, place in words.items() if word in text
                }
    assert sorted(found) == []
    assert searched > 3_000_000


def test_the_coding_is_all_there(study, written):
    """Only what hides a name is gone: times and codes of the tables are those of the study before it got names."""
    (plain_folder,) = study.glob("plain")
    coded = pd.read_csv(written / "merged" / "annotations.csv")
    assert coded.session.nunique() == 2
    assert coded.rater.nunique() == 3
    # The four values of `value-*` that are no codes; a sequence has got a number.
    assert (coded.value == "[removed]").sum() == 4
    assert len(list(plain_folder.glob("*.eaf"))) == 6
