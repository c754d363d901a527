"""Whose words a headline holds: "Minister: the bridge is our affair"."""

from __future__ import annotations

from collections.abc import Sequence

from framing.phrases import phrase_text, read_phrase
from framing.speakers import looks_like_verb
from framing.speech_words import Token, bare, is_definite, listed, names_person, names_place, word_list

# A headline's speaker without an office has no more words than this.
MAX_NAME_WORDS = 4
MAX_HEAD = 12


def headline_speaker(text: str, tokens: Sequence[Token]) -> tuple[str, int] | None:
    """Read the speaker before a headline's colon.

    Returns
    -------
    The speaker and where the words begin; None where what stands before the colon is a label, a place where
    something happened, or a clause.
    """
    colon = next((i for i, t in enumerate(tokens[: MAX_HEAD + 1]) if ":" in t.gap), None)
    if (
        not colon
        or (looks_like_verb(tokens, 0) and not names_person(tokens[0].key))
        or tokens[0].key in word_list("labels")
        or tokens[0].key.isdigit()
    ):
        return None
    end = read_phrase(text, tokens, 0)
    if end == 0 or (end < colon and not _rest_is_circumstance(tokens, end)):
        return None
    if not _can_speak(tokens, end, colon):
        return None
    return phrase_text(text, tokens, 0, end).strip('"«“ '), tokens[colon].start - _marks_before(tokens[colon].gap)


def line_speaker(text: str, tokens: Sequence[Token]) -> tuple[str, int] | None:
    """Read the speaker of a line of the text that goes like a headline ("20:31 - The ministry: ...").

    A place speaks only behind a time of day: elsewhere it may be where something happened.
    """
    first = next((i for i, token in enumerate(tokens[:4]) if not token.key.isdigit()), 0)
    rest = tokens[first:]
    colon = next((i for i, token in enumerate(rest[: MAX_HEAD + 1]) if i and ":" in token.gap), None)
    if colon is None or rest[colon].gap.strip() != ":" or any(token.gap.strip() for token in rest[1:colon]):
        return None
    head = rest[0].key
    definite = any(is_definite(token.key) for token in rest[:colon])
    body = bare(head) in listed("bodies") and definite  # "a letter to ...:" is a subject
    who = names_person(head) or body or (first > 0 and names_place(rest, 0))
    acts = any(token.key[:1] == "ي" and looks_like_verb(rest, i) for i, token in enumerate(rest[:colon]) if i)
    if acts or not who or head in word_list("labels"):
        return None
    found = headline_speaker(text, rest)
    return found if found and rest[colon - 1].end == text.find(found[0], rest[0].start) + len(found[0]) else None


def _marks_before(gap: str) -> int:
    """Count the opening marks that belong to the first word behind the colon."""
    return len(gap) - len(gap.rstrip("\"«“'"))


def _rest_is_circumstance(tokens: Sequence[Token], end: int) -> bool:
    key = tokens[end].key
    return key in listed("ends") or key in listed("times") or key in ("في", "من") or key[:1] in "لب"


def _can_speak(tokens: Sequence[Token], end: int, colon: int) -> bool:
    head, behind = tokens[0], tokens[colon].key
    body = bare(head.key) in listed("bodies") or head.key in listed("bodies")
    if names_person(head.key) or body:
        return True
    if end < colon and not is_definite(head.key) and not names_place(tokens, 0) and tokens[end].key in ("في", "من"):
        return False
    if names_place(tokens, 0):
        return end <= 2 and behind not in word_list("local_news")
    subject = tokens[colon].gap.strip() == ":" and _is_field(tokens, end)
    label = behind in word_list("questions") or behind in word_list("local_news")
    return not (label or end > MAX_NAME_WORDS or subject)


def _is_field(tokens: Sequence[Token], end: int) -> bool:
    """Tell a subject ("Handball: ...") from a name: it ends like a common noun and has no article."""
    key = tokens[end - 1].key
    return end == 1 and not is_definite(key) and key.endswith("ه") and len(key) > 4
