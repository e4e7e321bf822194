/* platform.c - commands of one platform in the words of another. */
#include "report/platform.h"

#include <string.h>

enum platform { RUN, RUN_JOB, KUBERNETES, MACHINE, FUNCTION, APP_ENGINE, PLATFORMS };

/* By how the resource type begins; see "Monitored resource types" of Cloud Logging. */
static const struct {
	const char *type;
	enum platform platform;
} types[] = {
    {"cloud_run_revision", RUN},
    {"cloud_run_job", RUN_JOB},
    {"k8s_", KUBERNETES},
    {"gce_instance", MACHINE},
    {"cloud_function", FUNCTION},
    {"gae_app", APP_ENGINE},
};

/* What describes a service, or its running copy. */
static const char *const describe[PLATFORMS] = {
    [RUN_JOB] = ("gcloud run jobs describe {service} --region={location} --project={project}"),
    [KUBERNETES] = ("kubectl get deployments -A --field-selector metadata.name={service} -o yaml"),
    [MACHINE] = ("gcloud compute instances describe {instance} --zone={location} "
		 "--project={project}"),
    [FUNCTION] = ("gcloud functions describe {service} --region={location} --project={project}"),
    [APP_ENGINE] = ("gcloud app versions list --service={service} --project={project}"),
};

/* Its former versions. */
static const char *const versions[PLATFORMS] = {
    [RUN_JOB] = ("gcloud run jobs executions list --job={service} --region={location} "
		 "--project={project}"),
    [KUBERNETES] = ("kubectl get replicasets -A --sort-by=.metadata.creationTimestamp"),
    [MACHINE] = ("gcloud compute operations list --project={project} --limit=5"),
    [FUNCTION] = ("gcloud functions describe {service} --region={location} --project={project}"),
    [APP_ENGINE] = ("gcloud app versions list --service={service} --project={project}"),
};

/* A look inside. */
static const char *const enter[PLATFORMS] = {
    [RUN] = ("gcloud run services logs read {service} --region={location} --project={project} "
	     "--limit=100"),
    [MACHINE] = ("gcloud compute ssh {instance} --zone={location} --project={project}"),
};

static const char *const describe_pod[PLATFORMS] = {
    [RUN] = ("gcloud run revisions describe {revision} --region={location} --project={project}"),
    [MACHINE] = ("gcloud compute instances describe {instance} --zone={location} "
		 "--project={project}"),
};

/* Commands that begin as `begins` says are of the platform `of`; elsewhere `instead` asks the same.
 * NULL: there are no words for it. */
static const struct {
	const char *begins;
	enum platform of;
	const char *const *instead;
} commands[] = {
    {"gcloud run services describe {service} ", RUN, describe},
    {"gcloud run revisions describe {revision} ", RUN, describe},
    {"gcloud run revisions list --service={service} ", RUN, versions},
    {"kubectl exec {instance} ", KUBERNETES, enter},
    {"kubectl logs {instance} ", KUBERNETES, enter},
    {"kubectl describe pod {instance}", KUBERNETES, describe_pod},
};

/* The label that holds what a report calls the service. */
static const char label[] = "resource.labels.service_name=";
static const char *const labels[PLATFORMS] = {[RUN] = "resource.labels.service_name=",
    [RUN_JOB] = "resource.labels.job_name=",
    [KUBERNETES] = "resource.labels.container_name=",
    [FUNCTION] = "resource.labels.function_name=",
    [APP_ENGINE] = "resource.labels.module_id="};

static enum platform
platform_of(struct lw_str type)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (lw_str_starts(type, lw_str_from(types[i].type)))
			return types[i].platform;
	return PLATFORMS;
}

void
lw_platform_command(struct lw_buf *out, const char *command, struct lw_str type, bool in_namespace)
{
	enum platform p = platform_of(type);
	struct lw_str text = lw_str_from(command);
	size_t i, at;

	if (p == PLATFORMS) {
		lw_buf_addstr(out, text);
		return;
	}
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (commands[i].of != p && commands[i].instead[p] != NULL &&
		    lw_str_starts(text, lw_str_from(commands[i].begins))) {
			lw_buf_addstr(out, lw_str_from(commands[i].instead[p]));
			return;
		}
	if (p == KUBERNETES && in_namespace && lw_str_starts(text, LW_STR("kubectl ")) &&
	    lw_str_find(text, LW_STR("{instance}")) != LW_NPOS) {
		lw_buf_addz(out, "kubectl -n {namespace} ");
		text = lw_str_make(text.p + strlen("kubectl "), text.n - strlen("kubectl "));
	}
	at = labels[p] == NULL ? LW_NPOS : lw_str_find(text, lw_str_from(label));
	if (at != LW_NPOS) {
		lw_buf_add(out, text.p, at);
		lw_buf_addstr(out, lw_str_from(labels[p]));
		text = lw_str_make(text.p + at + strlen(label), text.n - at - strlen(label));
	}
	lw_buf_addstr(out, text);
}
