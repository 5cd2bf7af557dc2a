// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/diagnostics.h"

#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/raw_ostream.h>

namespace inlay::codegen {

namespace {

std::string text_of(const llvm::DiagnosticInfo& info) {
  if (info.getKind() == llvm::DK_SrcMgr) {  // assembly: the message and the line it is about, without a caret
    const llvm::SMDiagnostic& diagnostic = llvm::cast<llvm::DiagnosticInfoSrcMgr>(info).getSMDiag();
    std::string text = diagnostic.getMessage().str();
    llvm::StringRef line = diagnostic.getLineContents().trim();
    if (!line.empty()) text += ", in the assembly '" + line.str() + "'";
    return text;
  }
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::DiagnosticPrinterRawOStream printer(stream);
  info.print(printer);
  return text;
}

class Listener : public llvm::DiagnosticHandler {
 public:
  explicit Listener(std::vector<std::string>& errors) : errors_(errors) {}
  bool handleDiagnostics(const llvm::DiagnosticInfo& info) override {
    if (info.getSeverity() == llvm::DS_Error) errors_.push_back(text_of(info));
    return true;
  }
  bool isAnalysisRemarkEnabled(llvm::StringRef) const override { return false; }
  bool isMissedOptRemarkEnabled(llvm::StringRef) const override { return false; }
  bool isPassedOptRemarkEnabled(llvm::StringRef) const override { return false; }
  bool isAnyRemarkEnabled() const override { return false; }

 private:
  std::vector<std::string>& errors_;
};

}  // namespace

Diagnostics::Diagnostics(llvm::LLVMContext& context) : context_(context), before_(context.getDiagnosticHandler()) {
  context_.setDiagnosticHandler(std::make_unique<Listener>(errors_), /*RespectFilters=*/false);
}

Diagnostics::~Diagnostics() { context_.setDiagnosticHandler(std::move(before_)); }

Error Diagnostics::take(ErrorKind kind) {
  Error error(kind, errors_.empty() ? "LLVM gave no reason" : errors_.front());
  for (std::size_t i = 1; i < errors_.size(); ++i) static_cast<void>(std::move(error).with_note(errors_[i]));
  errors_.clear();
  return error;
}

}  // namespace inlay::codegen
