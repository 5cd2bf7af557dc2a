// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/target.h"

#include "codegen/machine_state.h"

#include <llvm/IR/Module.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetOptions.h>
#include <llvm/TargetParser/Host.h>

#include <atomic>
#include <mutex>

namespace inlay::codegen {

namespace {

constexpr const char* HostTriple = "x86_64-pc-linux-gnu";

std::atomic<std::uint64_t> made = 0;

void initialize_llvm() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    llvm::InitializeNativeTargetAsmParser();  // inline assembly
  });
}

const std::string& host_features() {
  static const std::string features = [] {
    std::string text;
    for (const auto& feature : llvm::sys::getHostCPUFeatures()) {
      if (!text.empty()) text += ',';
      text += (feature.second ? '+' : '-') + feature.first().str();
    }
    return text;
  }();
  return features;
}

}  // namespace

std::uint64_t machines_made() { return made; }

std::string host_processor() { return llvm::sys::getHostCPUName().str() + ' ' + host_features(); }

Machine::Machine(std::unique_ptr<State> state) : state_(std::move(state)) {}
Machine::~Machine() = default;

Result<std::unique_ptr<Machine>> Machine::create(Cpu cpu) {
  ++made;
  initialize_llvm();
  llvm::Triple triple(HostTriple);
  std::string message;
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, message);
  if (!target) return Error(ErrorKind::Codegen, "LLVM does not know this machine: " + message);

  llvm::TargetOptions options;
  options.UseInitArray = true;
  // A body compiled here must give the same bits as the same body compiled into the host: multiplications and additions
  // are fused only where the source says fma().
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;

  auto state = std::make_unique<State>();
  llvm::StringRef name = cpu == Cpu::Host ? llvm::sys::getHostCPUName() : "x86-64";
  state->target.reset(target->createTargetMachine(triple, name, cpu == Cpu::Host ? host_features() : "", options,
                                                  llvm::Reloc::PIC_, llvm::CodeModel::Small,
                                                  llvm::CodeGenOptLevel::Default));
  if (!state->target) return Error(ErrorKind::Codegen, "LLVM cannot make code for this machine");
  return std::unique_ptr<Machine>(new Machine(std::move(state)));
}

llvm::TargetMachine& Machine::target() { return *state_->target; }

void Machine::adopt(llvm::Module& module) {
  module.setTargetTriple(state_->target->getTargetTriple());
  module.setDataLayout(state_->target->createDataLayout());
  for (llvm::Function& function : module) {
    llvm::Attribute features = function.getFnAttribute("target-features");
    if (!features.isValid() && !function.hasFnAttribute("target-cpu")) continue;
    llvm::StringRef wanted = features.isValid() ? features.getValueAsString() : "";
    if (!wanted.empty() && wanted != state_->known_features) {
      if (!state_->target->getMCSubtargetInfo()->checkFeatures(wanted.str())) continue;
      state_->known_features = wanted.str();
    }
    function.removeFnAttr("target-cpu");
    function.removeFnAttr("tune-cpu");
    function.removeFnAttr("target-features");
  }
}

Result<Machine*> machine_of_thread(Cpu cpu) {
  thread_local std::unique_ptr<Machine> machines[2];
  std::unique_ptr<Machine>& machine = machines[static_cast<int>(cpu)];
  if (!machine) {
    INLAY_TRY(machine, Machine::create(cpu));
  }
  return machine.get();
}

}  // namespace inlay::codegen
