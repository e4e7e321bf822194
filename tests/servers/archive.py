"""Usage: archive.py FOLDER LOG

A static file server whose answers go wrong as the query asks:

    cut=N        the connection ends after N bytes of the body
    stall=N      nothing more comes after N bytes of the body
    times=K      that happens to the first K answers only
    length=N     Content-Length is N more than it should be (or less)
    ranges=no    Range is ignored; ranges=wrong: the part begins a byte late
    etag=weak    a weak ETag; etag=no: none
    date=no      no Last-Modified
    change=K     after K answers, the file is another, with another ETag
    touch=K      after K answers, only the bytes are others
    status=S     answer with S (K times), with Retry-After where after=SECONDS is given
    packed=gzip  the body is packed where the client takes that
    chunked=yes  no Content-Length
    to=ADDRESS   redirect there
    hash=VALUE   the header x-goog-hash, several with semicolons between

The address /round leads to itself.
"""

import email.utils
import gzip
import hashlib
import os
import re
import sys
import urllib.parse

import served

ASKED = {}  # how often each address was asked for


class Archive(served.Handler):
    shown_headers = ("Range", "If-Range", "Accept-Encoding", "Authorization")

    def do_GET(self):
        self.note()
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        with self.server.lock:
            asked = ASKED[self.path] = ASKED.get(self.path, 0) + 1
        early = asked <= int(query.get("times", "1000000"))
        if url.path == "/round":
            query["to"] = "/round"
        if "to" in query:
            return self.say(302, [("Location", query["to"])], b"elsewhere\n")
        if "status" in query and early:
            after = [("Retry-After", query["after"])] if "after" in query else []
            return self.say(int(query["status"]), after, b"not now\n")
        try:
            with open(os.path.join(sys.argv[1], url.path.lstrip("/")), "rb") as f:
                body = f.read()
        except OSError:
            return self.say(404, [], b"no such file\n")
        return self.give(body, query, asked, early)

    def give(self, body, query, asked, early):
        headers = []
        if query.get("packed") == "gzip" and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, mtime=0)
            headers.append(("Content-Encoding", "gzip"))
        elif "packed" in query:
            headers.append(("Content-Encoding", query["packed"]))
        tag = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
        if asked > int(query.get("change", "1000000")):
            tag = '"another"'
            body = b"x" * len(body)
        if asked > int(query.get("touch", "1000000")):
            body = b"x" * len(body)
        if query.get("etag") != "no":
            headers.append(("ETag", "W/" + tag if query.get("etag") == "weak" else tag))
        date = email.utils.formatdate(1767225600, usegmt=True)
        if query.get("date") != "no":
            headers.append(("Last-Modified", date))
        for value in query.get("hash", "").split(";"):
            if value:
                headers.append(("x-goog-hash", value))
        status, body = self.part(body, headers, query, (tag, date))
        length = len(body) + int(query.get("length", "0"))
        if query.get("chunked") == "yes":
            headers.append(("Transfer-Encoding", "chunked"))
            body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
            length = None
        self.head(status, headers, length)
        if "cut" in query and early:
            self.wfile.write(body[: int(query["cut"])])
            return self.cut()
        if "stall" in query and early:
            self.wfile.write(body[: int(query["stall"])])
            return self.wait_for_the_end()
        self.wfile.write(body)
        return self.cut() if "length" in query else None

    def part(self, body, headers, query, validators):
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if asked is None or query.get("ranges") == "no":
            return 200, body
        if self.headers.get("If-Range", validators[0]) not in validators:
            return 200, body
        first = int(asked[1]) + (query.get("ranges") == "wrong")
        if first >= len(body):
            headers.append(("Content-Range", f"bytes */{len(body)}"))
            return 416, b""
        headers.append(("Content-Range", f"bytes {first}-{len(body) - 1}/{len(body)}"))
        return 206, body[first:]


served.run(served.listen(Archive, sys.argv[2]))
