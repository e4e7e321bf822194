/* auth_machine.c - tokens from around this process: the metadata server, and gcloud. */
#define _GNU_SOURCE /* environ */
#include <config.h>

#include "input/auth_kinds.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "input/secret.h"

/* Where there is no such server, which is every laptop, this is how long it takes to find out. */
#define PROBE_TIMEOUT_NS (1 * LW_NS_PER_S)
#define METADATA_TIMEOUT_NS (10 * LW_NS_PER_S)
#define METADATA_MAX_BYTES ((size_t)64 << 10)
#define GCLOUD_LIFE_NS (900 * LW_NS_PER_S) /* it does not say; what it gives may be half used */

static enum lw_code
ask(struct lw_grant *g, const struct lw_net *net, const struct lw_http_request *r,
    struct lw_buf *answer, long *status, struct lw_error *e)
{
	struct lw_http *h = lw_http_new(net, g->stop);
	enum lw_code code;

	if (h == NULL)
		return lw_error_set(e, LW_ENOMEM, "out of memory");
	code = lw_http_send(h, r, answer, METADATA_MAX_BYTES, NULL, e);
	*status = lw_http_status(h);
	if (code == LW_OK && !lw_str_eq(lw_http_header(h, "Metadata-Flavor"), LW_STR("Google")))
		code = lw_error_set(e, LW_ENOENT, "what answers there is no metadata server");
	lw_http_free(h);
	return code;
}

enum lw_code
lw_auth_metadata(struct lw_grant *g, struct lw_error *e)
{
	static const struct lw_http_header flavor[] = {{"Metadata-Flavor", "Google", false}};
	const char *host = g->options->metadata_host;
	struct lw_net probe = *g->net;
	struct lw_http_request r = {.headers = flavor,
	    .header_count = 1,
	    .direct = true,
	    .plain = true,
	    .connect_timeout_ns = PROBE_TIMEOUT_NS,
	    .max_time_ns = METADATA_TIMEOUT_NS};
	struct lw_buf url = {0}, answer = {0};
	enum lw_code code;
	long status = 0;

	probe.retry.attempts = 1;
	lw_buf_printf(&url, "http://%s/computeMetadata/v1/instance/service-accounts/default/token",
	    host == NULL || host[0] == '\0' ? "metadata.google.internal" : host);
	r.url = url.p;
	if (!lw_buf_ok(&url) || !lw_buf_reserve(&answer, 2 * METADATA_MAX_BYTES))
		code = lw_error_set(e, LW_ENOMEM, "out of memory");
	else
		code = ask(g, &probe, &r, &answer, &status, e);
	/* It is there: now it is worth to be patient. */
	if (code == LW_OK && (status == 429 || status >= 500))
		code = ask(g, g->net, &r, &answer, &status, e);
	if (code == LW_OK && status == 404)
		code = lw_error_set(e, LW_EACCES, "this machine has no service account");
	else if (code == LW_OK && status != 200)
		code = lw_error_set(e, LW_EACCES, "it answered with status %ld", status);
	else if (code == LW_OK)
		code = lw_auth_take_answer(g, lw_buf_str(&answer), e);
	lw_secret_fini(&answer);
	lw_buf_fini(&url);
	return code;
}

/* Start gcloud, no shell between, with its standard output in *fd. */
static enum lw_code
start_gcloud(pid_t *pid, int *fd, struct lw_error *e)
{
	char name[] = "gcloud", auth[] = "auth", verb[] = "print-access-token", quiet[] = "--quiet";
	char *const argv[] = {name, auth, verb, quiet, NULL};
	posix_spawn_file_actions_t actions;
	int ends[2], number;

	if (pipe(ends) != 0)
		return lw_error_set(e, LW_EIO, "%s", strerror(errno));
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	number = posix_spawn_file_actions_init(&actions);
	if (number == 0) {
		number = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
		if (number == 0)
			number = posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
		if (number == 0)
			number =
			    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
		if (number == 0)
			number = posix_spawnp(pid, name, &actions, NULL, argv, environ);
		(void)posix_spawn_file_actions_destroy(&actions);
	}
	(void)close(ends[1]);
	*fd = ends[0];
	if (number == 0)
		return LW_OK;
	(void)close(ends[0]);
	return number == ENOENT ? lw_error_set(e, LW_ENOENT, "gcloud is not installed")
				: lw_error_set(e, LW_EIO, "gcloud: %s", strerror(number));
}

/* All that it prints, up to the ceiling; false where stop was asked for. */
static bool
read_all(struct lw_grant *g, int fd, struct lw_buf *out)
{
	ssize_t n;

	while (lw_stop_wait(g->stop, fd)) {
		n = read(fd, out->p + out->n, LW_AUTH_TOKEN_MAX_BYTES - out->n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return true;
		out->n += (size_t)n;
		if (out->n == LW_AUTH_TOKEN_MAX_BYTES)
			return true;
	}
	return false;
}

enum lw_code
lw_auth_gcloud(struct lw_grant *g, struct lw_error *e)
{
	struct lw_buf out = {0};
	enum lw_code code;
	bool whole;
	int fd = -1, status = 0;
	pid_t pid = -1;

	if (!lw_buf_reserve(&out, LW_AUTH_TOKEN_MAX_BYTES))
		return lw_error_set(e, LW_ENOMEM, "out of memory");
	code = start_gcloud(&pid, &fd, e);
	if (code != LW_OK) {
		lw_buf_fini(&out);
		return code;
	}
	whole = read_all(g, fd, &out);
	(void)close(fd);
	if (!whole)
		(void)kill(pid, SIGTERM);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!whole) {
		code = lw_error_set(e, LW_EINTR, "interrupted");
	} else if (!WIFEXITED(status) || WEXITSTATUS(status) == 127) {
		code = lw_error_set(e, LW_ENOENT, "gcloud could not be run");
	} else if (WEXITSTATUS(status) != 0) {
		code = lw_error_set(e, LW_EACCES,
		    "gcloud exited with status %d; run gcloud auth login", WEXITSTATUS(status));
	} else {
		code = lw_auth_take_token(g, lw_buf_str(&out), e);
		g->expires_ns = lw_auth_now(g) + GCLOUD_LIFE_NS;
	}
	lw_secret_fini(&out);
	return code;
}
