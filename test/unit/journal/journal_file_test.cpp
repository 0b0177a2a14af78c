#include "actors/journal/journal_file.hpp"
#include "test/unit/journal/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

using namespace locust;
using namespace std::chrono_literals;
using test::content_of;

namespace {

constexpr monotonic_time start{std::chrono::hours(1)};

journal_entry line(const std::string& content, uint64_t lost_before = 0) {
  return {std::make_shared<const std::string>(content), lost_before};
}

/// Limits the size of files of this process, to simulate a full disk.
class full_disk {
public:
  explicit full_disk(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    rlimit now{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &now);
  }

  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;

  ~full_disk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, old_handler_);
  }

private:
  rlimit before_{};
  void (*old_handler_)(int);
};

struct fixture {
  test::temporary_folder folder;
  std::string path = folder.file("journal");
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(journal_file_, fixture)

BOOST_AUTO_TEST_CASE(lines_are_appended_to_what_is_there) {
  {
    journal_file file({path});
    BOOST_TEST(file.append(line("a"), start).empty());
    BOOST_TEST(file.append(line("b"), start).empty());
    BOOST_TEST(file.flush(start));
  }
  journal_file file({path});
  file.append(line("c"), start);
  BOOST_TEST(content_of(path) == "a\nb\nc\n");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_never_written_to_is_empty) {
  journal_file file({path});
  BOOST_TEST(file.open(start).empty());
  BOOST_TEST(file.flush(start));
  BOOST_TEST(std::filesystem::exists(path));
  BOOST_TEST(content_of(path).empty());
}

BOOST_AUTO_TEST_CASE(others_may_not_read_it) {
  journal_file file({path});
  file.open(start);
  struct stat info {};
  ::stat(path.c_str(), &info);
  BOOST_TEST((info.st_mode & 0007) == 0u);
}

BOOST_AUTO_TEST_CASE(an_incomplete_line_is_kept_and_ended) {
  std::ofstream(path) << "whole\nto";
  journal_file file({path});
  file.append(line("a"), start);
  file.append(line("b"), start);
  BOOST_TEST(content_of(path) == "whole\nto\na\nb\n");
}

BOOST_AUTO_TEST_CASE(a_full_file_is_rotated) {
  journal_file file({path, 10, 3});
  for (const auto* text : {"1111", "2222", "3333", "4444", "5555"})
    BOOST_TEST(file.append(line(text), start).empty());
  BOOST_TEST(content_of(path) == "5555\n");
  BOOST_TEST(content_of(path + ".1") == "3333\n4444\n");
  BOOST_TEST(content_of(path + ".2") == "1111\n2222\n");
  for (int i = 6; i < 12; ++i)
    file.append(line(std::string(4, static_cast<char>('0' + i))), start);
  BOOST_TEST(content_of(path + ".3") == "5555\n6666\n");
  BOOST_TEST(!std::filesystem::exists(path + ".4"));
}

BOOST_AUTO_TEST_CASE(a_line_longer_than_a_file_has_a_file_to_itself) {
  journal_file file({path, 10, 3});
  file.append(line("a"), start);
  file.append(line("long, longer, longest"), start);
  file.append(line("b"), start);
  BOOST_TEST(content_of(path + ".2") == "a\n");
  BOOST_TEST(content_of(path + ".1") == "long, longer, longest\n");
  BOOST_TEST(content_of(path) == "b\n");
}

BOOST_AUTO_TEST_CASE(without_kept_files_it_begins_anew) {
  journal_file file({path, 4, 0});
  file.append(line("aaa"), start);
  file.append(line("bbb"), start);
  BOOST_TEST(content_of(path) == "bbb\n");
  BOOST_TEST(!std::filesystem::exists(path + ".1"));
}

BOOST_AUTO_TEST_CASE(lines_dropped_before_are_marked_where_they_are_missing) {
  journal_file file({path});
  file.append(line("a"), start);
  file.append(line("b", 3), start);
  file.append({nullptr, 2}, start);
  BOOST_TEST(content_of(path) == "a\n{\"gap\":3}\nb\n{\"gap\":2}\n");
}

BOOST_AUTO_TEST_CASE(a_full_disk_loses_whole_lines_only) {
  journal_file file({path});
  file.append(line("before"), start);
  {
    full_disk disk(10);
    auto trouble = file.append(line("does not fit"), start);
    BOOST_TEST(trouble == "cannot write the journal " + path +
                              ": there is room for only a part of a line");
    BOOST_TEST(content_of(path) == "before\n");
    BOOST_TEST(file.append(line("nor this"), start + 1s).empty());
    // Opened again, and still full.
    BOOST_TEST(file.append(line("still not"), start + 30s).empty());
    BOOST_TEST(!file.flush(start + 31s));
  }
  BOOST_TEST(file.append(line("too early"), start + 59s).empty());
  BOOST_TEST(file.append(line("after"), start + 61s) ==
             "writing the journal " + path + " works again");
  BOOST_TEST(content_of(path) == "before\n{\"gap\":4}\nafter\n");
}

BOOST_AUTO_TEST_CASE(a_full_device_is_reported_once) {
  journal_file file({"/dev/full"});
  BOOST_TEST(file.open(start).empty());
  auto trouble = file.append(line("a"), start);
  BOOST_TEST(trouble ==
             "cannot write the journal /dev/full: No space left on device");
  for (int i = 0; i < 10; ++i)
    BOOST_TEST(file.append(line("a"), start + i * 30s).empty());
  BOOST_TEST(!file.flush(start + 10min));
}

BOOST_AUTO_TEST_CASE(
    a_file_that_cannot_be_opened_is_tried_every_thirty_seconds) {
  auto missing = folder.file("missing");
  journal_file file({missing + "/journal"});
  BOOST_TEST(file.open(start).find("cannot open the journal") == 0u);
  BOOST_TEST(file.append(line("a"), start).empty());
  std::filesystem::create_directory(missing);
  file.append(line("b"), start + 29s);
  BOOST_TEST(!std::filesystem::exists(missing + "/journal"));
  file.append(line("c"), start + 30s);
  BOOST_TEST(content_of(missing + "/journal") == "{\"gap\":2}\nc\n");
}

BOOST_AUTO_TEST_CASE(a_flush_marks_the_gap_that_nothing_came_after) {
  auto missing = folder.file("missing");
  journal_file file({missing + "/journal"});
  file.append(line("a"), start);
  std::filesystem::create_directory(missing);
  BOOST_TEST(file.flush(start + 1s));
  BOOST_TEST(content_of(missing + "/journal") == "{\"gap\":1}\n");
}

BOOST_AUTO_TEST_CASE(a_failed_rotation_loses_lines_not_the_file) {
  std::filesystem::create_directories(path + ".1/occupied");
  journal_file file({path, 4, 1});
  file.append(line("aaa"), start);
  auto trouble = file.append(line("bbb"), start);
  BOOST_TEST(trouble.find("cannot rotate the journal") == 0u);
  BOOST_TEST(content_of(path) == "aaa\n");
  std::filesystem::remove_all(path + ".1");
  file.append(line("ccc"), start + 30s);
  BOOST_TEST(content_of(path) == "{\"gap\":1}\nccc\n");
  BOOST_TEST(content_of(path + ".1") == "aaa\n");
}

BOOST_AUTO_TEST_CASE(a_fifo_without_a_reader_is_trouble_not_a_wait) {
  BOOST_TEST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  journal_file file({path});
  BOOST_TEST(file.open(start).find("cannot open the journal") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
