import os

import pytest

from framing.errors import ArticleError
from framing.readers.sources import find_sources


@pytest.fixture
def folder(tmp_path):
    for name in [
        "ألف/1.txt",
        "ألف/2024/2.txt",
        "باء/3.html",
        "4.txt",
        ".hidden/5.txt",
        "ألف/~$6.txt",
        "باء/7.pdf",
        "باء/8.docx",
    ]:
        path = tmp_path / "texts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("نص", encoding="utf-8")
    return tmp_path / "texts"


def test_folder_gives_outlets_from_its_first_sub_folders(folder):
    sources, _ = find_sources(folder)
    assert {source.name: source.outlet for source in sources} == {
        "4.txt": "", "ألف/1.txt": "ألف", "ألف/2024/2.txt": "ألف", "باء/3.html": "باء", "باء/8.docx": "باء",
    }  # fmt: skip


def test_document_that_cannot_be_read_is_rejected_with_what_to_do(folder):
    _, unread = find_sources(folder)
    assert [(item.file, item.row) for item in unread] == [("باء/7.pdf", 0)]
    assert ".pdf documents are not read. Arabic text" in unread[0].reason


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


def test_glob_passes_over_documents_that_cannot_be_read_and_says_so(folder):
    sources, unread = find_sources(str(folder / "باء" / "*"))
    assert [source.path.name for source in sources] == ["3.html", "8.docx"]
    assert [item.file for item in unread] == ["7.pdf"]


def test_document_named_by_itself_stays_a_source_and_its_reader_says_what_to_do(folder):
    sources, unread = find_sources(folder / "باء" / "7.pdf")
    assert ([source.path.name for source in sources], unread) == (["7.pdf"], [])


@pytest.mark.parametrize("end", ["files", "ملفات"])
def test_what_a_browser_saves_beside_a_page_is_passed_over(tmp_path, end):
    for name in ["خبر.html", f"خبر_{end}/advert.html", f"خبر_{end}/x/frame.html", f"آخر_{end}/3.html"]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("نص", encoding="utf-8")
    sources, _ = find_sources(tmp_path)
    assert sorted(source.name for source in sources) == sorted(["خبر.html", f"آخر_{end}/3.html"])


def test_name_that_is_no_utf8_can_be_saved_and_stays_its_own(tmp_path):
    for raw in (b"\xff.txt", b"\xfe.txt"):
        try:
            (tmp_path / os.fsdecode(raw)).write_text("نص", encoding="utf-8")
        except OSError:
            pytest.skip("this file system takes no such names")
    names = [source.name for source in find_sources(tmp_path)[0]]
    assert len(set(names)) == 2
    assert all(name.encode("utf-8") for name in names)


@pytest.mark.parametrize("name", ["CON", "a\u202eb", "x" * 80, "NA"])
def test_folder_of_any_name_is_an_outlet_of_that_name(tmp_path, name):
    (tmp_path / name).mkdir()
    (tmp_path / name / "1.txt").write_text("نص", encoding="utf-8")
    assert [source.outlet for source in find_sources(tmp_path)[0]] == [name]
