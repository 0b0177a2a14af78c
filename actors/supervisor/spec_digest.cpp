#include "actors/supervisor/spec_digest.hpp"

#include "actors/resource_builder/manifests.hpp"
#include "actors/resource_builder/spec_facts.hpp"
#include "protocol/children.hpp"
#include "protocol/json.hpp"

namespace locust {

namespace {

/// Returns the manifests of all children, or why one cannot be built.
result<std::string> children_of(const json::value& spec, const object_key& test,
                                const operator_settings& settings) {
  std::string all;
  for (const auto& row : child_rows) {
    auto manifest = build_child_manifest(row.kind, test, {}, spec, settings);
    if (!manifest)
      return manifest;
    all += *manifest;
  }
  return all;
}

} // namespace

spec_digest digest_of(const std::string& spec, const object_key& test,
                      const operator_settings& settings) {
  spec_digest result;
  auto doc = parse_spec(spec);
  if (!doc) {
    result.hash = spec_hash(spec);
    result.fault = std::move(doc.error().message);
    return result;
  }
  auto children = children_of(*doc, test, settings);
  result.hash = spec_hash(children ? *children : spec);
  if (!children)
    result.fault = std::move(children.error().message);
  result.workers = expected_workers(*doc);
  result.test_files = json::text_at(*doc, {"testFiles", "configMapRef"});
  if (result.test_files.empty())
    result.test_files = json::text_at(*doc, {"testFiles", "libConfigMapRef"});
  auto timeout = json::int_at(*doc, {"startupTimeoutSeconds"});
  if (timeout && *timeout > 0)
    result.startup_timeout = std::chrono::seconds(*timeout);
  return result;
}

} // namespace locust
