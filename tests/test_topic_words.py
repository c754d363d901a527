"""Words of clusters: joined for counting, shown as written."""

import numpy as np
import pytest

from framing.frame_texts import stem
from framing.topic_words import Tokens, class_words, stop_words

# Two subjects in invented sentences; the second holds its word with several clitics.
TEXTS = ["ازدحم السوق بالباعة", "السوق مزدحم اليوم", "رست السفن", "عادت السفن", "والسفن في المرفأ", "للسفن أشرعة"]
TOPICS = np.array([0, 0, 1, 1, 1, 1])


def test_clitic_forms_are_counted_as_one_word_and_shown_as_the_commonest():
    found = class_words(TEXTS, TOPICS, Tokens(TEXTS, stop_words()))
    assert found[1][0] == "السفن"
    assert sum("سفن" in phrase.split()[0] for phrase in found[1] if " " not in phrase) == 1


def test_proclitic_goes_only_where_the_bare_word_is_commoner():
    tokens = Tokens(["روسيا", "روسيا", "وروسيا", "وزير", "وزير"], frozenset())
    assert tokens("وروسيا") == ["روسيا"]
    assert tokens("وزير") == ["وزير"]
    assert tokens.key("وروسيا") == "روسيا"


def test_pairs_of_words_are_found():
    texts = ["مجلس الأمن", "مجلس الأمن", "برتقال وليمون"]
    found = class_words(texts, np.array([0, 0, 1]), Tokens(texts, frozenset()))
    assert "مجلس الأمن" in found[0]


@pytest.mark.parametrize("text", ["فِي المَدِينَةِ", "في المـــدينة", "في المدينة"])
def test_diacritics_and_tatweel_do_not_break_words(text):
    assert Tokens([text], stop_words())(text) == ["مدينه"]


def test_latin_digits_and_short_words_are_no_words_of_a_cluster():
    assert Tokens([], frozenset())("NATO 2024 ٢٠٢٤ من لب") == []


def test_letters_of_foreign_names_are_kept():
    assert Tokens([], frozenset())("ڤيينا") == ["ڤيينا"]


def test_texts_without_a_word_give_no_words():
    assert class_words(["؟", "12"], np.array([0, 1]), Tokens([], frozenset())) == {0: [], 1: []}


def test_reporting_verbs_and_outlets_are_stopped_with_their_clitics():
    tokens = Tokens([], stop_words(["صحيفة الفنار"]))
    assert tokens("وأضاف وقالت الفنار والفنار أكدت") == []


def test_stem_leaves_a_word_that_begins_like_an_article():
    assert stem("الى") == "الى"
