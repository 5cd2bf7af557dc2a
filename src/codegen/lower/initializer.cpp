// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/initializer.h"

#include <algorithm>
#include <cstring>

#include "codegen/lower/symbols.h"

namespace inlay::codegen {

namespace {

constexpr std::uint32_t PointerSize = 8;

std::vector<ir::Relocation> relocations_of(const ir::Module& module, const ir::Data& data) {
  std::vector<ir::Relocation> found;
  if (!data.relocations) return found;
  const std::uint32_t* words = &module.extra[data.relocations];
  for (std::uint32_t i = 0; i < words[0]; ++i)
    found.push_back(
        {words[1 + i * 3], ir::Value::of_bits(words[2 + i * 3]), static_cast<std::int32_t>(words[3 + i * 3])});
  std::sort(found.begin(), found.end(),
            [](const ir::Relocation& a, const ir::Relocation& b) { return a.offset < b.offset; });
  return found;
}

/// Whether pointers lie within the object, and not one on the other.
bool are_possible(const std::vector<ir::Relocation>& relocations, std::uint32_t size) {
  std::uint64_t end = 0;
  for (const ir::Relocation& relocation : relocations) {
    if (relocation.offset < end || std::uint64_t{relocation.offset} + PointerSize > size) return false;
    end = std::uint64_t{relocation.offset} + PointerSize;
  }
  return true;
}

/// Calls `bytes(offset, count)` and `pointer(relocation)` for what an object consists of, in order.
void visit_parts(const std::vector<ir::Relocation>& relocations, std::uint32_t size, auto&& bytes, auto&& pointer) {
  std::uint32_t at = 0;
  for (const ir::Relocation& relocation : relocations) {
    if (relocation.offset > at) bytes(at, relocation.offset - at);
    pointer(relocation);
    at = relocation.offset + PointerSize;
  }
  if (size > at) bytes(at, size - at);
}

bool is_scalar(ir::TypeKind kind) { return kind >= ir::TypeKind::Bool && kind <= ir::TypeKind::Fn; }

std::uint64_t read_word(const std::byte* bytes, std::uint64_t size) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, std::min<std::uint64_t>(size, sizeof word));
  return word;
}

/// A scalar, of a type that is that large.
llvm::Constant* scalar(llvm::Type* type, const std::byte* bytes, std::uint64_t size) {
  const std::uint64_t word = read_word(bytes, size);
  if (type->isIntegerTy()) return llvm::ConstantInt::get(type, word, false, /*ImplicitTrunc=*/true);
  if (type->isFloatTy())
    return llvm::ConstantFP::get(type, llvm::APFloat(llvm::bit_cast<float>(static_cast<std::uint32_t>(word))));
  if (type->isDoubleTy()) return llvm::ConstantFP::get(type, llvm::APFloat(llvm::bit_cast<double>(word)));
  llvm::Constant* integer = llvm::ConstantInt::get(llvm::Type::getInt64Ty(type->getContext()), word);
  return word == 0 ? llvm::Constant::getNullValue(type) : llvm::ConstantExpr::getIntToPtr(integer, type);
}

}  // namespace

llvm::Type* initializer_type(const ir::Module& module, const ir::Data& data, Types& types) {
  llvm::LLVMContext& context = types.pointer()->getContext();
  const std::vector<ir::Relocation> relocations = relocations_of(module, data);
  if (relocations.empty()) {
    const bool one = data.type && is_scalar(module.types[data.type].kind) && types.size(data.type) == data.size;
    // One that is empty takes a byte: each has an address of its own.
    return one ? types.memory(data.type) : llvm::ArrayType::get(types.byte(), std::max(data.size, 1u));
  }
  if (!are_possible(relocations, data.size)) return types.byte();  // which initializer() refuses
  if (relocations.size() * PointerSize == data.size) return llvm::ArrayType::get(types.pointer(), relocations.size());
  std::vector<llvm::Type*> parts;
  visit_parts(
      relocations, data.size,
      [&](std::uint32_t, std::uint32_t count) { parts.push_back(llvm::ArrayType::get(types.byte(), count)); },
      [&](const ir::Relocation&) { parts.push_back(types.pointer()); });
  return llvm::StructType::get(context, parts, /*isPacked=*/true);
}

Result<llvm::Constant*> initializer(const ir::Module& module, const ir::Data& data, Types& types, Symbols& symbols) {
  llvm::Type* type = initializer_type(module, data, types);
  const std::vector<ir::Relocation> relocations = relocations_of(module, data);
  if (!are_possible(relocations, data.size))
    return Error(ErrorKind::InvalidProgram,
                 "'@" + std::string(module.text(data.name)) +
                     "' has a pointer that does not lie within it, or on another; a pointer takes 8 bytes",
                 module.place(data.location));
  const std::byte* bytes = data.bytes ? &module.bytes[data.bytes] : nullptr;
  if (relocations.empty()) {
    if (!bytes || data.size == 0) return llvm::Constant::getNullValue(type);
    if (!type->isArrayTy()) return scalar(type, bytes, data.size);
    return llvm::ConstantDataArray::getRaw(llvm::StringRef(reinterpret_cast<const char*>(bytes), data.size), data.size,
                                           types.byte());
  }
  std::vector<llvm::Constant*> parts;
  visit_parts(
      relocations, data.size,
      [&](std::uint32_t offset, std::uint32_t count) {
        const auto* text = reinterpret_cast<const char*>(bytes) + offset;
        llvm::Type* array = llvm::ArrayType::get(types.byte(), count);
        parts.push_back(bytes ? llvm::ConstantDataArray::getRaw(llvm::StringRef(text, count), count, types.byte())
                              : llvm::Constant::getNullValue(array));
      },
      [&](const ir::Relocation& relocation) {
        llvm::Constant* symbol = symbols.constant(relocation.symbol);
        if (relocation.addend != 0)
          symbol = llvm::ConstantExpr::getGetElementPtr(types.byte(), symbol,
                                                        llvm::ConstantInt::getSigned(types.word(), relocation.addend));
        parts.push_back(symbol);
      });
  if (auto* array = llvm::dyn_cast<llvm::ArrayType>(type)) return llvm::ConstantArray::get(array, parts);
  return llvm::ConstantStruct::get(llvm::cast<llvm::StructType>(type), parts);
}

namespace {

struct RecordTexts {
  std::string name;
  std::string_view file;
  std::uint32_t line = 0;
};

RecordTexts record_texts(const ir::Module& module, ir::FunctionId function) {
  const ir::Location location = module.functions[function].location;
  RecordTexts texts{module.full_name(function), {}, location.line()};
  if (location) texts.file = module.path(location.file());
  return texts;
}

}  // namespace

llvm::StructType* record_type(const ir::Module& module, ir::FunctionId function, Types& types) {
  const RecordTexts texts = record_texts(module, function);
  llvm::LLVMContext& context = types.pointer()->getContext();
  llvm::Type* number = llvm::Type::getInt32Ty(context);
  return llvm::StructType::get(context, {types.pointer(), types.pointer(), number, number,
                                         llvm::ArrayType::get(types.byte(), texts.name.size() + 1),
                                         llvm::ArrayType::get(types.byte(), texts.file.size() + 1)});
}

llvm::Constant* record_initializer(const ir::Module& module, ir::FunctionId function, Types& types,
                                   llvm::GlobalVariable& record) {
  const RecordTexts texts = record_texts(module, function);
  llvm::LLVMContext& context = types.pointer()->getContext();
  llvm::StructType* type = record_type(module, function, types);
  llvm::Type* number = llvm::Type::getInt32Ty(context);
  const auto field = [&](unsigned index) {
    llvm::Constant* zero = llvm::ConstantInt::get(number, 0);
    return llvm::ConstantExpr::getInBoundsGetElementPtr(
        type, &record, llvm::ArrayRef{zero, llvm::cast<llvm::Constant>(llvm::ConstantInt::get(number, index))});
  };
  return llvm::ConstantStruct::get(
      type, {field(4), field(5), llvm::ConstantInt::get(number, texts.line), llvm::ConstantInt::get(number, 0),
             llvm::ConstantDataArray::getString(context, texts.name),
             llvm::ConstantDataArray::getString(context, texts.file)});
}

}  // namespace inlay::codegen
