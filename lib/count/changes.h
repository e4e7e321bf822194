/*
 * changes.h - audited calls that change something, as a table that merges.
 *
 * A row is one call: when, who, what it changed, whether it succeeded, and the
 * settings that it asked for.  Above the ceiling calls are dropped by the hash
 * of their entry, so that what is kept depends on the set of calls alone.  Not
 * thread-safe.
 */
#ifndef LW_COUNT_CHANGES_H
#define LW_COUNT_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "entry/entry.h"

#define LW_MAX_CHANGES 1024            /* calls kept; default ceiling */
#define LW_CHANGE_SETTING_BYTES 200    /* a setting's value is cut to this */
#define LW_CHANGE_SETTINGS_BYTES 8192u /* settings behind these are dropped */

struct lw_change_row {
	int64_t at_ns;       /* LW_TIME_NONE where the entry has no time */
	uint64_t entry_key;  /* as lw_entry_key */
	uint64_t service;    /* key of the entry's row in tally.services */
	uint64_t target_key; /* of the service's name and the target: one resource */
	enum lw_change_kind kind;
	const char *title;
	int status_code;
	bool whole;            /* as in struct lw_audit_change */
	bool settings_dropped; /* not all of them are here */
	/* In the same allocation. */
	struct lw_str target, api, method, principal, command, status_message, operation, revision;
	struct lw_str granted, revoked, project, insert_id, log_name, message;
	const struct lw_setting *settings; /* by name */
	size_t setting_count;
};

/* Zero-initialise. */
struct lw_changes {
	struct lw_change_row **rows;
	uint32_t count, capacity;
	uint32_t max;     /* ceiling; 0: LW_MAX_CHANGES */
	unsigned level;   /* how often it was full */
	uint64_t dropped; /* calls */
};

void lw_changes_fini(struct lw_changes *c);

/* Count e, which has e->audit.change.  False where memory ran out. */
bool lw_changes_add(
    struct lw_changes *c, const struct lw_entry *e, uint64_t service, uint64_t entry_key);

/* Move what `from` has into c; `from` is empty afterwards.  False where memory ran out. */
bool lw_changes_merge(struct lw_changes *c, struct lw_changes *from);

/* Rows in the order of time, then entry_key. */
void lw_changes_settle(struct lw_changes *c);

#endif
