/* report_sample.c - a failed rollout: a module that is missing, and a second incident behind it. */
#include "report_sample.h"

#include <stdlib.h>

struct maker {
	struct lw_arena *arena;
	sample_make_fn *make;
	void *arg;
};

static struct lw_str
str(struct maker *m, const char *z)
{
	struct lw_str s = lw_str_from(z);

	return m->make == NULL ? s : m->make(m->arg, s);
}

static int64_t
at(const char *z)
{
	int64_t ns;

	if (!lw_time_parse(lw_str_from(z), &ns))
		abort();
	return ns;
}

/* n cleared elements of a type, in the arena. */
#define MANY(m, type, n) ((type *)lw_arena_zalloc((m)->arena, sizeof(type) * (n)))

static const struct lw_m_evidence *
evidence(struct maker *m, const char *id, const char *time, const char *message)
{
	struct lw_m_evidence *e = MANY(m, struct lw_m_evidence, 1);

	e->insert_id = str(m, id);
	e->log_name = str(m, "projects/shop-prod/logs/run.googleapis.com%2Fstderr");
	e->timestamp_ns = time == NULL ? LW_TIME_NONE : at(time);
	e->message = str(m, message);
	return e;
}

static const struct lw_str *
list(struct maker *m, const char *a)
{
	struct lw_str *s = MANY(m, struct lw_str, 1);

	s[0] = str(m, a);
	return s;
}

static void
inputs(struct maker *m, struct lw_report *r)
{
	struct lw_m_input *in = MANY(m, struct lw_m_input, 2);

	in[0] = (struct lw_m_input){.name = str(m, "export/stderr.json.gz"),
	    .bytes = 1234567,
	    .entries = 980,
	    .malformed = 2,
	    .has_first = true,
	    .first_line = 17,
	    .first_offset = 20480,
	    .first_reason = str(m, "a string ends in the middle")};
	in[1] = (struct lw_m_input){.name = str(m, "-"), .bytes = 640, .entries = 20};
	r->inputs = in;
	r->input_count = 2;
	r->totals = (struct lw_m_totals){.entries = 1000,
	    .errors = 97,
	    .errors_in_text = 60,
	    .duplicates = 3,
	    .malformed = 2,
	    .empty = 4,
	    .unknown_severity = 180,
	    .error_ratio = 0.097,
	    .by_severity = {180, 0, 712, 0, 11, 95, 2, 0, 0}};
}

static void
coverage(struct maker *m, struct lw_report *r)
{
	struct lw_m_coverage *c = MANY(m, struct lw_m_coverage, 3);

	c[0] = (struct lw_m_coverage){"limit",
	    str(m, "The capture holds exactly 1000 entries in 1 min 46 s, which is what a "
		   "limit of 1000 leaves: what came before 2025-09-16T00:41:13Z was cut off.")};
	c[1] =
	    (struct lw_m_coverage){"no-severity", str(m, "180 of 1000 entries carry no severity.")};
	c[2] = (struct lw_m_coverage){"no-payload", str(m, "4 entries carry no message.")};
	r->coverage = c;
	r->coverage_count = 3;
}

static void
services(struct maker *m, struct lw_report *r)
{
	struct lw_m_service *s = MANY(m, struct lw_m_service, 2);
	struct lw_m_revision *v = MANY(m, struct lw_m_revision, 1);
	struct lw_m_phase *f = MANY(m, struct lw_m_phase, 2);

	f[0] = (struct lw_m_phase){"phase", str(m, "INIT"), 10, 2, 16, 15, 0, 1500000000};
	f[1] = (struct lw_m_phase){"phase", str(m, "ROUTES"), 0, 0, 15, 0, 15, LW_TIME_NONE};
	v[0] = (struct lw_m_revision){.name = str(m, "shop-api-00042-qiv"),
	    .first_ns = at("2025-09-16T00:41:13.2Z"),
	    .last_ns = at("2025-09-16T00:42:59.910682Z")};
	s[0] = (struct lw_m_service){.name = str(m, "shop-api"),
	    .type = str(m, "cloud_run_revision"),
	    .project = str(m, "shop-prod"),
	    .location = str(m, "europe-west1"),
	    .status = LW_STATUS_FAILING,
	    .has_availability = true,
	    .availability = 0.0,
	    .entries = 960,
	    .errors = 95,
	    .requests = 22,
	    .by_class = {0, 0, 0, 0, 0, 22},
	    .instances_seen = 16,
	    .instances_started = 1,
	    .instances_failed = 15,
	    .revisions = v,
	    .revision_count = 1,
	    .startup = {"failing", 16, 1, 15, 2400000000, 2400000000, 5800000000, 5400000000,
		at("2025-09-16T00:41:13.2Z"), at("2025-09-16T00:42:59.910682Z")},
	    .phases = f,
	    .phase_count = 2};
	s[1] = (struct lw_m_service){.name = str(m, "report-mailer"),
	    .type = str(m, "cloud_run_job"),
	    .project = str(m, "shop-prod"),
	    .location = str(m, "europe-west1"),
	    .status = LW_STATUS_DEGRADED,
	    .entries = 40,
	    .errors = 2,
	    .instances_seen = 2};
	r->services = s;
	r->service_count = 2;
}

static struct lw_m_windows
windows(struct maker *m, uint64_t peak, bool ongoing)
{
	struct lw_m_point *p = MANY(m, struct lw_m_point, 5);
	static const uint64_t n[] = {2, 9, 30, 22, 12};
	size_t i;

	for (i = 0; i < 5; i++)
		p[i] = (struct lw_m_point){
		    at("2025-09-16T00:41:00Z") + (int64_t)i * 25 * LW_NS_PER_S, n[i]};
	return (struct lw_m_windows){.peak_from_ns = at("2025-09-16T00:41:00Z"),
	    .peak_to_ns = at("2025-09-16T00:46:00Z"),
	    .peak_count = peak,
	    .onset_ns = at("2025-09-16T00:41:13.2Z"),
	    .ongoing = ongoing,
	    .series = p,
	    .point_count = 5};
}

static void
cluster(struct maker *m, struct lw_m_cluster *c, const char *id, const char *rule,
    const char *title, const char *template_text, uint64_t count, uint64_t instances)
{
	struct lw_m_capture *cap = MANY(m, struct lw_m_capture, 1);
	struct lw_m_value *v = MANY(m, struct lw_m_value, 2);

	v[0] = (struct lw_m_value){str(m, "shop.billing.tax"), count - 1};
	v[1] = (struct lw_m_value){str(m, "shop.billing"), 1};
	cap[0] = (struct lw_m_capture){str(m, "module"), v, 2};
	*c = (struct lw_m_cluster){.id = lw_str_from(id),
	    .rule = str(m, rule),
	    .title = str(m, title),
	    .template_text = str(m, template_text),
	    .layer = rule[0] == '\0' ? LW_STR("") : LW_STR("build"),
	    .role = LW_STR("cause"),
	    .severity = LW_STR("ERROR"),
	    .count = count,
	    .instances = instances,
	    .first_ns = at("2025-09-16T00:41:13.2Z"),
	    .last_ns = at("2025-09-16T00:42:58Z"),
	    .services = list(m, "shop-api"),
	    .service_count = 1,
	    .revisions = list(m, "shop-api-00042-qiv"),
	    .revision_count = 1,
	    .captures = cap,
	    .capture_count = 1,
	    .windows = windows(m, count, rule[0] != '\0'),
	    .evidence = evidence(m, "68c8b1c3000de3da7aeb2a0d", "2025-09-16T00:42:58.1Z",
		"ModuleNotFoundError: No module named 'shop.billing.tax'"),
	    .evidence_count = 1};
}

static void
clusters(struct maker *m, struct lw_report *r)
{
	struct lw_m_cluster *c = MANY(m, struct lw_m_cluster, 3);

	cluster(m, &c[0], "missing-module-1f0c", "missing-module",
	    "Module shop.billing.tax cannot be imported",
	    "ModuleNotFoundError: No module named <*>", 75, 15);
	cluster(m, &c[1], "container-exit-3c2a", "container-exit", "Container exited with code 3",
	    "Container called exit(<number>).", 15, 15);
	cluster(m, &c[2], "9b1dd0a6f2c4e871", "", "",
	    "retry budget of <*> used up after <number> attempts | giving up", 7, 2);
	r->clusters = c;
	r->cluster_count = 3;
}

static const struct lw_m_link *
links(struct maker *m)
{
	struct lw_m_link *l = MANY(m, struct lw_m_link, 2);

	l[0] = (struct lw_m_link){"sequence", 15, 15, true, 0.42, 0.08,
	    str(m, "it precedes the exit on every instance that exited")};
	l[1] = (struct lw_m_link){
	    "catalogue", 0, 0, false, 0, 0, str(m, "a missing module can stop a container")};
	return l;
}

static void
whys(struct maker *m, struct lw_m_incident *in)
{
	struct lw_m_why *y = MANY(m, struct lw_m_why, 4);

	y[0] = (struct lw_m_why){.question = str(m, "What did users feel?"),
	    .finding = str(m, "Containers of shop-api exited with code 3 before they could serve"),
	    .cluster = LW_STR("container-exit-3c2a"),
	    .observed = true,
	    .confidence = 0.95,
	    .count = 15,
	    .instances = 15,
	    .evidence = evidence(m, "68c8b1c3000e5a1b9f0c2d3e", "2025-09-16T00:42:59.910682Z",
		"Container called exit(3)."),
	    .evidence_count = 1};
	y[1] = (struct lw_m_why){.question = str(m, "Why did the containers exit?"),
	    .finding = str(m, "Module shop.billing.tax cannot be imported"),
	    .cluster = LW_STR("missing-module-1f0c"),
	    .observed = true,
	    .confidence = 0.9,
	    .count = 75,
	    .instances = 15,
	    .links = links(m),
	    .link_count = 2,
	    .evidence = evidence(m, "68c8b1c3000de3da7aeb2a0d", "2025-09-16T00:42:58.1Z",
		"Traceback (most recent call last):\n  File \"/app/shop/main.py\", line 12, in "
		"<module>\n    from shop.billing import tax\nModuleNotFoundError: No module "
		"named 'shop.billing.tax'"),
	    .evidence_count = 1};
	y[2] = (struct lw_m_why){.question = str(m, "Why can it not be imported?"),
	    .finding = str(m, "The image was built without shop.billing.tax"),
	    .confidence = 0.4,
	    .checks = list(m, "gcloud run revisions describe shop-api-00042-qiv "
			      "--region=europe-west1 --project=shop-prod --format='value(image)'"),
	    .check_count = 1};
	y[3] = (struct lw_m_why){.question = str(m, "Why can it not be imported?"),
	    .finding = str(m, "The module was renamed and this import was left behind"),
	    .confidence = 0.2};
	in->whys = y;
	in->why_count = 4;
}

static void
doubt(struct maker *m, struct lw_m_incident *in)
{
	struct lw_m_rival *x = MANY(m, struct lw_m_rival, 2);

	x[0] = (struct lw_m_rival){LW_STR("9b1dd0a6f2c4e871"), LW_STR("report-mailer"),
	    str(m, "retry budget of smtp used up"), 7, 2, 0};
	x[1] = (struct lw_m_rival){LW_STR("07aa30b14c5d92f3"), LW_STR("report-mailer"),
	    str(m, "template store is read-only"), 9, 2, 0};
	in->doubt = "untied";
	in->doubt_text =
	    str(m, "Causes not told apart: \"retry budget of smtp used up\" (7 entries) "
		   "and \"template store is read-only\" (9 entries) come at the same time");
	in->rivals = x;
	in->rival_count = 2;
}

static void
incidents(struct maker *m, struct lw_report *r)
{
	struct lw_m_incident *in = MANY(m, struct lw_m_incident, 2);
	struct lw_m_why *y = MANY(m, struct lw_m_why, 1);
	struct lw_m_lead *lead = MANY(m, struct lw_m_lead, 1);

	*lead = (struct lw_m_lead){2, "shared", 2500000000};
	in[0] = (struct lw_m_incident){.id = LW_STR("incident-1"),
	    .title = str(m, "shop-api cannot start: module shop.billing.tax is missing"),
	    .service = str(m, "shop-api"),
	    .ongoing = true,
	    .from_ns = at("2025-09-16T00:41:13.2Z"),
	    .to_ns = at("2025-09-16T00:42:59.910682Z"),
	    .root_cluster = LW_STR("missing-module-1f0c"),
	    .root_basis = LW_STR("observed")};
	whys(m, &in[0]);
	y[0] = (struct lw_m_why){.question = str(m, "What did users feel?"),
	    .finding = str(m, "Mails were given up after 5 attempts"),
	    .cluster = LW_STR("9b1dd0a6f2c4e871"),
	    .observed = true,
	    .confidence = 0.3,
	    .count = 7,
	    .instances = 2,
	    .evidence = evidence(m, "w1x2y3", NULL, "retry budget of smtp used up"),
	    .evidence_count = 1};
	in[1] = (struct lw_m_incident){.id = LW_STR("incident-2"),
	    .title = str(m, "report-mailer gives up on mails"),
	    .service = str(m, "report-mailer"),
	    .from_ns = at("2025-09-16T00:41:20Z"),
	    .to_ns = at("2025-09-16T00:42:10Z"),
	    .root_cluster = LW_STR("9b1dd0a6f2c4e871"),
	    .root_basis = LW_STR("observed"),
	    .leads = lead,
	    .lead_count = 1,
	    .whys = y,
	    .why_count = 1};
	doubt(m, &in[1]);
	r->change_horizon_ns = 3600 * LW_NS_PER_S;
	r->incidents = in;
	r->incident_count = 2;
}

static void
advice(struct maker *m, struct lw_report *r)
{
	struct lw_m_change *c = MANY(m, struct lw_m_change, 3);
	struct lw_m_action *a = MANY(m, struct lw_m_action, 3);
	struct lw_m_criterion *s = MANY(m, struct lw_m_criterion, 2);

	c[0] = (struct lw_m_change){.kind = "deployment",
	    .text = str(m, "Revision shop-api-00042-qiv first seen 0.3 s before the first error"),
	    .at_ns = at("2025-09-16T00:41:12.9Z"),
	    .evidence =
		evidence(m, "68c8b19d00aa", "2025-09-16T00:41:12.9Z", "Starting new instance."),
	    .evidence_count = 1};
	c[1] = (struct lw_m_change){.kind = "value",
	    .text = str(m, "The connection timeout differs between revisions"),
	    .at_ns = at("2025-09-16T00:41:30Z"),
	    .has_before = true,
	    .before = str(m, "30.0 s"),
	    .has_after = true,
	    .after = str(m, "25.0 s")};
	c[2] = (struct lw_m_change){.kind = "secret",
	    .text = str(m, "Version destroyed of secret mail-key by eve@shop.example"),
	    .at_ns = at("2025-09-16T00:42:00Z"),
	    .service = str(m, "secretmanager.googleapis.com"),
	    .target = str(m, "mail-key"),
	    .method = str(m, "SecretManagerService.DestroySecretVersion"),
	    .by = str(m, "eve@shop.example"),
	    .outcome = "succeeded",
	    .relation = "before",
	    .incident = LW_STR("incident-2"),
	    .lead_ns = 2500000000};
	a[0] = (struct lw_m_action){LW_STR("P0"),
	    str(m, "Put shop.billing.tax into the image and redeploy shop-api"),
	    LW_STR("incident-1"), NULL, 0};
	a[1] = (struct lw_m_action){LW_STR("P1"),
	    str(m, "Send traffic back to the last revision that started"), LW_STR("incident-1"),
	    list(m, "gcloud run services update-traffic shop-api --to-revisions=PREVIOUS=100"), 1};
	a[2] = (struct lw_m_action){LW_STR("P2"),
	    str(m, "Import every module in a test of the image before it is released"), LW_STR(""),
	    NULL, 0};
	s[0] = (struct lw_m_criterion){
	    str(m, "Instances of shop-api start without import errors"), LW_STR("incident-1")};
	s[1] = (struct lw_m_criterion){
	    str(m, "No request to shop-api ends in 503 for 15 minutes"), LW_STR("incident-1")};
	r->changes = c;
	r->change_count = 3;
	r->actions = a;
	r->action_count = 3;
	r->criteria = s;
	r->criterion_count = 2;
}

struct lw_report *
sample_report(struct lw_arena *arena, sample_make_fn *make, void *arg)
{
	struct maker m = {arena, make, arg};
	struct lw_report *r = MANY(&m, struct lw_report, 1);

	r->title = str(&m, "shop-api: missing module after a rollout");
	r->version = LW_STR("0.1.0");
	r->from_ns = at("2025-09-16T00:41:13.2Z");
	r->to_ns = at("2025-09-16T00:42:59.910682Z");
	r->window_ns = 300 * LW_NS_PER_S;
	r->step_ns = 60 * LW_NS_PER_S;
	inputs(&m, r);
	coverage(&m, r);
	services(&m, r);
	clusters(&m, r);
	incidents(&m, r);
	advice(&m, r);
	return r;
}
