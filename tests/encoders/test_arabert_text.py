import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from framing.arabic import model_view
from framing.encoders import arabert_text
from framing.encoders.arabert_text import MAX_RUN, UNSEGMENTED, safe_preprocessor
from framing.errors import EncoderError
from framing.sentences import sentence_spans

ROOT = Path(__file__).parents[2]
MODEL = "aubmindlab/bert-base-arabertv02"


@pytest.fixture(scope="module")
def safe():
    return safe_preprocessor(MODEL)


@pytest.fixture(scope="module")
def untouched():
    from arabert.preprocess import ArabertPreprocessor

    return ArabertPreprocessor(model_name="bert-base-arabertv02").preprocess


def demo_sentences() -> list[str]:
    lines = (ROOT / "data" / "demo" / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [text for line in lines if isinstance(text := json.loads(line).get("text"), str)]
    return [text[start:end] for text in texts for start, end in sentence_spans(text)]


def why_different(sentence: str) -> str:
    """Name the reason for which our preparation may differ from the untouched preprocessor's, or ""."""
    if re.search(r"https?://|www\.|@", sentence):
        return "address"
    if re.search(r"<[^>]*>|&\w+;", sentence):
        return "markup"
    return "letters" if model_view(sentence) != sentence else ""


def test_differs_from_the_untouched_preprocessor_only_where_explained(safe, untouched):
    sentences = demo_sentences()
    different = [sentence for sentence in sentences if safe(sentence) != untouched(sentence)]
    unexplained = [sentence for sentence in different if not why_different(sentence)]
    assert unexplained == []
    # Mapped letters are the one difference in prose: then the rest of the work is the same.
    letters = [sentence for sentence in different if why_different(sentence) == "letters"]
    assert all(safe(sentence) == untouched(model_view(sentence)) for sentence in letters)
    assert 0 < len(different) < 0.1 * len(sentences)


@pytest.mark.parametrize(
    "text",
    [
        "انظر https://example.org/a/b?c=1 للتفاصيل",
        "انظر www.example.org للتفاصيل",
        "قال @someone إن الجسر سليم",
    ],
)
def test_addresses_become_the_tokens_of_arabert(safe, untouched, text):
    assert safe(text) == untouched(text)
    assert re.search(r"\[(رابط|مستخدم)\]", safe(text))


def test_email_is_no_url(safe, untouched):
    # The untouched patterns look for URLs first, and the domain of an e-mail is one to them.
    assert untouched("اكتب إلى someone@example.org غدا") == "اكتب إلى [رابط] غدا"
    assert safe("اكتب إلى someone@example.org غدا") == "اكتب إلى [بريد] غدا"


def test_markup_goes_and_a_comparison_stays(safe, untouched):
    assert safe("<b>خبر</b> عاجل") == untouched("<b>خبر</b> عاجل") == "خبر عاجل"
    assert "5" in safe("3 < 5 ثم 2 > 1")
    assert "5" not in untouched("3 < 5 ثم 2 > 1")


def test_persian_letters_and_presentation_forms_are_kept(safe, untouched):
    assert safe("ﻻ يزال المکتب فى الکویت") == "لا يزال المكتب فى الكويت"
    assert untouched("ﻻ يزال المکتب") != safe("ﻻ يزال المکتب")


def test_diacritics_digits_and_repeats_are_treated_as_in_pretraining(safe):
    assert safe("صَوَّتَ ١٢ نائبًا، رائعععععع!") == "صوت 12 نائبا ، رائعع !"


def test_none_is_no_word(safe):
    with pytest.raises(TypeError):
        safe(None)


def test_nothing_stays_nothing(safe):
    assert [safe(text) for text in ("", " ", "\u200f")] == ["", "", ""]


@pytest.mark.parametrize("letter", ["ا", "a", "اب", "1", "@", "/", "a@", "http://", "www.", "[", "."])
def test_run_without_spaces_takes_linear_time(growth, safe, letter):
    assert growth(safe, letter * (50_000 // len(letter))) < 3


def test_long_run_is_cut_and_the_words_round_it_stay(safe):
    found = safe("قبل " + "ب" * 5 + "اب" * 5000 + " بعد")
    assert found.split()[0] == "قبل"
    assert found.split()[-1] == "بعد"
    assert len(found) < MAX_RUN + 20


HOSTILE = """
import sys
sys.path.insert(0, {root!r})
from framing.encoders.arabert_text import safe_preprocessor
safe = safe_preprocessor("bert-base-arabertv02")
for n in (28, 60, 400, 4000):
    for text in ("http://" + "a" * n + "!", "a." * n + "!", "www." + "(a" * n, "https://x/" + "(" * n + ")" * n,
                 "(" * n + "a" * n, "a" * n + "@" + "a." * n, "http://a.b/" + "()" * n, "-." * n + "com/" + "a" * n,
                 # @(https?|ftp)://...([^...]+\\.?)+: the pattern that doubles its time with each letter
                 "@http://" + "a" * n + " ", "@ftp://" + "a" * n + "/ "):
        safe(text)
        safe(text + " نص")
print("done")
"""


def test_texts_on_which_the_url_pattern_is_exponential_end():
    script = HOSTILE.format(root=str(ROOT))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr[-1000:]


@pytest.mark.parametrize("model", ["bert-base-arabertv2", "aubmindlab/bert-large-arabertv2", "bert-base-arabert"])
@pytest.mark.parametrize(("absent", "named"), [("java", "Java"), ("farasa", "farasapy"), ("jar", "Farasa's programs")])
def test_model_that_needs_farasa_names_what_is_absent_and_the_remedy(monkeypatch, model, absent, named):
    found = SimpleNamespace(submodule_search_locations=["/nowhere"])
    monkeypatch.setattr(arabert_text.shutil, "which", lambda name: None if absent == "java" else "/usr/bin/java")
    monkeypatch.setattr(arabert_text, "find_spec", lambda name: None if absent == "farasa" else found)
    with pytest.raises(
        EncoderError, match=rf"Farasa segmentation and Java; absent here: .*{named}.*bert-base-arabertv02"
    ):
        safe_preprocessor(model)


def test_farasa_is_used_where_all_of_it_is_there(monkeypatch, tmp_path):
    (tmp_path / "farasa_bin" / "lib").mkdir(parents=True)
    (tmp_path / "farasa_bin" / "lib" / "FarasaSegmenterJar.jar").write_bytes(b"")
    found = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr(arabert_text.shutil, "which", lambda name: "/usr/bin/java")
    monkeypatch.setattr(arabert_text, "find_spec", lambda name: found)
    asked = []
    monkeypatch.setattr(arabert_text, "_tool", lambda name: asked.append(name) or SimpleNamespace(preprocess=str.upper))
    assert safe_preprocessor("aubmindlab/bert-base-arabertv2")("ab") == "AB"
    assert asked == ["bert-base-arabertv2"]


def test_twitter_models_keep_emoji(safe):
    assert "😀" in safe_preprocessor("aubmindlab/bert-base-arabertv02-twitter")("خبر 😀 سار")
    assert "😀" not in safe("خبر 😀 سار")


def test_the_ellipsis_that_the_model_knows_is_kept(safe, untouched):
    assert safe("ثم سكت… ومضى") == untouched("ثم سكت… ومضى") == "ثم سكت … ومضى"


@pytest.mark.parametrize(
    "text", ["انظر bit.ly/3abc للتفاصيل", "example.org", "شاهد https://ow.ly/xYz", "x.cn/a:=:https://b.cn/c"]
)
def test_addresses_without_a_scheme_are_found_as_in_pretraining(safe, untouched, text):
    assert safe(text) == untouched(text)
    assert "[رابط]" in safe(text)


def test_nothing_of_a_long_text_is_lost(safe):
    text = "كلمة جديدة " * 20_000
    assert safe(text).split() == text.split()


@pytest.mark.parametrize("model", UNSEGMENTED)
@pytest.mark.parametrize("unit", ["كلمة ", "a.bc ", "!؟ ", "[ ", "1ا ", "x@y.org ", "😀", "ـ"])
def test_text_with_spaces_takes_linear_time_with_every_model(growth, model, unit):
    assert growth(safe_preprocessor(model), unit * (60_000 // len(unit))) < 3


def test_every_difference_on_real_texts_is_explained():
    path = ROOT / "benchmarks" / "arabert_text.py"
    spec = importlib.util.spec_from_file_location("arabert_text_benchmark", path)
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    texts = benchmark.real_texts(5000)
    if not texts:
        pytest.skip("../shared/data is not here")
    found, unexplained, _ = benchmark.count(texts)
    assert unexplained == []
    assert 0 < sum(found.values()) < 0.01 * len(texts)
