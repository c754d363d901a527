"""What works on this machine is told in a line each, and nothing is written."""

import re

import numpy as np
import pytest

from framing import __version__, doctor
from framing.doctor import examine
from framing.errors import EncoderError


@pytest.fixture
def quick(monkeypatch):
    """Load no model: each encoder gives one short row."""

    class Encoder:
        def encode(self, texts):
            return np.ones((len(texts), 3), dtype=np.float32)

    monkeypatch.setattr(doctor, "load_encoder", lambda name: Encoder())


@pytest.mark.usefixtures("quick")
def test_first_line_names_version_and_machine():
    assert examine()[0].startswith(f"framing {__version__}, Python 3.")


@pytest.mark.usefixtures("quick")
def test_every_other_line_says_ok_or_no():
    lines = examine()
    assert lines[1].startswith("cache: ")
    assert all(re.match(r"(ok|no) {3}\S", line) for line in lines[2:])


@pytest.mark.usefixtures("quick")
def test_nothing_is_written(cache):
    examine()
    assert not cache.exists()
    assert str(cache) in examine()[1]


@pytest.mark.usefixtures("quick")
def test_missing_library_comes_with_what_to_type(monkeypatch):
    def version(name):
        raise doctor.PackageNotFoundError(name)

    monkeypatch.setattr(doctor, "version", version)
    told = "\n".join(examine())
    assert 'no   torch; for arabert and other hub models: pip install "arabic-media-framing[hub]"' in told
    assert "no   bertopic; for clusters: pip install bertopic" in told


def test_encoder_that_cannot_be_had_says_why(monkeypatch):
    def refuse(name):
        raise EncoderError(f"encoder {name}: no wheel for this machine. Use lexical.")

    monkeypatch.setattr(doctor, "load_encoder", refuse)
    assert "no   e5-small: encoder e5-small: no wheel for this machine. Use lexical." in examine()


def test_lexical_encoder_works_everywhere():
    assert any(line.startswith("ok   lexical: 1024 dimensions") for line in examine())
