#!/usr/bin/env python3
"""Write the captures whose causes are known: NAME.ndjson.gz and NAME.truth.json of each scenario into FOLDER."""
import argparse
import gzip
import importlib
import json
import os
import sys

from scene import Scene

FAMILIES = ('languages', 'cascades', 'courses', 'twins', 'resources', 'climbs', 'changes', 'platforms', 'pods', 'agents', 'herrings', 'shapes', 'healthy')


def scenarios():
    for family in FAMILIES:
        for function in importlib.import_module(family).SCENARIOS:
            yield function.__name__.replace('_', '-'), function


def write_capture(path, entries):
    """Lines of JSON; the time in the header of the archive is fixed, so that the same entries give the same bytes."""
    lines = ''.join(json.dumps(entry, separators=(',', ':'), ensure_ascii=False) + '\n' for entry in entries)
    with open(path, 'wb') as out, gzip.GzipFile(filename='', mode='wb', fileobj=out, mtime=0) as packed:
        packed.write(lines.encode('utf-8', 'surrogatepass'))


def generate(folder, name, function, seed=''):
    scene = Scene(name, seed)
    function(scene)
    scene.entries.sort(key=lambda entry: entry['timestamp'])
    write_capture(os.path.join(folder, name + '.ndjson.gz'), scene.entries)
    with open(os.path.join(folder, name + '.truth.json'), 'w', encoding='utf-8') as out:
        json.dump(scene.truth(), out)


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('--list', action='store_true', help='print the names with a line on each, and write nothing')
    args.add_argument('--seed', default='', help='other times and numbers for the same incidents')
    args.add_argument('folder', nargs='?', metavar='FOLDER')
    args.add_argument('names', nargs='*', metavar='NAME', help='these scenarios alone')
    args = args.parse_args()
    known = dict(scenarios())
    if args.list:
        for name, function in known.items():
            print('%-34s %s' % (name, function.__doc__.splitlines()[0]))
        return
    if args.folder is None:
        sys.exit('generate.py: name a folder to write into')
    for name in args.names:
        if name not in known:
            sys.exit('generate.py: %s: no such scenario; --list prints them' % name)
    os.makedirs(args.folder, exist_ok=True)
    for name in args.names or known:
        generate(args.folder, name, known[name], args.seed)


if __name__ == '__main__':
    main()
