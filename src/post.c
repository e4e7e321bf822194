/* post.c - addresses from options, files and the environment, and what became of each. */
#include "post.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "deliver/deliver.h"

#define ADDRESS_MAX_BYTES 4096

struct posting {
	const struct settings *settings;
	struct lw_deliver_options options;
	struct lw_stop stop;
};

static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

bool
post_asked(const struct settings *s)
{
	return s->post_count > 0 || variable("LOGWHY_POST") != NULL;
}

static void
stop(void *arg)
{
	lw_stop_ask(arg);
}

static void
on_diag(void *arg, enum lw_diag_level level, const struct lw_error *e)
{
	const struct posting *p = arg;

	if (level != LW_DIAG_NOTE || p->settings->verbose)
		complain("%s", e->message);
}

/* Where the report is all the same, for who could not deliver it. */
static const char *
written_to(const struct settings *s)
{
	return s->output_count > 0 ? s->outputs[0] : "standard output";
}

static bool
show(const struct posting *p, const char *address, const char *shown)
{
	struct lw_buf text = {0};
	struct lw_error e;
	bool ok = lw_deliver_show(&p->options, address, &text, &e) == LW_OK;

	if (ok)
		ok = write_output("-", text.p, text.n);
	else
		complain("%s: %s", shown, e.message);
	lw_buf_fini(&text);
	return ok;
}

static bool
deliver(const struct posting *p, const char *address, const char *shown)
{
	const struct settings *s = p->settings;
	struct lw_delivered d;
	struct lw_error e;

	if (lw_deliver(&p->options, address, &d, &e) != LW_OK) {
		complain("%s: the report was not delivered: %s; it was written to %s", shown,
		    e.message, written_to(s));
		return false;
	}
	if (d.left_out[0] != '\0' && !s->quiet)
		complain(
		    "%s: there is no room for all of the report; left out: %s; it was written to "
		    "%s whole",
		    shown, d.left_out, written_to(s));
	if (s->verbose)
		complain("%s: the report was delivered%s%s", shown, d.where[0] == '\0' ? "" : ": ",
		    d.where);
	return true;
}

static bool
post_to(const struct posting *p, const char *address)
{
	char *shown = lw_deliver_address(address);
	bool ok;

	if (shown == NULL) {
		complain("out of memory");
		return false;
	}
	ok = p->settings->post_dry_run ? show(p, address, shown) : deliver(p, address, shown);
	free(shown);
	return ok;
}

/* Each word of text is an address. */
static bool
post_to_all(const struct posting *p, const char *text, const char *source)
{
	static const char blanks[] = " \t\r\n";
	char address[ADDRESS_MAX_BYTES];
	bool ok = true;
	size_t n, found = 0;

	for (text += strspn(text, blanks); *text != '\0'; text += strspn(text, blanks)) {
		n = strcspn(text, blanks);
		found++;
		if (n < sizeof(address)) {
			memcpy(address, text, n);
			address[n] = '\0';
			ok = post_to(p, address) && ok;
		} else {
			complain("%s: an address is longer than %d bytes", source,
			    ADDRESS_MAX_BYTES - 1);
			ok = false;
		}
		text += n;
	}
	if (found == 0)
		complain("%s: has no address to post to", source);
	return ok && found > 0;
}

static bool
post_to_file(const struct posting *p, const char *path)
{
	char text[16 * ADDRESS_MAX_BYTES];
	FILE *f = fopen(path, "r");
	size_t n = f == NULL ? 0 : fread(text, 1, sizeof(text) - 1, f);
	bool ok = f != NULL && ferror(f) == 0;

	if (!ok)
		complain("%s: cannot be read: %s", path, strerror(errno));
	if (f != NULL)
		(void)fclose(f);
	text[n] = '\0';
	return ok && post_to_all(p, text, path);
}

bool
post_report(const struct lw_run *run, const struct settings *s, const struct network *n)
{
	struct lw_net net = n->remote.net;
	struct posting p = {.settings = s};
	const char *github = variable("GITHUB_TOKEN");
	bool ok = true;
	size_t i;

	p.options = (struct lw_deliver_options){.net = &net,
	    .stop = &p.stop,
	    .report = lw_run_model(run),
	    .style = {.redact = !s->no_redact, .width = 80, .top = (unsigned)s->top},
	    .github_token = github != NULL ? github : variable("GH_TOKEN"),
	    .gitlab_token = variable("GITLAB_TOKEN"),
	    .github_api = variable("LOGWHY_GITHUB_API"),
	    .gitlab_api = variable("LOGWHY_GITLAB_API")};
	net.diag = on_diag;
	net.diag_arg = &p;
	lw_stop_init(&p.stop);
	stop_on_signals(stop, &p.stop);
	for (i = 0; i < s->post_count; i++) {
		if (s->posts[i][0] == '@')
			ok = post_to_file(&p, s->posts[i] + 1) && ok;
		else
			ok = post_to_all(&p, s->posts[i], "--post") && ok;
	}
	if (s->post_count == 0 && variable("LOGWHY_POST") != NULL)
		ok = post_to_all(&p, variable("LOGWHY_POST"), "LOGWHY_POST");
	return ok;
}
