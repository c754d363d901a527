import datetime as dt
import gzip
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from framing.articles import COLUMNS, FLOW_STEPS, read_articles
from framing.errors import ArticleError

DATA = Path(__file__).parents[2] / "shared" / "data"
TEXT = (
    "أعلنت وزارة الخارجية اليوم أن المحادثات ستبدأ غدا في العاصمة "
    "وأن الوفد وصل بالفعل إلى مقر المؤتمر وسط إجراءات أمنية مشددة."
)
FRENCH = (
    "Le ministère des Affaires étrangères a annoncé que les négociations "
    "débuteront demain à Genève, selon un porte-parole."
)


def write(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def rows(n: int, **extra: str) -> list[dict]:
    return [{"id": f"{i:03d}", "outlet": "ألف", "text": f"{TEXT} {i}", "date": "2024-10-23"} | extra for i in range(n)]


def account(articles) -> int:
    return len(articles.table) + len(articles.set_aside) + len(articles.rejected)


def test_table_has_the_columns_of_the_design_in_order(tmp_path):
    articles = read_articles(write(tmp_path / "a.jsonl", rows(2)))
    assert tuple(articles.table.columns) == COLUMNS
    assert str(articles.table["published"].dtype) == "datetime64[us, UTC]"
    assert str(articles.table["on_story"].dtype) == "boolean"
    assert articles.table["title"].tolist() == ["", ""]


def test_table_survives_parquet_and_is_read_back_the_same(tmp_path):
    found = read_articles(
        write(tmp_path / "a.jsonl", rows(2, date="24 أكتوبر 2024 - 1:00 ص", url="https://x.example/1"))
    )
    found.table.to_parquet(tmp_path / "a.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "a.parquet"), found.table)
    again = read_articles(tmp_path / "a.parquet").table
    columns = ["article_id", "outlet", "text", "published", "published_date", "url"]
    pd.testing.assert_frame_equal(again[columns], found.table[columns])


def test_ids_and_outlets_stay_strings(tmp_path):
    (tmp_path / "a.csv").write_text(f"id,outlet,text\n001,NA,{TEXT}\n1e3,null,{TEXT} ب\n", encoding="utf-8")
    table = read_articles(tmp_path / "a.csv").table
    assert table["article_id"].tolist() == ["001", "1e3"]
    assert table["outlet"].tolist() == ["NA", "null"]


def test_repeated_ids_are_listed_with_their_rows(tmp_path):
    path = write(tmp_path / "a.jsonl", rows(2) + rows(1))
    with pytest.raises(ArticleError, match=r"1 article ids are not unique: '000' \(a\.jsonl, row 1, a\.jsonl, row 3\)"):
        read_articles(path)
    assert len(read_articles(path, columns={"id": ""}).table) == 3


def test_identical_rows_without_ids_get_numbered_ones(tmp_path):
    path = write(tmp_path / "a.jsonl", [{"outlet": "ألف", "text": TEXT}] * 3)
    ids = read_articles(path).table["article_id"].tolist()
    assert len(ids[0]) == 12
    assert ids[1:] == [f"{ids[0]}-2", f"{ids[0]}-3"]


def test_impossible_day_rejects_the_row_with_what_to_do(tmp_path):
    data = rows(3)
    data[1]["date"] = "31/02/2023"
    articles = read_articles(write(tmp_path / "a.jsonl", data))
    (rejected,) = articles.rejected.to_dict("records")
    assert (rejected["file"], rejected["row"], rejected["field"]) == ("a.jsonl", 2, "published")
    assert "date is '31/02/2023', not a calendar day. Write dates as YYYY-MM-DD" in rejected["reason"]
    assert rejected["reason_ar"]
    assert account(articles) == 3


def test_unreadable_date_keeps_the_article_with_a_warning(tmp_path):
    articles = read_articles(write(tmp_path / "a.jsonl", rows(1, date="أمس")))
    assert articles.table["published_date"].isna().all()
    assert articles.table["published_raw"].tolist() == ["أمس"]
    assert articles.warnings[["row", "article_id", "value"]].to_numpy().tolist() == [[1, "000", "أمس"]]


def test_missing_date_is_no_warning(tmp_path):
    articles = read_articles(write(tmp_path / "a.jsonl", rows(1, date="")))
    assert articles.table["published"].isna().all()
    assert articles.warnings.empty


def test_ambiguous_date_names_row_and_option(tmp_path):
    path = write(tmp_path / "a.jsonl", rows(1, date="01/02/2024"))
    with pytest.raises(ArticleError, match=r"a\.jsonl, row 1: date is '01/02/2024'.*Set dates\.order"):
        read_articles(path)
    assert read_articles(path, date_order="dmy").table["published_date"].tolist() == ["2024-02-01"]


def test_order_is_taken_from_ten_dates_of_the_same_outlet(tmp_path):
    data = [row | {"date": f"{13 + i}/02/2024"} for i, row in enumerate(rows(10))]
    data.append(rows(11)[10] | {"date": "01/02/2024"})
    articles = read_articles(write(tmp_path / "a.jsonl", data))
    assert articles.table["published_date"].iloc[-1] == "2024-02-01"
    assert articles.settings["date_orders"] == {"a.jsonl: ألف": "dmy (10 dates allow no other)"}
    data[-1]["outlet"] = "باء"
    with pytest.raises(ArticleError, match="could change places"):
        read_articles(write(tmp_path / "a.jsonl", data))


def test_printed_day_is_kept_and_the_moment_is_utc(tmp_path):
    table = read_articles(write(tmp_path / "a.jsonl", rows(1, date="24 أكتوبر 2024 - 1:00 ص"))).table
    assert table["published_date"].tolist() == ["2024-10-24"]
    assert table["published"].iloc[0] == pd.Timestamp("2024-10-23 22:00", tz="UTC")


def test_other_languages_and_short_texts_are_set_aside_and_counted(tmp_path):
    data = [
        *rows(2),
        {"id": "fr", "outlet": "باء", "text": FRENCH},
        {"id": "kurz", "outlet": "باء", "text": "خبر قصير"},
    ]
    articles = read_articles(write(tmp_path / "a.jsonl", data))
    assert articles.set_aside[["article_id", "reason", "language"]].to_numpy().tolist() == [
        ["fr", "not_arabic", "fr"],
        ["kurz", "too_short", "ar"],
    ]
    assert articles.flow().to_numpy().tolist() == [["ألف", 2, 2, 2, 2, 2], ["باء", 2, 2, 1, 0, 0]]


def test_selection_is_by_day_and_outlet(tmp_path):
    data = rows(4)
    data[1]["date"], data[2]["date"], data[3]["outlet"] = "2024-11-30", "", "باء"
    articles = read_articles(
        write(tmp_path / "a.jsonl", data), select_from=dt.date(2024, 10, 23), select_to=dt.date(2024, 10, 23),
        select_outlets=["ألف"],
    )  # fmt: skip
    assert articles.table["article_id"].tolist() == ["000"]
    assert articles.set_aside["reason"].tolist() == ["outside_period", "undated", "other_outlet"]


def test_selected_outlet_that_no_article_has_is_an_error(tmp_path):
    with pytest.raises(ArticleError, match=r"select\.outlets names 'جيم'.*Outlets there: ألف"):
        read_articles(write(tmp_path / "a.jsonl", rows(1)), select_outlets=["جيم"])


def test_outlet_comes_from_column_alias_address_or_title(tmp_path):
    data = [
        {"outlet": "سكاي", "text": TEXT},
        {"text": TEXT, "url": "https://www.skynewsarabia.com/1"},
        {"text": TEXT, "title": "عنوان - BBC News عربي"},
        {"text": TEXT},
    ]
    table = read_articles(write(tmp_path / "a.jsonl", data), outlet_aliases={"سكاي": "سكاي نيوز عربية"}).table
    assert table["outlet"].tolist() == ["سكاي نيوز عربية", "سكاي نيوز عربية", "BBC News عربي", "unknown"]
    assert table["title"].iloc[2] == "عنوان - BBC News عربي"


def test_folder_of_texts_is_read_with_outlets_and_places(tmp_path):
    folder = tmp_path / "texts" / "ألف"
    folder.mkdir(parents=True)
    whole = f"عنوان\n\n{TEXT}\n===\n{TEXT} مرة أخرى.\n"
    (folder / "1.txt").write_text(whole, encoding="utf-8", newline="")
    (folder / "2.pdf").write_bytes(b"%PDF")
    articles = read_articles(tmp_path / "texts")
    assert articles.table["outlet"].tolist() == ["ألف", "ألف"]
    assert articles.table["title"].tolist() == ["عنوان", ""]
    for text, start in zip(articles.table["text"], articles.places["start"], strict=True):
        assert whole[start:].startswith(text)
    assert articles.rejected["file"].tolist() == ["ألف/2.pdf"]
    assert articles.files["n_found"].sum() == account(articles) == 3


def test_mojibake_is_repaired_and_said(tmp_path):
    broken = TEXT.encode().decode("cp1256")
    articles = read_articles(write(tmp_path / "a.jsonl", [{"id": "1", "text": broken}]))
    assert articles.table["text"].tolist() == [TEXT]
    assert "repaired" in articles.warnings["reason"].iloc[0]


def test_characters_in_are_characters_out_or_counted(tmp_path):
    odd = TEXT + "\x00\u202e\u200f\ufffd\ufeff\ud800\ufdfa"
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": "1", "text": odd}) + "\n", encoding="utf-8")
    articles = read_articles(path)
    assert articles.table["text"].iloc[0] == odd.replace("\ud800", "\ufffd")
    assert "1 lone surrogates" in articles.warnings["reason"].iloc[0]


def test_table_in_memory_is_read(tmp_path):
    frame = pd.DataFrame(
        {"id": [1, 2], "text": [TEXT, None], "outlet": ["ألف", np.nan], "date": [pd.Timestamp("2024-10-23"), pd.NaT]}
    )
    articles = read_articles(frame)
    assert articles.table[["article_id", "outlet", "published_date"]].to_numpy().tolist() == [
        ["1", "ألف", "2024-10-23"]
    ]
    assert articles.rejected["reason"].str.contains("text is empty").all()


def test_fixed_outlet_is_for_all_rows(tmp_path):
    assert set(read_articles(write(tmp_path / "a.jsonl", rows(2)), outlet="جيم").table["outlet"]) == {"جيم"}


def test_json_rows_may_bring_new_columns(tmp_path):
    path = write(tmp_path / "a.jsonl", [{"text": TEXT}, {"text": TEXT, "title": "عنوان", "url": "https://x.example/1"}])
    table = read_articles(path).table
    assert table["title"].tolist() == ["", "عنوان"]
    assert table["url"].iloc[1] == "https://x.example/1"


def test_preset_warning_is_kept(tmp_path):
    articles = read_articles(write(tmp_path / "a.jsonl", [{"content": TEXT, "source.name": "x"}]), preset="newsapi")
    assert "not full texts" in articles.warnings["reason"].iloc[0]


@pytest.mark.parametrize("content", ["", "id,text\n"])
def test_file_without_rows_gives_an_empty_account(tmp_path, content):
    (tmp_path / "a.csv").write_text(content, encoding="utf-8")
    articles = read_articles(tmp_path / "a.csv")
    assert account(articles) == 0
    assert tuple(articles.table.columns) == COLUMNS
    assert "0 rows found" in articles.summary()


def test_hostile_outlets_stay_names(tmp_path):
    names = ["../../x", "/abs", "CON", "..", "<script>", "=1+1", "A", "a", "x" * 300]
    path = write(tmp_path / "a.jsonl", [{"outlet": name, "text": TEXT} for name in names])
    assert read_articles(path).table["outlet"].tolist() == names


lines = st.one_of(
    st.builds(
        lambda t, d: json.dumps({"text": t, "date": d}), st.text(max_size=60), st.sampled_from(["", "أمس", "2024-1-5"])
    ),
    st.just(json.dumps({"text": TEXT})),
    st.just(json.dumps({"text": FRENCH})),
    st.sampled_from(["{", "[]", "3", '{"text": ', '{"text": null}']),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(st.lists(lines, min_size=1, max_size=8))
def test_rows_in_are_accepted_set_aside_or_rejected(tmp_path, content):
    path = tmp_path / "a.jsonl"
    path.write_bytes("\n".join(['{"text": "أول"}', *content]).encode("utf-8", "surrogatepass"))
    articles = read_articles(path)
    assert account(articles) == len(content) + 1
    assert articles.files["n_found"].sum() == len(content) + 1
    steps = articles.flow()[list(FLOW_STEPS)].sum().tolist()
    assert steps[0] == len(content) + 1
    assert steps == sorted(steps, reverse=True)
    assert steps[-1] == len(articles.table)


def test_files_in_eight_encodings_give_one_text(tmp_path):
    body = f"id,outlet,text\n1,ألف,{TEXT}\n2,ألف,{TEXT} ثانية\n3,ألف,{TEXT} ثالثة\n"
    codecs = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1256"]
    found = []
    for codec in codecs:
        (tmp_path / "a.csv").write_bytes(body.encode(codec))
        found.append(read_articles(tmp_path / "a.csv").table["text"].iloc[0])
    for wrong in ("cp1252", "cp1256"):
        (tmp_path / "a.csv").write_text(body.encode("utf-8").decode(wrong, "replace"), encoding="utf-8")
        if wrong == "cp1256":
            found.append(read_articles(tmp_path / "a.csv", columns={"outlet": "outlet"}).table["text"].iloc[0])
    assert found == [TEXT] * (len(codecs) + 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "settings", "n_rows", "n_outlets"),
    [("saudinewsnet-foreign", {"preset": "saudinewsnet"}, 1558, 13), ("ant", {"preset": "ant"}, 1398, 1)],
)
def test_real_corpora_are_read_to_the_last_row(name, settings, n_rows, n_outlets):
    path = DATA / f"{name}.jsonl.gz"
    if not path.exists():
        pytest.skip(f"{path.name} is not on this machine")
    articles = read_articles(path, **settings)
    with gzip.open(path) as stream:
        assert account(articles) == sum(1 for _ in stream) == n_rows
    assert articles.table["outlet"].nunique() == n_outlets
    assert articles.table["published_date"].notna().all()


def test_hostile_names_are_text_in_a_notebook(tmp_path):
    page = read_articles(write(tmp_path / "a.jsonl", rows(1, outlet="<script>x</script>")))._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
