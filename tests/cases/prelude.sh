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

# serve PROGRAM ARGUMENT...: start that server of tests/servers and wait until it listens at $port
# (and $more_ports), where $at is http://127.0.0.1:$port.  It ends with the case: its standard input is
# closed then.
serve()
{
	command -v python3 >/dev/null || {
		echo 'python3 is not installed'
		exit 77
	}
	serve_program=$(dirname "$0")/../servers/$1
	shift
	mkfifo to-server from-server
	python3 -B "$serve_program" "$@" <to-server >from-server 2>server-errors &
	exec 8>to-server
	# shellcheck disable=SC2034 # for the cases
	if ! read -r port more_ports <from-server; then
		cat server-errors >&2
		exit 99
	fi
	rm to-server from-server
	# shellcheck disable=SC2034 # for the cases
	at=http://127.0.0.1:$port
}

# no_port COMMAND...: with the port of the server as PORT in all that is written.
no_port()
{
	no_port_status=0
	"$@" >out 2>err || no_port_status=$?
	sed "s/:$port/:PORT/g" out
	sed "s/:$port/:PORT/g" err >&2
	return "$no_port_status"
}

# asked: what the server was asked, in order.
asked()
{
	sed "s/:$port/:PORT/g" requests
}

# shards FOLDER: the lines of the small capture as hourly objects of a log sink, in a bucket "logs".
shards()
{
	shards_day=$1/logs/run.googleapis.com/stderr/2026/03/02
	mkdir -p "$shards_day"
	split -n l/4 -d data/framing/lines.ndjson hour-
	for shards_hour in 0 1 2 3; do
		mv "hour-0$shards_hour" "$shards_day/0$shards_hour:00:00_0$shards_hour:59:59_S0.json"
	done
}
