"""The second story: invented articles and examples of one author, which must not share sentences."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from framing.articles import read_articles
from framing.codebook import load_codebook
from framing.files import read_csv
from framing.relevance import judge_relevance
from framing.study import load_study
from framing.units import split_units

FOLDER = Path(__file__).parents[1] / "data" / "second-story"
BANNER = "بيانات مخترعة للتدريب: لا تصف أي وسيلة إعلامية حقيقية ولا يُستشهد بها"
FRAMES = ("hunger", "money", "leverage", "commitment")


def rows() -> list[dict[str, str]]:
    return [json.loads(line) for line in (FOLDER / "articles.jsonl").read_text(encoding="utf-8").splitlines()]


def read(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def further() -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every further example with the list it stands in."""
    for part in ("examples", "contested_examples"):
        yield from ((part, example) for examples in read("examples.yaml")[part].values() for example in examples)
    yield from (("none", example) for example in read("examples.yaml")["none_examples"])


def all_examples() -> list[str]:
    own = [example.text for example in load_codebook(FOLDER / "codebook.yaml").examples]
    return own + [example["text"] for _, example in further()]


def fives(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", re.sub("[\u064b-\u0652\u0640]", "", text))
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}


def places() -> dict[tuple[str, ...], set[str]]:
    """Say for each five words in a row in which stories they stand, a wire story and its copies as one."""
    plan, found = read("plan.yaml")["articles"], {}
    for row in rows():
        for part in fives(row["title"]) | fives(row["text"]):
            found.setdefault(part, set()).add(plan[row["id"]]["copy_of"] or row["id"])
    return found


def test_codebook_loads_with_ten_examples_per_frame_and_ten_of_none():
    found = load_codebook(FOLDER / "codebook.yaml")
    assert found.frame_ids == FRAMES
    assert [sum(example.frames[:1] == (frame,) for example in found.examples) for frame in FRAMES] == [10] * 4
    assert sum(not example.frames for example in found.examples) == 10


def test_further_examples_fill_up_to_a_hundred_per_frame_and_two_hundred_of_none():
    found = read("examples.yaml")
    assert {frame: len(examples) for frame, examples in found["examples"].items()} == dict.fromkeys(FRAMES, 90)
    assert len(found["none_examples"]) == 190
    assert sum(bool(example.get("hard")) for example in found["none_examples"]) == 96
    assert sum(map(len, found["contested_examples"].values())) == 18


def test_further_examples_load_as_a_codebook_does(tmp_path):
    book, more = read("codebook.yaml"), read("examples.yaml")
    for frame in book["frames"]:
        frame["examples"] += more["examples"][frame["id"]]
        frame["contested_examples"] = more["contested_examples"][frame["id"]]
    book["none_examples"] += more["none_examples"]
    (tmp_path / "full.yaml").write_text(yaml.safe_dump(book, allow_unicode=True), encoding="utf-8")
    found = load_codebook(tmp_path / "full.yaml")
    assert len(found.examples) == len({example.text for example in found.examples}) == 618


def test_articles_are_read_with_their_dates_and_none_is_rejected():
    found = read_articles([FOLDER / "articles.jsonl"]).table
    assert len(found) == found.article_id.nunique() == 40
    assert set(found.outlet.value_counts()) == {10}
    planned = {key: article["date"] for key, article in read("plan.yaml")["articles"].items()}
    assert dict(zip(found.article_id, found.published_date.astype(str), strict=True)) == planned


def test_plan_names_genres_copies_and_what_is_off_the_story():
    plan = read("plan.yaml")["articles"]
    assert list(plan) == [row["id"] for row in rows()]
    genres = Counter(article["genre"] for article in plan.values())
    assert genres == {"news": 26, "opinion": 6, "agency": 5, "explainer": 2, "live": 1}
    assert sum(not article["on_story"] for article in plan.values()) == 4
    assert Counter(a.get("role") for a in plan.values() if a.get("wire")) == {"original": 2, "copy": 1, "edited": 2}


def test_query_finds_the_articles_on_the_story():
    study = load_study(FOLDER / "study.yaml")
    assert study.synthetic
    assert tuple(study.relevance.query) == load_codebook(FOLDER / "codebook.yaml").relevance
    found = judge_relevance(read_articles([FOLDER / "articles.jsonl"]).table, query=study.relevance.query).table
    planned = {key: article["on_story"] for key, article in read("plan.yaml")["articles"].items()}
    assert dict(zip(found.article_id, found.on_story, strict=True)) == planned


def test_articles_have_the_length_and_units_of_the_datasheet():
    assert all(120 <= len(row["text"].split()) <= 260 for row in rows())
    units = split_units(read_articles([FOLDER / "articles.jsonl"]).table).table
    assert Counter(units.part) == {"title": 40, "lead": 57, "body": 517}


def test_no_example_shares_five_words_in_a_row_with_the_corpus():
    found = places()
    assert [text for text in all_examples() if fives(text) & found.keys()] == []


def test_no_two_stories_share_five_words_in_a_row():
    assert [part for part, stories in places().items() if len(stories) > 1] == []


def test_addresses_lead_nowhere():
    assert all(re.match(r"https://[a-z]+\.example/", row["url"]) for row in rows())


@pytest.mark.parametrize("name", ["codebook.yaml", "examples.yaml", "plan.yaml", "coding_rules.md"])
def test_files_say_that_they_are_invented(name):
    assert BANNER in (FOLDER / name).read_text(encoding="utf-8")


def test_codes_are_of_units_of_the_corpus_and_have_known_labels():
    articles = read_articles([FOLDER / "articles.jsonl"]).table
    texts = split_units(articles).table.set_index("unit_id")["text"]
    gold = read_csv(FOLDER / "gold.csv")
    assert Counter(gold["outlet"]) == dict.fromkeys(articles["outlet"].unique(), 75)
    assert (gold["text"] == gold["unit_id"].map(texts)).all()
    assert set(gold["coder_kind"]) == {"model"}
    frames = {"hunger", "money", "leverage", "commitment"}
    labels = {label for cell in gold["agreed"] for label in cell.split("; ")}
    assert labels - {"none"} <= frames | {f"contested:{frame}" for frame in frames}
    settled = gold[gold["coder_a"] != gold["coder_b"]]
    assert len(settled) == 2
    assert (gold["agreed"] == gold["coder_a"])[~gold.index.isin(settled.index)].all()
