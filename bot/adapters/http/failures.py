"""What went wrong with a source, in plain words with a remedy.

Only the host is ever named: an address may hold a password or a paid key, and these sentences are shown in
chats.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import aiohttp

from bot.adapters.http.guard import Forbidden
from bot.adapters.http.unpack import BrokenPacking, TooLarge
from bot.errors import SourceError

RETRY_AFTER_CEILING = (
    86_400.0  # seconds; a wish beyond a day is a mistake, and the source would look forgotten
)

PASSES = "It is tried again by itself."
ASK_PUBLISHER = "It is tried again by itself; if it lasts, ask the publisher."
CHECK_ADDRESS = "Check the address of this source."

FORBIDDEN = (
    "{host} is no public address, so it is not asked.",
    "If it is a server of yours, list its network in allow_networks under [polling], or after --allow-network.",
)

WALL = (
    "has a wall against programs, which took Pantau for a harmful one",
    "Ask the publisher to admit Pantau, or use another address of the same news.",
)
# What the walls of Cloudflare, DataDome, Akamai, Imperva and Sucuri put into their refusals.
WALL_HEADERS = ("cf-mitigated", "x-datadome", "x-iinfo", "x-sucuri-block")
WALL_SERVERS = ("cloudflare", "akamaighost", "ddos-guard", "datadome")

_STATUS: Mapping[int, tuple[str, str]] = {
    204: ("has nothing there", CHECK_ADDRESS),
    304: ("says that nothing is new, although nothing was known yet", ASK_PUBLISHER),
    401: (
        "asks for a password",
        "Put one into the address (https://name:password@host/…), or remove this source.",
    ),
    403: (
        "does not let us read it",
        "Ask the publisher to admit Pantau, or use another address of the same news.",
    ),
    404: ("has nothing at this address", CHECK_ADDRESS),
    410: ("has taken it down for good", "Find its new address, or remove this source."),
    429: ("asks us to come less often", "Poll this source less often; the wait it asks for is kept."),
    503: ("is not available at the moment", ASK_PUBLISHER),
}

# The first row whose class fits is taken, so a narrower class stands above a wider one.
_ERRORS: tuple[tuple[type[Exception], str, str], ...] = (
    (
        TooLarge,
        "What {host} sends is larger than {limit} bytes.",
        "Raise max_bytes under [polling], or use a shorter feed.",
    ),
    (BrokenPacking, "What {host} sends cannot be unpacked: {error}.", ASK_PUBLISHER),
    (
        aiohttp.ClientConnectorDNSError,
        "The name {host} cannot be found.",
        f"{CHECK_ADDRESS} If it is right, check this machine's network and DNS.",
    ),
    (
        aiohttp.ClientConnectorCertificateError,
        "The certificate of {host} is not valid: {certificate}.",
        "Check the name in the address and this machine's clock; otherwise tell the publisher.",
    ),
    (
        aiohttp.ClientSSLError,
        "No secure connection to {host} is possible.",
        "Check whether the address should begin with http instead of https.",
    ),
    (
        TimeoutError,
        "{host} did not answer completely within {timeout:g} seconds.",
        f"{PASSES} If it lasts, raise timeout under [polling].",
    ),
    (
        aiohttp.ClientConnectorError,
        "{host} accepts no connection: {reason}.",
        f"{PASSES} If it lasts, check the address.",
    ),
    (aiohttp.TooManyRedirects, "{host} sends us from address to address without end.", CHECK_ADDRESS),
    (
        aiohttp.NonHttpUrlRedirectClientError,
        "{host} sends us to something that is not a web page.",
        CHECK_ADDRESS,
    ),
    (aiohttp.RedirectClientError, "{host} sends us to an address that cannot be read.", CHECK_ADDRESS),
    (aiohttp.InvalidURL, "The address cannot be read.", CHECK_ADDRESS),
    (aiohttp.ClientResponseError, "{host} does not speak proper HTTP.", CHECK_ADDRESS),
    (aiohttp.ClientError, "The connection to {host} broke off.", PASSES),
    (OSError, "The connection to {host} broke off.", PASSES),
    (
        ValueError,
        "The address cannot be read.",
        CHECK_ADDRESS,
    ),  # the host name's encoding (UnicodeError) among others
)

EXPECTED: tuple[type[Exception], ...] = tuple(kind for kind, _, _ in _ERRORS)
"""Everything that may go wrong between us and a publisher."""


def of_status(status: int, host: str, headers: Mapping[str, str], now: datetime) -> SourceError:
    """The error for an answer that is no document, with the publisher's wish to wait (429 and 503)."""
    what, remedy = WALL if is_wall(status, headers) else _STATUS.get(status) or _by_class(status)
    wait = retry_after(headers.get("Retry-After", ""), now) if status in (429, 503) else None
    return SourceError(f"{host} {what} ({_phrase(status)}).", remedy, retry_after=wait, status=status)


def is_wall(status: int, headers: Mapping[str, str]) -> bool:
    """Whether a refusal comes from a protection in front of the publisher, by the marks that these leave."""
    names = {name.lower() for name in headers}
    by = headers.get("Server", "").lower()
    if any(name in names for name in WALL_HEADERS) and status in (401, 403, 429, 503):
        return True
    return status == 403 and by.startswith(WALL_SERVERS)


def of_error(error: Exception, host: str, *, timeout: float, limit: int) -> SourceError:
    """The error for a request that brought no answer, or only a part of one; `error` is one of EXPECTED."""
    connection = error if isinstance(error, aiohttp.ClientConnectorError) else None
    certificate = (
        error.certificate_error if isinstance(error, aiohttp.ClientConnectorCertificateError) else None
    )
    what, remedy = next((what, remedy) for kind, what, remedy in _ERRORS if isinstance(error, kind))
    if connection and forbidden(connection.os_error):
        what, remedy = FORBIDDEN
    text = what.format(
        host=connection.host if connection else host,  # after a redirect it is another host that fails
        error=error,
        reason=_reason(connection.os_error) if connection else "",
        certificate=getattr(certificate, "verify_message", "") or certificate,
        timeout=timeout,
        limit=f"{limit:,}",
    )
    return SourceError(text, remedy)


def forbidden(error: BaseException | None) -> bool:
    """Whether a connection came to nothing because none of the addresses may be dialled."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(forbidden, error.exceptions))
    return isinstance(error, Forbidden) or (error is not None and forbidden(error.__cause__))


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header (RFC 9110 §10.2.3: seconds or a date), None if unreadable."""
    value = value.strip()
    if re.fullmatch(r"[0-9]{1,12}", value):
        return min(float(value), RETRY_AFTER_CEILING)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(0.0, (until - now).total_seconds()), RETRY_AFTER_CEILING)


def _reason(error: OSError) -> str:
    # asyncio puts its own text over the system's; when it tried several addresses there is no number either.
    return os.strerror(error.errno).lower() if error.errno else "none of its addresses answers"


def _by_class(status: int) -> tuple[str, str]:
    if status >= 500:
        return "has trouble of its own", ASK_PUBLISHER
    if status >= 400:
        return "refuses the request", CHECK_ADDRESS
    return "did not send the page", CHECK_ADDRESS


def _phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
