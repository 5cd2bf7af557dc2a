// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Batches on several threads, with results in the order of the input. Each thread takes the next batch, which is quick
// (where it ends is all that is looked for), works on it, and leaves its result; the one that completes a sequence
// writes it. Memory is constant: nobody is further ahead than a few batches for each thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "inlay/result.h"
#include "input/source.h"

namespace inlay::filter::command {

/// What became of a batch.
struct Done {
  std::string output;
  std::vector<std::size_t> row_ends;  // in the output, where that may be cut
  std::int64_t rows = 0, passed = 0, bytes = 0;
  std::optional<Error> error;  // behind these rows
};

struct Stages {
  std::function<Result<std::optional<InputBatch>>()> next;   // one call at a time
  std::function<Done(InputBatch&& batch, int thread)> work;  // threads are numbered from 0
  std::function<bool(Done&& done)> finish;                   // one call at a time, in order; false: enough
};

/// Until nothing is left, or it is enough; nothing follows an error.
void run(const Stages& stages, int threads);

}  // namespace inlay::filter::command
