// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "files.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <system_error>

namespace calc {

std::string read_file(const std::string& path) {
  const auto fail = [&] { throw std::runtime_error("cannot read " + path + ": " + std::strerror(errno)); };
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rb"));
  if (!file) fail();
  std::string text;
  char buffer[1 << 16];
  while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, file.get())) text.append(buffer, count);
  if (std::ferror(file.get()) != 0) fail();
  return text;
}

std::vector<std::string> list_programs(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> programs;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".calc") programs.push_back(entry.path().string());
  }
  if (error) throw std::runtime_error("cannot list " + folder + ": " + error.message());
  std::sort(programs.begin(), programs.end());
  return programs;
}

}  // namespace calc
