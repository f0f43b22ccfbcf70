"""Changing a document: an editor holds a copy, checks each step, and gives a new document at the end.

    editor = document.edit()
    editor.add_tier("notes", "default-lt", participant="P1")
    editor.add_annotation("notes", 1200, 3400, "unclear")
    changed = editor.document()

Whatever a step does not name stays as it is, unknown elements and comments included. Every step raises UsageError for
what cannot be done (an unknown tier, an id taken, an end before its begin) and then changes nothing.
"""

from __future__ import annotations

from elancry.eaf.copy_edits import CopyEdits
from elancry.eaf.document import Document
from elancry.eaf.header_edits import HeaderEdits
from elancry.eaf.media_edits import MediaEdits
from elancry.eaf.time_shift_edits import TimeShiftEdits
from elancry.eaf.tree_edits import copied
from elancry.eaf.type_edits import TypeEdits
from elancry.errors import InvalidInput, UsageError


class Editor(HeaderEdits, MediaEdits, TypeEdits, CopyEdits, TimeShiftEdits):
    """Changes to a copy of a document; made by `Document.edit`."""

    def __init__(self, document: Document) -> None:
        super().__init__(copied(document._root), document.name)
        self._original = document

    def document(self) -> Document:
        """The changed document. It is the editor's last step: for further changes call `edit()` on the result.

        Raises InvalidInput, with all findings, if the changes made tiers that ELAN would call broken: overlapping
        annotations, children outside their parents, and so on. What was broken before may stay broken. Raises
        UsageError if languages or vocabularies made a file older than EAF 2.8 one of EAF 3.0, and vocabularies with
        single-language entries, which EAF 3.0 does not know, were left in it; the editor can then go on.
        """
        self._refuse_old_vocabularies()
        self._settle_order()
        self._settle_slots()
        self._settle_counter()
        result = Document(self._root, self._name)
        self._tree = None
        self._refuse_new_problems(result)
        return result

    def _refuse_old_vocabularies(self) -> None:
        """Raise UsageError where a file was raised to EAF 3.0 and holds what was dropped on the way there."""
        if self._raised_from is None:
            return
        old = [
            element.get("CV_ID", "")
            for element in self._root.iterchildren("CONTROLLED_VOCABULARY")
            if "DESCRIPTION" in element.attrib or element.find("CV_ENTRY") is not None
        ]
        if old:
            raise UsageError(
                f"{self._label}the file is of EAF {self._raised_from}, and what was added needs EAF 3.0, which cannot "
                f"hold the old single-language form of vocabulary {', '.join(map(repr, old))}",
                hint="Open the file in ELAN and save it, which converts them, or replace them too "
                "(replace_vocabulary).",
            )

    def _refuse_new_problems(self, result: Document) -> None:
        """Raise InvalidInput for problems on tiers that were changed by hand and that the original did not have."""
        suspects = [problem for problem in result.findings if problem.tier in self._touched] if self._touched else []
        if not suspects:
            return
        before = {(problem.code, problem.annotation) for problem in self._original.findings}
        new = [problem for problem in suspects if (problem.code, problem.annotation) not in before]
        if new:
            listed = "\n".join(f"  {problem.where}: {problem.message}" for problem in new[:10])
            raise InvalidInput(f"{self._label}the changes would break the structure of the file:\n{listed}", new)
