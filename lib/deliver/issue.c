/* issue.c - addresses of issues, as people copy them. */
#include <stdlib.h>

#include "deliver/service.h"

void
lw_issue_fini(struct lw_issue *issue)
{
	free(issue->origin);
	free(issue->project);
	free(issue->number);
	*issue = (struct lw_issue){0};
}

static char *
origin_of(const char *url)
{
	const char *host = strstr(url, "://");
	const char *end, *at;
	struct lw_buf b = {0};

	if (host == NULL)
		return NULL;
	host += 3;
	end = host + strcspn(host, "/?#");
	for (at = end; at > host && at[-1] != '@'; at--)
		;
	lw_buf_add(&b, url, (size_t)(host - url));
	lw_buf_add(&b, at, (size_t)(end - at));
	return lw_buf_take(&b);
}

/* path is "/PROJECT" SEPARATOR "/KIND/NUMBER", perhaps with more behind it. */
static bool
parse_path(const char *path, const char *separator, struct lw_issue *issue)
{
	static const struct {
		const char *in_path, *kind;
	} kinds[] = {{"/issues/", "issues"}, {"/pull/", "issues"}, {"/work_items/", "issues"},
	    {"/merge_requests/", "merge_requests"}};
	struct lw_buf key = {0};
	const char *at = NULL;
	size_t i, digits;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && at == NULL; i++) {
		lw_buf_reset(&key);
		lw_buf_addz(&key, separator);
		lw_buf_addz(&key, kinds[i].in_path);
		at = lw_buf_ok(&key) ? strstr(path, key.p) : NULL;
		issue->kind = kinds[i].kind;
	}
	if (at != NULL && at > path + 1) {
		issue->project = strndup(path + 1, (size_t)(at - path) - 1);
		at += key.n;
		digits = strspn(at, "0123456789");
		if (digits > 0 && strchr("/?#", at[digits]) != NULL)
			issue->number = strndup(at, digits);
	}
	lw_buf_fini(&key);
	return issue->project != NULL && issue->number != NULL &&
	       strchr(issue->project, '/') != NULL && strstr(issue->project, "..") == NULL;
}

bool
lw_issue_parse(const char *url, const char *separator, struct lw_issue *issue)
{
	const char *path;

	*issue = (struct lw_issue){.origin = origin_of(url)};
	if (issue->origin == NULL)
		return false;
	path = strstr(url, "://") + 3;
	path += strcspn(path, "/?#");
	return *path == '/' && parse_path(path, separator, issue);
}

char *
lw_shown_host(const char *url)
{
	struct lw_buf b = {0};
	char *origin = origin_of(url);

	lw_buf_addz(&b, origin == NULL ? "the address" : origin);
	if (origin != NULL)
		lw_buf_addz(&b, "/...");
	free(origin);
	return lw_buf_take(&b);
}

char *
lw_shown_issue(const char *url)
{
	struct lw_buf b = {0};
	char *origin = origin_of(url);
	const char *path = strstr(url, "://");

	if (origin != NULL && path != NULL) {
		path += 3;
		path += strcspn(path, "/?#");
		lw_buf_addz(&b, origin);
		lw_buf_add(&b, path, strcspn(path, "?#"));
	} else {
		lw_buf_addz(&b, "the address");
	}
	free(origin);
	return lw_buf_take(&b);
}
