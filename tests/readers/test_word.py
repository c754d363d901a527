import io
import time
import zipfile

import pytest

from framing.errors import ArticleError
from framing.readers import Source, read_source

ODT = (
    '<?xml version="1.0"?>{doctype}<office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"><office:automatic-styles>'
    '<style:style style:name="P1" style:parent-style-name="Title"/></office:automatic-styles>'
    "<office:body><office:text>{inside}</office:text></office:body></office:document-content>"
)
BOMB = '<!DOCTYPE r [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY a{n} "{("&a" + (str(n - 1) if n else "") + ";") * 10}">' for n in range(10)
) + "]>"  # fmt: skip
TEXT = "نص الخبر المخترع"


def read(path, data=None):
    if data is not None:
        path.write_bytes(data)
    return list(read_source(Source(path, path.name)))


def docx_file(path, build):
    library = pytest.importorskip("docx")
    document = library.Document()
    build(document)
    document.save(path)
    return path


def changed(path, part, change):
    """Give a zip file's bytes with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            data = old.read(member)
            new.writestr(member.filename, change(data) if member.filename == part else data)
    return out.getvalue()


def odt(inside, doctype=""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", ODT.format(inside=inside, doctype=doctype))
    return out.getvalue()


def test_docx_gives_paragraphs_tables_and_breaks_in_order(tmp_path):
    def build(document):
        document.add_heading("عنوان", 1)
        document.add_paragraph("فقرة أولى.")
        document.add_table(1, 1).cell(0, 0).text = "في جدول."
        document.add_paragraph().add_run("سطر\nيليه\tوعمود")
        document.sections[0].header.paragraphs[0].text = "رأس الصفحة"

    (found,) = read(docx_file(tmp_path / "a.docx", build))
    assert found.cells["title"] == "عنوان"
    assert found.cells["text"] == "فقرة أولى.\nفي جدول.\nسطر\nيليه\tوعمود"
    assert found.encoding == "docx"


def test_docx_title_in_bold(tmp_path):
    def build(document):
        document.add_paragraph().add_run("عنوان غامق").bold = True
        document.add_paragraph("نص.")

    (found,) = read(docx_file(tmp_path / "a.docx", build))
    assert (found.cells["title"], found.cells["text"]) == ("عنوان غامق", "نص.")


def test_docx_export_of_many_articles(tmp_path):
    def build(document):
        for number in (1, 2, 3):
            for text in (
                f"عنوان {number}",
                "صحيفة ألف",
                "October 23, 2024",
                "Body",
                f"نص {number}.",
                "End of Document",
            ):
                document.add_paragraph(text)

    found = read(docx_file(tmp_path / "a.docx", build))
    assert [(item.row, item.cells["title"], item.cells["text"]) for item in found] == [
        (n, f"عنوان {n}", f"نص {n}.") for n in (1, 2, 3)
    ]


def test_docx_deleted_text_and_field_codes_are_left_out(tmp_path):
    plain = docx_file(tmp_path / "a.docx", lambda document: document.add_paragraph("باق."))
    extra = (
        '<w:p><w:del w:id="1"><w:r><w:delText>محذوف</w:delText></w:r></w:del>'
        '<w:moveFrom w:id="2"><w:r><w:t>منقول</w:t></w:r></w:moveFrom>'
        '<w:ins w:id="3"><w:r><w:t>مضاف</w:t></w:r></w:ins>'
        "<w:r><w:instrText>HYPERLINK</w:instrText></w:r></w:p><w:sectPr"
    ).encode()
    (found,) = read(plain, changed(plain, "word/document.xml", lambda data: data.replace(b"<w:sectPr", extra, 1)))
    assert found.cells["text"] == "باق.\nمضاف"


def test_docx_packed_again_is_read(tmp_path):
    import gzip

    plain = docx_file(tmp_path / "a.docx", lambda document: document.add_paragraph(TEXT))
    (found,) = read(tmp_path / "b.docx.gz", gzip.compress(plain.read_bytes()))
    assert found.cells["text"] == TEXT


@pytest.mark.parametrize("name", ["a.docx", "a.odt"])
def test_what_is_no_document_says_what_to_do(tmp_path, name):
    pytest.importorskip("docx")
    for data in (b"", b"text", b"PK\x03\x04broken", zipped({"a.txt": b"x"})):
        with pytest.raises(ArticleError, match=rf"{name}: not a \.\w+ document, or a damaged one.*save it again"):
            read(tmp_path / name, data)
    with pytest.raises(ArticleError, match="an old Word document, or one with a password"):
        read(tmp_path / name, b"\xd0\xcf\x11\xe0" + b"\0" * 600)


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("name", ["a.docx", "a.odt"])
def test_entity_bomb_in_a_document_is_stopped(tmp_path, name):
    if name == "a.odt":
        data = odt("<text:p>&a9;</text:p>", BOMB)
    else:
        plain = docx_file(tmp_path / "plain.docx", lambda document: document.add_paragraph("XXX"))
        data = changed(
            plain, "word/document.xml",
            lambda part: part.replace(b"?>", b"?>" + BOMB.encode(), 1).replace(b"XXX", b"&a9;"),
        )  # fmt: skip
    start = time.perf_counter()
    with pytest.raises(ArticleError, match=r"not a .* document, or a damaged one"):
        read(tmp_path / name, data)
    assert time.perf_counter() - start < 2


def test_odt_gives_paragraphs_without_notes_and_deleted_text(tmp_path):
    inside = (
        '<text:tracked-changes><text:p>محذوف</text:p></text:tracked-changes><text:p text:style-name="P1">عنوان</text:p>'
        '<text:p>نص <text:span>أول<text:s text:c="2"/></text:span>تتمة<text:note><text:p>حاشية</text:p></text:note>'
        " آخر<text:line-break/>سطر</text:p><text:list><text:list-item><text:p>بند</text:p></text:list-item></text:list>"
    )
    (found,) = read(tmp_path / "a.odt", odt(inside))
    assert (found.cells["title"], found.cells["text"]) == ("عنوان", "نص أول  تتمة آخر\nسطر\nبند")


def test_odt_headings_part_articles(tmp_path):
    inside = "".join(f'<text:h text:outline-level="1">ع {n}</text:h><text:p>نص {n}.</text:p>' for n in (1, 2))
    assert [item.cells["title"] for item in read(tmp_path / "a.odt", odt(inside))] == ["ع 1", "ع 2"]


def test_odt_nested_without_end_is_read(tmp_path):
    inside = "<text:p>" + "<text:span>" * 50_000 + "نص" + "</text:span>" * 50_000 + "</text:p>"
    assert read(tmp_path / "a.odt", odt(inside))[0].cells["text"] == "نص"


def escaped(text, codec="cp1256"):
    return "".join(f"\\'{byte:02x}" for byte in text.encode(codec))


def numbered(text, fallback=lambda _: "?"):
    return "".join(f"\\u{ord(char)}{fallback(char)}" for char in text)


@pytest.mark.parametrize(
    "rtf",
    [
        r"{\rtf1\ansi\ansicpg1256\deff0{\fonttbl{\f0 Arial;}}\pard\rtlpar " + escaped(TEXT) + "}",
        r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset178 B;}}\pard\f1 " + escaped(TEXT) + "}",
        r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset178 A{\*\falt B;};}}\pard " + escaped(TEXT) + "}",
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 A;}}\uc1\pard " + numbered(TEXT) + "}",
        r"{\rtf1\ansi\ansicpg1252\uc1\pard " + numbered(TEXT, lambda char: escaped(char)) + "}",
        r"{\rtf1\ansi\uc0\pard " + numbered(TEXT, lambda _: " ") + "}",
        r'{\rtf1\ansi\ansicpg1256 {\field{\*\fldinst{HYPERLINK "http://a.org"}}{\fldrslt{' + escaped(TEXT) + "}}}}",
    ],
)
def test_rtf_in_arabic_is_read_however_it_is_written(tmp_path, rtf):
    pytest.importorskip("striprtf")
    (found,) = read(tmp_path / "a.rtf", rtf.encode())
    assert found.cells["text"] == TEXT


def test_rtf_with_raw_letters_of_its_code_page(tmp_path):
    pytest.importorskip("striprtf")
    (found,) = read(tmp_path / "a.rtf", rb"{\rtf1\ansi\ansicpg1256\pard " + TEXT.encode("cp1256") + b"}")
    assert (found.cells["text"], found.encoding) == (TEXT, "rtf, cp1256")


def test_rtf_of_several_articles(tmp_path):
    pytest.importorskip("striprtf")
    body = "\\par ".join(["Title", "Paper", "October 23, 2024", "Body", numbered("نص."), "End of Document"] * 2)
    found = read(tmp_path / "a.rtf", (r"{\rtf1\ansi\pard " + body + "}").encode())
    assert [(item.cells["outlet"], item.cells["text"]) for item in found] == [("Paper", "نص.")] * 2


def test_what_is_no_rtf_is_said_so(tmp_path):
    pytest.importorskip("striprtf")
    for data in (b"", "نص".encode(), b"{\\rtf1\\u99999999999 }", b"{\\rtf1\\ansi\\ansicpg99999 x}"):
        with pytest.raises(ArticleError, match=r"not a \.rtf document, or a damaged one"):
            read(tmp_path / "a.rtf", data)


@pytest.mark.parametrize(
    ("before", "piece"),
    [
        ("", r"{\field{\*\fldinst{"), (r"{\fonttbl", r"\f1"), (r"{\fonttbl\f1", r"\fcharset1 "), ("", "{"), ("", "\\"),
        ("", "\\'c7"), ("", r"\u1575?"), ("", "{\\*"), (r"{\fonttbl", r"{\f1\fcharset178 A;}"),
    ],
)  # fmt: skip
def test_hostile_rtf_takes_linear_time(tmp_path, before, piece):
    pytest.importorskip("striprtf")

    def seconds(n):
        start = time.perf_counter()
        read(tmp_path / "a.rtf", ("{\\rtf1\\ansi " + before + piece * n + "}").encode())
        return time.perf_counter() - start

    assert seconds(40_000) < 3 * max(seconds(20_000), 0.3)
