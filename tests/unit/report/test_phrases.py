"""What is said outside the report's own catalogue, in every language of the report: reasons, warnings, findings.

The sentences are read out of the sources, so a new one without a translation fails here.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import elancry
from elancry.agreement.undefined import NoInterval, Reason
from elancry.report.phrases import _book, known, said
from elancry.texts import languages

SOURCE = Path(elancry.__file__).parent
OTHERS = [language for language in languages() if language != "en"]

# Where sentences that a report shows are made.
MADE_IN = (
    "agreement/undefined.py", "agreement/bootstrap.py", "agreement/icc.py", "agreement/standard_errors.py",
    "association/*.py", "study/associate/*.py", "study/numbers.py", "check/roster.py",
)  # fmt: skip
# Literals there that no report shows as they stand: messages of findings, and parts that sentences are put together
# from (the whole sentences are tested below).
NOT_SHOWN = re.compile(
    r"errors may be correlated within: .*|.* sequences are shorter than .*|session: 7 groups7|.*: as the plan says .*|"
    r".* is empty for some sessions|.* are fewer than 7|.*: the highest level with at least .*"
)
PARTS = (
    " and ", ", reference 7", "; singular fit: no variance between, the numbers are those of ordinary least squares",
    "; present means seen by at least half of the raters", "; the sign changes", "; its group is tested as 7",
    "7 7: 7", "7 left out: a score is missing", "7: coded in 7, fewer than 7", "7: not picked; 7",
    "7, and in no group with others", "7, and so is its whole group 7", "7; joined with 7 as 77",
    "7; its time counts as 7", "coded in 7 session7, fewer than 7: not tested",
    "with the rarer outcome", "with a share above 0", "sequences 7: 7; 7 predictors need 7 (five each)",
)  # fmt: skip


def literals(path: Path) -> list[str]:
    """Strings of three words and more that are no docstring, not raised, no hint and no explanation for the docs."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            passed |= {id(part) for part in node.values}
        named = isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id
        if isinstance(node, ast.Raise) or named == "EXPLANATIONS":
            passed |= {id(part) for part in ast.walk(node)}
    found = []
    for node in ast.walk(tree):
        if id(node) in passed:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
        elif isinstance(node, ast.JoinedStr):
            # Whatever is filled in: a number, or one of the levels of nesting before a plural.
            text = "".join(part.value if isinstance(part, ast.Constant) else "\0" for part in node.values)
            found.append(re.sub("\0(?=s\\b)", "session", text).replace("\0", "7"))
    return [text for text in found if text.count(" ") >= 2]


@pytest.mark.parametrize("language", OTHERS)
def test_every_reason_why_a_number_or_an_interval_is_missing(language):
    assert [str(reason) for reason in (*Reason, *NoInterval) if known(str(reason), language) is None] == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_of_the_rooms_that_compute(language):
    texts = {text: path.name for part in MADE_IN for path in SOURCE.glob(part) for text in literals(path)}
    assert len(texts) > 40, "the sources are read"
    missing = {
        text: name
        for text, name in texts.items()
        if text not in PARTS
        and not NOT_SHOWN.fullmatch(text)
        and known(text, language) is None
        and any(known(clause, language) is None for clause in text.split("; "))
    }
    assert missing == {}, f"no {language} for these in assets/phrases_{language}.yaml"


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_fills_in_what_the_sentence_has(language):
    plain, patterns = _book(language)
    assert plain
    for pattern, made in patterns:
        assert set(re.findall(r"{(\w+)}", made)) <= set(pattern.groupindex), made


def test_an_interval_is_told_with_its_numbers():
    text = (
        "percentile bootstrap over 32 sessions, 2000 resamples, 7 undefined "
        "(BCa does not exist: no session makes a difference)"
    )
    assert said(text, "de") == (
        "Perzentil-Bootstrap über 32 Sitzungen, 2000 Ziehungen, davon 7 nicht definiert "
        "(BCa gibt es nicht: keine Sitzung macht einen Unterschied)"
    )
    assert said("5.1 sequences per predictor: fewer than 10; 3.6 patients per predictor: fewer than 5", "de") == (
        "5.1 Sequenzen je Prädiktor: weniger als 10; 3.6 Patienten je Prädiktor: weniger als 5"
    )


def test_english_and_unknown_sentences_stay_as_they_are():
    text = "something new; no predictor is left"
    assert said(text, "en") == text
    assert said(text, "de") == "something new; kein Prädiktor ist übrig"


@pytest.mark.parametrize("language", OTHERS)
def test_sentences_that_are_put_together(language):
    for text in (
        "crying_form protest: never coded; crying_form reference: uncoded",
        "pause: coded in 1 session, fewer than 5, and in no group with others",
        "pause: coded in 3 sessions, fewer than 5, and so is its whole group space",
        "pause: coded in 3 sessions, fewer than 5; joined with narrate as group:space",
        "pause, narrate: not picked; they count with uncoded",
        "2 sequences left out: a score is missing",
        "sequences with the rarer outcome: 9; 4 predictors need 20 (five each)",
        "sequences with a share above 0: 9; 4 predictors need 20 (five each)",
        "CR2; the codebook's groups as predictors, reference space",
        "random intercept per session, REML, Satterthwaite; intraclass correlation 0.00; singular fit: no variance "
        "between, the numbers are those of ordinary least squares",
        "log odds ratios, CR2; present means seen by at least half of the raters",
        "smallest and largest b without one patient; the sign changes",
        "coded in 1 session, fewer than 5: not tested; its group is tested as group:space",
        "these raters only: F distribution, sequences assumed independent",
    ):
        clauses = text.split("; ")
        assert all(known(clause, language) for clause in clauses), text
