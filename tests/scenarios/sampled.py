#!/usr/bin/env python3
"""Reports on more events than are kept: captures of which chains can rest on a sample alone.

Captures are made of 136,000 events and more where 131,072 are kept: four services that fail one after the other, each request
with a trace through four levels; and a storm on one instance within a minute, without traces, which is one scope that no
sample holds whole; and one service that fails for two reasons at once.  The report must tell exactly these incidents, right (see score.py), count all entries and not those of
the sample, say in every format what chains rest on, be the same for any number of threads, order and split of the input,
and take less than 256 MiB.  Prints TAP.
"""
import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile

from score import judge

MEMORY_MIB = 256
KEPT = 131072
# A program that starts another one: of memory, what this one takes would count as the other's.
MEASURE = ('import resource, subprocess, sys\n'
           'subprocess.run(sys.argv[1:], check=True)\n'
           'print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)')
MINUTE_US = 60 * 1000 * 1000
SERVICES = {  # root first
    'checkout': ('no ledger book is open for period 2026-04', 'payment of basket %d was refused by the ledger', 'basket %d was not paid'),
    'orders': ('route table has no row for region north', 'depot of order %d is not known', 'order %d was not placed'),
    'media': ('codec table has 61 columns where 64 are needed', 'frame %d of the clip cannot be read', 'clip %d was not encoded'),
    'reports': ('sheet store answers with version 7, not 6', 'sheet %d has no rows to draw', 'report %d was not drawn')}


class Capture:
    """Lines of entries by time, and what is true of them."""

    def __init__(self, name):
        self.random = random.Random(name)
        self.timed, self.incidents, self.events, self.instances = [], [], 0, {}

    def service(self, name, instances):
        self.instances[name] = [
            '"labels":{"instanceId":"%032x"},"resource":{"type":"cloud_run_revision","labels":{"project_id":"acme-prod","location":'
            '"europe-west4","service_name":"%s","revision_name":"%s-00041-bax"}}' % (self.random.getrandbits(128), name, name)
            for _ in range(instances)]

    def add(self, us, place, log, trace, severity, payload, insert_id):
        second, fraction = divmod(us, 1000000)
        self.timed.append((us, '{"insertId":"%s","logName":"projects/acme-prod/logs/run.googleapis.com%%2F%s",%s,"severity":"%s",%s%s,'
                           '"timestamp":"2026-04-14T%02d:%02d:%02d.%06dZ"}\n'
                           % (insert_id, log, place, severity, payload, trace, 8 + second // 3600, second // 60 % 60, second % 60, fraction)))
        self.events += severity == 'ERROR'

    def trace(self):
        return ',"trace":"projects/acme-prod/traces/%032x"' % self.random.getrandbits(128)

    def id(self):
        return '%016x' % self.random.getrandbits(64)

    def say(self, us, place, trace, message, insert_id):
        self.add(us, place, 'stdout', trace, 'ERROR', '"jsonPayload":{"message":"%s"}' % message, insert_id)

    def request(self, us, place, trace, status, latency_us, insert_id):
        self.add(us, place, 'requests', trace, 'ERROR' if status >= 500 else 'INFO', '"httpRequest":{"requestMethod":"GET","requestUrl":'
                 '"https://acme.example/api","status":%d,"latency":"%.6fs"}' % (status, latency_us / 1e6), insert_id)

    def fail(self, name, count, since_us, until_us, apart_us, traced=True):
        """An incident: so many requests, each failing through four levels, one of which follows the other so long after."""
        levels = [{'what': '%s, level %d' % (name, k), 'insert_ids': set()} for k in range(4)]
        for k in range(count):
            us = since_us + (until_us - since_us) * k // count + self.random.randrange(apart_us)
            place, trace = self.random.choice(self.instances[name]), self.trace() if traced else ''
            ids = [self.id() for _ in levels]
            for n, message in enumerate(SERVICES[name]):
                self.say(us + (n + 1) * apart_us, place, trace, message % k if '%' in message else message, ids[3 - n])
            self.request(us, place, trace, 500, 4 * apart_us, ids[0])
            for level, insert_id in zip(levels, ids):
                level['insert_ids'].add(insert_id)
        self.incidents.append({'service': name, 'at_most': 1, 'requests_failed': count, 'levels': levels})

    def healthy(self, name, count, since_us, until_us):
        for k in range(count):
            us = since_us + (until_us - since_us) * k // count
            self.request(us, self.random.choice(self.instances[name]), self.trace(), 200, 20000, self.id())

    def lines(self):
        return [line for _, line in sorted(self.timed)]


def four_services(count):
    capture = Capture('four services')
    for k, name in enumerate(SERVICES):
        since = (20 + 22 * k) * MINUTE_US
        capture.service(name, 10)
        capture.healthy(name, 1500, 0, since)
        capture.fail(name, count, since, since + 15 * MINUTE_US, 4000)
        capture.healthy(name, 1500, since + 15 * MINUTE_US, 120 * MINUTE_US)
        for us in range(0, 120 * MINUTE_US, MINUTE_US):
            capture.say(us, capture.instances[name][0], '', 'preview of item %d is missing, leaving it out' % us, capture.id())
    return capture


def storm(count):
    capture = Capture('storm')
    capture.service('media', 1)
    capture.healthy('media', 2000, 0, 20 * MINUTE_US)
    capture.fail('media', count, 20 * MINUTE_US, 21 * MINUTE_US, MINUTE_US // count // 6, traced=False)
    capture.healthy('media', 2000, 21 * MINUTE_US, 60 * MINUTE_US)
    return capture


def two_causes(count):
    """One service fails for two reasons, the second of which begins while the first goes on: the sample is divided between them."""
    capture = Capture('two causes')
    capture.service('media', 10)
    capture.healthy('media', 3000, 0, 60 * MINUTE_US)
    for since, message in ((20, 'lens file carries no focal length'), (32, 'subtitles of 1998 are in another order')):
        levels = [{'what': message, 'insert_ids': set()} for _ in range(2)]
        for k in range(count):
            us = since * MINUTE_US + (60 - since) * MINUTE_US * k // count
            place, trace, ids = capture.random.choice(capture.instances['media']), capture.trace(), (capture.id(), capture.id())
            capture.say(us + 2000, place, trace, message, ids[1])
            capture.request(us, place, trace, 500, 4000, ids[0])
            for level, insert_id in zip(levels, ids):
                level['insert_ids'].add(insert_id)
        capture.incidents.append({'service': 'media', 'at_most': 1, 'requests_failed': count, 'levels': levels})
    return capture


class Runner:
    def __init__(self, logwhy, folder):
        self.logwhy, self.folder, self.count, self.failed, self.used_mib = logwhy, folder, 0, False, 0
        # What AddressSanitizer puts aside for a while is no memory of the program.
        self.env = dict(os.environ, ASAN_OPTIONS=os.environ.get('ASAN_OPTIONS', '') + ':quarantine_size_mb=8')

    def result(self, name, wrong):
        self.count += 1
        print('%s %d - %s' % ('not ok' if wrong else 'ok', self.count, name))
        for line in wrong:
            print('#   ' + line.replace('\n', ' '))
        self.failed = self.failed or bool(wrong)

    def reports(self, parts, threads=2, formats=('json',)):
        """The reports in these formats on files of these lines."""
        paths = [os.path.join(self.folder, '%d.ndjson' % k) for k in range(len(parts))]
        outputs = [os.path.join(self.folder, 'report.' + name) for name in formats]
        for path, lines in zip(paths, parts):
            with open(path, 'w', encoding='utf-8') as out:
                out.writelines(lines)
        command = [sys.executable, '-c', MEASURE, self.logwhy, 'report', '--threads', str(threads), '--progress', 'never', '--explain', 'all']
        for output in outputs:
            command += ['-o', output]
        used_kib = subprocess.run(command + paths, check=True, env=self.env, stdout=subprocess.PIPE).stdout
        self.used_mib = max(self.used_mib, int(used_kib) / 1024)
        texts = []
        for output in outputs:
            with open(output, encoding='utf-8') as text:
                texts.append(text.read())
        return texts

    def report(self, parts, threads=2):
        return without_inputs(self.reports(parts, threads)[0])


def without_inputs(text):
    report = json.loads(text)
    del report['inputs']
    return report


def miscounted(capture, report, lines):
    """Counts that are not of all entries."""
    wrong = []
    if report['totals']['entries'] != lines:
        wrong.append('%d entries, not %d' % (report['totals']['entries'], lines))
    for incident in report['incidents']:
        instances = len(capture.instances[incident['service']])
        count = next(i['requests_failed'] for i in capture.incidents if i['service'] == incident['service'])
        for why in incident['whys']:
            if why['basis'] == 'observed' and (why['count'], why['instances']) != (count, instances):
                wrong.append('%s: not %d entries on %d instances' % (why['finding'], count, instances))
        if incident['felt']['requests_failed'] != count:
            wrong.append('%s: %s' % (incident['title'], incident['felt']))
    return wrong


def unsaid(capture, report, texts):
    """What does not say that chains rest on a sample, and on which share."""
    wrong = []
    for name, text in texts.items():
        said = re.search(r'chains\s+rest\s+on\s+a\s+sample\s+of\s+(\d+)\s+of\s+(\d+)', text)
        if said is None:
            wrong.append(name + ' does not say it')
        elif not KEPT * 3 // 4 < int(said[1]) <= KEPT or int(said[2]) != capture.events:
            wrong.append('%s: %s, not of %d' % (name, said[0], capture.events))
    for incident in report['incidents']:
        for link in (link for why in incident['whys'] for link in why['links'] if link['kind'] == 'sequence'):
            if 'sampled' not in link['text'] or link['of'] > KEPT:
                wrong.append(link['text'])
    return wrong


def check(run, name, capture):
    lines = capture.lines()
    formats = ('json', 'txt', 'md', 'html')
    texts = dict(zip(formats, run.reports([lines], formats=formats)))
    report = without_inputs(texts['json'])
    run.result(name + ': these incidents', judge(report, {'incidents': capture.incidents}))
    run.result(name + ': counts of all entries', miscounted(capture, report, len(lines)))
    run.result(name + ': the sample is named', unsaid(capture, report, texts))
    mixed = lines[:]
    random.Random(7).shuffle(mixed)
    third = len(lines) // 3
    others = {'one thread, newest first': ([lines[::-1]], 1),
              'four threads, shuffled in three files': ([mixed[:third], mixed[third:2 * third], mixed[2 * third:]], 4)}
    for order, (parts, threads) in others.items():
        run.result('%s: the same report, %s' % (name, order), [] if run.report(parts, threads) == report else ['another one'])


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument('--requests', type=int, default=34000, help='failed requests of each capture, %(default)s')
    args.add_argument('logwhy')
    args = args.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = Runner(args.logwhy, folder)
        check(run, 'four services', four_services(args.requests // 4))
        check(run, 'a storm', storm(args.requests))
        twins = two_causes(args.requests * 7 // 5)
        run.result('two causes: these incidents', judge(run.report([twins.lines()]), {'incidents': twins.incidents}))
        run.result('%.0f MiB, below %d' % (run.used_mib, MEMORY_MIB), [] if run.used_mib < MEMORY_MIB else ['too much'])
    print('1..%d' % run.count)
    sys.exit(run.failed)


if __name__ == '__main__':
    main()
