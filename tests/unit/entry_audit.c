/* entry_audit.c - which audited calls are changes, and what they ask for. */
#include "entry_test.h"

#define LOG "\"logName\":\"projects/p/logs/cloudaudit.googleapis.com%%2F%s\","

static const struct {
	const char *service, *method, *resource, *more;
	const char *title, *target; /* NULL: no change */
	enum lw_change_kind kind;
} calls[] = {
    {"run.googleapis.com", "/Services.ReplaceService", "namespaces/p/services/api", "",
	"Deployment of", "api", LW_CHANGE_DEPLOYMENT},
    {"run.googleapis.com", "google.cloud.run.v2.Services.UpdateService",
	"projects/p/locations/l/services/api", "", "Deployment of", "api", LW_CHANGE_DEPLOYMENT},
    {"run.googleapis.com", "google.cloud.run.v2.Services.GetService",
	"projects/p/locations/l/services/api", "", NULL, NULL, 0},
    {"run.googleapis.com", "google.cloud.run.v1.Services.SetIamPolicy", "namespaces/p/services/api",
	"", "Access policy set on", "api", LW_CHANGE_PERMISSION},
    {"iam.googleapis.com", "google.iam.admin.v1.CreateServiceAccountKey",
	"projects/-/serviceAccounts/a@b/keys/c", "", "Key created for", "a@b",
	LW_CHANGE_PERMISSION},
    {"secretmanager.googleapis.com",
	"google.cloud.secretmanager.v1.SecretManagerService.DisableSecretVersion",
	"projects/1/secrets/s/versions/4", "", "Version disabled of secret", "s", LW_CHANGE_SECRET},
    {"k8s.io", "io.k8s.apps.v1.deployments.patch", "apps/v1/namespaces/n/deployments/web",
	",\"authenticationInfo\":{\"principalEmail\":\"dev@b\"}", "Deployment of", "web",
	LW_CHANGE_DEPLOYMENT},
    {"k8s.io", "io.k8s.apps.v1.deployments.patch", "apps/v1/namespaces/n/deployments/web",
	",\"authenticationInfo\":{\"principalEmail\":\"system:serviceaccount:argo:argo\"}",
	"Deployment of", "web", LW_CHANGE_DEPLOYMENT},
    {"k8s.io", "io.k8s.apps.v1.deployments.update", "apps/v1/namespaces/n/deployments/web",
	",\"authenticationInfo\":{\"principalEmail\":\"system:kube-controller-manager\"}", NULL,
	NULL, 0},
    {"k8s.io", "io.k8s.core.v1.pods.delete", "core/v1/namespaces/n/pods/web-1", "", NULL, NULL, 0},
    {"cloudsql.googleapis.com", "cloudsql.instances.restart", "projects/p/instances/main", "",
	"Restart of database instance", "main", LW_CHANGE_CONFIGURATION},
    {"redis.googleapis.com", "google.cloud.redis.v1.CloudRedis.FailoverInstance",
	"projects/p/locations/l/instances/r", "", "Change of", "r", LW_CHANGE_CONFIGURATION},
    {"storage.googleapis.com", "storage.objects.delete", "projects/_/buckets/b/objects/o", "", NULL,
	NULL, 0},
};

START_TEST(audited_calls_that_change_something_are_told)
{
	char text[1024];
	const struct lw_audit_change *c;

	(void)snprintf(text, sizeof(text),
	    "{\"insertId\":\"1\"," LOG "\"protoPayload\":{\"serviceName\":\"%s\","
	    "\"methodName\":\"%s\",\"resourceName\":\"%s\"%s}}",
	    "activity", calls[_i].service, calls[_i].method, calls[_i].resource, calls[_i].more);
	c = decode_one(text, LW_RECORD_JSON)->audit.change;
	if (calls[_i].title == NULL) {
		ck_assert_msg(c == NULL, "%s is no change", calls[_i].method);
		return;
	}
	ck_assert_msg(c != NULL, "%s is a change", calls[_i].method);
	ck_assert_str_eq(c->title, calls[_i].title);
	ck_assert_int_eq(c->kind, calls[_i].kind);
	ck_str(c->target, calls[_i].target);
}
END_TEST

START_TEST(data_access_changes_nothing)
{
	char text[512];

	(void)snprintf(text, sizeof(text),
	    "{\"insertId\":\"1\"," LOG "\"protoPayload\":{\"serviceName\":\"run.googleapis.com\","
	    "\"methodName\":\"Services.ReplaceService\",\"resourceName\":\"x\"}}",
	    "data_access");
	ck_assert_ptr_null(decode_one(text, LW_RECORD_JSON)->audit.change);
}
END_TEST

#define REQUEST(json) \
	"{\"insertId\":\"1\",\"protoPayload\":{\"serviceName\":\"run.googleapis.com\"," \
	"\"methodName\":\"a.Services.ReplaceService\",\"resourceName\":\"n/api\"," \
	"\"requestMetadata\":{\"callerSuppliedUserAgent\":\"x command/gcloud.run.deploy y\"}," \
	"\"request\":" json "}}"

START_TEST(settings_are_the_leaves_of_a_request_by_name)
{
	const struct lw_audit_change *c = decode_one(
	    REQUEST("{\"service\":{\"metadata\":{\"generation\":3,\"uid\":\"u\"},\"spec\":"
		    "{\"template\":{\"metadata\":{\"annotations\":{"
		    "\"autoscaling.knative.dev/maxScale\":\"20\","
		    "\"client.knative.dev/nonce\":\"q\"}},\"spec\":{\"containers\":[{"
		    "\"name\":\"c\",\"image\":\"i:1\",\"env\":[{\"name\":\"T\",\"value\":"
		    "\"75\"},{\"name\":\"P\",\"valueFrom\":{\"secretKeyRef\":{\"name\":\"s\","
		    "\"key\":\"3\"}}}],\"resources\":{\"limits\":{\"cpu\":\"4\"}}}]}}}}}"),
	    LW_RECORD_JSON)
					      ->audit.change;
	static const char *const want[][2] = {{"autoscaling.knative.dev/maxScale", "20"},
	    {"env.P", "reference to s:3"}, {"env.T", "75"}, {"image", "i:1"},
	    {"resources.limits.cpu", "4"}};
	size_t i;

	ck_assert_ptr_nonnull(c);
	ck_assert(c->whole);
	ck_str(c->command, "gcloud run deploy");
	ck_assert_uint_eq(c->setting_count, 5);
	for (i = 0; i < 5; i++) {
		ck_str(c->settings[i].name, want[i][0]);
		ck_str(c->settings[i].value, want[i][1]);
	}
}
END_TEST

START_TEST(a_request_with_too_many_settings_states_not_all)
{
	struct lw_buf b = {0};
	const struct lw_audit_change *c;
	int i;

	lw_buf_addz(&b, "{\"insertId\":\"1\",\"protoPayload\":{\"serviceName\":\"run.googleapis."
			"com\",\"methodName\":\"Services.ReplaceService\",\"resourceName\":\"x\","
			"\"request\":{");
	for (i = 0; i < 500; i++)
		lw_buf_printf(&b, "%s\"k%d\":\"%d\"", i == 0 ? "" : ",", i, i);
	lw_buf_addz(&b, "}}}");
	c = decode_one(b.p, LW_RECORD_JSON)->audit.change;
	ck_assert_ptr_nonnull(c);
	ck_assert_uint_eq(c->setting_count, LW_MAX_SETTINGS);
	ck_assert(!c->whole);
	lw_buf_fini(&b);
}
END_TEST

START_TEST(a_policy_gives_and_takes)
{
	const struct lw_audit_change *c =
	    decode_one("{\"insertId\":\"1\",\"protoPayload\":{\"methodName\":\"SetIamPolicy\","
		       "\"resourceName\":\"projects/p\",\"serviceData\":{\"policyDelta\":"
		       "{\"bindingDeltas\":[{\"action\":\"REMOVE\",\"role\":\"r1\",\"member\":"
		       "\"user:a\"},{\"action\":\"ADD\",\"role\":\"r2\",\"member\":\"user:b\"},"
		       "{\"action\":\"ADD\",\"role\":\"r3\",\"member\":\"user:c\"}]}}}}",
		LW_RECORD_JSON)
		->audit.change;

	ck_assert_ptr_nonnull(c);
	ck_str(c->granted, "r2 to user:b, r3 to user:c");
	ck_str(c->revoked, "r1 from user:a");
}
END_TEST

TCase *
entry_audit_case(void)
{
	TCase *t = tcase_create("audit");

	tcase_add_loop_test(t, audited_calls_that_change_something_are_told, 0,
	    (int)(sizeof(calls) / sizeof(calls[0])));
	tcase_add_test(t, data_access_changes_nothing);
	tcase_add_test(t, settings_are_the_leaves_of_a_request_by_name);
	tcase_add_test(t, a_request_with_too_many_settings_states_not_all);
	tcase_add_test(t, a_policy_gives_and_takes);
	return t;
}
