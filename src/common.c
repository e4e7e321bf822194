/* common.c - what several commands need of the system. */
#define _GNU_SOURCE /* TIOCGWINSZ's struct winsize */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The folder of this program's file, or "" where the system does not say. */
static void
program_folder(char *buf, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", buf, size - 1);
	char *slash;

	buf[n < 0 ? 0 : n] = '\0';
	slash = strrchr(buf, '/');
	if (slash != NULL)
		*slash = '\0';
	else
		buf[0] = '\0';
}

/* The shipped rules: of the environment, beside an unpacked installation, of the build tree, or
 * where make install puts them. */
static const char *
default_patterns(void)
{
	static char path[4400];
	const char *set = getenv("LOGWHY_PATTERNS");
	char here[4096], probe[4400];

	if (set != NULL && set[0] != '\0')
		return set;
	program_folder(here, sizeof(here));
	(void)snprintf(probe, sizeof(probe), "%s/../config.status", here);
	(void)snprintf(path, sizeof(path), "%s/../patterns", here);
	if (access(probe, R_OK) == 0 && is_folder(path))
		return path;
	(void)snprintf(path, sizeof(path), "%s/../share/logwhy/patterns", here);
	if (is_folder(path))
		return path;
	return LW_DATADIR "/patterns";
}

size_t
pattern_paths(const struct settings *s, const char *paths[MAX_LISTED + 1])
{
	size_t n = 0, i;

	if (!s->no_default_patterns)
		paths[n++] = default_patterns();
	for (i = 0; i < s->pattern_count; i++)
		paths[n++] = s->patterns[i];
	return n;
}

int
finish_stdout(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	complain("standard output: %s; the output is not complete", strerror(errno));
	return EXIT_IO;
}

bool
write_output(const char *path, const char *text, size_t size)
{
	FILE *f;
	bool ok;

	if (strcmp(path, "-") == 0) {
		if (fwrite(text, 1, size, stdout) == size && fflush(stdout) == 0)
			return true;
		complain("standard output: %s; the output is not complete", strerror(errno));
		return false;
	}
	f = fopen(path, "w");
	if (f == NULL) {
		complain("%s: cannot be written: %s", path, strerror(errno));
		return false;
	}
	ok = fwrite(text, 1, size, f) == size;
	ok = fclose(f) == 0 && ok;
	if (!ok)
		complain("%s: %s; the output is not complete", path, strerror(errno));
	return ok;
}

bool
use_color(const struct settings *s)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (s->color != WHEN_AUTO)
		return s->color == WHEN_ALWAYS;
	return isatty(STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0') &&
	       (term == NULL || strcmp(term, "dumb") != 0);
}

unsigned
output_width(void)
{
	struct winsize w;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) != 0 || w.ws_col == 0)
		return 80;
	return w.ws_col < 60 ? 60 : w.ws_col > 120 ? 120 : w.ws_col;
}

unsigned
processor_count(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > 64 ? 64 : (unsigned)n;
}

static void (*stop_function)(void *); /* for the signal handler; set before it is installed */
static void *stop_argument;

static void
on_signal(int signal_number)
{
	(void)signal_number;
	stop_function(stop_argument);
}

void
stop_on_signals(void (*stop)(void *), void *arg)
{
	struct sigaction end = {
	    .sa_handler = on_signal, .sa_flags = SA_RESETHAND}; /* no SA_RESTART: read returns */
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	sigset_t both, before;

	(void)sigemptyset(&both);
	(void)sigaddset(&both, SIGINT);
	(void)sigaddset(&both, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &both, &before); /* the two belong together */
	stop_function = stop;
	stop_argument = arg;
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	(void)sigemptyset(&end.sa_mask);
	(void)sigemptyset(&ignore.sa_mask);
	(void)sigaction(SIGINT, &end, NULL);
	(void)sigaction(SIGTERM, &end, NULL);
	(void)sigaction(SIGPIPE, &ignore, NULL);
}
