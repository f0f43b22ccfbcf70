"""EAF files of a wanted size, as a long study would make them: half with time slots, half reference annotations."""

from __future__ import annotations

import random
from pathlib import Path

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" AUTHOR="" DATE="2024-04-17T12:00:00+00:00" \
FORMAT="3.0" VERSION="3.0" xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">
    <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">
        <PROPERTY NAME="lastUsedAnnotationId">{last}</PROPERTY>
    </HEADER>
    <TIME_ORDER>
"""
FOOT = """    <LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="coding" TIME_ALIGNABLE="true"/>
    <LINGUISTIC_TYPE CONSTRAINTS="Symbolic_Association" GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="rating" \
TIME_ALIGNABLE="false"/>
    <CONSTRAINT DESCRIPTION="1-1 association with a parent annotation" STEREOTYPE="Symbolic_Association"/>
</ANNOTATION_DOCUMENT>
"""
ALIGNED = """        <ANNOTATION>
            <ALIGNABLE_ANNOTATION ANNOTATION_ID="a{id}" CVE_REF="cveid{entry}" TIME_SLOT_REF1="ts{first}" \
TIME_SLOT_REF2="ts{second}">
                <ANNOTATION_VALUE>exploring emotions {entry}</ANNOTATION_VALUE>
            </ALIGNABLE_ANNOTATION>
        </ANNOTATION>
"""
REFERENCE = """        <ANNOTATION>
            <REF_ANNOTATION ANNOTATION_ID="a{id}" ANNOTATION_REF="a{parent}">
                <ANNOTATION_VALUE>{entry}</ANNOTATION_VALUE>
            </REF_ANNOTATION>
        </ANNOTATION>
"""
BYTES_PER_PAIR = 620  # an aligned and a reference annotation with their two slots
TIERS = 8


def generate(path: Path, megabytes: float, seed: int = 20240417) -> Path:
    """Write a file of about `megabytes` MB; the same seed gives the same file."""
    chance = random.Random(seed)
    per_tier = max(1, int(megabytes * 1e6 / BYTES_PER_PAIR / TIERS))
    pairs = per_tier * TIERS
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write(HEAD.format(last=2 * pairs))
        for slot in range(2 * pairs):
            out.write(
                f'        <TIME_SLOT TIME_SLOT_ID="ts{slot + 1}" TIME_VALUE="{slot // 2 * 1000 + slot % 2 * 800}"/>\n'
            )
        out.write("    </TIME_ORDER>\n")
        for tier in range(TIERS):
            out.write(f'    <TIER LINGUISTIC_TYPE_REF="coding" TIER_ID="coding{tier}">\n')
            for number in range(tier * per_tier, (tier + 1) * per_tier):
                entry = chance.randrange(9)
                out.write(ALIGNED.format(id=number + 1, entry=entry, first=2 * number + 1, second=2 * number + 2))
            out.write("    </TIER>\n")
        for tier in range(TIERS):
            out.write(f'    <TIER LINGUISTIC_TYPE_REF="rating" PARENT_REF="coding{tier}" TIER_ID="rating{tier}">\n')
            for number in range(tier * per_tier, (tier + 1) * per_tier):
                out.write(REFERENCE.format(id=pairs + number + 1, parent=number + 1, entry=chance.randrange(5)))
            out.write("    </TIER>\n")
        out.write(FOOT)
    return path
