"""The clusters of a study: kept as numbers, edited by a file, and read back for more edits."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from framing.errors import ResultsError, StudyError
from framing.files import sha256_file
from framing.frozen_topics import frozen_from
from framing.pipeline import open_results, run_study
from framing.study import Compare, Topics, load_study
from framing.topic_edits import pin_units, rename_topic
from framing.topic_files import save_edits
from framing.vectors import embed

DATA = Path(__file__).parent / "data"
WHO = {"by": "p1", "at": "2024-10-23"}


@pytest.fixture(autouse=True)
def light(monkeypatch):
    monkeypatch.setattr("framing.topics.MIN_UNITS", 40)
    monkeypatch.setattr("framing.report.figures.draw_figures", lambda *_: {})


def study_with(edits=None):
    return replace(
        load_study(DATA / "study.yaml"), topics=Topics(min_size=4, edits=edits), compare=Compare(n_boot=100, n_perm=100)
    )


def test_missing_file_of_edits_is_named(tmp_path, fake_encoder):
    with pytest.raises(StudyError, match=r"topics\.edits: .*gone\.json is not a file"):
        run_study(study_with(str(tmp_path / "gone.json")), out=tmp_path / "out", encoder=fake_encoder)
    assert not (tmp_path / "out").exists()
    assert fake_encoder.seen == []


@pytest.fixture(scope="module")
def run(tmp_path_factory, shared_encoder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("framing.topics.MIN_UNITS", 40)
        patch.setattr("framing.report.figures.draw_figures", lambda *_: {})
        # Fresh: the cache of these tests may hold the same study as one that was told to have no clusters.
        return run_study(study_with(), out=tmp_path_factory.mktemp("clusters"), encoder=shared_encoder, fresh=True)


@pytest.mark.slow
def test_frozen_topics_of_a_run_place_its_units_where_they_stand(run, shared_encoder):
    frozen = frozen_from(
        pd.read_parquet(run.path / "topics_frozen.parquet"), run["topics"], run.manifest["encoder"]
    )  # fmt: skip
    vectors = embed(run["units"], encoder=shared_encoder)
    placed, own = frozen.place(vectors), run["unit_topics"]
    inside = (placed["topic"] >= 0) & (own["how"] == "core").to_numpy()
    assert inside.sum() > 20
    assert np.mean(placed["topic"][inside] == own["topic"].to_numpy()[inside]) > 0.9


@pytest.mark.slow
def test_edits_of_a_run_are_kept_by_the_next_one_and_named_in_its_manifest(run, tmp_path, shared_encoder):
    clusters = open_results(run.path).clusters(encoder=shared_encoder)
    pinned = clusters.unit_topics["unit_id"].tolist()[:2]
    first = int(clusters.topics["topic"].max())
    path = save_edits(
        pin_units(rename_topic(clusters, first, "اسم من قارئ", **WHO), pinned, first, **WHO), tmp_path / "e.json"
    )
    again = run_study(study_with(str(path)), out=tmp_path / "out", encoder=shared_encoder)
    units = again["unit_topics"].set_index("unit_id")
    assert units.loc[pinned, "how"].tolist() == ["pinned", "pinned"]
    assert again["topics"].set_index("topic").loc[first, "name"] == "اسم من قارئ"
    assert [entry["action"] for entry in again.manifest["topics"]["edits"]] == ["rename", "pin"]
    told = {row["path"]: row["sha256"] for row in again.manifest["inputs"]}
    assert told[path.name] == sha256_file(path)  # without the folders above it
    assert again.manifest["topics"]["unguided"] is not None
    assert "p1" in again.report.read_text(encoding="utf-8")


@pytest.mark.slow
def test_clusters_are_not_read_with_another_encoder(run, shared_encoder):
    from framing.encoders.lexical import Lexical

    with pytest.raises(ResultsError, match="its vectors were of name"):
        run.clusters(encoder=Lexical())


def test_run_without_clusters_has_none_to_edit(run, tmp_path):
    (tmp_path / "manifest.json").write_text(json.dumps({"format": "framing-results/1"}), encoding="utf-8")
    from framing.study_topics import read_clusters

    with pytest.raises(ResultsError, match="this run kept no clusters that can be edited"):
        read_clusters(tmp_path, {"encoder": {}, "study": {}})
