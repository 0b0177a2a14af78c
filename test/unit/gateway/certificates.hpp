#pragma once

#include <string>

namespace locust::test {

/// A certificate and its key as they stand in files.
struct pem_pair {
  std::string chain;
  std::string key;
};

/// A fresh key and a certificate for `name`, signed by itself.
pem_pair make_pair_for(const std::string& name);

/// One that an authority of its own has signed; the authority's certificate is
/// the second of the chain.
pem_pair make_chain_for(const std::string& name);

/// The key of `pair` under a pass phrase.
std::string encrypted_key(const pem_pair& pair);

} // namespace locust::test
