"""Edits of clusters: each gives a new result, each can be undone, pins outlive a new fit."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from framing.frozen_topics import freeze
from framing.topic_edits import (
    carry_over,
    fit_hash,
    merge_topics,
    move_units,
    pin_units,
    rename_topic,
    replay,
    split_topic,
    undo,
    undo_reassigned,
)  # fmt: skip
from framing.topic_result import TopicAssignment, with_tables
from framing.topics import fit_topics

# As in the fixture `make`.
OUTLETS = ["صحيفة الفنار", "قناة جيم"]

WHO = {"by": "p1", "at": "2024-10-23"}


def known(make, numbers=(0, 1, 2)) -> TopicAssignment:
    """Give 60 units in three topics, without fitting; the last unit of each is a re-assigned outlier."""
    assignment, vectors = make(60)
    topic = np.array([numbers[i % 3] for i in range(60)])
    how = np.where(np.arange(60) >= 57, "reassigned", "core")
    units = pd.DataFrame({"unit_id": list(vectors.unit_ids), "topic": topic, "how": how})
    frozen = freeze(vectors.matrix, vectors.matrix.mean(axis=0), topic, encoder=vectors.encoder)
    settings = {"outlets": OUTLETS}
    return with_tables(
        TopicAssignment(units, pd.DataFrame(), settings, "", None, frozen, assignment=assignment, vectors=vectors)
    )


@pytest.fixture
def found(make):
    return known(make)


def topics(found: TopicAssignment) -> list[int]:
    return found.unit_topics["topic"].tolist()


def test_merge_makes_one_topic_with_the_lowest_number(found):
    after = merge_topics(found, [2, 1], **WHO)
    assert after.topics["topic"].tolist() == [0, 1]
    assert after.topics["n_units"].tolist() == [20, 40]
    assert after.frozen.numbers == (0, 1)
    assert topics(found).count(2) == 20  # what was given stays


def test_split_gives_the_smaller_part_a_new_number(found):
    merged = merge_topics(found, [0, 1], **WHO)
    after = split_topic(merged, 0, **WHO)
    assert after.topics["topic"].tolist() == [0, 2, 3]
    assert sorted(after.topics["n_units"]) == [20, 20, 20]


def test_rename_is_kept_through_other_edits_and_in_the_frozen_topics(found):
    after = merge_topics(rename_topic(found, 0, "سلامة", **WHO), [1, 2], **WHO)
    assert after.topics.set_index("topic").loc[0, "name"] == "سلامة"
    assert after.frozen.names == {0: "سلامة"}


def test_moved_units_say_so(found):
    after = move_units(found, ["a0#0"], 1, **WHO)
    row = after.unit_topics.iloc[0]
    assert (row["topic"], row["how"]) == (1, "moved")
    assert row["margin"] < 0  # a person may know better than the vectors


def test_reassigned_outliers_can_be_made_outliers_again(found):
    after = undo_reassigned(found, **WHO)
    assert after.unit_topics["how"].eq("outlier").sum() == 3
    assert topics(after)[-3:] == [-1, -1, -1]
    assert "reassigned" not in set(after.unit_topics["how"])
    one = undo_reassigned(found, [1], **WHO)
    assert one.unit_topics["how"].eq("outlier").sum() == 1


def test_undo_takes_edits_back_one_by_one_and_the_log_keeps_both(found):
    one = merge_topics(found, [0, 1], **WHO)
    two = rename_topic(one, 2, "طيور", **WHO)
    back = undo(two, **WHO)
    assert back.topics["name"].isna().all()
    start = undo(back, **WHO)
    assert topics(start) == topics(found)
    assert [entry["action"] for entry in start.log] == ["merge", "rename", "undo", "undo"]
    with pytest.raises(ValueError, match="no edit to undo"):
        undo(start, **WHO)


def test_log_is_json_and_replays_on_the_same_fit(found):
    after = undo(
        merge_topics(rename_topic(pin_units(found, ["a0#0"], 2, **WHO), 0, "سلامة", **WHO), [1, 2], **WHO), **WHO
    )
    log = json.loads(json.dumps(after.manifest()["edits"], ensure_ascii=False))
    again = replay(found, log)
    pd.testing.assert_frame_equal(again.unit_topics, after.unit_topics)
    pd.testing.assert_frame_equal(again.topics, after.topics)
    assert again.log == after.log
    assert log[0]["fit"] == fit_hash(found)


def test_log_of_another_fit_is_refused(make, found):
    log = merge_topics(found, [0, 1], **WHO).log
    with pytest.raises(ValueError, match="belongs to another fit; fit with keep="):
        replay(known(make, (0, 2, 1)), log)
    with pytest.raises(ValueError, match="holds 'burn'; known are"):
        replay(found, [{"action": "burn"}])


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda f: merge_topics(f, [1], **WHO), "a merge needs at least two"),
        (lambda f: merge_topics(f, [1, 9], **WHO), "there is no topic 9; there are 0, 1, 2"),
        (lambda f: split_topic(f, 0, n=1, **WHO), "cannot be cut into 1"),
        (lambda f: rename_topic(f, 0, " ", **WHO), "the name of topic 0 is empty"),
        (lambda f: move_units(f, ["x"], 0, **WHO), "1 of 1 units are not among these, such as x"),
        (lambda f: merge_topics(f, [0, 1], by=" "), "needs by="),
        (lambda f: move_units(f, list(f.unit_topics["unit_id"]), -1, **WHO), "no unit would have a topic"),
    ],
)
def test_edit_that_cannot_be_is_refused(found, edit, message):
    with pytest.raises(ValueError, match=message):
        edit(found)


def test_one_text_in_place_of_ids_is_refused(found):
    with pytest.raises(TypeError, match="a list of unit ids is needed"):
        pin_units(found, "a0#0", 1, **WHO)


def test_edit_without_a_time_has_todays_date(found):
    entry = merge_topics(found, [0, 1], by="p1").log[0]
    assert len(entry["at"]) == len("2024-10-23")


def test_pins_and_names_outlive_a_new_fit_whatever_its_numbers(make, found):
    earlier = rename_topic(pin_units(found, ["a0#0"], 2, **WHO), 1, "موازنة", **WHO)
    after = carry_over(known(make, (1, 2, 0)), earlier)  # the same topics under other numbers
    row = after.unit_topics.iloc[0]
    assert (row["topic"], row["how"]) == (0, "pinned")
    assert after.topics.set_index("topic")["name"].dropna().to_dict() == {2: "موازنة"}
    assert [entry["action"] for entry in after.log] == ["pin", "rename", "refit"]


def test_pins_whose_topic_is_gone_get_a_topic_of_their_own(make, found):
    earlier = pin_units(found, ["a0#0", "a0#1"], 2, **WHO)
    scattered = known(make)
    mixed = np.array([(i // 3) % 3 for i in range(60)])
    scattered = with_tables(replace(scattered, unit_topics=scattered.unit_topics.assign(topic=mixed)))
    after = carry_over(scattered, earlier)
    assert after.unit_topics["topic"].tolist()[:2] == [3, 3]


@pytest.mark.slow
def test_refit_keeps_pins(make):
    assignment, vectors = make(90)
    first = fit_topics(assignment, vectors, min_size=8, seed=3, unguided=False)
    stranger = int(first.unit_topics["topic"][first.unit_topics["topic"] >= 0].max())
    home = first.unit_topics["topic"].tolist()
    unit = next(u for u, t in zip(vectors.unit_ids, home, strict=True) if t not in (-1, stranger))
    pinned = pin_units(first, [unit], stranger, **WHO)
    again = fit_topics(assignment, vectors, min_size=8, seed=4, unguided=False, keep=pinned)
    row = again.unit_topics.set_index("unit_id").loc[unit]
    assert row["how"] == "pinned"
    mates = [u for u, t in zip(vectors.unit_ids, home, strict=True) if t == stranger]
    assert again.unit_topics.set_index("unit_id").loc[mates, "topic"].mode()[0] == row["topic"]
    assert again.log[-1]["action"] == "refit"
