// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/disassemble.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <tuple>
#include <vector>

#include <llvm/Demangle/Demangle.h>
#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCDisassembler/MCDisassembler.h>
#include <llvm/MC/MCInst.h>
#include <llvm/MC/MCInstPrinter.h>
#include <llvm/MC/MCInstrAnalysis.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetMachine.h>

namespace inlay::codegen {

struct Disassembler::State {
  std::unique_ptr<llvm::MCContext> context;
  std::unique_ptr<const llvm::MCDisassembler> decoder;
  std::unique_ptr<llvm::MCInstPrinter> printer;
  const llvm::MCSubtargetInfo* features = nullptr;
  std::unique_ptr<const llvm::MCInstrAnalysis> analysis;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::string> symbols;    // by section and address of the relocation
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::string> functions;  // by section and address

  void find_functions(const llvm::object::ObjectFile& file);
  std::string name_of(const llvm::object::RelocationRef& relocation) const;
};

namespace {

/// Without what makes the names of specialized functions unique.
std::string readable(llvm::StringRef name) { return llvm::demangle(name.substr(0, name.find(".inlay.")).str()); }

}  // namespace

void Disassembler::State::find_functions(const llvm::object::ObjectFile& file) {
  for (const llvm::object::SymbolRef& symbol : file.symbols()) {
    if (llvm::object::ELFSymbolRef(symbol).getELFType() != llvm::ELF::STT_FUNC) continue;
    auto section = llvm::expectedToOptional(symbol.getSection());
    auto name = llvm::expectedToOptional(symbol.getName());
    auto address = llvm::expectedToOptional(symbol.getAddress());
    if (section && name && address && *section != file.section_end())
      functions[{(*section)->getIndex(), *address}] = readable(*name);
  }
}

std::string Disassembler::State::name_of(const llvm::object::RelocationRef& relocation) const {
  const llvm::object::ELFSymbolRef symbol = *relocation.getSymbol();
  auto section = llvm::expectedToOptional(symbol.getSection());
  if (symbol.getELFType() == llvm::ELF::STT_SECTION && section) {
    // A function of the object itself; the distance counts from behind its four bytes.
    auto addend = llvm::expectedToOptional(llvm::object::ELFRelocationRef(relocation).getAddend());
    auto function = functions.find({(*section)->getIndex(), static_cast<std::uint64_t>(addend.value_or(0) + 4)});
    if (function != functions.end()) return function->second;
  }
  auto name = llvm::expectedToOptional(symbol.getName());
  return name ? readable(*name) : "";
}

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
  state_->analysis.reset(target.getTarget().createMCInstrAnalysis(target.getMCInstrInfo()));
  if (!file.isELF()) return;
  state_->find_functions(file);
  for (const llvm::object::SectionRef& section : file.sections()) {
    auto of = llvm::expectedToOptional(section.getRelocatedSection());
    if (!of || *of == file.section_end() || !(*of)->isText()) continue;
    for (const llvm::object::RelocationRef& relocation : section.relocations()) {
      if (relocation.getSymbol() == file.symbol_end()) continue;
      if (std::string name = state_->name_of(relocation); !name.empty())
        state_->symbols[{(*of)->getIndex(), relocation.getOffset()}] = std::move(name);
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
    else if (std::uint64_t to = 0; state_->analysis && state_->analysis->isCall(inst) &&
                                   state_->analysis->evaluateBranch(inst, at, length, to))
      // What the assembler knew already.
      if (auto function = state_->functions.find({section.getIndex(), to}); function != state_->functions.end())
        stream << "  # " << function->second;
    stream << '\n';
    at += length;
  }
  return text;
}

std::string disassemble(Machine& machine, const llvm::MemoryBuffer& object) {
  auto file = llvm::expectedToOptional(llvm::object::ObjectFile::createObjectFile(object.getMemBufferRef()));
  if (!file) return {};
  const Disassembler disassembler(machine, **file);
  struct Function {
    llvm::object::SectionRef section;
    std::uint64_t address, size;
    std::string name;
  };
  std::vector<Function> functions;
  for (const llvm::object::SymbolRef& symbol : (*file)->symbols()) {
    const llvm::object::ELFSymbolRef elf(symbol);
    if (elf.getELFType() != llvm::ELF::STT_FUNC) continue;
    auto section = llvm::expectedToOptional(symbol.getSection());
    auto name = llvm::expectedToOptional(symbol.getName());
    auto address = llvm::expectedToOptional(symbol.getAddress());
    if (section && name && address && *section != (*file)->section_end())
      functions.push_back({**section, *address, elf.getSize(), readable(*name)});
  }
  std::sort(functions.begin(), functions.end(), [](const Function& a, const Function& b) {
    return std::tuple(a.section.getIndex(), a.address) < std::tuple(b.section.getIndex(), b.address);
  });
  std::string text;
  for (const Function& function : functions)
    text += function.name + ":\n" + disassembler.text(function.section, function.address, 0, function.size);
  return text;
}

}  // namespace inlay::codegen
