// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Between a request and its object: the cache. What is found there needs no LLVM IR, no context and no target machine.
#pragma once

#include <optional>
#include <string>

#include "cache/trie.h"
#include "inlay/jit.h"
#include "jit/hot/way_in.h"

namespace inlay::jit {

class Engine;
struct Built;

/// What is to be compiled, so that it can be told apart from everything else, in this process and another one.
struct Subject {
  std::string name;  // of the entry function
  std::string what;  // for people
  cache::Request request;
};

/// Of a function with some arguments bound, called through its state; nothing if its code is in no runtime.
std::optional<Subject> subject_of(const detail::Request& request);
/// Of a way into an interpreter.
Subject subject_of(const EntryPoints& points, const EntryPlace& place, const std::vector<Pin>& pins);

/// One look into the engine's cache, and what is needed to keep what was not found.
class CacheQuery {
 public:
  /// Off if there is no cache, or these options make code that no other process can be sure of.
  CacheQuery(Engine& engine, const CompileOptions& options, const Subject* subject);

  bool on() const { return state_ != nullptr; }
  frozen::ReadLog& log() { return log_; }

  /// The object as it would be built, and the report.
  std::optional<Built> find(Report& report);
  void keep(const Built& built, const Report& report);

 private:
  cache::State* state_ = nullptr;  // the engine keeps it
  cache::Request request_;
  frozen::ReadLog log_;
};

}  // namespace inlay::jit
