"""One form for all the ways an article's address is written, so that a list and saved pages meet.

`courlan` is not used for it: it keeps `%d8` apart from `%D8`, leaves raw and percent-encoded slugs of
other ports and hosts as they are, and knows no AMP pages.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

# Longer than any address a browser takes; what is beyond it is no address.
MAX_ADDRESS = 16_384
MAX_HOST = 253
# Query parameters that say where a reader came from, never which article it is.
TRACKING = frozenset((
    "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "ttclid", "igsh", "igshid", "yclid",
    "ysclid", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "oly_enc_id", "oly_anon_id", "_ga", "_gl", "_branch_match_id",
    "__twitter_impression", "__cf_chl_tk", "ref_src", "ref_url", "cmpid", "cmp", "ocid", "xtor", "s_cid", "wt_mc",
    "spm", "smid", "smtyp", "sr_share", "guccounter", "guce_referrer", "guce_referrer_sig", "traffic_source", "zanpid",
    "amp_js_v", "amp_gsa", "amp_r", "amp_ct", "usqp", "jsessionid", "phpsessid",
))  # fmt: skip
TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "hsa_", "ns_", "at_", "_hs", "vero_")
# These may name an article in their numbers; words in them name a place where the address was shared.
SHARING = frozenset(("ref", "referrer", "referer", "source", "src", "via", "from", "share"))
# The same article in another dress; the values that say so.
DRESS = {"amp": ("", "1", "true", "amp"), "outputtype": ("amp",), "output": ("amp",), "m": ("1",), "view": ("amp",)}

_DROPPED = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\u061c\ufeff\u00ad]")
_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]{0,20}):(?=//)", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_\-]{1,63}(?:\.[a-z0-9_\-]{1,63})+")
_FRONT = re.compile(r"(?:www\d{0,2}|m|amp|mobile)\.(?=[^.]+\.[^.])")
_ESCAPES = re.compile(r"(?:%[0-9a-f]{2})+", re.IGNORECASE)
_LONE_PERCENT = re.compile(r"%(?![0-9a-f]{2})", re.IGNORECASE)
_AMP_CACHE = re.compile(r"(?:[\w\-]+\.)?(?:cdn\.ampproject\.org|bing-amp\.com)/[a-z]/(?:s/)?(?P<rest>.+)", re.DOTALL)
_AMP_VIEWER = re.compile(r"google\.[a-z.]{2,6}/amp/(?:s/)?(?P<rest>.+)", re.DOTALL)
_ARCHIVE = re.compile(r"web\.archive\.org/web/\d{4,14}(?:[a-z]{2}_)?/(?P<rest>.+)", re.DOTALL)
_AMP_END = re.compile(r"\.amp(?P<ending>\.html?)?$", re.IGNORECASE)
_INDEX = re.compile(r"index\.(?:html?|php)", re.IGNORECASE)
_SESSION = re.compile(r";jsessionid=[^/]*", re.IGNORECASE)


def canonical_address(url: str) -> str:
    """Give the one form of an address under which an article is found again.

    Without scheme, fragment, default port, `www.`, `m.` and `amp.` hosts, AMP paths and caches, archive
    and tracking parts, `index.html` and the slash at the end; host in lower case and Punycode;
    escapes of letters decoded (whatever the case of `%d8`) and composed (NFC), all others in upper
    case; query parameters sorted. Parameters that may say which article it is stay (`?id=123`).

    Parameters
    ----------
    url : an address as printed, with or without its scheme.

    Returns
    -------
    `host/path?query`, or an empty text where `url` is no address of the web. It is a key to compare
    by, not an address to open. Giving it in again gives it back.
    """
    if len(url) > MAX_ADDRESS:
        return ""
    for _ in range(8):  # one pass does it for real addresses; what hides parts inside parts needs more
        found = _one_pass(url)
        if found == url:
            return found
        url = found
    return ""


def addresses_of_file(name: str) -> list[str]:
    """Give the addresses that a saved page's own path may stand for, the likeliest first.

    Parameters
    ----------
    name : path in a mirror, such as `wget` makes (`example.com/2024/x.html`, also for `/2024/x`), or a
        file name that is the percent-encoded address (`https%3A%2F%2Fexample.com%2Fx.html`).
    """
    parts = name.removesuffix(".gz").split("/")
    hosts = [place for place, part in enumerate(parts[:-1]) if _names_host(part)]
    if hosts:
        parts[hosts[0]] = parts[hosts[0]].replace("+", ":")  # a port, as wget writes it on Windows
        whole = "/".join(parts[hosts[0] :])
    else:
        whole = unquote(parts[-1])
        if not re.match(r"https?://", whole) and not ("/" in whole and _names_host(whole.partition("/")[0])):
            return []
    ending = re.search(r"\.(?:html?|txt)$", whole, re.IGNORECASE)
    forms = [whole] if not ending else [whole[: ending.start()]]
    forms = [whole, *forms] if ending and ending[0].lower() != ".txt" else forms
    forms += [form.replace("@", "?", 1) for form in forms if "@" in form]  # a query, as wget writes it on Windows
    return list(dict.fromkeys(found for form in forms if (found := canonical_address(form))))


def _names_host(part: str) -> bool:
    found = _host(part.replace("+", ":"), is_marked=True)
    return bool(found) and re.fullmatch(r"[a-z]{2,24}|xn--[a-z0-9\-]+", host_of(found).rpartition(".")[2]) is not None


def host_of(address: str) -> str:
    """Give the host of a canonical address, its port left out."""
    return re.split(r"[/?:]", address, maxsplit=1)[0]


def _one_pass(url: str) -> str:
    whole = _DROPPED.sub("", url).strip().partition("#")[0]
    scheme = _SCHEME.match(whole)
    if scheme and scheme[1].lower() not in ("http", "https"):
        return ""
    is_marked = whole.startswith("//", scheme.end() if scheme else 0)
    whole = (whole[scheme.end() :] if scheme else whole).removeprefix("//")
    mark = re.search(r"[/?]", whole)
    place = mark.start() if mark else len(whole)
    host = _host(whole[:place], is_marked=is_marked)
    if not host:
        return ""
    for wrapper in (_AMP_CACHE, _AMP_VIEWER, _ARCHIVE):
        if inner := wrapper.fullmatch(host + whole[place:]):
            return inner["rest"]
    path, _, query = whole[place:].partition("?")
    path, query = _path(path), _query(query)
    found = host + path + (f"?{query}" if query else "")
    return found if len(found) <= MAX_ADDRESS else ""


def _host(given: str, *, is_marked: bool) -> str:
    """Give a host in lower case and Punycode, with a port only where it says something; empty where it is none."""
    if "@" in given and not is_marked:
        return ""  # an e-mail
    name, _, port = unquote(given.rpartition("@")[2]).strip().partition(":")
    name = unicodedata.normalize("NFKC", name).rstrip(".").lower()
    if len(name) > MAX_HOST or (port and not re.fullmatch(r"[0-9]{1,5}", port)):
        return ""
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii").lower()
        except UnicodeError:
            return ""
    while front := _FRONT.match(name):
        name = name[front.end() :]
    if not _HOST.fullmatch(name):
        return ""
    return name if port in ("", "80", "443") else f"{name}:{int(port)}"


def _path(given: str) -> str:
    """Give a path without empty, AMP and index parts, or an empty one."""
    parts = [part for part in _SESSION.sub("", _plain(given, "%/?#")).split("/") if part]
    if len(parts) > 1 and parts[0].lower() == "amp":
        parts = parts[1:]
    while parts and (parts[-1].lower() in ("amp", "amp.html") or _INDEX.fullmatch(parts[-1])):
        parts.pop()
    if parts:
        parts[-1] = _AMP_END.sub(lambda match: match["ending"] or "", parts[-1])
    return "".join(f"/{part}" for part in parts if part)


def _query(given: str) -> str:
    """Give the parameters that may say which article it is, sorted."""
    kept = []
    # Lists copied from pages have `&amp;`; a second question mark is a tracker's that took no look.
    for part in re.split(r"[&?]", re.sub(r"&(?:amp;)+", "&", given)):
        name, equals, value = part.replace("+", "%20").partition("=")
        name, value = _plain(name, "%?#&=+"), _plain(value, "%?#&=+")
        if (name or value) and not _is_noise(name.casefold(), value.casefold()):
            kept.append(f"{name}{equals}{value}")
    return "&".join(sorted(kept))


def _is_noise(name: str, value: str) -> bool:
    if name in TRACKING or name.startswith(TRACKING_PREFIXES) or value in DRESS.get(name, ()):
        return True
    return name in SHARING and not any(letter.isdigit() for letter in value)


def _plain(text: str, reserved: str) -> str:
    """Decode letters and marks but the reserved ones, compose letters, and escape the rest in upper case."""
    decoded = _ESCAPES.sub(lambda match: _decode(match[0], reserved), _LONE_PERCENT.sub("%25", text))
    composed = unicodedata.normalize("NFC", decoded)
    return "".join(letter if _stays(letter) else _escape(letter) for letter in composed)


def _decode(run: str, reserved: str) -> str:
    """Decode a run of escapes; bytes that are no UTF-8, and reserved marks, stay escapes."""
    text = bytes.fromhex(run.replace("%", "")).decode("utf-8", "surrogateescape")
    return "".join(_readable(letter, reserved) for letter in _DROPPED.sub(_escape_mark, text))


def _readable(letter: str, reserved: str) -> str:
    if "\udc80" <= letter <= "\udcff":  # a byte that is no UTF-8
        return f"%{ord(letter) - 0xDC00:02X}"
    return _escape(letter) if letter in reserved else letter


def _escape_mark(match: re.Match[str]) -> str:
    # An invisible mark inside a slug says nothing; a control character is kept, and seen.
    return "" if match[0] > "\x7f" else match[0]


def _stays(letter: str) -> bool:
    return letter.isprintable() and letter not in ' "<>\\^`{|}'


def _escape(letter: str) -> str:
    return "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "surrogatepass"))
