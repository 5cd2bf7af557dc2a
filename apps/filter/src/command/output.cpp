// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command/output.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

namespace inlay::filter::command {

namespace {

constexpr auto FirstLine = std::chrono::milliseconds(500), Interval = std::chrono::milliseconds(200);

std::string duration(double seconds) {
  std::array<char, 48> text;
  const auto whole = static_cast<long long>(std::min(seconds, 3.6e9) + 0.5);
  if (whole >= 3600)
    std::snprintf(text.data(), text.size(), "%lld h %02lld min", whole / 3600, whole / 60 % 60);
  else if (whole >= 60)
    std::snprintf(text.data(), text.size(), "%lld min %02lld s", whole / 60, whole % 60);
  else
    std::snprintf(text.data(), text.size(), "%lld s", whole);
  return text.data();
}

}  // namespace

Result<void> write_output(std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = write(STDOUT_FILENO, text.data(), text.size());
    if (size >= 0) {
      text.remove_prefix(static_cast<std::size_t>(size));
    } else if (errno == EAGAIN) {
      pollfd wait{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
      poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      return Error(ErrorKind::File, std::string("cannot be written: ") + std::strerror(errno),
                   {.file = "standard output"});
    }
  }
  return {};
}

Progress::Progress(bool wanted, std::optional<std::int64_t> total)
    : wanted_(wanted && isatty(STDERR_FILENO) != 0), total_(total) {
  next_ = begin_ + FirstLine;
}

void Progress::update(std::int64_t bytes, std::int64_t rows) {
  if (!wanted_) return;
  const Clock::time_point now = Clock::now();
  if (now < next_) return;
  next_ = now + Interval;
  const double seconds = std::chrono::duration<double>(now - begin_).count();
  const double rate = static_cast<double>(bytes) / seconds;
  std::array<char, 160> line;
  int size =
      std::snprintf(line.data(), line.size(), "%.1f M rows, %.0f MB/s", static_cast<double>(rows) / 1e6, rate / 1e6);
  std::string text(line.data(), static_cast<std::size_t>(std::max(size, 0)));
  if (total_ && *total_ > 0 && bytes > 0) {
    const double part = std::min(static_cast<double>(bytes) / static_cast<double>(*total_), 1.0);
    size = std::snprintf(line.data(), line.size(), "%3.0f %%, ", part * 100);
    text = std::string(line.data(), static_cast<std::size_t>(std::max(size, 0))) + text + ", " +
           duration(seconds / part - seconds) + " left";
  }
  std::fprintf(stderr, "\r\033[K%s", text.c_str());
  std::fflush(stderr);
  shown_ = true;
}

void Progress::clear() {
  if (shown_) std::fputs("\r\033[K", stderr);
  shown_ = false;
}

}  // namespace inlay::filter::command
