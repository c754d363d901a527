"""Build the word vectors of the encoder `static` from another encoder and a corpus: minutes, once.

Each word is embedded alone, as model2vec does; frequent words weigh less. Then the
vectors learn from sentences of the corpus: the smallest change that brings the mean of a
sentence's words near the encoder's own vector of the sentence (ridge regression). It
uses texts only, never codes. The same input gives the same bytes.

References
----------
Arora, Liang & Ma (2017), A Simple but Tough-to-Beat Baseline for Sentence Embeddings, ICLR (the
weights, equation 2). Tulkens & van Dongen (2024), Model2Vec (words embedded alone, PCA). Hoerl
& Kennard (1970), Technometrics 12:55-67 (ridge). Speer (2022), wordfreq 3.0, zenodo 7199437.
"""

from __future__ import annotations

import logging
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from framing.arabic import model_view
from framing.encoders.base import Encoder, fingerprint, unit_length
from framing.encoders.static_folder import ABOUT, is_whole, read_table, write_table
from framing.encoders.static_words import MAX_LETTERS, WordTable, key_of, written_words
from framing.errors import EncoderError, MissingLibraryError
from framing.files import cache_folder, sha256_text
from framing.optional import require

logger = logging.getLogger(__name__)

# Raise it with every change of what the same input gives.
FORMAT = 1
# Chosen by leave-one-style-out on the shipped codebook's examples (benchmarks/static.py), never on coded units.
N_DIMS = 256
SIF = 1e-3
RIDGE = 1.0
N_SENTENCES = 4000
LEAST_SHARE = 1e-7
# Words in one call of the encoder: enough that many are of equal length.
BATCH = 2048
MIN_WORDS = 50


@dataclass(frozen=True)
class Vocabulary:
    """Words to embed: `keys` (lexical view), how each is `written` most often, `shares` of running words (0 to 1).

    `n_corpus` : how many of them stand in the corpus.
    """

    keys: list[str]
    written: list[str]
    shares: np.ndarray
    n_corpus: int


@dataclass(frozen=True)
class StaticBuild:
    """A finished table: its `folder`, the note in it (`about`), and whether it was there already (`reused`)."""

    folder: Path
    about: dict[str, Any]
    reused: bool = False

    def summary(self) -> str:
        """Say what was built and how well it covers the corpus."""
        about, cover = self.about, self.about["coverage"]
        lines = [
            f"{self.folder}{' (was there already)' if self.reused else ''}",
            f"  {about['n_words']} words ({about['n_corpus_words']} of the corpus), {about['n_dims']} dimensions,"
            f" from {about['source']}",
            f"  taught by {about['n_sentences']} sentences of {about['n_texts']} texts",
        ]
        if cover["n_words"]:
            lines.append(f"  of the corpus's {cover['n_words']} running words {cover['unknown_share']:.1%} are unknown")
        return "\n".join(lines)


def build_static(
    texts: Iterable[str] | None = None,
    *,
    words: Sequence[str] | None = None,
    n_words: int = 30_000,
    out: Path | None = None,
    source: Encoder | None = None,
    seed: int = 20241023,
    progress: bool = False,
) -> StaticBuild:
    """Build the table for a corpus, or find it built.

    Parameters
    ----------
    texts : sentences or other units of the corpus; repeated ones count once, order does not matter.
    words : general words, the most frequent first; those of `wordfreq` where None.
    n_words : size of the vocabulary: the corpus's words that stand twice, then general words, then the rest.
    out : folder; `static-<hash>` in the cache folder where None.
    source : the encoder to distil; `e5-small` where None.
    seed : chooses the sentences that teach, where there are more than enough.
    progress : show bars on stderr.

    Raises
    ------
    ValueError : `n_words` below 50.
    EncoderError : fewer than 50 words to be had.
    """
    if n_words < MIN_WORDS:
        raise ValueError(f"n_words={n_words}: write a number from {MIN_WORDS}; 30000 is usual")
    corpus = sorted(set(() if texts is None else texts))
    general, origin = _general_words(words, n_words, needed=not corpus)
    source = source or _default_source()
    about = {
        "format": FORMAT, "source": fingerprint(source), "seed": seed, "asked_words": n_words, "general_words": origin,
        "general_sha256": _hash(f"{word} {share!r}" for word, share in general.items()),
        "corpus_sha256": _hash(corpus), "n_texts": len(corpus), "versions": _versions(),
        "settings": {"n_dims": N_DIMS, "sif": SIF, "ridge": RIDGE, "n_sentences": N_SENTENCES},
    }  # fmt: skip
    folder = Path(out) if out is not None else cache_folder() / f"static-{_hash(map(repr, about.items()))[:12]}"
    if (kept := _kept(folder, about)) is not None:
        return kept
    vocabulary = choose_words(corpus, general, n_words)
    with threadpool_limits(1):  # sums in one order give the same bytes each time
        vectors, lone, n_taught = distil(vocabulary, corpus, source, seed=seed, progress=progress)
    about |= {"n_words": len(vocabulary.keys), "n_corpus_words": vocabulary.n_corpus, "n_dims": int(vectors.shape[1])}
    about |= {"n_sentences": n_taught, "coverage": _coverage(vocabulary, corpus)}
    write_table(folder, vocabulary.keys, vectors, lone, about)
    return StaticBuild(folder, read_table(folder).about)


def build_static_from(
    inputs: Sequence[Path], *, n_words: int = 30_000, out: Path | None = None, progress: bool = False
) -> StaticBuild:
    """Build from files of articles, cut into sentences; with no file from general words alone."""
    from framing.articles import read_articles
    from framing.units import split_units

    if not inputs:
        return build_static(None, n_words=n_words, out=out, progress=progress)
    units = split_units(read_articles(list(inputs)).table)
    return build_static(units.table["text"], n_words=n_words, out=out, progress=progress)


def choose_words(corpus: Sequence[str], general: dict[str, float], n_words: int) -> Vocabulary:
    """Choose the words: those that stand twice in the corpus, then general ones, then the corpus's others.

    `general` : written word -> share of running words, the most frequent first.
    """
    counts: Counter[str] = Counter()
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for written in (word for text in corpus for word in written_words(text)):
        if len(written) <= MAX_LETTERS and (key := key_of(written)):
            counts[key] += 1
            forms[key][written] += 1
    known: dict[str, tuple[str, float]] = {}
    for word, share in general.items():
        if (key := key_of(word)) and written_words(word) == [word]:
            known.setdefault(key, (word, share))
    ranked = sorted(counts, key=lambda key: (-counts[key], key))
    wanted = [*(k for k in ranked if counts[k] > 1), *known, *ranked]
    keys = list(dict.fromkeys(wanted))[:n_words]
    if len(keys) < MIN_WORDS:
        raise EncoderError(
            f"encoder static: only {len(keys)} words in {len(corpus)} texts; {MIN_WORDS} are needed."
            " Give more articles: framing encoders build static ARTICLES",
            ar="المُرمِّز static: الكلمات أقل من أن يُبنى منها جدول. أضف مقالات أخرى.",
        )
    # The commonest spelling; of equal ones the first in the alphabet.
    usual = {key: min(found, key=lambda form: (-found[form], form)) for key, found in forms.items()}
    spelling = [usual[key] if key in usual else known[key][0] for key in keys]
    total = max(1, counts.total())
    shares = np.array([[counts[k] / total, known[k][1] if k in known else 0.0] for k in keys]).mean(axis=1)
    return Vocabulary(keys, spelling, np.maximum(shares, LEAST_SHARE), sum(k in counts for k in keys))


def distil(
    vocabulary: Vocabulary, corpus: Sequence[str], source: Encoder, *, seed: int, progress: bool = False
) -> tuple[np.ndarray, np.ndarray, int]:
    """Give the words' vectors `(n, d)`, that of a full stop `(d,)`, and how many sentences taught them."""
    alone = _embedded(["."] + [model_view(word) for word in vocabulary.written], source, "words", progress)
    centre = alone[1:].mean(axis=0)
    weights = SIF / (SIF + vocabulary.shares)  # Arora et al. (2017), equation 2
    rows = unit_length(alone - centre).astype(np.float64)
    vectors, lone = rows[1:] * weights[:, None], rows[0]
    sentences = _teachers(corpus, seed)
    if sentences:
        target = _embedded(sentences, source, "sentences", progress)
        vectors = taught(vectors, _shares_of_words(sentences, vocabulary.keys), target)
    axes = _main_axes(vectors, min(N_DIMS, source.n_dims))
    return (vectors @ axes).astype(np.float32), (lone @ axes).astype(np.float32), len(sentences)


def taught(vectors: np.ndarray, shares: Any, target: np.ndarray) -> np.ndarray:
    """Move word vectors by ridge regression, so that sentences come near their own vectors.

    Minimises the squared distance between `shares @ moved` and the centred target, plus a
    penalty on how far words move; solved over sentences, of which there are fewer than words.

    Parameters
    ----------
    vectors : float64 `(n_words, d)`.
    shares : sparse `(n_sentences, n_words)`, rows summing to 1.
    target : `(n_sentences, d)`, the sentences by the source encoder.
    """
    from scipy.linalg import solve

    wanted = unit_length(target - target.mean(axis=0)).astype(np.float64)
    means = np.asarray(shares @ vectors)
    scale = float((means * wanted).sum() / max(1e-12, float((means * means).sum())))
    vectors, means = vectors * scale, means * scale
    gram = (shares @ shares.T).toarray()
    mean_diagonal = float(np.diag(gram).mean())
    gram = gram / mean_diagonal + RIDGE * np.eye(len(gram))
    pull = solve(gram, wanted - means, assume_a="pos", overwrite_a=True)
    return np.asarray(vectors + (shares.T @ pull) / mean_diagonal)


def _teachers(corpus: Sequence[str], seed: int) -> list[str]:
    """Choose the sentences to learn from: of three words and more, at most `N_SENTENCES`."""
    long = [text for text in corpus if len(written_words(text[:2000])) >= 3]
    if len(long) <= N_SENTENCES:
        return long
    chosen = np.random.default_rng(seed).choice(len(long), N_SENTENCES, replace=False)
    return [long[place] for place in sorted(chosen.tolist())]


def _shares_of_words(sentences: Sequence[str], keys: Sequence[str]) -> Any:
    """Give, per sentence, each word's share of its known words: a sparse `(n_sentences, n_words)`."""
    from scipy.sparse import csr_matrix

    table = WordTable(keys)
    known = [[row for row in table.rows(text) if row < len(keys)] for text in sentences]
    ends = np.cumsum([0, *map(len, known)])
    places = np.array([row for rows in known for row in rows], dtype=np.int32)
    data = np.array([1 / len(rows) for rows in known for _ in rows], dtype=np.float64)
    counts = csr_matrix((data, places, ends), shape=(len(sentences), len(keys)))
    counts.sum_duplicates()
    return counts


def _main_axes(rows: np.ndarray, n_dims: int) -> np.ndarray:
    """Give the axes `(d, n_dims)` along which rows vary most, each pointing to where its largest weight is positive."""
    _, axes = np.linalg.eigh(rows.T @ rows)
    axes = axes[:, ::-1][:, :n_dims]
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    return np.asarray(axes * np.where(signs == 0, 1.0, signs))


def _embedded(texts: Sequence[str], source: Encoder, what: str, progress: bool) -> np.ndarray:
    rows = np.empty((len(texts), source.n_dims), dtype=np.float32)
    bar = tqdm(total=len(texts), desc=f"embedding {what}", unit="text", file=sys.stderr, disable=not progress)
    for start in range(0, len(texts), BATCH):
        part = texts[start : start + BATCH]
        rows[start : start + len(part)] = source.encode(part)
        bar.update(len(part))
    bar.close()
    return rows


def _general_words(words: Sequence[str] | None, n_words: int, *, needed: bool) -> tuple[dict[str, float], str]:
    """Give general words with their shares of running text, and where they came from."""
    if words is not None:  # by rank, as Zipf's law has it
        return {word: 0.1 / rank for rank, word in enumerate(dict.fromkeys(words), start=1)}, "given"
    try:
        library = require("wordfreq", why="for the general words of the encoder static")
    except MissingLibraryError:
        if needed:
            raise
        logger.warning("encoder static: wordfreq is not installed, so the corpus's own words are all there are")
        return {}, "none"
    # Twice as many: several spellings fold into one word.
    found = library.top_n_list("ar", 2 * n_words)
    return {word: float(library.word_frequency(word, "ar")) for word in found}, f"wordfreq-{version('wordfreq')}"


def _default_source() -> Encoder:
    from framing.encoders.registry import load_encoder

    return load_encoder("e5-small")


def _kept(folder: Path, about: dict[str, Any]) -> StaticBuild | None:
    """Give the table that this very input gave before, whole, and make it the newest."""
    if not is_whole(folder):
        return None
    found = read_table(folder).about
    if any(found.get(key) != value for key, value in about.items()):
        return None
    try:
        (folder / ABOUT).touch()
    except OSError as error:
        logger.warning("%s: cannot be marked as the newest (%s)", folder, error.strerror)
    return StaticBuild(folder, found, reused=True)


def _coverage(vocabulary: Vocabulary, corpus: Sequence[str]) -> dict[str, Any]:
    found = WordTable(vocabulary.keys).coverage(corpus)
    return {**asdict(found), "unknown_share": round(found.unknown_share, 4)}


def _versions() -> dict[str, str]:
    found = {}
    for name in ("numpy", "scipy"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # a bundled copy
            found[name] = "unknown"
    return found


def _hash(parts: Iterable[str]) -> str:
    return sha256_text("\n".join(sha256_text(part) for part in parts))
