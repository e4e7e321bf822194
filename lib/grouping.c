/* grouping.c - read, decode or take the short way, count. */
#include "grouping.h"

#include <stdlib.h>

#include "entry/header.h"

#define PROGRESS_RECORDS 4096

struct lw_grouping {
	struct lw_grouping_options o;
	struct lw_reader *reader;
	struct lw_decoder *decoder;
	struct lw_clusterer *clusters;
	uint64_t messages, malformed;
	uint64_t signature;        /* of the first entry of the record at hand */
	enum lw_severity severity; /* scratch of lw_grouping_severity */
	bool failed;
};

struct lw_grouping *
lw_grouping_new(const char *const *operands, size_t count, const struct lw_grouping_options *o)
{
	struct lw_grouping *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return NULL;
	g->o = *o;
	g->reader = lw_reader_new(operands, count, o->diag, o->diag_arg);
	g->decoder = lw_decoder_new();
	g->clusters = lw_clusterer_new(0);
	if (g->reader == NULL || g->decoder == NULL || g->clusters == NULL) {
		lw_grouping_free(g);
		return NULL;
	}
	if (o->remote != NULL)
		lw_reader_remote(g->reader, o->remote);
	lw_reader_join_lines(g->reader, o->assigned == NULL);
	return g;
}

void
lw_grouping_free(struct lw_grouping *g)
{
	if (g == NULL)
		return;
	lw_reader_free(g->reader);
	lw_decoder_free(g->decoder);
	lw_clusterer_free(g->clusters);
	free(g);
}

static void
count(struct lw_grouping *g, struct lw_str message, const struct lw_stack *stack, int64_t time_ns,
    enum lw_severity severity)
{
	uint64_t signature;

	g->messages++;
	if (!lw_cluster_add_at(g->clusters, message, stack, time_ns, severity, &signature))
		g->failed = true;
	else if (g->signature == 0)
		g->signature = signature;
}

static void
on_entry(void *arg, struct lw_entry *e)
{
	struct lw_grouping *g = arg;

	if (lw_str_trim(e->clean).n > 0)
		count(g, e->clean, e->stack, e->time_ns,
		    e->severity_known ? e->severity : LW_SEV_DEFAULT);
}

/* A line that is a message behind a header at most: no colours, no JSON, no trace. */
static bool
is_plain(const struct lw_record *r)
{
	struct lw_str s = r->bytes;

	return r->kind == LW_RECORD_TEXT && s.n > 0 && s.p[s.n - 1] != '}' &&
	       memchr(s.p, '\n', s.n) == NULL && memchr(s.p, '\033', s.n) == NULL;
}

static void
take_record(struct lw_grouping *g, const struct lw_record *r)
{
	struct lw_header h;
	struct lw_error warn, error;
	enum lw_code code;

	g->signature = 0;
	if (is_plain(r)) {
		lw_header_parse(r->bytes, &h);
		count(g, lw_str_make(r->bytes.p + h.length, r->bytes.n - h.length), NULL, h.time_ns,
		    h.has_severity ? h.severity : LW_SEV_DEFAULT);
	} else {
		code = lw_decode(g->decoder, r, on_entry, g, &warn, &error);
		if (code == LW_ENOMEM)
			g->failed = true;
		else if (code != LW_OK)
			g->malformed++;
	}
	if (g->o.assigned != NULL)
		g->o.assigned(g->o.assigned_arg, g->signature);
}

bool
lw_grouping_run(struct lw_grouping *g)
{
	struct lw_record record;
	enum lw_next next;
	uint64_t records = 0;
	size_t i;

	while (!g->failed && (next = lw_reader_next(g->reader, &record)) != LW_NEXT_END) {
		if (next == LW_NEXT_NOMEM)
			return false;
		take_record(g, &record);
		if (++records % PROGRESS_RECORDS == 0 && g->o.progress != NULL)
			g->o.progress(g->o.progress_arg, g);
	}
	for (i = 0; i < lw_reader_input_count(g->reader); i++)
		g->malformed += lw_reader_input(g->reader, i)->malformed;
	return !g->failed && lw_clusters_finish(g->clusters);
}

void
lw_grouping_stop(struct lw_grouping *g)
{
	lw_reader_stop(g->reader);
}

const struct lw_clusterer *
lw_grouping_clusters(const struct lw_grouping *g)
{
	return g->clusters;
}

const struct lw_reader *
lw_grouping_reader(const struct lw_grouping *g)
{
	return g->reader;
}

uint64_t
lw_grouping_messages(const struct lw_grouping *g)
{
	return g->messages;
}

uint64_t
lw_grouping_malformed(const struct lw_grouping *g)
{
	return g->malformed;
}

static void
on_example(void *arg, struct lw_entry *e)
{
	struct lw_grouping *g = arg;

	if (e->severity_known)
		g->severity = e->severity;
}

enum lw_severity
lw_grouping_severity(struct lw_grouping *g, const struct lw_template *t)
{
	struct lw_record r = {.bytes = t->example, .kind = LW_RECORD_TEXT, .line = 1};
	struct lw_error warn, error;

	g->severity = t->severity;
	if (t->severity == LW_SEV_DEFAULT)
		(void)lw_decode(g->decoder, &r, on_example, g, &warn, &error);
	return g->severity;
}
