/*
 * settings.h - the values that messages state for a setting, as a table that merges.
 *
 * A row is a setting of a service.  It has up to LW_SETTING_VALUES values; with one
 * more it is noisy - a counter, or a value of each request - and keeps none.  Above
 * the ceiling rows are dropped by the hash of their key, so that what is kept
 * depends on the set of entries alone.  Entries without a time are not counted.
 * Not thread-safe.
 */
#ifndef LW_COUNT_SETTINGS_H
#define LW_COUNT_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/map.h"
#include "count/setting.h"
#include "entry/entry.h"

#define LW_MAX_STATED_ROWS 4096 /* rows kept; default ceiling */
#define LW_SETTING_VALUES 4     /* of a row that is not noisy */
#define LW_FEW 8

struct lw_sample; /* count/tally.h */

/* Up to LW_FEW distinct hashes, unordered; with one more it holds none. */
struct lw_few {
	uint64_t hashes[LW_FEW];
	uint8_t count;
	bool many;
};

bool lw_few_has(const struct lw_few *f, uint64_t hash);

/* In which of 64 steps of time something was seen; as narrow as they can be, from 1 s, doubled. */
struct lw_seen {
	uint64_t bits;
	int64_t base;   /* the first step, counted from the epoch */
	unsigned level; /* a step is 1 s << level */
};

#define LW_SEEN_LEVEL_MAX 32u

/* Surely seen between the two times?  A step that reaches over one of them says nothing. */
bool lw_seen_within(const struct lw_seen *s, int64_t from_ns, int64_t to_ns);

struct lw_setting_value {
	uint64_t hash, count;
	int64_t first_ns, last_ns;
	struct lw_seen seen;
	struct lw_few revisions;  /* lw_setting_revision() of its entries'; 0 where unknown */
	struct lw_few statements; /* as lw_stated.statement */
	struct lw_sample *sample; /* the earliest entry, by time and entry_key; owned */
	char text[LW_STATED_VALUE_BYTES + 1];
};

struct lw_setting_row {
	uint64_t key;                                       /* of service and lw_stated.key */
	uint64_t service;                                   /* key of the row in tally.services */
	struct lw_setting_value *values[LW_SETTING_VALUES]; /* owned; by hash */
	uint8_t value_count;
	bool noisy;                          /* had more values: value_count is 0 */
	bool measured;                       /* some entry's value may be what was measured */
	char name[LW_STATED_NAME_BYTES + 1]; /* the least in byte order */
};

struct lw_stated_known; /* settings.c */

/* Zero-initialise. */
struct lw_settings {
	struct lw_setting_row *rows;
	uint32_t count, capacity;
	struct lw_map map;
	uint32_t max;                  /* ceiling; 0: LW_MAX_STATED_ROWS */
	unsigned level;                /* how often it was full */
	struct lw_stated_known *known; /* what wordings state; NULL: not one */
};

void lw_settings_fini(struct lw_settings *s);

/* What stands for a revision in lw_setting_value.revisions. */
uint64_t lw_setting_revision(struct lw_str name);

/* Count the settings that e (of the service with that key) states.  False where memory ran out.
 * Where they stand is remembered by wording: entries are to be of one decoder. */
bool lw_settings_add(
    struct lw_settings *s, const struct lw_entry *e, uint64_t service, uint64_t entry_key);

/* Move what `from` has into s; `from` is empty afterwards.  False where memory ran out. */
bool lw_settings_merge(struct lw_settings *s, struct lw_settings *from);

/* Rows in the order of their keys. */
void lw_settings_settle(struct lw_settings *s);

#endif
