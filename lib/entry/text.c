/* text.c - one message of a text log, and JSON that came behind a prefix. */
#include "entry/clean.h"
#include "entry/decode.h"
#include "entry/header.h"

#define LINES_IN_LINES_MAX 4

/* What the header says and the entry does not. */
static void
add_header(struct lw_entry *e, const struct lw_header *h)
{
	if (e->time_ns == LW_TIME_NONE) {
		e->time_ns = h->time_ns;
		e->effect_ns = h->time_ns;
	}
	if (h->has_severity && !e->severity_known) {
		e->severity = h->severity;
		e->severity_known = true;
	}
	e->place = 0;
	if (e->service.n == 0)
		e->service = h->service;
	if (e->instance.n == 0)
		e->instance = h->instance;
	if (h->status != 0 && !e->http.present) {
		e->http.present = true;
		e->http.method = h->method;
		e->http.url = h->url;
		e->http.status = h->status;
	}
}

/* Where an object starts behind the header, or on a line of its own below it; LW_NPOS where none
 * does. */
static size_t
object_start(struct lw_str text, size_t header)
{
	size_t at = header, i;
	const char *nl;

	for (i = 0; i < 2; i++) {
		while (at < text.n && (text.p[at] == ' ' || text.p[at] == '\t'))
			at++;
		if (at < text.n && text.p[at] == '{')
			return at;
		nl = memchr(text.p + at, '\n', text.n - at);
		if (nl == NULL)
			return LW_NPOS;
		at = (size_t)(nl - text.p) + 1;
	}
	return LW_NPOS;
}

/* False: not JSON, the line is text.  *code is LW_ENOMEM where memory ran out. */
static bool
prefixed_json(struct lw_mapping *m, struct lw_str text, const struct lw_header *h,
    struct lw_entry *e, enum lw_code *code)
{
	size_t at = object_start(text, h->length);
	struct lw_parse_error why;
	struct lw_node *root;

	*code = LW_OK;
	if (at == LW_NPOS)
		return false;
	*code =
	    lw_json_read(m->walker, m->arena, lw_str_make(text.p + at, text.n - at), &root, &why);
	if (*code != LW_OK) {
		*code = *code == LW_ENOMEM ? LW_ENOMEM : LW_OK;
		return false;
	}
	if (root->child == NULL)
		return false;
	if (!lw_map_object(m, root, e))
		*code = LW_ENOMEM;
	return true;
}

/* The line inside {"log": "...", "stream": "stdout", "time": "..."}, or an empty text. */
static struct lw_str
container_line(const struct lw_node *object)
{
	struct lw_str stream = lw_node_string(lw_node_spelt(object, LW_KEY_stream, "stream"));

	if (!lw_str_eq(stream, LW_STR("stdout")) && !lw_str_eq(stream, LW_STR("stderr")))
		return LW_STR("");
	if (lw_node_get(object, LW_KEY_logname) != NULL ||
	    lw_node_get(object, LW_KEY_insertid) != NULL)
		return LW_STR("");
	return lw_node_string(lw_node_spelt(object, LW_KEY_log, "log"));
}

bool
lw_map_container_line(struct lw_mapping *m, const struct lw_node *object, struct lw_entry *e)
{
	struct lw_str line = container_line(object);
	int64_t outer = LW_TIME_NONE;
	bool ok;

	if (line.n == 0 || m->depth >= LINES_IN_LINES_MAX)
		return lw_map_entry(m, object, e);
	m->depth++;
	ok = lw_decode_text(m, line, e) == LW_OK;
	m->depth--;
	if (!ok)
		return false;
	lw_map_payload_resource(object, e);
	(void)lw_node_time(lw_node_get(object, LW_KEY_time), &outer);
	if (e->time_ns == LW_TIME_NONE)
		e->time_ns = e->effect_ns = outer;
	return true;
}

enum lw_code
lw_decode_text(struct lw_mapping *m, struct lw_str text, struct lw_entry *e)
{
	struct lw_header h;
	enum lw_code code;

	while (text.n > 0 && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
		text.n--;
	if (text.n > 0 && memchr(text.p, '\033', text.n) != NULL &&
	    !lw_clean(m->arena, text, &text))
		return LW_ENOMEM; /* colours stand around the parts of a header */
	lw_header_parse(text, &h);
	if (text.n > 2 && text.p[text.n - 1] == '}') {
		bool json = prefixed_json(m, text, &h, e, &code);

		if (code != LW_OK)
			return code;
		if (json) {
			add_header(e, &h);
			return LW_OK;
		}
	}
	lw_entry_clear(e);
	e->payload = LW_PAYLOAD_TEXT;
	e->message = lw_str_make(text.p + h.length, text.n - h.length);
	add_header(e, &h);
	return lw_entry_finish(m->arena, m->wordings, e) ? LW_OK : LW_ENOMEM;
}
