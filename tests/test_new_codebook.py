import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from framing.codebook import Example, load_codebook
from framing.errors import CodebookError
from framing.new_codebook import blank_codebook, new_codebook, read_examples

FIVE = [f"جملة عن الخطر رقم {n}" for n in ("واحد", "اثنين", "ثلاثة", "أربعة", "خمسة")]


def test_definition_and_five_examples_make_a_codebook_that_loads(tmp_path):
    path = tmp_path / "my codebook.yaml"
    none = [Example("طول الجسر ميلان.", "agency", hard=True)]
    text = new_codebook("يُروى خطرًا", FIVE, name="إطار الخطر", frame_id="danger", none_examples=none, file=path.name)
    path.write_text(text, encoding="utf-8")
    found = load_codebook(path)
    assert (found.codebook_id, found.version, found.frame_ids) == ("my-codebook", "0.1", ("danger",))
    assert found["danger"].definition == {"ar": "يُروى خطرًا"}
    assert [e.text for e in found.examples] == [*FIVE, "طول الجسر ميلان."]
    assert found.examples[-1].hard
    assert "framing codebook check my codebook.yaml" in text


def test_notes_are_in_arabic():
    for line in new_codebook("تعريف", FIVE, name="إطار").splitlines():
        if "#" in line:
            assert re.search("[\u0621-\u064a]", line.partition("#")[2])


def test_fewer_than_five_examples_are_too_few():
    with pytest.raises(CodebookError, match=r"4 examples; a codebook starts from 5. Write 1 more") as caught:
        new_codebook("تعريف", FIVE[:4], name="إطار")
    assert "يبدأ الدليل بخمسة" in caught.value.ar


FAULTS = [
    ({"name": " "}, "'name' is"),
    ({"frame_id": "a b"}, "'id' may hold letters"),
    ({"examples": FIVE[:1] * 5}, "stands twice"),
]


@pytest.mark.parametrize(("change", "message"), FAULTS)
def test_faults_are_those_of_a_file(change, message):
    asked = {"definition": "تعريف", "examples": FIVE, "name": "إطار"} | change
    with pytest.raises(CodebookError, match=f"new codebook codebook.yaml: .*{message}"):
        new_codebook(asked.pop("definition"), asked.pop("examples"), **asked)


def test_blank_codebook_says_what_is_blank(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text(blank_codebook(title="دليلي", file="c.yaml"), encoding="utf-8")
    with pytest.raises(CodebookError, match="frame 'frame_1': 'name' is empty"):
        load_codebook(path)


def test_examples_are_read_line_by_line_with_their_styles():
    found = read_examples("# ملاحظة\nجملة أولى\n\nheadline\tجملة ثانية\n")
    assert found == [Example("جملة أولى"), Example("جملة ثانية", "headline")]


@given(st.text(max_size=40).map(lambda text: f"ا{text}"), st.text(max_size=40).map(lambda text: f"ب{text}"))
def test_any_words_make_a_codebook_that_loads(name, definition):
    raw = yaml.safe_load(new_codebook(definition, FIVE, name=name))
    assert raw["frames"][0]["name"]["ar"].startswith("ا")
    assert raw["frames"][0]["definition"]["ar"].startswith("ب")
