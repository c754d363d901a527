"""Which outlet an article is from: its column, a study's alias table, its address, or its title's tail."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from framing.arabic import lexical_view
from framing.lexicon import load
from framing.readers.records import Rejection

UNKNOWN = "unknown"
_TAIL = re.compile(r"\s(?P<mark>[-–—|])\s*(?P<name>[^-–—|\n]{2,40}?)(?:\s*[-–—|]\s*\d{1,2}[./]\d{1,2}[./]\d{4})?\s*$")
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "0123456789" * 2)
# Beyond white space: quotes of every kind, and marks that cannot be seen.
_NO_LETTER = re.compile("[\\s\"'«»“”„‘’`\u200b-\u200f\u202a-\u202e\u2066-\u2069\u061c\ufeff]")


def name_outlet(given: str, url: str, title: str, aliases: Mapping[str, str]) -> str:
    """Name an article's outlet.

    Parameters
    ----------
    given : what the source says, or empty. It is kept as it is where no alias is set for it, but for a
        domain of the known list, which becomes that outlet's name.
    url, title : looked at only where nothing is given; the path of `url` also tells the parts of a
        given domain apart.
    aliases : other spelling -> name; compared exactly first, then without case and spelling variants.

    Returns
    -------
    A name, a domain nobody has named yet, or `unknown`.
    """
    given = given.strip()
    if given and (named := _by_alias(given, aliases)):
        return named
    found = _listed_domain(given, url) or given or name_of_address(url) or title_outlet(title) or UNKNOWN
    return _by_alias(found, aliases) or found


def _by_alias(name: str, aliases: Mapping[str, str]) -> str:
    return aliases.get(name) or _folded(tuple(aliases.items())).get(fold_name(name)) or ""


def _listed_domain(given: str, url: str) -> str:
    """Give the name of a listed domain that stands where a name should, or empty."""
    domain = domain_of(given) if "." in given else ""
    if not domain:
        return ""
    address = url if domain_of(url) == domain else domain
    name = name_of_address(address)
    return name if name != domain else ""


@lru_cache(maxsize=8)
def _folded(aliases: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {fold_name(variant): name for variant, name in aliases}


def fold_name(name: str) -> str:
    """Fold the spelling of a name for comparison."""
    return " ".join(lexical_view(name).casefold().split())


def join_spellings(names: Iterable[str] | Counter[str]) -> tuple[dict[str, str], list[Rejection]]:
    """Find names that are one outlet in several spellings.

    Spellings are the same outlet's where they differ only by case, white space, quotes, diacritics,
    digits or the letters Arabic outlets vary (alef, ya, ta marbuta). Names of one or two letters are
    labels and stay apart, and so do two names that the known list holds as two outlets (الرأي of
    Jordan, الراي of Kuwait).

    Parameters
    ----------
    names : one per article, or how many articles each name has.

    Returns
    -------
    Other spelling -> the commonest one (of equals, the first met); and a warning for each group, also
    for one that the known list keeps apart.
    """
    counts = Counter(names)
    groups: dict[str, list[str]] = defaultdict(list)
    for name in counts:
        groups[_key(name)].append(name)
    mapping: dict[str, str] = {}
    notes = []
    for key, spellings in groups.items():
        if len(spellings) == 1 or len(key) < 3:
            continue
        best = max(spellings, key=lambda name: counts[name])  # max keeps the first of equals
        others = [name for name in spellings if name != best]
        if len(_known_names().intersection(spellings)) > 1:
            notes.append(_kept_apart(spellings))
            continue
        mapping |= dict.fromkeys(others, best)
        notes.append(_joined(best, others, counts))
    return mapping, notes


def _key(name: str) -> str:
    return _NO_LETTER.sub("", lexical_view(name).casefold().translate(_DIGITS))


@lru_cache(maxsize=1)
def _known_names() -> frozenset[str]:
    return frozenset(load("outlets").values())


def _joined(best: str, others: list[str], counts: Mapping[str, int]) -> Rejection:
    shown = ", ".join(f"'{name}' ({counts[name]})" for name in others)
    return Rejection(
        "", 0, "outlet", best,
        f"also written {shown}: counted as one outlet. If they are two, give one another name in outlets.aliases.",
        f"كُتب الاسم أيضًا {shown} وعُدّ وسيلة واحدة. إن كانتا وسيلتين فسمِّ إحداهما باسم آخر في outlets.aliases.",
    )  # fmt: skip


def _kept_apart(spellings: list[str]) -> Rejection:
    shown = ", ".join(f"'{name}'" for name in spellings)
    return Rejection(
        "", 0, "outlet", spellings[0],
        f"{shown} differ by spelling alone and are known as different outlets: kept apart. If they are one,"
        " write so in outlets.aliases.",
        f"لا تختلف {shown} إلا في الإملاء وهي وسائل مختلفة معروفة، فلم تُدمج."
        " إن كانت واحدة فاكتب ذلك في outlets.aliases.",
    )  # fmt: skip


def unlisted_outlets(names: Iterable[str] | Counter[str]) -> list[Rejection]:
    """Give a warning for each outlet that bears its domain for want of a name, or has none."""
    counts = Counter(names)
    nameless = [name for name in sorted(counts) if name == UNKNOWN or domain_of(name) == name.lower()]
    return [_nameless(name, counts[name]) for name in nameless]


def _nameless(name: str, n_articles: int) -> Rejection:
    return Rejection(
        "", 0, "outlet", name,
        f"{n_articles} articles of an outlet without a name. Write it in the study: outlets: {{aliases: {{NAME:"
        f" ['{name}']}}}}.",
        f"لا اسم لوسيلة {n_articles} من المواد. اكتب الاسم في الدراسة ضمن outlets.aliases.",
    )  # fmt: skip


def domain_of(url: str) -> str:
    """Give the host of an address without `www.`, `m.` or `amp.`, or empty."""
    try:
        host = urlsplit(url.strip() if "//" in url else f"//{url.strip()}").hostname or ""
    except ValueError:
        return ""
    host = re.sub(r"^(?:(?:www\d?|m|amp|mobile)\.)+(?=[^.]+\.)", "", host.lower().rstrip("."))
    return host if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", host) else ""


def name_of_address(url: str) -> str:
    """Give the known name of an address's outlet, else its domain, else empty."""
    domain = domain_of(url) if url.strip() else ""
    if not domain:
        return ""
    known: Mapping[str, str] = load("outlets")
    first = unquote(url).partition("//")[2].partition("/")[2].split("/")[0].lower()
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        parent = ".".join(labels[start:])
        name = known.get(f"{parent}/{first}") or known.get(parent)
        if name:
            return name
    return domain


def title_outlet(title: str) -> str:
    """Give the outlet that a title's tail names (`... - BBC News عربي`), or empty."""
    match = _known_tail(title, "")
    name = match["name"].strip() if match else ""
    return name if name in load("title_tails") else _tails().get(fold_name(name), "")


def cut_title_tail(title: str, outlet: str = "") -> str:
    """Give a title without the outlet's name at its end.

    Names of the known list are cut, and the article's own outlet's. A name that is also an ordinary
    word (الرياض, الاتحاد, الخليج) is cut after `|`, but after a dash only where it is the outlet's.
    """
    match = _known_tail(title, outlet)
    return title[: max(0, len(title) - TAIL_WINDOW) + match.start()] if match else title


TAIL_WINDOW = 80


def _known_tail(title: str, outlet: str) -> re.Match[str] | None:
    match = _TAIL.search(title[-TAIL_WINDOW:])
    if match is None:
        return None
    name = fold_name(match["name"])
    if outlet and _is_of(name, fold_name(outlet)):
        return match
    return match if name in _tails() and (match["mark"] == "|" or not _is_a_word(name)) else None


def _is_of(tail: str, outlet: str) -> bool:
    """Tell whether a tail is an outlet's name, more or less of it (`العربية نت`, `العربية`)."""
    one, other = set(tail.split()), set(outlet.split())
    return bool(one) and (one <= other or (tail in _tails() and other <= one))


def _is_a_word(name: str) -> bool:
    """Tell whether an outlet's folded name may as well end a headline: one Arabic word, or a region."""
    return bool(re.fullmatch("[\u0621-\u064a]+", name)) or name == fold_name("الشرق الأوسط")


@lru_cache(maxsize=1)
def _tails() -> dict[str, str]:
    return {fold_name(name): name for name in load("title_tails")}
