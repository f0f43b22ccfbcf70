"""What can be wrong with the structure of an EAF file: the catalogue of `eaf-` findings."""

from __future__ import annotations

from elancry.findings import FindingKind, Severity, register

_E, _W = Severity.ERROR, Severity.WARNING

KINDS = tuple(
    FindingKind(f"eaf-{code}", severity, title, explanation)
    for code, severity, title, explanation in (
        (
            "duplicate-tier",
            _E,
            "two tiers of one name",
            "Tier names are ids. References to the name are ambiguous; its annotations are read from all of them.",
        ),
        (
            "unnamed-tier",
            _E,
            "a tier without a name",
            "A TIER without TIER_ID cannot be addressed; its annotations are kept in the file and not read.",
        ),
        ("unknown-type", _E, "tier of an unknown type", "The tier's LINGUISTIC_TYPE is not in the file."),
        ("duplicate-type", _E, "two linguistic types of one name", "The first of them counts."),
        (
            "unknown-constraint",
            _E,
            "type with an unknown constraint",
            "ELAN knows four; the type is read as having none.",
        ),
        ("unknown-vocabulary", _E, "type with an unknown vocabulary", "The type's vocabulary is not in the file."),
        ("duplicate-vocabulary", _E, "two vocabularies of one name", "The first of them counts."),
        ("unknown-parent-tier", _E, "tier under an unknown parent", "The tier is read as if it had no parent."),
        ("tier-cycle", _E, "tiers that are their own ancestors", "The tiers are read as if they had no parent."),
        (
            "root-with-constraint",
            _W,
            "root tier whose type has a constraint",
            "A constraint says how annotations lie in those of a parent, and there is none. ELAN calls it an error.",
        ),
        (
            "child-without-constraint",
            _W,
            "child tier whose type has no constraint",
            "Nothing says how its annotations lie in those of the parent. ELAN reports it as an error.",
        ),
        (
            "duplicate-annotation",
            _E,
            "two annotations of one id",
            "References to the id are ambiguous: they are read as meaning the first. Both annotations are read.",
        ),
        (
            "unnamed-annotation",
            _E,
            "an annotation without an id",
            "It is read, with an empty id; nothing can refer to it.",
        ),
        (
            "stray-annotation",
            _E,
            "annotations outside their place",
            "Outside every tier, or in one but outside an ANNOTATION element: they stay in the file and are not read.",
        ),
        ("duplicate-slot", _E, "two time slots of one id", "The first of them counts."),
        ("bad-time", _E, "a time that is no time", "A time is a whole number of milliseconds, 0 or more."),
        (
            "unknown-slot",
            _E,
            "annotation without a time slot",
            "Its time slot is not in the file: one of its times is made up.",
        ),
        (
            "guessed-time",
            _W,
            "annotation with a guessed time",
            "An unaligned time slot without aligned neighbours on its tier: the time is interpolated in file order.",
        ),
        ("reversed", _E, "annotation that ends before it begins", "It is read as empty, at its begin."),
        ("zero-length", _W, "annotation without length", "Begin and end are the same; it covers no time."),
        (
            "overlap",
            _E,
            "overlapping annotations on one tier",
            "A tier cannot overlap itself in ELAN: one moment would have two values.",
        ),
        (
            "outside-parent",
            _W,
            "annotation outside its parent",
            "An annotation of this tier lies, wholly or partly, outside every annotation of the parent tier.",
        ),
        ("unknown-annotation", _E, "reference to an unknown annotation", "It is read as empty, at 0."),
        ("annotation-cycle", _E, "annotations that refer to themselves", "They are read as empty, at 0."),
        (
            "wrong-parent",
            _E,
            "reference to an annotation of another tier",
            "A reference annotation belongs to an annotation of the tier's parent tier.",
        ),
        (
            "mixed-kinds",
            _E,
            "annotations of the wrong kind",
            "Annotations with time slots on a tier of a symbolic type, or the reverse.",
        ),
        (
            "previous-on-association",
            _W,
            "order given on an association tier",
            "PREVIOUS_ANNOTATION orders subdivisions; a one-to-one association has no order. It is passed over.",
        ),
        (
            "unknown-previous",
            _E,
            "reference to an unknown previous annotation",
            "The order is taken from the file where the chain is broken.",
        ),
    )
)

register(KINDS)
