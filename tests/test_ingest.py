import json
import subprocess
import sys

import pandas as pd
import pytest

from framing.articles import read_articles
from framing.errors import ArticleError, FramingError
from framing.ingest import ingest_articles, open_table, write_articles
from framing.intake import COLUMNS

TEXT = (
    "وصلت الباخرة إلى المرفأ الشرقي فجر الثلاثاء محملة بالقمح، وقال مدير المرفأ إن التفريغ يبدأ بعد الظهر"
    " وينتهي مساء الخميس المقبل."
)


def write_rows(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def rows(n, **more):
    return [{"id": f"{i:03d}", "outlet": "موقع النخلة", "text": f"{TEXT} {i}", **more} for i in range(n)]


@pytest.fixture
def mixed(tmp_path):
    """Give a file with accepted, set-aside, rejected and warned rows."""
    odd = [
        {"id": "a", "outlet": "موقع السدرة", "text": "قصير"},
        {"id": "b", "outlet": "موقع السدرة", "text": ""},
        {"id": "c", "outlet": "موقع السدرة", "text": TEXT, "date": "31/02/2024"},
        {"id": "d", "outlet": "موقع السدرة", "text": TEXT, "date": "قريبا"},
        {"outlet": "موقع السدرة", "text": TEXT},
        {"outlet": "موقع السدرة", "text": TEXT},
    ]
    return write_rows(tmp_path / "a.jsonl", [*rows(7), *odd])


@pytest.mark.parametrize("batch", [1, 3, 1000])
def test_ingest_gives_what_reading_into_memory_gives_whatever_the_batch(mixed, tmp_path, batch):
    held = read_articles(mixed)
    found = ingest_articles(mixed, out=tmp_path / "out.parquet", batch=batch)
    pd.testing.assert_frame_equal(pd.read_parquet(found.path), held.table, check_dtype=False)
    for name in ("files", "rejected", "set_aside", "warnings", "steps"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(held, name))


def test_ingest_accounts_for_every_row(mixed, tmp_path):
    found = ingest_articles(mixed, out=tmp_path / "out.parquet")
    assert found.summary() == "13 rows found in 1 files = 10 articles + 1 set aside + 2 rejected."
    assert "13 rows found" in found._repr_html_()
    assert found.flow()["selected"].sum() == found.n_articles == 10


def test_order_of_dates_is_learnt_from_rows_beyond_the_batch(tmp_path):
    late = [dict(row, date=f"{20 + i % 8}/10/2024") for i, row in enumerate(rows(12))]
    path = write_rows(
        tmp_path / "a.jsonl", [{"id": "x", "outlet": "موقع النخلة", "text": TEXT, "date": "03/10/2024"}, *late]
    )
    found = ingest_articles(path, out=tmp_path / "out.parquet", batch=2)
    assert pd.read_parquet(found.path)["published_date"][0] == "2024-10-03"


def test_repeated_id_is_found_before_anything_is_written(tmp_path):
    path = write_rows(tmp_path / "a.jsonl", [*rows(5), rows(1)[0]])
    with pytest.raises(ArticleError, match=r"1 article ids are not unique: '000' \(a\.jsonl, row 1, a\.jsonl, row 6\)"):
        ingest_articles(path, out=tmp_path / "out.parquet", batch=2)
    assert not (tmp_path / "out.parquet").exists()


def test_ingest_never_replaces_what_it_reads(tmp_path):
    path = write_rows(tmp_path / "a.jsonl", rows(3))
    with pytest.raises(ArticleError, match="names a file that is read"):
        ingest_articles(path, out=path)
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3


def test_other_ending_is_refused_before_reading(tmp_path):
    with pytest.raises(ArticleError, match=r"written as \.parquet, \.csv or \.jsonl; got '\.xls'"):
        ingest_articles(write_rows(tmp_path / "a.jsonl", rows(3)), out=tmp_path / "a.xls")


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_table_without_rows_keeps_its_columns(tmp_path, ending):
    path = write_rows(tmp_path / "a.jsonl", [{"text": "قصير"}])
    found = ingest_articles(path, out=tmp_path / f"out.{ending}")
    assert found.n_articles == 0
    if ending == "parquet":
        assert list(pd.read_parquet(found.path).columns) == list(COLUMNS)
    elif ending == "csv":
        assert found.path.read_text(encoding="utf-8-sig").splitlines() == [",".join(COLUMNS)]


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_what_ingest_writes_is_read_back_the_same(tmp_path, ending):
    path = write_rows(tmp_path / "a.jsonl", rows(9, title="=عنوان", date="2024-10-23T21:30:00+03:00"))
    found = ingest_articles(path, out=tmp_path / f"out.{ending}", batch=4)
    back, first = read_articles(found.path).table, read_articles(path).table
    same = ["article_id", "outlet", "title", "text", "published_date", "published_raw", "genre"]
    pd.testing.assert_frame_equal(back[same], first[same])


def test_broken_off_table_leaves_no_file(tmp_path):
    def write_some():
        with open_table(tmp_path / "out.csv") as table:
            table.write(pd.DataFrame({"a": ["x"]}))
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        write_some()
    assert list(tmp_path.iterdir()) == []


def test_tables_are_written_one_below_the_other(tmp_path):
    write_articles([pd.DataFrame({"a": ["x"]}), pd.DataFrame({"a": ["=y"]})], tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == "\ufeffa\r\nx\r\n'=y\r\n".encode()


def test_place_that_cannot_be_written_is_said_in_one_line(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(FramingError, match="could not be written"):
        ingest_articles(write_rows(tmp_path / "a.jsonl", rows(3)), out=tmp_path / "file" / "out.csv")


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".jsonl"])
def test_articles_are_written_in_the_format_of_the_name(tmp_path, ending):
    path = tmp_path / f"articles{ending}"
    table = pd.DataFrame({"article_id": ["001"], "text": ["نص"], "url": [None]})
    write_articles([table], path)
    if ending == ".parquet":
        found = pd.read_parquet(path)["article_id"].tolist()
    elif ending == ".csv":
        found = pd.read_csv(path, dtype=str, encoding="utf-8-sig")["article_id"].tolist()
    else:
        found = [json.loads(path.read_text(encoding="utf-8"))["article_id"]]
    assert found == ["001"]


def test_unknown_ending_of_a_table_is_refused(tmp_path):
    with pytest.raises(ArticleError, match=r"written as \.parquet, \.csv or \.jsonl; got '\.xls'"):
        write_articles([pd.DataFrame({"a": [1]})], tmp_path / "a.xls")


MEMORY = """
import sys, tracemalloc
from framing.ingest import ingest_articles
ingest_articles(sys.argv[1], out=sys.argv[2] + "/warm.parquet", batch=50)  # libraries are loaded
tracemalloc.start()
ingest_articles(sys.argv[3], out=sys.argv[2] + "/out.parquet", batch=50)
print(tracemalloc.get_traced_memory()[1])
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_texts(tmp_path):
    def peak(name, n):
        path = write_rows(tmp_path / name, [dict(row, text=f"{TEXT * 60} {i}") for i, row in enumerate(rows(n))])
        small = write_rows(tmp_path / "small.jsonl", rows(60))
        command = [sys.executable, "-c", MEMORY, small, tmp_path, path]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    assert peak("four.jsonl", 800) < 1.5 * peak("one.jsonl", 200)
