#include "actors/certificates/certificate_secret.hpp"

#include "protocol/basics/base64.hpp"
#include "protocol/json.hpp"
#include "protocol/json/members.hpp"

#include <array>

namespace locust {

namespace {

/// Requires the keys `tls.crt` and `tls.key`; `ca.crt` is optional.
constexpr std::string_view secret_type = "kubernetes.io/tls";

struct entry {
  std::string_view key;
  std::string certificate_pair::*part;
};

constexpr std::array entries = {
    entry{"tls.crt", &certificate_pair::certificate},
    entry{"tls.key", &certificate_pair::key},
    entry{"ca.crt", &certificate_pair::authorities},
};

json::value text_value(std::string_view text,
                       json::document::AllocatorType& pool) {
  return {text.data(), static_cast<rapidjson::SizeType>(text.size()), pool};
}

std::string why_foreign(const json::value& secret) {
  auto owner = json::text_at(secret, {"metadata", "labels", managed_by_label});
  if (owner != managed_by)
    return "its label " + std::string(managed_by_label) + " is " +
           (owner.empty() ? "missing" : '"' + owner + '"') + ", not \"" +
           std::string(managed_by) + '"';
  auto type = json::text_at(secret, {"type"});
  if (type != secret_type)
    return "its type is \"" + type + "\", not \"" + std::string(secret_type) +
           '"';
  return {};
}

} // namespace

api_object secret_object(std::string ns, std::string name) {
  return {resources::secrets, std::move(ns), std::move(name)};
}

result<secret_seen> read_secret(std::string_view body) {
  auto secret = json::parse(body);
  if (!secret)
    return tl::unexpected(secret.error());
  if (json::text_at(*secret, {"metadata", "resourceVersion"}).empty())
    return fail(errc::malformed, "the Secret has no resourceVersion");
  secret_seen seen;
  seen.foreign_because = why_foreign(*secret);
  for (const auto& [key, part] : entries)
    if (auto value = json::string_at(*secret, {"data", key}))
      seen.pair.*part = decode_base64(*value).value_or("");
  return seen;
}

std::string new_secret(const api_object& secret, const certificate_pair& pair) {
  json::string_buffer buffer;
  json::writer out(buffer);
  json::put_item(out, [&] {
    json::put(out, "apiVersion", api_version_of(secret.resource));
    json::put(out, "kind", secret.resource.kind);
    json::put_object(out, "metadata", [&] {
      json::put(out, "namespace", secret.ns);
      json::put(out, "name", secret.name);
      json::put_object(out, "labels",
                       [&] { json::put(out, managed_by_label, managed_by); });
    });
    json::put(out, "type", secret_type);
    json::put_object(out, "data", [&] {
      for (const auto& [key, part] : entries)
        json::put(out, key, encode_base64(pair.*part));
    });
  });
  return {buffer.GetString(), buffer.GetSize()};
}

result<std::string> updated_secret(std::string_view body,
                                   const certificate_pair& pair) {
  auto secret = json::parse(body);
  if (!secret)
    return tl::unexpected(secret.error());
  if (!secret->IsObject())
    return fail(errc::malformed, "the Secret is not a JSON object");
  auto& pool = secret->GetAllocator();
  json::value data(rapidjson::kObjectType);
  if (auto had = secret->FindMember("data"); had != secret->MemberEnd()) {
    if (had->value.IsObject())
      data = had->value;
    secret->RemoveMember(had);
  }
  for (const auto& [key, part] : entries) {
    auto name = text_value(key, pool);
    data.RemoveMember(name);
    data.AddMember(name, text_value(encode_base64(pair.*part), pool), pool);
  }
  secret->AddMember("data", data, pool);
  return json::dump(*secret);
}

} // namespace locust
