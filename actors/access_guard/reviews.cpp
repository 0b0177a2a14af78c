#include "actors/access_guard/reviews.hpp"

#include "protocol/json.hpp"
#include "protocol/kubernetes/object_path.hpp"

#include <chrono>
#include <memory>
#include <utility>

namespace locust {

namespace {

/// docs/behaviour/process.md#metrics-access.
constexpr std::chrono::seconds review_deadline{10};

/// Writes the envelope of a review: apiVersion, kind and `spec`.
class review {
public:
  explicit review(const api_resource& of) : of_(of) {
    out_.StartObject();
    member("apiVersion", api_version_of(of));
    member("kind", of.kind);
    out_.Key("spec");
    out_.StartObject();
  }

  void member(const char* key, std::string_view value) {
    out_.Key(key);
    string(value);
  }

  void string(std::string_view value) {
    out_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  }

  json::writer& out() {
    return out_;
  }

  api_request request() {
    out_.EndObject();
    out_.EndObject();
    api_request made;
    made.verb = http_verb::post;
    made.target = collection_path(of_);
    made.body = std::make_shared<const std::string>(buffer_.GetString(),
                                                    buffer_.GetSize());
    made.in = lane::list;
    made.deadline = review_deadline;
    return made;
  }

private:
  const api_resource& of_;
  json::string_buffer buffer_;
  json::writer out_{buffer_};
};

std::vector<std::string> strings_in(const json::value* list) {
  std::vector<std::string> all;
  if (list != nullptr && list->IsArray())
    for (const auto& one : list->GetArray())
      if (one.IsString())
        all.emplace_back(one.GetString(), one.GetStringLength());
  return all;
}

} // namespace

api_request token_review(std::string_view token) {
  review made(resources::token_reviews);
  // A token may hold any bytes, but JSON must be UTF-8.
  made.member("token", json::clean_text(token, token.size()));
  return made.request();
}

result<std::optional<token_owner>> read_token_review(std::string_view body) {
  auto doc = json::parse(body);
  if (!doc)
    return tl::unexpected(doc.error());
  if (json::find(*doc, {"status"}) == nullptr)
    return fail(errc::malformed, "the TokenReview has no status");
  if (!json::bool_at(*doc, {"status", "authenticated"}).value_or(false))
    return std::nullopt;
  token_owner who;
  who.name = json::text_at(*doc, {"status", "user", "username"});
  who.uid = json::text_at(*doc, {"status", "user", "uid"});
  who.groups = strings_in(json::find(*doc, {"status", "user", "groups"}));
  const auto* extra = json::find(*doc, {"status", "user", "extra"});
  if (extra != nullptr && extra->IsObject())
    who.extra = json::dump_canonical(*extra);
  if (who.name.empty())
    return fail(errc::malformed, "the TokenReview has no user name");
  return who;
}

api_request subject_access_review(const token_owner& who, std::string_view path,
                                  std::string_view verb) {
  review made(resources::subject_access_reviews);
  made.member("user", who.name);
  made.member("uid", who.uid);
  made.out().Key("groups");
  made.out().StartArray();
  for (const auto& group : who.groups)
    made.string(group);
  made.out().EndArray();
  if (!who.extra.empty()) {
    made.out().Key("extra");
    made.out().RawValue(who.extra.data(), who.extra.size(),
                        rapidjson::kObjectType);
  }
  made.out().Key("nonResourceAttributes");
  made.out().StartObject();
  made.member("path", path);
  made.member("verb", verb);
  made.out().EndObject();
  return made.request();
}

result<bool> read_subject_access_review(std::string_view body) {
  auto doc = json::parse(body);
  if (!doc)
    return tl::unexpected(doc.error());
  auto allowed = json::bool_at(*doc, {"status", "allowed"});
  if (!allowed)
    return fail(errc::malformed,
                "the SubjectAccessReview has no status.allowed");
  return *allowed && !json::bool_at(*doc, {"status", "denied"}).value_or(false);
}

} // namespace locust
