import logging
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.stats import spearmanr

from framing.articles import read_articles
from framing.encoders import load_encoder, static_build
from framing.encoders.static import Static, load_static
from framing.encoders.static_build import build_static, build_static_from, choose_words, taught
from framing.encoders.static_folder import ABOUT, MODEL, read_table
from framing.errors import EncoderError, MissingLibraryError
from framing.files import package_data
from framing.units import split_units

LETTERS = "ابتثجحخدرزسشصطعغفقكلمنه"
WORDS = [a + b + "ر" for a in LETTERS for b in LETTERS][:200]
TEXTS = [f"الخطر يهدد الطيور {word} في البحيرة" for word in WORDS[:30]] + ["تعويض المزارع عن الكلفة", "الخَطَر الأكبر"]


@pytest.fixture
def built(fake_encoder):
    return build_static(TEXTS, words=WORDS, n_words=150, source=fake_encoder)


def test_built_table_is_the_one_that_is_loaded(built):
    encoder = load_static()
    assert encoder.n_dims == 16
    assert built.about["n_words"] == 150
    assert encoder.encode(TEXTS).shape == (len(TEXTS), 16)
    assert built.folder.name.startswith("static-")


def test_same_input_gives_the_same_bytes(built, fake_encoder, tmp_path):
    again = build_static([*TEXTS[::-1], TEXTS[0]], words=WORDS, n_words=150, out=tmp_path / "b", source=fake_encoder)
    assert not again.reused
    for name in (MODEL, ABOUT):
        assert (again.folder / name).read_bytes() == (built.folder / name).read_bytes()


def test_what_is_built_already_is_not_built_again(built, fake_encoder):
    n_seen = len(fake_encoder.seen)
    again = build_static(TEXTS, words=WORDS, n_words=150, source=fake_encoder)
    assert again.reused
    assert (again.folder, len(fake_encoder.seen)) == (built.folder, n_seen)
    assert "was there already" in again.summary()


@pytest.mark.parametrize("change", [{"seed": 1}, {"n_words": 140}, {"words": WORDS[::-1]}])
def test_other_input_gets_a_folder_of_its_own(built, fake_encoder, change):
    settings = {"words": WORDS, "n_words": 150} | change
    assert build_static(TEXTS, source=fake_encoder, **settings).folder != built.folder


def test_damaged_table_is_built_again(built, fake_encoder):
    whole = (built.folder / MODEL).read_bytes()
    (built.folder / MODEL).write_bytes(whole[:-1])
    assert not build_static(TEXTS, words=WORDS, n_words=150, source=fake_encoder).reused
    assert (built.folder / MODEL).read_bytes() == whole


def test_words_that_stand_twice_come_before_general_ones_and_those_before_the_rest():
    corpus = [f"قمح قمح {word}" for word in ("نادرة", "شجرة")]
    general = dict.fromkeys(WORDS[:100], 0.001)
    keys = choose_words(corpus, general, 1000).keys
    assert keys[0] == "قمح"
    assert keys[-2:] == ["شجره", "نادره"]
    assert "نادره" not in choose_words(corpus, general, 101).keys


def test_word_is_embedded_as_it_is_written_most_often():
    corpus = ["أمة واحدة", "أمة أخرى", "امه ثالثة"]
    found = choose_words(corpus, dict.fromkeys(WORDS, 0.001), 100)
    assert found.written[found.keys.index("امه")] == "أمة"


def test_frequent_words_weigh_less(built):
    table = read_table(built.folder)
    lengths = dict(zip(table.keys, np.linalg.norm(table.vectors, axis=1), strict=True))
    assert lengths["البحيره"] < np.median(list(lengths.values()))


def test_sentences_pull_word_vectors_toward_their_own(monkeypatch):
    rng = np.random.default_rng(4)
    truth, start = rng.normal(size=(12, 6)), rng.normal(size=(12, 6))
    shares = csr_matrix(rng.dirichlet(np.ones(12), size=200))
    target = shares @ truth
    moved = taught(start, shares, target)
    wanted = target - target.mean(axis=0)
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)

    def loss(rows: np.ndarray) -> float:
        return float(((shares @ rows - wanted) ** 2).sum())

    assert loss(moved) < 0.5 * loss(start)
    # Where the penalty is the only thing that counts, the vectors keep their directions.
    monkeypatch.setattr(static_build, "RIDGE", 1e12)
    still = taught(start, shares, target)
    assert np.allclose(still / np.linalg.norm(still), start / np.linalg.norm(start) * np.sign((still * start).sum()))


def test_ridge_solution_is_the_minimum():
    # Hoerl & Kennard's solution over words (the primal one) must agree with ours over sentences.
    rng = np.random.default_rng(7)
    start, dense = rng.normal(size=(5, 3)), rng.dirichlet(np.ones(5), size=9)
    target = rng.normal(size=(9, 3))
    moved = taught(start, csr_matrix(dense), target)
    wanted = target - target.mean(axis=0)
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    means = dense @ start
    scale = (means * wanted).sum() / (means * means).sum()
    unit = (dense**2).sum(axis=1).mean()
    primal = np.linalg.solve(
        dense.T @ dense / unit + static_build.RIDGE * np.eye(5), dense.T @ (wanted - means * scale) / unit
    )
    assert np.allclose(moved, start * scale + primal, atol=1e-6)


def test_note_says_what_was_built_and_how_much_is_unknown(built, fake_encoder):
    assert built.about["source"] == "fake|1|fp32|16"
    assert built.about["n_texts"] == len(TEXTS)
    assert built.about["coverage"]["n_words"] == 186
    # The general words fill the vocabulary before those of the corpus that stand once.
    assert built.about["coverage"]["unknown_share"] == pytest.approx(5 / 186, abs=0.001)
    assert "186 running words 2.7% are unknown" in built.summary()
    assert str(Path.cwd()) not in (built.folder / ABOUT).read_text(encoding="utf-8")


def test_hostile_texts_and_words_do_no_harm(fake_encoder):
    texts = [*TEXTS, "", "\x00", "\ud800", "ن" * 100_000, "<script>alert(1)</script>", "ًٌ"]
    found = build_static(texts, words=[*WORDS, "", "a b", "\ud800"], n_words=300, source=fake_encoder)
    assert np.isfinite(read_table(found.folder).vectors).all()
    assert all(key.isalnum() for key in read_table(found.folder).keys)
    assert not any("ن" * 100 in key for key in read_table(found.folder).keys)


def test_too_few_words_say_what_to_do(fake_encoder):
    with pytest.raises(EncoderError, match=r"only 2 words in 1 texts.*Give more articles"):
        build_static(["كلمة أخرى"], words=[], source=fake_encoder)


def test_tiny_vocabulary_is_refused(fake_encoder):
    with pytest.raises(ValueError, match="n_words=7"):
        build_static(TEXTS, n_words=7, source=fake_encoder)


def test_without_wordfreq_the_corpus_is_all_there_is(fake_encoder, monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "wordfreq", None)
    with caplog.at_level(logging.WARNING):
        found = build_static([f"{a} {b}" for a in WORDS[:60] for b in WORDS[:2]], source=fake_encoder)
    assert found.about["general_words"] == "none"
    assert "wordfreq is not installed" in caplog.text


def test_with_neither_corpus_nor_wordfreq_it_says_what_to_install(fake_encoder, monkeypatch):
    monkeypatch.setitem(sys.modules, "wordfreq", None)
    with pytest.raises(MissingLibraryError, match="wordfreq is needed for the general words"):
        build_static(None, source=fake_encoder)


def test_files_of_articles_are_cut_into_units(fake_encoder, monkeypatch, data):
    monkeypatch.setattr(static_build, "_default_source", lambda: fake_encoder)
    monkeypatch.setattr(static_build, "_general_words", lambda words, n_words, *, needed: ({}, "none"))
    found = build_static_from([data / "articles.jsonl"])
    assert found.about["n_sentences"] > 20


def test_model2vec_reads_the_folder_alike(built):
    library = pytest.importorskip("model2vec")
    ours = Static(read_table(built.folder))
    texts = [" ".join(WORDS[k : k + 5]) for k in range(0, 60, 5)]
    assert ours.coverage(texts).n_by_clitics == ours.coverage(texts).unknown_share == 0
    theirs = library.StaticModel.from_pretrained(built.folder).encode(texts)
    assert np.allclose(ours.encode(texts), theirs, atol=1e-5)


@pytest.mark.slow
def test_texts_near_each_other_for_e5_are_near_for_its_words():
    units = split_units(read_articles(package_data("demo", "articles.jsonl")).table).table
    texts = list(dict.fromkeys(units["text"]))[:300]
    build_static(texts, words=[], n_words=1000)
    places = np.triu_indices(len(texts), 1)
    rows = {encoder.name: encoder.encode(texts) for encoder in (load_static(), load_encoder("e5-small"))}
    centred = {name: found - found.mean(axis=0) for name, found in rows.items()}
    one, two = ((found @ found.T)[places] for found in centred.values())
    assert spearmanr(one, two).statistic > 0.6
