"""Commands and options whose help is a text of the catalogues, put into words when somebody asks for it.

    @command(text("command.agree"), "elancry agree practice -o agreement --codebook crying")
    @option("--curve", is_flag=True, said=text("option.curve"))
    def agree(...): ...

click's own words (Usage, Options, "No such option ...") come from the catalogue `click.po`, whose msgids are click's.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable
from typing import Any, TypeVar

import click

from elancry.texts import LOCALES, SOURCE, Text, catalogue, message_language, text

F = TypeVar("F", bound=Callable[..., Any])

_CLICK = "click"


class worded(property):
    """A property in the language of messages; what click gives it when it makes the object is passed over."""

    def __set__(self, made: Any, value: object) -> None:
        """Keep what the property says."""


class Worded(click.Command):
    """A command whose help is `said`; `examples` are shown below its options, `closing` at the end."""

    def __init__(
        self, *args: Any, said: Text, examples: tuple[str, ...] = (), closing: Text | None = None, **settings: Any
    ) -> None:
        self.said, self.examples, self.closing = said, examples, closing
        super().__init__(*args, **settings)

    @worded
    def help(self) -> str:
        """What the command does."""
        return str(self.said)

    @worded
    def epilog(self) -> str:
        """The examples, then the closing words."""
        parts = [f"{text('command.example')}  {self.examples[0]}"] if len(self.examples) == 1 else []
        if len(self.examples) > 1:
            parts.append("\n  ".join(["\b", str(text("command.examples")), *self.examples]).replace("\b\n  ", "\b\n"))
        if self.closing is not None:
            parts.append(str(self.closing))
        return "\n\n".join(parts)


class WordedGroup(Worded, click.Group):
    """A group of commands whose help is `said`."""


class WordedOption(click.Option):
    """An option whose help is `said`."""

    def __init__(self, *args: Any, said: Text, **settings: Any) -> None:
        self.said = said
        super().__init__(*args, **settings)

    @worded
    def help(self) -> str:
        """What the option is for."""
        return str(self.said)


def command(said: Text, *examples: str, cls: type[Worded] = Worded, **settings: Any) -> Callable[[Any], Any]:
    """`click.command` for a `Worded` one."""
    return click.command(cls=cls, said=said, examples=examples, **settings)


def option(*declared: str, said: Text, **settings: Any) -> Callable[[F], F]:
    """`click.option` for a `WordedOption`."""
    return click.option(*declared, cls=WordedOption, said=said, **settings)


def word_click() -> None:
    """Let click find the catalogue of its own words: it asks for them in gettext's default domain.

    Raises CatalogueError where that catalogue, or elancry's own in the language of messages, is missing or damaged.
    """
    language = message_language()
    catalogue(language)
    if language != SOURCE:
        catalogue(language, _CLICK)
    gettext.bindtextdomain(_CLICK, str(LOCALES))
    gettext.textdomain(_CLICK)
