/* main.c - which command? */
#include <stdlib.h>
#include <string.h>

#include "commands.h"

const struct command commands[] = {
    {"report", CMD_REPORT, "report [OPTION...] [INPUT...]",
	"Read log entries and write an incident report: what failed, since when, how often,\n"
	"and a chain of whys that rests on entries.",
	cmd_report},
    {"cluster", CMD_CLUSTER, "cluster [OPTION...] [INPUT...]",
	"Group the messages of logs, plain text or structured, and write their templates\n"
	"with counts, times, severity and an example.",
	cmd_cluster},
    {"fetch", CMD_FETCH, "fetch --project PROJECT [OPTION...]",
	"Download entries from the Logging API, oldest first, one JSON object a line.", cmd_fetch},
    {"patterns", CMD_PATTERNS, "patterns list|show|test|lint [OPTION...] [ID...|FILE...]",
	"Look at the catalogue of known errors: list its rules, show some as their files have\n"
	"them, test their examples, tell what is wrong or suspicious.",
	cmd_patterns},
    {0},
};

static const struct command *
command_by_name(const char *name)
{
	const struct command *c;

	for (c = commands; c->name != NULL; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

int
main(int argc, char **argv)
{
	const struct command *c = argc > 1 ? command_by_name(argv[1]) : NULL;
	struct settings s;

	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		print_program_help(stdout);
		(void)putchar('\n');
		print_command_help(&commands[0], stdout);
		return finish_stdout(EXIT_DONE);
	}
	if (c != NULL) { /* the name goes, so that what follows is options and operands */
		argv++;
		argc--;
	} else {
		c = &commands[0];
	}
	switch (options_parse(c, argc, argv, &s)) {
	case PARSED_DONE:
		return finish_stdout(EXIT_DONE);
	case PARSED_WRONG:
		return EXIT_WRONG_USAGE;
	case PARSED_RUN:
		break;
	}
	return c->run(&s);
}
