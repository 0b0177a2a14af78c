#pragma once

#include <string>

namespace locust::test {

/// The contents of a certificate file and its key file.
struct pem_pair {
  std::string chain;
  std::string key;
};

/// A new key with a self-signed certificate for `name`.
pem_pair make_pair_for(const std::string& name);

/// Same, signed by a new CA, whose certificate is the second of the chain.
pem_pair make_chain_for(const std::string& name);

/// The key of `pair`, encrypted with a pass phrase.
std::string encrypted_key(const pem_pair& pair);

} // namespace locust::test
