// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/assembly.h"

#include <algorithm>
#include <optional>

#include "codegen/lower/initializer.h"
#include "codegen/lower/lower.h"
#include "codegen/target.h"
#include "ir/assembly.h"

#include <llvm/IR/Module.h>
#include <llvm/MC/MCAsmInfo.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCInstrInfo.h>
#include <llvm/MC/MCObjectFileInfo.h>
#include <llvm/MC/MCParser/MCAsmParser.h>
#include <llvm/MC/MCParser/MCTargetAsmParser.h>
#include <llvm/MC/MCRegisterInfo.h>
#include <llvm/MC/MCStreamer.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/MCTargetOptions.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/SourceMgr.h>

namespace inlay::codegen {

namespace {

/// A symbol as assembly has it: in quotes, whatever it is.
std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (char c : name) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::optional<std::string_view> text_for(const ir::Module& module, const ir::Function& function,
                                         Architecture architecture) {
  if (!function.assembly) return std::nullopt;
  const std::uint32_t* words = &module.extra[function.assembly];
  for (std::uint32_t i = 0; i < words[0]; ++i)
    if (words[1 + i * 2] == static_cast<std::uint32_t>(architecture))
      return module.text(ir::StringId{words[2 + i * 2]});
  return std::nullopt;
}

std::string architectures_of(const ir::Module& module, const ir::Function& function) {
  std::string names;
  const std::uint32_t count = function.assembly ? module.extra[function.assembly] : 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t architecture = (&module.extra[function.assembly])[1 + i * 2];
    if (architecture >= ArchitectureCount) continue;
    if (!names.empty()) names += ", ";
    names += to_string(static_cast<Architecture>(architecture));
  }
  return names.empty() ? "none" : names;
}

/// A part of the assembly that is a function's.
struct Part {
  ir::FunctionId function;
  std::size_t begin, end;
};

/// The first complaint of the parser, if there is one.
struct Complaint {
  bool said = false;
  std::size_t offset = 0;  // in the text
  std::string message, line;
};

Result<Complaint> parse(const std::string& text, Architecture architecture) {
  // As what will emit it: there is no place to tell then.
  const Backend& backend = backend_of(architecture);
  const llvm::Triple triple(backend.triple);
  std::string message;
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, message);
  if (!target)
    return Error(ErrorKind::Codegen, "LLVM cannot read assembly for " + std::string(to_string(architecture)));
  llvm::MCTargetOptions options;
  options.ABIName = backend.abi;
  std::unique_ptr<llvm::MCRegisterInfo> registers(target->createMCRegInfo(triple));
  std::unique_ptr<llvm::MCAsmInfo> info(target->createMCAsmInfo(*registers, triple, options));
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget(
      target->createMCSubtargetInfo(triple, backend.processor, backend.features));
  std::unique_ptr<llvm::MCInstrInfo> instructions(target->createMCInstrInfo());

  Complaint complaint;
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBuffer(text, "assembly"), llvm::SMLoc());
  const auto listen = [](const llvm::SMDiagnostic& said, void* to) {
    auto& complaint = *static_cast<Complaint*>(to);
    if (complaint.said || said.getKind() != llvm::SourceMgr::DK_Error) return;
    complaint.said = true;
    complaint.message = said.getMessage().str();
    complaint.line = said.getLineContents().trim().str();
    const llvm::SourceMgr* from = said.getSourceMgr();
    if (from && said.getLoc().isValid() && from->getNumBuffers() > 0) {
      const llvm::MemoryBuffer* buffer = from->getMemoryBuffer(from->getMainFileID());
      const char* at = said.getLoc().getPointer();
      if (at >= buffer->getBufferStart() && at <= buffer->getBufferEnd())
        complaint.offset = static_cast<std::size_t>(at - buffer->getBufferStart());
    }
  };
  sources.setDiagHandler(listen, &complaint);
  llvm::MCContext context(triple, info.get(), registers.get(), subtarget.get(), &sources, &options);
  std::unique_ptr<llvm::MCObjectFileInfo> sections(target->createMCObjectFileInfo(context, /*PIC=*/true));
  context.setObjectFileInfo(sections.get());
  context.setDiagnosticHandler([&](const llvm::SMDiagnostic& said, bool, const llvm::SourceMgr&,
                                   std::vector<const llvm::MDNode*>&) { listen(said, &complaint); });
  std::unique_ptr<llvm::MCStreamer> nowhere(llvm::createNullStreamer(context));
  std::unique_ptr<llvm::MCAsmParser> parser(llvm::createMCAsmParser(sources, context, *nowhere, *info));
  std::unique_ptr<llvm::MCTargetAsmParser> of_target(
      target->createMCAsmParser(*subtarget, *parser, *instructions, options));
  if (!of_target)
    return Error(ErrorKind::Codegen, "LLVM cannot read assembly for " + std::string(to_string(architecture)));
  parser->setTargetParser(*of_target);
  if (parser->Run(/*NoInitialTextSection=*/false) && !complaint.said) {
    complaint.said = true;
    complaint.message = "LLVM cannot read it";
  }
  return complaint;
}

}  // namespace

Result<void> lower_assembly(llvm::Module& into, const ir::Module& module, const LowerJob& job) {
  const Architecture architecture = job.architecture;
  std::string text;
  std::vector<Part> parts;
  for (ir::FunctionId id : job.functions) {
    const ir::Function& function = module.functions[id];
    if (!(function.flags & ir::FunctionAssembly)) continue;
    const std::optional<std::string_view> body = text_for(module, function, architecture);
    const std::string name = symbol_name(module, id);
    if (!body)
      return Error(ErrorKind::InvalidProgram,
                   "'@" + module.full_name(id) + "' has no assembly for " + std::string(to_string(architecture)) +
                       " (it has " + architectures_of(module, function) + "); add `asm " +
                       std::string(to_string(architecture)) + " { … }`",
                   module.place(function.location));
    const std::string symbol = quoted(name);
    const bool intel = architecture == Architecture::X86_64;
    text += ".section " + quoted(".text." + name) + ",\"ax\",@progbits\n.p2align 4\n";
    if (job.independent || is_visible(job, id, (function.flags & ir::FunctionExported) != 0))
      text += ".globl " + symbol + '\n';
    text += ".type " + symbol + ",@function\n" + symbol + ":\n.cfi_startproc\n";
    if (intel) text += ".intel_syntax noprefix\n";
    const std::size_t begin = text.size();
    text += ir::with_own_labels(*body, name);
    parts.push_back({id, begin, text.size()});
    text += intel ? "\n.att_syntax prefix\n" : "\n";
    text += ".cfi_endproc\n.size " + symbol + ", . - " + symbol + '\n';
  }
  if (parts.empty()) return {};

  INLAY_TRY(const Complaint complaint, parse(text, architecture));
  if (!complaint.said) {
    into.appendModuleInlineAsm(text);
    return {};
  }
  // What is said behind a function's text is about something that it left open.
  const Part* part = &parts.front();
  for (const Part& each : parts)
    if (each.begin <= complaint.offset) part = &each;
  const std::size_t at = std::min(complaint.offset, part->end);
  const auto line = 1 + (at > part->begin ? std::count(text.begin() + static_cast<std::ptrdiff_t>(part->begin),
                                                       text.begin() + static_cast<std::ptrdiff_t>(at), '\n')
                                          : 0);
  std::string message = "line " + std::to_string(line) + " of the assembly of '@" + module.full_name(part->function) +
                        "' for " + std::string(to_string(architecture)) + ": " + complaint.message;
  if (!complaint.line.empty()) message += ", in '" + complaint.line + "'";
  return Error(ErrorKind::InvalidProgram, std::move(message), module.place(module.functions[part->function].location));
}

}  // namespace inlay::codegen
