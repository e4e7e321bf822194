/*
 * file.c - a catalogue file: its YAML, its list of rules.
 *
 * A file that is no YAML as a whole is read again rule by rule, so that one
 * slip costs one rule: within a list at the left margin every rule starts with "-"
 * in the first column, where nothing inside a rule can stand.
 */
#include <string.h>

#include "base/utf8.h"
#include "catalog/rule.h"

static void
syntax_error(struct lw_strict *n, const yaml_parser_t *parser)
{
	struct lw_span span = {n->base, 1};

	if (parser->error == YAML_MEMORY_ERROR) {
		n->nomem = true;
		return;
	}
	if (parser->error == YAML_READER_ERROR)
		span.at = n->base + parser->problem_offset;
	else
		span.at = lw_strict_between(n, parser->problem_mark, parser->problem_mark).at;
	if (span.at > n->source->text.n)
		span.at = n->source->text.n;
	lw_problem_add(n->problems, LW_DIAG_ERROR, LW_EYAML, n->source, span,
	    "malformed YAML: %s%s%s", parser->context == NULL ? "" : parser->context,
	    parser->context == NULL ? "" : ": ",
	    parser->problem == NULL ? "unknown reason" : parser->problem);
}

/*
 * Nothing in a rule is nested deeper than this.  Told from the events, before
 * a document is made of them: libyaml's work grows with the square of the depth.
 */
#define MAX_DEPTH 16

/* True where the text is not nested too deep, as far as it is YAML at all. */
static bool
check_depth(struct lw_strict *n, const unsigned char *text, size_t size)
{
	yaml_parser_t parser;
	yaml_event_t event;
	unsigned depth = 0;
	bool more = true;

	if (!yaml_parser_initialize(&parser)) {
		n->nomem = true;
		return false;
	}
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, text, size);
	while (more && depth <= MAX_DEPTH && yaml_parser_parse(&parser, &event)) {
		depth += event.type == YAML_SEQUENCE_START_EVENT ||
			 event.type == YAML_MAPPING_START_EVENT;
		depth -=
		    event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT;
		more = event.type != YAML_STREAM_END_EVENT;
		if (depth > MAX_DEPTH)
			lw_problem_add(n->problems, LW_DIAG_ERROR, LW_ELIMIT, n->source,
			    lw_strict_between(n, event.start_mark, event.end_mark),
			    "nested deeper than %d levels; nothing in a rule is", MAX_DEPTH);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return depth <= MAX_DEPTH;
}

static void
read_rule(struct lw_catalog *c, struct lw_strict *n, yaml_node_t *node, uint32_t layer)
{
	struct lw_rule_impl *impl = lw_arena_zalloc(n->arena, sizeof(*impl));

	if (impl == NULL) {
		n->nomem = true;
		return;
	}
	impl->layer = layer;
	if (!lw_rule_read(n, node, impl)) {
		lw_rule_fini(impl);
		if (impl->rule.id != NULL && !lw_catalog_leave_out(c, impl->rule.id))
			n->nomem = true;
	} else if (lw_catalog_add(c, impl, n->problems) != LW_OK) {
		n->nomem = true;
	}
}

static void
read_root(struct lw_catalog *c, struct lw_strict *n, uint32_t layer)
{
	yaml_node_t *root = yaml_document_get_root_node(n->doc);
	yaml_node_item_t *item;

	if (root == NULL) {
		lw_problem_add(n->problems, LW_DIAG_WARNING, LW_EEMPTY, n->source,
		    (struct lw_span){0, 1}, "the file holds no rules");
		return;
	}
	if (root->type != YAML_SEQUENCE_NODE) {
		lw_strict_error(n, root, "a catalogue file must be a list of rules (- id: ...)");
		return;
	}
	for (item = root->data.sequence.items.start;
	     item < root->data.sequence.items.top && !n->nomem; item++)
		read_rule(c, n, yaml_document_get_node(n->doc, *item), layer);
}

/* The rules of a document, behind which nothing may come. */
static bool
load(struct lw_catalog *c, struct lw_strict *n, yaml_parser_t *parser, uint32_t layer)
{
	yaml_document_t doc, rest;
	bool good = yaml_parser_load(parser, &doc) != 0, empty;

	if (!good)
		return false;
	empty = yaml_document_get_root_node(&doc) == NULL;
	if (!empty)
		good = yaml_parser_load(parser, &rest) != 0;
	n->doc = &doc;
	if (good)
		read_root(c, n, layer);
	n->doc = NULL;
	if (good && !empty) {
		if (yaml_document_get_root_node(&rest) != NULL)
			lw_problem_add(n->problems, LW_DIAG_ERROR, LW_ERULE, n->source,
			    lw_strict_between(n, rest.start_mark, rest.end_mark),
			    "a catalogue file is one document; what follows is not read");
		yaml_document_delete(&rest);
	}
	yaml_document_delete(&doc);
	return good;
}

/* The document of n->source[base..end); false where it is no YAML, which is told unless `quiet`. */
static bool
read_document(struct lw_catalog *c, struct lw_strict *n, size_t end, uint32_t layer, bool quiet)
{
	const unsigned char *text = (const unsigned char *)n->source->text.p;
	yaml_parser_t parser;
	bool good;

	n->chars = n->bytes = 0;
	if (!check_depth(n, text + n->base, end - n->base))
		return true; /* it was told already */
	if (!yaml_parser_initialize(&parser)) {
		n->nomem = true;
		return false;
	}
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, text + n->base, end - n->base);
	good = load(c, n, &parser, layer);
	if (!good && (!quiet || parser.error == YAML_MEMORY_ERROR))
		syntax_error(n, &parser);
	yaml_parser_delete(&parser);
	return good;
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
leave_out(struct lw_catalog *c, struct lw_strict *n, size_t end)
{
	static const char id_chars[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	const char *p = n->source->text.p + n->base; /* the text ends in NUL */
	char id[128];
	size_t length;

	if (end - n->base < 6 || memcmp(p, "- id: ", 6) != 0)
		return;
	length = strspn(p + 6, id_chars);
	if (length == 0 || length >= sizeof(id))
		return;
	memcpy(id, p + 6, length);
	id[length] = '\0';
	if (!lw_catalog_leave_out(c, id))
		n->nomem = true;
}

/* Every rule as a document of its own.  True where some of them was told to be wrong. */
static bool
read_apart(struct lw_catalog *c, struct lw_strict *n, uint32_t layer)
{
	const struct lw_source *s = n->source;
	size_t line = next_rule(s, 0), next;
	bool told = false;

	for (; line < s->line_count && !n->nomem; line = next) {
		size_t end;

		next = next_rule(s, line + 1);
		end = next < s->line_count ? s->starts[next] : s->text.n;
		n->base = s->starts[line];
		if (read_document(c, n, end, layer, false))
			continue;
		told = true;
		leave_out(c, n, end);
	}
	return told;
}

enum lw_code
lw_rules_read(struct lw_catalog *c, const struct lw_source *source, uint32_t layer,
    struct lw_problems *problems)
{
	struct lw_strict n = {.source = source, .problems = problems, .arena = c->arena};

	if (!read_document(c, &n, source->text.n, layer, true) && !n.nomem &&
	    !read_apart(c, &n, layer) && !n.nomem) {
		/* Each rule for itself is fine, or there is none: say what is wrong with the whole.
		 */
		n.base = 0;
		(void)read_document(c, &n, source->text.n, layer, false);
	}
	return n.nomem ? LW_ENOMEM : LW_OK;
}
