#include "actors/supervisor/status_document.hpp"
#include "actors/supervisor/status_guard.hpp"
#include "protocol/json.hpp"
#include "test/unit/supervisor/stage.hpp"
#include "test/unit/supervisor/supervisor_fixture.hpp"

// A status that another client changes is written again
// (docs/behaviour/lifecycle.md#status-writes).

using namespace locust;
using namespace locust::testing;

namespace {

const std::string whole =
    R"({"phase":"Running","connectedWorkers":3,"conditions":[)"
    R"({"type":"Ready","status":"True"},{"type":"PodsHealthy","status":"True"}],)"
    R"("history":[{"sequence":1}]})";

locust_test at_version(const std::string& version, const std::string& status) {
  locust_test test;
  test.resource_version = version;
  if (!status.empty())
    test.status = std::make_shared<const std::string>(status);
  return test;
}

/// The status with a first member of this text.
std::string with(const std::string& member) {
  return '{' + member + ',' + whole.substr(1);
}

struct fixture : locust::test::supervisor_fixture {
  void show(const supervisor_actor& supervisor, const std::string& version,
            const std::string& status) {
    auto test = std::make_shared<locust_test>(*shop(status));
    test->resource_version = version;
    tell(supervisor,
         observation{present{std::make_shared<const seen_object>(*test)}});
  }

  std::vector<save_status>& sent() {
    return writer.received<save_status>();
  }

  /// A supervisor whose status is stored at version 10.
  supervisor_actor stored() {
    auto supervisor = start(shop());
    finish_lists(supervisor);
    create(child_kind::master_service);
    store(supervisor);
    document = *sent().back().document;
    sent().clear();
    return supervisor;
  }

  void confirm(const supervisor_actor& supervisor, const std::string& version) {
    tell(supervisor, status_saved{sent().back().revision, version});
  }

  std::string document;
};

} // namespace

BOOST_AUTO_TEST_SUITE(status_guard_suite)

BOOST_AUTO_TEST_CASE(every_field_that_is_written_is_guarded) {
  auto s = stage::started();
  s.shows(master_pod().exits(0)).shows(the_master().complete());
  live_status live{std::make_shared<const std::string>(R"({"users":5})")};
  auto status = render_status(s.core.state(), "{}", live);
  auto running =
      render_status(stage::started().core.state(), R"({"a":1})", live);
  for (const auto& text : {status, running}) {
    auto doc = json::parse(text).value();
    for (const auto& member : doc.GetObject()) {
      // The figures of a running test change without a document.
      if (text == running && member.name == "load")
        continue;
      auto less = json::parse(text).value();
      less.RemoveMember(member.name);
      BOOST_TEST_CONTEXT(member.name.GetString())
      BOOST_TEST((own_part_of(json::dump(less)) != own_part_of(text)));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_counts_as_a_change) {
  struct row {
    std::string what;
    std::string version;
    std::string status;
    bool spoiled;
  };
  const row rows[] = {
      {"the same", "11", whole, false},
      {"the same in another order", "11",
       R"({"history":[{"sequence":1}],"connectedWorkers":3,"conditions":[)"
       R"({"status":"True","type":"PodsHealthy"},)"
       R"({"type":"Ready","status":"True"}],"phase":"Running"})",
       false},
      {"a field that this version does not know", "11", with(R"("new":1)"),
       false},
      {"a condition of another controller", "11",
       R"({"phase":"Running","connectedWorkers":3,"conditions":[)"
       R"({"type":"Ready","status":"True"},{"type":"X","status":"True"},)"
       R"({"type":"PodsHealthy","status":"True"}],)"
       R"("history":[{"sequence":1}]})",
       false},
      {"a status that was removed", "11", "", true},
      {"a status that was emptied", "11", "{}", true},
      {"a field more", "11", with(R"("completionTime":"x")"), true},
      {"a condition less", "11",
       R"({"phase":"Running","connectedWorkers":3,"conditions":[)"
       R"({"type":"Ready","status":"True"}],"history":[{"sequence":1}]})",
       true},
      {"an older version, which a late watch reports", "9", "{}", false},
      {"what the API server made of the document", "10", "{}", false},
      {"a version without an order", "x", "{}", false},
  };
  for (const auto& r : rows) {
    BOOST_TEST_CONTEXT(r.what) {
      status_guard guard;
      guard.stored(std::make_shared<const std::string>(whole), "10");
      BOOST_TEST(guard.is_spoiled(at_version(r.version, r.status)) ==
                 r.spoiled);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_field_that_the_crd_does_not_keep_is_no_change) {
  status_guard guard;
  guard.stored(std::make_shared<const std::string>(with(R"("specHash":"a")")),
               "10");
  BOOST_TEST(!guard.is_spoiled(at_version("10", whole)));
  BOOST_TEST(!guard.is_spoiled(at_version("11", whole)));
  BOOST_TEST(guard.is_spoiled(at_version("12", "{}")));
}

BOOST_AUTO_TEST_CASE(repairs_become_rarer_while_somebody_insists) {
  status_guard guard;
  auto now = noon;
  for (auto pause : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
    BOOST_TEST((guard.next_repair() <= now));
    guard.on_repair(now);
    BOOST_TEST((guard.next_repair() == now + pause));
    now += pause;
  }
  now += status_guard::calm_after;
  guard.on_repair(now);
  BOOST_TEST((guard.next_repair() == now + 1s));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(status_repair, fixture)

BOOST_AUTO_TEST_CASE(a_spoiled_status_is_written_again_at_once) {
  auto supervisor = stored();
  auto forced = json::parse(document).value();
  forced["phase"].SetString("Succeeded");
  std::string version = "11";
  for (const auto& status : {std::string(), json::dump(forced)}) {
    show(supervisor, version, status);
    BOOST_REQUIRE(sent().size() == 1u);
    BOOST_TEST(*sent().back().document == document);
    BOOST_TEST(sent().back().urgent);
    BOOST_TEST(sent().back().resource_version == version);
    // What is shown until the write is stored is not repaired once more.
    show(supervisor, version, status);
    BOOST_TEST(sent().size() == 1u);
    confirm(supervisor, version + "1");
    sent().clear();
    version = "120";
    now += 1s;
  }
}

BOOST_AUTO_TEST_CASE(somebody_who_insists_waits) {
  auto supervisor = stored();
  show(supervisor, "11", "{}");
  confirm(supervisor, "12");
  show(supervisor, "13", "{}");
  BOOST_TEST(sent().size() == 1u);
  now += 1s;
  advance(1s);
  BOOST_REQUIRE(sent().size() == 2u);
  BOOST_TEST(sent().back().resource_version == "13");
}

BOOST_AUTO_TEST_CASE(a_change_that_the_watch_reports_before_the_answer) {
  auto supervisor = start(shop());
  finish_lists(supervisor);
  show(supervisor, "11", "{}"); // after version 10, which the answer names
  auto before = sent().size();
  store(supervisor);
  BOOST_TEST(sent().size() == before + 1);
}

BOOST_AUTO_TEST_CASE(a_status_of_another_leader_is_not_repaired) {
  auto supervisor = stored();
  auto newer = json::parse(document).value();
  auto& history = newer["history"];
  json::value entry(rapidjson::kObjectType);
  entry.CopyFrom(history[history.Size() - 1], newer.GetAllocator());
  entry["sequence"].SetInt(40);
  entry["time"].SetString("2027-01-01T00:00:00.000000Z");
  history.PushBack(entry, newer.GetAllocator());
  show(supervisor, "11", json::dump(newer));
  BOOST_TEST(sent().empty());
}

BOOST_AUTO_TEST_CASE(a_history_that_no_operator_wrote_is_replaced) {
  auto supervisor = stored();
  auto spoiled = json::parse(document).value();
  auto& entry = spoiled["history"][0];
  entry["sequence"].SetInt(64);
  entry["time"].SetString("9999-12-31T23:59:59Z");
  while (spoiled["history"].Size() > 1)
    spoiled["history"].PopBack();
  show(supervisor, "11", json::dump(spoiled));
  BOOST_REQUIRE(sent().size() == 1u);
  BOOST_TEST(*sent().back().document == document);
  BOOST_TEST(sent().back().resource_version == "11");
}

BOOST_AUTO_TEST_CASE(a_follower_repairs_nothing) {
  stored();
  auto follower = follow(shop(document));
  finish_lists(follower);
  sent().clear();
  show(follower, "11", "{}");
  BOOST_TEST(sent().empty());
}

BOOST_AUTO_TEST_CASE(a_run_that_is_over_is_repaired_too) {
  auto run = stage::started();
  run.shows(master_pod().exits(0)).shows(the_master().complete());
  auto status = render_status(run.core.state(), "");
  auto supervisor = start(shop(status));
  finish_lists(supervisor);
  now += 1s;
  sent().clear();
  show(supervisor, "11", "{}");
  BOOST_REQUIRE(sent().size() == 1u);
  BOOST_TEST(*sent().back().document == status);
}

BOOST_AUTO_TEST_CASE(conditions_of_other_controllers_go_with_the_document) {
  auto supervisor = stored();
  auto marked = json::parse(document).value();
  json::value condition(rapidjson::kObjectType);
  condition.AddMember("type", "Seen", marked.GetAllocator());
  marked["conditions"].PushBack(condition, marked.GetAllocator());
  show(supervisor, "11", json::dump(marked));
  BOOST_TEST(sent().empty());
  answer_created(child_kind::master_job);
  BOOST_REQUIRE(sent().size() == 1u);
  BOOST_TEST(sent().back().other_conditions == R"([{"type":"Seen"}])");
}

BOOST_AUTO_TEST_SUITE_END()
