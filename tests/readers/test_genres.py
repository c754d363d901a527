import pytest

from framing.readers.genres import GENRES, find_genre


@pytest.mark.parametrize(
    ("given", "section", "url", "title", "genre"),
    [
        ("Opinion", "", "", "", "opinion"),
        ("", "رأي", "", "عنوان", "opinion"),
        ("", "", "https://x.example/opinion/2024/1", "", "opinion"),
        ("", "", "https://x.example/opinions-of-others/1", "", "unknown"),
        ("", "دولي", "", "مباشر: القوات تصل", "live"),
        ("", "", "", "ماذا نعرف عن القوات؟", "explainer"),
        ("", "", "", "بالفيديو.. لحظة الوصول", "video"),
        ("", "أخبار | العالم", "", "", "news"),
        ("", "", "https://x.example/2024/10/1", "وصول القوات", "unknown"),
    ],
)
def test_genre_is_told_by_source_title_address_or_section(given, section, url, title, genre):
    found = find_genre(given, section, url, title)
    assert found == genre
    assert found in GENRES
