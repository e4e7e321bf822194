/* report.c - the table of formats.  A new one is a file with its write function and a row here. */
#include "report/common.h"

const struct lw_report_format lw_report_formats[] = {
    {"text", ".txt", lw_write_text},
    {"md", ".md", lw_write_md},
    {"json", ".json", lw_write_json},
    {NULL, NULL, NULL},
};

const struct lw_report_format *
lw_report_format_by_name(const char *name)
{
	const struct lw_report_format *f;

	for (f = lw_report_formats; f->name != NULL; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

const struct lw_report_format *
lw_report_format_by_path(const char *path)
{
	const struct lw_report_format *f;

	for (f = lw_report_formats; f->name != NULL; f++)
		if (lw_str_ends(lw_str_from(path), lw_str_from(f->extension)))
			return f;
	return NULL;
}
