/*
 * resume.h - where a file of entries ends, so that a download can go on there.
 */
#ifndef LOGWHY_RESUME_H
#define LOGWHY_RESUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct resume {
	uint64_t entries;
	uint64_t keep_bytes; /* of the file: behind its last whole line or gzip member */
	uint64_t torn_bytes; /* behind that */
	int64_t last_ns;     /* the latest timestamp; LW_RUN_NO_TIME where there is none */
	uint64_t *last_ids;  /* lw_identity.hash of the entries at that time */
	size_t last_count;
};

/* Reads the file; one that is not there has no entries.  False after a complaint.  resume_fini in
 * any case. */
bool resume_read(struct resume *r, const char *path);
void resume_fini(struct resume *r);

#endif
