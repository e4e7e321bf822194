/* cmd_cluster.c - logwhy cluster: templates with counts, or one id a record. */
#include <errno.h>
#include <inttypes.h>
#include <logwhy.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "base/arena.h"
#include "grouping.h"
#include "network.h"
#include "progress.h"
#include "report/templates.h"

static void
stop(void *arg)
{
	lw_grouping_stop(arg);
}

/* One call of the command. */
struct call {
	const struct settings *settings;
	struct lw_grouping *g;
	struct progress progress;
	FILE *spool; /* signatures in input order, for --assign: memory does not grow with the input
		      */
	bool spool_failed;
};

static void
on_diag(void *arg, enum lw_diag_level level, const struct lw_error *e)
{
	struct call *c = arg;

	progress_say(&c->progress, c->settings, level, e);
}

static void
on_assigned(void *arg, uint64_t signature)
{
	struct call *c = arg;

	if (fwrite(&signature, sizeof(signature), 1, c->spool) != 1)
		c->spool_failed = true;
}

static void
on_progress(void *arg, const struct lw_grouping *g)
{
	struct call *c = arg;
	const struct lw_reader *r = lw_grouping_reader(g);
	struct lw_run_progress at = {.records = lw_grouping_messages(g)};
	bool sizes_known = true;
	size_t i;

	for (i = 0; i < lw_reader_input_count(r); i++) {
		const struct lw_input_info *in = lw_reader_input(r, i);

		at.bytes += in->raw_bytes;
		at.size_bytes += in->size_bytes;
		sizes_known = sizes_known && in->size_bytes > 0;
	}
	if (!sizes_known)
		at.size_bytes = 0;
	progress_show(&c->progress, &at);
}

static void
print_id(uint64_t id)
{
	char line[17];
	int i;

	for (i = 15; i >= 0; i--, id >>= 4)
		line[i] = "0123456789abcdef"[id & 15];
	line[16] = '\n';
	(void)fwrite(line, 1, sizeof(line), stdout);
}

/* The spooled signatures as ids; "-" for a record without a message. */
static bool
print_ids(struct call *c)
{
	const struct lw_clusterer *clusters = lw_grouping_clusters(c->g);
	uint64_t signature;
	uint32_t index;

	if (c->spool_failed || fflush(c->spool) != 0 || fseek(c->spool, 0, SEEK_SET) != 0) {
		complain("temporary file: %s", strerror(errno));
		return false;
	}
	while (fread(&signature, sizeof(signature), 1, c->spool) == 1) {
		index = signature == 0 ? UINT32_MAX : lw_cluster_of(clusters, signature);
		if (index == UINT32_MAX)
			(void)puts("-");
		else
			print_id(lw_cluster_template(clusters, index)->id);
	}
	return finish_stdout(EXIT_DONE) == EXIT_DONE;
}

static int
by_count(const void *a, const void *b)
{
	const struct lw_template *x = *(const struct lw_template *const *)a;
	const struct lw_template *y = *(const struct lw_template *const *)b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* One template as the writers want it, in an arena; false where memory ran out. */
static bool
model(struct call *c, struct lw_arena *a, const struct lw_template *t, struct lw_m_template *m)
{
	struct lw_m_slot *slots = lw_arena_alloc(a, (t->slot_count + 1) * sizeof(*slots));
	enum lw_severity severity = lw_grouping_severity(c->g, t);
	char id[24];
	size_t i, k;

	(void)snprintf(id, sizeof(id), "%016" PRIx64, t->id);
	*m = (struct lw_m_template){.id = lw_arena_str(a, lw_str_from(id)),
	    .text = t->text,
	    .example = t->example,
	    .severity = lw_str_from(severity == LW_SEV_DEFAULT ? "" : lw_severity_name(severity)),
	    .count = t->count,
	    .first_ns = t->first_ns,
	    .last_ns = t->last_ns,
	    .is_stack = t->is_stack,
	    .slots = slots,
	    .slot_count = t->slot_count};
	for (i = 0; slots != NULL && i < t->slot_count; i++) {
		const struct lw_slot *s = &t->slots[i];
		struct lw_m_value *values =
		    lw_arena_alloc(a, (s->value_count + 1) * sizeof(*values));

		if (values == NULL)
			return false;
		for (k = 0; k < s->value_count; k++)
			values[k] = (struct lw_m_value){s->values[k].value, s->values[k].count};
		slots[i] = (struct lw_m_slot){
		    s->type, values, s->value_count, s->distinct, s->distinct_capped};
	}
	return slots != NULL && m->id.p != NULL;
}

/* Everything to write, sorted, without what is too rare. */
static bool
models(struct call *c, struct lw_arena *a, struct lw_m_templates *m)
{
	const struct lw_clusterer *clusters = lw_grouping_clusters(c->g);
	size_t n = lw_cluster_count(clusters), i, shown = 0;
	const struct lw_template **sorted = lw_arena_alloc(a, (n + 1) * sizeof(*sorted));
	struct lw_m_template *list = lw_arena_alloc(a, (n + 1) * sizeof(*list));

	if (sorted == NULL || list == NULL)
		return false;
	for (i = 0; i < n; i++)
		if (lw_cluster_template(clusters, i)->count >= c->settings->min_count)
			sorted[shown++] = lw_cluster_template(clusters, i);
	qsort(sorted, shown, sizeof(*sorted), by_count);
	for (i = 0; i < shown; i++)
		if (!model(c, a, sorted[i], &list[i]))
			return false;
	*m = (struct lw_m_templates){.version = lw_str_from(lw_version()),
	    .list = list,
	    .count = shown,
	    .messages = lw_grouping_messages(c->g),
	    .templates = n,
	    .malformed = lw_grouping_malformed(c->g),
	    .folded = lw_cluster_folded(clusters)};
	return true;
}

static bool
write_list(const struct settings *s, const struct lw_m_templates *m, const char *path)
{
	const char *by_path = lw_format_of_path(path);
	const char *format = s->format != NULL ? s->format : by_path != NULL ? by_path : "text";
	bool to_stdout = strcmp(path, "-") == 0, ok;
	struct lw_templates_style style = {{.redact = !s->no_redact,
					       .color = to_stdout && use_color(s),
					       .width = to_stdout ? output_width() : 80},
	    s->show_values};
	struct lw_buf out = {0};

	(void)lw_write_templates(&out, format, m, &style);
	ok = lw_buf_ok(&out);
	if (!ok)
		complain("out of memory while writing the templates");
	ok = ok && write_output(path, out.p == NULL ? "" : out.p, out.n);
	lw_buf_fini(&out);
	return ok;
}

static bool
write_lists(struct call *c)
{
	const struct settings *s = c->settings;
	struct lw_arena *a = lw_arena_new(0);
	struct lw_m_templates m;
	bool ok = a != NULL && models(c, a, &m);
	size_t i;

	if (!ok)
		complain("out of memory");
	if (ok && s->output_count == 0)
		ok = write_list(s, &m, "-");
	for (i = 0; a != NULL && i < s->output_count; i++)
		ok = ok && write_list(s, &m, s->outputs[i]);
	lw_arena_free(a);
	return ok;
}

static int
run(struct call *c)
{
	bool ok;

	stop_on_signals(stop, c->g);
	ok = lw_grouping_run(c->g);
	progress_clear(&c->progress);
	if (!ok) {
		complain("out of memory");
		return EXIT_IO;
	}
	ok = c->settings->assign ? print_ids(c) : write_lists(c);
	return ok && !lw_reader_failed(lw_grouping_reader(c->g)) ? EXIT_DONE : EXIT_IO;
}

int
cmd_cluster(const struct settings *s)
{
	struct call c = {.settings = s};
	struct lw_grouping_options o = {.diag = on_diag, .diag_arg = &c};
	struct network network;
	int code = EXIT_IO;

	if (s->operand_count == 0 && isatty(STDIN_FILENO)) {
		print_program_help(stderr);
		return EXIT_WRONG_USAGE;
	}
	progress_start(&c.progress, s);
	if (c.progress.on) {
		o.progress = on_progress;
		o.progress_arg = &c;
	}
	if (s->assign) {
		c.spool = tmpfile();
		if (c.spool == NULL) {
			complain("temporary file: %s", strerror(errno));
			return EXIT_IO;
		}
		o.assigned = on_assigned;
		o.assigned_arg = &c;
	}
	network_init(&network, s);
	network.remote.net.diag = on_diag;
	network.remote.net.diag_arg = &c;
	o.remote = &network.remote;
	c.g = lw_grouping_new((const char *const *)s->operands, s->operand_count, &o);
	if (c.g == NULL)
		complain("out of memory");
	else
		code = run(&c);
	lw_grouping_free(c.g);
	network_fini(&network);
	if (c.spool != NULL)
		(void)fclose(c.spool);
	return code;
}
