// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What debuggers see of compiled code: the interface that gdb and lldb have for it, a list of objects in memory.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <llvm/ExecutionEngine/JITLink/JITLink.h>

namespace inlay::jit {

/// Writes into the section headers of an object where the graph's sections lie. What is no ELF file stays as it is.
void set_addresses(std::string& object, llvm::jitlink::LinkGraph& graph);

/// Gives symbols of an object other names, by the ones that they have. What is no ELF file stays as it is.
void set_titles_of_symbols(std::string& object, const std::map<std::string, std::string>& titles);

/// An object that debuggers know of, as long as this lives.
class GdbObject {
 public:
  explicit GdbObject(std::string bytes);
  GdbObject(const GdbObject&) = delete;
  ~GdbObject();

 private:
  struct Entry;
  std::unique_ptr<Entry> entry_;
};

}  // namespace inlay::jit
