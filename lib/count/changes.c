/* changes.c - rows of audited calls, each in one allocation. */
#include "count/changes.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "count/level.h"
#include "count/table.h"

#define TEXT_BYTES 1024 /* a message, a policy; longer ones are cut */
#define NAME_BYTES ((size_t)300)

void
lw_changes_fini(struct lw_changes *c)
{
	uint32_t i;

	for (i = 0; i < c->count; i++)
		free(c->rows[i]);
	free(c->rows);
	*c = (struct lw_changes){.max = c->max};
}

static bool
is_kept(const struct lw_changes *c, const struct lw_change_row *row)
{
	return lw_level_keeps(c->level, row->entry_key);
}

/* Only calls that the next level keeps stay. */
static void
raise_level(struct lw_changes *c)
{
	uint32_t i, kept = 0;

	c->level++;
	for (i = 0; i < c->count; i++) {
		if (is_kept(c, c->rows[i])) {
			c->rows[kept++] = c->rows[i];
			continue;
		}
		free(c->rows[i]);
		c->dropped++;
	}
	c->count = kept;
}

/* Takes row, also where it is dropped.  False where memory ran out. */
static bool
put_row(struct lw_changes *c, struct lw_change_row *row)
{
	uint32_t max = c->max == 0 ? LW_MAX_CHANGES : c->max;

	if (!is_kept(c, row)) {
		free(row);
		c->dropped++;
		return true;
	}
	if (!lw_table_reserve(
		(void **)&c->rows, c->count, &c->capacity, sizeof(struct lw_change_row *))) {
		free(row);
		return false;
	}
	c->rows[c->count++] = row;
	while (c->count > max && c->level < LW_LEVEL_MAX)
		raise_level(c);
	return true;
}

/* How many settings fit, and the bytes of their text. */
static size_t
settings_that_fit(const struct lw_audit_change *a, size_t *bytes)
{
	size_t i;

	*bytes = 0;
	for (i = 0; i < a->setting_count; i++) {
		size_t n = a->settings[i].name.n +
			   lw_utf8_cut(a->settings[i].value, LW_CHANGE_SETTING_BYTES).n;

		if (*bytes + n > LW_CHANGE_SETTINGS_BYTES)
			break;
		*bytes += n;
	}
	return i;
}

/* Copy s to *p and move *p behind it. */
static struct lw_str
put(char **p, struct lw_str s)
{
	char *at = *p;

	if (s.n > 0)
		memcpy(at, s.p, s.n);
	*p += s.n;
	return lw_str_make(at, s.n);
}

bool
lw_changes_add(struct lw_changes *c, const struct lw_entry *e, uint64_t service, uint64_t entry_key)
{
	const struct lw_audit_change *a = e->audit.change;
	struct lw_change_row head = {.at_ns = e->time_ns,
	    .entry_key = entry_key,
	    .service = service,
	    .target_key = lw_hash_pair(service, lw_hash_str(a->target, 41)),
	    .kind = a->kind,
	    .title = a->title,
	    .status_code = e->audit.status_code,
	    .whole = a->whole};
	struct {
		struct lw_str *to, from;
		size_t max;
	} texts[] = {{&head.target, a->target, NAME_BYTES},
	    {&head.api, e->audit.service, NAME_BYTES}, {&head.method, e->audit.method, NAME_BYTES},
	    {&head.principal, e->audit.principal, NAME_BYTES},
	    {&head.command, a->command, NAME_BYTES},
	    {&head.status_message, e->audit.status_message, TEXT_BYTES},
	    {&head.operation, e->operation.id, NAME_BYTES},
	    {&head.revision, e->revision, NAME_BYTES}, {&head.granted, a->granted, TEXT_BYTES},
	    {&head.revoked, a->revoked, TEXT_BYTES}, {&head.project, e->project, NAME_BYTES},
	    {&head.insert_id, e->insert_id, NAME_BYTES},
	    {&head.log_name, e->log_name, 2 * NAME_BYTES}, {&head.message, e->clean, TEXT_BYTES}};
	size_t settings = settings_that_fit(a, &head.setting_count), bytes = head.setting_count, i;
	struct lw_change_row *row;
	struct lw_setting *own;
	char *p;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		texts[i].from = lw_utf8_cut(texts[i].from, texts[i].max);
		bytes += texts[i].from.n;
	}
	row = malloc(sizeof(*row) + settings * sizeof(*own) + bytes);
	if (row == NULL)
		return false;
	own = (struct lw_setting *)(row + 1);
	p = (char *)(own + settings);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i].to = put(&p, texts[i].from);
	for (i = 0; i < settings; i++) {
		own[i].name = put(&p, a->settings[i].name);
		own[i].value = put(&p, lw_utf8_cut(a->settings[i].value, LW_CHANGE_SETTING_BYTES));
	}
	head.settings = own;
	head.setting_count = settings;
	head.settings_dropped = settings < a->setting_count;
	*row = head;
	return put_row(c, row);
}

bool
lw_changes_merge(struct lw_changes *c, struct lw_changes *from)
{
	bool ok = true;
	uint32_t i;

	while (c->level < from->level)
		raise_level(c);
	c->dropped += from->dropped;
	for (i = 0; i < from->count; i++)
		ok = put_row(c, from->rows[i]) && ok;
	from->count = 0;
	from->dropped = 0;
	return ok;
}

static int
by_time(const void *pa, const void *pb)
{
	const struct lw_change_row *a = *(struct lw_change_row *const *)pa;
	const struct lw_change_row *b = *(struct lw_change_row *const *)pb;

	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns ? -1 : 1;
	return a->entry_key < b->entry_key ? -1 : a->entry_key > b->entry_key;
}

void
lw_changes_settle(struct lw_changes *c)
{
	if (c->count > 1)
		qsort(c->rows, c->count, sizeof(struct lw_change_row *), by_time);
}
