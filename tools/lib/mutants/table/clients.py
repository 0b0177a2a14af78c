"""Requests are sent once, in turn, and when the API server wants them."""

from ..mutant import Mutant

_CORE = "actors/api_client/client_core.cpp"
_QUEUE = "actors/api_client/request_queue.cpp"

MUTANTS = [
    Mutant("ignores-retry-after", _CORE,
           "queue_.pause(c.request.in, now + std::min<std::chrono::seconds>(\n"
           "                                       *event.retry_after, longest_pause));",
           "queue_.pause(c.request.in, now);",
           "A client that was asked to wait does not."),
    Mutant("leaks-a-place", _QUEUE,
           "  --in_flight_[i];\n  if (!done.slow)",
           "  if (outcome == send_outcome::done)\n    --in_flight_[i];\n  if (!done.slow)",
           "Each request without an answer takes a place for ever."),
    Mutant("pauses-for-ever", _QUEUE,
           "  pause = std::max(pause, until);",
           "  pause = std::max(pause, until + std::chrono::hours(9));",
           "A client that was asked to wait never sends anything again."),
]
