// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//   file:    magic, format        record:  size, key, checksum of size, key and piece; the piece
//
// Whoever adds holds the lock of a file beside it, reads what others added before, cuts off what is damaged, and adds
// all it has with one write. When the file gets too large, a new one takes its place, with what this process used.
#include "aot/pieces/store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <unordered_set>

#include "aot/output.h"
#include "base/descriptor.h"

namespace inlay::aot {

namespace {

struct Header {
  char magic[8] = {'I', 'N', 'L', 'A', 'Y', 'P', 'C', 'S'};
  std::uint32_t format = 1;
  std::uint32_t reserved = 0;
};

struct Record {
  std::uint64_t size = 0;
  PieceKey key;
  base::Hash128 checksum;
};

constexpr std::uint64_t LargestPiece = std::uint64_t{256} << 20;

base::Hash128 checksum_of(Record record, std::span<const std::byte> piece) {
  record.checksum = base::hash128(piece);
  return base::hash128(std::as_bytes(std::span(&record, 1)));
}

void add_record(base::Bytes& to, const PieceKey& key, std::span<const std::byte> piece) {
  Record record{.size = piece.size(), .key = key, .checksum = {}};
  record.checksum = checksum_of(record, piece);
  const std::span<const std::byte> head = std::as_bytes(std::span(&record, 1));
  to.insert(to.end(), head.begin(), head.end());
  to.insert(to.end(), piece.begin(), piece.end());
}

void add_header(base::Bytes& to) {
  const Header header;
  const std::span<const std::byte> bytes = std::as_bytes(std::span(&header, 1));
  to.insert(to.end(), bytes.begin(), bytes.end());
}

std::size_t memory_of(const Piece& piece) {
  return piece.bytes.size() + piece.fixups.size() * sizeof(Fixup) + piece.blobs.size() * sizeof(Blob) + 256;
}

base::Bytes read_from(int file, std::uint64_t begin, std::uint64_t end) {
  base::Bytes bytes(end > begin ? end - begin : 0);
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::pread(file, bytes.data() + done, bytes.size() - done, static_cast<off_t>(begin + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

/// Whether nobody else can have written to the file.
bool is_ours(int file) {
  struct stat status;
  return ::fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == ::geteuid() &&
         (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

Error cannot_save(const std::string& path, int reason) {
  return {ErrorKind::File,
          "the store of compiled code '" + path + "' cannot be written: " + std::generic_category().message(reason)};
}

}  // namespace

/// The right to write. It lies in a file of its own, because the other one is replaced at times.
struct Store::Lock {
  explicit Lock(const std::string& path)
      : file(::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR)) {
    while (file.number() >= 0 && !held) {
      held = ::flock(file.number(), LOCK_EX) == 0;
      if (!held && errno != EINTR) break;
    }
  }
  base::Descriptor file;
  bool held = false;
};

Store::Store(std::string path, std::uint64_t max_bytes) : path_(std::move(path)), max_bytes_(max_bytes) {
  const base::Descriptor file(::open(path_.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (file.number() >= 0 && is_ours(file.number())) read_more(file.number(), false);
}

void Store::read_more(int file, bool for_writing) {
  struct stat status;
  if (::fstat(file, &status) != 0) return;
  // Another file than the one that is known, or it was cut: all of it is new.
  if (status.st_ino != file_number_ || status.st_dev != device_ ||
      static_cast<std::uint64_t>(status.st_size) < read_up_to_)
    read_up_to_ = 0;
  file_number_ = status.st_ino;
  device_ = status.st_dev;
  const std::uint64_t end = std::min(static_cast<std::uint64_t>(status.st_size), 2 * max_bytes_ + sizeof(Header));
  const base::Bytes bytes = read_from(file, read_up_to_, end);
  std::span<const std::byte> rest = bytes;
  if (read_up_to_ == 0) {
    const Header header;
    if (rest.size() >= sizeof header && std::memcmp(rest.data(), &header, sizeof header) == 0) {
      rest = rest.subspan(sizeof header);
      read_up_to_ = sizeof header;
    } else {
      rest = {};
    }
  }
  Record record;
  while (rest.size() >= sizeof record) {
    std::memcpy(&record, rest.data(), sizeof record);
    if (record.size > rest.size() - sizeof record) break;
    const std::span<const std::byte> piece = rest.subspan(sizeof record, record.size);
    if (!(checksum_of(record, piece) == record.checksum)) break;
    if (!known_.contains(record.key)) {
      const bool added = waiting_.try_emplace(record.key, piece.begin(), piece.end()).second;
      if (added) memory_ += piece.size();
    }
    rest = rest.subspan(sizeof record + record.size);
    read_up_to_ += sizeof record + record.size;
  }
  if (for_writing && read_up_to_ < static_cast<std::uint64_t>(status.st_size))
    static_cast<void>(::ftruncate(file, static_cast<off_t>(read_up_to_)) == 0);
}

const Piece* Store::find(PieceKey key) {
  const auto known = known_.find(key);
  if (known != known_.end()) return known->second.get();
  const auto waiting = waiting_.find(key);
  if (waiting == waiting_.end()) return nullptr;
  std::optional<Piece> piece = read_piece(waiting->second, names_);
  memory_ -= waiting->second.size();
  waiting_.erase(waiting);
  if (!piece) return nullptr;
  memory_ += memory_of(*piece);
  return known_.emplace(key, std::make_unique<const Piece>(std::move(*piece))).first->second.get();
}

const Piece& Store::add(PieceKey key, Piece piece) {
  if (const Piece* present = find(key)) return *present;
  memory_ += memory_of(piece);
  if (!path_.empty()) added_.push_back(key);
  return *known_.emplace(key, std::make_unique<const Piece>(std::move(piece))).first->second;
}

Result<void> Store::save() {
  if (path_.empty() || added_.empty()) return {};
  const Lock lock(path_);
  if (!lock.held) return cannot_save(path_, errno);
  const base::Descriptor file(
      ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (file.number() < 0) return cannot_save(path_, errno);
  if (!is_ours(file.number())) return cannot_save(path_, EPERM);
  read_more(file.number(), true);
  base::Bytes bytes;
  if (read_up_to_ == 0) add_header(bytes);
  base::Bytes one;
  for (const PieceKey& key : added_) {
    // Somebody else may have made the same: then it is there twice, which harms nobody.
    one.clear();
    write_piece(*known_.at(key), names_, one);
    if (one.size() <= LargestPiece) add_record(bytes, key, one);
  }
  if (read_up_to_ + bytes.size() > max_bytes_) return write_again(lock);
  if (!base::write_all(file.number(), bytes)) {
    const int reason = errno;
    static_cast<void>(::ftruncate(file.number(), static_cast<off_t>(read_up_to_)) == 0);
    return cannot_save(path_, reason);
  }
  read_up_to_ += bytes.size();
  added_.clear();
  return {};
}

Result<void> Store::write_again(const Lock&) {
  // What this process looked at is what is likely to be wanted again; newest first, up to half of what may be.
  base::Bytes bytes, one;
  add_header(bytes);
  std::vector<PieceKey> order(added_.rbegin(), added_.rend());
  std::vector<PieceKey> older;
  const std::unordered_set<PieceKey, HashOfKey> added(added_.begin(), added_.end());
  for (const auto& [key, piece] : known_)
    if (!added.contains(key)) older.push_back(key);
  std::sort(older.begin(), older.end(), [](const PieceKey& a, const PieceKey& b) { return a.low < b.low; });
  order.insert(order.end(), older.begin(), older.end());
  for (const PieceKey& key : order) {
    one.clear();
    write_piece(*known_.at(key), names_, one);
    if (bytes.size() + sizeof(Record) + one.size() <= max_bytes_ / 2 + sizeof(Header)) add_record(bytes, key, one);
  }
  INLAY_TRY(Output output, Output::create(path_));
  INLAY_TRY_VOID(output.write(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size())));
  INLAY_TRY_VOID(output.commit(S_IRUSR | S_IWUSR));
  added_.clear();
  const base::Descriptor file(::open(path_.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status;
  read_up_to_ = 0;
  if (file.number() >= 0 && ::fstat(file.number(), &status) == 0) {
    file_number_ = status.st_ino;
    device_ = status.st_dev;
    read_up_to_ = bytes.size();
  }
  return {};
}

}  // namespace inlay::aot
