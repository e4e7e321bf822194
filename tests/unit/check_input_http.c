/* check_input_http.c - inputs over HTTP, from a small server on this machine. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include "input_helper.h"

static int listener = -1;
static int port;
static pthread_t server;

static void
say(int fd, const void *p, size_t n)
{
	const char *at = p;
	ssize_t sent;

	while (n > 0 && (sent = send(fd, at, n, MSG_NOSIGNAL)) > 0) {
		at += sent;
		n -= (size_t)sent;
	}
}

static void
sayz(int fd, const char *text)
{
	say(fd, text, strlen(text));
}

static void
say_gzip(int fd)
{
	static const char text[] = "{\"z\":1}\n";
	unsigned char out[256];
	z_stream z = {0};

	ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)text;
	z.avail_in = sizeof(text) - 1;
	z.next_out = out;
	z.avail_out = sizeof(out);
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	sayz(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
	say(fd, out, sizeof(out) - z.avail_out);
	(void)deflateEnd(&z);
}

static void
say_much(int fd)
{
	static const char line[] = "{\"a\":\"0123456789012345678901234567890123456789\"}\n";
	char block[49 * 1000];
	size_t i;

	for (i = 0; i < 1000; i++)
		memcpy(block + i * 49, line, 49);
	sayz(fd, "HTTP/1.1 200 OK\r\nContent-Length: 9800000\r\nConnection: close\r\n\r\n");
	for (i = 0; i < 200; i++)
		say(fd, block, sizeof(block));
}

static void
answer(int fd, const char *request)
{
	char text[256];

	if (strncmp(request, "GET /log ", 9) == 0) {
		sayz(fd, "HTTP/1.1 200 OK\r\nContent-Length: 16\r\nConnection: "
			 "close\r\n\r\n{\"a\":1}\n{\"b\":2}\n");
	} else if (strncmp(request, "GET /moved ", 11) == 0) {
		sayz(fd, "HTTP/1.1 302 Found\r\nLocation: /log\r\nContent-Length: 4\r\nConnection: "
			 "close\r\n\r\nbody");
	} else if (strncmp(request, "GET /away ", 10) == 0) {
		sayz(fd, "HTTP/1.1 302 Found\r\nLocation: http://example.com/log\r\nConnection: "
			 "close\r\n\r\n");
	} else if (strncmp(request, "GET /round ", 11) == 0) {
		sayz(fd, "HTTP/1.1 302 Found\r\nLocation: /round\r\nContent-Length: "
			 "0\r\nConnection: close\r\n\r\n");
	} else if (strncmp(request, "GET /gzip ", 10) == 0) {
		say_gzip(fd);
	} else if (strncmp(request, "GET /much ", 10) == 0) {
		say_much(fd);
	} else if (strncmp(request, "GET /cut ", 9) == 0) {
		sayz(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: "
			 "close\r\n\r\n{\"a\":1}\n{\"b\":2");
	} else {
		(void)snprintf(text, sizeof(text),
		    "HTTP/1.1 %s\r\nConnection: close\r\n\r\nno such thing\n",
		    strncmp(request, "GET /busy ", 10) == 0 ? "503 Busy" : "404 Not Found");
		sayz(fd, text);
	}
}

static void *
serve(void *arg)
{
	char request[4096];
	size_t n;
	ssize_t got;
	int fd;

	(void)arg;
	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		for (n = 0; n < sizeof(request) - 1; n += (size_t)got) {
			got = read(fd, request + n, sizeof(request) - 1 - n);
			if (got <= 0)
				break;
			request[n + (size_t)got] = '\0';
			if (strstr(request, "\r\n\r\n") != NULL)
				break;
		}
		if (n < sizeof(request) - 1)
			answer(fd, request);
		(void)close(fd);
	}
	return NULL;
}

static void
start_server(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof(address);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_ge(listener, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(listener, 16), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &size), 0);
	port = ntohs(address.sin_port);
	ck_assert_int_eq(pthread_create(&server, NULL, serve, NULL), 0);
}

static void
stop_server(void)
{
	(void)shutdown(listener, SHUT_RDWR);
	(void)pthread_join(server, NULL);
	(void)close(listener);
}

static const struct {
	const char *path, *out; /* out: how it begins */
	bool failed;
} addresses[] = {
    {"/log", "0 J 1 {\"a\":1}\n0 J 2 {\"b\":2}\n", false},
    {"/moved", "0 J 1 {\"a\":1}\n0 J 2 {\"b\":2}\n", false},
    {"/gzip", "0 J 1 {\"z\":1}\n", false},
    {"/missing", "? 2 0 the server answered with status 404 (Not Found); check the address\n",
	true},
    {"/busy", "? 2 0 the server answered with status 503 (Service Unavailable); ", true},
    {"/away", "? 2 0 http://example.com is not asked: ", true},
    {"/round", "? 2 0 the address leads on more than 10 times\n", true},
    {"/cut", "0 J 1 {\"a\":1}\n? 2 2 ends at byte 14 of 100: the transfer failed: ", true},
};

START_TEST(addresses_are_read)
{
	struct lw_buf out = {0};
	struct lw_reader *reader;
	char url[64];
	const char *operand = url;

	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", port, addresses[_i].path);
	read_all(&out, &operand, 1, &reader);
	ck_assert_msg(
	    strncmp(out.p, addresses[_i].out, strlen(addresses[_i].out)) == 0, "%s", out.p);
	ck_assert(lw_reader_failed(reader) == addresses[_i].failed);
	lw_reader_free(reader);
	lw_buf_fini(&out);
}
END_TEST

START_TEST(a_long_answer_is_a_stream)
{
	const struct lw_input_info *info;
	struct lw_reader *reader;
	struct lw_record r;
	size_t records = 0;
	char url[64];
	const char *operand = url;

	(void)snprintf(url, sizeof(url), "http://localhost:%d/much", port);
	reader = lw_reader_new(&operand, 1, NULL, NULL);
	ck_assert_ptr_nonnull(reader);
	while (lw_reader_next(reader, &r) == LW_NEXT_RECORD)
		records++;
	info = lw_reader_input(reader, 0);
	ck_assert_uint_eq(records, 200000);
	ck_assert_uint_eq(info->size_bytes, 9800000);
	ck_assert_uint_eq(info->raw_bytes, 9800000);
	ck_assert(!lw_reader_failed(reader));
	lw_reader_free(reader);
}
END_TEST

static const struct {
	const char *url, *says;
} refused[] = {
    {"http://example.com/x", "plain http:// is for this machine alone"},
    {"http://localhost.example.com/x", "plain http:// is for this machine alone"},
    {"http://127.0.0.1:1/x", "the transfer failed: "},
    {"https:// /", "is no valid address"},
    {"ftp://example.com/x", "this kind of address is not known"},
    {"gs:///prefix", "names no bucket"},
};

START_TEST(addresses_are_refused)
{
	struct lw_buf out = {0};
	struct lw_reader *reader;

	read_all(&out, &refused[_i].url, 1, &reader);
	ck_assert_msg(strstr(out.p, refused[_i].says) != NULL, "%s", out.p);
	ck_assert(lw_reader_failed(reader));
	lw_reader_free(reader);
	lw_buf_fini(&out);
}
END_TEST

TCase *
input_http_case(void)
{
	TCase *t = tcase_create("http");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, start_server, stop_server);
	tcase_add_loop_test(t, addresses_are_read, 0, sizeof(addresses) / sizeof(addresses[0]));
	tcase_add_test(t, a_long_answer_is_a_stream);
	tcase_add_loop_test(t, addresses_are_refused, 0, sizeof(refused) / sizeof(refused[0]));
	return t;
}
