// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/disassemble.h"

#include <cstdio>
#include <map>

#include <llvm/Demangle/Demangle.h>
#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCDisassembler/MCDisassembler.h>
#include <llvm/MC/MCInst.h>
#include <llvm/MC/MCInstPrinter.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetMachine.h>

namespace inlay::codegen {

struct Disassembler::State {
  std::unique_ptr<llvm::MCContext> context;
  std::unique_ptr<const llvm::MCDisassembler> decoder;
  std::unique_ptr<llvm::MCInstPrinter> printer;
  const llvm::MCSubtargetInfo* features = nullptr;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::string> symbols;  // by section and address of the relocation
};

Disassembler::Disassembler(Machine& machine, const llvm::object::ObjectFile& file) : state_(std::make_unique<State>()) {
  static const bool initialized = [] { return !llvm::InitializeNativeTargetDisassembler(); }();
  llvm::TargetMachine& target = machine.target();
  constexpr unsigned Intel = 1;
  if (!initialized) return;
  state_->features = target.getMCSubtargetInfo();
  state_->context = std::make_unique<llvm::MCContext>(target.getTargetTriple(), target.getMCAsmInfo(),
                                                      target.getMCRegisterInfo(), state_->features);
  state_->decoder.reset(target.getTarget().createMCDisassembler(*state_->features, *state_->context));
  state_->printer.reset(target.getTarget().createMCInstPrinter(target.getTargetTriple(), Intel, *target.getMCAsmInfo(),
                                                               *target.getMCInstrInfo(), *target.getMCRegisterInfo()));
  if (state_->printer) state_->printer->setPrintBranchImmAsAddress(true);
  for (const llvm::object::SectionRef& section : file.sections()) {
    auto of = llvm::expectedToOptional(section.getRelocatedSection());
    if (!of || *of == file.section_end() || !(*of)->isText()) continue;
    for (const llvm::object::RelocationRef& relocation : section.relocations()) {
      if (relocation.getSymbol() == file.symbol_end()) continue;
      if (auto name = llvm::expectedToOptional(relocation.getSymbol()->getName()); name && !name->empty())
        state_->symbols[{(*of)->getIndex(), relocation.getOffset()}] =
            llvm::demangle(name->substr(0, name->find(".inlay.")).str());
    }
  }
}

Disassembler::~Disassembler() = default;

std::string Disassembler::text(const llvm::object::SectionRef& section, std::uint64_t function, std::uint64_t offset,
                               std::uint64_t size) const {
  auto contents = llvm::expectedToOptional(section.getContents());
  if (!contents || !state_->decoder || !state_->printer) return {};
  const auto bytes = llvm::arrayRefFromStringRef(*contents);
  std::string text;
  llvm::raw_string_ostream stream(text);
  for (std::uint64_t at = function + offset, end = at + size; at < end;) {
    llvm::MCInst inst;
    std::uint64_t length = 0;
    const auto status = state_->decoder->getInstruction(inst, length, bytes.slice(at, end - at), at, llvm::nulls());
    char head[32];
    std::snprintf(head, sizeof head, "%5llx", static_cast<unsigned long long>(at - function));
    stream << head;
    if (status == llvm::MCDisassembler::Fail) {
      stream << "\t(data)\n";
      break;
    }
    // A jump's distance counts from its end.
    state_->printer->printInst(&inst, at - function + length, "", *state_->features, stream);
    auto symbol = state_->symbols.lower_bound({section.getIndex(), at});
    if (symbol != state_->symbols.end() && symbol->first < std::pair(section.getIndex(), at + length))
      stream << "  # " << symbol->second;
    stream << '\n';
    at += length;
  }
  return text;
}

}  // namespace inlay::codegen
