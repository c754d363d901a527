import json

import pytest

from framing.encoders.bert_checkpoint import UnreadableModel, why_not
from framing.encoders.sentence_settings import read_settings


def write(folder, *, steps=("Transformer", "Pooling"), pooling=None, tokens=None, prompts=None):
    places = {"Transformer": "", "Pooling": "1_Pooling", "Normalize": "2_Normalize", "Dense": "2_Dense"}
    modules = [{"type": f"sentence_transformers.models.{kind}", "path": places[kind]} for kind in steps]
    (folder / "1_Pooling").mkdir()
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling or {"pooling_mode": "mean"}))
    (folder / "sentence_bert_config.json").write_text(json.dumps(tokens or {}))
    (folder / "config_sentence_transformers.json").write_text(json.dumps(prompts or {}))
    return folder


def test_plain_folder_is_pooled_over_its_real_tokens(tmp_path):
    settings = read_settings(tmp_path)
    assert (settings.pooling, settings.prompt, settings.normalise, settings.limit) == ("words", "", False, None)


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [
        ({"pooling_mode": "mean"}, "all"),
        ({"pooling_mode": "cls"}, "first"),
        ({"pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}, "all"),
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, "first"),
    ],
)
def test_pooling_is_the_models_own_in_new_and_old_files(tmp_path, pooling, expected):
    assert read_settings(write(tmp_path, pooling=pooling)).pooling == expected


def test_prompt_window_and_length_are_the_models_own(tmp_path):
    prompts = {"prompts": {"query": "query: ", "passage": "passage: "}, "default_prompt_name": "query"}
    steps = ("Transformer", "Pooling", "Normalize")
    settings = read_settings(write(tmp_path, steps=steps, tokens={"max_seq_length": 128}, prompts=prompts))
    assert (settings.prompt, settings.limit, settings.normalise) == ("query: ", 128, True)


def test_prompt_that_is_not_the_default_is_not_used(tmp_path):
    prompts = {"prompts": {"query": "query: "}, "default_prompt_name": None}
    assert read_settings(write(tmp_path, prompts=prompts)).prompt == ""


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"steps": ("Transformer", "Pooling", "Dense")}, "its steps are Transformer, Pooling, Dense"),
        ({"pooling": {"pooling_mode": "max"}}, "its pooling is max"),
        ({"pooling": {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": True}}, "its pooling is cls, mean"),
        ({"pooling": {"pooling_mode": "mean", "include_prompt": False}}, "leaves the prompt out"),
        ({"tokens": {"do_lower_case": True}}, "it lowers letters"),
    ],
)
def test_what_only_sentence_transformers_does_is_named(tmp_path, given, reason):
    with pytest.raises(UnreadableModel, match=reason):
        read_settings(write(tmp_path, **given))


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"model_type": "mpnet"}, "its architecture is mpnet"),
        ({"model_type": "bert", "hidden_act": "relu"}, "its activation is relu"),
        ({"model_type": "bert", "position_embedding_type": "relative_key"}, "relative_key, not absolute"),
        ({"model_type": "bert", "is_decoder": True}, "a decoder"),
        ({"model_type": "bert", "auto_map": {"AutoModel": "x.Y"}}, "code of its own, which is never run"),
        ({"model_type": "xlm-roberta"}, ""),
    ],
)
def test_other_architectures_are_named(config, reason):
    assert reason in why_not(config)
    assert bool(reason) == bool(why_not(config))
