/*
 * commands.h - the commands and what they share.
 */
#ifndef LOGWHY_COMMANDS_H
#define LOGWHY_COMMANDS_H

#include "options.h"

int cmd_report(const struct settings *s);
int cmd_fetch(const struct settings *s);
int cmd_cluster(const struct settings *s);
int cmd_patterns(const struct settings *s);

/*
 * The rules to use: the shipped ones (LOGWHY_PATTERNS, else what was installed
 * with this program, else the build tree's) unless left out, then --patterns.
 * Strings live as long as the program.  The number of paths, 0 for none.
 */
size_t pattern_paths(const struct settings *s, const char *paths[MAX_LISTED + 1]);

/* Write text to a file or, for "-", to standard output; false after a complaint. */
bool write_output(const char *path, const char *text, size_t size);

/* Flush standard output; EXIT_IO and a complaint where that fails, else `code`. */
int finish_stdout(int code);

bool use_color(const struct settings *s); /* on standard output */
unsigned output_width(
    void); /* columns of the terminal on standard output, within 60 to 120; else 80 */
unsigned processor_count(void);

/*
 * Call stop(arg), which must be async-signal-safe, on the first SIGINT or
 * SIGTERM; the second one ends the program.  A closed output becomes an error
 * of write, with a message, instead of a signal.
 */
void stop_on_signals(void (*stop)(void *), void *arg);

#endif
