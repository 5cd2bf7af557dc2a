// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/unit.h"

#include <atomic>

#include "inlay/llvm.h"

#include <llvm/Support/raw_ostream.h>

namespace inlay {

Unit::Unit(std::unique_ptr<State> state) : state_(std::move(state)) {}
Unit::Unit(Unit&&) noexcept = default;
Unit& Unit::operator=(Unit&& other) noexcept {
  state_ = std::move(other.state_);
  return *this;
}
Unit::~Unit() = default;

Unit Unit::create(std::string_view name) {
  auto state = std::make_unique<State>();
  state->workspace = std::make_shared<runtime::Workspace>();
  state->module = runtime::new_module(state->workspace->context, name);
  return Unit(std::move(state));
}

std::string Unit::to_text() const {
  std::string text;
  llvm::raw_string_ostream stream(text);
  state_->module->print(stream, nullptr);
  return text;
}

llvm::Module& module_of(Unit& unit) { return *unit.state().module; }

Unit::State::~State() {
  module.reset();  // before the context that it lives in
}

namespace runtime {

namespace {
std::atomic<std::uint64_t> made = 0;
}

Workspace::Workspace() : bodies(context) { ++made; }
std::uint64_t workspaces_made() { return made; }

std::unique_ptr<llvm::Module> new_module(llvm::LLVMContext& context, std::string_view name) {
  auto module = std::make_unique<llvm::Module>(llvm::StringRef(name), context);
  module->setTargetTriple(llvm::Triple(HostTriple));
  module->setDataLayout(HostDataLayout);
  module->setPICLevel(llvm::PICLevel::BigPIC);
  module->setUwtable(llvm::UWTableKind::Async);
  module->addModuleFlag(llvm::Module::Warning, "Debug Info Version", llvm::DEBUG_METADATA_VERSION);
  return module;
}

}  // namespace runtime
}  // namespace inlay
