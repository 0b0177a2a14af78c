#include "actors/journal/journal_actor.hpp"
#include "test/unit/journal/temporary_folder.hpp"
#include "test/unit/support/actor_fixture.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/scoped_actor.hpp>

using namespace locust;
using namespace std::chrono_literals;

namespace {

journal_line line(const std::string& content) {
  return {std::make_shared<const std::string>(content)};
}

struct fixture : test::actor_fixture {
  std::vector<journal_batch>& batches() {
    return writer.received<journal_batch>();
  }

  test::mock<journal_writer_actor> writer{*this};
  journal_actor journal = keep(spawn_journal_front(system, writer));
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(journal_actor_, fixture)

BOOST_AUTO_TEST_CASE(the_writer_has_one_batch_at_a_time) {
  tell(journal, line("a"));
  tell(journal, line("b"));
  tell(journal, line("c"));
  BOOST_TEST_REQUIRE(batches().size() == 1u);
  BOOST_TEST(batches()[0].entries->size() == 1u);
  writer.reply<journal_batch>(journal_ready{});
  BOOST_TEST_REQUIRE(batches().size() == 2u);
  BOOST_TEST(batches()[1].entries->size() == 2u);
  BOOST_TEST(*batches()[1].entries->at(1).line == "c");
  writer.reply<journal_batch>(journal_ready{});
  BOOST_TEST(batches().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_stalled_disk_loses_lines_and_uses_no_memory) {
  tell(journal, line("first"));
  auto megabyte = line(std::string(1024 * 1024, 'x'));
  for (int i = 0; i < 20; ++i)
    tell(journal, megabyte);
  advance(1h);
  writer.reply<journal_batch>(journal_ready{});
  size_t kept = 0;
  while (writer.unanswered<journal_batch>() > 0) {
    kept += batches().back().entries->back().line ? 1 : 0;
    writer.reply<journal_batch>(journal_ready{});
  }
  BOOST_TEST(kept == 16u);
  BOOST_TEST(batches().back().entries->back().lost_before == 4u);
}

BOOST_AUTO_TEST_CASE(a_stop_writes_what_waits_and_closes) {
  tell(journal, line("a"));
  tell(journal, line("b"));
  auto done = ask<bool>(journal, stop_request{});
  BOOST_TEST(writer.received<journal_close>().empty());
  writer.reply<journal_batch>(journal_ready{});
  writer.reply<journal_batch>(journal_ready{});
  BOOST_TEST_REQUIRE(writer.unanswered<journal_close>() == 1u);
  BOOST_TEST(!done->has_value());
  writer.reply<journal_close>(true);
  BOOST_TEST_REQUIRE(done->has_value());
  BOOST_TEST(**done);
  BOOST_TEST(!alive(journal));
}

BOOST_AUTO_TEST_CASE(a_stop_does_not_wait_for_a_stalled_disk) {
  tell(journal, line("a"));
  auto done = ask<bool>(journal, stop_request{});
  advance(2999ms);
  BOOST_TEST(!done->has_value());
  advance(1ms);
  BOOST_TEST_REQUIRE(done->has_value());
  BOOST_TEST(!**done);
  BOOST_TEST(!alive(journal));
  BOOST_TEST(!alive(writer.handle()));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(journal_on_disk)

BOOST_AUTO_TEST_CASE(lines_arrive_in_the_file_in_their_order) {
  test::temporary_folder folder;
  auto path = folder.file("journal");
  std::string expected;
  {
    caf::actor_system_config config;
    caf::actor_system system(config);
    auto journal = spawn_journal(system, {path});
    for (int i = 0; i < 5000; ++i) {
      auto content = R"({"n":)" + std::to_string(i) + "}";
      expected += content + "\n";
      caf::anon_send(journal, line(content));
    }
    caf::scoped_actor self(system);
    bool all = false;
    self->request(journal, 10s, stop_request{})
        .receive([&](bool x) { all = x; }, [](const caf::error&) {});
    BOOST_TEST(all);
  }
  BOOST_TEST((test::content_of(path) == expected));
}

BOOST_AUTO_TEST_CASE(a_full_device_does_not_delay_the_stop) {
  caf::actor_system_config config;
  caf::actor_system system(config);
  auto journal = spawn_journal(system, {"/dev/full"});
  for (int i = 0; i < 100; ++i)
    caf::anon_send(journal, line("x"));
  caf::scoped_actor self(system);
  bool all = true;
  self->request(journal, 10s, stop_request{})
      .receive([&](bool x) { all = x; }, [](const caf::error&) {});
  BOOST_TEST(!all);
}

BOOST_AUTO_TEST_SUITE_END()
