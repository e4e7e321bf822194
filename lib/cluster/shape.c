/*
 * shape.c - tell values by their shape.
 *
 * Every shape has one function that reads it at an offset and returns where
 * it ends, or 0 where it does not stand there.  They are tried from the most
 * particular to the most general; the last word has the rule for identifiers:
 * a run with one short number in it is a name with a number ("eth0"), one
 * with more is a value ("blk_38865049064139660", "rdd_2_0").
 */
#include "cluster/shape.h"

#include <string.h>

#include "cluster/instant.h"
#include "cluster/words.h"

static uint8_t
class_at(const struct lw_lexer *x, size_t i)
{
	return i < x->n ? lw_byte_class[(unsigned char)x->p[i]] : 0;
}

static bool
is_digit(const struct lw_lexer *x, size_t i)
{
	return (class_at(x, i) & LW_BYTE_DIGIT) != 0;
}

static bool
is_alnum(const struct lw_lexer *x, size_t i)
{
	return (class_at(x, i) & (LW_BYTE_DIGIT | LW_BYTE_LETTER)) != 0;
}

static size_t
digits_end(const struct lw_lexer *x, size_t i)
{
	while (is_digit(x, i))
		i++;
	return i;
}

/* ":5070" or "/24" behind an address or a name. */
static size_t
port_end(const struct lw_lexer *x, size_t i, char mark)
{
	size_t end;

	if (i >= x->n || x->p[i] != mark)
		return i;
	end = digits_end(x, i + 1);
	return end > i + 1 && end - i <= 6 && !is_alnum(x, end) ? end : i;
}

static size_t
read_ipv4(const struct lw_lexer *x, size_t i)
{
	int part;

	for (part = 0; part < 4; part++) {
		size_t end = digits_end(x, i);

		if (end == i || end - i > 3)
			return 0;
		i = end;
		if (part < 3 && (i >= x->n || x->p[i++] != '.'))
			return 0;
	}
	if ((class_at(x, i) & (LW_BYTE_LETTER | LW_BYTE_DIGIT)) ||
	    (i + 1 < x->n && x->p[i] == '.' && is_alnum(x, i + 1)) ||
	    (i + 1 < x->n && (x->p[i] == '-' || x->p[i] == '_') && is_alnum(x, i + 1)))
		return 0;
	i = port_end(x, i, ':');
	return port_end(x, i, '/');
}

#define COLONS_MAX 16 /* no address has more; what has is not looked through again and again */

/* IPv6 and MAC addresses, EUI-64: groups of hexadecimal digits between colons. */
static size_t
read_colons(const struct lw_lexer *x, size_t i, enum lw_value_type *type)
{
	size_t start = i, group = 0, colons = 0;
	bool pairs = true, empty = false, digit = false;

	for (; i < x->n; i++) {
		if (x->p[i] == ':') {
			if (i > start && x->p[i - 1] == ':')
				empty = true;
			else if (group != 2)
				pairs = false;
			group = 0;
			if (++colons > COLONS_MAX)
				return 0;
		} else if (class_at(x, i) & LW_BYTE_HEX) {
			digit = digit || is_digit(x, i);
			if (++group > 4)
				return 0;
		} else {
			break;
		}
	}
	if (colons == 0)
		return 0;
	if (x->p[i - 1] == ':' && !(i - start >= 2 && x->p[i - 2] == ':')) {
		i--;
		colons--;
		group = 2; /* the group before was looked at when its colon came */
	}
	if (!digit || (i < x->n && (is_alnum(x, i) || x->p[i] == '_' || x->p[i] == '.')))
		return 0;
	if (pairs && !empty && group == 2 && colons >= 3) {
		*type = LW_VALUE_MAC;
		return i;
	}
	*type = LW_VALUE_IP;
	return (empty && colons >= 2 && colons <= 8) || (!empty && colons == 7) ? i : 0;
}

static size_t
read_uuid(const struct lw_lexer *x, size_t i)
{
	static const uint8_t groups[] = {8, 4, 4, 4, 12};
	size_t g, k;

	if (x->n - i < 36 || x->p[i + 8] != '-' || x->p[i + 23] != '-')
		return 0;
	for (g = 0; g < 5; g++) {
		for (k = 0; k < groups[g]; k++, i++)
			if (!(class_at(x, i) & LW_BYTE_HEX))
				return 0;
		if (g < 4 && x->p[i++] != '-')
			return 0;
	}
	return is_alnum(x, i) || (i < x->n && (x->p[i] == '_' || x->p[i] == '-')) ? 0 : i;
}

/* "scheme://anything up to a blank, a quote or a bracket". */
static size_t
read_url(const struct lw_lexer *x, size_t start, size_t end)
{
	size_t i = start;

	while (i < end && (is_alnum(x, i) || x->p[i] == '+' || x->p[i] == '-' || x->p[i] == '.'))
		i++;
	if (i == start || x->n - i < 4 || memcmp(x->p + i, "://", 3) != 0)
		return 0;
	for (i += 3; i < x->n; i++)
		if ((class_at(x, i) & LW_BYTE_BLANK) || memchr("\"'<>()[]{}|,;`", x->p[i], 14))
			break;
	while (i > start && (x->p[i - 1] == '.' || x->p[i - 1] == ':'))
		i--;
	return i;
}

/* The bytes of a path from i on; a colon belongs to it where a line number follows. */
static size_t
path_end(const struct lw_lexer *x, size_t i)
{
	size_t start = i;

	for (; i < x->n; i++) {
		uint8_t cls = class_at(x, i);

		if (cls & LW_BYTE_COLON) {
			if (!is_digit(x, i + 1))
				break;
		} else if (!(cls & (LW_BYTE_LETTER | LW_BYTE_DIGIT | LW_BYTE_JOIN)) &&
			   (cls != 0 || memchr("%=&?#~*", x->p[i], 7) == NULL)) {
			break;
		}
	}
	while (i > start && memchr(".?=&#-*", x->p[i - 1], 7))
		i--;
	return i;
}

static size_t
read_path(const struct lw_lexer *x, size_t i)
{
	size_t start = i, end;

	if (i > 0 && is_alnum(x, i - 1))
		return 0;
	while (i < x->n && i - start < 2 && x->p[i] == '.')
		i++;
	if (i + 1 >= x->n || x->p[i] != '/')
		return 0;
	if (!is_alnum(x, i + 1) && memchr("_.@$%-", x->p[i + 1], 6) == NULL)
		return 0;
	if (is_digit(x, i + 1) && read_ipv4(x, i + 1) != 0)
		return 0;
	end = path_end(x, i);
	return end > i + 1 ? end : 0;
}

/* "src/main/app.c": two parts at least, and an extension or a number. */
static size_t
read_relative(const struct lw_lexer *x, size_t start, size_t end)
{
	size_t i, last = 0, slashes = 0, dot = 0;
	bool digit = false;

	for (i = start; i < end && x->p[i] != ':'; i++) {
		if (x->p[i] == '/') {
			slashes++;
			last = i;
		} else if (x->p[i] == '.') {
			dot = i;
		} else if (is_digit(x, i)) {
			digit = true;
		}
	}
	while (i > start && !is_alnum(x, i - 1))
		i--;
	if (slashes == 0 || i <= last + 1 || x->p[start] == '/')
		return 0;
	if (dot > last + 1 && i > dot + 1 && i - dot <= 5 &&
	    (class_at(x, dot + 1) & LW_BYTE_LETTER))
		return path_end(x, start);
	return slashes >= 2 && digit ? path_end(x, start) : 0;
}

/* "C:\dir\file" and "\\server\share". */
static size_t
read_backslashed(const struct lw_lexer *x, size_t start, size_t end)
{
	if (end - start > 3 && (class_at(x, start) & LW_BYTE_LETTER) && x->p[start + 1] == ':' &&
	    x->p[start + 2] == '\\')
		return end;
	if (end - start > 2 && x->p[start] == '\\' && is_alnum(x, start + 1) &&
	    memchr(x->p + start + 1, '\\', end - start - 1) != NULL)
		return end;
	return 0;
}

/* Digits, a fraction, an exponent; the sign is the caller's. */
static size_t
number_end(const struct lw_lexer *x, size_t i)
{
	size_t end = digits_end(x, i), more;

	if (end == i)
		return i;
	if (end + 1 < x->n && x->p[end] == '.' && is_digit(x, end + 1))
		end = digits_end(x, end + 1);
	if (end + 1 < x->n && (x->p[end] == 'e' || x->p[end] == 'E')) {
		more = end + 1;
		if (x->p[more] == '+' || x->p[more] == '-')
			more++;
		if (is_digit(x, more))
			end = digits_end(x, more);
	}
	return end;
}

/* A unit behind the number that ends at i, glued or behind one blank; i where there is none. */
static size_t
unit_end(const struct lw_lexer *x, size_t i, enum lw_value_type *type)
{
	size_t start = i, end;
	enum lw_value_type t;

	if (start < x->n && x->p[start] == ' ')
		start++;
	for (end = start; class_at(x, end) & LW_BYTE_LETTER; end++)
		if (end - start > 12)
			return i;
	if (end == start || is_digit(x, end) || (end < x->n && x->p[end] == '_'))
		return i;
	t = lw_unit(lw_str_make(x->p + start, end - start), start == i);
	if (t == LW_VALUE_ANY)
		return i;
	*type = t;
	return end;
}

/* "1770 bytes (1.72 KB)": the same size again, for people. */
static size_t
again_end(const struct lw_lexer *x, size_t i)
{
	enum lw_value_type type = LW_VALUE_ANY;
	size_t number, unit;

	if (x->n - i < 6 || x->p[i] != ' ' || x->p[i + 1] != '(')
		return i;
	number = number_end(x, i + 2);
	unit = number > i + 2 ? unit_end(x, number, &type) : number;
	return unit > number && unit < x->n && x->p[unit] == ')' ? unit + 1 : i;
}

/* A number from start (its sign included) whose digits end at end: with its unit, if it has one. */
static size_t
emit_number(struct lw_lexer *x, size_t start, size_t end)
{
	enum lw_value_type type = LW_VALUE_NUMBER;
	size_t unit = unit_end(x, end, &type);

	if (unit > end && type == LW_VALUE_SIZE)
		unit = again_end(x, unit);
	lw_lexer_emit(x, LW_TOKEN_VALUE, type, start, unit);
	return unit;
}

size_t
lw_shape_less_than(struct lw_lexer *x, size_t i)
{
	enum lw_value_type type = LW_VALUE_ANY;
	size_t end = number_end(x, i + 1), unit;

	if (end == i + 1)
		return 0;
	unit = unit_end(x, end, &type);
	if (unit == end || (unit < x->n && x->p[unit] == '>'))
		return 0;
	lw_lexer_emit(x, LW_TOKEN_VALUE, type, i, unit);
	return unit;
}

static void
emit_delims(struct lw_lexer *x, size_t i, size_t end)
{
	while (i < end) {
		size_t run = i + 1;

		while (run < end && x->p[run] == x->p[i])
			run++;
		lw_lexer_emit(x, LW_TOKEN_DELIM, 0, i, run);
		i = run;
	}
}

/* What a piece is made of. */
struct piece {
	size_t digits, runs, dots, ats, hex;
};

static struct piece
look(const struct lw_lexer *x, size_t start, size_t end)
{
	struct piece k = {0};
	uint8_t before = 0;
	size_t i;

	for (i = start; i < end; i++) {
		uint8_t cls = lw_byte_class[(unsigned char)x->p[i]];

		if (cls & LW_BYTE_DIGIT) {
			k.digits++;
			k.runs += !(before & LW_BYTE_DIGIT);
		} else if (cls & LW_BYTE_SHAPE) {
			k.dots += x->p[i] == '.';
			k.ats += x->p[i] == '@';
		}
		k.hex += (cls & LW_BYTE_HEX) != 0;
		before = cls;
	}
	return k;
}

/* "eth0", "node-3", "4th": words around one short number. */
static void
emit_mixed(struct lw_lexer *x, size_t start, size_t end)
{
	size_t i = start, d;

	while (i < end && !is_digit(x, i))
		i++;
	d = digits_end(x, i);
	/* "blk_-5": a sign */
	if (i > start + 1 && x->p[i - 1] == '-' && !is_alnum(x, i - 2))
		i--;
	if (i > start)
		lw_lexer_emit(x, LW_TOKEN_WORD, 0, start, i);
	lw_lexer_emit(x, LW_TOKEN_VALUE, LW_VALUE_NUMBER, i, d);
	if (d < end)
		lw_lexer_emit(x, LW_TOKEN_WORD, 0, d, end);
}

/* "core.1234", "block_invoke.434" */
static bool
ends_in_number(const struct lw_lexer *x, size_t start, size_t end)
{
	while (end > start && is_digit(x, end - 1))
		end--;
	return end > start && x->p[end - 1] == '.';
}

/*
 * A piece with digits that is no number, no date and no address.  How long a
 * number in it is must not matter, or one template would become two.
 */
static void
emit_identifier(struct lw_lexer *x, size_t start, size_t end, const struct piece *k)
{
	struct lw_str s = lw_str_make(x->p + start, end - start);
	enum lw_value_type type = LW_VALUE_ID;

	if (lw_is_term(s)) {
		lw_lexer_emit(x, LW_TOKEN_WORD, 0, start, end);
		return;
	}
	if (k->hex == s.n && s.n >= 6)
		type = LW_VALUE_HEX;
	else if (k->dots > 0 && (is_digit(x, start) || (s.p[0] == 'v' && is_digit(x, start + 1))))
		type = LW_VALUE_VERSION;
	else if (k->runs == 1 && (k->dots == 0 || ends_in_number(x, start, end))) {
		emit_mixed(x, start, end);
		return;
	}
	lw_lexer_emit(x, LW_TOKEN_VALUE, type, start, end);
}

/* user@host, class@hash. */
static bool
emit_at(struct lw_lexer *x, size_t start, size_t end)
{
	const char *at = memchr(x->p + start, '@', end - start);
	size_t i = (size_t)(at - x->p), k;

	for (k = i + 1; k < end && (class_at(x, k) & LW_BYTE_HEX); k++)
		;
	if (i == start || i + 1 == end)
		return false;
	if (k == end && end - i > 4) {
		lw_lexer_emit(x, LW_TOKEN_WORD, 0, start, i);
		lw_lexer_emit(x, LW_TOKEN_DELIM, 0, i, i + 1);
		lw_lexer_emit(x, LW_TOKEN_VALUE, LW_VALUE_HEX, i + 1, end);
	} else {
		lw_lexer_emit(x, LW_TOKEN_VALUE, LW_VALUE_EMAIL, start, end);
	}
	return true;
}

/* p[start..end) holds no ':', '/' or '\'.  Returns where to go on; beyond end where a port or a
 * unit was taken. */
static size_t
piece(struct lw_lexer *x, size_t start, size_t end)
{
	size_t body = end, sign = start, stop;
	struct piece k;

	if ((x->p[start] == '-' || x->p[start] == '+') && is_digit(x, start + 1))
		start++;
	while (body > start && (lw_byte_class[(unsigned char)x->p[body - 1]] & LW_BYTE_SHAPE))
		body--;
	if (is_digit(x, start) && number_end(x, start) == body) {
		stop = emit_number(x, sign, body);
		if (stop > body)
			return stop;
		emit_delims(x, body, end);
		return end;
	}
	k = look(x, start, body);
	if (k.ats > 0 && emit_at(x, start, body)) {
		;
	} else if (k.dots > 0 && body == end && (stop = port_end(x, end, ':')) > end) {
		lw_lexer_emit(x, LW_TOKEN_VALUE, LW_VALUE_HOST, start, stop);
		return stop;
	} else if (k.dots > 0 && lw_is_host(lw_str_make(x->p + start, body - start))) {
		lw_lexer_emit(x, LW_TOKEN_VALUE, LW_VALUE_HOST, start, body);
	} else if (k.digits == 0) {
		lw_lexer_emit(x, LW_TOKEN_WORD, 0, start, body);
	} else if (is_digit(x, start) &&
		   unit_end(x, number_end(x, start), &(enum lw_value_type){0}) == body) {
		return emit_number(x, sign, number_end(x, start));
	} else {
		emit_identifier(x, start, body, &k);
	}
	emit_delims(x, body, end);
	return end;
}

/* "0x7fff5fbf" */
static size_t
read_0x(const struct lw_lexer *x, size_t i, size_t end)
{
	size_t stop;

	if (end - i < 3 || x->p[i] != '0' || (x->p[i + 1] | 32) != 'x')
		return 0;
	for (stop = i + 2; class_at(x, stop) & LW_BYTE_HEX; stop++)
		;
	return stop == i + 2 || is_alnum(x, stop) ? 0 : stop;
}

/* The run is digits alone: a number, with its unit; or the day of "16 May 2017".  Where it ends, or
 * 0. */
static size_t
plain_number(struct lw_lexer *x, size_t start, size_t end)
{
	size_t stop = 0;

	if (end - start <= 2 && end + 1 < x->n && x->p[end] == ' ' && x->p[end + 1] >= 'A' &&
	    x->p[end + 1] <= 'Z')
		stop = lw_instant_read(lw_str_make(x->p, x->n), start);
	if (stop == 0)
		return emit_number(x, start, end);
	lw_lexer_emit(x, LW_TOKEN_VALUE, LW_VALUE_TIME, start, stop);
	return stop;
}

/*
 * The shapes that are more than one piece, or begin with a digit; 0 where
 * none of them stands here.  seen: classes of the run, which rule most out.
 */
static size_t
compound(struct lw_lexer *x, size_t start, size_t i, size_t end, uint8_t seen)
{
	enum lw_value_type type = LW_VALUE_TIME;
	uint8_t cls = class_at(x, i);
	size_t stop = 0;

	if (cls & LW_BYTE_DIGIT) {
		stop = lw_instant_read(lw_str_make(x->p, x->n), i);
		if (stop == 0) {
			type = LW_VALUE_IP;
			stop = read_ipv4(x, i);
		}
		if (stop == 0) {
			type = LW_VALUE_HEX;
			stop = read_0x(x, i, end);
		}
	}
	if (stop == 0 && (cls & LW_BYTE_HEX)) {
		type = LW_VALUE_UUID;
		stop = read_uuid(x, i);
		if (stop == 0 && (seen & LW_BYTE_COLON))
			stop = read_colons(x, i, &type);
	}
	if (stop == 0 && (cls & LW_BYTE_LETTER) && (seen & LW_BYTE_COLON) &&
	    (seen & LW_BYTE_SLASH)) {
		type = LW_VALUE_URL;
		stop = read_url(x, i, end);
	}
	if (stop == 0 && (seen & LW_BYTE_SLASH)) {
		type = LW_VALUE_PATH;
		if (x->p[i] == '/' || x->p[i] == '.')
			stop = read_path(x, i);
		else if (i == start || x->p[i - 1] == ':') /* once a part, or this were quadratic */
			stop = read_relative(x, i, end);
		if (stop == 0)
			stop = read_backslashed(x, i, end);
	}
	if (stop != 0)
		lw_lexer_emit(x, LW_TOKEN_VALUE, type, i, stop);
	return stop;
}

/* A piece ends at ':', '/', '\' and at "..". */
static size_t
piece_end(const struct lw_lexer *x, size_t i, size_t end)
{
	for (; i < end; i++)
		if ((class_at(x, i) & (LW_BYTE_SLASH | LW_BYTE_COLON)) ||
		    (x->p[i] == '.' && i + 1 < end && x->p[i + 1] == '.'))
			break;
	return i;
}

size_t
lw_shape(struct lw_lexer *x, size_t start, size_t end, uint8_t seen)
{
	size_t i = start, stop;

	if (seen == (LW_BYTE_DIGIT | LW_BYTE_HEX))
		return plain_number(x, start, end);
	while (i < end) {
		uint8_t cls = class_at(x, i);

		stop = compound(x, start, i, end, seen);
		if (stop != 0) {
			i = stop;
			continue;
		}
		if ((cls & LW_BYTE_SHAPE) &&
		    !((x->p[i] == '-' || x->p[i] == '+') && i == start && is_digit(x, i + 1))) {
			for (stop = i + 1; stop < end && x->p[stop] == x->p[i]; stop++)
				;
			lw_lexer_emit(x, LW_TOKEN_DELIM, 0, i, stop);
			i = stop;
			continue;
		}
		i = piece(x, i, piece_end(x, i, end));
	}
	return i;
}

size_t
lw_shape_word(struct lw_lexer *x, size_t start, size_t end)
{
	size_t stop;

	if (end - start >= 3 && end - start <= 9) {
		stop = lw_instant_named(lw_str_make(x->p, x->n), start, end);
		if (stop != 0) {
			lw_lexer_emit(x, LW_TOKEN_VALUE, LW_VALUE_TIME, start, stop);
			return stop;
		}
	}
	lw_lexer_emit(x, LW_TOKEN_WORD, 0, start, end);
	return end;
}
