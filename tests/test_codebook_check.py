"""The check of a codebook: each kind of finding, on codebooks that have that fault."""

import numpy as np
import pandas as pd
import pytest

from framing.codebook import Codebook, load_codebook
from framing.codebook_check import CodebookCheck, check_codebook, n_faults
from framing.codebook_faults import Faults

STYLES = ("agency", "opinion", "headline", "broadsheet")
# Words that differ from sentence to sentence, so that nothing but what a test plants is shared.
FILL = ("سوق", "مدرسة", "نهر", "جبل", "قارب", "شارع", "مصنع", "حديقة", "مكتب", "مطار", "ملعب", "مكتبة")


def sentences(*planted: str, n: int = 12) -> list[dict[str, object]]:
    return [
        {"text": f"{planted[row % len(planted)]} {FILL[row % 12]} {FILL[(row * 5 + 3) % 12]}ك{'ر' * (row % 3)}",
         "style": STYLES[row % 4]}
        for row in range(n)
    ]  # fmt: skip


def frame(name: str, examples: list[dict[str, object]], **more: object) -> dict[str, object]:
    both = {"ar": name, "en": name}
    return {"id": name, "name": both, "definition": both, "examples": examples, **more}


def book(*frames: dict[str, object], none: list[dict[str, object]] | None = None, **more: object) -> Codebook:
    raw = {"version": "1", "frames": list(frames), "none_examples": none or [], **more}
    return Codebook.from_raw(raw, name="planted", faults=Faults("planted", "planted"))


@pytest.fixture
def look(fake_encoder):
    def check(codebook: Codebook, corpus: object = None) -> CodebookCheck:
        return check_codebook(codebook, corpus, encoder=fake_encoder, n_boot=200)

    return check


def kinds(check: CodebookCheck, frame_id: str | None = None) -> set[str]:
    rows = check.findings
    return set(rows["kind"] if frame_id is None else rows.loc[rows["frame"] == frame_id, "kind"])


def told(check: CodebookCheck, kind: str) -> str:
    return " ".join(check.findings.loc[check.findings["kind"] == kind, "what"])


DANGER = sentences("خطر في", "يخشى الناس خطرا عند", "مهندس يحذر من", "قد يقع")
COST = sentences("كلفة مرتفعة في", "من يدفع كلفة", "أسعار ترهق", "ديون على")
NONE = [{**row, "hard": True} for row in sentences("افتتح اليوم", "يقع شمال", "بني قديما", "زاره وفد")]


def test_good_codebook_has_little_to_mend(look):
    found = look(book(frame("safety", DANGER, terms=["خطر"]), frame("money", COST, terms=["كلفة"]), none=NONE))
    assert not n_faults(found)
    assert kinds(found) <= {"few_examples", "low_f1", "few_none_examples", "near_pair"}
    assert list(found.scores.f1["frame"]) == ["safety", "money"]
    assert found.scores.folds == "style"


def test_terms_that_match_nothing_are_named(look):
    planted = book(frame("safety", DANGER, terms=["خطر", "زلزال"]), none=NONE)
    assert told(look(planted), "term_without_hits") == "1 of 2 terms do not occur in an example: زلزال"
    corpus = pd.DataFrame({"unit_id": ["1"], "outlet": ["a"], "text": ["وقع الزلزال ليلا"]})
    assert "term_without_hits" not in kinds(look(planted, corpus))


def test_terms_that_match_everything_are_named(look):
    corpus = pd.DataFrame({
        "unit_id": [str(n) for n in range(40)], "outlet": "a", "text": [f"الجسر {FILL[n % 12]}" for n in range(40)],
    })  # fmt: skip
    found = look(book(frame("safety", DANGER, terms=["جسر", "خطر"]), none=NONE), corpus)
    assert told(found, "term_everywhere") == "terms in more than 20% of all texts: جسر (100%)"


def test_veto_words_that_leave_nothing_are_named(look):
    found = look(book(frame("safety", DANGER, terms=["خطر", "يخشى"], veto=["خطر"]), none=NONE))
    assert told(found, "veto_takes_all") == "veto words take away every hit of: خطر"


def test_examples_of_the_same_words_that_contradict_each_other_are_named(look):
    twin = {"text": "قال الوزير إن القرار صائب وعادل جدا", "style": "agency"}
    almost = {"text": "قال الوزيرُ إنّ القرار صائب وعادل جدا.", "style": "agency"}
    found = look(book(frame("safety", [*DANGER, twin]), frame("money", [*COST, almost]), none=NONE))
    assert "(safety) / " in told(found, "contradiction")
    assert "(money)" in told(found, "contradiction")
    same = look(book(frame("safety", [*DANGER, twin, almost]), frame("money", COST), none=NONE))
    assert "contradiction" not in kinds(same)


def test_word_that_gives_a_frame_away_is_named(look):
    found = look(book(frame("safety", sentences("بالمناسبة نرى", "بالمناسبة قيل")), frame("money", COST), none=NONE))
    assert "مناسبه (100%)" in told(found, "same_word")
    assert "same_word" not in kinds(found, "money")


def test_word_that_all_examples_share_gives_no_frame_away(look):
    both = (sentences("بالمناسبة نرى"), sentences("بالمناسبة ندفع"))
    found = look(book(frame("safety", both[0]), frame("money", both[1]), none=NONE))
    assert "مناسبه" not in told(found, "same_word")


def test_examples_of_two_frames_tell_nothing_on_telling_them_apart(look):
    shared = [{**row, "also": ["money"]} for row in sentences("سيول في", n=6)]
    frames = (frame("safety", [*DANGER, *shared], terms=["خطر"]), frame("money", COST, terms=["كلفة"]))
    (row,) = look(book(*frames, none=NONE)).scores.confusion.to_dict("records")
    assert row["n"] == 24


def test_frames_that_are_taught_by_the_same_kind_of_sentence_cannot_be_told_apart(look):
    texts = np.random.default_rng(1).permutation([f"{one} {two} خطر" for one in FILL for two in FILL if one != two])
    rows = [{"text": str(text), "style": STYLES[row // 2 % 4]} for row, text in enumerate(texts[:48])]
    mixed, other = rows[::2], rows[1::2]
    found = look(book(frame("safety", mixed), frame("money", other), none=NONE))
    assert "may not tell them apart" in told(found, "confused")
    apart = look(book(frame("safety", DANGER, terms=["خطر"]), frame("money", COST, terms=["كلفة"]), none=NONE))
    assert "confused" not in kinds(apart)
    (row,) = apart.scores.confusion.to_dict("records")
    assert row["n"] == 24
    assert row["low"] <= row["share"] <= row["high"]


def test_share_of_examples_without_terms_is_asked_for(look):
    found = look(book(frame("safety", sentences("خطر في"), terms=["خطر"]), none=NONE))
    assert told(found, "few_without_terms") == "0% of its examples hold none of its terms; 15% are needed"


def test_too_few_examples_of_one_style_and_no_definition_are_named(look):
    few = frame("few", [{"text": "جملة", "style": "agency"}])
    one = frame("one", [{**row, "style": "agency"} for row in DANGER])
    kid = {"id": "kid", "parent": "one", "name": "فرع"}
    found = look(book(few, one, kid, none=NONE[:3]))
    assert kinds(found, "few") == {"few_examples"}
    assert "one_style" in kinds(found, "one")
    assert {"no_definition", "few_examples"} <= kinds(found, "one.kid")
    assert told(found, "few_none_examples").startswith("3 examples of no frame")
    assert "few_styles" in kinds(found)
    assert n_faults(found) == 2  # a frame without anything to go by, and nothing to tell frames from


def test_every_finding_is_told_in_both_languages(look):
    found = look(book(frame("few", [{"text": "جملة"}]), frame("safety", DANGER, terms=["زلزال"])))
    for language in ("en", "ar"):
        lines = found.summary(language).splitlines()
        assert sum(line.startswith("- ") for line in lines) == len(found.findings)
    assert found.findings["what_ar"].str.contains("[\u0621-\u064a]").all()
    assert (found.findings["to_do_ar"] != "").all()


def test_words_are_counted_by_outlet_and_shown_in_context(look, data, small_corpus):
    found = look(load_codebook(data / "codebook.yaml"), small_corpus)
    rows = found.words.by_outlet
    total = found.words.terms.set_index("term")["n_units"]
    assert rows.groupby("term")["n_units"].sum().to_dict() == total[total > 0].to_dict()
    assert set(rows["outlet"]) == set(small_corpus["outlet"])
    shown = found.explain("خطر")
    assert 0 < len(shown) <= 10
    assert shown["word"].str.contains("خطر").all()
    with pytest.raises(KeyError, match="no term 'x'"):
        found.explain("x")


def test_context_is_the_original_text(look):
    corpus = pd.DataFrame({"unit_id": ["1"], "outlet": ["a"], "text": ["قالَ إنّ الخَطَـر، كما نرى، قريب"]})
    found = look(book(frame("safety", DANGER, terms=["خطر"]), none=NONE), corpus)
    assert found.words.contexts[["before", "word", "after"]].to_numpy().tolist() == [
        ["قالَ إنّ", "الخَطَـر،", "كما نرى، قريب"]
    ]


def test_places_of_a_term_are_ten_and_spread_over_outlets(look):
    texts = [f"{FILL[n % 12]} خطر {n}" for n in range(60)]
    corpus = pd.DataFrame({"unit_id": map(str, range(60)), "outlet": ["big"] * 50 + ["small"] * 10, "text": texts})
    found = look(book(frame("safety", DANGER, terms=["خطر"]), none=NONE), corpus)
    assert found.explain("خطر")["outlet"].value_counts().to_dict() == {"big": 5, "small": 5}


def test_corpus_without_text_is_refused(look):
    with pytest.raises(ValueError, match="no column 'text'; it has title"):
        look(book(frame("safety", DANGER)), pd.DataFrame({"title": ["x"]}))


def test_large_corpus_is_sampled_and_says_so(look, monkeypatch):
    monkeypatch.setattr("framing.codebook_check.MAX_UNITS", 10)
    corpus = pd.DataFrame({"unit_id": [str(n) for n in range(50)], "text": "خطر"})
    found = look(book(frame("safety", DANGER, terms=["خطر"]), none=NONE), corpus)
    assert (found.settings["n_units"], found.settings["n_units_found"]) == (10, 50)


def test_form_is_checked_for_its_definitions_alone(look):
    found = look(load_codebook("policy-frames"))
    assert found.findings.empty
    assert "for coding and mapping, not for scoring" in found.summary()


def test_check_is_the_same_each_time_and_shows_itself(look, data):
    first, again = (look(load_codebook(data / "codebook.yaml")) for _ in range(2))
    pd.testing.assert_frame_equal(first.to_frame(), again.to_frame())
    pd.testing.assert_frame_equal(first.scores.f1, again.scores.f1)
    assert 'dir="rtl"' in first._repr_html_()
    assert first.plot(language="en").axes[0].get_xlabel() == "F1"
    assert tuple(first.scores.f1["frame"]) == load_codebook(data / "codebook.yaml").frame_ids
    measured = first.scores.f1.dropna(subset=["f1"])
    assert ((measured["low"] <= measured["f1"]) & (measured["f1"] <= measured["high"])).all()
