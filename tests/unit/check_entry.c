/* check_entry.c - records to entries. */
#include "entry_test.h"

#include <stdlib.h>

static struct lw_decoder *decoder;

static void
keep(void *arg, struct lw_entry *e)
{
	struct decoded *d = arg;

	if (d->count < sizeof(d->e) / sizeof(d->e[0]))
		d->e[d->count] = *e;
	d->count++;
}

void
decode_bytes(const char *p, size_t n, enum lw_record_kind kind, struct decoded *d)
{
	struct lw_record r = {.bytes = {p, n}, .kind = kind, .line = 7, .offset = 100};

	if (decoder == NULL)
		decoder = lw_decoder_new();
	ck_assert_ptr_nonnull(decoder);
	memset(d, 0, sizeof(*d));
	d->code = lw_decode(decoder, &r, keep, d, &d->warn, &d->error);
}

void
decode(const char *text, enum lw_record_kind kind, struct decoded *d)
{
	decode_bytes(text, strlen(text), kind, d);
}

struct lw_entry *
decode_one(const char *text, enum lw_record_kind kind)
{
	static struct decoded d;

	decode(text, kind, &d);
	ck_assert_msg(d.code == LW_OK, "%s: %s", text, d.error.message);
	ck_assert_uint_eq(d.count, 1);
	return &d.e[0];
}

bool
shared_file(const char *path, struct lw_buf *b)
{
	char name[512], block[65536];
	FILE *f;
	size_t n;

	(void)snprintf(name, sizeof(name), SRCDIR "/../shared/data/%s", path);
	f = fopen(name, "rb");
	if (f == NULL) {
		(void)fprintf(stderr, "skipped: %s is not here\n", name);
		return false;
	}
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		lw_buf_add(b, block, n);
	(void)fclose(f);
	return lw_buf_ok(b);
}

int
main(void)
{
	Suite *s = suite_create("entry");
	SRunner *r;
	int failed;

	suite_add_tcase(s, entry_audit_case());
	suite_add_tcase(s, entry_json_case());
	suite_add_tcase(s, entry_fast_case());
	suite_add_tcase(s, entry_message_case());
	suite_add_tcase(s, entry_text_case());
	suite_add_tcase(s, entry_yaml_case());
	suite_add_tcase(s, entry_stack_case());
	suite_add_tcase(s, entry_stitch_case());
	suite_add_tcase(s, entry_wording_case());
	suite_add_tcase(s, entry_wrapped_case());
	suite_add_tcase(s, entry_shared_case());
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	lw_decoder_free(decoder);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
