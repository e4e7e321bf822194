/*
 * check_cluster_grouping.c - grouping accuracy on labelled samples, where they
 * are at hand (../shared/data/loghub-2k beside the sources).
 */
#include "check_cluster.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#define LINES_MAX 2000
#define LEAST_OF_ONE 0.85
#define LEAST_MEAN 0.95

struct sample {
	char *text; /* of the file */
	uint32_t found[LINES_MAX], truth[LINES_MAX];
	uint64_t signature[LINES_MAX];
	size_t count;
};

/* The next field of a CSV file, unquoted in place; *last is true at the end of a record. */
static char *
field(char **at, bool *last)
{
	char *p = *at, *out = p, *start = p;
	bool quoted = *p == '"';

	if (quoted)
		start = out = ++p;
	while (*p != '\0') {
		if (quoted && *p == '"') {
			if (p[1] != '"') {
				quoted = false;
				p++;
				continue;
			}
			p++;
		} else if (!quoted && (*p == ',' || *p == '\n')) {
			break;
		}
		*out++ = *p++;
	}
	*last = *p != ',';
	*at = *p == '\0' ? p : p + 1;
	*out = '\0';
	return start;
}

static char *
load(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *text;
	size_t n;

	ck_assert_ptr_nonnull(f);
	text = malloc((size_t)16 << 20);
	ck_assert_ptr_nonnull(text);
	n = fread(text, 1, ((size_t)16 << 20) - 1, f);
	text[n] = '\0';
	(void)fclose(f);
	return text;
}

/* Columns LineId, Content, EventId, EventTemplate. */
static void
read_sample(struct sample *s, const char *path, struct lw_clusterer *c)
{
	char *at, *content, *event;
	bool last = false;

	s->text = at = load(path);
	s->count = 0;
	while (!last)
		field(&at, &last);
	while (*at != '\0' && s->count < LINES_MAX) {
		field(&at, &last);
		content = field(&at, &last);
		event = field(&at, &last);
		while (!last)
			field(&at, &last);
		s->truth[s->count] = (uint32_t)strtoul(event + 1, NULL, 10);
		s->signature[s->count++] = add(c, content);
	}
}

/* The share of lines whose template has exactly the lines of their event. */
static double
accuracy(const struct sample *s)
{
	size_t i, k, right = 0;

	for (i = 0; i < s->count; i++) {
		for (k = 0; k < s->count; k++)
			if ((s->found[i] == s->found[k]) != (s->truth[i] == s->truth[k]))
				break;
		right += k == s->count;
	}
	return (double)right / (double)s->count;
}

START_TEST(grouping_is_accurate)
{
	static struct sample s;
	glob_t files;
	double sum = 0;
	size_t i, k;

	if (glob(SRCDIR "/../shared/data/loghub-2k/*/*_structured.csv", 0, NULL, &files) != 0) {
		printf("# no labelled samples beside the sources\n");
		return;
	}
	for (i = 0; i < files.gl_pathc; i++) {
		struct lw_clusterer *c = lw_clusterer_new(0);
		double ga;

		read_sample(&s, files.gl_pathv[i], c);
		ck_assert(lw_clusters_finish(c));
		for (k = 0; k < s.count; k++)
			s.found[k] = lw_cluster_of(c, s.signature[k]);
		ga = accuracy(&s);
		ck_assert_msg(ga >= LEAST_OF_ONE, "%s: GA %.3f", files.gl_pathv[i], ga);
		sum += ga;
		free(s.text);
		lw_clusterer_free(c);
	}
	ck_assert_msg(sum / (double)files.gl_pathc >= LEAST_MEAN, "mean GA %.3f",
	    sum / (double)files.gl_pathc);
	globfree(&files);
}
END_TEST

TCase *
grouping_case(void)
{
	TCase *t = tcase_create("grouping");

	tcase_set_timeout(t, 0);
	tcase_add_test(t, grouping_is_accurate);
	return t;
}
