#include "actors/operator/routing.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

namespace {

owner_reference owned_by(std::string test) {
  return {"locust.io/v2", "LocustTest", std::move(test), "uid-of-test"};
}

observation there(seen_object object) {
  return present{std::make_shared<const seen_object>(std::move(object))};
}

observation job(std::string name, std::string uid,
                std::optional<owner_reference> owner) {
  job_seen seen;
  seen.key = {"perf", std::move(name)};
  seen.uid = std::move(uid);
  seen.owner = std::move(owner);
  return there(seen);
}

observation pod(std::string name, std::string role) {
  pod_seen seen;
  seen.key = {"perf", std::move(name)};
  seen.uid = "uid-" + seen.key.name;
  seen.role_name = std::move(role);
  return there(seen);
}

observation warning(std::string kind, std::string name) {
  warning_seen seen;
  seen.key = {"perf", "event"};
  seen.uid = "uid-of-event";
  seen.about_kind = std::move(kind);
  seen.about_name = std::move(name);
  return there(seen);
}

observation vanished(watched_kind kind, std::string name, std::string uid) {
  return gone{kind, {"perf", std::move(name)}, std::move(uid), nullptr};
}

const object_key shop{"perf", "shop"};

} // namespace

BOOST_AUTO_TEST_SUITE(routing)

BOOST_AUTO_TEST_CASE(a_pod_is_named_after_its_job_and_five_characters) {
  BOOST_TEST(job_name_of_pod("shop-worker-7k2mq").value() == "shop-worker");
  BOOST_TEST(!job_name_of_pod("shop").has_value());
  BOOST_TEST(!job_name_of_pod("-7k2mq").has_value());
  BOOST_TEST(!job_name_of_pod("shop-worker7k2mq").has_value());
}

BOOST_AUTO_TEST_CASE(every_child_finds_the_test_that_has_it) {
  child_table table;
  table.add(shop);
  for (const auto& what :
       {job("shop-master", "1", {}), job("shop-worker", "2", {}),
        pod("shop-worker-7k2mq", "shop-worker"), pod("shop-worker-7k2mq", ""),
        warning("Pod", "shop-master-abcde"), warning("Job", "shop-worker"),
        vanished(watched_kind::pods, "shop-master-abcde", "3"),
        vanished(watched_kind::services, "shop-master", "4")}) {
    auto found = table.find(what);
    BOOST_REQUIRE(found.size() == 1u);
    BOOST_TEST((found.front() == shop));
  }
}

BOOST_AUTO_TEST_CASE(pods_with_shortened_names_find_their_test) {
  // The API server keeps 58 characters of "<job>-" and adds five.
  for (size_t length : {50u, 51u, 52u, 53u, 56u}) {
    object_key test{"perf", std::string(length, 'a')};
    child_table table;
    table.add(test);
    for (const std::string role : {"-master", "-worker"}) {
      auto name = (test.name + role + '-').substr(0, 58) + "7k2mq";
      for (const auto& what :
           {pod(name, ""), warning("Pod", name),
            vanished(watched_kind::pods, name, "uid-" + name)}) {
        auto found = table.find(what);
        BOOST_REQUIRE_MESSAGE(found.size() == 1u, name << " is nobody's");
        BOOST_TEST((found.front() == test));
      }
    }
    table.remove(test);
    BOOST_TEST(table.find(warning("Pod", test.name + "-master-7k2mq")).empty());
  }
}

BOOST_AUTO_TEST_CASE(foreign_objects_are_not_stored) {
  child_table table;
  table.add(shop);
  BOOST_TEST(table.find(job("cart-master", "1", {})).empty());
  BOOST_TEST(table
                 .find(job("cart-master", "2",
                           owner_reference{"apps/v1", "Deployment", "c", "d"}))
                 .empty());
  BOOST_TEST(table.waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(an_early_child_is_delivered_to_its_test) {
  child_table table;
  BOOST_TEST(table.find(job("shop-master", "1", owned_by("shop"))).empty());
  BOOST_TEST(table.find(pod("shop-master-abcde", "shop-master")).empty());
  BOOST_TEST(table.waiting() == 2u);
  BOOST_TEST(table.add(shop).size() == 2u);
  BOOST_TEST(table.waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(an_early_child_that_is_gone_is_dropped) {
  child_table table;
  table.find(job("shop-master", "1", owned_by("shop")));
  table.find(vanished(watched_kind::jobs, "shop-master", "1"));
  BOOST_TEST(table.waiting() == 0u);
  BOOST_TEST(table.add(shop).empty());
}

BOOST_AUTO_TEST_CASE(two_tests_with_one_child_name_both_see_the_object) {
  child_table table;
  object_key dotted{"perf", "a.b"};
  object_key dashed{"perf", "a-b"};
  table.add(dotted);
  table.add(dashed);
  BOOST_TEST(table.find(job("a-b-master", "1", owned_by("a.b"))).size() == 2u);
  table.remove(dotted);
  auto left = table.find(job("a-b-master", "1", owned_by("a.b")));
  BOOST_REQUIRE(left.size() == 1u);
  BOOST_TEST((left.front() == dashed));
}

BOOST_AUTO_TEST_CASE(the_same_names_in_another_namespace_are_other_tests) {
  child_table table;
  table.add({"other", "shop"});
  BOOST_TEST(table.find(job("shop-master", "1", {})).empty());
}

BOOST_AUTO_TEST_CASE(the_next_test_of_a_name_gets_the_pods_of_the_earlier_one) {
  auto live = pod("shop-worker-7k2mq", "shop-worker");
  pod_seen over;
  over.key = {"perf", "shop-worker-7k2mq"};
  over.uid = "uid-shop-worker-7k2mq";
  over.role_name = "shop-worker";
  over.phase = pod_phase::succeeded;
  struct row {
    std::string what;
    std::vector<observation> after;
    size_t shown;
  };
  const row rows[] = {
      {"it runs", {}, 1},
      {"it is reported again", {live}, 1},
      {"it has ended", {there(over)}, 0},
      {"it is gone",
       {vanished(watched_kind::pods, "shop-worker-7k2mq",
                 "uid-shop-worker-7k2mq")},
       0},
  };
  for (const auto& r : rows) {
    BOOST_TEST_CONTEXT(r.what) {
      child_table table;
      table.add(shop);
      table.find(live);
      for (const auto& what : r.after)
        table.find(what);
      table.remove(shop);
      BOOST_TEST(table.add(shop).size() == r.shown);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_pod_that_ends_between_two_tests_is_not_shown) {
  child_table table;
  table.add(shop);
  table.find(pod("shop-worker-7k2mq", "shop-worker"));
  table.remove(shop);
  table.find(vanished(watched_kind::pods, "shop-worker-7k2mq",
                      "uid-shop-worker-7k2mq"));
  BOOST_TEST(table.add(shop).empty());
}

BOOST_AUTO_TEST_CASE(a_pod_with_a_shortened_name_is_shown_once) {
  child_table table;
  object_key test{"perf", std::string(56, 'x')};
  auto job = test.name + "-worker";
  auto name = shortened_job_name(job) + "7k2mq";
  table.add(test);
  table.find(pod(name, job));
  table.remove(test);
  BOOST_TEST(table.add(test).size() == 1u);
  // By its name only.
  table.find(vanished(watched_kind::pods, name, "uid-" + name));
  table.remove(test);
  BOOST_TEST(table.add(test).empty());
}

BOOST_AUTO_TEST_SUITE_END()
