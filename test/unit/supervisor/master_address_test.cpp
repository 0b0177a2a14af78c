#include "actors/supervisor/master_address.hpp"
#include "test/unit/supervisor/stage.hpp"

// How a running master is asked
// (docs/behaviour/lifecycle.md#asking-the-master).

using namespace locust;
using namespace locust::testing;

namespace {

struct fixture {
  explicit fixture(const std::string& ip = "10.0.0.1") {
    auto pod = master_pod().runs();
    pod.seen.ip = ip;
    s.shows(pod);
  }

  std::optional<followed_master> follows(const web_access& what,
                                         master_access access) {
    return master_to_follow(s.core.state(), s.core.observed(), what, access);
  }

  stage s = stage::started();
};

const web_access usual{web_ui_address{8089, "", false}, {}};

} // namespace

BOOST_AUTO_TEST_SUITE(master_address)

BOOST_AUTO_TEST_CASE(directly_it_is_asked_at_the_address_of_its_pod) {
  auto found = fixture().follows({web_ui_address{80, "/x", false}, 30},
                                 master_access::direct);
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(found->web_url == "http://10.0.0.1:80/x");
  BOOST_TEST(found->worker_url == "http://10.0.0.1:5557");
  BOOST_TEST(found->target_users.value_or(0) == 30);
  auto v6 = fixture("fd00::1").follows(usual, master_access::direct);
  BOOST_TEST(v6->web_url == "http://[fd00::1]:8089");
}

BOOST_AUTO_TEST_CASE(the_api_server_leads_to_its_pod) {
  fixture f;
  auto found = f.follows(usual, master_access::proxy);
  BOOST_TEST_REQUIRE(found.has_value());
  const auto& key = f.s.core.key();
  auto pods = "/api/v1/namespaces/" + key.ns + "/pods/";
  auto name = master_pod().seen.key.name;
  BOOST_TEST(found->web_url == pods + name + ":8089/proxy");
  BOOST_TEST(found->worker_url == "");
  auto moved =
      f.follows({web_ui_address{443, "/x", true}, {}}, master_access::proxy);
  BOOST_TEST(moved->web_url == pods + "https:" + name + ":443/proxy/x");
}

BOOST_AUTO_TEST_CASE(without_a_web_ui_only_its_port_can_be_tried) {
  fixture f;
  auto found = f.follows({}, master_access::direct);
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(found->web_url == "");
  BOOST_TEST(!f.follows({}, master_access::proxy));
  BOOST_TEST(!f.follows({}, master_access::off));
}

BOOST_AUTO_TEST_CASE(what_can_be_asked_depends_on_the_way) {
  const char* plain = R"({"master":{"command":"-f a"}})";
  const char* tls = R"({"master":{"command":"--tls-cert a --tls-key b"}})";
  BOOST_TEST(reachable_web_ui(plain, master_access::direct).has_value());
  BOOST_TEST(reachable_web_ui(plain, master_access::proxy).has_value());
  BOOST_TEST(reachable_web_ui(plain, master_access::off).error().message ==
             "--master-access=off forbids it");
  BOOST_TEST(reachable_web_ui(tls, master_access::direct).error().message ==
             "its web UI uses TLS");
  BOOST_TEST(reachable_web_ui(tls, master_access::proxy).has_value());
}

BOOST_AUTO_TEST_CASE(a_master_that_may_not_be_asked_is_estimated_at_once) {
  observed_objects seen;
  auto how = contact_with_master(seen, {false, "why", false}, noon);
  BOOST_TEST((how.how == contact::without_web_ui));
  BOOST_TEST(how.why == "why");
  how = contact_with_master(seen, {false, "why", true}, noon);
  BOOST_TEST((how.how == contact::pending));
}

BOOST_AUTO_TEST_SUITE_END()
