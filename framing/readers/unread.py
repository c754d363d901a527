"""Formats people have articles in that are not read, and what to do with each."""

from __future__ import annotations

from framing.readers.records import Rejection

_WORD = (
    "Open it in Word or LibreOffice and save it as .docx.",
    "افتحه في Word أو LibreOffice واحفظه بصيغة docx.",
)
_SHEET = ("Open it in Excel or LibreOffice and save it as .xlsx or CSV.", "افتحه في إكسل واحفظه بصيغة xlsx أو CSV.")
_PAGE = (
    "Open it in a browser and save the page as .html only.",
    "افتحه في المتصفح واحفظ الصفحة بصيغة html وحدها.",
)
_UNPACK = ("Unpack it and give the folder.", "فُكّ ضغطه وأعطِ المجلد.")
# kind -> what to do, in English and Arabic.
UNREAD: dict[str, tuple[str, str]] = {
    ".pdf": (
        "Arabic text taken out of a PDF is often reversed or has its letters in pieces, and nothing in the file says"
        " so. Save the article's page as .html, or copy its text into .txt or .docx and read it over.",
        "النص العربي المستخرج من PDF كثيرًا ما يكون مقلوبًا أو مفكّك الحروف دون علامة تدل على ذلك. احفظ صفحة المادة"
        " بصيغة html، أو انسخ النص في ملف txt أو docx وراجعه.",
    ),
    ".doc": _WORD,
    ".pages": _WORD,
    ".xls": _SHEET,
    ".ods": _SHEET,
    ".numbers": _SHEET,
    ".mht": _PAGE,
    ".mhtml": _PAGE,
    ".webarchive": _PAGE,
    ".zip": _UNPACK,
    ".rar": _UNPACK,
    ".7z": _UNPACK,
    ".wacz": (
        "Unpack it like a .zip; the .warc.gz files in its folder 'archive' are read.",
        "فُكّ ضغطه وأعطِ ملفات warc.gz.",
    ),
    ".epub": ("Save its chapters as .html or .txt.", "احفظ فصوله بصيغة html أو txt."),
}


def unread_document(name: str, kind: str) -> Rejection:
    """Say that a document is not read as it is, and what to do."""
    advice, advice_ar = UNREAD[kind]
    return Rejection(
        name, 0, "file", "", f"{kind} documents are not read. {advice}", f"ملفات {kind} لا تُقرأ. {advice_ar}"
    )
