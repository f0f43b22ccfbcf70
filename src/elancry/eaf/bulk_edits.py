"""Adding many annotations at once: written as text and parsed in one go, several times faster than one by one."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from elancry.eaf.annotation_edits import AnnotationEdits, check_span
from elancry.eaf.columns import ALIGNED
from elancry.eaf.elements import not_xml_text
from elancry.eaf.parts import Constraint

_ALIGNED_LINES = """\
<ANNOTATION>
            <ALIGNABLE_ANNOTATION ANNOTATION_ID="{name}"{cve} TIME_SLOT_REF1="{first}" TIME_SLOT_REF2="{second}">
                <ANNOTATION_VALUE>{value}</ANNOTATION_VALUE>
            </ALIGNABLE_ANNOTATION>
        </ANNOTATION>
        """
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_IN_QUOTES = str.maketrans({**_IN_TEXT, ord('"'): "&quot;", ord("\n"): "&#10;", ord("\t"): "&#9;"})


def _escaped(text: str) -> str:
    return text.translate(_IN_TEXT)


def _quoted(text: str) -> str:
    return f'"{text.translate(_IN_QUOTES)}"'


class BulkEdits(AnnotationEdits):
    """The part of the editor that adds annotations in bulk."""

    def add_annotations(self, tier: str, spans: Sequence[tuple[int, int, str, str | None]]) -> list[str]:
        """Add many annotations (start_ms, end_ms, value, cve_ref) to a tier; returns their ids in the same order.

        The same as `add_annotation` for each, and several times faster where they come in the order of time.
        """
        element = self._tier(tier)
        constraint = self._constraint_of(tier)
        starts = [span[0] for span in spans]
        last = next(element.iterchildren(reversed=True), None)
        if constraint not in (None, Constraint.INCLUDED_IN) or last is not None or starts != sorted(starts):
            return [self.add_annotation(tier, start, end, value, cve_ref=cve) for start, end, value, cve in spans]
        for start, end, _, _ in spans:
            check_span(self._label + f"tier {tier!r}", start, end)
        before = set(self._new_slots)
        names = [self._new_id(None) for _ in spans]
        lines = [
            _ALIGNED_LINES.format(
                name=name,
                cve="" if cve is None else f" CVE_REF={_quoted(cve)}",
                first=self._new_slot(start, start),
                second=self._new_slot(end, end),
                value=_escaped(value),
            )
            for name, (start, end, value, cve) in zip(names, spans, strict=True)
        ]
        try:
            made = etree.fromstring(f"<TIER>{''.join(lines)}</TIER>")
        except (etree.XMLSyntaxError, ValueError):
            # One of them cannot stand in XML; the error shows all that have something unusual.
            self._maybe_unused.update(set(self._new_slots) - before)
            odd = [value for _, _, value, _ in spans if not value.isprintable()]
            raise not_xml_text(ALIGNED, odd) from None
        if spans:
            element.text = "\n        "
            element.extend(list(made))
            element[-1].tail = "\n    "
            self._used_ids.update(names)
            self._annotation_elements = None
            self._by_slot = None
            self._last_begin[tier] = starts[-1]
            self._touched.add(tier)
            self._need_modern(*(cve for _, _, _, cve in spans))
        return names
