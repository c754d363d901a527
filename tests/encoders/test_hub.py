import subprocess
import sys
import time
from pathlib import Path

import pytest

from framing.encoders import hub
from framing.encoders.hub import find_model, refuse_pickles, revision_of
from framing.errors import EncoderError, MissingLibraryError

COMMIT = "0123456789abcdef0123456789abcdef01234567"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def cached(tmp_path, monkeypatch):
    """Write a snapshot as Hugging Face's libraries keep one."""
    home = tmp_path / "models--owner--model"
    snapshot = home / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (home / "refs").mkdir()
    (home / "refs" / "main").write_text(COMMIT)
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        (snapshot / name).write_bytes(b"{}")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return snapshot


def test_snapshot_on_this_machine_is_found_without_any_library(cached, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    assert find_model("m", "owner/model") == cached
    assert find_model("m", f"owner/model@{COMMIT}") == cached
    assert revision_of(cached) == COMMIT


def test_another_revision_than_the_one_that_is_here_is_not_taken_for_it(cached):
    with pytest.raises(EncoderError, match="HF_HUB_OFFLINE is set"):
        find_model("m", f"owner/model@{COMMIT[::-1]}")


def test_snapshot_of_a_tokenizer_alone_is_enough_for_tokens_only(cached):
    (cached / "model.safetensors").unlink()
    assert find_model("m", "owner/model", weights=False) == cached
    with pytest.raises(EncoderError, match="Connect once"):
        find_model("m", "owner/model")


def test_download_without_the_library_says_what_to_install(cached, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingLibraryError, match="huggingface_hub is needed to download the encoder m"):
        find_model("m", "owner/other")


def test_folder_called_like_a_snapshot_is_pinned_by_its_content(tmp_path):
    folder = tmp_path / "snapshots" / "mine"
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"1")
    first = revision_of(folder)
    (folder / "model.safetensors").write_bytes(b"2")
    assert first.startswith("sha256-")
    assert first != revision_of(folder)


def test_settings_count_in_the_revision(tmp_path):
    (tmp_path / "modules.json").write_text("[]")
    first = revision_of(tmp_path)
    (tmp_path / "modules.json").write_text("[1]")
    assert first != revision_of(tmp_path)


def test_pickles_are_refused_only_where_there_is_nothing_else(tmp_path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(EncoderError, match=r"encoder m: its weights are a pickle.*save_pretrained"):
        refuse_pickles("m", tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"")
    refuse_pickles("m", tmp_path)


def test_pickle_of_one_layer_is_refused_too(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"")
    (tmp_path / "2_Dense").mkdir()
    (tmp_path / "2_Dense" / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(EncoderError, match=r"a pickle \(pytorch_model\.bin\)"):
        refuse_pickles("m", tmp_path)


def test_a_question_without_an_answer_is_given_up():
    start = time.perf_counter()
    with pytest.raises(TimeoutError, match=r"no answer within 0\.2 seconds"):
        hub._within(0.2, lambda: time.sleep(5))
    assert time.perf_counter() - start < 3


BLOCKED = """
import socket, sys, time
sys.path.insert(0, {root!r})
def refuse(*given, **named):
    {deed}
socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse
from framing.encoders import load_encoder
from framing.errors import EncoderError
start = time.perf_counter()
try:
    load_encoder("arabert")
except EncoderError as error:
    assert "\\n" not in str(error) and "choose encoder: e5-small" in str(error), error
    print("told", time.perf_counter() - start < 20)
"""


@pytest.mark.slow
@pytest.mark.parametrize("deed", ["raise OSError('no network here')", "time.sleep(120)"])
def test_without_a_network_one_line_comes_within_seconds(tmp_path, deed):
    pytest.importorskip("huggingface_hub")
    environment = {"HF_HUB_CACHE": str(tmp_path), "PATH": "/usr/bin:/bin", "FRAMING_CACHE": str(tmp_path)}
    script = BLOCKED.format(root=str(ROOT), deed=deed)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=100, check=False, env=environment
    )
    assert (done.returncode, done.stdout) == (0, "told True\n"), done.stderr[-1000:]
