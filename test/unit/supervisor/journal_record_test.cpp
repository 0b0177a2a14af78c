#include "actors/supervisor/journal_record.hpp"
#include "actors/supervisor/status_document.hpp"
#include "test/unit/supervisor/story.hpp"

using namespace locust;
using namespace locust::testing;

namespace {

const object_key key{"team-a", "load"};

journal_record read(const std::string& line) {
  auto record = read_journal_line(line);
  BOOST_REQUIRE_MESSAGE(record.has_value(), line);
  return std::move(*record);
}

std::string problem(const std::string& line) {
  auto record = read_journal_line(line);
  BOOST_REQUIRE_MESSAGE(!record.has_value(), line);
  return record.error().message;
}

fact::taken_over a_migrated_run() {
  return {.spec_hash = "h",
          .edited = true,
          .workers = 3,
          .ttl_seconds = 0,
          .start_time = noon,
          .running = true,
          .service = "s",
          .master_job = "m",
          .worker_job = "w",
          .connected = 2,
          .ready = shown_condition{true, noon - 1min},
          .workers_connected = shown_condition{false, noon - 2min},
          .spec_drifted = shown_condition{true, noon}};
}

std::string event_line(const lifecycle_fact& fact) {
  lifecycle_event event{noon + 7us, 2, fact};
  auto after = lifecycle::evolve({}, event);
  return journal_event_line(key, "uid-1", event, after,
                            lifecycle::decide(after, event));
}

} // namespace

BOOST_AUTO_TEST_SUITE(journal_records)

BOOST_AUTO_TEST_CASE(an_event_is_one_line_with_state_and_commands) {
  auto line = event_line(fact::accepted{"hash-a", 3, {}});
  BOOST_TEST(line.find('\n') == std::string::npos);
  lifecycle_event event{noon + 7us, 2, fact::accepted{"hash-a", 3, {}}};
  auto digest = status_digest(lifecycle::evolve({}, event));
  BOOST_TEST(line ==
             R"({"time":"2026-11-23T12:00:00.000007Z",)"
             R"("test":"team-a/load","uid":"uid-1",)"
             R"("kind":"Accepted","generation":2,)"
             R"("data":{"specHash":"hash-a",)"
             R"("workers":"3"},"phase":"Pending","digest":")" +
                 digest +
                 R"x(","commands":["write_status revision 1 (may wait)",)x"
                 R"("create_child MasterService"]})");
}

BOOST_AUTO_TEST_CASE(every_fact_is_read_as_it_was_written) {
  for (const lifecycle_fact& fact :
       facts{fact::accepted{"h", 3, {}},
             a_migrated_run(),
             service_created(true),
             refused(child_kind::worker_job, "a\nb \"c\" \\ ü", true),
             conflict(child_kind::master_job, "o", true),
             fact::retrying{},
             master_lost(),
             fact::running{},
             fact::test_started{"p", "n"},
             fact::test_started{"p", "n", true},
             fact::load_changed{load_stage::waits_for_start},
             fact::load_changed{load_stage::unknown},
             fact::load_changed{load_stage::stopped, true},
             fact::report_settled{"r", "a.csv, b.csv", "m"},
             fact::report_settled{{}, {}, "m"},
             fact::workers_connected{-1, worker_source::ready_pods},
             fact::workers_connected{4, worker_source::master, 2},
             fact::workers_connected{4, worker_source::unreachable},
             fact::pods_failing{"r", "m"},
             fact::pods_failing{"r", "m",
                                pod_loss{child_kind::worker_job, "p", "w"}},
             fact::pods_healthy{true},
             fact::spec_edited{"h", true},
             fact::ended{end_cause::worker_failed, 137, "m"},
             fact::deleting{true},
             fact::resumed{},
             fact::stored{9}}) {
    auto record = std::get<journal_event>(read(event_line(fact)));
    BOOST_TEST((record.event == lifecycle_event{noon + 7us, 2, fact}),
               kind_of(fact));
    BOOST_TEST((record.test == key));
    BOOST_TEST(record.uid == "uid-1");
  }
}

BOOST_AUTO_TEST_CASE(a_start_carries_the_stored_status_as_it_is) {
  story s;
  s.given(started_run());
  auto status = render_status(s.state(), R"({"image":"a\"b"})");
  auto line = journal_start_line(key, "uid-1", noon, status);
  BOOST_TEST(line.find('\n') == std::string::npos);
  BOOST_TEST((read(line) ==
              journal_record(journal_start{key, "uid-1", noon, status})));
  line = journal_start_line(key, "uid-1", noon, "");
  BOOST_TEST(std::get<journal_start>(read(line)).stored_status.empty());
}

BOOST_AUTO_TEST_CASE(the_digest_covers_the_whole_status) {
  story a;
  a.given(started_run());
  story b;
  b.given(started_run())
      .given({fact::workers_connected{1, worker_source::master}});
  BOOST_TEST(status_digest(a.state()) != status_digest(b.state()));
  auto again = lifecycle::restore(a.state().history);
  BOOST_TEST(status_digest(a.state()) == status_digest(again));
  // FNV-1a of the status of an unseen test: the format is stable.
  BOOST_TEST(status_digest(a.state()).size() == 16U);
}

BOOST_AUTO_TEST_CASE(a_gap_is_read_with_its_size) {
  BOOST_TEST((read(R"({"gap":12})") == journal_record(journal_gap{12})));
}

BOOST_AUTO_TEST_CASE(an_invalid_line_is_refused_with_one_sentence) {
  auto line = event_line(fact::accepted{"hash-a", 3, {}});
  auto forged = [&](const std::string& from, const std::string& to) {
    auto text = line;
    return text.replace(text.find(from), from.size(), to);
  };
  BOOST_TEST(problem("x").find("not valid JSON at byte 0") == 0U);
  BOOST_TEST(problem("[1]") == "not a JSON object");
  BOOST_TEST(problem(R"({"gap":"x"})") == "\"gap\" is not a number of lines");
  BOOST_TEST(problem(forged("team-a/load", "load")) ==
             "\"test\" is not of the form ns/name");
  BOOST_TEST(problem(forged(R"("uid-1")", R"("")")) == "\"uid\" is missing");
  BOOST_TEST(problem(forged("2026-11-23T", "yesterday ")) ==
             "\"time\" is not an RFC 3339 time");
  BOOST_TEST(problem(forged("Accepted", "Neglected")) ==
             "unknown kind of event \"Neglected\"");
  BOOST_TEST(problem(forged(R"("workers":"3")", R"("workers":3)")) ==
             "\"data.workers\" is not a string");
  BOOST_TEST(problem(forged(R"("workers":"3")", R"("workers":"x")")) ==
             "event Accepted: field \"workers\" is missing or cannot be read");
  BOOST_TEST(problem(forged("digest", "digits")) ==
             "\"generation\", \"phase\", \"digest\" or \"commands\" is "
             "missing");
  BOOST_TEST(problem(forged("[\"write_status revision 1 (may wait)\"", "[1")) ==
             "\"commands\" contains items that are not strings");
  BOOST_TEST(problem(R"({"time":"2026-11-23T12:00:00Z","test":"a/b",)"
                     R"("uid":"u","kind":"Start"})") ==
             "\"status\" is not a string");
}

BOOST_AUTO_TEST_SUITE_END()
