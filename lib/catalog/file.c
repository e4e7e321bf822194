/*
 * file.c - a catalogue file: its YAML, its list of rules.
 *
 * A file that is no YAML as a whole is read again rule by rule, so that one
 * slip costs one rule: within a list at the left margin every rule starts with "-"
 * in the first column, where nothing inside a rule can stand.
 */
#include <string.h>

#include "catalog/rule.h"

/* A file being read.  What its documents are made of is gone with it. */
struct file {
	struct lw_catalog *catalog;
	struct lw_strict n;
	struct lw_arena *nodes;
	uint32_t layer;
};

static void
read_rule(struct file *f, const struct lw_doc_node *node)
{
	struct lw_rule_impl *impl = lw_arena_zalloc(f->n.arena, sizeof(*impl));

	if (impl == NULL) {
		f->n.nomem = true;
		return;
	}
	impl->layer = f->layer;
	if (!lw_rule_read(&f->n, node, impl)) {
		lw_rule_fini(impl);
		if (impl->rule.id != NULL && !lw_catalog_leave_out(f->catalog, impl->rule.id))
			f->n.nomem = true;
	} else if (lw_catalog_add(f->catalog, impl, f->n.problems) != LW_OK) {
		f->n.nomem = true;
	}
}

/* The rules of a document, behind which nothing may come. */
static void
read_rules(struct file *f, const struct lw_doc *doc)
{
	const struct lw_doc_node *root = doc->root;
	size_t i;

	if (root == NULL)
		lw_problem_add(f->n.problems, LW_DIAG_WARNING, LW_EEMPTY, f->n.source,
		    (struct lw_span){0, 1}, "the file holds no rules");
	else if (root->kind != LW_DOC_LIST)
		lw_strict_error(
		    &f->n, root, "a catalogue file must be a list of rules (- id: ...)");
	else
		for (i = 0; i < root->count && !f->n.nomem; i++)
			read_rule(f, root->items[i]);
	if (doc->more)
		lw_problem_add(f->n.problems, LW_DIAG_ERROR, LW_ERULE, f->n.source, doc->next,
		    "a catalogue file is one document; what follows is not read");
}

/* The document in bytes base to end; false where it is no YAML, which is told unless `quiet`. */
static bool
read_document(struct file *f, size_t base, size_t end, bool quiet)
{
	struct lw_doc doc;
	enum lw_doc_result result =
	    lw_doc_read(&doc, f->n.source, base, end, f->nodes, f->n.problems, quiet);

	if (result == LW_DOC_NOMEM)
		f->n.nomem = true;
	else if (result == LW_DOC_OK)
		read_rules(f, &doc);
	return result == LW_DOC_OK || result == LW_DOC_DEEP;
}

static bool
starts_rule(const struct lw_source *s, size_t line)
{
	size_t at = s->starts[line];

	return at + 1 < s->text.n && s->text.p[at] == '-' &&
	       (s->text.p[at + 1] == ' ' || s->text.p[at + 1] == '\n');
}

/* The first line from `line` on that starts a rule; line_count where there is none. */
static size_t
next_rule(const struct lw_source *s, size_t line)
{
	while (line < s->line_count && !starts_rule(s, line))
		line++;
	return line;
}

/* The id of a rule that is no YAML, where it stands behind the dash as it mostly does. */
static void
leave_out(struct file *f, size_t base, size_t end)
{
	static const char id_chars[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	const char *p = f->n.source->text.p + base; /* the text ends in NUL */
	char id[128];
	size_t length;

	if (end - base < 6 || memcmp(p, "- id: ", 6) != 0)
		return;
	length = strspn(p + 6, id_chars);
	if (length == 0 || length >= sizeof(id))
		return;
	memcpy(id, p + 6, length);
	id[length] = '\0';
	if (!lw_catalog_leave_out(f->catalog, id))
		f->n.nomem = true;
}

/* Every rule as a document of its own.  True where some of them was told to be wrong. */
static bool
read_apart(struct file *f)
{
	const struct lw_source *s = f->n.source;
	size_t line = next_rule(s, 0), next;
	bool told = false;

	for (; line < s->line_count && !f->n.nomem; line = next) {
		size_t base = s->starts[line], end;

		next = next_rule(s, line + 1);
		end = next < s->line_count ? s->starts[next] : s->text.n;
		if (read_document(f, base, end, false))
			continue;
		told = true;
		leave_out(f, base, end);
	}
	return told;
}

enum lw_code
lw_rules_read(struct lw_catalog *c, const struct lw_source *source, uint32_t layer,
    struct lw_problems *problems)
{
	struct file f = {.catalog = c,
	    .n = {.source = source,
		.problems = problems,
		.arena = c->arena,
		.defer = layer < c->checked,
		.scratch = lw_arena_new(0)},
	    .nodes = lw_arena_new(0),
	    .layer = layer};
	struct lw_doc doc;

	if (f.nodes == NULL || f.n.scratch == NULL)
		f.n.nomem = true;
	else if (lw_doc_read_plain(&doc, source, f.nodes))
		read_rules(&f, &doc);
	else if (!read_document(&f, 0, source->text.n, true) && !f.n.nomem && !read_apart(&f) &&
		 !f.n.nomem)
		/* Each rule for itself is fine, or there is none: say what is wrong with the
		 * whole. */
		(void)read_document(&f, 0, source->text.n, false);
	lw_arena_free(f.nodes);
	lw_arena_free(f.n.scratch);
	return f.n.nomem ? LW_ENOMEM : LW_OK;
}
