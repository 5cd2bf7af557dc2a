// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "subject.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace inlay::interpreters {

const std::vector<const Machine*>& machines() {
  static const std::vector<const Machine*> all = {&register_machine(), &stack_machine(), &byte_machine(),
                                                  &threaded_machine(), &tree_machine()};
  return all;
}

const Jit& jit() {
  static const Jit instance = Jit::create().value();
  return instance;
}

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace inlay::interpreters
