"""One replica writes at a time."""

from ..mutant import Mutant

MUTANTS = [
    Mutant("no-fence", "actors/api_client/write_fence.hpp",
           "return fenced_ && now >= until_;",
           "return fenced_ && until_ == boot_time{} && now >= until_;",
           "A replica whose permit has ended goes on writing."),
]
