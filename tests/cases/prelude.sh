# shellcheck shell=sh
# Functions for the commands of the cases; sourced by tests/cases/run.

# core ARGUMENT...: the JSON report without its inputs, which name files and their sizes.
core()
{
	logwhy -f json "$@" | sed '/^  "inputs": \[$/,/^  \],*$/d'
}

# same REFERENCE ARGUMENT...: is the report of the arguments that of the reference, but for its inputs?
same()
{
	core "$1" >reference.json
	shift
	core "$@" >this.json
	if [ -s reference.json ] && diff reference.json this.json; then
		echo 'the same report'
	fi
}

# shuffle FILE: its lines in an order that has nothing to do with theirs, the same one each time.
shuffle()
{
	awk '{ print substr($0, 25, 9) substr($0, length($0) - 20, 9) "\t" $0 }' "$1" | LC_ALL=C sort | cut -f 2-
}

# array_lines FILE: the entries of an indented array as gcloud writes it, one a line.
array_lines()
{
	awk '/^  \{$/ { line = "{"; next } /^  \},?$/ { print line "}"; next } { sub(/^ */, ""); line = line $0 }' "$1"
}

# need_shared FILE: skip the case where the larger data are not there.
need_shared()
{
	[ -e "shared/data/$1" ] || {
		echo "shared/data/$1 is not there"
		exit 77
	}
}

# The few figures that show what was read.
# shellcheck disable=SC2034 # for the cases
facts='totals.entries totals.errors totals.malformed totals.duplicates incidents.#'
