/* decode.c - a record's bytes to its entries: which reader, which wrapper, which mapping. */
#include "entry/decode.h"

#include <stdlib.h>

#include "base/utf8.h"

struct lw_decoder *
lw_decoder_new(void)
{
	struct lw_decoder *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->arenas[0] = lw_arena_new(0);
	d->arenas[1] = lw_arena_new(0);
	d->walker.known = lw_known_new();
	d->mapping = (struct lw_mapping){.walker = &d->walker,
	    .places = lw_places_new(),
	    .minute = &d->minute,
	    .wordings = lw_wordings_new(),
	    .log_names = &d->log_names};
	if (d->arenas[0] == NULL || d->arenas[1] == NULL || d->walker.known == NULL ||
	    d->mapping.places == NULL || d->mapping.wordings == NULL) {
		lw_decoder_free(d);
		return NULL;
	}
	lw_decoder_use(d, LW_DECODER_FAST);
	return d;
}

void
lw_decoder_use(struct lw_decoder *d, enum lw_decoder_kind kind)
{
	d->walker.walk = kind == LW_DECODER_FAST ? lw_walk_best() : NULL;
}

void
lw_decoder_free(struct lw_decoder *d)
{
	unsigned i;

	if (d == NULL)
		return;
	for (i = 0; i < 2; i++) {
		lw_arena_free(d->arenas[i]);
		lw_buf_fini(&d->clean[i]);
	}
	lw_wordings_free(d->mapping.wordings);
	lw_places_free(d->mapping.places);
	lw_known_free(d->walker.known);
	free(d);
}

/* Say where in the input a fault at `offset` bytes into the record is. */
static void
locate(struct lw_error *error, const struct lw_record *record, size_t offset)
{
	const char *p = record->bytes.p, *start = p, *end, *nl;
	uint64_t line = record->line;

	if (error == NULL)
		return;
	if (offset > record->bytes.n)
		offset = record->bytes.n;
	end = p + offset;
	while (p < end && (nl = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		line++;
		start = p = nl + 1;
	}
	lw_error_at(error, NULL, line, line == record->line ? 0 : (uint64_t)(end - start) + 1,
	    record->offset + offset);
}

/* Invalid bytes are replaced and warned of; the record stays usable.  LW_OK or LW_ENOMEM. */
static enum lw_code
clean_utf8(struct lw_decoder *d, struct lw_mapping *m, struct lw_str *text)
{
	size_t good = lw_utf8_check(*text);
	struct lw_buf *clean = &d->clean[d->turn];

	if (good == text->n)
		return LW_OK;
	lw_mapping_warn(m, LW_EUTF8,
	    "byte 0x%02x at offset %zu of the record is not UTF-8; replaced",
	    (unsigned char)text->p[good], good);
	locate(m->warn, m->record, good);
	lw_buf_reset(clean);
	lw_utf8_clean(clean, *text);
	if (!lw_buf_ok(clean))
		return LW_ENOMEM;
	*text = lw_buf_str(clean);
	return LW_OK;
}

/* In a text log NUL bytes are kept, and are most often a sign of a file that was cut by a crash. */
static void
warn_of_nul(struct lw_mapping *m, struct lw_str text)
{
	const char *nul = text.n == 0 ? NULL : memchr(text.p, '\0', text.n);

	if (nul == NULL)
		return;
	lw_mapping_warn(
	    m, LW_EUTF8, "NUL byte at offset %zu of the record; kept", (size_t)(nul - text.p));
	locate(m->warn, m->record, (size_t)(nul - text.p));
}

/* What the walker refuses, that it is not UTF-8 being a reason for it, or another format. */
static enum lw_code
read_slowly(
    struct lw_decoder *d, struct lw_mapping *m, struct lw_node **root, struct lw_error *error)
{
	struct lw_parse_error why = {0, ""};
	struct lw_str text = m->record->bytes;
	enum lw_code code;

	code = clean_utf8(d, m, &text);
	if (code == LW_OK)
		code = m->record->kind == LW_RECORD_JSON
			   ? lw_json_read(&d->walker, m->arena, text, root, &why)
			   : lw_yaml_parse(m->arena, text, root, &why);
	if (code != LW_OK) {
		lw_error_set(error, code, "%s%s%s", lw_code_text(code),
		    why.message[0] == '\0' ? "" : ": ", why.message);
		if (code != LW_ENOMEM)
			locate(error, m->record, why.offset);
	}
	return code;
}

static void
give(struct lw_decoder *d, lw_entry_fn *fn, void *arg)
{
	struct lw_entry *e = &d->entries[d->next_entry];

	d->given = true;
	d->next_entry = !d->next_entry;
	fn(arg, e);
}

static inline enum lw_code
give_object(struct lw_decoder *d, const struct lw_node *object, lw_entry_fn *fn, void *arg,
    struct lw_error *error)
{
	if (!lw_map_object(&d->mapping, object, &d->entries[d->next_entry]))
		return lw_error_set(error, LW_ENOMEM, "%s", lw_code_text(LW_ENOMEM));
	give(d, fn, arg);
	return LW_OK;
}

/* The entries in a value that may be none itself. */
static enum lw_code
give_wrapped(struct lw_decoder *d, const struct lw_node *root, lw_entry_fn *fn, void *arg,
    struct lw_error *error)
{
	struct lw_entry_list first, *list;
	enum lw_code code = lw_unwrap(d->mapping.arena, &d->walker, root, &first, error);

	if (code != LW_OK) {
		if (error != NULL && error->code != code)
			lw_error_set(error, code, "%s", lw_code_text(code));
		locate(error, d->mapping.record, 0);
		return code;
	}
	for (list = &first; code == LW_OK && list != NULL && list->object != NULL;
	     list = list->next)
		code = give_object(d, list->object, fn, arg, error);
	return code;
}

static enum lw_code
decode_tree(struct lw_decoder *d, lw_entry_fn *fn, void *arg, struct lw_error *error)
{
	struct lw_mapping *m = &d->mapping;
	struct lw_node *root;
	enum lw_code code;

	if (m->record->kind != LW_RECORD_JSON ||
	    !lw_json_walk(&d->walker, m->arena, m->record->bytes, m->record->padded, &root)) {
		code = read_slowly(d, m, &root, error);
		if (code != LW_OK)
			return code;
	}
	return lw_is_bare(root) ? give_object(d, root, fn, arg, error)
				: give_wrapped(d, root, fn, arg, error);
}

static enum lw_code
decode_line(struct lw_decoder *d, lw_entry_fn *fn, void *arg, struct lw_error *error)
{
	struct lw_mapping *m = &d->mapping;
	struct lw_str text = m->record->bytes;

	if (clean_utf8(d, m, &text) != LW_OK)
		return lw_error_set(error, LW_ENOMEM, "%s", lw_code_text(LW_ENOMEM));
	warn_of_nul(m, text);
	if (lw_decode_text(m, text, &d->entries[d->next_entry]) != LW_OK)
		return lw_error_set(error, LW_ENOMEM, "%s", lw_code_text(LW_ENOMEM));
	give(d, fn, arg);
	return LW_OK;
}

/* The memory for the next record: not that of the last one that had an entry. */
static struct lw_arena *
next_arena(struct lw_decoder *d)
{
	if (d->given) {
		d->turn = !d->turn;
		lw_known_next(d->walker.known);
	}
	d->given = false;
	d->walker.known->nodes = d->nodes[d->turn];
	lw_arena_reset(d->arenas[d->turn]);
	return d->arenas[d->turn];
}

enum lw_code
lw_decode(struct lw_decoder *d, const struct lw_record *record, lw_entry_fn *fn, void *arg,
    struct lw_error *warn, struct lw_error *error)
{
	d->mapping.arena = next_arena(d);
	d->mapping.record = record;
	d->mapping.warn = warn;
	if (warn != NULL)
		warn->code = LW_OK;
	if (error != NULL)
		error->code = LW_OK;
	return record->kind == LW_RECORD_TEXT ? decode_line(d, fn, arg, error)
					      : decode_tree(d, fn, arg, error);
}

enum lw_code
lw_decode_message(
    struct lw_decoder *d, const struct lw_entry *base, struct lw_str message, struct lw_entry *out)
{
	struct lw_arena *arena = next_arena(d);

	*out = *base;
	out->place = 0;
	out->message = message;
	out->stack = NULL;
	if (!out->severity_field) {
		out->severity = LW_SEV_DEFAULT;
		out->severity_known = false;
	}
	if (!lw_entry_finish(arena, NULL, out))
		return LW_ENOMEM;
	d->given = true;
	if (!out->severity_known) { /* what the parts said, where the whole says nothing */
		out->severity = base->severity;
		out->severity_known = base->severity_known;
	}
	return LW_OK;
}
