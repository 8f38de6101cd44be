"""When two URLs are one address: what trackers, mobile hosts, AMP and sharing add is taken off.

The address alone never makes two texts one (a live page carries many): it is a reason to fold texts that share words or
headline, where likeness alone would not be enough. Only what is known to change nothing is taken off: `?id=` and
`?page=` are other articles, and so are hosts that merely look alike. An address is for comparing, never for opening.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

# What advertisers, newsletters, social networks and the publishers' own statistics add.
_TRACKER = re.compile(
    r"utm_\w*|mc_[ce]id|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|igsh|_ga|_gl|"
    r"ref|ref_?src|ref_?url|referrer|referer|source|src|share|shared|sharetype|cmpid?|campaign|ocid|ns_\w+|"
    r"ito|sr_share|smid|smtyp|partner|rss|feedname|at_\w+|xtor|spm|soc_src|soc_trk|guccounter|tpcc|wt_\w+|"
    r"amp|amp_\w+|outputtype|output|_amp|usqp|tbclid|dlvrit|traffic_source|cx_\w+|traceid",
    re.IGNORECASE,
)
_PLAIN_HOST = re.compile(r"^(?:www\d?|m|mobile|mobi|amp|wap)\.(?=[^.]+\.)")
_AMP_PATH = re.compile(r"(?:/amp(?=/|$)|\.amp(?=\.html?$|$))(?:\.html?$)?|(?<=\.html)/amp$", re.IGNORECASE)
_CACHED = re.compile(r"/(?:amp|[cv])/(?:s/)?(?P<rest>[^/]+\.[^/]+/.*)")  # in the caches of AMP pages
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


def address(url: str) -> str:
    """The address that all ways to write one article's URL share, such as "example.org/2024/a?id=7"; "" for none."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in _PORTS or not host:
        return ""
    if host.endswith(".cdn.ampproject.org") or re.fullmatch(r"(?:www\.)?google\.[a-z.]+", host):
        inner = _CACHED.match(parts.path)
        if inner:
            return address(f"https://{inner['rest']}{'?' + parts.query if parts.query else ''}")
    host = _ascii(_PLAIN_HOST.sub("", host))
    where = host if port in (None, _PORTS[parts.scheme.lower()]) else f"{host}:{port}"
    path = quote(
        unquote(parts.path, errors="surrogatepass"), safe="/:@!$&'()*+,;=~-._", errors="surrogatepass"
    )
    path = _INDEX.sub("/", _AMP_PATH.sub("", re.sub(r"/{2,}", "/", path))).rstrip("/")
    kept = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True, errors="surrogatepass")
        if not _TRACKER.fullmatch(name)
    )
    query = urlencode(kept, errors="surrogatepass")
    # Pages that are drawn by a script have their article behind "#!"; any other fragment is a place in the page.
    fragment = f"#{parts.fragment}" if parts.fragment.startswith("!") else ""
    return f"{where}{path}{'?' + query if query else ''}{fragment}"


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return host.lower()
