"""A tiny checkpoint of AraBERT's architecture in the Hugging Face format, and a BERT of random numbers."""

import json
from pathlib import Path

import numpy as np
import pytest

from framing.encoders.arabert_text import safe_preprocessor
from framing.encoders.bert_graph import BertSizes

DEMO = Path(__file__).parents[2] / "data" / "demo" / "articles.jsonl"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def save_tokenizer(folder: Path, *, lines: list[str]) -> int:
    """Train a WordPiece vocabulary with the tokens that AraBERT never splits; give its size."""
    from arabert.preprocess import NEVER_SPLIT_TOKENS
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertTokenizerFast

    kept = sorted(NEVER_SPLIT_TOKENS)
    trainer = BertWordPieceTokenizer(strip_accents=False, lowercase=False)
    trainer.train_from_iterator(lines, vocab_size=1500, special_tokens=[*SPECIAL, *kept], show_progress=False)
    trainer.save(str(folder / "trained.json"))
    tokenizer = BertTokenizerFast(
        tokenizer_file=str(folder / "trained.json"), do_lower_case=False, additional_special_tokens=kept,
        pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]",
    )  # fmt: skip
    (folder / "trained.json").unlink()
    tokenizer.save_pretrained(folder)
    return len(tokenizer)


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory) -> Path:
    torch = pytest.importorskip("torch", reason="the full set is not installed")
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("models") / "tiny-arabert"
    folder.mkdir()
    clean = safe_preprocessor("bert-base-arabertv02")
    lines = [clean(str(json.loads(line)["text"])) for line in DEMO.read_text(encoding="utf-8").splitlines()]
    n_tokens = save_tokenizer(folder, lines=lines)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=n_tokens, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=128,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    return folder


class RandomBert:
    """Weights drawn at random, as `bert_graph` asks for them."""

    def __init__(self, n_dims: int = 32, n_hidden: int = 96, n_layers: int = 2) -> None:
        self.sizes = BertSizes(n_dims, n_layers, 4, n_hidden, 64, 1e-12)
        self._seen: dict[str, np.ndarray] = {}

    def floats(self, name: str) -> np.ndarray:
        norm = name.split(".")[-2] in ("ln", "aln", "oln")
        n = self.sizes.n_hidden if name.endswith("fi.b") else self.sizes.n_dims
        return self._drawn(name, (n,)) * 0.1 + float(norm and name.endswith(".w"))

    def matrix(self, name: str, n_in: int) -> np.ndarray:
        return self._drawn(name, (self.sizes.n_hidden if ".fi" in name else self.sizes.n_dims, n_in)) / float(
            np.sqrt(n_in)
        )

    def _drawn(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        if name not in self._seen:
            draw = np.random.default_rng(list(name.encode()))
            self._seen[name] = draw.standard_normal(shape).astype(np.float32)
        return self._seen[name].astype(np.float32)


@pytest.fixture
def random_bert() -> RandomBert:
    return RandomBert()
