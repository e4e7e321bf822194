/* net_libs.c - see net_libs.h. */
#include <config.h>

#include "input/net_libs.h"

#if defined(LW_CURL_NAME) && defined(LW_CRYPTO_NAME)

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

/* One a process, as what the linker loads is; filled once and never changed again. */
static struct libraries {
	struct lw_curl curl;
	struct lw_crypto crypto;
	bool has_curl, has_crypto;
} libraries;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The address of a function, which ISO C does not let pass as one of an object; false where there
 * is none. */
static bool
find(void *library, const char *name, void *function)
{
	void *p = library == NULL ? NULL : dlsym(library, name);

	if (p == NULL)
		return false;
	memcpy(function, &p, sizeof(p));
	return true;
}

/* Names are expanded first: some are macros for others. */
#define TEXT(name) #name
#define FIND(name) ok = find(library, TEXT(name), &to->name) && ok;

static bool
find_curl(void *library, struct lw_curl *to)
{
	bool ok = true;

	LW_CURL_FUNCTIONS(FIND)
	return ok;
}

static bool
find_crypto(void *library, struct lw_crypto *to)
{
	bool ok = true;

	LW_CRYPTO_FUNCTIONS(FIND)
	return ok;
}

/* They stay loaded up to the end, as if they had been linked. */
static void
load(void)
{
	libraries.has_curl =
	    find_curl(dlopen(LW_CURL_NAME, RTLD_LAZY | RTLD_LOCAL), &libraries.curl);
	libraries.has_crypto =
	    find_crypto(dlopen(LW_CRYPTO_NAME, RTLD_LAZY | RTLD_LOCAL), &libraries.crypto);
}

const struct lw_curl *
lw_curl(void)
{
	(void)pthread_once(&once, load);
	return libraries.has_curl ? &libraries.curl : NULL;
}

const struct lw_crypto *
lw_crypto(void)
{
	(void)pthread_once(&once, load);
	return libraries.has_crypto ? &libraries.crypto : NULL;
}

enum lw_code
lw_net_libs(struct lw_error *e)
{
	const char *name = lw_curl() == NULL     ? LW_CURL_NAME
			   : lw_crypto() == NULL ? LW_CRYPTO_NAME
						 : NULL;

	return name == NULL ? LW_OK
			    : lw_error_set(e, LW_EHTTP,
				  "the network needs the library %s, which cannot be loaded", name);
}

#else

#define ADDRESS(name) .name = name,

const struct lw_curl *
lw_curl(void)
{
	static const struct lw_curl curl = {LW_CURL_FUNCTIONS(ADDRESS)};

	return &curl;
}

const struct lw_crypto *
lw_crypto(void)
{
	static const struct lw_crypto crypto = {LW_CRYPTO_FUNCTIONS(ADDRESS)};

	return &crypto;
}

enum lw_code
lw_net_libs(struct lw_error *e)
{
	(void)e;
	return LW_OK;
}

#endif
