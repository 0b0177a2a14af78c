#include "actors/configuration/configuration.hpp"
#include "actors/resource_builder/manifests.hpp"
#include "protocol/json.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidjson/prettywriter.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

// Golden files: from a spec and the environment of the operator to three
// manifests. They are examples of docs/behaviour/children.md, and the
// integration tests send them to a real API server. With
// LOCUST_OPERATOR_REGENERATE_GOLDEN=1 the manifests are written again: check
// the difference before you commit it.

using namespace locust;

namespace {

constexpr std::array all_children = {
    child_kind::master_service, child_kind::master_job, child_kind::worker_job};

std::vector<std::filesystem::path> golden_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(GOLDEN_FOLDER))
    if (entry.path().extension() == ".json")
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

json::document load(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string all{std::istreambuf_iterator<char>(in), {}};
  auto parsed = json::parse(all);
  BOOST_REQUIRE_MESSAGE(parsed.has_value(),
                        file << " is " << parsed.error().message);
  return std::move(*parsed);
}

operator_settings settings_of(const json::value& golden) {
  auto outcome = read_configuration({}, {}, [&](std::string_view name) {
    auto text = json::string_at(golden, {"environment", name});
    return text ? std::optional(std::string(*text)) : std::nullopt;
  });
  BOOST_REQUIRE(outcome.errors.empty());
  BOOST_REQUIRE(outcome.warnings.empty());
  return outcome.settings;
}

result<std::string> build(const json::value& golden, child_kind child) {
  object_key key{json::text_at(golden, {"test", "namespace"}),
                 json::text_at(golden, {"test", "name"})};
  const auto* spec = json::find(golden, {"spec"});
  BOOST_REQUIRE(spec != nullptr);
  return build_child_manifest(child, key,
                              json::text_at(golden, {"test", "uid"}), *spec,
                              settings_of(golden));
}

/// Returns the path of the first difference between two values, and both
/// values; empty when they are equal.
std::string difference(const json::value& actual, const json::value& expected,
                       const std::string& path) {
  if (actual.IsObject() && expected.IsObject()) {
    for (const auto& member : expected.GetObject())
      if (!actual.HasMember(member.name))
        return path + '.' + member.name.GetString() + " is missing";
    for (const auto& member : actual.GetObject()) {
      auto inner = path + '.' + member.name.GetString();
      if (!expected.HasMember(member.name))
        return inner + " is unexpected";
      auto found = difference(member.value, expected[member.name], inner);
      if (!found.empty())
        return found;
    }
    return {};
  }
  if (actual.IsArray() && expected.IsArray() &&
      actual.Size() == expected.Size()) {
    for (rapidjson::SizeType i = 0; i < actual.Size(); ++i) {
      auto found = difference(actual[i], expected[i],
                              path + '[' + std::to_string(i) + ']');
      if (!found.empty())
        return found;
    }
    return {};
  }
  if (actual == expected)
    return {};
  return path + " is " + json::dump(actual) + " and not " +
         json::dump(expected);
}

void regenerate(const std::filesystem::path& file) {
  auto golden = load(file);
  for (auto child : all_children) {
    auto manifest = json::parse(build(golden, child).value());
    json::value name(std::string(to_string(child)), golden.GetAllocator());
    if (!golden.HasMember(name))
      golden.AddMember(json::value(name, golden.GetAllocator()), json::value(),
                       golden.GetAllocator());
    golden[name].CopyFrom(*manifest, golden.GetAllocator());
  }
  json::string_buffer buffer;
  rapidjson::PrettyWriter<json::string_buffer> out(buffer);
  out.SetIndent(' ', 2);
  golden.Accept(out);
  std::ofstream(file, std::ios::binary) << buffer.GetString() << '\n';
}

} // namespace

BOOST_AUTO_TEST_SUITE(golden_manifests)

BOOST_AUTO_TEST_CASE(every_spec_gives_its_three_manifests) {
  auto files = golden_files();
  BOOST_TEST(files.size() >= 15u);
  if (process_environment("LOCUST_OPERATOR_REGENERATE_GOLDEN"))
    std::for_each(files.begin(), files.end(), regenerate);
  for (const auto& file : files) {
    auto golden = load(file);
    for (auto child : all_children) {
      auto name = std::string(to_string(child));
      auto text = build(golden, child);
      BOOST_REQUIRE_MESSAGE(text.has_value(),
                            file.filename() << ": " << text.error().message);
      auto actual = json::parse(*text);
      BOOST_REQUIRE(actual.has_value());
      const auto* expected = json::find(golden, {name});
      BOOST_REQUIRE_MESSAGE(expected != nullptr, file.filename()
                                                     << " lacks " << name);
      auto found = difference(*actual, *expected, name);
      BOOST_TEST(found.empty(), file.filename() << ": " << found);
      BOOST_TEST(json::dump_canonical(*actual) ==
                 json::dump_canonical(*expected));
    }
  }
}

BOOST_AUTO_TEST_CASE(text_and_parsed_spec_give_the_same) {
  for (const auto& file : golden_files()) {
    auto golden = load(file);
    auto from_text = build_child_manifest(
        child_kind::master_job,
        {json::text_at(golden, {"test", "namespace"}),
         json::text_at(golden, {"test", "name"})},
        json::text_at(golden, {"test", "uid"}),
        json::dump(*json::find(golden, {"spec"})), settings_of(golden));
    auto from_value = build(golden, child_kind::master_job);
    BOOST_TEST(from_text.value() == from_value.value(), file.filename());
  }
}

BOOST_AUTO_TEST_SUITE_END()
