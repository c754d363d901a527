"""The form of a codebook file: what is a fault, and how each is told."""

import re

import pytest

from framing.codebook import Codebook, load_codebook
from framing.errors import CodebookError

FRAME = "- {id: one, name: إطار, definition: تعريف, terms: [كلمة], examples: [جملة أولى]}\n"
LEAST = 'version: "1"\nframes:\n' + FRAME


def codebook(tmp_path, text: str) -> Codebook:
    (tmp_path / "c.yaml").write_text(text, encoding="utf-8")
    return load_codebook(tmp_path / "c.yaml")


FAULTS = [
    (LEAST.replace("name: إطار", "name: {ar: '', en: ''}"), "frame 'one': 'name' is empty; write name: {ar"),
    (LEAST.replace("name: إطار", "name: {ar: , en: }"), "frame 'one': 'name' is empty"),
    (LEAST.replace("definition: تعريف", "definition: {ar: ' '}"), "frame 'one': 'definition' is empty"),
    (LEAST + "title: {ar: '', en: ''}\n", "'title' is empty; write title"),
    (LEAST + "purpose: blank\n", "'purpose' is 'blank'; write one of scoring, form"),
    (LEAST + "log: yes\n", "'log' must be a list of entries"),
    (LEAST + "none_examples: {text: x}\n", "'none_examples' must be a list"),
    (LEAST + "- {id: b, name: x, definition: y, terms: ['!']}\n", "'terms' holds '!', which has no letter"),
    ("version: 1\n", "'frames' is missing"),
    (LEAST + "freims: 1\n", "'freims' is not a key of a codebook; did you mean 'frames'"),
    ("frames:\n" + FRAME, "'version' is missing"),
    (LEAST + "- {id: two}\n", "frame 'two': 'name' is missing"),
    (LEAST + "- {name: x}\n", r"frames\[2\]: 'id' is missing"),
    (LEAST + "- {id: 'a b', name: x, definition: y}\n", "'id' may hold letters"),
    (LEAST + FRAME.replace("جملة أولى", "جملة"), "frame 'one' stands twice"),
    (LEAST + FRAME.replace("id: one", "id: two"), "an example stands twice"),
    (LEAST + "- {id: kid, parent: none, name: x}\n", "parent 'none' is not a frame of the top level"),
    (LEAST + "- {id: b, name: x, definition: y, functions: [sing]}\n", "function 'sing' is not one of problem"),
    (LEAST + "- {id: b, name: x, definition: y, generic: [{scheme: s}]}\n", "'generic' needs"),
    (LEAST + "- {id: b, name: x, definition: y, terms: [1]}\n", "terms' must be a list of texts"),
    (LEAST + "- {id: b, name: [x], definition: y}\n", "must be a text or"),
    (LEAST + "none_examples: [{text: ''}]\n", r"none_examples\[1\]: needs a text"),
    (LEAST + "none_examples: [{text: جملة, txt: x}]\n", r"none_examples\[1\]: 'txt'.*did you mean 'text'"),
    (LEAST + "- {id: b, name: x, definition: y, examples: [{text: ن, also: [zz]}]}\n", "'also' names 'zz'"),
]


@pytest.mark.parametrize(("text", "message"), FAULTS)
def test_fault_names_file_key_and_what_to_write(tmp_path, text, message):
    with pytest.raises(CodebookError, match=rf"c\.yaml: .*{message}") as caught:
        codebook(tmp_path, text)
    arabic = caught.value.in_language("ar").splitlines()
    assert len(arabic) == len(str(caught.value).splitlines())
    for line in arabic:
        assert line.startswith("دليل الترميز c.yaml: ")
        assert re.search("[\u0621-\u064a]{3}", line.removeprefix("دليل الترميز c.yaml: "))


def test_one_language_is_enough_and_a_blank_one_is_left_out(tmp_path):
    found = codebook(tmp_path, LEAST.replace("name: إطار", "name: {ar: إطار, en: ''}"))
    assert found["one"].name == {"ar": "إطار"}
    assert found["one"].name_in("en") == "إطار"


def test_faults_beyond_twenty_are_counted(tmp_path):
    with pytest.raises(CodebookError, match=r"c\.yaml: and 5 more") as caught:
        codebook(tmp_path, LEAST + "".join(f"x{n}: 1\n" for n in range(25)))
    assert "وعدد الأخطاء الأخرى 5" in caught.value.ar
