"""The commands `framing codebook check` and `framing codebook new`."""

import pytest

from framing.cli import main
from framing.codebook import load_codebook


@pytest.fixture(autouse=True)
def _in_english(monkeypatch):
    monkeypatch.setenv("FRAMING_LANG", "en")


@pytest.fixture
def tell(capsys):
    """Give a function that runs a command and returns exit code, stdout and stderr."""

    def told(*arguments):
        code = main(["--quiet", "codebook", *map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return told


@pytest.fixture
def five(tmp_path):
    path = tmp_path / "five.txt"
    styles = ("agency", "opinion", "headline", "broadsheet", "agency")
    path.write_text("".join(f"{s}\tجملة عن خطر رقم {'ا' * n}\n" for n, s in enumerate(styles, 1)), encoding="utf-8")
    return path


def test_check_says_f1_and_what_to_mend(tell, data):
    code, out, err = tell("check", data / "codebook.yaml", "--encoder", "lexical")
    assert (code, err) == (0, "")
    assert "safety: 8 examples" in out
    assert "safety: F1 0." in out
    assert "- warning: " in out
    assert "few_examples" not in out


def test_check_with_a_corpus_shows_words_by_outlet_and_in_context(tell, data):
    paths = ("--corpus", data / "articles.jsonl", "--encoder", "lexical", "--words")
    code, out, _ = tell("check", data / "codebook.yaml", *paths)
    assert code == 0
    assert "n_outlet_units" in out
    assert "safety  خطر  " in out
    assert "[" in out


def test_check_speaks_arabic(tell, data, monkeypatch):
    monkeypatch.setenv("FRAMING_LANG", "ar")
    _, out, _ = tell("check", data / "codebook.yaml", "--encoder", "lexical")
    assert "- تنبيه: " in out
    assert "- warning" not in out


def test_new_codebook_loads_and_its_check_says_what_is_missing(tell, five, tmp_path):
    path = tmp_path / "c.yaml"
    asked = ("--frame", "danger", "--name", "إطار الخطر", "--definition", "يُروى خطرًا", "--examples", five)
    code, out, _ = tell("new", path, *asked)
    assert (code, out) == (0, f"{path}\n")
    assert load_codebook(path).n_examples("danger") == 5
    code, out, err = tell("check", path, "--encoder", "lexical")
    assert code == 1
    assert "- fault: 0 examples of no frame" in out
    assert err.startswith(f"{path}: ")
    assert "listed above" in err


def test_new_codebook_without_a_definition_is_a_form_to_fill_in(tell, tmp_path):
    path = tmp_path / "c.yaml"
    assert tell("new", path)[0] == 0
    assert "✎" in path.read_text(encoding="utf-8")
    code, _, err = tell("check", path)
    assert code == 1
    assert f"{path}: frame 'frame_1': 'name' is empty" in err


def test_new_never_overwrites(tell, tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text("mine", encoding="utf-8")
    code, _, err = tell("new", path)
    assert (code, path.read_text(encoding="utf-8")) == (1, "mine")
    assert "is there already" in err


def test_examples_that_cannot_be_read_are_told_in_one_line(tell, tmp_path, five):
    code, _, err = tell("new", tmp_path / "c.yaml", "--definition", "x", "--examples", tmp_path / "gone.txt")
    assert code == 1
    assert "gone.txt: cannot be read as UTF-8 text" in err
    five.write_text("جملة\n", encoding="utf-8")
    code, _, err = tell("new", tmp_path / "c.yaml", "--definition", "x", "--examples", five)
    assert "1 examples; a codebook starts from 5" in err
    assert not (tmp_path / "c.yaml").exists()


@pytest.mark.parametrize("arguments", [[], ["check"], ["new"], ["burn", "x"]])
def test_wrong_usage_exits_2(arguments):
    with pytest.raises(SystemExit, match="2"):
        main(["codebook", *arguments])
