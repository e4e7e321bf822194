/* fields.c - the fields of an entry by the names that catalogues use. */
#include <stddef.h>

#include "entry/entry.h"

enum kind {
	TEXT,     /* a struct lw_str in the entry */
	SEVERITY, /* its name */
	STATUS,   /* the request's status, as text */
	CODE,     /* the audit status, as text */
};

#define AT(name, member) \
	{ \
		name, TEXT, offsetof(struct lw_entry, member) \
	}
static const struct {
	const char *name;
	enum kind kind;
	size_t offset;
} fields[] = {
    AT("resource", resource_type),
    AT("project", project),
    AT("location", location),
    AT("service", service),
    AT("revision", revision),
    AT("instance", instance),
    AT("container", container),
    AT("cluster", cluster),
    AT("namespace", namespace_name),
    AT("log", log_name),
    {"severity", SEVERITY, 0},
    AT("insert_id", insert_id),
    AT("trace", trace),
    AT("span", span),
    {"status", STATUS, 0},
    AT("method", http.method),
    AT("url", http.url),
    AT("audit_service", audit.service),
    AT("audit_method", audit.method),
    {"audit_code", CODE, 0},
    AT("audit_resource", audit.resource),
    AT("principal", audit.principal),
    AT("operation_producer", operation.producer),
    AT("source_file", source.file),
    AT("source_function", source.function),
};
#undef AT

/* Numbers need text that outlives the call; there are few enough of them to have them all. */
static const char digits[] =
#define TEN(h, t) h t "0" h t "1" h t "2" h t "3" h t "4" h t "5" h t "6" h t "7" h t "8" h t "9"
#define HUNDRED(h) \
	TEN(h, "0") \
	TEN(h, "1") \
	TEN(h, "2") \
	TEN(h, "3") TEN(h, "4") TEN(h, "5") TEN(h, "6") TEN(h, "7") TEN(h, "8") TEN(h, "9")
    HUNDRED("0") HUNDRED("1") HUNDRED("2") HUNDRED("3") HUNDRED("4") HUNDRED("5") HUNDRED("6")
	HUNDRED("7") HUNDRED("8") HUNDRED("9");

static struct lw_str
number(int n)
{
	const char *p;
	size_t skip = n < 10 ? 2 : n < 100 ? 1 : 0;

	if (n < 0 || n > 999)
		return LW_STR("");
	p = digits + (size_t)n * 3;
	return lw_str_make(p + skip, 3 - skip);
}

static bool
label(const struct lw_entry *e, struct lw_str key, struct lw_str *value)
{
	size_t i;

	for (i = 0; i < e->label_count; i++) {
		if (lw_str_eq(e->labels[i].key, key)) {
			*value = e->labels[i].value;
			return true;
		}
	}
	*value = LW_STR("");
	return true;
}

bool
lw_entry_field(const struct lw_entry *e, struct lw_str name, struct lw_str *value)
{
	size_t i;

	if (lw_str_starts(name, LW_STR("label.")))
		return label(e, lw_str_make(name.p + 6, name.n - 6), value);
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (!lw_str_eq(name, lw_str_from(fields[i].name)))
			continue;
		switch (fields[i].kind) {
		case TEXT:
			memcpy(value, (const char *)e + fields[i].offset, sizeof(*value));
			break;
		case SEVERITY:
			*value = lw_str_from(lw_severity_name(e->severity));
			break;
		case STATUS:
			*value = e->http.status == 0 ? LW_STR("") : number(e->http.status);
			break;
		case CODE:
			*value = e->audit.present ? number(e->audit.status_code) : LW_STR("");
			break;
		}
		return true;
	}
	return false;
}

bool
lw_entry_is_of(const struct lw_entry *e, struct lw_str name)
{
	static const char *const machine[] = {"compute.googleapis.com/resource_name",
	    "instance_name", "agent.googleapis.com/instance_name"};
	struct lw_str value;
	size_t i;

	if (lw_str_eq(e->service, name))
		return true;
	if (!lw_str_eq(e->resource_type, LW_STR("gce_instance")))
		return false;
	for (i = 0; i < sizeof(machine) / sizeof(machine[0]); i++)
		if (label(e, lw_str_from(machine[i]), &value) && lw_str_eq(value, name))
			return true;
	return false;
}
