/*
 * fuzz_report.c - any bytes as the texts of a report, in each format.
 *
 * Whatever the log holds, what is written has no control characters but line
 * ends, and JSON is JSON.
 */
#include <stdint.h>
#include <stdlib.h>
#include <yajl/yajl_parse.h>

#include "base/buf.h"
#include "base/str.h"
#include "base/utf8.h"
#include "report/model.h"
#include "report/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
must_be_json(struct lw_str s)
{
	yajl_handle h = yajl_alloc(NULL, NULL, NULL);

	if (h == NULL)
		return;
	must(yajl_parse(h, (const unsigned char *)s.p, s.n) == yajl_status_ok);
	must(yajl_complete_parse(h) == yajl_status_ok);
	yajl_free(h);
}

static void
write_in(const struct lw_report_format *format, const struct lw_report *r, bool redact)
{
	const struct lw_report_style style = {.redact = redact, .width = 80};
	struct lw_buf out;
	size_t i;

	lw_buf_init(&out);
	format->write(&out, r, &style);
	if (lw_buf_ok(&out)) {
		must(lw_utf8_check(lw_buf_str(&out)) == out.n);
		for (i = 0; i < out.n; i++)
			must((unsigned char)out.p[i] >= 0x20 || out.p[i] == '\n');
		if (strcmp(format->name, "json") == 0)
			must_be_json(lw_buf_str(&out));
	}
	lw_buf_fini(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct lw_str s = lw_str_make((const char *)data, size);
	const struct lw_m_evidence evidence = {s, s, INT64_C(1778574600000000000), s};
	const struct lw_m_value value = {s, 2};
	const struct lw_m_capture capture = {s, &value, 1};
	const struct lw_m_cluster cluster = {.id = LW_STR("c1"),
	    .rule = s,
	    .title = s,
	    .template_text = s,
	    .layer = LW_STR("build"),
	    .role = LW_STR("cause"),
	    .severity = LW_STR("ERROR"),
	    .count = 2,
	    .services = &s,
	    .service_count = 1,
	    .captures = &capture,
	    .capture_count = 1,
	    .evidence = &evidence,
	    .evidence_count = 1};
	const struct lw_m_why why = {.question = s,
	    .finding = s,
	    .cluster = LW_STR("c1"),
	    .observed = true,
	    .confidence = 0.5,
	    .evidence = &evidence,
	    .evidence_count = 1,
	    .checks = &s,
	    .check_count = 1};
	const struct lw_m_incident incident = {.id = LW_STR("i1"),
	    .title = s,
	    .service = s,
	    .root_cluster = LW_STR("c1"),
	    .root_basis = LW_STR("observed"),
	    .whys = &why,
	    .why_count = 1};
	const struct lw_m_service service = {.name = s, .type = s, .project = s, .location = s};
	const struct lw_m_action action = {LW_STR("P0"), s, LW_STR("i1"), &s, 1};
	const struct lw_report report = {.title = s,
	    .version = LW_STR("0"),
	    .clusters = &cluster,
	    .cluster_count = 1,
	    .services = &service,
	    .service_count = 1,
	    .incidents = &incident,
	    .incident_count = 1,
	    .actions = &action,
	    .action_count = 1};
	size_t i;

	for (i = 0; lw_report_formats[i].name != NULL; i++) {
		write_in(&lw_report_formats[i], &report, true);
		write_in(&lw_report_formats[i], &report, false);
	}
	return 0;
}
