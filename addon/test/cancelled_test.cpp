// Long work stops once it is cancelled.
#include "ir_test_support.h"
#include "lto/ir/functions.h"
#include "lto/ir/object_symbols.h"
#include "lto/ir/origins.h"
#include "lto/ir/text.h"
#include "lto/llvm/durable.h"
#include "test/support/expected.h"
#include "test/support/objects.h"
#include "test/support/scratch.h"

namespace cancelled_test {

using namespace llvm;
using namespace lto_inspector::ir;
using namespace lto_inspector::support;
using namespace lto_inspector::test;

namespace {

const std::atomic<bool> Now = true;
const RunControl Control{&Now, nullptr, 1};

TEST(Cancelled, ReadingAModuleStops) {
  const std::string Bitcode = bitcodeOf("define void @f() {\n ret void\n}");
  EXPECT_EQ(takeError(listFunctions(bufferOf(Bitcode), Control)).Name, "Cancelled");
  EXPECT_EQ(takeError(readOrigins(bufferOf(Bitcode), Control)).Name, "Cancelled");
  EXPECT_EQ(takeError(printModule(bufferOf(Bitcode), std::nullopt, 100, Control)).Name,
            "Cancelled");
}

TEST(Cancelled, SearchingAnArchiveStopsAtTheNextMember) {
  Scratch Folder;
  const std::string Archive = Folder.file("a.a", archiveOf({{"a.txt", "a"}, {"b.txt", "b"}}));
  ErrorReport Report = errorOf(findInObjects(Archive, "f", 10, Control));
  EXPECT_EQ(Report.Name, "Cancelled");
  EXPECT_EQ(Report.Module, "a.txt");
}

TEST(Cancelled, WaitingForTheDiskStops) {
  Scratch Folder;
  EXPECT_EQ(errorOf(syncFiles({Folder.file("a", "content")}, Control)).Name, "Cancelled");
}

} // namespace

} // namespace cancelled_test
