# shellcheck shell=sh
# Functions for the tests against servers on loopback; sourced with srcdir and LOGWHY set.

: "${srcdir:?is set by make check}" "${LOGWHY:?is set by make check}"
servers=$srcdir/tests/servers
number=0 failed=0

# skip_all WHY: nothing can be tested here.
skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

command -v python3 >/dev/null || skip_all 'python3 is not installed; on Debian: apt-get install python3'

work=$(mktemp -d)
HOME=$work LC_ALL=C TZ=UTC
export HOME LC_ALL TZ
unset LOGWHY_TOKEN LOGWHY_LOGGING_ENDPOINT GOOGLE_APPLICATION_CREDENTIALS CLOUDSDK_CONFIG
unset GCE_METADATA_HOST GOOGLE_CLOUD_QUOTA_PROJECT STORAGE_EMULATOR_HOST CURL_CA_BUNDLE SSL_CERT_FILE
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_COLOR
server_pids=
trap 'stop_servers; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work" || exit 1

stop_servers()
{
	# shellcheck disable=SC2086 # a list of numbers
	[ -z "$server_pids" ] || kill $server_pids 2>/dev/null
	server_pids=
}

# start_server FOLDER PROGRAM ARGUMENT...: run a Python server of this folder with FOLDER and the
# arguments; $port is where.  It ends with its standard input, so also when this script is killed.
start_server()
{
	start_folder=$1 start_program=$2
	shift 2
	mkdir -p "$start_folder"
	mkfifo "$start_folder/stop"
	sleep 3600 >"$start_folder/stop" 2>/dev/null &
	server_pids="$server_pids $!"
	python3 "$servers/$start_program" "$start_folder" "$@" <"$start_folder/stop" \
		>"$start_folder/port" 2>"$start_folder/errors" &
	server_pids="$server_pids $!"
	start_tries=0
	until [ -s "$start_folder/port" ]; do
		start_tries=$((start_tries + 1))
		if [ "$start_tries" -gt 300 ]; then
			echo "Bail out! $start_program does not start"
			exit 1
		fi
		sleep 0.1
	done
	# shellcheck disable=SC2034 # for the tests
	port=$(cat "$start_folder/port")
}

# result WHAT: was the last command a success?
result()
{
	result_status=$?
	number=$((number + 1))
	if [ "$result_status" -eq 0 ]; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1"
		failed=$((failed + 1))
		for result_file in err difference; do
			[ ! -s "$result_file" ] || head -n 20 "$result_file" | sed "s/^/# $result_file: /"
		done
	fi
	: >difference
}

skip()
{
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

done_testing()
{
	echo "1..$number"
	[ "$failed" -eq 0 ]
	exit
}

# says TEXT...: standard error has each of them.
says()
{
	for says_text in "$@"; do
		grep -qF -e "$says_text" err || {
			echo "lacks: $says_text" >difference
			return 1
		}
	done
}

# wait_for COMMAND...: until it succeeds, half a minute at the most.
wait_for()
{
	wait_tries=0
	until "$@"; do
		wait_tries=$((wait_tries + 1))
		[ "$wait_tries" -lt 300 ] || return 1
		sleep 0.1
	done
}
