"""Frames of one table or text file: columns as promised, ids and offsets kept, nothing lost."""

import pandas as pd
import pytest

from framing.errors import ArticleError, CodebookError
from framing.files import sha256_file
from framing.folder import read_manifest, verify
from framing.single import find_frames

FIRST = (
    "خبراء يحذرون من انهيار جسر الوادي القديم\n"
    "حذر خبراء في السلامة من خطر انهيار جسر الوادي القديم إذا ظلت الشاحنات الثقيلة تعبره كل ليلة من دون فحص"
    " ولا صيانة ولا رقابة.\n"
    "وافتتح الجسر قبل ستين عاما، ويبلغ طوله 340 مترا.\n"
)
SECOND = (
    "كلفة الجسر الجديد تتضاعف بعد عام واحد\n"
    "تضاعفت كلفة الجسر الجديد اليوم الأحد لتبلغ عشرة ملايين دينار، وفق وثيقة صادرة عن وزارة الأشغال نشرت في"
    " العاصمة هذا الصباح.\n"
    "وقال متحدث باسم البلدية إن «الديون سترهق المدينة عشر سنوات».\n"
)


@pytest.fixture(autouse=True)
def _no_clusters(monkeypatch):
    """Cluster nothing here: the library alone takes seconds to load."""
    monkeypatch.setattr("framing.topics.MIN_UNITS", 10**6)


@pytest.fixture
def find(data, tmp_path, fake_encoder):
    """Give a function that finds frames and reads frames.csv back as it stands."""

    def found(source, **options):
        out = tmp_path / "out"
        told = find_frames(source, codebook=data / "codebook.yaml", out=out, encoder=fake_encoder, **options)
        table = pd.read_csv(out / "frames.csv", encoding="utf-8-sig", dtype=str, keep_default_na=False)
        return out, table, told

    return found


def write_table(path, *texts, **columns):
    pd.DataFrame({"text": list(texts), **columns}).to_csv(path, index=False)
    return path


def write_text_file(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_frames_csv_has_the_promised_columns_in_order(find, data):
    frames = ["safety", "economy", "rights", "blame", "blame.by_company", "blame.by_council"]
    _, table, _ = find(data / "articles.jsonl")
    expected = ["unit_id", "article_id", "outlet", "text"]
    expected += [f"{kind}_{frame}" for frame in frames for kind in ("p", "is", "state")]
    assert list(table.columns) == [*expected, "voice", "topic"]
    assert set(table["voice"]) <= {"own", "attributed", "quoted"}
    assert set(table["topic"]) == {"-1"}
    assert set(table["is_safety"]) == {"True", "False"}
    assert set(table["outlet"]) == {"صحيفة ألف", "موقع باء", "قناة جيم"}


def test_frames_csv_opens_in_a_spreadsheet_as_utf8(find, data):
    out, *_ = find(data / "articles.jsonl")
    assert (out / "frames.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_folder_holds_what_was_found_and_a_manifest_that_fits(find, data):
    out, table, told = find(data / "articles.jsonl")
    names = {path.name for path in out.iterdir()}
    assert {"units.parquet", "voices.parquet", "frames.csv", "frames.parquet", "topics.csv", "manifest.json"} <= names
    assert verify(out) == []
    manifest = read_manifest(out)
    assert manifest["counts"]["units"] == len(table)
    assert manifest["command"] == "framing frames"
    assert str(data) not in (out / "manifest.json").read_text(encoding="utf-8")
    assert told.endswith(f"written: {out}")


def test_same_input_gives_the_same_bytes(find, data):
    out, *_ = find(data / "articles.jsonl")
    first = sha256_file(out / "frames.parquet")
    find(data / "articles.jsonl")
    assert sha256_file(out / "frames.parquet") == first


def test_row_units_keep_their_own_id_and_order(find, tmp_path):
    path = write_table(tmp_path / "rows.csv", "خطر الانهيار", "كلفة الجسر.\nسطر ثان.", unit_id=["007", "1e3"])
    _, table, _ = find(path, unit="row")
    assert table["unit_id"].tolist() == ["007", "1e3"]
    assert table["text"].tolist() == ["خطر الانهيار", "كلفة الجسر.\nسطر ثان."]


def test_rows_of_one_article_keep_their_own_ids(find, tmp_path):
    path = write_table(
        tmp_path / "rows.csv", "خطر الانهيار", "كلفة الجسر", unit_id=["a#0", "a#1"], article_id="a", outlet="صحيفة ألف"
    )
    _, table, _ = find(path, unit="row")
    assert table["unit_id"].tolist() == ["a#0", "a#1"]
    assert table["outlet"].tolist() == ["صحيفة ألف"] * 2


def test_row_ids_given_twice_are_refused(find, tmp_path):
    path = write_table(tmp_path / "rows.csv", "خطر الانهيار", "كلفة الجسر", unit_id=["a#0", "a#0"])
    with pytest.raises(ArticleError, match="a#0"):
        find(path, unit="row")


def test_row_units_without_an_id_get_one_each(find, tmp_path):
    _, table, _ = find(write_table(tmp_path / "rows.csv", "خطر", "خطر", "كلفة"), unit="row")
    assert len(table) == 3
    assert table["unit_id"].is_unique


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝"])
def test_cells_that_a_spreadsheet_would_run_are_guarded(find, tmp_path, start):
    text = f"{start}HYPERLINK خطر الانهيار في الجسر"
    out, table, _ = find(write_table(tmp_path / "rows.csv", text), unit="row")
    assert table["text"].tolist() == ["'" + text]
    assert pd.read_parquet(out / "units.parquet")["text"].tolist() == [text]


def check_offsets(out, text):
    units = pd.read_parquet(out / "units.parquet")
    assert len(units)
    for unit in units.itertuples():
        assert text[unit.source_start : unit.source_end] == unit.text
    return units


@pytest.mark.parametrize("rule", ["===\n", "---\n", "=======\n\n"])
def test_text_file_with_a_rule_holds_two_articles_with_exact_offsets(find, tmp_path, rule, caplog):
    text = FIRST + rule + SECOND
    out, table, _ = find(write_text_file(tmp_path / "two.txt", text))
    units = check_offsets(out, text)
    assert units["article_id"].nunique() == table["article_id"].nunique() == 2
    assert "one after the other" not in caplog.text


def test_text_file_is_split_at_a_given_line_with_exact_offsets(find, tmp_path):
    text = FIRST + SECOND
    out, *_ = find(write_text_file(tmp_path / "two.txt", text), split_at=[FIRST.count("\n") + 1])
    units = check_offsets(out, text)
    assert units["article_id"].nunique() == 2
    second = units[units["source_start"] >= len(FIRST)]
    assert len(set(second["article_id"])) == 1
    assert len(units) - len(second) == (units["source_start"] < len(FIRST)).sum()


def test_text_with_windows_line_ends_keeps_its_offsets(find, tmp_path):
    text = (FIRST + "===\n" + SECOND).replace("\n", "\r\n")
    path = tmp_path / "two.txt"
    path.write_bytes(text.encode("utf-8-sig"))
    out, *_ = find(path)
    units = pd.read_parquet(out / "units.parquet")
    assert units["article_id"].nunique() == 2
    decoded = [t for t in (text, "\ufeff" + text, text.replace("\r\n", "\n")) if exact(units, t)]
    assert decoded, "offsets fit the file neither as decoded nor with plain line ends"


def exact(units, text):
    return all(text[u.source_start : u.source_end] == u.text for u in units.itertuples())


def test_two_headlines_in_one_text_are_pointed_out_with_their_lines(find, tmp_path, caplog):
    find(write_text_file(tmp_path / "two.txt", FIRST + SECOND))
    line = FIRST.count("\n") + 1
    assert "two.txt seems to hold 2 articles, one after the other (line 1: خبراء يحذرون" in caplog.text
    assert f"line {line}: كلفة الجسر" in caplog.text
    assert f"--split-at {line}" in caplog.text


def test_one_article_in_a_text_needs_no_note(find, tmp_path, caplog):
    _, table, _ = find(write_text_file(tmp_path / "one.txt", FIRST))
    assert "one after the other" not in caplog.text
    assert len(set(table["article_id"])) == 1


def test_text_without_arabic_is_one_clear_error(find, tmp_path):
    path = write_text_file(
        tmp_path / "en.txt", "The bridge may fall, experts said on Sunday. It is sixty years old.\n" * 5
    )
    with pytest.raises(ArticleError, match=r"en\.txt: no readable Arabic text\."):
        find(path)


def test_empty_text_is_one_clear_error(find, tmp_path):
    with pytest.raises(ArticleError, match=r"empty\.txt"):
        find(write_text_file(tmp_path / "empty.txt", ""))


def test_missing_file_and_codebook_are_named(find, tmp_path, data, fake_encoder):
    with pytest.raises(ArticleError, match=r"gone\.csv"):
        find(tmp_path / "gone.csv")
    with pytest.raises(CodebookError, match="codebook 'gone': neither a shipped codebook nor a file"):
        find_frames(data / "articles.jsonl", codebook="gone", out=tmp_path / "out", encoder=fake_encoder)


def test_table_without_a_text_column_is_one_clear_error(find, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ArticleError, match="text"):
        find(path)
