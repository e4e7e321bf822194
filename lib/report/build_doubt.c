/* build_doubt.c - causes at the same time that the log does not tell apart, in words. */
#include "report/build_private.h"

static void
fill_rival(const struct lw_builder *x, const struct lw_rival *r, struct lw_m_rival *m)
{
	const struct lw_tally *t = x->b->tally;
	const struct lw_vertex *v = &x->b->analysis->vertices[r->vertex];

	*m = (struct lw_m_rival){.cluster = x->cluster_ids[v->group],
	    .service = lw_intern_get(&t->names, t->services[v->service].name),
	    .title = x->titles[v->group],
	    .count = v->sum.count,
	    .instances = v->sum.instances << t->scope_level,
	    .failures = (uint64_t)((double)r->failures / lw_tally_drawn(t))};
}

/* "A (293 entries), B (298 entries)" */
static struct lw_str
list(struct lw_builder *x, const struct lw_m_rival *rivals, size_t n)
{
	struct lw_str all = LW_STR("");
	size_t i;

	for (i = 0; i < n; i++)
		all = lw_build_printf(x, "%.*s%s\"%.*s\" (%s)", (int)all.n, all.p,
		    i == 0      ? ""
		    : i + 1 < n ? ", "
				: " and ",
		    (int)rivals[i].title.n, rivals[i].title.p,
		    lw_build_count(x, rivals[i].count, "entry", "entries").p);
	return all;
}

static const char *
kind_of(enum lw_doubt doubt)
{
	switch (doubt) {
	case LW_DOUBT_WORDINGS:
		return "wordings";
	case LW_DOUBT_MIXED:
		return "mixed";
	case LW_DOUBT_UNTIED:
		return "untied";
	case LW_DOUBT_NONE:
		break;
	}
	return NULL;
}

static const char *
reason_of(enum lw_doubt doubt)
{
	switch (doubt) {
	case LW_DOUBT_WORDINGS:
		return "each failure goes with one of them, hardly any with more, and nothing else "
		       "tells whether they are causes of their own or wordings of one";
	case LW_DOUBT_MIXED:
		return "too many failures are near to more than one of them to tell which goes "
		       "with which";
	case LW_DOUBT_UNTIED:
		return "nothing but the time ties single failures to any of them, or them to each "
		       "other";
	case LW_DOUBT_NONE:
		break;
	}
	return "";
}

void
lw_build_doubt(struct lw_builder *x, const struct lw_incident *inc, struct lw_m_incident *m)
{
	struct lw_m_rival *rivals;
	struct lw_str all;
	size_t i;

	if (inc->doubt == LW_DOUBT_NONE)
		return;
	rivals = lw_build_alloc(x, inc->rival_count, sizeof(*rivals));
	if (rivals == NULL)
		return;
	for (i = 0; i < inc->rival_count; i++)
		fill_rival(x, &inc->rivals[i], &rivals[i]);
	all = list(x, rivals, inc->rival_count);
	m->doubt = kind_of(inc->doubt);
	m->doubt_text = lw_build_printf(x,
	    "Causes not told apart: %.*s come at the same time; %s. They are told as one "
	    "incident, and failures are counted once.",
	    (int)all.n, all.p, reason_of(inc->doubt));
	m->rivals = rivals;
	m->rival_count = inc->rival_count;
}
