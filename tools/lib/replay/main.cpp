#include "tools/lib/replay/journal_replay.hpp"

#include <CLI/CLI.hpp>

#include <cerrno>
#include <fstream>
#include <iostream>
#include <system_error>

int main(int argc, char** argv) {
  CLI::App app("Replays the journal of an operator (--journal FILE) and "
               "compares each step with the recorded one.\n"
               "Exit code: 0 no differences, 1 differences, 2 the journal "
               "cannot be read.");
  std::string path;
  locust::replay_options options;
  app.add_option("FILE", path, "The journal")->required();
  app.add_option("--test", options.test, "Only this test: NAMESPACE/NAME");
  app.add_flag("--quiet", options.quiet, "Print only the differences");
  constexpr auto unreadable =
      static_cast<int>(locust::replay_verdict::unreadable);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : unreadable;
  }
  std::ifstream journal(path, std::ios::binary);
  // A directory can be opened, and fails at the first read.
  if (!journal || (journal.peek(), journal.bad())) {
    std::cerr << "replay: cannot read " << path << ": "
              << std::generic_category().message(errno) << '\n';
    return unreadable;
  }
  journal.clear();
  return static_cast<int>(locust::replay(journal, options, std::cout));
}
