/* build_coverage.c - what the input does not show, as facts. */
#include <stdio.h>

#include "report/build_private.h"

#define MAX_NOTES 32
#define GAP_STEPS 3     /* a gap is at least this many empty steps ... */
#define GAP_EXPECTED 20 /* ... in which the mean rate lets expect this many entries */
#define MAX_GAPS 5
#define THIN_REQUESTS 100 /* fewer do not show that requests no longer fail */

static void
note(struct lw_builder *x, struct lw_m_coverage *notes, const char *kind, struct lw_str text)
{
	if (x->report->coverage_count < MAX_NOTES)
		notes[x->report->coverage_count++] = (struct lw_m_coverage){kind, text};
}

/* 50, 100, 200, 500, 1000, ...: what people give as --limit, and page sizes. */
static bool
is_round_limit(uint64_t n)
{
	if (n < 50)
		return false;
	while (n % 10 == 0)
		n /= 10;
	return n == 1 || n == 2 || n == 5;
}

static void
note_limit(struct lw_builder *x, struct lw_m_coverage *notes)
{
	const struct lw_tally *t = x->b->tally;
	const struct lw_totals *sum = &t->totals;
	uint64_t n = sum->entries + sum->filtered, capped = 0;
	struct lw_str span = lw_build_duration(x, t->to_ns - t->from_ns), names = LW_STR("");
	size_t i, k;

	if (is_round_limit(n)) {
		note(x, notes, "limit",
		    lw_build_printf(x,
			"Exactly %llu entries, as a query with --limit=%llu returns them: they "
			"span %s, "
			"and what lies before is not in the input.",
			(unsigned long long)n, (unsigned long long)n, span.p));
		return;
	}
	/* Collected by severity, so many of each at most. */
	for (i = 0; i < LW_SEVERITY_COUNT; i++) {
		uint64_t same = 0;

		for (k = 0; k < LW_SEVERITY_COUNT; k++)
			same += sum->by_severity[k] == sum->by_severity[i];
		if (is_round_limit(sum->by_severity[i]) && same >= 2) {
			capped = sum->by_severity[i];
			names = lw_build_printf(x, "%s%s%s", names.p, names.n > 0 ? ", " : "",
			    lw_severity_name((enum lw_severity)i));
		}
	}
	if (capped > 0)
		note(x, notes, "limit",
		    lw_build_printf(x,
			"Exactly %llu entries each of %s, as a query by severity with a limit "
			"returns "
			"them: counts are at least these, and may be more.",
			(unsigned long long)capped, names.p));
}

static void
note_period(struct lw_builder *x, struct lw_m_coverage *notes)
{
	const struct lw_build *b = x->b;
	const struct lw_tally *t = b->tally;
	int64_t slack_ns = b->analysis->window_ns;

	if (t->from_ns == LW_TIME_NONE) {
		if (t->totals.entries > 0)
			note(x, notes, "no-time",
			    LW_STR("No entry has a timestamp: nothing can be said about when."));
		return;
	}
	if (b->since_ns != LW_TIME_NONE && t->from_ns - b->since_ns > slack_ns)
		note(x, notes, "short-period",
		    lw_build_printf(x,
			"Asked for entries since %s; the first one is of %s, %s later.",
			lw_build_time(x, b->since_ns).p, lw_build_time(x, t->from_ns).p,
			lw_build_duration(x, t->from_ns - b->since_ns).p));
	if (b->until_ns != LW_TIME_NONE && b->until_ns - t->to_ns > slack_ns)
		note(x, notes, "short-period",
		    lw_build_printf(x,
			"Asked for entries until %s; the last one is of %s, %s earlier.",
			lw_build_time(x, b->until_ns).p, lw_build_time(x, t->to_ns).p,
			lw_build_duration(x, b->until_ns - t->to_ns).p));
	if (t->to_ns - t->from_ns < b->analysis->window_ns && t->totals.entries > 1)
		note(x, notes, "short-period",
		    lw_build_printf(x,
			"%llu entries span %s, less than one window of %s: rates and onsets say "
			"little "
			"about what was before.",
			(unsigned long long)t->totals.entries,
			lw_build_duration(x, t->to_ns - t->from_ns).p,
			lw_build_duration(x, b->analysis->window_ns).p));
	if (t->totals.no_time > 0)
		note(x, notes, "no-time",
		    lw_build_printf(x, "%s without a timestamp: counted, but in no window.",
			lw_build_count(x, t->totals.no_time, "entry", "entries").p));
}

/*
 * No incident since a time, or against a baseline, is taken for "resolved": say
 * where too little was seen for that.
 */
static void
note_thin(struct lw_builder *x, struct lw_m_coverage *notes)
{
	const struct lw_report *r = x->report;
	uint64_t requests = 0, started = 0, seen = 0;
	size_t i;

	if ((x->b->since_ns == LW_TIME_NONE && !x->b->compared) || r->incident_count > 0)
		return;
	for (i = 0; i < r->service_count; i++) {
		requests += r->services[i].requests;
		started += r->services[i].instances_started;
		seen += r->services[i].instances_seen;
	}
	if (requests < THIN_REQUESTS)
		note(x, notes, "thin-period",
		    lw_build_printf(x,
			"%s in this period: too few to show that an incident is over.",
			lw_build_count(x, requests, "request", "requests").p));
	if (started == 0)
		note(x, notes, "thin-period",
		    lw_build_printf(x,
			"No start of an instance that came up in this period (%s seen): it does "
			"not show that new instances start.",
			lw_build_count(x, seen, "instance", "instances").p));
}

static void
note_inputs(struct lw_builder *x, struct lw_m_coverage *notes)
{
	size_t i;

	for (i = 0; i < x->b->input_count; i++) {
		const struct lw_m_input *in = &x->b->inputs[i];

		if (in->cut_short)
			note(x, notes, "incomplete",
			    lw_build_printf(x,
				"%s was read until %s: there reading failed, and what came later "
				"is not in the input.",
				lw_build_printf(x, "%.*s", (int)in->name.n, in->name.p).p,
				lw_build_time(x, in->reached_ns).p));
	}
}

static void
note_gaps(struct lw_builder *x, struct lw_m_coverage *notes)
{
	const struct lw_series *s = &x->b->tally->all;
	int64_t period_ns = x->b->tally->to_ns - x->b->tally->from_ns;
	uint32_t i;
	unsigned found = 0;

	for (i = 1; i < s->count; i++) {
		int64_t gap_ns = s->buckets[i].first_ns - s->buckets[i - 1].last_ns;
		double expected;

		if (gap_ns < GAP_STEPS * s->width_ns || gap_ns < x->b->analysis->window_ns ||
		    period_ns <= gap_ns)
			continue;
		expected = (double)x->b->tally->totals.entries * (double)gap_ns /
			   (double)(period_ns - gap_ns);
		if (expected < GAP_EXPECTED || ++found > MAX_GAPS)
			continue;
		note(x, notes, "gap",
		    lw_build_printf(x,
			"No entry for %s, from %s to %s: nothing happened, or it is not in the "
			"input.",
			lw_build_duration(x, gap_ns).p,
			lw_build_time(x, s->buckets[i - 1].last_ns).p,
			lw_build_time(x, s->buckets[i].first_ns).p));
	}
	if (found > MAX_GAPS)
		note(x, notes, "gap",
		    lw_build_printf(x, "%u more gaps of this kind.", found - MAX_GAPS));
}

static void
note_entries(struct lw_builder *x, struct lw_m_coverage *notes)
{
	const struct lw_totals *t = &x->b->tally->totals;

	if (t->no_severity > 0)
		note(x, notes, "no-severity",
		    lw_build_printf(x,
			"%s without a severity: %llu of them say ERROR or above in their text, "
			"%llu say none at all. A filter on severity>=ERROR does not find them.",
			lw_build_count(x, t->no_severity, "entry", "entries").p,
			(unsigned long long)t->errors_in_text,
			(unsigned long long)t->unknown_severity));
	if (t->raised > 0)
		note(x, notes, "stream-severity",
		    lw_build_printf(x,
			"%s of stdout logged as INFO, though the program says ERROR or above: "
			"counted as "
			"errors. A filter on severity>=ERROR does not find them.",
			lw_build_count(x, t->raised, "line", "lines").p));
	if (t->lowered > 0)
		note(x, notes, "stream-severity",
		    lw_build_printf(x,
			"%s of stderr logged as ERROR, though the program says less: not counted "
			"as "
			"errors.",
			lw_build_count(x, t->lowered, "line", "lines").p));
	if (t->empty > 0)
		note(x, notes, "no-payload",
		    lw_build_printf(x,
			"%s without a payload: what they report is not in the input.",
			lw_build_count(x, t->empty, "entry", "entries").p));
	if (t->duplicates > 0)
		note(x, notes, "duplicates",
		    lw_build_printf(x, "%s seen more than once and counted once.",
			lw_build_count(x, t->duplicates, "entry", "entries").p));
	if (t->insights > 0)
		note(x, notes, "insights",
		    lw_build_printf(x,
			"%s of Error Reporting, second copies of errors: in no cluster.",
			lw_build_count(x, t->insights, "entry", "entries").p));
	if (t->filtered > 0)
		note(x, notes, "filter",
		    lw_build_printf(x, "%s left out by --since, --until or --service.",
			lw_build_count(x, t->filtered, "entry", "entries").p));
	if (x->b->malformed > 0)
		note(x, notes, "malformed",
		    lw_build_printf(x, "%s could not be read; the rest was.",
			lw_build_count(x, x->b->malformed, "record", "records").p));
}

/* Chains rest on a part of the events: on which one, and what follows from that. */
static void
note_events(struct lw_builder *x, struct lw_m_coverage *notes)
{
	const struct lw_tally *t = x->b->tally;

	if (t->event_limit == LW_NO_LIMIT)
		return;
	note(x, notes, "ceiling",
	    lw_build_printf(x,
		"Too many events: chains rest on a sample of %u of %llu (%.2g %%), drawn by whole "
		"traces, instances in ten minutes and stretches of two minutes. n of m of a link "
		"counts what is in the sample; a cause that shows seldom may be missing from it. "
		"All other counts are of all entries.",
		t->event_count, (unsigned long long)t->events_seen,
		(double)t->event_count * 100 / (double)t->events_seen));
}

/* Of too many errors some are in no chain, and their incidents are not told. */
static void
note_errors(struct lw_builder *x, struct lw_m_coverage *notes)
{
	const struct lw_analysis *a = x->b->analysis;

	if (a->passed_over > 0)
		note(x, notes, "ceiling",
		    lw_build_printf(x,
			"Too many different errors: causes are looked for among the %u with the "
			"most entries, errors before warnings; %u more are counted alone.",
			LW_MAX_CANDIDATES, a->passed_over));
	if (a->links_full)
		note(x, notes, "ceiling",
		    lw_build_printf(x,
			"Too many errors near to each other: %u links between them were looked at, "
			"those in traces and on instances first.",
			a->link_count));
	if (a->unopened > 0)
		note(x, notes, "ceiling",
		    lw_build_printf(x,
			"Too many incidents: those nearest to users and with the most entries are "
			"told; of %zu more errors it is not told what they are a part of.",
			a->unopened));
}

static void
note_services(struct lw_builder *x, struct lw_m_coverage *notes)
{
	const struct lw_tally *t = x->b->tally;
	uint32_t i, n = 0;

	if (t->service_level > 0)
		note(x, notes, "ceiling",
		    lw_build_printf(x,
			"Too many services: 1 in %llu, drawn by hash, is told by itself; %llu "
			"entries of the others are told as one.",
			1ULL << t->service_level,
			(unsigned long long)t->services[t->rest].entries));
	for (i = 0; i < t->service_count; i++)
		n += t->services[i].revisions_dropped;
	if (n > 0)
		note(x, notes, "ceiling",
		    lw_build_printf(x,
			"Too many revisions of %s: %d of each, drawn by hash, are told.",
			lw_build_count(x, n, "service", "services").p, LW_MAX_REVISIONS));
}

static void
note_ceilings(struct lw_builder *x, struct lw_m_coverage *notes)
{
	const struct lw_tally *t = x->b->tally;
	uint64_t folded = lw_cluster_folded(x->b->clusters);

	note_services(x, notes);
	if (t->node_level > 0)
		note(x, notes, "ceiling",
		    lw_build_printf(x,
			"Too many different messages: a part of them, drawn by hash, is told by "
			"service and by what they name; the others are added up, but for %s of "
			"rare ones, which are in no cluster.",
			lw_build_count(x, t->dropped_nodes_entries, "entry", "entries").p));
	if (folded > 0)
		note(x, notes, "ceiling",
		    lw_build_printf(x, "Too many different messages: %s in coarser clusters.",
			lw_build_count(x, folded, "entry", "entries").p));
	if (t->scope_level > 0)
		note(x, notes, "ceiling",
		    lw_build_printf(x,
			"Too many instances: counts of instances are estimates from 1 in %llu.",
			1ULL << t->scope_level));
	note_events(x, notes);
	note_errors(x, notes);
	if (t->phases.level > 0)
		note(x, notes, "ceiling",
		    lw_build_printf(x,
			"Too many phases of starts: they are of 1 in %llu of the instances.",
			1ULL << t->phases.level));
	if (t->settings.level > 0)
		note(x, notes, "ceiling",
		    lw_build_printf(x,
			"Too many settings in messages: changes of values are of 1 in %llu.",
			1ULL << t->settings.level));
	if (t->changes.dropped > 0)
		note(x, notes, "ceiling",
		    lw_build_printf(x, "Too many audited changes: %s not in the list.",
			lw_build_count(x, t->changes.dropped, "call is", "calls are").p));
	if (x->b->duplicates_unchecked > 0)
		note(x, notes, "ceiling",
		    lw_build_printf(x,
			"Too many entries: %s not compared with later ones for duplicates.",
			lw_build_count(x, x->b->duplicates_unchecked, "entry", "entries").p));
	if (x->b->fragments_dropped > 0)
		note(x, notes, "ceiling",
		    lw_build_printf(x,
			"Too many stack traces in single lines: %s not put together.",
			lw_build_count(x, x->b->fragments_dropped, "line", "lines").p));
}

/* Instances of a service, and those that failed. */
struct starts {
	uint64_t seen, failed;
};

/* Were starts of every instance failures?  Then what fails cannot be held against what works. */
static void
note_contrast(struct lw_builder *x, struct lw_m_coverage *notes)
{
	const struct lw_analysis *a = x->b->analysis;
	const struct lw_tally *t = x->b->tally;
	struct starts *starts = lw_build_alloc(x, t->service_count, sizeof(*starts));
	size_t i;
	uint32_t k;

	for (k = 0; k < t->instance_count && starts != NULL; k++) {
		starts[t->instances[k].service].seen++;
		starts[t->instances[k].service].failed +=
		    (t->instances[k].flags & LW_INSTANCE_FAILED) != 0;
	}
	for (i = 0; i < a->incident_count && starts != NULL; i++) {
		const struct lw_vertex *v = &a->vertices[a->incidents[i].whys[0].vertex];
		const struct starts *s = &starts[v->service];
		struct lw_str name = lw_intern_get(&t->names, t->services[v->service].name);

		if (s->failed > 1 && s->failed == s->seen)
			note(x, notes, "no-contrast",
			    lw_build_printf(x,
				"All %llu instances of %.*s failed: there is no healthy start to "
				"compare with, and whys rest on order and on what entries name.",
				(unsigned long long)s->seen << t->scope_level, (int)name.n,
				name.p));
	}
}

/* Which incidents may be of several causes? */
static void
note_doubts(struct lw_builder *x, struct lw_m_coverage *notes)
{
	size_t i;

	for (i = 0; i < x->report->incident_count; i++) {
		const struct lw_m_incident *in = &x->report->incidents[i];

		if (in->doubt != NULL)
			note(x, notes, "causes-not-told-apart",
			    lw_build_printf(x,
				"%.*s: of %zu causes at the same time it is not shown which led to "
				"which failures.",
				(int)in->title.n, in->title.p, in->rival_count));
	}
}

static void
note_explanation(struct lw_builder *x, struct lw_m_coverage *notes)
{
	size_t i;

	if (x->b->explain == NULL)
		return;
	for (i = 0; i < x->report->incident_count; i++)
		if (x->report->incidents[i].considered_count > 0)
			return;
	note(x, notes, "explain",
	    lw_build_printf(x,
		"Nothing to explain for '%s': no such incident, or nothing came before it.",
		x->b->explain));
}

void
lw_build_coverage(struct lw_builder *x)
{
	struct lw_m_coverage *notes = lw_build_alloc(x, MAX_NOTES, sizeof(*notes));

	if (notes == NULL)
		return;
	if (x->b->tally->totals.entries == 0)
		note(x, notes, "empty", LW_STR("The input holds no entries."));
	else
		note_limit(x, notes);
	note_period(x, notes);
	note_thin(x, notes);
	note_inputs(x, notes);
	note_gaps(x, notes);
	note_entries(x, notes);
	note_ceilings(x, notes);
	note_contrast(x, notes);
	note_doubts(x, notes);
	note_explanation(x, notes);
	x->report->coverage = notes;
}
