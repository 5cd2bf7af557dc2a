// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A small image, made from text, for this room's tests and fuzzer.
#pragma once

#include <string>
#include <vector>

#include "runtime/embed/image_writer.h"
#include "runtime/unit.h"

#include <llvm/AsmParser/Parser.h>
#include <llvm/Support/SourceMgr.h>

namespace inlay::runtime {

constexpr const char* TestImageText = R"(
@table = constant [4 x i32] [i32 1, i32 2, i32 3, i32 4]
@counter = global i64 7
@outside = external global i32
define i32 @twice(i32 %x) { %r = add i32 %x, %x ret i32 %r }
define i32 @caller(i32 %x) { %a = call i32 @twice(i32 %x) %b = call i32 @missing(i32 %a) ret i32 %b }
define ptr @address() { ret ptr @counter }
declare i32 @missing(i32)
)";

/// The image of TestImageText and of `more` functions beside, enough for several chunks.
inline std::vector<std::byte> test_image(int more = 40) {
  std::string text = TestImageText;
  for (int i = 0; i < more; ++i)
    text += "define i32 @more" + std::to_string(i) + "(i32 %x) { %r = mul i32 %x, " + std::to_string(i + 3) +
            " ret i32 %r }\n";
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(text, diagnostic, context);
  module->setDataLayout(HostDataLayout);
  return write_image(*module, "test").bytes;
}

/// Bytes at an address that suits an image, and nothing behind them: a read beyond shows under AddressSanitizer.
class AlignedBytes {
 public:
  explicit AlignedBytes(std::span<const std::byte> bytes)
      : size_(bytes.size()), memory_(static_cast<std::byte*>(::operator new(size_ + 1, std::align_val_t(8)))) {
    std::copy(bytes.begin(), bytes.end(), memory_);
  }
  AlignedBytes(const AlignedBytes&) = delete;
  ~AlignedBytes() { ::operator delete(memory_, std::align_val_t(8)); }
  std::span<std::byte> span() { return {memory_, size_}; }

 private:
  std::size_t size_;
  std::byte* memory_;
};

}  // namespace inlay::runtime
