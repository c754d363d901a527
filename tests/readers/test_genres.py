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
        ("", "", "", "كيف نتجاوز الوضع الراهن؟", "unknown"),
        ("", "", "", "شاهد عيان يروي ما رأى", "unknown"),
        ("", "", "", "فيديو لطفل ينال الإعجاب", "unknown"),
        ("", "", "", "شاهد.. لحظة الوصول", "video"),
        ("", "", "", "شاهد لحظة الوصول", "video"),
        ("", "", "https://www.x.example/ar/%D8%B1%D8%A3%D9%8A/1", "", "opinion"),
        ("", "", "https://x.example/story?from=/opinion/", "", "unknown"),
        ("", "", "https://x.example/middle-east/2024/1", "", "news"),
        ("", "", "https://www.alwatan.com.sa/Articles/Detail.aspx?ArticleId=1", "", "opinion"),
        ("", "", "https://x.example/Articles/Detail.aspx?ArticleId=1", "", "unknown"),
    ],
)
def test_genre_is_told_by_source_title_address_or_section(given, section, url, title, genre):
    found = find_genre(given, section, url, title)
    assert found == genre
    assert found in GENRES


@pytest.mark.parametrize("piece", ["/", "|", "شاهد ", "%D8", "a/live", ","])
def test_hostile_addresses_and_sections_take_no_time(piece, growth):
    text = piece * (500_000 // len(piece))
    assert growth(lambda part: find_genre(part, part, f"https://{part}", part), text) < 3
