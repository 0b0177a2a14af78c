#include "actors/resource_builder/create_outcome.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>

using namespace locust;
using action = create_step::action;
using outcome = child_result::outcome;

BOOST_TEST_DONT_PRINT_LOG_VALUE(locust::create_step::action)
BOOST_TEST_DONT_PRINT_LOG_VALUE(locust::child_result::outcome)

namespace {

api_response answer(int status, std::string_view body = {}) {
  api_response response;
  response.status = status;
  response.body = std::make_shared<const std::string>(body);
  return response;
}

std::string refusal_body(std::string_view reason, std::string_view message) {
  return R"({"kind":"Status","status":"Failure","reason":")" +
         std::string(reason) + R"(","message":")" + std::string(message) +
         "\"}";
}

/// A Job with or without a controller among its owners.
std::string job(std::string_view owner_uid, bool deleting = false) {
  std::string text = R"({"metadata":{"uid":"j1","resourceVersion":"7")";
  if (!owner_uid.empty())
    text += R"(,"ownerReferences":[{"kind":"Other","name":"o","uid":"me"},
              {"apiVersion":"locust.io/v2","kind":"LocustTest","name":"a.b",
               "controller":true,"uid":")" +
            std::string(owner_uid) + "\"}]";
  if (deleting)
    text += R"(,"deletionTimestamp":"2026-11-23T18:28:50Z")";
  return text + "}}";
}

child_creation creation() {
  return {child_kind::master_job, "a-b-master", "me"};
}

create_step looked(const api_response& response) {
  auto core = creation();
  BOOST_TEST(core.after_post(answer(409)).next == action::look);
  return core.after_look(response);
}

} // namespace

BOOST_AUTO_TEST_SUITE(outcome_of_a_creation)

BOOST_AUTO_TEST_CASE(created_when_the_server_says_so) {
  auto step = creation().after_post(answer(201, job("me")));
  BOOST_TEST(step.next == action::finish);
  BOOST_TEST((step.result.child == child_kind::master_job));
  BOOST_TEST(step.result.what == outcome::created);
  BOOST_TEST(step.result.name == "a-b-master");
  BOOST_TEST(step.result.uid == "j1");
  BOOST_TEST(step.result.resource_version == "7");
  BOOST_TEST(!step.result.transient);
}

BOOST_AUTO_TEST_CASE(a_created_object_whose_answer_was_cut_is_looked_at) {
  for (auto* body : {"", R"({"metadata":{"uid":"j1")", "{}"})
    BOOST_TEST(creation().after_post(answer(201, body)).next == action::look);
}

BOOST_AUTO_TEST_CASE(what_exists_is_looked_at) {
  for (const auto& body :
       {std::string(), refusal_body("AlreadyExists", "x"), std::string("{}")})
    BOOST_TEST(creation().after_post(answer(409, body)).next == action::look);
}

BOOST_AUTO_TEST_CASE(a_conflict_of_another_kind_may_go_better_next_time) {
  auto step = creation().after_post(answer(
      409, refusal_body("Conflict", "resourcequotas \\\"q\\\": the object has "
                                    "been modified")));
  BOOST_TEST(step.next == action::finish);
  BOOST_TEST(step.result.what == outcome::failed);
  BOOST_TEST(step.result.transient);
  BOOST_TEST(step.result.message ==
             "resourcequotas \"q\": the object has been modified");
}

BOOST_AUTO_TEST_CASE(our_own_is_adopted) {
  auto step = looked(answer(200, job("me")));
  BOOST_TEST(step.next == action::finish);
  BOOST_TEST(step.result.what == outcome::adopted);
  BOOST_TEST(step.result.uid == "j1");
  BOOST_TEST(step.result.resource_version == "7");
  BOOST_TEST(step.result.owner.empty());
}

BOOST_AUTO_TEST_CASE(anything_else_of_that_name_is_a_conflict) {
  struct row {
    std::string body;
    std::string_view owner;
    bool deleting;
  };
  for (const auto& [body, owner, deleting] : std::initializer_list<row>{
           {job("other"), R"(LocustTest "a.b" (uid other))", false},
           {job("other", true), R"(LocustTest "a.b" (uid other))", true},
           {job("me", true), R"(LocustTest "a.b" (uid me))", true},
           {job(""), "nobody (created by hand)", false},
           {job("", true), "nobody (created by hand)", true},
           // An owner reference is not enough: another owner may be the
           // controller.
           {R"({"metadata":{"uid":"j1","resourceVersion":"7","ownerReferences":
               [{"kind":"LocustTest","name":"a.b","uid":"me"}]}})",
            "nobody (created by hand)", false}}) {
    auto step = looked(answer(200, body));
    BOOST_TEST(step.next == action::finish);
    BOOST_TEST(step.result.what == outcome::conflict, body);
    BOOST_TEST(step.result.owner == owner, body);
    BOOST_TEST(step.result.deleting == deleting, body);
    BOOST_TEST(step.result.uid == "j1");
    BOOST_TEST(step.result.resource_version == "7");
    BOOST_TEST(!step.result.transient);
  }
}

BOOST_AUTO_TEST_CASE(what_vanished_is_created_once_more) {
  auto core = creation();
  BOOST_TEST(core.after_post(answer(409)).next == action::look);
  BOOST_TEST(core.after_look(answer(404)).next == action::post);
  BOOST_TEST(core.after_post(answer(201, job("me"))).result.what ==
             outcome::created);
}

BOOST_AUTO_TEST_CASE(what_vanishes_again_and_again_is_left_for_later) {
  auto core = creation();
  BOOST_TEST(core.after_post(answer(409)).next == action::look);
  BOOST_TEST(core.after_look(answer(404)).next == action::post);
  BOOST_TEST(core.after_post(answer(409)).next == action::look);
  auto step = core.after_look(answer(404));
  BOOST_TEST(step.next == action::finish);
  BOOST_TEST(step.result.what == outcome::failed);
  BOOST_TEST(step.result.transient);
  BOOST_TEST(step.result.message.find("a-b-master") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_broken_look_is_no_verdict) {
  auto step = looked(answer(200, R"({"metadata":{"uid":)"));
  BOOST_TEST(step.result.what == outcome::failed);
  BOOST_TEST(step.result.transient);
  step = looked(answer(200, "{}"));
  BOOST_TEST(step.result.what == outcome::failed);
}

BOOST_AUTO_TEST_CASE(refusals_and_failures_are_told_apart_by_status) {
  struct row {
    int status;
    outcome what;
  };
  for (auto [status, what] :
       std::initializer_list<row>{{400, outcome::refused},
                                  {401, outcome::refused},
                                  {403, outcome::refused},
                                  {405, outcome::refused},
                                  {413, outcome::refused},
                                  {422, outcome::refused},
                                  {408, outcome::failed},
                                  {429, outcome::failed},
                                  {500, outcome::failed},
                                  {503, outcome::failed},
                                  {504, outcome::failed},
                                  {0, outcome::failed},
                                  {302, outcome::failed}}) {
    auto body = refusal_body("Any", "the server's words");
    for (const auto& step : {creation().after_post(answer(status, body)),
                             looked(answer(status, body))}) {
      BOOST_TEST(step.next == action::finish, status);
      BOOST_TEST(step.result.what == what, status);
      BOOST_TEST(step.result.transient == (what == outcome::failed), status);
      BOOST_TEST(step.result.status == status);
    }
  }
  BOOST_TEST(creation().after_post(answer(404)).result.what ==
             outcome::refused);
}

BOOST_AUTO_TEST_CASE(a_namespace_that_is_ending_and_a_quota_are_refusals) {
  auto ending = answer(
      403,
      R"({"kind":"Status","reason":"Forbidden","message":"namespace ends",)"
      R"("details":{"causes":[{"reason":"NamespaceTerminating"}]}})");
  auto step = creation().after_post(ending);
  BOOST_TEST(step.result.what == outcome::refused);
  BOOST_TEST(step.result.message == "namespace ends");
  BOOST_TEST(!step.result.transient);

  step = creation().after_post(
      answer(403, refusal_body("Forbidden", "exceeded quota: q")));
  BOOST_TEST(step.result.what == outcome::refused);
  BOOST_TEST(step.result.message == "exceeded quota: q");
}

BOOST_AUTO_TEST_CASE(the_words_come_from_wherever_there_are_any) {
  struct row {
    int status;
    std::string body;
    std::string failure;
    std::string_view message;
  };
  for (const auto& [status, body, failure, message] :
       std::initializer_list<row>{
           {422, refusal_body("Invalid", "Job x is invalid"), "",
            "Job x is invalid"},
           {500, "etcdserver: timeout", "", "etcdserver: timeout"},
           {502, "", "", "HTTP status 502"},
           {0, "", "connection refused", "connection refused"},
           {0, "", "", "no answer"}}) {
    auto response = answer(status, body);
    response.failure = failure;
    BOOST_TEST(creation().after_post(response).result.message == message);
  }
  api_response bare;
  bare.status = 500; // without a body
  BOOST_TEST(creation().after_post(bare).result.message == "HTTP status 500");
}

BOOST_AUTO_TEST_CASE(long_and_broken_words_are_cut_and_mended) {
  auto step =
      creation().after_post(answer(422, std::string(5000, 'x') + "\xff"));
  BOOST_TEST(step.result.message.size() == 1024u);
  step = creation().after_post(answer(422, "\xff!"));
  BOOST_TEST(step.result.message == "?!");
  BOOST_TEST(refused_before_sending(child_kind::worker_job, "n",
                                    std::string(5000, 'x'))
                 .message.size() == 1024u);
}

BOOST_AUTO_TEST_CASE(a_spec_that_cannot_be_built_is_refused) {
  auto result =
      refused_before_sending(child_kind::worker_job, "t-worker", "why");
  BOOST_TEST(result.what == outcome::refused);
  BOOST_TEST((result.child == child_kind::worker_job));
  BOOST_TEST(result.name == "t-worker");
  BOOST_TEST(result.message == "why");
  BOOST_TEST(result.status == 0);
  BOOST_TEST(!result.transient);
  BOOST_TEST(result.unsent);
}

BOOST_AUTO_TEST_SUITE_END()
