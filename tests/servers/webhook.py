"""Usage: webhook.py LOG [SETTING=VALUE...]

Places that reports are posted to, each as its service documents it: Slack's incoming webhooks below
/services/, the comments of GitHub below /repos/ and of GitLab below /api/v4/, and any other
address, which takes JSON and honours Idempotency-Key.  What was accepted is a line of LOG, and its
text is in LOG.NUMBER.

    token=T   of GitHub and GitLab (secret-1234)
    fail=S    the first K posts (times=K, 1) are answered with status S
    after=S   with the header Retry-After
    lose=K    the first K posts are accepted, and the connection ends without an answer
    word=W    the body of such an answer (no_service)
"""

import json
import re
import sys
import urllib.parse

import served

LOG = sys.argv[1]
SETTINGS = {"token": "secret-1234", "times": "1", "word": "no_service"}
SETTINGS.update(argument.split("=", 1) for argument in sys.argv[2:])
POSTS = []  # of comments: (where, text)
KEYS = set()
COUNTS = {"posts": 0, "accepted": 0}


class Webhook(served.Handler):
    shown_headers = (
        "Content-Type",
        "Idempotency-Key",
        "X-GitHub-Api-Version",
        "PRIVATE-TOKEN",
        "Authorization",
    )

    def json(self, status, value):
        self.say(status, [("Content-Type", "application/json")], json.dumps(value).encode())

    def plain(self, status, text, headers=()):
        self.say(status, [("Content-Type", "text/plain"), *headers], text.encode())

    def accept(self, kind, text):
        with self.server.lock:
            COUNTS["accepted"] += 1
            number = COUNTS["accepted"]
            self.server.log.write(f"accepted {kind} {number}\n")
            self.server.log.flush()
            with open(f"{LOG}.{number}", "w", encoding="utf-8") as f:
                f.write(text)
        return number

    def do_GET(self):
        self.note()
        url = urllib.parse.urlsplit(self.path)
        if not self.may_comment():
            return self.json(401, {"message": "Bad credentials"})
        found = [{"id": i + 1, "body": text} for i, (where, text) in enumerate(POSTS) if where == url.path]
        return self.json(200, found)

    def may_comment(self):
        given = self.headers["PRIVATE-TOKEN"] or self.headers.get("Authorization", "")[len("Bearer ") :]
        return given == SETTINGS["token"]

    def do_POST(self):
        self.note()
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with self.server.lock:
            COUNTS["posts"] += 1
            number = COUNTS["posts"]
        if "fail" in SETTINGS and number <= int(SETTINGS["times"]):
            after = [("Retry-After", SETTINGS["after"])] if "after" in SETTINGS else []
            return self.plain(int(SETTINGS["fail"]), SETTINGS["word"], after)
        self.lost = number <= int(SETTINGS.get("lose", "0"))
        try:
            value = json.loads(body)
        except ValueError:
            return self.plain(400, "invalid_payload")
        if self.path.startswith("/services/"):
            return self.slack(value)
        if re.fullmatch(r"(/api/v3)?/repos/[^/]+/[^/]+/issues/\d+/comments", self.path):
            return self.comment("github", value, 65536)
        if re.fullmatch(r"/api/v4/projects/[^/]+/(issues|merge_requests)/\d+/notes", self.path):
            return self.comment("gitlab", value, 1000000)
        if self.headers["Idempotency-Key"] not in KEYS:
            KEYS.add(self.headers["Idempotency-Key"])
            self.accept("webhook", body)
        return self.answer(lambda: self.plain(202, ""))

    def answer(self, give):
        return self.cut() if self.lost else give()

    def slack(self, value):
        texts = [block["text"]["text"] for block in value["blocks"]]
        if len(texts) > 50 or not all(0 < len(text) <= 3000 for text in texts):
            return self.plain(400, "invalid_blocks")
        if not 0 < len(value["text"]) <= 40000:
            return self.plain(400, "invalid_payload")
        self.accept("slack", "\n\n".join(texts) + "\n")
        return self.answer(lambda: self.plain(200, "ok"))

    def comment(self, kind, value, most):
        if not self.may_comment():
            return self.json(401, {"message": "Bad credentials"})
        if len(value["body"]) > most:
            return self.json(422, {"message": f"Body is too long (maximum is {most} characters)"})
        with self.server.lock:
            POSTS.append((self.path, value["body"]))
        number = self.accept(kind, value["body"])
        value = {"id": number}
        if kind == "github":
            value["html_url"] = f"https://github.com/acme/shop/issues/7#issuecomment-{number}"
        return self.answer(lambda: self.json(201, value))


served.run(served.listen(Webhook, LOG))
