#include "actors/leader/lease.hpp"
#include "protocol/json.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

namespace {

/// As written by client-go, with additional fields.
constexpr auto object =
    R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease",)"
    R"("metadata":{"name":"locust-k8s-operator.locust.io","namespace":"ns",)"
    R"("uid":"u","resourceVersion":"7","labels":{"a":"b"}},)"
    R"("spec":{"acquireTime":"2026-11-23T00:00:00.000001Z",)"
    R"("holderIdentity":"other","leaseDurationSeconds":15,)"
    R"("leaseTransitions":4,"renewTime":"2026-11-23T00:00:09.000000Z",)"
    R"("strategy":"OldestEmulationVersion"}})";

const lease_record ours{"me", 15, "t1", "t2", 5};

std::string body_of(const api_request& x) {
  return x.body ? *x.body : "";
}

} // namespace

BOOST_AUTO_TEST_SUITE(lease)

BOOST_AUTO_TEST_CASE(the_record_is_read) {
  auto found = read_lease(object);
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(found->uid == "u");
  BOOST_TEST(found->resource_version == "7");
  BOOST_TEST(
      (found->record == lease_record{"other", 15, "2026-11-23T00:00:00.000001Z",
                                     "2026-11-23T00:00:09.000000Z", 4}));
}

BOOST_AUTO_TEST_CASE(a_lease_without_a_holder_is_free) {
  auto found = read_lease(R"({"metadata":{"resourceVersion":"7"}})");
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST((found->record == lease_record{}));
  for (const auto* nonsense : {"", "[]", "{}", "{\"metadata\":{}}"})
    BOOST_TEST(!read_lease(nonsense).has_value(), nonsense);
}

BOOST_AUTO_TEST_CASE(an_update_keeps_foreign_fields) {
  auto request = update_lease(lease_in("ns"), read_lease(object).value(), ours);
  BOOST_TEST((request.verb == http_verb::put));
  BOOST_TEST(request.target ==
             "/apis/coordination.k8s.io/v1/namespaces/ns/leases/"
             "locust-k8s-operator.locust.io");
  auto doc = json::parse(body_of(request));
  BOOST_TEST_REQUIRE(doc.has_value());
  BOOST_TEST(json::text_at(*doc, {"metadata", "resourceVersion"}) == "7");
  BOOST_TEST(json::text_at(*doc, {"metadata", "labels", "a"}) == "b");
  BOOST_TEST(json::text_at(*doc, {"spec", "strategy"}) ==
             "OldestEmulationVersion");
  BOOST_TEST((read_lease(body_of(request))->record == ours));
}

BOOST_AUTO_TEST_CASE(a_new_one_has_all_that_the_server_wants) {
  auto request = create_lease(lease_in("ns"), ours);
  BOOST_TEST((request.verb == http_verb::post));
  BOOST_TEST(request.target ==
             "/apis/coordination.k8s.io/v1/namespaces/ns/leases");
  BOOST_TEST(body_of(request) ==
             R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease",)"
             R"("metadata":{"name":"locust-k8s-operator.locust.io",)"
             R"("namespace":"ns"},"spec":{"holderIdentity":"me",)"
             R"("leaseDurationSeconds":15,"acquireTime":"t1",)"
             R"("renewTime":"t2","leaseTransitions":5}})");
}

BOOST_AUTO_TEST_CASE(a_watch_is_of_this_one_object) {
  BOOST_TEST(watch_lease(lease_in("ns"), "7") ==
             "/apis/coordination.k8s.io/v1/namespaces/ns/leases?watch=true"
             "&timeoutSeconds=600&fieldSelector=metadata.name%3D"
             "locust-k8s-operator.locust.io&resourceVersion=7");
}

BOOST_AUTO_TEST_CASE(watch_events_are_distinguished) {
  auto line = [](const std::string& type, const std::string& what) {
    return R"({"type":")" + type + R"(","object":)" + what + "}";
  };
  for (const auto* type : {"ADDED", "MODIFIED"}) {
    auto event = read_lease_event(line(type, object));
    BOOST_TEST_REQUIRE(event.has_value());
    BOOST_TEST(event->lease->record.holder == "other");
  }
  BOOST_TEST(!read_lease_event(line("DELETED", object))->lease.has_value());
  BOOST_TEST(!read_lease_event(line("MODIFIED", "{}")).has_value());
  BOOST_TEST(!read_lease_event(R"({"type":"ADDED"})").has_value());
  BOOST_TEST(!read_lease_event("<html>").has_value());
  auto gone = read_lease_event(line("ERROR", R"({"message":"too old"})"));
  BOOST_TEST_REQUIRE(!gone.has_value());
  BOOST_TEST(gone.error().message == "ERROR: too old");
}

BOOST_AUTO_TEST_CASE(an_event_reports_the_new_leader) {
  auto request =
      leader_event(lease_in("ns"), read_lease(object).value(), "me",
                   parse_rfc3339("2026-11-23T00:00:10Z").value(), 0x1234);
  BOOST_TEST((request.verb == http_verb::post));
  BOOST_TEST(request.target == "/api/v1/namespaces/ns/events");
  auto doc = json::parse(body_of(request));
  BOOST_TEST_REQUIRE(doc.has_value());
  BOOST_TEST(json::text_at(*doc, {"metadata", "name"}) ==
             "locust-k8s-operator.locust.io.1234");
  BOOST_TEST(json::text_at(*doc, {"reason"}) == "LeaderElection");
  BOOST_TEST(json::text_at(*doc, {"message"}) == "me became leader");
  BOOST_TEST(json::text_at(*doc, {"type"}) == "Normal");
  BOOST_TEST(json::text_at(*doc, {"involvedObject", "kind"}) == "Lease");
  BOOST_TEST(json::text_at(*doc, {"involvedObject", "uid"}) == "u");
}

BOOST_AUTO_TEST_CASE(versions_of_one_lease_are_compared_as_numbers) {
  stored_lease a{{}, "u", "99", ""};
  stored_lease b{{}, "u", "100", ""};
  BOOST_TEST(is_older(a, b));
  BOOST_TEST(!is_older(b, a));
  BOOST_TEST(!is_older(a, a));
  a.uid = "another";
  BOOST_TEST(!is_older(a, b));
  for (const char* odd : {"", "x", "9x", "-9"}) {
    BOOST_TEST(!is_older({{}, "u", odd, ""}, b), odd);
    BOOST_TEST(!is_older(b, {{}, "u", odd, ""}), odd);
  }
}

BOOST_AUTO_TEST_SUITE_END()
