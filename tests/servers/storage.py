"""Usage: storage.py FOLDER LOG [SETTING=VALUE...]

The part of the Cloud Storage JSON API v1 that lists and gives objects: each folder in FOLDER is a
bucket, and the files below it are its objects.

    page=N        objects a page of the list (2); every second page is empty
    token=T       Authorization must be "Bearer T"; without this the buckets are public
    lists=no      objects may be read, but not listed
    encoded=END   objects whose name ends so are stored with Content-Encoding gzip, and inflated on
                  the way where the client does not take gzip
    cut=N         each answer with bytes of an object ends after N of them
    replace=END   such an object becomes another after the first answer
    damage=END    such an object's bytes are not those of its checksums
    composite=END such an object has no MD5
    status=S      answer with S, the first K times (times=K) of each address
"""

import base64
import gzip
import hashlib
import json
import os
import re
import sys
import urllib.parse

import served

FOLDER = sys.argv[1]
SETTINGS = dict(argument.split("=", 1) for argument in sys.argv[3:])
TABLE = []
ASKED = {}

for byte in range(256):
    value = byte
    for _ in range(8):
        value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    TABLE.append(value)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 255] ^ crc >> 8
    return base64.b64encode((crc ^ 0xFFFFFFFF).to_bytes(4, "big")).decode()


def names_of(bucket):
    root = os.path.join(FOLDER, bucket)
    names = []
    for folder, _, files in os.walk(root):
        inner = os.path.relpath(folder, root)
        names += [file if inner == "." else f"{inner}/{file}" for file in files]
        if inner != ".":
            names.append(inner + "/")  # as the console makes them
    return sorted(names, key=lambda name: name.encode())


def content(bucket, name):
    path = os.path.join(FOLDER, bucket, name)
    if name.endswith("/"):
        return b"" if os.path.isdir(path) else None
    try:
        with open(path, "rb") as f:
            return f.read()
    except OSError:
        return None


def is_one_of(setting, name):
    return setting in SETTINGS and name.endswith(SETTINGS[setting])


class Storage(served.Handler):
    shown_headers = ("Range", "If-Range", "Authorization", "x-goog-user-project")

    def fail(self, status, message):
        body = json.dumps({"error": {"code": status, "message": message}}).encode()
        self.say(status, [("Content-Type", "application/json")], body)

    def do_GET(self):
        self.note()
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        with self.server.lock:
            asked = ASKED[self.path] = ASKED.get(self.path, 0) + 1
        if "status" in SETTINGS and asked <= int(SETTINGS.get("times", "1000000")):
            return self.fail(int(SETTINGS["status"]), "not now")
        if "token" in SETTINGS and self.headers["Authorization"] != "Bearer " + SETTINGS["token"]:
            return self.fail(401, "Anonymous caller does not have access to the bucket.")
        what = re.fullmatch(r"/storage/v1/b/([^/]+)/o(?:/([^/]+))?", url.path)
        if what is None:
            return self.fail(404, "no such method")
        bucket = urllib.parse.unquote(what[1])
        if not os.path.isdir(os.path.join(FOLDER, bucket)):
            return self.fail(404, "The specified bucket does not exist.")
        if what[2] is None:
            return self.list(bucket, query)
        return self.give(bucket, urllib.parse.unquote(what[2]), query, asked)

    def list(self, bucket, query):
        if SETTINGS.get("lists") == "no":
            return self.fail(403, "storage.objects.list access is denied.")
        names = [n for n in names_of(bucket) if n.startswith(query.get("prefix", ""))]
        first, empty = (int(part) for part in query.get("pageToken", "0:0").split(":"))
        size = min(int(SETTINGS.get("page", "2")), int(query.get("maxResults", "1000")))
        answer = {}
        if empty:
            answer["nextPageToken"] = f"{first}:0"
        else:
            page = names[first : first + size]
            if page:
                answer["items"] = [
                    {"name": name, "size": str(len(content(bucket, name)))} for name in page
                ]
            if first + size < len(names):
                answer["nextPageToken"] = f"{first + size}:1"
        return self.say(200, [("Content-Type", "application/json")], json.dumps(answer).encode())

    def give(self, bucket, name, query, asked):
        body = content(bucket, name)
        if body is None:
            return self.fail(404, "No such object.")
        generation = "1767225600000001"
        if is_one_of("replace", name) and asked > 1 or "generation" in query and is_one_of("replace", name):
            generation = "1767225600000002"
        if query.get("generation", generation) != generation:
            return self.fail(404, "No such object.")
        sums = [("x-goog-hash", "crc32c=" + crc32c(body))]
        if not is_one_of("composite", name):
            sums.append(("x-goog-hash", "md5=" + base64.b64encode(hashlib.md5(body).digest()).decode()))
        encoded = is_one_of("encoded", name)
        headers = [
            ("ETag", f'"{generation}"'),
            ("x-goog-generation", generation),
            ("x-goog-stored-content-encoding", "gzip" if encoded else "identity"),
            ("x-goog-stored-content-length", str(len(body))),
            *sums,
        ]
        if is_one_of("damage", name):
            body = body[:-2] + b" \n"
        if encoded and "gzip" in self.headers.get("Accept-Encoding", ""):
            headers.append(("Content-Encoding", "gzip"))
        elif encoded:
            return self.say(200, headers, gzip.decompress(body))
        return self.part(body, headers)

    def part(self, body, headers):
        status = 200
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if asked is not None:
            status = 206
            headers.append(("Content-Range", f"bytes {asked[1]}-{len(body) - 1}/{len(body)}"))
            body = body[int(asked[1]) :]
        self.head(status, headers, len(body))
        if "cut" in SETTINGS and int(SETTINGS["cut"]) < len(body):
            self.wfile.write(body[: int(SETTINGS["cut"])])
            return self.cut()
        return self.wfile.write(body)


served.run(served.listen(Storage, sys.argv[2]))
