#include "actors/api_client/boot_clock.hpp"
#include "actors/api_client/write_fence.hpp"
#include "scripted_server.hpp"
#include "transport_client.hpp"

using namespace locust;
using namespace locust::test;
using namespace std::chrono_literals;

namespace {

constexpr boot_time noon{100h};

transfer_order order_of(http_verb verb, channel via = channel::requests) {
  transfer_order made;
  made.verb = verb;
  made.via = via;
  return made;
}

/// A server that answers, and one that never does.
scripted_server answering() {
  return scripted_server{[](const seen_request&) {
    return whole(200, "{}");
  }};
}

scripted_server silent() {
  return scripted_server{[](const seen_request&) {
    return scripted_reply{{}, scripted_reply::then::hang};
  }};
}

transfer_order post(uint64_t id, const std::string& url) {
  auto made = transport_client::order(id, url);
  made.verb = http_verb::post;
  made.body = std::make_shared<const std::string>("{}");
  return made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(fencing_of_writes)

BOOST_AUTO_TEST_CASE(only_what_changes_something_is_a_write) {
  BOOST_TEST(!is_write(order_of(http_verb::get)));
  for (auto verb : {http_verb::post, http_verb::put, http_verb::merge_patch,
                    http_verb::json_patch, http_verb::remove})
    BOOST_TEST(is_write(order_of(verb)));
  BOOST_TEST(!is_write(order_of(http_verb::get, channel::streams)));
  BOOST_TEST(!is_write(order_of(http_verb::get, channel::pods)));
}

BOOST_AUTO_TEST_CASE(a_fence_is_open_until_the_permit_ends) {
  write_fence fence{write_rule::by_permit};
  auto write = order_of(http_verb::post);
  BOOST_TEST(fence.rejects(write, noon));
  BOOST_TEST(!fence.rejects(order_of(http_verb::get), noon));
  BOOST_TEST(!fence.left(noon).has_value());
  fence.open(noon + 10s);
  BOOST_TEST(!fence.rejects(write, noon + 10s - 1ns));
  BOOST_TEST((fence.left(noon + 4s) == 6s));
  BOOST_TEST(fence.rejects(write, noon + 10s));
  BOOST_TEST(!fence.left(noon + 10s).has_value());
  fence.open(noon + 20s);
  BOOST_TEST(!fence.rejects(write, noon + 10s));
}

BOOST_AUTO_TEST_CASE(without_a_fence_writes_are_permitted) {
  write_fence none{write_rule::free};
  BOOST_TEST(!none.rejects(order_of(http_verb::post), noon));
  BOOST_TEST(!none.left(noon).has_value());
}

BOOST_AUTO_TEST_CASE(no_write_leaves_without_a_permit) {
  auto server = answering();
  transport_client c{server.url(), write_rule::by_permit};
  c.send(post(1, server.url() + "/a"));
  auto end = c.end_of(1);
  BOOST_TEST(end.status == 0);
  BOOST_TEST(end.failure ==
             "this replica is not the leader and must not write");
  BOOST_TEST(c.get(2, server.url() + "/b").status == 200);
  c.network->permit(boot_now() + 1h);
  c.send(post(3, server.url() + "/c"));
  BOOST_TEST(c.end_of(3).status == 200);
  c.network->permit(boot_now());
  c.send(post(4, server.url() + "/d"));
  BOOST_TEST(c.end_of(4).status == 0);
  auto seen = server.requests();
  BOOST_REQUIRE(seen.size() == 2u);
  BOOST_TEST(seen[0].target == "/b");
  BOOST_TEST(seen[1].target == "/c");
}

BOOST_AUTO_TEST_CASE(a_write_in_flight_ends_with_the_permit) {
  auto server = silent();
  transport_client c{server.url(), write_rule::by_permit};
  auto until = boot_now() + 300ms;
  c.network->permit(until);
  c.send(post(1, server.url() + "/a"));
  c.send(transport_client::order(2, server.url() + "/b"));
  auto end = c.end_of(1);
  auto late = boot_now() - until;
  BOOST_TEST(end.status == 0);
  BOOST_TEST(end.failure.find("not the leader") != std::string::npos);
  BOOST_TEST((late >= 0ms));
  BOOST_TEST((late < 5s)); // not after its own deadline of 30 s
}

BOOST_AUTO_TEST_CASE(a_write_in_flight_continues_when_the_permit_is_renewed) {
  scripted_server server{[](const seen_request&) {
    auto late = whole(200, "{}");
    late.parts.front().wait = 600ms;
    return late;
  }};
  transport_client c{server.url(), write_rule::by_permit};
  c.network->permit(boot_now() + 300ms);
  c.send(post(1, server.url() + "/a"));
  c.network->permit(boot_now() + 1h);
  BOOST_TEST(c.end_of(1).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
