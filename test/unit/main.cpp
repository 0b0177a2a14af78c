#define BOOST_TEST_MODULE locust_operator
#include <boost/test/unit_test.hpp>

#include <csignal>

namespace {

/// As the operator's own main: a peer that is gone is an error to handle.
struct without_sigpipe {
  without_sigpipe() {
    std::signal(SIGPIPE, SIG_IGN);
  }
};

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(without_sigpipe);
