/*
 * parse.h - bytes of a record to a tree of values.
 *
 * Both readers take valid UTF-8 (the decoder cleans it before), keep borrowed
 * pointers into `text` where they can, and say where they stopped.
 */
#ifndef LW_ENTRY_PARSE_H
#define LW_ENTRY_PARSE_H

#include "base/error.h"
#include "entry/tree.h"

struct lw_parse_error {
	size_t offset; /* bytes into text */
	char message[192];
};

/*
 * One JSON value and nothing behind it but blanks: LW_OK, LW_EJSON, LW_ELIMIT or LW_ENOMEM.  A
 * surrogate that is escaped without its other half is U+FFFD.
 */
enum lw_code lw_json_parse(
    struct lw_arena *arena, struct lw_str text, struct lw_node **root, struct lw_parse_error *e);

/* The UTF-16 code unit that \uXXXX at p stands for; false where there is no such escape. */
bool lw_json_unit(const char *p, const char *end, uint32_t *unit);

/*
 * One YAML document, read leniently: control bytes and lone CR inside, which strict
 * readers reject, are kept.  LW_OK, LW_EYAML, LW_ELIMIT or LW_ENOMEM.
 */
enum lw_code lw_yaml_parse(
    struct lw_arena *arena, struct lw_str text, struct lw_node **root, struct lw_parse_error *e);

#endif
