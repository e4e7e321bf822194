/* pattern.c - compiling and matching with PCRE2. */
#include "catalog/pattern.h"

#include <string.h>

/* The named groups by number; PCRE2 sorts its table by name. */
static enum lw_code
read_groups(struct lw_pattern *p, struct lw_arena *arena, struct lw_error *e)
{
	uint32_t count = 0, entry_bytes = 0, i;
	PCRE2_SPTR table = NULL;
	size_t at;

	(void)pcre2_pattern_info(p->code, PCRE2_INFO_NAMECOUNT, &count);
	(void)pcre2_pattern_info(p->code, PCRE2_INFO_NAMEENTRYSIZE, &entry_bytes);
	(void)pcre2_pattern_info(p->code, PCRE2_INFO_NAMETABLE, &table);
	if (count == 0)
		return LW_OK;
	if (count > LW_PATTERN_MAX_GROUPS)
		return lw_error_set(e, LW_EPATTERN, "the pattern has more than %d named groups",
		    LW_PATTERN_MAX_GROUPS);
	p->groups = lw_arena_alloc(arena, count * sizeof(*p->groups));
	if (p->groups == NULL)
		return lw_error_set(e, LW_ENOMEM, "out of memory");
	for (i = 0; i < count; i++) {
		PCRE2_SPTR entry = table + (size_t)i * entry_bytes;
		uint32_t number = (uint32_t)entry[0] << 8 | entry[1];

		for (at = p->group_count++; at > 0 && p->groups[at - 1].number > number; at--)
			p->groups[at] = p->groups[at - 1];
		p->groups[at] = (struct lw_group){(const char *)(entry + 2), number, 0};
	}
	return LW_OK;
}

static enum lw_code
check_compiled(struct lw_pattern *p, struct lw_arena *arena, struct lw_error *e)
{
	uint32_t empty = 0, highest = 0;

	(void)pcre2_pattern_info(p->code, PCRE2_INFO_MATCHEMPTY, &empty);
	(void)pcre2_pattern_info(p->code, PCRE2_INFO_CAPTURECOUNT, &highest);
	p->pair_count = highest + 1;
	if (empty != 0)
		return lw_error_set(
		    e, LW_EPATTERN, "the pattern matches an empty text, and so every message");
	return read_groups(p, arena, e);
}

static pcre2_code *
new_code(struct lw_str text, bool caseless, int *number, size_t *offset)
{
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	uint32_t options = PCRE2_DUPNAMES | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP;
	pcre2_code *code;

	*number = PCRE2_ERROR_NOMEMORY;
	if (context == NULL)
		return NULL;
	(void)pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	(void)pcre2_set_max_pattern_length(context, LW_PATTERN_MAX_BYTES);
	code = pcre2_compile((PCRE2_SPTR)text.p, text.n, options | (caseless ? PCRE2_CASELESS : 0),
	    number, offset, context);
	pcre2_compile_context_free(context);
	return code;
}

/* Why there is none. */
static enum lw_code
no_code(int number, struct lw_error *e)
{
	unsigned char why[128];

	if (number == PCRE2_ERROR_NOMEMORY || number == PCRE2_ERROR_HEAP_FAILED)
		return lw_error_set(e, LW_ENOMEM, "out of memory");
	if (pcre2_get_error_message(number, why, sizeof(why)) < 0)
		why[0] = '\0';
	return lw_error_set(e, LW_EPATTERN, "bad pattern: %s", (const char *)why);
}

enum lw_code
lw_pattern_compile(struct lw_pattern *p, struct lw_arena *arena, struct lw_arena *scratch,
    struct lw_str text, bool caseless, size_t *offset, struct lw_error *e)
{
	enum lw_code code;
	int number;

	memset(p, 0, sizeof(*p));
	*offset = 0;
	p->code = new_code(text, caseless, &number, offset);
	if (*offset > text.n)
		*offset = text.n;
	if (p->code == NULL)
		return no_code(number, e);
	code = check_compiled(p, arena, e);
	if (code == LW_OK && !lw_literals_find(&p->literals, arena, scratch, text))
		code = lw_error_set(e, LW_ENOMEM, "out of memory");
	if (code != LW_OK) {
		lw_pattern_fini(p);
		return code;
	}
	atomic_init(&p->ready, false);
	return LW_OK;
}

enum lw_code
lw_pattern_defer(struct lw_pattern *p, struct lw_arena *arena, struct lw_arena *scratch,
    struct lw_str text, bool caseless)
{
	const struct lw_literals *l = &p->literals;
	size_t i;

	memset(p, 0, sizeof(*p));
	if (text.n > LW_PATTERN_MAX_BYTES)
		return LW_EPATTERN;
	if (!lw_literals_find(&p->literals, arena, scratch, text))
		return LW_ENOMEM;
	/* One without literals is tried at once, and might match an empty text. */
	if (!l->groups_known || l->count == 0)
		return LW_EPATTERN;
	p->groups = lw_arena_alloc(arena, (l->name_count + 1) * sizeof(*p->groups));
	if (p->groups == NULL)
		return LW_ENOMEM;
	for (i = 0; i < l->name_count; i++)
		p->groups[i] = (struct lw_group){l->names[i].text.p, l->names[i].number, 0};
	p->group_count = l->name_count;
	p->pair_count = l->group_count + 1;
	p->text = text;
	p->caseless = caseless;
	atomic_init(&p->ready, false);
	return LW_OK;
}

void
lw_pattern_fini(struct lw_pattern *p)
{
	pcre2_code_free(p->code);
	p->code = NULL;
}

bool
lw_matcher_init(struct lw_matcher *m, uint32_t pair_count, pthread_mutex_t *translating)
{
	m->translating = translating;
	m->data = pcre2_match_data_create(pair_count, NULL);
	m->context = pcre2_match_context_create(NULL);
	m->stack = NULL;
	if (m->data == NULL || m->context == NULL) {
		lw_matcher_fini(m);
		return false;
	}
	(void)pcre2_set_match_limit(m->context, LW_PATTERN_MATCH_LIMIT);
	(void)pcre2_set_depth_limit(m->context, LW_PATTERN_DEPTH_LIMIT);
	(void)pcre2_set_heap_limit(m->context, LW_PATTERN_HEAP_LIMIT_KIB);
	/* NULL where there is no JIT; the 32 KiB of the machine stack then serve what little needs
	 * them. */
	m->stack = pcre2_jit_stack_create((size_t)32 << 10, LW_PATTERN_JIT_STACK_BYTES, NULL);
	if (m->stack != NULL)
		pcre2_jit_stack_assign(m->context, NULL, m->stack);
	return true;
}

void
lw_matcher_fini(struct lw_matcher *m)
{
	pcre2_jit_stack_free(m->stack);
	pcre2_match_context_free(m->context);
	pcre2_match_data_free(m->data);
	*m = (struct lw_matcher){0};
}

/* Does PCRE2 number and name its groups as they were found before? */
static bool
has_groups(const pcre2_code *code, const struct lw_pattern *p)
{
	uint32_t count = 0, entry_bytes = 0, highest = 0, i;
	PCRE2_SPTR table = NULL;
	size_t at;

	(void)pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &highest);
	(void)pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &count);
	(void)pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &entry_bytes);
	(void)pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &table);
	if (highest + 1 != p->pair_count || count != p->group_count)
		return false;
	for (i = 0; i < count; i++) {
		PCRE2_SPTR entry = table + (size_t)i * entry_bytes;

		for (at = 0; at < p->group_count; at++)
			if (p->groups[at].number == ((uint32_t)entry[0] << 8 | entry[1]) &&
			    strcmp(p->groups[at].name, (const char *)(entry + 2)) == 0)
				break;
		if (at == p->group_count)
			return false;
	}
	return true;
}

static void
compile_deferred(struct lw_pattern *p)
{
	size_t offset;
	int number;

	p->code = new_code(p->text, p->caseless, &number, &offset);
	if (p->code != NULL && !has_groups(p->code, p))
		lw_pattern_fini(p);
}

enum lw_code
lw_pattern_tried(const struct lw_pattern *p, struct lw_error *e)
{
	enum lw_code code;
	pcre2_code *again;
	size_t offset;
	int number;

	if (p->code != NULL || !atomic_load_explicit(&p->ready, memory_order_relaxed))
		return LW_OK;
	again = new_code(p->text, p->caseless, &number, &offset);
	if (again == NULL)
		return no_code(number, e);
	code = has_groups(again, p)
		   ? lw_error_set(e, LW_ENOMEM, "out of memory") /* when it was tried */
		   : lw_error_set(e, LW_EPATTERN, "the groups of this pattern are not understood");
	pcre2_code_free(again);
	return code;
}

/*
 * Where there is no JIT, matching falls back to PCRE2's interpreter; so it does where
 * memory is watched, which what JIT makes reads ahead of.
 */
static void
make_ready(struct lw_pattern *p, struct lw_matcher *m)
{
	(void)pthread_mutex_lock(m->translating);
	if (!atomic_load_explicit(&p->ready, memory_order_relaxed)) {
		if (p->code == NULL)
			compile_deferred(p);
#ifndef LW_NO_JIT
		if (p->code != NULL)
			(void)pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE);
#endif
		atomic_store_explicit(&p->ready, true, memory_order_release);
	}
	(void)pthread_mutex_unlock(m->translating);
}

static enum lw_match
match(const pcre2_code *code, struct lw_matcher *m, struct lw_str text, size_t start,
    uint32_t options)
{
	int n = pcre2_match(code, (PCRE2_SPTR)(text.p == NULL ? "" : text.p), text.n, start,
	    options, m->data, m->context);

	if (n >= 0)
		return LW_MATCH_YES;
	return n == PCRE2_ERROR_NOMATCH ? LW_MATCH_NO : LW_MATCH_LIMITED;
}

enum lw_match
lw_pattern_match(
    struct lw_pattern *p, struct lw_matcher *m, struct lw_str text, size_t start, uint32_t options)
{
	if (!atomic_load_explicit(&p->ready, memory_order_acquire))
		make_ready(p, m);
	return p->code == NULL ? LW_MATCH_NO : match(p->code, m, text, start, options);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Text of a pattern that is read from its start; what is behind its end is NUL. */
struct reading {
	struct lw_str text;
	size_t at;
	bool minds;   /* what was read tells one digit from another */
	bool unclear; /* it may mean anything */
};

static char
peek(const struct reading *r, size_t ahead)
{
	return r->at + ahead < r->text.n ? r->text.p[r->at + ahead] : '\0';
}

static bool
begins(const struct reading *r, const char *what)
{
	return lw_str_starts(lw_str_make(r->text.p + r->at, r->text.n - r->at), lw_str_from(what));
}

/* What was matched before minds digits, and a character's number is taken to; what is quoted is
 * read by nobody here. */
static void
read_escape(struct reading *r)
{
	char c = peek(r, 1);

	r->unclear = r->unclear || c == '\0' || c == 'Q';
	r->minds = r->minds || is_digit(c) || (c != '\0' && strchr("kgxocN", c) != NULL);
	r->at += 2;
}

/* A class that lists all digits or none does not mind them. */
static void
read_class(struct reading *r)
{
	size_t from;

	r->at += peek(r, 1) == '^' ? 2 : 1;
	for (from = r->at; r->at < r->text.n && (peek(r, 0) != ']' || r->at == from);) {
		if (begins(r, "[:")) {
			while (r->at < r->text.n && !begins(r, ":]"))
				r->at++;
			r->at += 2;
		} else if (begins(r, "0-9") && r->text.p[r->at - 1] != '-') {
			r->at += 3;
		} else if (peek(r, 0) == '\\') {
			read_escape(r);
		} else {
			r->minds = r->minds || is_digit(peek(r, 0));
			r->at++;
		}
	}
	r->unclear = r->unclear || r->at >= r->text.n;
	r->at++;
}

/* "{2,3}": bytes, or 0 where there is none. */
static size_t
counts(const struct reading *r)
{
	size_t n = 1;

	while (is_digit(peek(r, n)) || peek(r, n) == ',')
		n++;
	return peek(r, 0) == '{' && is_digit(peek(r, 1)) && peek(r, n) == '}' ? n + 1 : 0;
}

/* "(", with what makes it something else than a group: an option may change how all is read. */
static void
read_open(struct reading *r)
{
	size_t n;

	r->unclear = r->unclear || begins(r, "(*") || begins(r, "(?#");
	r->minds = r->minds || begins(r, "(?P=");
	if (begins(r, "(?"))
		for (n = 2; (peek(r, n) >= 'a' && peek(r, n) <= 'z') || peek(r, n) == '^'; n++)
			r->unclear = r->unclear || peek(r, n) == 'x';
	r->at++;
}

size_t
lw_pattern_blind_bytes(struct lw_str pattern)
{
	struct reading r = {.text = pattern};
	size_t depth = 0, item = 0; /* where what is read at the top began */
	bool found = false, either = false;

	while (r.at < pattern.n && !r.unclear) {
		char c = peek(&r, 0);
		size_t n = counts(&r);

		if (depth == 0 && !found && n == 0 && strchr("?*+", c) == NULL)
			item = r.at;
		either = either || (depth == 0 && c == '|');
		if (n > 0) {
			r.at += n;
		} else if (c == '\\') {
			read_escape(&r);
		} else if (c == '[') {
			read_class(&r);
		} else if (c == '(') {
			depth++;
			read_open(&r);
		} else {
			/* "{,5}" and "{ 5}" are counts to some versions of PCRE2. */
			r.unclear = r.unclear || c == '\0' || (c == ')' && depth == 0) ||
				    begins(&r, "{,") || begins(&r, "{ ");
			depth -= c == ')' && depth > 0;
			r.minds = r.minds || is_digit(c);
			r.at++;
		}
		found = found || r.minds;
	}
	if (r.unclear || depth > 0 || (found && either))
		return 0;
	return found ? item : pattern.n;
}

void
lw_blind_fini(struct lw_blind *b)
{
	pcre2_code_free(b->code);
	b->code = NULL;
}

enum lw_match
lw_pattern_match_digits(struct lw_pattern *p, struct lw_blind *b, struct lw_matcher *m,
    struct lw_str pattern, struct lw_str text)
{
	size_t n = lw_pattern_blind_bytes(pattern), offset;
	int number;

	if (n == 0)
		return LW_MATCH_LIMITED;
	if (n == pattern.n)
		return lw_pattern_match(p, m, text, 0, 0);
	if (!b->asked)
		b->code = new_code(lw_str_make(pattern.p, n), false, &number, &offset);
	b->asked = true;
	return b->code == NULL ? LW_MATCH_LIMITED : match(b->code, m, text, 0, 0);
}
