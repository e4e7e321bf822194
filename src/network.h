/*
 * network.h - how this program reaches other machines: the options, the
 * environment, the clock.
 */
#ifndef LOGWHY_NETWORK_H
#define LOGWHY_NETWORK_H

#include "input/remote.h"
#include "options.h"

struct network {
	struct lw_remote remote;
	char *config_folder; /* of gcloud; remote.auth borrows it */
};

/* Fills *n from the options and the environment; network_fini when nothing uses remote any more. */
void network_init(struct network *n, const struct settings *s);
void network_fini(struct network *n);

/* The time and the waits of this machine. */
extern const struct lw_clock system_clock;

#endif
