"""`elancry batch`: operations on types and vocabularies, and whole templates."""

from __future__ import annotations

from pathlib import Path

import click

from elancry.cli.batch_run import TIER_NAMES, Run, batch_options, run_operation
from elancry.cli.options import FILE, EnumChoice
from elancry.eaf.parts import Constraint

SOURCE = "A codebook (YAML or built-in name), .etf, .eaf or .ecv file."


@click.command(
    "add-type", epilog="Example:  elancry batch add-type coded -o typed --type note --constraint Included_In"
)
@click.option("--type", "name", required=True, metavar="NAME", help="Name of the new type.")
@click.option("--constraint", type=EnumChoice(Constraint), help="How annotations lie in those of the parent tier.")
@click.option("--vocabulary", metavar="NAME", help="Controlled vocabulary of the file that it is bound to.")
@batch_options
def add_type(run: Run, name: str, constraint: Constraint | None, vocabulary: str | None) -> int:
    """Add a tier type (linguistic type) to every file."""
    from elancry.edit.type_operations import NewType
    from elancry.edit.type_operations import add_type as operation

    return run_operation(run, "add-type", operation, NewType(name, constraint, vocabulary))


@click.command("rename-type", epilog="Example:  elancry batch rename-type coded -o renamed --rename default-lt comment")
@click.option(
    "--rename", "pairs", nargs=2, multiple=True, required=True, metavar="OLD NEW", help=f"OLD is {TIER_NAMES}."
)
@batch_options
def rename_type(run: Run, pairs: tuple[tuple[str, str], ...]) -> int:
    """Rename tier types, also where tiers name them."""
    from elancry.edit.renames import Renames, rename_types

    return run_operation(run, "rename-type", rename_types, Renames(pairs))


@click.command(
    "set-vocabulary",
    epilog="Example:  elancry batch set-vocabulary coded -o updated --from codebook.yaml --vocabulary crying_form",
)
@click.option("--from", "source", required=True, metavar="SOURCE", help=SOURCE)
@click.option("--vocabulary", "names", multiple=True, metavar="NAME", help="Only this one; repeatable [default: all].")
@click.option("--type", "types", multiple=True, metavar="TYPE", help="Bind this type to it; repeatable.")
@batch_options
def set_vocabulary(run: Run, source: str, names: tuple[str, ...], types: tuple[str, ...]) -> int:
    """Add a controlled vocabulary, or replace the one of that name.

    Annotations on its tiers are looked up again, by their entry, then by their value: a reworded entry rewords its
    annotations, a value without an entry stays and is a finding.
    """
    from elancry.edit.set_vocabulary import VocabularyChoice, chosen_vocabularies
    from elancry.edit.set_vocabulary import set_vocabulary as operation
    from elancry.edit.template_source import load_source

    choices = VocabularyChoice(load_source(source), names, types)
    chosen_vocabularies(choices)  # a wrong name is one mistake, not one in every file
    return run_operation(run, "set-vocabulary", operation, choices)


@click.command("apply-template", epilog="Example:  elancry batch apply-template coded -o complete --from crying")
@click.option("--from", "source", required=True, metavar="SOURCE", help="A codebook, .etf or .eaf file.")
@click.option("--annotator", help="Set on added tiers [default: the one that all tiers of the file name].")
@batch_options
def apply_template(run: Run, source: str, annotator: str | None) -> int:
    """Add the tiers, types and vocabularies of a template that a file has not.

    Nothing is changed or deleted. What a file has under the same name, but otherwise, stays and is a finding.
    """
    from elancry.edit.apply_template import TemplateChoice
    from elancry.edit.apply_template import apply_template as operation
    from elancry.edit.template_source import load_source
    from elancry.errors import UsageError

    found = load_source(source)
    if found.document is None:
        raise UsageError(f"{source} holds vocabularies only, no tiers", hint="Use `elancry batch set-vocabulary`.")
    return run_operation(run, "apply-template", operation, TemplateChoice(found, annotator))


@click.command(
    "repair-languages",
    epilog="Examples:  elancry batch repair-languages coded --from codebook.yaml --dry-run\n\n"
    "           elancry batch repair-languages coded -o repaired --from codebook.yaml",
)
@click.option("--from", "source", required=True, metavar="SOURCE", help=SOURCE)
@batch_options
def repair_languages(run: Run, source: str) -> int:
    """Put labels back that ELAN dropped with their language, and define languages as ELAN knows them.

    Values that ELAN replaced by those of another language follow their entry (CVE_REF). Nothing else is changed.
    """
    from elancry.edit.repair_languages import LanguageChoice
    from elancry.edit.repair_languages import repair_languages as operation
    from elancry.edit.template_source import load_source

    return run_operation(run, "repair-languages", operation, LanguageChoice(load_source(source)))


@click.command(
    "relink-vocabulary", epilog="Example:  elancry batch relink-vocabulary coded -o linked --ecv /data/study/codes.ecv"
)
@click.option("--ecv", "path", type=FILE, required=True, metavar="FILE", help="Where the .ecv file lies now.")
@batch_options
def relink_vocabulary(run: Run, path: Path) -> int:
    """Let files find their external vocabularies (.ecv) again after these were moved.

    ELAN loads a vocabulary from an absolute URL only, so the files refer to FILE by that.
    """
    from elancry.edit.relink_vocabulary import relink_vocabulary as operation
    from elancry.edit.relink_vocabulary import vocabulary_file

    return run_operation(run, "relink-vocabulary", operation, vocabulary_file(path))
