/* error.c - filling and formatting errors. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const code_texts[LW_CODE_COUNT] = {
#define LW_CODE_TEXT(code, text) [code] = text,
    LW_CODES(LW_CODE_TEXT)
#undef LW_CODE_TEXT
};

const char *
lw_code_text(enum lw_code code)
{
	if ((unsigned)code >= LW_CODE_COUNT)
		return "unknown error";
	return code_texts[code];
}

enum lw_code
lw_error_set(struct lw_error *e, enum lw_code code, const char *format, ...)
{
	va_list ap;

	if (e == NULL)
		return code;
	memset(e, 0, sizeof(*e));
	e->code = code;
	va_start(ap, format);
	(void)vsnprintf(e->message, sizeof(e->message), format, ap);
	va_end(ap);
	return code;
}

void
lw_error_at(struct lw_error *e, const char *source, uint64_t line, uint64_t column, uint64_t offset)
{
	if (e == NULL)
		return;
	if (source != NULL)
		(void)snprintf(e->source, sizeof(e->source), "%s", source);
	e->line = line;
	e->column = column;
	e->offset = offset;
}

char *
lw_error_format(const struct lw_error *e, char *buf, size_t size)
{
	const char *text = e->message[0] != '\0' ? e->message : lw_code_text(e->code);
	char place[48] = "";

	if (e->line != 0 && e->column != 0)
		(void)snprintf(place, sizeof(place), ":%llu:%llu", (unsigned long long)e->line,
		    (unsigned long long)e->column);
	else if (e->line != 0)
		(void)snprintf(place, sizeof(place), ":%llu", (unsigned long long)e->line);
	(void)snprintf(
	    buf, size, "%s%s%s%s", e->source, place, e->source[0] != '\0' ? ": " : "", text);
	return buf;
}
