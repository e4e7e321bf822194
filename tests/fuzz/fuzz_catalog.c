/*
 * fuzz_catalog.c - any bytes as a catalogue file; what loads is used on a few messages.
 */
#include <stdint.h>

#include "base/str.h"
#include "catalog/catalog.h"
#include "catalog/scan.h"
#include "scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
hear(void *arg, enum lw_diag_level level, const struct lw_error *e)
{
	char text[512];

	(void)arg;
	(void)level;
	(void)lw_error_format(e, text, sizeof(text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = scratch_file(data, size);
	struct lw_hit hits[LW_SCAN_MAX_HITS];
	struct lw_catalog *catalog;
	struct lw_scanner *scanner;
	size_t bad, i, k;

	if (path == NULL)
		return 0;
	catalog = lw_catalog_load(&path, 1, hear, NULL, &bad);
	if (catalog == NULL)
		return 0;
	scanner = lw_scanner_new(catalog);
	for (i = 0; scanner != NULL && i < lw_catalog_count(catalog); i++) {
		const struct lw_rule *rule = lw_catalog_rule(catalog, (uint32_t)i);

		for (k = 0; k < rule->example_count; k++)
			(void)lw_scan(
			    scanner, rule->examples[k].text, NULL, hits, LW_SCAN_MAX_HITS);
		(void)lw_scan(
		    scanner, lw_str_make((const char *)data, size), NULL, hits, LW_SCAN_MAX_HITS);
	}
	lw_scanner_free(scanner);
	lw_catalog_free(catalog);
	return 0;
}
