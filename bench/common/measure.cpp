// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "measure.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <utility>

namespace bench {
namespace {

double read_clock(clockid_t clock) {
  timespec now = {};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

double order_statistic(std::vector<double> values, std::size_t rank) {
  if (values.empty()) return 0;
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

}  // namespace

double thread_cpu_us() { return read_clock(CLOCK_THREAD_CPUTIME_ID); }
double process_cpu_us() { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }
double wall_us() { return read_clock(CLOCK_MONOTONIC); }

double median(std::vector<double> values) {
  const std::size_t rank = values.size() / 2;
  return order_statistic(std::move(values), rank);
}

double lower_quartile(std::vector<double> values) {
  const std::size_t rank = values.size() / 4;
  return order_statistic(std::move(values), rank);
}

std::vector<double> numbers_from(const std::string& program, const std::string& arguments) {
  std::FILE* output = popen(("'" + program + "' " + arguments).c_str(), "r");
  if (!output) return {};
  std::vector<double> numbers;
  for (double number; std::fscanf(output, "%lf", &number) == 1;) numbers.push_back(number);
  return pclose(output) == 0 ? numbers : std::vector<double>();
}

std::string own_path() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

}  // namespace bench
