// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Objects reach LLD as /proc/self/fd/N of anonymous memory files. LLD keeps its state in globals, hence the lock; it
// may also find its memory damaged after an error it could not handle, and says so: then this process links no more.
#include "aot/link.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <mutex>
#include <span>
#include <system_error>

#include "aot/link_errors.h"
#include "aot/system.h"
#include "base/descriptor.h"

#include <lld/Common/Driver.h>
#include <llvm/BinaryFormat/Magic.h>
#include <llvm/Object/Archive.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/CrashRecoveryContext.h>
#include <llvm/Support/Signals.h>
#include <llvm/Support/YAMLParser.h>
#include <llvm/Support/raw_ostream.h>

LLD_HAS_DRIVER(elf)

namespace inlay::aot {

namespace {

/// A file without a name, for as long as it lives.
class MemoryFile {
 public:
  static Result<MemoryFile> create(llvm::StringRef bytes) {
    MemoryFile result;
    result.file_ = base::Descriptor(::memfd_create("inlay", MFD_CLOEXEC));
    if (result.file_ && base::write_all(result.file_.number(), std::as_bytes(std::span(bytes)))) return result;
    return Error(ErrorKind::OutOfMemory,
                 "the system gave no memory for an object: " + std::generic_category().message(errno));
  }

  std::string path() const { return "/proc/self/fd/" + std::to_string(file_.number()); }

 private:
  base::Descriptor file_;
};

/// Everything that is not in `exports` stays inside, whatever other objects and archives bring.
Result<std::string> version_script(const std::vector<std::string>& exports) {
  std::string text = "{";
  if (!exports.empty()) text += " global:";
  for (const std::string& name : exports) {
    // Between its quotes, a script has no way to say these.
    const bool possible = std::none_of(name.begin(), name.end(), [](char c) {
      return c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' ' || c == '\x7f';
    });
    if (!possible)
      return Error(ErrorKind::InvalidProgram,
                   "'" + llvm::yaml::escape(name) +
                       "' cannot be exported by a shared library: quotes, backslashes and control characters have no "
                       "place in its list of names; give it another one");
    text += " \"" + name + "\";";
  }
  return text + " local: *; };\n";
}

/// Refuses files that would end in an error which LLD does not recover from. Text, which may be a linker script,
/// passes.
Result<void> check_input(const std::string& path) {
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> bytes = llvm::MemoryBuffer::getFile(path);
  if (!bytes) return Error(ErrorKind::File, "'" + path + "' cannot be read: " + bytes.getError().message());
  auto damaged = [&](llvm::Error error) {
    return Error(ErrorKind::LinkFailed, "'" + path + "' cannot be linked with: " + llvm::toString(std::move(error)));
  };
  llvm::file_magic magic = llvm::identify_magic((*bytes)->getBuffer());
  if (magic == llvm::file_magic::archive) {
    llvm::Expected<std::unique_ptr<llvm::object::Archive>> archive =
        llvm::object::Archive::create((*bytes)->getMemBufferRef());
    if (!archive) return damaged(archive.takeError());
    llvm::Error error = llvm::Error::success();
    for (const llvm::object::Archive::Child& child : (*archive)->children(error)) {
      llvm::Expected<llvm::MemoryBufferRef> member = child.getMemoryBufferRef();
      if (!member) return damaged(member.takeError());
    }
    if (error) return damaged(std::move(error));
  } else if (magic == llvm::file_magic::elf_relocatable || magic == llvm::file_magic::elf_shared_object) {
    llvm::Expected<std::unique_ptr<llvm::object::ObjectFile>> object =
        llvm::object::ObjectFile::createObjectFile((*bytes)->getMemBufferRef());
    if (!object) return damaged(object.takeError());
  }
  return {};
}

/// LLVM, to remove unfinished files, takes over signals of the process and gives this thread a signal stack, for good.
/// They are not the library's: here they last for one scope, in which a signal that ends the process removes `path`.
class BorrowedSignals {
 public:
  explicit BorrowedSignals(const std::string& path) : path_(path) {
    ::sigaction(SIGTERM, nullptr, &before_);
    // LLVM leaves a stack alone that is large enough.
    stack_.resize(std::size_t(::sysconf(_SC_MINSIGSTKSZ)) + (256 << 10));
    stack_t large = {};
    large.ss_sp = stack_.data();
    large.ss_size = stack_.size();
    replaced_ = ::sigaltstack(&large, &stack_before_) == 0;
    llvm::sys::RemoveFileOnSignal(path_);
  }
  BorrowedSignals(const BorrowedSignals&) = delete;
  BorrowedSignals& operator=(const BorrowedSignals&) = delete;
  ~BorrowedSignals() {
    llvm::sys::DontRemoveFileOnSignal(path_);
    struct sigaction now;
    ::sigaction(SIGTERM, nullptr, &now);
    // Where they are the same, the process itself had asked LLVM for them.
    if (now.sa_handler != before_.sa_handler) llvm::sys::unregisterHandlers();
    if (replaced_) ::sigaltstack(&stack_before_, nullptr);
  }

 private:
  std::string path_;
  std::vector<char> stack_;
  struct sigaction before_;
  stack_t stack_before_ = {};
  bool replaced_ = false;
};

/// LLD writes to a mapped file of its own beside `path`, whose pages the system may have no room for: it dies then, of
/// a signal, and leaves the file. Removes it; whether there was no room.
bool ran_out_of_space(const std::string& path) {
  const std::filesystem::path whole(path);
  const std::string prefix = whole.filename().string() + ".tmp";
  bool out_of_space = false;
  std::error_code ignored;
  for (const auto& entry :
       std::filesystem::directory_iterator(whole.parent_path().empty() ? "." : whole.parent_path(), ignored)) {
    if (!entry.path().filename().string().starts_with(prefix)) continue;
    struct stat file = {};
    struct statvfs system = {};
    if (::stat(entry.path().c_str(), &file) == 0 && ::statvfs(entry.path().c_str(), &system) == 0) {
      const auto missing = static_cast<std::uint64_t>(std::max<std::int64_t>(0, file.st_size - file.st_blocks * 512));
      out_of_space = out_of_space || missing > std::uint64_t{system.f_bavail} * system.f_frsize;
    }
    std::filesystem::remove(entry.path(), ignored);
  }
  return out_of_space;
}

Result<void> run_lld(const std::vector<std::string>& arguments, const std::string& name, const std::string& path) {
  static std::mutex mutex;
  static bool usable = true;
  std::vector<const char*> pointers;
  for (const std::string& argument : arguments) pointers.push_back(argument.c_str());

  std::lock_guard lock(mutex);
  if (!usable)
    return Error(ErrorKind::LinkFailed,
                 "an earlier failure left the linker unusable; restart the program to link again");
  std::string out, err;
  llvm::raw_string_ostream out_stream(out), err_stream(err);
  BorrowedSignals signals(path);
  const lld::DriverDef drivers[] = {{lld::Gnu, &lld::elf::link}};
  // Without this, LLD's way out of an error that it cannot handle is to end the process.
  llvm::CrashRecoveryContext::Enable();
  lld::Result answer = lld::lldMain(pointers, out_stream, err_stream, drivers);
  llvm::CrashRecoveryContext::Disable();
  usable = answer.canRunAgain;
  if (answer.retCode == 0) return {};
  if (err.empty() && ran_out_of_space(path))
    return Error(ErrorKind::File, "there is no space left on the device for '" + name + "'");
  return link_error(err, name);
}

constexpr const char* Emulation[ArchitectureCount] = {"elf_x86_64", "aarch64linux", "elf64lriscv"};

void add(std::vector<std::string>& arguments, std::initializer_list<std::string> more) {
  arguments.insert(arguments.end(), more);
}

/// How the parts of the file are laid out and joined at run time.
std::vector<std::string> layout_arguments(const LinkJob& job) {
  std::vector<std::string> arguments = {"ld.lld", "-m", Emulation[unsigned(job.start.architecture)], "-z", "defs",
                                        "--hash-style=gnu", "--gc-sections", "--threads=1", "--error-limit=0",
                                        "--color-diagnostics=never",
                                        // Code stays in the order of the module (order.h).
                                        "--call-graph-profile-sort=none"};
  if (job.strip) arguments.push_back("--strip-all");
  if (!job.start.freestanding) {
    add(arguments, {"--eh-frame-hdr", "-z", "relro", "-z", "now", "--build-id=sha1", "--as-needed"});
    if (job.start.kind == Kind::Executable)
      add(arguments, {"-pie", "--dynamic-linker", interpreter_of(job.start.architecture)});
    return arguments;
  }
  add(arguments, {"--build-id=none"});
  // Code and constants lie in one segment, without filling up to pages; variables in one of their own.
  if (job.start.kind == Kind::Executable)
    add(arguments, {"-static", "-z", "norelro", "-z", "noseparate-code", "--no-rosegment"});
  else
    add(arguments, {"-z", "relro", "-z", "now"});
  return arguments;
}

}  // namespace

Result<void> link(const LinkJob& job, const std::string& path) {
  const Architecture architecture = job.start.architecture;
  SystemLibraries system;
  if (!job.start.freestanding) {
    INLAY_TRY(system, find_system_libraries(architecture));
  }
  std::vector<std::string> arguments = layout_arguments(job);
  add(arguments, {"-o", path});

  std::vector<MemoryFile> files;
  auto add_file = [&](llvm::StringRef bytes) -> Result<void> {
    INLAY_TRY(MemoryFile file, MemoryFile::create(bytes));
    arguments.push_back(file.path());
    files.push_back(std::move(file));
    return {};
  };
  if (job.start.kind == Kind::SharedLibrary) {
    add(arguments, {"-shared", "-soname", job.shared_name, "--version-script"});
    INLAY_TRY(const std::string script, version_script(job.exports));
    INLAY_TRY_VOID(add_file(script));
  }

  for (const llvm::MemoryBufferRef& object : job.objects) INLAY_TRY_VOID(add_file(object.getBuffer()));
  if (!job.own_start) {
    INLAY_TRY(codegen::Object start, start_object(job.start));
    INLAY_TRY_VOID(add_file(start.bytes->getBuffer()));
  }
  for (const std::string& library : job.libraries) {
    INLAY_TRY(std::string file, find_library(library, architecture));
    INLAY_TRY_VOID(check_input(file));
    arguments.push_back(file);
  }
  for (const llvm::MemoryBufferRef& archive : job.archives) INLAY_TRY_VOID(add_file(archive.getBuffer()));
  arguments.insert(arguments.end(), system.files.begin(), system.files.end());

  Result<void> linked = run_lld(arguments, job.name, path);
  if (linked || system.missing.empty()) return linked;
  Error error = std::move(linked).error();
  for (const std::string& missing : system.missing)
    static_cast<void>(std::move(error).with_note("not linked with " + missing));
  return error;
}

}  // namespace inlay::aot
