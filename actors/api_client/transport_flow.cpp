#include "actors/api_client/transport_worker.hpp"

#include <string>

// The part of the network thread that bounds how many bytes wait for actors.

namespace locust {

namespace {

/// Bytes of the answers of all masters together, until they are read. Anybody
/// may run a pod that claims to be a Locust master. 32 are asked at the same
/// time, so an answer of up to 1 MiB is always accepted: several times what a
/// master with 500 endpoints needs.
constexpr size_t most_master_bytes = size_t{32} << 20;

/// Bytes of watches that actors have not processed. Above, the thread reads no
/// more of them until half is processed. The observations made from them are
/// smaller than the bytes.
constexpr size_t most_stream_bytes = size_t{4} << 20;

} // namespace

void transport::worker::end_largest_answers() {
  auto sum = held_.bytes();
  for (const auto& [id, t] : transfers_)
    if (is_of_master(t->order().via))
      sum += t->received();
  while (sum > most_master_bytes) {
    transfer* largest = nullptr;
    for (const auto& [id, t] : transfers_)
      if (is_of_master(t->order().via) &&
          (largest == nullptr || t->received() > largest->received()))
        largest = t.get();
    if (largest == nullptr || largest->received() == 0)
      return;
    sum -= largest->received();
    largest->pool().remove(*largest);
    finish(*largest, largest->give_up("the answers of Locust masters are "
                                      "together longer than " +
                                      std::to_string(most_master_bytes) +
                                      " bytes, and this one is the longest"));
  }
}

/// Stops reading all streams while actors are behind. The kernel's buffers fill
/// up then, and the API server waits, or ends watches that its own buffer
/// cannot hold; their watchers resume them.
void transport::worker::regulate_streams() {
  auto bytes = streamed_.bytes();
  auto reads = reads_streams_ ? bytes <= most_stream_bytes
                              : bytes <= most_stream_bytes / 2;
  if (reads == reads_streams_)
    return;
  reads_streams_ = reads;
  auto now = std::chrono::steady_clock::now();
  for (auto& [number, pool] : pools_) {
    if (pool->via() != channel::streams)
      continue;
    pool->read(reads);
    pool->watch().heard(now);
  }
  // What was not read is no silence of the server.
  for (auto* stream : streams_)
    stream->excuse_silence(now);
}

} // namespace locust
