/* entry_test.h - what the files of check_entry share. */
#ifndef TEST_ENTRY_H
#define TEST_ENTRY_H

#include <check.h>
#include <stdlib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "entry/entry.h"

/* One record decoded: its entries copied shallowly, valid until the next decode. */
struct decoded {
	enum lw_code code;
	struct lw_error warn, error;
	size_t count;
	struct lw_entry e[64]; /* the first ones */
};

void decode_bytes(const char *p, size_t n, enum lw_record_kind kind, struct decoded *d);
void decode(const char *text, enum lw_record_kind kind, struct decoded *d);
struct lw_entry *decode_one(
    const char *text, enum lw_record_kind kind); /* exactly one entry, LW_OK */

/* SRCDIR/../shared/data/PATH into *b; false where it is not there (say so and skip). */
bool shared_file(const char *path, struct lw_buf *b);

#define ck_str(got, want) \
	do { \
		struct lw_str g_ = (got), w_ = lw_str_from(want); \
		ck_assert_msg(lw_str_eq(g_, w_), "got \"%.*s\", want \"%s\"", (int)g_.n, \
		    g_.n == 0 ? "" : g_.p, want); \
	} while (0)

TCase *entry_audit_case(void);
TCase *entry_json_case(void);
TCase *entry_fast_case(void);
TCase *entry_message_case(void);
TCase *entry_yaml_case(void);
TCase *entry_text_case(void);
TCase *entry_stack_case(void);
TCase *entry_stitch_case(void);
TCase *entry_wording_case(void);
TCase *entry_wrapped_case(void);
TCase *entry_shared_case(void);

#endif
