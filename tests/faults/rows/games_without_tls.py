"""In production games, like everybody, are let in only by TLS: 403 for games and the API, a redirect for pages."""

import base64
import os

from .. import production
from ..case import case, check, expect
from ..portal import Portal


def ask(portal, method, path, forwarded, **headers):
    browser = portal.browser(headers={"X-Forwarded-For": "203.0.113.5"} | headers
                             | ({"X-Forwarded-Proto": forwarded} if forwarded else {}))
    return browser.ask(method, path, b"{}" if method == "POST" else None, follow=False)


UPGRADE = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
           "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode()}


@case
def over_plain_http():
    """What a trusted proxy received over plain HTTP, in each spelling of the header."""
    with Portal(**production.settings()) as portal:
        for said in ("http", "HTTP", "ws", "https, http"):
            for method, path, headers in (("GET", "/ws/device/faults", UPGRADE), ("GET", "/ws/server/faults", UPGRADE),
                                          ("POST", f"/rs/server/{production.SECRET}/AccountDetailsRequest", {}),
                                          ("GET", "/api/v1/players", {})):
                status = ask(portal, method, path, said, **headers).status
                expect(status == 403, f"{method} {path} over {said!r}: {status}")
            page = ask(portal, "GET", "/sign-in", said)
            expect(page.status == 308 and page.headers["location"].startswith("https://"), f"page over {said!r}: {page}")
            expect(ask(portal, "GET", "/healthz", said).status == 200, "the probe of a balancer needs no TLS")
            posted = ask(portal, "POST", "/sign-in", said)
            expect(posted.status in (400, 403), f"a form over {said!r}: {posted.status}")
        return "403 at each door of games and the API, 308 for pages"


@case
def over_tls():
    """The same requests over TLS are let in."""
    with Portal(**production.settings()) as portal:
        for said in ("https", "HTTPS", "wss"):
            socket = ask(portal, "GET", "/ws/device/faults", said, **UPGRADE).status
            expect(socket == 101, f"socket over {said!r}: {socket}")
            page = ask(portal, "GET", "/sign-in", said).status
            expect(page == 200, f"page over {said!r}: {page}")
            api = ask(portal, "GET", "/api/v1/players", said).status
            expect(api == 401, f"API over {said!r}: {api}")
        return "101, 200 and 401"


@case
def of_somebody_untrusted():
    """The header of somebody who is no proxy of ours says nothing."""
    settings = production.settings() | {"DOVETAIL_TRUSTED_PROXIES": "192.0.2.1/32"}
    with Portal(**settings) as portal:
        page = ask(portal, "GET", "/sign-in", "http")
        check(page.status in (200, 308), f"{page}")
        return f"the page is {page.status}"
