/*
 * options.h - the settings of one call of the program.
 */
#ifndef LOGWHY_OPTIONS_H
#define LOGWHY_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { /* bits of options.def's commands */
	CMD_REPORT = 1 << 0,
	CMD_CLUSTER = 1 << 1,
	CMD_PATTERNS = 1 << 2,
	CMD_FETCH = 1 << 3,
	CMD_QUERY = CMD_REPORT | CMD_FETCH,                 /* those that ask the Logging API */
	CMD_NETWORK = CMD_REPORT | CMD_CLUSTER | CMD_FETCH, /* those that read over the network */
	CMD_ALL = CMD_REPORT | CMD_CLUSTER | CMD_PATTERNS | CMD_FETCH
};

enum { /* exit codes, as the man page gives them */
	EXIT_DONE = 0,
	EXIT_INCIDENT = 1,
	EXIT_WRONG_USAGE = 2,
	EXIT_IO = 3,
	EXIT_MALFORMED = 4
};

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

#define MAX_LISTED 64 /* --output or --patterns given so many times at the most */

#define MAX_PROJECTS 100

struct settings {
	const char *format; /* NULL: not given */
	const char *outputs[MAX_LISTED];
	size_t output_count;
	const char *title, *service, *explain;
	int64_t since_ns, until_ns, window_ns, step_ns;
	unsigned long top, whys, threads, min_count; /* threads 0: not given */
	const char *posts[MAX_LISTED];
	size_t post_count;
	bool post_dry_run;
	const char *baselines[MAX_LISTED];
	size_t baseline_count;
	const char *patterns[MAX_LISTED];
	size_t pattern_count;
	bool assign, show_values, no_default_patterns, no_redact, strict, exit_code, quiet, verbose;
	const char *projects[MAX_PROJECTS];
	size_t project_count;
	const char *filter, *severity, *resource_type;
	unsigned long limit, read_quota; /* limit 0: all */
	bool resume;
	const char *token_file, *ca_file;
	int64_t connect_timeout_ns, max_time_ns; /* 0: not given */
	int64_t retry_delay_ns;
	unsigned long retries;
	int ip_version; /* 4, 6, or 0 for either */
	bool insecure;
	bool reference_decoder;
	enum when color, progress;
	char **operands; /* what is left: inputs or a subcommand */
	size_t operand_count;
};

struct command {
	const char *name;
	int bit; /* CMD_... */
	const char *usage, *summary;
	int (*run)(const struct settings *s); /* returns an exit code */
};

extern const struct command commands[]; /* ends with a NULL name */

enum parsed { PARSED_RUN, PARSED_DONE, PARSED_WRONG };

/*
 * Read argv[1..] of a command.  PARSED_DONE after --help and --version, which
 * are printed; PARSED_WRONG after a message on standard error.
 */
enum parsed options_parse(const struct command *c, int argc, char **argv, struct settings *s);

void print_command_help(const struct command *c, FILE *out);
void print_program_help(FILE *out);

/* "logwhy: ..." on standard error. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
