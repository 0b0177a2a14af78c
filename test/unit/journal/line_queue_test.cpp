#include "actors/journal/line_queue.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

namespace {

shared_text line(const std::string& content) {
  return std::make_shared<const std::string>(content);
}

shared_text kilobytes(size_t n) {
  return line(std::string(n * 1024, 'x'));
}

} // namespace

BOOST_AUTO_TEST_SUITE(line_queue_)

BOOST_AUTO_TEST_CASE(lines_come_out_in_the_order_in_which_they_went_in) {
  line_queue queue;
  BOOST_TEST(queue.empty());
  queue.push(line("a"));
  queue.push(line("b"));
  BOOST_TEST(!queue.empty());
  auto batch = queue.take();
  BOOST_TEST_REQUIRE(batch.size() == 2u);
  BOOST_TEST(*batch[0].line == "a");
  BOOST_TEST(*batch[1].line == "b");
  BOOST_TEST(batch[1].lost_before == 0u);
  BOOST_TEST(queue.empty());
  BOOST_TEST(queue.take().empty());
}

BOOST_AUTO_TEST_CASE(a_batch_is_no_larger_than_needed) {
  line_queue queue;
  for (int i = 0; i < 5; ++i)
    queue.push(kilobytes(512));
  BOOST_TEST(queue.take().size() == 2u);
  BOOST_TEST(queue.take().size() == 2u);
  BOOST_TEST(queue.take().size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_dropped_and_its_place_remembered) {
  line_queue queue;
  for (size_t i = 0; i < line_queue::byte_limit / 1024 / 1024; ++i)
    BOOST_TEST(queue.push(kilobytes(1024)));
  BOOST_TEST(!queue.push(line("dropped")));
  BOOST_TEST(!queue.push(line("dropped too")));
  queue.take();
  BOOST_TEST(queue.push(line("kept")));
  std::vector<journal_entry> last;
  while (!queue.empty())
    last = queue.take();
  BOOST_TEST(*last.back().line == "kept");
  BOOST_TEST(last.back().lost_before == 2u);
}

BOOST_AUTO_TEST_CASE(a_gap_at_the_end_comes_out_by_itself) {
  line_queue queue;
  BOOST_TEST(!queue.push(kilobytes(line_queue::byte_limit / 1024 + 1)));
  BOOST_TEST(!queue.empty());
  auto batch = queue.take();
  BOOST_TEST_REQUIRE(batch.size() == 1u);
  BOOST_TEST(!batch[0].line);
  BOOST_TEST(batch[0].lost_before == 1u);
  BOOST_TEST(queue.empty());
}

BOOST_AUTO_TEST_SUITE_END()
