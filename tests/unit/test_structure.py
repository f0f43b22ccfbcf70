"""Rules of the house that drift unless a test holds them."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import elancry

SOURCE = Path(elancry.__file__).parent
GROUND = (
    "errors",
    "finding_kinds",
    "findings",
    "spans",
    "seeds",
    "files",
    "locks",
    "temporary",
    "manifest",
    "paths",
    "outputs",
    "choices",
    "texts",
    "times",
    "names",
    "yaml_lines",
    "yaml_tree",
    "csv_input",
    "html_tables",
    "page_policy",
    "processes",
    "extensions",
    "defused",
)
# A room may import the ground, itself, and rooms above it in this list.
ROOMS = (
    "eaf", "interop", "codebook", "template", "simulate", "check", "edit", "table", "align", "merge", "meeting",
    "agreement", "association", "study", "pseudonyms", "report", "power", "notebook", "plugin", "app", "cli",
)  # fmt: skip
# The run hands its results to the report: the one arrow that points forward, made inside a function.
ALLOWED_LATER = {("study", "report")}


def modules() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.py"))


def room_of(path: Path) -> str:
    parts = path.relative_to(SOURCE).parts
    return parts[0] if len(parts) > 1 else path.stem


def imported(path: Path) -> list[str]:
    """The room of every `elancry.X` that a file imports, at its top or inside a function."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = [node.module] if node.module != "elancry" else [f"elancry.{item.name}" for item in node.names]
        elif isinstance(node, ast.Import):
            names = [item.name for item in node.names]
        found += [name.split(".")[1] for name in names if name.startswith("elancry.")]
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_imports_go_one_way(path: Path):
    room = room_of(path)
    for other in imported(path):
        if other in GROUND or other == room or other.startswith("__"):
            continue
        if room in GROUND or room == "__init__":
            assert room == "__init__", f"the ground imports {other}"
            continue
        if room == "__main__":
            continue
        assert other in ROOMS, f"{other} is no room"
        later = ROOMS.index(other) > ROOMS.index(room)
        assert not later or (room, other) in ALLOWED_LATER, f"{room} imports {other}, which comes after it"


def test_no_files_import_each_other_in_a_circle():
    """Imports inside functions and for type checkers count too; a package's `__init__` only hands names on."""
    named = {".".join(path.relative_to(SOURCE.parent).with_suffix("").parts): path for path in modules()}
    needs: dict[str, set[str]] = {}
    for name, path in named.items():
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        wanted = {item.name for node in nodes if isinstance(node, ast.Import) for item in node.names}
        for node in nodes:
            if isinstance(node, ast.ImportFrom) and node.module:
                wanted |= {node.module, *(f"{node.module}.{item.name}" for item in node.names)}
        needs[name] = wanted & set(named) - {name}
    assert sum(map(len, needs.values())) > len(needs), "imports are found"
    assert list(TopologicalSorter(needs).static_order())  # CycleError names the files


def test_every_room_is_in_the_list():
    folders = {path.name for path in SOURCE.iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    assert folders <= set(ROOMS)
    assert {path.stem for path in SOURCE.glob("*.py")} - {"__init__", "__main__"} <= set(GROUND)


def test_help_starts_without_the_heavy_libraries():
    code = (
        "import sys; from elancry.cli.main import run; code = run(['--help']); "
        "heavy = {'pandas', 'numpy', 'statsmodels', 'scipy', 'matplotlib', 'lxml', 'pingouin'} & set(sys.modules); "
        "print(sorted(heavy), file=sys.stderr); sys.exit(code or len(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert "analyze" in done.stdout


@pytest.mark.parametrize("room", ["agreement", "association"])
def test_numbers_know_no_files_and_no_screen(room: str):
    forbidden = {"click", "lxml", "pathlib", "logging", "matplotlib"}
    for path in (SOURCE / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [item.name for item in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            used = {name.split(".")[0] for name in names} & forbidden
            assert not used, f"{path.name} imports {used}"
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id
            assert called not in {"open", "print"}, f"{path.name} calls {called}"


DECLARED = (
    ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.AugAssign,
    ast.FunctionDef, ast.ClassDef, ast.If, ast.Try,
)  # fmt: skip


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_importing_a_module_does_nothing_but_declare(path: Path):
    """No call, no loop: what a module offers is collected by who uses it, never entered somewhere by an import."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        main = path.name in ("__main__.py", "entry.py")
        assert docstring or main or isinstance(node, DECLARED), f"line {node.lineno}: {ast.unparse(node)[:80]}"


def test_commands_speak_through_one_door():
    """`cli.say` shows what could steer a terminal as escapes; `print` and `click.echo` would send it."""
    direct = {
        path.name
        for path in (SOURCE / "cli").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("click.echo", "click.secho", "print")
    }
    assert direct == {"say.py"}
