// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/observe/code_plugin.h"

#include <algorithm>

#include "jit/observe/gdb.h"
#include "jit/observe/linked_lines.h"

#include <llvm/Demangle/Demangle.h>
#include <llvm/ExecutionEngine/Orc/Debugging/DebugInfoSupport.h>

namespace inlay::jit {

namespace {

namespace jitlink = llvm::jitlink;
namespace orc = llvm::orc;
using llvm::BitmaskEnumDetail::operator&;

/// A symbol's name as a person reads it, with what tells copies apart from the original.
std::string display_name(llvm::StringRef symbol) {
  const std::size_t end = std::min(symbol.find(".inlay"), symbol.find(".special"));
  std::string name = llvm::demangle(symbol.substr(0, end).str());
  if (end == llvm::StringRef::npos) return name;
  return name + (symbol.contains(".special") ? " [clone .special]" : " [clone .inlay]");
}

/// Names that users give go into files of lines, and to terminals.
std::string on_one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
  return text;
}

}  // namespace

CodePlugin::CodePlugin(Wanted wanted) : wanted_(std::move(wanted)) {}

CodePlugin::~CodePlugin() = default;

void CodePlugin::set_titles(const orc::JITDylib& dylib, std::map<std::string, std::string> titles) {
  for (auto& [symbol, title] : titles) title = on_one_line(std::move(title));
  std::lock_guard lock(mutex_);
  if (titles.empty())
    titles_.erase(&dylib);
  else
    titles_[&dylib] = std::move(titles);
}

std::map<std::string, std::string> CodePlugin::titles_of(const orc::JITDylib& dylib) {
  std::lock_guard lock(mutex_);
  auto found = titles_.find(&dylib);
  return found == titles_.end() ? std::map<std::string, std::string>() : found->second;
}

void CodePlugin::notifyMaterializing(orc::MaterializationResponsibility& materialization, jitlink::LinkGraph&,
                                     jitlink::JITLinkContext&, llvm::MemoryBufferRef object) {
  if (!wanted_.gdb) return;
  std::lock_guard lock(mutex_);
  pending_[&materialization].object = object.getBuffer().str();
}

void CodePlugin::modifyPassConfig(orc::MaterializationResponsibility& materialization, jitlink::LinkGraph&,
                                  jitlink::PassConfiguration& passes) {
  if (wanted_.lines) passes.PrePrunePasses.push_back(orc::preserveDebugSections);
  // Within an object, functions are called by their place in the section. Their names are not used, and would go.
  passes.PrePrunePasses.push_back([](jitlink::LinkGraph& graph) {
    for (jitlink::Symbol* symbol : graph.defined_symbols())
      if (symbol->hasName() && symbol->isCallable()) symbol->setLive(true);
    return llvm::Error::success();
  });
  passes.PostFixupPasses.push_back(
      [this, &materialization](jitlink::LinkGraph& graph) { return look_at(materialization, graph); });
}

llvm::Error CodePlugin::look_at(orc::MaterializationResponsibility& materialization, jitlink::LinkGraph& graph) {
  const std::map<std::string, std::string> titles = titles_of(materialization.getTargetJITDylib());
  std::vector<CodeFunction> functions;
  std::vector<std::string> code;
  for (jitlink::Section& section : graph.sections()) {
    if ((section.getMemProt() & orc::MemProt::Exec) == orc::MemProt::None) continue;
    for (jitlink::Symbol* symbol : section.symbols()) {
      if (!symbol->hasName() || !symbol->isCallable() || symbol->getSize() == 0) continue;
      CodeFunction function;
      auto title = titles.find((*symbol->getName()).str());
      function.name = title != titles.end() ? title->second : display_name(*symbol->getName());
      function.begin = symbol->getAddress().getValue();
      function.size = symbol->getSize();
      functions.push_back(std::move(function));
      if (!wanted_.perf) continue;
      llvm::ArrayRef<char> bytes = symbol->getSymbolContent();
      code.emplace_back(bytes.begin(), bytes.end());
    }
  }
  if (wanted_.lines)
    if (llvm::Error error = add_lines(graph, functions)) llvm::consumeError(std::move(error));  // without them, then
  std::lock_guard lock(mutex_);
  Pending& pending = pending_[&materialization];
  if (wanted_.gdb) {
    set_addresses(pending.object, graph);
    set_titles_of_symbols(pending.object, titles);
  }
  pending.functions = std::move(functions);
  pending.code = std::move(code);
  return llvm::Error::success();
}

llvm::Error CodePlugin::notifyEmitted(orc::MaterializationResponsibility& materialization) {
  std::unique_lock lock(mutex_);
  auto found = pending_.find(&materialization);
  if (found == pending_.end()) return llvm::Error::success();
  Pending pending = std::move(found->second);
  pending_.erase(found);
  lock.unlock();
  if (wanted_.perf)
    for (std::size_t i = 0; i < pending.functions.size(); ++i) wanted_.perf->add(pending.functions[i], pending.code[i]);
  return materialization.withResourceKeyDo([&](orc::ResourceKey key) {
    std::lock_guard relock(mutex_);
    Linked& linked = linked_[key];
    for (const CodeFunction& function : pending.functions) linked.begins.push_back(function.begin);
    if (wanted_.gdb) linked.gdb.push_back(std::make_unique<GdbObject>(std::move(pending.object)));
    add_to_code_table(std::move(pending.functions));
  });
}

llvm::Error CodePlugin::notifyFailed(orc::MaterializationResponsibility& materialization) {
  std::lock_guard lock(mutex_);
  pending_.erase(&materialization);
  return llvm::Error::success();
}

llvm::Error CodePlugin::notifyRemovingResources(orc::JITDylib&, orc::ResourceKey key) {
  std::unique_lock lock(mutex_);
  auto found = linked_.find(key);
  if (found == linked_.end()) return llvm::Error::success();
  Linked linked = std::move(found->second);
  linked_.erase(found);
  lock.unlock();
  remove_from_code_table(linked.begins);
  return llvm::Error::success();
}

void CodePlugin::notifyTransferringResources(orc::JITDylib&, orc::ResourceKey to, orc::ResourceKey from) {
  std::lock_guard lock(mutex_);
  auto found = linked_.find(from);
  if (found == linked_.end()) return;
  Linked moved = std::move(found->second);
  linked_.erase(found);
  Linked& into = linked_[to];
  into.begins.insert(into.begins.end(), moved.begins.begin(), moved.begins.end());
  for (std::unique_ptr<GdbObject>& object : moved.gdb) into.gdb.push_back(std::move(object));
}

}  // namespace inlay::jit
