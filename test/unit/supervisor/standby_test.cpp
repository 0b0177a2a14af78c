#include "actors/status_writer/status_patch.hpp"
#include "actors/supervisor/observed_objects.hpp"
#include "supervisor_fixture.hpp"
#include "test/unit/support/answers.hpp"

// Replicas: followers, and the state that a new leader starts with.

using namespace locust;
using namespace std::chrono_literals;

namespace {

struct fixture : test::supervisor_fixture {
  /// Lets another leader of the same test create this many children. Returns
  /// the statuses that it wrote, oldest first.
  std::vector<std::string> statuses_of_a_leader(int children) {
    auto leader = start(shop());
    finish_lists(leader);
    store(leader);
    for (auto child : {child_kind::master_service, child_kind::master_job,
                       child_kind::worker_job})
      if (children-- > 0) {
        create(child);
        if (job_ttl)
          store(leader); // each attempt is stored before it is made
      }
    std::vector<std::string> all;
    for (const auto& sent : writer.received<save_status>())
      all.push_back(*sent.document);
    tell(leader, stop_request{});
    writer.received<save_status>().clear();
    queue.received<build_child>().clear();
    recorder.received<record_event>().clear();
    while (queue.unanswered<build_child>() > 0)
      queue.reply_error<build_child>(
          caf::make_error(caf::sec::request_receiver_down));
    now += 1s;
    return all;
  }

  static inline const owner_reference owner{"locust.io/v2", "LocustTest",
                                            "shop", "u1"};

  static std::shared_ptr<locust_test> shop_at(const std::string& version,
                                              const std::string& status) {
    auto made = std::make_shared<locust_test>(*shop(status));
    made->resource_version = version;
    return made;
  }

  void show(const supervisor_actor& supervisor,
            const std::shared_ptr<locust_test>& test) {
    tell(supervisor,
         observation{present{std::make_shared<const seen_object>(*test)}});
  }

  /// The object as a read returns it.
  static api_response stored_as(const locust_test& test) {
    return test::answer(200, R"({"metadata":{"uid":")" + test.uid +
                                 R"(","resourceVersion":")" +
                                 test.resource_version + R"("},"status":)" +
                                 *test.status + "}");
  }

  /// The `kind`s of the history that was sent last.
  std::vector<std::string> kinds() {
    std::vector<std::string> all;
    auto doc = json::parse(*writer.received<save_status>().back().document);
    for (const auto& entry : (*doc)["history"].GetArray())
      all.push_back(json::text_at(entry, {"kind"}));
    return all;
  }

  void see_job(const supervisor_actor& supervisor, child_kind child,
               int32_t active = 0) {
    job_seen job;
    job.key = {"perf", child_name("shop", child)};
    job.uid = "uid-" + std::string(to_string(child));
    job.resource_version = "30";
    job.owner = owner;
    job.active = active;
    tell(supervisor,
         observation{present{std::make_shared<const seen_object>(job)}});
    if (active > 0)
      see_running_pod(supervisor, job);
  }

  /// Reports the Jobs of the status only after the replica has become the
  /// leader.
  void let_jobs_come_late() {
    auto before = statuses_of_a_leader(3);
    auto follower = follow(shop_at("9", before.back()));
    finish_lists(follower);
    tell(follower, leadership{});
    wait(100ms);
    BOOST_TEST(writer.received<save_status>().empty());
    BOOST_TEST(queue.received<build_child>().empty());
    see_job(follower, child_kind::master_job, 1);
    see_job(follower, child_kind::worker_job, 2);
    BOOST_REQUIRE(!writer.received<save_status>().empty());
    BOOST_TEST(phase(writer.received<save_status>().back()) == "Running");
    wait(record_patience);
    for (const auto& x : queue.received<build_child>())
      BOOST_TEST((x.child == child_kind::master_service));
  }

  void wait(std::chrono::microseconds time) {
    now += time;
    advance(time);
  }

  bool is_silent() {
    return writer.received<save_status>().empty() &&
           queue.received<build_child>().empty() &&
           recorder.received<record_event>().empty() &&
           sampler.received<follow_master>().empty() &&
           client.received<api_request>().empty();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(standby, fixture)

BOOST_AUTO_TEST_CASE(a_follower_does_nothing_whatever_it_observes) {
  auto follower = follow(shop());
  finish_lists(follower);
  see_job(follower, child_kind::master_job, 1);
  auto leaving = shop_at("8", "{}");
  leaving->deleting = true;
  leaving->finalizers = {"locust.io/cleanup"};
  show(follower, leaving);
  advance(10min);
  BOOST_TEST(is_silent());
  tell(follower,
       observation{
           gone{watched_kind::locust_tests, {"perf", "shop"}, "u1", nullptr}});
  BOOST_TEST(is_silent());
  BOOST_TEST(!alive(follower));
}

BOOST_AUTO_TEST_CASE(a_follower_that_becomes_the_leader_begins_a_new_test) {
  auto follower = follow(shop());
  finish_lists(follower);
  tell(follower, leadership{});
  BOOST_TEST(queue.received<build_child>().empty());
  client.reply<api_request>(test::answer(
      200, R"({"metadata":{"uid":"u1","resourceVersion":"7"},"spec":{}})"));
  BOOST_TEST(writer.received<save_status>().size() == 1u);
  tell(follower, leadership{}); // a second one has no effect
  BOOST_TEST(writer.received<save_status>().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_run_that_a_new_leader_has_not_heard_of_is_not_begun) {
  auto before = statuses_of_a_leader(3);
  auto follower = follow(shop());
  finish_lists(follower);
  tell(follower, leadership{});
  client.reply<api_request>(stored_as(*shop_at("9", before.back())));
  see_job(follower, child_kind::master_job, 1);
  see_job(follower, child_kind::worker_job, 2);
  BOOST_REQUIRE(!writer.received<save_status>().empty());
  BOOST_TEST(phase(writer.received<save_status>().back()) == "Running");
  BOOST_TEST(queue.received<build_child>().empty());
}

BOOST_AUTO_TEST_CASE(a_new_leader_goes_on_from_the_newest_status) {
  auto before = statuses_of_a_leader(3);
  auto follower = follow(shop());
  finish_lists(follower);
  show(follower, shop_at("8", before.front()));
  show(follower, shop_at("9", before.back()));
  see_job(follower, child_kind::master_job, 1);
  see_job(follower, child_kind::worker_job, 2);
  tell(follower, leadership{});
  BOOST_REQUIRE(!writer.received<save_status>().empty());
  const auto& sent = writer.received<save_status>().back();
  BOOST_TEST(sent.resource_version == "9");
  BOOST_TEST((sent.base == end_of_history(before.back())));
  BOOST_TEST(kinds().front() == "Accepted");
  BOOST_TEST(queue.received<build_child>().empty());
  wait(record_patience);
  confirm_existence();
  BOOST_REQUIRE(queue.received<build_child>().size() == 1u);
  BOOST_TEST(
      (queue.received<build_child>()[0].child == child_kind::master_service));
}

BOOST_AUTO_TEST_CASE(children_in_the_stored_status_are_awaited) {
  let_jobs_come_late();
}

BOOST_AUTO_TEST_CASE(they_are_awaited_also_with_a_ttl) {
  job_ttl = 60;
  let_jobs_come_late();
}

BOOST_AUTO_TEST_CASE(children_that_never_come_are_lost_in_the_end) {
  job_ttl = 60;
  auto follower = follow(shop_at("9", statuses_of_a_leader(3).back()));
  finish_lists(follower);
  tell(follower, leadership{});
  BOOST_TEST(writer.received<save_status>().empty());
  wait(record_patience);
  BOOST_REQUIRE(!writer.received<save_status>().empty());
  const auto& last = writer.received<save_status>().back();
  BOOST_TEST(phase(last) == "Failed");
  BOOST_TEST(last.document->find("OutcomeUnknown") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_child_whose_deletion_was_observed_is_not_awaited) {
  auto before = statuses_of_a_leader(3);
  auto follower = follow(shop_at("9", before.back()));
  finish_lists(follower);
  see_job(follower, child_kind::master_job, 1);
  tell(follower, observation{gone{watched_kind::jobs,
                                  {"perf", "shop-master"},
                                  "uid-MasterJob",
                                  nullptr}});
  tell(follower, leadership{});
  confirm_existence();
  BOOST_REQUIRE(!writer.received<save_status>().empty());
  BOOST_TEST(kinds().back() == "ChildDeleted");
}

BOOST_AUTO_TEST_CASE(
    a_leader_reads_the_status_of_an_announced_run_that_appears_late) {
  auto before = statuses_of_a_leader(0);
  auto follower = follow(shop());
  finish_lists(follower);
  tell(follower, leadership{});
  writer.received<save_status>().clear();
  show(follower, shop_at("8", before.back()));
  BOOST_REQUIRE(client.unanswered<api_request>() == 1u);
  for (const auto& x : queue.received<build_child>())
    BOOST_TEST((x.child == child_kind::master_service));
  client.reply<api_request>(stored_as(*shop_at("8", before.back())));
}

BOOST_AUTO_TEST_CASE(a_read_without_an_answer_is_repeated) {
  auto test = shop_at("7", statuses_of_a_leader(0).back());
  auto follower = follow(test);
  finish_lists(follower);
  tell(follower, leadership{});
  client.reply_error<api_request>(caf::make_error(caf::sec::request_timeout));
  wait(1s);
  BOOST_REQUIRE(client.unanswered<api_request>() == 1u);
  client.reply<api_request>(stored_as(*test));
  create(child_kind::master_service);
}

BOOST_AUTO_TEST_CASE(a_run_that_is_announced_waits_for_the_newest_status) {
  // The watch lags behind: the old leader has created everything.
  auto before = statuses_of_a_leader(3);
  auto follower = follow(shop_at("7", before.front()));
  finish_lists(follower);
  tell(follower, leadership{});
  BOOST_TEST(queue.received<build_child>().empty());
  BOOST_REQUIRE(client.unanswered<api_request>() == 1u);
  client.reply<api_request>(test::answer(0));
  advance(1s);
  BOOST_REQUIRE(client.unanswered<api_request>() == 1u);
  client.reply<api_request>(stored_as(*shop_at("9", before.back())));
  BOOST_TEST(queue.received<build_child>().empty());
  BOOST_TEST(writer.received<save_status>().empty());
  wait(record_patience);
  confirm_existence();
  for (const auto& x : queue.received<build_child>())
    BOOST_TEST((x.child == child_kind::master_service));
  BOOST_REQUIRE(!writer.received<save_status>().empty());
  BOOST_TEST(writer.received<save_status>().back().resource_version == "9");
}

BOOST_AUTO_TEST_CASE(an_announced_run_that_the_read_confirms_is_created) {
  auto before = statuses_of_a_leader(0);
  auto test = shop_at("7", before.back());
  auto follower = follow(test);
  finish_lists(follower);
  tell(follower, leadership{});
  BOOST_TEST(queue.received<build_child>().empty());
  client.reply<api_request>(stored_as(*test));
  create(child_kind::master_service);
  create(child_kind::master_job);
}

BOOST_AUTO_TEST_CASE(a_test_that_the_read_does_not_find_is_left_alone) {
  auto test = shop_at("7", statuses_of_a_leader(0).back());
  for (const auto& found : {test::answer(404), stored_as(*[&] {
                              auto namesake =
                                  std::make_shared<locust_test>(*test);
                              namesake->uid = "u2";
                              return namesake;
                            }())}) {
    auto follower = follow(test);
    finish_lists(follower);
    tell(follower, leadership{});
    client.reply<api_request>(found);
    advance(1min);
    BOOST_TEST(queue.received<build_child>().empty());
    BOOST_TEST(writer.received<save_status>().empty());
  }
}

BOOST_AUTO_TEST_CASE(the_last_write_of_the_old_leader_is_adopted_late) {
  // The new leader is behind, and the watch reports it after its first write.
  auto before = statuses_of_a_leader(3);
  auto leader = start(shop());
  finish_lists(leader);
  BOOST_REQUIRE(writer.received<save_status>().size() == 1u);
  show(leader, shop_at("9", before.back()));
  confirm_existence();
  const auto& sent = writer.received<save_status>().back();
  BOOST_TEST((sent.base == end_of_history(before.back())));
  BOOST_TEST((sent.end.sequence > sent.base.sequence));
}

BOOST_AUTO_TEST_CASE(its_own_stored_status_does_not_restore_the_state) {
  auto leader = start(shop());
  finish_lists(leader);
  auto own = *writer.received<save_status>().back().document;
  // The watch reports it before the answer arrives.
  show(leader, shop_at("9", own));
  store(leader);
  create(child_kind::master_service);
  BOOST_TEST((writer.received<save_status>().back().base == history_mark{}));
}

BOOST_AUTO_TEST_CASE(an_answer_from_before_confirms_nothing_of_what_follows) {
  auto before = statuses_of_a_leader(3);
  auto leader = start(shop());
  finish_lists(leader);
  for (int64_t edit = 2; edit < 9; ++edit) {
    auto edited = shop_at("7", "");
    edited->generation = edit;
    edited->spec = std::make_shared<const std::string>(
        R"({"image":"i","master":{"command":""},"worker":{"command":"",)"
        R"("replicas":)" +
        std::to_string(edit) + "}}");
    show(leader, edited);
  }
  auto old = writer.received<save_status>().back().revision;
  queue.reply<build_child>(child_result{}); // to the first attempt
  // Everything that the old leader created is gone and is recreated.
  tell(leader, status_superseded{
                   "9", std::make_shared<const std::string>(before.back())});
  confirm_existence();
  BOOST_TEST(kinds().back() == "ChildDeleted");
  auto published = recorder.received<record_event>().size();
  tell(leader, status_saved{old, "8"});
  BOOST_TEST(recorder.received<record_event>().size() == published);
  store(leader);
  BOOST_TEST(recorder.received<record_event>().size() > published);
}

BOOST_AUTO_TEST_CASE(a_superseded_write_restores_the_stored_state) {
  auto before = statuses_of_a_leader(3);
  auto leader = start(shop());
  finish_lists(leader);
  create(child_kind::master_service);
  tell(leader, status_superseded{
                   "9", std::make_shared<const std::string>(before.back())});
  confirm_existence();
  BOOST_TEST((writer.received<save_status>().back().base ==
              end_of_history(before.back())));
}

BOOST_AUTO_TEST_CASE(a_run_that_was_over_too_early_still_knows_its_jobs) {
  auto before = statuses_of_a_leader(3);
  auto leader = start(shop_at("7", before.back()));
  finish_lists(leader);
  see_job(leader, child_kind::worker_job, 2);
  job_seen done;
  done.key = {"perf", "shop-master"};
  done.uid = "uid-MasterJob";
  done.resource_version = "31";
  done.owner = owner;
  done.verdict = job_verdict::complete;
  tell(leader, observation{present{std::make_shared<const seen_object>(done)}});
  now += 1min;
  advance(1min);
  BOOST_REQUIRE(phase(writer.received<save_status>().back()) == "Succeeded");
  auto last_revision = writer.received<save_status>().back().revision;
  tell(leader, status_saved{last_revision - 1, "8"});
  // Before that is stored, the last write of the old leader appears.
  auto doc = json::parse(before.back()).value();
  auto& last = doc["history"][doc["history"].Size() - 1];
  last["time"].SetString("2026-11-23T00:00:07.000000Z");
  tell(leader, status_superseded{
                   "9", std::make_shared<const std::string>(json::dump(doc))});
  BOOST_TEST(phase(writer.received<save_status>().back()) == "Succeeded");
  for (const auto& x : queue.received<build_child>())
    BOOST_TEST((x.child == child_kind::master_service));
}

BOOST_AUTO_TEST_SUITE_END()
