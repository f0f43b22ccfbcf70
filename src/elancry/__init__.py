"""elancry carries a video-coding study from codebook to statistics, with ELAN in the middle.

    import elancry
    elancry.write_templates("crying", "templates")
    study = elancry.open_study("sample_eaf")
    study.findings
    study.merge("merged")
    results = study.analyze()
    results["agreement"]
    results.figures["agreement-crying_form"]
    results.save("results")

These names are imported on first use: `import elancry` alone loads no XML and no table library.
"""

from __future__ import annotations

from importlib import import_module

# Not from `typing`, which takes longer to import than all the rest; type checkers know the name.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from elancry.codebook.load import load_codebook as load_codebook
    from elancry.eaf.blank import new_document as new_document
    from elancry.eaf.document import Document as Document
    from elancry.eaf.read import read_eaf as read_eaf
    from elancry.eaf.write import write_eaf as write_eaf
    from elancry.errors import ElancryError as ElancryError
    from elancry.notebook.analysis import Analysis as Analysis
    from elancry.notebook.study import Study as Study
    from elancry.notebook.study import open_study as open_study
    from elancry.notebook.templates import write_templates as write_templates

__version__ = "0.1.0"

__all__ = [
    "Analysis",
    "Document",
    "ElancryError",
    "Study",
    "load_codebook",
    "new_document",
    "open_study",
    "read_eaf",
    "write_eaf",
    "write_templates",
]

_HOME = {
    "Analysis": "notebook.analysis",
    "Document": "eaf.document",
    "ElancryError": "errors",
    "Study": "notebook.study",
    "load_codebook": "codebook.load",
    "new_document": "eaf.blank",
    "open_study": "notebook.study",
    "read_eaf": "eaf.read",
    "write_eaf": "eaf.write",
    "write_templates": "notebook.templates",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
