"""Whether a verb of saying reports here: its homographs, its negations, what it hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from framing.speakers import clause_start, speaks_here
from framing.speech_words import CLOSING, Token, breaks, listed, word_list
from framing.verb_forms import act_verbs, has_object, homographs, is_participle, plain_verbs, reporting_forms, verb_form

# How many words behind a speaker the clause may begin ("said on Tuesday, on the margin of ..., that").
CLAUSE_REACH = 30

RELATIVE = ("الذي", "التي", "الذين", "والتي", "والذي", "اللذين")
_THAT_VERB = ("ان", "بان", "الا")
# Before "that" with a past verb: after, before, since it happened.
_TIME_OF = ("بعد", "قبل", "منذ", "سبق", "وسبق", "الي", "حتي", "ما", "لولا", "قبيل", "مجرد", "وبعد", "وقبل")
_ASKED = ("طلب", "طلبت", "رفض", "رفضت", "فضل", "فضلت", "اشترط", "اشترطت", "يرفض", "ترفض")
_ANONYMOUS = ("عدم", "الا", "ذكر", "الكشف", "الافصاح")
_OPINIONS = ("يتوقع", "تتوقع", "توقع", "يري", "تري", "يعتقد", "تعتقد")
_TURNS = ("بل", "ثم", "لكنه", "لكنها", "انما")
_RENEWS = ("جدد", "جددت", "يجدد", "تجدد")
_WRITTEN = ("بيانا", "رساله", "خطابا", "كلمه", "مقالا", "تصريحا", "تقريرا", "مذكره", "تغريده", "خطبه")
_WHOEVER = ("من", "لمن", "كمن", "ممن", "بمن", "فمن")
_NEGATIONS = ("لم", "ولم", "لن", "ولن", "لا", "ولا")


@dataclass(frozen=True)
class Reading:
    """A verb with what was read round it; places are numbers of words.

    form : as written, without conjunction. stem : its listed form. subject : first word of its speaker and the one
    behind, None where none is written. clause : where a that-clause, colon or quotation begins. end : the word behind
    verb and speaker. inside : which words stand in quotations.
    """

    tokens: Sequence[Token]
    number: int
    form: str
    stem: str
    subject: tuple[int, int] | None
    clause: int | None
    end: int
    inside: Sequence[bool]

    @property
    def token(self) -> Token:
        """The word itself."""
        return self.tokens[self.number]

    @property
    def near(self) -> bool:
        """Whether the clause begins close behind."""
        return self.clause is not None and self.clause - self.end <= 6

    @property
    def joined(self) -> bool:
        """Whether "and" is written with the verb."""
        return is_joined(self.token.key, self.form)

    @property
    def lead(self) -> str:
        """The word before, "" behind a mark."""
        return self.tokens[self.number - 1].key if self.number and not self.token.gap.strip() else ""

    @property
    def opens(self) -> bool:
        """Whether the verb opens a clause of its own."""
        first = self.number - clause_start(self.tokens, self.number) <= 1
        return first or self.joined or breaks(self.token.gap) or self.lead in word_list("leads")

    @property
    def negated(self) -> bool:
        """Whether "not" stands before it."""
        return self.lead in _NEGATIONS

    @property
    def stands(self) -> str:
        """The word behind verb and speaker, "" behind a mark."""
        return (
            self.tokens[self.end].key if self.end < len(self.tokens) and not breaks(self.tokens[self.end].gap) else ""
        )

    def before(self, distance: int) -> str:
        """Give the word so many words before the verb."""
        return self.tokens[self.number - distance].key if self.number >= distance else ""

    def speaks(self) -> bool:
        """Tell whether a person, body or place is its subject."""
        return self.subject is not None and speaks_here(self.tokens, self.subject[0])


def is_joined(key: str, form: str) -> bool:
    """Tell whether "and" is written with a verb."""
    return key != form and key[:1] in "وف"


def clause_at(tokens: Sequence[Token], first: int, inside: Sequence[bool], *, hidden: bool = False) -> int | None:
    """Give the number of the word where the reported clause begins: "that", or the word behind a colon or mark."""
    complement, ended = word_list("complement"), word_list("clause_ends")
    for number in range(first, min(len(tokens), first + CLAUSE_REACH)):
        token = tokens[number]
        if any(mark in token.gap for mark in ".؟!") and number > first:
            return None
        if token.key in complement and number > first and tokens[number - 1].key in word_list("no_complement"):
            continue
        if ":" in token.gap or (inside[number] and (number == 0 or not inside[number - 1] or number == first)):
            return number
        if token.key in complement or (hidden and token.key in listed("content_nouns")):
            return number
        if number > first and (token.key in ended or _is_next_report(tokens, number)):
            return None
        if number > first + 8 and token.gap.strip() and token.key[:1] == "و":
            return None
    return None


def _is_next_report(tokens: Sequence[Token], number: int) -> bool:
    form = verb_form(tokens[number].key)
    if not form or form in homographs():
        return False
    follows = number + 1 < len(tokens) and tokens[number + 1].key in word_list("complement")
    return follows or form != tokens[number].key or is_participle(form)


def says(verb: Reading) -> bool:
    """Tell a verb of saying from its homographs and from verbs that report nothing here."""
    if _is_other_word(verb) or _is_thing(verb) or _is_part_of_clause(verb):
        return False
    closed = verb.number and verb.inside[verb.number - 1] and any(mark in verb.token.gap for mark in CLOSING)
    if (closed and verb.stem != "بين") or _closes(verb):
        return True  # "...", he said
    if is_participle(verb.form) and not _is_adverbial(verb):
        return verb.form in ("قايلا", "قايله") and verb.clause is not None
    if verb.lead in ("كان", "كانت") and is_participle(verb.form):
        return False  # "was expected"
    that = verb.clause == verb.number + 1 and verb.tokens[verb.clause].key in word_list("that")
    if (verb.stem == "عقب" or (verb.stem == "بين" and not that)) and not verb.speaks():
        return False
    if verb.stem in _ASKED and verb.stands in _ANONYMOUS:
        return False  # "an official who asked not to be named"
    if verb.stem in word_list("count_verbs") | word_list("weak_verbs") and not verb.speaks():
        return False
    if verb.stem in homographs() or (verb.stem in word_list("clause_verbs") - plain_verbs()):
        return _says_with_clause(verb)
    return verb.near or _says_without_clause(verb)


def _closes(verb: Reading) -> bool:
    """Tell a verb that names at the end of a sentence who said it ("..., wrote an envoy.", "thus said he")."""
    if not verb.speaks() or verb.subject is None or verb.subject[0] != verb.number + 1:
        return False
    if verb.lead == "هكذا":
        return True
    behind = [token for token in verb.tokens[verb.end : verb.end + 2] if token.gap == " "]
    adverb = all(token.key in word_list("manners") for token in behind) and len(behind) < 2
    return adverb and verb.token.key == verb.form and verb.token.gap.strip(' "»”') in ("،", ",", "؟", "!", "؟!", "..")


def _is_other_word(verb: Reading) -> bool:
    """Tell a noun or adjective written like the verb, a negated act, and "it is said" of nobody."""
    if verb.token.key in word_list("no_subject") or _is_noun(verb.tokens, verb.number):
        return True
    if verb.form in ("يسمي", "تسمي") and verb.lead in ("ما", "بما", "مما"):
        return True  # "so-called"
    if verb.stem in ("يعتبر", "تعتبر") and verb.stands in word_list("ranks"):
        return True  # "is held to be one of"
    if verb.stem == "ابلغ" and verb.stands == "من":
        return True  # "more telling than"
    if verb.lead in _THAT_VERB and verb.before(2) not in _TIME_OF:
        # A noun stands behind "that" with a past form ("that the party's hold ..."), an act behind "to" with a present.
        return verb.form[0] not in "يتن" or not verb.near or verb.tokens[verb.clause or 0].key not in word_list("that")
    if verb.lead in _WHOEVER and not verb.near:
        return True  # "to whoever asks me for"
    if verb.negated and (verb.stem in act_verbs() or verb.before(2) == "ما"):
        return True
    passive = verb.subject is None and verb.form in word_list("passives") and verb.clause == verb.number + 1
    if passive and verb.tokens[verb.number + 1].key.startswith("ب"):
        return False  # "reminds that"
    return passive and (verb.number == 0 or verb.joined)


def _is_thing(verb: Reading) -> bool:
    """Tell "what Kyiv announced" (a thing) and "and points to" (a gesture) from what is said."""
    manner = verb.lead in ("وهو", "وهي", "وهم")
    if manner and (verb.clause is None or verb.tokens[verb.clause].key not in word_list("complement")):
        return True
    relative = verb.lead in ("ما", "لما", "بما", "مما", "فما") and has_object(verb.form)
    if not relative or verb.clause == verb.number + 1:
        return False
    behind = verb.subject is None or verb.subject[0] == verb.number + 1
    return behind and verb.before(2) not in ("وهو", "هو", "وفق", "حسب", "بحسب")


def _is_part_of_clause(verb: Reading) -> bool:
    """Tell a verb inside what is reported ("that it will announce ...") that opens no clause itself."""
    if verb.near:
        return False
    complement = word_list("complement")
    if verb.lead in complement and verb.before(2) != "بعد":
        return True
    first = verb.subject[0] if verb.subject is not None else 0
    return 0 < first < verb.number and verb.tokens[first - 1].key.removeprefix("و") in complement


def _is_adverbial(verb: Reading) -> bool:
    """Tell "..., adding that" from an adjective of the same form."""
    return verb.number == 0 or verb.joined or bool(verb.token.gap.strip()) or verb.clause == verb.number + 1


def _says_without_clause(verb: Reading) -> bool:
    """Tell whether a verb reports a noun ("denied the existence of ..."): it opens a clause and names who speaks."""
    if is_participle(verb.form):
        return verb.stands != "" and verb.form[-1] != "ه"
    stance = reporting_forms()[verb.stem]
    doubted = verb.negated and stance != "act" and not (verb.stem in _OPINIONS and verb.speaks())
    if verb.lead in RELATIVE or doubted:
        return False
    if verb.subject is None:
        inside = verb.number + 1 < len(verb.tokens) and verb.tokens[verb.number + 1].key in ("فيه", "فيها")
        if inside and verb.lead in _WRITTEN:
            return True  # "issued a statement in which it called for ..."
        closed = verb.end >= len(verb.tokens) or any(mark in verb.tokens[verb.end].gap for mark in "،,")
        aside = verb.number > 1 and closed and verb.end == verb.number + 1 and verb.token.gap.strip() in ("،", ",", "؟")
        if (aside or (verb.lead in _TURNS and verb.stands == "عن")) and stance in ("neutral", "endorsing"):
            return verb.token.key == verb.form
        if verb.lead in ("كما", "حسبما"):
            return True
        return verb.number <= 1 and stance in ("neutral", "endorsing") and verb.end < len(verb.tokens)
    object_too = has_object(verb.form) or verb.form.endswith(("اه", "اها", "ته", "تها", "فه", "فها"))
    if object_too and verb.subject[0] == verb.number + 1:
        return verb.speaks() or not verb.stem.endswith(("هدد", "تهدد"))  # "which an expert laid to ..."
    head = verb.tokens[clause_start(verb.tokens, verb.number)].key.removeprefix("و")
    return verb.opens or head in listed("prepositions") or verb.subject[0] < verb.number


def _says_with_clause(verb: Reading) -> bool:
    """Tell a verb that has another meaning too: a clause must follow it closely, or a speaker judge with it."""
    clause, end, stem = verb.clause, verb.end, verb.stem
    if stem == "وعد" and verb.speaks() and verb.stands[:1] == "ب":
        return True  # "promised to"; without a person behind it, "and counted"
    if stem == "نفت" and has_object(verb.form):
        return verb.speaks()  # "which the company denied": no oil
    if stem in word_list("carries") or stem in _RENEWS:
        objects = {token.key for token in verb.tokens[end : end + 6]}
        thing = verb.lead in ("ما", "مما", "بما") or verb.lead in RELATIVE
        spoken = verb.speaks() and not thing and not word_list("spoken_objects").isdisjoint(objects)
        if spoken or stem not in _RENEWS:
            return spoken
    if stem in ("يكشف", "تكشف") and verb.speaks() and verb.subject is not None and verb.subject[1] == verb.number:
        return verb.lead not in RELATIVE  # "the ministry reveals details": a photograph would not speak
    if verb.form[-1] == "ه" and is_participle(verb.form) and clause == end == 1:
        return False  # a headline's label
    if verb.lead in RELATIVE and stem in homographs():
        return False
    if verb.lead == "كما" and verb.subject is not None:
        return True
    first = verb.subject[0] if verb.subject else end
    speaks = verb.speaks() and (verb.opens or first < end - 1 or has_object(verb.form))
    asks = verb.stands in ("كيف", "لماذا", "هل", "متي", "عما", "اين") or stem in word_list("judges")
    if speaks and verb.stands and (asks or (stem in word_list("sees_in") and verb.stands == "في")):
        return True
    if clause is None:
        return verb.stands == "عن" and stem in word_list("say_about") and verb.opens
    if any(token.key in RELATIVE for token in verb.tokens[end:clause]):
        return False
    if stem in word_list("clause_heads") and not verb.opens:
        return False
    colon = ":" in verb.tokens[clause].gap
    said = verb.tokens[clause].key in word_list("complement") or stem in word_list("hides")
    if not colon and not said and clause > end:
        return False
    answers = speaks and stem in ("رد", "ردت", "يرد", "ترد", "علق", "علقت")
    reach = 16 if colon or answers else 8
    return clause - end <= reach and (verb.subject is not None or clause - end <= 3 or colon)


def _is_noun(tokens: Sequence[Token], number: int) -> bool:
    """Tell a noun written like the verb: behind a preposition or an article ("in reply", "the promise")."""
    if number == 0:
        return False
    return (
        tokens[number - 1].key in listed("prepositions") - {"حسب", "وفق", "بحسب", "رغم"}
        and not tokens[number].gap.strip()
    )
