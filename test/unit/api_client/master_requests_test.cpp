#include "actors/api_client/client_core.hpp"

#include <boost/test/unit_test.hpp>

// Requests to Locust masters through the API server.

using namespace locust;

namespace {

constexpr monotonic_time now{std::chrono::hours(1)};

template <class Effect>
std::vector<Effect> of(const client_effects& effects) {
  std::vector<Effect> found;
  for (const auto& each : effects)
    if (const auto* one = std::get_if<Effect>(&each))
      found.push_back(*one);
  return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(master_requests)

BOOST_AUTO_TEST_CASE(they_have_a_channel_of_their_own_and_a_credential) {
  cluster_access access;
  access.server = "https://h:443/prefix";
  access.token = static_token{"secret"};
  client_core core(access, {});
  api_request request;
  request.in = lane::load;
  request.target = "/api/v1/namespaces/n/pods/p:8089/proxy/stats/requests";
  request.connect_only = true; // only possible at the pod
  auto started = of<start_transfer>(core.submit(1, request, now));
  BOOST_TEST_REQUIRE(started.size() == 1u);
  const auto& order = started[0].order;
  BOOST_TEST((order.via == channel::proxied));
  BOOST_TEST(order.url == "https://h:443/prefix" + request.target);
  BOOST_TEST_REQUIRE(order.as != nullptr);
  BOOST_TEST(order.as->token == "secret");
  BOOST_TEST(!order.connect_only);
  // A master may answer anything: it neither costs the operator its credential
  // nor pauses other requests.
  for (uint64_t id = 1; int status : {401, 429, 503}) {
    transfer_event end;
    end.id = id;
    end.status = status;
    end.retry_after = std::chrono::seconds(9);
    auto answers = of<answer_request>(core.transferred({end}, now));
    BOOST_TEST_REQUIRE(answers.size() == 1u);
    BOOST_TEST(answers[0].response.status == status);
    BOOST_TEST(of<start_transfer>(core.submit(++id, request, now)).size() ==
               1u);
  }
}

BOOST_AUTO_TEST_SUITE_END()
