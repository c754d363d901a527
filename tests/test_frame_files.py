"""A fitted model on disk: it says the same after loading, and what is wrong with a folder is named."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from framing import frame_files
from framing.articles import read_articles
from framing.codebook import load_codebook
from framing.encoders.safetensors_file import tensor_bytes
from framing.errors import FrameModelError
from framing.frames import FrameModel
from framing.units import split_units
from framing.vectors import embed

DATA = Path(__file__).parent / "data"
ABOUT, NUMBERS = "frame_model.json", "model.safetensors"


@pytest.fixture(scope="module")
def book():
    return load_codebook(DATA / "codebook.yaml")


@pytest.fixture(scope="module")
def units():
    return split_units(read_articles(DATA / "articles.jsonl").table).table


@pytest.fixture(scope="module")
def fitted(book, shared_encoder):
    return FrameModel(book, encoder=shared_encoder, seed=7).fit()


@pytest.fixture(scope="module")
def saved(fitted, tmp_path_factory):
    return fitted.save(tmp_path_factory.mktemp("saved") / "model")


@pytest.fixture
def folder(saved, tmp_path):
    """Give a copy of the saved model that a test may break."""
    return Path(shutil.copytree(saved, tmp_path / "copy"))


def change(folder, **changes):
    about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    (folder / ABOUT).write_text(json.dumps(about | changes, ensure_ascii=False), encoding="utf-8")


def same_frames(one, two, units, encoder):
    vectors = embed(units, encoder=encoder)
    first, second = (model.predict(units, vectors) for model in (one, two))
    assert first.frames["score"].to_numpy().tobytes() == second.frames["score"].to_numpy().tobytes()
    pd.testing.assert_frame_equal(first.frames, second.frames)
    assert first.settings == second.settings


def test_loaded_model_gives_the_same_bytes(fitted, saved, book, units, fake_encoder):
    same_frames(fitted, FrameModel.load(saved, book, encoder=fake_encoder), units, fake_encoder)


def test_loaded_model_gives_the_same_reasons(fitted, saved, book, fake_encoder):
    text = "نفى مدير المشروع وجود أي خطر على العابرين، والكلفة كبيرة."
    one, two = fitted.explain(text), FrameModel.load(saved, book, encoder=fake_encoder).explain(text)
    for part in ("scores", "words", "examples"):
        pd.testing.assert_frame_equal(getattr(one, part), getattr(two, part))


def test_loaded_model_saves_the_same_bytes(saved, book, fake_encoder, tmp_path):
    again = FrameModel.load(saved, book, encoder=fake_encoder).save(tmp_path / "again")
    for name in (ABOUT, NUMBERS):
        assert (again / name).read_bytes() == (saved / name).read_bytes()


def test_seed_and_counts_come_back(fitted, saved, book, fake_encoder):
    found = FrameModel.load(saved, book, encoder=fake_encoder)
    assert found.seed == 7
    assert found.learned.n_examples == len(book.examples)
    assert found.thresholds == fitted.thresholds
    assert found.learned.taught == fitted.learned.taught
    assert found.learned.unseen is None


def test_model_that_coded_units_taught_is_saved_with_them(book, units, fake_encoder, tmp_path):
    vectors = embed(units, encoder=fake_encoder)
    codes = pd.DataFrame({"unit_id": units["unit_id"][:12], "frame": "economy", "value": "true"})
    model = FrameModel(book, encoder=fake_encoder).fit(units, vectors, codes=codes)
    found = FrameModel.load(model.save(tmp_path / "m"), book, encoder=fake_encoder)
    assert found.learned.n_coded == 12
    same_frames(model, found, units, fake_encoder)


def test_model_without_any_example_is_saved_by_its_descriptions(units, fake_encoder, tmp_path):
    path = tmp_path / "codebook.yaml"
    frame = {"id": "heat", "name": "خطر", "definition": "خطر.", "terms": ["خطر"]}
    path.write_text(json.dumps({"id": "x", "version": "1", "title": "x", "frames": [frame]}), encoding="utf-8")
    told = load_codebook(path)
    model = FrameModel(told, encoder=fake_encoder).fit(units, embed(units, encoder=fake_encoder))
    assert model.learned.machine is None
    assert model.learned.descriptions.mean is not None
    same_frames(model, FrameModel.load(model.save(tmp_path / "m"), told, encoder=fake_encoder), units, fake_encoder)


def test_no_sentence_stands_in_a_saved_model(saved, book):
    kept = (saved / ABOUT).read_text(encoding="utf-8") + (saved / NUMBERS).read_bytes().decode("latin-1")
    assert not any(example.text in kept for example in book.examples)


def test_model_that_is_not_fitted_is_not_saved(book, fake_encoder, tmp_path):
    with pytest.raises(ValueError, match=r"not fitted; call \.fit\(\) first"):
        FrameModel(book, encoder=fake_encoder).save(tmp_path / "m")
    assert not (tmp_path / "m").exists()


# What is wrong is named


def test_folder_that_is_none_is_named(book, fake_encoder, tmp_path):
    with pytest.raises(FrameModelError, match=rf"nowhere: no readable {ABOUT}.*FrameModel\.save wrote") as caught:
        FrameModel.load(tmp_path / "nowhere", book, encoder=fake_encoder)
    assert ABOUT in caught.value.ar


@pytest.mark.parametrize("content", ["", "{", "[]", '"text"', "null"])
def test_file_that_is_no_model_is_named(folder, book, fake_encoder, content):
    (folder / ABOUT).write_text(content, encoding="utf-8")
    with pytest.raises(FrameModelError, match=rf"no readable {ABOUT}"):
        FrameModel.load(folder, book, encoder=fake_encoder)


def test_other_format_is_named(folder, book, fake_encoder):
    change(folder, format=99)
    with pytest.raises(FrameModelError, match=r"format 99, this version reads \d+\. Fit the model again"):
        FrameModel.load(folder, book, encoder=fake_encoder)


def test_other_codebook_is_named(folder, book, fake_encoder):
    grown = book.add_examples([{"text": "كلفة الجسر باهظة.", "frames": "economy", "style": "agency"}])
    with pytest.raises(
        FrameModelError, match=r"learned with codebook bridge 0\.1 \(\w{12}\), this is bridge 0\.2 .*the same codebook"
    ) as caught:
        FrameModel.load(folder, grown, encoder=fake_encoder)
    assert "codebook" in caught.value.ar


@pytest.mark.parametrize("part", ["name", "revision", "precision"])
def test_other_encoder_is_named(folder, book, fake_encoder, part):
    setattr(fake_encoder, part, "other")
    with pytest.raises(FrameModelError, match=r"learned with encoder fake\|1\|fp32\|16, this is .*other.*same encoder"):
        FrameModel.load(folder, book, encoder=fake_encoder)


def test_numbers_that_are_missing_or_changed_are_named(folder, book, fake_encoder):
    data = (folder / NUMBERS).read_bytes()
    (folder / NUMBERS).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(FrameModelError, match=rf"{NUMBERS} is missing or not the file that was saved"):
        FrameModel.load(folder, book, encoder=fake_encoder)
    (folder / NUMBERS).unlink()
    with pytest.raises(FrameModelError, match=rf"{NUMBERS} is missing or not the file") as caught:
        FrameModel.load(folder, book, encoder=fake_encoder)
    assert NUMBERS in caught.value.ar


@pytest.mark.parametrize("key", ["sha256", "columns", "curves", "features", "n_frames", "denial", "taught", "seed"])
def test_entry_that_is_missing_is_damage_of_the_file_with_the_entries(folder, book, fake_encoder, key):
    about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    del about[key]
    (folder / ABOUT).write_text(json.dumps(about), encoding="utf-8")
    with pytest.raises(FrameModelError, match=rf"{ABOUT} is damaged.*{key}.*Fit the model again"):
        FrameModel.load(folder, book, encoder=fake_encoder)


def test_number_that_is_missing_is_damage(folder, book, fake_encoder):
    (folder / NUMBERS).write_bytes(tensor_bytes({"machine.dual": np.zeros((1, 1))}))
    change(folder, sha256=frame_files.sha256_file(folder / NUMBERS))
    with pytest.raises(FrameModelError, match=r"is damaged.*it has no tensor"):
        FrameModel.load(folder, book, encoder=fake_encoder)


def test_features_that_are_not_as_many_as_their_weights_are_damage(folder, book, fake_encoder):
    about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    about["features"]["words"].append("زائدة")
    change(folder, features=about["features"])
    with pytest.raises(FrameModelError, match="is damaged"):
        FrameModel.load(folder, book, encoder=fake_encoder)


# What a codebook teaches is kept in the cache


def kept_in(cache):
    return sorted(path.parent for path in cache.glob(f"frame-models/*/{ABOUT}"))


def test_codebook_is_learned_once_and_taken_from_the_cache_then(book, units, fake_encoder, cache, monkeypatch):
    first = FrameModel(book, encoder=fake_encoder).fit()
    assert len(kept_in(cache)) == 1
    monkeypatch.setattr("framing.frames.learn_frames", lambda *given, **options: pytest.fail("learned twice"))
    same_frames(first, FrameModel(book, encoder=fake_encoder).fit(), units, fake_encoder)


def test_other_seed_encoder_or_code_is_learned_anew(book, fake_encoder, cache, monkeypatch):
    FrameModel(book, encoder=fake_encoder).fit()
    FrameModel(book, encoder=fake_encoder, seed=1).fit()
    fake_encoder.revision = "2"
    FrameModel(book, encoder=fake_encoder).fit()
    monkeypatch.setattr("framing.frames.learning_code", lambda: "changed")
    FrameModel(book, encoder=fake_encoder).fit()
    assert len(kept_in(cache)) == 4


def test_store_that_is_not_wanted_is_neither_read_nor_written(book, fake_encoder, cache):
    FrameModel(book, encoder=fake_encoder).fit(store=False)
    assert not kept_in(cache)


def test_what_coded_units_teach_is_not_kept(book, units, fake_encoder, cache):
    codes = pd.DataFrame({"unit_id": units["unit_id"][:3], "frame": "economy", "value": "true"})
    FrameModel(book, encoder=fake_encoder).fit(units, embed(units, encoder=fake_encoder), codes=codes)
    assert not kept_in(cache)


def test_damaged_store_is_learned_again_and_said(book, units, fake_encoder, cache, caplog):
    first = FrameModel(book, encoder=fake_encoder).fit()
    (kept_in(cache)[0] / NUMBERS).write_bytes(b"")
    again = FrameModel(book, encoder=fake_encoder).fit()
    assert "a stored frame model is learned again" in caplog.text
    same_frames(first, again, units, fake_encoder)


def test_model_fitted_on_codes_forgets_them_when_fitted_again_beside_a_damaged_store(book, units, fake_encoder, cache):
    FrameModel(book, encoder=fake_encoder).fit()
    (kept_in(cache)[0] / NUMBERS).write_bytes(b"")
    codes = pd.DataFrame({"unit_id": units["unit_id"][:5], "frame": "economy", "value": "true"})
    model = FrameModel(book, encoder=fake_encoder).fit(units, embed(units, encoder=fake_encoder), codes=codes)
    assert model.learned.n_coded == 5
    assert model.fit().learned.n_coded == 0


def test_hash_of_the_learning_code_changes_with_it(monkeypatch, tmp_path):
    here = Path(frame_files.__file__).parent
    for path in here.glob("*.py"):
        shutil.copy(path, tmp_path)
    frame_files.learning_code.cache_clear()
    before = frame_files.learning_code()
    monkeypatch.setattr(frame_files, "HERE", tmp_path)
    frame_files.learning_code.cache_clear()
    assert frame_files.learning_code() == before
    with (tmp_path / "frame_machine.py").open("a", encoding="utf-8") as file:
        file.write("\n")
    frame_files.learning_code.cache_clear()
    assert frame_files.learning_code() != before
    monkeypatch.undo()
    frame_files.learning_code.cache_clear()


def test_denial_that_nothing_taught_is_infinite_after_loading(fitted, book, fake_encoder, tmp_path):
    fitted_anew = FrameModel(book, encoder=fake_encoder)
    fitted_anew._learned = replace(fitted.learned, denial=np.inf)
    found = FrameModel.load(fitted_anew.save(tmp_path / "m"), book, encoder=fake_encoder)
    assert found.learned.denial == np.inf


def test_only_the_newest_kept_models_stay(tmp_path):
    for number in range(5):
        (tmp_path / str(number)).mkdir()
        os.utime(tmp_path / str(number), (number, number))
    (tmp_path / "note.txt").write_text("x", encoding="utf-8")
    frame_files.forget_oldest(tmp_path, most=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["3", "4", "note.txt"]
