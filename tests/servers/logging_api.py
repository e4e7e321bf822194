#!/usr/bin/env python3
"""logging_api.py - a server on loopback that speaks what `logwhy fetch` asks for.

Usage: logging_api.py FOLDER [--entries N] [--pad BYTES] [--tls CERTIFICATE KEY]

Prints "PORT" and serves until its standard input ends.  It has N entries, one a
millisecond from 2026-03-02T09:00:00Z on, several of them with one timestamp, made from
their number alone (entry_json), and speaks

    POST /v2/entries:list      the Logging API v2, page after page; pageToken is a number
    POST /token                the token endpoint of OAuth 2.0: JWT (RS256) and refresh tokens
    GET  /computeMetadata/...  the metadata server

What is to go wrong is written in FOLDER/faults, a line each, read at every request, so that a test
changes it while the server runs:

    PAGE TIMES KIND [ARGUMENT]

    the answers to the first TIMES requests for page PAGE (from 0; * for every page) are spoilt:
    status CODE [RETRY-AFTER]     an error, with an ErrorInfo for 429
    cut BYTES | short BYTES       the connection ends after so many bytes of the body; Content-Length
                                  says the whole, or just these
    long                          Content-Length says more than there is
    broken BYTES                  the byte there is overwritten, and the page goes on
    slow SECONDS                  so long between two halves of the body
    redirect URL                  302
    html                          200 with a page for people
    empty                         no entries, and a token to go on with

FOLDER/settings, key=value a line: token (the only one accepted; "" for none needed), page (entries a
page), pretty (indented as the API does), gzip, status_of_token, expires_in, insert (entry N appears
only from the second request on).
FOLDER/requests gets a line for every request: path, page, the filter, and the headers that matter.
"""
import base64
import gzip
import http.server
import json
import os
import re
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime, timezone

START_S = int(datetime(2026, 3, 2, 9, tzinfo=timezone.utc).timestamp())
SAME_TIME = 7  # entries with one timestamp


class State:
    folder = "."
    count = 1000
    pad = 0
    lock = threading.Lock()
    asked = {}  # faults line -> times it was used
    requests = 0

    @classmethod
    def settings(cls):
        found = {"token": "", "page": "1000", "pretty": "no", "gzip": "yes"}
        try:
            with open(os.path.join(cls.folder, "settings"), encoding="utf-8") as f:
                for line in f:
                    key, _, value = line.rstrip("\n").partition("=")
                    found[key] = value
        except FileNotFoundError:
            pass
        return found

    @classmethod
    def fault(cls, page):
        """The first line of faults that is for this page and not used up, in words."""
        try:
            with open(os.path.join(cls.folder, "faults"), encoding="utf-8") as f:
                lines = f.read().splitlines()
        except FileNotFoundError:
            return None
        with cls.lock:
            for line in lines:
                words = line.split()
                if len(words) < 3 or words[0] not in ("*", str(page)):
                    continue
                key = (line, page)
                if cls.asked.get(key, 0) < int(words[1]):
                    cls.asked[key] = cls.asked.get(key, 0) + 1
                    return words[2:]
        return None

    @classmethod
    def log(cls, text):
        with cls.lock, open(os.path.join(cls.folder, "requests"), "a", encoding="utf-8") as f:
            f.write(text + "\n")


def time_of(i):
    ms = i // SAME_TIME
    return "%s.%03dZ" % (
        time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(START_S + ms // 1000)),
        ms % 1000,
    )


def ns_of(text):
    head, _, fraction = text.rstrip("Z").partition(".")
    seconds = datetime.strptime(head, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    return int(seconds.timestamp()) * 10**9 + int((fraction + "000000000")[:9])


def entry_json(i):
    """Entry i as the API gives it, on one line."""
    return json.dumps(
        {
            "insertId": "e%08d" % i,
            "timestamp": time_of(i),
            "severity": "ERROR" if i % 3 == 0 else "INFO",
            "logName": "projects/demo/logs/run.googleapis.com%2Fstderr",
            "resource": {
                "type": "cloud_run_revision",
                "labels": {
                    "service_name": "checkout" if i % 2 else "cart",
                    "project_id": "demo",
                    "location": "europe-west1",
                },
            },
            "textPayload": ('request %d failed: "timeout" {[ \\ \u00e9' % i) + "x" * State.pad
            if i % 3 == 0
            else "request %d done" % i + "x" * State.pad,
        },
        separators=(",", ":"),
        ensure_ascii=False,
    )


def first_at_or_after(ns):
    """The number of the first entry whose time is not before ns."""
    ms = -((START_S * 10**9 - ns) // 10**6)
    return max(0, min(State.count, ms * SAME_TIME))


def span(query_filter):
    """The entries that the clauses on the timestamp leave."""
    low, high = 0, State.count
    for operator, text in re.findall(r'timestamp(>=|<)"([^"]+)"', query_filter):
        at = first_at_or_after(ns_of(text))
        if operator == ">=":
            low = max(low, at)
        else:
            high = min(high, at)
    return low, high


def matches(query_filter, i):
    service = re.search(r'service_name="([^"]*)"', query_filter)
    severity = re.search(r"severity>=(\w+)", query_filter)
    if service and service.group(1) != ("checkout" if i % 2 else "cart"):
        return False
    return not (severity and severity.group(1) == "ERROR" and i % 3 != 0)


def b64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def jwt_claims(assertion, base):
    """The claims, where the signature and they are right; else the error."""
    head, claims, signature = assertion.split(".")
    public = os.path.join(State.folder, "public.pem")
    with tempfile.NamedTemporaryFile() as data, tempfile.NamedTemporaryFile() as sig:
        data.write((head + "." + claims).encode())
        data.flush()
        sig.write(b64url(signature))
        sig.flush()
        good = subprocess.run(
            ["openssl", "dgst", "-sha256", "-verify", public, "-signature", sig.name, data.name],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    header, found = json.loads(b64url(head)), json.loads(b64url(claims))
    if good.returncode != 0 or header["alg"] != "RS256" or header["typ"] != "JWT":
        return "the signature is wrong"
    if found["aud"] != base + "/token" or found["iss"] != "robot@demo.iam.gserviceaccount.com":
        return "audience or issuer are wrong"
    if not time.time() - 60 < found["iat"] <= time.time() + 60 or found["exp"] - found["iat"] > 3600:
        return "the times are wrong"
    if found["scope"] != "https://www.googleapis.com/auth/logging.read":
        return "the scope is wrong"
    return None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, headers=(), length=None, limit=None, pause=0.0):
        """Send; limit: bytes after which the connection ends."""
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if pause:
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            time.sleep(pause)
            self.wfile.write(body[len(body) // 2 :])
        else:
            self.wfile.write(body if limit is None else body[:limit])
        if limit is not None or length is not None:
            self.close_connection = True

    def answer_json(self, status, value, headers=()):
        self.answer(
            status, json.dumps(value).encode(), (("Content-Type", "application/json"), *headers)
        )

    def error(self, status, message, name, headers=(), details=()):
        self.answer_json(
            status,
            {
                "error": {
                    "code": status,
                    "message": message,
                    "status": name,
                    "details": list(details),
                }
            },
            headers,
        )

    def base(self):
        return "http://" + self.headers["Host"]

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def do_POST(self):
        if self.path == "/v2/entries:list":
            self.entries(json.loads(self.body()))
        elif self.path == "/token":
            self.token(self.body().decode())
        else:
            self.body()
            self.error(404, "no such method", "NOT_FOUND")

    def do_GET(self):
        path = "/computeMetadata/v1/instance/service-accounts/default/token"
        State.log("GET %s %s" % (self.path, self.headers.get("Metadata-Flavor", "-")))
        if self.path != path or self.headers.get("Metadata-Flavor") != "Google":
            self.error(404, "no such thing", "NOT_FOUND")
        else:
            self.give_token((("Metadata-Flavor", "Google"),))

    def give_token(self, headers=()):
        settings = State.settings()
        status = int(settings.get("status_of_token", "200"))
        if status != 200:
            self.answer_json(
                status,
                {
                    "error": "invalid_grant",
                    "error_description": "not good: " + settings.get("token", ""),
                },
                headers,
            )
            return
        self.answer_json(
            200,
            {
                "access_token": settings["token"],
                "expires_in": int(settings.get("expires_in", "3600")),
                "token_type": "Bearer",
            },
            headers,
        )

    def token(self, form):
        from urllib.parse import parse_qs

        fields = {name: values[0] for name, values in parse_qs(form).items()}
        State.log("POST /token %s" % fields.get("grant_type"))
        if fields.get("grant_type") == "urn:ietf:params:oauth:grant-type:jwt-bearer":
            wrong = jwt_claims(fields["assertion"], self.base())
            if wrong is not None:
                State.log("refused: " + wrong)
                self.answer_json(400, {"error": "invalid_grant", "error_description": wrong})
                return
        elif fields.get("grant_type") == "refresh_token":
            if (fields.get("refresh_token"), fields.get("client_secret")) != (
                "refresh/1+2",
                "secret&3",
            ):
                self.answer_json(400, {"error": "invalid_grant"})
                return
        else:
            self.answer_json(400, {"error": "unsupported_grant_type"})
            return
        self.give_token()

    def is_allowed(self, settings):
        if settings["token"] == "":
            return "Authorization" not in self.headers
        return self.headers.get("Authorization") == "Bearer " + settings["token"]

    def entries(self, query):
        settings = State.settings()
        size = min(int(settings["page"]), int(query.get("pageSize", 50)))
        place = query.get("pageToken")
        low, high = span(query.get("filter", ""))
        at = low if place is None else int(place.split("-")[1])
        page = 0 if place is None else int(place.split("-")[0])
        State.log(
            "entries %d token=%s quota=%s %s"
            % (
                page,
                "none" if "Authorization" not in self.headers else "given",
                self.headers.get("x-goog-user-project", "-"),
                json.dumps([query["resourceNames"], query["filter"], query["orderBy"]]),
            )
        )
        fault = State.fault(page)
        if not self.is_allowed(settings):
            self.error(
                401,
                "Request had invalid authentication credentials: "
                + self.headers.get("Authorization", ""),
                "UNAUTHENTICATED",
            )
            return
        if fault and self.spoilt(fault):
            return
        found = []
        if not (fault and fault[0] == "empty"):
            while at < high and len(found) < size:
                if matches(query["filter"], at):
                    found.append(entry_json(at))
                at += 1
        self.give_page(settings, found, "%d-%d" % (page + 1, at) if at < high else None, fault)

    def spoilt(self, fault):
        """Answers that are no page."""
        kind = fault[0]
        if kind == "status":
            status = int(fault[1])
            headers = [("Retry-After", fault[2])] if len(fault) > 2 else []
            details = []
            name = {
                403: "PERMISSION_DENIED",
                404: "NOT_FOUND",
                429: "RESOURCE_EXHAUSTED",
                400: "INVALID_ARGUMENT",
            }.get(status, "UNAVAILABLE")
            if status == 429:
                details = [
                    {
                        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                        "reason": "RATE_LIMIT_EXCEEDED",
                        "domain": "googleapis.com",
                        "metadata": {
                            "quota_limit": "ReadRequestsPerMinutePerProject",
                            "quota_limit_value": "60",
                            "consumer": "projects/123",
                        },
                    }
                ]
            self.error(status, "as the test\u001b[31m wants", name, headers, details)
        elif kind == "redirect":
            self.answer(302, b"", (("Location", fault[1]),))
        elif kind == "html":
            self.answer(200, b"<html>Sign in to the hotel</html>", (("Content-Type", "text/html"),))
        else:
            return False
        return True

    def give_page(self, settings, found, token, fault):
        lines = found
        if settings["pretty"] == "yes":
            lines = [json.dumps(json.loads(line), indent=2, ensure_ascii=False) for line in found]
        parts = ['{\n  "entries": [\n' if lines else "{"]
        parts.append(",\n".join(lines))
        if lines:
            parts.append("\n  ]" + ("," if token else ""))
        if token:
            parts.append('\n  "nextPageToken": "%s"' % token)
        parts.append("\n}\n")
        body = "".join(parts).encode()
        headers = [("Content-Type", "application/json; charset=UTF-8")]
        kind = fault[0] if fault else None
        if kind == "broken":
            at = int(fault[1])
            body = body[:at] + b"\x01" + body[at + 1 :]
        if settings["gzip"] == "yes" and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 1)
            headers.append(("Content-Encoding", "gzip"))
        if kind == "cut":
            self.answer(200, body, headers, limit=int(fault[1]))
        elif kind == "short":
            self.answer(200, body[: int(fault[1])], headers, length=int(fault[1]))
        elif kind == "long":
            self.answer(200, body, headers, length=len(body) + 100)
        elif kind == "slow":
            self.answer(200, body, headers, pause=float(fault[1]))
        else:
            self.answer(200, body, headers)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass  # clients that were killed


def main():
    arguments = sys.argv[1:]
    State.folder = arguments.pop(0)
    tls = None
    while arguments:
        option = arguments.pop(0)
        if option == "--entries":
            State.count = int(arguments.pop(0))
        elif option == "--pad":
            State.pad = int(arguments.pop(0))
        elif option == "--tls":
            tls = (arguments.pop(0), arguments.pop(0))
        elif option == "--print":  # what all of it is, and no server
            for i in range(State.count):
                print(entry_json(i))
            return
        else:
            sys.exit("unknown option " + option)
    server = Server(("127.0.0.1", 0), Handler)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main()
