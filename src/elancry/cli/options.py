"""Options of commands. Those that are choices of the study are made from the keys of the plan (`study.plan_keys`).

    @plan_options(Topic.FILES, Topic.AGREEMENT, "csv_form")
    def command(paths, plan, ...):

gives the command an option for every key of these topics, beside `--study` and `--set`, and calls it with the plan that
comes of them. A key that is added to the plan is an option of the commands of its topic.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from elancry.choices import CsvForm, Language
from elancry.cli.show import PROGRESS
from elancry.cli.worded import Worded, WordedOption, option, worded
from elancry.errors import UsageError
from elancry.processes import on_cluster
from elancry.study.plan_keys import Key, Topic, key_named, keys
from elancry.study.plan_values import FLAG, Shape, plain, yaml_of
from elancry.texts import Text, text

if TYPE_CHECKING:
    from elancry.choices import Method

F = TypeVar("F", bound=Callable[..., Any])

FILE = click.Path(path_type=Path)
FLAGS = {"language": "--lang"}
"""Options that are not called like their key."""
SHORT = {"excel": CsvForm.EXCEL, "excel_de": CsvForm.EXCEL_DE}


class EnumChoice(click.Choice[Any]):
    """A choice among the values of an Enum; gives the member (click itself takes the members' names since 8.2)."""

    def __init__(self, choices: type[StrEnum]) -> None:
        super().__init__([item.value for item in choices])
        self.members = choices

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The member for a value as typed."""
        return value if isinstance(value, self.members) else self.members(super().convert(value, param, ctx))


class KeyValue(click.ParamType):  # type: ignore[type-arg]
    """The value of a key as it is typed; it is read by the key, not by click."""

    def __init__(self, key: Key) -> None:
        self.name, self.key = key.name, key

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """What stands for the value in `--help`."""
        return self.key.reader.metavar + self.key.reader.shape.value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The words that the key takes."""
        return [CompletionItem(word) for word in self.key.reader.words if word.startswith(incomplete)]


class KeyOption(WordedOption):
    """The option of a key: its value is `None` where it was not given, else a tuple with the value.

    `said` are words for a command that does something else with the key, `otherwise` its default there.
    """

    def __init__(
        self, declared: Sequence[str], *, key: Key, said: Text | None = None, otherwise: Any = None, **settings: Any
    ) -> None:
        several = key.reader.shape is Shape.LIST
        if key.reader is not FLAG:
            settings |= {"type": KeyValue(key), "multiple": several}
        self.key, self.otherwise = key, otherwise
        super().__init__(declared, default=None, said=said or key.words, **settings)

    @worded
    def help(self) -> str:
        """What it is for, and its default."""
        default = yaml_of(plain(self.key.default if self.otherwise is None else self.otherwise))
        shown = f" {text('plan.default', value=default)}" if default and self.key.reader is not FLAG else ""
        return f"{self.said}{shown}"

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """What was typed, read by the key; a list may be given in several options."""
        given = super().process_value(ctx, value)
        if given is None or given == ():
            return None
        if not isinstance(given, tuple):
            return (self.key.parse(plain(given)),)
        if len(given) > 1:
            given = ([item for one in given for item in plain(self.key.parse(one)) or ()],)
        return (self.key.parse(given[0]),)


class StudyCommand(Worded):
    """A command whose `--help` shows the options of each topic of the plan under their heading."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Own options first, then topic by topic."""
        own = str(text("command.options"))
        groups: dict[str, list[tuple[str, str]]] = {own: []}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx) if isinstance(param, click.Option) else None
            if record is not None:
                title = str(param.key.topic.heading) if isinstance(param, KeyOption) else own
                groups.setdefault(title, []).append(record)
        for title, records in groups.items():
            with formatter.section(title):
                formatter.write_dl(records)


def plan_options(*wanted: Topic | str) -> Callable[[F], F]:
    """PATH..., --study, --set and an option for each key named or of a topic named; the command gets the `plan`."""
    chosen = [key for key in keys().values() if key.topic in wanted or key.name in wanted]

    def add(function: F) -> F:
        @functools.wraps(function)
        def with_plan(paths: tuple[Path, ...], study: Path | None, settings: tuple[str, ...], **given: Any) -> Any:
            from elancry.study.plan import plan_for

            made = dict(map(parse_setting, settings))
            for short in SHORT.keys() & given.keys():
                if given.pop(short):
                    made["csv_form"] = SHORT[short]
            for key in chosen:
                value = given.pop(key.name)
                if value is not None:
                    (made[key.name],) = value
            return function(paths=paths, plan=plan_for(paths, made, study=study, also=given.pop("also", ())), **given)

        made: Any = with_plan
        for key in reversed(chosen):
            made = click.option(*_declared(key), cls=KeyOption, key=key)(made)
        if any(key.name == "csv_form" for key in chosen):
            made = option("--excel-de", is_flag=True, said=text("option.excel-de"))(made)
            made = option("--excel", is_flag=True, said=text("option.excel"))(made)
        made = option("--set", "settings", multiple=True, metavar="KEY=VALUE", said=text("option.set"))(made)
        made = option("--study", type=FILE, said=text("option.study"))(made)
        return click.argument("paths", nargs=-1, required=True, type=FILE, metavar="PATH...")(made)  # type: ignore[no-any-return]

    return add


def key_option(name: str, *declared: str, said: Text, otherwise: Any = None) -> Callable[[F], F]:
    """An option that takes what the key `name` takes, with words of its own; `otherwise` is its default there."""
    key = keys()[name]
    return click.option(*(declared or _declared(key)), cls=KeyOption, key=key, said=said, otherwise=otherwise)


def from_plan(*names: str, folders: str | None = None, whole: bool = False) -> Callable[[F], F]:
    """--study, for a command with few choices of the plan: those not given come from it, then from `otherwise`.

    `names` are parameters of the command called like their key; `folders` the one whose folders may hold the plan. With
    `whole`, the command gets the `plan` with all of them, too.
    """

    def add(function: F) -> F:
        otherwise = {
            param.name: param.otherwise
            for param in getattr(function, "__click_params__", ())
            if isinstance(param, KeyOption)
        }

        @functools.wraps(function)
        def with_plan(study: Path | None, **given: Any) -> Any:
            from elancry.study.plan import plan_for

            plan = plan_for([Path(path) for path in given[folders]] if folders else (), study=study)
            for name in names:
                if given[name] is None:
                    default = otherwise.get(name)
                    given[name] = default if default and name not in plan.chosen else getattr(plan, name)
                elif isinstance(given[name], tuple):
                    (given[name],) = given[name]
                    plan = plan.with_({name: given[name]})
            if whole:
                given["plan"] = plan
            return function(**given)

        made: Any = option("--study", type=FILE, said=text("option.study"))(with_plan)
        return made  # type: ignore[no-any-return]

    return add


def parse_setting(given: str) -> tuple[str, Any]:
    """`KEY=VALUE` -> (key, value). Raises UsageError where there is no such key, or it does not take the value."""
    name, equals, value = (part.strip() for part in given.partition("="))
    if not equals and name in keys():
        raise UsageError(text("plan.setting-form", given=given), hint=keys()[name].words)
    return name, key_named(name).parse(value)


def also_option(function: F) -> F:
    """--also: methods beside those of `sensitivity`."""
    key = keys()["sensitivity"]

    def read(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> tuple[Method, ...]:
        return tuple(method for one in given for method in key.parse(one))

    return option(
        "--also",
        type=KeyValue(key),
        multiple=True,
        callback=read,
        said=text("option.also"),
    )(function)


def jobs_option(function: F) -> F:
    """--jobs, --progress and --dask. A cluster has as many jobs as it has threads, unless a number is given."""

    def connect(context: click.Context, _parameter: click.Parameter, address: str | None) -> None:
        if address is not None:
            context.meta["threads"] = context.with_resource(on_cluster(address))

    def at_once(context: click.Context, _parameter: click.Parameter, given: int | None) -> int:
        return int(context.meta.get("threads", 1) if given is None else given)

    def told(context: click.Context, _parameter: click.Parameter, how: str) -> None:
        context.meta[PROGRESS] = how

    how = click.Choice(["bar", "json"])
    function = option(
        "--progress", type=how, default="bar", expose_value=False, callback=told, said=text("option.progress")
    )(function)
    function = option("--jobs", type=click.IntRange(min=1), callback=at_once, said=text("option.jobs"))(function)
    # Read first, whatever the order on the line.
    return option(
        "--dask", metavar="ADDRESS", is_eager=True, expose_value=False, callback=connect, said=text("option.dask")
    )(function)


def force_option(function: F) -> F:
    """--force."""
    return option("--force", is_flag=True, said=text("option.force"))(function)


def output_option(function: F) -> F:
    """-o."""
    return option("-o", "--output", type=FILE, required=True, metavar="DIR", said=text("option.output"))(function)


def output_options(function: F) -> F:
    """-o and --force."""
    return output_option(force_option(function))


def drawing_options(function: F) -> F:
    """What commands take that show results which are there; without it, as the plan of the results has it."""
    function = quiet_option(jobs_option(force_option(function)))
    function = option("--print-figures/--no-print-figures", default=None, said=text("option.print-figures"))(function)
    return option("--lang", "language", type=EnumChoice(Language), said=text("option.report-language"))(function)


def quiet_option(function: F) -> F:
    """--quiet."""
    return option("-q", "--quiet", is_flag=True, said=text("option.quiet"))(function)


def talk_options(function: F) -> F:
    """--quiet and --verbose."""
    return quiet_option(option("-v", "--verbose", is_flag=True, said=text("option.verbose"))(function))


def _declared(key: Key) -> tuple[str, ...]:
    flag = FLAGS.get(key.name, "--" + key.name.replace("_", "-"))
    return (f"{flag}/--no-{flag[2:]}" if key.reader is FLAG else flag, key.name)
