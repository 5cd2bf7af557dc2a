// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How fast CSV is split (and JSON Lines, where the name ends in .jsonl): `split FILE [COLUMNS [BATCH_BYTES
// [SECONDS]]]`, COLUMNS a number of used columns, the last ones first. Prints gigabytes a second of this thread's time,
// for finding batches and for making cells.
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "input/csv_split.h"
#include "input/source.h"
#include "input/structure.h"

namespace {

double thread_seconds() {
  timespec now = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void measure_variant(const inlay::filter::StructureCode& code, std::string_view text, std::uint32_t columns,
                     std::uint32_t wanted, std::size_t batch_bytes) {
  using namespace inlay::filter;
  const CsvForm form{.marks = {}, .columns = columns};
  std::vector<std::uint32_t> used;
  for (std::uint32_t i = columns - wanted; i < columns; ++i) used.push_back(i);
  const auto pool = std::make_shared<BufferPool>();
  double find = 0, split = 0;
  std::size_t done = 0;
  while (done < text.size()) {
    const double a = thread_seconds();
    const std::string_view window = text.substr(done, batch_bytes);
    const Extent extent = code.extent(window, form.marks);
    const double b = thread_seconds();
    if (extent.end == 0) break;
    BatchMemory memory(pool);
    const CsvRows rows = split_csv(window.substr(0, extent.end), extent.records, form, used, memory, code);
    split += thread_seconds() - b;
    find += b - a;
    done += extent.end;
    if (rows.fault) break;
  }
  const double gigabytes = static_cast<double>(done) * 1e-9;
  std::printf("%s: find %.1f GB/s, split %.1f GB/s\n", code.name, gigabytes / find, gigabytes / split);
}

}  // namespace

int main(int count, char** arguments) {
  using namespace inlay::filter;
  if (count < 2) return 2;
  const bool json = std::string_view(arguments[1]).ends_with(".jsonl");
  const double limit = count > 4 ? std::atof(arguments[4]) : 2;
  double best_next = 1e9, best_split = 1e9, best = 1e9, started = thread_seconds();
  std::int64_t bytes = 0, rows = 0;
  std::uint32_t columns = 0, wanted = 0;
  std::size_t batch_bytes = 0;
  while (thread_seconds() - started < limit) {
    TextOptions options;
    options.name = arguments[1];
    if (count > 3) options.batch_bytes = std::atoll(arguments[3]);
    batch_bytes = static_cast<std::size_t>(options.batch_bytes);
    const double begin = thread_seconds();
    const int input = ::open(arguments[1], O_RDONLY | O_CLOEXEC);
    auto source = json ? open_json_lines(input, options) : open_csv(input, options);
    if (!source) return std::fprintf(stderr, "%s\n", source.error().to_string().c_str()), 1;
    columns = wanted = (*source)->schema().size();
    if (count > 2) {
      std::vector<ColumnId> used;
      wanted = std::min(columns, static_cast<std::uint32_t>(std::atoi(arguments[2])));
      for (std::uint32_t i = columns - wanted; i < columns; ++i) used.push_back(ColumnId{i + 1});
      (*source)->use(used);
    }
    double next = 0, split = 0;
    bytes = rows = 0;
    while (true) {
      const double a = thread_seconds();
      auto batch = (*source)->next();
      const double b = thread_seconds();
      if (!batch) return std::fprintf(stderr, "%s\n", batch.error().to_string().c_str()), 1;
      if (!*batch) break;
      (*source)->split(**batch);
      next += b - a;
      split += thread_seconds() - b;
      if ((*batch)->error) return std::fprintf(stderr, "%s\n", (*batch)->error->to_string().c_str()), 1;
      bytes += (*batch)->bytes;
      rows += (*batch)->batch.rows;
    }
    best_next = std::min(best_next, next);
    best_split = std::min(best_split, split);
    best = std::min(best, thread_seconds() - begin);
  }
  const double gigabytes = static_cast<double>(bytes) * 1e-9;
  std::printf("%lld rows, %.3f GB; next %.1f GB/s, split %.1f GB/s, all %.1f GB/s (%.0f ms)\n",
              static_cast<long long>(rows), gigabytes, gigabytes / best_next, gigabytes / best_split, gigabytes / best,
              best * 1e3);
  if (json) return 0;
  const int file = ::open(arguments[1], O_RDONLY | O_CLOEXEC);
  const std::size_t size = static_cast<std::size_t>(::lseek(file, 0, SEEK_END));
  void* const text = ::mmap(nullptr, size, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
  if (text == MAP_FAILED) return 1;
  for (const StructureCode* code : structure_codes())
    for (int i = 0; i < 3 && code->supported(); ++i)
      measure_variant(*code, {static_cast<const char*>(text), size}, columns, wanted, batch_bytes);
}
