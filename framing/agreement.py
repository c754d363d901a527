"""Whether a word can belong to the noun phrase before it: article, endings, and lists of words.

Arabic joins a noun to a definite one and lets adjectives agree; where neither holds, another noun begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from framing.speech_words import Token, bare, is_definite, is_relation, listed, names_person, names_place, word_list

_TANWIN = re.compile("[\u064b]")
# Nouns of action with the article, by their pattern: what was refused or demanded, never a family name.
_ACT = re.compile("ال(?:ا..ا.|ا.ت.ا.|ان..ا.|است..ا.|ت..ي.|كشف|رد|عوده|قبول|مشاركه)")
_CAUSED = re.compile("ت..ي.")
_BARE_ACT = re.compile("ا.ت.ا.|ان..ا.|است..ا.")
# Past verbs of the derived forms, by their pattern; a name that looks so is written with a hamza.
_PAST = re.compile("است[^اأإ]{2,3}|ا[^لسأإا]ت[^اأإ][^اأإيهة]|ان[^اأإ]{2}[^اأإيهة]")
OWNER = re.compile("(?:ها|هم|هن|[^ة]ه|نا)$")


def agrees(text: str, tokens: Sequence[Token], first: int, place: int) -> bool:
    """Tell whether a word can belong to the noun phrase before it, from the article, endings and word lists."""
    key, before = tokens[place].key, tokens[place - 1].key
    word = text[tokens[place].start : tokens[place].end]
    if is_past(word) and key not in listed("names") | listed("places"):
        return False
    if _TANWIN.search(word) and not _TANWIN.search(text[tokens[place - 1].start : tokens[place - 1].end]):
        return False
    if key in listed("adjectives") or key in listed("adjectives_bare") or key == "الله":
        return True
    if word.endswith("ى") and not is_definite(key) and word not in listed("nouns_in_ya"):
        return False
    if key[:1] == "و" and key[1:] in listed("places"):
        return any(names_place(tokens, i) or tokens[i].key[1:] in listed("places") for i in range(first, place))
    if key[:1] == "و" and key not in listed("names") and not key.startswith("وال"):
        return names_person(key[1:]) or key[1:] in listed("bodies")
    if names_place(tokens, place - 1) and not key.startswith("لل"):
        return key in listed("place_seconds")
    if before in listed("place_seconds") and place > first + 1 and names_place(tokens, place - 2):
        return is_relation(key) and is_definite(key)
    acts = key[:1] == "ت" and {key, "ي" + key[1:]} & word_list("no_speech") and is_definite(before)
    if acts or (key[:1] == "ي" and _is_present(tokens, first, place)):
        return False
    closed = is_definite(before) or (is_relation(before) and place > first + 1)
    if closed and names_place(tokens, place) and not is_definite(key):
        return False  # an adjective has closed the phrase: whom it addresses
    if key.startswith("لل") or (key[:1] == "ل" and key[1:] in listed("joined") | listed("institutions")):
        return True
    if before in listed("quantities"):
        return True
    if key in listed("clause_verbs") and not any(is_definite(t.key) for t in tokens[first:place]):
        return True  # "a study that a university published"
    if len(word) > 3 and OWNER.search(word) is not None and not word.endswith("الله"):
        body = key.removesuffix("ها").removesuffix("ه")
        joined = place == first + 1 and names_person(before) and not is_definite(before)
        return joined and body in listed("bodies") | listed("institutions")  # "the commander of its army"
    if is_definite(key):
        earlier = text[tokens[place - 1].start : tokens[place - 1].end]
        owned = len(earlier) > 3 and OWNER.search(earlier) is not None and not earlier.endswith("الله")
        return _definite_agrees(tokens, first, place, owned=owned)
    if is_definite(before) or names_place(tokens, place - 1):
        return _names_behind_definite(tokens, first, place, word)
    if _is_indefinite_object(tokens, first, place, word):
        return False
    adjective = (is_relation(before) and before not in listed("place_nouns")) or before in listed("adjectives_bare")
    bare_head = names_person(tokens[first].key) and not any(is_definite(t.key) for t in tokens[first:place])
    if place > first + 1 and adjective and bare_head and not is_relation(key) and key[:1] not in "بل":
        return _follows_adjective(tokens, place)
    return key not in listed("content_nouns") or place == first + 1


def _names_behind_definite(tokens: Sequence[Token], first: int, place: int, word: str) -> bool:
    """Tell a name or adjective behind a definite noun or a place ("the minister Samer") from what the verb is about."""
    key, before = tokens[place].key, tokens[place - 1].key
    inside = any(t.key == "في" for t in tokens[first:place]) and not is_definite(tokens[first].key)
    if inside and not is_relation(key) and key[:1] not in "بل":
        return key in listed("adjectives_bare")  # no name stands behind "a member of the council"
    if before.endswith(("ون", "يين")) or bare(before) in listed("person_plurals"):
        return key in listed("adjectives_bare")
    behind = tokens[place + 1].key if place + 1 < len(tokens) and tokens[place + 1].gap == " " else ""
    paired = len(behind) > 2 and not is_definite(behind) and behind not in listed("ends") | listed("prepositions")
    named = word.endswith("ا") and paired and key not in listed("content_nouns")
    person = any(names_person(t.key) for t in tokens[first:place])
    feminine = word.endswith("ة") and word not in listed("names_in_ta")
    return person and (named or not _is_object(word, key)) and not feminine


def _is_indefinite_object(tokens: Sequence[Token], first: int, place: int, word: str) -> bool:
    """Tell an object by its ending behind several people, or one and adjectives, that no article makes known.

    "Experts expect more": behind one person alone a name may stand.
    """
    key = tokens[place].key
    if not word.endswith("ا") or len(key) < 4 or key.endswith(("ها", "نا")) or tokens[place - 1].key.endswith("ا"):
        return False
    head, between = tokens[first].key, [token.key for token in tokens[first + 1 : place]]
    several = head in listed("person_plurals") or head.endswith("ون")
    described = all(is_relation(k) or k in listed("adjectives_bare") for k in between)
    if not names_person(head) or is_definite(head) or not described or not (several or between):
        return False
    known = listed("names") | listed("place_seconds") | listed("adjectives_bare")
    return key not in known and not names_place(tokens, place)


def _definite_agrees(tokens: Sequence[Token], first: int, place: int, *, owned: bool) -> bool:
    key, before = tokens[place].key, tokens[place - 1].key
    if before.endswith("ون") and names_person(before) and not is_definite(before):
        return is_relation(key) and key.endswith("ون")  # it would lose its ending before a noun joined to it
    if _behind_a_name(tokens, first, place):
        return False
    several = before.endswith(("ين", "ون", "ات")) or bare(before) in listed("person_plurals")
    if key.endswith("يين") and not several and key[:1] != "و":
        return False
    if owned:
        guest = place == first + 1 and before.endswith("نا") and names_person(key)  # "our guest the expert"
        return guest or key in listed("adjectives") or is_relation(key)
    high = key in ("المستوي", "الشان", "المقام")  # "high of rank"
    described = place > first + 1 and before in listed("adjectives_bare") and not high
    if described and names_person(tokens[first].key) and not is_definite(tokens[first].key):
        return False  # "a retired officer likens the front to ..."
    if not is_definite(before) and not is_relation(before):
        # A noun joined to a definite one; an indefinite adjective of relation is never joined to one.
        return True
    if not is_definite(before):
        return names_person(tokens[first].key) and bare(key) in listed("roles")
    if key in listed("adjectives") or is_relation(key):
        return True
    if names_person(key):
        several = before.endswith(("ون", "ين", "ات")) or bare(before) in listed("person_plurals")
        if not several and (bare(key) in listed("person_plurals") or key.endswith("ون")):
            return False  # a second noun in the plural is no title
        return any(names_person(token.key) for token in tokens[first:place])
    if key.endswith("ه") and bare(before) in listed("thing_plurals"):
        return True
    behind = tokens[place + 1].key if place + 1 < len(tokens) and tokens[place + 1].gap == " " else ""
    if key in ("الجنوب", "الشمال", "الغرب", "الشرق") and is_relation(behind) and not is_definite(behind):
        return True  # "South African"
    if bare(key) in listed("bodies") | listed("institutions") | listed("place_nouns"):
        return False
    if before.endswith(("ون", "يين")) or bare(before) in listed("person_plurals"):
        return bare(key) in listed("adjectives_bare")  # no family name stands behind several people
    if key.endswith("ه") and names_person(before) and not before.endswith("ه"):
        return False
    if key.endswith("ه") and before.endswith(("ه", "ات")) and bare(key) not in listed("content_nouns"):
        return True
    return names_person(before) and not key.endswith("ات") and _ACT.fullmatch(key) is None


def _is_present(tokens: Sequence[Token], first: int, place: int) -> bool:
    """Tell a verb in the present behind a definite phrase ("the doctor opens ...") from a name that begins so."""
    key, before = tokens[place].key, tokens[place - 1].key
    if len(key) < 3 or key in listed("no_verbs") | listed("place_seconds") or is_relation(key):
        return False
    if not (is_definite(before) or is_relation(before)) or not any(is_definite(t.key) for t in tokens[first:place]):
        return place == first + 1 and is_relation(before)
    behind = tokens[place + 1] if place + 1 < len(tokens) and tokens[place + 1].gap == " " else None
    bound = behind is None or is_definite(behind.key) or behind.key in listed("ends") | listed("prepositions")
    return bound or behind is None or behind.key.endswith("ا") or OWNER.search(behind.key) is not None


def _behind_a_name(tokens: Sequence[Token], first: int, place: int) -> bool:
    """Tell an act or a body behind a titled person's name: whom or what the verb is about, never a family name."""
    key, before = tokens[place].key, tokens[place - 1].key
    titled = names_person(tokens[first].key) and any(is_definite(t.key) for t in tokens[first:place])
    if not titled or is_definite(before) or names_person(before) or bare(before) in listed("bodies"):
        return False
    if before[:1] in ("ل", "ب", "و") and before not in listed("names"):
        return False
    if before in listed("institutions") | listed("joined") | listed("place_nouns") or before in ("في", "باسم"):
        return False
    body = bare(key) in listed("bodies") or key in ("الولايات", "الامم", "المجتمع", "القرار")
    return (body or _ACT.fullmatch(key) is not None) and place > first + 2


def _follows_adjective(tokens: Sequence[Token], place: int) -> bool:
    """Tell another adjective or a clause from the object behind an indefinite phrase that an adjective has closed."""
    key = tokens[place].key
    if key in listed("adjectives_bare") | listed("clause_verbs") | listed("verbs"):
        return True
    if key.endswith("ون") and tokens[place - 1].key.endswith("ون"):
        return True
    behind = tokens[place + 1] if place + 1 < len(tokens) else None
    ends = behind is None or behind.gap.strip() or behind.key in listed("prepositions") | word_list("that")
    return key[:1] == "م" and not key.endswith("ه") and bool(ends)


def is_past(word: str) -> bool:
    """Tell a past verb of a derived form by its pattern ("opened", "asked for"), as written."""
    return _PAST.fullmatch(word) is not None


def _is_object(word: str, key: str) -> bool:
    """Tell an indefinite object by its ending, where no foreign name ends so."""
    return (
        key in listed("content_nouns")
        or (_CAUSED.fullmatch(key) is not None and key not in listed("names"))
        or _BARE_ACT.fullmatch(key) is not None
        or (word.endswith("ا") and len(word) > 3 and key not in listed("places"))
    )
