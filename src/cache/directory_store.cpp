// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Entries as files of one folder. A file is written under a name of its own, locked, and then renamed, so a reader
// sees all of an entry or nothing, and what a killed writer left behind is known by nobody holding its lock.
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <mutex>

#include "base/descriptor.h"
#include "cache/cache.h"

namespace inlay::cache {

namespace {

constexpr std::size_t NameLength = 32;
constexpr const char* UnfinishedPrefix = ".new-";
constexpr std::int64_t LargestEntry = std::int64_t{256} << 20;
/// The time of last use is only kept about right: writing it costs more than reading the entry.
constexpr std::int64_t SecondsBetweenTouches = 60;
/// Sizes of what other processes put are only known from looking at all files.
constexpr unsigned PutsBetweenLooks = 64;

Error file_error(const std::string& what, int number) {
  return {ErrorKind::File, what + ": " + std::generic_category().message(number)};
}

bool is_entry_name(std::string_view name) {
  return name.size() == NameLength && name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Why what is in there cannot be trusted; null if it can.
const char* why_not_ours(const struct stat& status) {
  if (status.st_uid != geteuid()) return "belongs to another user";
  if (status.st_mode & (S_IWGRP | S_IWOTH)) return "may be written by others";
  return nullptr;
}

bool read_all(int fd, std::span<std::byte> into) {
  while (!into.empty()) {
    const ssize_t count = read(fd, into.data(), into.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    into = into.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

class DirectoryStore final : public CacheStore {
 public:
  DirectoryStore(int folder, std::uint64_t max_bytes) : folder_(folder), max_bytes_(max_bytes) {}

  Result<std::optional<std::vector<std::byte>>> get(const std::string& name) override {
    using Nothing = std::optional<std::vector<std::byte>>;
    if (!is_entry_name(name)) return Error(ErrorKind::InvalidArgument, "this is not the name of an entry");
    // Not blocked by a pipe of that name, nor led elsewhere by a link.
    const base::Descriptor file(openat(folder_.number(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file.number() < 0) {
      if (errno == ENOENT) return Nothing();
      if (errno == ELOOP) return Error(ErrorKind::File, "an entry of the cache is a symbolic link");
      return file_error("an entry of the cache cannot be opened", errno);
    }
    struct stat status;
    if (fstat(file.number(), &status) != 0) return file_error("an entry of the cache cannot be read", errno);
    if (!S_ISREG(status.st_mode)) return Error(ErrorKind::File, "an entry of the cache is not a regular file");
    if (const char* why = why_not_ours(status))
      return Error(ErrorKind::File, std::string("an entry of the cache ") + why);
    if (status.st_size > LargestEntry) return Error(ErrorKind::File, "an entry of the cache is too large");
    std::vector<std::byte> bytes(static_cast<std::size_t>(status.st_size));
    if (!read_all(file.number(), bytes))
      return Error(ErrorKind::File, "an entry of the cache cannot be read to its end");
    if (std::time(nullptr) - status.st_mtim.tv_sec > SecondsBetweenTouches) futimens(file.number(), nullptr);
    return Nothing(std::move(bytes));
  }

  Result<void> put(const std::string& name, std::span<const std::byte> bytes) override {
    if (!is_entry_name(name)) return Error(ErrorKind::InvalidArgument, "this is not the name of an entry");
    if (bytes.size() > max_bytes_)
      return Error(ErrorKind::BudgetExceeded, "an entry is larger than the whole cache may be");
    make_room(bytes.size());
    static std::atomic<std::uint64_t> counter = 0;
    const std::string unfinished = UnfinishedPrefix + std::to_string(getpid()) + '-' +
                                   std::to_string(std::time(nullptr)) + '-' + std::to_string(counter++);
    const base::Descriptor file(openat(folder_.number(), unfinished.c_str(),
                                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (file.number() < 0) return file_error("an entry of the cache cannot be made", errno);
    // Somebody who cleans up may have been quicker; then the file is gone, or will be.
    if (flock(file.number(), LOCK_EX | LOCK_NB) != 0 || !base::write_all(file.number(), bytes) ||
        renameat(folder_.number(), unfinished.c_str(), folder_.number(), name.c_str()) != 0) {
      Error error = file_error("an entry of the cache cannot be written", errno);
      unlinkat(folder_.number(), unfinished.c_str(), 0);
      return error;
    }
    return {};
  }

  Result<void> remove(const std::string& name) override {
    if (!is_entry_name(name)) return Error(ErrorKind::InvalidArgument, "this is not the name of an entry");
    if (unlinkat(folder_.number(), name.c_str(), 0) != 0 && errno != ENOENT)
      return file_error("an entry of the cache cannot be removed", errno);
    return {};
  }

  Result<std::vector<Stored>> list() override {
    std::vector<Stored> all;
    const int copy = openat(folder_.number(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR* folder = copy < 0 ? nullptr : fdopendir(copy);
    if (!folder) {
      Error error = file_error("the cache cannot be listed", errno);
      if (copy >= 0) close(copy);
      return error;
    }
    while (const dirent* item = readdir(folder)) {
      if (std::string_view(item->d_name).starts_with(UnfinishedPrefix)) clean_up(item->d_name);
      if (!is_entry_name(item->d_name)) continue;
      struct stat status;
      if (fstatat(folder_.number(), item->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
      all.push_back(
          {item->d_name, static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0)), status.st_mtim.tv_sec});
    }
    closedir(folder);
    std::sort(all.begin(), all.end(), [](const Stored& a, const Stored& b) { return a.name < b.name; });
    return all;
  }

 private:
  /// Removes what nobody is writing any more.
  void clean_up(const char* name) {
    const base::Descriptor file(openat(folder_.number(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file.number() >= 0 && flock(file.number(), LOCK_EX | LOCK_NB) == 0) unlinkat(folder_.number(), name, 0);
  }

  /// Before so many bytes are added, removes what was used least recently. Several processes at it remove a little more
  /// than they need to.
  void make_room(std::uint64_t bytes) {
    std::lock_guard lock(mutex_);
    known_bytes_ += bytes;
    if (looked_ && known_bytes_ <= max_bytes_ && ++puts_ % PutsBetweenLooks != 0) return;
    Result<std::vector<Stored>> all = list();
    if (!all) return;
    looked_ = true;
    known_bytes_ = bytes;
    for (const Stored& stored : *all) known_bytes_ += stored.bytes;
    if (known_bytes_ <= max_bytes_) return;
    std::sort(all->begin(), all->end(), [](const Stored& a, const Stored& b) { return a.used < b.used; });
    const std::uint64_t wanted = max_bytes_ - max_bytes_ / 10;  // not each time again
    for (const Stored& stored : *all) {
      if (known_bytes_ <= std::max(wanted, bytes)) break;
      if (unlinkat(folder_.number(), stored.name.c_str(), 0) == 0 || errno == ENOENT) known_bytes_ -= stored.bytes;
    }
  }

  const base::Descriptor folder_;
  const std::uint64_t max_bytes_;
  std::mutex mutex_;  // of what follows
  std::uint64_t known_bytes_ = 0;
  unsigned puts_ = 0;
  bool looked_ = false;
};

/// Makes a folder that only its owner sees, and those above it.
void make_folder(const std::string& path) {
  std::error_code ignored;
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, ignored);
  mkdir(path.c_str(), S_IRWXU);
}

}  // namespace

Result<std::shared_ptr<CacheStore>> directory_store(const std::string& path, std::uint64_t max_bytes) {
  constexpr int Flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  int folder = open(path.c_str(), Flags);
  if (folder < 0 && errno == ENOENT) {
    make_folder(path);
    folder = open(path.c_str(), Flags);
  }
  if (folder < 0) return file_error("'" + path + "' cannot be used as a cache", errno);
  struct stat status;
  const char* why = fstat(folder, &status) == 0 ? why_not_ours(status) : "cannot be looked at";
  if (why) {
    close(folder);
    return Error(ErrorKind::File, "'" + path + "' cannot be used as a cache: it " + why);
  }
  return std::shared_ptr<CacheStore>(std::make_shared<DirectoryStore>(folder, max_bytes));
}

}  // namespace inlay::cache
