import pytest

from framing.errors import ArticleError
from framing.readers.sources import find_sources


@pytest.fixture
def folder(tmp_path):
    for name in ["ألف/1.txt", "ألف/2024/2.txt", "باء/3.html", "4.txt", ".hidden/5.txt", "ألف/~$6.txt", "باء/7.docx"]:
        path = tmp_path / "texts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("نص", encoding="utf-8")
    return tmp_path / "texts"


def test_folder_gives_outlets_from_its_first_sub_folders(folder):
    sources, _ = find_sources(folder)
    assert {source.name: source.outlet for source in sources} == {
        "4.txt": "", "ألف/1.txt": "ألف", "ألف/2024/2.txt": "ألف", "باء/3.html": "باء",
    }  # fmt: skip


def test_document_that_cannot_be_read_is_rejected_with_what_to_do(folder):
    _, unread = find_sources(folder)
    assert [(item.file, item.row) for item in unread] == [("باء/7.docx", 0)]
    assert ".docx documents are not read. Save it as .txt" in unread[0].reason


def test_glob_is_sorted_and_a_file_named_twice_is_read_once(folder):
    sources, _ = find_sources([str(folder / "ألف" / "**" / "*.txt"), folder / "ألف" / "1.txt"])
    assert sorted(source.path.name for source in sources) == ["1.txt", "2.txt", "~$6.txt"]


@pytest.mark.parametrize(("path", "what"), [("missing.csv", "is not there"), ("missing*.csv", "matches no file")])
def test_missing_path_is_named(tmp_path, path, what):
    with pytest.raises(ArticleError, match=f"missing.*{what}.*relative to the study"):
        find_sources(tmp_path / path)


def test_folder_with_tables_only_says_to_name_them(tmp_path):
    (tmp_path / "a.csv").write_text("id,text\n", encoding="utf-8")
    with pytest.raises(ArticleError, match=r"a\.csv.*are read when you name them"):
        find_sources(tmp_path)


def test_names_are_relative_to_the_root(folder):
    sources, _ = find_sources(folder / "4.txt", root=folder.parent)
    assert sources[0].name == "texts/4.txt"
