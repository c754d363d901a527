import pytest

from framing.errors import ArticleError
from framing.readers import KNOWN_UNREAD, READERS, Source, read_source
from framing.readers.unread import unread_document


def test_no_kind_is_both_read_and_not():
    assert not set(KNOWN_UNREAD) & set(READERS)


@pytest.mark.parametrize("kind", KNOWN_UNREAD)
def test_every_kind_says_what_to_do_in_both_languages(tmp_path, kind):
    rejection = unread_document(f"a{kind}", kind)
    assert rejection.reason.startswith(f"{kind} documents are not read. ")
    assert kind in rejection.reason_ar
    (tmp_path / f"a{kind}").write_bytes(b"x")
    with pytest.raises(ArticleError, match=f"a{kind}: {kind} documents are not read"):
        list(read_source(Source(tmp_path / f"a{kind}", f"a{kind}")))


def test_pdf_says_why():
    assert "Arabic text taken out of a PDF is often reversed" in unread_document("a.pdf", ".pdf").reason


def test_unknown_kind_lists_what_is_read(tmp_path):
    with pytest.raises(ArticleError, match=r"a\.xyz: files of this kind are not read. Give CSV.*\.warc"):
        list(read_source(Source(tmp_path / "a.xyz", "a.xyz")))
