/*
 * feed.c - interrupt a command when it has read its input.
 *
 * usage: feed SIGNAL COUNT COMMAND [ARGUMENT...]
 *
 * Feeds standard input to the command through a pipe that stays open, waits
 * until the command has taken all of it, and sends the signal COUNT times,
 * each next one when the one before has been handled.  Ends with the
 * command's exit status, or with 128 plus the signal that ended it.  It waits
 * for states, never for a time.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void
give_way(void)
{
	struct timespec t = {0, 2000000};

	(void)nanosleep(&t, NULL);
}

static void
copy(int to)
{
	char buf[65536];
	ssize_t n, done, k;

	while ((n = read(STDIN_FILENO, buf, sizeof(buf))) > 0)
		for (done = 0; done < n; done += k)
			if ((k = write(to, buf + done, (size_t)(n - done))) < 0)
				exit(99);
}

/* Does the process still have a handler of its own for the signal? */
static int
catches(pid_t pid, int signal_number)
{
	char path[64], line[256];
	unsigned long long mask = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
	f = fopen(path, "r");
	if (f == NULL)
		return 0;
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "SigCgt:", 7) == 0)
			mask = strtoull(line + 7, NULL, 16);
	(void)fclose(f);
	return (mask >> (signal_number - 1) & 1) != 0;
}

int
main(int argc, char **argv)
{
	int ends[2], left = 1, status, count, signal_number;
	pid_t child;

	if (argc < 4 || pipe(ends) != 0)
		return 99;
	signal_number = (int)strtol(argv[1], NULL, 10);
	child = fork();
	if (child == 0) {
		if (dup2(ends[0], STDIN_FILENO) < 0 || close(ends[0]) != 0 || close(ends[1]) != 0)
			_exit(99);
		(void)execvp(argv[3], argv + 3);
		_exit(99);
	}
	if (child < 0)
		return 99;
	copy(ends[1]);
	while (ioctl(ends[0], FIONREAD, &left) == 0 && left > 0)
		give_way();
	for (count = (int)strtol(argv[2], NULL, 10); count > 0; count--) {
		if (kill(child, signal_number) != 0)
			break;
		while (count > 1 && catches(child, signal_number))
			give_way();
	}
	if (waitpid(child, &status, 0) != child)
		return 99;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
