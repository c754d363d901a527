"""What services really export, read with their preset and without one."""

import gzip
import json

import pandas as pd
import pytest

from framing.articles import read_articles
from framing.errors import ArticleError
from framing.readers import Source, read_source
from framing.readers.columns import Mapper

TEXT = "هذه جملة طويلة من نص الخبر المخترع الذي لا يصف حدثًا حقيقيًا في أي مكان من الأمكنة المعروفة لأحد من الناس كلهم."
GDELT_JSON = {
    "articles": [
        {
            "url": "https://example.org/1", "url_mobile": "", "title": "ع", "seendate": "20241023T210000Z",
            "socialimage": "", "domain": "example.org", "language": "Arabic", "sourcecountry": "Egypt",
        }
    ]
}  # fmt: skip
GDELT_CSV = "\ufeffURL,MobileURL,Date,Title\nhttps://example.org/1,,2024-10-23 21:00:00,ع\n"
MEDIA_CLOUD = (
    "id,indexed_date,language,media_name,media_url,publish_date,title,url\n"
    "0a1,2024-10-24T01:00:00,ar,example.org,example.org,2024-10-23,ع,https://example.org/1\n"
)
NEWS_API = {
    "status": "ok", "totalResults": 1,
    "articles": [
        {
            "source": {"id": None, "name": "صحيفة ألف"}, "author": None, "title": "ع", "description": "و",
            "url": "https://example.org/1", "urlToImage": None, "publishedAt": "2024-10-23T18:00:00Z", "content": TEXT,
        }
    ],
}  # fmt: skip


def mapping(path, preset):
    record = next(iter(read_source(Source(path, path.name))))
    return Mapper(preset)._known(list(record.cells))


@pytest.mark.parametrize("preset", ["gdelt", None])
def test_gdelt_as_it_answers_in_json_and_csv(tmp_path, preset):
    (tmp_path / "a.json").write_text(json.dumps(GDELT_JSON), encoding="utf-8")
    (tmp_path / "a.csv").write_text(GDELT_CSV, encoding="utf-8")
    assert mapping(tmp_path / "a.json", preset) == {
        "outlet": "domain", "title": "title", "url": "url", "published": "seendate", "language": "language",
    }  # fmt: skip
    assert mapping(tmp_path / "a.csv", preset) == {"title": "Title", "published": "Date", "url": "URL"}
    for name in ("a.json", "a.csv"):
        with pytest.raises(ArticleError, match=r"GDELT.* list of addresses without texts"):
            read_articles(tmp_path / name, preset=preset)


def test_gdelt_says_what_its_date_is():
    assert "first saw the article" in Mapper("gdelt").warning()["en"]


@pytest.mark.parametrize("preset", ["mediacloud", None])
def test_media_cloud_as_it_is_downloaded(tmp_path, preset):
    (tmp_path / "a.csv").write_text(MEDIA_CLOUD, encoding="utf-8")
    assert mapping(tmp_path / "a.csv", preset) == {
        "article_id": "id", "outlet": "media_name", "title": "title", "url": "url", "published": "publish_date",
        "language": "language",
    }  # fmt: skip
    with pytest.raises(ArticleError, match="Media Cloud list of addresses without texts"):
        read_articles(tmp_path / "a.csv", preset=preset)


def test_news_api_as_it_answers(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(NEWS_API), encoding="utf-8")
    articles = read_articles(tmp_path / "a.json", preset="newsapi")
    row = articles.table.iloc[0]
    assert (row["outlet"], row["published_date"], row["text"]) == ("صحيفة ألف", "2024-10-23", TEXT)
    assert "not full texts" in articles.warnings["reason"].iloc[0]


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl", "json", "parquet", "xlsx"])
def test_every_table_is_read_packed_too(tmp_path, kind):
    table = pd.DataFrame({"id": ["001", "1e3"], "outlet": ["NA", "ألف"], "text": [TEXT, TEXT + " ثان"]})
    path = tmp_path / f"a.{kind}"
    {
        "csv": lambda: table.to_csv(path, index=False),
        "tsv": lambda: table.to_csv(path, index=False, sep="\t"),
        "jsonl": lambda: table.to_json(path, orient="records", lines=True, force_ascii=False),
        "json": lambda: table.to_json(path, orient="records", force_ascii=False),
        "parquet": lambda: table.to_parquet(path),
        "xlsx": lambda: table.to_excel(path, index=False),
    }[kind]()
    packed = tmp_path / f"b.{kind}.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    found = read_articles(packed).table
    assert found[["article_id", "outlet", "text"]].to_numpy().tolist() == table.to_numpy().tolist()
