// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writing to a Trace. All of it does nothing, at the price of a branch, where there is none.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inlay/trace.h"

namespace inlay::jit {

using Clock = std::chrono::steady_clock;
using TraceArguments = std::vector<std::pair<const char*, std::string>>;

/// Something that took from `begin` to `end` in this thread.
void trace_span(const std::optional<Trace>& trace, const char* category, std::string_view name, Clock::time_point begin,
                Clock::time_point end, TraceArguments arguments = {});

/// Something that happens now.
void trace_event(const std::optional<Trace>& trace, const char* category, std::string_view name,
                 TraceArguments arguments = {});

/// Writes the trace to a file when what is returned goes, and when the process ends before. In a child of fork() it
/// does neither: the file is the parent's.
std::shared_ptr<const void> new_trace_file(const Trace& trace, const std::string& path);

/// Writes the files of all traces that would be written later: the process ends.
void write_trace_files();

/// From here to the end of the block.
class Span {
 public:
  Span(const std::optional<Trace>& trace, const char* category, std::string_view name)
      : trace_(trace ? &trace : nullptr), category_(category) {
    if (trace_) name_ = name, begin_ = Clock::now();
  }
  Span(const Span&) = delete;
  ~Span() {
    if (trace_) trace_span(*trace_, category_, name_, begin_, Clock::now(), std::move(arguments_));
  }
  bool on() const { return trace_; }
  void note(const char* key, std::string value) {
    if (trace_) arguments_.emplace_back(key, std::move(value));
  }

 private:
  const std::optional<Trace>* trace_;
  const char* category_;
  std::string name_;
  Clock::time_point begin_;
  TraceArguments arguments_;
};

}  // namespace inlay::jit
