// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A chunk is a bitcode module of its own with a few neighbouring definitions. Too few, and each pays for the tables
// that every module has (about 2 KB); too many, and loading one body reads the declarations that others need.
#include "runtime/embed/image_writer.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "base/hash.h"
#include "runtime/bodies.h"
#include "runtime/embed/labels.h"
#include "runtime/image.h"
#include "runtime/markers.h"
#include "runtime/names.h"
#include "runtime/unit.h"

#include <llvm/Bitcode/BitcodeWriter.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Instructions.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Transforms/Utils/ValueMapper.h>

namespace inlay::runtime {

namespace {

constexpr std::size_t FunctionsPerChunk = 16;
constexpr std::size_t VariablesPerChunk = 32;

struct Chunk {
  std::vector<llvm::Function*> functions;
  std::vector<llvm::GlobalVariable*> variables;
};

/// The function whose labels an initializer mentions (a computed goto's table): its blocks must come along.
llvm::Function* function_of_labels(const llvm::Constant* constant, std::set<const llvm::Constant*>& seen) {
  if (auto* label = llvm::dyn_cast<llvm::BlockAddress>(constant)) return label->getFunction();
  if (llvm::isa<llvm::GlobalValue>(constant) || !seen.insert(constant).second) return nullptr;
  for (const llvm::Use& operand : constant->operands())
    if (auto* inner = llvm::dyn_cast<llvm::Constant>(operand.get()))
      if (llvm::Function* function = function_of_labels(inner, seen)) return function;
  return nullptr;
}

std::vector<Chunk> divide(llvm::Module& module, std::map<const llvm::GlobalValue*, std::uint32_t>& chunk_of) {
  std::vector<Chunk> chunks;
  for (llvm::Function& function : module) {
    if (function.isDeclaration()) continue;
    if (chunks.empty() || chunks.back().functions.size() == FunctionsPerChunk) chunks.emplace_back();
    chunks.back().functions.push_back(&function);
    chunk_of[&function] = static_cast<std::uint32_t>(chunks.size() - 1);
  }
  std::size_t open = chunks.size();  // the chunk that takes variables; none yet
  for (llvm::GlobalVariable& variable : module.globals()) {
    if (variable.isDeclaration() || variable.getName().starts_with("llvm.")) continue;
    std::set<const llvm::Constant*> seen;
    std::size_t at;
    if (llvm::Function* labels = function_of_labels(variable.getInitializer(), seen)) {
      at = chunk_of.at(labels);
    } else {
      if (open == chunks.size() || chunks[open].variables.size() == VariablesPerChunk) {
        open = chunks.size();
        chunks.emplace_back();
      }
      at = open;
    }
    chunks[at].variables.push_back(&variable);
    chunk_of[&variable] = static_cast<std::uint32_t>(at);
  }
  return chunks;
}

std::string write_chunk(llvm::Module& source, const Chunk& chunk) {
  llvm::Module module("chunk", source.getContext());
  module.setTargetTriple(source.getTargetTriple());
  module.setDataLayout(source.getDataLayout());
  module.addModuleFlag(llvm::Module::Warning, "Debug Info Version", llvm::DEBUG_METADATA_VERSION);
  // Declare all before copying any, so that what they say of each other needs no repair. Definitions are external
  // here whatever they are in the source: a chunk is only read, never linked.
  for (llvm::Function* function : chunk.functions) declare_in(module, *function);
  for (llvm::GlobalVariable* variable : chunk.variables) declare_in(module, *variable);
  copy_definitions(module, chunk.functions, chunk.variables);
  turn_labels_into_numbers(module, source);
  llvm::SmallVector<char, 0> buffer;
  llvm::BitcodeWriter writer(buffer);
  writer.writeModule(module);
  writer.writeStrtab();  // no symbol table: nothing links a chunk
  return std::string(buffer.data(), buffer.size());
}

bool is_indexed(const llvm::GlobalValue& global) {
  if (global.getName().starts_with("llvm.") || !global.hasName() || is_marker(global)) return false;
  if (auto* function = llvm::dyn_cast<llvm::Function>(&global)) return !function->isIntrinsic();
  return llvm::isa<llvm::GlobalVariable>(global);
}

/// Everything that a body does, as text without the numbers of metadata: two bodies with the same hash are the same.
std::uint64_t hash_of_body(const llvm::Function& function) {
  if (function.isDeclaration()) return 0;
  std::map<const llvm::Value*, unsigned> numbers;
  std::string text;
  llvm::raw_string_ostream stream(text);
  auto number_of = [&](const llvm::Value* value) {
    return numbers.try_emplace(value, static_cast<unsigned>(numbers.size())).first->second;
  };
  function.getAttributes().print(stream);
  for (const llvm::BasicBlock& block : function) {
    stream << "block " << number_of(&block) << '\n';
    for (const llvm::Instruction& inst : block) {
      stream << inst.getOpcodeName() << ' ' << number_of(&inst) << ' ' << *inst.getType() << ' '
             << static_cast<unsigned>(inst.getRawSubclassOptionalData());
      if (auto* gep = llvm::dyn_cast<llvm::GetElementPtrInst>(&inst)) stream << ' ' << *gep->getSourceElementType();
      if (auto* place = llvm::dyn_cast<llvm::AllocaInst>(&inst)) stream << ' ' << *place->getAllocatedType();
      if (auto* compare = llvm::dyn_cast<llvm::CmpInst>(&inst)) stream << ' ' << compare->getPredicate();
      if (auto* shuffle = llvm::dyn_cast<llvm::ShuffleVectorInst>(&inst))
        for (int lane : shuffle->getShuffleMask()) stream << ' ' << lane;
      if (auto* extract = llvm::dyn_cast<llvm::ExtractValueInst>(&inst))
        for (unsigned index : extract->indices()) stream << ' ' << index;
      if (auto* insert = llvm::dyn_cast<llvm::InsertValueInst>(&inst))
        for (unsigned index : insert->indices()) stream << ' ' << index;
      if (auto* change = llvm::dyn_cast<llvm::AtomicRMWInst>(&inst)) stream << ' ' << change->getOperation();
      if (inst.isAtomic()) stream << " atomic " << inst.isVolatile();
      if (auto* call = llvm::dyn_cast<llvm::CallBase>(&inst)) {
        stream << ' ' << *call->getFunctionType() << ' ';
        call->getAttributes().print(stream);
      }
      for (const llvm::Use& operand : inst.operands()) {
        stream << " , ";
        if (llvm::isa<llvm::Constant>(operand.get()))
          operand->printAsOperand(stream, /*PrintType=*/true);
        else if (!llvm::isa<llvm::MetadataAsValue>(operand.get()))
          stream << number_of(operand.get());
      }
      if (auto* phi = llvm::dyn_cast<llvm::PHINode>(&inst))
        for (const llvm::BasicBlock* from : phi->blocks()) stream << ' ' << number_of(from);
      stream << '\n';
    }
  }
  return base::hash(text.data(), text.size());
}

/// Of a variable that may change there is one each: no two are alike.
std::uint64_t hash_of_initializer(const llvm::GlobalVariable& variable) {
  if (!variable.isConstant() || !variable.hasInitializer()) return 0;
  std::string text;
  llvm::raw_string_ostream stream(text);
  variable.getInitializer()->print(stream);
  return base::hash(text.data(), text.size());
}

SymbolRecord describe(const llvm::GlobalValue& global,
                      const std::map<const llvm::GlobalValue*, std::uint32_t>& chunks) {
  SymbolRecord record{};
  // A definition that another one may replace when the program is linked says nothing about what the program does.
  if (auto chunk = chunks.find(&global); chunk != chunks.end() && !global.isInterposable()) {
    record.flags |= Defined;
    record.chunk = chunk->second;
  }
  if (auto* function = llvm::dyn_cast<llvm::Function>(&global)) {
    record.kind = SymbolKind::Function;
    record.instructions = function->getInstructionCount();
    if (function->hasFnAttribute(InlineAttribute)) record.flags |= AsksInline;
    record.body = hash_of_body(*function);
  } else {
    auto& variable = llvm::cast<llvm::GlobalVariable>(global);
    record.kind = SymbolKind::Variable;
    record.size = variable.getValueType()->isSized()
                      ? global.getParent()->getDataLayout().getTypeAllocSize(variable.getValueType()).getFixedValue()
                      : 0;
    record.body = hash_of_initializer(variable);
    if (variable.isConstant()) record.flags |= Constant;
    if (variable.isThreadLocal()) record.flags |= ThreadLocal;
  }
  auto& object = llvm::cast<llvm::GlobalObject>(global);
  if (!object.hasMetadata("inlay.internal")) record.flags |= Exported;
  return record;
}

template <class T>
void append(std::vector<std::byte>& to, const T* data, std::size_t count) {
  auto* bytes = reinterpret_cast<const std::byte*>(data);
  to.insert(to.end(), bytes, bytes + sizeof(T) * count);
  to.resize((to.size() + 7) / 8 * 8);
}

}  // namespace

WrittenImage write_image(llvm::Module& module, const std::string& runtime_name) {
  std::map<const llvm::GlobalValue*, std::uint32_t> chunk_of;
  std::vector<Chunk> chunks = divide(module, chunk_of);

  WrittenImage written;
  for (llvm::GlobalValue& global : module.global_values())
    if (is_indexed(global)) written.symbols.push_back(&global);
  std::sort(written.symbols.begin(), written.symbols.end(), [](const auto* a, const auto* b) {
    return std::string_view(a->getName()) < std::string_view(b->getName());
  });

  std::string strings = runtime_name;
  std::vector<SymbolRecord> symbols;
  for (const llvm::GlobalValue* global : written.symbols) {
    SymbolRecord record = describe(*global, chunk_of);
    record.name = static_cast<std::uint32_t>(strings.size());
    record.name_size = static_cast<std::uint32_t>(global->getName().size());
    strings += global->getName();
    symbols.push_back(record);
  }

  ImageHeader header{};
  header.magic = ImageMagic;
  header.format = ImageFormat;
  header.llvm_major = LLVM_VERSION_MAJOR;
  header.llvm_minor = LLVM_VERSION_MINOR;
  header.symbol_count = static_cast<std::uint32_t>(symbols.size());
  header.chunk_count = static_cast<std::uint32_t>(chunks.size());
  header.name_size = static_cast<std::uint32_t>(runtime_name.size());
  header.symbols_offset = sizeof(ImageHeader);
  header.chunks_offset = header.symbols_offset + sizeof(SymbolRecord) * symbols.size();
  header.strings_offset = header.chunks_offset + sizeof(ChunkRecord) * chunks.size();
  header.strings_size = strings.size();

  std::vector<std::byte>& bytes = written.bytes;
  append(bytes, &header, 1);
  append(bytes, symbols.data(), symbols.size());
  bytes.resize(header.strings_offset);
  append(bytes, strings.data(), strings.size());
  std::vector<ChunkRecord> records;
  for (const Chunk& chunk : chunks) {
    std::string bitcode = write_chunk(module, chunk);
    records.push_back({bytes.size(), bitcode.size(), base::hash(bitcode.data(), bitcode.size())});
    append(bytes, bitcode.data(), bitcode.size());
  }
  std::memcpy(bytes.data() + header.chunks_offset, records.data(), sizeof(ChunkRecord) * records.size());
  header.total_size = bytes.size();
  header.digest = base::hash(bytes.data() + sizeof(ImageHeader), bytes.size() - sizeof(ImageHeader));
  std::memcpy(bytes.data(), &header, sizeof(header));
  return written;
}

}  // namespace inlay::runtime
