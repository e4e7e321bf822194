/* text.c - one message of a text log. */
#include "entry/decode.h"

enum lw_code
lw_decode_text(struct lw_mapping *m, struct lw_str text, struct lw_entry *e)
{
	lw_entry_clear(e);
	e->payload = LW_PAYLOAD_TEXT;
	e->message = lw_str_trim(text);
	return lw_entry_finish(m->arena, e) ? LW_OK : LW_ENOMEM;
}
