"""The README.md beside a simulated study: what was planted, in words and tables."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from elancry.codebook.model import SourceStatus, System
from elancry.seeds import DEFAULT_SEED
from elancry.simulate.describe import describe_pairs, describe_ratings
from elancry.simulate.parameters import RaterModel, rare_categories
from elancry.simulate.simulated import SimulatedStudy

_STATUS_WORDS = {
    SourceStatus.PUBLISHED: "as published",
    SourceStatus.ADAPTED: "adapted from the publication",
    SourceStatus.STARTER: "a starting point of our own, to be replaced",
}


def readme(study: SimulatedStudy, folder: str) -> str:
    """Markdown; `folder` is the name of the study's folder, as the commands name it."""
    parts = [
        _opening(study, folder),
        _design(study),
        _effects(study),
        _raters(study),
        _agreement(study),
        _mistakes(study, folder),
        _names(study),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _opening(study: SimulatedStudy, folder: str) -> str:
    made = (
        ["Made by this command, which writes the same bytes every time:", f"    {command(study, folder)}"]
        if study.by_default
        else ["Made in Python with `simulate_study` and `write_study`, with the parameters that `truth.json` holds."]
    )
    return _section(
        "# A synthetic study",
        """Nobody was recorded. Every number here was drawn at random from a model with known agreement and effects,
        so that what elancry computes can be held against what was planted. `truth.json` holds all of it as data: every
        parameter, the latent intensities, the true events and ratings, the confusion matrices, the mistakes. The linked
        videos do not exist.""",
        *made,
        "To analyse it:",
        f"    elancry analyze {folder} -o results",
        "",
        "`study.yaml` beside the files, where there is one, is the plan that elancry reads: it names the codebook.",
    )


def command(study: SimulatedStudy, folder: str) -> str:
    """The command that makes a study that was simulated with default effects and raters' models."""
    words = ["elancry simulate", study.codebook.id, "-o", folder]
    words += ["--sessions", str(len(study.sessions)), "--sequences", str(len(study.sequences))]
    words += ["--raters", ",".join(study.raters)]
    if study.seed != DEFAULT_SEED:
        words += ["--seed", str(study.seed)]
    if not study.mistakes:
        words.append("--no-mistakes")
    return " ".join(words)


def _design(study: SimulatedStudy) -> str:
    model = study.truth_model
    minutes = study.sequences.duration_ms.sum() / 60_000
    rare = [
        f"`{system.id}.{category}`"
        for system in study.codebook.systems
        for category in rare_categories(system, study.effects)
    ]
    rare_text = f"; {' and '.join(rare)} occur rarely" if rare else ""
    filled = "were prefilled" if study.prefilled else "were drawn by each rater"
    return _section(
        "## Design",
        f"""{len(study.sessions)} sessions hold {len(study.sequences)} sequences ({minutes:.0f} minutes in all). Every
        rater ({", ".join(study.raters)}) coded every session; the boundaries of the sequences {filled}. In each
        sequence each category has a latent intensity with mean 0 and variance 1, which drives its rating and its share
        of the coded time. Sequences of one session are alike: the intra-class correlation of the intensities is
        {model.session_icc:g}. About {model.coded_share:.0%} of the time is coded{rare_text}.""",
    )


def _effects(study: SimulatedStudy) -> str:
    title = "## Planted effects"
    if not study.effects:
        return _section(title, "None: the systems are independent, whatever a test says.")
    rows = [
        (
            f"{effect.predictor_system}.{effect.predictor}",
            f"{effect.outcome_system}.{effect.outcome}",
            f"{effect.slope:g}",
            f"{effect.together:g}",
        )
        for effect in study.effects
    ]
    return _section(
        title,
        """`slope` is the standardised partial slope between the latent intensities; what is estimated from ratings or
        shares is smaller, because raters err and scales are coarse. `together` is a parameter of the drawing:
        what the log odds of choosing the outcome gain for an event that begins while the predictor is going on. The
        log odds ratio of the drawn times is smaller, as events outlast each other. No other pair is related; but the
        categories of a tier share its time, so that what makes one more frequent makes the others rarer. In a study
        of this size not every planted effect can be seen, and after a correction for all tests fewer still.""",
        _table(("predictor", "outcome", "slope", "together"), rows),
    )


def _raters(study: SimulatedStudy) -> str:
    def row(rater: str, model: RaterModel) -> tuple[str, ...]:
        return (
            rater,
            f"{model.confusion:g}",
            f"{model.missed:g}",
            f"{model.extra:g}",
            f"{model.split:g}",
            f"{model.jitter_ms:g} ms",
            f"{model.onset_delay_ms:g} ms",
            f"{model.rating_noise:g} SD",
            f"{model.rating_bias:+g}",
            f"x {1 + model.drift:g}, {model.rating_drift:+g}" if model.drift or model.rating_drift else "none",
        )

    head = ("rater", "confused", "missed", "extra", "split", "jitter", "delay", "rating noise", "rating bias", "drift")
    return _section(
        "## Planted errors of the raters",
        """Probabilities per true event (extra: per uncoded gap of 1.5 s or more), standard deviation of the boundaries,
        reaction time, noise of ratings in standard deviations of the true ones and bias in points of the scale. Drift:
        by the last session the errors have grown this many times, and the bias by these points. Confusions prefer
        categories of the same group; `truth.json` holds the whole matrix of each rater for the first and the last
        session.""",
        _table(head, [row(rater, model) for rater, model in study.rater_models.items()]),
    )


def _agreement(study: SimulatedStudy) -> str:
    pairs = [
        (item.system, f"{item.rater_a} and {item.rater_b}", _number(item.percent), _number(item.kappa))
        for item in describe_pairs(study)
    ]
    ratings = [
        (item.system, item.category, str(item.n_sequences), _number(item.icc_2_1)) for item in describe_ratings(study)
    ]
    if not pairs and not ratings:
        return ""
    return _section(
        "## Agreement in this draw",
        """Counted millisecond by millisecond from the annotations, uncoded time being a category of its own (Cohen's
        kappa: measure `time_cohen_kappa`, variant `with_none`), and ICC(2,1) of the ratings. `elancry agree` must find
        these numbers. The ICC here is that of the sequences that every rater rated; where a rating is missing,
        `elancry agree` takes the other ratings of that sequence too, and its number differs a little.""",
        _table(("system", "raters", "agreed", "kappa"), pairs),
        _table(("system", "category", "sequences", "ICC(2,1)"), ratings),
    )


def _mistakes(study: SimulatedStudy, folder: str) -> str:
    title = "## Planted mistakes"
    if not study.mistakes:
        return _section(title, "None.")
    rows = [
        (mistake.file, mistake.tier or "all tiers", mistake.kind.value, f"`{mistake.finding}`")
        for mistake in study.mistakes
    ]
    return _section(
        title,
        f"""Each is in a file of its own; `elancry check {folder}` must answer with the finding named here.
        `truth.json` names the annotation and its time.""",
        _table(("file", "tier", "mistake", "finding"), rows),
    )


def _names(study: SimulatedStudy) -> str:
    named = [system for system in study.codebook.systems if system.source is not None]
    return _section("## Where the category names come from", *(_source(system) for system in named)) if named else ""


def _source(system: System) -> str:
    assert system.source is not None
    note = f" {system.source.note}" if system.source.note else ""
    return f"`{system.id}` ({_STATUS_WORDS[system.source.status]}): {system.source.citation}{note}"


def _section(*blocks: str) -> str:
    """Blocks with a blank line between; running text is wrapped, tables, titles and commands stay as they are."""
    kept = [block if block.startswith(("#", "|", "    ")) else _filled(block) for block in blocks]
    return "\n\n".join(block for block in kept if block)


def _filled(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), 110, break_long_words=False, break_on_hyphens=False)


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, ["---"] * len(head), *rows))
