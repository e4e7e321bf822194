/*
 * shard.h - the hour that an object of a log sink is about, by its name.
 *
 * Source: "Sinks to Cloud Storage" of Cloud Logging: LOG_ID/YYYY/MM/DD/08:00:00_08:59:59_S0.json,
 * with addenda of entries that came late, 08:00:00_08:59:59_A0:1616681700.json.
 */
#ifndef LW_INPUT_SHARD_H
#define LW_INPUT_SHARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* from <= time < to of its entries, ns since the epoch; false where name is no shard's. */
bool lw_shard_time(struct lw_str name, int64_t *from_ns, int64_t *to_ns);

/*
 * May an object of this name hold entries of since <= time < until (LW_TIME_NONE: no bound)?
 * True for names of nothing known.  Shards that lie no more than their own length outside count,
 * because an entry may have come late or from a clock that is wrong.
 */
bool lw_shard_wanted(struct lw_str name, int64_t since_ns, int64_t until_ns);

#endif
