"""What is not the article: outlets' furniture, captions, bylines and datelines, links, tails of titles.

A room of its own above `units.py`: which lines are furniture is one question, which units
remain is another. Rules come from word lists (`lexicon/boilerplate.yaml`), from a line's place
in its article, and from what an outlet repeats in articles that are not copies of one another.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from framing.arabic import lexical_view
from framing.lexicon import load
from framing.sentences import count_words, line_spans, reporting_verbs, sentence_spans

# A line in this many stories of one outlet can be its furniture.
REPEATED_LINES = 3
# A line that reads like a sentence has to be in this share of the outlet's stories too.
REPEATED_SHARE = 0.02
# From this number of words on a line is a paragraph; lines before the first and behind the last are the edge.
PARAGRAPH_WORDS = 20
# A longer line is never furniture by its form.
MAX_LINE_CHARS = 300

_FINAL_MARK = re.compile(r"[.!؟?…:،؛»”\")]\s*$")
_TOKENS = re.compile(r"\w+")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Furniture:
    """What one outlet repeats: whole lines, and the parts of its bylines (its name, its reporters, its cities)."""

    lines: frozenset[str] = frozenset()
    byline_parts: frozenset[str] = frozenset()


def line_key(line: str) -> str:
    """Give what makes two lines the same: their words in the lexical view (a long line is compared as written)."""
    return _short_key(line) if len(line) <= MAX_LINE_CHARS else " ".join(line.split())


@lru_cache(maxsize=1 << 16)
def _short_key(line: str) -> str:
    return " ".join(_TOKENS.findall(lexical_view(line))).lower()


def masked_key(line: str) -> str:
    """Give the key of a line with every number written as 0: a clock or a code differs in each article."""
    return _DIGITS.sub("0", line_key(line))


@lru_cache(maxsize=1)
def _rules() -> dict[str, list[re.Pattern[str]]]:
    return {rule: [re.compile(pattern) for pattern in patterns] for rule, patterns in load("boilerplate").items()}


@lru_cache(maxsize=1)
def _tails() -> frozenset[str]:
    return frozenset(line_key(str(name)) for name in load("title_tails"))


_TAIL = re.compile(r"\s[-–—|]\s*([^-–—|]{2,40})\s*$")


def title_tail(line: str) -> int | None:
    """Give where an outlet's name begins at the end of a line (`... - BBC News عربي`), or None.

    Only names on the known list count: a dash inside a headline is no tail.
    """
    match = _TAIL.search(line[-60:])
    if match is None or line_key(match.group(1)) not in _tails() or set("().") & set(match.group(1).rstrip()[-1:]):
        return None
    return max(0, len(line) - 60) + match.start()


def line_rule(line: str, *, last: bool = False) -> str | None:
    """Name the rule by which a whole line is boilerplate, or None.

    `last` : the line, or sentence, ends its article; some things (tags, a link to the page) count only there.
    """
    if len(line) > MAX_LINE_CHARS:
        return None
    view = lexical_view(line).strip().lower()
    if title_tail(line) is not None and count_words(line) <= 25:
        return "caption"
    if line_key(line) in _credits():
        return "credit"
    for rule, patterns in _rules().items():
        if rule != "marker" and (rule != "tail" or last) and any(pattern.fullmatch(view) for pattern in patterns):
            return rule
    return None


@lru_cache(maxsize=1)
def _credits() -> frozenset[str]:
    """Give how agencies are credited, as keys, and words that stand in their place."""
    names = [name for entry in load("agencies").values() for group in entry.values() for name in group]
    return frozenset(line_key(str(name)) for name in [*names, "متابعات", "متابعة", "خاص", "مكتب", "CNN"])


_DASH = re.compile(r"\s*[-–—ـ]+\s+|\s+[-–—ـ]+\s*")
_BRACKET = re.compile(r"[^.!؟?:«»“”\"\n()]{2,60}\(([^()\n]{2,30})\)\s*[-–—]+\s")
_HEAD = re.compile(r"[^.!؟?«»“”\"\n:]{2,90}:")


def byline_parts(line: str) -> list[str]:
    """Give the keys of what stands between the dashes of a short line; one key where there is no dash."""
    return [key for part in _DASH.split(line.strip(" :*•/-–—ـ")) if (key := line_key(part))]


def is_byline(line: str, furniture: Furniture) -> bool:
    """Tell a byline or dateline on its own line: short, no stop, with a part the outlet repeats, or an agency."""
    parts = byline_parts(line)
    if len(parts) < 2 or count_words(line) > 10 or re.search(r"[.!؟?]\s*$", line) or any(map(str.isdigit, parts)):
        return False
    known = [part in furniture.byline_parts or part in _credits() for part in parts]
    return any(known) and all(ok or part.count(" ") < 4 for ok, part in zip(known, parts, strict=True))


def dateline_end(text: str, start: int, end: int, furniture: Furniture) -> int | None:
    """Give where a dateline at the head of a paragraph ends (`بيروت - رويترز:`), or None.

    A name before a colon is a speaker unless a dash and a known part, or an agency alone, shows otherwise.
    """
    head = text[start : min(end, start + 120)]
    if (match := _BRACKET.match(head)) and (line_key(match[1]) in _credits() or match[1].isascii()):
        return start + match.end()
    if match := _HEAD.match(head):
        parts = byline_parts(match[0])
        known = [part in furniture.byline_parts or part in _credits() for part in parts]
        alone = len(parts) == 1 and parts[0] in _credits()
        if (alone or (len(parts) > 1 and any(known))) and all(part.count(" ") < 6 for part in parts):
            return start + match.end()
    places = [match.end() for match in _DASH.finditer(head[:80])]
    for left, right in pairwise([0, *places]):
        if line_key(head[left:right]) in _credits() and left < right:
            return start + right
    return None


_INITIALS = re.compile(r"(?<=[.!؟?»”\"])\s*(?:\w\s+){1,3}\w\s*$")


def tail_start(text: str, start: int, end: int) -> tuple[int, str] | None:
    """Give where something that is not the article begins at the end of its last paragraph, with the rule."""
    if match := _INITIALS.search(text, max(start, end - 12), end):
        return match.start(), "signature"
    for marker in _rules()["marker"]:
        if match := marker.search(text, start, end):
            return match.start(), "tail"
    spans = sentence_spans(text, max(start, end - 600), end)
    first, last = spans[-1]
    rule = line_rule(text[first:last], last=True)
    return (first, rule) if first > start and rule in ("tail", "related", "credit") else None


_FIRST_WORD = re.compile(r"\W*[وف]?(\w+)")
# Words that begin a clause, not a name or a caption.
_VERBAL = frozenset("لم لا لن قد ليس ليست كان كانت يذكر تم ان انه انها هو هي هذا هذه ذلك لكن ما من في الي".split())  # noqa: SIM905


def is_signature(line: str, before: str) -> bool:
    """Tell what is left over at the very end, behind a finished paragraph: a name, a caption, who the author is.

    Four words at most without a mark, or ten behind a bullet that the line before does not have.
    """
    bullet = line[:1] in "*-–•(" and line[:1] != before[:1]
    first = _FIRST_WORD.match(lexical_view(line))
    return (
        (first is None or (first[1] not in reporting_verbs() and first[1] not in _VERBAL))
        and count_words(line) <= (10 if bullet else 4)
        and (bullet or line[:1] not in '-–*•«"“')
        and not _FINAL_MARK.search(line)
        and not _DIGITS.search(line)
        and count_words(before) >= 8
        and re.search(r"[.!؟?»”\"]\s*$", before) is not None
    )


def is_repeated(line: str, furniture: Furniture) -> bool:
    """Tell a short line that the outlet repeats in its stories, whatever numbers stand in it."""
    short = count_words(line) < PARAGRAPH_WORDS
    return short and (masked_key(line) in furniture.lines or line_key(line) in furniture.lines)


def is_head_line(line: str, after: str) -> bool:
    """Tell a caption, a name or a label above the first paragraph of an article that has a title of its own."""
    plain = not (_FINAL_MARK.search(line) or _DIGITS.search(line) or set('«“"') & set(line))
    return plain and count_words(line) <= 4 and count_words(after) >= PARAGRAPH_WORDS


@dataclass
class _Line:
    key: str
    masked: str
    n_words: int
    edge: bool
    sentence: bool
    parts: list[str] = field(default_factory=list)


def find_furniture(outlets: Iterable[str], texts: Iterable[str]) -> dict[str, Furniture]:
    """Find what each outlet repeats across its stories.

    Articles of an outlet that share most of their words, line by line, are one story: a wire
    report that was published three times has no furniture in it. A line counts where it stands in
    `REPEATED_LINES` stories, mostly before the first or behind the last paragraph; one that reads
    like a sentence has to stand in `REPEATED_SHARE` of the outlet's stories too.
    """
    by_outlet: dict[str, list[list[_Line]]] = defaultdict(list)
    for outlet, text in zip(outlets, texts, strict=True):
        by_outlet[outlet].append(_lines(text))
    return {outlet: _repeated(articles) for outlet, articles in by_outlet.items()}


def _lines(text: str) -> list[_Line]:
    spans = list(line_spans(text))
    long = [number for number, span in enumerate(spans) if count_words(text, *span) >= PARAGRAPH_WORDS]
    first, last = (long[0], long[-1]) if long else (len(spans), -1)
    found = []
    for number, (start, end) in enumerate(spans):
        line, n_words = text[start:end], count_words(text, start, end)
        edge = number < first or number > last
        key = line_key(line)
        parts = byline_parts(line) if edge and n_words <= 10 else []
        if number == 0 and n_words > 10 and (head := _HEAD.match(line)):
            parts = byline_parts(head[0])
        sentence = n_words >= 6 and re.search(r"[.!؟?]\W*$", line) is not None
        parts = parts if len(parts) > 1 else []
        found.append(_Line(key, _DIGITS.sub("0", key), n_words, edge, sentence, parts))
    return found


def _repeated(articles: list[list[_Line]]) -> Furniture:
    story = _stories(articles)
    n_stories = len(set(story))
    in_stories: dict[str, set[int]] = defaultdict(set)
    at_edge: dict[str, set[int]] = defaultdict(set)
    sentences: set[str] = set()
    parts: dict[str, set[int]] = defaultdict(set)
    for number, lines in enumerate(articles):
        for line in lines:
            if line.n_words < PARAGRAPH_WORDS and line.key:
                # A sentence with other numbers is other news ("the index lost 34 points").
                key = line.key if line.sentence else line.masked
                in_stories[key].add(story[number])
                if line.edge:
                    at_edge[key].add(story[number])
                if line.sentence:
                    sentences.add(key)
            for part in line.parts:
                if not part.isdigit():
                    parts[part].add(story[number])
    kept = set()
    for key, found in in_stories.items():
        least = max(REPEATED_LINES, REPEATED_SHARE * n_stories if key in sentences else 0)
        if len(found) >= least and 2 * len(at_edge[key]) > len(found) and any(map(str.isalpha, key)):
            kept.add(key)
    return Furniture(frozenset(kept), frozenset(part for part, found in parts.items() if len(found) >= REPEATED_LINES))


def _stories(articles: list[list[_Line]]) -> list[int]:
    """Number the articles of an outlet so that copies of one text have one number. Linear in the number of lines."""
    holders: dict[str, list[int]] = defaultdict(list)
    words: dict[str, int] = {}
    for number, lines in enumerate(articles):
        for key, n_words in {line.key: line.n_words for line in lines if line.key}.items():
            holders[key].append(number)
            words[key] = n_words
    shared: Counter[tuple[int, int]] = Counter()
    long: set[tuple[int, int]] = set()
    for key, numbers in holders.items():
        for pair in pairwise(numbers):
            shared[pair] += words[key]
            if words[key] >= 12:
                long.add(pair)
    story = list(range(len(articles)))
    total = [sum(words[key] for key in {line.key for line in lines if line.key}) for lines in articles]
    for (a, b), n_words in sorted(shared.items()):
        small = min(total[a], total[b])
        if n_words >= 0.9 * small or (n_words >= 0.5 * small and (a, b) in long):
            story[b] = story[a]
    return story
