"""--dry-run: what a command would put on disk, and nothing on disk."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from elancry.cli.say import say
from elancry.cli.worded import option
from elancry.errors import UsageError
from elancry.texts import Text, some, text

if TYPE_CHECKING:
    from elancry.cli.pseudonyms import Pseudonyms
    from elancry.files import Rehearsal

F = TypeVar("F", bound=Callable[..., Any])
SHOWN = 5


def dry_run_option(preview: Callable[..., Rehearsal] | None = None) -> Callable[[F], F]:
    """--dry-run for a command, which runs as a rehearsal and says nothing itself but errors.

    `preview` is called instead of one that would compute for long; it gets what the command gets. It comes below the
    options for pseudonyms, whose key would have to be written.
    """

    def add(function: F) -> F:
        @functools.wraps(function)
        def rehearsed(dry_run: bool, **given: Any) -> Any:
            if not dry_run:
                return function(**given)
            from elancry.cli.exits import Exit
            from elancry.files import rehearsing

            pseudonyms: Pseudonyms | None = given.get("pseudonyms")
            if pseudonyms is not None and pseudonyms.key is not None:
                raise UsageError(text("files.dry-run-key"), hint=text("files.dry-run-key-hint"))
            quiet = given["quiet"]
            if preview is not None:
                code, planned = Exit.CLEAN, preview(**given)
            else:
                with rehearsing() as planned:
                    code = function(**(given | {"quiet": True}))
            for line in () if quiet else plan_lines(planned):
                say(line)
            if not quiet:
                if preview is not None:
                    say(text("files.would-depend"))
                say(text("files.dry-run"), err=True)
            return code

        made: Any = option("--dry-run", is_flag=True, said=text("option.dry-run-files"))(rehearsed)
        return made  # type: ignore[no-any-return]

    return add


def plan_lines(planned: Rehearsal) -> Iterable[Text]:
    """What would be put on disk, a line for each kind."""
    parts = {
        "files.would-write": planned.new,
        "files.would-replace": planned.replaced,
        "files.would-keep": planned.kept,
        "files.would-remove": planned.removed,
        "files.would-leave": planned.unchanged,
    }
    for code, paths in parts.items():
        if paths:
            yield Text(code, {"n": len(paths), "files": some(sorted(map(str, paths)), SHOWN)})
