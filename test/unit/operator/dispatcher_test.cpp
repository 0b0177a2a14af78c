#include "actors/operator/dispatcher.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace locust;

namespace {

constexpr auto tests = watched_kind::locust_tests;
constexpr auto jobs = watched_kind::jobs;

std::string in_words(const observation& what) {
  if (const auto* there = std::get_if<present>(&what))
    return to_string(key_of(*there->object)) + " is there";
  if (const auto* absent = std::get_if<gone>(&what))
    return to_string(absent->key) + " is gone";
  const auto& whole = std::get<listed>(what);
  return std::string(to_string(whole.kind)) + " listed in '" + whole.ns + "'";
}

observation there(seen_object object) {
  return present{std::make_shared<const seen_object>(std::move(object))};
}

observation test(std::string ns, std::string name, std::string uid = "1") {
  locust_test seen;
  seen.key = {std::move(ns), std::move(name)};
  seen.uid = std::move(uid);
  return there(seen);
}

observation job(std::string ns, std::string name,
                job_verdict verdict = job_verdict::none) {
  job_seen seen;
  seen.key = {std::move(ns), std::move(name)};
  seen.uid = "uid-of-" + seen.key.name;
  seen.owner = owner_reference{"locust.io/v2", "LocustTest", "", ""};
  seen.verdict = verdict;
  return there(seen);
}

const timestamp ended_at{std::chrono::hours(1000)};
const std::string final_status = R"({"phase":"Failed"})";

/// `a/shop` with this status.
observation finished_test(const std::string& status = final_status) {
  locust_test seen;
  seen.key = {"a", "shop"};
  seen.uid = "1";
  seen.status = std::make_shared<const std::string>(status);
  return there(seen);
}

std::shared_ptr<const finished_run> what_is_kept() {
  finished_run run;
  run.packed_status = pack_status(final_status);
  run.ended_at = ended_at;
  return std::make_shared<const finished_run>(std::move(run));
}

/// Handles are names with a number; what is sent to them is kept.
struct fixture {
  std::map<std::string, std::vector<std::string>> told;
  bool ready = false;
  int begun = 0;
  /// What is kept of the next new test; null: it is followed.
  std::shared_ptr<const finished_run> found_finished;
  std::optional<dispatcher<std::string>> all;

  void watch(const std::vector<std::string>& namespaces) {
    all.emplace(
        namespaces,
        [this](std::shared_ptr<const locust_test> begins) {
          auto handle = to_string(begins->key) + "#" + std::to_string(++begun);
          told[handle];
          return handle;
        },
        [this](std::shared_ptr<const locust_test> test, const finished_run&) {
          auto handle = to_string(test->key) + "#again";
          told[handle] = {"begins with " + *test->status};
          return handle;
        },
        [this](const locust_test&) {
          return std::exchange(found_finished, nullptr);
        },
        [this](const std::string& handle, const observation& what) {
          told[handle].push_back(in_words(what));
        });
  }

  void report(watched_kind kind, std::string ns, observations batch) {
    bool now = all->on_watch_report(
        {kind, std::make_shared<const observations>(std::move(batch)),
         std::move(ns)});
    BOOST_TEST(!(now && ready), "ready twice");
    ready = ready || now;
  }

  void list(watched_kind kind, const std::string& ns, observations batch = {}) {
    batch.push_back(listed{kind, "10", ns});
    report(kind, ns, std::move(batch));
  }

  void list_all(const std::string& ns) {
    for (auto kind : all_watched_kinds)
      list(kind, ns);
  }

  /// `a/shop` is finished, and has heard everything.
  void finish() {
    watch({});
    list_all("");
    report(tests, "", {finished_test()});
    report(jobs, "", {job("a", "shop-worker")});
    BOOST_TEST(all->retire({"a", "shop"}, "a/shop#1", watched_kind_count + 1,
                           what_is_kept()));
  }
};

using lines = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(dispatchers, fixture)

BOOST_AUTO_TEST_CASE(children_wait_for_the_list_of_tests) {
  watch({});
  list(jobs, "", {job("a", "shop-master")});
  BOOST_TEST(begun == 0);
  report(tests, "", {test("a", "shop")});
  BOOST_TEST(told["a/shop#1"].empty());
  list(tests, "", {test("b", "cart")});
  BOOST_TEST((told["a/shop#1"] == lines{"locusttests listed in ''",
                                        "a/shop-master is there",
                                        "jobs listed in ''"}));
  BOOST_TEST((told["b/cart#2"] ==
              lines{"locusttests listed in ''", "jobs listed in ''"}));
}

BOOST_AUTO_TEST_CASE(a_later_test_gets_earlier_lists) {
  watch({});
  list_all("");
  report(tests, "", {test("a", "shop")});
  BOOST_TEST(told["a/shop#1"].size() == watched_kind_count);
  report(jobs, "", {job("a", "shop-worker"), job("a", "other-worker")});
  BOOST_TEST(told["a/shop#1"].back() == "a/shop-worker is there");
}

BOOST_AUTO_TEST_CASE(it_is_ready_once_when_every_list_is_complete) {
  watch({"a", "b"});
  list_all("a");
  list_all("a");
  BOOST_TEST(!ready);
  for (auto kind : all_watched_kinds)
    if (kind != tests)
      list(kind, "b");
  BOOST_TEST(!ready);
  list(tests, "b"); // the other lists of b had waited for it
  BOOST_TEST(ready);
  list_all("b");
}

BOOST_AUTO_TEST_CASE(a_list_concerns_only_its_namespace) {
  watch({"a", "b"});
  list(tests, "a", {test("a", "shop")});
  list(tests, "b", {test("b", "shop")});
  told["a/shop#1"].clear();
  told["b/shop#2"].clear();
  list(jobs, "b", {job("b", "shop-master")});
  BOOST_TEST(told["a/shop#1"].empty());
  BOOST_TEST((told["b/shop#2"] ==
              lines{"b/shop-master is there", "jobs listed in 'b'"}));
}

BOOST_AUTO_TEST_CASE(children_wait_for_the_tests_of_their_own_namespace) {
  watch({"a", "b"});
  list(jobs, "a", {job("a", "shop-master")});
  list(tests, "b", {test("b", "shop")});
  BOOST_TEST((told["b/shop#1"] == lines{"locusttests listed in 'b'"}));
  list(tests, "a", {test("a", "shop")});
  BOOST_TEST((told["a/shop#2"] == lines{"locusttests listed in 'a'",
                                        "a/shop-master is there",
                                        "jobs listed in 'a'"}));
}

BOOST_AUTO_TEST_CASE(a_new_test_gets_only_lists_of_its_namespace) {
  watch({"a", "b"});
  list_all("a");
  list(tests, "b");
  report(tests, "b", {test("b", "shop")});
  BOOST_TEST((told["b/shop#1"] == lines{"locusttests listed in 'b'"}));
}

BOOST_AUTO_TEST_CASE(a_reused_name_is_another_test) {
  watch({});
  list_all("");
  report(tests, "", {test("a", "shop", "1"), test("a", "shop", "1")});
  BOOST_TEST(begun == 1);
  report(tests, "", {test("a", "shop", "2")});
  BOOST_TEST(begun == 2);
  BOOST_TEST(told["a/shop#1"].back() == "a/shop is gone");
  report(jobs, "", {job("a", "shop-master")});
  BOOST_TEST(told["a/shop#1"].back() == "a/shop is gone");
  BOOST_TEST(told["a/shop#2"].back() == "a/shop-master is there");
  BOOST_TEST(all->tests() == 1u);
}

BOOST_AUTO_TEST_CASE(a_test_that_is_gone_gets_nothing) {
  watch({});
  list_all("");
  report(tests, "", {test("a", "shop", "1")});
  report(tests, "", {gone{tests, {"a", "shop"}, "other", {}}});
  BOOST_TEST(all->tests() == 1u);
  report(tests, "", {gone{tests, {"a", "shop"}, "1", {}}});
  BOOST_TEST(all->tests() == 0u);
  report(jobs, "", {job("a", "shop-master")});
  BOOST_TEST(told["a/shop#1"].back() == "a/shop is gone");
}

BOOST_AUTO_TEST_CASE(each_test_is_visited) {
  watch({"a", "b"});
  list(tests, "a", {test("a", "shop"), test("a", "cart")});
  list(tests, "b", {test("b", "shop")});
  size_t n = 0;
  all->for_each([&](const std::string& handle) {
    BOOST_TEST(told.count(handle) == 1u);
    ++n;
  });
  BOOST_TEST(n == 3u);
  BOOST_TEST(all->tests() == 3u);
}

BOOST_AUTO_TEST_CASE(a_test_is_found_by_its_handle) {
  watch({"a", "b"});
  list(tests, "a", {test("a", "shop", "u1")});
  list(tests, "b", {test("b", "cart", "u2")});
  auto found =
      all->find_if([](const std::string& one) { return one == "b/cart#2"; });
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST((found->first == object_key{"b", "cart"}));
  BOOST_TEST(found->second == "u2");
  BOOST_TEST(!all->find_if([](const std::string&) { return false; }));
}

// -- finished tests
// ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_finished_test_gets_nothing_about_children_and_lists) {
  finish();
  report(jobs, "", {job("a", "shop-master")});
  list_all("");
  report(tests, "", {finished_test()});
  BOOST_TEST(told["a/shop#1"].size() == watched_kind_count + 1);
  BOOST_TEST(!told.contains("a/shop#again"));
  BOOST_TEST(all->tests() == 1u);
  all->for_each([](const std::string& one) {
    BOOST_ERROR(one + " is visited although it is finished");
  });
}

BOOST_AUTO_TEST_CASE(a_test_is_kept_when_it_has_not_heard_everything) {
  watch({});
  list_all("");
  report(tests, "", {finished_test()});
  BOOST_TEST(!all->retire({"a", "shop"}, "a/shop#1", watched_kind_count - 1,
                          what_is_kept()));
  BOOST_TEST(!all->retire({"a", "shop"}, "another", watched_kind_count,
                          what_is_kept()));
  report(jobs, "", {job("a", "shop-master")});
  BOOST_TEST(told["a/shop#1"].back() == "a/shop-master is there");
}

BOOST_AUTO_TEST_CASE(a_finished_test_that_is_changed_is_followed_again) {
  finish();
  auto changed = finished_test("{}");
  report(tests, "", {changed});
  auto& heard = told["a/shop#again"];
  BOOST_REQUIRE(heard.size() == watched_kind_count + 2);
  BOOST_TEST(heard.front() == "begins with " + final_status);
  BOOST_TEST(heard[1] == "locusttests listed in 'a'");
  BOOST_TEST(heard.back() == "a/shop is there");
  report(jobs, "", {job("a", "shop-master")});
  BOOST_TEST(told["a/shop#again"].back() == "a/shop-master is there");
}

BOOST_AUTO_TEST_CASE(a_finished_test_hears_of_its_deletion) {
  finish();
  report(tests, "", {gone{tests, {"a", "shop"}, "1", {}}});
  BOOST_TEST(told["a/shop#again"].back() == "a/shop is gone");
  BOOST_TEST(all->tests() == 0u);
}

BOOST_AUTO_TEST_CASE(a_test_that_ended_lately_can_be_followed_again) {
  finish();
  all->revive_since(ended_at + std::chrono::seconds(1));
  BOOST_TEST(!told.contains("a/shop#again"));
  all->revive_since(ended_at);
  BOOST_TEST(told.contains("a/shop#again"));
}

BOOST_AUTO_TEST_CASE(a_test_that_is_found_finished_is_not_followed) {
  watch({});
  found_finished = what_is_kept();
  list(jobs, "", {job("a", "shop-master", job_verdict::complete)});
  list(tests, "", {finished_test()});
  list(watched_kind::services, "");
  list(watched_kind::pods, "");
  report(jobs, "", {job("a", "shop-worker")});
  BOOST_TEST(told.empty());
  BOOST_TEST(all->tests() == 1u);
  report(tests, "", {finished_test("{}")});
  BOOST_TEST(told["a/shop#again"].back() == "a/shop is there");
}

BOOST_AUTO_TEST_CASE(a_finished_test_is_followed_while_a_job_of_it_goes_on) {
  watch({});
  found_finished = what_is_kept();
  list(jobs, "",
       {job("a", "shop-master", job_verdict::complete),
        job("a", "shop-worker")});
  list(tests, "", {finished_test()});
  list(watched_kind::services, "");
  BOOST_TEST(told.empty());
  list(watched_kind::pods, "");
  auto& heard = told["a/shop#again"];
  BOOST_REQUIRE(heard.size() == 7u);
  BOOST_TEST(heard[1] == "a/shop-master is there");
  BOOST_TEST(heard[2] == "a/shop-worker is there");
  BOOST_TEST(heard.back() == "pods listed in 'a'");
}

BOOST_AUTO_TEST_SUITE_END()
