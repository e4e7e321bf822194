/* doc_libyaml.c - any YAML to a tree, by libyaml. */
#include <yaml.h>

#include "catalog/doc.h"

struct reader {
	const struct lw_source *source;
	struct lw_arena *arena;
	struct lw_problems *problems;
	size_t base, end;    /* of the source */
	size_t chars, bytes; /* a known place, relative to base: marks count characters */
};

/* libyaml's marks count characters, the source counts bytes.  Nodes come nearly in order, so
 * walking is cheap. */
static size_t
byte_of(struct reader *r, size_t chars)
{
	const char *p = r->source->text.p + r->base;
	size_t size = r->source->text.n - r->base;

	while (r->chars < chars && r->bytes < size) {
		r->bytes++;
		while (r->bytes < size && ((unsigned char)p[r->bytes] & 0xc0) == 0x80)
			r->bytes++;
		r->chars++;
	}
	while (r->chars > chars && r->bytes > 0) {
		r->bytes--;
		while (r->bytes > 0 && ((unsigned char)p[r->bytes] & 0xc0) == 0x80)
			r->bytes--;
		r->chars--;
	}
	return r->base + r->bytes;
}

static struct lw_span
between(struct reader *r, yaml_mark_t start, yaml_mark_t end)
{
	size_t at = byte_of(r, start.index);

	return (struct lw_span){at, byte_of(r, end.index) - at};
}

static bool
start_parser(const struct reader *r, yaml_parser_t *parser)
{
	if (!yaml_parser_initialize(parser))
		return false;
	yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
	    parser, (const unsigned char *)r->source->text.p + r->base, r->end - r->base);
	return true;
}

static void
tell_syntax(struct reader *r, const yaml_parser_t *parser)
{
	struct lw_span span = {r->base, 1};

	if (parser->error == YAML_READER_ERROR)
		span.at = r->base + parser->problem_offset;
	else
		span.at = between(r, parser->problem_mark, parser->problem_mark).at;
	if (span.at > r->source->text.n)
		span.at = r->source->text.n;
	lw_problem_add(r->problems, LW_DIAG_ERROR, LW_EYAML, r->source, span,
	    "malformed YAML: %s%s%s", parser->context == NULL ? "" : parser->context,
	    parser->context == NULL ? "" : ": ",
	    parser->problem == NULL ? "unknown reason" : parser->problem);
}

/*
 * Told from the events, before a document is made of them: libyaml's work
 * grows with the square of the depth.
 */
static enum lw_doc_result
check_depth(struct reader *r)
{
	yaml_parser_t parser;
	yaml_event_t event;
	unsigned depth = 0;
	bool more = true;

	if (!start_parser(r, &parser))
		return LW_DOC_NOMEM;
	while (more && depth <= LW_DOC_MAX_DEPTH && yaml_parser_parse(&parser, &event)) {
		depth += event.type == YAML_SEQUENCE_START_EVENT ||
			 event.type == YAML_MAPPING_START_EVENT;
		depth -=
		    event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT;
		more = event.type != YAML_STREAM_END_EVENT;
		if (depth > LW_DOC_MAX_DEPTH)
			lw_problem_add(r->problems, LW_DIAG_ERROR, LW_ELIMIT, r->source,
			    between(r, event.start_mark, event.end_mark),
			    "nested deeper than %d levels; nothing in a rule is", LW_DOC_MAX_DEPTH);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return depth <= LW_DOC_MAX_DEPTH ? LW_DOC_OK : LW_DOC_DEEP;
}

static enum lw_quoting
quoting_of(yaml_scalar_style_t style)
{
	if (style == YAML_SINGLE_QUOTED_SCALAR_STYLE)
		return LW_QUOTING_SINGLE;
	if (style == YAML_DOUBLE_QUOTED_SCALAR_STYLE)
		return LW_QUOTING_DOUBLE;
	if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE)
		return LW_QUOTING_BLOCK;
	return LW_QUOTING_PLAIN;
}

/* libyaml names nodes by number, from 1; an alias makes a node stand in several places. */
static bool
copy_list(
    struct reader *r, const yaml_node_t *from, struct lw_doc_node *nodes, struct lw_doc_node *to)
{
	const struct lw_doc_node **items;
	size_t i;

	to->kind = LW_DOC_LIST;
	to->count = (size_t)(from->data.sequence.items.top - from->data.sequence.items.start);
	items = lw_arena_alloc(r->arena, (to->count + 1) * sizeof(*items));
	to->items = items;
	for (i = 0; items != NULL && i < to->count; i++)
		items[i] = &nodes[from->data.sequence.items.start[i] - 1];
	return items != NULL;
}

static bool
copy_map(
    struct reader *r, const yaml_node_t *from, struct lw_doc_node *nodes, struct lw_doc_node *to)
{
	const struct lw_doc_node **items;
	size_t i;

	to->kind = LW_DOC_MAP;
	to->count = (size_t)(from->data.mapping.pairs.top - from->data.mapping.pairs.start);
	items = lw_arena_alloc(r->arena, (to->count * 2 + 1) * sizeof(*items));
	to->items = items;
	for (i = 0; items != NULL && i < to->count; i++) {
		items[2 * i] = &nodes[from->data.mapping.pairs.start[i].key - 1];
		items[2 * i + 1] = &nodes[from->data.mapping.pairs.start[i].value - 1];
	}
	return items != NULL;
}

static bool
copy_text(struct reader *r, const yaml_node_t *from, struct lw_doc_node *to)
{
	to->kind = LW_DOC_TEXT;
	to->quoting = quoting_of(from->data.scalar.style);
	to->text = lw_arena_str(
	    r->arena, lw_str_make((const char *)from->data.scalar.value, from->data.scalar.length));
	return to->text.p != NULL;
}

static bool
copy_node(
    struct reader *r, const yaml_node_t *from, struct lw_doc_node *nodes, struct lw_doc_node *to)
{
	to->span = between(r, from->start_mark, from->end_mark);
	if (from->type == YAML_SEQUENCE_NODE)
		return copy_list(r, from, nodes, to);
	if (from->type == YAML_MAPPING_NODE)
		return copy_map(r, from, nodes, to);
	return copy_text(r, from, to);
}

/* Every node of a document; the first is its root. */
static bool
copy_nodes(struct reader *r, const yaml_document_t *from, struct lw_doc *doc)
{
	size_t count = (size_t)(from->nodes.top - from->nodes.start), i;
	struct lw_doc_node *nodes = lw_arena_zalloc(r->arena, (count + 1) * sizeof(*nodes));

	if (nodes == NULL)
		return false;
	for (i = 0; i < count; i++)
		if (!copy_node(r, &from->nodes.start[i], nodes, &nodes[i]))
			return false;
	doc->root = count == 0 ? NULL : nodes;
	return true;
}

/* The document, and whether another one follows. */
static enum lw_doc_result
load(struct reader *r, yaml_parser_t *parser, struct lw_doc *doc)
{
	yaml_document_t document, rest;
	bool copied;

	if (!yaml_parser_load(parser, &document))
		return LW_DOC_BAD;
	copied = copy_nodes(r, &document, doc);
	yaml_document_delete(&document);
	if (!copied)
		return LW_DOC_NOMEM;
	if (doc->root == NULL)
		return LW_DOC_OK;
	if (!yaml_parser_load(parser, &rest))
		return LW_DOC_BAD;
	doc->more = yaml_document_get_root_node(&rest) != NULL;
	doc->next = between(r, rest.start_mark, rest.end_mark);
	yaml_document_delete(&rest);
	return LW_DOC_OK;
}

enum lw_doc_result
lw_doc_read(struct lw_doc *doc, const struct lw_source *s, size_t base, size_t end,
    struct lw_arena *arena, struct lw_problems *problems, bool quiet)
{
	struct reader r = {
	    .source = s, .arena = arena, .problems = problems, .base = base, .end = end};
	enum lw_doc_result result = check_depth(&r);
	yaml_parser_t parser;

	*doc = (struct lw_doc){.root = NULL};
	if (result != LW_DOC_OK)
		return result;
	if (!start_parser(&r, &parser))
		return LW_DOC_NOMEM;
	result = load(&r, &parser, doc);
	if (result == LW_DOC_BAD && parser.error == YAML_MEMORY_ERROR)
		result = LW_DOC_NOMEM;
	if (result == LW_DOC_BAD && !quiet)
		tell_syntax(&r, &parser);
	yaml_parser_delete(&parser);
	return result;
}
