/* network.c - options, environment and clock for what lib/input does over the network. */
#define _GNU_SOURCE /* getentropy */
#include "network.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MOST_WAIT_NS INT64_C(60000000000)
#define RETRY_FOR_NS INT64_C(900000000000)
#define NS_PER_S INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)

static int64_t
read_clock(clockid_t id)
{
	struct timespec t;

	return clock_gettime(id, &t) == 0 ? (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec : 0;
}

static int64_t
now_ns(void *arg)
{
	(void)arg;
	return read_clock(CLOCK_REALTIME);
}

static int64_t
steady_ns(void *arg)
{
	(void)arg;
	return read_clock(CLOCK_MONOTONIC);
}

static bool
wait_for(void *arg, int64_t ns, struct lw_stop *stop)
{
	struct pollfd wake = {stop->wake[0], POLLIN, 0};
	int64_t end_ns = steady_ns(arg) + ns, left_ns;

	while (!lw_stop_asked(stop)) {
		left_ns = end_ns - steady_ns(arg);
		if (left_ns <= 0)
			return true;
		/* Rounded up: a wait that ends early would end in a spin. */
		if (left_ns > 60 * NS_PER_S)
			left_ns = 60 * NS_PER_S;
		if (poll(&wake, 1, (int)((left_ns + NS_PER_MS - 1) / NS_PER_MS)) < 0 &&
		    errno != EINTR)
			return true;
	}
	return false;
}

static uint64_t
random_bits(void *arg)
{
	uint64_t bits;

	if (getentropy(&bits, sizeof(bits)) != 0)
		bits = (uint64_t)now_ns(arg); /* it only spreads retries */
	return bits;
}

const struct lw_clock system_clock = {NULL, now_ns, steady_ns, wait_for, random_bits};

static const char *
set_variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

/* The bundle that curl's own program would take; libcurl has only its default. */
static const char *
ca_file(const struct settings *s)
{
	const char *bundle = set_variable("CURL_CA_BUNDLE");

	return s->ca_file != NULL ? s->ca_file
	       : bundle != NULL   ? bundle
				  : set_variable("SSL_CERT_FILE");
}

static char *
gcloud_folder(void)
{
	static const char below_home[] = "/.config/gcloud";
	const char *set = set_variable("CLOUDSDK_CONFIG"), *home = set_variable("HOME");
	size_t size;
	char *path;

	if (set != NULL)
		return strdup(set);
	if (home == NULL)
		return NULL;
	size = strlen(home) + sizeof(below_home);
	path = malloc(size);
	if (path != NULL)
		(void)snprintf(path, size, "%s%s", home, below_home);
	return path;
}

void
network_init(struct network *n, const struct settings *s)
{
	struct lw_auth_options *auth = &n->remote.auth;

	*n = (struct network){.config_folder = gcloud_folder()};
	n->remote.net = (struct lw_net){.clock = &system_clock,
	    .ca_file = ca_file(s),
	    .connect_timeout_ns = s->connect_timeout_ns,
	    .max_time_ns = s->max_time_ns,
	    .ip_version = s->ip_version,
	    .insecure = s->insecure,
	    .retry = {.attempts = (unsigned)s->retries + 1,
		.first_ns = s->retry_delay_ns,
		.most_ns = MOST_WAIT_NS,
		.deadline_ns = RETRY_FOR_NS}};
	n->remote.storage_host = set_variable("STORAGE_EMULATOR_HOST");
	n->remote.since_ns = s->since_ns;
	n->remote.until_ns = s->until_ns;
	*auth = (struct lw_auth_options){.token_file = s->token_file,
	    .token = set_variable("LOGWHY_TOKEN"),
	    .credentials_file = set_variable("GOOGLE_APPLICATION_CREDENTIALS"),
	    .config_folder = n->config_folder,
	    .metadata_host = set_variable("GCE_METADATA_HOST"),
	    .quota_project = set_variable("GOOGLE_CLOUD_QUOTA_PROJECT")};
	auth->named = auth->token_file != NULL || auth->token != NULL ||
		      auth->credentials_file != NULL || auth->metadata_host != NULL ||
		      set_variable("CLOUDSDK_CONFIG") != NULL;
}

void
network_fini(struct network *n)
{
	free(n->config_folder);
	n->config_folder = NULL;
}
