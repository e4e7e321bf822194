/* entry_same.c - comparing entries field by field. */
#include "entry_same.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "entry/decode.h"

#define ENTRIES_MAX 16

static bool
same_labels(const struct lw_entry *a, const struct lw_entry *b)
{
	size_t i;

	if (a->label_count != b->label_count)
		return false;
	for (i = 0; i < a->label_count; i++)
		if (!lw_str_eq(a->labels[i].key, b->labels[i].key) ||
		    !lw_str_eq(a->labels[i].value, b->labels[i].value))
			return false;
	return true;
}

static bool
same_exception(const struct lw_exception *a, const struct lw_exception *b)
{
	size_t i;

	if (!lw_str_eq(a->type, b->type) || !lw_str_eq(a->message, b->message) ||
	    a->link != b->link || a->frame_count != b->frame_count)
		return false;
	for (i = 0; i < a->frame_count; i++)
		if (!lw_str_eq(a->frames[i].file, b->frames[i].file) ||
		    !lw_str_eq(a->frames[i].function, b->frames[i].function) ||
		    a->frames[i].line != b->frames[i].line || a->frames[i].own != b->frames[i].own)
			return false;
	return true;
}

static bool
same_stack(const struct lw_stack *a, const struct lw_stack *b)
{
	size_t i;

	if (a == NULL || b == NULL)
		return a == b;
	if (a->language != b->language || a->start != b->start || a->end != b->end ||
	    a->exception_count != b->exception_count)
		return false;
	for (i = 0; i < a->exception_count; i++)
		if (!same_exception(&a->exceptions[i], &b->exceptions[i]))
			return false;
	return true;
}

static bool
same_change(const struct lw_audit_change *a, const struct lw_audit_change *b)
{
	size_t i;

	if (a == NULL || b == NULL)
		return a == b;
	if (a->kind != b->kind || a->title != b->title || !lw_str_eq(a->target, b->target) ||
	    !lw_str_eq(a->command, b->command) || !lw_str_eq(a->granted, b->granted) ||
	    !lw_str_eq(a->revoked, b->revoked) || a->whole != b->whole ||
	    a->setting_count != b->setting_count)
		return false;
	for (i = 0; i < a->setting_count; i++)
		if (!lw_str_eq(a->settings[i].name, b->settings[i].name) ||
		    !lw_str_eq(a->settings[i].value, b->settings[i].value))
			return false;
	return true;
}

const char *
entry_difference(const struct lw_entry *a, const struct lw_entry *b)
{
#define SAME(field) \
	do { \
		if (a->field != b->field) \
			return #field; \
	} while (0)
#define SAME_TEXT(field) \
	do { \
		if (!lw_str_eq(a->field, b->field)) \
			return #field; \
	} while (0)
	SAME(time_ns);
	SAME(effect_ns);
	SAME(severity);
	SAME(severity_known);
	SAME(severity_field);
	SAME(logged);
	SAME(payload);
	SAME_TEXT(message);
	SAME_TEXT(clean);
	SAME_TEXT(insert_id);
	SAME_TEXT(log_name);
	SAME_TEXT(trace);
	SAME_TEXT(span);
	SAME_TEXT(resource_type);
	SAME_TEXT(project);
	SAME_TEXT(location);
	SAME_TEXT(service);
	SAME_TEXT(revision);
	SAME_TEXT(instance);
	SAME_TEXT(container);
	SAME_TEXT(cluster);
	SAME_TEXT(namespace_name);
	SAME(http.present);
	SAME_TEXT(http.method);
	SAME_TEXT(http.url);
	SAME(http.status);
	SAME(http.latency_ns);
	SAME_TEXT(operation.id);
	SAME_TEXT(operation.producer);
	SAME(operation.first);
	SAME(operation.last);
	SAME_TEXT(source.file);
	SAME_TEXT(source.function);
	SAME(source.line);
	SAME(split.present);
	SAME_TEXT(split.uid);
	SAME(split.index);
	SAME(split.total);
	SAME(audit.present);
	SAME_TEXT(audit.service);
	SAME_TEXT(audit.method);
	SAME_TEXT(audit.resource);
	SAME_TEXT(audit.principal);
	SAME_TEXT(audit.status_message);
	SAME(audit.status_code);
	SAME(insight);
	SAME(fragment);
#undef SAME
#undef SAME_TEXT
	if (!same_labels(a, b))
		return "labels";
	if (!same_change(a->audit.change, b->audit.change))
		return "audit.change";
	return same_stack(a->stack, b->stack) ? NULL : "stack";
}

bool
tree_same(const struct lw_node *a, const struct lw_node *b)
{
	for (; a != NULL && b != NULL; a = a->next, b = b->next) {
		bool branch = a->type == LW_NODE_OBJECT || a->type == LW_NODE_ARRAY;

		if (a->type != b->type || !lw_str_eq(a->key, b->key))
			return false;
		if (branch ? !tree_same(a->child, b->child) : !lw_str_eq(a->text, b->text))
			return false;
	}
	return a == b;
}

static const char *const path_names[LW_WALK_PATHS] = {[LW_WALK_PORTABLE] = "portable",
    [LW_WALK_SSE2] = "SSE2",
    [LW_WALK_AVX2] = "AVX2",
    [LW_WALK_NEON] = "NEON"};

/* All that one decoder said of a record. */
struct outcome {
	enum lw_code code;
	struct lw_error warn, error;
	size_t count;
	struct lw_entry entries[ENTRIES_MAX]; /* the first ones */
};

static void
keep(void *arg, struct lw_entry *e)
{
	struct outcome *o = arg;

	if (o->count < ENTRIES_MAX)
		o->entries[o->count] = *e;
	o->count++;
}

static void
run(struct lw_decoder *d, const struct lw_record *record, struct outcome *o)
{
	memset(o, 0, sizeof(*o));
	o->code = lw_decode(d, record, keep, o, &o->warn, &o->error);
}

static const char *
error_difference(const struct lw_error *a, const struct lw_error *b)
{
	if (a->code != b->code)
		return "code";
	if (a->code == LW_OK)
		return NULL;
	if (strcmp(a->message, b->message) != 0)
		return "message";
	return a->line == b->line && a->column == b->column && a->offset == b->offset ? NULL
										      : "place";
}

static const char *
outcome_difference(const struct outcome *a, const struct outcome *b)
{
	const char *what;
	size_t i;

	if (a->code != b->code)
		return "code";
	what = error_difference(&a->warn, &b->warn);
	if (what == NULL && a->code != LW_OK)
		what = error_difference(&a->error, &b->error);
	if (what != NULL)
		return what;
	if (a->count != b->count)
		return "count";
	for (i = 0; what == NULL && i < a->count && i < ENTRIES_MAX; i++)
		what = entry_difference(&a->entries[i], &b->entries[i]);
	return what;
}

struct rivals {
	struct lw_decoder *reference, *fast[LW_WALK_PATHS]; /* NULL: not on this processor */
	struct lw_arena *arena;
};

void
rivals_free(struct rivals *r)
{
	int path;

	if (r == NULL)
		return;
	for (path = 0; path < LW_WALK_PATHS; path++)
		lw_decoder_free(r->fast[path]);
	lw_decoder_free(r->reference);
	lw_arena_free(r->arena);
	free(r);
}

struct rivals *
rivals_new(void)
{
	struct rivals *r = calloc(1, sizeof(*r));
	bool ok = r != NULL;
	int path;

	for (path = 0; ok && path < LW_WALK_PATHS; path++) {
		if (lw_walk_by((enum lw_walk_path)path) == NULL)
			continue;
		r->fast[path] = lw_decoder_new();
		ok = r->fast[path] != NULL;
		if (ok)
			r->fast[path]->walker.walk = lw_walk_by((enum lw_walk_path)path);
	}
	if (ok) {
		r->reference = lw_decoder_new();
		r->arena = lw_arena_new(0);
		ok = r->reference != NULL && r->arena != NULL;
	}
	if (!ok) {
		rivals_free(r);
		return NULL;
	}
	lw_decoder_use(r->reference, LW_DECODER_YAJL);
	lw_wordings_free(r->reference->mapping.wordings); /* it reads every message anew */
	r->reference->mapping.wordings = NULL;
	return r;
}

bool
decoders_agree(struct rivals *r, const struct lw_record *record, char why[200])
{
	struct outcome a, b;
	const char *what = NULL;
	int path;

	run(r->reference, record, &a);
	for (path = 0; what == NULL && path < LW_WALK_PATHS; path++) {
		if (r->fast[path] == NULL)
			continue;
		run(r->fast[path], record, &b);
		what = outcome_difference(&a, &b);
		if (what != NULL)
			(void)snprintf(why, 200, "%s differs (%s)", what, path_names[path]);
	}
	return what == NULL;
}

static bool
readers_agree_on(struct rivals *r, struct lw_str text, char why[200])
{
	struct lw_node *want, *got;
	struct lw_parse_error error;
	bool accepted = lw_json_parse(r->arena, text, &want, &error) == LW_OK;
	int path;

	for (path = 0; path < LW_WALK_PATHS; path++) {
		if (r->fast[path] == NULL)
			continue;
		lw_known_next(r->fast[path]->walker.known);
		if (r->fast[path]->walker.walk(r->fast[path]->walker.known, r->arena, text, &got) !=
		    accepted) {
			(void)snprintf(why, 200, "%s by yajl, not by %s: %.100s",
			    accepted ? "accepted" : "refused", path_names[path], error.message);
			return false;
		}
		if (accepted && !tree_same(want, got)) {
			(void)snprintf(why, 200, "another tree by %s", path_names[path]);
			return false;
		}
	}
	return true;
}

/* In a block of its own, so that a load behind its end is seen by AddressSanitizer; `behind` comes
 * before the padding. */
static bool
readers_agree_before(struct rivals *r, struct lw_str text, struct lw_str behind, char why[200])
{
	char *exact = calloc(1 + text.n + behind.n + LW_PADDING_BYTES, 1);
	bool same = true;

	lw_arena_reset(r->arena);
	if (exact != NULL) {
		if (text.n > 0)
			memcpy(exact + 1, text.p, text.n);
		if (behind.n > 0)
			memcpy(exact + 1 + text.n, behind.p, behind.n);
		same = readers_agree_on(r, lw_str_make(exact + 1, text.n), why);
	}
	free(exact);
	return same;
}

bool
readers_agree(struct rivals *r, struct lw_str text, char why[200])
{
	struct lw_buf clean = {0};
	struct lw_str s;
	bool same = true;

	lw_utf8_clean(&clean, text);
	if (lw_buf_ok(&clean)) {
		s = lw_buf_str(&clean);
		same = readers_agree_before(r, s, LW_STR(""), why) &&
		       readers_agree_before(r, s, lw_str_make(s.p + s.n / 2, s.n - s.n / 2), why);
	}
	lw_buf_fini(&clean);
	return same;
}
