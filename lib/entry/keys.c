/* keys.c - finding the name that a key stands for, and its field. */
#include "entry/keys.h"

static const struct {
	const char *text;
	size_t length;
} names[] = {
    {"", 0},
#define KEY(symbol, text) {text, sizeof(text) - 1},
#include "entry/keys.def"
#undef KEY
};

static bool
separator(char c)
{
	return c == '_' || c == '-' || c == '.' || c == '@';
}

/* Into at most LW_KEY_BYTES; returns the bytes, or 0 where there are more. */
static size_t
fold(struct lw_str key, char *to)
{
	size_t i, n = 0;

	for (i = 0; i < key.n; i++) {
		char c = key.p[i];

		if (separator(c))
			continue;
		if (n == LW_KEY_BYTES)
			return 0;
		to[n++] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
	}
	return n;
}

enum lw_key
lw_key_of(struct lw_str key)
{
	char folded[LW_KEY_BYTES];
	size_t n = fold(key, folded), low = 1, high = LW_KEY_COUNT;

	while (n > 0 && low < high) {
		size_t middle = low + (high - low) / 2;
		int c = names[middle].length != n ? (n < names[middle].length ? -1 : 1)
						  : memcmp(folded, names[middle].text, n);

		if (c == 0)
			return (enum lw_key)middle;
		if (c < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return LW_KEY_NONE;
}

bool
lw_key_is(struct lw_str key, struct lw_str name)
{
	char folded[LW_KEY_BYTES];
	size_t n = key.n < name.n ? 0 : fold(key, folded);

	return n == name.n && n > 0 && memcmp(folded, name.p, n) == 0;
}

/* The long names are those that a structured line uses for special fields. */
static const unsigned char fields[LW_KEY_COUNT] = {
    [LW_KEY_insertid] = LW_FIELD_INSERT_ID,
    [LW_KEY_special_insertid] = LW_FIELD_INSERT_ID,
    [LW_KEY_logname] = LW_FIELD_LOG_NAME,
    [LW_KEY_resource] = LW_FIELD_RESOURCE,
    [LW_KEY_timestamp] = LW_FIELD_TIMESTAMP,
    [LW_KEY_time] = LW_FIELD_TIME,
    [LW_KEY_receivetimestamp] = LW_FIELD_RECEIVED,
    [LW_KEY_severity] = LW_FIELD_SEVERITY,
    [LW_KEY_level] = LW_FIELD_LEVEL,
    [LW_KEY_loglevel] = LW_FIELD_LEVEL,
    [LW_KEY_levelname] = LW_FIELD_LEVEL,
    [LW_KEY_lvl] = LW_FIELD_LEVEL,
    [LW_KEY_httprequest] = LW_FIELD_HTTP,
    [LW_KEY_labels] = LW_FIELD_LABELS,
    [LW_KEY_special_labels] = LW_FIELD_LABELS,
    [LW_KEY_operation] = LW_FIELD_OPERATION,
    [LW_KEY_special_operation] = LW_FIELD_OPERATION,
    [LW_KEY_trace] = LW_FIELD_TRACE,
    [LW_KEY_traceid] = LW_FIELD_TRACE,
    [LW_KEY_special_trace] = LW_FIELD_TRACE,
    [LW_KEY_spanid] = LW_FIELD_SPAN,
    [LW_KEY_special_spanid] = LW_FIELD_SPAN,
    [LW_KEY_sourcelocation] = LW_FIELD_SOURCE,
    [LW_KEY_special_sourcelocation] = LW_FIELD_SOURCE,
    [LW_KEY_split] = LW_FIELD_SPLIT,
    [LW_KEY_textpayload] = LW_FIELD_TEXT,
    [LW_KEY_jsonpayload] = LW_FIELD_JSON,
    [LW_KEY_protopayload] = LW_FIELD_PROTO,
    [LW_KEY_message] = LW_FIELD_MESSAGE,
    [LW_KEY_msg] = LW_FIELD_MESSAGE,
};

/* "jsonpayload_type_loadbalancerlogentry": a payload's name in n bytes, and its type behind it? */
static bool
is_typed(struct lw_str key, enum lw_key name, size_t n)
{
	struct lw_str rest;

	if (key.n <= n + 6 || lw_key_of(lw_str_make(key.p, n)) != name)
		return false;
	rest = lw_str_make(key.p + n, key.n - n);
	return lw_str_starts(rest, LW_STR("_type_")) || lw_str_eq(rest, LW_STR("_auditlog")) ||
	       lw_str_eq(rest, LW_STR("_requestlog"));
}

static enum lw_field
typed_field(struct lw_str key)
{
	if (is_typed(key, LW_KEY_jsonpayload, strlen("jsonpayload")))
		return LW_FIELD_TYPED_JSON;
	if (is_typed(key, LW_KEY_protopayload, strlen("protopayload")))
		return LW_FIELD_TYPED_PROTO;
	return LW_FIELD_NONE;
}

enum lw_field
lw_field_of(struct lw_str key, enum lw_key name)
{
	char first = key.n == 0 ? '\0' : key.p[0];

	if (fields[name] == LW_FIELD_NONE)
		return typed_field(key);
	/* A separator before a name makes it another one, but for "@timestamp". */
	if (first != '@' && !((first | 0x20) >= 'a' && (first | 0x20) <= 'z'))
		return LW_FIELD_NONE;
	return (enum lw_field)fields[name];
}
