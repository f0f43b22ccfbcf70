"""The sample study merged: every annotation of every rater is there, and the files are what ELAN expects."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from lxml import etree

from elancry.check.study import check_files
from elancry.codebook.load import load_codebook
from elancry.eaf import read_eaf
from elancry.merge.study import merge_study

SAMPLE = Path(__file__).resolve().parents[3] / "sample_eaf"
RATERS = ("R1", "R2", "R3")


def test_the_sample_study_loses_nothing(tmp_path, shared, inventory):
    schema = etree.XMLSchema(etree.parse(shared / "eaf" / "EAFv3.0.xsd"))
    coding = check_files([SAMPLE], codebook=load_codebook("crying"))
    result = merge_study(coding, tmp_path / "merged")
    assert len(result.sessions) == 32
    kept = 0
    for session in result.sessions:
        document = read_eaf(tmp_path / "merged" / f"{session}.merged.eaf")
        expected = Counter()
        for rater in RATERS:
            original = read_eaf(SAMPLE / f"{session}__{rater}.eaf")
            expected += inventory(original, lambda tier, rater=rater: f"{tier}@{rater}")
        found = inventory(document)
        raters = Counter({key: count for key, count in found.items() if str(key[0]).rpartition("@")[2] in RATERS})
        assert raters == expected, session
        assert document.findings == (), session
        assert schema.validate(etree.fromstring(document.to_bytes())), (session, schema.error_log.last_error)
        kept += sum(expected.values())
    assert result.n_annotations == kept > 4000
