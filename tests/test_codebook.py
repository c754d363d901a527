import dataclasses
from datetime import date

import pandas as pd
import pytest

from framing.codebook import Codebook, Example, load_codebook, shipped_codebooks
from framing.codebook_faults import Faults
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
    with pytest.raises(CodebookError, match="Did you mean 'north-korea-russia'"):
        load_codebook("north-korea-rusia")


def test_all_faults_are_told_at_once(tmp_path):
    with pytest.raises(CodebookError, match=r"(?s)'aa' is not a key.*'bb' is not a key"):
        codebook(tmp_path, LEAST + "aa: 1\nbb: 2\n")


def test_alias_bomb_in_a_codebook_is_refused(tmp_path):
    levels = "".join(f"  k{n + 1}: &k{n + 1} [{', '.join([f'*k{n}'] * 9)}]\n" for n in range(9))
    with pytest.raises(CodebookError, match="aliases"):
        codebook(tmp_path, LEAST + "fields:\n  k0: &k0 [x, x]\n" + levels)


@pytest.fixture
def book(data) -> Codebook:
    return load_codebook(data / "codebook.yaml")


def test_added_examples_make_another_codebook_with_another_version_and_hash(book):
    more = book.add_examples([
        {"text": "السقف يهتز فوق الناس كل ليلة.", "frames": ["safety"], "style": "opinion"},
        {"text": "لا خطر هنا، قال الحارس للجيران.", "contested": "safety"},
        {"text": "يبلغ طول الدرب ميلين.", "hard": True},
        Example("غضب التجار والعمال معا من الغلاء والخطر.", "agency", ("economy", "safety")),
    ])  # fmt: skip
    assert (more.version, book.version) == ("0.2", "0.1")
    assert more.sha256 != book.sha256
    assert len(more.examples) == len(book.examples) + 4
    assert more.n_examples("safety") == book.n_examples("safety") + 2
    assert more.n_examples("economy") == book.n_examples("economy") + 1
    found = {example.text: example for example in more.examples}
    assert found["لا خطر هنا، قال الحارس للجيران."].contested == ("safety",)
    assert found["يبلغ طول الدرب ميلين."].hard


def test_same_examples_added_again_give_the_same_hash(book):
    one, two = (book.add_examples([{"text": "جملة جديدة", "frames": "rights"}]) for _ in range(2))
    assert one.sha256 == two.sha256


def test_examples_of_another_codebook_are_taken_as_its_table_gives_them(book, tmp_path):
    least = codebook(tmp_path, LEAST)
    table = pd.DataFrame({"text": ["أولى", "ثانية"], "frames": [("one",), None], "style": ["agency", float("nan")]})
    grown = least.add_examples(table, version="2")
    assert [(e.text, e.frames, e.style) for e in grown.examples[1:]] == [
        ("أولى", ("one",), "agency"),
        ("ثانية", (), ""),
    ]
    rest = book.to_frame()
    again = load_codebook(book.path).add_examples(rest.assign(text=[f"نص {'ا' * n}" for n in range(1, len(rest) + 1)]))
    assert sorted(e.frames for e in again.examples[len(rest) :]) != []
    assert again.n_examples("safety") == 2 * book.n_examples("safety")


REFUSED = [
    ({"text": "جملة", "frames": ["sefety"]}, "no frame 'sefety'; write safety"),
    ({"text": " "}, "has no text"),
    ({"text": "جملة", "frame": ["safety"]}, "'frame' is not known; give text, frames"),
    ({"text": "حذّر مهندسٌ من خطر إنهيار السقف على المصلين", "frames": "safety"}, "stands already"),
    (
        {"text": "حذر مهندس من خطر انهيار السقف على المصلين.", "frames": "rights"},
        "contradicts.* is safety there and rig",
    ),
    ({"text": "حذر مهندس من خطر انهيار السقف على المصلين."}, "contradicts.* is safety there and none here"),
    ({"text": "جملة", "frames": "safety", "contested": "safety"}, "both carried and contested"),
    ({"text": "جملة", "contested": ["safety", "rights"]}, "several contested frames"),
]


@pytest.mark.parametrize(("row", "message"), REFUSED)
def test_example_that_cannot_be_added_is_told_in_one_line(book, row, message):
    with pytest.raises(CodebookError, match=f"codebook 'bridge', add_examples: example 1: .*{message}") as caught:
        book.add_examples([row])
    assert "المثال 1" in caught.value.in_language("ar")
    assert len(str(caught.value).splitlines()) == 1


def test_all_refused_examples_are_told_at_once_and_none_is_added(book):
    rows = [{"text": "جملة"}, {"text": "جملة"}, {"text": "جُملة", "frames": "rights"}]
    with pytest.raises(CodebookError, match=r"(?s)example 2: stands already.*example 3: contradicts"):
        book.add_examples(rows)
    with pytest.raises(CodebookError, match="no example was given"):
        book.add_examples([])


@pytest.mark.parametrize(
    ("version", "wanted", "found"),
    [("1.0", None, "1.1"), ("1", None, "1.1"), ("1.9.3", None, "1.10.0"), ("draft", "draft 2", "draft 2")],
)
def test_version_counts_up(tmp_path, version, wanted, found):
    first = codebook(tmp_path, LEAST.replace('version: "1"', f'version: "{version}"'))
    assert first.add_examples([{"text": "ثانية"}], version=wanted).version == found


@pytest.mark.parametrize(("version", "wanted"), [("draft", None), ("1.0", "1.0"), ("1.0", " ")])
def test_version_that_would_not_change_is_refused(tmp_path, version, wanted):
    first = codebook(tmp_path, LEAST.replace('version: "1"', f'version: "{version}"'))
    with pytest.raises(CodebookError, match="needs another version than"):
        first.add_examples([{"text": "ثانية"}], version=wanted)


def test_saved_codebook_is_the_same_when_it_is_read(book, tmp_path):
    grown = book.add_examples([{"text": 'قال: "نعم" # لا', "frames": "blame.by_company"}])
    path = grown.save(tmp_path / "deep" / "c.yaml")
    again = load_codebook(path)
    assert again.sha256 == grown.sha256
    assert (again.frames, again.examples, again.relevance) == (grown.frames, grown.examples, grown.relevance)
    assert load_codebook("north-korea-russia").sha256 == load_codebook("north-korea-russia").sha256


def test_saving_never_overwrites_unasked(book, tmp_path):
    (tmp_path / "c.yaml").write_text("# mine", encoding="utf-8")
    with pytest.raises(CodebookError, match="is there already"):
        book.save(tmp_path / "c.yaml")
    assert book.save(tmp_path / "c.yaml", overwrite=True).read_text(encoding="utf-8").startswith("# كتبه framing")


def test_text_that_no_file_can_hold_is_not_saved_as_another(book, tmp_path):
    with pytest.raises(CodebookError, match="marks that a file cannot give back"):
        book.add_examples([{"text": "نص \ud800 نص"}]).save(tmp_path / "c.yaml")
    assert not (tmp_path / "c.yaml").exists()


def test_codebook_is_never_changed_in_place(book):
    before = book.sha256
    book.add_examples([{"text": "جملة جديدة", "frames": "rights"}])
    assert load_codebook(book.path).examples == book.examples
    assert Codebook.from_raw(book.raw, name="x", faults=Faults("x", "x")).sha256 == before
    with pytest.raises(dataclasses.FrozenInstanceError):
        book.version = "2"


@pytest.fixture
def cluster() -> dict[str, pd.DataFrame]:
    ids = [f"a{n}#1" for n in range(40)]
    return {
        "topics": pd.DataFrame({"unit_id": ids, "topic": [3] * 30 + [-1] * 10}),
        "units": pd.DataFrame({"unit_id": ids, "outlet": ["one", "two", "three", "four"] * 10}),
    }


NAMED = {"name": {"ar": "إطار الطيور"}, "definition": "تُروى الواقعة بما تفعله بالطيور.", "from_topic": 3}
DAY = date(2024, 11, 20)


def test_cluster_that_was_read_and_named_becomes_a_frame_with_its_log(book, cluster):
    read = list(cluster["units"]["unit_id"][:22])
    grown = book.add_frame("birds", **NAMED, **cluster, read_units=read, named_by="قارئ 1", when=DAY)
    assert grown.frame_ids == (*book.frame_ids, "birds")
    assert grown["birds"].source == (
        "emergent frame: cluster 3, read and named by قارئ 1, 2024-11-20 (22 units of 4 outlets read)"
    )
    (entry,) = grown.log
    assert (entry["by"], entry["date"], entry["topic"], entry["n_units"], entry["n_read"], entry["version"]) == (
        "قارئ 1", "2024-11-20", 3, 30, 22, "0.2",
    )  # fmt: skip
    assert entry["outlets"] == ["four", "one", "three", "two"]


def test_log_is_kept_in_the_file(book, cluster, tmp_path):
    read = list(cluster["units"]["unit_id"][:20])
    grown = book.add_frame("birds", **NAMED, **cluster, read_units=read, named_by="قارئ 1", when=DAY)
    assert load_codebook(grown.save(tmp_path / "c.yaml")).log == grown.log


UNREAD = [
    ({"read_units": [f"a{n}#1" for n in range(19)]}, "cluster 3: 19 of its 30 units were read; read at least 20"),
    ({"read_units": [f"a{n}#1" for n in range(15, 40)]}, r"15 of its 30 units were read \(10 others are not in it\)"),
    ({"read_units": [f"a{n % 10}#1" for n in range(40)]}, "10 of its 30 units were read"),
    ({"outlets": ["one"] * 40}, r"is from 1 outlet\(s\); read units of at least 2"),
    ({"named_by": " "}, "named_by is empty; write who read it"),
    ({"definition": {"ar": ""}}, "frame 'birds': 'definition' is empty"),
    ({"name": ""}, "frame 'birds': 'name' is empty"),
    ({"from_topic": -1}, "outliers, no cluster"),
    ({"from_topic": 9}, "no unit is in it"),
    ({"frame_id": "safety"}, "frame 'safety' is there already"),
]


@pytest.mark.parametrize(("change", "message"), UNREAD)
def test_cluster_that_was_not_read_is_no_frame(book, cluster, change, message):
    given = {"frame_id": "birds", **NAMED, "named_by": "قارئ 1", "when": DAY} | change
    if "outlets" in given:
        cluster["units"]["outlet"] = given.pop("outlets")
    given.setdefault("read_units", list(cluster["units"]["unit_id"][:25]))
    with pytest.raises(CodebookError, match=message):
        book.add_frame(given.pop("frame_id"), **cluster, **given)


def test_units_without_outlets_are_told_how_to_get_them(book, cluster):
    cluster["units"] = cluster["units"].drop(columns="outlet")
    with pytest.raises(ValueError, match=r"units has no column 'outlet'.*merge"):
        book.add_frame("birds", **NAMED, **cluster, read_units=[], named_by="x")


def test_shipped_forms_stand_beside_the_story():
    assert shipped_codebooks() == ("generic-frames", "north-korea-russia", "policy-frames")
    assert shipped_codebooks(forms=False) == ("north-korea-russia",)
    forms = {name: load_codebook(name) for name in ("generic-frames", "policy-frames")}
    assert {name: len(form.parents) for name, form in forms.items()} == {"generic-frames": 5, "policy-frames": 15}
    for form in forms.values():
        assert form.is_form
        assert not form.examples
        assert all(set(frame.name) == set(frame.definition) == {"ar", "en"} for frame in form.frames)
        assert not any(frame.terms for frame in form.frames)
        assert form.citation


def test_form_is_for_coding_and_not_for_scoring():
    form = load_codebook("generic-frames")
    for use in (form.check_scoring, lambda: form.add_examples([{"text": "جملة", "frames": "conflict"}])):
        with pytest.raises(CodebookError, match="is a form: for coding and mapping, not for scoring") as caught:
            use()
        assert "لا لحساب الدرجات" in caught.value.in_language("ar")


@pytest.mark.parametrize("name", ["north-korea-russia", "codebook.yaml"])
def test_generic_mappings_point_at_frames_of_the_forms(name, data):
    forms = {form.codebook_id: form for form in map(load_codebook, shipped_codebooks()) if form.is_form}
    mapped = [m for frame in load_codebook(name, folder=data).frames for m in frame.generic]
    assert mapped
    for mapping in mapped:
        assert mapping["frame"] in forms[mapping["scheme"]].frame_ids
