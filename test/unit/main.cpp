#define BOOST_TEST_MODULE locust_operator
#include <boost/test/unit_test.hpp>
