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
from elancry.eaf.old_vocabularies import modernise
from elancry.eaf.time_shift_edits import TimeShiftEdits
from elancry.eaf.tree_edits import copied
from elancry.eaf.type_edits import TypeEdits
from elancry.errors import InvalidInput


class Editor(HeaderEdits, MediaEdits, TypeEdits, CopyEdits, TimeShiftEdits):
    """Changes to a copy of a document; made by `Document.edit`."""

    def __init__(self, document: Document) -> None:
        super().__init__(copied(document._root), document.name)
        self._original = document

    def document(self) -> Document:
        """The changed document. It is the editor's last step: for further changes call `edit()` on the result.

        Raises InvalidInput, with all findings, if the changes made tiers that ELAN would call broken: overlapping
        annotations, children outside their parents, and so on. What was broken before may stay broken.

        If languages, vocabularies or references to entries made a file older than EAF 2.8 one of EAF 3.0, its
        vocabularies of the old single-language form become multilingual ones of language `und`, as when ELAN saves it.
        """
        if self._raised_from is not None:
            modernise(self._root, self._used_ids)
        self._settle_order()
        self._settle_slots()
        self._settle_counter()
        result = Document(self._root, self._name)
        self._tree = None
        self._refuse_new_problems(result)
        return result

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
