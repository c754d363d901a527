import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from framing.stage_cache import stages_path
from framing.store import frame_models_path, network_disk
from framing.units import split_units
from framing.vectors import clear_store, embed, embed_texts, store_info, store_path

TEXTS = [f"جملة رقم {n} عن خطر الجسر" for n in range(150)]


def units(texts: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"unit_id": [f"a#{n}" for n in range(len(texts))], "text": texts})


def edit(query: str, *values: object) -> None:
    with sqlite3.connect(store_path()) as connection:
        connection.execute(query, values)
    connection.close()


def test_cold_warm_and_half_warm_store_give_the_same_bytes(fake_encoder):
    cold, counted = embed_texts(TEXTS, encoder=fake_encoder)
    warm, again = embed_texts(TEXTS, encoder=fake_encoder)
    clear_store()
    embed_texts(TEXTS[10:70], encoder=fake_encoder)
    half, rest = embed_texts(TEXTS, encoder=fake_encoder)
    bare, _ = embed_texts(TEXTS, encoder=fake_encoder, store=False)
    assert cold.tobytes() == warm.tobytes() == half.tobytes() == bare.tobytes()
    assert [(c["embedded"], c["from_store"]) for c in (counted, again, rest)] == [(150, 0), (0, 150), (90, 60)]


def test_each_different_text_is_embedded_once(fake_encoder):
    matrix, counts = embed_texts(["أ", "ب", "أ"], encoder=fake_encoder)
    assert fake_encoder.seen == ["أ", "ب"]
    assert (matrix[0] == matrix[2]).all()
    assert counts == {"embedded": 2, "from_store": 0, "damaged": 0}


def test_embed_keeps_the_order_of_the_units_and_names_the_encoder(small_corpus, fake_encoder):
    table = split_units(small_corpus).table
    vectors = embed(table, encoder=fake_encoder)
    assert vectors.unit_ids == tuple(table["unit_id"])
    assert vectors.matrix.tobytes() == fake_encoder.encode(list(table["text"])).tobytes()
    assert vectors.encoder == {"name": "fake", "revision": "1", "precision": "fp32", "n_dims": 16}
    assert f"{vectors.embedded} texts embedded" in vectors.summary()


def test_nothing_to_embed_gives_an_empty_matrix(fake_encoder):
    assert embed(units([]), encoder=fake_encoder).matrix.shape == (0, 16)


def test_lone_surrogate_has_a_place_in_the_store(fake_encoder):
    first, _ = embed_texts(["\ud800 نص"], encoder=fake_encoder)
    again, counts = embed_texts(["\ud800 نص"], encoder=fake_encoder)
    assert counts["from_store"] == 1
    assert first.tobytes() == again.tobytes()


DAMAGES = {
    "a flipped bit": "UPDATE vectors SET vector = zeroblob(64) WHERE text = ?",
    "a short row": "UPDATE vectors SET vector = x'00' WHERE text = ?",
    "a wrong checksum": "UPDATE vectors SET crc = crc + 1 WHERE text = ?",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_row_is_recomputed_counted_and_repaired(fake_encoder, caplog, damage):
    whole, _ = embed_texts(TEXTS, encoder=fake_encoder)
    with sqlite3.connect(store_path()) as connection:
        (key,) = connection.execute("SELECT text FROM vectors LIMIT 1").fetchone()
    connection.close()
    edit(DAMAGES[damage], key)
    found, counts = embed_texts(TEXTS, encoder=fake_encoder)
    assert found.tobytes() == whole.tobytes()
    assert counts == {"embedded": 1, "from_store": 149, "damaged": 1}
    assert "1 damaged vectors in the store are computed again" in caplog.text
    assert embed_texts(TEXTS, encoder=fake_encoder)[1]["damaged"] == 0


def test_store_that_is_no_database_is_left_with_a_warning(fake_encoder, cache, caplog):
    cache.mkdir()
    store_path().write_bytes(b"not a database at all" * 100)
    matrix, counts = embed_texts(TEXTS, encoder=fake_encoder)
    assert (matrix.shape, counts["embedded"]) == ((150, 16), 150)
    assert "vectors are not stored" in caplog.text


def test_folder_that_cannot_be_made_is_left_with_a_warning(fake_encoder, tmp_path, monkeypatch, caplog):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    monkeypatch.setenv("FRAMING_CACHE", str(tmp_path / "file" / "cache"))
    assert embed_texts(TEXTS, encoder=fake_encoder)[1]["embedded"] == 150
    assert "set FRAMING_CACHE to a folder you can write to" in caplog.text


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes into read-only folders too")
def test_read_only_folder_is_left_with_a_warning(fake_encoder, cache, caplog):
    cache.mkdir()
    cache.chmod(0o500)
    assert embed_texts(TEXTS, encoder=fake_encoder)[1]["embedded"] == 150
    assert "vectors are not stored" in caplog.text


def test_store_that_stops_taking_rows_does_not_stop_the_run(fake_encoder, caplog):
    embed_texts(["أ"], encoder=fake_encoder)
    edit("CREATE TRIGGER full BEFORE INSERT ON vectors BEGIN SELECT RAISE(ABORT, 'database is full'); END")
    matrix, counts = embed_texts(["أ", *TEXTS], encoder=fake_encoder)
    assert (len(matrix), counts["embedded"], counts["from_store"]) == (151, 150, 1)
    assert caplog.text.count("vectors are no longer stored") == 1


def test_another_encoder_shares_no_vectors(fake_encoder):
    embed_texts(TEXTS, encoder=fake_encoder)
    fake_encoder.revision = "2"
    assert embed_texts(TEXTS, encoder=fake_encoder)[1] == {"embedded": 150, "from_store": 0, "damaged": 0}
    assert sorted(store_info()["vectors"].values()) == [150, 150]


def test_folder_on_a_network_disk_keeps_no_store_and_says_why(fake_encoder, cache, monkeypatch, caplog):
    mounts = [("/", "ext4"), (str(cache.resolve().parent), "nfs4"), ("/elsewhere", "ext4")]
    monkeypatch.setattr("framing.store._mounts", lambda: mounts)
    assert embed_texts(TEXTS, encoder=fake_encoder)[1]["embedded"] == 150
    assert "on a network disk (nfs4)" in caplog.text
    assert not store_path().exists()


def test_nearest_mount_decides_what_disk_a_folder_is_on(monkeypatch, tmp_path):
    below = tmp_path / "local disk"
    monkeypatch.setattr("framing.store._mounts", lambda: [("/", "cifs"), (str(tmp_path), "ext4"), (str(below), "nfs")])
    assert network_disk(tmp_path / "a.sqlite") == ""
    assert network_disk(below / "a.sqlite") == "nfs"


def test_repetitions_far_apart_share_a_row_across_chunks(fake_encoder, monkeypatch):
    monkeypatch.setattr("framing.vectors.CHUNK", 7)
    twice = [*TEXTS, *reversed(TEXTS)]
    for _ in range(2):
        matrix, counts = embed_texts(twice, encoder=fake_encoder)
        assert (matrix[:150] == matrix[150:][::-1]).all()
        assert sum(counts.values()) == 150
    assert fake_encoder.seen == TEXTS


def test_store_can_be_counted_and_cleared(fake_encoder):
    assert store_info()["vectors"] == {}
    embed_texts(TEXTS, encoder=fake_encoder)
    assert store_info()["bytes"] > 0
    kept = stages_path() / "an entry" / "receipt.json"
    kept.parent.mkdir(parents=True)
    kept.write_text("12345", encoding="utf-8")
    assert store_info()["stages"] == 5
    model = frame_models_path() / "a model" / "about.json"
    model.parent.mkdir(parents=True)
    model.write_text("1234567", encoding="utf-8")
    assert store_info()["frame_models"] == 7
    assert clear_store() > 5
    assert not store_path().exists()
    assert not kept.exists()


def test_store_is_left_alone_when_it_is_not_wanted(fake_encoder):
    embed_texts(TEXTS, encoder=fake_encoder, store=False)
    assert not store_path().exists()


def test_encoder_of_another_shape_is_refused(fake_encoder):
    fake_encoder.n_dims = 16
    fake_encoder.encode = lambda texts: np.ones((len(texts), 3), dtype=np.float32)
    with pytest.raises(ValueError, match=r"shape \(2, 3\); it promised \(2, 16\)"):
        embed_texts(["أ", "ب"], encoder=fake_encoder)


def test_vector_that_is_not_finite_is_refused_and_not_stored(fake_encoder):
    fake_encoder.encode = lambda texts: np.full((len(texts), 16), np.nan, dtype=np.float32)
    with pytest.raises(ValueError, match="not finite"):
        embed_texts(["أ"], encoder=fake_encoder)
    assert store_info()["vectors"] == {}


def test_progress_is_shown_on_stderr_alone(fake_encoder, capsys):
    embed_texts(TEXTS, encoder=fake_encoder, progress=True)
    shown = capsys.readouterr()
    assert "embedding" in shown.err
    assert shown.out == ""


TWO = """
import hashlib, sys, time
sys.path[:0] = {paths!r}
from conftest import FakeEncoder
from framing.vectors import embed_texts
class Slow(FakeEncoder):
    def encode(self, texts):
        time.sleep(0.02)
        return super().encode(texts)
texts = [f"جملة {{n}}" for n in range(1200)]
matrix, counts = embed_texts(texts[::{step}], encoder=Slow())
print(hashlib.sha256(matrix[::{step}].tobytes()).hexdigest(), counts["damaged"])
"""


def test_two_processes_share_one_store(cache):
    paths = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", TWO.format(paths=paths, step=step)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for step in (1, -1)
    ]
    ended = [process.communicate(timeout=120) for process in running]
    assert [process.returncode for process in running] == [0, 0], ended
    assert len({out for out, _ in ended}) == 1
    assert ended[0][0].split()[1] == b"0"
    assert b"no longer stored" not in ended[0][1] + ended[1][1]
    assert list(store_info()["vectors"].values()) == [1200]
