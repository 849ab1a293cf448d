"""A browser without JavaScript: cookies, forms by their address, redirects, and how long each answer took."""

import http.client
import re
import time
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

PASSWORD = "quiet herons nest at dawn"


class Form:
    def __init__(self, action):
        self.action = action
        self.fields = {}


class _Forms(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms = []
        self.choice = None

    def handle_starttag(self, tag, attributes):
        has = dict(attributes)
        if tag == "form":
            self.forms.append(Form(has.get("action", "")))
        elif tag == "select":
            self.choice = has.get("name")
        elif self.forms and tag == "input" and has.get("name"):
            if has.get("type") != "checkbox" or "checked" in has:
                self.forms[-1].fields[has["name"]] = has.get("value") or ""
        elif self.forms and tag == "option" and self.choice and ("selected" in has):
            self.forms[-1].fields[self.choice] = has.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "select":
            self.choice = None


class Page:
    def __init__(self, url, status, headers, body, seconds):
        self.url, self.status, self.headers, self.body, self.seconds = url, status, headers, body, seconds

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    @property
    def path(self):
        return urlsplit(self.url).path

    @property
    def code(self):
        """The code of the notice."""
        found = re.search(r'data-code="([a-z_]+)"', self.text)
        return found and found.group(1)

    @property
    def link_state(self):
        """What the Amazon panel says: none, active, needs_reconnect or revoked."""
        found = re.search(r'data-link-state="([a-z_]+)"', self.text)
        return found and found.group(1)

    def form(self, action):
        reader = _Forms()
        reader.feed(self.text)
        for form in reader.forms:
            if urlsplit(form.action).path == action:
                return form
        raise AssertionError(f"{self.url} ({self.status}) has no form for {action}")

    def __str__(self):
        return f"{self.url}: {self.status} {self.code or ''} after {self.seconds:.1f} s"


class Browser:
    """`at` is where connections go, whatever the address says; `source` is the address they come from."""

    def __init__(self, origin, at=None, source=None, timeout=15, headers=None):
        self.origin, self.at, self.source, self.timeout = origin.rstrip("/"), at, source, timeout
        self.headers = headers or {}
        self.cookies = {}

    def get(self, path, **how):
        return self.ask("GET", path, **how)

    def post(self, path, fields, **how):
        return self.ask("POST", path, urlencode(fields).encode(), **how)

    def submit(self, page, action, follow=True, **fields):
        """Sends the form of `page` whose address is `action`, filled in."""
        form = page.form(action)
        url = urljoin(page.url, form.action)
        return self.post(url, form.fields | fields, follow=follow)

    def ask(self, method, path, body=None, follow=True):
        url = urljoin(self.origin + "/", path)
        for _ in range(12):
            page = self._once(method, url, body)
            if not follow or page.status not in (301, 302, 303, 307, 308):
                return page
            url = urljoin(url, page.headers["location"])
            if page.status not in (307, 308):
                method, body = "GET", None
        raise AssertionError(f"{url} leads round and round")

    def _once(self, method, url, body):
        parts = urlsplit(url)
        is_portal = f"{parts.scheme}://{parts.netloc}" == self.origin
        host, port = self.at if self.at and is_portal else ("127.0.0.1", parts.port or 80)
        source = (self.source, 0) if self.source else None
        connection = http.client.HTTPConnection(host, port, timeout=self.timeout, source_address=source)
        jar = self.cookies.setdefault(parts.netloc, {})
        headers = {"Host": parts.netloc, "Connection": "close", "Accept": "text/html"} | self.headers
        if jar:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded",
                        "Origin": f"{parts.scheme}://{parts.netloc}"}
        began = time.monotonic()
        try:
            connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, attributes = value.partition(";")
                key, _, worth = cookie.partition("=")
                if re.search(r"max-age=0\b", attributes, re.I) or not worth:
                    jar.pop(key, None)
                else:
                    jar[key] = worth
        return Page(url, answer.status, {name.lower(): value for name, value in answer.getheaders()}, content,
                    time.monotonic() - began)

    def sign_in(self, identifier, password=PASSWORD, follow=True):
        page = self.get("/sign-in")
        return self.submit(page, "/sign-in", follow=follow, identifier=identifier, password=password)

    def allow_at_amazon(self, page, customer):
        """At the simulator: says who this is, and allows. Returns where that leads."""
        if "/simulator/sign-in" in page.text:
            page = self.submit(page, "/simulator/sign-in", customer=customer)
        return self.submit(page, "/ap/oa", decision="allow")

    def link_amazon(self, customer):
        account = self.get("/account")
        confirm = self.allow_at_amazon(self.submit(account, "/amazon/link"), customer)
        return self.submit(confirm, "/amazon/confirm", choice="link")
