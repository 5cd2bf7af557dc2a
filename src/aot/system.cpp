// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/system.h"

#include <unistd.h>

namespace inlay::aot {

namespace {

constexpr const char* Folders[] = {
    "/usr/local/lib", "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"};

std::string find_file(const std::string& name) {
  for (const char* folder : Folders) {
    std::string path = std::string(folder) + "/" + name;
    if (::access(path.c_str(), R_OK) == 0) return path;
  }
  return "";
}

}  // namespace

Result<SystemLibraries> find_system_libraries() {
  struct Known {
    const char* file;
    const char* package;
  };
  // libc's static part holds what must be in each program itself, such as at_quick_exit. Only needed by programs that
  // use it, so without a complaint when it is not there.
  constexpr Known Wanted[] = {{"libstdc++.so.6", "libstdc++6"}, {"libm.so.6", "libc6"},
                              {"libgcc_s.so.1", "libgcc-s1"},   {"libc.so.6", "libc6"},
                              {"libc_nonshared.a", nullptr},    {"ld-linux-x86-64.so.2", "libc6"}};
  SystemLibraries found;
  for (const Known& wanted : Wanted) {
    std::string path = find_file(wanted.file);
    if (!path.empty()) {
      found.files.push_back(path);
      continue;
    }
    if (!wanted.package) continue;
    if (std::string_view(wanted.file) == "libc.so.6")
      return Error(ErrorKind::MissingTool, "the C library (libc.so.6) is not in the usual folders; install libc6");
    found.missing.push_back(std::string(wanted.file) + " (install " + wanted.package + ")");
  }
  return found;
}

Result<std::string> find_library(const std::string& name) {
  if (name.find('/') != std::string::npos) {
    if (::access(name.c_str(), R_OK) == 0) return name;
    return Error(ErrorKind::NotFound, "the file '" + name + "' to link with does not exist or cannot be read");
  }
  for (const char* ending : {".so", ".a"})
    if (std::string path = find_file("lib" + name + ending); !path.empty()) return path;
  return Error(ErrorKind::NotFound,
               "the library '" + name + "' is not in the usual folders; install its -dev package or give its path");
}

}  // namespace inlay::aot
