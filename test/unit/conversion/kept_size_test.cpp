#include "versions.hpp"

// Kubernetes limits the annotations of an object. Reading v1 must not fail
// because of that, so what does not fit is omitted.

using namespace locust;

namespace {

constexpr size_t budget = size_t{192} * 1024;

/// Size of all annotations of the v1 object, and the content of ours.
struct sizes {
  size_t total = 0;
  std::string kept = "nothing";
};

sizes sizes_of(std::string_view v2_spec, std::string_view annotations = "{}") {
  auto object = converted(object_with(test_version::v2, v2_spec, annotations),
                          test_version::v1)
                    .value();
  auto value = json::parse(object).value();
  sizes s;
  if (const auto* all = json::find(value, {"metadata", "annotations"}))
    for (const auto& m : all->GetObject()) {
      s.total += m.name.GetStringLength() + m.value.GetStringLength();
      if (m.name == std::string(kept_spec_annotation))
        s.kept = canonical(m.value.GetString());
    }
  return s;
}

std::string a_text(size_t size) {
  return '"' + std::string(size, 'x') + '"';
}

} // namespace

BOOST_AUTO_TEST_SUITE(size_of_the_annotation)

BOOST_AUTO_TEST_CASE(the_largest_part_goes_first) {
  auto spec = R"({"master":{"extraArgs":[)" + a_text(150'000) +
              R"(],"autostart":false},"env":{"e":)" + a_text(40'000) +
              R"(},"new":)" + a_text(60'000) + "}";
  BOOST_TEST(sizes_of(spec).total < budget);
  BOOST_TEST(sizes_of(spec).kept ==
             canonical(R"({"master":{"autostart":false},"env":{"e":)" +
                       a_text(40'000) + R"(},"new":)" + a_text(60'000) + "}"));
}

BOOST_AUTO_TEST_CASE(mounts_go_with_their_volumes) {
  auto spec = R"({"volumes":[{"name":)" + a_text(150'000) +
              R"(}],"volumeMounts":[{"name":"v"}],"new":)" + a_text(60'000) +
              "}";
  BOOST_TEST(sizes_of(spec).kept == R"({"new":)" + a_text(60'000) + "}");
}

BOOST_AUTO_TEST_CASE(other_annotations_count) {
  auto others = R"({"a":)" + a_text(150'000) + "}";
  auto spec = R"({"env":{"e":)" + a_text(60'000) + R"(},"new":1})";
  BOOST_TEST(sizes_of(spec, others).total < budget);
  BOOST_TEST(sizes_of(spec, others).kept == R"({"new":1})");
  // They leave no room, but reading v1 must not fail.
  auto full = R"({"a":)" + a_text(budget) + "}";
  BOOST_TEST(sizes_of(spec, full).kept == "nothing");
  BOOST_TEST(sizes_of(spec, full).total == budget + 1);
}

BOOST_AUTO_TEST_CASE(it_may_fill_the_budget_to_the_last_byte) {
  auto frame =
      kept_spec_annotation.size() + std::string(R"({"new":""})").size();
  for (auto [size, kept] :
       {std::pair(budget - frame, true), {budget - frame + 1, false}}) {
    auto s = sizes_of(R"({"new":)" + a_text(size) + "}");
    BOOST_TEST((s.kept != "{}") == kept);
    BOOST_TEST((s.total == budget) == kept);
  }
}

BOOST_AUTO_TEST_CASE(a_spec_of_countless_parts_takes_no_time) {
  std::string members = R"("a":"x")";
  for (int i = 0; i < 100'000; ++i)
    members += R"(,"m)" + std::to_string(i) + R"(":"x")";
  BOOST_TEST(sizes_of("{" + members + "}").kept == "nothing");
  BOOST_TEST(sizes_of(R"({"master":{"labels":{)" + members + "}}}").kept ==
             R"({"master":{}})");
  auto item = R"({"key":"k","operator":"Exists","effect":""})";
  std::string items = item;
  for (int i = 0; i < 100'000; ++i)
    items += std::string(",") + item;
  BOOST_TEST(
      sizes_of(R"({"scheduling":{"tolerations":[)" + items + "]}}").kept ==
      "{}");
}

BOOST_AUTO_TEST_SUITE_END()
