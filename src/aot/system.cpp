// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/system.h"

#include <unistd.h>

namespace inlay::aot {

namespace {

/// Where an architecture's libraries lie and how they are called.
struct Place {
  const char* interpreter;
  const char* loader;  // the same as a library
  std::vector<std::string> folders;
  std::string package_suffix;  // of the packages that bring them
};

const Place& place_of(Architecture architecture) {
  static const Place places[ArchitectureCount] = {
      {"/lib64/ld-linux-x86-64.so.2",
       "ld-linux-x86-64.so.2",
       {"/usr/local/lib", "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib",
        "/usr/lib"},
       ""},
      {"/lib/ld-linux-aarch64.so.1",
       "ld-linux-aarch64.so.1",
       {"/usr/aarch64-linux-gnu/lib", "/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu"},
       "-arm64-cross"},
      {"/lib/ld-linux-riscv64-lp64d.so.1",
       "ld-linux-riscv64-lp64d.so.1",
       {"/usr/riscv64-linux-gnu/lib", "/lib/riscv64-linux-gnu", "/usr/lib/riscv64-linux-gnu"},
       "-riscv64-cross"}};
  return places[static_cast<unsigned>(architecture)];
}

std::string find_file(const std::string& name, Architecture architecture) {
  for (const std::string& folder : place_of(architecture).folders) {
    std::string path = folder + "/" + name;
    if (::access(path.c_str(), R_OK) == 0) return path;
  }
  return "";
}

}  // namespace

const char* interpreter_of(Architecture architecture) { return place_of(architecture).interpreter; }

Result<SystemLibraries> find_system_libraries(Architecture architecture) {
  struct Known {
    const char* file;
    const char* package;
  };
  const Place& place = place_of(architecture);
  // libc's static part holds what must be in each program itself, such as at_quick_exit. Only needed by programs that
  // use it, so without a complaint when it is not there.
  const Known wanted_files[] = {{"libstdc++.so.6", "libstdc++6"}, {"libm.so.6", "libc6"},
                                {"libgcc_s.so.1", "libgcc-s1"},   {"libc.so.6", "libc6"},
                                {"libc_nonshared.a", nullptr},    {place.loader, "libc6"}};
  SystemLibraries found;
  for (const Known& wanted : wanted_files) {
    std::string path = find_file(wanted.file, architecture);
    if (!path.empty()) {
      found.files.push_back(path);
      continue;
    }
    if (!wanted.package) continue;
    if (std::string_view(wanted.file) == "libc.so.6")
      return Error(ErrorKind::MissingTool, "the C library (libc.so.6) for " + std::string(to_string(architecture)) +
                                               " is not in the usual folders; install libc6" + place.package_suffix +
                                               ", or write a freestanding program");
    found.missing.push_back(std::string(wanted.file) + " (install " + wanted.package + place.package_suffix + ")");
  }
  return found;
}

Result<std::string> find_library(const std::string& name, Architecture architecture) {
  if (name.find('/') != std::string::npos) {
    if (::access(name.c_str(), R_OK) == 0) return name;
    return Error(ErrorKind::NotFound, "the file '" + name + "' to link with does not exist or cannot be read");
  }
  for (const char* ending : {".so", ".a"})
    if (std::string path = find_file("lib" + name + ending, architecture); !path.empty()) return path;
  return Error(ErrorKind::NotFound,
               "the library '" + name + "' is not in the usual folders; install its -dev package or give its path");
}

}  // namespace inlay::aot
