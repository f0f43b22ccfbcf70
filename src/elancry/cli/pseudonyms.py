"""--pseudonymise: the options, and the study under pseudonyms that a command then works on."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from elancry.cli.exits import Exit
from elancry.cli.options import FILE, key_option
from elancry.cli.say import say
from elancry.cli.worded import option
from elancry.errors import UsageError
from elancry.texts import some, text

if TYPE_CHECKING:
    from elancry.pseudonyms.leaks import Leak
    from elancry.pseudonyms.study import HiddenStudy
    from elancry.study.plan_keys import Plan

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Study:
    """What a command works on: the files and plan given, or those under pseudonyms (`hidden`)."""

    paths: tuple[Path, ...]
    plan: Plan
    hidden: HiddenStudy | None = None


@dataclass
class Pseudonyms:
    """What was asked for; `key` is `None` where nothing is to be hidden."""

    key: Path | None
    keep_tiers: tuple[str, ...]
    strict: bool
    leaks: int = 0
    _found: list[Leak] = field(default_factory=list)

    @contextmanager
    def study(
        self,
        paths: Sequence[Path],
        plan: Plan,
        output: Path,
        *,
        quiet: bool,
        file: bool = False,
        compared: bool = False,
    ) -> Iterator[Study]:
        """The study to work on; where names are hidden, the list of what could still tell them is written at the end.

        `file`: the output is a file, not a folder. `compared`: another study, entered within this block, writes the
        output; this one is only compared with it. What is replaced of people's is kept beside the key, not in the
        output. Raises what `hidden_study` does, UsageError for a key beside an output file, OutputRefused where the
        list cannot be written.
        """
        if self.key is None:
            yield Study(tuple(paths), plan)
            return
        from elancry.cli.show import counter
        from elancry.files import keeping_in, noting_written
        from elancry.pseudonyms.key import refuse_beside
        from elancry.pseudonyms.leaks import leaks_of, others_in, path_beside, write_leaks
        from elancry.pseudonyms.study import hidden_study

        if file:
            refuse_beside(self.key, output)
        path_beside(self.key)
        bar = counter(text("progress.reading"), quiet=quiet)
        folder = None if file else output
        with hidden_study(paths, plan, self.key, output=folder, keep_tiers=self.keep_tiers, progress=bar) as hidden:
            with keeping_in(self.key.parent), noting_written() as written:
                yield Study(hidden.paths, hidden.plan, hidden)
            leaks = leaks_of(hidden.names, hidden.plan)
        others = () if file or compared else others_in(output, written)
        # Of two studies that are compared the list tells both.
        self._found += [*leaks, *others]
        self.leaks = len(self._found)
        path = write_leaks(self._found, self.key, output)
        if others:
            names = some([leak.left.file for leak in others], 3)
            say(text("pseudonyms.other-files", n=len(others), folder=str(output), names=names), err=True)
        if not quiet:
            say(text("pseudonyms.leaks", n=self.leaks, path=str(path), key=str(self.key)))

    @contextmanager
    def files(
        self, paths: Sequence[Path], output: Path, *, quiet: bool, plan: Plan | None = None, file: bool = False
    ) -> Iterator[tuple[Path, ...]]:
        """The same for a command that works file by file: the files given, or those under pseudonyms.

        `plan` says what is coding in them, by default the one in their folder.
        """
        if self.key is None:
            yield tuple(paths)
            return
        from elancry.study.plan import plan_for

        with self.study(paths, plan or plan_for(paths), output, quiet=quiet, file=file) as study:
            files = () if study.hidden is None else study.hidden.files
            alone = len(paths) == 1 and not paths[0].is_dir() and len(files) == 1
            yield files if alone else study.paths

    def ended(self, code: int) -> int:
        """The exit code of the command: with --strict, that there is something to look at."""
        return Exit.WARNINGS_UNDER_STRICT if code == Exit.CLEAN and self.strict and self.leaks else code


def own_params(function: Callable[..., Any]) -> list[click.Parameter]:
    """The options that were put on a function which is not yet a command."""
    return list(reversed(getattr(function, "__click_params__", [])))


def pseudonym_options(function: F) -> F:
    """--pseudonymise, --key, --keep-tiers and --strict; the command gets them as `pseudonyms`."""

    @functools.wraps(function)
    def with_pseudonyms(
        pseudonymise: bool, key: Path | None, keep_tiers: tuple[tuple[str, ...]] | None, strict: bool, **given: Any
    ) -> Any:
        if pseudonymise != (key is not None):
            raise UsageError(text("pseudonyms.need-key"), hint=text("pseudonyms.need-key-hint"))
        if keep_tiers and key is None:
            raise UsageError(text("pseudonyms.keep-tiers-need-key"), hint=text("pseudonyms.keep-tiers-need-key-hint"))
        asked = Pseudonyms(key, keep_tiers[0] if keep_tiers else (), strict)
        return asked.ended(function(pseudonyms=asked, **given))

    made: Any = option("--strict", is_flag=True, said=text("option.strict-leaks"))(with_pseudonyms)
    made = key_option("tiers", "--keep-tiers", "keep_tiers", said=text("option.keep-tiers"))(made)
    made = option("--key", type=FILE, said=text("option.key"))(made)
    return option("--pseudonymise", is_flag=True, said=text("option.pseudonymise"))(made)  # type: ignore[no-any-return]
