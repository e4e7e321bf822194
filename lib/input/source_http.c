/* source_http.c - https:// addresses, and http:// on loopback: one download as a source. */
#include "input/source.h"

#include <stdlib.h>

#include "input/download.h"
#include "input/http_address.h"

struct http_source {
	struct lw_source base;
	struct lw_download *download;
};

static ptrdiff_t
http_read(struct lw_source *s, char *buf, size_t n, struct lw_error *e)
{
	struct http_source *h = (struct http_source *)s;
	ptrdiff_t got = lw_download_read(h->download, buf, n, e);

	s->size_bytes = lw_download_size(h->download); /* a later answer may say it */
	if (got > 0)
		s->raw_bytes += (uint64_t)got;
	return got;
}

static void
http_close(struct lw_source *s)
{
	struct http_source *h = (struct http_source *)s;

	lw_download_close(h->download);
	free(h);
}

static const struct lw_source_ops http_ops = {.read = http_read, .close = http_close};

enum lw_code
lw_source_download(const struct lw_download_options *o, struct lw_source **s, struct lw_error *e)
{
	struct http_source *h = calloc(1, sizeof(*h));
	enum lw_code code;

	*s = NULL;
	if (h == NULL)
		return lw_error_set(e, LW_ENOMEM, "out of memory");
	h->base.ops = &http_ops;
	code = lw_download_open(o, &h->download, e);
	if (code != LW_OK) {
		free(h);
		return code;
	}
	h->base.size_bytes = lw_download_size(h->download);
	*s = &h->base;
	return LW_OK;
}

enum lw_code
lw_source_http(const char *url, const struct lw_remote *remote, struct lw_stop *stop,
    struct lw_source **s, struct lw_error *e)
{
	char *name = lw_http_shown(url);
	struct lw_download_options o = {
	    .net = &remote->net, .stop = stop, .url = url, .name = name};
	enum lw_code code;

	*s = NULL;
	if (name == NULL)
		return lw_error_set(e, LW_ENOMEM, "out of memory");
	code = lw_source_download(&o, s, e);
	free(name);
	return code;
}
