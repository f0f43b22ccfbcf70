"""The tables that describe what enters the models before anything is tested with it."""

from __future__ import annotations

from elancry.table.columns import Column, Kind, TableSchema

DESCRIPTIVES = TableSchema(
    "descriptives",
    "What the scores of the sequences are like, before anything is tested",
    (
        Column("system", Kind.TEXT, "rating system"),
        Column("category", Kind.TEXT, "category; `uncoded` is the share of time without any"),
        Column("score", Kind.TEXT, "`rating`, `share`, ...: the mean over the raters who coded a sequence"),
        Column("n_sequences", Kind.INTEGER, "sequences that have the score"),
        Column("n_sessions", Kind.INTEGER, "sessions that they come from"),
        Column("n_above_zero", Kind.INTEGER, "sequences in which the score is above 0"),
        Column("mean", Kind.NUMBER, "mean over sequences"),
        Column("sd", Kind.NUMBER, "standard deviation over sequences, n - 1; empty for one sequence"),
        Column("median", Kind.NUMBER, "median over sequences"),
        Column("minimum", Kind.NUMBER, "smallest score"),
        Column("maximum", Kind.NUMBER, "largest score"),
    ),
)

UNRESOLVED = TableSchema(
    "unresolved",
    "What a consensus leaves open, and the association leaves out: only where the plan takes the consensus",
    (
        Column("system", Kind.TEXT, "rating system"),
        Column("coding", Kind.TEXT, "`interval` (time) or `rating`"),
        Column("n_sequences", Kind.INTEGER, "sequences that somebody coded"),
        Column("n_sequences_open", Kind.INTEGER, "of these, sequences in which something is unresolved"),
        Column("coded_ms", Kind.INTEGER, "time that somebody coded, over sequences and tiers; empty for ratings", "ms"),
        Column("unresolved_ms", Kind.INTEGER, "of it, time without a consensus; empty for ratings", "ms"),
        Column("n_ratings", Kind.INTEGER, "cells (sequence by category) that somebody rated; empty for time"),
        Column("n_ratings_unresolved", Kind.INTEGER, "of these, cells without a consensus; empty for time"),
        Column("share", Kind.NUMBER, "unresolved share of the time, or of the cells"),
    ),
)
