/* options.c - parsing and help, both from options.def. */
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <logwhy.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum option_id {
	OPT_NONE = 255, /* ids above any letter */
#define OPTION(id, letter, name, argument, for_commands, help) id,
#include "options.def"
#undef OPTION
	OPT_END
};

static const struct option_row {
	int id;
	char letter;
	const char *name, *argument;
	int for_commands;
	const char *help;
} rows[] = {
#define OPTION(id, letter, name, argument, for_commands, help) \
	{id, letter, name, argument, for_commands, help},
#include "options.def"
#undef OPTION
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))
#define HELP_COLUMN 28
#define HELP_WIDTH 80

void
complain(const char *format, ...)
{
	va_list ap;

	(void)fputs("logwhy: ", stderr);
	va_start(ap, format);
	(void)vfprintf(stderr, format, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
}

/* text in lines that end before HELP_WIDTH, the further ones indented. */
static void
print_wrapped(FILE *out, const char *text)
{
	size_t column = HELP_COLUMN, n;

	while (*text != '\0') {
		n = strcspn(text, " ");
		if (column > HELP_COLUMN && column + 1 + n >= HELP_WIDTH) {
			(void)fprintf(out, "\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
		} else if (column > HELP_COLUMN) {
			(void)fputc(' ', out);
			column++;
		}
		(void)fprintf(out, "%.*s", (int)n, text);
		column += n;
		text += n + (text[n] == ' ');
	}
	(void)fputc('\n', out);
}

static void
print_row(FILE *out, const struct option_row *r)
{
	char left[64];
	int n;

	n = snprintf(left, sizeof(left), "  %c%c%s --%s%s%s", r->letter == 0 ? ' ' : '-',
	    r->letter == 0 ? ' ' : r->letter, r->letter == 0 ? " " : ",", r->name,
	    r->argument == NULL ? "" : " ", r->argument == NULL ? "" : r->argument);
	(void)fprintf(out, "%-*s", HELP_COLUMN - 1, left);
	if (n > HELP_COLUMN - 2)
		(void)fprintf(out, "\n%*s", HELP_COLUMN, "");
	else
		(void)fputc(' ', out);
	print_wrapped(out, r->help);
}

void
print_command_help(const struct command *c, FILE *out)
{
	size_t i;

	(void)fprintf(out, "usage: logwhy %s\n\n%s\n\n", c->usage, c->summary);
	for (i = 0; i < ROWS; i++)
		if ((rows[i].for_commands & c->bit) != 0)
			print_row(out, &rows[i]);
}

void
print_program_help(FILE *out)
{
	const struct command *c;

	(void)fputs("usage: logwhy [report] [OPTION...] [INPUT...]\n", out);
	for (c = commands + 1; c->name != NULL; c++)
		(void)fprintf(out, "       logwhy %s\n", c->usage);
	(void)fputs(
	    "\nReads cloud error streams and says why a system failed. INPUT is a file, a folder,\n"
	    "an https:// address, gs://BUCKET/PREFIX, or - for standard input:\n\n"
	    "  gcloud logging read 'severity>=ERROR' --format=json | logwhy\n"
	    "  logwhy archive/ -o incident.md\n\n"
	    "See logwhy COMMAND --help and logwhy(1).\n",
	    out);
}

static bool
parse_number(const char *name, const char *text, unsigned long least, unsigned long *value)
{
	char *end;
	unsigned long v;

	errno = 0;
	v = strtoul(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || text[0] == '-' || v < least ||
	    v > 1000000000) {
		complain("--%s wants a number from %lu on, not '%s'", name, least, text);
		return false;
	}
	*value = v;
	return true;
}

static bool
parse_when(const char *name, const char *text, enum when *value)
{
	static const char *const words[] = {"auto", "always", "never"};
	size_t i;

	for (i = 0; i < 3; i++)
		if (strcmp(text, words[i]) == 0) {
			*value = (enum when)i;
			return true;
		}
	complain("--%s is auto, always or never, not '%s'", name, text);
	return false;
}

/* A time, or a duration before now ("1h"; with a unit, for a bare number might be anything). */
static bool
parse_time(const char *name, const char *text, int64_t *ns)
{
	size_t n = strlen(text);
	struct timespec now;
	int64_t ago;

	if (lw_parse_time(text, ns))
		return true;
	if (n > 0 && isalpha((unsigned char)text[n - 1]) && lw_parse_duration(text, &ago) &&
	    ago >= 0 && clock_gettime(CLOCK_REALTIME, &now) == 0) {
		*ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec - ago;
		return true;
	}
	complain("--%s wants a time such as 2026-03-02T09:00:00Z, or how long ago, such as 30m, "
		 "1h or 2d, not '%s'",
	    name, text);
	return false;
}

static bool
parse_duration(const char *name, const char *text, int64_t *ns)
{
	if (lw_parse_duration(text, ns) && *ns > 0)
		return true;
	complain("--%s wants a duration such as 30s, 5m or 1h, not '%s'", name, text);
	return false;
}

static bool
add_to(const char *name, const char *const text, const char **list, size_t *count, size_t most)
{
	if (*count == most) {
		complain("--%s may be given %zu times at the most", name, most);
		return false;
	}
	list[(*count)++] = text;
	return true;
}

static bool
parse_format(const char *text, const char **format)
{
	static const char *const names[] = {"text", "md", "json"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(text, names[i]) == 0) {
			*format = names[i];
			return true;
		}
	complain("--format is text, md or json, not '%s'", text);
	return false;
}

static bool
parse_decoder(const char *text, bool *reference)
{
	*reference = strcmp(text, "yajl") == 0;
	if (*reference || strcmp(text, "fast") == 0)
		return true;
	complain("--decoder is fast or yajl, not '%s'", text);
	return false;
}

/* One option with its argument into *s; false after a complaint. */
static bool
take(enum option_id id, const char *name, const char *arg, struct settings *s)
{
	switch (id) {
	case OPT_FORMAT:
		return parse_format(arg, &s->format);
	case OPT_OUTPUT:
		return add_to(name, arg, s->outputs, &s->output_count, MAX_LISTED);
	case OPT_TITLE:
		s->title = arg;
		return true;
	case OPT_PROJECT:
		return add_to(name, arg, s->projects, &s->project_count, MAX_PROJECTS);
	case OPT_FILTER:
		s->filter = arg;
		return true;
	case OPT_SEVERITY:
		s->severity = arg;
		return true;
	case OPT_RESOURCE:
		s->resource_type = arg;
		return true;
	case OPT_LIMIT:
		return parse_number(name, arg, 1, &s->limit);
	case OPT_READ_QUOTA:
		return parse_number(name, arg, 0, &s->read_quota);
	case OPT_RESUME:
		s->resume = true;
		return true;
	case OPT_EXPLAIN:
		s->explain = arg;
		return true;
	case OPT_SINCE:
		return parse_time(name, arg, &s->since_ns);
	case OPT_UNTIL:
		return parse_time(name, arg, &s->until_ns);
	case OPT_BASELINE:
		return add_to(name, arg, s->baselines, &s->baseline_count, MAX_LISTED);
	case OPT_SERVICE:
		s->service = arg;
		return true;
	case OPT_WINDOW:
		return parse_duration(name, arg, &s->window_ns);
	case OPT_STEP:
		return parse_duration(name, arg, &s->step_ns);
	case OPT_TOP:
		return parse_number(name, arg, 0, &s->top);
	case OPT_WHYS:
		return parse_number(name, arg, 1, &s->whys);
	case OPT_ASSIGN:
		s->assign = true;
		return true;
	case OPT_MIN_COUNT:
		return parse_number(name, arg, 1, &s->min_count);
	case OPT_SHOW_VALUES:
		s->show_values = true;
		return true;
	case OPT_PATTERNS:
		return add_to(name, arg, s->patterns, &s->pattern_count, MAX_LISTED);
	case OPT_NO_DEFAULT_PATTERNS:
		s->no_default_patterns = true;
		return true;
	case OPT_THREADS:
		return parse_number(name, arg, 1, &s->threads);
	case OPT_DECODER:
		return parse_decoder(arg, &s->reference_decoder);
	case OPT_NO_REDACT:
		s->no_redact = true;
		return true;
	case OPT_STRICT:
		s->strict = true;
		return true;
	case OPT_EXIT_CODE:
		s->exit_code = true;
		return true;
	case OPT_POST:
		return add_to(name, arg, s->posts, &s->post_count, MAX_LISTED);
	case OPT_POST_DRY_RUN:
		s->post_dry_run = true;
		return true;
	case OPT_TOKEN_FILE:
		s->token_file = arg;
		return true;
	case OPT_CACERT:
		s->ca_file = arg;
		return true;
	case OPT_CONNECT_TIMEOUT:
		return parse_duration(name, arg, &s->connect_timeout_ns);
	case OPT_MAX_TIME:
		return parse_duration(name, arg, &s->max_time_ns);
	case OPT_RETRIES:
		return parse_number(name, arg, 0, &s->retries);
	case OPT_RETRY_DELAY:
		return parse_duration(name, arg, &s->retry_delay_ns);
	case OPT_IPV4:
		s->ip_version = 4;
		return true;
	case OPT_IPV6:
		s->ip_version = 6;
		return true;
	case OPT_INSECURE:
		s->insecure = true;
		return true;
	case OPT_COLOR:
		return parse_when(name, arg, &s->color);
	case OPT_PROGRESS:
		return parse_when(name, arg, &s->progress);
	case OPT_QUIET:
		s->quiet = true;
		return true;
	case OPT_VERBOSE:
		s->verbose = true;
		return true;
	case OPT_NONE:
	case OPT_VERSION:
	case OPT_HELP:
	case OPT_END:
		break;
	}
	return false;
}

/* getopt's tables for one command. */
static void
make_tables(const struct command *c, struct option *longs, char *letters)
{
	size_t i, n = 0;

	*letters++ = ':'; /* a missing argument is told from an unknown option */
	for (i = 0; i < ROWS; i++) {
		if ((rows[i].for_commands & c->bit) == 0)
			continue;
		longs[n++] = (struct option){rows[i].name,
		    rows[i].argument == NULL ? no_argument : required_argument, NULL, rows[i].id};
		if (rows[i].letter == 0)
			continue;
		*letters++ = rows[i].letter;
		if (rows[i].argument != NULL)
			*letters++ = ':';
	}
	longs[n] = (struct option){0};
	*letters = '\0';
}

static const struct option_row *
row_of(int id)
{
	size_t i;

	for (i = 0; i < ROWS; i++)
		if (rows[i].id == id || (rows[i].letter != 0 && rows[i].letter == id))
			return &rows[i];
	return NULL;
}

enum parsed
options_parse(const struct command *c, int argc, char **argv, struct settings *s)
{
	struct option longs[ROWS + 1];
	char letters[2 * ROWS + 2];
	int got;

	*s = (struct settings){.since_ns = LW_RUN_NO_TIME,
	    .until_ns = LW_RUN_NO_TIME,
	    .window_ns = INT64_C(300000000000),
	    .step_ns = INT64_C(60000000000),
	    .top = 10,
	    .whys = 5,
	    .min_count = 1,
	    .read_quota = 60,
	    .retries = 9,
	    .retry_delay_ns = INT64_C(1000000000)};
	make_tables(c, longs, letters);
	optind = 1;
	while ((got = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		const struct option_row *r;

		if (got == '?' || got == ':') {
			complain("%s '%s'; see logwhy %s --help",
			    got == ':' ? "missing argument of" : "unknown option", argv[optind - 1],
			    c->name);
			return PARSED_WRONG;
		}
		r = row_of(got);
		if (r == NULL)
			return PARSED_WRONG;
		if (r->id == OPT_HELP) {
			print_command_help(c, stdout);
			return PARSED_DONE;
		}
		if (r->id == OPT_VERSION) {
			(void)printf("logwhy %s\n", lw_version());
			return PARSED_DONE;
		}
		if (!take((enum option_id)r->id, r->name, optarg, s))
			return PARSED_WRONG;
	}
	s->operands = argv + optind;
	s->operand_count = (size_t)(argc - optind);
	return PARSED_RUN;
}
