"""How `elancry convert` goes about it: what is read, what is written where, and what is said at the end."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from elancry.check.coding import natural_key
from elancry.choices import CsvForm
from elancry.cli.each_file import FileOutcome, State, refuse_inputs, run_over, write_over
from elancry.cli.exits import Exit
from elancry.cli.file_table import table_in
from elancry.cli.kinds import Kinds
from elancry.cli.say import say
from elancry.eaf.document import Document
from elancry.errors import ElancryError, OutputRefused, UnreadableInput, UsageError
from elancry.files import write_keeping
from elancry.findings import Finding
from elancry.interop.conversion import convert, format_of_name, gather, names_for, read_documents, stem_of
from elancry.interop.format import Choices
from elancry.interop.formats import EAF, format_names, load_format
from elancry.interop.inputs import PLAIN_TEXT, TABLE, find_inputs
from elancry.interop.text import MOST_BYTES
from elancry.names import require
from elancry.outputs import OutputFolder
from elancry.paths import read_regular, why_no_file
from elancry.texts import Text, shown, text

_SHOWN = 3
CONVERTED = "converted"
COLUMNS = ("file", "state", "written", "recordings", "tiers", "annotations", "findings", "message")


class Job(Enum):
    """What kind of conversion is asked for."""

    ONE = "one file to one file"
    MANY = "files to files in a folder"
    GATHER = "many files to one"


@dataclass(frozen=True)
class Plan:
    """The files (path, name relative to the folder given) with their formats, and where they go."""

    job: Job
    files: tuple[tuple[Path, str], ...]
    sources: dict[str, str]
    target: str
    passed_over: tuple[Text, ...]


def plan_conversion(
    inputs: Sequence[Path], output: Path, *, as_folder: bool, source: str | None, target: str | None
) -> Plan:
    """Find out what is asked for; `as_folder` says that `output` can only be a folder.

    Raises UsageError where that cannot be told or cannot be done.
    """
    for name, what, option in ((source, "read", "--from"), (target, "written", "--to")):
        if name is not None and name not in names_for(what):
            raise UsageError(
                text("convert.no-such-format", option=option, name=name, what=Text(f"convert.what.{what}")),
                hint=text("convert.no-such-format-hint", names=names_for(what)),
            )
    by_suffix = None if as_folder or not output.suffix else format_of_name(output.name, "written")
    if by_suffix is not None and target is not None and not _goes_with(output.name, by_suffix, target):
        raise UsageError(
            text("convert.name-against-format", target=target, name=output.name),
            hint=text("convert.name-against-format-hint"),
        )
    to = target or by_suffix
    # In folders: .eaf files for another format; for .eaf, whatever is of another one.
    found = find_inputs(inputs, source, lambda own: to is None or (own == EAF) == (to != EAF))
    sources = {name: source or found.formats[name] for _, name in found.files}
    if to is None:
        if EAF in sources.values():
            raise UsageError(
                text("convert.which-format", output=str(output)),
                hint=text("convert.which-format-hint", names=names_for("written")[1:]),
            )
        to = EAF
    same = [name for name, own in sources.items() if own == to]
    if same:
        raise UsageError(text("convert.same-format", name=same[0], format=to), hint=text("convert.same-format-hint"))
    single = len(found.files) == 1 and not inputs[0].is_dir()
    if single and target is None and by_suffix is None and output.suffix and not as_folder:
        raise UsageError(
            text("convert.output-suffix", suffix=output.suffix, output=str(output)),
            hint=text("convert.output-suffix-hint", stem=output.stem),
        )
    as_file = not as_folder and (by_suffix is not None or (single and bool(output.suffix)))
    job = Job.MANY if not as_file else Job.ONE if single else Job.GATHER
    return Plan(job, found.files, sources, to, found.passed_over)


def _goes_with(name: str, by_suffix: str, target: str) -> bool:
    """Whether a file of the format `target` may have this name: other programs go by the suffix."""
    plain = name.lower().endswith(PLAIN_TEXT) and EAF not in (by_suffix, target)
    return plain or target.startswith(by_suffix)


def convert_one(plan: Plan, output: Path, choices: Choices, kinds: Kinds, *, force: bool) -> int:
    """One file to one file."""
    ((path, name),) = plan.files
    _refuse_output(plan.files, output, force=force)
    stem = output.name.removesuffix(output.suffix)
    together = plan.target in names_for("gathered")
    result = convert(
        _content(path),
        name,
        plan.sources[name],
        plan.target,
        choices,
        stem=stem,
        together=together,
        complete=_complete(path, name),
    )
    kinds.add(result.findings)
    if not result.documents:
        raise UnreadableInput(text("convert.nothing-inside", path=str(path)))
    if len(result.files) != 1 or (result.documents != 1 and not together):
        raise UsageError(
            text(
                "convert.not-one-file",
                path=str(path),
                files=text("count.files", n=len(result.files)),
                recordings=text("count.recordings", n=result.documents),
            ),
            hint=text("convert.not-one-file-hint", output=output.name),
        )
    (content,) = result.files.values()
    write_keeping(output, content)
    kinds.say()
    if not kinds.quiet:
        fields = {
            "output": str(output),
            "recordings": text("count.recordings", n=result.documents),
            "tiers": text("count.tiers", n=result.tiers),
            "annotations": text("count.annotations", n=result.annotations),
        }
        say(str(Text("convert.result-recordings" if result.documents > 1 else "convert.result", fields)))
    return Exit.ERRORS_FOUND if kinds.errors else Exit.CLEAN


@dataclass(frozen=True)
class _One:
    """The work on one file of many; see `elancry.cli.each_file`."""

    sources: dict[str, str] = field(repr=False)
    target: str
    choices: Choices
    alone: bool

    def __call__(self, path: Path, name: str) -> FileOutcome:
        folder, _, file = name.rpartition("/")
        prefix = f"{folder}/" if folder else ""
        stem = "" if self.alone else stem_of(file, self.sources[name])
        result = convert(
            _content(path),
            file,
            self.sources[name],
            self.target,
            self.choices,
            stem=stem,
            complete=_complete(path, name),
        )
        contents = {f"{prefix}{key}": data for key, data in result.files.items()}
        names = list(contents)
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        row = (" | ".join(names[:_SHOWN]) + more, result.documents, result.tiers, result.annotations)
        findings = tuple(_named(item, name) for item in result.findings)
        return FileOutcome(name, State.CHANGED, (row,), findings, contents)


def convert_many(plan: Plan, output: Path, choices: Choices, kinds: Kinds, *, force: bool, jobs: int) -> int:
    """Files to files in a folder, and a table of what became of each."""
    refuse_inputs([(path, _planned(name, plan)) for path, name in plan.files], output)
    folder = OutputFolder(output, command=f"convert-{plan.target}", force=force)
    work = _One(plan.sources, plan.target, choices, alone=len(plan.files) == 1)
    with table_in(folder, TABLE, COLUMNS) as table:

        def take(outcome: FileOutcome) -> None:
            made = outcome.rows[0] if outcome.rows else ("", 0, 0, 0)
            found = Counter(item.code for item in outcome.findings)
            listed = " | ".join(f"{code}: {number}" for code, number in sorted(found.items()))
            state = CONVERTED if outcome.state is State.CHANGED else outcome.state.value
            why = " ".join(shown(said, "en") for said in (outcome.problem, outcome.hint) if said)
            table.writerow((outcome.name, state, *made, listed, why))
            if kinds.verbose and outcome.state is State.CHANGED:
                say(f"{outcome.name} -> {made[0]}")

        doing = text("progress.converting")
        tally = write_over(plan.files, work, folder, jobs=jobs, quiet=kinds.quiet, doing=doing, take=take, kinds=kinds)
    kinds.say()
    if not kinds.quiet:
        _say_passed_over(plan)
        say(str(text("convert.table-written", tally=tally.summary(CONVERTED), path=str(output / TABLE))))
    return tally.exit_code


def gather_all(plan: Plan, output: Path, choices: Choices, kinds: Kinds, *, force: bool) -> int:
    """Many files to one; those that cannot be read are left out and named."""
    if plan.target not in names_for("gathered"):
        gather({}, plan.target, choices)
    _refuse_output(plan.files, output, force=force)
    documents: dict[str, Document] = {}
    failed = 0
    reading = _reader(plan, choices, documents)
    for outcome in run_over(plan.files, reading, quiet=kinds.quiet):
        failed += outcome.state is State.FAILED
        kinds.add(outcome.findings)
    if not documents:
        return Exit.UNUSABLE
    files, findings = gather(documents, plan.target, choices)
    kinds.add(findings)
    stem = output.name.removesuffix(output.suffix)
    targets = {output if len(files) == 1 else output.with_name(f"{stem}{key}"): data for key, data in files.items()}
    for path in targets:
        _refuse_output(plan.files, path, force=force)
    for path, data in targets.items():
        write_keeping(path, data)
    kinds.say()
    if not kinds.quiet:
        _say_passed_over(plan)
        made = tuple(map(str, targets)), text("count.recordings", n=len(documents))
        message = text("convert.gathered", output=made[0], recordings=made[1])
        if failed:
            message = text("convert.gathered-failed", output=made[0], recordings=made[1], n=failed)
        say(str(message))
    return Exit.ERRORS_FOUND if failed or kinds.errors else Exit.CLEAN


def _reader(plan: Plan, choices: Choices, documents: dict[str, Document]) -> Callable[[Path, str], FileOutcome]:
    def work(path: Path, name: str) -> FileOutcome:
        read = read_documents(_content(path), name, plan.sources[name], choices, _complete(path, name))
        own = stem_of(name, plan.sources[name])
        for stem, document in read.documents.items():
            key = own if len(read.documents) == 1 else f"{own}/{stem}"
            while key in documents:
                key += "-2"
            documents[key] = document
        return FileOutcome(name, State.CHANGED, findings=tuple(_named(item, name) for item in read.findings))

    return work


def _complete(path: Path, name: str) -> Callable[[Document], Document]:
    """Adds the external vocabularies of the .eaf file at `path`."""
    from elancry.eaf.ecv import search_folders, with_external

    return lambda document: with_external(document, search_folders(path, name))


def refuse_unused_choices(plan: Plan, choices: Choices) -> None:
    """Raise UsageError for a choice that no format among the inputs has."""
    taken = {choice for own in set(plan.sources.values()) - {EAF} for choice in load_format(own).takes}
    for choice, given in (("columns", choices.columns), ("sheet", choices.sheet)):
        if given is not None and choice not in taken:
            formats = tuple(name for name in format_names() if choice in load_format(name).takes)
            raise UsageError(
                text("convert.choice-unused", option=f"--{choice}"),
                hint=text("convert.choice-unused-hint", formats=formats),
            )
    if choices.csv_form is not CsvForm.PLAIN and (plan.target == EAF or "excel" not in load_format(plan.target).gives):
        formats = tuple(name for name in format_names() if "excel" in load_format(name).gives)
        raise UsageError(
            text("convert.choice-unused", option=f"--{choices.csv_form}"),
            hint=text("convert.choice-unused-hint", formats=formats),
        )


def refuse_unknown_tiers(plan: Plan, choices: Choices) -> None:
    """Raise UsageError for a tier asked for that no file has; files are read until each was in one of them."""
    absent = list(choices.tiers or ())
    there: set[str] = set()
    for path, name in plan.files if absent else ():
        try:
            read = read_documents(_content(path), name, plan.sources[name], choices)
        except (ElancryError, OSError):
            continue
        there |= {tier.id for document in read.documents.values() for tier in document.tiers}
        absent = [name for name in absent if name not in there]
        if not absent:
            return
    if there:
        require("tier", absent, sorted(there, key=natural_key))


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise UnreadableInput(why_no_file(path) or text("convert.not-a-file", path=str(path)))
    if path.stat().st_size > MOST_BYTES:
        raise UnreadableInput(text("convert.too-large", path=str(path), mb=MOST_BYTES // 1_000_000))
    return read_regular(path)


def _named(item: Finding, name: str) -> Finding:
    """A finding with the name of the file relative to the folder given."""
    return replace(item, file=name)


def _planned(name: str, plan: Plan) -> str:
    suffix = ".eaf" if plan.target == EAF else (load_format(plan.target).suffixes or (f".{plan.target}",))[0]
    return stem_of(name, plan.sources[name]) + suffix


def _refuse_output(files: Sequence[tuple[Path, str]], output: Path, *, force: bool) -> None:
    """Raise OutputRefused where writing `output` would touch an input or, without `force`, a file that is there."""
    for path, _ in files:
        if os.path.lexists(output) and output.exists() and path.exists() and output.samefile(path):
            raise OutputRefused(
                text("convert.output-is-input", output=str(output), path=str(path)),
                hint=text("convert.another-name"),
            )
    if os.path.lexists(output) and not force:
        raise OutputRefused(text("convert.output-there", output=str(output)), hint=text("convert.output-there-hint"))


def _say_passed_over(plan: Plan) -> None:
    if plan.passed_over:
        say(str(text("convert.passed-over", what=plan.passed_over)))
