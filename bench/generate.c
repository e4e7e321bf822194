/*
 * generate.c - write a capture of Cloud Logging entries of any size whose
 * counts are known.
 *
 * Usage: generate [-s MEGABYTES] [-f ndjson|array|shards] [-r SEED] [-e PERMILLE]
 *                 [-m MINUTES] [-c COUNTS] -o OUTPUT
 *
 * 40 services with three instances each log for MINUTES (360): most entries
 * are requests that went well, then texts and structured messages of every
 * level, many with a trace, and PERMILLE (20) of all entries are one of the
 * four errors below.  OUTPUT is a file, compressed where it ends in .gz, or
 * with -f shards a folder of one compressed file an hour.  COUNTS gets the
 * true answer to the question that the peers are asked: entries by error and
 * minute, as "ERROR MINUTE COUNT" lines, sorted.  The same arguments give the
 * same bytes.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#define SERVICES 40
#define INSTANCES 3
#define MAX_MINUTES 10080
#define START_S INT64_C(1779006000) /* 2026-05-17T08:20:00Z */
#define ENTRY_BYTES 960             /* about the mean, to spread a size over the minutes */

/* The errors that are asked for: by the catalogue's id, and a text that holds it and no other. */
static const struct {
	const char *rule, *severity, *text;
} errors[] = {
    {"container-exit-3", "WARNING", "Container called exit(3)."},
    {"database-connection-timeout", "ERROR",
	"Database connection timeout after 25.0s: the pool gave no connection"},
    {"missing-module", "ERROR", "ModuleNotFoundError: No module named 'billing_export'"},
    {"whitespace-in-variable", "WARNING",
	"SERVICE_ID contained whitespace: 'orders-api\\n' was trimmed"},
};
#define ERRORS (sizeof(errors) / sizeof(errors[0]))

enum layout { NDJSON, ARRAY, SHARDS };
enum payload { REQUEST, TEXT, STRUCTURED };

struct generator {
	uint64_t state; /* of the random numbers */
	enum layout layout;
	const char *output;
	uint64_t goal_bytes, written_bytes, entries;
	unsigned permille, minutes;
	FILE *plain;
	gzFile packed;
	int hour;           /* of the open shard; -1 for none */
	char line[8192];    /* the entry, compact */
	size_t n;           /* of line */
	char pretty[32768]; /* the entry as an element of gcloud's array */
	uint32_t counts[ERRORS][MAX_MINUTES];
	bool failed;
};

/* splitmix64, https://prng.di.unimi.it/splitmix64.c */
static uint64_t
draw(struct generator *g)
{
	uint64_t z = g->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static unsigned
below(struct generator *g, unsigned n)
{
	return (unsigned)(draw(g) % n);
}

__attribute__((format(printf, 2, 3))) static void
add(struct generator *g, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(g->line + g->n, sizeof(g->line) - g->n, format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(g->line) - g->n) {
		(void)fprintf(stderr, "generate: an entry is too long\n");
		exit(1);
	}
	g->n += (size_t)n;
}

/* A # is a number. */
static const char *const methods[] = {"GET", "GET", "GET", "POST", "POST", "PUT", "DELETE"};
static const char *const paths[] = {"/api/v1/orders", "/api/v1/orders/#/items", "/api/v1/users/#",
    "/healthz", "/api/v1/search?q=shoes&page=#", "/assets/app.#.js", "/ws/notifications",
    "/api/v2/carts/#/checkout"};
static const char *const agents[] = {
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 "
    "Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    "kube-probe/1.29", "python-httpx/0.27.0", "okhttp/4.12.0"};
static const char *const texts[] = {"Order # accepted, total 42.90 EUR, 3 items",
    "cache miss for key user:#:profile, loading from the store",
    "INFO:     169.254.169.126:# - \\\"GET /healthz HTTP/1.1\\\" 200 OK",
    "Processed batch of # messages from subscription orders-sub",
    "2026-05-17 09:12:41,# - app.pricing - INFO - rule set loaded",
    "Worker heartbeat, queue depth #", "GET /metrics took 0.# s",
    "Token refreshed for tenant \\u00e9clair-#", "Retry 1 of 5 succeeded after # ms"};
#define PICK(g, a) ((a)[below(g, sizeof(a) / sizeof((a)[0]))])

/* A text of the tables with a number in it. */
static void
add_numbered(struct generator *g, const char *text, unsigned number)
{
	const char *mark = strchr(text, '#');
	size_t before = mark == NULL ? strlen(text) : (size_t)(mark - text);

	add(g, "%.*s", (int)before, text);
	if (mark != NULL)
		add(g, "%u%s", number, mark + 1);
}

struct stamp {
	char text[40];
};

static struct stamp
stamp_of(int64_t ns)
{
	struct stamp s;
	time_t t = (time_t)(ns / 1000000000);
	struct tm tm;
	size_t n;

	(void)gmtime_r(&t, &tm);
	n = strftime(s.text, sizeof(s.text), "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(s.text + n, sizeof(s.text) - n, ".%06dZ", (int)(ns % 1000000000 / 1000));
	return s;
}

/* The members up to the payload, keys in the order of the alphabet, as they are exported. */
static void
begin_entry(
    struct generator *g, enum payload payload, unsigned service, unsigned instance, int64_t ns)
{
	static const unsigned status[] = {200, 200, 200, 200, 200, 201, 204, 302, 304, 404};

	g->n = 0;
	add(g, "{");
	if (payload == REQUEST) {
		add(g,
		    "\"httpRequest\":{\"latency\":\"0.%06us\",\"protocol\":\"HTTP/1.1\","
		    "\"remoteIp\":\"203.0.113.%u\",\"requestMethod\":\"%s\",\"requestSize\":\"%u\","
		    "\"requestUrl\":\"https://svc-%02u-q3vv5qk2ja-ez.a.run.app",
		    1000 + below(g, 900000), below(g, 255), PICK(g, methods), 300 + below(g, 2000),
		    service);
		add_numbered(g, PICK(g, paths), below(g, 100000));
		add(g,
		    "\",\"responseSize\":\"%u\",\"serverIp\":\"216.239.36.53\",\"status\":%u,"
		    "\"userAgent\":\"%s\"},",
		    200 + below(g, 20000), PICK(g, status), PICK(g, agents));
	}
	add(g, "\"insertId\":\"%08" PRIx64 "%016" PRIx64 "\",", (uint64_t)(ns / 1000000000),
	    draw(g));
	if (payload == STRUCTURED)
		add(g,
		    "\"jsonPayload\":{\"level\":\"info\",\"logger\":\"app.service%02u.handlers\","
		    "\"message\":\"handled %s in %u ms\",\"request_id\":\"%016" PRIx64
		    "\",\"user\":{\"id\":%u,\"plan\":\"pro\"}},",
		    service, PICK(g, methods), below(g, 4000), draw(g), below(g, 100000));
	add(g,
	    "\"labels\":{\"instanceId\":\"0069c7a988%040x%04x%04x\"},\"logName\":"
	    "\"projects/lantern-prod/logs/run.googleapis.com%%2F%s\",\"receiveTimestamp\":"
	    "\"%s\",\"resource\":{\"labels\":{\"configuration_name\":\"svc-%02u\",\"location\":"
	    "\"europe-west4\",\"project_id\":\"lantern-prod\",\"revision_name\":"
	    "\"svc-%02u-00042-kab\",\"service_name\":\"svc-%02u\"},\"type\":"
	    "\"cloud_run_revision\"},",
	    service * 7919 + 1, service, instance, payload == REQUEST ? "requests" : "stdout",
	    stamp_of(ns + 120000000).text, service, service, service);
}

static void
end_entry(
    struct generator *g, enum payload payload, const char *severity, const char *text, int64_t ns)
{
	bool traced = payload == REQUEST || below(g, 2) == 0;

	if (severity != NULL)
		add(g, "\"severity\":\"%s\",", severity);
	if (traced)
		add(g, "\"spanId\":\"%016" PRIx64 "\",", draw(g));
	if (text != NULL) {
		add(g, "\"textPayload\":\"");
		add_numbered(g, text, below(g, 1000));
		add(g, "\",");
	}
	add(g, "\"timestamp\":\"%s\"", stamp_of(ns).text);
	if (traced)
		add(g,
		    ",\"trace\":\"projects/lantern-prod/traces/%016" PRIx64 "%016" PRIx64
		    "\",\"traceSampled\":true",
		    draw(g), draw(g));
	add(g, "}");
}

/* One entry at ns: into g->line. */
static void
make_entry(struct generator *g, unsigned minute, int64_t ns)
{
	static const char *const levels[] = {"INFO", "INFO", "INFO", "DEBUG", "NOTICE", NULL};
	unsigned service = below(g, SERVICES), instance = below(g, INSTANCES), kind;

	if (below(g, 1000) < g->permille) {
		kind = below(g, ERRORS);
		begin_entry(g, TEXT, service % 4, instance, ns);
		end_entry(g, TEXT, errors[kind].severity, errors[kind].text, ns);
		g->counts[kind][minute]++;
	} else if (below(g, 100) < 62) {
		begin_entry(g, REQUEST, service, instance, ns);
		end_entry(g, REQUEST, "INFO", NULL, ns);
	} else if (below(g, 3) == 0) {
		begin_entry(g, STRUCTURED, service, instance, ns);
		end_entry(g, STRUCTURED, PICK(g, levels), NULL, ns);
	} else {
		begin_entry(g, TEXT, service, instance, ns);
		end_entry(g, TEXT, PICK(g, levels), PICK(g, texts), ns);
	}
}

static void
put(struct generator *g, const char *p, size_t n)
{
	bool ok = g->packed != NULL ? gzwrite(g->packed, p, (unsigned)n) == (int)n
				    : fwrite(p, 1, n, g->plain) == n;

	g->failed = g->failed || !ok;
	g->written_bytes += n;
}

/* The line as gcloud prints an element of its array: two blanks a level. */
static size_t
indent(struct generator *g)
{
	char *out = g->pretty;
	unsigned depth = 1;
	bool in_text = false;
	size_t i, k;

#define BREAK() \
	do { \
		*out++ = '\n'; \
		for (k = 0; k < (size_t)depth * 2; k++) \
			*out++ = ' '; \
	} while (0)
	*out++ = ' ';
	*out++ = ' ';
	for (i = 0; i < g->n; i++) {
		char c = g->line[i];

		if (in_text) {
			*out++ = c;
			if (c == '\\')
				*out++ = g->line[++i];
			else if (c == '"')
				in_text = false;
			continue;
		}
		if (c == '}') {
			depth--;
			BREAK();
		}
		*out++ = c;
		if (c == '{') {
			depth++;
			BREAK();
		} else if (c == ',') {
			BREAK();
		} else if (c == ':') {
			*out++ = ' ';
		} else if (c == '"') {
			in_text = true;
		}
	}
#undef BREAK
	return (size_t)(out - g->pretty);
}

static bool
open_output(struct generator *g, const char *path)
{
	size_t n = strlen(path);

	if (n > 3 && strcmp(path + n - 3, ".gz") == 0)
		g->packed = gzopen(path, "wb6");
	else
		g->plain = fopen(path, "w");
	if (g->packed != NULL || g->plain != NULL)
		return true;
	(void)fprintf(stderr, "generate: %s: %s\n", path, strerror(errno));
	return false;
}

static void
close_output(struct generator *g)
{
	if (g->packed != NULL && gzclose(g->packed) != Z_OK)
		g->failed = true;
	if (g->plain != NULL && fclose(g->plain) != 0)
		g->failed = true;
	g->packed = NULL;
	g->plain = NULL;
}

/* The shard of the minute's hour, named as a log sink names them. */
static bool
open_shard(struct generator *g, unsigned minute)
{
	int64_t s = START_S / 3600 * 3600 + (START_S % 3600 + (int64_t)minute * 60) / 3600 * 3600;
	time_t t = (time_t)s;
	char path[4096];
	struct tm tm;

	if (g->hour == (int)(s / 3600))
		return true;
	close_output(g);
	g->hour = (int)(s / 3600);
	(void)gmtime_r(&t, &tm);
	(void)snprintf(path, sizeof(path), "%s/%04d-%02d-%02dT%02d_S0.json.gz", g->output,
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour);
	return open_output(g, path);
}

static void
put_entry(struct generator *g)
{
	if (g->layout == ARRAY) {
		put(g, g->entries == 0 ? "[\n" : ",\n", 2);
		put(g, g->pretty, indent(g));
	} else {
		g->line[g->n++] = '\n';
		put(g, g->line, g->n);
	}
	g->entries++;
}

static bool
generate(struct generator *g)
{
	uint64_t goal = g->goal_bytes, minute_goal;
	unsigned minute;

	if (g->layout == SHARDS ? mkdir(g->output, 0777) != 0 && errno != EEXIST
				: !open_output(g, g->output))
		return false;
	for (minute = 0; minute < g->minutes && !g->failed; minute++) {
		int64_t ns = (START_S + (int64_t)minute * 60) * 1000000000, step;

		if (g->layout == SHARDS && !open_shard(g, minute))
			return false;
		minute_goal = goal * (minute + 1) / g->minutes;
		step = INT64_C(59000000000) / (int64_t)(goal / g->minutes / (ENTRY_BYTES / 4) + 1);
		do {
			make_entry(g, minute, ns);
			put_entry(g);
			ns += step;
		} while (g->written_bytes < minute_goal && !g->failed);
	}
	if (g->layout == ARRAY)
		put(g, "\n]\n", 3);
	close_output(g);
	return !g->failed;
}

static bool
write_counts(const struct generator *g, const char *path)
{
	FILE *f = fopen(path, "w");
	unsigned kind, minute;

	if (f == NULL)
		return false;
	for (kind = 0; kind < ERRORS; kind++)
		for (minute = 0; minute < g->minutes; minute++) {
			struct stamp s =
			    stamp_of((START_S + (int64_t)minute * 60) * INT64_C(1000000000));

			s.text[16] = '\0'; /* up to the minute */
			if (g->counts[kind][minute] > 0)
				(void)fprintf(f, "%s %s %" PRIu32 "\n", errors[kind].rule, s.text,
				    g->counts[kind][minute]);
		}
	return fclose(f) == 0;
}

int
main(int argc, char **argv)
{
	static struct generator generator;
	struct generator *g = &generator;
	const char *counts = NULL;
	int option;

	g->goal_bytes = UINT64_C(100000000);
	g->permille = 20;
	g->minutes = 360;
	g->hour = -1;
	while ((option = getopt(argc, argv, "s:f:r:e:m:c:o:")) != -1)
		switch (option) {
		case 's':
			g->goal_bytes = strtoull(optarg, NULL, 10) * 1000000;
			break;
		case 'f':
			g->layout = strcmp(optarg, "array") == 0    ? ARRAY
				    : strcmp(optarg, "shards") == 0 ? SHARDS
								    : NDJSON;
			break;
		case 'r':
			g->state = strtoull(optarg, NULL, 10);
			break;
		case 'e':
			g->permille = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'm':
			g->minutes = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'c':
			counts = optarg;
			break;
		case 'o':
			g->output = optarg;
			break;
		default:
			return 2;
		}
	if (g->output == NULL || g->minutes == 0 || g->minutes > MAX_MINUTES || optind != argc) {
		(void)fprintf(
		    stderr, "generate: see the head of bench/generate.c for how to call it\n");
		return 2;
	}
	if (!generate(g) || (counts != NULL && !write_counts(g, counts))) {
		(void)fprintf(stderr, "generate: %s could not be written\n", g->output);
		return 1;
	}
	printf("%" PRIu64 " entries, %" PRIu64 " bytes\n", g->entries, g->written_bytes);
	return 0;
}
