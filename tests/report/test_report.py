"""The page: self-contained, in the right direction, escaped everywhere, and modest in what it says."""

import re
from html.parser import HTMLParser

import pytest

from framing.errors import ResultsError
from framing.report import build_report
from framing.study import SYNTHETIC_AR, SYNTHETIC_EN

PAYLOADS = ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;script&gt;alert(1)&lt;/script&gt;")


class Page(HTMLParser):
    """Collects tags with their attributes, and the text outside style sheets."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self._style = [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._style = tag == "style"

    def handle_endtag(self, tag):
        self._style = False

    def handle_data(self, data):
        if not self._style:
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    def named(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def page(folder, **options):
    return Page(build_report(folder, **options).read_text(encoding="utf-8"))


def test_the_page_is_one_file_without_script_or_external_reference(build_folder):
    text = build_report(build_folder(14)).read_text(encoding="utf-8")
    found = Page(text)
    assert not found.named("script")
    assert not re.search(r"https?://|//[a-z]+\.|@import|javascript:", re.sub(r"<bdi[^>]*>[^<]*</bdi>", "", text))
    for tag, attributes in found.tags:
        for key in ("href", "src", "xlink:href"):
            value = attributes.get(key) or "#"
            assert value.startswith(("#", "data:")), (tag, key, value)
    policy = next(a["content"] for a in found.named("meta") if a.get("http-equiv") == "Content-Security-Policy")
    for rule in ("default-src 'none'", "img-src data:", "style-src 'unsafe-inline'", "script-src 'none'"):
        assert rule in policy


def test_the_page_runs_right_to_left_in_arabic_and_left_to_right_in_english(build_folder):
    folder = build_folder()
    for language, direction in (("ar", "rtl"), ("en", "ltr")):
        found = page(folder, language=language)
        assert found.named("html") == [{"lang": language, "dir": direction}]
        assert found.named("main")[0]["dir"] == direction


def test_both_languages_stand_one_after_the_other_each_in_its_direction(build_folder):
    found = page(build_folder(14), language="both")
    assert [(part["lang"], part["dir"]) for part in found.named("main")] == [("ar", "rtl"), ("en", "ltr")]
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_every_reference_inside_the_page_has_its_target(build_folder):
    text = build_report(build_folder(14), language="both").read_text(encoding="utf-8")
    ids = set(re.findall(r'\bid="([^"]+)"', text))
    wanted = set(re.findall(r'href="#([^"]+)"', text)) | set(re.findall(r"url\(#([^)]+)\)", text))
    assert wanted <= ids


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_hostile_text_is_shown_as_text_everywhere(build_folder, payload, language):
    folder = build_folder(
        14, outlets=(payload, "قناة جيم", "موقع باء"), escalation=payload, words=(payload, "روسيا"),
        title_prefix=payload + " ", title=payload, reason=payload,
    )  # fmt: skip
    text = build_report(folder, language=language).read_text(encoding="utf-8")
    found = Page(text)
    allowed = {"html", "head", "body", "meta", "title", "link", "style", "main", "header", "section", "svg"}
    assert payload not in text
    assert not found.named("script")
    assert not found.named("img")
    assert not any(key.startswith("on") for _, attributes in found.tags for key in attributes)
    assert allowed <= {tag for tag, _ in found.tags}
    assert found.text.count(payload) > 20


def test_limits_come_first_and_say_that_nothing_was_validated(build_folder):
    found = page(build_folder(14), language="en")
    assert found.text.index("Exploratory, not validated by coding") < found.text.index("The corpus in numbers")
    assert "a difference loses about a quarter" in found.text
    assert "استكشافية" in page(build_folder(14), language="ar").text


def test_the_summary_names_no_outlet(build_folder):
    text = build_report(build_folder(14), language="en").read_text(encoding="utf-8")
    start = text.index('id="en-limits"')
    before_flow = text[start : text.index('id="en-flow"')]
    assert "صحيفة ألف" not in before_flow
    assert "صحيفة ألف" in text


def test_each_sentence_on_an_outlet_carries_n_interval_and_voice(build_folder):
    text = build_report(build_folder(14), language="ar").read_text(encoding="utf-8")
    sentences = [s for s in re.findall(r"<li>(.*?)</li>", text) if "صحيفة ألف" in s]
    assert len(sentences) == 3
    for sentence in sentences:
        assert "فترة الثقة" in sentence
        assert re.search(r"ن\s=\s<bdi dir=\"ltr\">14</bdi>", sentence)
        assert re.search(r"<bdi dir=\"ltr\">\d+–\d+%</bdi>", sentence)
        assert "بصوت الوسيلة" in sentence


@pytest.mark.parametrize(
    "word", ["منحاز", "متحيّز", "دعائي", "أكثر الوسائل", "تتصدر", "الأعلى", "biased", "partisan", "ranks"]
)
def test_no_sentence_ranks_or_judges_outlets(build_folder, word):
    assert word not in page(build_folder(14), language="both").text


def test_a_corpus_in_which_the_frames_are_rare_says_so_and_states_no_differences(build_folder):
    folder = build_folder(14, carried=("", "escalation.by_west", "", ""), outlets=("أ", "ب"))
    assert "rare here" in page(folder, language="en").text
    found = page(build_folder(14, carried=("", "", "", "")), language="en")
    assert "too small, or frames are too rare" in found.text
    bare = build_folder(40, carried=("", "", "", ""))
    found = page(bare, language="en")
    assert "hardly present in this corpus" in found.text
    assert "Differences in shares of articles" not in found.text
    assert "تكاد تغيب" in page(bare, language="ar").text


def test_small_outlets_are_flagged_and_not_tested(build_folder):
    found = page(build_folder(10), language="en")
    assert "fewer than 10" not in found.text.split("Limits")[0]
    small = page(build_folder(8), language="en")
    assert "Outlets with fewer than 10 articles: 3" in small.text
    assert "not tested, few articles" in small.text


def test_invented_data_are_marked_on_the_page_in_figures_and_in_tables(build_folder):
    folder = build_folder(14)
    found = page(folder, language="ar")
    assert SYNTHETIC_AR in found.text
    assert SYNTHETIC_EN in found.text
    assert found.text.count("بيانات مخترعة نعم") + found.text.count("بيانات مخترعة") >= len(found.named("table"))
    plain = page(build_folder(14, synthetic=False), language="ar")
    assert SYNTHETIC_AR not in plain.text
    assert "بيانات مخترعة" not in plain.text


def test_figures_have_a_role_a_title_and_a_description(build_folder):
    text = build_report(build_folder(14), language="en").read_text(encoding="utf-8")
    figures = re.findall(r"<svg[^>]*>", text)
    assert len(figures) == 5
    for figure in figures:
        assert 'role="img"' in figure
        for name in re.search(r'aria-labelledby="([^"]+)"', figure).group(1).split():
            assert f'id="{name}"' in text


def test_there_is_no_raw_key_and_no_nan(build_folder):
    for size in (4, 14):
        found = page(build_folder(size), language="both")
        assert not re.search(r"\bnan\b|\bNone\b|\bNaT\b|<NA>", found.text, re.IGNORECASE)
        assert not re.search(r"\b(?:limit|head|caption|method|reason|figure|rule|kind|count|role)_\w+", found.text)
        assert "{" not in found.text


def test_quotes_are_short_and_at_most_two_of_an_article(build_folder):
    text = build_report(build_folder(14), language="ar").read_text(encoding="utf-8")
    quotes = re.findall(r'<blockquote><p dir="auto">(.*?)</p>.*?<bdi dir="ltr">([^<]+)#', text)
    assert quotes
    assert all(len(words.removesuffix(" …").split()) <= 25 for words, _ in quotes)
    articles = [article for _, article in quotes]
    assert max(articles.count(article) for article in articles) <= 2


def test_a_report_without_text_shows_no_quotes(build_folder):
    assert not page(build_folder(14), text="none").named("blockquote")


def test_the_record_holds_hashes_but_no_folder_user_or_host(build_folder):
    found = page(build_folder(), language="en")
    assert "framing run study.yaml --out=out" in found.text
    assert "articles.csv" in found.text
    assert "a" * 16 in found.text
    for secret in ("/home", "somebody", "secret"):
        assert secret not in found.text


def test_the_methods_paragraph_follows_the_settings(build_folder):
    folder = build_folder(14, article_rule="share>=0.25", copies="weight", unit="paragraph")
    found = page(folder, language="en")
    assert "at least 25% of its units" in found.text
    assert "weighs one over the number of its copies" in found.text
    assert "The unit of analysis is the paragraph" in found.text
    assert "200 permutations" in found.text


def test_the_codebook_is_printed(build_folder):
    found = page(build_folder(), language="en")
    for words in ("A widening of the war.", "عتبة تُجتاز", "توسيع الحرب", "Entman (1993)", "by the West and Ukraine"):
        assert words in found.text


def test_the_same_folder_gives_the_same_bytes(build_folder):
    folder = build_folder()
    first = build_report(folder).read_bytes()
    assert build_report(folder).read_bytes() == first


def test_a_manifest_may_be_handed_in_before_it_is_written(build_folder):
    folder = build_folder()
    (folder / "manifest.json").unlink()
    with pytest.raises(ResultsError, match=r"no manifest\.json, so the run did not finish"):
        build_report(folder)
    assert build_report(folder, manifest={"framing_version": "9.9.9"}).is_file()
    assert "9.9.9" in page(folder, manifest={"framing_version": "9.9.9"}).text


def test_a_folder_with_a_manifest_alone_still_gives_a_page(tmp_path):
    found = page(tmp_path, manifest={"framing_version": "0.1.0"}, language="en")
    assert "Limits of these results" in found.text
    assert "one outlet or none" in found.text


def test_a_missing_folder_and_a_wrong_language_say_what_to_do(build_folder, tmp_path):
    with pytest.raises(ResultsError, match=r"no such folder\. Pass the folder"):
        build_report(tmp_path / "nowhere")
    with pytest.raises(ValueError, match=r"language 'fr'.*write ar, en or both"):
        build_report(build_folder(), language="fr")
