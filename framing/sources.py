"""Where a text names its source without a verb: "according to", "in the words of"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from framing.agreement import OWNER
from framing.lexicon import load
from framing.phrases import phrase_text, read_phrase
from framing.speakers import clause_start, several, speaks_here
from framing.speech_words import Place, Token, bare, breaks, listed, word_key, word_list
from framing.verb_forms import lemmas, stem_of, verb_form

_WHAT = ("ما", "حسبما", "فقما", "وفقما", "بحسبما")
# Adjectives of an estimate that is itself the source.
_OF_ESTIMATES = ("استخباري", "استخباراتي", "رسمي", "اولي", "امني", "عسكري", "حكومي", "دولي", "اممي", "غربي", "محلي")


def source_places(text: str, tokens: Sequence[Token], inside: Sequence[bool]) -> Iterator[tuple[Place, int, int]]:
    """Find "according to ..."; with the numbers of the first word and of the word behind the speaker."""
    table = _sources()
    for number, token in enumerate(tokens):
        if (token.key not in table and token.key[1:] not in table) or inside[number]:
            continue
        entry = _source_phrase(tokens, number)
        if entry is None:
            continue
        last, stance, owner = entry
        first, name, end = _source_name(text, tokens, last, owner)
        bare_verb = end == last + 1 and not name and tokens[number].key == "علي" and bool(verb_form(tokens[last].key))
        if bare_verb:
            yield Place(token.start, None, "", text[token.start : tokens[last].end], stance, "source", 0), number, end
        if (end == last and not owner) or bare_verb:
            continue
        person = first < len(tokens) and speaks_here(tokens, first) and not several(_plain(tokens[first].key))
        if token.key in word_list("vague_sources") and not owner and not person:
            continue
        if not owner and OWNER.search(name.split(" ")[0]) and not speaks_here(tokens, first):
            continue  # "by their results"
        if not owner and _is_no_speaker(tokens, number, last, first):
            continue
        if not owner and (not name or tokens[first].key.removeprefix("لل") in word_list("no_sources")):
            continue
        start, written = token.start, text[token.start : tokens[last - 1].end]
        if token.key[:1] == "و" and token.key[1:] in _sources():
            written = text[token.start + 1 : tokens[last - 1].end]
        head = clause_start(tokens, number) == 0 and number <= 1
        content = _source_content(tokens, end, head)
        back = None if head else 0
        yield Place(start, content, name, written, stance, "source", back), number, end


def _plain(key: str) -> str:
    return key.removeprefix("لل").removeprefix("ل") if key[:1] == "ل" else key


def _is_no_speaker(tokens: Sequence[Token], number: int, last: int, first: int) -> bool:
    """Tell "on what they do" (no verb of telling) from "by what they said"."""
    if tokens[number].key != "علي" or tokens[last - 1].key != "ما":
        return False
    if verb_form(tokens[last].key):
        return False
    aside = any(mark in tokens[number].gap for mark in "،,")
    return not (aside and first > last and tokens[last].key.endswith("ه") and speaks_here(tokens, first))


@lru_cache(maxsize=1)
def _sources() -> dict[str, list[dict[str, Any]]]:
    """Give the phrases that open a source by their first word, longest first."""
    table: dict[str, list[dict[str, Any]]] = {}
    for stance, lines in load("voices")["sources"].items():
        for line in lines:
            words = line.split()
            alone = len(words) == 1 and words[0].endswith("*")
            for first in _with_owners(words[0]) if alone else (words[0],):
                table.setdefault(first, []).append({"words": words, "stance": stance})
    return {key: sorted(rows, key=lambda row: -len(row["words"])) for key, rows in table.items()}


def _source_phrase(tokens: Sequence[Token], number: int) -> tuple[int, str, bool] | None:
    """Match a phrase that opens a source: number of the word behind it, its stance, whether it means "he" or "she"."""
    key = tokens[number].key
    rows = _sources().get(key) or (_sources().get(key[1:]) if key[:1] in "وف" else None) or []
    for row in rows:
        size = len(row["words"])
        ahead = [t.key for t in tokens[number + 1 : number + size]]
        if ahead[: size - 2] == row["words"][1:-1] and (size == 1 or (ahead and _same(ahead[-1], row["words"][-1]))):
            if any(t.gap.strip() for t in tokens[number + 1 : number + size]):
                continue
            written = ahead[-1] if ahead else key
            owner = row["words"][-1].endswith("*") and not written.endswith(row["words"][-1].rstrip("*"))
            if size == 1 and row["words"][0].endswith("*") and not _is_aside(tokens, number, owner):
                continue  # "gave his opinion"
            if size > 1 and not owner and _is_estimate(tokens, number + size):
                continue  # "by an intelligence estimate": the paper itself
            return number + size, row["stance"], owner
    return None


def _is_aside(tokens: Sequence[Token], number: int, owner: bool) -> bool:
    """Tell "in his view" from an opinion somebody gives or takes."""
    if number <= 1 or any(mark in tokens[number].gap for mark in "،,"):
        return True
    return not owner and tokens[number - 1].key not in word_list("opinion_verbs")


def _is_estimate(tokens: Sequence[Token], number: int) -> bool:
    """Tell an adjective behind "estimate", which then is the source itself."""
    return (
        tokens[number - 1].key == "تقدير"
        and number < len(tokens)
        and (tokens[number].key in _OF_ESTIMATES or _is_nationality(tokens[number].key))
    )


def _is_nationality(key: str) -> bool:
    """Tell an adjective made from a place of the list ("Ukrainian")."""
    stem = key.removesuffix("ي")
    made = {stem, stem + "ا", stem + "يا", stem + "ه", "ال" + stem, "ال" + stem + "ه"}
    return stem != key and bool(made & listed("places"))


def _same(key: str, word: str) -> bool:
    return key in _with_owners(word) if word.endswith("*") else key == word


def _with_owners(word: str) -> tuple[str, ...]:
    """Give the forms of a word with a star: alone, and with "his, her, their"."""
    stem = word.rstrip("*")
    return stem, stem + "ه", stem + "ها", stem + "هم"


def _source_name(text: str, tokens: Sequence[Token], last: int, owner: bool) -> tuple[int, str, int]:
    """Read the speaker behind "according to": number of its first word, its text, number of the word behind it."""
    if owner or last >= len(tokens) or (breaks(tokens[last].gap) and ":" not in tokens[last].gap):
        return last, "", last
    first = last
    what = tokens[first].key in ("ما", "لما") or tokens[last - 1].key.removeprefix("و") in _WHAT
    if what:
        first = _behind_verb(tokens, first + (tokens[first].key in ("ما", "لما")))
    if first >= len(tokens):
        return last, "", last
    end = read_phrase(text, tokens, first)
    name = phrase_text(text, tokens, first, end)
    if not what and tokens[first].key[:1] == "ل" and (end == first or tokens[last - 1].key.endswith(("ا", "بالنسبه"))):
        end, name = _joined_name(text, tokens, first)
    elif name[:2] == "لل":
        name = _without_joint(name)
    return first, name, end


def _joined_name(text: str, tokens: Sequence[Token], first: int) -> tuple[int, str]:
    """Read a speaker whose first word carries لـ: the phrase that begins with the rest of that word."""
    token = tokens[first]
    rest = token.key[2:] if token.key.startswith("لل") else token.key[1:]
    plain = "ال" + rest if token.key.startswith("لل") else rest
    if not rest:
        end = read_phrase(text, tokens, first + 1)
        return end, phrase_text(text, tokens, first + 1, end)
    again = [*tokens[:first], Token(token.start, token.end, plain, " "), *tokens[first + 1 : first + 20]]
    end = read_phrase(text, again, first)
    return end, _without_joint(phrase_text(text, tokens, first, end))


def _without_joint(name: str) -> str:
    """Take لـ off a name; what it swallowed of the article comes back."""
    return "ال" + name[2:] if name.startswith("لل") else name[1:]


def _behind_verb(tokens: Sequence[Token], number: int) -> int:
    """Step over the verb of "according to what ... reported" and the words that hang on it."""
    in_paper = tokens[number].key in ("جاء", "ورد", "وردت") if number < len(tokens) else False
    number += 1
    if in_paper and number + 1 < len(tokens) and tokens[number].key == "في":
        return number + 1  # "by what it says in the statement"
    while (
        number < len(tokens)
        and tokens[number].key in word_list("addressed") | {"في", "به", "عنه"}
        and tokens[number].key != "في"
    ):
        number += 1
    key = tokens[number].key if number < len(tokens) else ""
    if key[:1] == "ل" and {key[1:], key[2:], bare(key[1:])} & (listed("addressees") | {""}):
        for ahead in range(number + 1, min(len(tokens), number + 6)):
            if "،" in tokens[ahead].gap or "," in tokens[ahead].gap:
                return ahead
    return number


def _source_content(tokens: Sequence[Token], end: int, head: bool) -> int | None:
    """Give where the words begin that a source covers behind it; None where a new clause of the outlet follows."""
    if end >= len(tokens):
        return None
    if head:
        return tokens[end].start
    new = tokens[end].key[:1] in "وف" or tokens[end].key in ("فيما", "بينما", "كما", "في", "وهو", "حيث", "علي")
    follows = any(mark in tokens[end].gap for mark in "،,")
    return tokens[end].start if follows and not new else None


@lru_cache(maxsize=4096)
def lemma_of(written: str) -> str:
    """Give the dictionary form of a verb or source as `find_voices` writes it; unlisted ones stay as written."""
    words = [word_key(word) for word in written.split()]
    if not words:
        return ""
    form = verb_form(words[-1])
    if form and len(words) == 1:
        stem = stem_of(form)
        return lemmas().get(stem, stem)
    for row in _sources().get(words[0], []):
        size = len(row["words"])
        if len(words) >= size and all(_same(a, b) for a, b in zip(words, row["words"], strict=False)):
            return " ".join(written.split()[:size])
    return written
