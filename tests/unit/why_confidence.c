/* why_confidence.c - the rule by which numbers become a confidence. */
#include "check_why.h"
#include "why/why.h"

#define NO_LAG .median_lag_ns = LW_TIME_NONE, .spread_lag_ns = LW_TIME_NONE

static double
confidence(struct lw_link_facts f)
{
	return lw_link_confidence(&f, NULL);
}

START_TEST(order_alone_never_gets_high)
{
	ck_assert(confidence((struct lw_link_facts){
		      NO_LAG, .traces = 1000000, .traces_of = 1000000}) < LW_ORDER_MAX);
	ck_assert(confidence((struct lw_link_facts){
		      NO_LAG, .instances = 1000000, .instances_of = 1000000}) < LW_ORDER_MAX);
	/* Near in time is not enough for a chain. */
	ck_assert(confidence((struct lw_link_facts){
		      NO_LAG, .nearby = 1000000, .nearby_of = 1000000}) < LW_LINK_ENOUGH);
}
END_TEST

START_TEST(few_cases_count_less_than_many)
{
	double one = confidence((struct lw_link_facts){NO_LAG, .instances = 1, .instances_of = 1});
	double many =
	    confidence((struct lw_link_facts){NO_LAG, .instances = 15, .instances_of = 15});

	ck_assert(one < many);
	ck_assert_double_eq_tol(one, 0.6 * 2 / 2.5, 1e-9);
	ck_assert_double_eq_tol(many, 0.6 * 16 / 16.5, 1e-9);
	ck_assert(confidence((struct lw_link_facts){NO_LAG, .stated = 1, .stated_of = 1}) <
		  confidence((struct lw_link_facts){NO_LAG, .stated = 15, .stated_of = 15}));
}
END_TEST

START_TEST(what_is_absent_elsewhere_gains_and_what_is_there_loses)
{
	struct lw_link_facts f = {NO_LAG, .instances = 20, .instances_of = 20};
	double alone = confidence(f);

	ck_assert_double_eq(lw_link_contrast(&f), -1);
	f.contrast_of = 30;
	f.contrast = 30;
	ck_assert_double_eq(lw_link_contrast(&f), 1);
	ck_assert(confidence(f) > alone);
	f.contrast = 3; /* 27 of 30 healthy instances show it as well */
	ck_assert(confidence(f) < alone / 2);
	/* Steps of time speak against it whatever the instances say. */
	f.contrast = 30;
	f.steps_of = 40;
	f.steps = 0;
	ck_assert(confidence(f) < 0.1);
	f.steps_of = 4; /* too few to tell */
	ck_assert(confidence(f) > alone);
}
END_TEST

START_TEST(the_excess_is_over_the_share_elsewhere)
{
	/* On 40 of 100 failed requests, and on none of 1000 good ones. */
	struct lw_link_facts f = {
	    NO_LAG, .traces = 40, .traces_of = 100, .requests = 1000, .requests_of = 1000};

	ck_assert_double_eq(lw_link_contrast(&f), 1);
	f.requests = 600; /* on as many of the good ones */
	ck_assert_double_eq_tol(lw_link_contrast(&f), 0, 1e-9);
}
END_TEST

START_TEST(what_is_near_by_chance_counts_less)
{
	struct lw_link_facts f = {NO_LAG, .instances = 3, .instances_of = 3, .close_of = 100};

	f.close = 30; /* two causes share the effect */
	f.apart = 60;
	ck_assert(!lw_link_is_chance(&f) && !lw_link_is_close(&f));
	ck_assert_double_eq_tol(confidence(f), 0.6 * 4 / 4.5, 1e-9);
	f.close = 5;
	f.apart = 78;
	ck_assert(lw_link_is_chance(&f));
	ck_assert_double_eq_tol(confidence(f), 0.3 * 4 / 4.5, 1e-9);
	f.instances = f.instances_of = 0;
	f.nearby = f.nearby_of = 100;
	ck_assert_double_eq_tol(confidence(f), 0.3 * 101 / 101.5, 1e-9);
	f.close = 100;
	f.apart = 0;
	ck_assert(lw_link_is_close(&f));
	ck_assert_double_eq_tol(confidence(f), 0.6 * 101 / 101.5, 1e-9);
}
END_TEST

START_TEST(kinds_add_up)
{
	struct lw_link_facts f = {NO_LAG, .catalogue = true};

	ck_assert_double_eq_tol(confidence(f), 0.35, 1e-9);
	f.stated = f.stated_of = 10;
	ck_assert_double_eq_tol(confidence(f), 1 - 0.65 * (1 - 0.85 * 11 / 11.5), 1e-9);
	f.named = f.named_of = 8;
	ck_assert_double_eq_tol(
	    confidence(f), 1 - 0.65 * (1 - 0.85 * 11 / 11.5) * (1 - 0.5 * 9 / 9.5), 1e-9);
}
END_TEST

TCase *
confidence_case(void)
{
	TCase *t = tcase_create("confidence");

	tcase_add_test(t, order_alone_never_gets_high);
	tcase_add_test(t, few_cases_count_less_than_many);
	tcase_add_test(t, what_is_absent_elsewhere_gains_and_what_is_there_loses);
	tcase_add_test(t, the_excess_is_over_the_share_elsewhere);
	tcase_add_test(t, what_is_near_by_chance_counts_less);
	tcase_add_test(t, kinds_add_up);
	return t;
}
