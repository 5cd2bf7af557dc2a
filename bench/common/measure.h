// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Clocks and medians. Benchmarks take CPU time: the machines they run on are shared, and a thread that waits for its
// turn is not slow.
#pragma once

#include <string>
#include <vector>

namespace bench {

/// Of this thread, in microseconds.
double thread_cpu_us();
/// Of all threads of this process, in microseconds.
double process_cpu_us();
/// Since some point in the past, in microseconds.
double wall_us();

/// Zero if there are none.
double median(std::vector<double> values);
/// The value that a quarter of them do not exceed. For wall times: waiting for a core only ever adds to them.
double lower_quartile(std::vector<double> values);

/// The numbers that a program prints on its standard output, separated by space; empty if it fails.
std::vector<double> numbers_from(const std::string& program, const std::string& arguments);
/// This program's own file, for runs in a fresh process.
std::string own_path();

}  // namespace bench
