import json
from urllib.parse import quote

import pandas as pd
import pytest

from framing.articles import read_articles
from framing.errors import ArticleError
from framing.readers.addresses import addresses_of_file
from framing.readers.columns import Mapper
from framing.readers.joined import join_pages

SLUG = "افتتاح-جسر-الوادي"
TEXT = (
    "افتتحت بلدية الوادي اليوم الجسر الجديد بعد أعمال دامت ثلاث سنوات، وقال مهندس المشروع "
    "إن الأعمدة فُحصت مرتين قبل أن تعبرها الحافلات الأولى صباحا."
)


def page(path, text=TEXT, *, canonical="", title="عنوان الصفحة", published=""):
    path.parent.mkdir(parents=True, exist_ok=True)
    head = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    head += f'<meta property="article:published_time" content="{published}">' if published else ""
    paragraphs = "".join(f"<p>{text} الفقرة رقم {n}.</p>" for n in range(4))
    html = f'<html lang="ar"><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>'
    path.write_text(f"{html}<article><h1>{title}</h1>{paragraphs}</article></body></html>", encoding="utf-8")


def listing(path, rows):
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def mediacloud(n, url, outlet="صحيفة النهر", **extra):
    row = {"id": n, "media_name": outlet, "title": f"عنوان القائمة {n}", "url": url, "publish_date": "2024-10-23"}
    return row | {"language": "ar"} | extra


def account(articles):
    assert int(articles.files["n_found"].sum()) == len(articles.table) + len(articles.set_aside) + len(
        articles.rejected
    )
    return len(articles.table), len(articles.rejected)


@pytest.fixture
def folder(tmp_path):
    pytest.importorskip("trafilatura")
    pages = tmp_path / "scrapes"
    page(pages / "أ.html", canonical=f"https://www.nahr.example/news/{quote(SLUG)}/")
    page(pages / "nahr.example" / "2024" / "tariq.html")
    page(pages / "nahr.example" / "2024" / "unlisted.html")
    page(pages / (quote("https://saha.example/view?id=7", safe="") + ".html"))
    rows = [
        mediacloud("001", f"http://m.nahr.example/news/{SLUG}?utm_source=feed"),
        mediacloud("002", "https://nahr.example/2024/tariq/", title=""),
        mediacloud("003", "https://saha.example/view?id=7", outlet="قناة الساحة"),
        mediacloud("004", "https://saha.example/view?id=8", outlet="قناة الساحة"),
        mediacloud("005", f"https://nahr.example/news/{SLUG}"),
        mediacloud("006", "", outlet="قناة الساحة"),
    ]
    listing(tmp_path / "urls.csv", rows)
    return tmp_path


def test_list_meets_its_pages_by_address_path_and_file_name(folder):
    articles = read_articles(folder / "urls.csv", pages=folder / "scrapes")
    table = articles.table.set_index("article_id")
    assert table.index.tolist() == ["001", "002", "003"]
    assert table["text"].str.contains("مهندس المشروع").all()
    assert table["outlet"].tolist() == ["صحيفة النهر", "صحيفة النهر", "قناة الساحة"]
    assert table.loc["001", "url"] == f"http://m.nahr.example/news/{SLUG}?utm_source=feed"
    assert table["published_date"].unique().tolist() == ["2024-10-23"]
    assert table["source_file"].unique().tolist() == ["urls.csv"]


def test_list_wins_over_the_page_where_it_says_something(folder):
    titles = read_articles(folder / "urls.csv", pages=folder / "scrapes").table["title"].tolist()
    assert titles == ["عنوان القائمة 001", "عنوان الصفحة", "عنوان القائمة 003"]


def test_every_row_and_every_unlisted_page_is_accounted_for(folder):
    articles = read_articles(folder / "urls.csv", pages=folder / "scrapes")
    assert account(articles) == (3, 4)
    reasons = articles.rejected.set_index(["file", "row"])["reason"]
    assert "no saved page has this address. Save the page" in reasons["urls.csv", 5]
    assert "the same address as in urls.csv, row 2; it is joined once" in reasons["urls.csv", 6]
    assert "no address of the web stands here. Write" in reasons["urls.csv", 7]
    assert "no list names this page's address. Add a row" in reasons["nahr.example/2024/unlisted.html", 1]
    assert articles.rejected["reason_ar"].str.len().gt(20).all()


def test_counts_stand_per_outlet(folder):
    joins = read_articles(folder / "urls.csv", pages=folder / "scrapes").joins
    counts = joins.to_frame().set_index("outlet").T.to_dict()
    assert counts["صحيفة النهر"] == {
        "n_listed": 2, "n_repeated": 1, "n_no_address": 0, "n_matched": 2, "n_page_missing": 0,
        "n_page_not_listed": 1, "n_page_spare": 0,
    }  # fmt: skip
    assert counts["قناة الساحة"]["n_no_address"] == 1
    assert counts["قناة الساحة"]["n_page_missing"] == 1
    assert joins.summary().startswith("4 addresses listed: 3 matched, 1 without a page (1 repeated rows, 1 without")


def test_missing_addresses_are_a_table_to_fetch_by(folder):
    missing = read_articles(folder / "urls.csv", pages=folder / "scrapes").joins.missing
    assert missing.to_dict("records") == [
        {"outlet": "قناة الساحة", "url": "https://saha.example/view?id=8", "title": "عنوان القائمة 004",
         "published": "2024-10-23"}
    ]  # fmt: skip


def test_every_page_says_which_row_it_met(folder):
    pages = read_articles(folder / "urls.csv", pages=folder / "scrapes").joins.pages.set_index("file")
    assert pages.loc["أ.html", ["outcome", "list_file", "list_row"]].tolist() == ["matched", "urls.csv", 2]
    assert pages.loc["nahr.example/2024/unlisted.html", "outcome"] == "not_listed"


def test_files_name_lists_and_pages_with_their_hashes(folder):
    files = read_articles(folder / "urls.csv", pages=folder / "scrapes").files
    assert len(files) == 5
    assert files["sha256"].str.len().eq(64).all()


def test_longest_text_of_one_address_wins_and_the_others_are_counted(folder):
    page(folder / "scrapes" / "nahr.example" / "2024" / "tariq" / "amp.html", TEXT + " نهاية أطول.")
    articles = read_articles(folder / "urls.csv", pages=folder / "scrapes")
    assert "نهاية أطول" in articles.table.set_index("article_id").loc["002", "text"]
    assert articles.joins.by_outlet["n_page_spare"].sum() == 1
    spare = articles.rejected.set_index("file").loc["nahr.example/2024/tariq.html", "reason"]
    assert "another page of the same address has the longer text (nahr.example/2024/tariq/amp.html" in spare
    account(articles)


def test_page_without_an_article_is_named_by_its_row(folder):
    (folder / "scrapes" / "saha.example").mkdir()
    (folder / "scrapes" / "saha.example" / "view?id=8.html").write_text("<html></html>", encoding="utf-8")
    reasons = read_articles(folder / "urls.csv", pages=folder / "scrapes").rejected.set_index(["file", "row"])["reason"]
    assert "its page saha.example/view?id=8.html gives no article. Save the page again" in reasons["urls.csv", 5]


def test_page_that_gives_another_address_is_found_by_its_path(folder):
    page(folder / "scrapes" / "nahr.example" / "2024" / "tariq.html", canonical="https://nahr.example/")
    table = read_articles(folder / "urls.csv", pages=folder / "scrapes").table
    assert "002" in table["article_id"].tolist()


def test_page_of_unknown_address_says_how_to_name_it(folder):
    page(folder / "scrapes" / "بلا رابط.html")
    reasons = read_articles(folder / "urls.csv", pages=folder / "scrapes").rejected.set_index("file")["reason"]
    assert "the page does not say its address, nor does its path. Name the file" in reasons["بلا رابط.html"]


def texts(tmp_path, rows):
    path = tmp_path / "pages.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_table_of_pages_and_a_list_in_memory_are_joined_too(tmp_path):
    pages = texts(tmp_path, [{"link": f"https://nahr.example/{SLUG}", "body": TEXT, "author": "كاتبة"}])
    rows = pd.DataFrame([{"url": f"https://nahr.example/{quote(SLUG)}", "outlet": "صحيفة النهر"}])
    articles = read_articles(rows, pages=pages)
    assert articles.table[["outlet", "author"]].to_numpy().tolist() == [["صحيفة النهر", "كاتبة"]]
    assert account(articles) == (1, 0)


def test_outlet_of_a_list_without_one_is_the_folder_or_the_host(tmp_path):
    (tmp_path / "scrapes" / "صحيفة النهر").mkdir(parents=True)
    (tmp_path / "scrapes" / "www.nahr.example").mkdir()
    name = quote("https://other.example/a", safe="") + ".txt"
    (tmp_path / "scrapes" / "صحيفة النهر" / name).write_text(TEXT, encoding="utf-8")
    (tmp_path / "scrapes" / "www.nahr.example" / "b.txt").write_text(TEXT + " ثم", encoding="utf-8")
    path = listing(tmp_path / "u.csv", [{"url": "other.example/a"}, {"url": "https://nahr.example/b"}])
    table = read_articles(path, pages=[tmp_path / "scrapes"]).table
    assert table["outlet"].tolist() == ["صحيفة النهر", "nahr.example"]


def test_own_column_of_snippets_gives_way_to_the_page(tmp_path):
    pages = texts(tmp_path, [{"url": "https://nahr.example/a", "text": TEXT}])
    path = listing(tmp_path / "u.csv", [{"url": "https://nahr.example/a", "content": "مقتطف [+200 chars]"}])
    assert read_articles(path, pages=pages, preset="newsapi").table["text"].tolist() == [TEXT]


def test_columns_setting_names_the_addresses(tmp_path):
    pages = texts(tmp_path, [{"url": "https://nahr.example/a", "text": TEXT, "section": "محلي"}])
    path = listing(tmp_path / "u.csv", [{"adresse": "https://nahr.example/a", "titre": "عنوان"}])
    with pytest.raises(ArticleError, match=r"u\.csv: no column holds addresses.*adresse, titre.*without --pages"):
        read_articles(path, pages=pages)
    table = read_articles(path, pages=pages, columns={"url": "adresse", "title": "titre", "section": ""}).table
    assert table[["title", "url"]].to_numpy().tolist() == [["عنوان", "https://nahr.example/a"]]
    assert table["section"].isna().all()


def test_list_without_pages_names_the_option(tmp_path):
    path = listing(tmp_path / "u.csv", [mediacloud("1", "https://nahr.example/a")])
    with pytest.raises(ArticleError, match=r"a Media Cloud list of addresses without texts.*--pages FOLDER"):
        read_articles(path)
    path = listing(tmp_path / "v.csv", [{"url": "https://nahr.example/a", "note": "س"}])
    with pytest.raises(ArticleError, match=r"a list of addresses without texts.*--pages FOLDER.*columns: \{text"):
        read_articles(path)


def test_join_can_pass_over_the_lists_again(tmp_path):
    pages = texts(tmp_path, [{"url": "https://nahr.example/a", "text": TEXT}])
    rows = pd.DataFrame([{"url": "https://nahr.example/a"}])
    from framing.readers.drafts import frame_records

    join = join_pages([lambda: frame_records(rows)], pages, Mapper())
    for each in (join, join.again()):
        (found,) = each.records(frame_records(rows))
        assert found.cells["text"] == TEXT
        assert each.result().by_outlet["n_matched"].tolist() == [1]


def test_missing_pages_path_is_an_error(tmp_path):
    path = listing(tmp_path / "u.csv", [{"url": "https://nahr.example/a"}])
    with pytest.raises(ArticleError, match="scrapes: is not there"):
        read_articles(path, pages=tmp_path / "scrapes")


@pytest.mark.parametrize(
    ("name", "addresses"),
    [
        ("example.com/2024/x.html", ["example.com/2024/x.html", "example.com/2024/x"]),
        ("mirror/www.example.com/a/index.html", ["example.com/a", "example.com/a/index"]),
        ("example.com/view@id=7.htm",
         ["example.com/view@id=7.htm", "example.com/view@id=7", "example.com/view?id=7.htm", "example.com/view?id=7"]),
        ("example.com+8080/a.txt", ["example.com:8080/a"]),
        ("قناة/" + quote(f"https://example.com/{quote(SLUG)}", safe="") + ".txt", [f"example.com/{SLUG}"]),
        (f"example.com/{quote(SLUG)}.html.gz", [f"example.com/{SLUG}.html", f"example.com/{SLUG}"]),
        ("صحيفة النهر/1.html", []),
        ("2024.10/1.html", []),
        ("example.com.html", []),
    ],
)  # fmt: skip
def test_path_of_a_saved_page_says_its_address(name, addresses):
    assert addresses_of_file(name) == addresses
