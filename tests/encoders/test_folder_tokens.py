import json
from itertools import accumulate
from types import SimpleNamespace

import pytest

from framing.encoders.bert_checkpoint import UnreadableModel
from framing.encoders.folder_tokens import FolderTokens, windows

pytest.importorskip("tokenizers")
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[رابط]", "ال+", "+ة", "كتاب", "##ان", ".", "[", "]", "+",
              "رابط", "ال", "ة", "قرأ"]  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """Write a folder as old checkpoints of AraBERT are: a vocabulary, and tokens that are never split."""
    (tmp_path / "vocab.txt").write_text("\n".join(VOCABULARY), encoding="utf-8")
    config = {"do_lower_case": False, "never_split": ["[رابط]", "ال+", "+ة", "[بريد]"], "max_len": 16}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    return tmp_path


def test_declared_tokens_stay_whole_and_others_split(folder):
    tokens = FolderTokens(folder)
    assert tokens.encoding("قرأ [رابط] ال+ كتاب +ة .").tokens == ["قرأ", "[رابط]", "ال+", "كتاب", "+ة", "."]
    assert tokens.encoding("كتابان [ رابط ]").tokens == ["كتاب", "##ان", "[", "رابط", "]"]


def test_declared_token_without_a_row_in_the_model_gets_no_id(folder):
    tokens = FolderTokens(folder)
    assert max(tokens.encoding("[بريد]").ids) < len(VOCABULARY) == tokens.n_words


def test_begin_end_unknown_and_window_are_the_models_own(folder):
    tokens = FolderTokens(folder)
    assert (tokens.begin, tokens.end, tokens.unknown(), tokens.limit) == ([2], [3], 1, 16)


def test_folder_without_a_tokenizer_of_these_kinds_says_so(tmp_path):
    with pytest.raises(UnreadableModel, match=r"no tokenizer\.json and no vocab\.txt"):
        FolderTokens(tmp_path)


def cut(text: str, limit: int) -> list[str]:
    """Cut a text of one-letter pieces; words are what stands between spaces."""
    at = [i for i, letter in enumerate(text) if letter != " "]
    spaces = list(accumulate(letter == " " for letter in text))
    words = [spaces[i] for i in at]
    encoding = SimpleNamespace(ids=at, offsets=[(i, i + 1) for i in at], word_ids=words)
    return ["".join(text[i] for i in ids) for ids in windows(encoding, text, limit)]


def test_window_ends_behind_a_sentence_in_its_second_half():
    assert cut("ا ب ج . د ه و ز", 6) == ["ابج.", "دهوز"]


def test_window_ends_between_words_where_no_sentence_ends():
    assert cut("اب جدهو زحط", 8) == ["ابجدهو", "زحط"]


def test_word_longer_than_a_window_is_cut_anywhere_and_nothing_is_lost():
    assert cut("ا" * 25, 10) == ["ا" * 10, "ا" * 10, "ا" * 5]


def test_text_that_fits_is_one_window_and_nothing_is_none():
    assert cut("ا ب", 2) == ["اب"]
    assert cut("", 2) == []


def test_cutting_takes_linear_time(growth):
    text = "كلمة " * 20_000
    assert growth(lambda text: cut(text, 510), text) < 3
