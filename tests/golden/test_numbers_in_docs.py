"""Every number and rule that the pages on agreement and the README state in prose is what the program does.

Tables and output on these pages are made by programs (`test_agreement_pages`, `test_training_page`, `test_readme`);
here is the rest. Each phrase that holds a number has a check of its own, and a digit that no phrase claims is an error:
a new number needs a new check.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from elancry.agreement import bootstrap, easydiag, icc_clustered, levels
from elancry.agreement.nominal import fleiss
from elancry.agreement.sums import Layout, nominal_sums
from elancry.align import given_units
from elancry.align.events import Events, link_events
from elancry.association import measured
from elancry.choices import Matching
from elancry.cli import training_table
from elancry.codebook.load import load_codebook
from elancry.errors import ElancryError, InvalidInput
from elancry.report.headline import _EVENTS, _IN_TIME
from elancry.study.agree.concurrent import MASI_OVERLAP, MASI_SUBSET, masi_distances
from elancry.study.agree.row import scale_of
from elancry.study.plan import Plan
from elancry.study.plan_keys import Plan as Defaults
from elancry.study.suggestions import _ONE_SIDED

ROOT = Path(__file__).resolve().parents[2]
Check = Callable[[], bool]
FILES = {
    "which-coefficient.md": ROOT / "docs" / "which-coefficient.md",
    "easydiag-and-elan.md": ROOT / "docs" / "easydiag-and-elan.md",
    "rater-training.md": ROOT / "docs" / "rater-training.md",
    "validity.md": ROOT / "docs" / "validity.md",
    "README.md": ROOT / "README.md",
}
# Digits that are part of a name: coefficients, citations, versions, file and rater names, works.
NAMES = (
    r"ICCs? ?\(\w,[\w.]\)|\*?\*?\((?:1|2|3),(?:1|k|\.)\)\*?\*?",
    r"\bAU\d+\b",
    r"\bAC[12]\b|\bF1\b|\bCR2\b|\bHC3\b|\bSHA-256\b|\bFiles? [ABC]\b|\brater R?[12]\b|\bPython 3\.11\b|\bBCa\b",
    r"\[doi:[^\]]*\]",
    r"!\[[^\]]*\]",
    r"\b(?:19|20)\d\d\b",
    r"\bch\. \d+",
    r"\bS\d+\b|\bPMC\d+\b|\bGPL-3\.0\b|\b[\w-]+\.(?:eaf|csv|md|yaml|json)\b",
    r"^### \d\. ",
    r"^\d\. ",
)


def prose(name: str) -> str:
    """A page without code, without what is made by programs, without addresses and references."""
    text = FILES[name].read_text(encoding="utf-8").split("## References")[0]
    for block in ("`{3}.*?`{3}", "<!-- made: .*?<!-- end -->"):
        text = re.sub(block, " ", text, flags=re.DOTALL)
    for line in (r"^\|.*?\|$", r"`[^`\n]*`"):
        text = re.sub(line, " ", text, flags=re.MULTILINE)
    return re.sub(r"\]\([^)]*\)", "]", text)


def flat(text: str) -> str:
    return " ".join(text.split())


def validity() -> dict[str, dict[str, float]]:
    results: dict[str, dict[str, float]] = json.loads((ROOT / "docs" / "validity.json").read_text(encoding="utf-8"))
    return results["results"]


def half_of_the_time() -> tuple[float, float]:
    """Turns of 1 s every 2 s with every pair of three labels once: Fleiss' kappa in time (with none), and on labels."""
    pairs = np.array([(a, b) for a in range(3) for b in range(3)])
    timed = np.vstack([pairs, np.full((9, 2), 3)])
    of = [nominal_sums(timed, np.ones(18), 4), nominal_sums(pairs, np.ones(9), 3)]
    return tuple(float(fleiss(Layout(2, q), sums)) for q, sums in zip((4, 3), of, strict=True))


def links(first: tuple[int, int], second: tuple[int, int], criterion: float) -> bool:
    events = [Events.of(np.array([a]), np.array([b]), np.array([0])) for a, b in (first, second)]
    return len(link_events(*events, Matching.EASYDIAG, criterion)[0]) == 1


def masi(first: str, second: str) -> float:
    return float(masi_distances([frozenset(map(ord, first)), frozenset(map(ord, second))])[0, 1])


def elsewhere(path: str) -> Check:
    """What this file tests."""
    return (ROOT / path).exists


def only_words() -> bool:
    """A number that only means itself, and no rule of the program."""
    return True


CRITERION = Defaults().criterion == (0.6,)


def scale_0_to_4() -> bool:
    """All built-in codebooks that rate do so from 0 to 4."""
    found = [
        system.scale
        for path in ROOT.glob("templates/*/*.yaml")
        for system in load_codebook(path).systems
        if system.scale is not None
    ]
    return bool(found) and all((scale.minimum, scale.maximum) == (0, 4) for scale in found)


def sample_is(sessions: int, sequences: int, raters: int) -> bool:
    files = [path.stem.split("__") for path in (ROOT / "sample_eaf").glob("*.eaf")]
    counted = flat((ROOT / "sample_eaf" / "README.md").read_text(encoding="utf-8"))
    found = len({name for name, _ in files}), len({name for _, name in files})
    return found == (sessions, raters) and f"{sequences} sequences" in counted


def shift_rates() -> tuple[float, float]:
    rows = [validity()[f"co-occurrence, {course} trend"] for course in ("common", "strong common")]
    return tuple(row["shift: one pair (every 4th study)"] for row in rows)


TAIL = (bootstrap.CONFIDENCE, levels.CONFIDENCE) == (0.95, 0.95)
CLAIMS: dict[str, dict[str, Check]] = {
    "which-coefficient.md": {
        "32 sessions, 46 sequences, three raters": lambda: sample_is(32, 46, 3),
        "95 % intervals stand in brackets": lambda: bootstrap.CONFIDENCE == 0.95,
        "Fleiss' kappa .50 in time and .00 on the labels": lambda: np.allclose(half_of_the_time(), (0.5, 0.0)),
        "at least 95 % of at least 20 segments are the same": lambda: (
            (given_units.SAME_UNITS, given_units.FEWEST_UNITS) == (0.95, 20)
        ),
        "the 46 sequences of the sample study are marked beforehand": lambda: sample_is(32, 46, 3),
        "in 12 simulated sessions with 8 expressions each": elsewhere("docs/make_agreement_pages.py"),
        "to give AU6 and AU12 where the other gave AU12 alone is a smaller disagreement (distance 2/3)": lambda: (
            np.isclose(masi("ab", "b"), 2 / 3)
        ),
        "to give nothing there is a full one (distance 1)": lambda: masi("", "b") == 1,
        "The distance is 1 - J M": lambda: np.isclose(masi("abc", "bcd"), 1 - 2 / 4 * 1 / 3),
        "M is 1 for equal sets, 2/3 if one set contains the other, 1/3 if they share a code, else 0": lambda: (
            (MASI_SUBSET, MASI_OVERLAP) == (2 / 3, 1 / 3) and masi("a", "a") == 0 and masi("a", "b") == 1
        ),
        "nltk 3.10": elsewhere("tests/unit/study/agree/test_concurrent.py"),
        "prints .67 and .33, with which alpha differs by .002 at most": elsewhere(
            "tests/golden/test_agreement_pages.py"
        ),
        "a share above 0 comes with a count of 1 or more": elsewhere("tests/property/test_align_flow.py"),
        "EasyDIAg, overlap 60 %": lambda: CRITERION,
        "each with a 95 % bootstrap interval over sessions": lambda: bootstrap.CONFIDENCE == 0.95,
        "percent is above .90": only_words,
        "(default .60: the overlap is 60 % of the longer annotation)": lambda: (
            CRITERION and links((0, 1000), (0, 600), 0.6) and not links((0, 1000), (0, 599), 0.6)
        ),
        "Forms with 1 in front": lambda: "icc_1_1" in icc_clustered.FORMS,
        "forms with 3 forgive": lambda: "icc_3_1" in icc_clustered.FORMS,
        "the 95 % limits of agreement": elsewhere("tests/oracle/test_agreement_csv.py"),
        "at least 80 % of the ratings are one and the same": lambda: _ONE_SIDED == 0.8,
        "below the one-sided 95 % limit, the 5th percentile of the resamples": lambda: TAIL,
    },
    "easydiag-and-elan.md": {
        "at least 60 % of the longer one": lambda: CRITERION,
        "5 against 4 seconds long: 4 / 5 = 80 %": lambda: links((12_000, 17_000), (12_000, 16_000), 0.8),
        "adds 2 to its cell (two annotations), an annotation without partner adds 1": lambda: (
            easydiag.event_table(np.array([0, 0]), np.array([0]), np.array([0]), np.array([0]), 1).tolist()
            == [[2.0, 1.0], [0.0, 0.0]]
        ),
        "prints 0 for kappa and NaN": elsewhere("tests/golden/test_agreement_pages.py"),
        "divides 0 by 0 there": elsewhere("tests/golden/test_agreement_pages.py"),
        "far below 1": only_words,
        "Why do I get 0 or NaN?": only_words,
        "really is 0 or negative": lambda: float(easydiag.kappa_ipf(np.array([[0.0, 4, 0], [4, 0, 0], [0, 0, 0]]))) < 0,
        "replaces zeros by 0.001 before fitting, and stops after 20 rounds": lambda: (
            (easydiag.ELAN_SEED, easydiag.ELAN_ROUNDS) == (0.001, 20)
        ),
        "never divides 0 by 0": elsewhere("tests/golden/test_agreement_pages.py"),
        "EasyDIAg prints 0 and NaN": elsewhere("tests/golden/test_agreement_pages.py"),
        "prints a ratio of 0": elsewhere("tests/elan/test_elan_numbers.py"),
        "the ratio on 68 pairs of tiers, the modified Fleiss' kappa on 40 sets": elsewhere(
            "tests/elan/test_elan_numbers.py"
        ),
    },
    "rater-training.md": {
        "1 would be the same category in every moment, 0 no": elsewhere("tests/property/test_agreement_nominal.py"),
        "EasyDIAg's kappa, overlap 60 %": lambda: CRITERION,
        "are a 95 % interval": lambda: bootstrap.CONFIDENCE == 0.95,
    },
    "README.md": {
        "46 video sequences from 32 sessions": lambda: sample_is(32, 46, 3),
        "share 60 % of the longer one": lambda: CRITERION,
        "exceeds with 95 % confidence (Gwet's benchmark rule: the 5th percentile of the resamples": lambda: TAIL,
        "the printed 95 % interval": lambda: bootstrap.CONFIDENCE == 0.95,
        "finds associations in 60 to 100 % of simulated studies": lambda: shift_rates() == (0.6, 1.0),
        "far too optimistic with 32 sessions": lambda: measured.N_SESSIONS == 32,
        "with 46 sequences only large effects": lambda: measured.N_SEQUENCES == 46,
        "no 0, 1 or NaN is made up": elsewhere("tests/unit/agreement/test_undefined.py"),
        "since version 2 of": lambda: load_codebook(ROOT / "templates" / "crying" / "crying.yaml").version == "2",
        "rating scale 0-4 of all built-in codebooks": scale_0_to_4,
        "Exit codes: 0 nothing wrong, 1 errors found in the coding, 2 wrong usage": lambda: (
            (InvalidInput.exit_code, ElancryError.exit_code) == (1, 2)
        ),
        "3 warnings under": elsewhere("tests/cli/test_check.py"),
    },
    "validity.md": {
        "A test at .05 should find something in 5 %": only_words,
        "a 95 % interval should hold the truth in 95 %": lambda: bootstrap.CONFIDENCE == 0.95,
        "at most .070 on average over nine pairs, at most .100 for the worst pair, at most .080 for any pair": lambda: (
            measured.AIMS == {"mean": 0.07, "worst": 0.10, "maxt": 0.08}
        ),
    },
}


@pytest.mark.parametrize("name", CLAIMS)
def test_every_claim_is_on_its_page_and_true(name: str) -> None:
    text = flat(prose(name))
    for phrase, true in CLAIMS[name].items():
        assert phrase in text, f"{name} no longer says: {phrase}"
        assert true(), f"{name} says: {phrase}"


@pytest.mark.parametrize("name", [name for name in CLAIMS if name != "validity.md"])
def test_no_number_is_stated_that_nothing_checks(name: str) -> None:
    """(validity.md is made as a whole from the results.)"""
    text = prose(name)
    for pattern in NAMES:
        text = re.sub(pattern, " ", text, flags=re.MULTILINE)
    text = flat(text)
    for phrase in CLAIMS[name]:
        named = phrase
        for pattern in NAMES:
            named = re.sub(pattern, " ", named)
        text = text.replace(flat(named), " ")
    left = re.findall(r".{0,40}\d.{0,40}", text)
    assert left == [], f"{name}: add a check for these numbers to CLAIMS"


def test_the_headlines_named_in_the_docs_are_those_of_terminal_and_report() -> None:
    """Decision 36: one coefficient and one name for one question, everywhere."""
    from elancry.report import agreement_rows
    from elancry.report.sentences import SYMBOLS

    assert _IN_TIME == "time_fleiss_kappa"
    plain = [measure for measure in agreement_rows.TIME if measure != "time_masi_alpha"]
    assert plain[0] == _IN_TIME
    assert agreement_rows.EVENT[0] == _EVENTS
    assert SYMBOLS[_IN_TIME] == "κ (Fleiss)"
    page = FILES["which-coefficient.md"].read_text(encoding="utf-8")
    assert f"| Time-based: same category at the same time? | `{_IN_TIME}`, with_none |" in page
    assert f"| Event-based: same events? | `{_EVENTS}`, overlap .60 |" in page
    assert "Fleiss' kappa" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_words_of_levels_are_those_that_the_page_names() -> None:
    page = flat(prose("which-coefficient.md"))
    assert "Kappas and alphas have the words of Landis & Koch" in page
    assert scale_of("time_fleiss_kappa") is levels.LANDIS_KOCH
    assert scale_of("alpha_interval") is levels.LANDIS_KOCH
    assert scale_of("icc_2_1") is levels.KOO_LI


def test_rules_in_words() -> None:
    """Numbers that are written out."""
    which, training = flat(prose("which-coefficient.md")), flat(prose("rater-training.md"))
    assert "No interval below ten sequences or sessions" in which
    assert (bootstrap.FEWEST, icc_clustered.FEWEST) == (10, 10)
    assert "The brackets, where there are ten sessions or more" in training
    assert "The last ten are shown" in training
    assert training_table.SESSIONS_SHOWN == 10
    assert Plan(codebook="crying").matching is Matching.EASYDIAG
    cluster = flat((ROOT / "docs" / "cluster.md").read_text(encoding="utf-8"))
    from elancry.association import trend_exchange
    from elancry.study import nesting

    assert "with at least ten groups" in cluster
    assert nesting.FEWEST_GROUPS == 10
    assert "| fewer than 5 | ratio, no p |" in cluster
    assert trend_exchange.FEWEST_CLUSTERS == 5
    assert "| 5 to 7 | p with a warning" in cluster
    assert trend_exchange.FEW_CLUSTERS == 8


def test_attainable_kappa_on_the_page_is_that_of_decision_and_program() -> None:
    """File A: kappa max as EasyDIAg defines it .753, attainable .630."""
    page = FILES["easydiag-and-elan.md"].read_text(encoding="utf-8")
    table = np.array([[6.0, 0, 0], [2, 4, 1], [0, 1, 0]])
    assert float(easydiag.kappa_attainable(table)) == pytest.approx(0.630, abs=5e-4)
    assert f"|  | attainable kappa | {float(easydiag.kappa_attainable(table)):.6f} | (not there) |" in page
    assert sys.version_info >= (3, 11)
