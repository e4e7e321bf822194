/*
 * pick.c - print values out of a JSON document on standard input.
 *
 * Usage: pick PATH...
 *
 * A path is made of names joined by dots; of an array, [N] takes the Nth
 * element, [*] all of them, [NAME=TEXT] those whose member NAME is that text, and a last
 * component # counts the elements or members.  Prints "PATH = VALUE" for each
 * value that a path leads to and "PATH: none" where there is none; exit status 1 then.
 *
 *     logwhy -f json x.ndjson | pick totals.errors 'clusters[rule=container-exit].count'
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_tree.h>

static const char *whole_path;
static unsigned found;

static void walk(const char *path, yajl_val v);

static void
print_string(const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '\n')
			(void)fputs("\\n", stdout);
		else
			(void)putchar(*s);
	}
}

static void
print(yajl_val v)
{
	found++;
	printf("%s = ", whole_path);
	if (YAJL_IS_STRING(v))
		print_string(YAJL_GET_STRING(v));
	else if (YAJL_IS_NUMBER(v))
		print_string(YAJL_GET_NUMBER(v));
	else if (YAJL_IS_OBJECT(v) || YAJL_IS_ARRAY(v))
		(void)fputs("(has members)", stdout);
	else
		(void)fputs(YAJL_IS_TRUE(v) ? "true" : YAJL_IS_FALSE(v) ? "false" : "null", stdout);
	(void)putchar('\n');
}

static yajl_val
member(yajl_val v, const char *name, size_t n)
{
	size_t i;

	if (!YAJL_IS_OBJECT(v))
		return NULL;
	for (i = 0; i < v->u.object.len; i++) {
		if (strlen(v->u.object.keys[i]) == n && memcmp(v->u.object.keys[i], name, n) == 0)
			return v->u.object.values[i];
	}
	return NULL;
}

/* Does the element belong to what stands between the brackets? */
static bool
chosen(yajl_val element, size_t at, const char *inside, size_t n)
{
	const char *equals = memchr(inside, '=', n);
	const char *text;
	yajl_val v;

	if (n == 1 && *inside == '*')
		return true;
	if (equals == NULL)
		return strtoul(inside, NULL, 10) == at;
	v = member(element, inside, (size_t)(equals - inside));
	if (v == NULL)
		return false;
	text = YAJL_IS_STRING(v)   ? YAJL_GET_STRING(v)
	       : YAJL_IS_NUMBER(v) ? YAJL_GET_NUMBER(v)
				   : "null";
	n -= (size_t)(equals + 1 - inside);
	return strlen(text) == n && memcmp(text, equals + 1, n) == 0;
}

static void
walk_array(const char *path, yajl_val v)
{
	const char *end = strchr(path, ']');
	size_t i;

	if (end == NULL || !YAJL_IS_ARRAY(v))
		return;
	for (i = 0; i < v->u.array.len; i++) {
		if (chosen(v->u.array.values[i], i, path + 1, (size_t)(end - path - 1)))
			walk(end + 1, v->u.array.values[i]);
	}
}

static void
walk(const char *path, yajl_val v)
{
	size_t n;

	if (v == NULL)
		return;
	if (*path == '.')
		path++;
	if (*path == '\0') {
		print(v);
	} else if (*path == '[') {
		walk_array(path, v);
	} else if (strcmp(path, "#") == 0) {
		found++;
		printf("%s = %zu\n", whole_path,
		    YAJL_IS_ARRAY(v)    ? v->u.array.len
		    : YAJL_IS_OBJECT(v) ? v->u.object.len
					: 0);
	} else {
		n = strcspn(path, ".[");
		walk(path + n, member(v, path, n));
	}
}

static char *
read_all(FILE *f)
{
	size_t n = 0, cap = (size_t)1 << 16;
	char *text = malloc(cap), *bigger;

	while (text != NULL) {
		n += fread(text + n, 1, cap - n - 1, f);
		if (n < cap - 1)
			break;
		bigger = realloc(text, cap *= 2);
		if (bigger == NULL)
			free(text);
		text = bigger;
	}
	if (text != NULL)
		text[n] = '\0';
	return text;
}

int
main(int argc, char **argv)
{
	char *text = read_all(stdin), why[256];
	yajl_val document;
	int i, status = EXIT_SUCCESS;

	document = text == NULL ? NULL : yajl_tree_parse(text, why, sizeof(why));
	free(text);
	if (document == NULL) {
		(void)fprintf(stderr, "pick: this is no JSON\n");
		return 2;
	}
	for (i = 1; i < argc; i++) {
		found = 0;
		whole_path = argv[i];
		walk(argv[i], document);
		if (found == 0) {
			printf("%s: none\n", whole_path);
			status = EXIT_FAILURE;
		}
	}
	yajl_tree_free(document);
	return status;
}
