from __future__ import annotations

from pathlib import Path

from elancry.align.sequences import match_sequences
from elancry.check.coding import CheckedCoding, CodedAnnotation, CodedFile, CodedTier
from elancry.codebook.model import Category, Codebook, System
from elancry.table.annotations import annotations_frame
from elancry.table.schema import ANNOTATIONS

CODEBOOK = Codebook("c", "C", (System("form", {}, (Category("p", {"en": "protest"}),)),))


def coded(rater, *tiers):
    return CodedFile(Path("x"), f"{rater}.eaf", "s1", rater, None, "", None, tuple(tiers))


def test_rows_keep_the_raters_originals_and_name_the_matched_sequence():
    # ms   0    100  200  300
    # R2   |-x--|    |-y--|
    # R10  |-1--|               form: "protest" 10-20, "?" 150-160 (outside all sequences)
    long = CodedTier(
        "R2", None, "sequence", None, "Seq", (CodedAnnotation("a1", 0, 100, "x"), CodedAnnotation("a2", 200, 300, "y"))
    )
    short = CodedTier("R10", None, "sequence", None, "Seq", (CodedAnnotation("b1", 0, 100, "1"),))
    form = CodedTier(
        "R10",
        "form",
        "interval",
        None,
        "FORM",
        (CodedAnnotation("b2", 150, 160, "?"), CodedAnnotation("b3", 10, 20, "protest", "p")),
    )
    coding = CheckedCoding(CODEBOOK, (coded("R10", short, form), coded("R2", long)))
    frame = annotations_frame(coding, match_sequences(coding)[0])
    assert list(frame.columns) == ANNOTATIONS.names
    rows = [
        tuple(row)
        for row in frame[["sequence", "rater", "system", "tier", "annotation_id", "start_ms", "category"]].itertuples(
            index=False
        )
    ]
    assert rows == [
        ("x", "R2", "", "Seq", "a1", 0, ""),
        ("y", "R2", "", "Seq", "a2", 200, ""),
        ("x", "R10", "form", "FORM", "b3", 10, "p"),
        ("", "R10", "form", "FORM", "b2", 150, ""),
        ("x", "R10", "", "Seq", "b1", 0, ""),
    ]
    assert frame["file"].tolist() == ["R2.eaf", "R2.eaf", "R10.eaf", "R10.eaf", "R10.eaf"]


def test_without_annotations_the_table_has_its_columns():
    frame = annotations_frame(CheckedCoding(CODEBOOK, ()))
    assert list(frame.columns) == ANNOTATIONS.names
    assert len(frame) == 0
