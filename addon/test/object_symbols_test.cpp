#include "lto/ir/object_symbols.h"
#include "test/support/expected.h"
#include "test/support/modules.h"
#include "test/support/objects.h"
#include "test/support/scratch.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ObjectYAML/yaml2obj.h"
#include "llvm/Support/YAMLTraits.h"
#include "llvm/Support/raw_ostream.h"

namespace object_symbols_test {

using namespace llvm;
using namespace lto_inspector::ir;
using namespace lto_inspector::test;

namespace {

/// user() calls gen::plus twice and table refers to it; so does .debug_info, which is not a use.
constexpr const char *ElfUser = R"(
--- !ELF
FileHeader: { Class: ELFCLASS64, Data: ELFDATA2LSB, Type: ET_REL, Machine: EM_X86_64 }
Sections:
  - { Name: .text, Type: SHT_PROGBITS, Flags: [ SHF_ALLOC, SHF_EXECINSTR ], Size: 64 }
  - { Name: .text.local, Type: SHT_PROGBITS, Flags: [ SHF_ALLOC, SHF_EXECINSTR ], Size: 16 }
  - { Name: .data, Type: SHT_PROGBITS, Flags: [ SHF_ALLOC, SHF_WRITE ], Size: 16 }
  - { Name: .debug_info, Type: SHT_PROGBITS, Size: 16 }
  - Name: .rela.text
    Type: SHT_RELA
    Info: .text
    Relocations:
      - { Offset: 4, Symbol: _ZN3gen4plus17h57d89153d47ff7b4E, Type: R_X86_64_PLT32 }
      - { Offset: 40, Symbol: _ZN3gen4plus17h57d89153d47ff7b4E, Type: R_X86_64_PLT32 }
      - { Offset: 44, Symbol: _ZN3gen4plus17h57d89153d47ff7b4E, Type: R_X86_64_PLT32 }
      - { Offset: 50, Symbol: .text.local, Type: R_X86_64_PC32, Addend: -4 }
  - Name: .rela.data
    Type: SHT_RELA
    Info: .data
    Relocations:
      - { Offset: 8, Symbol: _ZN3gen4plus17h57d89153d47ff7b4E, Type: R_X86_64_64 }
  - Name: .rela.debug_info
    Type: SHT_RELA
    Info: .debug_info
    Relocations:
      - { Offset: 8, Symbol: _ZN3gen4plus17h57d89153d47ff7b4E, Type: R_X86_64_64 }
Symbols:
  - { Name: other, Type: STT_FUNC, Section: .text, Value: 0, Size: 32 }
  - { Name: user, Type: STT_FUNC, Section: .text, Value: 32, Size: 32, Binding: STB_GLOBAL }
  - { Name: .text.local, Type: STT_SECTION, Section: .text.local }
  - { Name: local, Type: STT_FUNC, Section: .text.local, Size: 16 }
  - { Name: table, Type: STT_OBJECT, Section: .data, Value: 0, Size: 16, Binding: STB_WEAK }
  - { Name: _ZN3gen4plus17h57d89153d47ff7b4E, Binding: STB_GLOBAL }
  - { Name: maybe, Binding: STB_WEAK }
)";

constexpr const char *MachoUser = R"(
--- !mach-o
FileHeader: { magic: 0xFEEDFACF, cputype: 0x0100000C, cpusubtype: 0, filetype: 1, ncmds: 2, sizeofcmds: 176, flags: 0x2000, reserved: 0 }
LoadCommands:
  - cmd: LC_SEGMENT_64
    cmdsize: 152
    segname: ''
    vmaddr: 0
    vmsize: 8
    fileoff: 208
    filesize: 8
    maxprot: 7
    initprot: 7
    nsects: 1
    flags: 0
    Sections:
      - { sectname: __text, segname: __TEXT, addr: 0, size: 8, offset: 208, align: 2, reloff: 216, nreloc: 1, flags: 0x80000400, reserved1: 0, reserved2: 0, reserved3: 0, content: '00000094C0035FD6', relocations: [ { address: 0, symbolnum: 1, pcrel: true, length: 2, extern: true, type: 2, scattered: false, value: 0 } ] }
  - { cmd: LC_SYMTAB, cmdsize: 24, symoff: 224, nsyms: 2, stroff: 256, strsize: 16 }
LinkEditData:
  NameList:
    - { n_strx: 1, n_type: 15, n_sect: 1, n_desc: 0, n_value: 0 }
    - { n_strx: 7, n_type: 1, n_sect: 0, n_desc: 0, n_value: 0 }
  StringTable: [ '', _user, _plus, '', '', '', '' ]
)";

std::string objectOf(StringRef Yaml) {
  SmallString<0> Bytes;
  raw_svector_ostream Out(Bytes);
  yaml::Input Input(Yaml);
  EXPECT_TRUE(yaml::convertYAML(Input, Out, [](const Twine &Why) { ADD_FAILURE() << Why.str(); }));
  return std::string(Bytes);
}

/// Searches an archive with any members.
ObjectsSearched search(const std::vector<std::pair<std::string, std::string>> &Members,
                       StringRef Query, size_t Limit = 100) {
  Scratch Folder;
  return valueOf(findInObjects(Folder.file("lib.rlib", archiveOf(Members)), Query, Limit));
}

TEST(FindInObjects, namesTheUsersOfAnUndefinedSymbol) {
  const ObjectsSearched Result = search({{"nb.rcgu.o", objectOf(ElfUser)}}, "gen::plus");
  ASSERT_EQ(Result.Found.Hits.size(), 1u);
  const FindHit &Hit = Result.Found.Hits[0];
  EXPECT_EQ(Hit.Module, "nb.rcgu.o");
  EXPECT_EQ(Hit.Demangled, "gen::plus");
  EXPECT_EQ(Hit.Role, "referenced");
  EXPECT_EQ(Hit.Kind, "symbol");
  EXPECT_EQ(Hit.Linkage, "external");
  EXPECT_EQ(Hit.UsedBy, (std::vector<std::string>{"other", "user", "table"}));
  EXPECT_TRUE(Result.NotRead.empty());
}

TEST(FindInObjects, namesTheUsersOfALocalFunctionByItsSection) {
  const ObjectsSearched Result = search({{"a.o", objectOf(ElfUser)}}, "local");
  ASSERT_EQ(Result.Found.Hits.size(), 1u);
  EXPECT_EQ(Result.Found.Hits[0].UsedBy, std::vector<std::string>{"user"});
}

TEST(FindInObjects, tellsDefinitionsByKindAndBinding) {
  const std::string Object = objectOf(ElfUser);
  struct Case {
    const char *Name, *Role, *Kind, *Linkage;
  };
  for (const Case &C : {Case{"other", "defined", "function", "internal"},
                        Case{"user", "defined", "function", "external"},
                        Case{"table", "defined", "variable", "weak"},
                        Case{"maybe", "referenced", "symbol", "extern_weak"}}) {
    const ObjectsSearched Result = search({{"a.o", Object}}, C.Name);
    ASSERT_EQ(Result.Found.Hits.size(), 1u) << C.Name;
    const FindHit &Hit = Result.Found.Hits[0];
    EXPECT_EQ(Hit.Role, C.Role) << C.Name;
    EXPECT_EQ(Hit.Kind, C.Kind) << C.Name;
    EXPECT_EQ(Hit.Linkage, C.Linkage) << C.Name;
  }
}

TEST(FindInObjects, leavesOutMachOsUnderscore) {
  const ObjectsSearched Result = search({{"a.o", objectOf(MachoUser)}}, "plus");
  ASSERT_EQ(Result.Found.Hits.size(), 1u);
  EXPECT_EQ(Result.Found.Hits[0].Symbol, "plus");
  EXPECT_EQ(Result.Found.Hits[0].UsedBy, std::vector<std::string>{"user"});
}

TEST(FindInObjects, readsMembersThatAreBitcodeAndPassesOverMetadata) {
  const std::string Bitcode = thinBitcode("declare void @plus()\n"
                                          "define void @total() { call void @plus() ret void }");
  const ObjectsSearched Result =
      search({{"lib.rmeta", "rust\0\0\0\x09"}, {"nb.rcgu.o", Bitcode}}, "plus");
  ASSERT_EQ(Result.Found.Hits.size(), 1u);
  EXPECT_EQ(Result.Found.Hits[0].UsedBy, std::vector<std::string>{"total"});
  EXPECT_EQ(Result.Found.Hits[0].Kind, "function");
}

TEST(FindInObjects, saysWhichMemberItCannotReadAndSearchesTheOthers) {
  std::string Damaged = objectOf(ElfUser);
  Damaged.resize(100);
  const ObjectsSearched Result =
      search({{"bad.o", Damaged}, {"good.o", objectOf(ElfUser)}}, "gen::plus");
  EXPECT_EQ(Result.Found.Hits.size(), 1u);
  ASSERT_EQ(Result.NotRead.size(), 1u);
  EXPECT_NE(Result.NotRead[0].find("bad.o was not searched: "), std::string::npos);
}

TEST(FindInObjects, stopsAtTheLimit) {
  const std::string Object = objectOf(ElfUser);
  const ObjectsSearched Result = search({{"a.o", Object}, {"b.o", Object}}, "e", 3);
  EXPECT_EQ(Result.Found.Hits.size(), 3u);
  EXPECT_TRUE(Result.Found.Truncated);
}

TEST(FindInObjects, takesOneObjectAndRefusesDamagedAndThinArchives) {
  Scratch Folder;
  const ObjectsSearched Result =
      valueOf(findInObjects(Folder.file("a.o", objectOf(ElfUser)), "user", 10));
  ASSERT_EQ(Result.Found.Hits.size(), 1u);
  EXPECT_EQ(Result.Found.Hits[0].Module, "a.o");
  std::string Cut = archiveOf({{"a.o", objectOf(ElfUser)}});
  Cut.resize(Cut.size() - 40);
  EXPECT_EQ(errorOf(findInObjects(Folder.file("cut.rlib", Cut), "user", 10)).Name,
            "CorruptArchive");
  EXPECT_EQ(errorOf(findInObjects(Folder.file("thin.a", "!<thin>\n"), "user", 10)).Name,
            "CorruptArchive");
}

} // namespace

} // namespace object_symbols_test
