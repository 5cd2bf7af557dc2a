// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runtimes for programs that were not linked with any: made into a shared library, which the dynamic linker loads.
#include <dlfcn.h>

#include <string>
#include <vector>

#include "aot/link.h"
#include "base/temporary_folder.h"
#include "inlay/aot.h"
#include "inlay/runtime.h"

namespace inlay::aot {

namespace {

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
  // What the dynamic linker has loaded stays.
  INLAY_TRY(const base::TemporaryFolder folder, base::TemporaryFolder::make());
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
    const std::string library = folder.file("runtime" + std::to_string(i) + ".so");
    INLAY_TRY_VOID(link(job, library));
    INLAY_TRY_VOID(load(library, runtimes));
  }
  return {};
}

}  // namespace inlay::aot
