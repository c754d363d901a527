import sys

import pytest

from framing.errors import MissingLibraryError
from framing.optional import require


def test_require_gives_the_module_with_dots():
    assert require("os.path", why="for the test").join("a", "b").endswith("b")


def test_hidden_library_gives_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(
        MissingLibraryError, match=r"torch is needed to embed units.*\[hub\].*environment\.yml"
    ) as caught:
        require("torch", why="to embed units")
    assert "arabic-media-framing[hub]" in caught.value.in_language("ar")


def test_library_without_an_extra_is_installed_by_its_own_name():
    with pytest.raises(MissingLibraryError, match="pip install no_such_library_at_all"):
        require("no_such_library_at_all.part", why="for the test")


def test_broken_install_is_not_called_missing(tmp_path, monkeypatch):
    (tmp_path / "framing_test_broken.py").write_text("import framing_test_absent\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="framing_test_absent") as caught:
        require("framing_test_broken", why="for the test")
    assert not isinstance(caught.value, MissingLibraryError)
