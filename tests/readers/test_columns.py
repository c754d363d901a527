import pytest

from framing.errors import ArticleError
from framing.readers.columns import FIELDS, Mapper, preset_file, preset_names


def test_common_names_are_recognised_in_both_languages():
    found = ["المعرف", "الوسيلة", "العنوان", "النص", "تاريخ النشر", "Link"]
    assert Mapper().match(found, "a.csv") == dict(
        zip(["article_id", "outlet", "title", "text", "published", "url"], found, strict=True)
    )


def test_named_columns_win_over_known_ones():
    mapping = Mapper(columns={"text": "body2", "outlet": "source"}).match(
        ["text", "body2", "source", "outlet"], "a.csv"
    )
    assert mapping["text"] == "body2"
    assert mapping["outlet"] == "source"


def test_empty_column_means_no_such_field():
    assert "article_id" not in Mapper(columns={"id": ""}).match(["id", "text"], "a.csv")


def test_named_column_that_is_not_there_is_an_error_with_a_hint():
    with pytest.raises(ArticleError, match=r"a\.csv: columns\.text is 'contnt'.*Did you mean 'content'"):
        Mapper(columns={"text": "contnt"}).match(["content", "id"], "a.csv")


def test_unknown_field_is_an_error_with_a_hint():
    with pytest.raises(ArticleError, match=r"'outlett' is not a field.*Did you mean 'outlet'"):
        Mapper(columns={"outlett": "source"})


def test_no_text_column_lists_the_columns():
    with pytest.raises(ArticleError, match=r"a\.csv: no column holds the text\. Columns there: id, note"):
        Mapper().match(["id", "note"], "a.csv")


@pytest.mark.parametrize(
    ("preset", "columns", "name"),
    [
        (None, ["id", "media_name", "publish_date", "title", "url"], "Media Cloud"),
        (None, ["url", "title", "seendate", "domain", "sourcecountry"], "GDELT"),
        ("mediacloud", ["id", "title", "url"], "Media Cloud"),
        ("gdelt", ["url", "title"], "GDELT"),
    ],
)
def test_list_of_addresses_says_what_to_do(preset, columns, name):
    with pytest.raises(ArticleError, match=f"a {name} list of addresses without texts. Save each page"):
        Mapper(preset).match(columns, "a.csv")


def test_media_cloud_with_a_text_column_is_read():
    assert Mapper("mediacloud").match(["id", "media_name", "publish_date", "text"], "a.csv")["text"] == "text"


def test_unknown_preset_lists_the_known():
    with pytest.raises(ArticleError, match=r"preset 'lexis' is not known.*saudinewsnet"):
        Mapper("lexis")


def test_newsapi_warns_in_both_languages():
    warning = Mapper("newsapi").warning()
    assert warning is not None
    assert "not full texts" in warning["en"]
    assert warning["ar"]


def test_presets_name_only_our_fields():
    for name in preset_names():
        assert set(preset_file()["presets"][name]["columns"]) <= set(FIELDS), name
