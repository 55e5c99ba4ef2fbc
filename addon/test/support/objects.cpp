#include "test/support/objects.h"

#include "llvm/BinaryFormat/ELF.h"
#include "llvm/BinaryFormat/MachO.h"
#include <cstdio>
#include <cstring>

using namespace llvm;

namespace lto_inspector::test {

template <typename T> static void append(std::string &Out, const T &Value) {
  Out.append(reinterpret_cast<const char *>(&Value), sizeof(Value));
}

std::string elfObject(const std::vector<std::pair<std::string, std::string>> &Sections) {
  std::string Names(1, '\0');
  std::string Body;
  std::vector<ELF::Elf64_Shdr> Headers(1);
  auto Add = [&](const std::string &Name, const std::string &Content, uint32_t Type) {
    ELF::Elf64_Shdr Header = {};
    Header.sh_name = Names.size();
    Header.sh_type = Type;
    Header.sh_offset = sizeof(ELF::Elf64_Ehdr) + Body.size();
    Header.sh_addralign = 1;
    Names += Name + std::string(1, '\0');
    if (Type == ELF::SHT_STRTAB) {
      Header.sh_size = Names.size();
      Body += Names;
    } else {
      Header.sh_size = Content.size();
      Body += Content;
    }
    Headers.push_back(Header);
  };
  for (const auto &[Name, Content] : Sections)
    Add(Name, Content, ELF::SHT_PROGBITS);
  Add(".shstrtab", {}, ELF::SHT_STRTAB);
  Body.append((8 - Body.size() % 8) % 8, '\0');

  ELF::Elf64_Ehdr File = {};
  std::memcpy(File.e_ident, "\177ELF", 4);
  File.e_ident[ELF::EI_CLASS] = ELF::ELFCLASS64;
  File.e_ident[ELF::EI_DATA] = ELF::ELFDATA2LSB;
  File.e_ident[ELF::EI_VERSION] = ELF::EV_CURRENT;
  File.e_type = ELF::ET_REL;
  File.e_machine = ELF::EM_X86_64;
  File.e_version = ELF::EV_CURRENT;
  File.e_ehsize = sizeof(ELF::Elf64_Ehdr);
  File.e_shentsize = sizeof(ELF::Elf64_Shdr);
  File.e_shoff = sizeof(ELF::Elf64_Ehdr) + Body.size();
  File.e_shnum = Headers.size();
  File.e_shstrndx = Headers.size() - 1;

  std::string Out;
  append(Out, File);
  Out += Body;
  for (const ELF::Elf64_Shdr &Header : Headers)
    append(Out, Header);
  return Out;
}

std::string machoObject(StringRef Section, StringRef Content) {
  MachO::mach_header_64 File = {};
  File.magic = MachO::MH_MAGIC_64;
  File.cputype = MachO::CPU_TYPE_ARM64;
  File.filetype = MachO::MH_OBJECT;
  File.ncmds = 1;
  File.sizeofcmds = sizeof(MachO::segment_command_64) + sizeof(MachO::section_64);

  MachO::segment_command_64 Segment = {};
  Segment.cmd = MachO::LC_SEGMENT_64;
  Segment.cmdsize = File.sizeofcmds;
  Segment.fileoff = sizeof(File) + File.sizeofcmds;
  Segment.filesize = Segment.vmsize = Content.size();
  Segment.nsects = 1;

  MachO::section_64 Header = {};
  std::strncpy(Header.segname, "__LLVM", sizeof(Header.segname));
  std::memcpy(Header.sectname, Section.data(), Section.size());
  Header.size = Content.size();
  Header.offset = Segment.fileoff;

  std::string Out;
  append(Out, File);
  append(Out, Segment);
  append(Out, Header);
  return Out + Content.str();
}

static std::string memberHeader(const std::string &Name, size_t Size) {
  char Header[61];
  std::snprintf(Header, sizeof(Header), "%-16s%-12d%-6d%-6d%-8s%-10zu`\n", Name.c_str(), 0, 0, 0,
                "644", Size);
  return Header;
}

static std::string padded(std::string Content) {
  if (Content.size() % 2)
    Content += '\n';
  return Content;
}

std::string archiveOf(const std::vector<std::pair<std::string, std::string>> &Members) {
  std::string LongNames;
  std::string Body;
  for (const auto &[Name, Content] : Members) {
    std::string Field = Name + "/";
    if (Field.size() > 16) {
      Field = "/" + std::to_string(LongNames.size());
      LongNames += Name + "/\n";
    }
    Body += memberHeader(Field, Content.size()) + padded(Content);
  }
  std::string Table =
      LongNames.empty() ? "" : memberHeader("//", LongNames.size()) + padded(LongNames);
  return "!<arch>\n" + Table + Body;
}

} // namespace lto_inspector::test
