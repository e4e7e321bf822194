#!/usr/bin/env python3
"""Compare reports with what is known to be true of captures.

usage: score.py [--logwhy PATH] [--known FILE] [--reorder NAME]... FOLDER

For every NAME.ndjson.gz of FOLDER, `logwhy report --format json` is run and its incidents are held against those of
NAME.truth.json.  Each incident there has levels from what users felt (0) to the root (last), and each level the insertIds
of the entries that show it.  Of a reported incident these are asked:

  root      its last observed why rests on entries of the last level alone
  symptom   its first why rests on entries of level 0 alone
  order     from why to why it never steps back towards the symptom
  clean     no observed why rests on an entry that no level names
  number    the requests that it says failed are those of level 0, give or take 10 % and 3
  doubt     it says that causes could not be told apart, and in which way, where they cannot, and only there
  named     the finding of its last observed why holds the words that the last level gives as `says`, where it does

An incident of the report that matches none of the truth is false; a report that cannot be read is broken.  A true
incident may be told as several where its member at_most allows it; all of them must be right.

A capture that is named with --reorder is also read newest first, and shuffled with every third entry twice: both must give
the same incidents.

Prints TAP, one line a check.  FILE names captures that are known to fail, `NAME  reason` a line; those are TODO, and one
of them that passes is an error.  Exit status: 0 where all is as it should be, else 1.
"""
import argparse
import glob
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile


def levels_shown(why, levels):
    """For each entry that a why rests on, the levels that it shows."""
    return [frozenset(k for k, ids in enumerate(levels) if item['insert_id'] in ids) for item in why['evidence']]


def faults_of(incident, levels, says=''):
    """What is wrong with a reported incident, held against one true one; None where they share no entry."""
    observed = [why for why in incident['whys'] if why['basis'] == 'observed']
    shown = [levels_shown(why, levels) for why in observed]
    if not any(entry for entries in shown for entry in entries):
        return None
    last = len(levels) - 1
    faults = []
    if not shown[-1] or not all(last in entry for entry in shown[-1]):
        faults.append('root')
    if not shown[0] or not all(0 in entry for entry in shown[0]):
        faults.append('symptom')
    depth = 0
    for entries in shown:
        # Where a why stands: the levels that most of its entries show.
        votes = [sum(k in entry for entry in entries) for k in range(last + 1)]
        stands = [k for k in range(last + 1) if votes[k] == max(votes)]
        if stands[-1] < depth:
            faults.append('order')
            break
        depth = min(k for k in stands if k >= depth)
    if not all(entries and all(entries) for entries in shown):
        faults.append('clean')
    if says.lower() not in observed[-1]['finding'].lower():
        faults.append('named')
    return faults


def failed_of(candidate):
    """The requests that a reported incident says failed; it says none where no request was seen to."""
    return (candidate['felt'] or {'requests_failed': 0})['requests_failed']


def is_number(candidate, incident):
    """Is the number of failed requests right?  Where an incident may be told in parts, or no request was seen to fail, it is not asked."""
    true = incident.get('requests_failed', 0)
    return true == 0 or incident['at_most'] > 1 or abs(failed_of(candidate) - true) <= 0.1 * true + 3


def told(incident):
    lines = ['incident of the report: %s' % incident['title']]
    for why in incident['whys']:
        if why['basis'] == 'observed':
            lines.append('  why %d: %s' % (why['n'], why['finding']))
    return lines


def judge(report, truth):
    """What is wrong with a report: lines of text, none where all is right."""
    wrong, left = [], list(report['incidents'])
    for incident in truth['incidents']:
        levels = [set(level['insert_ids']) for level in incident['levels']]
        says = incident['levels'][-1].get('says', '')
        matches = [(faults_of(candidate, levels, says), candidate) for candidate in left]
        matches = sorted(((f, c) for f, c in matches if f is not None), key=lambda match: len(match[0]))
        if not matches:
            wrong.append('not found: %s (%s)' % (incident['levels'][0]['what'], incident['levels'][-1]['what']))
        for faults, candidate in matches[:incident.get('at_most', 1)]:
            left.remove(candidate)
            if not is_number(candidate, incident):
                faults.append('number (%d requests failed, not %d)' % (incident['requests_failed'], failed_of(candidate)))
            if candidate.get('doubt', {}).get('kind') != incident.get('doubt'):
                faults.append('doubt (%s, not %s)' % (candidate.get('doubt', {}).get('text'), incident.get('doubt')))
            if faults:
                wrong.append('wrong %s: %s (%s)' % (' '.join(faults), incident['levels'][0]['what'], incident['levels'][-1]['what']))
                wrong.extend(told(candidate))
    for candidate in left:
        wrong.append('false')
        wrong.extend(told(candidate))
    return wrong


def report_of(logwhy, capture):
    """The report on a capture and nothing, or None and what went wrong."""
    run = subprocess.run([logwhy, 'report', '--format', 'json', capture], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    try:
        return json.loads(run.stdout.decode('utf-8')), ''
    except ValueError:
        return None, 'broken: exit %d, %s' % (run.returncode, run.stderr.decode('utf-8', 'replace').strip()[-300:])


def other_orders(lines):
    yield 'newest first', lines[::-1]
    mixed = lines + lines[::3]
    random.Random(7).shuffle(mixed)
    yield 'shuffled, every third entry twice', mixed


def check_orders(logwhy, capture, report):
    """What is wrong with the reports on the same entries in other orders: lines of text."""
    with gzip.open(capture, 'rt', encoding='utf-8') as packed:
        lines = packed.readlines()
    wrong = []
    for order, entries in other_orders(lines):
        with tempfile.NamedTemporaryFile('w', suffix='.ndjson', encoding='utf-8') as out:
            out.writelines(entries)
            out.flush()
            other, trouble = report_of(logwhy, out.name)
        if other is None:
            wrong.append('%s: %s' % (order, trouble))
        elif other['incidents'] != report['incidents']:
            wrong.append('%s: other incidents' % order)
            for incident in other['incidents']:
                wrong.extend(told(incident))
    return wrong


def read_known(path):
    known = {}
    if path:
        with open(path, encoding='utf-8') as lines:
            for line in lines:
                words = line.split(None, 1)
                if words and not line.startswith('#'):
                    known[words[0]] = words[1].strip()
    return known


class Tap:
    """Numbered results; one that is known to fail is TODO, and wrong where it passes."""

    def __init__(self, known):
        self.known, self.count, self.failed = known, 0, False

    def result(self, name, wrong):
        self.count += 1
        todo = ' # TODO ' + self.known[name] if name in self.known else ''
        print('%s %d - %s%s' % ('not ok' if wrong else 'ok', self.count, name, todo))
        for line in wrong:
            print('#   ' + line.replace('\n', ' '))
        self.failed = self.failed or bool(wrong) != bool(todo)


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument('--logwhy', default='./src/logwhy')
    args.add_argument('--known')
    args.add_argument('--reorder', action='append', default=[])
    args.add_argument('folder')
    args = args.parse_args()
    tap = Tap(read_known(args.known))
    captures = sorted(glob.glob(os.path.join(args.folder, '*.ndjson.gz')))
    for capture in captures:
        stem = capture[:-len('.ndjson.gz')]
        name = os.path.basename(stem)
        report, trouble = report_of(args.logwhy, capture)
        with open(stem + '.truth.json', encoding='utf-8') as truth:
            wrong = [trouble] if report is None else judge(report, json.load(truth))
        tap.result(name, wrong)
        if name in args.reorder and report is not None:
            tap.result(name + ', in other orders', check_orders(args.logwhy, capture, report))
    names = {os.path.basename(capture)[:-len('.ndjson.gz')] for capture in captures}
    tap.result('the names given are those of captures', sorted((set(tap.known) | set(args.reorder)) - names))
    print('1..%d' % tap.count)
    sys.exit(1 if tap.failed or not captures else 0)


if __name__ == '__main__':
    main()
