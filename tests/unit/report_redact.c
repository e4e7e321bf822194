/* report_redact.c - secrets that go, near misses that stay, and the time it takes. */
#include <stdlib.h>
#include <time.h>

#include "check_report.h"
#include "report/redact.h"

/*
 * None of these is a key of anybody.  The literals are put together from pieces, or
 * the scanners of code hosts would take them for real ones.
 */
#define B64_40 "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYab"
#define HEX_32 "0123456789abcdef0123456789abcdef"
#define JWT_HEAD "eyJhbGciOiJIUzI1NiJ9"
#define JWT JWT_HEAD ".eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"
#define PEM_BODY "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"
#define PEM_BEGIN(kind) "-----BEGIN " kind "PRIVATE KEY-----"
#define LINE_64 "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKB"
#define PEM_END(kind) "-----END " kind "PRIVATE KEY-----"
#define GONE(kind) "[REDACTED:" kind "]"

static const struct {
	const char *text, *want; /* NULL: stays as it is */
} rows[] = {
    /* keys known by their prefix */
    {"key AIza"
     "SyA1234567890abcdefghijklmnopqrstuv1 used",
	"key " GONE("google-api-key") " used"},
    {"ya29"
     ".a0AfH6SMBxyz1234567890abcdef",
	GONE("oauth-token")},
    {"refresh 1//"
     "0gAbCdEfGhIjKlMnOpQrStUv",
	"refresh " GONE("oauth-token")},
    {"GOCSPX"
     "-aBcDeFgHiJkLmNoPqRsTuVwX",
	GONE("oauth-secret")},
    {"id AKIA"
     "IOSFODNN7EXAMPLE.",
	"id " GONE("aws-key") "."},
    {"ASIA"
     "IOSFODNN7EXAMPLE",
	GONE("aws-key")},
    {"gh"
     "p_"
     "abcdefghijklmnopqrstuvwxyz0123456789",
	GONE("github-token")},
    {"github"
     "_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz",
	GONE("github-token")},
    {"xox"
     "b-123456789012-abcdefABCDEF",
	GONE("slack-token")},
    {"https://hooks.slack"
     ".com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
	"https://" GONE("slack-webhook")},
    {"sk"
     "_live_"
     "4eC39HqLyjWDarjtT1zdp7dc",
	GONE("stripe-key")},
    {"rk"
     "_test_"
     "4eC39HqLyjWDarjtT1zdp7dc",
	GONE("stripe-key")},
    {"np"
     "m_"
     "abcdefghijklmnopqrstuvwxyz0123456789",
	GONE("npm-token")},
    {"glpat"
     "-ABCdefGHIjklMNOpqrST",
	GONE("gitlab-token")},
    {"s"
     "k-proj-abc123DEF456ghi789JKL012mno345PQR",
	GONE("api-key")},
    {"\\ngh"
     "p_"
     "abcdefghijklmnopqrstuvwxyz0123456789",
	"\\n" GONE("github-token")},
    {"\x1b[32mgh"
     "p_"
     "abcdefghijklmnopqrstuvwxyz0123456789",
	"\x1b[32m" GONE("github-token")},
    /* tokens and headers */
    {"got " JWT " from", "got " GONE("jwt") " from"},
    {JWT_HEAD ".eyJzdWIiOiIxMjM0In0", GONE("jwt")},
    {"Authorization: Bearer abc.def-123456", "Authorization: Bearer " GONE("authorization")},
    {"authorization: bearer " JWT, "authorization: bearer " GONE("authorization")},
    {"{\"Authorization\": \"Bearer abcdef123456\"}",
	"{\"Authorization\": \"Bearer " GONE("authorization") "\"}"},
    {"curl -u x Basic dXNlcjpwYXNz", "curl -u x Basic " GONE("basic")},
    {"sent Bearer 0123456789abcdef.", "sent Bearer " GONE("bearer") "."},
    {"Authorization: Basic dXNlcjpwYXNzd29yZA==", "Authorization: Basic " GONE("authorization")},
    {"curl -H 'Authorization: Basic dXNlcjpwYXNz'",
	"curl -H 'Authorization: Basic " GONE("authorization") "'"},
    {"Proxy-Authorization: Digest username=\"u\", response=\"" HEX_32 "\"\nHost: x",
	"Proxy-Authorization: Digest " GONE("authorization") "\nHost: x"},
    {"Authorization: AWS4-HMAC-SHA256 Credential=A/20250916, Signature=" HEX_32,
	"Authorization: AWS4-HMAC-SHA256 " GONE("authorization")},
    {"Authorization: s3cr3t-value", "Authorization: " GONE("authorization")},
    {"X-Api-Key: 5f3a9c", "X-Api-Key: " GONE("api-key")},
    {"Cookie: sid=abc; theme=dark\nHost: x", "Cookie: " GONE("cookie") "\nHost: x"},
    {"Set-Cookie: session=abc123; Path=/; HttpOnly", "Set-Cookie: " GONE("cookie")},
    {"\"cookie\": \"a=b; c=d\", \"x\": 1", "\"cookie\": \"" GONE("cookie") "\", \"x\": 1"},
    {"\"set-cookie\": [\"a=b; c=d\"]", "\"set-cookie\": [\"" GONE("cookie") "\"]"},
    /* addresses */
    {"postgres://app:hunter2@db:5432/shop", "postgres://app:" GONE("password") "@db:5432/shop"},
    {"redis://:hunter2@cache:6379", "redis://:" GONE("password") "@cache:6379"},
    {"mongodb+srv://u:p%40ss@c.example.net/?w=1",
	"mongodb+srv://u:" GONE("password") "@c.example.net/?w=1"},
    {"amqp://u:p:q@x@host/", "amqp://u:" GONE("password") "@host/"},
    {"https://x:"
     "gh"
     "p_"
     "abcdefghijklmnopqrstuvwxyz0123456789"
     "@github.com/a/b",
	"https://x:" GONE("password") "@github.com/a/b"},
    {"https://"
     "gh"
     "p_"
     "abcdefghijklmnopqrstuvwxyz0123456789"
     ":x-oauth-basic@github.com",
	"https://" GONE("github-token") ":" GONE("password") "@github.com"},
    {"https://" HEX_32 "@o1.ingest.example.io/2",
	"https://" GONE("token") "@o1.ingest.example.io/2"},
    {"app:hunter2@tcp(10.0.0.3:3306)/shop", "app:" GONE("password") "@tcp(10.0.0.3:3306)/shop"},
    {"GET /cb?code=1&access_token=abc123&x=2", "GET /cb?code=1&access_token=" GONE("token") "&x=2"},
    {"/o/f?X-Goog-Signature=" HEX_32 "&v=1", "/o/f?X-Goog-Signature=" GONE("signature") "&v=1"},
    /* keys and values */
    {"password=hunter2", "password=" GONE("password")},
    {"PGPASSWORD=hunter2 psql", "PGPASSWORD=" GONE("password") " psql"},
    {"DB_PASSWORD = 'hunter 2' ok", "DB_PASSWORD = '" GONE("password") "' ok"},
    {"dbPassword: hunter2", "dbPassword: " GONE("password")},
    {"user=x,password=y1z,host=h", "user=x,password=" GONE("password") ",host=h"},
    {"password=a,b;c host=h", "password=" GONE("password") " host=h"},
    {"password=aes$9)x; host=h", "password=" GONE("password") "; host=h"},
    {"connect(password=abc1)", "connect(password=" GONE("password") ")"},
    {"{\"password\": \"x\"}", "{\"password\": \"" GONE("password") "\"}"},
    {"{\"password\":\"a\\\"b c\",\"n\":1}", "{\"password\":\"" GONE("password") "\",\"n\":1}"},
    {"{\"a\":\"{\\\"client_secret\\\": \\\"x y\\\"}\"}",
	"{\"a\":\"{\\\"client_secret\\\": \\\"" GONE("secret") "\\\"}\"}"},
    {"{\"pin\": 1, \"passwd\": 123456}", "{\"pin\": 1, \"passwd\": " GONE("password") "}"},
    {"{'api_key': 'x1'}", "{'api_key': '" GONE("api-key") "'}"},
    {"{'password': b'abc1'}", "{'password': b'" GONE("password") "'}"},
    {"{Password:x9 User:y}", "{Password:" GONE("password") " User:y}"},
    {":password=>\"x9\"", ":password=>\"" GONE("password") "\""},
    {"params[password]=x9", "params[password]=" GONE("password")},
    {"token: 9f8e7d", "token: " GONE("token")},
    {"aws_secret_access_key = " B64_40, "aws_secret_access_key = " GONE("secret")},
    {"\"SecretAccessKey\": \"" B64_40 "\"", "\"SecretAccessKey\": \"" GONE("secret") "\""},
    {"AccountKey=" B64_40 "==;EndpointSuffix=x", "AccountKey=" GONE("secret") ";EndpointSuffix=x"},
    {"\x1b[36mpassword\x1b[0m=\x1b[35mhunter2\x1b[0m",
	"\x1b[36mpassword\x1b[0m=\x1b[35m" GONE("password") "\x1b[0m"},
    {"login --password hunter2 --user x", "login --password " GONE("password") " --user x"},
    {"run --api-key='a b'", "run --api-key='" GONE("api-key") "'"},
    {"<Password>hunter2</Password>", "<Password>" GONE("password") "</Password>"},
    {"CREATE USER x WITH PASSWORD 'y z'", "CREATE USER x WITH PASSWORD '" GONE("password") "'"},
    {"CREATE USER x IDENTIFIED BY 'y z'", "CREATE USER x IDENTIFIED BY '" GONE("password") "'"},
    {"password=hunter2\\nhost=x", "password=" GONE("password") "\\nhost=x"},
    {"password=\xff\xfe"
     "1\x80 x",
	"password=" GONE("password") " x"},
    {"passwort password: hunter2, host: x", "passwort password: " GONE("password") ", host: x"},
    {"pwd=a1 secret=b2", "pwd=" GONE("password") " secret=" GONE("secret")},
    /* private keys */
    {"a\n" PEM_BEGIN("") "\n" PEM_BODY "\n" PEM_END("") "\nb", "a\n" GONE("private-key") "\nb"},
    {"\"private_key\": \"" PEM_BEGIN("RSA ") "\\n" PEM_BODY "\\n" PEM_END("RSA ") "\\n\", \"x\"",
	"\"private_key\": \"" GONE("private-key") "\", \"x\""},
    {PEM_BEGIN("OPENSSH ") "\n" PEM_BODY " cut off", GONE("private-key")},
    /* of a key logged one line an entry */
    {LINE_64, GONE("private-key")},
    {"key follows\n  " LINE_64 "\r\nand no more",
	"key follows\n  " GONE("private-key") "\r\nand no more"},
    {"c29tZSBzaG9ydCBsYXN0IGxpbmU=", GONE("private-key")},
    {"-----BEGIN PGP PRIVATE "
     "KEY BLOCK-----\nx\n-----END PGP PRIVATE KEY BLOCK-----",
	GONE("private-key")},
    {"private_key=" PEM_BEGIN("EC ") "\n" PEM_BODY, "private_key=" GONE("private-key")},
    /* near misses */
    {"token expired", NULL},
    {"JWT=REDACTED", NULL},
    {"password authentication failed for user \"x\"", NULL},
    {"secret projects/p/secrets/s not found", NULL},
    {"Secret: projects/p/secrets/s/versions/1", NULL},
    {"Loaded SECRET_KEY from environment", NULL},
    {"SECRET_KEY: not set", NULL},
    {"SECRET_KEY=", NULL},
    {"password=\"\"", NULL},
    {"password=****", NULL},
    {"password: <redacted>", NULL},
    {"password=${DB_PASSWORD}", NULL},
    {"password=<*> user=<*>", NULL},
    {"\"token\": null, \"secret\": {\"name\": 1}", NULL},
    {"Invalid password: authentication failed", NULL},
    {"SyntaxError: Unexpected token: '}'", NULL},
    {"Unexpected token: foo", NULL},
    {"if (password == other)", NULL},
    {"Token::Expired", NULL},
    {"token://host/path", NULL},
    {"max_tokens=4096 token_type=Bearer", NULL},
    {"sig=11", NULL},
    {"pass: 5, fail: 0", NULL},
    {"Bearer authentication is required", NULL},
    {"bearer token expired", NULL},
    {"Basic authentication failed", NULL},
    {"Authorization: denied for user", NULL},
    {"Cookie: none was sent", NULL},
    {"http://host:8080/a@b", NULL},
    {"https://user@example.com/x", NULL},
    {"redis://[::1]:6379/0", NULL},
    {"sha256:" HEX_32 HEX_32, NULL},
    {HEX_32 HEX_32, NULL},
    {"digest " LINE_64, NULL},
    {LINE_64 " ok", NULL},
    {"com/acme/orders/OrderServiceImplementation", NULL},
    {"insertId 68c8b1c3000de3da7aeb2a0d", NULL},
    {"commit 6a2e6e5c0ffee0123456789abcdef0123456789a", NULL},
    {"550e8400-e29b-41d4-a716-446655440000", NULL},
    {"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", NULL},
    {"npm_config_cache and sk-learn and ghp_short", NULL},
    {"eyJust a word.", NULL},
    {"SERVICE_ID has trailing whitespace: 'netra-auth '", NULL},
    {"Container called exit(3).", NULL},
    {"<token> expected", NULL},
    {"compass: north and bypass=yes", NULL},
    {"", NULL},
};

static size_t
redact(struct lw_buf *out, const char *p, size_t n)
{
	size_t count;

	lw_buf_reset(out);
	count = lw_redact(out, lw_str_make(p, n));
	ck_assert(lw_buf_ok(out));
	return count;
}

START_TEST(secrets_go_and_near_misses_stay)
{
	const char *text = rows[_i].text, *want = rows[_i].want == NULL ? text : rows[_i].want;
	struct lw_buf once = {0}, twice = {0};
	size_t count;

	count = redact(&once, text, strlen(text));
	ck_assert_str_eq(once.n == 0 ? "" : once.p, want);
	ck_assert_int_eq(count == 0, strcmp(text, want) == 0);
	ck_assert_msg(redact(&twice, once.p, once.n) == 0, "%s becomes %s", once.p, twice.p);
	lw_buf_fini(&once);
	lw_buf_fini(&twice);
}
END_TEST

/* Every start of a text with a secret is a text that was cut off; none may be read behind its end.
 */
START_TEST(a_text_may_end_anywhere)
{
	struct lw_buf out = {0};
	size_t i, n;
	char *copy;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (n = 0; n < strlen(rows[i].text); n++) {
			copy = malloc(n > 0 ? n : 1); /* a sanitizer sees its end */
			ck_assert_ptr_nonnull(copy);
			memcpy(copy, rows[i].text, n);
			(void)redact(&out, copy, n);
			free(copy);
		}
	lw_buf_fini(&out);
}
END_TEST

/* What could make a finder look far ahead, again and again. */
static const char *const repeated[] = {"token=${", "token=projects/", "cookie: a cookie:", "sk-",
    "eyJaaaaaaaaaa-", "eyJaaaaaaaaaa.", "xoxb-", "SG.", "Bearer ", "://", "a://b:", "<token>",
    "password '", "token=\"", "\\\"token\\\":\\\"", "=", ":", " ", "--token ", "@tcp(", "token: (",
    "\x1b[0m", "-----BEGIN ", "Basic /", "authorization: digest", "token=a,", "token=[",
    "'token':'"};

START_TEST(time_is_linear)
{
	enum { BYTES = 1 << 18 };
	const char *unit = repeated[_i];
	size_t n = strlen(unit), i;
	struct lw_buf out = {0};
	char *text = malloc(BYTES);
	clock_t began = clock();

	ck_assert_ptr_nonnull(text);
	for (i = 0; i < BYTES; i++)
		text[i] = unit[i % n];
	(void)redact(&out, text, BYTES);
	/* Quadratic, this takes minutes; linear, some hundredths of a second even in a slow build.
	 */
	ck_assert_int_lt((long)((clock() - began) / CLOCKS_PER_SEC), 3);
	lw_buf_fini(&out);
	free(text);
}
END_TEST

TCase *
redact_case(void)
{
	TCase *tc = tcase_create("redact");

	tcase_add_loop_test(
	    tc, secrets_go_and_near_misses_stay, 0, (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tc, a_text_may_end_anywhere);
	tcase_add_loop_test(tc, time_is_linear, 0, (int)(sizeof(repeated) / sizeof(repeated[0])));
	return tc;
}
