"""--pseudonymise: the options, and the study under pseudonyms that a command then works on."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from elancry.cli.exits import Exit
from elancry.cli.options import FILE, key_option
from elancry.cli.say import say
from elancry.cli.worded import option
from elancry.errors import UsageError
from elancry.texts import text

if TYPE_CHECKING:
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

    @contextmanager
    def study(self, paths: Sequence[Path], plan: Plan, output: Path | None, *, quiet: bool) -> Iterator[Study]:
        """The study to work on; where names are hidden, the list of what could still tell them is written at the end.

        Raises what `hidden_study` does, OutputRefused where the list cannot be written.
        """
        if self.key is None:
            yield Study(tuple(paths), plan)
            return
        from elancry.cli.show import counter
        from elancry.pseudonyms.leaks import leaks_of, path_beside, write_leaks
        from elancry.pseudonyms.study import hidden_study

        path_beside(self.key)
        bar = counter(text("progress.reading"), quiet=quiet)
        with hidden_study(paths, plan, self.key, output=output, keep_tiers=self.keep_tiers, progress=bar) as hidden:
            yield Study(hidden.paths, hidden.plan, hidden)
            leaks = leaks_of(hidden.names, hidden.plan)
        self.leaks = len(leaks)
        path = write_leaks(leaks, self.key)
        if not quiet:
            say(text("pseudonyms.leaks", n=self.leaks, path=str(path), key=str(self.key)))

    @contextmanager
    def files(
        self, paths: Sequence[Path], output: Path | None, *, quiet: bool, plan: Plan | None = None
    ) -> Iterator[tuple[Path, ...]]:
        """The same for a command that works file by file: the files given, or those under pseudonyms.

        `plan` says what is coding in them, by default the one in their folder.
        """
        if self.key is None:
            yield tuple(paths)
            return
        from elancry.study.plan import plan_for

        with self.study(paths, plan or plan_for(paths), output, quiet=quiet) as study:
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
