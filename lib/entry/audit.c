/* audit.c - protoPayload: AuditLog of every service, RequestLog of App Engine. */
#include "entry/map.h"

#include <stdio.h>

/* google.rpc.Code, in order. */
static const char *const codes[] = {"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

/* "METHOD RESOURCE", with ": status code 7 (PERMISSION_DENIED)" where the code is not 0. */
static bool
call_message(struct lw_mapping *m, struct lw_entry *e)
{
	size_t size = e->audit.method.n + e->audit.resource.n + 80, n;
	char *p = lw_arena_alloc(m->arena, size);
	int code = e->audit.status_code;

	if (p == NULL)
		return false;
	memcpy(p, e->audit.method.p, e->audit.method.n);
	n = e->audit.method.n;
	if (e->audit.resource.n > 0) {
		if (n > 0)
			p[n++] = ' ';
		memcpy(p + n, e->audit.resource.p, e->audit.resource.n);
		n += e->audit.resource.n;
	}
	if (code != 0 && (size_t)code < sizeof(codes) / sizeof(codes[0]) && code > 0)
		n += (size_t)snprintf(p + n, size - n, ": status code %d (%s)", code, codes[code]);
	else if (code != 0)
		n += (size_t)snprintf(p + n, size - n, ": status code %d", code);
	e->message = lw_str_make(p, n);
	return true;
}

static bool
map_audit(struct lw_mapping *m, const struct lw_node *proto, struct lw_entry *e)
{
	const struct lw_node *status = lw_node_get(proto, LW_KEY_status);
	int64_t code = 0;

	e->has_rare = true;
	e->audit.present = true;
	e->audit.service = lw_node_string(lw_node_get(proto, LW_KEY_servicename));
	e->audit.method = lw_node_string(lw_node_get(proto, LW_KEY_methodname));
	e->audit.resource = lw_node_string(lw_node_get(proto, LW_KEY_resourcename));
	e->audit.principal = lw_node_string(
	    lw_node_get(lw_node_get(proto, LW_KEY_authenticationinfo), LW_KEY_principalemail));
	(void)lw_node_int(lw_node_get(status, LW_KEY_code), &code);
	e->audit.status_code = code > INT32_MIN && code < INT32_MAX ? (int)code : 0;
	e->audit.status_message = lw_node_string(lw_node_get(status, LW_KEY_message));
	if (!lw_map_audit_change(m, proto, e))
		return false;
	if (e->message.n > 0)
		return true;
	e->message = e->audit.status_message;
	if (e->message.n > 0 || (e->audit.method.n == 0 && e->audit.resource.n == 0))
		return true;
	return call_message(m, e);
}

/* The lines that the application logged during the request, joined. */
static bool
request_lines(struct lw_mapping *m, const struct lw_node *lines, struct lw_entry *e)
{
	const struct lw_node *n;
	struct lw_str s;
	size_t size = 0, at = 0;
	char *p;

	for (n = lines->child; n != NULL; n = n->next)
		size += lw_node_string(lw_node_get(n, LW_KEY_logmessage)).n + 1;
	if (size <= 1)
		return true;
	p = lw_arena_alloc(m->arena, size);
	if (p == NULL)
		return false;
	for (n = lines->child; n != NULL; n = n->next) {
		s = lw_node_string(lw_node_get(n, LW_KEY_logmessage));
		if (s.n == 0)
			continue;
		if (at > 0)
			p[at++] = '\n';
		memcpy(p + at, s.p, s.n);
		at += s.n;
	}
	e->message = lw_str_make(p, at);
	return true;
}

static bool
map_request_log(struct lw_mapping *m, const struct lw_node *proto, struct lw_entry *e)
{
	const struct lw_node *lines = lw_node_get(proto, LW_KEY_line);
	int64_t status = 0;

	if (!e->http.present) {
		e->http.method = lw_node_string(lw_node_get(proto, LW_KEY_method));
		e->http.url = lw_node_string(lw_node_get(proto, LW_KEY_resource));
		(void)lw_node_int(lw_node_get(proto, LW_KEY_status), &status);
		e->http.status = status > 0 && status < 1000 ? (int)status : 0;
		if (!lw_node_duration(lw_node_get(proto, LW_KEY_latency), &e->http.latency_ns))
			e->http.latency_ns = 0;
		e->http.present = e->http.method.n > 0 || e->http.url.n > 0;
	}
	if (lines == NULL || lines->type != LW_NODE_ARRAY || e->message.n > 0)
		return true;
	return request_lines(m, lines, e);
}

bool
lw_map_proto(struct lw_mapping *m, const struct lw_node *proto, struct lw_entry *e)
{
	struct lw_str type = lw_node_string(lw_node_spelt(proto, LW_KEY_type, "@type"));

	if (lw_str_ends(type, LW_STR(".RequestLog")) ||
	    (type.n == 0 && proto->name == LW_KEY_protopayloadrequestlog))
		return map_request_log(m, proto, e);
	return map_audit(m, proto, e);
}
