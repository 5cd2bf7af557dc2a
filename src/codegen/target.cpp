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

constexpr Architecture Host = Architecture::X86_64;

// Each with its parser, for assembly in the code.
const Backend backends[ArchitectureCount] = {
    {"x86_64-pc-linux-gnu", "x86-64", "", "",
     [] {
       LLVMInitializeX86TargetInfo();
       LLVMInitializeX86Target();
       LLVMInitializeX86TargetMC();
       LLVMInitializeX86AsmPrinter();
       LLVMInitializeX86AsmParser();
     }},
    {"aarch64-unknown-linux-gnu", "generic", "", "",
     [] {
       LLVMInitializeAArch64TargetInfo();
       LLVMInitializeAArch64Target();
       LLVMInitializeAArch64TargetMC();
       LLVMInitializeAArch64AsmPrinter();
       LLVMInitializeAArch64AsmParser();
     }},
    {"riscv64-unknown-linux-gnu", "generic-rv64", "+m,+a,+f,+d,+c,+zicsr,+zifencei", "lp64d",
     [] {
       LLVMInitializeRISCVTargetInfo();
       LLVMInitializeRISCVTarget();
       LLVMInitializeRISCVTargetMC();
       LLVMInitializeRISCVAsmPrinter();
       LLVMInitializeRISCVAsmParser();
     }},
};

std::atomic<std::uint64_t> made = 0;

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

bool can_run(Cpu cpu) {
  static constexpr const char* V3[] = {"avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe", "xsave"};
  static constexpr const char* V4[] = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"};
  if (cpu == Cpu::Host || cpu == Cpu::Portable) return true;
  // Asked of the processor one by one, and as far as the system keeps the registers; names are not to be trusted.
  static const llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  const auto has = [](const char* feature) { return features.lookup(feature); };
  return llvm::all_of(V3, has) && (cpu == Cpu::V3 || llvm::all_of(V4, has));
}

std::uint64_t machines_made() { return made; }

std::string host_processor() { return llvm::sys::getHostCPUName().str() + ' ' + host_features(); }

Machine::Machine(std::unique_ptr<State> state) : state_(std::move(state)) {}
Machine::~Machine() = default;

const char* triple_of(Architecture architecture) { return backends[static_cast<unsigned>(architecture)].triple; }

const Backend& backend_of(Architecture architecture) {
  static std::once_flag once[ArchitectureCount];
  const Backend& backend = backends[static_cast<unsigned>(architecture)];
  std::call_once(once[static_cast<unsigned>(architecture)], backend.initialize);
  return backend;
}

std::optional<Architecture> architecture_of(const llvm::Module& module) {
  for (unsigned i = 0; i < ArchitectureCount; ++i)
    if (llvm::Triple(backends[i].triple).getArch() == module.getTargetTriple().getArch())
      return static_cast<Architecture>(i);
  return std::nullopt;
}

Result<std::unique_ptr<Machine>> Machine::create(const MachineOptions& options) {
  const bool host = options.cpu == Cpu::Host;
  const bool level = options.cpu == Cpu::V3 || options.cpu == Cpu::V4;
  if (level && options.architecture != Architecture::X86_64)
    return Error(ErrorKind::InvalidArgument, std::string(to_string(options.architecture)) + " has no such levels");
  if (host && options.architecture != Host)
    return Error(ErrorKind::InvalidArgument, "this processor is no " + std::string(to_string(options.architecture)) +
                                                 "; ask for code that every processor of that kind runs");
  ++made;
  const Backend& backend = backend_of(options.architecture);
  llvm::Triple triple(backend.triple);
  std::string message;
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, message);
  if (!target) return Error(ErrorKind::Codegen, "LLVM does not know this machine: " + message);

  llvm::TargetOptions target_options;
  target_options.UseInitArray = true;
  // A body compiled here must give the same bits as the same body compiled into the host: multiplications and additions
  // are fused only where the source says fma().
  target_options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  target_options.MCOptions.ABIName = backend.abi;

  const llvm::StringRef processor = host                     ? llvm::sys::getHostCPUName()
                                    : options.cpu == Cpu::V3 ? "x86-64-v3"
                                    : options.cpu == Cpu::V4 ? "x86-64-v4"
                                                             : backend.processor;
  auto state = std::make_unique<State>();
  state->abi = backend.abi;
  state->target.reset(
      target->createTargetMachine(triple, processor, host ? host_features() : backend.features, target_options,
                                  options.position == Position::Fixed ? llvm::Reloc::Static : llvm::Reloc::PIC_,
                                  llvm::CodeModel::Small, llvm::CodeGenOptLevel::Default));
  if (!state->target) return Error(ErrorKind::Codegen, "LLVM cannot make code for this machine");
  return std::unique_ptr<Machine>(new Machine(std::move(state)));
}

llvm::TargetMachine& Machine::target() { return *state_->target; }

void Machine::adopt(llvm::Module& module) {
  module.setTargetTriple(state_->target->getTargetTriple());
  module.setDataLayout(state_->target->createDataLayout());
  if (!state_->abi.empty() && !module.getModuleFlag("target-abi"))
    module.addModuleFlag(llvm::Module::Error, "target-abi", llvm::MDString::get(module.getContext(), state_->abi));
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

Result<Machine*> machine_of_thread(const MachineOptions& options) {
  thread_local std::unique_ptr<Machine> machines[4][ArchitectureCount][2];
  std::unique_ptr<Machine>& machine =
      machines[static_cast<unsigned>(options.cpu)][static_cast<unsigned>(options.architecture)]
              [static_cast<unsigned>(options.position)];
  if (!machine) {
    INLAY_TRY(machine, Machine::create(options));
  }
  return machine.get();
}

}  // namespace inlay::codegen
