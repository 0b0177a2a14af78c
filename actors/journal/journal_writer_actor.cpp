#include "actors/journal/journal_writer_actor.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <spdlog/spdlog.h>

namespace locust {

namespace {

struct writer_state {
  static constexpr const char* name = "journal_writer";

  std::unique_ptr<journal_file> file;
};

void log_trouble(const std::string& trouble) {
  if (!trouble.empty())
    spdlog::warn("{}", trouble);
}

journal_writer_actor::behavior_type
journal_writer(journal_writer_actor::stateful_pointer<writer_state> self,
               const journal_options& options) {
  self->state.file = std::make_unique<journal_file>(options);
  log_trouble(self->state.file->open(self->clock().now()));
  return {
      [self](const journal_batch& x) {
        for (const auto& entry : *x.entries)
          log_trouble(self->state.file->append(entry, self->clock().now()));
        return journal_ready{};
      },
      [self](const journal_close&) {
        bool all = self->state.file->flush(self->clock().now());
        self->quit();
        return all;
      },
  };
}

} // namespace

journal_writer_actor spawn_journal_writer(caf::actor_system& system,
                                          journal_options options) {
  return system.spawn<caf::detached>(journal_writer, std::move(options));
}

} // namespace locust
