#!/usr/bin/env python3
"""A million entries of three hours and twelve services with five incidents, made on the fly and piped into the program.

The report must tell exactly these five, right (see score.py), and the program must stay below 256 MiB.  Not part of make
check, for it takes minutes: make check-million.
"""
import argparse
import json
import resource
import subprocess
import sys
import tempfile

from scene import Run, Scene, google, logback, pino, slog, structlog, zap
from score import judge, told

ENTRIES = 1000000
MEMORY_MIB = 256
SLICE_S = 60
LAST_S = 3 * 3600
NAMES = ('checkout', 'orders', 'web', 'media', 'reports', 'search', 'mail', 'stock', 'prices', 'people', 'maps', 'feeds')
STYLES = (pino, logback, google, zap, structlog, slog)


class Fleet:
    """The services, and what happens to them in a slice of time."""

    def __init__(self, scene):
        self.scene = scene
        self.services = {name: Run(scene, name, STYLES[k % len(STYLES)], paths=('/%s' % name, '/%s/7' % name)) for k, name in enumerate(NAMES)}
        for svc in self.services.values():
            svc.boot = [(0.4, 'WARNING', 'setting cache.ttl is not given, using 60'), (1.5, 'INFO', 'ready')]
            svc.chatter = 'handled item %d'
            for k in range(6):
                svc.start(0.5 + k)
        self.first = scene.incident('checkout', 'checkout answers 500', 'basket cannot be paid', 'no ledger book is open')
        self.cascade = scene.incident('web', 'web answers 502', 'web is refused by orders', 'orders answers 500', 'orders has no route')
        self.crash = scene.incident('media', 'requests find no instance', 'containers exit', 'the codec table does not fit')
        self.memory = scene.incident('reports', 'requests fail', 'instances are killed', 'memory limit is exceeded')
        self.second = scene.incident('checkout', 'checkout answers 500', 'receipt cannot be made', 'receipt numbers are used up')

    def fails(self, name, t, inc, cause, effect):
        svc = self.services[name]
        i, trace = svc.pick(t), self.scene.trace()
        svc.say(t + 0.01, 'ERROR', cause, i, trace, show=inc[2])
        svc.say(t + 0.02, 'ERROR', effect, i, trace, show=inc[1])
        svc.request(t, 500, 0.03, i, trace=trace, show=inc[0])

    def web_fails(self, t):
        web, orders = self.services['web'], self.services['orders']
        trace, w, o = self.scene.trace(), web.pick(t), orders.pick(t)
        orders.say(t + 0.02, 'ERROR', 'no route to depot %d' % self.scene.random.randrange(40), o, trace, show=self.cascade[3])
        orders.request(t + 0.01, 500, 0.02, o, trace=trace, show=self.cascade[2])
        web.say(t + 0.04, 'ERROR', 'orders said 500', w, trace, show=self.cascade[1])
        web.request(t, 502, 0.05, w, trace=trace, show=self.cascade[0])

    def media_crashes(self, t):
        svc, inc = self.services['media'], self.crash
        i = svc.starting(t)
        svc.text(t + 1.1, 'Error: codec table has 61 columns where 64 are needed\n    at load (/app/codec.js:40:9)', i, 'ERROR', show=inc[2])
        svc.exits(t + 1.4, i, 1, show=inc[1])
        for k in range(8):
            svc.request(t - 0.2 + 0.1 * k, 503, 2.0 + 0.01 * k, i, show=inc[0], text='The request failed because the instance could not start successfully.')

    def report_is_killed(self, t):
        svc, inc = self.services['reports'], self.memory
        i = svc.pick(t)
        i.until = t
        svc.write(t, 'system', i, 'ERROR', text='Memory limit of 512 MiB exceeded with %d MiB used. Consider increasing the memory limit, see '
                  'https://cloud.google.com/run/docs/configuring/memory-limits' % self.scene.random.randrange(513, 560), show=inc[2])
        svc.write(t + 0.3, 'system', i, 'WARNING', text='Container terminated on signal 9.', show=inc[1])
        for k in range(5):
            svc.request(t - 0.5 - 0.1 * k, 503, 0.95 + 0.1 * k, i, show=inc[0], text='The request failed because either the HTTP response was malformed or '
                        'connection to the instance had an error. Additional troubleshooting documentation can be found at: '
                        'https://cloud.google.com/run/docs/troubleshooting#malformed-response-or-connection-error')
        svc.start(t + 1)

    def slice(self, since, until):
        rng, minute = self.scene.random, since / 60
        broken = {'checkout': 20 <= minute < 30 or 130 <= minute < 140, 'web': 45 <= minute < 60, 'media': 75 <= minute < 85}
        for name, svc in self.services.items():
            if not broken.get(name):
                svc.traffic(since, until, 316)
            svc.every(since, until, 20, 'ERROR', 'preview of item %d is missing, leaving it out')
        for t in self.scene.arrivals(since, until, 100):
            if 20 <= minute < 30:
                self.fails('checkout', t, self.first, 'no ledger book is open for period 2026-04', 'basket %d was not paid' % rng.randrange(9999))
            elif 45 <= minute < 60:
                self.web_fails(t)
            elif 130 <= minute < 140:
                self.fails('checkout', t, self.second, 'receipt numbers of series R are used up', 'receipt %d was not made' % rng.randrange(9999))
        if 75 <= minute < 85:
            for k in range(6):
                self.media_crashes(since + 10 * k + rng.random())
        if 100 <= minute < 115:
            for k in range(2):
                self.report_is_killed(since + 30 * k + 20 * rng.random())


def entries(scene):
    """All of them, slice after slice, so that few are held at a time; cut off at ENTRIES after the last incident."""
    fleet, left = Fleet(scene), ENTRIES
    for since in range(10, LAST_S + 1, SLICE_S):
        fleet.slice(since, since + SLICE_S)
        scene.entries.sort(key=lambda entry: entry['timestamp'])
        for entry in scene.entries[:left]:
            yield entry
        left -= min(left, len(scene.entries))
        scene.entries.clear()
    if left > 0:
        sys.exit('million.py: %d entries are missing' % left)


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument('logwhy', help='the program, built without sanitizers')
    args = args.parse_args()
    scene = Scene('million')
    with tempfile.TemporaryFile() as out:
        with subprocess.Popen([args.logwhy, 'report', '--format', 'json', '--progress', 'never'], stdin=subprocess.PIPE, stdout=out) as run:
            for entry in entries(scene):
                run.stdin.write(json.dumps(entry, separators=(',', ':')).encode() + b'\n')
            run.stdin.close()
            run.wait()
        out.seek(0)
        report = json.load(out)
    used_mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    wrong = judge(report, scene.truth())
    print('1..2')
    print('%s 1 - five incidents in %d entries' % ('not ok' if wrong else 'ok', report['totals']['entries']))
    for line in wrong:
        print('#   ' + line)
    print('%s 2 - %.0f MiB, below %d' % ('ok' if used_mib < MEMORY_MIB else 'not ok', used_mib, MEMORY_MIB))
    for incident in report['incidents']:
        print('# ' + '\n# '.join(told(incident)))
    sys.exit(1 if wrong or used_mib >= MEMORY_MIB else 0)


if __name__ == '__main__':
    main()
