/*
 * baseline.h - an earlier report, read back from its JSON.
 *
 * Takes schema logwhy.report/1 of any version of this program: fields that it
 * does not know are passed over, and one that is missing or of another type
 * counts as unknown.  Only the name of the schema is insisted on.
 */
#ifndef LW_REPORT_BASELINE_H
#define LW_REPORT_BASELINE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

#define LW_BASELINES_MAX 16
#define LW_BASELINE_MAX_BYTES ((size_t)256 << 20)

struct lw_baseline_cluster {
	struct lw_str id, title, severity, role;
	uint64_t count;
};

struct lw_baseline_incident {
	struct lw_str id, root_cluster, title, service;
	bool ended;
	int64_t from_ns, to_ns; /* LW_TIME_NONE where unknown */
};

struct lw_baseline {
	struct lw_str name, title; /* name: of the file */
	int64_t from_ns, to_ns;    /* of its entries; LW_TIME_NONE where unknown */
	uint64_t entries, requests;
	const struct lw_baseline_cluster *clusters; /* by id */
	size_t cluster_count;
	const struct lw_baseline_incident *incidents; /* in its own order */
	size_t incident_count;
};

/*
 * Read text, which is kept in the arena as far as it is needed.  LW_OK; LW_EJSON or
 * LW_ELIMIT where it is cut or no JSON; LW_ETYPE where it is JSON but no report of
 * this schema; LW_ENOMEM.  *error says what and where.
 */
enum lw_code lw_baseline_read(struct lw_arena *arena, struct lw_str name, struct lw_str text,
    struct lw_baseline *b, struct lw_error *error);

#endif
