"""The paragraphs that a paper can take over: what was done in this run, with its settings, versions and citations.

Every sentence is a text `methods.*` of the catalogues (`elancry.texts`); this module says which of them are true of the
results and fills them in. Citations are `[@key]` (`elancry.report.references`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elancry.association import measured
from elancry.association.wild import RADEMACHER_FROM
from elancry.codebook.model import SourceStatus
from elancry.report.methods_agreement import SIMULATED, agreement
from elancry.report.numbers import length, percent, whole
from elancry.report.references import Reference, cited, library
from elancry.report.rows import Row, distinct
from elancry.report.true_levels import by_kind, true_level
from elancry.report.view import View, slug
from elancry.study.associate.model_warnings import CONSERVATIVE_FROM, SKEWED, SKEWED_FAR
from elancry.study.nesting import assumed
from elancry.study.plan_keys import keys
from elancry.study.plan_values import plain
from elancry.texts import Text

Paragraph = tuple[str, str]
"""Title and text."""

_LIBRARIES = ("numpy", "scipy", "pandas", "statsmodels")


@dataclass(frozen=True)
class MethodsText:
    """The paragraphs, and every work that they cite, by key."""

    heading: str
    lead: str
    paragraphs: tuple[Paragraph, ...]
    works: Mapping[str, Reference]
    et_al: str


def methods_text(view: View) -> MethodsText:
    """The methods of these results, as far as their tables go."""
    writer = _Writer(view)
    parts = (
        ("study", writer.study()),
        ("agreement", agreement(view, writer.say, writer.plan)),
        ("scores", writer.scores()),
        ("cooccurrence", writer.cooccurrence()),
        ("sequential", writer.sequential()),
        ("regression", writer.regression()),
        ("also", writer.also()),
        ("wholes", writer.wholes()),
        ("software", writer.software()),
    )
    say = writer.say
    paragraphs = tuple((say(f"{name}.title"), " ".join(its)) for name, its in parts if its)
    known = {**library(), **writer.own_works()}
    works = {key: known[key] for key in cited((text for _, text in paragraphs), known)}
    return MethodsText(say("heading"), say("text"), paragraphs, works, say("et_al"))


def unresolved_sentences(view: View) -> list[str]:
    """How much a consensus left open and the association leaves out; none where no consensus was taken."""
    return _Writer(view).unresolved()


class _Writer:
    def __init__(self, view: View) -> None:
        self.view = view
        self.words, self.names = view.words, view.names
        chosen = {name: entry.get("value") for name, entry in view.results.provenance.plan.items()}
        self.plan = {name: plain(key.default) for name, key in keys().items()} | chosen

    def say(self, sentence: str, /, **fields: str) -> str:
        return Text(f"methods.{sentence}", fields).into(self.words.language)

    def system(self, name: str) -> str:
        return self.view.quoted(self.names.system(name))

    def category(self, system: str, name: str) -> str:
        return self.view.quoted(self.names.category(system, name))

    def own_works(self) -> dict[str, Reference]:
        """The program itself, and the sources that the codebook names, in its own words."""
        origin = self.view.results.provenance
        program = Reference(
            "elancry",
            "misc",
            self.say("elancry.title"),
            (self.say("elancry.author"),),
            origin.created[:4],
            {"version": origin.versions.get("elancry", "")},
        )
        works = {"elancry": program}
        for system in self.view.results.codebook.systems:
            if system.source is not None:
                key = _source_key(system.id)
                works[key] = Reference(key, "misc", system.source.citation.strip())
        return works

    def study(self) -> list[str]:
        results, words = self.view.results, self.words
        design, codebook = results.design, results.codebook
        sentences = [
            self.say(
                "study.whole" if design.whole_sessions else "study",
                units=self.view.units(len(design.sequences)),
                sessions=words.count("session", len(design.sessions)),
                raters=words.listed([self.view.quoted(rater) for rater in design.raters]),
                codebook=self.view.quoted(codebook.title_in(self.view.words.language) or codebook.id),
                version=str(codebook.version),
            )
        ]
        for system in codebook.systems:
            status = "none" if system.source is None else SourceStatus(system.source.status).value
            number = whole(len(system.categories))
            label = self.system(system.id)
            sentences.append(self.say(f"system.{status}", system=label, n=number, key=_source_key(system.id)))
        if len(design.raters) < 2:
            return sentences
        if design.coverage and all(item.n_double == len(design.sequences) for item in design.coverage):
            return [*sentences, self.say("double.all", all=whole(len(design.sequences)))]
        for item in design.coverage:
            coding, everything = words(f"coding.{item.coding}"), whole(len(design.sequences))
            double, label = whole(item.n_double), self.system(item.system)
            sentences.append(self.say("double", system=label, coding=coding, double=double, all=everything))
        return sentences

    def scores(self) -> list[str]:
        wanted = list(self.plan.get("scores") or [])
        if not wanted or "sequences" not in self.view.results.tables:
            return []
        aggregate = str(self.plan["aggregate"])
        kind = aggregate if aggregate in ("mean", "consensus") else "rater"
        names = self.words.listed([self.say(f"score.{score}") for score in wanted])
        sentences = [self.say("scores", scores=names, whose=self.say(f"whose.{kind}", rater=aggregate))]
        sentences += self.unresolved()
        against = distinct(
            [row for row in self.view.rows("models") if row["reference"]], "predictor_system", "reference"
        )
        if against:
            listed = "; ".join(
                self.say("reference.item", system=self.system(system), category=self.category(system, name))
                for system, name in against
            )
            sentences.append(self.say("reference", references=listed))
        return sentences

    def unresolved(self) -> list[str]:
        """How much a consensus left open, a sentence for each system and way of coding."""
        sentences = []
        for row in self.view.rows("unresolved"):
            timed = row["coding"] == "interval"
            coding = self.words(f"coding.{row['coding']}")
            sentences.append(
                self.say(
                    "unresolved",
                    system=f"{self.system(row['system'])}, {coding}",
                    time=length(row["unresolved_ms"]) if timed else whole(row["n_ratings_unresolved"]),
                    all=length(row["coded_ms"]) if timed else whole(row["n_ratings"]),
                    share=percent(row["share"]),
                )
            )
            if timed and row.get("undecided_ms"):
                sentences.append(self.say("undecided", time=length(row["undecided_ms"])))
        return sentences

    def cooccurrence(self) -> list[str]:
        if "cooccurrence" not in self.view.results.tables:
            return []
        sentences = [self.say("cooccurrence")]
        permutations = self.plan.get("permutations")
        rows = self.view.rows("cooccurrence")
        if permutations and rows:
            sentences.append(
                self.say("cooccurrence.p", n=whole(permutations), null=self.null(str(self.plan["null"]), rows[0]))
            )
            sentences += filter(None, [true_level("cooccurrence", rows, self.words)])
        sentences += self.assumed(rows)
        shortest = self.plan.get("min_sequence_ms")
        if shortest:
            sentences.append(self.say("cooccurrence.minimum", length=length(shortest)))
        return sentences

    def null(self, null: str, row: Row) -> str:
        """A null model, and over which groups a row of co-occurrence or sequences exchanges."""
        n = whole(row["n_clusters"])
        level = self.say(f"level.{row['cluster']}") if row["cluster"] else ""
        return self.say(f"null.{null}", level=level, n=n)

    def assumed(self, rows: Sequence[Row]) -> list[str]:
        """What the cluster of these rows takes for granted, if anything."""
        frame = self.view.results.tables.get("sequences")
        open_questions = [
            assumed(cluster, frame) for (cluster,) in distinct(rows, "cluster") if cluster and frame is not None
        ]
        return [self.words.said(one) for one in open_questions if one is not None]

    def sequential(self) -> list[str]:
        rows = self.view.rows("sequential")
        if not rows:
            return []
        windows = [ms for (ms,) in distinct(rows, "window_ms") if ms is not None]
        lags = [lag for (lag,) in distinct(rows, "lag") if lag is not None]
        anchors = [anchor for (anchor,) in distinct([row for row in rows if row["lag"] is None], "anchor")]
        how = []
        if windows:
            after = self.words.listed([self.say(f"anchor.{anchor}") for anchor in anchors])
            listed = self.words.listed([length(ms) for ms in windows])
            how.append(self.say("sequential.windows", windows=listed, anchors=after))
        if lags:
            how.append(self.say("sequential.lags", lags=self.words.listed([str(lag) for lag in lags])))
        permutations = self.plan.get("permutations")
        tested = (
            self.say("sequential.p", n=whole(permutations), null=self.null(rows[0]["null"], rows[0]))
            if permutations
            else ""
        )
        levels = (true_level(test, rows_of, self.words) for test, rows_of in by_kind(rows)) if permutations else ()
        return [self.say("sequential", how=self.words.listed(how), p=tested), *filter(None, levels)]

    def regression(self) -> list[str]:
        models = [row for row in self.view.rows("models") if row["se_type"] == "CR2" and row["r2"] is not None]
        if not models:
            return []
        sentences = [self._direction(*pair) for pair in distinct(models, "outcome_system", "predictor_system")]
        covariates = self.plan.get("covariates")
        if covariates:
            sentences.append(self.say("regression.covariates", names=self.words.listed(list(covariates))))
        nested = [row for row in models if row["n_clusters"] is not None]
        for level, groups in distinct(nested, "cluster", "n_clusters")[:1]:
            label = self.say(f"level.{level}")
            sentences.append(self.say("regression.se", level=label, n=whole(groups)))
            draws = self.plan.get("permutations")
            if draws:
                weights = "Webb" if groups < RADEMACHER_FROM else "Rademacher"
                sentences.append(self.say("regression.resampled", weights=weights, n=whole(draws)))
            if draws and any(row["p_session_permutation"] is not None for row in models):
                sentences.append(self.say("regression.permuted", n=whole(draws)))
        sentences.append(self.say("regression.f2"))
        sentences += self._true_levels(models)
        sentences.append(self.say("many"))
        return sentences

    def _true_levels(self, models: Sequence[Row]) -> list[str]:
        """Where the tests of these models miss their level: by how much, where a design near theirs was simulated."""
        sentences = []
        for code, name in ((SKEWED, "skewed"), (SKEWED_FAR, "skewed_far")):
            skewed = [row for row in models if row["warnings"] and code in {one.code for one in row["warnings"].parts}]
            if skewed:
                outcomes = self.words.listed(
                    [self.category(system, name) for system, name in distinct(skewed, "outcome_system", "outcome")]
                )
                size, coverage = map(measured.percent, (measured.SKEWED_SHARES_SIZE, measured.SKEWED_SHARES_COVERAGE))
                rates = {} if code == SKEWED_FAR else {"size": size, "coverage": coverage, **SIMULATED}
                sentences.append(self.say(f"regression.{name}", outcomes=outcomes, **rates))
        many = [row for row in models if (row["df1"] or 0) >= CONSERVATIVE_FROM]
        if any(measured.regression_near(row["n_sequences"], row["n_clusters"]) for row in many):
            rate = measured.percent(max(measured.NINE_JOINT.values()))
            sentences.append(self.say("regression.joint", rate=rate, **SIMULATED))
        elif many:
            sentences.append(self.say("regression.joint_far"))
        return sentences

    def _direction(self, outcomes: str, predictors: str) -> str:
        sides = {"outcomes": self.system(outcomes), "predictors": self.system(predictors)}
        picked: list[str] = []
        for key, system in (("outcome_categories", outcomes), ("predictor_categories", predictors)):
            names: Sequence[str] = (self.plan.get(key) or {}).get(system, ())
            picked += [self.category(system, name) for name in names]
        if picked:
            return self.say("regression.picked", picked=self.words.listed(picked), **sides)
        groups = self.plan.get("predictors") == "groups"
        return self.say("regression.groups" if groups else "regression", **sides)

    def also(self) -> list[str]:
        methods = [method for (method,) in distinct(self.view.rows("sensitivity"), "method")]
        if not methods:
            return []
        return [self.say("also", methods="; ".join(self.say(f"also.{method}") for method in methods))]

    def wholes(self) -> list[str]:
        tables = self.view.results.tables
        shown = (("setcorrelation", "wholes"), ("attenuation", "attenuation"))
        return [self.say(key) for table, key in shown if table in tables]

    def software(self) -> list[str]:
        origin = self.view.results.provenance
        libraries = [f"{name} {origin.versions[name]}" for name in _LIBRARIES if name in origin.versions]
        sentences = [
            self.say(
                "software",
                version=origin.versions.get("elancry", ""),
                python=origin.versions.get("python", ""),
                libraries=self.words.listed(libraries),
                seed=str(origin.seed),
            )
        ]
        if origin.plan_file is None:
            sentences.append(self.say("software.no_plan"))
        else:
            sentences.append(self.say("software.plan", file=self.view.quoted(origin.plan_file)))
        chosen = [f"{name} = {_shown(self.plan[name])}" for name, its in origin.plan.items() if its.get("chosen")]
        if chosen:
            sentences.append(self.say("software.chosen", settings="; ".join(chosen)))
        else:
            sentences.append(self.say("software.default"))
        return sentences


def _source_key(system: str) -> str:
    return f"codebook-{slug(system)}"


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_shown(item)}" for key, item in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
