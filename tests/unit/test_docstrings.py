"""Docstrings of the rooms that other programs may call: what goes in, what is raised, and that examples run."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import elancry

SOURCE = Path(elancry.__file__).parent
ROOMS = ("agreement", "association", "align", "eaf")
Function = ast.FunctionDef | ast.AsyncFunctionDef
MEASURED = re.compile(r"\b(Float|Int)Array\b|\bNDArray\b|\bFloats\b|\bInts\b|\bint\b|\bfloat\b|\bGenerator\b")
"""What has a shape, a unit or a range."""


@dataclass(frozen=True)
class Public:
    """A function or method, and what stands about it: its own docstring, that of its class, that of its module."""

    name: str
    node: Function
    module: ast.Module
    own: str
    around: str
    of_module: str

    @property
    def parameters(self) -> Iterator[ast.arg]:
        given = self.node.args
        yield from (
            arg for arg in (*given.posonlyargs, *given.args, *given.kwonlyargs) if arg.arg not in ("self", "cls")
        )


@cache
def public() -> list[Public]:
    found = []
    for room in ROOMS:
        for path in sorted((SOURCE / room).rglob("*.py")):
            module = ast.parse(path.read_text(encoding="utf-8"))
            name = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
            about = ast.get_docstring(module) or ""
            for holder in (module, *(node for node in module.body if isinstance(node, ast.ClassDef))):
                if isinstance(holder, ast.ClassDef) and holder.name.startswith("_"):
                    continue
                around = ast.get_docstring(holder) or ""
                for node in holder.body:
                    if isinstance(node, Function) and not node.name.startswith("_"):
                        of = f".{holder.name}" if isinstance(holder, ast.ClassDef) else ""
                        own = ast.get_docstring(node) or ""
                        found.append(Public(f"{name}{of}.{node.name}", node, module, own, around, about))
    return found


@cache
def private(module: ast.Module) -> dict[str, Function]:
    return {one.name: one for one in ast.walk(module) if isinstance(one, Function) and one.name.startswith("_")}


def raised(node: Function, module: ast.Module, seen: frozenset[str] = frozenset()) -> set[str]:
    """The classes of exceptions that a function raises, itself or in private functions of its module that it calls."""
    helpers, found = private(module), set()
    for part in ast.walk(node):
        if isinstance(part, ast.Raise) and part.exc is not None:
            made = part.exc.func if isinstance(part.exc, ast.Call) else part.exc
            if isinstance(made, ast.Name) and made.id[0].isupper():
                found.add(made.id)
        if isinstance(part, ast.Call):
            called = part.func.attr if isinstance(part.func, ast.Attribute) else getattr(part.func, "id", "")
            if called in helpers and called not in seen:
                found |= raised(helpers[called], module, seen | {called})
    return found


def test_every_public_function_says_what_it_does():
    assert len(public()) > 300
    assert [one.name for one in public() if not one.own] == []


def test_what_is_raised_is_named():
    """In the docstring of the function, or of its class where every step raises the same."""
    lacking = {
        one.name: missing
        for one in public()
        if (missing := sorted(name for name in raised(one.node, one.module) if name not in one.own + one.around))
    }
    assert lacking == {}


def test_every_array_and_number_is_named():
    """With its shape, unit or range: in the docstring, or in the conventions of its class or module."""
    lacking = {}
    for one in public():
        said = f"{one.own}\n{one.around}\n{one.of_module}"
        unsaid = [
            arg.arg
            for arg in one.parameters
            if arg.annotation is not None
            and MEASURED.search(ast.unparse(arg.annotation))
            and not re.search(rf"(?<!\w){re.escape(arg.arg)}(?!\w)", said)
        ]
        if unsaid:
            lacking[one.name] = unsaid
    assert lacking == {}


def example(module: str) -> str:
    """The example that follows the first paragraph of a module's docstring."""
    lines = (import_module(module).__doc__ or "").splitlines()[1:]
    begin = next(at for at, line in enumerate(lines) if line.startswith("    "))
    end = next(at for at, line in enumerate([*lines, "end"]) if at > begin and line and not line.startswith("    "))
    return textwrap.dedent("\n".join(lines[begin:end]))


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the examples take for granted: elancry's own names, and a coded file."""
    from elancry import eaf, yaml_lines
    from elancry.interop import flat

    monkeypatch.chdir(tmp_path)
    editor = eaf.new_document().edit()
    editor.types.add("default-lt")
    editor.tiers.add("crying_form", "default-lt")
    editor.annotations.add("crying_form", 100, 900, "protest")
    eaf.write_eaf(editor.document(), "s01__R1.eaf")
    path = Path("study.yaml")
    path.write_text("resamples: many\n", encoding="utf-8")
    document = eaf.read_eaf("s01__R1.eaf")
    ours = {name: value for room in (flat, yaml_lines) for name, value in vars(room).items()}
    return {**ours, "read_eaf": eaf.read_eaf, "write_eaf": eaf.write_eaf, "document": document, "path": path}


@pytest.mark.parametrize(
    ("module", "shows"),
    [
        ("elancry.eaf", "read_eaf('s01__R1.eaf').author == 'R1'"),
        ("elancry.eaf.edit.editor", "[item.value for item in changed.annotations('notes')] == ['unclear']"),
        ("elancry.interop.flat", "[tier.id for tier in document.tiers] == ['gesture'] and not findings"),
        ("elancry.yaml_lines", "(resamples, tiers, [item.line for item in walk.findings]) == (2000, (), [1])"),
    ],
)
def test_the_example_of_a_module_runs(module: str, shows: str, names: dict[str, Any]):
    exec(compile(example(module), module, "exec"), names)
    assert eval(shows, names)
