// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The four shapes of closures, as the host sees them. They are made in the runtime, by clang; the host freezes them,
// has them compiled and calls them, whatever compiled the host.
#pragma once

#include <functional>
#include <memory>

#include "inlay/inlay.h"
#include "programs.h"

namespace bench {

/// std::function.
template <class T>
std::function<T(T, T)> make_functions(Which which);

/// A closure that returns its first argument.
std::function<long(long, long)> make_first();

/// A pointer to a function, and a struct that it takes first.
template <class T>
struct StructNode;
template <class T>
struct StructProgram {
  T (*run)(const StructProgram*, T x, T y);
  const StructNode<T>* body;
};
template <class T>
StructProgram<T> make_structs(Which which);

/// Nodes with a virtual function.
template <class T>
struct NodeProgram {
  virtual T run(T x, T y) const = 0;
  virtual ~NodeProgram() = default;
};
template <class T>
std::unique_ptr<NodeProgram<T>> make_nodes(Which which);

/// Objects of lambdas. Only the runtime knows their types, so it also has them compiled.
template <class T>
struct Lambdas {
  T (*run)(const void* lambda, T x, T y);
  const void* lambda;
  std::shared_ptr<void> owner;
  inlay::Function<T(T, T)> compiled;
};
template <class T>
Lambdas<T> make_lambdas(const inlay::Jit& jit, Which which);

}  // namespace bench
