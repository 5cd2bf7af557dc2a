// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The formats are perf's own: the map is described in tools/perf/Documentation/jit-interface.txt of Linux, the dump in
// jitdump-specification.txt beside it. Neither can take a function back; of two at one address the dump's later one
// counts, by time.
#include "jit/observe/perf.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <map>
#include <mutex>

#include "base/descriptor.h"

namespace inlay::jit {

namespace {

/// A new file of ours alone, in place of one that an earlier process of this number left.
Result<int> create_file(const std::string& path) {
  unlink(path.c_str());  // fails where it is another user's; then so does the next line
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return Error(ErrorKind::File, "cannot write '" + path + "' for perf: " + std::strerror(errno));
  return fd;
}

class MapFile final : public PerfFile {
 public:
  explicit MapFile(int fd) : file_(fd) {}

  void add(const CodeFunction& function, const std::string&) override {
    char place[48];
    std::snprintf(place, sizeof place, "%zx %zx ", static_cast<std::size_t>(function.begin), function.size);
    base::write_all(file_.number(), place + function.name + '\n');  // one write, so that lines stay whole
  }

 private:
  base::Descriptor file_;
};

template <class T>
void put(std::string& into, T value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  into.append(bytes, sizeof value);
}

std::uint64_t now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

class DumpFile final : public PerfFile {
 public:
  static Result<std::shared_ptr<PerfFile>> create(const std::string& path) {
    INLAY_TRY(int fd, create_file(path));
    auto dump = std::make_shared<DumpFile>(fd);
    base::write_all(fd, header());
    // perf finds the file by the event of this mapping. Nothing there is ever run.
    dump->page_ = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    dump->mark_ = mmap(nullptr, dump->page_, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
    if (dump->mark_ == MAP_FAILED) {
      const int reason = errno;
      unlink(path.c_str());
      return Error(ErrorKind::File,
                   "cannot map '" + path + "' for perf, perhaps it is mounted noexec: " + std::strerror(reason));
    }
    return std::shared_ptr<PerfFile>(std::move(dump));
  }

  explicit DumpFile(int fd) : file_(fd) {}
  ~DumpFile() override {
    if (mark_ != MAP_FAILED) munmap(mark_, page_);
  }

  void add(const CodeFunction& function, const std::string& code) override {
    std::lock_guard lock(mutex_);  // records are in the order of their times
    std::string records = debug_info(function);
    std::string body;
    put<std::uint32_t>(body, static_cast<std::uint32_t>(getpid()));
    put<std::uint32_t>(body, static_cast<std::uint32_t>(syscall(SYS_gettid)));
    put<std::uint64_t>(body, function.begin);
    put<std::uint64_t>(body, function.begin);
    put<std::uint64_t>(body, code.size());
    put<std::uint64_t>(body, ++index_);
    body.append(function.name.c_str(), function.name.size() + 1);
    body += code;
    records += record(Load, body);
    base::write_all(file_.number(), records);
  }

 private:
  static constexpr std::uint32_t Load = 0, DebugInfo = 2;

  static std::string header() {
    constexpr std::uint32_t Magic = 0x4a695444, Version = 1, Size = 40, X86_64 = 62;
    std::string text;
    for (std::uint32_t field : {Magic, Version, Size, X86_64, 0u, static_cast<std::uint32_t>(getpid())})
      put(text, field);
    put<std::uint64_t>(text, now());
    put<std::uint64_t>(text, 0);
    return text;
  }

  static std::string record(std::uint32_t kind, const std::string& body) {
    std::string text;
    put(text, kind);
    put<std::uint32_t>(text, static_cast<std::uint32_t>(16 + body.size()));
    put<std::uint64_t>(text, now());
    return text + body;
  }

  /// A line for each row: the guest's, where it is known. There is room for one.
  static std::string debug_info(const CodeFunction& function) {
    std::string entries;
    std::uint64_t count = 0;
    for (const CodeFunction::Row& row : function.rows) {
      if (row.frame == 0) continue;
      const CodeLines::Frame* shown = &function.lines->frames[row.frame - 1];
      for (const CodeLines::Frame* frame = shown; frame;
           frame = frame->around ? &function.lines->frames[frame->around - 1] : nullptr)
        if (frame->kind == CodeFrame::Kind::Guest) {
          shown = frame;
          break;
        }
      put<std::uint64_t>(entries, function.begin + row.offset);
      put<std::uint32_t>(entries, shown->line);
      put<std::uint32_t>(entries, 0);
      entries.append(shown->file.c_str(), shown->file.size() + 1);
      ++count;
    }
    if (count == 0) return "";
    std::string body;
    put<std::uint64_t>(body, function.begin);
    put<std::uint64_t>(body, count);
    return record(DebugInfo, body + entries);
  }

  std::mutex mutex_;
  base::Descriptor file_;
  void* mark_ = MAP_FAILED;
  std::size_t page_ = 0;
  std::uint64_t index_ = 0;
};

Result<std::shared_ptr<PerfFile>> create(Perf kind, const std::string& path) {
  if (kind == Perf::Dump) return DumpFile::create(path);
  INLAY_TRY(int fd, create_file(path));
  return std::shared_ptr<PerfFile>(std::make_shared<MapFile>(fd));
}

}  // namespace

Result<std::shared_ptr<PerfFile>> perf_file(const JitOptions& options) {
  if (options.perf == Perf::Off) return std::shared_ptr<PerfFile>();
  // Once for the process, and to its end: perf knows one file of each kind.
  static auto& mutex = *new std::mutex;
  static auto& files = *new std::map<std::string, std::shared_ptr<PerfFile>>;
  const std::string number = std::to_string(getpid());
  const std::string path =
      options.perf == Perf::Map ? "/tmp/perf-" + number + ".map" : options.perf_directory + "/jit-" + number + ".dump";
  std::lock_guard lock(mutex);
  std::shared_ptr<PerfFile>& file = files[path];
  if (file) return file;
  INLAY_TRY(file, create(options.perf, path));
  return file;
}

}  // namespace inlay::jit
