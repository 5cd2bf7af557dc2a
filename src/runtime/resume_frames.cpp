// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/resume_frames.h"

#include "runtime/names.h"

namespace inlay::runtime {

llvm::Attribute frame_attribute(llvm::LLVMContext& context, const MovedFrame& frame) {
  return llvm::Attribute::get(context, FrameAttribute,
                              std::to_string(frame.size) + "," + std::to_string(frame.alignment.value()));
}

std::optional<MovedFrame> moved_frame(const llvm::Function& resume, unsigned parameter) {
  llvm::StringRef text = resume.getAttributes().getParamAttr(parameter, FrameAttribute).getValueAsString();
  std::uint64_t size = 0, alignment = 0;
  if (text.consumeInteger(10, size) || !text.consume_front(",") || text.consumeInteger(10, alignment))
    return std::nullopt;
  return MovedFrame{size, llvm::Align(alignment)};
}

llvm::Attribute into_frame_attribute(llvm::LLVMContext& context, unsigned frame) {
  return llvm::Attribute::get(context, IntoFrameAttribute, std::to_string(frame));
}

std::optional<unsigned> frame_pointed_into(const llvm::Function& resume, unsigned parameter) {
  unsigned frame = 0;
  if (resume.getAttributes().getParamAttr(parameter, IntoFrameAttribute).getValueAsString().getAsInteger(10, frame))
    return std::nullopt;
  return frame;
}

llvm::Value* distance(llvm::IRBuilder<>& builder, llvm::Value* to, llvm::Value* from) {
  // One after the other: in which order arguments are evaluated is the compiler's choice.
  llvm::Value* end = builder.CreatePtrToInt(to, builder.getInt64Ty());
  llvm::Value* begin = builder.CreatePtrToInt(from, builder.getInt64Ty());
  return builder.CreateSub(end, begin);
}

}  // namespace inlay::runtime
