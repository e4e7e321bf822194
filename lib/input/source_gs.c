/* source_gs.c - one object of Cloud Storage, its version pinned and its checksums verified. */
#include "input/source.h"

#include "input/ahead.h"
#include "input/download.h"
#include "input/storage.h"

enum lw_code
lw_source_object(const char *operand, const struct lw_remote *remote, struct lw_stop *stop,
    struct lw_source **s, struct lw_error *e)
{
	struct lw_download_options o = {
	    .net = &remote->net, .stop = stop, .name = operand, .generations = true};
	struct lw_buf url = {0};
	enum lw_code code;

	*s = NULL;
	if (remote->storage == NULL)
		return lw_error_set(
		    e, LW_EUSAGE, "is an object of Cloud Storage, which is not set up here");
	code = lw_storage_address(remote->storage, operand, &url, e);
	if (code == LW_OK) {
		o.url = url.p;
		o.auth = lw_storage_auth(remote->storage);
		code = lw_source_download(&o, s, e);
	}
	lw_buf_fini(&url);
	return code;
}

enum lw_code
lw_source_gs(const char *operand, const struct lw_remote *remote, struct lw_stop *stop,
    struct lw_source **s, struct lw_error *e)
{
	if (remote->ahead != NULL)
		return lw_ahead_open(remote->ahead, operand, remote, s, e);
	return lw_source_object(operand, remote, stop, s, e);
}
