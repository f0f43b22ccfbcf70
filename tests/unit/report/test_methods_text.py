"""methods.md and methods.bib: paragraphs for a paper, and exactly the works that they cite."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from catalogues import texts
from sample_results import codebook, sample_results

from elancry.choices import Method
from elancry.codebook.model import Source, SourceStatus
from elancry.report.content import build_report
from elancry.report.markdown import render_methods
from elancry.report.methods_agreement import CITED
from elancry.report.methods_text import MethodsText, methods_text
from elancry.report.names import Names
from elancry.report.references import CITATION, Reference, bibtex_file, in_words, keys_of, library
from elancry.report.view import View
from elancry.report.words import Words
from elancry.study.associate.model_warnings import SKEWED
from elancry.study.results import Results
from elancry.table.schema import UNRESOLVED
from elancry.texts import Text, Texts, languages


def told(results: Results, language: str = "en") -> MethodsText:
    words = Words(language)
    return methods_text(View(results, Names(results.codebook, words), words))


def chosen(results: Results, **settings: object) -> Results:
    """The results with settings of the plan, each chosen."""
    plan = {name: {"value": value, "chosen": True} for name, value in settings.items()}
    return replace(results, provenance=replace(results.provenance, plan={**results.provenance.plan, **plan}))


def full(results: Results) -> Results:
    """With what a run always has and the made-up results leave out."""
    models = results.tables["models"].assign(cluster="session", n_clusters=32)
    tables = {**results.tables, "models": models, "sequences": models[["score"]]}
    return chosen(replace(results, tables=tables), permutations=9999, scores=["rating", "share"], resamples=2000)


def parsed(text: str) -> dict[str, dict[str, str]]:
    """A BibTeX file, read by its grammar: @type{key, name = {value with balanced braces}, ...}."""
    entries: dict[str, dict[str, str]] = {}
    at = 0
    while (head := re.compile(r"\s*@(\w+)\{([^,\s]+),").match(text, at)) is not None:
        at, fields = head.end(), {"type": head[1]}
        while (name := re.compile(r"\s*(\w+) = \{").match(text, at)) is not None:
            depth, start, at = 1, name.end(), name.end()
            while depth:
                if text[at] == "\\":
                    at += 1
                elif text[at] in "{}":
                    depth += 1 if text[at] == "{" else -1
                at += 1
            fields[name[1]] = text[start : at - 1]
            at += text[at : at + 1] == ","
        closed = re.compile(r"\s*\}").match(text, at)
        assert closed is not None, text[at : at + 40]
        at = closed.end()
        assert head[2] not in entries
        entries[head[2]] = fields
    assert not text[at:].strip()
    return entries


@pytest.mark.parametrize("language", languages())
def test_every_key_in_the_text_is_in_the_bibliography_and_nothing_else(sample, language: str):
    sample = full(sample)
    found = told(sample, language)
    text = render_methods(build_report(sample, language=language), found)
    keys = set(re.findall(r"@([\w:.+-]+)", "".join(CITATION.findall(text))))
    assert keys == set(parsed(bibtex_file(found.works.values())))
    assert {"elan2006", "holle2015", "pustejovsky2018", "phipson2010", "elancry", "codebook-intervention"} <= keys


def test_written_beside_each_other(written):
    text = (written / "methods.md").read_text(encoding="utf-8")
    entries = parsed((written / "methods.bib").read_text(encoding="utf-8"))
    assert set(re.findall(r"(?<!\\)\[?@([\w:.+-]+)", text)) == set(entries)
    assert entries["holle2015"] == {
        "type": "article",
        "author": "Holle, H. and Rein, R.",
        "title": "{EasyDIAg: A tool for easy determination of interrater agreement}",
        "year": "2015",
        "journal": "Behavior Research Methods",
        "volume": "47",
        "pages": "837--847",
        "doi": "10.3758/s13428-014-0506-7",
    }


def test_the_report_has_authors_and_years_and_the_same_works(sample):
    found = told(sample)
    (section,) = [item for item in build_report(sample).sections if item.id == "methods"]
    texts = " ".join(getattr(block, "text", "") for block in section.blocks)
    assert "(Holle & Rein, 2015)" in texts
    assert "[@" not in texts
    (listed,) = [block for block in section.blocks if getattr(block, "items", ()) and not block.items[0][0]]
    assert {text for _, text in listed.items} == {work.long() for work in found.works.values()}


def test_catalogues_have_the_same_citations():
    english = texts("en", "methods.")
    for language in languages():
        for key, text in texts(language, "methods.").items():
            assert sorted(CITATION.findall(text)) == sorted(CITATION.findall(english[key])), key


def test_every_work_can_be_cited_and_every_citation_is_a_work():
    sentences = [*texts("en", "methods.").values(), *(f"[@{key}]" for key in CITED.values())]
    keys = {key for text in sentences for match in CITATION.finditer(text) for key in keys_of(match)}
    assert keys - {"elancry"} == set(library())
    assert set(parsed(bibtex_file(library().values()))) == set(library())


def test_every_method_and_rule_that_can_be_chosen_has_its_words():
    from elancry.choices import Level, Matching, Null, Score

    wanted = [f"also.{item.value}" for item in Method] + [f"score.{item.value}" for item in Score]
    wanted += [f"rule.{item.value}" for item in Matching] + [f"null.{item.value}" for item in Null]
    wanted += [f"level.{item.value}" for item in Level if item is not Level.AUTO]
    assert [key for key in wanted if key not in texts("en", "methods.")] == []


@pytest.mark.parametrize(("language", "said"), [("en", "Actual level: "), ("de", "Tatsächliches Niveau: ")])
def test_the_true_level_is_stated_where_a_skewed_share_is_explained(sample, language: str, said: str):
    models = sample.tables["models"].copy()
    text = dict(told(replace(sample, tables={**sample.tables, "models": models}), language).paragraphs)
    assert "97.9 %" not in " ".join(text.values())
    models["warnings"] = [Texts((Text(SKEWED),))] * len(models)
    text = dict(told(replace(sample, tables={**sample.tables, "models": models}), language).paragraphs)
    (regression,) = [body for title, body in text.items() if title.startswith("Regression")]
    assert said in regression
    assert "2.1 %" in regression
    assert "97.9 %" in regression


def test_settings_versions_seed_and_plan_are_told(sample):
    results = chosen(full(sample), permutations=1234, resamples=0, null="shift", criterion=[0.6, 0.8], aggregate="R2")
    origin = replace(results.provenance, plan_file="crying/study.yaml", versions={"elancry": "9.9", "python": "3.13.1"})
    text = " ".join(body for _, body in told(replace(results, provenance=origin)).paragraphs)
    assert "elancry 9.9 [@elancry] on Python 3.13.1" in text
    assert f"the random seed was {origin.seed}" in text
    assert "The plan was read from “crying/study.yaml”." in text
    assert "permutations = 1234" in text
    assert "1\u202f234 permutations in which one of the two codings was shifted circularly" in text
    assert "the overlap is at least 60\u00a0%, 80\u00a0% of the longer annotation" in text
    assert "from rater R2 alone" in text
    assert "Bootstrap intervals were not computed." in text


def test_what_a_consensus_left_open_is_told(sample):
    rows = [
        {
            "system": "intervention",
            "coding": "interval",
            "coded_ms": 200_000,
            "unresolved_ms": 30_000,
            "undecided_ms": 12_000,
            "share": 0.15,
        },
        {"system": "intervention", "coding": "rating", "n_ratings": 40, "n_ratings_unresolved": 4, "share": 0.1},
    ]
    results = chosen(full(sample), aggregate="consensus")
    results = replace(results, tables={**results.tables, "unresolved": UNRESOLVED.frame(rows)})
    text = dict(told(results).paragraphs)["Scores."]
    assert "intervals: 30.0\u00a0s of 3:20 min (15\u00a0%) had no consensus" in text.replace(
        "3:20\u00a0min", "3:20 min"
    )
    assert "Of this, 12.0\u00a0s had been discussed and was left undecided." in text
    assert "ratings: 4 of 40 (10\u00a0%) had no consensus" in text


def test_a_study_without_tables_still_says_what_was_done(sample):
    found = told(replace(sample, tables={}))
    assert [title for title, _ in found.paragraphs] == ["Material and coding.", "Software."]


def test_free_text_of_a_codebook_is_no_markup_and_breaks_no_bibtex(sample):
    source = Source("A & B_{c} 50% #1 \\input{x} ~^$ [@holle2015]\n}@book{evil,", SourceStatus.PUBLISHED)
    book = codebook(form_label="[@evil] *x*")
    systems = (replace(book.systems[0], id="böse @system", source=source), book.systems[1])
    results = sample_results(book=replace(book, systems=systems))
    results = replace(results, tables={}, timelines=())
    found = told(results)
    entries = parsed(bibtex_file(found.works.values()))
    key = "codebook-bx" + format(ord("ö"), "x") + "sex20x40system"
    assert set(entries) == {"elan2006", "elancry", key, "codebook-intervention"}
    assert "\n" not in entries[key]["title"]
    text = render_methods(build_report(results), found)
    assert "\\[@evil\\]" in text
    assert f"[@{key}]" in text


def test_a_reference_in_its_forms():
    work = library()["winkler2015"]
    assert work.short("et al.") == "Winkler et al., 2015"
    assert work.long() == (
        "Winkler, A. M., Webster, M. A., Vidaurre, D., Nichols, T. E., & Smith, S. M. (2015). Multi-level block "
        "permutation. NeuroImage, 123, 253–268. https://doi.org/10.1016/j.neuroimage.2015.05.092"
    )
    assert in_words("so [@winkler2015; @gwet2014].", library()) == "so (Winkler et al., 2015; Gwet, 2014)."
    assert library()["gwet2014"].long() == (
        "Gwet, K. L. (2014). Handbook of inter-rater reliability (4th ed.). Advanced Analytics."
    )
    assert Reference("x", "misc", "Free text").bibtex() == "@misc{x,\n  title = {{Free text}}\n}\n"


def test_what_is_left_open_stands_beside_the_numbers_that_leave_it_out(sample):
    rows = [{"system": "intervention", "coding": "interval", "coded_ms": 2000, "unresolved_ms": 500, "share": 0.25}]
    results = replace(sample, tables={**sample.tables, "unresolved": UNRESOLVED.frame(rows)})
    for name in ("cooccurrence", "regression"):
        (section,) = [item for item in build_report(results).sections if item.id == name]
        texts = [getattr(block, "text", "") for block in section.blocks]
        assert any("500\u00a0ms of 2.0\u00a0s (25\u00a0%) had no consensus" in text for text in texts), name
