"""What teaches the frame model: examples with their labels, coded units, and how close units lie to descriptions."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from framing.codebook import load_codebook
from framing.frame_examples import (
    CONTESTED,
    MIN_REFERENCE,
    MIN_SEEDS,
    Descriptions,
    codebook_examples,
    coded_examples,
    columns_of,
    describe_frames,
)
from framing.vectors import embed

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="module")
def book():
    return load_codebook(DATA / "codebook.yaml")


def make_units(n):
    texts = [f"وحدة رقم {number}" for number in range(n)]
    return pd.DataFrame({"unit_id": [f"a#{number}" for number in range(n)], "article_id": "a", "text": texts})


def make_codes(*rows):
    return pd.DataFrame(rows, columns=["unit_id", "frame", "value"])


# Examples of the codebook


def test_machine_is_asked_for_every_frame_every_denial_and_denial_at_all(book):
    assert columns_of(book) == (
        "safety", "economy", "rights", "blame", "blame.by_company", "blame.by_council",
        "contested:safety", "contested:economy", "contested:rights", "contested:blame", "contested",
    )  # fmt: skip


def test_example_of_a_child_is_one_of_its_parent(book, fake_encoder):
    found = codebook_examples(book, encoder=fake_encoder)
    child, other, parent = (found.column(name) for name in ("blame.by_council", "blame.by_company", "blame"))
    assert child.sum() == 5
    assert ((child | other) == parent).all()
    assert not (child & other).any()


def test_denial_is_labelled_as_one_and_does_not_carry_its_frame(book, fake_encoder):
    found = codebook_examples(book, encoder=fake_encoder)
    row = next(i for i, example in enumerate(book.examples) if example.contested)
    said = {name for name, yes in zip(found.columns, found.labels[row], strict=True) if yes}
    assert said == {"contested:safety", CONTESTED}


def test_example_of_no_frame_is_labelled_with_nothing(book, fake_encoder):
    found = codebook_examples(book, encoder=fake_encoder)
    nothing = [not example.frames and not example.contested for example in book.examples]
    assert (~found.labels.any(axis=1) == nothing).all()
    assert found.styles == [example.style for example in book.examples]
    assert found.vectors.shape == (len(book.examples), fake_encoder.n_dims)


# Coded units


def teach(book, encoder, *rows, n=4):
    units = make_units(n)
    return coded_examples(units, embed(units, encoder=encoder), make_codes(*rows), codebook=book)


def said_of(found, row=0):
    return {name for name, yes in zip(found.columns, found.labels[row], strict=True) if yes}


def test_coded_units_are_examples_in_the_order_of_the_codes(book, fake_encoder):
    found = teach(book, fake_encoder, ("a#2", "economy", "true"), ("a#0", "rights", "true"), ("a#2", "rights", "true"))
    assert found.texts == ["وحدة رقم 2", "وحدة رقم 0"]
    assert found.styles == ["coded", "coded"]
    assert [said_of(found, row) for row in (0, 1)] == [{"economy", "rights"}, {"rights"}]
    np.testing.assert_array_equal(found.vectors, fake_encoder.encode(found.texts))


@pytest.mark.parametrize("value", ["true", "True", "1", "yes", True, 1])
def test_true_values_in_any_writing_count(book, fake_encoder, value):
    assert said_of(teach(book, fake_encoder, ("a#0", "economy", value))) == {"economy"}


@pytest.mark.parametrize("value", ["false", "", "0", "no", False, 0])
def test_unit_without_a_true_value_teaches_no_frame(book, fake_encoder, value):
    assert said_of(teach(book, fake_encoder, ("a#0", "economy", value))) == set()


def test_coded_child_carries_its_parent(book, fake_encoder):
    assert said_of(teach(book, fake_encoder, ("a#0", "blame.by_council", "true"))) == {"blame", "blame.by_council"}


@pytest.mark.parametrize(("code", "denied"), [("contested:safety", "safety"), ("contested:blame.by_council", "blame")])
def test_coded_denial_is_a_denial_of_the_parent(book, fake_encoder, code, denied):
    assert said_of(teach(book, fake_encoder, ("a#0", code, "true"))) == {f"contested:{denied}", CONTESTED}


@pytest.mark.parametrize("code", ["econmy", "blame.by_mayor", "contested:econmy"])
def test_code_of_a_frame_that_the_codebook_does_not_have_is_refused(book, fake_encoder, code):
    """Left alone it would teach that the unit carries nothing."""
    with pytest.raises(ValueError, match=rf"'{code}'.*not a frame of codebook 'bridge'.*safety, economy"):
        teach(book, fake_encoder, ("a#0", code, "true"))


def test_codes_without_rows_teach_nothing(book, fake_encoder):
    found = teach(book, fake_encoder)
    assert found.labels.shape == (0, len(columns_of(book)))
    assert found.vectors.shape == (0, fake_encoder.n_dims)
    examples = codebook_examples(book, encoder=fake_encoder)
    assert len(examples.with_more(found).texts) == len(book.examples)


# Descriptions


def make_descriptions(seed=2, n=3, d=8):
    rng = np.random.default_rng(seed)
    return Descriptions(tuple(rng.normal(size=(m + 1, d)).astype(np.float32) for m in range(n)))


def make_matrix(n, d=8, seed=3):
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


def test_closeness_among_the_texts_it_was_measured_on_has_mean_nought_and_spread_one():
    matrix = make_matrix(200)
    found = make_descriptions().measured_on(matrix).closeness(matrix)
    np.testing.assert_allclose(found.mean(axis=0), 0.0, atol=1e-9)
    np.testing.assert_allclose(found.std(axis=0), 1.0, atol=1e-9)


def test_nothing_is_close_before_anything_was_measured():
    assert (make_descriptions().closeness(make_matrix(5)) == 0.0).all()
    few = make_descriptions().measured_on(make_matrix(MIN_REFERENCE - 1))
    assert few.mean is None
    assert (few.closeness(make_matrix(5)) == 0.0).all()
    assert make_descriptions().measured_on(make_matrix(MIN_REFERENCE)).mean is not None


def test_what_was_measured_once_is_kept():
    first = make_descriptions().measured_on(make_matrix(50))
    assert first.measured_on(make_matrix(500, seed=9)) is first


def test_texts_that_are_all_alike_are_no_measure_and_do_not_divide_by_nought():
    alike = np.repeat(make_matrix(1), 30, axis=0)
    found = make_descriptions().measured_on(alike)
    assert np.isfinite(found.closeness(make_matrix(5))).all()
    np.testing.assert_allclose(found.closeness(alike), 0.0, atol=1e-6)


def test_closeness_is_a_units_own():
    measured = make_descriptions().measured_on(make_matrix(60))
    matrix = make_matrix(7, seed=4)
    alone = np.vstack([measured.closeness(matrix[[row]]) for row in range(7)])
    np.testing.assert_allclose(measured.closeness(matrix), alone, atol=1e-12)


def test_frame_without_a_description_is_close_to_nothing():
    empty = Descriptions((make_matrix(3), np.zeros((0, 8), dtype=np.float32), make_matrix(2, seed=8)))
    found = empty.measured_on(make_matrix(60)).closeness(make_matrix(5))
    assert (found[:, 1] == 0.0).all()
    assert found[:, [0, 2]].all()


@pytest.mark.parametrize("n_frames", [1, 2, 4])
def test_units_put_like_a_description_lie_closest_to_it(n_frames):
    """Also where there is one frame only: its texts are then set against the units, not against each other."""
    rng = np.random.default_rng(11)
    axes = np.eye(8, dtype=np.float32) + 0.3
    told = tuple(np.stack([axes[frame] + 0.1 * rng.normal(size=8) for _ in range(3)]) for frame in range(n_frames))
    units = np.stack([axes[row % 8] + 0.1 * rng.normal(size=8) for row in range(80)])
    found = Descriptions(told).measured_on(units).closeness(units)
    for frame in range(n_frames):
        own = np.arange(80) % 8 == frame
        assert found[own, frame].min() > found[~own, frame].max()


def test_frame_is_told_by_name_definition_rules_and_those_of_its_children(book, fake_encoder):
    describe_frames(book, encoder=fake_encoder)
    for told in ("إطار السلامة", "خطر الانهيار", "المجلس البلدي هو المسؤول."):
        assert told in fake_encoder.seen
    assert "Safety" not in fake_encoder.seen


def test_frame_told_in_english_only_is_described_in_english(tmp_path, fake_encoder):
    frame = {
        "id": "one",
        "name": {"en": "Cost", "ar": "كلفة"},
        "definition": {"en": "Told by cost."},
        "terms": ["كلفة"],
    }
    path = tmp_path / "codebook.yaml"
    path.write_text(json.dumps({"id": "x", "version": "1", "title": "x", "frames": [frame]}), encoding="utf-8")
    describe_frames(load_codebook(path), encoder=fake_encoder)
    assert "Told by cost." in fake_encoder.seen
    assert "كلفة" in fake_encoder.seen


# Texts that hold a frame's words


def make_hits(n, *rows):
    hits = np.zeros((n, 3), dtype=bool)
    hits[list(rows), 0] = True
    return hits


def test_texts_like_those_that_hold_the_words_are_closer_to_the_frame():
    matrix = make_matrix(60)
    matrix[40:60] = matrix[40] + 0.1 * matrix[40:60]
    plain = make_descriptions().measured_on(matrix).closeness(matrix)[50:60, 0].mean()
    seeded = make_descriptions().measured_on(matrix, make_hits(60, *range(40, 50)))
    assert seeded.closeness(matrix)[50:60, 0].mean() > plain + 0.2
    assert seeded.closeness(matrix).std(axis=0) == pytest.approx(1.0)


def test_texts_with_words_of_two_frames_or_too_few_of_them_describe_nothing():
    matrix = make_matrix(60)
    both = make_hits(60, *range(20))
    both[:20, 1] = True
    for hits in (both, make_hits(60, *range(MIN_SEEDS - 1))):
        found = make_descriptions().measured_on(matrix, hits)
        assert not found.seeds.any()
        np.testing.assert_allclose(
            found.closeness(matrix), make_descriptions().measured_on(matrix).closeness(matrix), atol=1e-9
        )
