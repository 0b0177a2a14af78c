#define BOOST_TEST_NO_MAIN
#define BOOST_TEST_ALTERNATIVE_INIT_API
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <iostream>

namespace {

/// What CTest takes for "skipped".
constexpr int skipped = 77;

} // namespace

// Runs only where a cluster is named: these tests create and delete objects, so
// that ~/.kube/config is none of their business.
int main(int argc, char** argv) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread yet
  if (auto path = std::getenv("KUBECONFIG"); path == nullptr || *path == 0) {
    std::cerr << "SKIPPED: KUBECONFIG is not set. Nothing was tested.\n"
                 "         Start a cluster with tools/cluster up.\n";
    return skipped;
  }
  return boost::unit_test::unit_test_main([] { return true; }, argc, argv);
}
