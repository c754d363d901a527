"""Verbs of saying that the lists lack, read from a speaker beside them and a that-clause behind."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from framing.phrases import phrase_text, read_phrase
from framing.speakers import behind_times, clause_start, speaks_here
from framing.speech_words import Place, Token, is_definite, listed, names_person, names_place, word_list


def unlisted_places(
    text: str, tokens: Sequence[Token], inside: Sequence[bool], known: Sequence[Place]
) -> Iterator[Place]:
    """Find verbs the lists lack: a speaker, one word beside it that may be a verb, and a that-clause."""
    contents = {place.content for place in known}
    starts = [place.start for place in known]
    that = word_list("that")
    for number, token in enumerate(tokens):
        colon = ":" in token.gap and number > 2
        if not (colon or token.key in that) or inside[number] or token.start in contents:
            continue
        if not colon and number and tokens[number - 1].key in word_list("no_complement"):
            continue  # "after he had ..."
        if not colon and (text[token.start] == "إ" or not _is_that(tokens, number)):
            continue
        begin = clause_start(tokens, number)
        if bisect_left(starts, tokens[begin].start) < bisect_left(starts, token.start):
            continue
        found = _verb_and_subject(text, tokens, begin, number, reach=12 if colon else 4)
        if found and colon and not names_person(tokens[found[1][0]].key):
            continue
        if found and "\u064f" not in text[tokens[found[0]].start : tokens[found[0]].end][:4]:
            verb, subject = found
            written = text[tokens[verb].start : tokens[verb].end]
            name = phrase_text(text, tokens, *subject)
            yield Place(tokens[begin].start, token.start, name, written, "neutral", clause=True, joined=True)


def _is_that(tokens: Sequence[Token], number: int) -> bool:
    """Tell "that" with a noun behind it from "to" with a verb: only the first reports."""
    key = tokens[number].key
    if key not in ("ان", "بان"):
        return True
    behind = tokens[number + 1].key if number + 1 < len(tokens) else "ي"
    return not (
        behind[:1] in ("ي", "ت", "ن") and not is_definite(behind) and not names_person(behind) and len(behind) > 3
    )


def _verb_and_subject(
    text: str, tokens: Sequence[Token], begin: int, that: int, *, reach: int
) -> tuple[int, tuple[int, int]] | None:
    """Read "verb subject ... that" or "subject verb ... that" between the head of a clause and its "that"."""
    while begin < that and tokens[begin].key in listed("negations"):
        begin += 1
    first = behind_times(tokens, begin + 1)
    if begin < that and first < that and _may_be_verb(tokens, begin) and speaks_here(tokens, first):
        end = read_phrase(text, tokens, first, until=that)
        if end > first and that - end <= reach and not any(token.gap.strip() for token in tokens[first:end]):
            return begin, (first, end)
    if begin < that and speaks_here(tokens, begin):
        end = read_phrase(text, tokens, begin, strict=True, until=that)
        if begin < end < that and that - end <= reach + 1 and _may_be_verb(tokens, end) and not tokens[end].gap.strip():
            return end, (begin, end)
    return None


def _may_be_verb(tokens: Sequence[Token], number: int) -> bool:
    key = tokens[number].key
    plain = key[1:] if key[:1] in "وف" and len(key) > 3 else key
    if is_definite(plain) or plain in listed("prepositions") or plain in listed("ends") or plain in listed("times"):
        return False
    if plain in word_list("no_speech") or names_person(plain) or names_place(tokens, number) or plain.isdigit():
        return False
    return len(plain) >= 2 and plain not in listed("bodies") and plain not in listed("content_nouns")
