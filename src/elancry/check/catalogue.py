"""The catalogue of what `check` can find: code, severity, title, explanation; `True` marks what stops everything.

Blocking is what would count somebody's work twice, under a wrong name or against another video. Anything else keeps
its own stretch out of the numbers or is a reason to look.
"""

from __future__ import annotations

from elancry.findings import FindingKind, Severity, register

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

# fmt: off
FILES = (
    ("file-unreadable", _ERROR, "A file cannot be read",
     "The file is no XML, is cut off, or is another kind of XML. The other files are checked; merge, agree "
     "and analyze stop, because leaving a rater out changes every number.", True),
    ("file-placeholder", _ERROR, "A file is empty",
     "A file of zero bytes: usually a cloud folder shows a file that has not been downloaded, or a full "
     "disk cut it off.", True),
    ("file-conflict-copy", _ERROR, "A conflict copy",
     "Cloud folders and file managers make copies like 'R1 (1)', 'R1 - Kopie' or 'R1-LAPTOP7' when two "
     "versions of one file meet. It is not another rater; somebody has to decide which version counts.", True),
    ("file-session-twice", _ERROR, "One session twice by one rater",
     "Two files claim to be the same session coded by the same rater; counting both would count this rater "
     "twice.", True),
    ("file-identical", _ERROR, "Identical files",
     "Two files are equal to the byte: a copy under another name, not an independent coding. Ask for the rater's own "
     "file.", False),
    ("coding-identical", _ERROR, "Two raters with identical times",
     "Two raters of a session have the same annotations to the millisecond. Independent coding never "
     "agrees like that; one file is probably a copy of the other.", False),
    ("session-incomplete", _WARNING, "A rater's file of a session is missing",
     "The raters named for the study did not all code this session.", False),
    ("session-uneven", _WARNING, "Not every rater coded every session",
     "A file may have been forgotten. Sessions coded by one rater enter the scores, not the agreement.", False),
    ("file-names-other-pattern", _WARNING, "File names are made in another way",
     "The names do not fit `--pattern`, so every file is taken for a session of its own and nothing can be compared; "
     "another pattern fits them.", False),
    ("names-differ-in-case", _WARNING, "Two names differ only in capital letters",
     "They count as two sessions, or as two raters. Usually they are one, typed differently.", False),
    ("round-last-used", _INFO, "Several rounds of one session",
     "A rater coded a session in several rounds; the last round is used unless another one is asked for.", False),
)
RATERS = (
    ("rater-reserved", _ERROR, "A name that no rater can have",
     "Merged files name tiers TIER@RATER and add @consensus and @disagreement; tables join raters with "
     "'|'.", True),
    ("rater-unnamed", _WARNING, "Nobody is named as the rater",
     "Neither the file name nor the ANNOTATOR of a tier says who coded the file.", False),
    ("rater-annotator-differs", _WARNING, "File name and ANNOTATOR name different raters",
     "The rater of the file name is used. Somebody may have coded in a copy of another rater's file.", False),
    ("media-differ", _ERROR, "Raters of one session link different media",
     "The files of one session must show the same recording; their times cannot be compared otherwise.", True),
    ("media-names-differ", _WARNING, "One medium under two names",
     "Raters of one session link media with the same stem and another suffix; a converted video can be cut "
     "or shifted.", False),
    ("media-lengths-differ", _WARNING, "One medium with two lengths",
     "Recordings of one name that raters of a session linked differ in length by more than a second: one "
     "of them was cut.", False),
    ("media-two-sessions", _WARNING, "One medium in two sessions",
     "Two sessions link the same medium: perhaps one session under two names.", False),
    ("media-none", _INFO, "No medium linked",
     "Whether the raters saw the same recording cannot be checked.", False),
    ("media-offset-applied", _WARNING, "Raters began the medium at different points",
     "The raters' files have different media offsets (TIME_ORIGIN). Times were shifted so that equal times "
     "mean the same moment.", False),
    ("media-offset-implausible", _ERROR, "A media offset that no recording has",
     "The media offset (TIME_ORIGIN) is more than 24 hours: a slip or a damaged file. It cannot be applied, and "
     "without it the times of the file mean other moments than those of the other files.", True),
)
TIERS = (
    ("codebook-version-differs", _WARNING, "Made with another version of the codebook",
     "The file's template came from another version of the codebook; categories may have changed since.", False),
    ("codebook-other", _WARNING, "Made with another codebook",
     "The file's template came from another codebook.", False),
    ("codebook-version-unknown", _INFO, "Version of the codebook unknown",
     "The files do not say which version of the codebook they were made with.", False),
    ("codebook-nothing-to-code", _WARNING, "Nothing that could be compared",
     "No tier has a controlled vocabulary, and neither a codebook nor tiers were named.", False),
    ("tier-missing", _WARNING, "A tier is missing",
     "The rater's file lacks a tier of the codebook. The rater counts as missing there, not as having "
     "coded nothing.", False),
    ("tier-empty", _WARNING, "A tier is empty throughout",
     "Unfinished, or truly nothing to code? It counts as missing; a plan with 'empty: none' counts it as "
     "nothing coded.", False),
    ("system-not-coded", _WARNING, "A rater codes only some systems",
     "The rater coded this system in no session. That is all right where the raters share the systems out; "
     "otherwise a part of the coding is missing.", False),
    ("tier-extra", _INFO, "A tier outside the codebook",
     "The tier is kept in merged files and enters no number.", False),
    ("tiers-not-taken", _INFO, "Tiers that were not taken for coding",
     "Without a codebook only tiers with a controlled vocabulary, or those named with `--tiers`, are compared. The "
     "others are kept in merged files and enter no number.", False),
    ("tier-renamed", _WARNING, "A tier has another name",
     "The tier was recognised by its spelling, type or vocabulary, and counts. Give it its name back in ELAN.",
     False),
    ("tier-ambiguous", _ERROR, "Several tiers could be meant",
     "No tier has the expected name, and more than one has the type or vocabulary of the system. None of "
     "them is used.", False),
    ("tier-type-changed", _WARNING, "A tier has another type",
     "The linguistic type is not the codebook's, so its vocabulary may be another one.", False),
    ("tier-parent-changed", _WARNING, "A tier hangs elsewhere",
     "In ELAN the tier belongs to another tier than in the template, so its annotations are tied to other ones.",
     False),
    ("tier-participant-changed", _WARNING, "A tier has another participant",
     "The template says whose behaviour the tier is about; the file says somebody else.", False),
    ("vocabulary-changed", _WARNING, "A vocabulary differs from the codebook",
     "The file's controlled vocabulary lacks categories of the codebook or has others.", False),
)
VALUES = (
    ("value-unknown", _ERROR, "A value outside the vocabulary",
     "The value is no category of the codebook. Its stretch is missing in every number, because nobody "
     "knows what it means.", False),
    ("value-left-over", _WARNING, "A value left over from a codebook revision",
     "`elancry migrate` kept it as `NAME (old)`, because its category was split or removed and only a person can say "
     "what it is now. Until then its stretch is missing in every number.", False),
    ("value-empty", _ERROR, "An annotation without a value",
     "An annotation stands there and says nothing. Its stretch is missing in every number.", False),
    ("value-blanks", _WARNING, "Blanks around a value",
     "The value is a category once blanks at its edges are taken off; it is read so. `--fix -o DIR` takes them off in "
     "copies of the files.", False),
    ("value-by-reference", _WARNING, "Value unknown, vocabulary entry known",
     "The text is no category, but the annotation refers to a vocabulary entry that is; the entry is used.", False),
    ("value-contradicts-reference", _ERROR, "Value and vocabulary entry differ",
     "The text is one category and the entry that the annotation refers to is another (ELAN keeps such "
     "pairs). The text is used.", False),
    ("value-contradicts-tier", _ERROR, "A value of another category",
     "On a tier that belongs to one category stands the value of another. The tier decides.", False),
    ("rating-unknown", _ERROR, "A rating that is not on the scale",
     "The scale has no such number, so the rating is missing in every number. Choose one from ELAN's list.", False),
    ("rating-missing", _WARNING, "A rating is missing",
     "A sequence has no rating of this category although the rater gave others. It is a missing cell, not "
     "0.", False),
)
TIMES = (
    ("annotation-outside-sequence", _WARNING, "An annotation outside every sequence",
     "Time outside the rater's sequences enters no number. Mark the sequence that it belongs to, or delete it.", False),
    ("annotation-crosses-sequence", _WARNING, "An annotation reaches beyond its sequence",
     "The part outside enters no number. Shorten the annotation, or lengthen the sequence.", False),
    ("annotation-beyond-medium", _WARNING, "An annotation beyond the end of the medium",
     "It ends after the longest linked recording does. Usually another video, or another cut of it, is linked.", False),
    ("annotation-implausible-time", _ERROR, "A time that no recording reaches",
     "The annotation ends more than 24 hours into the medium: a slip or a damaged file. One such annotation would "
     "outweigh everything else in numbers that count time.", True),
    ("annotation-very-short", _WARNING, "A very short annotation",
     "Shorter than two video frames: usually a slip of the mouse.", False),
    ("annotation-very-long", _WARNING, "A very long annotation",
     "Longer than half an hour: usually somebody forgot to set its end.", False),
    ("sequence-uncoded", _WARNING, "A sequence without a code",
     "The rater coded this system elsewhere and nothing in this sequence; it counts as none of the "
     "categories.", False),
)
# fmt: on

register(
    FindingKind(code, severity, title, explanation, blocking)
    for code, severity, title, explanation, blocking in (*FILES, *RATERS, *TIERS, *VALUES, *TIMES)
)
