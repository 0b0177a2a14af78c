#include "actors/resource_builder/manifests.hpp"
#include "actors/resource_builder/spec_facts.hpp"
#include "test/fuzz/fuzz.hpp"

#include <array>

// Builds the three children of a LocustTest from its spec. The CRD rejects
// wrong types, but an older CRD or one without a schema may be installed.

using namespace locust;

namespace {

constexpr std::array children = {
    child_kind::master_service, child_kind::master_job, child_kind::worker_job};

const object_key test{"perf", "shop.load"};

void check_manifest(child_kind child, const std::string& text) {
  auto manifest = json::parse(text);
  fuzz::check(manifest.has_value(), "a manifest is JSON");
  fuzz::check(json::text_at(*manifest, {"metadata", "name"}) ==
                  child_name(test.name, child),
              "a manifest has the child's name");
  fuzz::check(json::find(*manifest, {"spec"}) != nullptr,
              "a manifest has a spec");
}

/// Calls the other readers of a spec, which must accept any spec.
void try_facts(const json::value& spec) {
  fuzz::check(expected_workers(spec) >= 0, "the number is not negative");
  if (auto web = web_ui(spec))
    fuzz::check(web->port != 0 && !web->base_path.ends_with('/'),
                "the URL of the web API is usable");
  for (const auto* role : {"master", "worker"})
    for (const auto& flag : overridden_flags(spec, role))
      fuzz::check(flag.starts_with("--"), "overridden flags start with --");
}

} // namespace

void fuzz::try_input(std::string_view text) {
  operator_settings settings;
  settings.affinity_injection = settings.tolerations_injection = true;
  auto spec = json::parse(text);
  std::array<result<std::string>, child_count> built;
  for (size_t i = 0; i < child_count; ++i) {
    built[i] = build_child_manifest(children[i], test, "uid", text, settings);
    if (built[i])
      check_manifest(children[i], *built[i]);
    else
      fuzz::check_sentence(built[i].error().message, "spec");
    fuzz::check(built[i].has_value() == built[0].has_value(),
                "either all children can be built or none");
  }
  if (spec)
    try_facts(*spec);
}
