import datetime as dt

import pytest

from framing.errors import StudyError
from framing.study import Compare, is_article_rule, load_study, rule_share

LEAST = "articles: [a.csv]\ncodebook: north-korea-russia\n"


def study(tmp_path, text: str):
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    return load_study(tmp_path / "study.yaml")


def test_least_study_has_the_defaults_of_the_design(tmp_path):
    found = study(tmp_path, LEAST)
    assert (found.encoder, found.unit, found.copies, found.article_rule) == (
        "e5-small",
        "sentence",
        "keep",
        "title_or_lead",
    )
    assert found.compare == Compare(level=0.95, n_boot=2000, n_perm=None, family="all_pairs", min_articles=10)
    assert (found.seed, found.synthetic, found.folder) == (20241023, False, tmp_path)


def test_small_study_is_read_whole(data):
    found = load_study(data / "study.yaml")
    assert found.synthetic is True
    assert found.title_in("en") == "How three outlets told of an invented bridge"
    assert (found.topics.min_size, found.compare.n_perm, found.agencies) == (4, 300, ("وكالة سين",))


def test_dates_aliases_and_events_are_read(tmp_path):
    found = study(
        tmp_path,
        LEAST + "select: {from: 2024-10-20, to: '2024-11-20'}\noutlets: {aliases: {ألف: [الف, أ]}}\n"
        "events: [{date: 2024-10-23, ar: حدث}]\n",
    )
    assert (found.select_from, found.select_to) == (dt.date(2024, 10, 20), dt.date(2024, 11, 20))
    assert found.outlet_aliases == {"الف": "ألف", "أ": "ألف"}
    assert found.events[0].date == dt.date(2024, 10, 23)


def test_pages_are_one_path_or_several_relative_to_the_study(tmp_path):
    (tmp_path / "scrapes").mkdir()
    assert study(tmp_path, LEAST).pages == ()
    assert study(tmp_path, LEAST + "pages: scrapes\n").pages == ("scrapes",)
    assert study(tmp_path, LEAST + "pages: [scrapes, 'more/*.html']\n").pages == ("scrapes", "more/*.html")


def test_broader_query_is_read_apart_from_the_query(tmp_path):
    found = study(tmp_path, LEAST + "relevance: {query: [كورسك], broader: [روسيا, كوريا]}\n").relevance
    assert (found.query, found.broader, found.min_score) == (("كورسك",), ("روسيا", "كوريا"), None)


def test_article_as_one_unit_carries_a_frame_by_any_unit_unless_the_study_says_otherwise(tmp_path):
    assert study(tmp_path, LEAST + "unit: article\n").article_rule == "any"
    assert study(tmp_path, LEAST + "unit: article\narticle_rule: title_or_lead\n").article_rule == "title_or_lead"
    assert study(tmp_path, LEAST).article_rule == "title_or_lead"


FAULTS = [
    ("codebook: x\n", "'articles' is missing"),
    ("articles: [a.csv]\n", "'codebook' is missing"),
    (LEAST + "encodr: x\n", "'encodr' is not a setting.*Did you mean 'encoder'"),
    (LEAST + "zzz: x\n", "Known keys: title, articles"),
    (LEAST + "copies: drop\n", "'copies' is 'drop'; write one of: keep, own, weight"),
    (LEAST + "seed: -1\n", "'seed' is -1; write a whole number"),
    (LEAST + "seed: true\n", "'seed' is True"),
    (LEAST + "synthetic: 'yes'\n", "'synthetic' is 'yes'; write true or false"),
    (LEAST + "article_rule: most\n", "title_or_lead, any, or share>=0.2"),
    (LEAST + "compare: {level: 95}\n", "'compare.level' is 95"),
    (LEAST + "compare: {family: vs_reference}\n", "'compare.reference' is None"),
    (LEAST + "compare: {n_bot: 1}\n", "'compare.n_bot'.*Did you mean 'n_boot'"),
    (LEAST + "select: {from: 31/02/2024}\n", "'select.from' is '31/02/2024'; write a day as YYYY-MM-DD"),
    (LEAST + "dates: {order: ydm}\n", "'dates.order' is 'ydm'"),
    (LEAST + "relevance: [a]\n", "keys under it: query, broader, min_score"),
    (LEAST + "relevance: {query: [a], broader: 7}\n", "'relevance.broader' is 7; write a list of texts"),
    (LEAST + "relevance: {brodaer: [a]}\n", "'relevance.brodaer'.*Did you mean 'broader'"),
    (LEAST + "columns: [a]\n", "pairs 'field: column"),
    (LEAST + "pages: 3\n", "'pages' is 3; write a list of texts"),
    (LEAST + "pages: [scrapes]\n", "'pages' is 'scrapes'; write a folder or file of saved pages that is there"),
    (LEAST + "events: {date: x}\n", "a list of {date"),
    (LEAST + "topics: {sample: 1}\n", "'topics.sample' is 1"),
    ("articles: 7\ncodebook: x\n", "'articles' is 7; write a list of texts"),
    ("- a\n", "a study is a list of 'key: value' lines"),
]


@pytest.mark.parametrize(("text", "message"), FAULTS)
def test_fault_is_one_line_with_file_key_and_remedy(tmp_path, text, message):
    with pytest.raises(StudyError, match=rf"study\.yaml: .*{message}") as caught:
        study(tmp_path, text)
    assert "\n" not in str(caught.value)
    assert caught.value.in_language("ar")


def test_yaml_fault_is_a_study_error(tmp_path):
    with pytest.raises(StudyError, match="not valid YAML"):
        study(tmp_path, "a: [1")


def test_long_value_is_shortened_in_the_message(tmp_path):
    with pytest.raises(StudyError, match=r"\.\.\.; write") as caught:
        study(tmp_path, LEAST + f"copies: {'x' * 5000}\n")
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("rule", "share"), [("share>=0.2", 0.2), ("share >= 1", 1.0), ("share>=0", None), ("share>=2", None), ("any", None)]
)
def test_share_of_an_article_rule_is_read(rule, share):
    assert rule_share(rule) == share
    assert is_article_rule(rule) is (share is not None or rule == "any")
