"""Findings that only BORIS files cause; the rest are in `interop.catalogue`."""

from __future__ import annotations

import elancry.interop.catalogue  # noqa: F401  the findings all formats share
from elancry.findings import FindingKind, Severity, register

register(
    (
        FindingKind(
            "convert-boris-unpaired",
            Severity.ERROR,
            "A state event has a start and no stop",
            "BORIS keeps a state as two events, a start and a stop. One of them is missing, so nobody can say how long "
            "it lasted; it is left out of the .eaf. BORIS finds and closes such events (Observations, Close unpaired "
            "state events).",
        ),
        FindingKind(
            "convert-boris-offset",
            Severity.INFO,
            "Times were shifted by the observation's time offset",
            "BORIS adds an observation's time offset to each of its times. In ELAN times begin with the medium, so the "
            "offset was taken off.",
        ),
    )
)
