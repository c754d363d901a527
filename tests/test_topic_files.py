"""Edits of clusters as a file: taken over whole on the same fit, as pins and names on another one."""

import json
import logging
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from framing.errors import StudyError
from framing.frozen_topics import freeze
from framing.topic_edits import merge_topics, move_units, pin_units, rename_topic, undo
from framing.topic_files import apply_edits, read_edits, save_edits
from framing.topic_result import TopicAssignment, fit_hash, with_tables

WHO = {"by": "p1", "at": "2024-10-23"}


@pytest.fixture
def fitted(make):
    """Give a function that puts 60 units into topics, as a fit would."""

    def made(numbers=(0, 1, 2)) -> TopicAssignment:
        assignment, vectors = make(60)
        topic = np.array([numbers[i % 3] for i in range(60)])
        units = pd.DataFrame({"unit_id": list(vectors.unit_ids), "topic": topic, "how": "core"})
        frozen = freeze(vectors.matrix, vectors.matrix.mean(axis=0), topic, encoder=vectors.encoder)
        bare = TopicAssignment(units, pd.DataFrame(), {}, "", None, frozen, assignment=assignment, vectors=vectors)
        return with_tables(replace(bare, settings={"outlets": [], "fit": fit_hash(bare)}))

    return made


@pytest.fixture
def edited(fitted):
    found = merge_topics(rename_topic(fitted(), 0, "سلامة الجسر", **WHO), [1, 2], **WHO)
    ids = found.unit_topics["unit_id"].tolist()
    return pin_units(move_units(found, ids[:2], 1, **WHO), ids[3:5], 0, **WHO)


def test_same_fit_takes_over_every_unit_and_the_log(edited, fitted, tmp_path):
    edits = read_edits(save_edits(edited, tmp_path / "edits.json"))
    again = apply_edits(fitted(), edits)
    pd.testing.assert_frame_equal(again.unit_topics, edited.unit_topics)
    pd.testing.assert_frame_equal(again.topics, edited.topics)
    assert list(again.log) == list(edited.log)
    assert again.frozen.names == {0: "سلامة الجسر"}


def test_what_was_taken_over_can_be_edited_and_saved_again(edited, fitted, tmp_path):
    again = apply_edits(fitted(), read_edits(save_edits(edited, tmp_path / "one.json")))
    more = rename_topic(again, 1, "كلفة الجسر", **WHO)
    third = apply_edits(fitted(), read_edits(save_edits(more, tmp_path / "two.json")))
    pd.testing.assert_frame_equal(third.unit_topics, more.unit_topics)
    assert third.frozen.names == {0: "سلامة الجسر", 1: "كلفة الجسر"}


def test_undone_edits_stay_undone(edited, fitted, tmp_path):
    back = undo(edited, **WHO)
    again = apply_edits(fitted(), read_edits(save_edits(back, tmp_path / "edits.json")))
    pd.testing.assert_frame_equal(again.unit_topics, back.unit_topics)
    assert again.log[-1]["action"] == "undo"


def test_another_fit_keeps_pins_and_names_and_says_what_it_does_not(edited, fitted, tmp_path, caplog):
    edits = read_edits(save_edits(edited, tmp_path / "edits.json"))
    with caplog.at_level(logging.WARNING):
        again = apply_edits(fitted((1, 0, 2)), edits)
    units = again.unit_topics.set_index("unit_id")
    pinned = edited.unit_topics.query("how == 'pinned'")["unit_id"]
    assert (units.loc[pinned, "how"] == "pinned").all()
    assert again.frozen.names == {1: "سلامة الجسر"}
    assert (
        "2 pinned units and 1 of 1 names are kept; 2 merges, splits and moves belong to the earlier fit" in caplog.text
    )


def test_no_clusters_take_no_edits(edited, fitted, tmp_path, caplog):
    edits = read_edits(save_edits(edited, tmp_path / "edits.json"))
    without = replace(fitted(), frozen=None, reason="12 units; clusters need at least 40")
    assert apply_edits(without, edits) is without
    assert "edits of clusters are not used: there are no clusters (12 units" in caplog.text


def test_summary_counts_edits_by_kind(edited, tmp_path):
    edits = read_edits(save_edits(edited, tmp_path / "edits.json"))
    assert edits.summary() == "4 edits (1 rename, 1 merge, 1 move, 1 pin) by p1"


def test_nothing_to_save_is_an_error(fitted, tmp_path):
    with pytest.raises(ValueError, match="were not edited, so there is nothing to save"):
        save_edits(fitted(), tmp_path / "edits.json")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "other/1"}, "edits.json: 'format' is 'other/1'; it must be 'framing-topic-edits/1'"),
        ({"log": {}}, "edits.json: 'log' must be a list"),
        ({"log": [{"action": "paint", "by": "p1"}]}, "edit 1: 'action' is 'paint'; known are merge, move, pin"),
        ({"log": [{"action": "merge", "by": " "}]}, "edit 1: 'by' is missing; write the pseudonym of who made it"),
        ({"names": {"one": "اسم"}}, "'names': 'one' is no number of a topic"),
        ({"units": {"a#1": [1, "painted"]}}, r"'units': 1 have no \[topic, how\], such as 'a#1'"),
    ],
)
def test_faults_of_a_file_are_named(edited, tmp_path, change, message):
    path = save_edits(edited, tmp_path / "edits.json")
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    with pytest.raises(StudyError, match=message):
        read_edits(path)


def test_a_file_that_is_no_json_is_named(tmp_path):
    (tmp_path / "edits.json").write_text("{", encoding="utf-8")
    with pytest.raises(StudyError, match=r"edits\.json: cannot be read"):
        read_edits(tmp_path / "edits.json")
