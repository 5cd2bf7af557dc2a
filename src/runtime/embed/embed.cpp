// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sources → bitcode → one object with native code, bitcode and index:
//
//   each source  --clang-->  bitcode, no passes run  ┐
//   each .bc     ----------------------------------- ┴ link, prepare ─┬─ cut into chunks, index ─┐
//                                                                     └─ native code (clang) ────┴─ object
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>

#include "base/hash.h"
#include "inlay/runtime.h"
#include "runtime/embed/entries.h"
#include "runtime/embed/image_writer.h"
#include "runtime/embed/object.h"
#include "runtime/embed/prepare.h"
#include "runtime/llvm_errors.h"
#include "runtime/markers.h"
#include "runtime/unit.h"

#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/Bitcode/BitcodeWriter.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Linker/Linker.h>
#include <llvm/Support/FileSystem.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/Program.h>
#include <llvm/Support/raw_ostream.h>

namespace inlay {

namespace {

namespace fs = std::filesystem;
using runtime::from_llvm;

/// A folder for intermediate files, gone with this object.
class ScratchFolder {
 public:
  static Result<ScratchFolder> create() {
    llvm::SmallString<128> path;
    if (std::error_code error = llvm::sys::fs::createUniqueDirectory("inlay-embed", path))
      return Error(ErrorKind::File, "cannot create a temporary folder: " + error.message());
    return ScratchFolder(path.str().str());
  }
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

Result<std::string> find_clang(const std::string& wanted) {
  if (!wanted.empty()) {
    if (llvm::ErrorOr<std::string> found = llvm::sys::findProgramByName(wanted)) return *found;
    return Error(ErrorKind::MissingTool, "the compiler '" + wanted + "' was not found");
  }
  std::string versioned = "clang-" + std::to_string(LLVM_VERSION_MAJOR);
  std::string folder = "/usr/lib/llvm-" + std::to_string(LLVM_VERSION_MAJOR) + "/bin";
  if (llvm::ErrorOr<std::string> found = llvm::sys::findProgramByName(versioned)) return *found;
  if (llvm::ErrorOr<std::string> found = llvm::sys::findProgramByName("clang", {folder})) return *found;
  return Error(ErrorKind::MissingTool, versioned + " was not found on the PATH; install the package " + versioned +
                                           ", or name a clang of LLVM " + LLVM_VERSION_STRING + " with --clang");
}

std::string read_text(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Runs the compiler; its messages (with file and line) become the error.
Result<void> run_clang(const std::string& clang, const std::vector<std::string>& arguments, const std::string& what,
                       const ScratchFolder& scratch) {
  std::string messages = scratch.file("messages");
  std::vector<llvm::StringRef> all = {clang};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::string failure;
  int code = llvm::sys::ExecuteAndWait(
      clang, all, std::nullopt, {llvm::StringRef(), llvm::StringRef(), llvm::StringRef(messages)}, 0, 0, &failure);
  if (code == 0) return {};
  std::string text = read_text(messages);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  Error error(ErrorKind::CompileFailed, "clang could not compile " + what + (failure.empty() ? "" : ": " + failure));
  return text.empty() ? std::move(error) : std::move(error).with_note(text);
}

bool has_extension(const std::string& path, std::string_view extension) {
  return fs::path(path).extension() == extension;
}

/// Checks that bitcode made elsewhere is of our LLVM before LLVM looks inside: its own reader is lenient and wrong
/// bodies are worse than none.
Result<void> check_producer(llvm::MemoryBufferRef buffer, const std::string& path) {
  llvm::Expected<std::string> producer = llvm::getBitcodeProducerString(buffer);
  if (!producer)
    return Error(ErrorKind::InvalidBitcode, path + " is not a bitcode file: " + llvm::toString(producer.takeError()));
  std::string ours = "LLVM" + std::to_string(LLVM_VERSION_MAJOR) + ".";
  if (producer->starts_with(ours)) return {};
  return Error(ErrorKind::WrongVersion,
               path + " was made by " + *producer + ", this Inlay reads bitcode of LLVM " + LLVM_VERSION_STRING +
                   "; compile it with a compiler that is built on LLVM " + std::to_string(LLVM_VERSION_MAJOR));
}

Result<std::unique_ptr<llvm::Module>> read_bitcode(const std::string& path, const std::string& shown,
                                                   llvm::LLVMContext& context) {
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer) return Error(ErrorKind::File, "cannot read " + shown + ": " + buffer.getError().message());
  INLAY_TRY_VOID(check_producer((*buffer)->getMemBufferRef(), shown));
  llvm::Expected<std::unique_ptr<llvm::Module>> module = llvm::parseBitcodeFile((*buffer)->getMemBufferRef(), context);
  if (!module) return from_llvm(module.takeError(), ErrorKind::InvalidBitcode).with_note("while reading " + shown);
  if ((*module)->getDataLayoutStr() != runtime::HostDataLayout)
    return Error(ErrorKind::InvalidBitcode,
                 shown + " is for " + (*module)->getTargetTriple().str() + ", runtimes are for " + runtime::HostTriple);
  std::string broken;
  llvm::raw_string_ostream stream(broken);
  if (llvm::verifyModule(**module, &stream))
    return Error(ErrorKind::InvalidBitcode, shown + " breaks LLVM's rules: " + broken);
  return std::move(*module);
}

/// Keeps LLVM's linker and passes from printing: what they report becomes the error's notes.
class CollectDiagnostics : public llvm::DiagnosticHandler {
 public:
  explicit CollectDiagnostics(std::string& into) : into_(into) {}
  bool handleDiagnostics(const llvm::DiagnosticInfo& info) override {
    if (info.getSeverity() == llvm::DS_Error) {
      llvm::raw_string_ostream stream(into_);
      llvm::DiagnosticPrinterRawOStream printer(stream);
      info.print(printer);
    }
    return true;
  }

 private:
  std::string& into_;
};

Result<std::unique_ptr<llvm::Module>> compile_source(const EmbedOptions& options, std::size_t index,
                                                     const std::string& clang, const ScratchFolder& scratch,
                                                     llvm::LLVMContext& context) {
  const std::string& source = options.sources[index];
  std::error_code error;
  if (!fs::exists(source, error))
    return Error(ErrorKind::File,
                 "the source file " + source + " " + (error ? "cannot be read: " + error.message() : "does not exist"));
  for (const std::string& output : {options.output, options.native_output})
    if (fs::equivalent(source, output, error))
      return Error(ErrorKind::InvalidArgument, "the output " + output + " is a source; name another file");
  if (has_extension(source, ".bc")) return read_bitcode(source, source, context);
  std::string bitcode = scratch.file(std::to_string(index) + ".bc");
  // Optimizing flags only mark the functions (no `optnone`, lifetimes kept): passes are chosen in prepare().
  bool is_c = has_extension(source, ".c");
  std::vector<std::string> arguments = {"-x", is_c ? "c" : "c++"};
  if (!is_c) arguments.insert(arguments.end(), options.cxx_flags.begin(), options.cxx_flags.end());
  arguments.insert(arguments.end(), options.compile_flags.begin(), options.compile_flags.end());
  for (const char* flag : {"-O2", "-Xclang", "-disable-llvm-passes", "-ffp-contract=off", "-gline-tables-only", "-fPIC",
                           "-DINLAY_EMBED", "-fno-semantic-interposition", "-emit-llvm", "-c"})
    arguments.push_back(flag);
  if (!options.dependency_file.empty())
    arguments.insert(arguments.end(),
                     {"-MD", "-MF", scratch.file(std::to_string(index) + ".d"), "-MT", options.output});
  arguments.insert(arguments.end(), {source, "-o", bitcode});
  INLAY_TRY_VOID(run_clang(clang, arguments, source, scratch));
  return read_bitcode(bitcode, source, context);
}

Result<std::unique_ptr<llvm::Module>> link_sources(const EmbedOptions& options, const std::string& clang,
                                                   const ScratchFolder& scratch, llvm::LLVMContext& context,
                                                   std::string& problems) {
  auto whole = runtime::new_module(context, options.name);
  llvm::Linker linker(*whole);
  for (std::size_t i = 0; i < options.sources.size(); ++i) {
    INLAY_TRY(std::unique_ptr<llvm::Module> part, compile_source(options, i, clang, scratch, context));
    if (linker.linkInModule(std::move(part)))
      return Error(ErrorKind::InvalidBitcode, "cannot join " + options.sources[i] + " with the runtime's other sources")
          .with_note(problems);
  }
  return whole;
}

Result<void> write_dependencies(const EmbedOptions& options, const ScratchFolder& scratch) {
  if (options.dependency_file.empty()) return {};
  std::ofstream stream(options.dependency_file, std::ios::binary);
  for (std::size_t i = 0; i < options.sources.size(); ++i) {
    std::string rules = read_text(scratch.file(std::to_string(i) + ".d"));
    stream << (rules.empty() ? options.output + ": " + options.sources[i] + "\n" : rules);
  }
  if (!stream.flush()) return Error(ErrorKind::File, "cannot write " + options.dependency_file);
  return {};
}

/// The module's code as the object file `name` of the scratch folder. In sections: a linker may leave out functions and
/// data that nobody asks for.
Result<std::string> compile_native(const llvm::Module& module, const EmbedOptions& options, const std::string& clang,
                                   const ScratchFolder& scratch, const std::string& name, bool sections) {
  std::string bitcode = scratch.file("native.bc");
  std::error_code error;
  llvm::raw_fd_ostream stream(bitcode, error);
  if (!error) llvm::WriteBitcodeToFile(module, stream);
  stream.close();
  if (error || stream.has_error())
    return Error(ErrorKind::File, "cannot write a temporary file: " + (error ? error : stream.error()).message());
  std::string object = scratch.file(name);
  std::vector<std::string> words = {"-x", "ir", bitcode, options.optimization, "-fPIC", "-c", "-o", object};
  if (sections) words.insert(words.end(), {"-ffunction-sections", "-fdata-sections"});
  INLAY_TRY_VOID(run_clang(clang, words, "the native code of " + options.name, scratch));
  return object;
}

Result<void> copy_to(const std::string& output, const std::string& object) {
  std::error_code error;
  fs::copy_file(object, output, fs::copy_options::overwrite_existing, error);
  if (error) return Error(ErrorKind::File, "cannot write " + output + ": " + error.message());
  return {};
}

bool is_identifier(const std::string& name) {
  return !std::isdigit(static_cast<unsigned char>(name.front())) &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

/// Names of internal symbols must differ between runtimes, and be the same when the same sources are embedded again.
std::string unique_suffix(const EmbedOptions& options) {
  std::string identity = options.name;
  for (const std::string& source : options.sources) identity += '\n' + fs::path(source).filename().string();
  char text[17];
  std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(base::hash(identity.data(), identity.size())));
  return options.name + "." + text;
}

}  // namespace

Result<void> embed(const EmbedOptions& options) {
  if (options.name.empty() || options.sources.empty() || options.output.empty())
    return Error(ErrorKind::InvalidArgument, "a runtime needs a name, at least one source and an output");
  if (!is_identifier(options.name))
    return Error(ErrorKind::InvalidArgument,
                 "'" + options.name + "' cannot name a runtime; use letters, digits and underscores, as in C");
  if (options.native_output == options.output)
    return Error(ErrorKind::InvalidArgument, "both outputs are " + options.output + "; name two files");
  INLAY_TRY(std::string clang, find_clang(options.clang));
  INLAY_TRY(ScratchFolder scratch, ScratchFolder::create());
  std::string problems;
  llvm::LLVMContext context;
  context.setDiagnosticHandler(std::make_unique<CollectDiagnostics>(problems));
  INLAY_TRY(std::unique_ptr<llvm::Module> module, link_sources(options, clang, scratch, context, problems));
  INLAY_TRY_VOID(runtime::prepare(*module, options.name, unique_suffix(options)));
  runtime::WrittenImage image = runtime::write_image(*module, options.name);
  runtime::ask_at_entries(*module);
  runtime::strip_markers(*module);  // the native code has no hints, as if they had never been there
  std::string native;
  if (!options.native_output.empty()) {
    INLAY_TRY(native, compile_native(*module, options, clang, scratch, "native.o", true));
  }
  runtime::add_registration(*module, image, options.name);
  INLAY_TRY(const std::string object, compile_native(*module, options, clang, scratch, "embedded.o", false));
  INLAY_TRY_VOID(write_dependencies(options, scratch));
  if (!native.empty()) INLAY_TRY_VOID(copy_to(options.native_output, native));
  Result<void> written = copy_to(options.output, object);
  std::error_code ignored;
  if (!written && !native.empty()) fs::remove(options.native_output, ignored);
  return written;
}

}  // namespace inlay
