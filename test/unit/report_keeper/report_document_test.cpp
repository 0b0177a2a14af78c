#include "actors/report_keeper/report_document.hpp"
#include "test/unit/report_keeper/config_map.hpp"

using namespace locust;
using test::config_map;
using test::file_in;

namespace {

const auto& requests = report_files[0];
const auto& page = report_files[1];
const auto& failures = report_files[2];
const auto& exceptions = report_files[3];

report_document a_report(size_t most = report_document::most_bytes) {
  return report_document({"perf", "shop"}, "uid-1", most);
}

std::string csv_of(size_t rows) {
  std::string csv = "Type,Name\r\n";
  for (size_t i = 0; i < rows; ++i)
    csv += "GET," + test::noise(40, i) + "\r\n";
  return csv + ",Aggregated\r\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(report_documents)

BOOST_AUTO_TEST_CASE(a_report_belongs_to_its_test) {
  auto report = a_report();
  report.add(requests, "a,b\r\n");
  report.add(page, "<html>");
  auto map = config_map(report.render("shop-report"));
  BOOST_TEST(json::text_at(map, {"kind"}) == "ConfigMap");
  BOOST_TEST(json::text_at(map, {"apiVersion"}) == "v1");
  BOOST_TEST(json::text_at(map, {"metadata", "name"}) == "shop-report");
  BOOST_TEST(json::text_at(map, {"metadata", "namespace"}) == "perf");
  BOOST_TEST(json::text_at(map, {"metadata", "labels",
                                 "performance-test-name"}) == "shop");
  BOOST_TEST(json::text_at(map, {"metadata", "labels", "managed-by"}) ==
             "locust-k8s-operator");
  const auto& owner = map["metadata"]["ownerReferences"][0];
  BOOST_TEST(json::text_at(owner, {"kind"}) == "LocustTest");
  BOOST_TEST(json::text_at(owner, {"uid"}) == "uid-1");
  BOOST_TEST(json::bool_at(owner, {"controller"}).value_or(false));
  BOOST_TEST(json::bool_at(map, {"immutable"}).value_or(false));
  BOOST_TEST((json::find(map, {"metadata", "annotations"}) == nullptr));
  BOOST_TEST(file_in(map, "requests.csv") == "a,b\r\n");
  BOOST_TEST(file_in(map, "report.html") == "<html>");
  BOOST_TEST(report.omitted().empty());
  BOOST_TEST(report.remarks().empty());
}

BOOST_AUTO_TEST_CASE(what_has_no_room_is_left_out_and_the_rest_goes_on) {
  auto report = a_report(60'000);
  report.add(requests, "r");
  report.add(page, test::noise(100'000));
  report.add(failures, "f");
  report.add(exceptions, test::noise(100'000));
  BOOST_TEST(report.omitted() == "report.html, exceptions.csv");
  BOOST_TEST(report.remarks() ==
             "report.html, exceptions.csv: no room in a ConfigMap");
  auto text = report.render("n");
  BOOST_TEST(text.size() < 60'000u);
  auto map = config_map(text);
  BOOST_TEST(json::text_at(map, {"metadata", "annotations",
                                 "locust.io/report-omitted"}) ==
             report.remarks());
  BOOST_TEST(file_in(map, "failures.csv") == "f");
}

BOOST_AUTO_TEST_CASE(the_document_has_at_most_a_mebibyte) {
  auto report = a_report();
  for (const auto& file : report_files)
    report.add(file, test::noise(450'000));
  report.leave_out(page, std::string(10'000, 'x'));
  auto size = report.render(std::string(253, 'n')).size();
  BOOST_TEST(size > 900'000u);
  BOOST_TEST(size <= report_document::most_bytes);
}

BOOST_AUTO_TEST_CASE(statistics_without_room_lose_rows_but_not_their_sum) {
  auto csv = csv_of(5'000);
  auto report = a_report(60'000);
  report.add(requests, csv);
  auto map = config_map(report.render("n"));
  auto kept = file_in(map, "requests.csv");
  BOOST_TEST(kept.starts_with("Type,Name\r\n"));
  BOOST_TEST(kept.ends_with("\r\n,Aggregated\r\n"));
  auto rows = rows_between(kept);
  BOOST_TEST(rows > 100u);
  BOOST_TEST(rows < 5'000u);
  BOOST_TEST(csv.starts_with(
      std::string_view(kept).substr(0, kept.rfind(",Aggregated"))));
  BOOST_TEST(report.omitted() == "requests.csv");
  BOOST_TEST(report.remarks() ==
             "requests.csv: only the first " + std::to_string(rows) +
                 " of 5000 rows, and the sum, have room in a ConfigMap");
}

BOOST_AUTO_TEST_CASE(without_any_room_nothing_is_kept) {
  auto report = a_report(100);
  report.add(requests, csv_of(10));
  BOOST_TEST(report.empty());
  BOOST_TEST(report.omitted() == "requests.csv");
}

BOOST_AUTO_TEST_CASE(rows_end_at_line_breaks_outside_of_quotes) {
  const std::string csv = "head\r\na,\"x\r\ny \"\"q\"\" z\"\r\nb\r\nsum\r\n";
  BOOST_TEST(rows_between(csv) == 2u);
  BOOST_TEST(with_fewer_rows(csv, 1) ==
             "head\r\na,\"x\r\ny \"\"q\"\" z\"\r\nsum\r\n");
  BOOST_TEST(with_fewer_rows(csv, 0) == "head\r\nsum\r\n");
  BOOST_TEST(with_fewer_rows(csv, 2) == csv);
  BOOST_TEST(with_fewer_rows("head", 0) == "head");
  BOOST_TEST(with_fewer_rows("", 0).empty());
  BOOST_TEST(rows_between("head\nsum") == 0u);
  BOOST_TEST(rows_between("\"never closed\n\n") == 0u);
}

BOOST_AUTO_TEST_CASE(equal_reasons_are_told_once_and_bounded) {
  auto report = a_report();
  report.leave_out(requests, "gone");
  report.leave_out(page, "gone");
  report.leave_out(failures, "\xff" + std::string(1'000, 'x'));
  BOOST_TEST(report.omitted() == "requests.csv, report.html, failures.csv");
  BOOST_TEST(report.remarks() == "requests.csv, report.html: gone; "
                                 "failures.csv: ?" +
                                     std::string(255, 'x'));
}

BOOST_AUTO_TEST_SUITE_END()
