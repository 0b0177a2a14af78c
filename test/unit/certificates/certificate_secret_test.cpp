#include "actors/certificates/certificate_secret.hpp"
#include "protocol/json.hpp"

#include <boost/test/unit_test.hpp>

using namespace locust;

namespace {

const certificate_pair texts = {"the certificate", "the key", "the authority"};

/// The Secret that the API server returns after it was created from `body`.
std::string stored(std::string body) {
  return body.replace(body.find(R"("metadata":{)"), 12,
                      R"("metadata":{"resourceVersion":"7",)");
}

std::string fresh() {
  return stored(new_secret(secret_object("ns", "certs"), texts));
}

std::string changed(std::string body, const std::string& what,
                    const std::string& by) {
  auto at = body.find(what);
  BOOST_TEST_REQUIRE(at != std::string::npos);
  return body.replace(at, what.size(), by);
}

} // namespace

BOOST_AUTO_TEST_SUITE(certificate_secret_)

BOOST_AUTO_TEST_CASE(a_new_secret_is_complete) {
  BOOST_TEST(
      new_secret(secret_object("ns", "certs"), {"a", "b", "c"}) ==
      R"({"apiVersion":"v1","kind":"Secret","metadata":{"namespace":"ns",)"
      R"("name":"certs","labels":{"app.kubernetes.io/managed-by":)"
      R"("locust-operator"}},"type":"kubernetes.io/tls","data":{)"
      R"("tls.crt":"YQ==","tls.key":"Yg==","ca.crt":"Yw=="}})");
}

BOOST_AUTO_TEST_CASE(what_was_written_is_read) {
  auto seen = read_secret(fresh());
  BOOST_TEST_REQUIRE(seen.has_value());
  BOOST_TEST(seen->foreign_because == "");
  BOOST_TEST((seen->pair == texts));
}

BOOST_AUTO_TEST_CASE(a_foreign_secret_is_recognized_by_label_and_type) {
  struct foreign {
    const char* what;
    const char* by;
    const char* because;
  };
  for (const auto& [what, by, because] : std::initializer_list<foreign>{
           {R"(:"locust-operator")", R"(:"Helm")",
            R"(its label app.kubernetes.io/managed-by is "Helm", not )"
            R"("locust-operator")"},
           {R"("app.kubernetes.io/managed-by")", R"("app")",
            R"(its label app.kubernetes.io/managed-by is missing, not )"
            R"("locust-operator")"},
           {"kubernetes.io/tls", "Opaque",
            R"(its type is "Opaque", not "kubernetes.io/tls")"}}) {
    auto seen = read_secret(changed(fresh(), what, by));
    BOOST_TEST_REQUIRE(seen.has_value());
    BOOST_TEST(seen->foreign_because == because);
  }
}

BOOST_AUTO_TEST_CASE(missing_or_invalid_entries_are_empty) {
  auto seen = read_secret(changed(changed(fresh(), "tls.key", "other"),
                                  R"("ca.crt":")", R"("ca.crt":"!)"));
  BOOST_TEST_REQUIRE(seen.has_value());
  BOOST_TEST(seen->pair.certificate == "the certificate");
  BOOST_TEST(seen->pair.key == "");
  BOOST_TEST(seen->pair.authorities == "");
  auto bare =
      read_secret(R"({"metadata":{"resourceVersion":"1"},"data":"none"})");
  BOOST_TEST_REQUIRE(bare.has_value());
  BOOST_TEST((bare->pair == certificate_pair{}));
}

BOOST_AUTO_TEST_CASE(what_is_no_object_is_no_secret) {
  for (auto body : {"", "{", "[]", "{}", "null", R"({"metadata":{}})"})
    BOOST_TEST(!read_secret(body).has_value(), body);
}

BOOST_AUTO_TEST_CASE(an_update_changes_the_pair_only) {
  auto before = changed(fresh(), R"("data":{)",
                        R"("unknown":[1,2],"data":{"more":"bW9yZQ==",)");
  auto after = updated_secret(before, {"a", "b", "c"});
  BOOST_TEST_REQUIRE(after.has_value());
  auto seen = read_secret(*after);
  BOOST_TEST_REQUIRE(seen.has_value());
  BOOST_TEST((seen->pair == certificate_pair{"a", "b", "c"}));
  auto object = json::parse(*after);
  BOOST_TEST(json::text_at(*object, {"metadata", "resourceVersion"}) == "7");
  BOOST_TEST(json::text_at(*object, {"metadata", "name"}) == "certs");
  BOOST_TEST(json::text_at(*object, {"type"}) == "kubernetes.io/tls");
  BOOST_TEST(json::text_at(*object, {"data", "more"}) == "bW9yZQ==");
  BOOST_TEST(object->FindMember("data")->value.MemberCount() == 4u);
  BOOST_TEST(json::find(*object, {"unknown"}) != nullptr);
}

BOOST_AUTO_TEST_CASE(an_update_makes_data_where_there_is_none) {
  for (auto body : {R"({"metadata":{"resourceVersion":"1"}})",
                    R"({"metadata":{"resourceVersion":"1"},"data":null})"}) {
    auto after = updated_secret(body, texts);
    BOOST_TEST_REQUIRE(after.has_value());
    BOOST_TEST((read_secret(*after)->pair == texts));
  }
  BOOST_TEST(!updated_secret("[]", texts).has_value());
  BOOST_TEST(!updated_secret("{", texts).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
