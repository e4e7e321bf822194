/*
 * identity.h - which entry is this: what Cloud Logging itself tells copies by.
 *
 * Two entries with the same timestamp, logName and insertId are one (resource
 * LogEntry of the Logging API v2, insertId).
 */
#ifndef LW_INPUT_IDENTITY_H
#define LW_INPUT_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/map.h"
#include "base/str.h"

struct lw_identity {
	int64_t time_ns; /* LW_TIME_NONE where it has none */
	uint64_t hash;   /* of the three; of the whole text where the insertId is missing */
};

/* False where json is not one JSON object, or memory ran out. */
bool lw_identify(struct lw_str json, struct lw_identity *id);

/* Entries that were seen, each as often as it was; zero it before. */
struct lw_seen {
	struct lw_map map; /* hash to index */
	uint32_t *counts;
	uint32_t count, capacity;
};

bool lw_seen_add(struct lw_seen *s, uint64_t hash);  /* false where memory ran out */
bool lw_seen_take(struct lw_seen *s, uint64_t hash); /* is there one left?  Then it is one less. */
void lw_seen_clear(struct lw_seen *s);
void lw_seen_fini(struct lw_seen *s);

#endif
