/*
 * fuzz_record.c - one record of any bytes, decoded as JSON, as YAML and as text.
 *
 * The first byte of the input chooses the kind.  Every run of bytes that an entry hands out is
 * read to its end, so that one which points outside is seen.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/str.h"
#include "entry/entry.h"
#include "entry/stitch.h"
#include "input/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned char sink;

static void
touch(struct lw_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		sink ^= (unsigned char)s.p[i];
}

static void
look_at_stack(const struct lw_entry *e)
{
	size_t i, k;

	if (e->stack == NULL)
		return;
	if (e->stack->start > e->stack->end || e->stack->end > e->clean.n)
		abort();
	for (i = 0; i < e->stack->exception_count; i++) {
		const struct lw_exception *x = &e->stack->exceptions[i];

		touch(x->type);
		touch(x->message);
		for (k = 0; k < x->frame_count; k++) {
			touch(x->frames[k].file);
			touch(x->frames[k].function);
		}
	}
}

static void
look_at_stitched(void *arg, const struct lw_stitched *m, size_t index)
{
	(void)arg;
	(void)index;
	touch(m->message);
	touch(m->base.message);
}

static void
look_at_change(const struct lw_audit_change *c)
{
	size_t i;

	if (c == NULL)
		return;
	touch(c->target);
	touch(c->command);
	touch(c->granted);
	touch(c->revoked);
	for (i = 0; i < c->setting_count; i++) {
		touch(c->settings[i].name);
		touch(c->settings[i].value);
	}
	if (c->setting_count > LW_MAX_SETTINGS)
		abort();
}

static void
look_at(void *arg, struct lw_entry *e)
{
	struct lw_stitcher *stitcher = arg;
	size_t i;

	look_at_stack(e);
	if (lw_stitcher_wants(e))
		(void)lw_stitcher_add(stitcher, e, 1);
	touch(e->message);
	touch(e->clean);
	touch(e->insert_id);
	touch(e->log_name);
	touch(e->service);
	touch(e->revision);
	touch(e->instance);
	touch(e->http.method);
	touch(e->http.url);
	touch(e->audit.status_message);
	look_at_change(e->audit.change);
	for (i = 0; i < e->label_count; i++) {
		touch(e->labels[i].key);
		touch(e->labels[i].value);
	}
	if (e->severity >= LW_SEVERITY_COUNT)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum lw_record_kind kinds[] = {LW_RECORD_JSON, LW_RECORD_YAML, LW_RECORD_TEXT};
	struct lw_decoder *decoder = lw_decoder_new();
	struct lw_stitcher *stitcher = lw_stitcher_new(0);
	struct lw_error warn, error;
	struct lw_record record = {.line = 1};

	if (size > 0 && decoder != NULL && stitcher != NULL) {
		record.kind = kinds[data[0] % 3];
		record.bytes = lw_str_make((const char *)data + 1, size - 1);
		(void)lw_decode(decoder, &record, look_at, stitcher, &warn, &error);
		(void)lw_stitcher_finish(stitcher, 0, look_at_stitched, NULL);
	}
	lw_stitcher_free(stitcher);
	lw_decoder_free(decoder);
	return 0;
}
