// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program of one of the example interpreters, and the ways to run it.
#pragma once

#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "inlay/inlay.h"

namespace bench {

/// Runs it once, its state made anew, and gives back what it prints.
using Run = std::function<std::string()>;

struct Specialized {
  Run run;
  inlay::Report report;
};

struct Subject {
  std::string name;
  unsigned guest_instructions = 0;  // nodes, of a tree
  Run generic = {};
  Run handwritten = {};
  std::function<Specialized(const inlay::CompileOptions&)> specialize = {};
};

/// The programs in examples/vm_*/programs, with larger arguments.
std::vector<Subject> register_subjects(const inlay::Jit& jit);
std::vector<Subject> stack_subjects(const inlay::Jit& jit);
std::vector<Subject> tailcall_subjects(const inlay::Jit& jit);  // as byte code and as direct threaded code
std::vector<Subject> tree_subjects(const inlay::Jit& jit);

/// Nanoseconds of a guest function that returns at once.
struct EntryTimes {
  double unwatched = 0;  // nobody watches the interpreter
  double counting = 0;   // passes are counted
  double entering = 0;   // it goes on in compiled code
};
EntryTimes measure_entries(const inlay::Jit& jit, int runs, long calls);

inline std::string read_example(const std::string& path) {
  std::ifstream stream(BENCH_EXAMPLES "/" + path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) throw std::runtime_error("cannot read " + path);
  return text;
}

template <class T>
T value_or_throw(inlay::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().to_string());
  return std::move(result).value();
}

inline void check(bool condition, const std::string& what) {
  if (!condition) throw std::runtime_error(what);
}

}  // namespace bench
