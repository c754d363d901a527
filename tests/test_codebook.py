import pytest

from framing.codebook import load_codebook, shipped_codebooks
from framing.errors import CodebookError

FRAME = "- {id: one, name: إطار, definition: تعريف, terms: [كلمة], examples: [جملة أولى]}\n"
LEAST = 'version: "1"\nframes:\n' + FRAME


def codebook(tmp_path, text: str):
    (tmp_path / "c.yaml").write_text(text, encoding="utf-8")
    return load_codebook(tmp_path / "c.yaml")


def test_small_codebook_has_its_frames_in_order(data):
    found = load_codebook(data / "codebook.yaml")
    assert found.frame_ids == ("safety", "economy", "rights", "blame", "blame.by_company", "blame.by_council")
    assert [found.n_examples(f) for f in ("safety", "blame", "blame.by_company")] == [8, 10, 5]
    assert sum(not e.frames and not e.contested for e in found.examples) == 10


def test_names_of_children_stand_behind_their_parents(data):
    found = load_codebook(data / "codebook.yaml")
    assert found.name_of("blame.by_council", "en") == "Blame · the council"
    assert found.name_of("safety", "ar") == "إطار السلامة"


def test_terms_of_a_parent_hold_those_of_its_children(tmp_path):
    child = "- {id: kid, parent: one, name: فرع, terms: [فرع], veto: [غصن]}\n"
    assert codebook(tmp_path, LEAST + child).terms_of("one") == (("كلمة", "فرع"), ("غصن",))


def test_unknown_frame_names_those_there_are(data):
    with pytest.raises(KeyError, match=r"no frame 'x'.*safety"):
        load_codebook(data / "codebook.yaml")["x"]


def test_shipped_codebook_keeps_the_promises_of_the_methods():
    found = load_codebook("north-korea-russia")
    assert {f.frame_id for f in found.parents} == {"escalation", "sovereignty", "european_concern"}
    assert min(found.n_examples(f.frame_id) for f in found.parents) >= 60
    assert sum(not e.frames and not e.contested for e in found.examples) >= 120
    assert {"agency", "broadsheet", "opinion", "broadcaster", "headline"} <= {e.style for e in found.examples}


def test_hash_changes_with_the_content_alone(tmp_path):
    first = codebook(tmp_path, LEAST).sha256
    assert codebook(tmp_path, "# a comment\n" + LEAST).sha256 == first
    assert codebook(tmp_path, LEAST.replace("تعريف", "حد")).sha256 != first


def test_path_is_relative_to_the_folder_given(data):
    assert load_codebook("codebook.yaml", folder=data).codebook_id == "bridge"


def test_mistyped_shipped_name_gets_a_suggestion():
    assert "north-korea-russia" in shipped_codebooks()
    with pytest.raises(CodebookError, match="Did you mean 'north-korea-russia'"):
        load_codebook("north-korea-rusia")


FAULTS = [
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
    assert "c.yaml" in caught.value.in_language("ar")


def test_all_faults_are_told_at_once(tmp_path):
    with pytest.raises(CodebookError, match=r"(?s)'aa' is not a key.*'bb' is not a key"):
        codebook(tmp_path, LEAST + "aa: 1\nbb: 2\n")


def test_alias_bomb_in_a_codebook_is_refused(tmp_path):
    levels = "".join(f"  k{n + 1}: &k{n + 1} [{', '.join([f'*k{n}'] * 9)}]\n" for n in range(9))
    with pytest.raises(CodebookError, match="aliases"):
        codebook(tmp_path, LEAST + "fields:\n  k0: &k0 [x, x]\n" + levels)
