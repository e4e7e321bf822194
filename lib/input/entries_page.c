/* entries_page.c - a walk over the few places that a page has; what is inside of an entry is
 * checked by whoever takes it. */
#include "input/entries_page.h"

#include "input/input.h"

enum place {
	PLACE_START,
	PLACE_MEMBER, /* before a name, a comma or the end of the page */
	PLACE_NAME,
	PLACE_COLON,
	PLACE_VALUE,   /* before the value of a member */
	PLACE_TOKEN,   /* inside the string nextPageToken */
	PLACE_SKIP,    /* inside another value */
	PLACE_ENTRIES, /* before an entry, a comma or the end of the array */
	PLACE_ENTRY,
	PLACE_END,
};

void
lw_entries_page_begin(struct lw_entries_page *p)
{
	struct lw_buf entry = p->entry, token = p->token;

	lw_buf_reset(&entry);
	lw_buf_reset(&token);
	*p = (struct lw_entries_page){.place = PLACE_START, .entry = entry, .token = token};
}

void
lw_entries_page_fini(struct lw_entries_page *p)
{
	lw_buf_fini(&p->entry);
	lw_buf_fini(&p->token);
}

bool
lw_entries_page_whole(const struct lw_entries_page *p)
{
	return p->place == PLACE_END;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Go to the end of a string: i is where it closes or the bytes end. */
static size_t
pass_string(struct lw_entries_page *p, const char *bytes, size_t n, size_t i)
{
	while (i < n) {
		if (p->escaped)
			p->escaped = false;
		else if (bytes[i] == '\\')
			p->escaped = true;
		else if (bytes[i] == '"')
			return i;
		i++;
	}
	return i;
}

/* Inside an object or array from i on: to one behind its end, or to n.  Copies what is no blank to
 * out where that is not NULL.  True at the end. */
static bool
pass_value(struct lw_entries_page *p, const char *bytes, size_t n, size_t *i, struct lw_buf *out)
{
	size_t from = *i;
	bool ended = false;

	while (*i < n && !ended) {
		char c = bytes[*i];

		if (p->in_string) {
			*i = pass_string(p, bytes, n, *i);
			if (*i == n)
				break;
			p->in_string = false;
		} else if (c == '"') {
			p->in_string = true;
		} else if (c == '{' || c == '[') {
			p->depth++;
		} else if (c == '}' || c == ']') {
			ended = --p->depth == 0;
		} else if (is_blank(c)) {
			if (out != NULL)
				lw_buf_add(out, bytes + from, *i - from);
			from = *i + 1;
		}
		(*i)++;
	}
	if (out != NULL && from < *i)
		lw_buf_add(out, bytes + from, *i - from);
	return ended;
}

static bool
is_key(const struct lw_entries_page *p, const char *name)
{
	return lw_str_eq(lw_str_make(p->key, p->key_bytes), lw_str_from(name));
}

/* The first byte of a member's value; false where none can begin with it. */
static bool
begin_value(struct lw_entries_page *p, char c)
{
	p->depth = 0;
	p->in_string = p->escaped = false;
	if (c == '[' && is_key(p, "entries")) {
		p->place = PLACE_ENTRIES;
	} else if (c == '"' && is_key(p, "nextPageToken")) {
		p->place = PLACE_TOKEN;
		lw_buf_reset(&p->token);
	} else if (c == '{' || c == '[') {
		p->depth = 1;
		p->place = PLACE_SKIP;
	} else if (c == '"') {
		p->in_string = true;
		p->place = PLACE_SKIP;
	} else {
		p->place = PLACE_SKIP;
		return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-';
	}
	return true;
}

/* Inside a value that nobody wants; a number or word ends before what follows it. */
static void
skip_value(struct lw_entries_page *p, const char *bytes, size_t n, size_t *i)
{
	if (p->depth > 0) {
		if (pass_value(p, bytes, n, i, NULL))
			p->place = PLACE_MEMBER;
	} else if (p->in_string) {
		*i = pass_string(p, bytes, n, *i);
		if (*i < n) {
			(*i)++;
			p->place = PLACE_MEMBER;
		}
	} else {
		while (*i < n && bytes[*i] != ',' && bytes[*i] != '}' && !is_blank(bytes[*i]))
			(*i)++;
		if (*i < n)
			p->place = PLACE_MEMBER;
	}
}

/* One byte of a place where single bytes decide; false where it may not stand there. */
static bool
step(struct lw_entries_page *p, char c)
{
	if (is_blank(c))
		return true;
	switch ((enum place)p->place) {
	case PLACE_START:
		p->place = PLACE_MEMBER;
		return c == '{';
	case PLACE_MEMBER:
		if (c == '"') {
			p->place = PLACE_NAME;
			p->key_bytes = 0;
			p->escaped = false;
		} else if (c == '}') {
			p->place = PLACE_END;
		}
		return c == '"' || c == '}' || c == ',';
	case PLACE_COLON:
		p->place = PLACE_VALUE;
		return c == ':';
	case PLACE_VALUE:
		return begin_value(p, c);
	case PLACE_ENTRIES:
		if (c == ']') {
			p->place = PLACE_MEMBER;
		} else if (c == '{') {
			lw_buf_reset(&p->entry);
			lw_buf_addc(&p->entry, c);
			p->depth = 1;
			p->in_string = p->escaped = false;
			p->place = PLACE_ENTRY;
		}
		return c == ']' || c == '{' || c == ',';
	case PLACE_NAME:
	case PLACE_TOKEN:
	case PLACE_SKIP:
	case PLACE_ENTRY:
	case PLACE_END:
		break;
	}
	return false;
}

/* The text of a name or a token up to its quote. */
static bool
take_text(struct lw_entries_page *p, const char *bytes, size_t n, size_t *i)
{
	size_t from = *i;

	*i = pass_string(p, bytes, n, from);
	if (p->place == PLACE_TOKEN) {
		lw_buf_add(&p->token, bytes + from, *i - from);
		if (p->token.n > LW_ENTRIES_PAGE_TOKEN_MAX_BYTES) {
			p->why = "the token of the next page is too long";
			return false;
		}
	} else {
		/* One that does not fit is none that is looked for. */
		for (; from < *i; from++)
			if (p->key_bytes < sizeof(p->key))
				p->key[p->key_bytes++] = bytes[from];
	}
	if (*i < n) {
		(*i)++;
		p->place = p->place == PLACE_TOKEN ? PLACE_MEMBER : PLACE_COLON;
	}
	return true;
}

enum lw_entries_page_event
lw_entries_page_feed(struct lw_entries_page *p, const char *bytes, size_t n, size_t *used)
{
	bool fine = true, whole = false;
	size_t i = 0;

	while (i < n && fine && !whole) {
		switch ((enum place)p->place) {
		case PLACE_NAME:
		case PLACE_TOKEN:
			fine = take_text(p, bytes, n, &i);
			break;
		case PLACE_SKIP:
			skip_value(p, bytes, n, &i);
			break;
		case PLACE_ENTRY:
			whole = pass_value(p, bytes, n, &i, &p->entry);
			if (p->entry.n > LW_RECORD_MAX_BYTES) {
				p->why = "an entry is longer than 16 MiB";
				fine = false;
			}
			break;
		case PLACE_START:
		case PLACE_MEMBER:
		case PLACE_COLON:
		case PLACE_VALUE:
		case PLACE_ENTRIES:
		case PLACE_END:
			fine = step(p, bytes[i]);
			if (!fine)
				p->why = "it is no page of entries in JSON";
			i += fine;
			break;
		}
	}
	*used = i;
	p->offset += i;
	if (!lw_buf_ok(&p->entry) || !lw_buf_ok(&p->token))
		return LW_ENTRIES_PAGE_NOMEM;
	if (!fine)
		return LW_ENTRIES_PAGE_BROKEN;
	if (whole)
		p->place = PLACE_ENTRIES;
	return whole ? LW_ENTRIES_PAGE_ENTRY : LW_ENTRIES_PAGE_MORE;
}
