/* build_links.c - the numbers of a link as kinds of evidence, each with a sentence. */
#include "report/build_private.h"

#define MAX_KINDS 8

struct links {
	struct lw_m_link *at;
	size_t n;
};

static void
add(struct links *l, const char *kind, uint64_t n, uint64_t of, struct lw_str text)
{
	l->at[l->n++] =
	    (struct lw_m_link){.kind = kind, .n = n < of ? n : of, .of = of, .text = text};
}

static bool
is_call(const struct lw_builder *x, const struct lw_link_facts *f)
{
	const struct lw_vertex *v = x->b->analysis->vertices;

	return v[f->effect].service != v[f->cause].service;
}

/* Where scopes were drawn, what is counted in them is said to be of these. */
static const char *
sampled(const struct lw_builder *x)
{
	return x->b->tally->event_limit == LW_NO_LIMIT ? "" : "sampled ";
}

static struct lw_str
service_of_cause(const struct lw_builder *x, const struct lw_link_facts *f)
{
	const struct lw_tally *t = x->b->tally;
	uint32_t service = x->b->analysis->vertices[f->cause].service;

	return lw_intern_get(&t->names, t->services[service].name);
}

static void
add_stated(struct lw_builder *x, const struct lw_link_facts *f, struct links *l)
{
	uint64_t n = f->stated < f->stated_of ? f->stated : f->stated_of;
	struct lw_str service;

	if (n > 0)
		add(l, "stated", n, f->stated_of,
		    lw_build_printf(x, "%llu of %llu %sentries name it as the cause",
			(unsigned long long)n, (unsigned long long)f->stated_of, sampled(x)));
	if (f->named == 0)
		return;
	service = service_of_cause(x, f);
	add(l, "stated", f->named, f->named_of,
	    lw_build_printf(x, "%llu of %llu entries looked at name %.*s",
		(unsigned long long)f->named, (unsigned long long)f->named_of, (int)service.n,
		service.p));
}

static void
add_lag(const struct lw_link_facts *f, struct links *l)
{
	struct lw_m_link *m = &l->at[l->n - 1];

	m->has_lag = true;
	m->median_lag_s = (double)f->median_lag_ns / 1e9;
	m->lag_spread_s = (double)f->spread_lag_ns / 1e9;
}

/* What began once, before the first effect of all. */
static void
add_beginning(struct lw_builder *x, const struct lw_link_facts *f, struct links *l)
{
	if (f->median_lag_ns == LW_TIME_NONE)
		return;
	add(l, "sequence", 1, 1,
	    lw_build_printf(x, "begins %s before the first, and is not seen earlier",
		lw_build_duration(x, f->median_lag_ns).p));
	add_lag(f, l);
}

/* A number that went one way until the first effect. */
static void
add_climb(struct lw_builder *x, const struct lw_link_facts *f, struct links *l)
{
	add(l, "sequence", f->climbs, f->climbs_of,
	    lw_build_printf(x,
		"its number %s from %.6g to %.6g in %s, in %llu of %llu steps, until %s before the "
		"first",
		f->climb_to > f->climb_from ? "climbs" : "falls", f->climb_from, f->climb_to,
		lw_build_duration(x, f->climb_ns).p, (unsigned long long)f->climbs,
		(unsigned long long)f->climbs_of, lw_build_duration(x, f->median_lag_ns).p));
	add_lag(f, l);
}

static void
add_sequence(struct lw_builder *x, const struct lw_link_facts *f, struct links *l)
{
	enum lw_scope scope;
	const char *unit;
	uint64_t n, of;
	struct lw_str lag = LW_STR(""), others = LW_STR("");

	if (f->climbs > 0) {
		add_climb(x, f, l);
		return;
	}
	(void)lw_link_confidence(f, &scope);
	unit = scope == LW_SCOPE_TRACE      ? "traces"
	       : scope == LW_SCOPE_INSTANCE ? "instances"
	       : is_call(x, f)              ? "occasions, within a minute"
					    : "occasions in this service, within a minute";
	n = scope == LW_SCOPE_TRACE      ? f->traces
	    : scope == LW_SCOPE_INSTANCE ? f->instances
					 : f->nearby;
	of = scope == LW_SCOPE_TRACE      ? f->traces_of
	     : scope == LW_SCOPE_INSTANCE ? f->instances_of
					  : f->nearby_of;
	if (scope == LW_SCOPE_SERVICE && lw_link_began(f)) {
		add_beginning(x, f, l);
		return;
	}
	if (n == 0 || (scope == LW_SCOPE_SERVICE && f->stated > 0 && f->stated >= f->stated_of))
		return; /* where each entry says it, that others came before says nothing */
	if (f->others > 0)
		others = lw_build_printf(
		    x, ", another error in its place on %llu more", (unsigned long long)f->others);
	if (f->median_lag_ns != LW_TIME_NONE)
		lag = lw_build_printf(
		    x, ", %s before (median)", lw_build_duration(x, f->median_lag_ns).p);
	add(l, "sequence", n, of,
	    lw_build_printf(x, "comes %s on %llu of %llu %s%s%s%s",
		scope == LW_SCOPE_INSTANCE && lw_link_is_onset(f) ? "shortly before the first"
								  : "first",
		(unsigned long long)(n < of ? n : of), (unsigned long long)of, sampled(x), unit,
		others.p, lag.p));
	if (lag.n > 0)
		add_lag(f, l);
}

/* What a sample says of all scopes is an estimate; steps of time are counted in full. */
static void
add_contrast(struct lw_builder *x, struct links *l, uint64_t n, uint64_t of, const char *of_what)
{
	bool steps = of_what[0] == 's';

	add(l, "contrast", n, of,
	    lw_build_printf(x, "absent %s %s%llu of %llu %s", steps ? "in" : "on",
		steps || sampled(x)[0] == '\0' ? "" : "about ", (unsigned long long)n,
		(unsigned long long)of, of_what));
}

static void
add_contrasts(struct lw_builder *x, const struct lw_link_facts *f, struct links *l)
{
	enum lw_scope scope;

	if (f->climbs > 0)
		return;
	(void)lw_link_confidence(f, &scope);
	if (scope == LW_SCOPE_INSTANCE && f->contrast_of >= LW_CONTRAST_SCOPES)
		add_contrast(
		    x, l, f->contrast, f->contrast_of, "instances that did not fail this way");
	if (scope == LW_SCOPE_TRACE && f->requests_of >= LW_CONTRAST_SCOPES)
		add_contrast(x, l, f->requests, f->requests_of, "requests that were answered well");
	if (f->steps_of >= LW_CONTRAST_STEPS)
		add_contrast(x, l, f->steps, f->steps_of, "steps of time without this failure");
}

const struct lw_m_link *
lw_build_links(struct lw_builder *x, const struct lw_link_facts *f, size_t *count)
{
	const struct lw_analysis *a = x->b->analysis;
	struct links l = {0};

	*count = 0;
	if (f == NULL)
		return NULL;
	l.at = lw_build_alloc(x, MAX_KINDS, sizeof(*l.at));
	if (l.at == NULL)
		return NULL;
	add_stated(x, f, &l);
	add_sequence(x, f, &l);
	add_contrasts(x, f, &l);
	if (f->catalogue)
		add(&l, "catalogue", 1, 1,
		    lw_build_printf(x, "known as a cause (rule %s)",
			lw_catalog_rule(
			    x->b->tally->catalog, a->groups[a->vertices[f->cause].group].rule)
			    ->id));
	*count = l.n;
	return l.at;
}
