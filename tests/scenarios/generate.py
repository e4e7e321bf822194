#!/usr/bin/env python3
"""Write the captures whose causes are known: NAME.ndjson.gz and NAME.truth.json of each scenario.

usage: generate.py [--list] FOLDER [NAME...]
"""
import gzip
import importlib
import json
import os
import sys

from scene import Scene

FAMILIES = ('languages', 'cascades', 'courses', 'healthy')


def scenarios():
    for family in FAMILIES:
        for function in importlib.import_module(family).SCENARIOS:
            yield function.__name__.replace('_', '-'), function


def write_capture(path, entries):
    """Lines of JSON; the time in the header of the archive is fixed, so that the same entries give the same bytes."""
    lines = ''.join(json.dumps(entry, separators=(',', ':'), ensure_ascii=False) + '\n' for entry in entries)
    with open(path, 'wb') as out, gzip.GzipFile(filename='', mode='wb', fileobj=out, mtime=0) as packed:
        packed.write(lines.encode('utf-8', 'surrogatepass'))


def generate(folder, name, function):
    scene = Scene(name)
    function(scene)
    scene.entries.sort(key=lambda entry: entry['timestamp'])
    write_capture(os.path.join(folder, name + '.ndjson.gz'), scene.entries)
    with open(os.path.join(folder, name + '.truth.json'), 'w', encoding='utf-8') as out:
        json.dump(scene.truth(), out)


def main():
    words = [word for word in sys.argv[1:] if word != '--list']
    if '--list' in sys.argv:
        for name, function in scenarios():
            print('%-28s %s' % (name, function.__doc__.splitlines()[0]))
        return
    if not words:
        sys.exit(__doc__)
    os.makedirs(words[0], exist_ok=True)
    for name, function in scenarios():
        if len(words) == 1 or name in words[1:]:
            generate(words[0], name, function)


main()
