// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runtimes for programs that were not linked with any: made into a shared library, which the dynamic linker loads.
#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "aot/link.h"
#include "inlay/aot.h"
#include "inlay/runtime.h"

namespace inlay::aot {

namespace {

/// A folder that goes with its files. What the dynamic linker has loaded stays.
class TemporaryFolder {
 public:
  static Result<TemporaryFolder> create() {
    std::error_code error;
    TemporaryFolder folder;
    folder.path_ = (std::filesystem::temp_directory_path(error) / "inlay-XXXXXX").string();
    if (error || !::mkdtemp(folder.path_.data()))
      return Error(ErrorKind::File,
                   "no folder can be made for temporary files; set TMPDIR to one that can be written to");
    return folder;
  }
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, "")) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }

  std::string file(const char* name) const { return path_ + '/' + name; }

 private:
  TemporaryFolder() = default;
  std::string path_;
};

std::string dynamic_linker_says() {
  const char* text = ::dlerror();
  return text ? text : "no reason given";
}

Result<void> load(const std::string& library, const std::vector<RuntimeListing>& runtimes) {
  void* handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) return Error(ErrorKind::LinkFailed, "'" + library + "' cannot be loaded: " + dynamic_linker_says());
  // Kept until the process ends: compiled code may lead into it.
  for (const RuntimeListing& runtime : runtimes) {
    const void* anchor = ::dlsym(handle, ("inlay_runtime_" + runtime.name).c_str());
    if (!anchor)
      return Error(ErrorKind::LinkFailed, "'" + library + "' does not export the runtime '" + runtime.name +
                                              "' that it holds; give the object instead");
    register_runtime(anchor);
  }
  return {};
}

}  // namespace

Result<void> load_runtime(const std::vector<std::string>& files, const EmbedOptions& options) {
  INLAY_TRY(TemporaryFolder folder, TemporaryFolder::create());
  std::vector<std::string> sources, objects;
  for (const std::string& file : files) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored))
      return Error(ErrorKind::NotFound, "the runtime '" + file + "' does not exist");
    if (file.ends_with(".so")) {
      INLAY_TRY(std::vector<RuntimeListing> runtimes, list_runtimes(file));
      INLAY_TRY_VOID(load(std::filesystem::absolute(file, ignored).string(), runtimes));
    } else {
      (file.ends_with(".o") || file.ends_with(".a") ? objects : sources).push_back(file);
    }
  }
  if (!sources.empty()) {
    EmbedOptions embedding = options;
    if (embedding.name.empty()) embedding.name = "program";
    embedding.sources = sources;
    embedding.output = folder.file("runtime.o");
    INLAY_TRY_VOID(embed(embedding));
    objects.push_back(embedding.output);
  }
  for (std::size_t i = 0; i < objects.size(); ++i) {
    // With a slash: a file, and not what cc's -l names.
    const std::string object = objects[i].find('/') == std::string::npos ? "./" + objects[i] : objects[i];
    INLAY_TRY(std::vector<RuntimeListing> runtimes, list_runtimes(object));
    LinkJob job;
    job.start.kind = Kind::SharedLibrary;
    job.name = object;
    job.shared_name = "runtime.so";
    job.libraries = {object};
    for (const RuntimeListing& runtime : runtimes) job.exports.push_back("inlay_runtime_" + runtime.name);
    // The dynamic linker takes a path that it has seen for the library that it has.
    const std::string library = folder.file(("runtime" + std::to_string(i) + ".so").c_str());
    INLAY_TRY_VOID(link(job, library));
    INLAY_TRY_VOID(load(library, runtimes));
  }
  return {};
}

}  // namespace inlay::aot
